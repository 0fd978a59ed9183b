//! A mail server: takes what it is given into a mailbox, where it can be read.
//!
//! Speaks SMTP as far as clients of today use it: EHLO, AUTH PLAIN and LOGIN, MAIL, RCPT, DATA, RSET, NOOP, QUIT. What it
//! takes is read by a parser that the sender does not share, so that a header in the wrong place is seen as a receiver
//! would see it. `Status` faults are SMTP's codes here: 421 at the greeting, 4xx and 5xx at the recipient.

pub(crate) mod http;
mod session;

use std::collections::{HashMap, HashSet};
use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::fault::{Faults, Planned, Target};
use crate::{Clock, Fault, locked};

/// The handle to the mail server; clones are the same server.
#[derive(Clone)]
pub struct MailFake(Arc<Inner>);

struct Inner {
    port: u16,
    clock: Clock,
    faults: Faults,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    taken: Vec<Mail>,
    accounts: HashMap<String, String>,
    unknown: HashSet<String>,
    heard: Vec<String>,
}

/// One message as it was taken, as `GET /mail/messages` shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// By which receivers know it again.
    pub message_id: String,
    /// The address it was handed over from.
    pub from: String,
    /// The address it was handed over for.
    pub to: String,
    /// As people read it.
    pub subject: String,
    /// The plain words.
    pub body: String,
    /// The names of its headers.
    pub headers: Vec<String>,
    /// Who logged in.
    pub account: Option<String>,
    /// When it was taken.
    pub received_at: Timestamp,
}

impl MailFake {
    /// Listens on 127.0.0.1 and takes mail as long as `server` runs.
    pub(crate) async fn start(clock: Clock, faults: Faults, server: &mut JoinSet<()>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let fake = Self(Arc::new(Inner { port, clock, faults, state: Mutex::default() }));
        server.spawn(session::serve(listener, fake.clone()));
        Ok(fake)
    }

    /// Where it listens, on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.0.port
    }

    /// Everything that was taken, newest last; what came twice is there twice.
    pub fn taken(&self) -> Vec<Mail> {
        locked(&self.0.state).taken.clone()
    }

    /// What a person finds: a message that came again under its Message-ID is one.
    pub fn inbox_of(&self, address: &str) -> Vec<Mail> {
        let mut seen = HashSet::new();
        let mut mails = self.taken();
        mails.retain(|mail| mail.to == address && seen.insert(mail.message_id.clone()));
        mails
    }

    /// The first word of every line it was told outside a message.
    pub fn heard(&self) -> Vec<String> {
        locked(&self.0.state).heard.clone()
    }

    /// Plans a bad day for the next conversation.
    pub fn next_mails(&self, fault: Fault) -> Planned {
        self.0.faults.plan(Target::Mail, fault)
    }

    /// Wants a login from now on, and takes this one.
    pub fn set_account(&self, username: &str, password: &str) {
        locked(&self.0.state).accounts.insert(username.to_owned(), password.to_owned());
    }

    /// Has no such mailbox: 550.
    pub fn refuse(&self, address: &str) {
        locked(&self.0.state).unknown.insert(address.to_owned());
    }

    /// Has it again.
    pub fn accept(&self, address: &str) {
        locked(&self.0.state).unknown.remove(address);
    }
}
