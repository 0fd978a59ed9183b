//! `/phone-numbers`: what callers dial, and who answers.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::not_written;
use crate::accounts::Scope;
use crate::api::alert_phones::Number;
use crate::api::answer::Answer;
use crate::api::caller::ApiCaller;
use crate::api::cursor::{Page, place_of};
use crate::api::listed::{self, Acts, Listed};
use crate::api::params::{Limit, Params};
use crate::api::problems;
use crate::api::request::Received;
use crate::orgs::{self, DialledNumber, NewPhoneNumber};
use crate::platform::app::App;
use crate::platform::bounded::Text;
use crate::platform::db::PgConnection;
use crate::platform::ids::{AssistantId, LocationId, OrgId, PhoneNumberId};
use crate::platform::problem::Problem;
use crate::platform::public::Public;

const PATH: &str = "/phone-numbers";

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_phone_numbers, create_phone_number)).routes(routes!(
        get_phone_number,
        update_phone_number,
        delete_phone_number
    ))
}

/// A number that callers dial.
#[derive(Debug, Serialize, ToSchema)]
struct PhoneNumber {
    #[schema(inline)]
    id: Public<PhoneNumberId>,
    number: String,
    platform_phone_number_id: Option<String>,
    #[schema(inline)]
    location_id: Public<LocationId>,
    #[schema(inline)]
    assistant_id: Option<Public<AssistantId>>,
}

impl From<DialledNumber> for PhoneNumber {
    fn from(row: DialledNumber) -> Self {
        Self {
            id: Public(row.id),
            number: row.number,
            platform_phone_number_id: row.platform_phone_number_id,
            location_id: Public(row.location_id),
            assistant_id: row.assistant_id.map(Public),
        }
    }
}

/// What of it is written.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PhoneNumberFields {
    /// E.164.
    #[schema(value_type = String)]
    number: Number,
    /// The platform's id of it: what its messages name.
    #[schema(inline)]
    platform_phone_number_id: Option<Text<1, 100>>,
    /// The site that is called by it.
    #[schema(inline)]
    location_id: Public<LocationId>,
    /// Who answers; each ring asks us when it is not given.
    #[schema(inline)]
    assistant_id: Option<Public<AssistantId>>,
}

impl PhoneNumberFields {
    fn row(&self, id: PhoneNumberId) -> DialledNumber {
        DialledNumber {
            id,
            platform_phone_number_id: self.platform_phone_number_id.as_ref().map(|id| id.as_str().to_owned()),
            number: self.number.0.as_str().to_owned(),
            location_id: self.location_id.0,
            assistant_id: self.assistant_id.map(|id| id.0),
        }
    }
}

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PhoneNumberParams {
    #[serde(default)]
    #[param(value_type = Option<i32>, minimum = 1, maximum = 100, default = 50)]
    limit: Limit,
    cursor: Option<String>,
}

/// Lists the numbers, oldest first.
#[utoipa::path(get, path = PATH, tag = "settings", params(PhoneNumberParams), responses((status = 200, body = Page<PhoneNumber>, description = "A page")))]
async fn list_phone_numbers(
    State(app): State<App>,
    caller: ApiCaller,
    asked: Params<PhoneNumberParams>,
) -> Result<Response, Problem> {
    caller.needs(Scope::SettingsRead)?;
    let asked = asked.read()?;
    let after = asked.cursor.as_deref().map(place_of::<u8, PhoneNumberId>).transpose()?;
    let (after, limit) = (after.map(|(_, id)| PhoneNumberId(id)), asked.limit.get());
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let found = orgs::phone_numbers(&mut tx, caller.org, (None, after, limit + 1)).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let items: Vec<_> = found.into_iter().map(PhoneNumber::from).collect();
    Ok(axum::Json(Page::of(items, limit, |item| ("0".to_owned(), item.id.0))).into_response())
}

/// Tells which org a number belongs to. One that another clinic has is refused.
#[utoipa::path(post, path = PATH, tag = "settings", request_body = PhoneNumberFields, responses((status = 201, body = PhoneNumber, description = "Added")))]
async fn create_phone_number(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Response, Problem> {
    listed::create::<PhoneNumber>(&app, &caller, &request).await
}

/// Shows a number.
#[utoipa::path(get, path = "/phone-numbers/{id}", tag = "settings", params(("id" = String, Path)), responses((status = 200, body = PhoneNumber, description = "As it is")))]
async fn get_phone_number(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<Answer, Problem> {
    listed::get::<PhoneNumber>(&app, &caller, &id).await
}

/// Changes a number. Replicas follow within seconds.
#[utoipa::path(patch, path = "/phone-numbers/{id}", tag = "settings", params(("id" = String, Path)), request_body(content = ref("#/components/schemas/PhoneNumberPatch")), responses((status = 200, body = PhoneNumber, description = "Changed")))]
async fn update_phone_number(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    request: Received,
) -> Result<Answer, Problem> {
    listed::update::<PhoneNumber>(&app, &caller, &request, &id).await
}

/// Takes a number away: calls to it are nobody's here.
#[utoipa::path(delete, path = "/phone-numbers/{id}", tag = "settings", params(("id" = String, Path)), responses((status = 204, description = "Taken away")))]
async fn delete_phone_number(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    listed::delete::<PhoneNumber>(&app, &caller, &id).await
}

impl Listed for PhoneNumber {
    type Id = PhoneNumberId;
    type Fields = PhoneNumberFields;
    const PATH: &'static str = PATH;
    const READ_ONLY: &'static [&'static str] = &["id"];
    const ACTS: Acts =
        Acts { added: "phone_number.add", written: "phone_number.write", removed: "phone_number.remove" };

    async fn find(
        _app: &App,
        tx: &mut PgConnection,
        org: OrgId,
        id: PhoneNumberId,
    ) -> sqlx::Result<Option<Self>> {
        let found = orgs::phone_numbers(tx, org, (Some(id), None, 1)).await?;
        Ok(found.into_iter().next().map(Self::from))
    }

    async fn add(
        _app: &App,
        tx: &mut PgConnection,
        org: OrgId,
        id: PhoneNumberId,
        fields: &PhoneNumberFields,
    ) -> Result<(), Problem> {
        let row = fields.row(id);
        let new = NewPhoneNumber {
            id: id.0,
            platform_phone_number_id: row.platform_phone_number_id,
            number: row.number,
            location: row.location_id,
            assistant: row.assistant_id.map(|id| id.0),
        };
        orgs::add_phone_number(tx, org, &new).await.map_err(|error| refused(org, &error))
    }

    async fn replace(
        _app: &App,
        tx: &mut PgConnection,
        org: OrgId,
        id: PhoneNumberId,
        fields: &PhoneNumberFields,
    ) -> Result<(), Problem> {
        let changed = orgs::update_phone_number(tx, org, &fields.row(id)).await;
        changed.map_err(|error| refused(org, &error))
    }

    async fn remove(tx: &mut PgConnection, org: OrgId, id: PhoneNumberId) -> Result<bool, Problem> {
        let gone = orgs::remove_phone_number(tx, org, id).await;
        gone.map_err(|error| problems::database(org, &error))
    }
}

fn refused(org: OrgId, error: &sqlx::Error) -> Problem {
    not_written(org, error, "platform_phone_number_id", "number")
}
