//! Twilio: accepts texts into a ledger, reports on them, can be asked about them.
//!
//! Magic numbers are Twilio's own test numbers (`+15005550001` is invalid, `…009` no mobile, see [`rules`]).

mod conduct;
mod delivery;
pub(crate) mod http;
mod inbound;
mod ledger;
mod rules;

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};

use crate::fault::{Faults, Planned, Target};
use crate::tasks::Tasks;
use crate::{Clock, Fault, locked};

pub use conduct::BadDays;
pub use delivery::Callbacks;
pub use inbound::{Answered, Inbound, OptOuts};
pub use ledger::Text;

/// The handle to the texting vendor; clones are the same vendor.
#[derive(Clone)]
pub struct TwilioFake(Arc<Inner>);

struct Inner {
    clock: Clock,
    faults: Faults,
    tasks: Tasks,
    http: reqwest::Client,
    state: Mutex<State>,
    /// Which run of the fake it is, by chance.
    run: u64,
}

struct State {
    ledger: ledger::Ledger,
    accounts: HashMap<String, String>,
    api_keys: HashMap<String, String>,
    /// Tokens seen as Basic passwords, to sign with while no account is set.
    seen_tokens: HashMap<String, String>,
    opted_out: HashSet<String>,
    /// Who said STOP to which sender, where Twilio keeps that itself.
    stopped: HashSet<(String, String)>,
    opt_outs: OptOuts,
    conduct: conduct::Conduct,
    callbacks: Callbacks,
    /// Texts that came in, which number them.
    received: u64,
}

impl TwilioFake {
    pub(crate) fn open(clock: Clock, file: Option<PathBuf>, faults: Faults) -> io::Result<Self> {
        let state = State {
            ledger: ledger::Ledger::open(file)?,
            accounts: HashMap::new(),
            api_keys: HashMap::new(),
            seen_tokens: HashMap::new(),
            opted_out: HashSet::new(),
            stopped: HashSet::new(),
            opt_outs: OptOuts::default(),
            conduct: conduct::Conduct::default(),
            callbacks: Callbacks::InOrder,
            received: 0,
        };
        let http = delivery::http_client().map_err(io::Error::other)?;
        let mut run = [0; 8];
        SystemRandom::new().fill(&mut run).map_err(io::Error::other)?;
        let run = u64::from_be_bytes(run) >> 4;
        let inner = Inner { clock, faults, tasks: Tasks::default(), http, state: Mutex::new(state), run };
        Ok(Self(Arc::new(inner)))
    }

    /// Every text accepted so far, newest last.
    pub fn messages(&self) -> Vec<Text> {
        locked(&self.0.state).ledger.all().to_vec()
    }

    /// The texts accepted for one number, newest last.
    pub fn texts_to(&self, number: &str) -> Vec<Text> {
        locked(&self.0.state).ledger.all().iter().filter(|text| text.to == number).cloned().collect()
    }

    /// Plans a bad answer to the next send.
    pub fn next_sends(&self, fault: Fault) -> Planned {
        self.0.faults.plan(Target::Twilio, fault)
    }

    /// Plans a bad answer to the next look-up.
    pub fn next_lookups(&self, fault: Fault) -> Planned {
        self.0.faults.plan(Target::TwilioLookups, fault)
    }

    /// Accepts this account. With none set, any credentials will do.
    pub fn set_account(&self, account_sid: &str, auth_token: &str) {
        locked(&self.0.state).accounts.insert(account_sid.to_owned(), auth_token.to_owned());
    }

    /// Accepts this API key for every account that is set.
    pub fn set_api_key(&self, sid: &str, secret: &str) {
        locked(&self.0.state).api_keys.insert(sid.to_owned(), secret.to_owned());
    }

    /// The recipient said STOP: sends are refused with 21610.
    pub fn opt_out(&self, number: &str) {
        locked(&self.0.state).opted_out.insert(number.to_owned());
    }

    /// The recipient said START.
    pub fn opt_in(&self, number: &str) {
        locked(&self.0.state).opted_out.remove(number);
    }

    /// How reports on texts accepted from now on are delivered.
    pub fn set_callbacks(&self, callbacks: Callbacks) {
        locked(&self.0.state).callbacks = callbacks;
    }

    /// Random bad days from now on, for sends and for look-ups; none with `None`.
    pub fn set_bad_days(&self, days: Option<BadDays>) {
        locked(&self.0.state).conduct.set_bad_days(days);
    }

    /// Requests to this account are never answered and have no effect, until told otherwise.
    pub fn black_hole(&self, account_sid: &str, is_one: bool) {
        locked(&self.0.state).conduct.black_hole(account_sid, is_one);
    }

    /// Texts that each sender may send in a second of the sandbox's clock; more are answered 429. No limit with `None`.
    pub fn limit_senders(&self, per_second: Option<u32>) {
        locked(&self.0.state).conduct.limit(per_second);
    }

    /// Whatever is sent to this number has this fault.
    pub fn set_number(&self, number: &str, fault: Option<Fault>) {
        locked(&self.0.state).conduct.set_number(number, fault);
    }

    /// What Twilio itself does about STOP.
    pub fn set_opt_outs(&self, opt_outs: OptOuts) {
        locked(&self.0.state).opt_outs = opt_outs;
    }

    /// Requests that named this account, answered or not.
    pub fn requests_of(&self, account_sid: &str) -> usize {
        locked(&self.0.state).conduct.requests_of(account_sid)
    }

    /// Requests whose credentials were refused.
    pub fn refused_sign_ins(&self) -> usize {
        locked(&self.0.state).conduct.refused_sign_ins()
    }

    /// Accounts and keys that signed in, in the order of their first time.
    pub fn signed_in_as(&self) -> Vec<String> {
        locked(&self.0.state).conduct.who_signed_in()
    }

    /// Sends to this number that were asked for, whatever became of them.
    pub fn asked_for(&self, number: &str) -> usize {
        locked(&self.0.state).conduct.asked_for(number)
    }

    /// Waits until every delayed effect has come and every report is delivered.
    pub async fn settled(&self) {
        self.0.tasks.settled().await;
    }
}
