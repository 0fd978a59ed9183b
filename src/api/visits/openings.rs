//! `/openings`: times that can be booked, and why another cannot.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::appointment::local;
use super::refusals::Words;
use super::wish::{phone, place, practitioner};
use crate::accounts::Scope;
use crate::api::answer::Answer;
use crate::api::caller::ApiCaller;
use crate::api::params::{Params, check_range};
use crate::api::problems;
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::bounded::{Day, Instant};
use crate::platform::ids::{LocationId, Prefixed as _, ResourceId, ServiceId};
use crate::platform::problem::Problem;
use crate::platform::public::Public;
use crate::scheduling::{self, Location, RuleBook, Search, Service, Teller};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_openings)).routes(routes!(explain_opening))
}

/// Which days to look at.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OpeningParams {
    service_id: String,
    /// The first location when it is not given.
    location_id: Option<String>,
    practitioner_id: Option<String>,
    /// A room or device that the service can take; whatever is free counts when it is not given.
    resource_id: Option<String>,
    /// The first civil day, in the location's zone.
    #[param(inline)]
    from: Day,
    /// The last one, within 92 days of it.
    #[param(inline)]
    to: Day,
    /// Whoever comes: what they had decides where prerequisites or spacing ask.
    phone: Option<String>,
}

/// A time to ask about.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WhyParams {
    service_id: String,
    /// The first location when it is not given.
    location_id: Option<String>,
    practitioner_id: Option<String>,
    /// A room or device that the service can take; whatever is free counts when it is not given.
    resource_id: Option<String>,
    #[param(inline)]
    starts_at: Instant,
    phone: Option<String>,
}

/// A time that can be booked.
#[derive(Debug, Serialize, ToSchema)]
struct Opening {
    #[schema(inline)]
    starts_at: Instant,
    #[schema(inline)]
    ends_at: Instant,
    /// By the location's clock.
    local_starts_at: String,
    /// Who would give it.
    #[schema(inline)]
    practitioner_id: Public<ResourceId>,
}

/// All of them, soonest first.
#[derive(Debug, Serialize, ToSchema)]
struct Openings {
    items: Vec<Opening>,
    /// Why there are none for this person although others could book.
    obstacle: Option<Value>,
}

/// Whether a time can be booked, and if not all that stands in the way.
#[derive(Debug, Serialize, ToSchema)]
struct Why {
    bookable: bool,
    /// The least that would have to change, most fundamental first; each with a code, its facts, and a sentence for the
    /// caller and one for staff.
    causes: Value,
}

/// Ids of a URL: one that nobody has, or somebody else has, is answered alike.
fn found<'b>(
    book: &'b RuleBook,
    location: Option<&str>,
    service: &str,
) -> Result<(&'b Location, &'b Service), Problem> {
    let location = location.map(|id| LocationId::parse(id).ok_or(Problem::NOT_FOUND)).transpose()?;
    let service = ServiceId::parse(service).ok_or(Problem::NOT_FOUND)?;
    place(book, location.map(Public), Public(service)).or(Err(Problem::NOT_FOUND))
}

fn somebody(book: &RuleBook, asked: Option<&str>) -> Result<Option<ResourceId>, Problem> {
    let asked = asked.map(|id| ResourceId::parse(id).ok_or(Problem::NOT_FOUND)).transpose()?;
    practitioner(book, asked.map(Public)).or(Err(Problem::NOT_FOUND))
}

/// A room or device that the service never takes is as one that nobody has.
fn something(service: &Service, asked: Option<&str>) -> Result<Option<ResourceId>, Problem> {
    let asked = asked.map(|id| ResourceId::parse(id).ok_or(Problem::NOT_FOUND)).transpose()?;
    match asked {
        Some(thing) if !service.things().contains(&thing) => Err(Problem::NOT_FOUND),
        asked => Ok(asked),
    }
}

/// Lists the times that can be booked on some days.
#[utoipa::path(get, path = "/openings", tag = "appointments", params(OpeningParams), responses((status = 200, body = Openings, description = "Soonest first")))]
async fn list_openings(
    State(app): State<App>,
    caller: ApiCaller,
    asked: Params<OpeningParams>,
) -> Result<Answer, Problem> {
    caller.needs(Scope::AppointmentsRead)?;
    let asked = asked.read()?;
    check_range(asked.from, asked.to)?;
    let failed = |error: std::sync::Arc<sqlx::Error>| problems::database(caller.org, &error);
    let book = scheduling::rule_book(&app, caller.org, None).await.map_err(failed)?;
    let (location, service) = found(&book, asked.location_id.as_deref(), &asked.service_id)?;
    let practitioner = somebody(&book, asked.practitioner_id.as_deref())?;
    let resource = something(service, asked.resource_id.as_deref())?;
    let guest = phone(&book, asked.phone.as_deref())?;
    let search = Search {
        org: caller.org,
        location: Some(location.id),
        service: service.id,
        practitioner,
        resource,
        guest: guest.as_ref().map(Phone::as_str),
        from: asked.from.0,
        to: asked.to.0,
    };
    let found = scheduling::open_times(&app, &search).await.map_err(failed)?;
    let tell = Teller::new(&book, &location.zone).speaking(caller.reads);
    let items = found.openings.iter().map(|opening| Opening {
        starts_at: Instant(opening.starts_at),
        ends_at: Instant(opening.ends_at),
        local_starts_at: local(opening.starts_at, &location.zone),
        practitioner_id: Public(ResourceId(opening.practitioner)),
    });
    let obstacle = found.obstacle.as_ref().map(|cause| tell.data(cause));
    Answer::ok(&Openings { items: items.collect(), obstacle })
}

/// Says whether a time can be booked, and if not the causes whose removal would make it bookable.
#[utoipa::path(get, path = "/openings/why", tag = "appointments", params(WhyParams), responses((status = 200, body = Why, description = "Whether, and why not")))]
async fn explain_opening(
    State(app): State<App>,
    caller: ApiCaller,
    asked: Params<WhyParams>,
) -> Result<Answer, Problem> {
    caller.needs(Scope::AppointmentsRead)?;
    let asked = asked.read()?;
    let failed = |error: std::sync::Arc<sqlx::Error>| problems::database(caller.org, &error);
    let book = scheduling::rule_book(&app, caller.org, None).await.map_err(failed)?;
    let (location, service) = found(&book, asked.location_id.as_deref(), &asked.service_id)?;
    let practitioner = somebody(&book, asked.practitioner_id.as_deref())?;
    let resource = something(service, asked.resource_id.as_deref())?;
    let guest = phone(&book, asked.phone.as_deref())?;
    let date = asked.starts_at.0.to_zoned(location.zone.clone()).date();
    let search = Search {
        org: caller.org,
        location: Some(location.id),
        service: service.id,
        practitioner,
        resource,
        guest: guest.as_ref().map(Phone::as_str),
        from: date,
        to: date,
    };
    let words = Words { org: caller.org, book: &book, location, language: caller.reads };
    let why = match scheduling::why_not(&app, &search, asked.starts_at.0).await.map_err(failed)? {
        Some(Err(refusal)) => Why { bookable: false, causes: words.causes(&refusal) },
        Some(Ok(_)) => Why { bookable: true, causes: Value::Array(Vec::new()) },
        None => return Err(Problem::NOT_FOUND),
    };
    Answer::ok(&why)
}
