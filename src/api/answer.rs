//! Answers with what a client needs for its next request: the ETag of what it got, and where it is.

use aws_lc_rs::digest;
use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};

use super::problems;
use crate::platform::problem::Problem;

/// An answer that can be kept and given again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub status: StatusCode,
    pub etag: Option<String>,
    pub location: Option<String>,
    pub body: Value,
}

impl Answer {
    /// 200 with `body` and the digest of it as its ETag.
    pub fn ok(body: &impl Serialize) -> Result<Self, Problem> {
        let body = as_json(body)?;
        Ok(Self { status: StatusCode::OK, etag: Some(digest_of(&body)), location: None, body })
    }

    /// 201 for what is now at `location`.
    pub fn created(body: &impl Serialize, location: String) -> Result<Self, Problem> {
        Ok(Self { status: StatusCode::CREATED, location: Some(location), ..Self::ok(body)? })
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        for (name, value) in [(header::ETAG, self.etag), (header::LOCATION, self.location)] {
            if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

/// What goes out; a value that is no JSON is a defect of ours.
pub(super) fn as_json(value: &impl Serialize) -> Result<Value, Problem> {
    serde_json::to_value(value).map_err(|error| {
        tracing::error!(%error, "Could not write an answer as JSON");
        Problem::INTERNAL
    })
}

/// The ETag of what has no version of its own: of its content. Objects are written with sorted names, so that equal
/// content has an equal ETag.
pub(super) fn digest_of(body: &Value) -> String {
    let digest = digest::digest(&digest::SHA256, body.to_string().as_bytes());
    format!("\"{}\"", hex::encode(digest.as_ref().get(..16).unwrap_or_default()))
}

/// The ETag that `GET` answers with for `body`: what a form that shows it sends as `If-Match`.
pub fn etag_of(body: &Value) -> String {
    digest_of(body)
}

/// What a change says it is a change of.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum IfMatch {
    /// Nothing.
    Absent,
    /// Whatever is there.
    Any,
    /// One of these ETags.
    OneOf(Vec<String>),
}

impl IfMatch {
    /// As the request has it.
    pub fn of(headers: &HeaderMap) -> Self {
        let mut tags = Vec::new();
        for value in headers.get_all(header::IF_MATCH) {
            let Ok(value) = value.to_str() else { continue };
            tags.extend(value.split(',').map(|tag| tag.trim().to_owned()));
        }
        match tags.as_slice() {
            [] => Self::Absent,
            [any] if any == "*" => Self::Any,
            _ => Self::OneOf(tags),
        }
    }

    /// Refuses a change that does not say what it changes (428): for what has a version of its own.
    pub fn required(self) -> Result<Self, Problem> {
        if self == Self::Absent { Err(problems::IF_MATCH_REQUIRED) } else { Ok(self) }
    }

    /// Refuses a change of something else than what is there (412), and tells in what `wanted` is not that. What is there has to
    /// be read under a lock that its writers take, or two of them may both find their ETag.
    pub fn check_against(&self, there: &impl Serialize, wanted: &impl Serialize) -> Result<(), Problem> {
        let Self::OneOf(tags) = self else { return Ok(()) };
        let there = as_json(there)?;
        if tags.contains(&digest_of(&there)) {
            return Ok(());
        }
        Err(problems::changed_since(difference(&there, &as_json(wanted)?)))
    }
}

/// Each member in which `wanted` is not what `current` has: `{"from", "to"}`.
fn difference(current: &Value, wanted: &Value) -> Value {
    let wanted = wanted.as_object().into_iter().flatten();
    let differs = wanted.filter(|(name, value)| current.get(*name) != Some(value));
    let told = differs.map(|(name, value)| (name.clone(), json!({"from": current.get(name), "to": value})));
    Value::Object(told.collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn if_match(value: &str) -> IfMatch {
        IfMatch::of(&HeaderMap::from_iter([(header::IF_MATCH, HeaderValue::from_str(value).unwrap())]))
    }

    #[test]
    fn a_change_is_of_what_was_read_or_is_refused() {
        let (there, wanted) = (json!({"name": "a", "hour": 9}), json!({"name": "b", "hour": 9}));
        let (is, weak) = (digest_of(&there), format!("W/{}", digest_of(&there)));
        let check = |tag: &str| if_match(tag).check_against(&there, &wanted);
        assert_eq!(IfMatch::of(&HeaderMap::new()).required(), Err(problems::IF_MATCH_REQUIRED));
        assert_eq!(IfMatch::of(&HeaderMap::new()).check_against(&there, &wanted), Ok(()));
        for good in ["*", &is, &format!("\"2\", {is}")] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        // A weak tag promises less than a change needs.
        for other in ["\"2\"", &weak, is.trim_matches('"')] {
            let told = problems::changed_since(json!({"name": {"from": "a", "to": "b"}}));
            assert_eq!(check(other), Err(told), "{other}");
        }
    }

    #[test]
    fn equal_content_has_an_equal_etag() {
        assert_eq!(digest_of(&json!({"a": 1, "b": 2})), digest_of(&json!({"b": 2, "a": 1})));
        assert_ne!(digest_of(&json!({"a": 1})), digest_of(&json!({"a": 2})));
    }
}
