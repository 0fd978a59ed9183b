#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::{App, Endpoints};

fn client() -> Client {
    let app = App { client_id: "id.apps.example".into(), client_secret: "s3cret".into() };
    Client::new(reqwest::Client::default(), Endpoints::google(), app, Duration::from_secs(5))
}

#[test]
fn the_challenge_is_that_of_the_standard() {
    // RFC 7636, appendix B.
    let verifier = SecretString::from("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    assert_eq!(challenge(&verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

#[test]
fn consent_is_asked_for_with_everything_that_gives_a_refresh_token() {
    let url = client().consent_url(&ConsentRequest {
        redirect_uri: "https://app.example/back?x=1",
        state: "s&t",
        challenge: "c",
        scopes: &["https://scope/a", "https://scope/b"],
    });
    let url = reqwest::Url::parse(&url).unwrap();
    assert_eq!(url.as_str().split('?').next(), Some("https://accounts.google.com/o/oauth2/v2/auth"));
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let wanted = [
        ("response_type", "code"),
        ("client_id", "id.apps.example"),
        ("redirect_uri", "https://app.example/back?x=1"),
        ("scope", "https://scope/a https://scope/b"),
        ("state", "s&t"),
        ("access_type", "offline"),
        ("prompt", "consent"),
        ("include_granted_scopes", "true"),
        ("code_challenge", "c"),
        ("code_challenge_method", "S256"),
    ];
    assert_eq!(pairs, wanted.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[test]
fn the_recorded_tokens_are_read_and_never_shown() {
    let raw = include_bytes!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/google.oauth.token.response.json"
    ));
    let tokens = read(raw).unwrap();
    assert_eq!(tokens.access_token.expose_secret(), "ya29.FAKE");
    assert_eq!(tokens.refresh_token.as_ref().unwrap().expose_secret(), "1//FAKE");
    assert_eq!(tokens.expires_in, Duration::from_secs(3599));
    assert_eq!(tokens.scopes.len(), 2);
    assert!(!format!("{tokens:?}").contains("FAKE"));
}

#[test]
fn an_answer_without_a_token_is_unreadable() {
    for raw in [r#"{"expires_in":3599}"#, r#"{"access_token":"a"}"#, "<html>", ""] {
        assert!(matches!(read(raw.as_bytes()), Err(Error::Unreadable)), "{raw}");
    }
    let refreshed = read(br#"{"access_token":"a","expires_in":1}"#).unwrap();
    assert!(refreshed.refresh_token.is_none() && refreshed.scopes.is_empty());
}
