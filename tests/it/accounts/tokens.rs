//! W1, B1, B11: tokens that hold, and more than two hundred that do not.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use voxanne::accounts::{self, AskedBy, Role};
use voxanne::seed::DEMO_PASSWORD;

use crate::harness::{Answered, NOW, Person, Voxanne};

pub(crate) const SECRET: &str = "a secret that both sides have, 32 bytes";
pub(crate) const ISSUER: &str = "https://project.supabase.example/auth/v1";

pub(crate) fn now() -> i64 {
    NOW.parse::<jiff::Timestamp>().unwrap().as_second()
}

pub(crate) fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

pub(crate) fn signed(head: &Value, claims: &Value, secret: &[u8]) -> String {
    let body = format!("{}.{}", part(head), part(claims));
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), body.as_bytes());
    format!("{body}.{}", URL_SAFE_NO_PAD.encode(tag.as_ref()))
}

/// As Supabase signs.
pub(crate) fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": "authenticated", "sub": "9b2f6a52-33a0-4e7c-9a38-6c1d58f6e0a1", "email": "owner@glow.example",
        "exp": now() + 3600, "iat": now(), "role": "authenticated", "aal": "aal1",
    })
}

pub(crate) fn head() -> Value {
    json!({"alg": "HS256", "typ": "JWT"})
}

pub(crate) fn changed(mut value: Value, name: &str, to: Value) -> Value {
    match to {
        Value::Null => {
            value.as_object_mut().unwrap().remove(name);
        }
        to => value[name] = to,
    }
    value
}

async fn start() -> Voxanne {
    Voxanne::start_with(|config| {
        config.tokens.issuer = ISSUER.into();
        config.tokens.secret = SECRET.into();
        config.tokens.emails_are_verified = true;
    })
    .await
}

pub(crate) async fn asks(vox: &Voxanne, token: &str, org: Option<&str>) -> Answered {
    let api = vox.api_with(Some(token.to_owned()));
    let request = api.request("GET", "/locations");
    Answered::of(match org {
        Some(org) => request.header("x-voxanne-org", org),
        None => request,
    })
    .await
}

pub(crate) async fn own_token(vox: &Voxanne, person: &Person) -> String {
    let staff = accounts::staff_of_session(&vox.app, person.token.as_deref().unwrap(), AskedBy::Person)
        .await
        .unwrap()
        .unwrap();
    accounts::api_token(&vox.app, &staff).unwrap().token
}

#[tokio::test]
async fn a_token_of_the_other_issuer_opens_the_org_of_its_person() {
    let vox = start().await;
    let token = signed(&head(), &claims(), SECRET.as_bytes());
    assert_eq!(asks(&vox, &token, None).await.status, 200);
    assert_eq!(asks(&vox, &token, Some(&vox.glow.org.to_string())).await.status, 200);
    // A minute late is too late, five seconds are not: clocks differ.
    for (seconds, status) in [(3600, 200), (3604, 200), (3606, 401)] {
        let expired = changed(claims(), "exp", (now() + 3600 - seconds).into());
        assert_eq!(asks(&vox, &signed(&head(), &expired, SECRET.as_bytes()), None).await.status, status);
    }
    // Linked: the address may change, the person stays.
    let moved = changed(claims(), "email", json!("other@glow.example"));
    assert_eq!(asks(&vox, &signed(&head(), &moved, SECRET.as_bytes()), None).await.status, 200);
    // Somebody else whom the issuer calls by the same address is somebody else.
    let other = changed(claims(), "sub", json!("another-subject"));
    assert_eq!(asks(&vox, &signed(&head(), &other, SECRET.as_bytes()), None).await.status, 401);
}

#[tokio::test]
async fn b11_a_token_names_a_person_and_the_database_their_orgs() {
    let vox = start().await;
    let token = signed(&head(), &claims(), SECRET.as_bytes());
    let (glow, harbor) = (vox.glow.org.to_string(), vox.harbor.org.to_string());
    asks(&vox, &token, Some(&harbor)).await.refused(403, "not_of_org");
    asks(&vox, &token, Some("org_nonsense")).await.refused(403, "not_of_org");
    vox.joins(vox.harbor.org, "owner@glow.example", Role::Viewer).await;
    asks(&vox, &token, None).await.refused(403, "which_org");
    let of_harbor = asks(&vox, &token, Some(&harbor)).await.good();
    let of_glow = asks(&vox, &token, Some(&glow)).await.good();
    assert_ne!(of_harbor["items"], of_glow["items"]);
    vox.exec("update memberships set ended_at = now() where role <> 'owner'").await;
    asks(&vox, &token, Some(&harbor)).await.refused(403, "not_of_org");
    let stranger = changed(claims(), "email", json!("nobody@else.example"));
    let stranger = changed(stranger, "sub", json!("nobody"));
    asks(&vox, &signed(&head(), &stranger, SECRET.as_bytes()), None).await.refused(401, "unauthenticated");
    // Whoever is staff of nothing is told so, and not let in anywhere.
    vox.joins(vox.glow.org, "alone@glow.example", Role::Viewer).await;
    vox.exec("update memberships set ended_at = now() where role = 'viewer'").await;
    let alone = changed(changed(claims(), "email", json!("alone@glow.example")), "sub", json!("alone"));
    asks(&vox, &signed(&head(), &alone, SECRET.as_bytes()), None).await.refused(403, "no_org");
}

#[tokio::test]
async fn an_address_that_nobody_verified_is_nobodys() {
    let vox = start().await;
    let unverified = changed(claims(), "email_verified", json!(false));
    assert_eq!(asks(&vox, &signed(&head(), &unverified, SECRET.as_bytes()), None).await.status, 401);
    let strict = vox.restarted_with(|config| {
        config.tokens.issuer = ISSUER.into();
        config.tokens.secret = SECRET.into();
    });
    let strict = strict.await;
    let token = signed(&head(), &claims(), SECRET.as_bytes());
    assert_eq!(asks(&strict, &token, None).await.status, 401);
    let verified = changed(claims(), "email_verified", json!(true));
    assert_eq!(asks(&strict, &signed(&head(), &verified, SECRET.as_bytes()), None).await.status, 200);
    // A letter that folds into one of theirs is another person's: the sign of the Kelvin is no K.
    vox.joins(vox.glow.org, "kim@glow.example", Role::Viewer).await;
    let named = |email: &str| {
        let claims = changed(changed(claims(), "email", json!(email)), "sub", json!("somebody else"));
        signed(&head(), &claims, SECRET.as_bytes())
    };
    assert_eq!(asks(&vox, &named("\u{212a}im@glow.example"), None).await.status, 401);
    assert_eq!(asks(&vox, &named("KIM@glow.example"), None).await.status, 200);
}

/// Every way to change a good token of the other issuer, and to sign it by something else.
#[expect(clippy::too_many_lines, reason = "a table, row by row")]
fn forged_elsewhere() -> Vec<(String, String)> {
    let mut all = Vec::new();
    let mut add = |what: String, token: String| all.push((what, token));
    let good = signed(&head(), &claims(), SECRET.as_bytes());
    let [first, body, signature]: [&str; 3] = good.split('.').collect::<Vec<_>>().try_into().unwrap();
    for alg in [
        "none", "None", "NONE", "nOnE", "", "HS384", "HS512", "RS256", "ES256", "EdDSA", "PS256", "hs256",
        "HS256 ",
    ] {
        let head = changed(head(), "alg", json!(alg));
        let unsigned = format!("{}.{}", part(&head), part(&claims()));
        add(format!("alg {alg} without a signature"), format!("{unsigned}."));
        add(format!("alg {alg} without its part"), unsigned.clone());
        add(format!("alg {alg} with the good signature"), format!("{unsigned}.{signature}"));
        if alg != "HS256" {
            add(format!("alg {alg} signed by HS256"), signed(&head, &claims(), SECRET.as_bytes()));
        }
    }
    for secret in [
        "",
        "secret",
        "a secret that both sides have, 32 byte",
        "A SECRET THAT BOTH SIDES HAVE, 32 BYTES",
        ISSUER,
    ] {
        add(format!("signed by {secret:?}"), signed(&head(), &claims(), secret.as_bytes()));
    }
    for (name, value) in [
        ("jku", json!("https://evil.example/keys")),
        ("x5u", json!("https://evil.example/cert")),
        ("jwk", json!({"kty": "oct", "k": "c2VjcmV0"})),
        ("x5c", json!(["MIIB"])),
        ("crit", json!(["exp"])),
        ("typ", json!("at+jwt")),
        ("typ", json!("ws+jwt")),
        ("typ", json!("JWE")),
        ("alg", json!(["HS256"])),
        ("alg", json!(null)),
        ("kid", json!({"$ne": null})),
    ] {
        add(
            format!("head {name} {value}"),
            signed(&changed(head(), name, value), &claims(), SECRET.as_bytes()),
        );
    }
    let other_claims = [
        ("iss", json!("https://evil.example")),
        ("iss", json!(format!("{ISSUER}/"))),
        ("iss", json!(null)),
        ("iss", json!("")),
        ("aud", json!("anon")),
        ("aud", json!(["anon", "service_role"])),
        ("aud", json!(null)),
        ("aud", json!("")),
        ("sub", json!(null)),
        ("sub", json!("")),
        ("sub", json!(7)),
        ("exp", json!(null)),
        ("exp", json!(now() - 6)),
        ("exp", json!(0)),
        ("exp", json!(-1)),
        ("exp", json!("tomorrow")),
        ("exp", json!(1e300)),
        ("nbf", json!(now() + 60)),
        ("nbf", json!(now() + 31_536_000)),
        ("iat", json!(now() + 60)),
        ("email", json!(["owner@glow.example"])),
    ];
    for (name, value) in other_claims {
        add(
            format!("claim {name} {value}"),
            signed(&head(), &changed(claims(), name, value), SECRET.as_bytes()),
        );
    }
    // A bit anywhere in the signature, a letter anywhere in head or claims.
    for at in 0..signature.len() - 1 {
        add(format!("signature changed at {at}"), format!("{first}.{body}.{}", altered(signature, at)));
    }
    for at in (0..first.len()).step_by(3) {
        add(format!("head changed at {at}"), format!("{}.{body}.{signature}", altered(first, at)));
    }
    for at in (0..body.len()).step_by(4) {
        add(format!("claims changed at {at}"), format!("{first}.{}.{signature}", altered(body, at)));
    }
    for (what, token) in [
        ("four parts", format!("{good}.{signature}")),
        ("two parts", format!("{first}.{body}")),
        ("no part", "..".to_owned()),
        ("padding", format!("{good}=")),
        ("a space", format!("{first}.{body} .{signature}")),
        ("too long", format!("{first}.{}.{signature}", "A".repeat(9_000))),
        ("the good one twice", format!("{good}{good}")),
    ] {
        add(what.to_owned(), token);
    }
    all
}

fn altered(text: &str, at: usize) -> String {
    let other = if text.as_bytes()[at] == b'A' { "B" } else { "A" };
    format!("{}{other}{}", &text[..at], &text[at + 1..])
}

#[tokio::test]
async fn w1_b1_no_forged_token_of_the_other_issuer_opens_anything() {
    let vox = start().await;
    let good = signed(&head(), &claims(), SECRET.as_bytes());
    assert_eq!(asks(&vox, &good, None).await.status, 200, "the good one must hold, or this proves nothing");
    let forged = forged_elsewhere();
    assert!(forged.len() >= 200, "{}", forged.len());
    for (what, token) in &forged {
        let answer = asks(&vox, token, Some(&vox.glow.org.to_string())).await;
        assert_eq!(answer.status, 401, "{what}: {token}");
        assert!(accounts::verify_socket_token(&vox.app, token).await.is_err(), "{what}: {token}");
    }
}

#[tokio::test]
async fn w1_a_token_of_ours_is_for_one_thing_and_holds_as_long_as_the_session() {
    let vox = start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    let token = own_token(&vox, &owner).await;
    assert_eq!(asks(&vox, &token, None).await.status, 200);
    let staff = accounts::staff_of_session(&vox.app, owner.token.as_deref().unwrap(), AskedBy::Person)
        .await
        .unwrap()
        .unwrap();
    let socket = accounts::socket_token(&vox.app, &staff).unwrap();
    asks(&vox, &socket.token, None).await.refused(401, "unauthenticated");
    assert!(accounts::verify_socket_token(&vox.app, &token).await.is_err());
    let holder = accounts::verify_socket_token(&vox.app, &socket.token).await.unwrap();
    assert_eq!((holder.org, holder.role, holder.session), (vox.glow.org, Role::Owner, staff.session));
    assert!(accounts::still_holds(&vox.app, &holder).await.unwrap());
    let harbor = vox.harbor.org.to_string();
    asks(&vox, &token, Some(&harbor)).await.refused(403, "not_of_org");

    // Its public key is no secret: neither is what it signs by (HS/EdDSA confusion), nor is another key's signature its own.
    let [first, body, signature]: [&str; 3] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
    let ours: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(first).unwrap()).unwrap();
    let said: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).unwrap()).unwrap();
    let kid = ours["kid"].as_str().unwrap().to_owned();
    let mut forged = vec![
        format!("{first}.{body}."),
        format!("{first}.{}.{signature}", part(&changed(said.clone(), "org", json!(harbor)))),
        format!("{}.{body}.{signature}", part(&changed(ours.clone(), "alg", json!("none")))),
        format!("{}.{body}.{signature}", part(&changed(ours.clone(), "kid", json!("0000000000000000")))),
        format!("{}.{body}.{signature}", part(&changed(ours.clone(), "kid", Value::Null))),
        format!("{}.{body}.{signature}", part(&changed(ours.clone(), "typ", json!("ws+jwt")))),
        signed(&changed(ours.clone(), "alg", json!("HS256")), &said, kid.as_bytes()),
        signed(&changed(ours.clone(), "alg", json!("HS256")), &said, SECRET.as_bytes()),
        signed(&ours, &said, SECRET.as_bytes()),
    ];
    for at in (0..signature.len() - 1).step_by(2) {
        forged.push(format!("{first}.{body}.{}", altered(signature, at)));
    }
    for token in &forged {
        assert_eq!(asks(&vox, token, None).await.status, 401, "{token}");
    }
    // W17: another password is another session, for whoever has the former cookie, a token of it or a socket.
    let change = json!({"current_password": DEMO_PASSWORD, "new_password": "a different lamp 7"});
    let changed = owner.request("PUT", "/api/v1/account/password").json(&change).send().await.unwrap();
    let cookie = changed.headers()["set-cookie"].to_str().unwrap().to_owned();
    asks(&vox, &token, None).await.refused(401, "unauthenticated");
    assert!(!accounts::still_holds(&vox.app, &holder).await.unwrap());
    owner.api("GET", "/locations", Value::Null).await.refused(401, "unauthenticated");
    let owner = owner.with(cookie.split(';').next().and_then(|pair| pair.split_once('=')).unwrap().1);
    let token = own_token(&vox, &owner).await;
    asks(&vox, &token, None).await.good();
    // W17, W38: it ends with the session, and with what the person was.
    vox.exec("delete from sessions").await;
    asks(&vox, &token, None).await.refused(401, "unauthenticated");
    assert!(accounts::verify_socket_token(&vox.app, &socket.token).await.is_err());
    assert!(!accounts::still_holds(&vox.app, &holder).await.unwrap());
}

/// A server that believes the other issuer, for tables of who gets in where.
pub(crate) fn believes(config: &mut voxanne::platform::config::Config) {
    config.tokens.issuer = ISSUER.into();
    config.tokens.secret = SECRET.into();
    config.tokens.emails_are_verified = true;
}

/// A token of ours for the API, of Glow's owner.
pub(crate) async fn of_the_owner(vox: &Voxanne) -> String {
    own_token(vox, &vox.glow_staff(Role::Owner).await).await
}

/// One of the other issuer for the same person, as good as it gets.
pub(crate) fn of_the_other_issuer(vox: &Voxanne) -> String {
    let now = vox.app.clock.now().as_second();
    let fresh = changed(changed(claims(), "iat", json!(now)), "exp", json!(now + 3600));
    signed(&head(), &fresh, SECRET.as_bytes())
}

/// Tokens that say who the owner is, signed with the right secret, and are worth nothing: what is wrong with each.
pub(crate) fn useless(vox: &Voxanne) -> Vec<(&'static str, String)> {
    let now = vox.app.clock.now().as_second();
    let fresh = changed(changed(claims(), "iat", json!(now)), "exp", json!(now + 3600));
    let with = |name: &str, to: Value| signed(&head(), &changed(fresh.clone(), name, to), SECRET.as_bytes());
    vec![
        ("a token of a wrong issuer", with("iss", json!("https://else.supabase.example/auth/v1"))),
        ("a token without an issuer", with("iss", Value::Null)),
        ("a token for somebody else's server", with("aud", json!("else"))),
        ("an expired token", with("exp", json!(now - 3600))),
        ("a token with another secret", signed(&head(), &fresh, b"another secret, 32 bytes and more")),
    ]
}

#[tokio::test]
async fn b11_the_useless_tokens_of_the_tables_lack_nothing_else() {
    let vox = Voxanne::start_with(believes).await;
    let now = vox.app.clock.now().as_second();
    let fresh = changed(changed(claims(), "iat", json!(now)), "exp", json!(now + 3600));
    asks(&vox, &signed(&head(), &fresh, SECRET.as_bytes()), None).await.good();
    for (what, token) in useless(&vox) {
        assert_eq!(asks(&vox, &token, None).await.status, 401, "{what}");
    }
}
