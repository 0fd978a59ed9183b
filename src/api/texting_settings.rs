//! `/settings/texting`: what the org decided about when people are texted.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, IfMatch, as_json};
use super::caller::ApiCaller;
use super::entries::lock;
use super::org_settings::Region;
use super::problems;
use super::request::Received;
use crate::accounts::Scope;
use crate::appointments;
use crate::orgs::{self, Settings};
use crate::platform::app::App;
use crate::platform::bounded::{Count, List};
use crate::platform::db::PgConnection;
use crate::platform::problem::Problem;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_texting_settings, set_texting_settings))
}

/// What the org decided about when people are texted. Named after the columns.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TextingSettings {
    /// False stops every text of the org, also those that wait.
    texting_enabled: bool,
    /// How long before a visit its person is reminded, in minutes: whole days are days by the location's calendar, the
    /// rest is hours. Empty is never.
    #[schema(inline)]
    reminder_minutes: List<Count<15, 20160>, 5>,
    /// Whether callers whose call ended before they were helped get a text.
    missed_call_text: bool,
    /// Hour of the day up to which texts leave that can wait …
    #[schema(inline)]
    quiet_from: Count<15, 21>,
    /// … and from which they leave again.
    #[schema(inline)]
    quiet_until: Count<8, 12>,
    /// Texts of the org in 24 hours; alerts to staff are not counted. Left as it is when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    texts_per_day_max: Option<Count<0, 5000>>,
    /// The countries whose numbers may be texted. Left as they are when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(inline, value_type = Option<Vec<String>>)]
    text_regions: Option<List<Region, 20>>,
}

/// Shows what the org decided about when people are texted.
#[utoipa::path(get, path = "/settings/texting", tag = "settings", responses((status = 200, body = TextingSettings, description = "All of it")))]
async fn get_texting_settings(State(app): State<App>, caller: ApiCaller) -> Result<Answer, Problem> {
    caller.needs(Scope::SettingsRead)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let there = as_json(&Stored::of(&current(&app, &mut tx, &caller).await?))?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&there)
}

/// Replaces what the org decided about when people are texted. Reminders of visits ahead follow at once.
#[utoipa::path(put, path = "/settings/texting", tag = "settings", request_body = TextingSettings, responses((status = 200, body = TextingSettings, description = "Replaced")))]
async fn set_texting_settings(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Answer, Problem> {
    caller.needs(Scope::SettingsWrite)?;
    let wanted: TextingSettings = request.json()?;
    if wanted.text_regions.as_ref().is_some_and(|regions| regions.is_empty()) {
        return Err(problems::invalid_field("text_regions", "must have at least one"));
    }
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    lock(&mut tx, caller.org).await?;
    let there = current(&app, &mut tx, &caller).await?;
    let told = as_json(&wanted)?;
    IfMatch::of(&request.headers).check_against(&Stored::of(&there), &told)?;
    orgs::update_settings(&mut tx, caller.org, &told, app.clock.now()).await.map_err(failed)?;
    let settings = current(&app, &mut tx, &caller).await?;
    appointments::plan_reminders_anew(&app, &mut tx, caller.org, &settings).await.map_err(failed)?;
    caller.did(&app, &mut tx, ("texting_settings.write", None)).await?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&Stored::of(&settings))
}

/// The same as it is stored: within its bounds by the database's own checks.
#[derive(Serialize)]
struct Stored<'a> {
    texting_enabled: bool,
    reminder_minutes: &'a [i32],
    missed_call_text: bool,
    quiet_from: i8,
    quiet_until: i8,
    texts_per_day_max: i32,
    text_regions: &'a [String],
}

impl<'a> Stored<'a> {
    fn of(settings: &'a Settings) -> Self {
        Self {
            texting_enabled: settings.texting_enabled,
            reminder_minutes: &settings.reminder_minutes,
            missed_call_text: settings.missed_call_text,
            quiet_from: settings.quiet_from,
            quiet_until: settings.quiet_until,
            texts_per_day_max: settings.texts_per_day_max,
            text_regions: &settings.text_regions,
        }
    }
}

async fn current(app: &App, tx: &mut PgConnection, caller: &ApiCaller) -> Result<Settings, Problem> {
    let settings = orgs::settings(tx, &app.keys, caller.org).await;
    settings.map_err(|error| problems::database(caller.org, &error))
}
