//! `/settings/tests`: whether what was set up works, tried for real, with what to do where it does not.
//!
//! Others are asked meanwhile, so no transaction is open and no answer is kept: asking again is looking again.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::Answer;
use super::caller::ApiCaller;
use super::problems;
use crate::accounts::Scope;
use crate::platform::app::App;
use crate::platform::problem::Problem;
use crate::platform::trial::Check;
use crate::{calendars, mail, orgs, receptionist, tools};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create_webhook_test))
        .routes(routes!(create_calendar_test))
        .routes(routes!(create_assistant_test))
        .routes(routes!(create_email_test))
}

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
struct SettingTest {
    /// Whether everything is right.
    ok: bool,
    /// One for each thing that was looked at.
    checks: Vec<Check>,
}

fn answer(checks: Vec<Check>) -> Result<Answer, Problem> {
    let found = SettingTest { ok: checks.iter().all(|check| check.ok), checks };
    Ok(Answer { etag: None, ..Answer::ok(&found)? })
}

/// Posts a signed message to the org's door by the public address, and one with a secret that nobody has: whether the first arrives,
/// is believed and is this org's, and the second is refused.
#[utoipa::path(post, path = "/settings/tests/webhook", tag = "settings", responses((status = 200, body = SettingTest, description = "What was found")))]
async fn create_webhook_test(State(app): State<App>, caller: ApiCaller) -> Result<Answer, Problem> {
    caller.needs(Scope::SettingsWrite)?;
    let found = receptionist::try_door(&app, caller.org).await;
    answer(found.map_err(|error| problems::database(caller.org, &error))?)
}

/// Reads the busy times of each calendar that blocks, and writes an event into each that takes visits, which is taken out at once.
#[utoipa::path(post, path = "/settings/tests/calendar", tag = "settings", responses((status = 200, body = SettingTest, description = "What was found")))]
async fn create_calendar_test(State(app): State<App>, caller: ApiCaller) -> Result<Answer, Problem> {
    caller.needs(Scope::SettingsWrite)?;
    let found = calendars::try_accounts(&app, caller.org).await;
    answer(found.map_err(|error| problems::database(caller.org, &error))?)
}

/// Asks the voice platform for each assistant of the org by the org's key, and tells in what it differs from what to paste.
#[utoipa::path(post, path = "/settings/tests/assistant", tag = "settings", responses((status = 200, body = SettingTest, description = "What was found")))]
async fn create_assistant_test(State(app): State<App>, caller: ApiCaller) -> Result<Answer, Problem> {
    caller.needs(Scope::SettingsWrite)?;
    let found = tools::try_assistant(&app, caller.org).await;
    answer(found.map_err(|error| problems::database(caller.org, &error))?)
}

/// Greets the mail server, and sends the person who is signed in an e-mail. For a program, which has no address, it greets alone.
#[utoipa::path(post, path = "/settings/tests/email", tag = "settings", responses((status = 200, body = SettingTest, description = "What was found")))]
async fn create_email_test(State(app): State<App>, caller: ApiCaller) -> Result<Answer, Problem> {
    caller.needs(Scope::SettingsWrite)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let (clinic, _) = orgs::name_and_region(&mut tx, caller.org).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    answer(
        mail::try_mail(&app, caller.staff().map(|staff| staff.email.as_str()), (&clinic, caller.language()))
            .await,
    )
}
