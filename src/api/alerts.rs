//! `/alerts`: hot leads and clinical alerts, who was told of them and who took them.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use jiff::SignedDuration;
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::json;
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
use crate::accounts::{self, Act, Scope};
use crate::leads::{self, AlertKind, AlertListing, AlertSummary, ListedAlert, Via};
use crate::platform::app::App;
use crate::platform::bounded::{Instant, Text};
use crate::platform::db::PgConnection;
use crate::platform::ids::{CallId, EscalationId, LocationId, OrgId, Prefixed as _, TextId};
use crate::platform::problem::Problem;
use crate::platform::public::Public;

/// Days of a summary at most, and unless it says otherwise.
const DAYS: (i64, i64) = (365, 30);

const ALREADY_TAKEN: Problem = Problem::new(
    StatusCode::CONFLICT,
    "already_taken",
    "The alert is over; acknowledged_by tells who has it.",
);

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_alerts))
        .routes(routes!(get_alert_summary))
        .routes(routes!(get_alert))
        .routes(routes!(set_alert_acknowledged))
}

/// A hot lead or a clinical alert, and how far up its ladder it is.
#[derive(Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "named for programs")]
struct Alert {
    #[schema(inline)]
    id: Public<EscalationId>,
    /// `hot_lead` or `clinical`.
    kind: String,
    #[schema(inline)]
    call_id: Option<Public<CallId>>,
    #[schema(inline)]
    location_id: Option<Public<LocationId>>,
    lead_name: Option<String>,
    /// Whom to call back.
    lead_phone: Option<String>,
    /// What they want, or the kind of symptom they named.
    about: Option<String>,
    #[schema(inline)]
    raised_at: Instant,
    /// Null while it waits for opening.
    #[schema(inline)]
    first_told_at: Option<Instant>,
    /// The rung that ran last; 0 is the first telling.
    rung: i16,
    /// When the next one is due; null when there is none.
    #[schema(inline)]
    next_at: Option<Instant>,
    #[schema(inline)]
    acknowledged_at: Option<Instant>,
    /// Who has it: a recipient's name, or the key of a program; of what was no lead, what the call is.
    acknowledged_by: Option<String>,
    /// `text`, `api`, `called_back`, `texted_back` or `booked`; `clinical` or `no_lead` when there was no lead.
    acknowledged_via: Option<String>,
    /// When it was over: taken, no lead after all, or given up after a week.
    #[schema(inline)]
    closed_at: Option<Instant>,
    /// From when somebody should know until the first text had left; null while none has.
    seconds_to_alert: Option<f64>,
    /// From the first telling until somebody took it; null of what was no lead.
    seconds_to_acknowledge: Option<f64>,
    tellings: Vec<AlertTelling>,
}

/// Somebody who was told.
#[derive(Serialize, ToSchema)]
struct AlertTelling {
    rung: i16,
    /// Null is the alert phone of the settings.
    name: Option<String>,
    phone: String,
    #[schema(inline)]
    told_at: Instant,
    /// Null when a rule forbade it.
    #[schema(inline)]
    text_id: Option<Public<TextId>>,
    /// How far the text has come: `queued`, `sending`, `unknown`, `sent`, `delivered`, `undelivered` or `failed`.
    state: Option<String>,
    #[schema(inline)]
    sent_at: Option<Instant>,
}

impl From<ListedAlert> for Alert {
    fn from(alert: ListedAlert) -> Self {
        let tellings = alert.tellings.0.into_iter().map(|told| AlertTelling {
            rung: told.rung,
            name: told.name,
            phone: told.phone,
            told_at: Instant(told.told_at),
            text_id: told.text_id.map(Public),
            state: told.state,
            sent_at: told.sent_at.map(Instant),
        });
        Self {
            id: Public(alert.id),
            kind: alert.kind,
            call_id: alert.call_id.map(Public),
            location_id: alert.location_id.map(Public),
            lead_name: alert.lead_name,
            lead_phone: alert.lead_phone,
            about: alert.about,
            raised_at: alert.raised_at.into(),
            first_told_at: alert.first_told_at.map(Instant::from),
            rung: alert.rung,
            next_at: alert.next_at.map(Instant::from),
            acknowledged_at: alert.acknowledged_at.map(Instant::from),
            acknowledged_by: alert.acknowledged_by,
            acknowledged_via: alert.acknowledged_via,
            closed_at: alert.closed_at.map(Instant::from),
            seconds_to_alert: alert.seconds_to_alert,
            seconds_to_acknowledge: alert.seconds_to_acknowledge,
            tellings: tellings.collect(),
        }
    }
}

/// Which alerts.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AlertParams {
    #[serde(default)]
    #[param(value_type = Option<i32>, minimum = 1, maximum = 100, default = 50)]
    limit: Limit,
    cursor: Option<String>,
    /// Only those that nobody has taken, or only those that are over.
    #[param(value_type = Option<bool>)]
    open: Option<Flag>,
    /// `hot_lead` or `clinical`.
    #[serde(default, deserialize_with = "kind")]
    #[param(value_type = Option<String>)]
    kind: Option<AlertKind>,
    /// Only those raised then or later.
    #[param(inline)]
    since: Option<Instant>,
}

fn kind<'de, D: Deserializer<'de>>(from: D) -> Result<Option<AlertKind>, D::Error> {
    let word = String::deserialize(from)?;
    let kind = word.parse().ok();
    kind.map(Some).ok_or_else(|| de::Error::custom("must be hot_lead or clinical"))
}

/// Lists alerts, the latest first.
#[utoipa::path(get, path = "/alerts", tag = "alerts", params(AlertParams), responses((status = 200, body = Page<Alert>, description = "A page")))]
async fn list_alerts(
    State(app): State<App>,
    caller: ApiCaller,
    asked: Params<AlertParams>,
) -> Result<Response, Problem> {
    caller.needs(Scope::LeadsRead)?;
    let asked = asked.read()?;
    let before = asked.cursor.as_deref().map(place_of::<jiff::Timestamp, EscalationId>).transpose()?;
    let before = before.and_then(|(at, id)| Some((at.parse().ok()?, EscalationId(id))));
    let limit = asked.limit.get();
    let listing = AlertListing {
        id: None,
        open: asked.open.map(|flag| flag.0),
        kind: asked.kind,
        since: asked.since.map(|since| since.0),
        before,
        limit: limit + 1,
    };
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let found = leads::list_alerts(&mut tx, caller.org, &listing).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let items: Vec<Alert> = found.into_iter().map(Alert::from).collect();
    let page = Page::of(items, limit, |item| (item.raised_at.0.to_string(), item.id.0));
    Ok(axum::Json(page).into_response())
}

/// Shows an alert.
#[utoipa::path(get, path = "/alerts/{id}", tag = "alerts", params(("id" = String, Path)), responses((status = 200, body = Alert, description = "As it is")))]
async fn get_alert(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<Answer, Problem> {
    caller.needs(Scope::LeadsRead)?;
    let id = EscalationId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let alert = find(&mut tx, caller.org, id).await?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&alert)
}

/// Who takes it.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AcknowledgeFields {
    /// What colleagues call them: the others who were told read it. The program's key when it is not given.
    #[schema(inline)]
    by: Option<Text<1, 80>>,
    /// Whether they have called the person back already, by a phone that the platform does not see.
    #[serde(default)]
    called_back: bool,
}

/// Takes an alert: nobody else is told of it any more, and those who were told hear who has it. Whoever comes second learns
/// who was first (409).
#[utoipa::path(post, path = "/alerts/{id}/acknowledge", tag = "alerts", params(("id" = String, Path)), request_body = AcknowledgeFields, responses((status = 200, body = Alert, description = "Taken"), (status = 409, description = "It is over: acknowledged_by tells who has it")))]
async fn set_alert_acknowledged(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    request: Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::LeadsWrite)?;
    let id = EscalationId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let fields: AcknowledgeFields = request.json()?;
    once(&app, &caller, &request, async |tx| acknowledge(&app, tx, &caller, (id, &fields)).await).await
}

async fn acknowledge(
    app: &App,
    tx: &mut PgConnection,
    caller: &ApiCaller,
    (id, fields): (EscalationId, &AcknowledgeFields),
) -> Result<Answer, Problem> {
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let actor = caller.actor.to_string();
    let by = fields.by.as_ref().map_or(actor.as_str(), Text::as_str);
    let via = if fields.called_back { Via::CalledBack } else { Via::Api };
    let took = leads::acknowledge(app, tx, caller.org, id, (by, via)).await.map_err(failed)?;
    let took = took.ok_or(Problem::NOT_FOUND)?;
    if !took.is_first && !took.is_own {
        let taken = took.escalation.taken.as_ref();
        return Err(ALREADY_TAKEN
            .with("acknowledged_by", taken.map(|taken| taken.by.clone()))
            .with("acknowledged_via", taken.map(|taken| taken.via.as_str()))
            .with("acknowledged_at", taken.map(|taken| taken.at.to_string())));
    }
    if took.is_first {
        let act = Act {
            actor: &actor,
            action: "alert.acknowledge",
            subject: Some(id.to_string()),
            detail: json!({ "kind": took.escalation.kind.as_str(), "via": via.as_str() }),
        };
        accounts::record_act(app, tx, caller.org, &act).await.map_err(failed)?;
    }
    Answer::ok(&find(tx, caller.org, id).await?)
}

async fn find(tx: &mut PgConnection, org: OrgId, id: EscalationId) -> Result<Alert, Problem> {
    let listing = AlertListing { id: Some(id), limit: 1, ..AlertListing::default() };
    let found = leads::list_alerts(tx, org, &listing).await.map_err(|e| problems::database(org, &e))?;
    found.into_iter().next().map(Alert::from).ok_or(Problem::NOT_FOUND)
}

/// How many days back.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SummaryParams {
    #[serde(default, deserialize_with = "days")]
    #[param(value_type = Option<i32>, minimum = 1, maximum = 365, default = 30)]
    days: Option<i64>,
}

fn days<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
    let days = String::deserialize(from)?.parse().ok().filter(|days| (1..=DAYS.0).contains(days));
    days.map(Some).ok_or_else(|| de::Error::custom("must be a whole number from 1 to 365"))
}

/// How fast alerts reached somebody and were taken.
#[derive(Debug, Serialize, ToSchema)]
struct AlertsSummary {
    days: i64,
    hot_lead: AlertTimes,
    clinical: AlertTimes,
}

/// Alerts of one kind; what nothing is known of is null.
#[derive(Debug, Default, Serialize, ToSchema)]
struct AlertTimes {
    alerts: i64,
    /// Somebody was to be told, but no text has left: they count in no time.
    never_left: i64,
    /// There was no lead, so nobody had to take them: they count in no share.
    withdrawn: i64,
    acknowledged: i64,
    /// Of all alerts but those that were withdrawn, 0 to 1.
    share_acknowledged_within_5_minutes: Option<f64>,
    median_seconds_to_alert: Option<f64>,
    p90_seconds_to_alert: Option<f64>,
    median_seconds_to_acknowledge: Option<f64>,
    p90_seconds_to_acknowledge: Option<f64>,
}

impl AlertTimes {
    fn of(all: &[AlertSummary], kind: AlertKind) -> Self {
        let Some(summary) = all.iter().find(|summary| summary.kind == kind.as_str()) else {
            return Self::default();
        };
        let counted = |count: i64| i32::try_from(count).map_or(f64::MAX, f64::from);
        let to_take = summary.alerts - summary.withdrawn;
        let quick = counted(summary.acknowledged_within_5_minutes) / counted(to_take.max(1));
        Self {
            alerts: summary.alerts,
            never_left: summary.never_left,
            withdrawn: summary.withdrawn,
            acknowledged: summary.acknowledged,
            share_acknowledged_within_5_minutes: (to_take > 0).then_some(quick),
            median_seconds_to_alert: summary.median_seconds_to_alert,
            p90_seconds_to_alert: summary.p90_seconds_to_alert,
            median_seconds_to_acknowledge: summary.median_seconds_to_acknowledge,
            p90_seconds_to_acknowledge: summary.p90_seconds_to_acknowledge,
        }
    }
}

/// Tells how fast the alerts of the last days reached somebody, and how fast they were taken.
#[utoipa::path(get, path = "/alerts/summary", tag = "alerts", params(SummaryParams), responses((status = 200, body = AlertsSummary, description = "The last days")))]
async fn get_alert_summary(
    State(app): State<App>,
    caller: ApiCaller,
    asked: Params<SummaryParams>,
) -> Result<Answer, Problem> {
    caller.needs(Scope::LeadsRead)?;
    let asked = asked.read()?;
    let days = asked.days.unwrap_or(DAYS.1);
    let now = app.clock.now();
    let since = now.checked_sub(SignedDuration::from_hours(days * 24)).unwrap_or(now);
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let all = leads::alert_summary(&mut tx, caller.org, since).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let times = |kind| AlertTimes::of(&all, kind);
    Answer::ok(&AlertsSummary {
        days,
        hot_lead: times(AlertKind::HotLead),
        clinical: times(AlertKind::Clinical),
    })
}
