//! `/holds`: a time kept for a few minutes.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Rules;
use super::refusals::Words;
use super::wish::{Wish, place};
use crate::accounts::Scope;
use crate::api::answer::Answer;
use crate::api::caller::ApiCaller;
use crate::api::idempotency::once;
use crate::api::problems;
use crate::api::request::Received;
use crate::appointments::{self, BookError, Held};
use crate::platform::app::App;
use crate::platform::bounded::{Count, Instant};
use crate::platform::db::PgConnection;
use crate::platform::ids::{HoldId, Prefixed as _, ResourceId};
use crate::platform::problem::Problem;
use crate::platform::public::Public;
use crate::scheduling;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(hold_time)).routes(routes!(release_hold))
}

/// Whoever holds by the API.
const PROGRAMS: &str = "key_";

/// The time to keep, and for how long.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HoldWish {
    time: Wish,
    #[serde(default = "Count::of::<10>")]
    #[schema(inline, default = 10)]
    minutes: Count<1, 60>,
}

/// A time that is kept. Booking it with `hold_id` converts it; it lapses by itself.
#[derive(Debug, Serialize, ToSchema)]
struct Hold {
    #[schema(inline)]
    id: Public<HoldId>,
    #[schema(inline)]
    starts_at: Instant,
    #[schema(inline)]
    ends_at: Instant,
    #[schema(inline)]
    practitioner_id: Public<ResourceId>,
    #[schema(inline)]
    expires_at: Instant,
}

impl From<Held> for Hold {
    fn from(held: Held) -> Self {
        Self {
            id: Public(held.id),
            starts_at: Instant(held.starts_at),
            ends_at: Instant(held.ends_at),
            practitioner_id: Public(ResourceId(held.practitioner)),
            expires_at: Instant(held.expires_at),
        }
    }
}

/// Keeps a time from others for some minutes.
#[utoipa::path(post, path = "/holds", tag = "appointments", request_body = HoldWish, responses((status = 201, body = Hold, description = "Kept")))]
async fn hold_time(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::AppointmentsWrite)?;
    let wish: HoldWish = request.json()?;
    let answer = once(&app, &caller, &request, async |tx| hold(&app, tx, &caller, &wish).await).await?;
    scheduling::forget(&app, caller.org);
    Ok(answer)
}

async fn hold(
    app: &App,
    tx: &mut PgConnection,
    caller: &ApiCaller,
    HoldWish { time, minutes }: &HoldWish,
) -> Result<Answer, Problem> {
    let lifetime = SignedDuration::from_mins(minutes.get().into());
    let mut rules = Rules::default();
    loop {
        let book = rules.next(app, caller).await?;
        let (location, service) = place(&book, time.location_id, time.service_id)?;
        let service = time.given(service)?;
        let wanted = time.booking(caller, &book, (location, &service))?;
        match appointments::hold_for(app, tx, caller.org, &wanted, lifetime).await {
            Ok(held) => {
                let path = format!("/api/v1/holds/{}", held.id);
                return Answer::created(&Hold::from(held), path);
            }
            Err(BookError::RulesChanged(version)) => rules.seen = Some(version),
            Err(error) => {
                let language = caller.reads;
                return Err(Words { org: caller.org, book: &book, location, language }.book(&error));
            }
        }
    }
}

/// Lets go of a hold that a program made.
#[utoipa::path(delete, path = "/holds/{id}", tag = "appointments", params(("id" = String, Path)), responses((status = 204, description = "Gone")))]
async fn release_hold(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.needs(Scope::AppointmentsWrite)?;
    let id = HoldId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let is_gone = appointments::release_hold(&mut tx, caller.org, id, PROGRAMS).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    scheduling::forget(&app, caller.org);
    if is_gone { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::NOT_FOUND) }
}
