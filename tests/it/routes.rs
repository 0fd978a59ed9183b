//! B12, B18, W7, W9, H3: every route × every kind of caller. The routes are read from the routers' own source, and those of the
//! API from its document: one without a row fails.
//!
//! A new route:
//!
//! * **of the API** (`/api/v1`): nothing here. Its scope stands in the document (`scope_of` in `src/api/openapi.rs`), and every role
//!   is held to that; `tests/it/api/access/rows.rs` takes one row with a request that succeeds.
//! * **a page**: one line in [`ROUTES`]: `page("/dashboard/things", "things:read")`, with `""` where whoever is signed in may look.
//! * **a POST of a page**, such as a token for its socket: `act("/dashboard/…")`.
//! * **a form of the door**: `door(method, path)`.
//! * **a socket**: `socket(path)`, tried with whatever each caller has to show.
//! * **kept for programs of before**: `kept(method, path, scope)`.
//! * **anything else**: `open(method, path, status)` for what a stranger gets, which everybody else then gets, too: they are no
//!   credentials there.

mod callers;
mod mounted;

use futures::{SinkExt as _, StreamExt as _};
use reqwest::Response;
use serde_json::{Value, json};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

use self::callers::{Caller, callers};
use crate::accounts::tokens;
use crate::harness::{Answered, Voxanne};

/// Who may use a route that is not of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    /// Anybody gets this status for a request that carries none of what the route asks for.
    Anybody(u16),
    /// Whoever is signed in and whose role has the scope; empty is no scope. Others are sent to the sign-in, or find nothing.
    Page(&'static str),
    /// The same for what a page fetches.
    Part(&'static str),
    /// Whoever is signed in, from a page of ours.
    Act,
    /// Whoever comes from a page of ours, signed in or not.
    Door,
    /// Whoever shows a token that holds, in their first message.
    Socket,
    /// Whose credential of any kind has the scope: a route that is kept for programs of before.
    Kept(&'static str),
}

type Row = (&'static str, &'static str, Who);

const fn open(method: &'static str, path: &'static str, status: u16) -> Row {
    (method, path, Who::Anybody(status))
}

const fn page(path: &'static str, scope: &'static str) -> Row {
    ("get", path, Who::Page(scope))
}

/// What a page fetches for a part of it: JSON, or nothing without its query.
const fn part(path: &'static str, scope: &'static str) -> Row {
    ("get", path, Who::Part(scope))
}

const fn act(path: &'static str) -> Row {
    ("post", path, Who::Act)
}

const fn door(method: &'static str, path: &'static str) -> Row {
    (method, path, Who::Door)
}

const fn socket(path: &'static str) -> Row {
    ("get", path, Who::Socket)
}

const fn kept(method: &'static str, path: &'static str, scope: &'static str) -> Row {
    (method, path, Who::Kept(scope))
}

/// Every route but the API's.
const ROUTES: &[Row] = &[
    // Vendors: their own secrets and signatures open these, and nothing of ours.
    open("post", "/api/webhooks/vapi", 401),
    open("post", "/api/webhooks/vapi/{door}", 401),
    open("post", "/api/webhooks/twilio/status/{org}/{text}", 404),
    open("post", "/api/webhooks/twilio/inbound/{org}", 404),
    open("post", "/api/webhooks/google/calendar", 403),
    // Links: what is in them opens them.
    open("get", "/feeds/{file}", 404),
    open("get", "/w/{token}", 404),
    open("post", "/w/{token}", 404),
    open("get", "/reset/{token}", 410),
    open("get", "/invitation/{token}", 410),
    open("get", "/api/google-oauth/callback", 400),
    // A link that is looked at before it is followed is not used up by that.
    open("head", "/api/google-oauth/authorize", 405),
    open("head", "/api/google-oauth/callback", 405),
    // Whoever operates it, and what says nothing of anybody.
    open("get", "/health/live", 200),
    open("get", "/health/ready", 200),
    open("get", "/problems", 200),
    open("get", "/metrics", 401),
    open("post", "/csp-reports", 415),
    open("get", "/assets/{name}", 404),
    open("get", "/api/v1/openapi.json", 200),
    // The door.
    open("get", "/", 303),
    open("get", "/forgot", 200),
    door("get", "/sign-in"),
    door("post", "/sign-in"),
    door("post", "/sign-in/code"),
    door("post", "/sign-out"),
    door("post", "/forgot"),
    door("post", "/reset/{token}"),
    door("post", "/invitation/{token}"),
    // Pages.
    page("/dashboard", ""),
    page("/dashboard/account", ""),
    page("/dashboard/audit", "audit:read"),
    page("/dashboard/calls", "calls:read"),
    page("/dashboard/calls/{id}", "calls:read"),
    page("/dashboard/analytics", "analytics:read"),
    page("/dashboard/contacts", "messages:read"),
    page("/dashboard/contacts/{id}", "messages:read"),
    page("/dashboard/messages", "messages:read"),
    page("/dashboard/messages/{id}", "messages:read"),
    page("/dashboard/notifications", "tasks:read"),
    page("/dashboard/search", ""),
    part("/dashboard/search/suggestions", ""),
    page("/dashboard/tasks", "tasks:read"),
    page("/dashboard/calendar", "appointments:read"),
    part("/dashboard/calendar/events", "appointments:read"),
    page("/dashboard/calendar/visits/{id}", "appointments:read"),
    page("/dashboard/first-run", "settings:write"),
    page("/dashboard/leads", "leads:read"),
    page("/dashboard/settings", "settings:read"),
    page("/dashboard/settings/alerts", "settings:read"),
    page("/dashboard/settings/assistant", "settings:read"),
    page("/dashboard/settings/calendars", "calendars:read"),
    page("/dashboard/settings/clinic", "catalogue:read"),
    page("/dashboard/settings/email", "settings:read"),
    page("/dashboard/settings/hours", "catalogue:read"),
    page("/dashboard/settings/keys", "keys:write"),
    page("/dashboard/settings/policy", "catalogue:read"),
    page("/dashboard/settings/practitioners", "catalogue:read"),
    page("/dashboard/settings/practitioners/{id}", "catalogue:read"),
    page("/dashboard/settings/resources", "catalogue:read"),
    page("/dashboard/settings/scoring", "settings:read"),
    page("/dashboard/settings/sequences", "messages:read"),
    page("/dashboard/settings/sequences/{id}", "messages:read"),
    page("/dashboard/settings/services", "catalogue:read"),
    page("/dashboard/settings/services/{id}", "catalogue:read"),
    page("/dashboard/settings/texting", "settings:read"),
    page("/dashboard/settings/texts", "messages:read"),
    page("/dashboard/settings/waitlist", "waitlist:read"),
    page("/dashboard/team", "team:read"),
    part("/dashboard/session", ""),
    act("/dashboard/session"),
    act("/dashboard/socket-token"),
    act("/dashboard/switch"),
    socket("/ws/live-calls"),
    // Kept for programs of before.
    kept("get", "/api/founder-console/settings", "settings:read"),
    kept("post", "/api/founder-console/settings", "settings:write"),
    kept("post", "/api/founder-console/settings/test-hot-lead-sms", "settings:write"),
    kept("get", "/api/google-oauth/authorize", "calendars:write"),
    kept("get", "/api/google-oauth/status", "calendars:read"),
    kept("post", "/api/google-oauth/revoke", "calendars:write"),
];

/// The pages about one thing, which their path names.
pub(crate) fn pages_about_one() -> Vec<&'static str> {
    let pages = ROUTES.iter().filter(|(_, path, who)| matches!(who, Who::Page(_)) && path.contains('{'));
    pages.map(|(_, path, _)| *path).collect()
}

/// A path in which every hole has something that nobody has.
fn filled(path: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { "nobodys" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn b12_w9_every_page_and_door_gives_every_caller_what_its_row_says() {
    let vox = Voxanne::start_with(tokens::believes).await;
    let callers = callers(&vox).await;
    for (method, path, who) in ROUTES {
        for caller in &callers {
            let what = format!("{method} {path}: {}", caller.what);
            match (who, *method) {
                (Who::Socket, _) => {
                    assert_eq!(heard(&vox, path, caller).await, caller.opens_socket, "{what}");
                    continue;
                }
                // From our own page it would do what it is for: `tests/it/accounts/doors.rs` tries that whole.
                (Who::Door, "post") => {
                    refused_from_elsewhere(caller, path, &what).await;
                    continue;
                }
                _ => {}
            }
            let response = caller.ask(method, &filled(path)).send().await.unwrap();
            let status = response.status().as_u16();
            match who {
                Who::Anybody(expected) => assert_eq!(status, *expected, "{what}"),
                Who::Part(_) if !caller.signed_in => assert!(matches!(status, 303 | 401), "{what}: {status}"),
                Who::Part(scope) if !caller.may(scope) => assert_eq!(status, 404, "{what}"),
                Who::Part(_) => {
                    assert!(!matches!(status, 303 | 401 | 403 | 404) && status < 500, "{what}: {status}");
                }
                Who::Page(_) if !caller.signed_in => {
                    assert_eq!(status, 303, "{what}");
                    assert!(
                        response.headers()["location"].to_str().unwrap().starts_with("/sign-in?next="),
                        "{what}"
                    );
                }
                Who::Page(scope) if !caller.may(scope) => assert_eq!(status, 404, "{what}"),
                Who::Page(_) if path.contains('{') => assert_eq!(status, 404, "{what}: nobody has it"),
                Who::Page(_) => {
                    assert_eq!(status, 200, "{what}");
                    assert_page_of_one_org(response, caller, &what).await;
                }
                Who::Socket => unreachable!("tried above"),
                Who::Door => assert_eq!(status, if caller.signed_in { 303 } else { 200 }, "{what}"),
                Who::Kept(_) if caller.scopes.is_none() => assert_eq!(status, 401, "{what}"),
                Who::Kept(scope) if !caller.may(scope) => assert_eq!(status, 403, "{what}"),
                Who::Kept(_) => {
                    assert!(!matches!(status, 401 | 403 | 405) && status < 500, "{what}: {status}");
                }
                Who::Act if !caller.signed_in => {
                    assert!(matches!(status, 303 | 401 | 403), "{what}: {status}");
                }
                Who::Act => {
                    assert!(!matches!(status, 303 | 401 | 403), "{what}: {status}");
                    refused_from_elsewhere(caller, path, &what).await;
                }
            }
        }
    }
}

/// W11, W23, W24: a page runs nothing but ours, is kept by nobody, and is of one org alone.
async fn assert_page_of_one_org(response: Response, caller: &Caller, what: &str) {
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "W24: {what}");
    assert!(policy.contains("require-trusted-types-for 'script'; trusted-types "), "W11: {what}");
    assert_eq!(response.headers()["cache-control"], "no-store", "W23: {what}");
    let html = response.text().await.unwrap();
    let (own, other) = if caller.what == "the other org's owner" {
        ("Harbor Aesthetics", "Glow MedSpa")
    } else {
        ("Glow MedSpa", "Harbor Aesthetics")
    };
    assert!(html.contains(own) && !html.contains(other), "{what}: one org's page");
}

/// W10: from another site's page, or from none, a form does nothing; and why is a problem like any other.
async fn refused_from_elsewhere(caller: &Caller, path: &str, what: &str) {
    for origin in [Some("https://evil.example"), None] {
        let asked = caller.person.bare("POST", &filled(path)).form(&[("email", "x")]);
        let asked = origin.into_iter().fold(asked, |asked, origin| asked.header("origin", origin));
        let refused = Answered::of(asked).await;
        assert!(refused.headers.contains_key("x-request-id"), "{what}");
        refused.refused(403, "cross_site");
    }
}

/// Whether a socket that says what the caller has to show is let in. Whoever is not is told so by its close.
async fn heard(vox: &Voxanne, path: &str, caller: &Caller) -> bool {
    let (mut socket, _) = connect_async(format!("{}{path}", vox.url.replace("http", "ws"))).await.unwrap();
    let said = json!({"type": "subscribe", "token": caller.first_word().await});
    socket.send(Message::text(said.to_string())).await.unwrap();
    match socket.next().await.unwrap().unwrap() {
        Message::Text(text) => {
            let heard: Value = serde_json::from_str(&text).unwrap();
            let org =
                if caller.what == "the other org's owner" { &vox.harbor } else { &vox.glow }.org.to_string();
            assert_eq!(
                (&heard["type"], &heard["org"]),
                (&json!("subscribed"), &json!(org)),
                "{}",
                caller.what
            );
            true
        }
        Message::Close(Some(frame)) => {
            assert_eq!(u16::from(frame.code), 1008, "{}", caller.what);
            false
        }
        other => panic!("{}: {other:?}", caller.what),
    }
}

/// The API's document says which scope each operation takes; whoever has it gets past that, and nobody else does.
#[tokio::test]
async fn b12_w9_every_operation_of_the_api_is_open_to_exactly_those_roles_that_have_its_scope() {
    let vox = Voxanne::start_with(tokens::believes).await;
    let callers = callers(&vox).await;
    let document = serde_json::to_value(voxanne::api::document()).unwrap();
    let mut tried = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let security = &operation["security"][0];
            let scope = security["key"][0].as_str();
            for caller in &callers {
                let what = format!("{method} {path}: {}", caller.what);
                let response = caller.ask(method, &format!("/api/v1{}", filled(path))).send().await.unwrap();
                let status = response.status().as_u16();
                let body: Value = response.json().await.unwrap_or(Value::Null);
                let code = body["code"].as_str().unwrap_or_default().to_owned();
                match (scope, &caller.scopes) {
                    (_, None) => assert_eq!((status, code.as_str()), (401, "unauthenticated"), "{what}"),
                    // Figures are looked at by everybody and taken away by managers.
                    (Some(_), Some(_))
                        if path == "/analytics.csv"
                            && matches!(caller.what, "a viewer" | "the front desk") =>
                    {
                        assert_eq!((status, code.as_str()), (403, "missing_scope"), "{what}");
                    }
                    (Some(scope), Some(_)) if !caller.may(scope) => {
                        // Before anything of the request is read.
                        assert_eq!((status, code.as_str()), (403, "missing_scope"), "{what} needs {scope}");
                    }
                    (None, Some(_)) if !caller.signed_in => {
                        assert_eq!((status, code.as_str()), (403, "staff_only"), "{what}");
                    }
                    // A request without its body, or about something that nobody has: it got as far as that.
                    (_, Some(_)) => {
                        assert!(
                            !matches!(status, 401 | 403 | 405) && status < 500,
                            "{what}: {status} {body}"
                        );
                    }
                }
                tried += 1;
            }
        }
    }
    assert!(tried > 1000, "{tried}");
}
