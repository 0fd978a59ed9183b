//! What programs do to events.

use axum::http::{HeaderMap, header::IF_MATCH};
use serde_json::{Map, Value, json};

use super::State;
use super::calendars::Role;
use super::door::{Asker, Refusal};
use super::event::{Stored, merge, settle};
use super::oauth::Pairs;
use super::sync::shown;

/// What nobody can set.
const READ_ONLY: &[&str] = &["kind", "etag", "id", "created", "updated", "htmlLink", "creator"];

/// Ids are base32hex.
fn is_id(id: &str) -> bool {
    (5..=1024).contains(&id.len()) && id.bytes().all(|byte| matches!(byte, b'a'..=b'v' | b'0'..=b'9'))
}

fn object(body: Value) -> Result<Map<String, Value>, Refusal> {
    match body {
        Value::Object(fields) => Ok(fields),
        _ => Err(Refusal::new(400, "parseError")),
    }
}

impl State {
    pub(super) fn insert_event(
        &mut self,
        asker: &Asker,
        calendar: &str,
        body: Value,
        query: &Pairs,
    ) -> Result<Value, Refusal> {
        let calendar = self.visible(asker, calendar, Role::Writer)?;
        let mut sent = object(body)?;
        let id = match sent.remove("id") {
            Some(Value::String(id)) if is_id(&id) => id,
            Some(Value::Null) | None => format!("google{:08}", self.next()),
            _ => return Err(Refusal::invalid()),
        };
        // A deleted event keeps its id.
        if self.calendar(&calendar).events.contains_key(&id) {
            return Err(Refusal::new(409, "duplicate"));
        }
        sent.retain(|name, _| !READ_ONLY.contains(&name.as_str()));
        let fields = self.made_event(&calendar, &id, sent, asker.now.to_string().as_str())?;
        self.put(&calendar, &id, fields);
        self.tell(&calendar, &id, query)
    }

    /// A new event's fields with all that Google adds.
    pub(super) fn made_event(
        &mut self,
        calendar: &str,
        id: &str,
        sent: Map<String, Value>,
        now: &str,
    ) -> Result<Map<String, Value>, Refusal> {
        let mut fields = Map::new();
        merge(
            &mut fields,
            object(json!({
                "status": "confirmed", "eventType": "default", "created": now, "updated": now, "sequence": 0,
                "iCalUID": format!("{id}@google.com"), "organizer": { "email": calendar, "self": true },
                "reminders": { "useDefault": true },
            }))?,
        );
        merge(&mut fields, sent);
        let kept = self.calendar(calendar);
        settle(&mut fields, &kept.time_zone, &kept.zone())?;
        Ok(fields)
    }

    pub(super) fn patch_event(
        &mut self,
        asker: &Asker,
        (calendar, id): (&str, &str),
        headers: &HeaderMap,
        body: Value,
        query: &Pairs,
    ) -> Result<Value, Refusal> {
        let calendar = self.visible(asker, calendar, Role::Writer)?;
        let mut patch = object(body)?;
        let event = self.expected(&calendar, id, headers)?;
        let mut fields = event.fields.clone();
        patch.retain(|name, _| !READ_ONLY.contains(&name.as_str()));
        merge(&mut fields, patch);
        let kept = self.calendar(&calendar);
        settle(&mut fields, &kept.time_zone, &kept.zone())?;
        fields.insert("updated".to_owned(), asker.now.to_string().into());
        self.put(&calendar, id, fields);
        self.tell(&calendar, id, query)
    }

    pub(super) fn delete_event(
        &mut self,
        asker: &Asker,
        calendar: &str,
        id: &str,
        headers: &HeaderMap,
    ) -> Result<(), Refusal> {
        let calendar = self.visible(asker, calendar, Role::Writer)?;
        let event = self.expected(&calendar, id, headers)?;
        if event.is_cancelled() {
            return Err(Refusal::new(410, "deleted"));
        }
        let mut fields = event.fields.clone();
        fields.insert("status".to_owned(), "cancelled".into());
        self.put(&calendar, id, fields);
        Ok(())
    }

    /// The event, if it is there and as the asker expects it.
    fn expected(&self, calendar: &str, id: &str, headers: &HeaderMap) -> Result<&Stored, Refusal> {
        let event = self.calendars.get(calendar).and_then(|calendar| calendar.events.get(id));
        let event = event.ok_or_else(Refusal::not_found)?;
        match headers.get(IF_MATCH).map(|etag| etag.to_str().unwrap_or("")) {
            Some(etag) if etag != "*" && etag != event.etag() => Err(Refusal::new(412, "conditionNotMet")),
            _ => Ok(event),
        }
    }

    fn tell(&self, calendar: &str, id: &str, query: &Pairs) -> Result<Value, Refusal> {
        let event = self.calendars.get(calendar).and_then(|calendar| calendar.events.get(id));
        shown(event.ok_or_else(Refusal::not_found)?.resource(id), query)
    }
}
