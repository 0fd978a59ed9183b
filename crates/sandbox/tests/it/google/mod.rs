//! The production client of Google Calendar against the fake.

mod channels;
mod consent;
mod faults;
mod lists;
mod reads;
mod writes;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp, Zoned};
use reqwest::Url;
use secrecy::SecretString;
use voxanne_google_calendar::{
    App, Client, ConsentRequest, Endpoints, Event, EventsRequest, NewEvent, Tokens, challenge, http_client,
};
use voxanne_sandbox::{GoogleFake, HumanEvent, Sandbox};

pub const CALENDAR: &str = "front@glow.example";
pub const BACK: &str = "https://app.example/api/google-oauth/callback";
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub const SCOPES: &[&str] = &[
    "https://www.googleapis.com/auth/calendar.events",
    "https://www.googleapis.com/auth/calendar.freebusy",
    "https://www.googleapis.com/auth/calendar.calendarlist.readonly",
];
/// Long enough for a busy machine, short enough for a test.
pub const IMPATIENT: Duration = Duration::from_millis(250);

/// A sandbox whose clock is moved by hand, one account, and its access token.
pub struct World {
    pub sandbox: Sandbox,
    pub google: GoogleFake,
    pub client: Client,
    pub access: SecretString,
    pub refresh: SecretString,
    clock: Arc<Mutex<Timestamp>>,
}

pub fn at(raw: &str) -> Timestamp {
    raw.parse().unwrap()
}

pub fn client(sandbox: &Sandbox) -> Client {
    let app = App { client_id: "voxanne.apps.example".into(), client_secret: "the-app's-secret".into() };
    let http = http_client(Duration::from_secs(5)).unwrap();
    Client::new(http, Endpoints::at(&sandbox.url()), app, Duration::from_secs(10))
}

/// What the consent page sends the browser back with.
pub async fn consent(client: &Client, scopes: &[&str]) -> Url {
    let ask = ConsentRequest {
        redirect_uri: BACK,
        state: "st&te",
        challenge: &challenge(&VERIFIER.into()),
        scopes,
    };
    let http = http_client(Duration::from_secs(5)).unwrap();
    let answer = http.get(client.consent_url(&ask)).send().await.unwrap();
    assert_eq!(answer.status(), 302);
    answer.headers()["location"].to_str().unwrap().parse().unwrap()
}

pub fn part(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

pub async fn sign_in(client: &Client, google: &GoogleFake, email: &str) -> Tokens {
    google.consents_next(email);
    let back = consent(client, SCOPES).await;
    client.exchange(&part(&back, "code").unwrap(), BACK, &VERIFIER.into()).await.unwrap()
}

impl World {
    pub async fn start() -> Self {
        let clock = Arc::new(Mutex::new(at("2026-11-24T18:00:00Z")));
        let reads = clock.clone();
        let sandbox = Sandbox::start(None, Arc::new(move || *reads.lock().unwrap())).await.unwrap();
        let (google, client) = (sandbox.google(), client(&sandbox));
        google.set_app("voxanne.apps.example", "the-app's-secret");
        google.set_redirect_uri(BACK);
        let tokens = sign_in(&client, &google, CALENDAR).await;
        let refresh = tokens.refresh_token.unwrap();
        Self { sandbox, google, client, access: tokens.access_token, refresh, clock }
    }

    pub fn later(&self, by: SignedDuration) {
        *self.clock.lock().unwrap() += by;
    }

    pub fn lunch(&self) -> String {
        self.google.add_event(
            CALENDAR,
            &HumanEvent::at("Lunch", at("2026-11-26T20:00:00Z"), at("2026-11-26T21:00:00Z")),
        )
    }

    pub async fn insert(&self, id: &str) -> Result<Event, voxanne_google_calendar::Error> {
        let (start, end) = visit();
        self.client.insert(&self.access, CALENDAR, &new_event(id, &start, &end)).await
    }

    /// Every page from `ask` on; the sync token of the last one.
    pub async fn pages(&self, sync_token: Option<&str>) -> (Vec<Event>, String) {
        let (mut all, mut page) = (Vec::new(), None);
        let (from, to) = (at("2026-11-01T00:00:00Z"), at("2027-11-01T00:00:00Z"));
        loop {
            let page_token: Option<String> = page.take();
            let page_token = page_token.as_deref();
            let ask = match sync_token {
                Some(sync_token) => EventsRequest::Since { sync_token, page: page_token },
                None => EventsRequest::Full { from, to, page: page_token },
            };
            let answer = self.client.events(&self.access, CALENDAR, &ask).await.unwrap();
            all.extend(answer.events);
            page = answer.next_page;
            if page.is_none() {
                return (all, answer.sync_token.unwrap());
            }
        }
    }
}

pub fn visit() -> (Zoned, Zoned) {
    let start = "2026-11-26T14:30:00-08:00[America/Los_Angeles]".parse().unwrap();
    let end = "2026-11-26T15:15:00-08:00[America/Los_Angeles]".parse().unwrap();
    (start, end)
}

pub fn new_event<'a>(id: &'a str, start: &'a Zoned, end: &'a Zoned) -> NewEvent<'a> {
    NewEvent {
        id,
        summary: "Lip Filler - Dana O.",
        description: Some("Booked by phone"),
        location: None,
        start,
        end,
        private: &[("appointmentId", "apt_1")],
    }
}
