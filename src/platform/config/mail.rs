//! `[mail]`: the mail server.

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use voxanne_smtp::Address;

/// By which server e-mails leave.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/voxanne.toml explains each")]
pub struct Mail {
    pub host: String,
    pub port: u16,
    pub tls: String,
    pub username: String,
    pub password: SecretString,
    pub from_address: String,
    pub from_name: String,
    pub timeout_seconds: u64,
}

impl Mail {
    /// What is wrong with it, and how to put it right.
    pub(super) fn check(&self) -> Result<(), &'static str> {
        if !matches!(self.tls.as_str(), "starttls" | "implicit" | "none") {
            return Err("mail.tls must be starttls, implicit or none");
        }
        if self.port == 0 {
            return Err(
                "mail.port must be the mail server's port: 587 with mail.tls starttls, 465 with implicit",
            );
        }
        if !(1..=60).contains(&self.timeout_seconds) {
            return Err("mail.timeout_seconds must be 1 to 60");
        }
        if self.username.is_empty() != self.password.expose_secret().is_empty() {
            return Err("mail.username and mail.password go together");
        }
        if self.host.is_empty() {
            return Ok(());
        }
        if self.tls == "none" && !is_this_machine(&self.host) {
            return Err(
                "mail.tls none is for a mail server on this machine: use starttls or implicit, or everybody on the way reads along",
            );
        }
        if Address::parse(&self.from_address).is_none() {
            return Err(
                "mail.from_address must be an address such as alerts@example.com, from which mail.host takes mail",
            );
        }
        Ok(())
    }
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::super::{Config, ConfigError};

    fn with(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::load(|name| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
    }

    #[test]
    fn a_mail_server_that_cannot_be_used_names_the_setting_and_the_fix() {
        const HOST: (&str, &str) = ("VOXANNE_MAIL_HOST", "smtp.example.com");
        const FROM: (&str, &str) = ("VOXANNE_MAIL_FROM_ADDRESS", "alerts@glow.example");
        assert!(with(&[HOST, FROM]).is_ok());
        assert!(with(&[("VOXANNE_MAIL_HOST", "127.0.0.1"), FROM, ("VOXANNE_MAIL_TLS", "none")]).is_ok());
        for (pairs, names) in [
            (vec![HOST], "mail.from_address"),
            (vec![HOST, ("VOXANNE_MAIL_FROM_ADDRESS", "Glow")], "mail.from_address"),
            (
                vec![HOST, FROM, ("VOXANNE_MAIL_TLS", "none")],
                "mail.tls none is for a mail server on this machine",
            ),
            (vec![("VOXANNE_MAIL_TLS", "ssl")], "mail.tls must be"),
            (vec![("VOXANNE_MAIL_PORT", "0")], "mail.port"),
            (vec![("VOXANNE_MAIL_PORT", "70000")], "mail.port"),
            (vec![("VOXANNE_MAIL_USERNAME", "alerts")], "mail.username and mail.password"),
            (vec![("VOXANNE_MAIL_PASSWORD", "s3cret")], "mail.username and mail.password"),
            (vec![("VOXANNE_MAIL_TIMEOUT_SECONDS", "0")], "mail.timeout_seconds"),
        ] {
            let said = with(&pairs).unwrap_err().to_string();
            assert!(said.contains(names), "{pairs:?}: {said}");
            assert!(!said.contains("s3cret"), "{said}");
        }
    }
}
