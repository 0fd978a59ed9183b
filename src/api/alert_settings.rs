//! `/settings/alerts`: how alerts climb, and when they wait.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, IfMatch, as_json};
use super::caller::ApiCaller;
use super::entries::lock;
use super::problems::{self, invalid_field};
use super::request::Received;
use crate::accounts::{self, Act, Scope};
use crate::orgs;
use crate::platform::app::App;
use crate::platform::bounded::{Count, List};
use crate::platform::db::PgConnection;
use crate::platform::problem::Problem;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_alert_settings, set_alert_settings))
}

/// What the org decided about alerts.
#[derive(Debug, Serialize, ToSchema)]
struct AlertSettings {
    alert_rungs_minutes: Vec<i16>,
    alerts_wait_for_opening: bool,
    /// Hot callers of a closed clinic are offered two held times by text.
    after_hours_offer: bool,
    /// Who is told of hot leads when nobody of the recipients is on duty; read only.
    hot_lead_alert_phone: Option<String>,
    /// The same of clinical alerts; the other phone when it is null. Read only.
    clinical_alert_phone: Option<String>,
}

/// What of it is written. Named after the columns.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AlertSettingsFields {
    /// Minutes after the first telling at which the next people are told, as long as nobody has taken the alert. At the last
    /// one everybody is, and staff have a task.
    #[schema(inline)]
    alert_rungs_minutes: List<Count<1, 240>, 5>,
    /// A hot lead that comes while nobody is there is told at opening, not at once. A clinical alert never waits.
    alerts_wait_for_opening: bool,
    /// Whether hot callers of a closed clinic are offered two held times by text; left as it is when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after_hours_offer: Option<bool>,
}

/// Shows what the org decided about alerts.
#[utoipa::path(get, path = "/settings/alerts", tag = "settings", responses((status = 200, body = AlertSettings, description = "All of it")))]
async fn get_alert_settings(State(app): State<App>, caller: ApiCaller) -> Result<Answer, Problem> {
    caller.needs(Scope::SettingsRead)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let there = current(&app, &mut tx, &caller).await?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&there)
}

/// Replaces how alerts climb and when they wait. Alerts that are on their way follow at their next rung.
#[utoipa::path(put, path = "/settings/alerts", tag = "settings", request_body = AlertSettingsFields, responses((status = 200, body = AlertSettings, description = "Replaced")))]
async fn set_alert_settings(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Answer, Problem> {
    caller.needs(Scope::SettingsWrite)?;
    let wanted: AlertSettingsFields = request.json()?;
    let rungs: Vec<i32> = wanted.alert_rungs_minutes.iter().map(|minutes| minutes.get()).collect();
    if rungs.is_empty() || !rungs.is_sorted_by(|one, next| one < next) {
        return Err(invalid_field(
            "alert_rungs_minutes",
            "must be one to five numbers, each more than the one before",
        ));
    }
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    lock(&mut tx, caller.org).await?;
    let there = current(&app, &mut tx, &caller).await?;
    let told = as_json(&wanted)?;
    IfMatch::of(&request.headers).check_against(&there, &told)?;
    orgs::update_settings(&mut tx, caller.org, &told, app.clock.now()).await.map_err(failed)?;
    let act = Act {
        actor: &caller.actor.to_string(),
        action: "alert_settings.write",
        subject: None,
        detail: json!({
            "alert_rungs_minutes": rungs,
            "alerts_wait_for_opening": wanted.alerts_wait_for_opening,
            "after_hours_offer": wanted.after_hours_offer,
        }),
    };
    accounts::record_act(&app, &mut tx, caller.org, &act).await.map_err(failed)?;
    let now = current(&app, &mut tx, &caller).await?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&now)
}

async fn current(app: &App, tx: &mut PgConnection, caller: &ApiCaller) -> Result<AlertSettings, Problem> {
    let settings = orgs::settings(tx, &app.keys, caller.org).await;
    let settings = settings.map_err(|error| problems::database(caller.org, &error))?;
    Ok(AlertSettings {
        alert_rungs_minutes: settings.alert_rungs_minutes,
        alerts_wait_for_opening: settings.alerts_wait_for_opening,
        after_hours_offer: settings.after_hours_offer,
        hot_lead_alert_phone: settings.hot_lead_alert_phone,
        clinical_alert_phone: settings.clinical_alert_phone,
    })
}
