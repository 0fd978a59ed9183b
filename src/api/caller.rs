//! Who calls: the first thing that every handler knows.
//!
//! Three credentials open the API: a program's key, a token (JWT) of ours or of the issuer that the settings name, and the
//! session of somebody who is signed in. The first that a request presents is the one that counts.

use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use serde_json::{Value, json};

use super::in_their_language::{Reader, accepted};
use super::problems;
use crate::accounts::{self, Act, Actor, AskedBy, ORG_HEADER, Scope, Staff};
use crate::language::Language;
use crate::notifications;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::fair_share;
use crate::platform::ids::{OrgId, Prefixed as _};
use crate::platform::problem::Problem;
use crate::platform::telemetry::chain;

/// A program or a person whose credential holds.
#[derive(Debug, Clone)]
pub(super) struct ApiCaller {
    /// Whose data they may see: from the credential and from nowhere else.
    pub org: OrgId,
    /// Who acts, as logs name them.
    pub actor: Actor,
    /// What answers are written in: a session's person reads their own, everybody else what they ask for.
    pub reads: Language,
    allowed: Allowed,
}

#[derive(Debug, Clone)]
enum Allowed {
    /// What the key may do.
    Key(Vec<Scope>),
    /// What the role allows.
    Staff(Staff),
}

impl ApiCaller {
    /// Refuses whoever may not do what has `scope`.
    pub fn needs(&self, scope: Scope) -> Result<(), Problem> {
        match &self.allowed {
            Allowed::Key(scopes) if scopes.contains(&scope) => Ok(()),
            Allowed::Key(_) => Err(problems::missing_scope(scope)),
            Allowed::Staff(staff) if staff.may(scope) => Ok(()),
            Allowed::Staff(staff) => Err(problems::role_lacks(staff.role, scope)),
        }
    }

    /// What it may do.
    pub fn scopes(&self) -> &[Scope] {
        match &self.allowed {
            Allowed::Key(scopes) => scopes,
            Allowed::Staff(staff) => staff.role.scopes(),
        }
    }

    /// The person, if it is one.
    pub fn staff(&self) -> Option<&Staff> {
        match &self.allowed {
            Allowed::Key(_) => None,
            Allowed::Staff(staff) => Some(staff),
        }
    }

    /// Writes down that they did it, and to what: committed with it, so that what the log does not tell has not happened.
    pub async fn did(
        &self,
        app: &App,
        tx: &mut PgConnection,
        (action, subject): (&'static str, Option<String>),
    ) -> Result<(), Problem> {
        self.did_with(app, tx, (action, subject), json!({})).await
    }

    /// The same with what there is to know of it.
    pub async fn did_with(
        &self,
        app: &App,
        tx: &mut PgConnection,
        (action, subject): (&'static str, Option<String>),
        detail: Value,
    ) -> Result<(), Problem> {
        let act = Act { actor: &self.actor.to_string(), action, subject, detail };
        let done = accounts::record_act(app, tx, self.org, &act).await;
        done.map_err(|error| problems::database(self.org, &error))
    }

    /// As people know them: a person's name, and a program's key.
    pub fn name(&self) -> String {
        self.staff().map_or_else(|| self.actor.to_string(), |staff| staff.name.clone())
    }

    /// Of texts and mails that come of what they ask.
    pub fn language(&self) -> Language {
        self.staff().map_or(Language::English, |staff| staff.language)
    }

    fn of_staff(staff: Staff, reads: Language) -> Self {
        Self { org: staff.org, actor: Actor::Staff(staff.user), reads, allowed: Allowed::Staff(staff) }
    }
}

impl FromRequestParts<App> for ApiCaller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let caller = seated(app, parts).await;
        if caller.as_ref().is_err_and(|problem| problem.status == Problem::UNAUTHENTICATED.status) {
            metrics::counter!("voxanne_api_refused_total").increment(1);
        }
        if let (Ok(caller), Some(reader)) = (&caller, parts.extensions.get::<Reader>()) {
            reader.reads(caller.reads);
        }
        caller
    }
}

/// Who calls, with a seat among the requests of their org (W27).
async fn seated(app: &App, parts: &Parts) -> Result<ApiCaller, Problem> {
    let (presented, is_bearer) = match parts.headers.get(header::AUTHORIZATION) {
        Some(value) => (value.to_str().ok().and_then(|value| value.strip_prefix("Bearer ")), true),
        None => (accounts::session_token(app, &parts.headers), false),
    };
    let presented = presented.ok_or(Problem::UNAUTHENTICATED)?;
    // W10. Before anything else: another site's page learns nothing, not even whether somebody is signed in.
    if !is_bearer && !parts.method.is_safe() && !accounts::is_from_own_page(app, &parts.headers) {
        return Err(Problem::CROSS_SITE);
    }
    fair_share::wait(app, &parts.extensions, presented).await?;
    let caller = if is_bearer {
        by_bearer(app, presented, &parts.headers).await?
    } else {
        by_session(app, presented, &parts.headers).await?
    };
    // The path as it was asked for: the router has taken its beginning off.
    let path = parts.extensions.get::<OriginalUri>().map_or(parts.uri.path(), |uri| uri.path());
    if caller.staff().is_some_and(|staff| staff.owes_second_factor) && !is_before_second_factor(path) {
        return Err(Problem::SECOND_FACTOR_REQUIRED);
    }
    fair_share::take_as(app, &parts.extensions, (presented, caller.org)).await?;
    if parts.method.is_safe() {
        let (actor, query) = (caller.actor.to_string(), parts.uri.query().unwrap_or_default());
        let wait = notifications::note_look(app, (caller.org, &actor), (path, query)).await;
        if let Some(seconds) = wait.map_err(|error| problems::database(caller.org, &error))? {
            return Err(Problem::TOO_MANY_READS.with("retry_after_seconds", seconds));
        }
    }
    Ok(caller)
}

/// What opens to somebody whose clinic wants a second factor that they have not set up yet: their own account. A token would open
/// the rest to them.
fn is_before_second_factor(path: &str) -> bool {
    path.strip_prefix("/api/v1/account").is_some_and(|rest| rest != "/tokens")
}

async fn by_bearer(app: &App, presented: &str, headers: &HeaderMap) -> Result<ApiCaller, Problem> {
    // No key has a full stop, and every token has two.
    if presented.contains('.') {
        // An org that nobody can have is one that they do not belong to.
        let named = |value: &HeaderValue| {
            let org = value.to_str().ok().and_then(OrgId::parse);
            org.ok_or_else(|| problems::token(&accounts::TokenError::NotOfOrg))
        };
        let wanted = headers.get(ORG_HEADER).map(named);
        let staff = accounts::staff_of_token(app, presented, wanted.clone().and_then(Result::ok)).await;
        let staff = staff.map_err(|error| problems::token(&error))?;
        wanted.transpose()?;
        return Ok(ApiCaller::of_staff(staff, accepted(headers)));
    }
    match accounts::authenticate(app, presented).await {
        Ok(Some(holder)) => Ok(ApiCaller {
            org: holder.org,
            actor: Actor::Key(holder.key),
            reads: accepted(headers),
            allowed: Allowed::Key(holder.scopes),
        }),
        Ok(None) => Err(Problem::UNAUTHENTICATED),
        Err(error) => {
            tracing::error!(error = chain(&*error), "Could not look up a key of the API");
            Err(Problem::UNAVAILABLE)
        }
    }
}

async fn by_session(app: &App, token: &str, headers: &HeaderMap) -> Result<ApiCaller, Problem> {
    match accounts::staff_of_session(app, token, AskedBy::of(headers)).await {
        Ok(Some(staff)) if !staff.shows_what_is_meant(headers) => Err(Problem::OTHER_ORG),
        Ok(Some(staff)) => {
            let reads = staff.language;
            Ok(ApiCaller::of_staff(staff, reads))
        }
        Ok(None) => Err(Problem::UNAUTHENTICATED),
        Err(error) => {
            tracing::error!(error = chain(&*error), "Could not look up a session");
            Err(Problem::UNAVAILABLE)
        }
    }
}
