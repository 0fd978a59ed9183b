//! What tells whoever operates it how things are: metrics, and what browsers report. Nobody else learns or writes anything there.

use jiff::SignedDuration;
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use voxanne::accounts::{Role, Scope};

use crate::harness::{Answered, METRICS_TOKEN, Voxanne};

async fn metrics(request: RequestBuilder) -> (u16, String) {
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn h3_metrics_are_for_who_has_their_token() {
    let vox = Voxanne::start().await;
    assert_eq!(vox.post_fixture("hang").await.0, 200);
    let stranger = vox.stranger();
    let ask = || stranger.request("GET", "/metrics");
    let (status, told) = metrics(ask().bearer_auth(METRICS_TOKEN)).await;
    assert_eq!(status, 200);
    assert!(told.contains("# TYPE voxanne_messages_total counter"), "or this proves nothing: {told}");
    let (_, key) = vox.new_key(vox.glow.org, &Scope::ALL, None).await;
    let owner = vox.glow_staff(Role::Owner).await;
    for asked in [
        ask(),
        ask().bearer_auth(""),
        ask().bearer_auth(&METRICS_TOKEN[1..]),
        ask().bearer_auth(format!("{METRICS_TOKEN}x")),
        ask().bearer_auth(key),
        ask().query(&[("token", METRICS_TOKEN)]),
        owner.request("GET", "/metrics"),
    ] {
        Answered::of(asked).await.refused(401, "unauthenticated");
    }
}

#[tokio::test]
async fn h3_without_a_token_metrics_are_told_on_this_machine_alone() {
    let vox = Voxanne::start_with(|config| config.server.metrics_token = "".into()).await;
    vox.post_fixture("hang").await;
    let ask = || vox.stranger().request("GET", "/metrics");
    let (status, told) = metrics(ask()).await;
    assert_eq!(status, 200);
    assert!(told.contains("voxanne_messages_total"), "{told}");
    // Whoever is passed on by a proxy is not here, however near the proxy is.
    for name in ["x-forwarded-for", "forwarded", "via", "x-real-ip"] {
        Answered::of(ask().header(name, "203.0.113.9")).await.refused(404, "not_found");
    }
}

const ONE: &str = "application/csp-report";
const SEVERAL: &str = "application/reports+json";

/// A report that names somebody wherever it can.
fn one() -> Value {
    json!({"csp-report": {
        "document-uri": "https://x.example/dashboard/search?q=Sarah+Johnson", "referrer": "https://x.example/?q=Sarah",
        "violated-directive": "media-src", "effective-directive": "media-src", "original-policy": "default-src 'none'",
        "blocked-uri": "https://cdn.attacker.example/Sarah?Johnson", "script-sample": "Sarah Johnson", "line-number": 3,
    }})
}

fn several() -> Value {
    let body = json!({
        "documentURL": "https://x.example/reset/Sarah", "effectiveDirective": "media-src", "disposition": "enforce",
        "blockedURL": "inline", "sample": "Sarah Johnson", "lineNumber": 3,
    });
    json!([
        {"type": "csp-violation", "age": 1, "url": "https://x.example/?q=Sarah", "user_agent": "x", "body": body},
        {"type": "deprecation", "age": 1, "url": "https://x.example/", "user_agent": "x", "body": {"id": "x"}},
    ])
}

fn reports(vox: &Voxanne, kind: &str, body: impl Into<reqwest::Body>) -> RequestBuilder {
    vox.stranger().bare("POST", "/csp-reports").header("content-type", kind).body(body)
}

#[tokio::test]
async fn w24_browsers_are_told_where_to_report_what_a_policy_forbids() {
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    for path in
        ["/dashboard", "/sign-in", "/dashboard/nothing", "/w/nothing", "/api/v1/locations", "/nothing"]
    {
        for accept in ["text/html", "*/*"] {
            let answer = owner.request("GET", path).header("accept", accept).send().await.unwrap();
            let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
            assert_eq!(header("reporting-endpoints"), "csp=\"/csp-reports\"", "{path}");
            let policy = header("content-security-policy");
            // Firefox knows only the second.
            assert!(policy.ends_with("; report-to csp; report-uri /csp-reports"), "{path}: {policy}");
        }
    }
}

#[tokio::test]
async fn w24_w31_what_browsers_report_is_counted_and_logged_without_anything_of_people() {
    let vox = Voxanne::start().await;
    let counted = || Voxanne::counted("voxanne_csp_reports_total{directive=\"media-src\"}");
    let before = counted();
    // The harness looks at the log when this ends: no name, no query.
    assert_eq!(Answered::of(reports(&vox, ONE, one().to_string())).await.status, 204);
    let charset = format!("{SEVERAL}; charset=utf-8");
    assert_eq!(Answered::of(reports(&vox, &charset, several().to_string())).await.status, 204);
    assert_eq!(counted(), before + 2);
    for kind in ["application/json", "text/plain", "application/x-www-form-urlencoded"] {
        Answered::of(reports(&vox, kind, one().to_string())).await.refused(415, "not_a_report");
    }
    Answered::of(reports(&vox, ONE, vec![b' '; 16 * 1024 + 1])).await.refused(413, "too_large");
    for body in ["", "x", "[]", r#"{"csp-report": 1}"#, r#"{"csp-report": {"blocked-uri": {}}}"#] {
        Answered::of(reports(&vox, ONE, body)).await.refused(400, "unreadable");
    }
    // Ten of an address in a minute: two good ones, one too large, five unreadable, and two more.
    for status in [204, 204, 429, 429] {
        assert_eq!(Answered::of(reports(&vox, ONE, one().to_string())).await.status, status);
    }
    let refused = Answered::of(reports(&vox, ONE, one().to_string())).await;
    assert_eq!(refused.header("retry-after"), "60");
    refused.refused(429, "too_many_reports");
    vox.later(SignedDuration::from_mins(1));
    assert_eq!(Answered::of(reports(&vox, ONE, one().to_string())).await.status, 204);
}

#[tokio::test]
async fn w24_one_post_writes_ten_lines_at_the_most() {
    let vox = Voxanne::start().await;
    let counted = || Voxanne::counted("voxanne_csp_reports_total{directive=\"font-src\"}");
    let report = json!({"type": "csp-violation", "body": {"effectiveDirective": "font-src"}});
    let flood = Value::from(vec![report; 100]).to_string();
    let before = counted();
    assert_eq!(Answered::of(reports(&vox, SEVERAL, flood)).await.status, 204);
    assert_eq!(counted(), before + 10);
}
