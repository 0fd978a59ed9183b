//! `/practitioners/{id}/feed`: the secret address under which a practitioner's visits can be subscribed to.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::accounts::Scope;
use crate::api::answer::{Answer, as_json};
use crate::api::caller::ApiCaller;
use crate::api::idempotency::once_in_secret;
use crate::api::problems;
use crate::api::request::Received;
use crate::calendars::{self, MakeFeedError};
use crate::platform::app::App;
use crate::platform::ids::{OrgId, Prefixed as _, ResourceId};
use crate::platform::problem::Problem;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create_practitioner_feed, delete_practitioner_feed))
}

/// A feed that was just made.
#[derive(Debug, Serialize, ToSchema)]
struct Feed {
    /// For the practitioner's own calendar program. Shown this once.
    url: String,
}

/// Makes the feed of a practitioner. One that was there stops working.
#[utoipa::path(post, path = "/practitioners/{id}/feed", tag = "calendars", params(("id" = String, Path)), responses((status = 201, body = Feed, description = "Made")))]
async fn create_practitioner_feed(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    request: Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::CalendarsWrite)?;
    let id = ResourceId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    once_in_secret(&app, &caller, &request, async |tx| {
        let made = calendars::make_feed(&app, tx, caller.org, id).await;
        let url = made.map_err(|error| refusal(caller.org, &error))?;
        caller.did(&app, tx, ("calendar_feed.write", Some(id.to_string()))).await?;
        Ok(Answer { status: StatusCode::CREATED, etag: None, location: None, body: as_json(&Feed { url })? })
    })
    .await
}

/// Ends the feed of a practitioner: nothing is at its address any more.
#[utoipa::path(delete, path = "/practitioners/{id}/feed", tag = "calendars", params(("id" = String, Path)), responses((status = 204, description = "Ended")))]
async fn delete_practitioner_feed(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.needs(Scope::CalendarsWrite)?;
    let id = ResourceId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let is_revoked = calendars::revoke_feed(&app, &mut tx, caller.org, id).await.map_err(failed)?;
    if is_revoked {
        caller.did(&app, &mut tx, ("calendar_feed.revoke", Some(id.to_string()))).await?;
    }
    tx.commit().await.map_err(failed)?;
    if is_revoked { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::NOT_FOUND) }
}

fn refusal(org: OrgId, error: &MakeFeedError) -> Problem {
    match error {
        MakeFeedError::NoSuchPractitioner => Problem::NOT_FOUND,
        MakeFeedError::Secret(error) => {
            tracing::error!(org.id = %org, %error, "Could not make up the address of a feed");
            Problem::INTERNAL
        }
        MakeFeedError::Database(error) => problems::database(org, error),
    }
}
