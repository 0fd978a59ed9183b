//! What people do to their calendars, and what is to be seen there.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::event::{Stored, merge, settle};
use super::{GoogleFake, Repeats, State};
use crate::locked;

/// A point of an event's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// An instant.
    At(Timestamp),
    /// A day of the calendar's zone.
    Day(Date),
}

/// An event that a person makes.
#[derive(Clone, Debug)]
pub struct HumanEvent {
    /// Its title.
    pub summary: String,
    /// From when.
    pub start: When,
    /// Until when, exclusive.
    pub end: When,
    /// Shown as free.
    pub is_transparent: bool,
    /// Not settled yet.
    pub is_tentative: bool,
    /// It is someone else's invitation, and this is the answer: `accepted`, `declined`, `tentative` or `needsAction`.
    pub response: Option<String>,
    /// Google's `eventType`.
    pub kind: String,
    /// It recurs.
    pub repeats: Option<Repeats>,
}

/// An event as a person sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Unique within its calendar.
    pub id: String,
    /// Changes with every edit.
    pub etag: String,
    /// Whether it is deleted; those are not in [`GoogleFake::events`].
    pub is_deleted: bool,
    /// Its title.
    pub summary: String,
    /// What it is about.
    pub description: Option<String>,
    /// Where it is.
    pub location: Option<String>,
    /// From when.
    pub start: Timestamp,
    /// Until when.
    pub end: Timestamp,
    /// In whole days.
    pub is_all_day: bool,
    /// Shown as free.
    pub is_transparent: bool,
    /// The recurring event that it is an instance of.
    pub series: Option<String>,
    /// What programs have noted.
    pub private: BTreeMap<String, String>,
}

impl HumanEvent {
    /// An ordinary event.
    pub fn at(summary: &str, start: Timestamp, end: Timestamp) -> Self {
        Self::new(summary, When::At(start), When::At(end))
    }

    /// An all-day event; `end` is the day after the last.
    pub fn days(summary: &str, start: Date, end: Date) -> Self {
        Self::new(summary, When::Day(start), When::Day(end))
    }

    /// An ordinary event of either kind.
    pub fn new(summary: &str, start: When, end: When) -> Self {
        Self {
            summary: summary.to_owned(),
            start,
            end,
            is_transparent: false,
            is_tentative: false,
            response: None,
            kind: "default".to_owned(),
            repeats: None,
        }
    }

    /// As it is kept; `series` if it is one instance of many.
    fn fields(&self, calendar: &str, (start, end): (When, When), series: Option<&str>) -> Value {
        let mut fields = json!({
            "summary": self.summary, "start": start.wire(), "end": end.wire(), "eventType": self.kind,
            "status": if self.is_tentative { "tentative" } else { "confirmed" },
        });
        if self.is_transparent {
            fields["transparency"] = "transparent".into();
        }
        if let Some(response) = &self.response {
            fields["organizer"] = json!({ "email": "host@elsewhere.example" });
            fields["attendees"] = json!([
                { "email": "host@elsewhere.example", "organizer": true, "responseStatus": "accepted" },
                { "email": calendar, "self": true, "responseStatus": response },
            ]);
        }
        if let Some(series) = series {
            fields["recurringEventId"] = series.into();
            fields["originalStartTime"] = start.wire();
        }
        fields
    }
}

impl When {
    fn wire(self) -> Value {
        match self {
            Self::At(at) => json!({ "dateTime": at.to_string() }),
            Self::Day(day) => json!({ "date": day.to_string() }),
        }
    }
}

impl State {
    /// Puts an event, or all instances of a recurring one, under ids that begin with `id`.
    fn put_human(&mut self, calendar: &str, id: &str, event: &HumanEvent, now: Timestamp) -> Vec<String> {
        let zone = self.calendar(calendar).zone();
        let whens = match &event.repeats {
            None => vec![(id.to_owned(), (event.start, event.end))],
            Some(repeats) => repeats
                .instances(event.start, event.end, &zone)
                .into_iter()
                .map(|when| (format!("{id}_{}", when.0.suffix()), when))
                .collect(),
        };
        let series = event.repeats.as_ref().map(|_| id);
        let mut ids = Vec::new();
        for (id, when) in whens {
            let Value::Object(fields) = event.fields(calendar, when, series) else { continue };
            // What Google would refuse, a person cannot do.
            let Ok(fields) = self.made_event(calendar, &id, fields, &now.to_string()) else { continue };
            self.put(calendar, &id, fields);
            ids.push(id);
        }
        ids
    }

    /// Lays `patch` over an event; false if there is none, or if it cannot be.
    fn patch_human(&mut self, calendar: &str, id: &str, patch: Value) -> bool {
        let kept = self.calendar(calendar);
        let Some(event) = kept.events.get(id) else { return false };
        let mut fields = event.fields.clone();
        let Value::Object(patch) = patch else { return false };
        merge(&mut fields, patch);
        if settle(&mut fields, &kept.time_zone, &kept.zone()).is_err() {
            return false;
        }
        self.put(calendar, id, fields);
        true
    }

    fn seen(&mut self, calendar: &str, keep: impl Fn(&str, &Stored) -> bool) -> Vec<Seen> {
        let calendar = self.calendar(calendar);
        let zone = calendar.zone();
        let kept = calendar.events.iter().filter(|(id, event)| keep(id, event));
        kept.filter_map(|(id, event)| {
            let (start, end) = event.span(&zone)?;
            let text = |name| event.text(name).map(str::to_owned);
            let pairs = event.private().into_iter().flatten();
            Some(Seen {
                id: id.clone(),
                etag: event.etag(),
                is_deleted: event.is_cancelled(),
                summary: text("summary").unwrap_or_default(),
                description: text("description"),
                location: text("location"),
                start,
                end,
                is_all_day: event.is_all_day(),
                is_transparent: event.text("transparency") == Some("transparent"),
                series: text("recurringEventId"),
                private: pairs
                    .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
                    .collect(),
            })
        })
        .collect()
    }
}

impl GoogleFake {
    /// A person makes an event; its id, which is that of the series if it recurs.
    pub fn add_event(&self, calendar: &str, event: &HumanEvent) -> String {
        let now = self.now();
        self.edit(|state| {
            let id = format!("human{:06}", state.next());
            state.put_human(calendar, &id, event, now);
            id
        })
    }

    /// A person changes a recurring event: instances that it no longer has are deleted.
    pub fn replace_series(&self, calendar: &str, series: &str, event: &HumanEvent) {
        let now = self.now();
        self.edit(|state| {
            let kept = state.put_human(calendar, series, event, now);
            let old = state.seen(calendar, |id, event| {
                event.text("recurringEventId") == Some(series) && !kept.iter().any(|kept| kept == id)
            });
            for event in old {
                state.patch_human(calendar, &event.id, json!({ "status": "cancelled" }));
            }
        });
    }

    /// A person moves an event; whether there is one.
    pub fn move_event(&self, calendar: &str, id: &str, start: When, end: When) -> bool {
        let time = |when: When| {
            let mut time = json!({ "date": null, "dateTime": null, "timeZone": null });
            merge_into(&mut time, when.wire());
            time
        };
        self.edit_event(calendar, id, json!({ "start": time(start), "end": time(end) }))
    }

    /// A person gives an event another title; whether there is one.
    pub fn rename_event(&self, calendar: &str, id: &str, summary: &str) -> bool {
        self.edit_event(calendar, id, json!({ "summary": summary }))
    }

    /// A person deletes an event; whether there is one.
    pub fn delete_event(&self, calendar: &str, id: &str) -> bool {
        self.edit_event(calendar, id, json!({ "status": "cancelled" }))
    }

    /// A person changes whatever of an event, in Google's own fields (null takes one away); whether there is one.
    pub fn edit_event(&self, calendar: &str, id: &str, patch: Value) -> bool {
        self.edit(|state| state.patch_human(calendar, id, patch))
    }

    /// The event's start becomes one that no program can read.
    pub fn garble_event(&self, calendar: &str, id: &str) {
        self.edit(|state| {
            let Some(event) = state.calendar(calendar).events.get(id) else { return };
            let mut fields = event.fields.clone();
            fields.insert("start".to_owned(), json!({ "dateTime": "soon" }));
            state.put(calendar, id, fields);
        });
    }

    /// An event with the same content and another id, as when Google does not notice that two are made at once.
    pub fn copy_event(&self, calendar: &str, id: &str) -> Option<String> {
        self.edit(|state| {
            let fields = state.calendar(calendar).events.get(id)?.fields.clone();
            let copy = format!("copy{:06}", state.next());
            state.put(calendar, &copy, fields);
            Some(copy)
        })
    }

    /// The events that are there, deleted ones left out, by their ids.
    pub fn events(&self, calendar: &str) -> Vec<Seen> {
        locked(&self.0.state).seen(calendar, |_, event| !event.is_cancelled())
    }

    /// One event, deleted or not.
    pub fn event(&self, calendar: &str, id: &str) -> Option<Seen> {
        locked(&self.0.state).seen(calendar, |this, _| this == id).pop()
    }

    /// One event in Google's own fields.
    pub fn raw_event(&self, calendar: &str, id: &str) -> Option<Value> {
        let mut state = locked(&self.0.state);
        state.calendar(calendar).events.get(id).map(|event| event.resource(id))
    }
}

fn merge_into(time: &mut Value, wire: Value) {
    let Value::Object(wire) = wire else { return };
    for (name, value) in Map::into_iter(wire) {
        time[name] = value;
    }
}
