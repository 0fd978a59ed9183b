//! The particulars of an audit entry in words. A field that is not known here has its name as it is kept, with spaces.

use serde_json::Value;

use super::say;
use crate::language::Language;

/// Each field with its value, one after the other; `name` knows the people among the values.
pub(super) fn words(
    language: Language,
    detail: &Value,
    name: impl Fn(&str) -> Option<String>,
) -> Vec<String> {
    let mut said = Vec::new();
    tell(language, detail, &name, &mut said);
    said
}

/// What one thing has in it stands beside the others: a name within a name says nothing to people.
fn tell(language: Language, detail: &Value, name: &dyn Fn(&str) -> Option<String>, said: &mut Vec<String>) {
    for (field, value) in detail.as_object().into_iter().flatten() {
        match value {
            Value::Null => {}
            Value::Object(_) => tell(language, value, name, said),
            _ => {
                said.push(format!(
                    "{}: {}",
                    field_words(language, field),
                    value_words(language, value, name)
                ));
            }
        }
    }
}

fn field_words(language: Language, field: &str) -> String {
    let known = FIELDS.iter().find(|(known, _)| *known == field);
    known.map_or_else(|| field.replace('_', " "), |(_, english)| say::t(language, english).to_owned())
}

fn value_words(language: Language, value: &Value, name: &dyn Fn(&str) -> Option<String>) -> String {
    let of = |english| say::t(language, english).to_owned();
    match value {
        Value::Bool(true) => of("Yes"),
        Value::Bool(false) => of("No"),
        Value::String(text) => {
            let known = VALUES.iter().find(|(known, _)| known == text).map(|(_, english)| of(english));
            known.or_else(|| name(text)).unwrap_or_else(|| text.clone())
        }
        Value::Array(all) => {
            all.iter().map(|one| value_words(language, one, name)).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

/// What is kept of an act, and what it is called.
const FIELDS: [(&str, &str); 32] = [
    ("active", "Active"),
    ("address", "Address"),
    ("after_hours_offer", "Times are offered after hours"),
    ("alert_rungs_minutes", "Minutes until the next is told"),
    ("alerts_per_week_budget", "Alerts a week at most"),
    ("alerts_wait_for_opening", "Alerts wait for opening"),
    ("call", "Call"),
    ("calls", "Calls"),
    ("contact_id", "Contact"),
    ("from", "From"),
    ("hot_threshold", "Hot from a score of"),
    ("is_new", "New rules"),
    ("issuer", "Service"),
    ("keep_recordings", "Recordings of calls are kept"),
    ("kind", "Kind"),
    ("language", "Language"),
    ("made_by", "Made by"),
    ("name", "Name"),
    ("of", "Of what"),
    ("phone_ends_in", "Number ends in"),
    ("points", "How many"),
    ("precision_floor_percent", "Share of hot callers who should book, %"),
    ("provider", "Provider"),
    ("purpose", "For"),
    ("region", "Country"),
    ("requires_second_factor", "Everybody needs a second step"),
    ("role", "Role"),
    ("step", "Step"),
    ("to", "To"),
    ("version", "Version"),
    ("via", "How"),
    ("warm_threshold", "Warm from a score of"),
];

/// What is kept in a word of ours, and what it is called.
const VALUES: [(&str, &str); 27] = [
    ("always", "Always"),
    ("api", "On a page"),
    ("booked", "Booked"),
    ("called_back", "Called back"),
    ("calls", "Calls"),
    ("clinical", "Clinical"),
    ("code", "Code"),
    ("contacts", "Contacts"),
    ("en", "English"),
    ("es", "Spanish"),
    ("front_desk", "Front desk"),
    ("google", "Google"),
    ("hot_lead", "Hot lead"),
    ("leads", "Leads"),
    ("manager", "Manager"),
    ("never", "Never"),
    ("no_lead", "No lead"),
    ("owner", "Owner"),
    ("password", "Password"),
    ("recipient", "Alerts"),
    ("search results", "Search results"),
    ("text", "By text"),
    ("texted_back", "Texted back"),
    ("texts", "Texts"),
    ("viewer", "Viewer"),
    ("visits", "Visits"),
    ("with_consent", "When the caller agreed"),
];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::collections::HashMap;

    use serde_json::json;

    use super::*;

    #[test]
    fn fields_and_values_are_told_in_words_and_unknown_ones_with_spaces() {
        let detail = json!({"alert_rungs_minutes": [5, 10], "made_by": "staff:usr_1", "not_known_yet": "as_it_is", "role": "viewer",
                            "nothing": null, "settings": {"hot_threshold": 70}, "requires_second_factor": true});
        let name = |actor: &str| (actor == "staff:usr_1").then(|| "Maria".to_owned());
        assert_eq!(
            words(Language::English, &detail, name).join(" · "),
            "Minutes until the next is told: 5, 10 · Made by: Maria · not known yet: as_it_is · Everybody needs a second step: Yes · \
             Role: Viewer · Hot from a score of: 70"
        );
        let spanish = words(Language::Spanish, &detail, name);
        assert!(spanish.contains(&"Función: Solo lectura".to_owned()), "{spanish:?}");
    }

    #[test]
    fn every_field_and_value_is_there_in_spanish() {
        let spanish: HashMap<String, String> = toml::from_str(include_str!("../../locales/es.toml")).unwrap();
        for (kept, english) in FIELDS.iter().chain(&VALUES) {
            assert!(spanish.contains_key(*english), "{kept}: {english} has no words in Spanish");
        }
    }
}
