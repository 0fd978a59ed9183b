//! `/calls`: every call, also those that run, and one of them in full.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::Answer;
use super::call_in_full::CallInFull;
use super::caller::ApiCaller;
use super::cursor::{Page, place_of};
use super::params::{Limit, Params, check_range};
use super::problems;
use crate::accounts::Scope;
use crate::calls::{self, Listed, Outcome, TestCalls, WantedCalls};
use crate::platform::app::App;
use crate::platform::bounded::{Day, Instant};
use crate::platform::db::PgConnection;
use crate::platform::ids::{
    AppointmentId, AssistantId, CallId, ContactId, EscalationId, LocationId, Prefixed as _,
};
use crate::platform::problem::Problem;
use crate::platform::public::Public;

/// More than a clinic has lines.
const RUNNING_MAX: i64 = 100;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_calls))
        .routes(routes!(list_running_calls))
        .routes(routes!(get_call))
}

/// A call.
#[derive(Serialize, ToSchema)]
pub(super) struct Call {
    #[schema(inline)]
    id: Public<CallId>,
    /// When it was first heard of.
    #[schema(inline)]
    at: Instant,
    /// `ringing`, `in_progress`, `forwarding` or `ended`.
    state: String,
    /// What came of it: `running`, `booked`, `changed`, `waiting`, `call_back`, `transferred`, `missed` or `answered`.
    outcome: &'static str,
    #[schema(inline)]
    started_at: Option<Instant>,
    #[schema(inline)]
    ended_at: Option<Instant>,
    /// The voice platform's word for why.
    ended_reason: Option<String>,
    duration_seconds: Option<i32>,
    /// What the voice platform charged.
    cost_usd: Option<f64>,
    caller: CallCaller,
    assistant: Option<CallAssistant>,
    location: Option<CallLocation>,
    /// Null until it was scored, as are the next three.
    class: Option<String>,
    /// `hot`, `warm` or `cold`.
    temperature: Option<String>,
    score: Option<i16>,
    /// What the caller wants, as they said it.
    interest: Option<String>,
    /// The voice platform's summary.
    summary: Option<String>,
    has_recording: bool,
    /// Somebody of the clinic tried the assistant out: no figure counts it.
    is_test: bool,
    /// The alert that it raised; the clinical one if there are two.
    alert: Option<CallAlert>,
    /// The first visit that was booked in it.
    #[schema(inline)]
    appointment_id: Option<Public<AppointmentId>>,
    open_tasks: i64,
}

/// Who called.
#[derive(Serialize, ToSchema)]
struct CallCaller {
    /// E.164; null when it was hidden.
    phone: Option<String>,
    #[schema(inline)]
    contact_id: Option<Public<ContactId>>,
    /// As they are called now.
    name: Option<String>,
}

/// Which assistant answered.
#[derive(Serialize, ToSchema)]
struct CallAssistant {
    #[schema(inline)]
    id: Public<AssistantId>,
    name: String,
}

/// For which site.
#[derive(Serialize, ToSchema)]
struct CallLocation {
    #[schema(inline)]
    id: Public<LocationId>,
    name: String,
}

/// An alert of a call.
#[derive(Serialize, ToSchema)]
struct CallAlert {
    #[schema(inline)]
    id: Public<EscalationId>,
    /// `hot_lead` or `clinical`.
    kind: String,
    #[schema(inline)]
    acknowledged_at: Option<Instant>,
    acknowledged_by: Option<String>,
}

/// A call that runs.
#[derive(Serialize, ToSchema)]
struct RunningCall {
    call: Call,
    /// What was said last; null when nothing was yet.
    last_said: Option<LastSaid>,
}

/// Some words.
#[derive(Serialize, ToSchema)]
struct LastSaid {
    /// `caller` or `assistant`.
    speaker: &'static str,
    text: String,
    #[schema(inline)]
    at: Instant,
}

/// Calls that run now.
#[derive(Serialize, ToSchema)]
struct RunningCalls {
    /// The latest first.
    items: Vec<RunningCall>,
}

/// What a call is, and how warm whoever called: two lists that share no word (G3).
pub(super) const CLASSES: [&str; 7] =
    ["new_lead", "existing_patient", "complaint", "clinical_urgency", "vendor", "wrong_number", "job_seeker"];
pub(super) const TEMPERATURES: [&str; 3] = ["hot", "warm", "cold"];

/// Which calls.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CallParams {
    #[serde(default)]
    #[param(value_type = Option<i32>, minimum = 1, maximum = 100, default = 50)]
    limit: Limit,
    cursor: Option<String>,
    /// `running` or `ended`.
    #[serde(default, deserialize_with = "state")]
    state: Option<String>,
    /// `running`, `booked`, `changed`, `waiting`, `call_back`, `transferred`, `missed` or `answered`.
    #[serde(default, deserialize_with = "outcome")]
    #[param(value_type = Option<String>)]
    outcome: Option<Outcome>,
    /// `new_lead`, `existing_patient`, `complaint`, `clinical_urgency`, `vendor`, `wrong_number` or `job_seeker`.
    #[serde(default, deserialize_with = "class")]
    class: Option<String>,
    /// `hot`, `warm` or `cold`.
    #[serde(default, deserialize_with = "temperature")]
    temperature: Option<String>,
    /// Only calls of this person.
    #[param(inline)]
    contact_id: Option<Public<ContactId>>,
    /// Only calls to this site.
    #[param(inline)]
    location_id: Option<Public<LocationId>>,
    /// Only calls that this assistant answered.
    #[param(inline)]
    assistant_id: Option<Public<AssistantId>>,
    /// Whether calls by which the clinic tried the assistant out are listed, too; `left_out` when it is not given.
    #[serde(default)]
    #[param(inline, value_type = Option<TestCalls>)]
    tests: TestCalls,
    /// Only calls on this civil day of the clinic or later.
    #[param(inline)]
    from: Option<Day>,
    /// Only calls on this civil day or earlier; with `from`, up to 92 days.
    #[param(inline)]
    to: Option<Day>,
}

fn state<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    one_of(from, &["running", "ended"])
}

fn class<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    one_of(from, &CLASSES)
}

fn temperature<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    one_of(from, &TEMPERATURES)
}

fn outcome<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Outcome>, D::Error> {
    String::deserialize(from)?.parse().map(Some).map_err(de::Error::custom)
}

/// One of some words.
pub(super) fn one_of<'de, D: Deserializer<'de>>(from: D, words: &[&str]) -> Result<Option<String>, D::Error> {
    let word = String::deserialize(from)?;
    if words.contains(&word.as_str()) {
        return Ok(Some(word));
    }
    Err(de::Error::custom(format!("must be one of {}", words.join(", "))))
}

/// Who acts, as the audit log names them.
pub(super) fn actor(caller: &ApiCaller) -> String {
    caller.actor.to_string()
}

/// The instants between which civil days of the clinic lie: of the site that is asked for, else of the first.
pub(super) async fn instants(
    tx: &mut PgConnection,
    caller: &ApiCaller,
    location: Option<LocationId>,
    (from, to): (Option<Day>, Option<Day>),
) -> Result<(Option<jiff::Timestamp>, Option<jiff::Timestamp>), Problem> {
    if let (Some(from), Some(to)) = (from, to) {
        check_range(from, to)?;
    }
    if from.is_none() && to.is_none() {
        return Ok((None, None));
    }
    let zone = calls::zone_of(tx, caller.org, location).await;
    let zone = zone.map_err(|error| problems::database(caller.org, &error))?;
    let zone = zone.and_then(|name| TimeZone::get(&name).ok()).unwrap_or(TimeZone::UTC);
    let start = |day: jiff::civil::Date| Some(day.to_zoned(zone.clone()).ok()?.timestamp());
    let after = |day: Day| day.0.tomorrow().ok().and_then(start);
    Ok((from.and_then(|day| start(day.0)), to.and_then(after)))
}

/// Lists calls, the latest first.
#[utoipa::path(get, path = "/calls", tag = "calls", params(CallParams), responses((status = 200, body = Page<Call>, description = "A page")))]
async fn list_calls(
    State(app): State<App>,
    caller: ApiCaller,
    asked: Params<CallParams>,
) -> Result<Response, Problem> {
    caller.needs(Scope::CallsRead)?;
    let asked = asked.read()?;
    let after = asked.cursor.as_deref().map(place_of::<jiff::Timestamp, CallId>).transpose()?;
    let (limit, location) = (asked.limit.get(), asked.location_id.map(|id| id.0));
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let (since, until) = instants(&mut tx, &caller, location, (asked.from, asked.to)).await?;
    let wanted = WantedCalls {
        is_running: asked.state.as_deref().map(|state| state == "running"),
        outcome: asked.outcome,
        class: asked.class.as_deref(),
        temperature: asked.temperature.as_deref(),
        contact: asked.contact_id.map(|id| id.0),
        location,
        assistant: asked.assistant_id.map(|id| id.0),
        tests: asked.tests,
        since,
        until,
        after: after.and_then(|(at, id)| Some((at.parse().ok()?, CallId(id)))),
        limit: limit + 1,
    };
    let found = calls::list(&mut tx, caller.org, &wanted).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let items: Vec<Call> = found.into_iter().map(Call::from).collect();
    let page = Page::of(items, limit, |item| (item.at.0.to_string(), item.id.0));
    Ok(axum::Json(page).into_response())
}

/// Lists calls that run now, each with what was said last. Who read it is in the audit log.
#[utoipa::path(get, path = "/calls/running", tag = "calls", responses((status = 200, body = RunningCalls, description = "The latest first")))]
async fn list_running_calls(State(app): State<App>, caller: ApiCaller) -> Result<Answer, Problem> {
    caller.needs(Scope::CallsRead)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let running = calls::running(&mut tx, caller.org, RUNNING_MAX).await.map_err(failed)?;
    let reader = actor(&caller);
    let read: Vec<_> = running.iter().filter(|(_, said)| said.is_some()).map(|(call, _)| call.id).collect();
    calls::note_last_words(&app, &mut tx, caller.org, (&read, &reader)).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let words = |said: calls::LastSaid| LastSaid {
        speaker: speaker(said.role == "user"),
        text: said.said,
        at: said.said_at.into(),
    };
    let items = running
        .into_iter()
        .map(|(call, said)| RunningCall { call: Call::from(call), last_said: said.map(words) })
        .collect();
    Answer::ok(&RunningCalls { items })
}

/// Shows a call with all that was said, asked and answered in it, and what came of it. Who read it is in the audit log.
#[utoipa::path(get, path = "/calls/{id}", tag = "calls", params(("id" = String, Path)), responses((status = 200, body = CallInFull, description = "The call")))]
async fn get_call(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<Answer, Problem> {
    caller.needs(Scope::CallsRead)?;
    let id = CallId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let found = calls::read_call(&app, &mut tx, caller.org, (id, &actor(&caller))).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&CallInFull::from(found.ok_or(Problem::NOT_FOUND)?))
}

/// Who said something.
pub(super) const fn speaker(is_caller: bool) -> &'static str {
    if is_caller { "caller" } else { "assistant" }
}

impl From<Listed> for Call {
    fn from(call: Listed) -> Self {
        let outcome = call.outcome().as_str();
        let assistant = call.assistant_id.zip(call.assistant_name);
        let location = call.location_id.zip(call.location_name);
        let alert = call.alert_id.zip(call.alert_kind).map(|(id, kind)| CallAlert {
            id: Public(id),
            kind,
            acknowledged_at: call.acknowledged_at.map(Instant::from),
            acknowledged_by: call.acknowledged_by,
        });
        Self {
            id: Public(call.id),
            at: call.created_at.into(),
            state: call.state,
            outcome,
            started_at: call.started_at.map(Instant::from),
            ended_at: call.ended_at.map(Instant::from),
            ended_reason: call.ended_reason,
            duration_seconds: call.duration_seconds,
            cost_usd: call.cost_usd,
            caller: CallCaller {
                phone: call.caller_phone,
                contact_id: call.contact_id.map(Public),
                name: call.contact_name,
            },
            assistant: assistant.map(|(id, name)| CallAssistant { id: Public(id), name }),
            location: location.map(|(id, name)| CallLocation { id: Public(id), name }),
            class: call.class,
            temperature: call.temperature,
            score: call.score,
            interest: call.interest,
            summary: call.summary,
            has_recording: call.has_recording,
            is_test: call.is_test,
            alert,
            appointment_id: call.appointment_id.map(Public),
            open_tasks: call.open_tasks,
        }
    }
}
