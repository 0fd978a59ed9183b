//! People, what they have consented to, and the tokens that stand for it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::{SignedDuration, Timestamp};

use super::calendars::Role;
use super::{GoogleFake, State};
use crate::{Fault, locked};

/// The longest that any access token lives.
pub(super) const ACCESS_LIFE: SignedDuration = SignedDuration::from_secs(3600);
const QUOTA_WINDOW: SignedDuration = SignedDuration::from_secs(60);
const TIME_ZONE_DEFAULT: &str = "America/Los_Angeles";

#[derive(Default)]
pub(super) struct Account {
    pub calendars: BTreeMap<String, Entry>,
    /// Scopes that the person unticks.
    pub refuses: BTreeSet<String>,
    pub leaves_out_refresh_token: bool,
    pub bad_day: Option<Fault>,
    quota_per_minute: Option<usize>,
    recent: VecDeque<Timestamp>,
}

/// A calendar in an account's list.
pub(super) struct Entry {
    pub role: Role,
    /// The account's own name for it.
    pub name: Option<String>,
}

/// What happens on the consent page.
pub(super) enum Consent {
    By(String),
    Refused,
}

/// A code on its way to the program.
pub(super) struct Code {
    pub email: String,
    pub client_id: String,
    pub redirect_uri: String,
    pub challenge: String,
    pub scopes: BTreeSet<String>,
    pub with_refresh_token: bool,
    pub expires_at: Timestamp,
}

/// A consent, with its tokens.
pub(super) struct Grant {
    pub email: String,
    pub client_id: String,
    pub scopes: BTreeSet<String>,
    pub refresh_token: Option<String>,
    pub access_tokens: BTreeMap<String, Timestamp>,
    pub is_revoked: bool,
}

impl Account {
    /// Counts a request; whether it is one too many.
    pub fn is_over_quota(&mut self, now: Timestamp) -> bool {
        self.recent.retain(|at| now.duration_since(*at) < QUOTA_WINDOW);
        self.recent.push_back(now);
        self.quota_per_minute.is_some_and(|quota| self.recent.len() > quota)
    }
}

impl State {
    /// The account, made with a calendar of its own if need be.
    pub(super) fn account(&mut self, email: &str) -> &mut Account {
        if !self.accounts.contains_key(email) {
            self.accounts.insert(email.to_owned(), Account::default());
            self.add_calendar(email, email, email, TIME_ZONE_DEFAULT);
        }
        self.accounts.entry(email.to_owned()).or_default()
    }

    pub(super) fn add_calendar(&mut self, email: &str, id: &str, name: &str, time_zone: &str) {
        let calendar = self.calendar(id);
        name.clone_into(&mut calendar.name);
        time_zone.clone_into(&mut calendar.time_zone);
        let entry = Entry { role: Role::Owner, name: None };
        self.accounts.entry(email.to_owned()).or_default().calendars.insert(id.to_owned(), entry);
    }

    /// A new access token of a grant.
    pub(super) fn new_access_token(&mut self, grant: usize, now: Timestamp) -> Option<String> {
        let token = format!("ya29.sandbox-{}", self.next());
        self.grants.get_mut(grant)?.access_tokens.insert(token.clone(), now + ACCESS_LIFE);
        Some(token)
    }

    fn revoke(&mut self, email: &str) {
        for grant in self.grants.iter_mut().filter(|grant| grant.email == email) {
            grant.is_revoked = true;
        }
    }

    /// Ends every consent of the account that owns this token of either kind; whether there was one.
    pub(super) fn revoke_by_token(&mut self, token: &str) -> bool {
        let owner = self.grants.iter().find(|grant| !grant.is_revoked && grant.has(token));
        let Some(email) = owner.map(|grant| grant.email.clone()) else { return false };
        self.revoke(&email);
        true
    }
}

impl Grant {
    pub fn has(&self, token: &str) -> bool {
        self.refresh_token.as_deref() == Some(token) || self.access_tokens.contains_key(token)
    }
}

impl GoogleFake {
    /// A person with a calendar whose id is their address.
    pub fn add_account(&self, email: &str) {
        locked(&self.0.state).account(email);
    }

    /// A calendar that the account owns.
    pub fn add_calendar(&self, email: &str, id: &str, name: &str, time_zone: &str) {
        let mut state = locked(&self.0.state);
        state.account(email);
        state.add_calendar(email, id, name, time_zone);
    }

    /// Puts a calendar of someone else's into the account's list: `owner`, `writer`, `reader` or `freeBusyReader`.
    pub fn share_calendar(&self, id: &str, email: &str, role: &str) {
        let mut state = locked(&self.0.state);
        state.calendar(id);
        let entry = Entry { role: Role::parse(role), name: None };
        state.account(email).calendars.insert(id.to_owned(), entry);
    }

    /// The account's own name for a calendar in its list.
    pub fn name_calendar(&self, email: &str, id: &str, name: &str) {
        if let Some(entry) = locked(&self.0.state).account(email).calendars.get_mut(id) {
            entry.name = Some(name.to_owned());
        }
    }

    /// The account loses sight of a calendar: 404 from now on.
    pub fn remove_calendar(&self, email: &str, id: &str) {
        locked(&self.0.state).account(email).calendars.remove(id);
    }

    /// The next person on the consent page is this one, and says yes.
    pub fn consents_next(&self, email: &str) {
        let mut state = locked(&self.0.state);
        state.account(email);
        state.next_consents.push_back(Consent::By(email.to_owned()));
    }

    /// The next person on the consent page says no.
    pub fn refuses_next(&self) {
        locked(&self.0.state).next_consents.push_back(Consent::Refused);
    }

    /// The person unticks this scope in every consent from now on.
    pub fn refuse_scope(&self, email: &str, scope: &str) {
        locked(&self.0.state).account(email).refuses.insert(scope.to_owned());
    }

    /// The person unticks nothing any more.
    pub fn refuse_no_scope(&self, email: &str) {
        locked(&self.0.state).account(email).refuses.clear();
    }

    /// Consents from now on come without a refresh token.
    pub fn leave_out_refresh_token(&self, email: &str, leave_out: bool) {
        locked(&self.0.state).account(email).leaves_out_refresh_token = leave_out;
    }

    /// Every access token of the account is refused from now on; refreshing helps.
    pub fn expire_access_tokens(&self, email: &str) {
        let mut state = locked(&self.0.state);
        for grant in state.grants.iter_mut().filter(|grant| grant.email == email) {
            grant.access_tokens.values_mut().for_each(|expires_at| *expires_at = Timestamp::MIN);
        }
    }

    /// The person ends every consent: access tokens are refused, refreshing is `invalid_grant`.
    pub fn revoke_account(&self, email: &str) {
        locked(&self.0.state).revoke(email);
    }

    /// How many consents of the account are alive.
    pub fn live_grants(&self, email: &str) -> usize {
        let state = locked(&self.0.state);
        state.grants.iter().filter(|grant| grant.email == email && !grant.is_revoked).count()
    }

    /// So many requests in a minute and the next one is refused, by the sandbox's clock; `None` for no limit.
    pub fn quota(&self, email: &str, per_minute: Option<usize>) {
        locked(&self.0.state).account(email).quota_per_minute = per_minute;
    }

    /// Every request in the account's name goes wrong like this, until told otherwise; others' do not.
    pub fn bad_day(&self, email: &str, fault: Option<Fault>) {
        locked(&self.0.state).account(email).bad_day = fault;
    }
}
