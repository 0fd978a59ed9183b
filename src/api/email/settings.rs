//! `/email-settings`: what the org decided about e-mails.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::recipients::delivery;
use crate::accounts::Scope;
use crate::api::answer::{Answer, IfMatch, as_json};
use crate::api::caller::ApiCaller;
use crate::api::entries::lock;
use crate::api::problems;
use crate::api::request::Received;
use crate::platform::app::App;
use crate::platform::bounded::Count;
use crate::platform::db::PgConnection;
use crate::platform::problem::Problem;
use crate::{mail, orgs};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_email_settings, set_email_settings))
}

/// What the org decided about e-mails.
#[derive(Debug, Serialize, ToSchema)]
struct EmailSettings {
    /// Hour of the day, by the first location's clock, from which the daily summary is sent; null is never.
    summary_hour: Option<i16>,
    /// `on`, or `off` while this installation has no mail server: then no e-mail is sent.
    delivery: &'static str,
}

/// What of it is written.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EmailSettingsWanted {
    /// 0 to 23, by the first location's clock; null is never.
    #[serde(deserialize_with = "given")]
    #[schema(inline, required)]
    summary_hour: Option<Count<0, 23>>,
}

/// Null is a decision and has to be said: a body without the field would switch the summary off.
fn given<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Count<0, 23>>, D::Error> {
    Option::deserialize(from)
}

/// Shows what the org decided about e-mails.
#[utoipa::path(get, path = "/email-settings", tag = "settings", responses((status = 200, body = EmailSettings, description = "All of it")))]
async fn get_email_settings(State(app): State<App>, caller: ApiCaller) -> Result<Answer, Problem> {
    caller.needs(Scope::SettingsRead)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let settings = current(&app, &mut tx, &caller).await?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&settings)
}

/// Replaces what the org decided about e-mails.
#[utoipa::path(put, path = "/email-settings", tag = "settings", request_body = EmailSettingsWanted, responses((status = 200, body = EmailSettings, description = "Replaced")))]
async fn set_email_settings(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Answer, Problem> {
    caller.needs(Scope::SettingsWrite)?;
    let wanted: EmailSettingsWanted = request.json()?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    lock(&mut tx, caller.org).await?;
    let there = current(&app, &mut tx, &caller).await?;
    let told = as_json(&wanted)?;
    IfMatch::of(&request.headers).check_against(&there, &told)?;
    orgs::update_settings(&mut tx, caller.org, &told, app.clock.now()).await.map_err(failed)?;
    caller.did(&app, &mut tx, ("email_settings.write", None)).await?;
    let now = current(&app, &mut tx, &caller).await?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&now)
}

async fn current(app: &App, tx: &mut PgConnection, caller: &ApiCaller) -> Result<EmailSettings, Problem> {
    let hour = mail::summary_hour(tx, caller.org).await;
    let summary_hour = hour.map_err(|error| problems::database(caller.org, &error))?;
    Ok(EmailSettings { summary_hour, delivery: delivery(app) })
}
