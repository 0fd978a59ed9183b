//! `/sequences/{id}/runs`: the people on the way through a sequence.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::accounts::Scope;
use crate::api::answer::Answer;
use crate::api::caller::ApiCaller;
use crate::api::cursor::{Page, place_of};
use crate::api::idempotency::once;
use crate::api::params::{Limit, Params};
use crate::api::problems;
use crate::api::request::Received;
use crate::platform::app::App;
use crate::platform::bounded::Instant;
use crate::platform::ids::{ContactId, Prefixed as _, SequenceId, SequenceRunId};
use crate::platform::problem::Problem;
use crate::platform::public::Public;
use crate::sequences::{self, Listed};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_sequence_runs)).routes(routes!(cancel_sequence_run))
}

/// One person in a sequence.
#[derive(Debug, Serialize, ToSchema)]
struct SequenceRun {
    #[schema(inline)]
    id: Public<SequenceRunId>,
    #[schema(inline)]
    sequence_id: Public<SequenceId>,
    #[schema(inline)]
    contact_id: Public<ContactId>,
    /// `running`, `done` or `stopped`.
    state: String,
    /// Why it was stopped: `replied`, `booked`, `opted_out`, `no_consent`, `complained`, `max_days`, `switched_off`, `staff`, or
    /// the rule that forbids texts.
    stop_reason: Option<String>,
    /// The step that comes next, from 0.
    next_step: i16,
    /// When; null when it is over.
    #[schema(inline)]
    next_at: Option<Instant>,
    /// Steps that became a text.
    sent_steps: i16,
    /// Steps that were left out: `[{"step", "reason"}]`.
    #[schema(value_type = Vec<Object>)]
    skipped: serde_json::Value,
    #[schema(inline)]
    entered_at: Instant,
    #[schema(inline)]
    ended_at: Option<Instant>,
}

impl From<Listed> for SequenceRun {
    fn from(run: Listed) -> Self {
        Self {
            id: Public(run.id),
            sequence_id: Public(run.sequence_id),
            contact_id: Public(run.contact_id),
            next_step: run.next_step,
            next_at: run.next_at.map(Instant::from),
            state: run.state,
            stop_reason: run.stop_reason,
            sent_steps: run.sent_steps,
            skipped: run.skipped,
            entered_at: run.entered_at.into(),
            ended_at: run.ended_at.map(Instant::from),
        }
    }
}

/// Which runs.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RunParams {
    #[serde(default)]
    #[param(value_type = Option<i32>, minimum = 1, maximum = 100, default = 50)]
    limit: Limit,
    cursor: Option<String>,
    /// `running`, `done` or `stopped`.
    state: Option<String>,
}

/// Lists who is or was on the way, newest first.
#[utoipa::path(get, path = "/sequences/{id}/runs", tag = "sequences", params(("id" = String, Path), RunParams), responses((status = 200, body = Page<SequenceRun>, description = "A page")))]
async fn list_sequence_runs(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    asked: Params<RunParams>,
) -> Result<Response, Problem> {
    caller.needs(Scope::MessagesRead)?;
    let asked = asked.read()?;
    let id = SequenceId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let before = asked.cursor.as_deref().map(place_of::<i8, SequenceRunId>).transpose()?;
    let before = before.map(|(_, id)| SequenceRunId(id));
    let limit = asked.limit.get();
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    if sequences::find(&mut tx, caller.org, id).await.map_err(failed)?.is_none() {
        return Err(Problem::NOT_FOUND);
    }
    let which = (asked.state.as_deref(), before);
    let runs = sequences::list_runs(&mut tx, caller.org, (Some(id), None), which, limit + 1);
    let runs = runs.await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let items: Vec<SequenceRun> = runs.into_iter().map(SequenceRun::from).collect();
    let page = Page::of(items, limit, |item| ("0".to_owned(), item.id.0));
    Ok(axum::Json(page).into_response())
}

/// Ends a run: nothing more leaves of it. One that is over stays as it is.
#[utoipa::path(post, path = "/sequences/runs/{id}/stop", tag = "sequences", params(("id" = String, Path)), responses((status = 200, body = SequenceRun, description = "As it is now")))]
async fn cancel_sequence_run(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    request: Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::MessagesWrite)?;
    let id = SequenceRunId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    request.has_no_fields()?;
    once(&app, &caller, &request, async |tx| {
        let stopped = sequences::stop_run(&app, tx, caller.org, (id, &super::actor(&caller))).await;
        let stopped = stopped.map_err(|error| problems::database(caller.org, &error))?;
        Answer::ok(&SequenceRun::from(stopped.ok_or(Problem::NOT_FOUND)?))
    })
    .await
}
