#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/google.", $name, ".json"))
    };
}

fn api(http: u16, reason: &str) -> Error {
    let body =
        format!(r#"{{"error":{{"errors":[{{"domain":"global","reason":"{reason}"}}],"code":{http}}}}}"#);
    Error::api(http, body.as_bytes(), None)
}

#[test]
fn the_recorded_refusals_are_told_apart() {
    assert!(matches!(
        Error::api(403, fixture!("error.403.rate"), None),
        Error::Busy { retry_after: None, .. }
    ));
    assert!(matches!(Error::api(409, fixture!("error.409"), None), Error::Duplicate));
    assert!(matches!(Error::api(410, fixture!("error.410.sync-token"), None), Error::SyncTokenGone));
    assert!(matches!(Error::api(412, fixture!("error.412"), None), Error::Changed));
    assert!(matches!(Error::oauth(400, fixture!("oauth.invalid_grant"), None), Error::InvalidGrant));
}

#[test]
fn a_403_is_busy_for_a_quota_and_forbidden_for_anything_else() {
    for reason in ["rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded"] {
        let error = api(403, reason);
        assert!(matches!(error, Error::Busy { .. }), "{reason}");
        assert!(error.is_passing() && !error.outcome_is_unknown());
    }
    for reason in ["insufficientPermissions", "forbidden", "accessNotConfigured", "domainPolicy"] {
        let error = api(403, reason);
        assert!(matches!(&error, Error::Forbidden { reason: r } if r == reason), "{reason}");
        assert!(!error.is_passing() && !error.outcome_is_unknown());
    }
    let newer = br#"{"error":{"code":403,"status":"PERMISSION_DENIED","details":[{"@type":"x"},{"reason":"RATE_LIMIT_EXCEEDED"}]}}"#;
    assert!(matches!(Error::api(403, newer, None), Error::Busy { .. }));
    assert!(matches!(Error::api(403, b"<html>", None), Error::Forbidden { reason } if reason == "unknown"));
}

#[test]
fn e7_the_status_and_googles_own_code_are_kept() {
    let codes = [
        (Error::api(403, fixture!("error.403.rate"), None), Some("403 rateLimitExceeded")),
        (Error::api(429, b"", None), Some("429")),
        (api(403, "insufficientPermissions"), Some("403 insufficientPermissions")),
        (api(400, "timeRangeEmpty"), Some("400 timeRangeEmpty")),
        (api(401, "authError"), Some("401")),
        (api(404, "notFound"), Some("404")),
        (api(503, "backendError"), Some("503")),
        (Error::oauth(400, fixture!("oauth.invalid_grant"), None), Some("invalid_grant")),
        (Error::Unreadable, None),
    ];
    for (error, code) in codes {
        assert_eq!(error.code().as_deref(), code, "{error}");
    }
}

#[test]
fn every_status_has_its_meaning() {
    let wait = Some(Duration::from_secs(7));
    assert!(matches!(Error::api(429, b"", wait), Error::Busy { retry_after, .. } if retry_after == wait));
    assert!(matches!(api(401, "authError"), Error::Unauthorized));
    assert!(matches!(api(404, "notFound"), Error::NotFound));
    assert!(
        matches!(api(400, "timeRangeEmpty"), Error::Rejected { http: 400, reason } if reason == "timeRangeEmpty")
    );
    for http in [500, 502, 503, 504, 408] {
        let error = api(http, "backendError");
        assert!(matches!(error, Error::Unavailable { http: h } if h == http));
        assert!(error.is_passing() && error.outcome_is_unknown());
    }
    for http in [204, 302, 304] {
        assert!(matches!(Error::api(http, b"", None), Error::Unreadable), "{http}");
    }
    assert!(Error::Unreadable.is_passing() && Error::Unreadable.outcome_is_unknown());
    for error in
        [Error::Unauthorized, Error::NotFound, Error::Duplicate, Error::SyncTokenGone, Error::Changed]
    {
        assert!(!error.is_passing() && !error.outcome_is_unknown(), "{error}");
    }
}

#[test]
fn the_token_endpoint_blames_the_program_or_the_grant() {
    let oauth = |http, body: &str| Error::oauth(http, body.as_bytes(), None);
    assert!(matches!(
        oauth(401, r#"{"error":"invalid_client","error_description":"The OAuth client was not found."}"#),
        Error::Rejected { http: 401, reason } if reason == "invalid_client"
    ));
    assert!(matches!(oauth(401, ""), Error::Rejected { http: 401, .. }));
    assert!(matches!(oauth(400, r#"{"error":"redirect_uri_mismatch"}"#), Error::Rejected { http: 400, .. }));
    assert!(matches!(oauth(403, r#"{"error":"rate_limit_exceeded"}"#), Error::Busy { .. }));
    assert!(matches!(oauth(429, r#"{"error":"slow_down"}"#), Error::Busy { .. }));
    assert!(matches!(oauth(503, r#"{"error":"temporarily_unavailable"}"#), Error::Unavailable { http: 503 }));
    assert!(!Error::InvalidGrant.is_passing() && !Error::InvalidGrant.outcome_is_unknown());
}

#[test]
fn what_google_says_is_shown_only_if_it_is_a_code() {
    for said in ["ann@example.com is unknown", "", "ya29.token", &"x".repeat(65)] {
        let error = api(400, said);
        assert!(matches!(&error, Error::Rejected { reason, .. } if reason == "unknown"), "{said}");
        assert!(said.is_empty() || !format!("{error} {error:?}").contains(said), "{said}");
    }
}
