//! Vendors that speak the real wire on 127.0.0.1, with bad days on demand.
//!
//! `voxanne demo` runs on it, and so do the tests: the product's own clients talk real HTTP to it. [`twilio`] sends texts
//! into a ledger and reports on them with signed callbacks, [`google`] keeps calendars that people and programs write in,
//! [`mail`] takes mail into a mailbox, [`vapi`] is asked for calls whose report was lost, [`caller`] is the voice platform calling us. Time is an argument and ids are counted, so that a run repeats exactly.

pub mod caller;
mod chance;
mod fault;
pub mod google;
pub mod mail;
mod recordings;
mod server;
mod tasks;
pub mod twilio;
pub mod vapi;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::{io, net::Ipv4Addr};

use axum::Router;
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

pub use fault::{Fault, Planned, Target};
pub use google::{GoogleFake, HumanEvent, When};
pub use mail::MailFake;
pub use twilio::TwilioFake;
pub use vapi::VapiFake;

/// What time it is, for everything the sandbox writes down.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// How to start a [`Sandbox`].
pub struct Options {
    /// `None` takes any free port.
    pub port: Option<u16>,
    /// What time it is.
    pub clock: Clock,
    /// Where accepted texts are kept, one JSON line each, and read back from at the next start.
    pub ledger: Option<PathBuf>,
}

/// A running sandbox. Dropping it stops it.
pub struct Sandbox {
    url: String,
    faults: fault::Faults,
    twilio: TwilioFake,
    vapi: VapiFake,
    google: GoogleFake,
    mail: MailFake,
    server: JoinSet<()>,
}

impl Sandbox {
    /// Starts on 127.0.0.1, remembering nothing from earlier runs.
    pub async fn start(port: Option<u16>, clock: Clock) -> io::Result<Self> {
        Self::start_with(Options { port, clock, ledger: None }).await
    }

    /// Starts on 127.0.0.1 with the texts in the ledger file, if there is one.
    pub async fn start_with(options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port.unwrap_or(0))).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let faults = fault::Faults::default();
        let google = GoogleFake::new(options.clock.clone(), faults.clone())?;
        let mut server = JoinSet::new();
        let mail = MailFake::start(options.clock.clone(), faults.clone(), &mut server).await?;
        let twilio = TwilioFake::open(options.clock, options.ledger, faults.clone())?;
        let vapi = VapiFake::new(faults.clone());
        let router: Router = Router::new()
            .merge(twilio::http::router(twilio.clone()))
            .merge(vapi::router(vapi.clone()))
            .merge(recordings::router())
            .merge(google::router(google.clone()))
            .merge(mail::http::router(mail.clone()))
            .merge(fault::router(faults.clone()));
        server.spawn(server::serve(listener, router));
        Ok(Self { url, faults, twilio, vapi, google, mail, server })
    }

    /// The base URL of every vendor, without a slash at its end.
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// The texting vendor.
    pub fn twilio(&self) -> TwilioFake {
        self.twilio.clone()
    }

    /// The voice vendor's management API.
    pub fn vapi(&self) -> VapiFake {
        self.vapi.clone()
    }

    /// The calendar vendor.
    pub fn google(&self) -> GoogleFake {
        self.google.clone()
    }

    /// The mail server.
    pub fn mail(&self) -> MailFake {
        self.mail.clone()
    }

    /// Ends every bad day that was planned and has not come.
    pub fn clear_faults(&self) {
        self.faults.clear();
    }

    /// Stops listening and cuts every connection.
    pub async fn stop(mut self) {
        self.server.shutdown().await;
    }
}

/// The guard, whatever became of earlier holders.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
