//! `/search`: what somebody typed, found among people, their calls, visits and texts, and tasks.

use axum::extract::State;
use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::Answer;
use super::caller::ApiCaller;
use super::params::Params;
use super::problems;
use crate::accounts::Scope;
use crate::calls::TestCalls;
use crate::orgs;
use crate::platform::app::App;
use crate::platform::bounded::Instant;
use crate::platform::ids::{AppointmentId, CallId, ContactId, TaskId};
use crate::platform::problem::Problem;
use crate::platform::public::Public;
use crate::search::{self, Wanted};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_found))
}

/// What was found: at most eight of each kind. A kind that the caller may not read is empty.
#[derive(Serialize, ToSchema)]
struct FoundThings {
    contacts: Vec<FoundContact>,
    /// The latest first.
    calls: Vec<FoundCall>,
    /// The latest first.
    appointments: Vec<FoundVisit>,
    /// The latest first.
    threads: Vec<FoundThread>,
    /// What is open first.
    tasks: Vec<FoundTask>,
}

/// A person.
#[derive(Serialize, ToSchema)]
struct FoundContact {
    #[schema(inline)]
    id: Public<ContactId>,
    name: Option<String>,
    phone: String,
    email: Option<String>,
}

/// A call.
#[derive(Serialize, ToSchema)]
struct FoundCall {
    #[schema(inline)]
    id: Public<CallId>,
    #[schema(inline)]
    at: Instant,
    name: Option<String>,
    phone: Option<String>,
    class: Option<String>,
    temperature: Option<String>,
    summary: Option<String>,
    /// Somebody of the clinic tried the assistant out.
    is_test: bool,
}

/// A visit.
#[derive(Serialize, ToSchema)]
struct FoundVisit {
    #[schema(inline)]
    id: Public<AppointmentId>,
    #[schema(inline)]
    starts_at: Instant,
    time_zone: String,
    status: String,
    service: String,
    name: Option<String>,
}

/// What went to and fro with a number.
#[derive(Serialize, ToSchema)]
struct FoundThread {
    /// What names it in a URL.
    id: String,
    phone: String,
    name: Option<String>,
    last_body: String,
    #[schema(inline)]
    last_at: Instant,
}

/// A task.
#[derive(Serialize, ToSchema)]
struct FoundTask {
    #[schema(inline)]
    id: Public<TaskId>,
    kind: String,
    title: String,
    #[schema(inline)]
    created_at: Instant,
    #[schema(inline)]
    done_at: Option<Instant>,
}

/// What to find.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SearchParams {
    /// The beginning of a name, last name or e-mail address, or digits of a number; words of an open task.
    #[serde(deserialize_with = "typed")]
    #[param(min_length = 2, max_length = 80)]
    q: String,
    /// Whether calls by which the clinic tried the assistant out are found; `left_out` when it is not given.
    #[serde(default)]
    #[param(inline, value_type = Option<TestCalls>)]
    tests: TestCalls,
}

fn typed<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let words = String::deserialize(from)?.trim().to_owned();
    let is_readable = (2..=80).contains(&words.chars().count()) && !words.chars().any(char::is_control);
    if is_readable { Ok(words) } else { Err(de::Error::custom("must have 2 to 80 characters")) }
}

/// Finds what somebody typed.
#[utoipa::path(get, path = "/search", tag = "search", params(SearchParams), responses((status = 200, body = FoundThings, description = "What was found")))]
async fn get_found(
    State(app): State<App>,
    caller: ApiCaller,
    asked: Params<SearchParams>,
) -> Result<Answer, Problem> {
    caller.needs(Scope::MessagesRead)?;
    let asked = asked.read()?;
    let may = |scope| caller.needs(scope).is_ok();
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let settings = orgs::settings(&mut tx, &app.keys, caller.org).await.map_err(failed)?;
    let wanted = Wanted {
        words: &asked.q,
        region: &settings.default_region,
        calls: may(Scope::CallsRead),
        visits: may(Scope::AppointmentsRead),
        tasks: may(Scope::TasksRead),
        tests: asked.tests,
    };
    let found = search::find(&mut tx, caller.org, &wanted).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&FoundThings::from(found))
}

impl From<search::Found> for FoundThings {
    fn from(found: search::Found) -> Self {
        Self {
            contacts: found.contacts.into_iter().map(FoundContact::from).collect(),
            calls: found.calls.into_iter().map(FoundCall::from).collect(),
            appointments: found.visits.into_iter().map(FoundVisit::from).collect(),
            threads: found.threads.into_iter().map(FoundThread::from).collect(),
            tasks: found.tasks.into_iter().map(FoundTask::from).collect(),
        }
    }
}

impl From<search::ContactFound> for FoundContact {
    fn from(found: search::ContactFound) -> Self {
        Self { id: Public(found.id), name: found.name, phone: found.phone, email: found.email }
    }
}

impl From<search::CallFound> for FoundCall {
    fn from(found: search::CallFound) -> Self {
        Self {
            id: Public(found.id),
            at: found.created_at.into(),
            name: found.contact_name.or(found.lead_name),
            phone: found.caller_phone,
            class: found.class,
            temperature: found.temperature,
            summary: found.summary,
            is_test: found.is_test,
        }
    }
}

impl From<search::VisitFound> for FoundVisit {
    fn from(found: search::VisitFound) -> Self {
        Self {
            id: Public(found.id),
            starts_at: found.starts_at.into(),
            time_zone: found.time_zone,
            status: found.status,
            service: found.service,
            name: found.name,
        }
    }
}

impl From<search::ThreadFound> for FoundThread {
    fn from(found: search::ThreadFound) -> Self {
        Self {
            id: found.contact_id.map_or_else(|| found.phone.clone(), |id| id.to_string()),
            phone: found.phone,
            name: found.contact_name,
            last_body: found.last_body,
            last_at: found.last_at.into(),
        }
    }
}

impl From<search::TaskFound> for FoundTask {
    fn from(found: search::TaskFound) -> Self {
        Self {
            id: Public(found.id),
            kind: found.kind,
            title: found.title,
            created_at: found.created_at.into(),
            done_at: found.done_at.map(Instant::from),
        }
    }
}
