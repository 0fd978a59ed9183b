//! Calendars, who sees them, and the list of them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::door::{Asker, Refusal};
use super::event::Stored;
use super::oauth::{Pairs, field};
use super::{GoogleFake, State};
use crate::locked;

const PAGE_SIZE_DEFAULT: usize = 100;

#[derive(Default)]
pub(super) struct Calendar {
    /// When it was made, which tells its sync tokens from others'.
    pub born: u64,
    pub name: String,
    pub time_zone: String,
    pub events: BTreeMap<String, Stored>,
    /// Raised when sync tokens are forgotten.
    pub generation: u64,
    /// Events that the next sync calls deleted although they are not.
    pub phantoms: BTreeSet<String>,
    /// The reason in place of free/busy.
    pub free_busy_error: Option<String>,
}

impl Calendar {
    /// UTC for a zone that there is not.
    pub fn zone(&self) -> TimeZone {
        TimeZone::get(&self.time_zone).unwrap_or(TimeZone::UTC)
    }
}

/// What an account may do in a calendar; more is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    FreeBusyReader,
    Reader,
    Writer,
    Owner,
}

impl Role {
    /// An unknown word gives the least.
    pub fn parse(word: &str) -> Self {
        match word {
            "owner" => Self::Owner,
            "writer" => Self::Writer,
            "reader" => Self::Reader,
            _ => Self::FreeBusyReader,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::FreeBusyReader => "freeBusyReader",
            Self::Reader => "reader",
            Self::Writer => "writer",
            Self::Owner => "owner",
        }
    }
}

impl State {
    /// The calendar, made if need be.
    pub(super) fn calendar(&mut self, id: &str) -> &mut Calendar {
        if !self.calendars.contains_key(id) {
            let calendar = Calendar { born: self.next(), time_zone: "UTC".to_owned(), ..Calendar::default() };
            self.calendars.insert(id.to_owned(), calendar);
        }
        self.calendars.entry(id.to_owned()).or_default()
    }

    /// The id of a calendar in the asker's list, if they may do that much in it. Another's is not there.
    pub(super) fn visible(&self, asker: &Asker, calendar: &str, least: Role) -> Result<String, Refusal> {
        let id = asker.resolve(calendar);
        let entry = self.accounts.get(&asker.email).and_then(|account| account.calendars.get(id));
        let entry = entry.ok_or_else(Refusal::not_found)?;
        if entry.role < least {
            return Err(Refusal::new(403, "requiredAccessLevel"));
        }
        Ok(id.to_owned())
    }

    /// Puts an event as it now is.
    pub(super) fn put(&mut self, calendar: &str, id: &str, fields: Map<String, Value>) {
        let changed = self.next();
        self.calendar(calendar).events.insert(id.to_owned(), Stored { changed, fields });
        self.changed.insert(calendar.to_owned());
    }

    pub(super) fn list_calendars(&self, asker: &Asker, query: &Pairs) -> Result<Value, Refusal> {
        let number = |name: &str| field(query, name).map(str::parse::<usize>).transpose();
        let asked = number("maxResults").map_err(|_no_number| Refusal::invalid())?;
        let from = number("pageToken").map_err(|_no_token| Refusal::invalid())?.unwrap_or(0);
        let size = asked.unwrap_or(PAGE_SIZE_DEFAULT).clamp(1, 250).min(self.page_size.unwrap_or(usize::MAX));
        let account = self.accounts.get(&asker.email).ok_or_else(Refusal::not_found)?;
        let entries = account.calendars.iter().filter_map(|(id, entry)| {
            let calendar = self.calendars.get(id)?;
            let mut item = json!({
                "kind": "calendar#calendarListEntry",
                "etag": format!("\"{}\"", calendar.born),
                "id": id,
                "summary": calendar.name,
                "timeZone": calendar.time_zone,
                "accessRole": entry.role.as_str(),
                "selected": true,
            });
            if let Some(name) = &entry.name {
                item["summaryOverride"] = name.as_str().into();
            }
            if *id == asker.email {
                item["primary"] = true.into();
            }
            Some(item)
        });
        let all: Vec<Value> = entries.collect();
        let items: Vec<&Value> = all.iter().skip(from).take(size).collect();
        let mut page = json!({ "kind": "calendar#calendarList", "etag": "\"0\"", "items": items });
        if all.len() > from + size {
            page["nextPageToken"] = (from + size).to_string().into();
        } else {
            page["nextSyncToken"] = "none".into();
        }
        Ok(page)
    }
}

impl GoogleFake {
    /// A calendar's zone by IANA name, as its owner set it.
    pub fn set_time_zone(&self, calendar: &str, time_zone: &str) {
        time_zone.clone_into(&mut locked(&self.0.state).calendar(calendar).time_zone);
    }

    /// In place of the calendar's free/busy, an error with this reason, inside a 200; `None` for none.
    pub fn set_free_busy_error(&self, calendar: &str, reason: Option<&str>) {
        locked(&self.0.state).calendar(calendar).free_busy_error = reason.map(str::to_owned);
    }

    /// Every sync token given so far is refused with 410.
    pub fn forget_sync_tokens(&self, calendar: &str) {
        locked(&self.0.state).calendar(calendar).generation += 1;
    }

    /// The next list of the calendar says that the event is gone, although it is there.
    pub fn phantom_delete(&self, calendar: &str, id: &str) {
        self.edit(|state| {
            state.calendar(calendar).phantoms.insert(id.to_owned());
            state.changed.insert(calendar.to_owned());
        });
    }
}
