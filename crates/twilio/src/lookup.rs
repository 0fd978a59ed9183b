//! Looks for texts that may have been sent.

use jiff::{Timestamp, tz::TimeZone};
use serde::Deserialize;

use crate::client::API;
use crate::message::Resource;
use crate::{Client, FindError, SendError, Status};

/// One recipient since one attempt: more pages than this is a wrong question.
const PAGES_MAX: usize = 10;
const PAGE_SIZE: &str = "100";
/// Twilio puts this before every text of an account that has not paid yet.
const TRIAL_PREFIX: &str = "Sent from your Twilio trial account - ";

/// A text that Twilio has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Twilio's name for it.
    pub sid: String,
    /// Where it stands; `None` for a word this version does not know.
    pub status: Option<Status>,
    /// When Twilio took it, to the second.
    pub date_created: Option<Timestamp>,
    /// Why it was not delivered.
    pub error_code: Option<u32>,
}

#[derive(Deserialize)]
struct Page {
    messages: Vec<Resource>,
    #[serde(default)]
    next_page_uri: Option<String>,
}

impl Client {
    /// The texts to `to` with exactly this `body` that Twilio took at or after `since` (to the second), newest first.
    ///
    /// Empty means that Twilio lists none *now*: leave it a minute after a send that timed out, for it may still be
    /// arriving, and the list goes by the day a text was sent. Pass the instant just before the attempt; an earlier text
    /// with the same words would otherwise be taken for it.
    pub async fn find(&self, to: &str, body: &str, since: Timestamp) -> Result<Vec<Found>, FindError> {
        // Twilio's dates have no fractions: 18:00:13.7 is listed as 18:00:13.
        let since = Timestamp::from_second(since.as_second()).unwrap_or(since);
        // The documented form of this filter is a date; the instant is compared below.
        let earliest = since.to_zoned(TimeZone::UTC).date().to_string();
        let first = format!("{}/Messages.json", self.account_path());
        let mut answer =
            self.get(&first, &[("To", to), ("DateSent>", &earliest), ("PageSize", PAGE_SIZE)]).await?;
        let mut found = Vec::new();
        for _ in 0..PAGES_MAX {
            let page: Page = read(&answer)?;
            let of_this_text =
                |text: &Resource| says(text, body) && created_at(text).is_none_or(|created| created >= since);
            found.extend(page.messages.into_iter().filter(of_this_text).map(Found::from));
            let Some(next) = page.next_page_uri.filter(|uri| !uri.is_empty()) else { return Ok(found) };
            // Anything else could lead our credentials to another host.
            if !next.starts_with(&format!("{API}/")) {
                return Err(FindError::Unavailable(SendError::Garbled { status: 200 }));
            }
            answer = self.get(&next, &[]).await?;
        }
        Err(FindError::TooMany)
    }

    /// What became of a text whose callbacks were lost.
    pub async fn fetch(&self, sid: &str) -> Result<Found, FindError> {
        let answer = self.get(&format!("{}/Messages/{sid}.json", self.account_path()), &[]).await?;
        read::<Resource>(&answer).map(Found::from)
    }
}

fn read<'de, T: Deserialize<'de>>(answer: &'de [u8]) -> Result<T, FindError> {
    serde_json::from_slice(answer)
        .map_err(|_not_a_page| FindError::Unavailable(SendError::Garbled { status: 200 }))
}

fn says(text: &Resource, body: &str) -> bool {
    let stored = text.body.as_deref().unwrap_or("");
    stored.strip_prefix(TRIAL_PREFIX).unwrap_or(stored).trim() == body.trim()
}

fn created_at(text: &Resource) -> Option<Timestamp> {
    jiff::fmt::rfc2822::parse(text.date_created.as_deref()?).ok().map(|created| created.timestamp())
}

impl From<Resource> for Found {
    fn from(text: Resource) -> Self {
        Self {
            date_created: created_at(&text),
            status: Status::parse(&text.status),
            error_code: text.error_code,
            sid: text.sid,
        }
    }
}
