//! `/series`: several visits at once.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Rules;
use super::appointment::Appointment;
use super::refusals::Words;
use super::wish::{Wish, place};
use crate::accounts::Scope;
use crate::api::answer::Answer;
use crate::api::caller::ApiCaller;
use crate::api::idempotency::once;
use crate::api::problems;
use crate::api::request::Received;
use crate::appointments::{self, BookError, BookedSeries, SeriesError};
use crate::platform::app::App;
use crate::platform::bounded::Count;
use crate::platform::db::PgConnection;
use crate::platform::ids::SeriesId;
use crate::platform::problem::Problem;
use crate::platform::public::Public;
use crate::scheduling;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(book_series))
}

/// Visits at the same time of day, so many civil days apart.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SeriesWish {
    /// The first of them.
    first: Wish,
    #[schema(inline)]
    visits: Count<2, 24>,
    #[schema(inline)]
    every_days: Count<1, 180>,
    /// Book those that can be had; otherwise it is all or nothing.
    #[serde(default)]
    partial: bool,
}

/// What was booked.
#[derive(Debug, Serialize, ToSchema)]
struct Series {
    #[schema(inline)]
    id: Public<SeriesId>,
    appointments: Vec<Appointment>,
    /// Those that could not be had, with their causes; empty unless `partial` was sent.
    left_out: Value,
}

/// Books a series: all of it, or with `partial` those visits that can be had.
#[utoipa::path(post, path = "/series", tag = "appointments", request_body = SeriesWish, responses((status = 201, body = Series, description = "Booked")))]
async fn book_series(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::AppointmentsWrite)?;
    let wish: SeriesWish = request.json()?;
    let answer = once(&app, &caller, &request, async |tx| book(&app, tx, &caller, &wish).await).await?;
    scheduling::forget(&app, caller.org);
    Ok(answer)
}

async fn book(
    app: &App,
    tx: &mut PgConnection,
    caller: &ApiCaller,
    wish: &SeriesWish,
) -> Result<Answer, Problem> {
    let mut rules = Rules::default();
    loop {
        let book = rules.next(app, caller).await?;
        let (location, service) = place(&book, wish.first.location_id, wish.first.service_id)?;
        let service = wish.first.given(service)?;
        let wanted = appointments::Series {
            first: wish.first.booking(caller, &book, (location, &service))?,
            visits: i16::try_from(wish.visits.get()).unwrap_or(i16::MAX),
            every_days: i16::try_from(wish.every_days.get()).unwrap_or(i16::MAX),
            partial: wish.partial,
        };
        let words = Words { org: caller.org, book: &book, location, language: caller.reads };
        match appointments::book_series(app, tx, caller.org, &wanted).await {
            Ok(series) => {
                caller.did(app, tx, ("series.book", Some(series.id.to_string()))).await?;
                return shown(app, tx, caller, (&words, &series)).await;
            }
            Err(SeriesError::Book(BookError::RulesChanged(version))) => rules.seen = Some(version),
            Err(error) => return Err(words.series(&error)),
        }
    }
}

async fn shown(
    app: &App,
    tx: &mut PgConnection,
    caller: &ApiCaller,
    (words, series): (&Words<'_>, &BookedSeries),
) -> Result<Answer, Problem> {
    let now = app.clock.now();
    let mut visits = Vec::with_capacity(series.visits.len());
    for id in &series.visits {
        let found = appointments::find(tx, caller.org, *id).await;
        visits.extend(
            found
                .map_err(|error| problems::database(caller.org, &error))?
                .map(|visit| Appointment::of(visit, now)),
        );
    }
    let body =
        Series { id: Public(series.id), appointments: visits, left_out: words.left_out(&series.left_out) };
    Ok(Answer { status: StatusCode::CREATED, ..Answer::ok(&body)? })
}
