//! Whoever has nothing but the address: headers, links, redirects, and requests that are meant to hurt.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use voxanne::accounts::Role;
use voxanne::seed::DEMO_PASSWORD;

use crate::harness::Voxanne;

const OWNER: &str = "owner@glow.example";

/// What every answer carries, of whatever kind (the reference's security baseline).
const HEADERS: [(&str, &str); 8] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("strict-transport-security", "max-age=63072000; includeSubDomains; preload"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=()"),
    ("content-security-policy", "default-src 'none'"),
    ("reporting-endpoints", "csp=\"/csp-reports\""),
];

#[tokio::test]
async fn w23_w24_every_answer_carries_the_headers_that_keep_browsers_from_harm() {
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    let page = owner.page("/dashboard").await;
    let asset = page.text.split("src=\"/assets/").nth(1).unwrap().split('"').next().unwrap();
    for (method, path) in [
        ("GET", "/dashboard"),
        ("GET", "/sign-in"),
        ("GET", "/dashboard/nothing"),
        ("GET", "/api/v1/locations"),
        ("GET", "/api/v1/nothing"),
        ("DELETE", "/api/v1/locations"),
        ("GET", "/api/v1/analytics.csv?from=2026-11-01&to=2026-11-24&table=days"),
        ("POST", "/api/webhooks/vapi"),
        ("GET", "/w/nothing"),
        ("GET", "/feeds/nothing.ics"),
        ("GET", "/reset/nothing"),
        ("GET", "/api/google-oauth/callback"),
        ("GET", "/problems"),
        ("GET", "/health/live"),
        ("GET", "/nothing"),
        ("GET", "/dashboard?x=%00"),
        ("GET", &format!("/assets/{asset}")),
    ] {
        let answer = owner.request(method, path).send().await.unwrap();
        for (name, value) in HEADERS {
            let got = answer.headers().get(name).unwrap_or_else(|| panic!("{method} {path} has no {name}"));
            assert!(got.to_str().unwrap().starts_with(value), "{method} {path}: {name}: {got:?}");
        }
        assert!(answer.headers().get("server").is_none() && answer.headers().get("x-powered-by").is_none());
        // What names nobody may be kept by its digest; anything else by nobody.
        let kept = answer.headers()["cache-control"].to_str().unwrap();
        assert!(kept == "no-store" || path.starts_with("/assets/"), "{method} {path}: {kept}");
        let policy = answer.headers()["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"),
            "{method} {path}: {policy}"
        );
    }
}

#[tokio::test]
async fn w22_links_in_mails_lead_to_the_installations_own_address_whatever_host_was_named() {
    let vox = Voxanne::start().await;
    let client = reqwest::Client::new();
    for name in ["host", "x-forwarded-host", "x-original-host", "forwarded", "x-host"] {
        let value = if name == "forwarded" { "host=evil.example" } else { "evil.example" };
        let request =
            client.post(format!("{}/forgot", vox.url)).header("origin", &vox.url).header(name, value);
        let request = request.header("x-forwarded-proto", "https").form(&[("email", OWNER)]);
        assert_eq!(request.send().await.unwrap().status(), 200, "{name}");
        vox.run_jobs().await;
        vox.run_jobs().await;
    }
    let mails = vox.sandbox.mail().inbox_of(OWNER);
    assert_eq!(mails.len(), 5);
    for mail in mails {
        assert!(
            mail.body.contains(&format!("{}/reset/", vox.url)) && !mail.body.contains("evil"),
            "{}",
            mail.body
        );
    }
}

#[tokio::test]
async fn whoever_signs_in_is_led_nowhere_but_to_a_page_of_ours() {
    let vox = Voxanne::start().await;
    for next in [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "/dashboard@evil.example",
        "/dashboard.evil.example",
        "/dashboard\\@evil.example",
        "/dashboard//evil.example",
        "/dashboard/\r\nlocation: https://evil.example",
        "/dashboard\u{0}",
        "/sign-out",
        "/api/v1/keys",
        " /dashboard",
        "/%2f%2fevil.example",
        "http://127.0.0.1/dashboard",
    ] {
        let mut person = vox.stranger();
        let fields = [("email", OWNER), ("password", DEMO_PASSWORD), ("next", next)];
        let page = person.form("/sign-in", &fields).await;
        assert_eq!((page.status, page.location.as_str()), (303, "/dashboard"), "{next:?}");
        // Who is signed in already, too.
        let asked = person.request("GET", "/sign-in").query(&[("next", next)]).send().await.unwrap();
        let led = asked.headers().get("location").map_or("", |to| to.to_str().unwrap());
        assert!(matches!(led, "/dashboard" | ""), "{next:?}: {led}");
        // And it stands on the page as text.
        let shown = vox.stranger().request("GET", "/sign-in").query(&[("next", next)]).send().await.unwrap();
        assert!(!shown.text().await.unwrap().contains("evil"), "{next:?}");
    }
}

/// Sends bytes and reads the first answer; empty when the connection was closed without one.
async fn said(vox: &Voxanne, bytes: &[u8]) -> String {
    let address = vox.url.strip_prefix("http://").unwrap();
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let _ = stream.write_all(bytes).await;
    let mut read = vec![0; 4_096];
    let count = tokio::time::timeout(Duration::from_secs(20), stream.read(&mut read)).await;
    let count = count.expect("nobody answers").unwrap_or_default();
    String::from_utf8_lossy(&read[..count]).into_owned()
}

#[tokio::test]
async fn w18_w19_w20_w21_what_is_large_deep_or_slow_is_refused_at_every_door_of_people() {
    let vox = Voxanne::start_with(|config| {
        config.server.header_seconds = 1;
        config.server.body_seconds = 1;
    })
    .await;
    let owner = vox.glow_staff(Role::Owner).await;
    let post = async |path: &str, kind: &str, body: Vec<u8>| {
        let request = owner.request("POST", path).header("content-type", kind).body(body);
        request.send().await.map(|answer| answer.status().as_u16())
    };
    let json = "application/json";
    let form = "application/x-www-form-urlencoded";
    for (what, path, kind, body, statuses) in [
        ("a large body", "/api/v1/tasks", json, vec![b'x'; 70_000], [413, 413]),
        ("a large form", "/sign-in", form, vec![b'x'; 9_000], [413, 413]),
        ("a deep body", "/api/v1/tasks", json, b"[".repeat(60_000), [400, 400]),
        ("a deep object", "/api/v1/tasks", json, br#"{"a":"#.repeat(12_000), [400, 400]),
        ("many keys", "/api/v1/tasks", json, many_keys(), [422, 422]),
        ("a number beyond all", "/api/v1/tasks", json, br#"{"title":1e400}"#.to_vec(), [400, 422]),
        ("one key twice", "/api/v1/tasks", json, br#"{"title":"a","title":"b"}"#.to_vec(), [400, 422]),
        ("half a surrogate", "/api/v1/tasks", json, br#"{"title":"\ud800"}"#.to_vec(), [400, 422]),
        ("no UTF-8", "/api/v1/tasks", json, b"{\"title\":\"\xff\xfe\"}".to_vec(), [400, 422]),
        ("a form of rubbish", "/sign-in", form, vec![0xff; 100], [422, 422]),
    ] {
        let status = post(path, kind, body).await;
        // It may be cut off while it still sends.
        assert!(status.as_ref().map_or(true, |status| statuses.contains(status)), "{what}: {status:?}");
    }
    let head = "POST /sign-in HTTP/1.1\r\nHost: x\r\n";
    for (what, bytes) in [
        (
            "a body that never comes",
            format!("{head}Origin: {}\r\nContent-Type: {form}\r\nContent-Length: 50\r\n\r\nemail=", vox.url),
        ),
        ("headers that never end", format!("{head}X: ")),
        ("two lengths", format!("{head}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello")),
        (
            "a request inside another",
            format!(
                "{head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n5c\r\nGET /dashboard HTTP/1.1\r\n\r\n0\r\n\r\n"
            ),
        ),
        ("pieces of no length", format!("{head}Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nx")),
        ("another version of HTTP", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned()),
        (
            "lines that end in nothing but a feed",
            "POST /sign-in HTTP/1.1\nHost : x\nContent-Length: 1\n\nx".to_owned(),
        ),
        (
            "a length and pieces",
            format!("{head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ),
        ("a negative length", format!("{head}Content-Length: -1\r\n\r\n")),
    ] {
        let begun = Instant::now();
        let answer = said(&vox, bytes.as_bytes()).await;
        assert!(answer.matches("HTTP/1.1 ").count() <= 1, "{what}: two answers for one request: {answer}");
        assert!(!answer.starts_with("HTTP/1.1 2") && !answer.starts_with("HTTP/1.1 5"), "{what}: {answer}");
        assert!(begun.elapsed() < Duration::from_secs(15), "{what}: {:?}", begun.elapsed());
    }
    // Everybody else is served all the while.
    assert_eq!(owner.page("/dashboard").await.status, 200);
    owner.api("POST", "/tasks", json!({"title": "Still here"})).await.good();
}

fn many_keys() -> Vec<u8> {
    let members: Vec<_> = (0..5_000).map(|n| format!(r#""k{n}":1"#)).collect();
    format!("{{{}}}", members.join(",")).into_bytes()
}

/// What any page's address may ask by.
const ASKED: &[&str] = &[
    "q",
    "actor",
    "action",
    "kind",
    "class",
    "state",
    "day",
    "date",
    "view",
    "from",
    "to",
    "location",
    "assistant",
    "service",
    "practitioner",
    "resource",
    "outcome",
    "after",
    "before",
    "cursor",
    "page",
    "limit",
    "who",
    "only",
    "start",
    "end",
    "by",
    "sort",
    "next",
    "done",
    "span",
    "unit",
];
/// What nobody asks for who means well.
const ASKED_FOR: &[&str] = &[
    "%00",
    "%FF%FE",
    "%E2%80%AE",
    "%25%25%25",
    "'%22%3Cimg%20src=x%20onerror=1%3E",
    "-1",
    "99999999999999999999",
    "-9999-01-01",
    "9999-12-31",
    "0000-00-00",
    "AAAA",
    "../../etc/passwd",
];

#[tokio::test]
async fn w20_h3_no_page_fails_whatever_its_address_asks_for() {
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    for path in [
        "/dashboard",
        "/dashboard/calls",
        "/dashboard/leads",
        "/dashboard/contacts",
        "/dashboard/messages",
        "/dashboard/tasks",
        "/dashboard/notifications",
        "/dashboard/search",
        "/dashboard/search/suggestions",
        "/dashboard/analytics",
        "/dashboard/calendar",
        "/dashboard/calendar/events",
        "/dashboard/audit",
        "/dashboard/team",
        "/dashboard/settings/waitlist",
        "/dashboard/settings/hours",
        "/dashboard/settings/services",
        "/sign-in",
    ] {
        for word in ASKED_FOR {
            // All at once for most of them, and each alone where that ends at the first.
            let all = ASKED.iter().map(|name| format!("{name}={word}")).collect::<Vec<_>>().join("&");
            let each = ASKED.iter().map(|name| format!("{name}={word}"));
            for query in std::iter::once(all).chain(each) {
                let page = owner.page(&format!("{path}?{query}")).await;
                assert!(page.status < 500, "{path}?{query}: {}", page.status);
                assert!(!page.text.contains("<img src=x"), "{path}?{query}");
            }
        }
    }
}
