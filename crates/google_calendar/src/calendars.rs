//! Which calendars an account has.

use std::fmt;

use reqwest::Method;
use secrecy::SecretString;
use serde::Deserialize;

use crate::client::ANSWER_BYTES_MAX;
use crate::{Client, Error};

/// Google's largest page.
const PAGE_SIZE: &str = "250";
/// More pages than any person has; an answer that goes on for ever is none.
const PAGES_MAX: usize = 40;

/// A calendar in an account's list.
#[derive(Clone, PartialEq, Eq)]
pub struct CalendarEntry {
    /// Often an e-mail address.
    pub id: String,
    /// As the account calls it.
    pub name: String,
    /// IANA name.
    pub time_zone: Option<String>,
    /// The account's own.
    pub is_primary: bool,
    /// Whether events can be written.
    pub can_write: bool,
    /// Whether events can be read, not only when it is busy.
    pub can_read_events: bool,
}

/// Without id and name: both may be a person's.
impl fmt::Debug for CalendarEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CalendarEntry")
            .field("time_zone", &self.time_zone)
            .field("is_primary", &self.is_primary)
            .field("can_write", &self.can_write)
            .field("can_read_events", &self.can_read_events)
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageWire {
    kind: String,
    #[serde(default)]
    items: Vec<EntryWire>,
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EntryWire {
    id: String,
    #[serde(default)]
    summary: String,
    summary_override: Option<String>,
    time_zone: Option<String>,
    #[serde(default)]
    primary: bool,
    #[serde(default)]
    access_role: String,
}

impl From<EntryWire> for CalendarEntry {
    fn from(wire: EntryWire) -> Self {
        let can_write = matches!(wire.access_role.as_str(), "owner" | "writer");
        Self {
            id: wire.id,
            name: wire.summary_override.unwrap_or(wire.summary),
            time_zone: wire.time_zone,
            is_primary: wire.primary,
            can_write,
            can_read_events: can_write || wire.access_role == "reader",
        }
    }
}

impl Client {
    /// Every calendar in the account's list, hidden ones too: one that blocks must not vanish because a person hid it.
    pub async fn calendars(&self, access: &SecretString) -> Result<Vec<CalendarEntry>, Error> {
        let mut all = Vec::new();
        let mut page: Option<String> = None;
        for _ in 0..PAGES_MAX {
            let mut query = vec![("maxResults", PAGE_SIZE), ("showHidden", "true")];
            query.extend(page.as_deref().map(|page| ("pageToken", page)));
            let request = self.call(Method::GET, access, "/users/me/calendarList").query(&query);
            let answer: PageWire = self.read(request, ANSWER_BYTES_MAX).await?;
            if answer.kind != "calendar#calendarList" {
                return Err(Error::Unreadable);
            }
            all.extend(answer.items.into_iter().map(CalendarEntry::from));
            page = answer.next_page_token;
            if page.is_none() {
                return Ok(all);
            }
        }
        Err(Error::Unreadable)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_calendar_has_the_name_its_account_gave_it_and_the_rights_of_its_role() {
        let entry = |role: &str| {
            let raw = format!(
                r#"{{"id":"r@x.com","summary":"Room","summaryOverride":"Laser","accessRole":"{role}"}}"#
            );
            CalendarEntry::from(serde_json::from_str::<EntryWire>(&raw).unwrap())
        };
        assert_eq!(entry("owner").name, "Laser");
        let rights = |role| (entry(role).can_write, entry(role).can_read_events);
        assert_eq!(rights("owner"), (true, true));
        assert_eq!(rights("writer"), (true, true));
        assert_eq!(rights("reader"), (false, true));
        assert_eq!(rights("freeBusyReader"), (false, false));
        assert_eq!(rights("a role of a later API"), (false, false));
        let shown = format!("{:?}", entry("owner"));
        assert!(!shown.contains("r@x.com") && !shown.contains("Laser"), "{shown}");
    }
}
