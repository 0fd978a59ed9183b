//! `/calls/{id}`, changed: whether a call counts.

use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::Answer;
use super::caller::ApiCaller;
use super::problems;
use super::request::Received;
use crate::accounts::Scope;
use crate::calls::{self, CallMark};
use crate::leads;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{CallId, Prefixed as _};
use crate::platform::problem::Problem;
use crate::platform::public::Public;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(update_call))
}

/// Whether a call counts.
#[derive(Serialize, ToSchema)]
struct MarkedCall {
    #[schema(inline)]
    id: Public<CallId>,
    /// Somebody of the clinic tried the assistant out: no figure and no list of leads has it.
    is_test: bool,
    /// Who said so: `api:key_…` or `staff:usr_…`; null as long as only the number and the kind of the call did.
    is_test_by: Option<String>,
}

impl From<CallMark> for MarkedCall {
    fn from(mark: CallMark) -> Self {
        Self { id: Public(mark.id), is_test: mark.is_test, is_test_by: mark.is_test_by }
    }
}

/// What can be said of a call.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MarkedCallPatch {
    /// Whether it was a test.
    #[serde(alias = "isTest")]
    is_test: bool,
}

/// Says whether a call was a test. It is the last word on it: no later message of the voice platform changes it. What the call raised
/// and nobody has taken is over.
#[utoipa::path(patch, path = "/calls/{id}", tag = "calls", params(("id" = String, Path)), request_body = MarkedCallPatch, responses((status = 200, body = MarkedCall, description = "Marked")))]
async fn update_call(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    request: Received,
) -> Result<Answer, Problem> {
    caller.needs(Scope::LeadsWrite)?;
    let id = CallId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let wanted: MarkedCallPatch = request.json()?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let before = find(&mut tx, &caller, id).await?;
    let actor = caller.actor.to_string();
    let marked = calls::mark_test(&app, &mut tx, caller.org, (id, &actor), wanted.is_test);
    marked.await.map_err(failed)?;
    if wanted.is_test && !before.is_test {
        leads::close_test(&app, &mut tx, caller.org, (id, &caller.name())).await.map_err(failed)?;
    }
    let now = find(&mut tx, &caller, id).await?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&now)
}

async fn find(tx: &mut PgConnection, caller: &ApiCaller, id: CallId) -> Result<MarkedCall, Problem> {
    let found = calls::call_mark(tx, caller.org, id).await;
    let found = found.map_err(|error| problems::database(caller.org, &error))?;
    found.map(MarkedCall::from).ok_or(Problem::NOT_FOUND)
}
