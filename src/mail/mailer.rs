//! The mail server of this installation.

use std::time::Duration;

use jiff::Timestamp;
use secrecy::ExposeSecret as _;
use uuid::Uuid;
use voxanne_smtp::{Address, Client, Login, Message, Security, SendError, Server};

use super::wording::Words;
use crate::platform::config::{Config, Mail};

/// Whether e-mails can leave at all.
pub const fn is_on(config: &Config) -> bool {
    !config.mail.host.is_empty()
}

/// Hands e-mails to the mail server that the settings name.
#[derive(Debug)]
pub struct Mailer {
    client: Client,
    from: Address,
    from_name: String,
}

impl Mailer {
    /// `None` when no server is named.
    pub fn of(config: &Config) -> Option<Self> {
        let mail = Some(&config.mail).filter(|mail| !mail.host.is_empty())?;
        let from = Address::parse(&mail.from_address)?;
        let client = Client::new(server(mail, &from));
        Some(Self { client, from, from_name: mail.from_name.clone() })
    }

    /// Connects, greets and logs in, and sends nothing.
    pub async fn check(&self) -> Result<(), SendError> {
        self.client.check().await
    }

    /// Hands `words` over. The same `id` and `written_at` are the same message to whoever gets it.
    pub async fn send(
        &self,
        id: Uuid,
        to: Address,
        words: Words,
        written_at: Timestamp,
    ) -> Result<(), SendError> {
        let message = Message {
            id: id.simple().to_string(),
            from_name: self.from_name.clone(),
            from: self.from.clone(),
            to,
            subject: words.subject,
            body: words.body,
            written_at,
        };
        self.client.send(&message).await
    }
}

fn server(mail: &Mail, from: &Address) -> Server {
    let login = Login { username: mail.username.clone(), password: mail.password.clone() };
    Server {
        host: mail.host.clone(),
        port: mail.port,
        security: match mail.tls.as_str() {
            "implicit" => Security::Implicit,
            "none" => Security::None,
            _ => Security::StartTls,
        },
        login: Some(login).filter(|login| !login.password.expose_secret().is_empty()),
        greets_as: from.domain().to_owned(),
        patience: Duration::from_secs(mail.timeout_seconds),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn config(pairs: &[(&str, &str)]) -> Config {
        Config::load(|name| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned())).unwrap()
    }

    #[test]
    fn without_a_host_nothing_leaves() {
        assert!(!is_on(&config(&[])));
        assert!(Mailer::of(&config(&[])).is_none());
    }

    #[test]
    fn a_server_is_talked_to_as_the_settings_say() {
        let host = ("VOXANNE_MAIL_HOST", "smtp.example.com");
        let from = ("VOXANNE_MAIL_FROM_ADDRESS", "alerts@glow.example");
        let known = config(&[host, from]);
        let address = Address::parse("alerts@glow.example").unwrap();
        let plain = server(&known.mail, &address);
        assert_eq!((plain.security, plain.port), (Security::StartTls, 587));
        assert_eq!(plain.greets_as, "glow.example");
        assert!(plain.login.is_none());
        let login = [("VOXANNE_MAIL_USERNAME", "alerts"), ("VOXANNE_MAIL_PASSWORD", "s3cret")];
        let tls = [("VOXANNE_MAIL_TLS", "implicit"), ("VOXANNE_MAIL_PORT", "465")];
        let full: Vec<_> = [host, from].into_iter().chain(login).chain(tls).collect();
        let full = server(&config(&full).mail, &address);
        assert_eq!((full.security, full.port), (Security::Implicit, 465));
        assert_eq!(full.login.unwrap().username, "alerts");
    }
}
