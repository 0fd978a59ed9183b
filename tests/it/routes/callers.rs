//! Every kind of caller, and what it may do.

use jiff::SignedDuration;
use reqwest::RequestBuilder;
use serde_json::Value;
use voxanne::accounts::{Role, Scope};

use crate::accounts::tokens;
use crate::harness::{Person, Voxanne};

/// A caller: what it presents, and what it may do. `None` is nothing at all.
pub(super) struct Caller {
    pub(super) what: &'static str,
    pub(super) person: Person,
    bearer: Option<String>,
    pub(super) scopes: Option<Vec<Scope>>,
    /// Of pages: signed in with a browser.
    pub(super) signed_in: bool,
    /// Whether what it presents opens a socket by itself.
    pub(super) opens_socket: bool,
}

impl Caller {
    pub(super) fn ask(&self, method: &str, path: &str) -> RequestBuilder {
        let request = self.person.request(&method.to_uppercase(), path);
        match &self.bearer {
            Some(bearer) => request.bearer_auth(bearer),
            None => request,
        }
    }

    /// What it says first on a socket: a page asks for a token for it, anything else shows what it has.
    pub(super) async fn first_word(&self) -> String {
        if !self.signed_in {
            return self.bearer.clone().unwrap_or_default();
        }
        let given = self.ask("post", "/dashboard/socket-token").send().await.unwrap();
        given.json::<Value>().await.unwrap()["token"].as_str().unwrap().to_owned()
    }

    pub(super) fn may(&self, scope: &str) -> bool {
        let scopes = self.scopes.as_deref().unwrap_or_default();
        scope.is_empty() || scopes.iter().any(|own| own.name() == scope)
    }
}

/// `alg: none`, for somebody who is really there.
async fn forged_token(vox: &Voxanne) -> String {
    use base64::Engine as _;
    let user: uuid::Uuid = vox.one("select user_id from users where email = 'owner@glow.example'").await;
    let part = |value: Value| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(value.to_string());
    let head = part(serde_json::json!({"alg": "none", "typ": "at+jwt"}));
    let claims = part(serde_json::json!({
        "iss": vox.url, "aud": "api", "sub": format!("usr_{}", user.simple()), "org": vox.glow.org.to_string(), "exp": 4_000_000_000_i64,
    }));
    format!("{head}.{claims}.")
}

pub(super) async fn callers(vox: &Voxanne) -> Vec<Caller> {
    let expired = vox.glow_staff(Role::Owner).await;
    vox.joins(vox.glow.org, "gone@glow.example", Role::Owner).await;
    let former = vox.signed_in("gone@glow.example").await;
    vox.exec("update memberships set ended_at = now() where user_id = (select user_id from users where email = 'gone@glow.example')")
        .await;
    vox.later(SignedDuration::from_hours(12));
    let mut all = Vec::new();
    let mut add = |what: &'static str, person: Person, bearer: Option<String>, scopes: Option<Vec<Scope>>| {
        let signed_in = scopes.is_some() && bearer.is_none();
        let opens_socket = signed_in || what == "a token of the other issuer";
        all.push(Caller { what, person, bearer, scopes, signed_in, opens_socket });
    };
    add("a stranger", vox.stranger(), None, None);
    add("an expired session", expired, None, None);
    add("somebody who is staff no more", former, None, None);
    add("a forged token", vox.stranger(), Some(forged_token(vox).await), None);
    for (what, token) in tokens::useless(vox) {
        add(what, vox.stranger(), Some(token), None);
    }
    add("a made-up cookie", vox.stranger().with(&"A".repeat(43)), None, None);
    for (what, role) in [
        ("a viewer", Role::Viewer),
        ("the front desk", Role::FrontDesk),
        ("a manager", Role::Manager),
        ("an owner", Role::Owner),
    ] {
        add(what, vox.glow_staff(role).await, None, Some(role.scopes().to_vec()));
    }
    // Of an owner of its own: the others' browsers end each other's sessions, and what hangs on them.
    vox.joins(vox.glow.org, "tokens@glow.example", Role::Owner).await;
    let ours = tokens::own_token(vox, &vox.signed_in("tokens@glow.example").await).await;
    add("a token of ours", vox.stranger(), Some(ours), Some(Role::Owner.scopes().to_vec()));
    let theirs = tokens::of_the_other_issuer(vox);
    add("a token of the other issuer", vox.stranger(), Some(theirs), Some(Role::Owner.scopes().to_vec()));
    add("the other org's owner", vox.harbor_owner().await, None, Some(Scope::ALL.to_vec()));
    let (_, key) = vox.new_key(vox.glow.org, &Scope::ALL, None).await;
    add("a key with every scope", vox.stranger(), Some(key), Some(Scope::ALL.to_vec()));
    let (_, key) = vox.new_key(vox.glow.org, &[Scope::WaitlistRead], None).await;
    add("a key with one scope", vox.stranger(), Some(key), Some(vec![Scope::WaitlistRead]));
    all
}
