//! Who calls: the first thing that every handler knows.

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;

use super::problems;
use crate::accounts::{self, Scope};
use crate::platform::app::App;
use crate::platform::ids::{ApiKeyId, OrgId};
use crate::platform::problem::Problem;
use crate::platform::telemetry::chain;

/// A program whose key holds.
#[derive(Debug, Clone)]
pub(super) struct ApiCaller {
    /// Whose data it may see: from its key and from nowhere else.
    pub org: OrgId,
    /// Its key.
    pub key: ApiKeyId,
    /// What the key may do.
    scopes: Vec<Scope>,
}

impl ApiCaller {
    /// Refuses a key without `scope`.
    pub fn needs(&self, scope: Scope) -> Result<(), Problem> {
        if self.scopes.contains(&scope) { Ok(()) } else { Err(problems::missing_scope(scope)) }
    }
}

impl ApiCaller {
    /// As the audit log names it.
    pub fn actor(&self) -> String {
        format!("api:{}", self.key)
    }

    /// Of texts that come of what it asks.
    #[expect(clippy::unused_self, reason = "a person's is theirs")]
    pub fn language(&self) -> crate::language::Language {
        crate::language::Language::English
    }
}

impl ApiCaller {
    /// Where mail to the person goes; a program has none.
    #[expect(clippy::unused_self, reason = "a person's is theirs")]
    pub fn email(&self) -> Option<&str> {
        None
    }
}

impl FromRequestParts<App> for ApiCaller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let presented = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let key =
            presented.and_then(|value| value.strip_prefix("Bearer ")).ok_or(Problem::UNAUTHENTICATED)?;
        match accounts::authenticate(app, key).await {
            Ok(Some(holder)) => Ok(Self { org: holder.org, key: holder.key, scopes: holder.scopes }),
            Ok(None) => {
                metrics::counter!("voxanne_api_refused_total").increment(1);
                Err(Problem::UNAUTHENTICATED)
            }
            Err(error) => {
                tracing::error!(error = chain(&*error), "Could not look up a key of the API");
                Err(Problem::UNAVAILABLE)
            }
        }
    }
}
