//! Finishes a consent: what Google sent back becomes a connected account, or nothing is stored.

use std::time::Duration;

use secrecy::ExposeSecret as _;
use serde_json::json;
use uuid::Uuid;
use voxanne_google_calendar as wire;

use super::ask::later;
use super::begin_consent::{InBrowser, is_theirs, redirect_uri};
use super::connect::{Grant, NewAccount, connect};
use super::connection::{ProviderKind, State};
use super::google::{self, SCOPES};
use super::return_to::ReturnTo;
use super::revoke::end;
use super::sealed::{self, SECRET, VERIFIER};
use super::signed::{Purpose, Signed};
use super::store;
use super::trouble::Trouble;
use crate::accounts::{self, Act};
use crate::platform::app::App;
use crate::platform::ids::{ConsentId, OrgId};
use crate::platform::secrets::SecretError;

/// What a browser brought back from Google.
#[derive(Debug, Clone, Copy)]
pub struct Returned<'a> {
    /// The state parameter.
    pub state: &'a str,
    /// The code, unless the person refused.
    pub code: Option<&'a str>,
    /// The cookie of the browser that opened the link.
    pub browser: &'a str,
    /// Who is signed in with it.
    pub who: Option<InBrowser>,
}

/// A consent that became an account.
#[derive(Debug, Clone)]
pub struct Consent {
    /// Whose.
    pub org: OrgId,
    /// The account's name.
    pub account: String,
}

/// Why a consent came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum ConsentError {
    /// Changed on the way, used before, too late, another browser's, or another session's. Says no more on purpose.
    #[error("the consent is not one that was begun here")]
    Invalid,
    /// The person said no.
    #[error("the person refused")]
    Refused,
    /// The person left out something that is needed.
    #[error("the person did not grant everything")]
    MissingScopes {
        /// What was left out, as it was asked for.
        missing: Vec<&'static str>,
    },
    /// Google gave no lasting access, and there is none from before.
    #[error("no refresh token was given")]
    NoRefreshToken,
    /// Google did not do its part.
    #[error("Google did not do its part")]
    Provider(#[from] Trouble),
    /// The account has no calendar of its own that can be written.
    #[error("the account has no calendar that can be used")]
    NoCalendar,
    /// Nothing can be sealed or opened.
    #[error("could not seal what lets us in")]
    Sealed(#[from] SecretError),
    /// The database refused or went away.
    #[error("the database refused")]
    Unexpected(#[from] sqlx::Error),
}

/// Where the browser that brings this state goes back to; `None` when whoever began it named no page, or it is none of ours.
pub fn return_of(app: &App, state: &str) -> Option<ReturnTo> {
    Signed::verify(app, Purpose::State, state)?.to
}

/// Uses the consent up, asks Google for tokens and calendars, and connects the account.
pub async fn finish_consent(app: &App, returned: Returned<'_>) -> Result<Consent, ConsentError> {
    let signed = Signed::verify(app, Purpose::State, returned.state).ok_or(ConsentError::Invalid)?;
    let (org, id) = (signed.org, signed.row);
    let digest = app.keys.digest(returned.browser);
    let mut tx = app.begin(org).await?;
    if !is_theirs(&mut tx, (org, ConsentId(id)), returned.who).await? {
        return Err(ConsentError::Invalid);
    }
    let used = store::use_consent(&mut tx, org, ConsentId(id), &digest, app.clock.now()).await?;
    tx.commit().await?;
    let used = used.ok_or(ConsentError::Invalid)?;
    let code = returned.code.ok_or(ConsentError::Refused)?;
    let client = google::client(app, Duration::from_secs(app.config.calendars.timeout_seconds));
    let verifier = sealed::open(app, org, (VERIFIER, id), &used.verifier_sealed)?;
    let tokens = client.exchange(code, &redirect_uri(&app.config), &verifier).await.map_err(Trouble::from)?;
    let is_granted = |needed: &&str| tokens.scopes.iter().any(|granted| granted == needed);
    let missing: Vec<&'static str> = SCOPES.into_iter().filter(|needed| !is_granted(needed)).collect();
    if !missing.is_empty() {
        return Err(ConsentError::MissingScopes { missing });
    }
    let listed = client.calendars(&tokens.access_token).await.map_err(Trouble::from)?;
    let account = listed.iter().find(|entry| entry.is_primary && entry.can_write);
    let account = account.ok_or(ConsentError::NoCalendar)?.id.clone();
    let calendars = listed.into_iter().map(google::listed).collect();
    let account = NewAccount {
        provider: ProviderKind::Google,
        practitioner: used.practitioner_id,
        account,
        server_url: None,
        calendars,
    };
    store_account(app, (org, &used.started_by), account, tokens).await
}

async fn store_account(
    app: &App,
    (org, actor): (OrgId, &str),
    account: NewAccount,
    tokens: wire::Tokens,
) -> Result<Consent, ConsentError> {
    let mut tx = app.begin(org).await?;
    let secret = match tokens.refresh_token {
        Some(secret) => secret,
        // A second consent may come without: what we have goes on working.
        None => kept_secret(app, &mut tx, org, &account).await?.ok_or(ConsentError::NoRefreshToken)?,
    };
    let grant = Grant {
        secret,
        access: Some((tokens.access_token, later(app.clock.now(), tokens.expires_in))),
        scopes: tokens.scopes,
    };
    let name = account.account.clone();
    let (id, former) = connect(app, &mut tx, org, account, &grant).await?;
    let act = Act {
        actor,
        action: "calendar_connection.write",
        subject: Some(id.to_string()),
        detail: json!({ "provider": ProviderKind::Google.as_str() }),
    };
    accounts::record_act(app, &mut tx, org, &act).await?;
    tx.commit().await?;
    if let Some(former) = former {
        end(app, org, &former).await?;
    }
    super::freshen::forget(app, org).await;
    Ok(Consent { org, account: name })
}

/// The secret of the same account, if it is the one that is connected there.
async fn kept_secret(
    app: &App,
    tx: &mut crate::platform::db::PgConnection,
    org: OrgId,
    account: &NewAccount,
) -> Result<Option<secrecy::SecretString>, ConsentError> {
    let practitioner: Option<Uuid> = account.practitioner;
    let Some(known) = store::connection_of(tx, org, practitioner).await? else { return Ok(None) };
    // A CalDAV account of the same name has a password there, which is nothing for Google; one that Google refused is none.
    let is_same = known.account.as_deref() == Some(&account.account)
        && known.provider == account.provider.as_str()
        && known.state == State::Connected.as_str();
    let Some(sealed) = known.secret_sealed.filter(|_| is_same) else { return Ok(None) };
    // One that does not open (a key was lost) is none: the person is told how to get a new one.
    let secret = sealed::open(app, org, (SECRET, known.id.0), &sealed).ok();
    Ok(secret.filter(|secret| !secret.expose_secret().is_empty()))
}
