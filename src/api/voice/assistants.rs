//! `/assistants`: the voice platform's agents that answer for an org.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::not_written;
use crate::accounts::Scope;
use crate::api::answer::Answer;
use crate::api::caller::ApiCaller;
use crate::api::cursor::{Page, place_of};
use crate::api::listed::{self, Acts, Listed};
use crate::api::params::{Limit, Params};
use crate::api::problems;
use crate::api::request::Received;
use crate::orgs::{self, NewAssistant};
use crate::platform::app::App;
use crate::platform::bounded::Text;
use crate::platform::db::{PgConnection, violates};
use crate::platform::ids::{AssistantId, LocationId, OrgId};
use crate::platform::problem::Problem;
use crate::platform::public::Public;

const PATH: &str = "/assistants";
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
    listed::create::<Assistant>(&app, &caller, &request).await
}

/// Shows an assistant.
#[utoipa::path(get, path = "/assistants/{id}", tag = "settings", params(("id" = String, Path)), responses((status = 200, body = Assistant, description = "As it is")))]
async fn get_assistant(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<Answer, Problem> {
    listed::get::<Assistant>(&app, &caller, &id).await
}

/// Changes an assistant. Replicas follow within seconds.
#[utoipa::path(patch, path = "/assistants/{id}", tag = "settings", params(("id" = String, Path)), request_body(content = ref("#/components/schemas/AssistantPatch")), responses((status = 200, body = Assistant, description = "Changed")))]
async fn update_assistant(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    request: Received,
) -> Result<Answer, Problem> {
    listed::update::<Assistant>(&app, &caller, &request, &id).await
}

/// Takes an assistant away: its messages name this org no more.
#[utoipa::path(delete, path = "/assistants/{id}", tag = "settings", params(("id" = String, Path)), responses((status = 204, description = "Taken away"), (status = 409, description = "A number is answered by it")))]
async fn delete_assistant(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    listed::delete::<Assistant>(&app, &caller, &id).await
}

impl Listed for Assistant {
    type Id = AssistantId;
    type Fields = AssistantFields;
    const PATH: &'static str = PATH;
    const READ_ONLY: &'static [&'static str] = &["id"];
    const ACTS: Acts =
        Acts { added: "assistant.add", written: "assistant.write", removed: "assistant.remove" };

    async fn find(
        _app: &App,
        tx: &mut PgConnection,
        org: OrgId,
        id: AssistantId,
    ) -> sqlx::Result<Option<Self>> {
        let found = orgs::assistants(tx, org, (Some(id), None, 1)).await?;
        Ok(found.into_iter().next().map(Self::from))
    }

    async fn add(
        _app: &App,
        tx: &mut PgConnection,
        org: OrgId,
        id: AssistantId,
        fields: &AssistantFields,
    ) -> Result<(), Problem> {
        let new = NewAssistant {
            id: id.0,
            platform_assistant_id: fields.platform_assistant_id.as_str().to_owned(),
            location: fields.location_id.0,
            name: fields.name.as_str().to_owned(),
        };
        orgs::add_assistant(tx, org, &new).await.map_err(|error| refused(org, &error))
    }

    async fn replace(
        _app: &App,
        tx: &mut PgConnection,
        org: OrgId,
        id: AssistantId,
        fields: &AssistantFields,
    ) -> Result<(), Problem> {
        let new = orgs::Assistant {
            id,
            platform_assistant_id: fields.platform_assistant_id.as_str().to_owned(),
            location_id: fields.location_id.0,
            name: fields.name.as_str().to_owned(),
        };
        orgs::update_assistant(tx, org, &new).await.map_err(|error| refused(org, &error))
    }

    async fn remove(tx: &mut PgConnection, org: OrgId, id: AssistantId) -> Result<bool, Problem> {
        let gone = orgs::remove_assistant(tx, org, id).await;
        gone.map_err(|error| {
            let answers = violates(&error, "phone_numbers_org_id_assistant_id_fkey");
            if answers { ANSWERS } else { problems::database(org, &error) }
        })
    }
}

fn refused(org: OrgId, error: &sqlx::Error) -> Problem {
    not_written(org, error, "platform_assistant_id", "number")
}
