//! Starting up, the same for every command: settings, database, keys, application.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use voxanne_sandbox::Sandbox;

use super::CommandError;
use super::failure::Doing as _;
use super::place;
use crate::orgs;
use crate::platform::app::App;
use crate::platform::clock::Clock;
use crate::platform::config::Config;
use crate::platform::db::{Class, Db};
use crate::platform::embedded::{self, Embedded};
use crate::platform::ids::Ids;
use crate::platform::migrate::{APP_ROLE, migrate};
use crate::platform::secrets::Keys;

/// What was being done when a migration fails.
pub(super) const MIGRATING: &str = "bring the database up to date";
/// Enough for the pools of several programs on one private server, and for somebody with psql.
const EMBEDDED_CONNECTIONS: u16 = 100;
/// Beyond the drain time, for what a request in hand still starts.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// The settings, from the environment.
pub(super) fn config() -> Result<Config, CommandError> {
    Config::load(|name| std::env::var(name).ok()).doing("read the settings")
}

/// Where texts go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Texts {
    /// Wherever the settings say.
    AsConfigured,
    /// To a sandbox of our own while nobody has an account to send them from.
    SandboxWithoutAccount,
    /// To a sandbox of our own.
    Sandbox,
}

/// How to start.
#[derive(Debug, Clone)]
pub(super) struct How {
    pub clock: Clock,
    /// Whether to bring the database up to date first.
    pub migrates: bool,
    /// Whether a key may be made up and kept, also beside a database that somebody else runs.
    pub keeps_key: bool,
    pub texts: Texts,
}

impl How {
    /// For commands that look or mend: nothing is migrated or sent.
    pub(super) fn to_look() -> Self {
        Self { clock: Clock::system(), migrates: false, keeps_key: false, texts: Texts::AsConfigured }
    }

    /// For roles that serve.
    pub(super) fn to_serve() -> Self {
        Self { clock: Clock::system(), migrates: true, keeps_key: false, texts: Texts::SandboxWithoutAccount }
    }
}

/// A started application and what it stands on. End it with [`Started::end`].
pub(super) struct Started {
    pub app: App,
    pub admin_url: SecretString,
    pub app_url: SecretString,
    pub sandbox: Option<Sandbox>,
    embedded: Option<Embedded>,
}

impl Started {
    /// Starts the private database if there is no other, and puts the application together.
    pub(super) async fn begin(mut config: Config, how: How) -> Result<Self, CommandError> {
        let dir = place::data_dir(&config)?;
        let is_private = config.database.url.expose_secret().is_empty();
        if is_private || how.keeps_key || how.texts == Texts::Sandbox {
            place::prepare(&dir)?;
        }
        if config.secrets.key.expose_secret().is_empty() && (is_private || how.keeps_key) {
            config.secrets.key = place::kept_key(&dir)?;
        }
        let keys = Keys::new(&config.secrets.key, &config.secrets.former_keys).doing("read the keys")?;
        let embedded = if is_private { Some(private_server(&config, &dir).await?) } else { None };
        // Settings are large, and every command would carry them twice.
        match Box::pin(Self::assemble(config, how, &dir, (keys, embedded.as_ref()))).await {
            Ok((app, [admin_url, app_url], sandbox)) => {
                Ok(Self { app, admin_url, app_url, sandbox, embedded })
            }
            Err(error) => {
                stop(embedded).await;
                Err(error)
            }
        }
    }

    async fn assemble(
        mut config: Config,
        how: How,
        dir: &Path,
        (keys, embedded): (Keys, Option<&Embedded>),
    ) -> Result<(App, [SecretString; 2], Option<Sandbox>), CommandError> {
        let admin_url =
            embedded.map_or_else(|| config.database.url.clone(), |server| server.admin_url("postgres"));
        if how.migrates {
            migrate(&admin_url, &keys.database_password()).await.doing(MIGRATING)?;
        }
        let app_url = app_url(&config, &admin_url, &keys)?;
        let db = Db::open(&app_url, &config.database).doing("read the database's URL")?;
        let sandbox = sandbox(&config, &how, dir, &db, &keys).await?;
        if let Some(sandbox) = &sandbox {
            config.twilio.base_url = sandbox.url();
        }
        if let (Some(sandbox), Texts::Sandbox) = (&sandbox, how.texts) {
            config.vapi.base_url = sandbox.url();
            use_mail(&mut config, sandbox.mail().port());
            use_google(&mut config, &sandbox.url());
        }
        let app =
            App::new(config, db, how.clock, Ids::random(), keys).doing("put the application together")?;
        Ok((app, [admin_url, app_url], sandbox))
    }

    /// Returns when the private database cannot be kept running; never where there is none.
    pub(super) async fn database_lost(&mut self) -> CommandError {
        match &mut self.embedded {
            None => std::future::pending().await,
            Some(server) => match server.keep_running().await {
                Err(error) => CommandError::Failed { doing: "keep PostgreSQL running", source: error.into() },
            },
        }
    }

    /// Finishes what has started, then closes the pools and the private database.
    pub(super) async fn end(self) {
        let app = self.app;
        app.stop();
        app.tasks.close();
        let patience = Duration::from_secs(app.config.server.drain_seconds) + LAST_WORDS;
        if tokio::time::timeout(patience, app.tasks.wait()).await.is_err() {
            tracing::warn!(tasks = app.tasks.len(), "Left some work unfinished after the drain time");
        }
        if let Some(sandbox) = self.sandbox {
            sandbox.stop().await;
        }
        app.db.close().await;
        stop(self.embedded).await;
    }
}

/// Google is the sandbox, which takes any client.
fn use_google(config: &mut Config, sandbox: &str) {
    let at = voxanne_google_calendar::Endpoints::at(sandbox);
    let google = &mut config.google;
    (google.auth_url, google.token_url) = (at.auth_url, at.token_url);
    (google.revoke_url, google.api_url) = (at.revoke_url, at.api_url);
    "sandbox".clone_into(&mut google.client_id);
    google.client_secret = "sandbox".into();
}

/// E-mails go to the sandbox's mailbox, whatever the settings say.
fn use_mail(config: &mut Config, port: u16) {
    let mail = &mut config.mail;
    "127.0.0.1".clone_into(&mut mail.host);
    mail.port = port;
    "none".clone_into(&mut mail.tls);
    mail.username = String::new();
    mail.password = SecretString::default();
    "voxanne@sandbox.example".clone_into(&mut mail.from_address);
}

async fn stop(server: Option<Embedded>) {
    let Some(server) = server else { return };
    if let Err(error) = server.stop().await {
        tracing::warn!(%error, "The program's own PostgreSQL did not stop");
    }
}

async fn private_server(config: &Config, dir: &Path) -> Result<Embedded, CommandError> {
    let binaries = Some(&config.database.binaries).filter(|named| !named.is_empty());
    let options = embedded::Options {
        data_dir: dir.join("postgres"),
        binaries: binaries.map(Into::into),
        port: None,
        durable: true,
        max_connections: EMBEDDED_CONNECTIONS,
        cache_dir: dir.join("cache"),
    };
    Embedded::start(&options).await.doing("start the program's own PostgreSQL")
}

/// The address that the unprivileged role logs in at: as configured, else beside the one that migrations use.
fn app_url(config: &Config, admin_url: &SecretString, keys: &Keys) -> Result<SecretString, CommandError> {
    if !config.database.app_url.expose_secret().is_empty() {
        return Ok(config.database.app_url.clone());
    }
    let unusable = || {
        CommandError::Refused(
            "database.url (DATABASE_URL) must be postgres://user:password@host:port/database; \
             for any other form set database.app_url as well"
                .into(),
        )
    };
    let mut url: reqwest::Url = admin_url.expose_secret().parse().ok().ok_or_else(unusable)?;
    url.set_username(APP_ROLE).ok().ok_or_else(unusable)?;
    url.set_password(Some(keys.database_password().expose_secret())).ok().ok_or_else(unusable)?;
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(name, _)| name != "user" && name != "password")
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    url.set_query(None);
    if !kept.is_empty() {
        url.query_pairs_mut().extend_pairs(kept);
    }
    Ok(String::from(url).into())
}

async fn sandbox(
    config: &Config,
    how: &How,
    dir: &Path,
    db: &Db,
    keys: &Keys,
) -> Result<Option<Sandbox>, CommandError> {
    let wanted = match how.texts {
        Texts::AsConfigured => false,
        Texts::Sandbox => true,
        Texts::SandboxWithoutAccount => {
            config.twilio.account_sid.is_empty()
                && config.twilio.base_url.starts_with("https://")
                && !has_own_account(db, keys).await.doing("read which orgs have a Twilio account")?
        }
    };
    if !wanted {
        return Ok(None);
    }
    let clock = how.clock.clone();
    let ledger = dir.is_dir().then(|| dir.join("texts.jsonl"));
    let options = voxanne_sandbox::Options { port: None, clock: Arc::new(move || clock.now()), ledger };
    Sandbox::start_with(options).await.map(Some).doing("start the sandbox for texts")
}

/// An org's own account must reach the real provider, whatever the others have.
async fn has_own_account(db: &Db, keys: &Keys) -> Result<bool, sqlx::Error> {
    let mut conn = db.begin_across(Class::Back).await?;
    let ids = orgs::org_ids(&mut conn).await?;
    conn.commit().await?;
    for org in ids {
        let mut tx = db.begin(Class::Back, org).await?;
        let settings = orgs::settings(&mut tx, keys, org).await?;
        tx.commit().await?;
        if settings.twilio.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn app_url_beside(admin: &str) -> Result<String, CommandError> {
        let config = Config::load(|_| None).unwrap();
        let keys = Keys::new(&"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=".into(), &"".into()).unwrap();
        app_url(&config, &admin.into(), &keys).map(|url| url.expose_secret().to_owned())
    }

    #[test]
    fn the_program_logs_in_beside_the_migrations_as_its_own_role() {
        let url =
            app_url_beside("postgres://admin:s%40cret@db.example.com:6432/clinic?sslmode=require&user=admin")
                .unwrap();
        assert!(url.starts_with("postgres://voxanne_app:"), "{url}");
        assert!(url.ends_with("@db.example.com:6432/clinic?sslmode=require"), "{url}");
        assert!(!url.contains("cret"), "{url}");
    }

    #[test]
    fn an_address_without_a_host_needs_both_settings() {
        let error = app_url_beside("postgres:///clinic?host=/run/postgresql").unwrap_err();
        assert!(error.to_string().contains("database.app_url"));
    }
}
