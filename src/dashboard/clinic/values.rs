//! A thing of the API as a form shows it: by the names that the API has for its fields, so that form and request cannot differ.

use serde::Serialize;
use serde_json::Value;

use crate::api;
use crate::dashboard::say;

/// What fills a form: a thing that is there, or what a new one begins with.
#[derive(Debug, Clone, Default)]
pub(super) struct Values(Value);

impl Values {
    /// A thing as the API shows it.
    pub fn of(thing: &impl Serialize) -> Self {
        Self(serde_json::to_value(thing).unwrap_or(Value::Null))
    }

    /// One more of a list: nothing is filled in.
    #[expect(clippy::unused_self, reason = "templates call it on what they show")]
    pub fn blank(&self) -> Self {
        Self::default()
    }

    fn at(&self, name: &str) -> &Value {
        name.split('.').fold(&self.0, |value, part| value.get(part).unwrap_or(&Value::Null))
    }

    /// Its id; empty for a new one.
    pub fn id(&self) -> String {
        self.text("id")
    }

    /// The version that a change is of.
    pub fn etag(&self) -> String {
        api::etag_of(&self.0)
    }

    /// A field as it is written; empty for null.
    pub fn text(&self, name: &str) -> String {
        match self.at(name) {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }

    /// A field, or what a new thing begins with.
    pub fn or(&self, name: &str, otherwise: impl std::fmt::Display) -> String {
        let text = self.text(name);
        if text.is_empty() { otherwise.to_string() } else { text }
    }

    /// Whether a field is true.
    pub fn is(&self, name: &str) -> bool {
        self.at(name).as_bool().unwrap_or(false)
    }

    /// Whether it is booked; a new one is.
    pub fn is_active(&self) -> bool {
        self.at("active").as_bool().unwrap_or(true)
    }

    /// A number.
    pub fn number(&self, name: &str) -> i64 {
        self.at(name).as_i64().unwrap_or(0)
    }

    /// Cents as the dollars of an input: `12.50`.
    pub fn dollars(&self, name: &str) -> String {
        self.at(name).as_i64().map(|cents| format!("{}.{:02}", cents / 100, cents % 100)).unwrap_or_default()
    }

    /// Cents as money; a dash where there are none.
    pub fn money(&self, name: &str) -> String {
        self.at(name).as_i64().map_or_else(|| "–".to_owned(), say::money)
    }

    /// Minutes as the hours of an input: `1.5`.
    pub fn hours(&self, name: &str) -> String {
        let Some(minutes) = self.at(name).as_u64() else { return String::new() };
        let hundredths = (minutes * 100 + 30) / 60;
        let (hours, rest) = (hundredths / 100, hundredths % 100);
        if rest == 0 {
            hours.to_string()
        } else {
            format!("{hours}.{rest:02}").trim_end_matches('0').to_owned()
        }
    }

    /// A wall time of an input: the end of the day is its beginning there.
    pub fn time(&self, name: &str) -> String {
        self.text(name).replace("24:00", "00:00")
    }

    /// A list of words, one to a line.
    pub fn lines(&self, name: &str) -> String {
        self.words(name).join("\n")
    }

    /// A list of words.
    pub fn words(&self, name: &str) -> Vec<String> {
        let all = self.at(name).as_array().into_iter().flatten();
        all.filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// Whether a list has this.
    pub fn has(&self, name: &str, one: impl AsRef<str>) -> bool {
        self.at(name).as_array().is_some_and(|all| all.iter().any(|each| each == one.as_ref()))
    }

    /// A list of things.
    pub fn list(&self, name: &str) -> Vec<Self> {
        self.at(name).as_array().into_iter().flatten().map(|each| Self(each.clone())).collect()
    }
}

/// One of what can be chosen.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    /// As the API writes it.
    pub value: String,
    /// As people read it.
    pub words: String,
    /// The zone of a site or of who works there; empty for anything else.
    pub zone: String,
}

impl Choice {
    /// A choice.
    pub fn new(value: impl Into<String>, words: impl Into<String>) -> Self {
        Self { value: value.into(), words: words.into(), zone: String::new() }
    }

    /// Things by id and name.
    pub fn of(things: &[Values]) -> Vec<Self> {
        things.iter().map(|thing| Self::new(thing.id(), thing.text("name"))).collect()
    }

    /// Whether it is this one.
    pub fn is(&self, value: impl AsRef<str>) -> bool {
        self.value == value.as_ref()
    }
}

/// The name of what has this id; empty where there is none.
pub(super) fn name_of(all: &[Values], id: &str) -> String {
    all.iter().find(|one| one.id() == id).map(|one| one.text("name")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_are_shown_as_inputs_write_them() {
        let v = Values(json!({"price_cents": 12_550, "notice": 90, "odd": 10, "closes": "24:00", "no": null,
            "words": {"en": "Hi"}, "all": ["a", "b"]}));
        assert_eq!((v.dollars("price_cents"), v.dollars("no")), ("125.50".to_owned(), String::new()));
        assert_eq!((v.hours("notice"), v.hours("odd")), ("1.5".to_owned(), "0.17".to_owned()));
        assert_eq!(
            (v.time("closes"), v.text("words.en"), v.lines("all")),
            ("00:00".into(), "Hi".into(), "a\nb".into())
        );
        assert!(v.has("all", "b") && !v.has("all", "c") && v.is_active() && !v.is("active"));
    }
}
