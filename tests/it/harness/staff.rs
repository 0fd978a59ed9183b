//! Somebody who signs in with a browser.

use reqwest::header::{COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use voxanne::accounts::{self, Browser, Entered, Role};
use voxanne::orgs::{self, NewOrg};
use voxanne::platform::ids::OrgId;
use voxanne::seed;

use super::{Answered, Voxanne};

/// A browser, signed in or not. It says where its requests come from, as browsers do.
#[derive(Debug, Clone)]
pub struct Person {
    http: reqwest::Client,
    base: String,
    /// The cookie's token.
    pub token: Option<String>,
}

impl Voxanne {
    /// Who has a role at Glow, signed in.
    pub async fn glow_staff(&self, role: Role) -> Person {
        let staff = seed::STAFF.iter().find(|s| s.clinic.org == self.glow.org && s.role == role).unwrap();
        self.signed_in(staff.email).await
    }

    /// The owner of the other clinic, signed in.
    pub async fn harbor_owner(&self) -> Person {
        self.signed_in("owner@harbor.example").await
    }

    /// Somebody of the demo, signed in.
    pub async fn signed_in(&self, email: &str) -> Person {
        let browser = Browser { network: [127, 0, 0, 1].into(), agent: "Tests".to_owned() };
        let entered = accounts::sign_in(&self.app, (email, seed::DEMO_PASSWORD), &browser).await.unwrap();
        let Entered::Open(token) = entered else { panic!("{email} has a second factor") };
        Person { token: Some(token), ..self.stranger() }
    }

    /// A browser that nobody is signed in with.
    pub fn stranger(&self) -> Person {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Person { http, base: self.url.clone(), token: None }
    }

    /// An org as `voxanne admin org create` makes it, and its owner, signed in.
    pub async fn new_org(&self) -> (OrgId, Person) {
        let org: OrgId = self.app.new_id();
        let new = NewOrg {
            id: org,
            name: "Willow Aesthetics".to_owned(),
            default_region: "US".to_owned(),
            location: self.app.new_id(),
            location_name: "Willow Aesthetics".to_owned(),
            time_zone: "America/Los_Angeles".to_owned(),
            address: None,
            human_phone: None,
        };
        let mut tx = self.app.begin(org).await.unwrap();
        orgs::create(&mut tx, &new, &[], &[], self.app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        self.joins(org, "owner@willow.example", Role::Owner).await;
        (org, self.signed_in("owner@willow.example").await)
    }

    /// Somebody new in an org, or known already, with the demo's password.
    pub async fn joins(&self, org: OrgId, email: &str, role: Role) {
        let new = accounts::NewStaff { name: "Sam Tester", email, password: seed::DEMO_PASSWORD, role };
        accounts::add_staff(&self.app, org, &new).await.unwrap();
    }
}

impl Person {
    /// The same browser with another cookie.
    pub fn with(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// A request to any path, from a page of ours.
    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        self.bare(method, path).header(ORIGIN, &self.base).header("sec-fetch-site", "same-origin")
    }

    /// A request that does not say where it comes from.
    pub fn bare(&self, method: &str, path: &str) -> RequestBuilder {
        let method: Method = method.parse().unwrap();
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.token {
            Some(token) => request.header(COOKIE, format!("sid={token}")),
            None => request,
        }
    }

    /// A request to the API below `/api/v1`.
    pub async fn api(&self, method: &str, path: &str, body: Value) -> Answered {
        let request = self.request(method, &format!("/api/v1{path}"));
        Answered::of(if body.is_null() { request } else { request.json(&body) }).await
    }

    /// Sends a form as a page does: status, where it leads, and the page.
    pub async fn form(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let response = self.request("POST", path).form(fields).send().await.unwrap();
        let page = Page::of(response).await;
        if let Some(token) = &page.token {
            self.token = Some(token.clone()).filter(|token| !token.is_empty());
        }
        page
    }

    /// Looks at a page.
    pub async fn page(&self, path: &str) -> Page {
        Page::of(self.request("GET", path).send().await.unwrap()).await
    }
}

/// A page, or where it leads.
#[derive(Debug, Clone)]
pub struct Page {
    pub status: u16,
    pub location: String,
    /// What the cookie was set to; empty when it was taken away.
    pub token: Option<String>,
    pub cookie: String,
    pub text: String,
}

impl Page {
    async fn of(response: reqwest::Response) -> Self {
        let header =
            |name| response.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
        let (location, cookie) = (header(LOCATION), header(SET_COOKIE));
        let token = cookie.split(';').next().and_then(|pair| pair.split_once('=')).map(|(_, t)| t.to_owned());
        Self {
            status: response.status().as_u16(),
            location,
            token,
            cookie,
            text: response.text().await.unwrap(),
        }
    }
}
