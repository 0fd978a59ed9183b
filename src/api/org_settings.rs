//! `/settings/org`: what the clinic is called, and how numbers and people are understood.

use axum::extract::State;
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::json;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, IfMatch, as_json};
use super::caller::ApiCaller;
use super::entries::lock;
use super::problems;
use super::request::Received;
use crate::accounts::{self, Act, Scope};
use crate::language::Language;
use crate::orgs;
use crate::phone;
use crate::platform::app::App;
use crate::platform::bounded::Text;
use crate::platform::db::PgConnection;
use crate::platform::problem::Problem;
use crate::scheduling;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_org_settings, set_org_settings))
}

/// What the clinic is called, and how numbers and people are understood.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OrgSettings {
    /// As callers know it. Its sites have names of their own.
    #[schema(inline)]
    name: Text<1, 80>,
    /// The ISO country in which a number without + is read: `US`.
    #[schema(value_type = String)]
    region: Region,
    /// The language of texts to people of whom none is known.
    #[schema(inline)]
    language: Language,
    /// Whether a call's recording is kept; left as it is when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    keep_recordings: Option<KeepRecordings>,
}

/// Whether a call's recording is kept.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum KeepRecordings {
    Always,
    /// When the caller agreed.
    WithConsent,
    Never,
}

/// A country whose numbers are known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(super) struct Region(String);

impl PartialSchema for Region {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).min_length(Some(2)).max_length(Some(2)).into()
    }
}

impl ToSchema for Region {}

impl<'de> Deserialize<'de> for Region {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let written = String::deserialize(from)?.trim().to_uppercase();
        if written.len() == 2 && phone::is_region(&written) {
            return Ok(Self(written));
        }
        Err(de::Error::custom("must be a country in two letters, such as US"))
    }
}

/// Shows what the clinic is called.
#[utoipa::path(get, path = "/settings/org", tag = "settings", responses((status = 200, body = OrgSettings, description = "All of it")))]
async fn get_org_settings(State(app): State<App>, caller: ApiCaller) -> Result<Answer, Problem> {
    caller.needs(Scope::SettingsRead)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let there = current(&app, &mut tx, &caller).await?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&there)
}

/// Replaces what the clinic is called. Callers and texts say it at once.
#[utoipa::path(put, path = "/settings/org", tag = "settings", request_body = OrgSettings, responses((status = 200, body = OrgSettings, description = "Replaced")))]
async fn set_org_settings(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Answer, Problem> {
    caller.needs(Scope::SettingsWrite)?;
    let wanted: OrgSettings = request.json()?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    lock(&mut tx, caller.org).await?;
    let there = current(&app, &mut tx, &caller).await?;
    let told = as_json(&wanted)?;
    IfMatch::of(&request.headers).check_against(&there, &told)?;
    let named = (wanted.name.as_str(), wanted.region.0.as_str());
    orgs::rename(&mut tx, caller.org, named).await.map_err(failed)?;
    let mut columns = json!({ "language": wanted.language });
    if let Some(keep) = wanted.keep_recordings {
        columns["keep_recordings"] = as_json(&keep)?;
    }
    orgs::update_settings(&mut tx, caller.org, &columns, app.clock.now()).await.map_err(failed)?;
    let act = Act { actor: &caller.actor.to_string(), action: "org.write", subject: None, detail: told };
    accounts::record_act(&app, &mut tx, caller.org, &act).await.map_err(failed)?;
    let now = current(&app, &mut tx, &caller).await?;
    tx.commit().await.map_err(failed)?;
    scheduling::forget(&app, caller.org);
    Answer::ok(&now)
}

async fn current(app: &App, tx: &mut PgConnection, caller: &ApiCaller) -> Result<serde_json::Value, Problem> {
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let (name, region) = orgs::name_and_region(tx, caller.org).await.map_err(failed)?;
    let settings = orgs::settings(tx, &app.keys, caller.org).await.map_err(failed)?;
    Ok(json!({
        "name": name,
        "region": region,
        "language": settings.language,
        "keep_recordings": settings.keep_recordings,
    }))
}
