//! How the platform's own analysis found the caller, wherever its owner asked for it and however that is spelled.

use serde_json::{Map, Value};

use crate::json::read_value;
use crate::message::Report;

/// A caller's mood, as the platform's model judged it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sentiment {
    /// Glad, interested.
    Positive,
    /// Neither.
    Neutral,
    /// Unhappy, angry.
    Negative,
}

/// A score on the usual scale from -1 to 1 says something from here on.
const CLEAR: f64 = 0.2;
/// Analyses are shallow; what is deeper is no mood.
const DEPTH_MAX: usize = 4;

impl Sentiment {
    /// Its name: `positive`, `neutral` or `negative`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Positive => "positive",
            Self::Neutral => "neutral",
            Self::Negative => "negative",
        }
    }

    /// Reads "Positive", "pos", "slightly negative", 0.8 or "0.8". What says neither, or both, is nothing.
    fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Number(score) => Self::of_score(score.as_f64()?),
            Value::String(said) => match said.trim().parse() {
                Ok(score) => Self::of_score(score),
                Err(_) => Self::of_words(said),
            },
            Value::Object(map) => ["result", "value", "label", "overall", "sentiment", "score"]
                .iter()
                .find_map(|key| map.get(*key).and_then(Self::of)),
            Value::Array(items) => items.iter().find_map(Self::of),
            Value::Null | Value::Bool(_) => None,
        }
    }

    /// On a scale that goes beyond 1 nobody knows where the middle is.
    fn of_score(score: f64) -> Option<Self> {
        if !(-1.0..=1.0).contains(&score) {
            return None;
        }
        Some(if score >= CLEAR {
            Self::Positive
        } else if score <= -CLEAR {
            Self::Negative
        } else {
            Self::Neutral
        })
    }

    fn of_words(said: &str) -> Option<Self> {
        let lower = said.to_lowercase();
        let words: Vec<&str> = lower.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty()).collect();
        let mut found = words.iter().filter_map(|word| Self::of_word(word));
        let first = found.next()?;
        let is_negated = words.iter().any(|word| matches!(*word, "not" | "no" | "never"));
        (!is_negated && found.all(|other| other == first)).then_some(first)
    }

    fn of_word(word: &str) -> Option<Self> {
        Some(match word {
            "positive" | "pos" | "happy" | "satisfied" | "pleased" | "excited" | "enthusiastic" | "good"
            | "positivo" | "positiva" => Self::Positive,
            "negative" | "neg" | "unhappy" | "dissatisfied" | "angry" | "frustrated" | "upset" | "bad"
            | "negativo" | "negativa" => Self::Negative,
            "neutral" | "neu" | "mixed" | "neutro" | "neutra" => Self::Neutral,
            _ => return None,
        })
    }
}

impl Report {
    /// How the platform found the caller; absent when nobody asked it, or its answer says nothing.
    pub fn sentiment(&self) -> Option<Sentiment> {
        let evaluation = self.success_evaluation.as_deref().filter(|said| said.trim_start().starts_with('{'));
        let evaluation = evaluation.and_then(|said| read_value(said.as_bytes()).ok());
        [self.structured_data.as_ref(), self.structured_outputs.as_ref(), evaluation.as_ref()]
            .into_iter()
            .flatten()
            .find_map(|analysis| within(analysis, 0))
    }
}

fn within(value: &Value, depth: usize) -> Option<Sentiment> {
    if depth > DEPTH_MAX {
        return None;
    }
    match value {
        Value::Object(map) => {
            by_key(map).or_else(|| named(map)).or_else(|| map.values().find_map(|v| within(v, depth + 1)))
        }
        Value::Array(items) => items.iter().find_map(|item| within(item, depth + 1)),
        _ => None,
    }
}

/// `sentiment`, `callerSentiment`, `customer_sentiment`: a word for it before a score of it.
fn by_key(map: &Map<String, Value>) -> Option<Sentiment> {
    let of_keys = |is_score: bool| {
        map.iter()
            .filter(|(key, _)| {
                means_mood(key) && key.to_ascii_lowercase().trim_end().ends_with("score") == is_score
            })
            .find_map(|(_, value)| Sentiment::of(value))
    };
    of_keys(false).or_else(|| of_keys(true))
}

/// `{"name": "callerSentiment", "result": …}`.
fn named(map: &Map<String, Value>) -> Option<Sentiment> {
    let name = map.get("name")?.as_str()?;
    let result = map.get("result").or_else(|| map.get("value"))?;
    means_mood(name).then(|| Sentiment::of(result)).flatten()
}

/// Whether a key is about the caller's mood. How the assistant sounded is not.
fn means_mood(key: &str) -> bool {
    let plain: String =
        key.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_ascii_lowercase();
    let is_ours = ["assistant", "agent", "bot"].iter().any(|who| plain.contains(who));
    plain.contains("sentiment") && !is_ours
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of_data(data: Value) -> Option<&'static str> {
        Report { structured_data: Some(data), ..Report::default() }.sentiment().map(Sentiment::as_str)
    }

    fn of_outputs(outputs: Value) -> Option<&'static str> {
        Report { structured_outputs: Some(outputs), ..Report::default() }.sentiment().map(Sentiment::as_str)
    }

    #[test]
    fn the_mood_is_found_under_any_of_its_keys() {
        for key in
            ["sentiment", "callerSentiment", "customer_sentiment", "Overall Sentiment", "userSentiment"]
        {
            assert_eq!(of_data(json!({ "outcome": "booked", key: "positive" })), Some("positive"), "{key}");
        }
        assert_eq!(of_data(json!({ "analysis": { "sentiment": "negative" } })), Some("negative"));
        assert_eq!(of_data(json!({ "agentSentiment": "positive" })), None);
        assert_eq!(of_data(json!({ "lead_score": 92, "urgency": "high" })), None);
    }

    #[test]
    fn any_spelling_of_a_value_is_read_and_none_is_guessed() {
        for (value, mood) in [
            (json!("Positive"), Some("positive")),
            (json!("pos"), Some("positive")),
            (json!(" Slightly negative. "), Some("negative")),
            (json!("Positivo"), Some("positive")),
            (json!("mixed"), Some("neutral")),
            (json!(0.8), Some("positive")),
            (json!("0.8"), Some("positive")),
            (json!(-0.6), Some("negative")),
            (json!(0), Some("neutral")),
            (json!({ "result": "negative" }), Some("negative")),
            (json!({ "label": "NEUTRAL", "score": 0.1 }), Some("neutral")),
            (json!(["positive"]), Some("positive")),
            (json!("not positive"), None),
            (json!("first negative, then positive"), None),
            (json!("8"), None),
            (json!(8), None),
            (json!("unclear"), None),
            (json!(true), None),
            (json!(null), None),
        ] {
            assert_eq!(of_data(json!({ "sentiment": value.clone() })), mood, "{value}");
        }
    }

    #[test]
    fn structured_outputs_name_what_they_are_or_hold_it() {
        let by_id = |entry: Value| json!({ "8a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d": entry });
        let named = json!({ "name": "callerSentiment", "result": "negative" });
        assert_eq!(of_outputs(by_id(named)), Some("negative"));
        let held =
            json!({ "name": "callOutcome", "result": { "outcome": "booked", "sentiment": "Positive" } });
        assert_eq!(of_outputs(by_id(held)), Some("positive"));
        let none = json!({ "name": "callOutcome", "result": { "outcome": "booked", "lead_score": 85 } });
        assert_eq!(of_outputs(by_id(none)), None);
    }

    #[test]
    fn a_word_counts_before_a_score_and_the_data_before_the_outputs() {
        assert_eq!(of_data(json!({ "sentimentScore": -0.9, "sentiment": "neutral" })), Some("neutral"));
        assert_eq!(of_data(json!({ "sentimentScore": -0.9 })), Some("negative"));
        let both = Report {
            structured_data: Some(json!({ "sentiment": "positive" })),
            structured_outputs: Some(json!({ "x": { "name": "sentiment", "result": "negative" } })),
            ..Report::default()
        };
        assert_eq!(both.sentiment(), Some(Sentiment::Positive));
        let rubric = Report {
            success_evaluation: Some(r#"{"success": true, "sentiment": "negative"}"#.into()),
            ..Report::default()
        };
        assert_eq!(rubric.sentiment(), Some(Sentiment::Negative));
        let number = Report { success_evaluation: Some("8".into()), ..Report::default() };
        assert_eq!(number.sentiment(), None);
    }
}
