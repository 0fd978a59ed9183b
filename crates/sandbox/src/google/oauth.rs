//! The consent page, which decides at once, and the token endpoints.

use std::collections::BTreeSet;

use aws_lc_rs::digest;
use axum::extract::{Form, Query, State as Extract};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use axum::{Json, body::Body};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use reqwest::Url;
use serde_json::{Value, json};

use super::accounts::{ACCESS_LIFE, Code, Consent, Grant};
use super::{Call, GoogleFake, State};
use crate::fault::{self, Fault, Target};
use crate::locked;

pub(super) type Pairs = Vec<(String, String)>;

/// Who consents if nobody was named.
const ACCOUNT_DEFAULT: &str = "owner@sandbox.example";
const CODE_LIFE: SignedDuration = SignedDuration::from_mins(10);
/// Of a SHA-256 in base64.
const CHALLENGE_CHARS: usize = 43;

pub(super) fn field<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// A request that Google shows to the person as broken.
struct Broken(&'static str);

impl IntoResponse for Broken {
    fn into_response(self) -> Response {
        (StatusCode::BAD_REQUEST, format!("Error 400: {}", self.0)).into_response()
    }
}

pub(super) async fn consent(Extract(fake): Extract<GoogleFake>, Query(query): Query<Pairs>) -> Response {
    let now = fake.now();
    let back = locked(&fake.0.state).consent(&query, now);
    match back {
        Ok(url) => (StatusCode::FOUND, [(LOCATION, url.to_string())], Body::empty()).into_response(),
        Err(broken) => broken.into_response(),
    }
}

impl State {
    /// Where the person is sent back to, and with what.
    fn consent(&mut self, query: &Pairs, now: Timestamp) -> Result<Url, Broken> {
        let client_id = field(query, "client_id").ok_or(Broken("invalid_request"))?;
        if !self.apps.is_empty() && !self.apps.contains_key(client_id) {
            return Err(Broken("invalid_client"));
        }
        let redirect_uri = field(query, "redirect_uri").ok_or(Broken("invalid_request"))?;
        let mut back = Url::parse(redirect_uri).map_err(|_no_url| Broken("redirect_uri_mismatch"))?;
        if !self.redirect_uris.is_empty() && !self.redirect_uris.contains(redirect_uri) {
            return Err(Broken("redirect_uri_mismatch"));
        }
        if field(query, "response_type") != Some("code") {
            return Err(Broken("unsupported_response_type"));
        }
        let challenge = field(query, "code_challenge").filter(|it| it.len() == CHALLENGE_CHARS);
        let challenge = challenge
            .filter(|_| field(query, "code_challenge_method") == Some("S256"))
            .ok_or(Broken("invalid_request"))?;
        let asked: BTreeSet<String> =
            field(query, "scope").into_iter().flat_map(str::split_whitespace).map(str::to_owned).collect();
        if asked.is_empty() {
            return Err(Broken("invalid_scope"));
        }
        if let Some(state) = field(query, "state") {
            back.query_pairs_mut().append_pair("state", state);
        }
        let email = match self.next_consents.pop_front() {
            Some(Consent::Refused) => {
                back.query_pairs_mut().append_pair("error", "access_denied");
                return Ok(back);
            }
            Some(Consent::By(email)) => email,
            None => field(query, "login_hint").unwrap_or(ACCOUNT_DEFAULT).to_owned(),
        };
        let scopes = self.granted(&email, asked, field(query, "include_granted_scopes") == Some("true"));
        let is_again = self.grants.iter().any(|grant| grant.email == email && !grant.is_revoked);
        let code = Code {
            with_refresh_token: field(query, "access_type") == Some("offline")
                && (!is_again || field(query, "prompt").is_some_and(|prompt| prompt.contains("consent")))
                && !self.account(&email).leaves_out_refresh_token,
            client_id: client_id.to_owned(),
            redirect_uri: redirect_uri.to_owned(),
            challenge: challenge.to_owned(),
            expires_at: now + CODE_LIFE,
            scopes,
            email,
        };
        let scope = joined(&code.scopes);
        let word = format!("4/sandbox-{}", self.next());
        self.codes.insert(word.clone(), code);
        back.query_pairs_mut().append_pair("code", &word).append_pair("scope", &scope);
        Ok(back)
    }

    /// What was asked for and is ticked, and what was granted before.
    fn granted(&mut self, email: &str, mut asked: BTreeSet<String>, and_before: bool) -> BTreeSet<String> {
        if and_before {
            let before = self.grants.iter().filter(|grant| grant.email == email && !grant.is_revoked);
            asked.extend(before.flat_map(|grant| grant.scopes.clone()));
        }
        let refuses = &self.account(email).refuses;
        asked.retain(|scope| !refuses.contains(scope));
        asked
    }
}

fn joined(scopes: &BTreeSet<String>) -> String {
    scopes.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
}

pub(super) async fn token(Extract(fake): Extract<GoogleFake>, Form(form): Form<Pairs>) -> Response {
    let (account, call) = {
        let state = locked(&fake.0.state);
        let refresh = field(&form, "refresh_token");
        let grant = refresh.and_then(|token| state.grants.iter().find(|grant| grant.has(token)));
        let code = field(&form, "code").and_then(|code| state.codes.get(code));
        match field(&form, "grant_type") {
            Some("refresh_token") => (grant.map(|grant| grant.email.clone()), Call::Refresh),
            _ => (code.map(|code| code.email.clone()), Call::Token),
        }
    };
    let effect = {
        let fake = fake.clone();
        async move {
            let now = fake.now();
            locked(&fake.0.state).tokens(&form, now).unwrap_or_else(|(http, error)| refusal(http, error))
        }
    };
    fake.answer_oauth(account, call, effect).await
}

pub(super) async fn revoke(Extract(fake): Extract<GoogleFake>, Form(form): Form<Pairs>) -> Response {
    let token = field(&form, "token").map(str::to_owned).unwrap_or_default();
    let account = {
        let state = locked(&fake.0.state);
        state.grants.iter().find(|grant| grant.has(&token)).map(|grant| grant.email.clone())
    };
    let effect = {
        let fake = fake.clone();
        async move {
            let was_alive = locked(&fake.0.state).revoke_by_token(&token);
            if was_alive { Json(json!({})).into_response() } else { refusal(400, "invalid_token") }
        }
    };
    fake.answer_oauth(account, Call::Revoke, effect).await
}

impl GoogleFake {
    async fn answer_oauth(
        &self,
        account: Option<String>,
        call: Call,
        effect: impl Future<Output = Response> + Send + 'static,
    ) -> Response {
        let bad_day = account.and_then(|email| {
            let mut state = locked(&self.0.state);
            *state.requests.entry((email.clone(), call)).or_default() += 1;
            state.account(&email).bad_day.clone()
        });
        match bad_day.or_else(|| self.0.faults.take(Target::GoogleToken)) {
            Some(Fault::Refusal { http, reason, retry_after_seconds }) => {
                let retry_after = retry_after_seconds.map(|seconds| [("retry-after", seconds.to_string())]);
                (retry_after, refusal(http, &reason)).into_response()
            }
            fault => fault::answer(fault, &self.0.tasks, refuse, effect).await,
        }
    }
}

type Refused = (u16, &'static str);

impl State {
    fn tokens(&mut self, form: &Pairs, now: Timestamp) -> Result<Response, Refused> {
        let client_id = field(form, "client_id").unwrap_or_default();
        let secret = field(form, "client_secret").unwrap_or_default();
        if !self.apps.is_empty() && self.apps.get(client_id).is_none_or(|known| known != secret) {
            return Err((401, "invalid_client"));
        }
        let (grant, refresh_token) = match field(form, "grant_type") {
            Some("authorization_code") => self.redeem(form, client_id, now)?,
            Some("refresh_token") => {
                let shown = field(form, "refresh_token").ok_or((400, "invalid_request"))?;
                let is_it = |grant: &Grant| {
                    !grant.is_revoked
                        && grant.client_id == client_id
                        && grant.refresh_token.as_deref() == Some(shown)
                };
                (self.grants.iter().position(is_it).ok_or((400, "invalid_grant"))?, None)
            }
            _ => return Err((400, "unsupported_grant_type")),
        };
        let access_token = self.new_access_token(grant, now);
        let mut tokens = json!({
            "access_token": access_token,
            "expires_in": ACCESS_LIFE.as_secs() - 1,
            "scope": self.grants.get(grant).map(|grant| joined(&grant.scopes)),
            "token_type": "Bearer",
        });
        if let Some(refresh_token) = refresh_token {
            tokens["refresh_token"] = Value::String(refresh_token);
        }
        Ok(Json(tokens).into_response())
    }

    /// A grant for a code, which is used up by that, right or wrong.
    fn redeem(
        &mut self,
        form: &Pairs,
        client_id: &str,
        now: Timestamp,
    ) -> Result<(usize, Option<String>), Refused> {
        let code = field(form, "code").and_then(|code| self.codes.remove(code));
        let code = code.filter(|code| code.client_id == client_id && now < code.expires_at);
        let code = code.ok_or((400, "invalid_grant"))?;
        if field(form, "redirect_uri") != Some(&code.redirect_uri) {
            return Err((400, "redirect_uri_mismatch"));
        }
        let verifier = field(form, "code_verifier").unwrap_or_default();
        let hash = digest::digest(&digest::SHA256, verifier.as_bytes());
        if BASE64_URL_SAFE_NO_PAD.encode(hash) != code.challenge {
            return Err((400, "invalid_grant"));
        }
        let refresh_token = code.with_refresh_token.then(|| format!("1//sandbox-{}", self.next()));
        self.grants.push(Grant {
            email: code.email,
            client_id: code.client_id,
            scopes: code.scopes,
            refresh_token: refresh_token.clone(),
            access_tokens: std::collections::BTreeMap::new(),
            is_revoked: false,
        });
        Ok((self.grants.len() - 1, refresh_token))
    }
}

fn refusal(http: u16, error: &str) -> Response {
    let status = StatusCode::from_u16(http).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let description = match error {
        "invalid_grant" => "Token has been expired or revoked.",
        "invalid_client" => "The OAuth client was not found.",
        _ => "Bad Request",
    };
    (status, Json(json!({ "error": error, "error_description": description }))).into_response()
}

fn refuse(http: u16, _code: Option<u32>) -> Response {
    let error = match http {
        400 => "invalid_grant",
        401 => "invalid_client",
        403 | 429 => "rate_limit_exceeded",
        _ => "internal_failure",
    };
    refusal(http, error)
}
