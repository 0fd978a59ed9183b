//! `/calendar-conflicts`: where a person's calendar and a visit disagree, and how that is settled.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
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
use crate::api::visits::{Rules, refused_change};
use crate::appointments::{self, ChangeError, SettleError, Settlement};
use crate::calendars::{self, Conflict, Resolution};
use crate::platform::app::App;
use crate::platform::bounded::Instant;
use crate::platform::db::PgConnection;
use crate::platform::ids::{AppointmentId, CalendarId, ConflictId, Prefixed as _};
use crate::platform::problem::Problem;
use crate::platform::public::Public;
use crate::scheduling;

const ALREADY_SETTLED: Problem =
    Problem::new(StatusCode::CONFLICT, "already_settled", "The conflict is settled; resolution tells how.");
const CANNOT_FOLLOW: Problem = Problem::new(
    StatusCode::UNPROCESSABLE_ENTITY,
    "cannot_follow",
    "The visit cannot follow that event, which is another one at the same time: move the visit, or resolve as ours to keep both.",
);

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_calendar_conflicts)).routes(routes!(resolve_calendar_conflict))
}

/// A stretch of time.
#[derive(Debug, Serialize, ToSchema)]
struct Stretch {
    #[schema(inline)]
    starts_at: Instant,
    #[schema(inline)]
    ends_at: Instant,
}

impl From<(Timestamp, Timestamp)> for Stretch {
    fn from((from, to): (Timestamp, Timestamp)) -> Self {
        Self { starts_at: Instant(from), ends_at: Instant(to) }
    }
}

/// A disagreement between a calendar and a visit.
#[derive(Debug, Serialize, ToSchema)]
struct CalendarConflict {
    #[schema(inline)]
    id: Public<ConflictId>,
    /// `moved` or `deleted`: the visit's event, by a person. `overlap`: an event of theirs at the time of the visit.
    kind: &'static str,
    #[schema(inline)]
    appointment_id: Public<AppointmentId>,
    /// Of the visit.
    status: String,
    #[schema(inline)]
    calendar_id: Public<CalendarId>,
    /// As the account calls it.
    calendar: String,
    /// When the visit is.
    ours: Stretch,
    /// When their event is; null when ours was deleted.
    #[schema(nullable)]
    theirs: Option<Stretch>,
    /// What happened, for staff.
    sentence: String,
    /// What can be done about it.
    proposal: &'static str,
    #[schema(inline)]
    found_at: Instant,
    /// Null while it is open.
    #[schema(inline)]
    resolved_at: Option<Instant>,
    /// `ours`, `theirs`, or `agreed` when it went away by itself.
    resolution: Option<String>,
    /// The key, or `voxanne`.
    resolved_by: Option<String>,
}

impl From<Conflict> for CalendarConflict {
    fn from(conflict: Conflict) -> Self {
        Self {
            id: Public(conflict.id),
            kind: conflict.kind.as_str(),
            appointment_id: Public(conflict.appointment),
            calendar_id: Public(conflict.calendar),
            ours: (conflict.starts_at.timestamp(), conflict.ends_at).into(),
            theirs: conflict.theirs.map(Stretch::from),
            sentence: conflict.sentence(),
            proposal: conflict.proposal(),
            found_at: Instant(conflict.found_at),
            resolved_at: conflict.resolved_at.map(Instant),
            status: conflict.status,
            calendar: conflict.calendar_name,
            resolution: conflict.resolution,
            resolved_by: conflict.resolved_by,
        }
    }
}

/// Which of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Which {
    #[default]
    Open,
    All,
}

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ConflictParams {
    #[serde(default)]
    #[param(value_type = Option<i32>, minimum = 1, maximum = 100, default = 50)]
    limit: Limit,
    cursor: Option<String>,
    /// `open` when it is not given.
    #[serde(default)]
    #[param(inline, value_type = Option<Which>)]
    state: Which,
}

/// Lists disagreements, latest first.
#[utoipa::path(get, path = "/calendar-conflicts", tag = "calendars", params(ConflictParams), responses((status = 200, body = Page<CalendarConflict>, description = "A page")))]
async fn list_calendar_conflicts(
    State(app): State<App>,
    caller: ApiCaller,
    asked: Params<ConflictParams>,
) -> Result<Json<Page<CalendarConflict>>, Problem> {
    caller.needs(Scope::CalendarsRead)?;
    let asked = asked.read()?;
    let before = asked.cursor.as_deref().map(place_of::<Timestamp, ConflictId>).transpose()?;
    let before = before.and_then(|(at, id)| Some((at.parse().ok()?, id)));
    let (limit, open_only) = (asked.limit.get(), asked.state == Which::Open);
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let found = calendars::list_conflicts(&mut tx, caller.org, open_only, before, limit + 1).await;
    let items: Vec<CalendarConflict> =
        found.map_err(failed)?.into_iter().map(CalendarConflict::from).collect();
    tx.commit().await.map_err(failed)?;
    Ok(Json(Page::of(items, limit, |item| (item.found_at.0.to_string(), item.id.0))))
}

/// Who is right.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Side {
    /// The visit stands; its event is written again, or taken out where the visit is cancelled.
    Ours,
    /// The visit follows: it moves to where its event is, or is cancelled; its person gets one text.
    Theirs,
}

/// How a disagreement is settled.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ConflictResolution {
    resolution: Side,
}

/// Settles a disagreement, the calendar's side and the visit's together.
#[utoipa::path(post, path = "/calendar-conflicts/{id}/resolve", tag = "calendars", params(("id" = String, Path)), request_body = ConflictResolution, responses((status = 200, body = CalendarConflict, description = "Settled")))]
async fn resolve_calendar_conflict(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    request: Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::CalendarsWrite)?;
    let conflict = ConflictId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let asked: ConflictResolution = request.json()?;
    let resolution = match asked.resolution {
        Side::Ours => Resolution::Ours,
        Side::Theirs => Resolution::Theirs,
    };
    let mut rules = Rules::default();
    loop {
        let book = rules.next(&app, &caller).await?;
        let wanted = Settlement { book: &book, conflict, resolution, actor: caller.actor.into() };
        let mut newer = None;
        let answer =
            once(&app, &caller, &request, async |tx| settle(&app, tx, &caller, &wanted, &mut newer).await)
                .await;
        // Half of it was done by older rules, and is undone.
        if newer.is_none() {
            scheduling::forget(&app, caller.org);
            return answer;
        }
        rules.seen = newer;
    }
}

async fn settle(
    app: &App,
    tx: &mut PgConnection,
    caller: &ApiCaller,
    wanted: &Settlement<'_>,
    newer: &mut Option<i64>,
) -> Result<Answer, Problem> {
    let org = caller.org;
    match appointments::settle_conflict(app, tx, org, wanted).await {
        Ok(settled) => {
            let conflict = CalendarConflict::from(settled);
            caller.did(app, tx, ("calendar_conflict.resolve", Some(wanted.conflict.to_string()))).await?;
            Answer::ok(&conflict)
        }
        Err(SettleError::NotFound) => Err(Problem::NOT_FOUND),
        Err(SettleError::AlreadySettled(conflict)) => {
            Err(ALREADY_SETTLED.with("resolution", conflict.resolution))
        }
        Err(SettleError::CannotFollow) => Err(CANNOT_FOLLOW),
        Err(SettleError::Change { error: ChangeError::RulesChanged(version), .. }) => {
            *newer = Some(version);
            Err(Problem::UNAVAILABLE)
        }
        Err(SettleError::Change { visit, error }) => {
            Err(refused_change(tx, org, wanted.book, (visit, caller.reads), error).await)
        }
        Err(SettleError::Unexpected(error)) => Err(problems::database(org, &error)),
    }
}
