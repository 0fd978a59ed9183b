//! What a finished call leaves behind, wherever this version of the platform put it.

use serde_json::Value;

use crate::json::{instant, number, text};
use crate::message::{Report, Role, Turn};
use crate::parse::role;

/// The report of an end-of-call message.
pub(crate) fn of_message(envelope: &Value) -> Report {
    let places = ["/artifact", "", "/call/artifact", "/call"];
    Places(places.iter().filter_map(|pointer| envelope.pointer(pointer)).collect()).report()
}

/// The report of a call that the management API returned.
pub(crate) fn of_call(call: &Value) -> Report {
    Places(["/artifact", ""].iter().filter_map(|pointer| call.pointer(pointer)).collect()).report()
}

/// Objects to ask for a field, the most trusted first.
struct Places<'v>(Vec<&'v Value>);

impl<'v> Places<'v> {
    fn report(&self) -> Report {
        let started_at = self.first("/startedAt", instant);
        let ended_at = self.first("/endedAt", instant);
        let transcript = self.first("/transcript", text);
        let mut turns = self.turns();
        if turns.is_empty() {
            turns = transcript.as_deref().map(turns_of_text).unwrap_or_default();
        }
        Report {
            ended_reason: self.first("/endedReason", text),
            started_at,
            ended_at,
            duration_seconds: self.duration_seconds().or_else(|| {
                let elapsed = ended_at?.duration_since(started_at?);
                (!elapsed.is_negative()).then(|| elapsed.as_secs())
            }),
            cost_usd: self.cost_usd(),
            transcript,
            turns,
            summary: self.analysed("summary", text),
            success_evaluation: self.analysed("successEvaluation", evaluation),
            structured_data: self.analysed("structuredData", filled),
            structured_outputs: self.first("/structuredOutputs", filled),
            recording_url: self.recording_url(),
            recording_consent: self.first("/compliance/recordingConsent", consent),
        }
    }

    fn first<T>(&self, pointer: &str, read: impl Fn(&'v Value) -> Option<T>) -> Option<T> {
        self.0.iter().find_map(|place| place.pointer(pointer).and_then(&read))
    }

    fn analysed<T>(&self, field: &str, read: impl Fn(&'v Value) -> Option<T>) -> Option<T> {
        self.first(&format!("/analysis/{field}"), &read).or_else(|| self.first(&format!("/{field}"), &read))
    }

    fn duration_seconds(&self) -> Option<i64> {
        let units = [("/durationSeconds", 1.0), ("/durationMs", 0.001), ("/durationMinutes", 60.0)];
        self.0.iter().find_map(|place| {
            units.iter().find_map(|(pointer, unit)| {
                let seconds = number(place.pointer(pointer)?)? * unit;
                (seconds >= 0.0).then(|| whole(seconds)).flatten()
            })
        })
    }

    fn cost_usd(&self) -> Option<f64> {
        let charge = |value| number(value).filter(|cost| *cost >= 0.0);
        self.first("/cost", charge).or_else(|| self.first("/costBreakdown/total", charge))
    }

    fn recording_url(&self) -> Option<String> {
        let fields = ["/recordingUrl", "/recording", "/stereoRecordingUrl"];
        self.0.iter().find_map(|place| {
            fields.iter().find_map(|pointer| place.pointer(pointer).and_then(address_of_recording))
        })
    }

    fn turns(&self) -> Vec<Turn> {
        self.0
            .iter()
            .filter_map(|place| place.get("messages")?.as_array())
            .map(|messages| messages.iter().filter_map(turn).collect::<Vec<_>>())
            .find(|turns| !turns.is_empty())
            .unwrap_or_default()
    }
}

fn turn(message: &Value) -> Option<Turn> {
    let words = ["message", "content", "text"].iter().find_map(|field| text(message.get(field)?))?;
    Some(Turn {
        role: role(message.get("role")?.as_str()?)?,
        text: words,
        seconds_from_start: message.get("secondsFromStart").and_then(number),
    })
}

/// Reads "AI: …\nUser: …". A line without a speaker belongs to the one before.
fn turns_of_text(transcript: &str) -> Vec<Turn> {
    let mut turns: Vec<Turn> = Vec::new();
    for line in transcript.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match (speaker(line), turns.last_mut()) {
            (Some((role, words)), _) => {
                turns.push(Turn { role, text: words.to_owned(), seconds_from_start: None });
            }
            (None, Some(turn)) => {
                turn.text.push(' ');
                turn.text.push_str(line);
            }
            (None, None) => {}
        }
    }
    turns
}

fn speaker(line: &str) -> Option<(Role, &str)> {
    let (name, words) = line.split_once(':')?;
    Some((role(name.trim())?, words.trim()))
}

/// One address out of a text or of an object in any of the known forms.
fn address_of_recording(recording: &Value) -> Option<String> {
    if let Some(address) = recording.as_str() {
        let address = address.trim();
        return address.starts_with("http").then(|| address.to_owned());
    }
    ["url", "mono", "combinedUrl", "recordingUrl", "monoUrl", "stereoUrl", "customerUrl", "assistantUrl"]
        .iter()
        .find_map(|field| address_of_recording(recording.get(field)?))
}

fn evaluation(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(_) => text(value),
        other => Some(other.to_string()),
    }
}

fn filled(value: &Value) -> Option<Value> {
    let empty = match value {
        Value::Null => true,
        Value::Object(map) => map.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    };
    (!empty).then(|| value.clone())
}

/// `{type, grantedAt}`; without `grantedAt` the consent was not granted.
fn consent(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(granted) => Some(*granted),
        Value::Object(map) => Some(map.get("grantedAt").is_some_and(|at| !at.is_null())),
        _ => None,
    }
}

fn whole(seconds: f64) -> Option<i64> {
    let duration = jiff::SignedDuration::try_from_secs_f64(seconds + 0.5).ok()?;
    Some(duration.as_secs())
}
