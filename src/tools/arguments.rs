//! Arguments of a tool call, by any of the names that assistants in the field use.

use serde_json::{Map, Value};
use voxanne_vapi::answer::single_line;

/// One clean line of at most `max` characters: no control characters, no direction marks.
pub fn clean(text: &str, max: usize) -> String {
    single_line(text).chars().take(max).collect::<String>().trim_end().to_owned()
}

/// An argument that should be a whole number and is not.
#[derive(Debug, Clone, Copy)]
pub struct NotANumber;

/// Read-only view of a call's arguments: camelCase, `snake_case` and older names alike.
#[derive(Debug, Clone, Copy)]
pub struct Arguments<'a>(pub &'a Map<String, Value>);

/// What one argument may be called, normalised (lower case, letters only), best first.
#[derive(Debug, Clone, Copy)]
pub struct Names(&'static [&'static str]);

impl Names {
    pub const DATE: Self = Self(&["date", "preferreddate", "appointmentdate", "day"]);
    pub const TIME: Self = Self(&["preferredtime", "time", "appointmenttime"]);
    pub const SERVICE: Self = Self(&["servicetype", "service", "servicename", "treatment"]);
    pub const NEW_DATE: Self = Self(&["newdate", "date", "preferreddate"]);
    pub const NEW_TIME: Self = Self(&["newtime", "time", "preferredtime"]);
    pub const HINT: Self = Self(&["appointmenthint", "hint", "appointment", "servicetype"]);
    pub const PRACTITIONER: Self = Self(&["practitionername", "practitioner", "provider", "providername"]);
    pub const PART_OF_DAY: Self = Self(&["partofday", "timeofday"]);
    pub const CUSTOMER_NAME: Self = Self(&["customername", "patientname", "name", "callername", "fullname"]);
    pub const CUSTOMER_PHONE: Self = Self(&["customerphone", "patientphone", "phone", "phonenumber"]);
    pub const CUSTOMER_EMAIL: Self = Self(&["customeremail", "patientemail", "email"]);
    pub const DURATION: Self = Self(&["durationminutes", "duration"]);
    pub const NOTES: Self = Self(&["notes", "note"]);
    pub const LEAD_NAME: Self = Self(&["leadname", "customername", "name"]);
    pub const LEAD_PHONE: Self = Self(&["leadphone", "customerphone", "phone"]);
    pub const INTEREST: Self = Self(&["serviceinterest", "interest", "servicetype", "service"]);
    pub const SUMMARY: Self = Self(&["summary", "notes", "reason"]);
    pub const URGENCY: Self = Self(&["urgency", "priority"]);
    pub const FROM_DATE: Self = Self(&["fromdate", "from", "startdate", "date", "preferreddate", "day"]);
    pub const TO_DATE: Self = Self(&["todate", "to", "until", "enddate"]);
    pub const WEEKDAYS: Self = Self(&["weekdays", "weekday", "daysofweek", "days"]);
    pub const TOPIC: Self = Self(&["topic", "question", "subject", "about"]);
    pub const REASON: Self = Self(&["reason", "cancellationreason", "summary", "message", "notes"]);
    pub const PREPARE_ONLY: Self = Self(&["prepareonly", "prepare"]);
}

impl<'a> Arguments<'a> {
    fn value(self, names: Names) -> Option<&'a Value> {
        let normal = |key: &str| {
            key.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_ascii_lowercase()
        };
        names
            .0
            .iter()
            .find_map(|name| self.0.iter().find(|(key, _)| normal(key) == *name).map(|(_, value)| value))
    }

    /// The argument as one clean line; `None` when absent, empty or not text.
    pub fn text(self, names: Names) -> Option<String> {
        let raw = match self.value(names)? {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        let line = single_line(&raw);
        (!line.is_empty()).then_some(line)
    }

    /// The argument's texts as one line, whether they came as a list or as one: "Monday and Thursday".
    pub fn texts(self, names: Names) -> Option<String> {
        let Some(Value::Array(items)) = self.value(names) else { return self.text(names) };
        let lines: Vec<String> =
            items.iter().filter_map(Value::as_str).map(single_line).filter(|line| !line.is_empty()).collect();
        (!lines.is_empty()).then(|| lines.join(" and "))
    }

    /// Whether the argument says yes.
    pub fn flag(self, names: Names) -> bool {
        match self.value(names) {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::String(text)) => matches!(text.trim().to_lowercase().as_str(), "true" | "yes"),
            _ => false,
        }
    }

    /// The argument as minutes: `Err` when it was given and is no whole number.
    pub fn whole_number(self, names: Names) -> Result<Option<i64>, NotANumber> {
        match self.value(names) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Number(number)) => number
                .as_f64()
                .filter(|n| n.fract() == 0.0 && n.abs() < 1e9)
                .map(whole)
                .map(Some)
                .ok_or(NotANumber),
            Some(Value::String(text)) => text.trim().parse().ok().map(Some).ok_or(NotANumber),
            Some(_) => Err(NotANumber),
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "checked to be whole and below a billion")]
fn whole(number: f64) -> i64 {
    number as i64
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn both_spellings_and_older_names_mean_the_same() {
        for key in ["serviceType", "service_type", "service", "ServiceName"] {
            let map: Map<_, _> = [(key.to_owned(), Value::from("Botox"))].into_iter().collect();
            assert_eq!(Arguments(&map).text(Names::SERVICE).unwrap(), "Botox", "{key}");
        }
    }

    #[test]
    fn a_list_is_read_like_the_same_words_in_one_line_and_a_flag_in_any_form() {
        let map: Map<_, _> = [
            ("weekdays".to_owned(), serde_json::json!(["Monday", "Thursday", 4, ""])),
            ("prepareOnly".to_owned(), Value::from("true")),
        ]
        .into_iter()
        .collect();
        assert_eq!(Arguments(&map).texts(Names::WEEKDAYS).unwrap(), "Monday and Thursday");
        assert!(Arguments(&map).flag(Names::PREPARE_ONLY));
        assert!(!Arguments(&map).flag(Names::NOTES));
    }

    #[test]
    fn control_and_bidi_characters_do_not_get_in() {
        let map: Map<_, _> =
            [("notes".to_owned(), Value::from("a\u{202e}b\u{0}\r\nc"))].into_iter().collect();
        assert_eq!(Arguments(&map).text(Names::NOTES).unwrap(), "ab c");
    }
}
