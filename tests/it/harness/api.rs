//! A program that calls the API of one clinic.

use jiff::SignedDuration;
use reqwest::header::{COOKIE, HeaderMap, ORIGIN};
use reqwest::{Method, RequestBuilder};
use secrecy::ExposeSecret;
use serde_json::Value;
use voxanne::accounts::{self, NewKey, Scope};
use voxanne::platform::ids::{ApiKeyId, OrgId};

use super::{Clinic, Person, Voxanne};

/// A program with a key, a stranger without one, or a page of somebody who is signed in.
#[derive(Debug, Clone)]
pub struct Api {
    http: reqwest::Client,
    base: String,
    key: Option<String>,
    cookie: Option<String>,
}

/// An answer of the API.
#[derive(Debug, Clone)]
pub struct Answered {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Voxanne {
    /// Glow's own program, which may do everything.
    pub async fn glow_api(&self) -> Api {
        self.api(&self.glow, &Scope::ALL).await
    }

    /// The other tenant's program, which may do everything there.
    pub async fn harbor_api(&self) -> Api {
        self.api(&self.harbor, &Scope::ALL).await
    }

    /// A program of `clinic` with these scopes.
    pub async fn api(&self, clinic: &Clinic, scopes: &[Scope]) -> Api {
        let (_, key) = self.new_key(clinic.org, scopes, None).await;
        self.api_with(Some(key))
    }

    /// A caller with this key, whatever it is worth.
    pub fn api_with(&self, key: Option<String>) -> Api {
        Api { http: self.http.clone(), base: format!("{}/api/v1", self.url), key, cookie: None }
    }

    /// What a page of `person` sends.
    pub fn api_of(&self, person: &Person) -> Api {
        Api { cookie: person.token.clone(), ..self.api_with(None) }
    }

    /// A key as an operator makes it.
    pub async fn new_key(
        &self,
        org: OrgId,
        scopes: &[Scope],
        works_for: Option<SignedDuration>,
    ) -> (ApiKeyId, String) {
        let new = NewKey { name: "Tests".to_owned(), scopes: scopes.to_vec(), works_for, made_by: None };
        let mut tx = self.app.begin(org).await.unwrap();
        let (id, key) = accounts::add_key(&self.app, &mut tx, org, &new).await.unwrap();
        tx.commit().await.unwrap();
        (id, key.expose_secret().to_owned())
    }
}

impl Api {
    /// A request to a path below `/api/v1`.
    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let method: Method = method.parse().unwrap();
        let request = self.http.request(method, format!("{}{path}", self.base));
        match (&self.key, &self.cookie) {
            (Some(key), _) => request.bearer_auth(key),
            (None, Some(cookie)) => request
                .header(COOKIE, format!("sid={cookie}"))
                .header(ORIGIN, self.base.trim_end_matches("/api/v1")),
            (None, None) => request,
        }
    }

    /// A request to a path below `/api/google-oauth`.
    pub fn google_oauth(&self, method: &str, path: &str) -> RequestBuilder {
        self.request(method, &format!("/../google-oauth{path}"))
    }

    pub async fn get(&self, path: &str) -> Answered {
        Answered::of(self.request("GET", path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answered {
        Answered::of(self.request("POST", path).json(&body)).await
    }

    /// A POST that names itself.
    pub async fn post_once(&self, key: &str, path: &str, body: Value) -> Answered {
        Answered::of(self.request("POST", path).header("idempotency-key", key).json(&body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answered {
        Answered::of(self.request("PATCH", path).json(&body)).await
    }

    /// A change of what was read with this ETag.
    pub async fn patch_if(&self, etag: &str, path: &str, body: Value) -> Answered {
        Answered::of(self.request("PATCH", path).header("if-match", etag).json(&body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answered {
        Answered::of(self.request("PUT", path).json(&body)).await
    }

    pub async fn delete(&self, path: &str) -> Answered {
        Answered::of(self.request("DELETE", path)).await
    }

    /// The id of the thing of this name in a list.
    pub async fn id_of(&self, path: &str, name: &str) -> String {
        let page = self.get(&format!("{path}?limit=100")).await.good();
        let items = page["items"].as_array().unwrap();
        let found = items.iter().find(|item| item["name"] == name);
        found.unwrap_or_else(|| panic!("{path} has no {name}"))["id"].as_str().unwrap().to_owned()
    }
}

impl Answered {
    /// Sends and reads.
    pub async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self { status, headers, body: response.json().await.unwrap_or(Value::Null) }
    }

    /// A header's text; empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The body of a success.
    #[track_caller]
    pub fn good(self) -> Value {
        assert!((200..300).contains(&self.status), "{} {}", self.status, self.body);
        self.body
    }

    /// The body of a refusal: a problem document with this status and code.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Value {
        assert_eq!((self.status, self.body["code"].as_str()), (status, Some(code)), "{}", self.body);
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(self.body["status"], status);
        assert_eq!(self.body["type"], format!("/problems#{code}"));
        self.body
    }

    /// The field that a refusal names, and its sentence.
    #[track_caller]
    pub fn wrong_field(self) -> (String, String) {
        let body = self.refused(422, "invalid_field");
        (body["field"].as_str().unwrap().to_owned(), body["detail"].as_str().unwrap().to_owned())
    }
}
