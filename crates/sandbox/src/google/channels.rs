//! Channels and the pushes that go through them.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use jiff::fmt::rfc2822::DateTimePrinter;
use jiff::{SignedDuration, Timestamp};
use reqwest::Url;
use serde_json::{Value, json};

use super::calendars::Role;
use super::door::{Asker, Refusal};
use super::{GoogleFake, State};
use crate::locked;

const LIFE_DEFAULT: SignedDuration = SignedDuration::from_hours(7 * 24);
const LIFE_MAX: SignedDuration = SignedDuration::from_hours(30 * 24);
const ID_CHARS_MAX: usize = 64;

pub(super) struct Channel {
    email: String,
    calendar: String,
    address: String,
    token: Option<String>,
    resource_id: String,
    expires_at: Timestamp,
    messages: u64,
}

/// How pushes go from now on. They reach addresses of this machine only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pushes {
    /// Each, when something changes.
    #[default]
    AtOnce,
    /// None arrives.
    Lost,
    /// Each one twice.
    Twice,
    /// Kept until [`GoogleFake::push_now`], which sends the latest first.
    Held,
}

#[derive(Clone)]
pub(super) struct Push {
    address: String,
    headers: HeaderMap,
}

impl Channel {
    fn push(&mut self, id: &str, state: &str) -> Push {
        self.messages += 1;
        let calendar = &self.calendar;
        let uri = format!("https://www.googleapis.com/calendar/v3/calendars/{calendar}/events?alt=json");
        let printer = DateTimePrinter::new();
        let pairs = [
            ("x-goog-channel-id", Some(id.to_owned())),
            ("x-goog-channel-token", self.token.clone()),
            ("x-goog-channel-expiration", printer.timestamp_to_rfc9110_string(&self.expires_at).ok()),
            ("x-goog-resource-id", Some(self.resource_id.clone())),
            ("x-goog-resource-uri", Some(uri)),
            ("x-goog-resource-state", Some(state.to_owned())),
            ("x-goog-message-number", Some(self.messages.to_string())),
        ];
        let headers = pairs.into_iter().filter_map(|(name, value)| {
            Some((HeaderName::from_static(name), HeaderValue::try_from(value?).ok()?))
        });
        Push { address: self.address.clone(), headers: headers.collect() }
    }
}

/// Whether an address is one of this machine.
fn is_here(address: &str) -> bool {
    let url = Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    url.is_some_and(|url| matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]")))
}

impl State {
    pub(super) fn watch(&mut self, asker: &Asker, calendar: &str, body: &Value) -> Result<Value, Refusal> {
        let calendar = self.visible(asker, calendar, Role::Reader)?;
        let text = |name: &str| body[name].as_str().filter(|text| !text.is_empty());
        let id =
            text("id").filter(|id| id.len() <= ID_CHARS_MAX).ok_or_else(|| Refusal::new(400, "required"))?;
        if text("type") != Some("web_hook") {
            return Err(Refusal::invalid());
        }
        let address = text("address").unwrap_or_default();
        if !address.starts_with("https://") && !is_here(address) {
            return Err(Refusal::new(400, "push.webhookUrlNotHttps"));
        }
        if self.channels.contains_key(id) {
            return Err(Refusal::new(400, "channelIdNotUnique"));
        }
        let wished = match &body["expiration"] {
            Value::String(millis) => millis.parse().ok(),
            millis => millis.as_i64(),
        };
        let wished = wished.and_then(|millis| Timestamp::from_millisecond(millis).ok());
        let channel = Channel {
            email: asker.email.clone(),
            address: address.to_owned(),
            token: text("token").map(str::to_owned),
            resource_id: format!("resource-{}", self.calendar(&calendar).born),
            expires_at: wished.unwrap_or(asker.now + LIFE_DEFAULT).min(asker.now + LIFE_MAX),
            messages: 0,
            calendar,
        };
        let opened = json!({
            "kind": "api#channel", "id": id, "resourceId": channel.resource_id, "token": channel.token,
            "resourceUri": format!("https://www.googleapis.com/calendar/v3/calendars/{}/events", channel.calendar),
            "expiration": channel.expires_at.as_millisecond().to_string(),
        });
        let opened_at = self.channels.entry(id.to_owned()).or_insert(channel);
        let push = opened_at.push(id, "sync");
        self.held.push(push);
        Ok(opened)
    }

    pub(super) fn stop(&mut self, asker: &Asker, body: &Value) -> Result<(), Refusal> {
        let id = body["id"].as_str().unwrap_or_default();
        let is_it = |channel: &Channel| {
            channel.email == asker.email && body["resourceId"] == channel.resource_id.as_str()
        };
        if !self.channels.get(id).is_some_and(is_it) {
            return Err(Refusal::not_found());
        }
        self.channels.remove(id);
        Ok(())
    }

    /// The pushes that are due, after something was done.
    pub(super) fn announce(&mut self, now: Timestamp) -> Vec<Push> {
        let changed = std::mem::take(&mut self.changed);
        let told = self.channels.iter_mut().filter(|(_, channel)| channel.is_open(now));
        let told = told.filter(|(_, channel)| changed.contains(&channel.calendar));
        let mut due = if self.pushes == Pushes::Held { Vec::new() } else { std::mem::take(&mut self.held) };
        let new: Vec<Push> = told.map(|(id, channel)| channel.push(id, "exists")).collect();
        match self.pushes {
            Pushes::AtOnce => due.extend(new),
            Pushes::Twice => due.extend(new.iter().flat_map(|push| [push.clone(), push.clone()])),
            Pushes::Lost => due.clear(),
            Pushes::Held => self.held.extend(new),
        }
        due.retain(|push| is_here(&push.address));
        self.pushes_sent += due.len() as u64;
        due
    }
}

impl Channel {
    fn is_open(&self, now: Timestamp) -> bool {
        now < self.expires_at
    }
}

impl GoogleFake {
    pub(super) fn send(&self, pushes: Vec<Push>) {
        if pushes.is_empty() {
            return;
        }
        let fake = self.clone();
        self.0.tasks.spawn(async move {
            for push in pushes {
                fake.post(push).await;
            }
        });
    }

    /// The HTTP status of the answer, if any.
    async fn post(&self, push: Push) -> Option<u16> {
        let sent = self.0.http.post(&push.address).headers(push.headers).header("content-length", "0").send();
        // Google does not mind what becomes of it either.
        sent.await.ok().map(|answer| answer.status().as_u16())
    }

    /// How pushes go from now on.
    pub fn set_pushes(&self, pushes: Pushes) {
        locked(&self.0.state).pushes = pushes;
    }

    /// Sends what was held back, the latest first, and waits for the answers: their HTTP statuses.
    pub async fn push_now(&self) -> Vec<Option<u16>> {
        let mut held = {
            let mut state = locked(&self.0.state);
            let held = std::mem::take(&mut state.held);
            state.pushes_sent += held.len() as u64;
            held
        };
        held.retain(|push| is_here(&push.address));
        let mut statuses = Vec::new();
        for push in held.into_iter().rev() {
            statuses.push(self.post(push).await);
        }
        statuses
    }

    /// Someone who knows a channel's id and address, but not its token, pretends that the calendar has changed. The HTTP
    /// status of the answer; `None` without a channel or an answer.
    pub async fn forge_push(&self, calendar: &str, token: &str) -> Option<u16> {
        let push = {
            let mut state = locked(&self.0.state);
            let (id, channel) =
                state.channels.iter_mut().find(|(_, channel)| channel.calendar == calendar)?;
            let mut push = channel.push(id, "exists");
            channel.messages -= 1;
            push.headers.insert("x-goog-channel-token", HeaderValue::try_from(token).ok()?);
            push
        };
        if is_here(&push.address) { self.post(push).await } else { None }
    }

    /// The ids of the channels that are open for a calendar.
    pub fn channels(&self, calendar: &str) -> Vec<String> {
        let now = self.now();
        let state = locked(&self.0.state);
        let open = state.channels.iter().filter(|(_, it)| it.calendar == calendar && it.is_open(now));
        open.map(|(id, _)| id.clone()).collect()
    }

    /// How many pushes have been sent, whatever became of them.
    pub fn pushes_sent(&self) -> u64 {
        locked(&self.0.state).pushes_sent
    }
}
