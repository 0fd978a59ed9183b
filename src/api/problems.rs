//! Refusals of the API; each has its section in `docs/problems.md`.

use axum::http::StatusCode;
use serde_json::Value;

use crate::accounts::{Role, Scope, TokenError};
use crate::platform::db::{is_contended, is_disconnected};
use crate::platform::ids::OrgId;
use crate::platform::problem::Problem;
use crate::platform::telemetry::chain;
use crate::scheduling::catalogue::WriteError;

/// The URL exists, for other methods.
pub(super) const METHOD_NOT_ALLOWED: Problem = Problem::new(
    StatusCode::METHOD_NOT_ALLOWED,
    "method_not_allowed",
    "This URL does not take that method; the header Allow names those that it takes.",
);
const MISSING_SCOPE: Problem =
    Problem::new(StatusCode::FORBIDDEN, "missing_scope", "The key does not have the scope that this takes.");
/// Somebody who is staff of nothing.
const NO_ORG: Problem = Problem::new(
    StatusCode::FORBIDDEN,
    "no_org",
    "The person of this token belongs to no clinic here: an owner invites them.",
);
const WHICH_ORG: Problem = Problem::new(
    StatusCode::FORBIDDEN,
    "which_org",
    "The person of this token belongs to several clinics: name one in the header X-Voxanne-Org (org_…).",
);
const NOT_OF_ORG: Problem = Problem::new(
    StatusCode::FORBIDDEN,
    "not_of_org",
    "The person of this token does not belong to the clinic that the request names.",
);
/// What only a person who is signed in has.
pub(super) const STAFF_ONLY: Problem = Problem::new(
    StatusCode::FORBIDDEN,
    "staff_only",
    "This is about the person who is signed in; a key or a token has none.",
);
const INVALID_FIELD: Problem = Problem::new(
    StatusCode::UNPROCESSABLE_ENTITY,
    "invalid_field",
    "A field has a value that it cannot have.",
);
const IN_USE: Problem = Problem::new(StatusCode::CONFLICT, "in_use", "Visits stand in the way.");
/// The same key came with another request.
pub(super) const KEY_REUSED: Problem = Problem::new(
    StatusCode::UNPROCESSABLE_ENTITY,
    "idempotency_key_reused",
    "This Idempotency-Key came with another request before; a new request takes a new key.",
);
/// A change that must say what it changes.
pub(super) const IF_MATCH_REQUIRED: Problem = Problem::new(
    StatusCode::PRECONDITION_REQUIRED,
    "if_match_required",
    "Send the ETag of what you have read as If-Match, so that nobody's change is lost.",
);
const CHANGED_SINCE: Problem = Problem::new(
    StatusCode::PRECONDITION_FAILED,
    "changed_since",
    "It has changed since you read it: read it again and decide anew.",
);

const TEMPLATE_REFUSED: Problem = Problem::new(
    StatusCode::UNPROCESSABLE_ENTITY,
    "template_refused",
    "The template cannot be sent as it is; problems names each reason.",
);
/// A provider of calendars does not do its part.
pub(super) const CALENDAR_AWAY: Problem = Problem::new(
    StatusCode::BAD_GATEWAY,
    "calendar_away",
    "The calendar's provider did not answer as it should; nothing was changed. Try again in a moment.",
);

/// The voice platform does not give a recording.
pub(super) const RECORDING_AWAY: Problem = Problem::new(
    StatusCode::BAD_GATEWAY,
    "recording_away",
    "The voice platform did not give the recording: it may be deleted there. Try again in a moment.",
);

const TEXT_REFUSED: Problem = Problem::new(
    StatusCode::CONFLICT,
    "text_refused",
    "A rule forbids this text: rule names it, detail says what to do.",
);

/// A STOP is taken back by whoever said it.
pub(super) const ONLY_THEMSELVES: Problem = Problem::new(
    StatusCode::CONFLICT,
    "only_themselves",
    "The number replied STOP. Only a START from that number lets texts through again.",
);

/// There is no mail server.
pub(super) const EMAIL_OFF: Problem = Problem::new(
    StatusCode::CONFLICT,
    "email_off",
    "This installation has no mail server, so no e-mail is sent: ask whoever runs it to set mail.host.",
);

/// The key lacks `scope`.
pub(super) fn missing_scope(scope: Scope) -> Problem {
    MISSING_SCOPE.with("scope", scope.name()).saying(format!("The key does not have the scope {scope}."))
}

/// The role does not allow what has `scope`.
pub(super) fn role_lacks(role: Role, scope: Scope) -> Problem {
    MISSING_SCOPE
        .with("scope", scope.name())
        .with("role", role.name())
        .saying(format!("The role {role} does not allow this ({scope}). Ask an owner of the clinic."))
}

/// A token (JWT) that opens nothing.
pub(super) fn token(error: &TokenError) -> Problem {
    match error {
        TokenError::Invalid => Problem::UNAUTHENTICATED,
        TokenError::NoSecondFactor => Problem::SECOND_FACTOR_REQUIRED
            .saying("A second step of signing in is wanted here, and the token does not tell of one (aal2)."),
        TokenError::NoOrg => NO_ORG,
        TokenError::WhichOrg => WHICH_ORG,
        TokenError::NotOfOrg => NOT_OF_ORG,
        TokenError::NoKeys => Problem::UNAVAILABLE,
        TokenError::NotSigned => {
            tracing::error!("A token could not be signed");
            Problem::INTERNAL
        }
        TokenError::Database(error) => {
            tracing::error!(error = chain(&**error), "Could not look up whose a token is");
            Problem::UNAVAILABLE
        }
    }
}

/// `wrong` follows the field's name: "must have 1 to 80 characters".
pub(super) fn invalid_field(field: &str, wrong: &str) -> Problem {
    INVALID_FIELD.with("field", field).saying(format!("{field} {wrong}."))
}

/// The same in a sentence of its own, which people read beside the field.
pub(super) fn wrong_field(field: &str, sentence: &'static str) -> Problem {
    INVALID_FIELD.with("field", field).saying(sentence)
}

/// Words that cannot be sent so.
pub(super) fn template_refused(first: &str, all: Value, segments_at_longest: usize) -> Problem {
    let refused = TEMPLATE_REFUSED.with("field", "body").with("problems", all);
    refused
        .with("segments_at_longest", segments_at_longest)
        .saying(format!("The template cannot be sent as it is: {first}."))
}

/// What is there is not what the caller read.
pub(super) fn changed_since(difference: Value) -> Problem {
    CHANGED_SINCE.with("difference", difference)
}

/// A text that may not leave: `rule` as it is kept with texts, `advice` for whoever wrote it.
pub(super) fn text_refused(rule: &str, advice: &'static str) -> Problem {
    TEXT_REFUSED.with("rule", rule).saying(advice)
}

/// The database did not do it. The request may be repeated, and we look at it.
pub(super) fn database(org: OrgId, error: &sqlx::Error) -> Problem {
    let busy = matches!(error, sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed);
    if busy || is_contended(error) || is_disconnected(error) {
        tracing::warn!(org.id = %org, error = chain(error), "A request of the API has to come again");
        return Problem::UNAVAILABLE;
    }
    tracing::error!(org.id = %org, error = chain(error), "Could not serve a request of the API");
    Problem::INTERNAL
}

/// What a verb of the catalogue did not write.
pub(super) fn not_written(org: OrgId, error: &WriteError) -> Problem {
    match error {
        WriteError::Field { field, wrong } => invalid_field(field, wrong),
        WriteError::InUse(sentence) => IN_USE.saying(*sentence),
        WriteError::Constraint(name) => {
            INVALID_FIELD.with("constraint", name.as_str()).saying(format!("It cannot be so: {name}."))
        }
        WriteError::Database(error) => database(org, error),
    }
}

/// A password or code was tried too often.
pub(super) fn too_many_tries(seconds: i32) -> Problem {
    let minutes = seconds.saturating_add(59) / 60;
    TOO_MANY_TRIES
        .with("retry_after_seconds", seconds)
        .saying(format!("Too many tries. Wait {minutes} minutes, then try again."))
}

const TOO_MANY_TRIES: Problem =
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_tries", "Too many tries. Wait, then try again.");
