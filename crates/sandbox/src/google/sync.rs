//! Lists of events: all of a stretch of time, or what has changed since.
//!
//! Events are listed in the order of their last change, up to the moment at which the first page was asked for. One that
//! changes meanwhile comes with the next sync.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::State;
use super::calendars::{Calendar, Role};
use super::door::{Asker, Refusal};
use super::event::{Stored, gone};
use super::fields::masked;
use super::oauth::{Pairs, field};

const PAGE_SIZE_DEFAULT: usize = 250;
const PAGE_SIZE_MAX: usize = 2500;
/// Google refuses these beside a sync token.
const NOT_WITH_SYNC_TOKEN: &[&str] = &[
    "iCalUID",
    "orderBy",
    "privateExtendedProperty",
    "q",
    "sharedExtendedProperty",
    "timeMin",
    "timeMax",
    "updatedMin",
];

/// The part of the changes that a page goes through: those after `after`, up to `up_to`.
#[derive(Clone, Copy)]
struct Stretch {
    after: u64,
    up_to: u64,
}

struct Wanted {
    is_sync: bool,
    shows_deleted: bool,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    properties: Vec<(String, String)>,
}

impl Wanted {
    fn read(query: &Pairs) -> Result<Self, Refusal> {
        if field(query, "singleEvents") != Some("true") {
            // Recurring events are kept as their instances only.
            return Err(Refusal::new(400, "singleEventsOnlyInTheSandbox"));
        }
        let is_sync = field(query, "syncToken").is_some();
        let shows_deleted = field(query, "showDeleted").map_or(is_sync, |shows| shows == "true");
        if is_sync && (!shows_deleted || NOT_WITH_SYNC_TOKEN.iter().any(|name| field(query, name).is_some()))
        {
            return Err(Refusal::invalid());
        }
        let at = |name: &str| {
            field(query, name).map(str::parse).transpose().map_err(|_no_time| Refusal::invalid())
        };
        let properties = query.iter().filter(|(name, _)| name == "privateExtendedProperty");
        let properties = properties.filter_map(|(_, pair)| pair.split_once('='));
        Ok(Self {
            is_sync,
            shows_deleted,
            from: at("timeMin")?,
            to: at("timeMax")?,
            properties: properties.map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
        })
    }

    fn is_met_by(&self, event: &Stored, calendar: &Calendar) -> bool {
        if event.is_cancelled() && !self.shows_deleted {
            return false;
        }
        let span = event.span(&calendar.zone());
        let is_then = span.is_none_or(|(start, end)| {
            self.from.is_none_or(|from| end > from) && self.to.is_none_or(|to| start < to)
        });
        let private = |key: &str| event.private().and_then(|private| private.get(key)?.as_str());
        is_then && self.properties.iter().all(|(key, value)| private(key) == Some(value))
    }
}

impl Calendar {
    fn token(&self, kind: char, numbers: &[u64]) -> String {
        let numbers: Vec<String> = numbers.iter().map(u64::to_string).collect();
        format!("{kind}.{}.{}.{}", self.born, self.generation, numbers.join("."))
    }

    /// The numbers of a token of ours that is not forgotten.
    fn read_token(&self, kind: char, token: &str) -> Option<Vec<u64>> {
        let rest = token.strip_prefix(&format!("{kind}.{}.{}.", self.born, self.generation))?;
        rest.split('.').map(|number| number.parse().ok()).collect()
    }

    fn stretch(&self, query: &Pairs, now: u64) -> Result<Stretch, Refusal> {
        let gone = || Refusal::new(410, "fullSyncRequired");
        let since = match field(query, "syncToken") {
            Some(token) => *self.read_token('s', token).ok_or_else(gone)?.first().ok_or_else(gone)?,
            None => 0,
        };
        let Some(token) = field(query, "pageToken") else { return Ok(Stretch { after: since, up_to: now }) };
        match self.read_token('p', token).as_deref() {
            Some([after, up_to]) => Ok(Stretch { after: *after, up_to: *up_to }),
            _ if since > 0 => Err(gone()),
            _ => Err(Refusal::invalid()),
        }
    }
}

impl State {
    pub(super) fn list_events(&mut self, asker: &Asker, id: &str, query: &Pairs) -> Result<Value, Refusal> {
        let id = self.visible(asker, id, Role::Reader)?;
        let wanted = Wanted::read(query)?;
        let size = field(query, "maxResults").map(str::parse).transpose().map_err(|_n| Refusal::invalid())?;
        let size = size.unwrap_or(PAGE_SIZE_DEFAULT).clamp(1, PAGE_SIZE_MAX);
        let size = size.min(self.page_size.unwrap_or(usize::MAX));
        let now = self.made;
        let calendar = self.calendar(&id);
        let stretch = calendar.stretch(query, now)?;

        let mut met: Vec<(&String, &Stored)> = calendar
            .events
            .iter()
            .filter(|(_, event)| stretch.after < event.changed && event.changed <= stretch.up_to)
            .filter(|(id, event)| {
                wanted.is_met_by(event, calendar) && (wanted.is_sync || !calendar.phantoms.contains(*id))
            })
            .collect();
        met.sort_unstable_by_key(|(_, event)| event.changed);
        let has_more = met.len() > size;
        met.truncate(size);
        let last = met.last().map_or(stretch.after, |(_, event)| event.changed);
        let mut items: Vec<Value> = met.into_iter().map(|(id, event)| event.listed(id)).collect();

        let (next, token) = if has_more {
            ("nextPageToken", calendar.token('p', &[last, stretch.up_to]))
        } else {
            // What is wrongly called deleted comes last, so that it outdoes a true change.
            let phantoms = std::mem::take(&mut calendar.phantoms);
            if wanted.is_sync {
                items.extend(phantoms.iter().map(|id| gone(id, "\"0\"")));
            }
            ("nextSyncToken", calendar.token('s', &[stretch.up_to]))
        };
        let mut page = json!({
            "kind": "calendar#events", "etag": format!("\"{now}\""), "summary": calendar.name,
            "timeZone": calendar.time_zone, "items": items,
        });
        page[next] = token.into();
        shown(page, query)
    }

    pub(super) fn get_event(
        &self,
        asker: &Asker,
        calendar: &str,
        id: &str,
        query: &Pairs,
    ) -> Result<Value, Refusal> {
        let calendar = self.visible(asker, calendar, Role::Reader)?;
        let event = self.calendars.get(&calendar).and_then(|calendar| calendar.events.get(id));
        shown(event.ok_or_else(Refusal::not_found)?.resource(id), query)
    }
}

/// An answer as the query wants it: with so many guests, and only some fields.
pub(super) fn shown(mut answer: Value, query: &Pairs) -> Result<Value, Refusal> {
    let guests_max = field(query, "maxAttendees").and_then(|max| max.parse::<usize>().ok());
    if let Some(max) = guests_max {
        let items = match &mut answer {
            Value::Object(page) if page.contains_key("items") => page["items"].as_array_mut(),
            _ => None,
        };
        match items {
            Some(items) => items.iter_mut().for_each(|event| limit_guests(event, max)),
            None => limit_guests(&mut answer, max),
        }
    }
    match field(query, "fields") {
        Some(mask) => masked(answer, mask),
        None => Ok(answer),
    }
}

/// With more guests than that, only the calendar's own is told.
fn limit_guests(event: &mut Value, max: usize) {
    if let Some(guests) = event.get_mut("attendees").and_then(Value::as_array_mut)
        && guests.len() > max
    {
        guests.retain(|guest| guest["self"] == true);
        event["attendeesOmitted"] = true.into();
    }
}
