//! `/sequences/{id}/preview`: a sequence on a timeline.

use axum::extract::{Path, State};
use axum::response::Response;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use voxanne_twilio::encoding;

use crate::accounts::Scope;
use crate::api::answer::Answer;
use crate::api::caller::ApiCaller;
use crate::api::idempotency::once;
use crate::api::problems::{self, invalid_field};
use crate::api::request::Received;
use crate::messaging::Verdict;
use crate::platform::app::App;
use crate::platform::bounded::{Instant, Text};
use crate::platform::ids::{ContactId, Prefixed as _, SequenceId};
use crate::platform::problem::Problem;
use crate::platform::public::Public;
use crate::sequences::{self, Asked, Foreseen, Outcome, Preview, PreviewError};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create_sequence_preview))
}

/// For whom, and from when on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PreviewAsked {
    /// Somebody; anybody who consented when not given.
    #[schema(inline)]
    contact_id: Option<Public<ContactId>>,
    /// Where anybody lives, such as `America/Denver`; the clinic's own zone when not given.
    #[schema(inline)]
    time_zone: Option<Text<1, 64>>,
    /// When the run begins: the call, the visit's completion; now when not given.
    #[schema(inline)]
    entered_at: Option<Instant>,
}

/// A sequence on a timeline.
#[derive(Debug, Serialize, ToSchema)]
struct SequencePreview {
    #[schema(inline)]
    entered_at: Instant,
    /// By whose clock days and hours are counted.
    time_zone: String,
    /// In which language the recipient is texted: `en` or `es`.
    language: String,
    steps: Vec<PreviewStep>,
    last_30_days: WouldEnter,
}

/// Who would have entered in the last thirty days.
#[derive(Debug, Serialize, ToSchema)]
struct WouldEnter {
    /// People whose call or visit would have made them enter.
    people: i64,
    /// Those of them who never agreed to marketing, and so would not have.
    without_consent: i64,
}

/// One step.
#[derive(Debug, Serialize, ToSchema)]
struct PreviewStep {
    /// When it is due.
    #[schema(inline)]
    due_at: Instant,
    /// When it leaves, after quiet hours and caps; null when it does not.
    #[schema(inline)]
    leaves_at: Option<Instant>,
    /// What the rules say when it is due: `allowed: marketing`, `waits: quiet_hours` or `denied: <rule>`.
    verdict: Option<String>,
    /// `leaves`, `skipped` or `stopped`.
    outcome: String,
    /// The rule that leaves it out, or what ends the run.
    reason: Option<String>,
    /// Its words, in each language it has.
    texts: Vec<PreviewText>,
}

/// A text as it would be sent.
#[derive(Debug, Serialize, ToSchema)]
struct PreviewText {
    /// `en` or `es`.
    language: String,
    body: String,
    /// What it is billed as.
    segments: usize,
}

impl From<Foreseen> for PreviewStep {
    fn from(step: Foreseen) -> Self {
        let (outcome, leaves_at, reason) = match step.outcome {
            Outcome::Leaves(at) => ("leaves", Some(Instant(at)), None),
            Outcome::Skipped(rule) => ("skipped", None, Some(rule.to_owned())),
            Outcome::Stopped(reason) => ("stopped", None, Some(reason.as_str().to_owned())),
        };
        let text = |(language, body): (crate::language::Language, String)| PreviewText {
            language: language.to_string(),
            segments: encoding::segments(&body).1,
            body,
        };
        Self {
            due_at: Instant(step.due_at),
            leaves_at,
            verdict: step.verdict.map(Verdict::stored),
            outcome: outcome.to_owned(),
            reason,
            texts: step.texts.into_iter().map(text).collect(),
        }
    }
}

impl From<Preview> for SequencePreview {
    fn from(preview: Preview) -> Self {
        Self {
            entered_at: Instant(preview.entered_at),
            time_zone: preview.time_zone,
            language: preview.language.to_string(),
            steps: preview.steps.into_iter().map(PreviewStep::from).collect(),
            last_30_days: WouldEnter { people: preview.people, without_consent: preview.without_consent },
        }
    }
}

/// Foresees a run by the functions that decide about real ones. Nothing is sent.
#[utoipa::path(post, path = "/sequences/{id}/preview", tag = "sequences", params(("id" = String, Path)), request_body = PreviewAsked, responses((status = 200, body = SequencePreview, description = "The timeline")))]
async fn create_sequence_preview(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    request: Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::MessagesWrite)?;
    let id = SequenceId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let asked: PreviewAsked = request.json()?;
    let zone = match &asked.time_zone {
        Some(name) => Some(
            TimeZone::get(name.as_str())
                .ok()
                .ok_or_else(|| invalid_field("time_zone", "is no zone such as America/Denver"))?,
        ),
        None => None,
    };
    let asked =
        Asked { contact: asked.contact_id.map(|id| id.0), zone, entered_at: asked.entered_at.map(|at| at.0) };
    once(&app, &caller, &request, async |tx| {
        let preview = sequences::preview(&app, tx, caller.org, id, &asked).await;
        let preview = preview.map_err(|error| match error {
            PreviewError::NotFound => Problem::NOT_FOUND,
            PreviewError::NobodyThere => invalid_field("contact_id", "is nobody's"),
            PreviewError::Database(error) => problems::database(caller.org, &error),
            PreviewError::Rules(error) => problems::database(caller.org, &error),
        })?;
        Answer::ok(&SequencePreview::from(preview))
    })
    .await
}
