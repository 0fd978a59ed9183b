//! `/settings/voice-platform`: the key by which the voice platform is asked about an org's calls and assistants.

use axum::extract::State;
use secrecy::SecretString;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::accounts::Scope;
use crate::api::answer::Answer;
use crate::api::caller::ApiCaller;
use crate::api::problems;
use crate::api::request::Received;
use crate::orgs::{self, CreateError};
use crate::platform::app::App;
use crate::platform::bounded::Text;
use crate::platform::db::PgConnection;
use crate::platform::problem::Problem;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_voice_platform, set_voice_platform))
}

/// How the voice platform is asked.
#[derive(Debug, Serialize, ToSchema)]
struct VoicePlatform {
    /// Whether the org gave its private key: reports that never came are asked for with it, and the assistant is tested.
    has_private_key: bool,
}

/// The key, or that it is forgotten.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct VoicePlatformWanted {
    /// The private key of the org's account; null forgets it.
    #[serde(deserialize_with = "given")]
    #[schema(inline, required)]
    private_key: Option<Text<8, 200>>,
}

/// Null is a decision and has to be said.
fn given<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Text<8, 200>>, D::Error> {
    Option::deserialize(from)
}

/// Shows whether the voice platform can be asked.
#[utoipa::path(get, path = "/settings/voice-platform", tag = "settings", responses((status = 200, body = VoicePlatform, description = "All of it")))]
async fn get_voice_platform(State(app): State<App>, caller: ApiCaller) -> Result<Answer, Problem> {
    caller.needs(Scope::SettingsRead)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let there = current(&app, &mut tx, &caller).await?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&there)
}

/// Keeps the org's private key of the voice platform, sealed, or forgets it.
#[utoipa::path(put, path = "/settings/voice-platform", tag = "settings", request_body = VoicePlatformWanted, responses((status = 200, body = VoicePlatform, description = "Kept")))]
async fn set_voice_platform(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Answer, Problem> {
    caller.needs(Scope::SettingsWrite)?;
    let wanted: VoicePlatformWanted = request.json()?;
    let key = wanted.private_key.map(|key| SecretString::from(key.as_str()));
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let kept = orgs::connect_platform(&app, &mut tx, caller.org, key.as_ref()).await;
    kept.map_err(|error| match error {
        CreateError::Database(error) => failed(error),
        error => {
            tracing::error!(org.id = %caller.org, %error, "Could not keep a key of the voice platform");
            Problem::INTERNAL
        }
    })?;
    caller.did(&app, &mut tx, ("voice_platform.write", None)).await?;
    let there = current(&app, &mut tx, &caller).await?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&there)
}

async fn current(app: &App, tx: &mut PgConnection, caller: &ApiCaller) -> Result<VoicePlatform, Problem> {
    let settings = orgs::settings(tx, &app.keys, caller.org).await;
    let settings = settings.map_err(|error| problems::database(caller.org, &error))?;
    Ok(VoicePlatform { has_private_key: settings.vapi_private_key.is_some() })
}
