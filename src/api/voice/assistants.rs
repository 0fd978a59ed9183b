//! `/assistants`: the voice platform's agents that answer for an org.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{not_written, write_down};
use crate::accounts::Scope;
use crate::api::answer::{Answer, IfMatch, as_json, difference, digest_of};
use crate::api::caller::ApiCaller;
use crate::api::cursor::{Page, place_of};
use crate::api::entries::merged;
use crate::api::idempotency::once;
use crate::api::params::{Limit, Params};
use crate::api::problems;
use crate::api::request::{Received, parsed};
use crate::orgs::{self, NewAssistant};
use crate::platform::app::App;
use crate::platform::bounded::Text;
use crate::platform::db::{PgConnection, violates};
use crate::platform::ids::{AssistantId, LocationId, Prefixed as _};
use crate::platform::problem::Problem;
use crate::platform::public::Public;

const PATH: &str = "/assistants";
const READ_ONLY: &[&str] = &["id"];
const ANSWERS: Problem = Problem::new(
    StatusCode::CONFLICT,
    "in_use",
    "A number is answered by it: give the number another assistant first, or none.",
);

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_assistants, create_assistant)).routes(routes!(
        get_assistant,
        update_assistant,
        delete_assistant
    ))
}

/// An agent of the voice platform that answers for the org.
#[derive(Debug, Serialize, ToSchema)]
struct Assistant {
    #[schema(inline)]
    id: Public<AssistantId>,
    platform_assistant_id: String,
    #[schema(inline)]
    location_id: Public<LocationId>,
    name: String,
}

impl From<orgs::Assistant> for Assistant {
    fn from(row: orgs::Assistant) -> Self {
        Self {
            id: Public(row.id),
            platform_assistant_id: row.platform_assistant_id,
            location_id: Public(row.location_id),
            name: row.name,
        }
    }
}

/// What of it is written.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AssistantFields {
    /// The platform's id of it: what its messages name.
    #[schema(inline)]
    platform_assistant_id: Text<1, 100>,
    /// The site it answers for, in messages that name no number.
    #[schema(inline)]
    location_id: Public<LocationId>,
    /// What staff call it.
    #[schema(inline)]
    name: Text<1, 80>,
}

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AssistantParams {
    #[serde(default)]
    #[param(value_type = Option<i32>, minimum = 1, maximum = 100, default = 50)]
    limit: Limit,
    cursor: Option<String>,
}

/// Lists the assistants, oldest first.
#[utoipa::path(get, path = PATH, tag = "settings", params(AssistantParams), responses((status = 200, body = Page<Assistant>, description = "A page")))]
async fn list_assistants(
    State(app): State<App>,
    caller: ApiCaller,
    asked: Params<AssistantParams>,
) -> Result<Response, Problem> {
    caller.needs(Scope::SettingsRead)?;
    let asked = asked.read()?;
    let after = asked.cursor.as_deref().map(place_of::<u8, AssistantId>).transpose()?;
    let (after, limit) = (after.map(|(_, id)| AssistantId(id)), asked.limit.get());
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let found = orgs::assistants(&mut tx, caller.org, (None, after, limit + 1)).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let items: Vec<_> = found.into_iter().map(Assistant::from).collect();
    Ok(axum::Json(Page::of(items, limit, |item| ("0".to_owned(), item.id.0))).into_response())
}

/// Tells which org an assistant answers for. One that another clinic has is refused.
#[utoipa::path(post, path = PATH, tag = "settings", request_body = AssistantFields, responses((status = 201, body = Assistant, description = "Added")))]
async fn create_assistant(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::SettingsWrite)?;
    let fields: AssistantFields = request.json()?;
    let id: AssistantId = app.new_id();
    once(&app, &caller, &request, async |tx| {
        let new = NewAssistant {
            id: id.0,
            platform_assistant_id: fields.platform_assistant_id.as_str().to_owned(),
            location: fields.location_id.0,
            name: fields.name.as_str().to_owned(),
        };
        let added = orgs::add_assistant(tx, caller.org, &new).await;
        added.map_err(|error| refused(&caller, &error))?;
        write_down(&app, tx, &caller, ("assistant.add", Some(id.to_string()))).await?;
        Answer::created(&find(tx, &caller, id).await?, format!("/api/v1{PATH}/{id}"))
    })
    .await
}

/// Shows an assistant.
#[utoipa::path(get, path = "/assistants/{id}", tag = "settings", params(("id" = String, Path)), responses((status = 200, body = Assistant, description = "As it is")))]
async fn get_assistant(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<Answer, Problem> {
    caller.needs(Scope::SettingsRead)?;
    let id = AssistantId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let there = find(&mut tx, &caller, id).await?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&there)
}

/// Changes an assistant. Replicas follow within seconds.
#[utoipa::path(patch, path = "/assistants/{id}", tag = "settings", params(("id" = String, Path)), request_body(content = ref("#/components/schemas/AssistantPatch")), responses((status = 200, body = Assistant, description = "Changed")))]
async fn update_assistant(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    request: Received,
) -> Result<Answer, Problem> {
    caller.needs(Scope::SettingsWrite)?;
    let id = AssistantId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let patch: Map<String, Value> = request.json()?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let current = as_json(&find(&mut tx, &caller, id).await?)?;
    IfMatch::of(&request.headers).check(&digest_of(&current), || difference(&current, &patch))?;
    let fields: AssistantFields = parsed(merged(&current, patch, READ_ONLY))?;
    let new = orgs::Assistant {
        id,
        platform_assistant_id: fields.platform_assistant_id.as_str().to_owned(),
        location_id: fields.location_id.0,
        name: fields.name.as_str().to_owned(),
    };
    let changed = orgs::update_assistant(&mut tx, caller.org, &new).await;
    changed.map_err(|error| refused(&caller, &error))?;
    write_down(&app, &mut tx, &caller, ("assistant.write", Some(id.to_string()))).await?;
    let now = find(&mut tx, &caller, id).await?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&now)
}

/// Takes an assistant away: its messages name this org no more.
#[utoipa::path(delete, path = "/assistants/{id}", tag = "settings", params(("id" = String, Path)), responses((status = 204, description = "Taken away"), (status = 409, description = "A number is answered by it")))]
async fn delete_assistant(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.needs(Scope::SettingsWrite)?;
    let id = AssistantId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let gone = orgs::remove_assistant(&mut tx, caller.org, id).await;
    let is_gone = gone.map_err(|error| {
        if violates(&error, "phone_numbers_org_id_assistant_id_fkey") { ANSWERS } else { failed(error) }
    })?;
    if !is_gone {
        return Err(Problem::NOT_FOUND);
    }
    write_down(&app, &mut tx, &caller, ("assistant.remove", Some(id.to_string()))).await?;
    tx.commit().await.map_err(failed)?;
    Ok(StatusCode::NO_CONTENT)
}

fn refused(caller: &ApiCaller, error: &sqlx::Error) -> Problem {
    not_written(caller, error, "platform_assistant_id", "number")
}

async fn find(tx: &mut PgConnection, caller: &ApiCaller, id: AssistantId) -> Result<Assistant, Problem> {
    let found = orgs::assistants(tx, caller.org, (Some(id), None, 1)).await;
    let found = found.map_err(|error| problems::database(caller.org, &error))?;
    found.into_iter().next().map(Assistant::from).ok_or(Problem::NOT_FOUND)
}
