//! Recordings of calls, as the voice platform keeps them: two seconds of a soft tone, whatever was said.

use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

/// Samples in a second; each is a byte.
const RATE: u32 = 8000;
const SECONDS: u32 = 2;

pub(crate) fn router() -> Router {
    Router::new().route("/recordings/{name}", get(async |headers: HeaderMap| give(&headers)))
}

fn give(headers: &HeaderMap) -> Response {
    let all = tone();
    let kind = (header::CONTENT_TYPE, "audio/wav".to_owned());
    let seekable = (header::ACCEPT_RANGES, "bytes".to_owned());
    let Some(range) = headers.get(header::RANGE).and_then(|range| range.to_str().ok()) else {
        return (StatusCode::OK, [kind, seekable], all).into_response();
    };
    let Some((from, until)) = bounds(range, all.len()) else {
        let length = (header::CONTENT_RANGE, format!("bytes */{}", all.len()));
        return (StatusCode::RANGE_NOT_SATISFIABLE, [length]).into_response();
    };
    let part = all.get(from..=until).unwrap_or_default().to_vec();
    let which = (header::CONTENT_RANGE, format!("bytes {from}-{until}/{}", all.len()));
    (StatusCode::PARTIAL_CONTENT, [kind, seekable, which], part).into_response()
}

/// The first and the last byte of `bytes=0-99`, `bytes=100-` or `bytes=-50`.
fn bounds(range: &str, length: usize) -> Option<(usize, usize)> {
    let (from, until) = range.strip_prefix("bytes=")?.split_once('-')?;
    let last = length.checked_sub(1)?;
    let (from, until) = match (from.parse::<usize>().ok(), until.parse::<usize>().ok()) {
        (Some(from), until) => (from, until.unwrap_or(last).min(last)),
        (None, Some(back)) => (length.saturating_sub(back), last),
        (None, None) => return None,
    };
    (from <= until).then_some((from, until))
}

/// A WAV file: mono, 8 bits, a triangle wave of 250 Hz.
fn tone() -> Vec<u8> {
    let length = RATE * SECONDS;
    let mut file = Vec::new();
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(36 + length).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    file.extend_from_slice(&16_u32.to_le_bytes());
    file.extend_from_slice(&1_u16.to_le_bytes());
    file.extend_from_slice(&1_u16.to_le_bytes());
    file.extend_from_slice(&RATE.to_le_bytes());
    file.extend_from_slice(&RATE.to_le_bytes());
    file.extend_from_slice(&1_u16.to_le_bytes());
    file.extend_from_slice(&8_u16.to_le_bytes());
    file.extend_from_slice(b"data");
    file.extend_from_slice(&length.to_le_bytes());
    let wave = |at: u32| {
        let at = u8::try_from(at % 32).unwrap_or(0);
        112 + if at < 16 { at * 2 } else { (31 - at) * 2 }
    };
    file.extend((0..length).map(wave));
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_as_players_write_it() {
        for (range, expected) in [
            ("bytes=0-", Some((0, 99))),
            ("bytes=10-19", Some((10, 19))),
            ("bytes=90-500", Some((90, 99))),
            ("bytes=-5", Some((95, 99))),
            ("bytes=100-", None),
            ("bytes=-", None),
            ("lines=1-2", None),
        ] {
            assert_eq!(bounds(range, 100), expected, "{range}");
        }
    }
}
