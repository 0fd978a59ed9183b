//! Google: consent and tokens, calendars and their events, free/busy, sync tokens, pushes.
//!
//! Below the sandbox's URL: `/google/auth`, `/google/token`, `/google/revoke` and `/google/calendar/v3`. Recurring events
//! exist as their instances only. What people do to their calendars is done through [`GoogleFake`].

mod accounts;
mod calendars;
mod channels;
mod door;
mod event;
mod fields;
mod free_busy;
mod http;
mod human;
mod oauth;
mod series;
mod sync;
mod writes;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;

use crate::fault::{Faults, Planned, Target};
use crate::tasks::Tasks;
use crate::{Clock, Fault, locked};

use accounts::{Account, Code, Consent, Grant};
use calendars::Calendar;
use channels::{Channel, Push};

pub use channels::Pushes;
pub use door::Call;
pub(crate) use http::router;
pub use human::{HumanEvent, Seen, When};
pub use series::{Every, Repeats};

const PUSH_TIMEOUT: Duration = Duration::from_secs(15);

/// The handle to the calendar vendor; clones are the same vendor.
///
/// Accounts and calendars that a call names are made if need be: a wrong name shows as a 404 to the program under test.
#[derive(Clone)]
pub struct GoogleFake(Arc<Inner>);

struct Inner {
    clock: Clock,
    faults: Faults,
    tasks: Tasks,
    http: reqwest::Client,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The programs that may ask for consent, with their secrets; any while there is none.
    apps: BTreeMap<String, String>,
    /// Where Google sends people back to; anywhere while there is none.
    redirect_uris: BTreeSet<String>,
    accounts: BTreeMap<String, Account>,
    next_consents: VecDeque<Consent>,
    codes: BTreeMap<String, Code>,
    grants: Vec<Grant>,
    calendars: BTreeMap<String, Calendar>,
    page_size: Option<usize>,
    channels: BTreeMap<String, Channel>,
    pushes: Pushes,
    held: Vec<Push>,
    pushes_sent: u64,
    requests: BTreeMap<(String, Call), u64>,
    /// Writes going on in a calendar, and the most there were.
    in_flight: BTreeMap<String, (u32, u32)>,
    /// Numbers everything that is made, and every change.
    made: u64,
    /// Calendars changed by what is going on.
    changed: BTreeSet<String>,
}

impl State {
    fn next(&mut self) -> u64 {
        self.made += 1;
        self.made
    }
}

impl GoogleFake {
    pub(crate) fn new(clock: Clock, faults: Faults) -> io::Result<Self> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PUSH_TIMEOUT)
            .build()
            .map_err(io::Error::other)?;
        let state = Mutex::default();
        Ok(Self(Arc::new(Inner { clock, faults, tasks: Tasks::default(), http, state })))
    }

    fn now(&self) -> Timestamp {
        (self.0.clock)()
    }

    /// Does something to the state, then tells open channels which calendars it has changed.
    fn edit<T>(&self, edit: impl FnOnce(&mut State) -> T) -> T {
        let now = self.now();
        let mut state = locked(&self.0.state);
        let result = edit(&mut state);
        let pushes = state.announce(now);
        drop(state);
        self.send(pushes);
        result
    }

    /// Accepts this program. With none set, any will do.
    pub fn set_app(&self, client_id: &str, client_secret: &str) {
        locked(&self.0.state).apps.insert(client_id.to_owned(), client_secret.to_owned());
    }

    /// Sends people back to this address only, and to others set before.
    pub fn set_redirect_uri(&self, uri: &str) {
        locked(&self.0.state).redirect_uris.insert(uri.to_owned());
    }

    /// The most that one page of anything has.
    pub fn set_page_size(&self, size: usize) {
        locked(&self.0.state).page_size = Some(size.max(1));
    }

    /// Plans a bad answer to the next request of that kind, whoever makes it.
    pub fn next(&self, target: Target, fault: Fault) -> Planned {
        self.0.faults.plan(target, fault)
    }

    /// How often that was asked for in the account's name, however it was answered.
    pub fn requests(&self, email: &str, call: Call) -> u64 {
        locked(&self.0.state).requests.get(&(email.to_owned(), call)).copied().unwrap_or(0)
    }

    /// How often a refresh token of the account was shown.
    pub fn refreshes(&self, email: &str) -> u64 {
        self.requests(email, Call::Refresh)
    }

    /// The most inserts, patches and deletes that were going on in a calendar at once.
    pub fn in_flight_max(&self, calendar: &str) -> u32 {
        locked(&self.0.state).in_flight.get(calendar).map_or(0, |(_, max)| *max)
    }

    /// Waits until every delayed effect has come and every push is delivered.
    pub async fn settled(&self) {
        self.0.tasks.settled().await;
    }
}
