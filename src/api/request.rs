//! The body of a request: read within its limits, parsed only once the caller may.

use std::time::Duration;

use aws_lc_rs::digest;
use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::problems;
use super::strict::Strict;
use crate::platform::app::App;
use crate::platform::problem::Problem;

/// More than any request needs.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// A request with a body. Comes after [`ApiCaller`](super::caller::ApiCaller) in a handler's parameters, so that
/// nothing is read for a stranger.
#[derive(Debug)]
pub(super) struct Received {
    /// All headers.
    pub headers: HeaderMap,
    /// SHA-256 of method, path, query and body: what makes two requests the same.
    pub digest: Vec<u8>,
    body: Bytes,
}

impl Received {
    /// Whether there is no body.
    pub fn is_empty(&self) -> bool {
        self.body.is_empty()
    }

    /// Refuses a body with fields, where none are taken.
    pub fn has_no_fields(&self) -> Result<(), Problem> {
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Nothing {}
        if self.is_empty() { Ok(()) } else { self.json().map(|Nothing {}| ()) }
    }

    /// The body as `T`; a refusal names the field.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        parsed(self.value()?)
    }

    /// The body as JSON.
    pub fn value(&self) -> Result<Value, Problem> {
        let kind = self.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let is_json = kind.is_some_and(|kind| {
            let kind = kind.split(';').next().unwrap_or_default().trim();
            kind.starts_with("application/") && kind.ends_with("json")
        });
        if !is_json {
            return Err(Problem::UNREADABLE.saying("The Content-Type is not application/json."));
        }
        let Strict(value) = serde_json::from_slice(&self.body).ok().ok_or(Problem::UNREADABLE)?;
        Ok(value)
    }
}

impl FromRequest<App> for Received {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let patience = Duration::from_secs(app.config.server.body_seconds);
        let body = match tokio::time::timeout(patience, to_bytes(body, BODY_BYTES_MAX)).await {
            Ok(Ok(body)) => body,
            Ok(Err(error)) if is_too_large(&error) => return Err(Problem::TOO_LARGE),
            Ok(Err(_)) => return Err(Problem::UNREADABLE),
            Err(_) => return Err(Problem::TOO_SLOW),
        };
        let mut context = digest::Context::new(&digest::SHA256);
        let url = parts.uri.path_and_query().map_or("", |url| url.as_str());
        for part in [parts.method.as_str().as_bytes(), url.as_bytes(), &body] {
            context.update(&part.len().to_be_bytes());
            context.update(part);
        }
        Ok(Self { headers: parts.headers, digest: context.finish().as_ref().to_vec(), body })
    }
}

fn is_too_large(error: &axum::Error) -> bool {
    std::error::Error::source(error)
        .is_some_and(<dyn std::error::Error>::is::<http_body_util::LengthLimitError>)
}

/// `value` as `T`; a refusal names the field that is wrong.
pub(super) fn parsed<T: DeserializeOwned>(value: Value) -> Result<T, Problem> {
    // serde would take a list for an object whose fields are in order.
    if !value.is_object() {
        return Err(problems::invalid_field("body", "must be an object"));
    }
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let said = error.into_inner().to_string();
        // serde says it from the outside: "missing field `name`".
        if let Some(missing) = said.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
            let field = if path == "." { missing.to_owned() } else { format!("{path}.{missing}") };
            return problems::invalid_field(&field, "is missing");
        }
        if said.starts_with("unknown field") {
            return problems::invalid_field(&path, "is no field of it");
        }
        let field = if path == "." { "body" } else { path.as_str() };
        problems::invalid_field(
            field,
            if is_ours(&said) { &said } else { "is not of the type that it takes" },
        )
    })
}

/// Whether a message is one of [`bounded`](crate::platform::bounded)'s, which follow a field's name.
fn is_ours(said: &str) -> bool {
    said.starts_with("must ") || said.starts_with("is not an id")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use serde::Deserialize;
    use serde_json::json;

    use super::*;
    use crate::platform::bounded::Count;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only parsed")]
    struct Outer {
        count: Count<1, 9>,
        #[serde(default)]
        inner: Vec<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only parsed")]
    struct Inner {
        on: bool,
    }

    #[test]
    fn a_refusal_names_the_field_wherever_it_is() {
        let refused = |value: Value| {
            let problem = parsed::<Outer>(value).unwrap_err();
            let field = problem.members.unwrap()["field"].as_str().unwrap().to_owned();
            (field, problem.detail.into_owned())
        };
        for (value, field, detail) in [
            (json!({}), "count", "count is missing."),
            (json!({"count": 10}), "count", "count must be a whole number from 1 to 9."),
            (json!({"count": "1"}), "count", "count is not of the type that it takes."),
            (json!({"count": 1, "more": 2}), "more", "more is no field of it."),
            (json!({"count": 1, "inner": [{"on": true}, {}]}), "inner[1].on", "inner[1].on is missing."),
            (
                json!({"count": 1, "inner": [{"on": 1}]}),
                "inner[0].on",
                "inner[0].on is not of the type that it takes.",
            ),
            (
                json!({"count": 1, "inner": [{"on": true, "x": 1}]}),
                "inner[0].x",
                "inner[0].x is no field of it.",
            ),
            (json!([1]), "body", "body must be an object."),
        ] {
            assert_eq!(refused(value.clone()), (field.to_owned(), detail.to_owned()), "{value}");
        }
    }
}
