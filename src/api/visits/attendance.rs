//! Whether people come: what they said of it, and when they were reminded.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::appointment::{Appointment, versioned};
use super::refusals::ILLEGAL_STATE;
use crate::accounts::Scope;
use crate::api::answer::Answer;
use crate::api::caller::ApiCaller;
use crate::api::idempotency::once;
use crate::api::problems;
use crate::api::request::Received;
use crate::appointments::{self, ConfirmError};
use crate::platform::app::App;
use crate::platform::bounded::Instant;
use crate::platform::ids::{AppointmentId, Prefixed as _, TextId};
use crate::platform::problem::Problem;
use crate::platform::public::Public;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(confirm_attendance)).routes(routes!(list_reminders))
}

/// That its person comes; there is nothing more to say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ConfirmedAttendance {}

/// A reminder of a visit.
#[derive(Debug, Serialize, ToSchema)]
struct Reminder {
    /// The start it reminds of: the visit's when it was planned.
    #[schema(inline)]
    starts_at: Instant,
    /// How long before, in minutes, as the org had set it.
    offset_minutes: i32,
    #[schema(inline)]
    due_at: Instant,
    /// `planned`, `sent`, `skipped` (its turn came, and it did not leave) or `dropped` (it was no longer wanted).
    state: String,
    /// Why not: `night`, `overtaken`, `moved`, `cancelled`, or the rule that forbade the text.
    reason: Option<String>,
    #[schema(inline)]
    text_id: Option<Public<TextId>>,
}

/// All of them, by when they are due.
#[derive(Debug, Serialize, ToSchema)]
struct Reminders {
    items: Vec<Reminder>,
}

/// Notes that the person said they will come at the time the visit has. It makes no version: what was decided on the
/// visit as it is still holds.
#[utoipa::path(post, path = "/appointments/{id}/confirm-attendance", tag = "appointments", params(("id" = String, Path)), request_body = ConfirmedAttendance, responses((status = 200, body = Appointment, description = "Noted")))]
async fn confirm_attendance(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    request: Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::AppointmentsWrite)?;
    let id = AppointmentId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let ConfirmedAttendance {} = request.json()?;
    once(&app, &caller, &request, async |tx| {
        let by = caller.actor.into();
        match appointments::confirm_attendance(&app, tx, caller.org, id, &by).await {
            Ok(confirmed) => {
                caller.did(&app, tx, ("appointment.confirm", Some(id.to_string()))).await?;
                versioned(confirmed.visit, app.clock.now())
            }
            Err(ConfirmError::NotFound) => Err(Problem::NOT_FOUND),
            Err(ConfirmError::NotAhead(_)) => Err(ILLEGAL_STATE),
            Err(ConfirmError::Unexpected(error)) => Err(problems::database(caller.org, &error)),
        }
    })
    .await
}

/// Lists when the visit's person is or was reminded, and what became of it.
#[utoipa::path(get, path = "/appointments/{id}/reminders", tag = "appointments", params(("id" = String, Path)), responses((status = 200, body = Reminders, description = "By when they are due")))]
async fn list_reminders(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<Answer, Problem> {
    caller.needs(Scope::AppointmentsRead)?;
    let id = AppointmentId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let there = appointments::find(&mut tx, caller.org, id).await.map_err(failed)?;
    let reminders = appointments::reminders_of(&mut tx, caller.org, id).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    there.ok_or(Problem::NOT_FOUND)?;
    let items = reminders.into_iter().map(|one| Reminder {
        starts_at: Instant(one.starts_at),
        offset_minutes: one.offset_minutes,
        due_at: Instant(one.due_at),
        state: one.state,
        reason: one.reason,
        text_id: one.text.map(Public),
    });
    Answer::ok(&Reminders { items: items.collect() })
}
