//! W1, B1: tokens of an issuer that publishes its keys (JWKS): asked for, kept and rotated; and an issuer on a bad day.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::SignedDuration;
use serde_json::json;
use voxanne::platform::config::Config;

use super::issuer::{Issuer, Mood, Signer, integers};
use super::tokens::{ISSUER, asks, changed, claims, now, part, signed};
use crate::harness::Voxanne;

async fn start(issuer: &Issuer) -> Voxanne {
    Voxanne::start_with(|config| trusts(config, issuer)).await
}

fn trusts(config: &mut Config, issuer: &Issuer) {
    config.tokens.issuer = ISSUER.into();
    config.tokens.jwks_url.clone_from(&issuer.url);
    config.tokens.emails_are_verified = true;
}

#[tokio::test]
async fn b1_tokens_by_published_keys_open_the_org_of_their_person_and_the_keys_are_asked_for_once() {
    let (rsa, ec) = (Signer::rsa("first"), Signer::ec("second"));
    let issuer = Issuer::start(&[&rsa, &ec]).await;
    let vox = start(&issuer).await;
    assert_eq!(issuer.asked(), 0, "nobody asks before somebody needs it");
    for _ in 0..3 {
        for signer in [&rsa, &ec] {
            assert_eq!(asks(&vox, &signer.token(), None).await.status, 200, "{}", signer.kid);
        }
    }
    let (left, right) = tokio::join!(rsa.ask_many(&vox), ec.ask_many(&vox));
    assert_eq!((left, right), (10, 10));
    assert_eq!(issuer.asked(), 1);
    // The socket's door takes them, too: B11, W2.
    let token = ec.token();
    let holder = voxanne::accounts::verify_socket_token(&vox.app, &token).await.unwrap();
    assert_eq!((holder.org, holder.session), (vox.glow.org, None));
}

impl Signer {
    /// Of ten requests at once, how many were let in.
    async fn ask_many(&self, vox: &Voxanne) -> usize {
        let token = self.token();
        let all = futures::future::join_all((0..10).map(|_| asks(vox, &token, None))).await;
        all.iter().filter(|answer| answer.status == 200).count()
    }
}

#[tokio::test]
async fn w1_keys_are_rotated_within_a_minute_and_a_withdrawn_one_ends_within_ten() {
    let (old, new) = (Signer::rsa("old"), Signer::ec("new"));
    let issuer = Issuer::start(&[&old]).await;
    let vox = start(&issuer).await;
    assert_eq!(asks(&vox, &old.token(), None).await.status, 200);
    issuer.publishes(&[&old, &new]);
    // Asked a moment ago: whoever names keys that nobody knows does not make us ask again and again.
    asks(&vox, &new.token(), None).await.refused(401, "unauthenticated");
    let strangers = (0..20).map(|n| {
        let token = old.signs(&changed(old.head(), "kid", json!(format!("made-up-{n}"))), &claims());
        async { asks(&vox, &{ token }, None).await.status }
    });
    assert!(futures::future::join_all(strangers).await.iter().all(|status| *status == 401));
    assert_eq!(issuer.asked(), 1);
    vox.later(SignedDuration::from_secs(60));
    let strangers = (0..20).map(|n| {
        let token = old.signs(&changed(old.head(), "kid", json!(format!("made-up-{n}"))), &claims());
        async { asks(&vox, &{ token }, None).await.status }
    });
    assert!(futures::future::join_all(strangers).await.iter().all(|status| *status == 401));
    assert_eq!(issuer.asked(), 2, "once for all of them");
    assert_eq!(asks(&vox, &new.token(), None).await.status, 200, "and with that the new key is known");
    issuer.publishes(&[&new]);
    vox.later(SignedDuration::from_mins(9));
    assert_eq!((asks(&vox, &old.token(), None).await.status, issuer.asked()), (200, 2));
    vox.later(SignedDuration::from_mins(1));
    asks(&vox, &old.token(), None).await.refused(401, "unauthenticated");
    assert_eq!((asks(&vox, &new.token(), None).await.status, issuer.asked()), (200, 3));
}

/// Every way to change a good token, and to sign it by something else.
fn forged(rsa: &Signer, ec: &Signer) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for good in [rsa, ec] {
        let mut add = |what: &str, token: String| all.push((format!("{} {what}", good.kid), token));
        let head = good.head();
        for (name, value) in [
            ("iss", json!("https://evil.example")),
            ("iss", json!(null)),
            ("iss", json!(format!("{ISSUER}/"))),
            ("aud", json!("anon")),
            ("aud", json!(null)),
            ("sub", json!(null)),
            ("sub", json!("")),
            ("exp", json!(now() - 6)),
            ("exp", json!(null)),
            ("exp", json!("4000000000")),
            ("nbf", json!(now() + 60)),
            ("iat", json!(now() + 60)),
        ] {
            add(&format!("{name}: {value}"), good.signs(&head, &changed(claims(), name, value)));
        }
        for (name, value) in [
            ("alg", json!("none")),
            ("alg", json!("RS512")),
            ("alg", json!("PS256")),
            ("alg", json!("ES384")),
            ("alg", json!(if good.alg() == "RS256" { "ES256" } else { "RS256" })),
            ("kid", json!(null)),
            ("kid", json!("../../etc/passwd")),
            ("kid", json!(if good.kid == rsa.kid { ec.kid } else { rsa.kid })),
            ("typ", json!("ws+jwt")),
            ("jku", json!("https://evil.example/jwks.json")),
            ("x5u", json!("https://evil.example/chain.pem")),
            ("jwk", good.jwk()),
            ("crit", json!(["exp"])),
        ] {
            add(&format!("{name}: {value}"), good.signs(&changed(head.clone(), name, value), &claims()));
        }
        // Confusion: the public key, which everybody has, taken for a shared secret.
        let public = good.public();
        let pem = |label: &str| {
            format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(&public))
        };
        let (modulus, _) = if good.alg() == "RS256" { integers(&public) } else { (public.clone(), vec![]) };
        for secret in [
            public.clone(),
            modulus,
            pem("PUBLIC KEY").into_bytes(),
            pem("RSA PUBLIC KEY").into_bytes(),
            good.jwk().to_string().into_bytes(),
            vec![],
        ] {
            let head = changed(head.clone(), "alg", json!("HS256"));
            add("HS256 by what is public", signed(&head, &claims(), &secret));
        }
        let token = good.token();
        let [first, body, signature]: [&str; 3] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
        add("no signature", format!("{first}.{body}."));
        add("a short signature", format!("{first}.{body}.{}", &signature[..signature.len() - 4]));
        add("zeros for a signature", format!("{first}.{body}.{}", URL_SAFE_NO_PAD.encode([0; 64])));
        add(
            "another body",
            format!("{first}.{}.{signature}", part(&changed(claims(), "aal", json!("aal2")))),
        );
    }
    // The issuer's own name and key id, and somebody else's key.
    for stranger in [Signer::rsa("first"), Signer::ec("second")] {
        all.push((format!("a stranger's {}", stranger.kid), stranger.token()));
    }
    all
}

#[tokio::test]
async fn w1_b1_no_forged_token_of_published_keys_opens_anything() {
    let (rsa, ec) = (Signer::rsa("first"), Signer::ec("second"));
    let issuer = Issuer::start(&[&rsa, &ec]).await;
    for secret in ["", "a secret that both sides have, 32 bytes"] {
        let vox = Voxanne::start_with(|config| {
            trusts(config, &issuer);
            config.tokens.secret = secret.into();
        })
        .await;
        for signer in [&rsa, &ec] {
            assert_eq!(asks(&vox, &signer.token(), None).await.status, 200, "{}", signer.kid);
        }
        for (what, token) in forged(&rsa, &ec) {
            assert_eq!(asks(&vox, &token, None).await.status, 401, "{what}");
        }
    }
}

#[tokio::test]
async fn keys_of_other_kinds_and_for_other_things_spoil_none_beside_them() {
    let (rsa, ec) = (Signer::rsa("first"), Signer::ec("second"));
    let issuer = Issuer::start(&[&rsa]).await;
    let mut encrypts = ec.jwk();
    encrypts["use"] = "enc".into();
    *issuer.document.lock().unwrap() = json!({"keys": [
        {"kty": "AKP", "alg": "ML-DSA-65", "kid": "next", "pub": "AAAA"},
        {"kty": "EC", "crv": "secp256k1", "kid": "coin", "x": "AA", "y": "AA"},
        {"kty": "oct", "kid": "shared", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA", "alg": "HS256"},
        {"kty": "RSA", "kid": "broken", "n": "!", "e": "AQAB"},
        7, null, "key",
        encrypts,
        rsa.jwk(),
    ], "more": true});
    let vox = start(&issuer).await;
    assert_eq!(asks(&vox, &rsa.token(), None).await.status, 200);
    asks(&vox, &ec.token(), None).await.refused(401, "unauthenticated");
    // A key that is published is nobody's secret, whatever the document calls it.
    let head = json!({"alg": "HS256", "typ": "JWT", "kid": "shared"});
    asks(&vox, &signed(&head, &claims(), b"secret-secret-secret-secret-secret"), None)
        .await
        .refused(401, "unauthenticated");
}

#[tokio::test]
async fn an_issuer_on_a_bad_day_is_said_to_be_and_is_asked_again_a_minute_later() {
    let rsa = Signer::rsa("first");
    let issuer = Issuer::start(&[&rsa]).await;
    let vox = start(&issuer).await;
    let evil = Issuer::start(&[&Signer::rsa("first")]).await;
    for mood in [Mood::Down, Mood::Nonsense, Mood::Endless, Mood::Elsewhere(evil.url.clone())] {
        issuer.is(mood);
        // Not "who are you": the person may be who they say, and comes back.
        asks(&vox, &rsa.token(), None).await.refused(503, "unavailable");
        let asked = issuer.asked();
        asks(&vox, &rsa.token(), None).await.refused(503, "unavailable");
        assert_eq!(issuer.asked(), asked, "not twice within a minute");
        vox.later(SignedDuration::from_secs(60));
    }
    assert_eq!(evil.asked(), 0, "nobody follows where an answer leads");
    issuer.is(Mood::Well);
    assert_eq!(asks(&vox, &rsa.token(), None).await.status, 200);
    // What is known goes on counting while it is away.
    issuer.is(Mood::Down);
    vox.later(SignedDuration::from_mins(10));
    assert_eq!(asks(&vox, &rsa.token(), None).await.status, 200);
}

#[tokio::test]
async fn an_issuer_that_hangs_and_a_stranger_who_names_unknown_keys_hold_up_nobody_who_is_known() {
    let rsa = Signer::rsa("first");
    let issuer = Issuer::start(&[&rsa]).await;
    let vox = start(&issuer).await;
    assert_eq!(asks(&vox, &rsa.token(), None).await.status, 200);
    issuer.is(Mood::Hangs);
    vox.later(SignedDuration::from_secs(60));
    let stranger = rsa.signs(&changed(rsa.head(), "kid", json!("made-up")), &claims());
    let hangs = asks(&vox, &stranger, None);
    tokio::pin!(hangs);
    let known = async {
        // The stranger's question is out.
        while issuer.asked() < 2 {
            tokio::task::yield_now().await;
        }
        asks(&vox, &rsa.token(), None).await
    };
    tokio::select! {
        biased;
        answer = known => assert_eq!(answer.status, 200),
        answer = &mut hangs => panic!("the stranger was answered first: {}", answer.status),
    }
    issuer.goes_on.notify_one();
    hangs.await.refused(401, "unauthenticated");
    // And whoever needs the answer themselves waits seconds, not for ever.
    let vox = start(&issuer).await;
    let begun = Instant::now();
    asks(&vox, &rsa.token(), None).await.refused(503, "unavailable");
    assert!(begun.elapsed() < Duration::from_secs(25), "{:?}", begun.elapsed());
}

#[test]
fn keys_are_asked_for_over_https_alone() {
    let load = |url: &str| {
        let given =
            [("VOXANNE_TOKENS_ISSUER", ISSUER.to_owned()), ("VOXANNE_TOKENS_JWKS_URL", url.to_owned())];
        Config::load(|name| given.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone()))
    };
    for url in ["https://issuer.example/jwks.json", "http://127.0.0.1:9/jwks.json"] {
        assert!(load(url).is_ok(), "{url}");
    }
    for url in [
        "http://issuer.example/jwks.json",
        "http://127.0.0.1.evil.example/",
        "http://127.0.0.1:80@evil.example/",
        "ftp://issuer.example/",
        "file:///etc/passwd",
        "issuer.example",
    ] {
        assert!(load(url).is_err(), "{url}");
    }
}
