//! `/wording-settings`: what the org decided about the words of its texts.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, IfMatch};
use super::caller::ApiCaller;
use super::entries::lock;
use super::problems;
use super::request::Received;
use crate::accounts::Scope;
use crate::language::Language;
use crate::orgs;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::problem::Problem;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_wording_settings, set_wording_settings))
}

/// What the org decided about the words of its texts.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WordingSettings {
    /// The language of texts to people of whom none is known.
    #[schema(inline)]
    language: Language,
    /// Whether the org's own templates may name the treatment. Whoever holds the phone reads it.
    name_treatments: bool,
}

/// Shows what the org decided about the words of its texts.
#[utoipa::path(get, path = "/wording-settings", tag = "texts", responses((status = 200, body = WordingSettings, description = "All of it")))]
async fn get_wording_settings(State(app): State<App>, caller: ApiCaller) -> Result<Answer, Problem> {
    caller.needs(Scope::MessagesRead)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let settings = current(&app, &mut tx, &caller).await?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&settings)
}

/// Replaces what the org decided about the words of its texts.
#[utoipa::path(put, path = "/wording-settings", tag = "texts", request_body = WordingSettings, responses((status = 200, body = WordingSettings, description = "Replaced")))]
async fn set_wording_settings(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Answer, Problem> {
    caller.needs(Scope::MessagesWrite)?;
    let wanted: WordingSettings = request.json()?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    lock(&mut tx, caller.org).await?;
    let there = current(&app, &mut tx, &caller).await?;
    IfMatch::of(&request.headers).check_against(&there, &wanted)?;
    let columns = json!({"language": wanted.language, "texts_name_treatments": wanted.name_treatments});
    orgs::update_settings(&mut tx, caller.org, &columns, app.clock.now()).await.map_err(failed)?;
    caller.did(&app, &mut tx, ("wording_settings.write", None)).await?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&wanted)
}

async fn current(app: &App, tx: &mut PgConnection, caller: &ApiCaller) -> Result<WordingSettings, Problem> {
    let settings = orgs::settings(tx, &app.keys, caller.org).await;
    let settings = settings.map_err(|error| problems::database(caller.org, &error))?;
    Ok(WordingSettings { language: settings.language, name_treatments: settings.texts_name_treatments })
}
