//! Every setting: `config/voxanne.toml` holds defaults, units and meanings; the environment overrides.

mod accounts;
mod calendars;
mod live;
mod log;
mod mail;
mod server;

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::network::Network;

pub use accounts::{Accounts, Tokens};
pub use calendars::Calendars;
pub use live::Live;
pub use log::Log;
pub use mail::Mail;
pub use server::Server;

const DEFAULTS: &str = include_str!("../../config/voxanne.toml");

/// Names that existing installations use, and the setting each one sets.
const TRADITIONAL: &[(&str, &str, &str)] = &[
    ("DATABASE_URL", "database", "url"),
    ("BACKEND_URL", "server", "public_url"),
    ("TWILIO_ACCOUNT_SID", "twilio", "account_sid"),
    ("TWILIO_AUTH_TOKEN", "twilio", "auth_token"),
    ("TWILIO_API_KEY_SID", "twilio", "api_key_sid"),
    ("TWILIO_API_KEY_SECRET", "twilio", "api_key_secret"),
    ("TWILIO_PHONE_NUMBER", "twilio", "phone_number"),
    ("GOOGLE_CLIENT_ID", "google", "client_id"),
    ("GOOGLE_CLIENT_SECRET", "google", "client_secret"),
    ("GOOGLE_ENCRYPTION_KEY", "google", "encryption_key"),
    ("SUPABASE_JWT_SECRET", "tokens", "secret"),
];

/// Everything that can be configured. Each field is explained in `config/voxanne.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/voxanne.toml explains each")]
pub struct Config {
    pub server: Server,
    pub database: Database,
    pub voice: Voice,
    pub texts: Texts,
    pub waitlist: Waitlist,
    pub twilio: Twilio,
    pub mail: Mail,
    pub vapi: Vapi,
    pub google: Google,
    pub calendars: Calendars,
    pub accounts: Accounts,
    pub tokens: Tokens,
    pub live: Live,
    pub secrets: Secrets,
    pub log: Log,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/voxanne.toml explains each")]
pub struct Database {
    pub url: SecretString,
    pub app_url: SecretString,
    pub pgbouncer: bool,
    pub data_dir: String,
    pub binaries: String,
    pub live_connections: u32,
    pub back_connections: u32,
    pub live_wait_ms: u64,
    pub back_wait_ms: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/voxanne.toml explains each")]
pub struct Voice {
    pub tool_budget_ms: u64,
    pub tools_per_call_max: i64,
    pub bookings_per_call_max: i64,
    pub texts_per_call_max: i64,
    pub hold_minutes: i64,
    pub calendar_fresh_minutes: i64,
    pub late_tool_seconds: i64,
    pub stale_call_minutes: i64,
    pub missing_report_minutes: i64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/voxanne.toml explains each")]
pub struct Texts {
    pub per_number_per_day_max: i64,
    pub per_number_per_week_max: i64,
    pub marketing_per_week_max: i64,
    pub per_org_per_hour_max: i64,
    pub per_prefix_per_hour_max: i64,
    pub timeout_seconds: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/voxanne.toml explains each")]
pub struct Waitlist {
    pub offer_minutes: i64,
    pub ahead_minutes: i64,
    pub texts_from_hour: i8,
    pub texts_to_hour: i8,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/voxanne.toml explains each")]
pub struct Twilio {
    pub account_sid: String,
    pub auth_token: SecretString,
    pub api_key_sid: String,
    pub api_key_secret: SecretString,
    pub phone_number: String,
    pub base_url: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/voxanne.toml explains each")]
pub struct Vapi {
    pub base_url: String,
    pub expected_network: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/voxanne.toml explains each")]
pub struct Google {
    pub client_id: String,
    pub client_secret: SecretString,
    pub encryption_key: SecretString,
    pub former_encryption_keys: SecretString,
    pub auth_url: String,
    pub token_url: String,
    pub revoke_url: String,
    pub api_url: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/voxanne.toml explains each")]
pub struct Secrets {
    pub key: SecretString,
    pub former_keys: SecretString,
}

/// A setting that cannot be used. Names the setting and what it takes; never its value.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The built-in defaults or an override do not parse.
    #[error("a setting does not parse: {0}")]
    Unreadable(#[from] toml::de::Error),
    /// An environment variable has a value of the wrong kind.
    #[error("{variable} must be {expected}")]
    WrongKind {
        /// The environment variable.
        variable: String,
        /// What it takes.
        expected: &'static str,
    },
    /// Two settings contradict each other, or one is out of its range.
    #[error("{0}")]
    Unusable(String),
}

impl Config {
    /// Defaults overridden by what `variable` returns (in production: the environment).
    pub fn load(variable: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut settings: toml::Table = toml::from_str(DEFAULTS)?;
        for (section, keys) in &mut settings {
            let Some(keys) = keys.as_table_mut() else { continue };
            for (key, value) in keys {
                let own = format!("VOXANNE_{}_{}", section.to_uppercase(), key.to_uppercase());
                let traditional = TRADITIONAL.iter().find(|(_, s, k)| s == section && k == key);
                let set = traditional.and_then(|(name, ..)| Some(((*name).to_owned(), variable(name)?)));
                if let Some((name, raw)) = variable(&own).map(|raw| (own, raw)).or(set) {
                    *value = parsed_like(value, name, raw.trim())?;
                }
            }
        }
        let mut config: Self = settings.try_into()?;
        if let Some(port) = variable("PORT") {
            let port: u16 = port.trim().parse().ok().ok_or_else(|| ConfigError::WrongKind {
                variable: "PORT".into(),
                expected: "a port number",
            })?;
            config.server.listen = format!("0.0.0.0:{port}");
        }
        config.server.public_url = checked_public_url(&config.server.public_url)?;
        config.check()?;
        Ok(config)
    }

    /// Settings that must agree with each other.
    fn check(&self) -> Result<(), ConfigError> {
        if self.voice.tool_budget_ms >= 20_000 {
            return Err(ConfigError::Unusable(
                "voice.tool_budget_ms must stay far below the platform's 20 seconds".into(),
            ));
        }
        if self.database.live_wait_ms >= self.voice.tool_budget_ms {
            return Err(ConfigError::Unusable(
                "database.live_wait_ms must be below voice.tool_budget_ms, or a caller waits in silence"
                    .into(),
            ));
        }
        if !(1..self.database.back_connections as usize).contains(&self.server.org_requests_max) {
            return Err(ConfigError::Unusable(
                "server.org_requests_max must be at least 1 and below database.back_connections, or one clinic takes every connection"
                    .into(),
            ));
        }
        let (from, to) = (self.waitlist.texts_from_hour, self.waitlist.texts_to_hour);
        if !(0 <= from && from < to && to <= 24) {
            return Err(ConfigError::Unusable(
                "waitlist.texts_from_hour must come before waitlist.texts_to_hour, both within 0 to 24"
                    .into(),
            ));
        }
        // An offer says "until 1:40 PM today", and keeps its time from everybody else meanwhile.
        let ends_today = i64::from(to) * 60 + self.waitlist.offer_minutes <= 24 * 60;
        if !(5..=240).contains(&self.waitlist.offer_minutes) || !ends_today || self.waitlist.ahead_minutes < 0
        {
            return Err(ConfigError::Unusable(
                "waitlist.offer_minutes must be 5 to 240 and end by midnight after waitlist.texts_to_hour, and waitlist.ahead_minutes must not be negative".into(),
            ));
        }
        if self.google.client_id.is_empty() != self.google.client_secret.expose_secret().is_empty() {
            return Err(ConfigError::Unusable(
                "google.client_id (GOOGLE_CLIENT_ID) and google.client_secret (GOOGLE_CLIENT_SECRET) go together".into(),
            ));
        }
        let Self { server, mail, accounts, tokens, live, calendars, log, .. } = self;
        let checks = [
            server.check(),
            mail.check(),
            accounts.check(),
            tokens.check(),
            live.check(),
            calendars.check(&self.voice),
            log.check(),
        ];
        for checked in checks {
            checked.map_err(|wrong| ConfigError::Unusable(wrong.into()))?;
        }
        let twilio = &self.twilio;
        if twilio.api_key_sid.is_empty() != twilio.api_key_secret.expose_secret().is_empty()
            || !(twilio.api_key_sid.is_empty() || twilio.api_key_sid.starts_with("SK"))
        {
            return Err(ConfigError::Unusable(
                "twilio.api_key_sid (TWILIO_API_KEY_SID, SK…) and twilio.api_key_secret (TWILIO_API_KEY_SECRET) go together".into(),
            ));
        }
        if !self.vapi.expected_network.is_empty() && Network::parse(&self.vapi.expected_network).is_none() {
            return Err(ConfigError::Unusable("vapi.expected_network must be like 167.150.224.0/23".into()));
        }
        if self.database.live_connections == 0 || self.database.back_connections < 3 {
            return Err(ConfigError::Unusable(
                "database.live_connections must be at least 1 and database.back_connections at least 3"
                    .into(),
            ));
        }
        Ok(())
    }

    /// The address for callbacks from vendors, if the outside world can reach this server.
    #[must_use]
    pub fn public_https_url(&self) -> Option<&str> {
        let url = self.server.public_url.as_str();
        let host = url.strip_prefix("https://")?.split([':', '/']).next()?;
        let private =
            host == "localhost" || host.rsplit('.').next() == Some("local") || host.starts_with("127.");
        (!private && !host.contains('_') && host.contains('.')).then_some(url)
    }
}

fn parsed_like(default: &toml::Value, variable: String, raw: &str) -> Result<toml::Value, ConfigError> {
    let wrong = |expected| ConfigError::WrongKind { variable, expected };
    Ok(match default {
        toml::Value::Integer(_) => {
            toml::Value::Integer(raw.parse().ok().ok_or_else(|| wrong("a whole number"))?)
        }
        toml::Value::Boolean(_) => {
            toml::Value::Boolean(raw.parse().ok().ok_or_else(|| wrong("true or false"))?)
        }
        _ => toml::Value::String(raw.to_owned()),
    })
}

fn checked_public_url(raw: &str) -> Result<String, ConfigError> {
    let url = raw.trim().trim_end_matches('/');
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    match rest {
        _ if url.is_empty() => Ok(String::new()),
        Some(rest) if !rest.is_empty() && !rest.contains(['/', '?', '#', ' ']) => Ok(url.to_owned()),
        _ => Err(ConfigError::Unusable(
            "server.public_url (BACKEND_URL) must be https://host with no path, query or space".into(),
        )),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn with(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::load(|name| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
    }

    #[test]
    fn defaults_load_and_the_port_is_3001() {
        assert_eq!(with(&[]).unwrap().server.listen, "0.0.0.0:3001");
    }

    #[test]
    fn traditional_and_own_names_override() {
        let config =
            with(&[("BACKEND_URL", "https://x.example.com/ \n"), ("VOXANNE_VOICE_TOOL_BUDGET_MS", "1500")]);
        let config = config.unwrap();
        // A32: a trailing slash or newline is not part of the address.
        assert_eq!(config.server.public_url, "https://x.example.com");
        assert_eq!(config.voice.tool_budget_ms, 1500);
    }

    #[test]
    fn h2_a_wrong_value_names_its_setting_and_not_the_value() {
        let error = with(&[("PORT", "s3cret")]).unwrap_err().to_string();
        assert_eq!(error, "PORT must be a port number");
        assert!(with(&[("BACKEND_URL", "https://x.example.com/api")]).is_err());
    }

    #[test]
    fn e18_only_a_public_https_address_is_given_to_vendors() {
        for (url, public) in [
            ("https://hooks.example.com", true),
            ("http://hooks.example.com", false),
            ("https://localhost", false),
            ("https://my_host.example.com", false),
            ("", false),
        ] {
            assert_eq!(with(&[("BACKEND_URL", url)]).unwrap().public_https_url().is_some(), public, "{url}");
        }
    }
}
