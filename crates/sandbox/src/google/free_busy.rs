//! When calendars are busy.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::State;
use super::calendars::{Calendar, Role};
use super::door::{Asker, Refusal};

/// Google's limit for one request.
const CALENDARS_MAX: usize = 50;

impl State {
    pub(super) fn free_busy(&self, asker: &Asker, ask: &Value) -> Result<Value, Refusal> {
        let at = |name: &str| ask[name].as_str().and_then(|raw| raw.parse::<Timestamp>().ok());
        let (Some(from), Some(to)) = (at("timeMin"), at("timeMax")) else {
            return Err(Refusal::new(400, "required"));
        };
        if from >= to {
            return Err(Refusal::new(400, "timeRangeEmpty"));
        }
        let items = ask["items"].as_array().map(Vec::as_slice).unwrap_or_default();
        let ids = items.iter().filter_map(|item| item["id"].as_str());
        let calendars: Map<String, Value> = ids
            .enumerate()
            .map(|(index, id)| {
                let known = if index < CALENDARS_MAX {
                    self.busy_in(asker, id, from, to)
                } else {
                    Err("tooManyCalendarsRequested".to_owned())
                };
                (id.to_owned(), known.unwrap_or_else(|reason| unknown(&reason)))
            })
            .collect();
        Ok(json!({
            "kind": "calendar#freeBusy", "timeMin": from.to_string(), "timeMax": to.to_string(),
            "calendars": calendars,
        }))
    }

    fn busy_in(&self, asker: &Asker, id: &str, from: Timestamp, to: Timestamp) -> Result<Value, String> {
        let id = self.visible(asker, id, Role::FreeBusyReader).map_err(|_hidden| "notFound")?;
        let calendar = self.calendars.get(&id).ok_or("notFound")?;
        if let Some(reason) = &calendar.free_busy_error {
            return Err(reason.clone());
        }
        let busy: Vec<Value> = merged(calendar, from, to)
            .into_iter()
            .map(|(start, end)| json!({ "start": start.to_string(), "end": end.to_string() }))
            .collect();
        Ok(json!({ "busy": busy }))
    }
}

fn unknown(reason: &str) -> Value {
    json!({ "errors": [{ "domain": "global", "reason": reason }], "busy": [] })
}

/// What keeps time between `from` and `to`, cut to it, touching stretches made one.
fn merged(calendar: &Calendar, from: Timestamp, to: Timestamp) -> Vec<(Timestamp, Timestamp)> {
    let zone = calendar.zone();
    let mut spans: Vec<_> = calendar
        .events
        .values()
        .filter(|event| event.keeps_time())
        .filter_map(|event| event.span(&zone))
        .map(|(start, end)| (start.max(from), end.min(to)))
        .filter(|(start, end)| start < end)
        .collect();
    spans.sort_unstable();
    let mut merged: Vec<(Timestamp, Timestamp)> = Vec::new();
    for (start, end) in spans {
        match merged.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => merged.push((start, end)),
        }
    }
    merged
}
