//! Begins a consent: a link that works once, soon, and ties what comes of it to the browser that opened it.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use uuid::Uuid;
use voxanne_google_calendar as wire;

use super::google::{self, SCOPES};
use super::return_to::ReturnTo;
use super::sealed::{self, VERIFIER};
use super::signed::{Purpose, Signed};
use super::store::{self, NewConsent};
use crate::platform::app::App;
use crate::platform::config::Config;
use crate::platform::db::PgConnection;
use crate::platform::ids::{ConsentId, OrgId, SessionId};
use crate::platform::secrets::{self, SecretError};

/// How long a person may take.
pub const CONSENT_LASTS: Duration = Duration::from_mins(10);

/// Why no consent can begin, or go on.
#[derive(Debug, thiserror::Error)]
pub enum BeginError {
    /// The installation has no client at Google.
    #[error("google.client_id (GOOGLE_CLIENT_ID) is not set")]
    NotConfigured,
    /// Google has nowhere to send the person back to.
    #[error("server.public_url (BACKEND_URL) is not set")]
    NoPublicUrl,
    /// No such practitioner.
    #[error("no such practitioner")]
    NoPractitioner,
    /// The link was opened before, is too old, or not ours.
    #[error("the link is used up")]
    UsedUp,
    /// Somebody asked for the link while signed in, and this browser is not signed in so.
    #[error("the link is another session's")]
    NotTheirs,
    /// Nothing can be sealed.
    #[error("could not seal the consent")]
    Sealed(#[from] SecretError),
    /// The database refused or went away.
    #[error("the database refused")]
    Unexpected(#[from] sqlx::Error),
}

/// A consent that can be opened.
#[derive(Debug, Clone)]
pub struct Begun {
    /// For `/api/google-oauth/authorize?ticket=`.
    pub ticket: String,
    signed: Signed,
}

impl Begun {
    /// The same consent, whose browser goes back to `page` afterwards. Without one it reads that it can close the window.
    #[must_use]
    pub fn returning_to(self, app: &App, page: ReturnTo) -> Self {
        let signed = Signed { to: Some(page), ..self.signed };
        Self { ticket: signed.write(app, Purpose::Ticket), signed }
    }

    /// What a person opens in their browser.
    pub fn link(&self, config: &Config) -> String {
        format!("{}/api/google-oauth/authorize?ticket={}", config.server.public_url, self.ticket)
    }
}

/// Who asks for a link.
#[derive(Debug, Clone, Copy)]
pub struct Asker<'a> {
    /// As the audit log names them.
    pub actor: &'a str,
    /// Their session, which alone can then open and finish it; `None` where a program or the operator asks for somebody.
    pub session: Option<SessionId>,
}

/// Who is signed in with the browser that opens a link, or comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InBrowser {
    /// Their session.
    pub session: SessionId,
    /// The org that it shows, whose calendars they may connect.
    pub org: OrgId,
}

/// Whether what was begun is for whoever is signed in.
pub(super) async fn is_theirs(
    tx: &mut PgConnection,
    (org, id): (OrgId, ConsentId),
    who: Option<InBrowser>,
) -> sqlx::Result<bool> {
    let wanted = store::session_of_consent(tx, org, id).await?;
    Ok(wanted.is_none_or(|session| who == Some(InBrowser { session, org })))
}

/// A consent that was opened in a browser.
#[derive(Debug, Clone)]
pub struct Opened {
    /// Where the browser goes.
    pub consent_url: String,
    /// What the browser has to bring back, as a cookie.
    pub browser: SecretString,
}

/// Where Google sends people back to: exactly this has to be registered there.
pub fn redirect_uri(config: &Config) -> String {
    format!("{}/api/google-oauth/callback", config.server.public_url)
}

/// Begins a consent for the clinic's calendar, or a practitioner's.
pub async fn begin_consent(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    practitioner: Option<Uuid>,
    asked_by: Asker<'_>,
) -> Result<Begun, BeginError> {
    if app.config.google.client_id.is_empty() {
        return Err(BeginError::NotConfigured);
    }
    if app.config.server.public_url.is_empty() {
        return Err(BeginError::NoPublicUrl);
    }
    if let Some(id) = practitioner
        && !store::has_practitioner(tx, org, id).await?
    {
        return Err(BeginError::NoPractitioner);
    }
    let (id, now) = (app.new_id::<ConsentId>(), app.clock.now());
    let verifier = secrets::new_token()?;
    let new = NewConsent {
        id,
        practitioner,
        verifier_sealed: &sealed::seal(app, org, (VERIFIER, id.0), &verifier)?,
        started_by: asked_by.actor,
        session: asked_by.session,
        expires_at: super::ask::later(now, CONSENT_LASTS),
    };
    store::insert_consent(tx, org, &new, now).await?;
    let signed = Signed::new(org, id.0);
    Ok(Begun { ticket: signed.write(app, Purpose::Ticket), signed })
}

/// Opens the link: from now on only this browser can finish it. What somebody asked for who is signed in, nobody else opens.
pub async fn open_consent(app: &App, ticket: &str, who: Option<InBrowser>) -> Result<Opened, BeginError> {
    let signed = Signed::verify(app, Purpose::Ticket, ticket).ok_or(BeginError::UsedUp)?;
    let (org, id) = (signed.org, signed.row);
    let browser = SecretString::from(secrets::new_token()?);
    let digest = app.keys.digest(browser.expose_secret());
    let mut tx = app.begin(org).await?;
    if !is_theirs(&mut tx, (org, ConsentId(id)), who).await? {
        return Err(BeginError::NotTheirs);
    }
    let bound = store::bind_browser(&mut tx, org, ConsentId(id), &digest, app.clock.now()).await?;
    tx.commit().await?;
    let bound = bound.ok_or(BeginError::UsedUp)?;
    let verifier = sealed::open(app, org, (VERIFIER, id), &bound.verifier_sealed)?;
    let ask = wire::ConsentRequest {
        redirect_uri: &redirect_uri(&app.config),
        state: &signed.write(app, Purpose::State),
        challenge: &wire::challenge(&verifier),
        scopes: &SCOPES,
    };
    let patience = Duration::from_secs(app.config.calendars.timeout_seconds);
    Ok(Opened { consent_url: google::client(app, patience).consent_url(&ask), browser })
}
