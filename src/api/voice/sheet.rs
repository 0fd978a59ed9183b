//! `/assistant-sheet`: what to paste into the voice platform. `docs/vapi.md` explains where.

use axum::extract::State;
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::accounts::Scope;
use crate::api::answer::{Answer, as_json};
use crate::api::caller::ApiCaller;
use crate::api::problems;
use crate::platform::app::App;
use crate::platform::ids::OrgId;
use crate::platform::problem::Problem;
use crate::scheduling;
use crate::tools::definitions::Clinic;
use crate::tools::sheet;

/// In the place of what only whoever opened the address has seen.
const DOOR_UNKNOWN: &str = "YOUR-DOOR-TOKEN";

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_assistant_sheet))
}

/// Everything to paste: the credential, each tool with its server, the assistant's greeting, prompt, server and messages. The address
/// is `YOUR-DOOR-TOKEN`'s: `POST /doors` gives one, and all of this with it.
#[utoipa::path(get, path = "/assistant-sheet", tag = "settings", responses((status = 200, body = Object, description = "One JSON object")))]
async fn get_assistant_sheet(State(app): State<App>, caller: ApiCaller) -> Result<Answer, Problem> {
    caller.needs(Scope::SettingsRead)?;
    let (_, sheet) = sheet_for(&app, caller.org, None).await?;
    Answer::ok(&sheet)
}

/// The address and what to paste with it.
pub(super) async fn sheet_for(app: &App, org: OrgId, door: Option<&str>) -> Result<(String, Value), Problem> {
    let book = scheduling::rule_book(app, org, None).await.map_err(|e| problems::database(org, &e))?;
    let location = book.location(None).ok_or(Problem::NOT_FOUND)?;
    let base = Some(app.config.server.public_url.as_str()).filter(|url| !url.is_empty());
    let base = base.unwrap_or("https://YOUR-SERVER");
    let url = format!("{base}/api/webhooks/vapi/{}", door.unwrap_or(DOOR_UNKNOWN));
    let sheet = as_json(&sheet::sheet(&Clinic::at(&book, location), &url, None))?;
    Ok((url, sheet))
}
