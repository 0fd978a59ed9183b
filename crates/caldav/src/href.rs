//! Paths of a calendar's objects in one spelling, so that they can be compared and stored.

use std::fmt::Write as _;

use reqwest::Url;

use crate::Error;

/// The path of `href`, as a server or a caller spells it, below `calendar`.
///
/// Only the path counts: whatever host a server writes before it, requests go to the calendar's own.
pub(crate) fn path_of(calendar: &Url, href: &str) -> Result<String, Error> {
    let url = calendar.join(href.trim()).map_err(|_no_url| Error::Unreadable)?;
    Ok(canonical(url.path()))
}

/// The address of `href`, always at the calendar's own host.
pub(crate) fn url_of(calendar: &Url, href: &str) -> Result<Url, Error> {
    let mut url = calendar.clone();
    url.set_path(&path_of(calendar, href)?);
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

/// The address of a calendar, with the slash at its end that makes names relative to it.
pub(crate) fn calendar(url: &str) -> Result<Url, Error> {
    let mut url = Url::parse(url).map_err(|_no_url| Error::NotAllowed)?;
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(url)
}

/// One spelling for all: servers differ in whether `@` is written `%40`, and in the case of the digits.
fn canonical(path: &str) -> String {
    let mut spelt = String::with_capacity(path.len());
    let mut bytes = path.bytes();
    while let Some(byte) = bytes.next() {
        let mut rest = bytes.clone();
        let escaped = (byte == b'%').then(|| hex(rest.next()?, rest.next()?)).flatten();
        if escaped.is_some() {
            bytes = rest;
        }
        let value = escaped.unwrap_or(byte);
        let plain = value.is_ascii_alphanumeric() || b"-._~".contains(&value);
        if plain || escaped.is_none() && value == b'/' {
            spelt.push(char::from(value));
        } else {
            // Writing into a `String` cannot fail.
            let _ = write!(spelt, "%{value:02X}");
        }
    }
    spelt
}

fn hex(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? * 16 + digit(low)?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn one_object_has_one_spelling() {
        let base = calendar("https://h/cal/anna%40clinic").unwrap();
        for href in [
            "/cal/anna@clinic/a%40b.ics",
            "a@b.ics",
            "/cal/anna%40clinic/a@b.ics",
            "https://h/cal/anna%40clinic/a%40b.ics",
            "http://inside:8080/cal/anna@clinic/a@b.ics",
        ] {
            assert_eq!(path_of(&base, href).unwrap(), "/cal/anna%40clinic/a%40b.ics", "{href}");
        }
        assert_eq!(path_of(&base, "/x/%c3%a4 %2f%7E.ics").unwrap(), "/x/%C3%A4%20%2F~.ics");
        assert_eq!(path_of(&base, "/x/100%.ics").unwrap(), "/x/100%25.ics");
    }

    #[test]
    fn requests_stay_at_the_calendars_own_host() {
        let base = calendar("https://h/cal/").unwrap();
        for href in ["https://elsewhere/x.ics", "//elsewhere/x.ics"] {
            assert_eq!(url_of(&base, href).unwrap().as_str(), "https://h/x.ics");
        }
    }

    #[test]
    fn a_spelling_is_its_own() {
        let once = canonical("/a b/%41@%zz/%E4%bd%a0");
        assert_eq!(canonical(&once), once);
    }
}
