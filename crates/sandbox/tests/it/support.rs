//! A sandbox, an account and a text.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;
use voxanne_sandbox::{Clock, Sandbox};
use voxanne_twilio::{Auth, Client, Credentials, Message, Sender, http_client};

pub const ACCOUNT: &str = "AC00000000000000000000000000000001";
pub const TOKEN: &str = "token-of-the-account";
pub const PATIENT: &str = "+13105550142";
pub const WORDS: &str = "Glow MedSpa: you're booked Thu, Nov 26 at 2:30 PM.";
/// Long enough for a busy machine, short enough for a test.
const IMPATIENT: Duration = Duration::from_millis(250);

pub fn now() -> Timestamp {
    "2026-11-24T18:00:13.7Z".parse().unwrap()
}

pub fn clock() -> Clock {
    Arc::new(now)
}

pub async fn sandbox() -> Sandbox {
    let sandbox = Sandbox::start(None, clock()).await.unwrap();
    sandbox.twilio().set_account(ACCOUNT, TOKEN);
    sandbox
}

pub fn client_at(url: &str, auth: Auth, timeout: Duration) -> Client {
    let http = http_client(timeout, timeout).unwrap();
    Client::new(http, url, Credentials { account_sid: ACCOUNT.into(), auth })
}

pub fn client(sandbox: &Sandbox) -> Client {
    client_at(&sandbox.url(), Auth::AuthToken(TOKEN.into()), Duration::from_secs(10))
}

pub fn impatient_client(sandbox: &Sandbox) -> Client {
    client_at(&sandbox.url(), Auth::AuthToken(TOKEN.into()), IMPATIENT)
}

pub fn token() -> SecretString {
    TOKEN.into()
}

pub fn text_to(to: &str) -> Message {
    Message {
        to: to.into(),
        from: Sender::Number("+13105550100".into()),
        body: WORDS.into(),
        status_callback: None,
        validity_seconds: Some(3600),
    }
}

pub fn text() -> Message {
    text_to(PATIENT)
}
