//! When calendars are busy, without their events.

use std::collections::BTreeMap;

use jiff::Timestamp;
use reqwest::Method;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::client::ANSWER_BYTES_MAX;
use crate::{Client, Error};

/// Google's limit for one request.
const CALENDARS_MAX: usize = 50;

/// What is known of one calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FreeBusy {
    /// Busy then, ends exclusive, and free otherwise.
    Busy(Vec<(Timestamp, Timestamp)>),
    /// Google could not tell, so nobody can.
    Unknown {
        /// Google's short code, `missing` or `unreadable`.
        reason: String,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ask<'a> {
    time_min: Timestamp,
    time_max: Timestamp,
    calendar_expansion_max: usize,
    items: Vec<Item<'a>>,
}

#[derive(Serialize)]
struct Item<'a> {
    id: &'a str,
}

#[derive(Deserialize)]
struct AnswerWire {
    calendars: BTreeMap<String, CalendarWire>,
}

#[derive(Deserialize)]
struct CalendarWire {
    #[serde(default)]
    errors: Vec<ErrorWire>,
    busy: Option<Vec<SpanWire>>,
}

#[derive(Deserialize)]
struct ErrorWire {
    reason: Option<String>,
}

#[derive(Deserialize)]
struct SpanWire {
    start: String,
    end: String,
}

impl Client {
    /// When each of `calendars` is busy between `from` and `to`, which Google limits to some months. One entry per
    /// calendar asked for; any number of them, fifty per request.
    pub async fn free_busy(
        &self,
        access: &SecretString,
        calendars: &[&str],
        from: Timestamp,
        to: Timestamp,
    ) -> Result<BTreeMap<String, FreeBusy>, Error> {
        let mut all = BTreeMap::new();
        for asked in calendars.chunks(CALENDARS_MAX) {
            let ask = Ask {
                time_min: from,
                time_max: to,
                calendar_expansion_max: CALENDARS_MAX,
                items: asked.iter().map(|id| Item { id }).collect(),
            };
            let request = self.call(Method::POST, access, "/freeBusy").json(&ask);
            let answer: AnswerWire = self.read(request, ANSWER_BYTES_MAX).await?;
            all.extend(sorted(asked, answer));
        }
        Ok(all)
    }
}

fn sorted(asked: &[&str], mut answer: AnswerWire) -> impl Iterator<Item = (String, FreeBusy)> {
    asked.iter().map(move |id| {
        let known =
            answer.calendars.remove(*id).map_or_else(|| FreeBusy::unknown("missing"), CalendarWire::read);
        ((*id).to_owned(), known)
    })
}

impl CalendarWire {
    fn read(self) -> FreeBusy {
        if let Some(error) = self.errors.into_iter().next() {
            let is_code = |reason: &String| {
                reason.len() <= 64 && reason.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            };
            return FreeBusy::unknown(error.reason.filter(is_code).as_deref().unwrap_or("unknown"));
        }
        // A list with one unreadable span is not known at all.
        let spans = self.busy.and_then(|busy| busy.iter().map(SpanWire::read).collect::<Option<Vec<_>>>());
        spans.map_or_else(|| FreeBusy::unknown("unreadable"), FreeBusy::Busy)
    }
}

impl SpanWire {
    fn read(&self) -> Option<(Timestamp, Timestamp)> {
        let (start, end) = (self.start.parse().ok()?, self.end.parse().ok()?);
        (start <= end).then_some((start, end))
    }
}

impl FreeBusy {
    fn unknown(reason: &str) -> Self {
        Self::Unknown { reason: reason.to_owned() }
    }
}

#[cfg(test)]
#[path = "free_busy_tests.rs"]
mod tests;
