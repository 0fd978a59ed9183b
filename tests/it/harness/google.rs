//! Connects a clinic's Google account the way staff do: a link, a consent at the sandbox, and back.

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Response, Url};
use secrecy::ExposeSecret as _;
use uuid::Uuid;
use voxanne::platform::ids::OrgId;
use voxanne::{calendars, jobs};

use super::{Person, Voxanne};

/// The account that a clinic connects unless a test says otherwise.
pub const ACCOUNT: &str = "front@glow.example";

impl Voxanne {
    /// Begins a consent for the org's calendar or a practitioner's; says the link.
    pub async fn consent_link(&self, org: OrgId, practitioner: Option<Uuid>) -> String {
        let mut tx = self.app.begin(org).await.unwrap();
        let by_test = calendars::Asker { actor: "test", session: None };
        let begun = calendars::begin_consent(&self.app, &mut tx, org, practitioner, by_test).await.unwrap();
        tx.commit().await.unwrap();
        format!("{}/api/google-oauth/authorize?ticket={}", self.url, begun.ticket)
    }

    /// Follows the link as a browser without redirects: to Google, and back to us with the cookie. The last answer.
    pub async fn consents(&self, link: &str, email: &str) -> Response {
        self.consents_as(&self.stranger(), link, email).await
    }

    /// The same of whoever is signed in with the browser.
    pub async fn consents_as(&self, person: &Person, link: &str, email: &str) -> Response {
        self.sandbox.google().consents_next(email);
        goes(person, link).await
    }

    /// The same of somebody who says no at Google.
    pub async fn says_no(&self, person: &Person, link: &str) -> Response {
        self.sandbox.google().refuses_next();
        goes(person, link).await
    }
    /// Connects `email` for the org, or for one practitioner, and reads its calendar.
    pub async fn connects(&self, org: OrgId, practitioner: Option<Uuid>, email: &str) {
        self.connects_only(org, practitioner, email).await;
        self.run_jobs().await;
    }

    /// The same, and leaves the reading to a job.
    pub async fn connects_only(&self, org: OrgId, practitioner: Option<Uuid>, email: &str) {
        let link = self.consent_link(org, practitioner).await;
        let ticket = link.rsplit_once('=').unwrap().1;
        let opened = calendars::open_consent(&self.app, ticket, None).await.unwrap();
        self.sandbox.google().consents_next(email);
        let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let asked = browser.get(&opened.consent_url).send().await.unwrap();
        let back = Url::parse(&header(&asked, &LOCATION)).unwrap();
        let of = |name: &str| back.query_pairs().find(|(n, _)| n == name).map(|(_, v)| v.into_owned());
        let (state, code) = (of("state").unwrap(), of("code"));
        let returned = calendars::Returned {
            state: &state,
            code: code.as_deref(),
            browser: opened.browser.expose_secret(),
            who: None,
        };
        calendars::finish_consent(&self.app, returned).await.unwrap();
    }

    /// Everything that comes round by itself, and the jobs that it leaves.
    pub async fn next_round(&self) {
        jobs::run_schedules(&self.app).await.unwrap();
        self.run_jobs().await;
    }

    /// The same, with every pause over.
    pub async fn after_every_pause(&self) {
        self.later(jiff::SignedDuration::from_mins(20));
        jobs::make_due(&self.app).await.unwrap();
        self.next_round().await;
    }
}

async fn goes(person: &Person, link: &str) -> Response {
    let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let session = person.token.as_ref().map_or_else(String::new, |token| format!("sid={token}; "));
    let opened = browser.get(link).header(COOKIE, &session).send().await.unwrap();
    let cookie = header(&opened, &SET_COOKIE).split(';').next().unwrap().to_owned();
    let asked = browser.get(header(&opened, &LOCATION)).send().await.unwrap();
    let back = Url::parse(&header(&asked, &LOCATION)).unwrap();
    browser.get(back).header(COOKIE, session + &cookie).send().await.unwrap()
}

fn header(response: &Response, name: &reqwest::header::HeaderName) -> String {
    let value = response.headers().get(name);
    value.unwrap_or_else(|| panic!("no {name}: {}", response.status())).to_str().unwrap().to_owned()
}
