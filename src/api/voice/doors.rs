//! `/doors`: addresses of an org's own at which the voice platform delivers its messages.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::secrets::broken;
use super::sheet::sheet_for;
use crate::accounts::Scope;
use crate::api::answer::Answer;
use crate::api::caller::ApiCaller;
use crate::api::few::few;
use crate::api::idempotency::once_in_secret;
use crate::api::problems;
use crate::api::request::Received;
use crate::orgs::{self, CreateError, ListedDoor};
use crate::platform::app::App;
use crate::platform::bounded::Instant;
use crate::platform::ids::{DoorId, OrgId, Prefixed as _};
use crate::platform::problem::Problem;
use crate::platform::public::Public;
use crate::platform::secrets;

const PATH: &str = "/doors";

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_doors, create_door)).routes(routes!(delete_door))
}

/// An address, without the part that cannot be guessed.
#[derive(Debug, Serialize, ToSchema)]
struct Door {
    #[schema(inline)]
    id: Public<DoorId>,
    #[schema(inline)]
    created_at: Instant,
}

impl From<ListedDoor> for Door {
    fn from(row: ListedDoor) -> Self {
        Self { id: Public(row.id), created_at: row.created_at.into() }
    }
}

/// All of them: an org has few.
#[derive(Debug, Serialize, ToSchema)]
struct Doors {
    items: Vec<Door>,
}

/// An address that was just opened.
#[derive(Serialize, ToSchema)]
struct OpenedDoor {
    #[schema(inline)]
    id: Public<DoorId>,
    /// For the platform's server settings. Shown this once.
    url: String,
    /// Everything to paste, with this address in it.
    #[schema(value_type = Object)]
    sheet: Value,
}

/// Lists the org's own addresses at the voice door, oldest first. What cannot be guessed of them is not shown.
#[utoipa::path(get, path = PATH, tag = "settings", responses((status = 200, body = Doors, description = "All of them")))]
async fn list_doors(State(app): State<App>, caller: ApiCaller) -> Result<Answer, Problem> {
    caller.needs(Scope::SettingsRead)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let found = orgs::doors(&mut tx, caller.org).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&Doors { items: found.into_iter().map(Door::from).collect() })
}

/// Opens another address, and gives what to paste with it. Those that are open stay so.
#[utoipa::path(post, path = PATH, tag = "settings", responses((status = 201, body = OpenedDoor, description = "Opened; the address is shown this once")))]
async fn create_door(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::SettingsWrite)?;
    once_in_secret(&app, &caller, &request, async |tx| {
        let token = secrets::new_token().map_err(|error| broken(caller.org, &error))?;
        let id = orgs::issue_door_token(&app, tx, caller.org, &token).await;
        let id = DoorId(id.map_err(|error| not_opened(caller.org, &error))?);
        caller.did(&app, tx, ("door.open", Some(id.to_string()))).await?;
        few(tx, caller.org, orgs::doors).await?;
        let (url, sheet) = sheet_for(&app, caller.org, Some(&token)).await?;
        Answer::created(&OpenedDoor { id: Public(id), url, sheet }, format!("/api/v1{PATH}"))
    })
    .await
}

fn not_opened(org: OrgId, error: &CreateError) -> Problem {
    match error {
        CreateError::Database(error) => problems::database(org, error),
        error => {
            tracing::error!(org.id = %org, %error, "Could not open a door");
            Problem::INTERNAL
        }
    }
}

/// Closes an address: messages to it are refused within seconds.
#[utoipa::path(delete, path = "/doors/{id}", tag = "settings", params(("id" = String, Path)), responses((status = 204, description = "Closed")))]
async fn delete_door(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.needs(Scope::SettingsWrite)?;
    let id = DoorId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    if !orgs::close_door(&mut tx, caller.org, id, app.clock.now()).await.map_err(failed)? {
        return Err(Problem::NOT_FOUND);
    }
    caller.did(&app, &mut tx, ("door.close", Some(id.to_string()))).await?;
    tx.commit().await.map_err(failed)?;
    Ok(StatusCode::NO_CONTENT)
}
