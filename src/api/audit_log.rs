//! `/audit-log`: who did what, and who read what callers said.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::Answer;
use super::caller::ApiCaller;
use super::calls::instants;
use super::cursor::{Page, place_of};
use super::idempotency::once;
use super::params::{Limit, Params};
use super::problems;
use super::request::Received;
use crate::accounts::{self, AuditCheck, ListedAct, Scope, WantedActs};
use crate::platform::app::App;
use crate::platform::bounded::{Day, Instant};
use crate::platform::ids::ActId;
use crate::platform::problem::Problem;
use crate::platform::public::Public;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_audit_log)).routes(routes!(get_audit_check, create_audit_check))
}

/// Something that somebody did.
#[derive(Serialize, ToSchema)]
struct AuditedAct {
    #[schema(inline)]
    id: Public<ActId>,
    #[schema(inline)]
    at: Instant,
    /// Who: `api:key_…`, `staff:usr_…`, a command, or the voice platform.
    actor: String,
    /// What people call them; null when it is not known any more.
    actor_name: Option<String>,
    /// What, such as `transcript.read`.
    action: String,
    /// To what.
    subject: Option<String>,
    /// Particulars, without personal data.
    #[schema(value_type = Object)]
    detail: Value,
}

/// Which lines.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AuditParams {
    #[serde(default)]
    #[param(value_type = Option<i32>, minimum = 1, maximum = 100, default = 50)]
    limit: Limit,
    cursor: Option<String>,
    /// Only what they did, such as `staff:usr_…`.
    actor: Option<String>,
    /// Only such acts, such as `transcript.read`.
    action: Option<String>,
    /// Only on this civil day of the clinic or later.
    #[param(inline)]
    from: Option<Day>,
    /// Only on this civil day or earlier; with `from`, up to 92 days.
    #[param(inline)]
    to: Option<Day>,
}

/// Lists who did what, the latest first.
#[utoipa::path(get, path = "/audit-log", tag = "audit", params(AuditParams), responses((status = 200, body = Page<AuditedAct>, description = "A page")))]
async fn list_audit_log(
    State(app): State<App>,
    caller: ApiCaller,
    asked: Params<AuditParams>,
) -> Result<Response, Problem> {
    caller.needs(Scope::AuditRead)?;
    let asked = asked.read()?;
    let after = asked.cursor.as_deref().map(place_of::<jiff::Timestamp, ActId>).transpose()?;
    let limit = asked.limit.get();
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let (since, until) = instants(&mut tx, &caller, None, (asked.from, asked.to)).await?;
    let wanted = WantedActs {
        actor: asked.actor.as_deref(),
        action: asked.action.as_deref(),
        since,
        until,
        after: after.and_then(|(at, id)| Some((at.parse().ok()?, ActId(id)))),
        limit: limit + 1,
    };
    let found = accounts::list_acts(&mut tx, caller.org, &wanted).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let items: Vec<AuditedAct> = found.into_iter().map(AuditedAct::from).collect();
    let page = Page::of(items, limit, |item| (item.at.0.to_string(), item.id.0));
    Ok(axum::Json(page).into_response())
}

/// Whether the whole log is whole: each entry carries the digest of the one before.
#[derive(Serialize, ToSchema)]
struct AuditCheckState {
    /// Whether a look through it goes on.
    is_running: bool,
    /// Entries that it has looked at; null when none goes on.
    checked: Option<i64>,
    /// Of how many.
    of: Option<i64>,
    /// What the last look found; null before the first.
    last: Option<AuditCheckResult>,
}

/// What a look through the whole log has found.
#[derive(Serialize, ToSchema)]
struct AuditCheckResult {
    #[schema(inline)]
    ended_at: Instant,
    /// How many entries it looked at.
    entries: i64,
    /// Nothing was changed, and nothing was missing.
    is_whole: bool,
    /// The number of the first entry that does not go on from the one before, or at which the log ended; null when all do.
    broken_link: Option<i64>,
}

/// Tells how far a look through the whole log has come, and what the last one found.
#[utoipa::path(get, path = "/audit-log/check", tag = "audit", responses((status = 200, body = AuditCheckState, description = "The last look, and the one that goes on")))]
async fn get_audit_check(State(app): State<App>, caller: ApiCaller) -> Result<Answer, Problem> {
    caller.needs(Scope::AuditRead)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let check = accounts::audit_check(&mut tx, caller.org).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&AuditCheckState::from(check))
}

/// Asks for a look through the whole log, which a job does; while one goes on, that one is meant.
#[utoipa::path(post, path = "/audit-log/check", tag = "audit", responses((status = 202, body = AuditCheckState, description = "It goes on")))]
async fn create_audit_check(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::AuditRead)?;
    once(&app, &caller, &request, async |tx| {
        let failed = |error: sqlx::Error| problems::database(caller.org, &error);
        if accounts::ask_audit_check(&app, tx, caller.org).await.map_err(failed)? {
            caller.did(&app, tx, ("audit_log.test", None)).await?;
        }
        let check = accounts::audit_check(tx, caller.org).await.map_err(failed)?;
        Ok(Answer { status: StatusCode::ACCEPTED, etag: None, ..Answer::ok(&AuditCheckState::from(check))? })
    })
    .await
}

impl From<AuditCheck> for AuditCheckState {
    fn from(check: AuditCheck) -> Self {
        let (checked, of) = check.running.unzip();
        let last = check.last.map(|found| AuditCheckResult {
            ended_at: Instant(found.ended_at),
            entries: found.entries,
            is_whole: found.is_whole,
            broken_link: found.broken_link,
        });
        Self { is_running: checked.is_some(), checked, of, last }
    }
}

impl From<ListedAct> for AuditedAct {
    fn from(act: ListedAct) -> Self {
        let ListedAct { id, at, actor, actor_name, action, subject, detail } = act;
        Self { id: Public(id), at: at.into(), actor, actor_name, action, subject, detail }
    }
}
