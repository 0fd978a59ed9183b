//! `/settings/first-run`: what a new org is guided through.

use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::Answer;
use super::caller::ApiCaller;
use super::problems;
use super::request::Received;
use crate::accounts::Scope;
use crate::first_run::{self, Decision, Progress, Standing, Step};
use crate::platform::app::App;
use crate::platform::problem::Problem;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_first_run))
        .routes(routes!(get_first_run_step, set_first_run_step))
}

/// How far an org has come.
#[derive(Debug, Serialize, ToSchema)]
struct FirstRun {
    /// Steps that are done or skipped.
    settled: usize,
    /// All of them, in their order.
    steps: Vec<FirstRunStep>,
}

/// How a step stands.
#[derive(Debug, Serialize, ToSchema)]
struct FirstRunStep {
    step: Step,
    state: Decision,
    /// Its data is there, so it is done whatever was said about it.
    is_there: bool,
}

/// What is said about a step.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FirstRunDecision {
    state: Decision,
}

impl From<&Standing> for FirstRunStep {
    fn from(&Standing { step, state, is_there }: &Standing) -> Self {
        Self { step, state, is_there }
    }
}

/// Shows how far the org has come.
#[utoipa::path(get, path = "/settings/first-run", tag = "settings", responses((status = 200, body = FirstRun, description = "All steps")))]
async fn get_first_run(State(app): State<App>, caller: ApiCaller) -> Result<Answer, Problem> {
    caller.needs(Scope::SettingsRead)?;
    let progress = progress(&app, &caller).await?;
    Answer::ok(&FirstRun {
        settled: progress.settled(),
        steps: progress.steps.iter().map(FirstRunStep::from).collect(),
    })
}

/// Shows a step of the first run.
#[utoipa::path(get, path = "/settings/first-run/{step}", tag = "settings", params(("step" = String, Path)), responses((status = 200, body = FirstRunStep, description = "As it stands")))]
async fn get_first_run_step(
    State(app): State<App>,
    caller: ApiCaller,
    Path(step): Path<String>,
) -> Result<Answer, Problem> {
    caller.needs(Scope::SettingsRead)?;
    let step = Step::parse(&step).ok_or(Problem::NOT_FOUND)?;
    shown(&progress(&app, &caller).await?, step)
}

/// Settles a step, puts it off, or opens it again. One whose data is there stays done.
#[utoipa::path(put, path = "/settings/first-run/{step}", tag = "settings", params(("step" = String, Path)), request_body = FirstRunDecision, responses((status = 200, body = FirstRunStep, description = "As it stands now")))]
async fn set_first_run_step(
    State(app): State<App>,
    caller: ApiCaller,
    Path(step): Path<String>,
    request: Received,
) -> Result<Answer, Problem> {
    caller.needs(Scope::SettingsWrite)?;
    let step = Step::parse(&step).ok_or(Problem::NOT_FOUND)?;
    let wanted: FirstRunDecision = request.json()?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let by = caller.actor.to_string();
    let said = (by.as_str(), app.clock.now());
    first_run::decide(&mut tx, caller.org, (step, wanted.state), said).await.map_err(failed)?;
    caller.did(&app, &mut tx, ("first_run.write", None)).await?;
    let now = first_run::progress(&mut tx, caller.org).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    shown(&now, step)
}

async fn progress(app: &App, caller: &ApiCaller) -> Result<Progress, Problem> {
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let progress = first_run::progress(&mut tx, caller.org).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    Ok(progress)
}

fn shown(progress: &Progress, step: Step) -> Result<Answer, Problem> {
    let found = progress.steps.iter().find(|one| one.step == step).ok_or(Problem::NOT_FOUND)?;
    Answer::ok(&FirstRunStep::from(found))
}
