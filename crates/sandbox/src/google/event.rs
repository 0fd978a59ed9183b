//! An event as Google keeps it.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::door::Refusal;

/// Entries about a day, not about time in it.
const KEEPS_NO_TIME: &[&str] = &["workingLocation", "birthday"];

/// An event's fields, but for those that follow from where it is kept.
#[derive(Clone)]
pub(super) struct Stored {
    /// Higher with every change in any calendar.
    pub changed: u64,
    pub fields: Map<String, Value>,
}

impl Stored {
    pub fn etag(&self) -> String {
        format!("\"{}\"", self.changed)
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        self.fields.get(name).and_then(Value::as_str)
    }

    pub fn is_cancelled(&self) -> bool {
        self.text("status") == Some("cancelled")
    }

    /// As Google tells one event.
    pub fn resource(&self, id: &str) -> Value {
        let mut resource = Value::Object(self.fields.clone());
        resource["kind"] = "calendar#event".into();
        resource["id"] = id.into();
        resource["etag"] = self.etag().into();
        resource
    }

    /// As Google lists it: of a deleted one little is left.
    pub fn listed(&self, id: &str) -> Value {
        if !self.is_cancelled() {
            return self.resource(id);
        }
        let mut left = gone(id, &self.etag());
        if let Some(series) = self.text("recurringEventId") {
            left["recurringEventId"] = series.into();
        }
        left
    }

    pub fn span(&self, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
        Some((instant(self.fields.get("start")?, zone)?, instant(self.fields.get("end")?, zone)?))
    }

    pub fn is_all_day(&self) -> bool {
        self.fields.get("start").is_some_and(|start| start["date"].is_string())
    }

    pub fn own_response(&self) -> Option<&str> {
        let attendees = self.fields.get("attendees")?.as_array()?;
        attendees.iter().find(|it| it["self"] == true)?["responseStatus"].as_str()
    }

    pub fn private(&self) -> Option<&Map<String, Value>> {
        self.fields.get("extendedProperties")?.get("private")?.as_object()
    }

    /// Whether free/busy shows it.
    pub fn keeps_time(&self) -> bool {
        !self.is_cancelled()
            && self.text("transparency") != Some("transparent")
            && self.own_response() != Some("declined")
            && self.text("eventType").is_none_or(|kind| !KEEPS_NO_TIME.contains(&kind))
    }
}

/// What is told of an event that is no more.
pub(super) fn gone(id: &str, etag: &str) -> Value {
    json!({ "kind": "calendar#event", "id": id, "etag": etag, "status": "cancelled" })
}

/// The instant of a `start` or `end`; days begin in `zone`, and so do times that name no zone.
pub(super) fn instant(time: &Value, zone: &TimeZone) -> Option<Timestamp> {
    if let Some(day) = time["date"].as_str() {
        return zone.to_timestamp(day.parse::<Date>().ok()?.at(0, 0, 0, 0)).ok();
    }
    let raw = time["dateTime"].as_str()?;
    if let Ok(at) = raw.parse() {
        return Some(at);
    }
    let own = time["timeZone"].as_str().and_then(|name| TimeZone::get(name).ok());
    own.as_ref().unwrap_or(zone).to_timestamp(raw.parse::<DateTime>().ok()?).ok()
}

/// What Google makes of fields that were sent: times with offset and zone, or no event at all.
pub(super) fn settle(
    fields: &mut Map<String, Value>,
    zone_name: &str,
    zone: &TimeZone,
) -> Result<(), Refusal> {
    for name in ["start", "end"] {
        let time = fields.get_mut(name).ok_or_else(|| Refusal::new(400, "required"))?;
        if time["date"].is_string() == time["dateTime"].is_string() {
            return Err(Refusal::invalid());
        }
        let named = time["timeZone"].as_str().map(str::to_owned);
        let own = named.as_deref().map(TimeZone::get).transpose().map_err(|_no_zone| Refusal::invalid())?;
        let at = instant(time, zone).ok_or_else(Refusal::invalid)?;
        if time["dateTime"].is_string() {
            let local = at.to_zoned(own.unwrap_or_else(|| zone.clone()));
            time["dateTime"] = at.display_with_offset(local.offset()).to_string().into();
            time["timeZone"] = named.unwrap_or_else(|| zone_name.to_owned()).into();
        }
    }
    let (start, end) = (&fields["start"], &fields["end"]);
    if start["date"].is_string() != end["date"].is_string() {
        return Err(Refusal::invalid());
    }
    if instant(start, zone) > instant(end, zone) {
        return Err(Refusal::new(400, "timeRangeEmpty"));
    }
    Ok(())
}

/// Lays `patch` over `fields`: null takes away, objects are merged, anything else replaces.
pub(super) fn merge(fields: &mut Map<String, Value>, patch: Map<String, Value>) {
    for (name, value) in patch {
        match value {
            Value::Null => {
                fields.remove(&name);
            }
            Value::Object(patch) => {
                let within = fields.entry(name).or_insert_with(|| json!({}));
                if !within.is_object() {
                    *within = json!({});
                }
                if let Value::Object(within) = within {
                    merge(within, patch);
                }
            }
            value => {
                fields.insert(name, value);
            }
        }
    }
}
