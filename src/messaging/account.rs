//! Which Twilio account sends an org's texts, and which tokens sign its callbacks. Pure.

use secrecy::{ExposeSecret, SecretString};
use voxanne_twilio::{Auth, Class, Credentials, Sender};

use super::record_status::Failure;
use crate::orgs::Settings;
use crate::platform::config::Config;

/// What stands in for an account while texts go to the sandbox.
pub const SANDBOX_ACCOUNT_SID: &str = "AC00000000000000000000000000000000";
/// Its token, which signs the sandbox's callbacks.
pub const SANDBOX_AUTH_TOKEN: &str = "sandbox";
/// The number the sandbox sends from when none is configured.
pub const SANDBOX_NUMBER: &str = "+15005550006";

/// Who sends.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub credentials: Credentials,
    /// As stored beside the text.
    pub sender: String,
}

impl Account {
    /// What tells these credentials from others, and nothing else: for a keyed digest.
    pub fn fingerprint(&self) -> SecretString {
        let (user, secret) = match &self.credentials.auth {
            Auth::AuthToken(token) => ("", token),
            Auth::ApiKey { sid, secret } => (sid.as_str(), secret),
        };
        format!("{}:{user}:{}", self.credentials.account_sid, secret.expose_secret()).into()
    }

    /// The sender as Twilio's parameter.
    pub fn from(&self) -> Sender {
        if self.sender.starts_with("MG") {
            Sender::MessagingService(self.sender.clone())
        } else {
            Sender::Number(self.sender.clone())
        }
    }
}

/// Why nothing can be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoAccount {
    NoCredentials,
    NoSender,
}

impl NoAccount {
    /// What staff are told, and why.
    pub const fn failure(self) -> Failure {
        let hint = match self {
            Self::NoCredentials => "Connect Twilio in Settings: there is no account to send texts from.",
            Self::NoSender => "Set the sending number in Settings: the Twilio account has none.",
        };
        Failure { code: None, trouble: Class::Config, hint }
    }
}

/// The org's own account, else the installation's, else the sandbox's when that is where texts go.
pub(super) fn sending_account(settings: &Settings, config: &Config) -> Result<Account, NoAccount> {
    let (sid, auth, sender) = match &settings.twilio {
        Some(own) => {
            let key = own.api_key.as_ref().map(|key| (key.sid.as_str(), &key.secret));
            (own.account_sid.as_str(), auth(&own.auth_token, key), own.sender.as_deref().unwrap_or(""))
        }
        None if has_installation_account(config) => {
            let shared = &config.twilio;
            let key = Some((shared.api_key_sid.as_str(), &shared.api_key_secret));
            let key = key.filter(|(sid, _)| !sid.is_empty());
            (shared.account_sid.as_str(), auth(&shared.auth_token, key), shared.phone_number.as_str())
        }
        None if is_loopback(&config.twilio.base_url) => {
            let number = Some(config.twilio.phone_number.as_str()).filter(|n| !n.is_empty());
            let token = Auth::AuthToken(SANDBOX_AUTH_TOKEN.into());
            (SANDBOX_ACCOUNT_SID, token, number.unwrap_or(SANDBOX_NUMBER))
        }
        None => return Err(NoAccount::NoCredentials),
    };
    if sender.trim().is_empty() {
        return Err(NoAccount::NoSender);
    }
    let credentials = Credentials { account_sid: sid.to_owned(), auth };
    Ok(Account { credentials, sender: sender.trim().to_owned() })
}

/// By the key, which can be revoked alone, when there is one.
fn auth(token: &SecretString, key: Option<(&str, &SecretString)>) -> Auth {
    match key {
        Some((sid, secret)) => Auth::ApiKey { sid: sid.to_owned(), secret: secret.clone() },
        None => Auth::AuthToken(token.clone()),
    }
}

/// The tokens that may sign a callback to this org. The installation's stays valid after an org connects its own
/// account: texts sent before are still reported.
pub(super) fn callback_tokens(settings: &Settings, config: &Config) -> Vec<SecretString> {
    let own = settings.twilio.as_ref().map(|own| own.auth_token.clone());
    let shared = has_installation_account(config).then(|| config.twilio.auth_token.clone());
    let sandbox =
        (shared.is_none() && is_loopback(&config.twilio.base_url)).then(|| SANDBOX_AUTH_TOKEN.into());
    [own, shared, sandbox].into_iter().flatten().filter(|t| !t.expose_secret().is_empty()).collect()
}

/// Where Twilio reports to: the public address, or this machine when Twilio is the sandbox on it.
pub(super) fn callback_base(config: &Config) -> Option<&str> {
    let local = is_loopback(&config.twilio.base_url) && is_loopback(&config.server.public_url);
    config.public_https_url().or_else(|| local.then_some(config.server.public_url.as_str()))
}

fn has_installation_account(config: &Config) -> bool {
    !config.twilio.account_sid.is_empty()
}

fn is_loopback(url: &str) -> bool {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => authority,
    };
    host == "localhost"
        || host == "[::1]"
        || host.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::orgs::TwilioAccount;

    fn config(pairs: &[(&str, &str)]) -> Config {
        Config::load(|name| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned())).unwrap()
    }

    fn settings(twilio: Option<TwilioAccount>) -> Settings {
        Settings {
            clinic_name: "Glow".into(),
            default_region: "US".into(),
            time_zone: "UTC".into(),
            human_phone: None,
            hot_lead_alert_phone: None,
            clinical_alert_phone: None,
            hot_threshold: 70,
            warm_threshold: 40,
            calendar_of_record: false,
            text_regions: vec!["US".into()],
            texts_per_day_max: 500,
            texting_enabled: true,
            quiet_until: 8,
            quiet_from: 21,
            keep_recordings: "never".into(),
            language: crate::language::Language::English,
            texts_name_treatments: false,
            feed_names: false,
            requires_second_factor: false,
            reminder_minutes: vec![],
            alert_rungs_minutes: vec![3, 8, 15],
            alerts_wait_for_opening: false,
            missed_call_text: true,
            after_hours_offer: true,
            twilio,
            vapi_private_key: None,
        }
    }

    fn own(sender: Option<&str>) -> Settings {
        let account = TwilioAccount {
            account_sid: "ACown".into(),
            auth_token: "own".into(),
            api_key: None,
            sender: sender.map(str::to_owned),
        };
        settings(Some(account))
    }

    const SHARED: [(&str, &str); 3] = [
        ("TWILIO_ACCOUNT_SID", "ACshared"),
        ("TWILIO_AUTH_TOKEN", "shared"),
        ("TWILIO_PHONE_NUMBER", "+12025550100"),
    ];
    const SANDBOX: (&str, &str) = ("VOXANNE_TWILIO_BASE_URL", "http://127.0.0.1:4010");

    fn tokens(settings: &Settings, config: &Config) -> Vec<String> {
        callback_tokens(settings, config).iter().map(|t| t.expose_secret().to_owned()).collect()
    }

    #[test]
    fn an_orgs_own_account_comes_before_the_installations() {
        let account = sending_account(&own(Some("MG1")), &config(&SHARED)).unwrap();
        assert_eq!(account.credentials.account_sid, "ACown");
        assert_eq!(account.from(), Sender::MessagingService("MG1".into()));
        let account = sending_account(&settings(None), &config(&SHARED)).unwrap();
        assert_eq!(account.from(), Sender::Number("+12025550100".into()));
        assert_eq!(tokens(&own(None), &config(&SHARED)), ["own", "shared"]);
    }

    #[test]
    fn a_key_sends_and_the_token_still_verifies() {
        let mut with_key = own(Some("MG1"));
        let key = crate::orgs::TwilioKey { sid: "SKown".into(), secret: "s".into() };
        with_key.twilio.as_mut().unwrap().api_key = Some(key);
        let account = sending_account(&with_key, &config(&SHARED)).unwrap();
        assert!(matches!(&account.credentials.auth, Auth::ApiKey { sid, .. } if sid == "SKown"));
        assert_eq!(tokens(&with_key, &config(&SHARED)), ["own", "shared"]);
        let by_token = sending_account(&own(Some("MG1")), &config(&SHARED)).unwrap();
        assert_ne!(account.fingerprint().expose_secret(), by_token.fingerprint().expose_secret());

        let key = [("TWILIO_API_KEY_SID", "SKshared"), ("TWILIO_API_KEY_SECRET", "s")];
        let shared: Vec<_> = SHARED.iter().copied().chain(key).collect();
        let account = sending_account(&settings(None), &config(&shared)).unwrap();
        assert!(matches!(&account.credentials.auth, Auth::ApiKey { sid, .. } if sid == "SKshared"));
        assert_eq!(tokens(&settings(None), &config(&shared)), ["shared"]);
        assert!(Config::load(|name| (name == "TWILIO_API_KEY_SID").then(|| "SK1".to_owned())).is_err());
    }

    #[test]
    fn without_an_account_texts_go_to_the_sandbox_and_never_to_twilio() {
        let account = sending_account(&settings(None), &config(&[SANDBOX])).unwrap();
        assert_eq!(account.credentials.account_sid, SANDBOX_ACCOUNT_SID);
        assert_eq!(account.sender, SANDBOX_NUMBER);
        assert_eq!(sending_account(&settings(None), &config(&[])).unwrap_err(), NoAccount::NoCredentials);
        assert_eq!(sending_account(&own(None), &config(&[SANDBOX])).unwrap_err(), NoAccount::NoSender);
    }

    #[test]
    fn t7_the_sandboxs_token_signs_nothing_in_production() {
        assert_eq!(tokens(&settings(None), &config(&[SANDBOX])), [SANDBOX_AUTH_TOKEN]);
        assert!(tokens(&settings(None), &config(&[])).is_empty());
        let on_sandbox: Vec<_> = SHARED.iter().copied().chain([SANDBOX]).collect();
        assert_eq!(tokens(&settings(None), &config(&on_sandbox)), ["shared"]);
        assert!(tokens(&settings(None), &config(&[("TWILIO_ACCOUNT_SID", "ACshared")])).is_empty());
    }

    #[test]
    fn e18_only_public_https_or_the_sandbox_next_door_is_called_back() {
        let public = ("BACKEND_URL", "https://hooks.example.com");
        let local = ("BACKEND_URL", "http://127.0.0.1:3001");
        assert_eq!(callback_base(&config(&[public])), Some("https://hooks.example.com"));
        assert_eq!(callback_base(&config(&[local])), None);
        assert_eq!(callback_base(&config(&[local, SANDBOX])), Some("http://127.0.0.1:3001"));
        assert_eq!(callback_base(&config(&[SANDBOX])), None);
    }

    #[test]
    fn a_host_that_only_looks_local_is_not() {
        for url in
            ["https://api.twilio.com", "http://127.0.0.1.example.com", "http://localhost.example.com:80", ""]
        {
            assert!(!is_loopback(url), "{url}");
        }
        for url in ["http://127.0.0.1", "http://localhost:9", "http://[::1]:80/x", "http://127.8.0.1/"] {
            assert!(is_loopback(url), "{url}");
        }
    }
}
