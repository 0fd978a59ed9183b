//! `/phone-numbers`: what callers dial, and who answers.

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
use crate::api::alert_phones::Number;
use crate::api::answer::{Answer, IfMatch, as_json, difference, digest_of};
use crate::api::caller::ApiCaller;
use crate::api::cursor::{Page, place_of};
use crate::api::entries::merged;
use crate::api::idempotency::once;
use crate::api::params::{Limit, Params};
use crate::api::problems;
use crate::api::request::{Received, parsed};
use crate::orgs::{self, DialledNumber, NewPhoneNumber};
use crate::platform::app::App;
use crate::platform::bounded::Text;
use crate::platform::db::PgConnection;
use crate::platform::ids::{AssistantId, LocationId, PhoneNumberId, Prefixed as _};
use crate::platform::problem::Problem;
use crate::platform::public::Public;

const PATH: &str = "/phone-numbers";
const READ_ONLY: &[&str] = &["id"];
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
    caller.needs(Scope::SettingsWrite)?;
    let fields: PhoneNumberFields = request.json()?;
    let id: PhoneNumberId = app.new_id();
    once(&app, &caller, &request, async |tx| {
        let row = fields.row(id);
        let new = NewPhoneNumber {
            id: id.0,
            platform_phone_number_id: row.platform_phone_number_id,
            number: row.number,
            location: row.location_id,
            assistant: row.assistant_id.map(|id| id.0),
        };
        let added = orgs::add_phone_number(tx, caller.org, &new).await;
        added.map_err(|error| refused(&caller, &error))?;
        write_down(&app, tx, &caller, ("phone_number.add", Some(id.to_string()))).await?;
        Answer::created(&find(tx, &caller, id).await?, format!("/api/v1{PATH}/{id}"))
    })
    .await
}

/// Shows a number.
#[utoipa::path(get, path = "/phone-numbers/{id}", tag = "settings", params(("id" = String, Path)), responses((status = 200, body = PhoneNumber, description = "As it is")))]
async fn get_phone_number(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<Answer, Problem> {
    caller.needs(Scope::SettingsRead)?;
    let id = PhoneNumberId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let there = find(&mut tx, &caller, id).await?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&there)
}

/// Changes a number. Replicas follow within seconds.
#[utoipa::path(patch, path = "/phone-numbers/{id}", tag = "settings", params(("id" = String, Path)), request_body(content = ref("#/components/schemas/PhoneNumberPatch")), responses((status = 200, body = PhoneNumber, description = "Changed")))]
async fn update_phone_number(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    request: Received,
) -> Result<Answer, Problem> {
    caller.needs(Scope::SettingsWrite)?;
    let id = PhoneNumberId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let patch: Map<String, Value> = request.json()?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let current = as_json(&find(&mut tx, &caller, id).await?)?;
    IfMatch::of(&request.headers).check(&digest_of(&current), || difference(&current, &patch))?;
    let fields: PhoneNumberFields = parsed(merged(&current, patch, READ_ONLY))?;
    let new = fields.row(id);
    let changed = orgs::update_phone_number(&mut tx, caller.org, &new).await;
    changed.map_err(|error| refused(&caller, &error))?;
    write_down(&app, &mut tx, &caller, ("phone_number.write", Some(id.to_string()))).await?;
    let now = find(&mut tx, &caller, id).await?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&now)
}

/// Takes a number away: calls to it are nobody's here.
#[utoipa::path(delete, path = "/phone-numbers/{id}", tag = "settings", params(("id" = String, Path)), responses((status = 204, description = "Taken away")))]
async fn delete_phone_number(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.needs(Scope::SettingsWrite)?;
    let id = PhoneNumberId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let is_gone = orgs::remove_phone_number(&mut tx, caller.org, id).await.map_err(failed)?;
    if !is_gone {
        return Err(Problem::NOT_FOUND);
    }
    write_down(&app, &mut tx, &caller, ("phone_number.remove", Some(id.to_string()))).await?;
    tx.commit().await.map_err(failed)?;
    Ok(StatusCode::NO_CONTENT)
}

fn refused(caller: &ApiCaller, error: &sqlx::Error) -> Problem {
    not_written(caller, error, "platform_phone_number_id", "number")
}

async fn find(tx: &mut PgConnection, caller: &ApiCaller, id: PhoneNumberId) -> Result<PhoneNumber, Problem> {
    let found = orgs::phone_numbers(tx, caller.org, (Some(id), None, 1)).await;
    let found = found.map_err(|error| problems::database(caller.org, &error))?;
    found.into_iter().next().map(PhoneNumber::from).ok_or(Problem::NOT_FOUND)
}
