//! `/webhook-secrets`: what the voice platform proves itself with. Several may be active while it is moved over.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use voxanne_vapi::auth::Scheme;

use crate::accounts::Scope;
use crate::api::answer::Answer;
use crate::api::caller::ApiCaller;
use crate::api::few::few;
use crate::api::idempotency::once_in_secret;
use crate::api::problems::{self, invalid_field};
use crate::api::request::Received;
use crate::orgs::{self, CreateError, ListedSecret};
use crate::platform::app::App;
use crate::platform::bounded::{Instant, Text};
use crate::platform::ids::{OrgId, Prefixed as _, WebhookSecretId};
use crate::platform::problem::Problem;
use crate::platform::public::Public;
use crate::platform::secrets;
use crate::platform::telemetry::chain;

const PATH: &str = "/webhook-secrets";

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_webhook_secrets, create_webhook_secret))
        .routes(routes!(delete_webhook_secret))
}

/// How the platform proves that it knows a secret.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = WebhookProof)]
enum Proof {
    /// The secret itself in `x-vapi-secret`.
    #[default]
    XVapiSecret,
    /// `Authorization: Bearer`.
    Bearer,
    /// The platform's HMAC credential as it is by default.
    HmacDefault,
    /// HMAC over the body alone, in `X-Vapi-Signature`.
    HmacBodyOnly,
    /// Another form, which an operator chose.
    Other,
}

impl Proof {
    fn scheme(self) -> Option<Scheme> {
        match self {
            Self::XVapiSecret => Some(Scheme::VapiSecret),
            Self::Bearer => Some(Scheme::bearer()),
            Self::HmacDefault => Some(Scheme::hmac_default()),
            Self::HmacBodyOnly => Some(Scheme::hmac_body_only()),
            Self::Other => None,
        }
    }

    fn of(scheme: &serde_json::Value) -> Self {
        let known = [Self::XVapiSecret, Self::Bearer, Self::HmacDefault, Self::HmacBodyOnly];
        let scheme: Option<Scheme> = serde_json::from_value(scheme.clone()).ok();
        known.into_iter().find(|proof| proof.scheme() == scheme).unwrap_or(Self::Other)
    }
}

/// A secret, without it.
#[derive(Debug, Serialize, ToSchema)]
struct WebhookSecret {
    #[schema(inline)]
    id: Public<WebhookSecretId>,
    proof: Proof,
    #[schema(inline)]
    created_at: Instant,
}

impl From<ListedSecret> for WebhookSecret {
    fn from(row: ListedSecret) -> Self {
        Self { id: Public(row.id), proof: Proof::of(&row.scheme), created_at: row.created_at.into() }
    }
}

/// All of them: an org has few.
#[derive(Debug, Serialize, ToSchema)]
struct WebhookSecrets {
    items: Vec<WebhookSecret>,
}

/// A secret to issue.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WebhookSecretWanted {
    #[serde(default)]
    proof: Proof,
    /// One that the platform has already; made up when it is not given.
    #[schema(inline)]
    secret: Option<Text<16, 200>>,
}

/// A secret that was just issued.
#[derive(Serialize, ToSchema)]
struct IssuedSecret {
    #[schema(inline)]
    id: Public<WebhookSecretId>,
    proof: Proof,
    /// Shown this once.
    secret: String,
}

/// Lists the secrets that are active, oldest first. None of them is shown.
#[utoipa::path(get, path = PATH, tag = "settings", responses((status = 200, body = WebhookSecrets, description = "All of them")))]
async fn list_webhook_secrets(State(app): State<App>, caller: ApiCaller) -> Result<Answer, Problem> {
    caller.needs(Scope::SettingsRead)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let found = orgs::webhook_secrets(&mut tx, caller.org).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&WebhookSecrets { items: found.into_iter().map(WebhookSecret::from).collect() })
}

/// Adds a secret beside those that are active, so that the platform can be moved over without a gap.
#[utoipa::path(post, path = PATH, tag = "settings", request_body = WebhookSecretWanted, responses((status = 201, body = IssuedSecret, description = "Issued; the secret is shown this once")))]
async fn create_webhook_secret(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::SettingsWrite)?;
    let wanted: WebhookSecretWanted = request.json()?;
    let scheme = wanted.proof.scheme();
    let scheme = scheme.ok_or_else(|| invalid_field("proof", "is for operators to choose"))?;
    once_in_secret(&app, &caller, &request, async |tx| {
        let secret: SecretString = match &wanted.secret {
            Some(given) => given.as_str().into(),
            None => secrets::new_token().map_err(|error| broken(caller.org, &error))?.into(),
        };
        let id = orgs::issue_secret(&app, tx, caller.org, &scheme, &secret).await;
        let id = WebhookSecretId(id.map_err(|error| not_issued(caller.org, error))?);
        caller.did(&app, tx, ("webhook_secret.add", Some(id.to_string()))).await?;
        few(tx, caller.org, orgs::webhook_secrets).await?;
        let secret = secret.expose_secret().to_owned();
        let issued = IssuedSecret { id: Public(id), proof: wanted.proof, secret };
        Answer::created(&issued, format!("/api/v1{PATH}"))
    })
    .await
}

fn not_issued(org: OrgId, error: CreateError) -> Problem {
    match error {
        CreateError::WeakSecret => invalid_field("secret", "must have at least 16 characters"),
        CreateError::Database(error) if crate::platform::db::violates(&error, "directory_names_one_org") => {
            invalid_field("secret", "is in use already; a secret names one clinic")
        }
        CreateError::Database(error) => problems::database(org, &error),
        CreateError::Secret(error) => broken(org, &error),
        CreateError::UnknownZone(_) => Problem::INTERNAL,
    }
}

/// A secret that can be made or sealed no more is ours to fix.
pub(super) fn broken(org: OrgId, error: &secrets::SecretError) -> Problem {
    tracing::error!(org.id = %org, error = chain(error), "Could not make or seal a secret");
    Problem::INTERNAL
}

/// Ends a secret: what the platform proves by it is refused within seconds.
#[utoipa::path(delete, path = "/webhook-secrets/{id}", tag = "settings", params(("id" = String, Path)), responses((status = 204, description = "Ended")))]
async fn delete_webhook_secret(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.needs(Scope::SettingsWrite)?;
    let id = WebhookSecretId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    if !orgs::revoke_secret(&app, &mut tx, caller.org, id.0).await.map_err(failed)? {
        return Err(Problem::NOT_FOUND);
    }
    caller.did(&app, &mut tx, ("webhook_secret.revoke", Some(id.to_string()))).await?;
    tx.commit().await.map_err(failed)?;
    Ok(StatusCode::NO_CONTENT)
}
