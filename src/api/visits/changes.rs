//! What changes a visit: move, cancel, confirm, arrive, complete, not come; and how it became what it is.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Rules;
use super::appointment::{Appointment, versioned};
use super::refusals::refused_change;
use super::wish::practitioner;
use crate::accounts::Scope;
use crate::api::answer::{Answer, IfMatch};
use crate::api::caller::ApiCaller;
use crate::api::idempotency::once;
use crate::api::problems::{self, invalid_field};
use crate::api::request::Received;
use crate::appointments::{self, ChangeError, Reschedule, Status, Target};
use crate::language::Language;
use crate::platform::app::App;
use crate::platform::bounded::{Count, Instant, Text};
use crate::platform::db::PgConnection;
use crate::platform::ids::{AppointmentId, Prefixed as _, ResourceId};
use crate::platform::problem::Problem;
use crate::platform::public::Public;
use crate::scheduling;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(move_appointment))
        .routes(routes!(cancel_appointment))
        .routes(routes!(set_appointment_state))
        .routes(routes!(list_appointment_changes))
}

/// Where a visit goes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Move {
    #[schema(inline)]
    starts_at: Instant,
    /// Somebody else; whoever gives it is kept when it is not given.
    #[schema(inline)]
    practitioner_id: Option<Public<ResourceId>>,
    /// This room or device; whatever is free is taken when it is not given.
    #[schema(inline)]
    resource_id: Option<Public<ResourceId>>,
    /// Longer or shorter than it is; its length is kept when it is not given.
    #[schema(inline)]
    duration_minutes: Option<Count<5, 720>>,
    #[schema(inline)]
    reason: Option<Text<1, 200>>,
}

/// Why a visit is called off.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Cancellation {
    #[schema(inline)]
    reason: Option<Text<1, 200>>,
}

/// What a visit becomes.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum NewState {
    /// Staff have confirmed a pending visit; its person is told by text.
    Scheduled,
    /// The person is there.
    Arrived,
    /// It took place.
    Completed,
    /// The person did not come.
    NoShow,
}

/// The next state of a visit.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StateChange {
    status: NewState,
}

/// One version of a visit.
#[derive(Debug, Serialize, ToSchema)]
struct AppointmentChange {
    version: i32,
    /// `voice`, `waitlist`, `text`, or the key.
    actor: String,
    /// `booked`, `moved`, `cancelled`, `confirmed`, `arrived`, `completed` or `no_show`.
    action: String,
    /// Each field that changed: `{"from", "to"}`.
    changed: Value,
    reason: Option<String>,
    /// Inside the notice of the policy it was booked under.
    late: bool,
    #[schema(inline)]
    at: Instant,
}

/// All versions, oldest first.
#[derive(Debug, Serialize, ToSchema)]
struct AppointmentChanges {
    items: Vec<AppointmentChange>,
}

/// Moves a visit. Its own time stands in nobody's way; its person gets one text.
#[utoipa::path(post, path = "/appointments/{id}/move", tag = "appointments", params(("id" = String, Path)), request_body = Move, responses((status = 200, body = Appointment, description = "Moved")))]
async fn move_appointment(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    request: Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::AppointmentsWrite)?;
    let id = AppointmentId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let wanted: Move = request.json()?;
    let reason = wanted.reason.as_ref().map(Text::as_str);
    let target = target(&caller, id, &request.headers, reason)?;
    change(&app, &caller, &request, (target, What::Move(&wanted))).await
}

/// Calls a visit off. It stays as a row; its person gets one text, and its time goes to the waitlist.
#[utoipa::path(post, path = "/appointments/{id}/cancel", tag = "appointments", params(("id" = String, Path)), request_body = Cancellation, responses((status = 200, body = Appointment, description = "Cancelled")))]
async fn cancel_appointment(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    request: Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::AppointmentsWrite)?;
    let id = AppointmentId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let wanted: Cancellation = request.json()?;
    let reason = wanted.reason.as_ref().map(Text::as_str);
    let target = target(&caller, id, &request.headers, reason)?;
    change(&app, &caller, &request, (target, What::Cancel)).await
}

/// Takes a visit to its next state; only legal steps.
#[utoipa::path(post, path = "/appointments/{id}/state", tag = "appointments", params(("id" = String, Path)), request_body = StateChange, responses((status = 200, body = Appointment, description = "In that state")))]
async fn set_appointment_state(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    request: Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::AppointmentsWrite)?;
    let id = AppointmentId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let wanted: StateChange = request.json()?;
    let to = match wanted.status {
        NewState::Scheduled => Status::Scheduled,
        NewState::Arrived => Status::Arrived,
        NewState::Completed => Status::Completed,
        NewState::NoShow => Status::NoShow,
    };
    let target = target(&caller, id, &request.headers, None)?;
    change(&app, &caller, &request, (target, What::Become(to))).await
}

/// Lists how a visit became what it is.
#[utoipa::path(get, path = "/appointments/{id}/changes", tag = "appointments", params(("id" = String, Path)), responses((status = 200, body = AppointmentChanges, description = "Oldest first")))]
async fn list_appointment_changes(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<Answer, Problem> {
    caller.needs(Scope::AppointmentsRead)?;
    let id = AppointmentId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let versions = appointments::history(&mut tx, caller.org, id).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    if versions.is_empty() {
        return Err(Problem::NOT_FOUND);
    }
    let items = versions.into_iter().map(|version| AppointmentChange {
        version: version.version,
        actor: version.actor,
        action: version.action,
        changed: version.changed,
        reason: version.reason,
        late: version.late,
        at: Instant(version.at),
    });
    Answer::ok(&AppointmentChanges { items: items.collect() })
}

/// The version that the change was decided on has to be said.
fn target<'a>(
    caller: &ApiCaller,
    id: AppointmentId,
    headers: &HeaderMap,
    reason: Option<&'a str>,
) -> Result<Target<'a>, Problem> {
    let expected_version = match IfMatch::of(headers).required()? {
        IfMatch::OneOf(tags) => {
            let version = tags.first().and_then(|tag| tag.trim_matches('"').parse().ok());
            Some(version.ok_or_else(|| invalid_field("If-Match", "is no ETag of a visit"))?)
        }
        IfMatch::Absent | IfMatch::Any => None,
    };
    Ok(Target { id, expected_version, actor: caller.actor.into(), reason })
}

/// What is to be done with a visit.
#[derive(Clone, Copy)]
enum What<'a> {
    Move(&'a Move),
    Cancel,
    Become(Status),
}

impl What<'_> {
    /// As the log of who did what has it.
    const fn said(self) -> &'static str {
        match self {
            Self::Move(_) => "appointment.move",
            Self::Cancel => "appointment.cancel",
            Self::Become(_) => "appointment.state",
        }
    }
}

/// Does it once, with rules that are current; a refusal names itself.
async fn change(
    app: &App,
    caller: &ApiCaller,
    request: &Received,
    (target, what): (Target<'_>, What<'_>),
) -> Result<Response, Problem> {
    let answer =
        once(app, caller, request, async |tx| change_in(app, tx, caller, (target, what), caller.reads).await);
    let answer = answer.await?;
    scheduling::forget(app, caller.org);
    Ok(answer)
}

async fn change_in(
    app: &App,
    tx: &mut PgConnection,
    caller: &ApiCaller,
    (target, what): (Target<'_>, What<'_>),
    language: Language,
) -> Result<Answer, Problem> {
    let mut rules = Rules::default();
    loop {
        let book = rules.next(app, caller).await?;
        let changed = match what {
            What::Move(to) => {
                let practitioner = practitioner(&book, to.practitioner_id)?;
                let starts_at = to.starts_at.0;
                let wanted = Reschedule {
                    book: &book,
                    target,
                    starts_at,
                    practitioner,
                    thing: to.resource_id.map(|id| id.0),
                    minutes: to.duration_minutes.and_then(|minutes| u16::try_from(minutes.get()).ok()),
                    call_ref: None,
                    asks_calendars: false,
                    is_decided: false,
                };
                appointments::reschedule(app, tx, caller.org, &wanted).await
            }
            What::Cancel => appointments::cancel(app, tx, caller.org, &book, &target).await,
            What::Become(to) => appointments::set_state(app, tx, caller.org, &book, (&target, to)).await,
        };
        match changed {
            Ok(changed) => {
                caller.did(app, tx, (what.said(), Some(target.id.to_string()))).await?;
                return versioned(changed.appointment, app.clock.now());
            }
            Err(ChangeError::RulesChanged(version)) => rules.seen = Some(version),
            Err(error) => {
                return Err(refused_change(tx, caller.org, &book, (target.id, language), error).await);
            }
        }
    }
}
