//! The conversation, step by step: which step fails decides whether the message may have left.

use std::fmt;
use std::time::Duration;

use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Quit, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::timeout;

use crate::{Message, SendError, Stage};

/// A good-bye is good manners, and no reason to wait.
const GOOD_BYE: Duration = Duration::from_secs(1);

/// How the connection is kept from others' eyes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// Begins plain and is encrypted before anything else is said; never without (port 587).
    StartTls,
    /// Encrypted from the first byte (port 465).
    Implicit,
    /// Not at all: only for a server on the same machine.
    None,
}

/// Who we are to the server.
#[derive(Debug, Clone)]
pub struct Login {
    /// Often an address.
    pub username: String,
    /// Its secret.
    pub password: SecretString,
}

/// A mail server.
#[derive(Debug, Clone)]
pub struct Server {
    /// Its name, which its certificate must bear.
    pub host: String,
    /// Where it listens.
    pub port: u16,
    /// How.
    pub security: Security,
    /// `None` where it wants none.
    pub login: Option<Login>,
    /// The domain we greet as.
    pub greets_as: String,
    /// For the whole conversation.
    pub patience: Duration,
}

/// Talks to one server, a connection per message.
pub struct Client(Server);

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("host", &self.0.host).finish_non_exhaustive()
    }
}

impl Client {
    /// Connects to nothing yet.
    pub const fn new(server: Server) -> Self {
        Self(server)
    }

    /// Connects, greets and logs in, and sends nothing.
    pub async fn check(&self) -> Result<(), SendError> {
        let mut stage = Stage::Greeting;
        let mut line = match timeout(self.0.patience, self.open(&mut stage)).await {
            Ok(opened) => opened?,
            Err(_too_late) => return Err(SendError::timed_out(stage)),
        };
        part(&mut line).await;
        Ok(())
    }

    /// Hands `message` over. Takes no longer than the server's patience and a good-bye.
    pub async fn send(&self, message: &Message) -> Result<(), SendError> {
        let written = message.written()?;
        let mut stage = Stage::Greeting;
        let talked = timeout(self.0.patience, self.hand_over(message, &written, &mut stage)).await;
        match talked {
            Ok(done) => part(&mut done?).await,
            Err(_too_late) => return Err(SendError::timed_out(stage)),
        }
        Ok(())
    }

    async fn hand_over(
        &self,
        message: &Message,
        written: &[u8],
        stage: &mut Stage,
    ) -> Result<AsyncSmtpConnection, SendError> {
        let mut line = self.open(stage).await?;
        *stage = Stage::Sender;
        said(line.command(Mail::new(Some(message.from.0.clone()), vec![])).await, *stage)?;
        *stage = Stage::Recipient;
        said(line.command(Rcpt::new(message.to.0.clone(), vec![])).await, *stage)?;
        *stage = Stage::Announced;
        said(line.command(Data).await, *stage)?;
        *stage = Stage::Message;
        said(line.message(written).await, *stage)?;
        Ok(line)
    }

    async fn open(&self, stage: &mut Stage) -> Result<AsyncSmtpConnection, SendError> {
        let Server { host, port, security, login, greets_as, patience } = &self.0;
        let us = ClientId::Domain(greets_as.clone());
        let tls = || said(TlsParameters::new(host.clone()), Stage::Greeting);
        let from_the_start = if *security == Security::Implicit { Some(tls()?) } else { None };
        let address = (host.as_str(), *port);
        let opened =
            AsyncSmtpConnection::connect_tokio1(address, Some(*patience), &us, from_the_start, None).await;
        let mut line = said(opened, *stage)?;
        if *security == Security::StartTls {
            said(line.starttls(tls()?, &us).await, *stage)?;
        }
        if let Some(login) = login {
            *stage = Stage::Login;
            let credentials =
                Credentials::new(login.username.clone(), login.password.expose_secret().to_owned());
            said(line.auth(DEFAULT_MECHANISMS, &credentials).await, *stage)?;
        }
        Ok(line)
    }
}

fn said<T>(answer: Result<T, lettre::transport::smtp::Error>, stage: Stage) -> Result<T, SendError> {
    answer.map_err(|error| SendError::of(&error, stage))
}

/// What the server says to it changes nothing any more.
async fn part(line: &mut AsyncSmtpConnection) {
    drop(timeout(GOOD_BYE, line.command(Quit)).await);
}
