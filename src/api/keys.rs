//! `/keys`: programs that may call the API.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::SignedDuration;
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::Answer;
use super::caller::ApiCaller;
use super::few::few;
use super::idempotency::once_in_secret;
use super::presence::{Proof, prove};
use super::problems::{self, invalid_field};
use super::request::Received;
use crate::accounts::{self, Act, AddKeyError, NewKey, Scope};
use crate::platform::app::App;
use crate::platform::bounded::{Count, Instant, Text};
use crate::platform::db::PgConnection;
use crate::platform::ids::{ApiKeyId, Prefixed as _};
use crate::platform::problem::Problem;
use crate::platform::public::Public;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_keys, create_key)).routes(routes!(delete_key))
}

/// A key, without what it is presented as.
#[derive(Debug, Serialize, ToSchema)]
struct ApiKey {
    #[schema(inline)]
    id: Public<ApiKeyId>,
    name: String,
    /// What it may do.
    scopes: Vec<String>,
    /// From then on it opens nothing; null does not end by itself.
    #[schema(inline)]
    expires_at: Option<Instant>,
    /// Who made it: `staff:usr_…` or `api:key_…`; null where that was not kept.
    created_by: Option<String>,
}

/// Keys that were not revoked.
#[derive(Debug, Serialize, ToSchema)]
struct ApiKeys {
    items: Vec<ApiKey>,
}

/// Lists the keys that were not revoked, the oldest first.
#[utoipa::path(get, path = "/keys", tag = "team", responses((status = 200, body = ApiKeys, description = "All of them")))]
async fn list_keys(State(app): State<App>, caller: ApiCaller) -> Result<Answer, Problem> {
    caller.needs(Scope::KeysWrite)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let keys = accounts::list_keys(&mut tx, caller.org).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let shown = |key: accounts::KeyRow| ApiKey {
        id: Public(key.id),
        name: key.name,
        scopes: key.scopes,
        expires_at: key.expires_at.map(|at| Instant(at.to_jiff())),
        created_by: key.created_by,
    };
    Answer::ok(&ApiKeys { items: keys.into_iter().map(shown).collect() })
}

/// A key to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct KeyWanted {
    /// What it is for.
    #[schema(inline)]
    name: Text<1, 80>,
    /// What it may do; nothing that its maker may not.
    scopes: Vec<String>,
    /// Days until it ends by itself; null does not.
    #[serde(default)]
    #[schema(inline)]
    expires_days: Option<Count<1, 3650>>,
    /// Of a person who signed in more than 15 minutes ago.
    #[serde(default)]
    password: Option<String>,
    /// A code of their second factor in its place.
    #[serde(default)]
    second_factor: Option<String>,
}

/// A new key.
#[derive(Debug, Serialize, ToSchema)]
struct NewApiKey {
    #[schema(inline)]
    id: Public<ApiKeyId>,
    /// The key itself: this once. Sent as `Authorization: Bearer vxk_…`.
    key: String,
}

/// Makes a key and shows it: this once, for only its digest is kept.
#[utoipa::path(post, path = "/keys", tag = "team", request_body = KeyWanted, responses((status = 201, body = NewApiKey, description = "Made")))]
async fn create_key(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::KeysWrite)?;
    let wanted: KeyWanted = request.json()?;
    let scopes = scopes_of(&caller, &wanted.scopes)?;
    let proof =
        Proof { password: wanted.password.as_deref(), second_factor: wanted.second_factor.as_deref() };
    prove(&app, &caller, proof).await?;
    once_in_secret(&app, &caller, &request, async |tx| {
        let days = wanted.expires_days.map(|days| i64::from(days.get()));
        let new = NewKey {
            name: wanted.name.as_str().to_owned(),
            scopes,
            works_for: days.map(|days| SignedDuration::from_hours(days * 24)),
            made_by: Some(caller.actor.to_string()),
        };
        let made = accounts::add_key(&app, tx, caller.org, &new).await;
        let (id, key) = made.map_err(|error| match error {
            AddKeyError::BadName => invalid_field("name", "must have 1 to 80 characters"),
            AddKeyError::NoScope => invalid_field("scopes", "must have at least one"),
            AddKeyError::NoTime => invalid_field("expires_days", "must be at least 1"),
            AddKeyError::MakerLeft => Problem::UNAUTHENTICATED,
            AddKeyError::Secret(error) => {
                tracing::error!(org.id = %caller.org, %error, "Could not make a key");
                Problem::INTERNAL
            }
            AddKeyError::Database(error) => problems::database(caller.org, &error),
        })?;
        recorded(&app, tx, &caller, ("key.write", id)).await?;
        few(tx, caller.org, accounts::list_keys).await?;
        let made = NewApiKey { id: Public(id), key: key.expose_secret().to_owned() };
        Answer::created(&made, format!("/api/v1/keys/{id}"))
    })
    .await
}

/// B12: nobody gives away more than they have.
fn scopes_of(caller: &ApiCaller, written: &[String]) -> Result<Vec<Scope>, Problem> {
    let mut scopes = Vec::new();
    for (index, name) in written.iter().enumerate() {
        let field = format!("scopes[{index}]");
        let scope: Scope = name.parse().map_err(|_unknown| invalid_field(&field, "is no scope"))?;
        if !caller.scopes().contains(&scope) {
            return Err(invalid_field(&field, "is more than you may yourself"));
        }
        scopes.push(scope);
    }
    Ok(scopes)
}

/// Revokes a key. Replicas forget it within seconds.
#[utoipa::path(delete, path = "/keys/{id}", tag = "team", params(("id" = String, Path)), responses((status = 204, description = "Revoked")))]
async fn delete_key(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.needs(Scope::KeysWrite)?;
    let id = ApiKeyId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let is_gone = accounts::revoke_key(&mut tx, caller.org, id, app.clock.now()).await.map_err(failed)?;
    if !is_gone {
        return Err(Problem::NOT_FOUND);
    }
    recorded(&app, &mut tx, &caller, ("key.revoke", id)).await?;
    tx.commit().await.map_err(failed)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn recorded(
    app: &App,
    tx: &mut PgConnection,
    caller: &ApiCaller,
    (action, id): (&'static str, ApiKeyId),
) -> Result<(), Problem> {
    let actor = caller.actor.to_string();
    let act = Act { actor: &actor, action, subject: Some(id.to_string()), detail: json!({}) };
    let done = accounts::record_act(app, tx, caller.org, &act).await;
    done.map_err(|error| problems::database(caller.org, &error))
}
