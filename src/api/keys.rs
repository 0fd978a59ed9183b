//! `/keys`: programs that may act for the org.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::SignedDuration;
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::Answer;
use super::caller::ApiCaller;
use super::idempotency::once_in_secret;
use super::presence::{Proof, prove};
use super::problems::{self, invalid_field};
use super::request::Received;
use crate::accounts::{self, Act, AddKeyError, KeyRow, NewKey, Scope};
use crate::platform::app::App;
use crate::platform::bounded::{Count, Instant, List, Text};
use crate::platform::db::PgConnection;
use crate::platform::ids::{ApiKeyId, OrgId, Prefixed as _};
use crate::platform::problem::Problem;
use crate::platform::public::Public;
use crate::platform::telemetry::chain;

const PATH: &str = "/keys";

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_api_keys, create_api_key)).routes(routes!(delete_api_key))
}

/// A key, without it.
#[derive(Debug, Serialize, ToSchema)]
struct ApiKey {
    #[schema(inline)]
    id: Public<ApiKeyId>,
    /// What staff call it.
    name: String,
    /// What it may do.
    scopes: Vec<String>,
    /// From then on it is refused; null does not expire.
    #[schema(inline)]
    expires_at: Option<Instant>,
}

impl From<KeyRow> for ApiKey {
    fn from(row: KeyRow) -> Self {
        Self {
            id: Public(row.id),
            name: row.name,
            scopes: row.scopes,
            expires_at: row.expires_at.map(Instant::from),
        }
    }
}

/// All of them: an org has few.
#[derive(Debug, Serialize, ToSchema)]
struct ApiKeys {
    items: Vec<ApiKey>,
}

/// A permission by its name.
#[derive(Debug, Clone, Copy)]
struct ScopeName(Scope);

impl<'de> Deserialize<'de> for ScopeName {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let name = String::deserialize(from)?;
        name.parse().map(Self).map_err(|_| de::Error::custom("must be a scope, such as calls:read"))
    }
}

/// A key to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ApiKeyWanted {
    /// What staff call it.
    #[schema(inline)]
    name: Text<1, 80>,
    /// What it may do: nothing that whoever makes it may not.
    #[schema(value_type = Vec<String>)]
    scopes: List<ScopeName, 30>,
    /// How long it works; until it is revoked when it is not given.
    #[schema(inline)]
    expires_days: Option<Count<1, 3650>>,
    /// Of whoever asks, when they signed in more than 15 minutes ago.
    #[serde(default)]
    password: Option<String>,
    /// A code of their second factor, where they have one.
    #[serde(default)]
    second_factor: Option<String>,
}

/// A key that was just made.
#[derive(Serialize, ToSchema)]
struct MadeKey {
    #[schema(inline)]
    id: Public<ApiKeyId>,
    /// `vxk_…`. Shown this once.
    key: String,
}

/// Lists the keys that were not revoked. None of them is shown.
#[utoipa::path(get, path = PATH, tag = "settings", responses((status = 200, body = ApiKeys, description = "All of them")))]
async fn list_api_keys(State(app): State<App>, caller: ApiCaller) -> Result<Answer, Problem> {
    caller.needs(Scope::KeysWrite)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let found = accounts::list_keys(&mut tx, caller.org).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&ApiKeys { items: found.into_iter().map(ApiKey::from).collect() })
}

/// Makes a key. It may do no more than whoever makes it. A person who signed in more than 15 minutes ago gives their password, too.
#[utoipa::path(post, path = PATH, tag = "settings", request_body = ApiKeyWanted, responses((status = 201, body = MadeKey, description = "Made; the key is shown this once")))]
async fn create_api_key(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::KeysWrite)?;
    let wanted: ApiKeyWanted = request.json()?;
    let scopes: Vec<Scope> = wanted.scopes.iter().map(|scope| scope.0).collect();
    if let Some(more) = scopes.iter().find(|scope| !caller.scopes().contains(scope)) {
        return Err(invalid_field("scopes", &format!("has {more}, which you may not do yourself")));
    }
    let proof =
        Proof { password: wanted.password.as_deref(), second_factor: wanted.second_factor.as_deref() };
    prove(&app, &caller, proof).await?;
    let new = NewKey {
        name: wanted.name.as_str().to_owned(),
        scopes,
        works_for: wanted.expires_days.map(|days| SignedDuration::from_hours(24 * i64::from(days.get()))),
    };
    once_in_secret(&app, &caller, &request, async |tx| {
        let made = accounts::add_key(&app, tx, caller.org, &new).await;
        let (id, key) = made.map_err(|error| not_made(caller.org, error))?;
        write_down(&app, tx, &caller, ("api_key.add", id)).await?;
        let made = MadeKey { id: Public(id), key: key.expose_secret().to_owned() };
        Answer::created(&made, format!("/api/v1{PATH}"))
    })
    .await
}

fn not_made(org: OrgId, error: AddKeyError) -> Problem {
    match error {
        AddKeyError::BadName => invalid_field("name", "must have 1 to 80 characters"),
        AddKeyError::NoScope => invalid_field("scopes", "must name at least one"),
        AddKeyError::NoTime => invalid_field("expires_days", "must be at least 1"),
        AddKeyError::Secret(error) => {
            tracing::error!(org.id = %org, error = chain(&error), "Could not make a key");
            Problem::INTERNAL
        }
        AddKeyError::Database(error) => problems::database(org, &error),
    }
}

/// Ends a key: it is refused within seconds.
#[utoipa::path(delete, path = "/keys/{id}", tag = "settings", params(("id" = String, Path)), responses((status = 204, description = "Revoked")))]
async fn delete_api_key(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.needs(Scope::KeysWrite)?;
    let id = ApiKeyId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    if !accounts::revoke_key(&mut tx, caller.org, id, app.clock.now()).await.map_err(failed)? {
        return Err(Problem::NOT_FOUND);
    }
    write_down(&app, &mut tx, &caller, ("api_key.revoke", id)).await?;
    tx.commit().await.map_err(failed)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn write_down(
    app: &App,
    tx: &mut PgConnection,
    caller: &ApiCaller,
    (action, id): (&'static str, ApiKeyId),
) -> Result<(), Problem> {
    let act =
        Act { actor: &caller.actor.to_string(), action, subject: Some(id.to_string()), detail: json!({}) };
    accounts::record_act(app, tx, caller.org, &act).await.map_err(|e| problems::database(caller.org, &e))
}
