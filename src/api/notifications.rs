//! `/notifications`: what staff were told. The clinic has one list: what one has read is read.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::Answer;
use super::caller::ApiCaller;
use super::cursor::{Page, place_of};
use super::idempotency::once;
use super::params::{Flag, Limit, Params};
use super::problems;
use super::request::Received;
use crate::accounts::Scope;
use crate::notifications::{self, Listed, WantedNotifications};
use crate::platform::app::App;
use crate::platform::bounded::Instant;
use crate::platform::db::PgConnection;
use crate::platform::ids::{
    AppointmentId, CallId, ConflictId, ConnectionId, EscalationId, NotificationId, Prefixed as _,
};
use crate::platform::problem::Problem;
use crate::platform::public::Public;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_notifications))
        .routes(routes!(get_unread_notifications))
        .routes(routes!(set_notifications_read))
        .routes(routes!(set_notification_read))
}

/// Something that happened.
#[derive(Serialize, ToSchema)]
struct Notification {
    #[schema(inline)]
    id: Public<NotificationId>,
    /// What happened: `appointment`, `hot_lead`, `clinical_urgency`, `call_back`, …
    kind: String,
    /// One line for people.
    title: String,
    about: NotificationAbout,
    #[schema(inline)]
    created_at: Instant,
    /// When somebody of the clinic saw it.
    #[schema(inline)]
    read_at: Option<Instant>,
}

/// What it is about.
#[derive(Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "names of the API")]
struct NotificationAbout {
    #[schema(inline)]
    call_id: Option<Public<CallId>>,
    #[schema(inline)]
    alert_id: Option<Public<EscalationId>>,
    #[schema(inline)]
    appointment_id: Option<Public<AppointmentId>>,
    #[schema(inline)]
    calendar_connection_id: Option<Public<ConnectionId>>,
    #[schema(inline)]
    calendar_conflict_id: Option<Public<ConflictId>>,
}

/// How many nobody has read.
#[derive(Serialize, ToSchema)]
struct Unread {
    /// Counted up to 1,000.
    unread: i64,
}

/// How many are read now that were not.
#[derive(Serialize, ToSchema)]
struct MadeRead {
    read: u64,
}

/// Which notifications.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct NotificationParams {
    #[serde(default)]
    #[param(value_type = Option<i32>, minimum = 1, maximum = 100, default = 50)]
    limit: Limit,
    cursor: Option<String>,
    /// Only those that nobody has read, or only those that somebody has.
    #[param(value_type = Option<bool>)]
    unread: Option<Flag>,
}

/// Who may change the team is told what only owners are.
fn is_owner(caller: &ApiCaller) -> bool {
    caller.needs(Scope::TeamWrite).is_ok()
}

/// Lists what staff were told, the latest first.
#[utoipa::path(get, path = "/notifications", tag = "notifications", params(NotificationParams), responses((status = 200, body = Page<Notification>, description = "A page")))]
async fn list_notifications(
    State(app): State<App>,
    caller: ApiCaller,
    asked: Params<NotificationParams>,
) -> Result<Response, Problem> {
    caller.needs(Scope::TasksRead)?;
    let asked = asked.read()?;
    let after = asked.cursor.as_deref().map(place_of::<jiff::Timestamp, NotificationId>).transpose()?;
    let limit = asked.limit.get();
    let wanted = WantedNotifications {
        is_unread: asked.unread.map(|flag| flag.0),
        is_owner: is_owner(&caller),
        after: after.and_then(|(at, id)| Some((at.parse().ok()?, NotificationId(id)))),
        limit: limit + 1,
        ..WantedNotifications::default()
    };
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let found = notifications::list(&mut tx, caller.org, &wanted).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let items: Vec<Notification> = found.into_iter().map(Notification::from).collect();
    let page = Page::of(items, limit, |item| (item.created_at.0.to_string(), item.id.0));
    Ok(axum::Json(page).into_response())
}

/// Tells how many nobody has read.
#[utoipa::path(get, path = "/notifications/unread", tag = "notifications", responses((status = 200, body = Unread, description = "The number")))]
async fn get_unread_notifications(State(app): State<App>, caller: ApiCaller) -> Result<Answer, Problem> {
    caller.needs(Scope::TasksRead)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let unread = notifications::unread(&mut tx, caller.org, is_owner(&caller)).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&Unread { unread })
}

/// Marks one as read.
#[utoipa::path(post, path = "/notifications/{id}/read", tag = "notifications", params(("id" = String, Path)), responses((status = 200, body = Notification, description = "Read")))]
async fn set_notification_read(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    request: Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::TasksWrite)?;
    let id = NotificationId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    once(&app, &caller, &request, async |tx| {
        // Only what they may see.
        find(tx, &caller, id).await?;
        let read = notifications::mark_read(&app, tx, caller.org, id).await;
        read.map_err(|error| problems::database(caller.org, &error))?;
        Answer::ok(&find(tx, &caller, id).await?)
    })
    .await
}

/// Marks all as read.
#[utoipa::path(post, path = "/notifications/read-all", tag = "notifications", responses((status = 200, body = MadeRead, description = "Read")))]
async fn set_notifications_read(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::TasksWrite)?;
    once(&app, &caller, &request, async |tx| {
        let read = notifications::mark_all_read(&app, tx, caller.org, is_owner(&caller)).await;
        Answer::ok(&MadeRead { read: read.map_err(|error| problems::database(caller.org, &error))? })
    })
    .await
}

async fn find(
    tx: &mut PgConnection,
    caller: &ApiCaller,
    id: NotificationId,
) -> Result<Notification, Problem> {
    let wanted = WantedNotifications {
        id: Some(id),
        is_owner: is_owner(caller),
        limit: 1,
        ..WantedNotifications::default()
    };
    let found = notifications::list(tx, caller.org, &wanted).await;
    let found = found.map_err(|error| problems::database(caller.org, &error))?;
    found.into_iter().next().map(Notification::from).ok_or(Problem::NOT_FOUND)
}

impl From<Listed> for Notification {
    fn from(told: Listed) -> Self {
        let subject = |kind: &str| told.subject_id.filter(|_| told.subject_kind.as_deref() == Some(kind));
        let about = NotificationAbout {
            call_id: told.call_id.map(Public),
            alert_id: told.alert_id.map(Public),
            appointment_id: subject("appointment").map(|id| Public(AppointmentId(id))),
            calendar_connection_id: subject("calendar_connection").map(|id| Public(ConnectionId(id))),
            calendar_conflict_id: subject("calendar_conflict").map(|id| Public(ConflictId(id))),
        };
        Self {
            id: Public(told.id),
            about,
            kind: told.kind,
            title: told.title,
            created_at: told.created_at.into(),
            read_at: told.read_at.map(Instant::from),
        }
    }
}
