//! `/appointments`: list, book, show.

use std::str::FromStr;

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Deserializer, de};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Rules;
use super::appointment::{Appointment, created, versioned};
use super::refusals::Words;
use super::wish::{Wish, phone, place};
use crate::accounts::Scope;
use crate::api::answer::Answer;
use crate::api::caller::ApiCaller;
use crate::api::cursor::{Page, place_of};
use crate::api::idempotency::once;
use crate::api::params::{Limit, Params, check_span};
use crate::api::problems;
use crate::api::request::Received;
use crate::appointments::{self, Attendance, BookError, Status, Visits};
use crate::language::Language;
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::bounded::Instant;
use crate::platform::db::PgConnection;
use crate::platform::ids::{AppointmentId, LocationId, Prefixed as _, ResourceId};
use crate::platform::problem::Problem;
use crate::platform::public::Public;
use crate::scheduling;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_appointments, book_appointment)).routes(routes!(get_appointment))
}

/// Which visits.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct VisitParams {
    #[serde(default)]
    #[param(value_type = Option<i32>, minimum = 1, maximum = 100, default = 50)]
    limit: Limit,
    cursor: Option<String>,
    /// Starts from here …
    #[param(inline)]
    from: Option<Instant>,
    /// … up to here; with `from`, up to 92 days.
    #[param(inline)]
    to: Option<Instant>,
    #[param(inline)]
    location_id: Option<Public<LocationId>>,
    #[param(inline)]
    practitioner_id: Option<Public<ResourceId>>,
    /// The number they were booked under.
    phone: Option<String>,
    #[param(value_type = Option<String>)]
    status: Option<Word<Status>>,
    /// Whether their people said that they come: `not_asked`, `asked`, `confirmed` or `no_answer`.
    #[param(value_type = Option<String>)]
    attendance: Option<Word<Attendance>>,
}

/// One of the words that a visit is described with.
#[derive(Debug, Clone, Copy)]
struct Word<T>(T);

fn word<'de, T: FromStr, D: Deserializer<'de>>(from: D, words: &[&str]) -> Result<Word<T>, D::Error> {
    let word = String::deserialize(from)?;
    let wrong = || de::Error::custom(format!("must be one of {}", words.join(", ")));
    word.parse().map(Word).map_err(|_unknown| wrong())
}

impl<'de> Deserialize<'de> for Word<Status> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        word(from, &Status::ALL.map(Status::as_str))
    }
}

impl<'de> Deserialize<'de> for Word<Attendance> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        word(from, &Attendance::ALL.map(Attendance::as_str))
    }
}

/// Lists visits, soonest first.
#[utoipa::path(get, path = "/appointments", tag = "appointments", params(VisitParams), responses((status = 200, body = Page<Appointment>, description = "A page")))]
async fn list_appointments(
    State(app): State<App>,
    caller: ApiCaller,
    asked: Params<VisitParams>,
) -> Result<Response, Problem> {
    caller.needs(Scope::AppointmentsRead)?;
    let asked = asked.read()?;
    check_span(("from", asked.from), ("to", asked.to))?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let book = scheduling::rule_book(&app, caller.org, None)
        .await
        .map_err(|error| problems::database(caller.org, &error))?;
    let after = asked.cursor.as_deref().map(place_of::<jiff::Timestamp, AppointmentId>).transpose()?;
    let after = after.and_then(|(at, id)| Some((at.parse().ok()?, AppointmentId(id))));
    let wanted = Visits {
        from: asked.from.map(|from| from.0),
        until: asked.to.map(|to| to.0),
        location: asked.location_id.map(|id| id.0),
        practitioner: asked.practitioner_id.map(|id| id.0),
        phone: phone(&book, asked.phone.as_deref())?.map(|phone| Phone::as_str(&phone).to_owned()),
        status: asked.status.map(|state| state.0),
        attendance: asked.attendance.map(|attendance| attendance.0),
        after,
        limit: asked.limit.get() + 1,
    };
    let now = app.clock.now();
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let visits = appointments::list(&mut tx, caller.org, &wanted, now).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let items: Vec<Appointment> = visits.into_iter().map(|visit| Appointment::of(visit, now)).collect();
    let page = Page::of(items, asked.limit.get(), |item| (item.starts_at.0.to_string(), item.id.0));
    Ok(axum::Json(page).into_response())
}

/// Books a visit: the same checks, text and notification as by voice.
#[utoipa::path(post, path = "/appointments", tag = "appointments", request_body = Wish, responses((status = 201, body = Appointment, description = "Booked")))]
async fn book_appointment(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::AppointmentsWrite)?;
    let wish: Wish = request.json()?;
    let answer =
        once(&app, &caller, &request, async |tx| book(&app, tx, &caller, (&wish, caller.reads)).await)
            .await?;
    scheduling::forget(&app, caller.org);
    Ok(answer)
}

async fn book(
    app: &App,
    tx: &mut PgConnection,
    caller: &ApiCaller,
    (wish, language): (&Wish, Language),
) -> Result<Answer, Problem> {
    let mut rules = Rules::default();
    loop {
        let book = rules.next(app, caller).await?;
        let (location, service) = place(&book, wish.location_id, wish.service_id)?;
        let service = wish.given(service)?;
        let wanted = wish.booking(caller, &book, (location, &service))?;
        match appointments::book(app, tx, caller.org, &wanted).await {
            Ok(booked) => {
                caller.did(app, tx, ("appointment.book", Some(booked.id.to_string()))).await?;
                let found = appointments::find(tx, caller.org, booked.id).await;
                let found = found.map_err(|error| problems::database(caller.org, &error))?;
                return created(found.ok_or(Problem::INTERNAL)?, app.clock.now());
            }
            Err(BookError::RulesChanged(version)) => rules.seen = Some(version),
            Err(error) => {
                return Err(Words { org: caller.org, book: &book, location, language }.book(&error));
            }
        }
    }
}

/// Shows a visit; its version is the ETag.
#[utoipa::path(get, path = "/appointments/{id}", tag = "appointments", params(("id" = String, Path)), responses((status = 200, body = Appointment, description = "As it is")))]
async fn get_appointment(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<Answer, Problem> {
    caller.needs(Scope::AppointmentsRead)?;
    let id = AppointmentId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let found = appointments::find(&mut tx, caller.org, id).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    versioned(found.ok_or(Problem::NOT_FOUND)?, app.clock.now())
}
