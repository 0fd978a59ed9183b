//! `/policy`: what changing or cancelling late costs, as versions.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::accounts::Scope;
use crate::api::answer::{Answer, as_json};
use crate::api::caller::ApiCaller;
use crate::api::entries::lock;
use crate::api::idempotency::once;
use crate::api::problems;
use crate::api::request::Received;
use crate::platform::app::App;
use crate::platform::problem::Problem;
use crate::scheduling::catalogue::{Policy, PolicyFields, add_policy, current_policy};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_policy, create_policy))
}

/// Shows the policy that new visits are booked under.
#[utoipa::path(get, path = "/policy", tag = "catalogue", responses((status = 200, body = Policy, description = "The version in force")))]
async fn get_policy(State(app): State<App>, caller: ApiCaller) -> Result<Answer, Problem> {
    caller.needs(Scope::CatalogueRead)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let policy = current_policy(&mut tx, caller.org).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    versioned(&policy, StatusCode::OK)
}

/// Puts a new version in force. Visits keep the version that they were booked under.
#[utoipa::path(post, path = "/policy", tag = "catalogue", request_body = PolicyFields, responses((status = 201, body = Policy, description = "In force")))]
async fn create_policy(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::CatalogueWrite)?;
    let fields: PolicyFields = request.json()?;
    let now = app.clock.now();
    once(&app, &caller, &request, async |tx| {
        lock(tx, caller.org).await?;
        caller.did(&app, tx, ("policy.write", None)).await?;
        let added = add_policy(tx, caller.org, &fields, now).await;
        versioned(
            &added.map_err(|error| problems::not_written(caller.org, &error.into()))?,
            StatusCode::CREATED,
        )
    })
    .await
}

fn versioned(policy: &Policy, status: StatusCode) -> Result<Answer, Problem> {
    let location = (status == StatusCode::CREATED).then(|| "/api/v1/policy".to_owned());
    Ok(Answer { status, etag: Some(format!("\"{}\"", policy.version)), location, body: as_json(policy)? })
}
