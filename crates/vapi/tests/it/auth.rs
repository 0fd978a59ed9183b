//! V15, T-V9, A16–A18: who is let in.

use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde_json::{Value, json};
use voxanne_vapi::auth::{
    Algorithm, Credential, CredentialId, Encoding, HmacFormat, Refused, Request, Scheme, authenticate,
};

use crate::fixture_json;

const SECRET: &str = "whsec_test_0123456789abcdef";
const BODY: &str = "{\"message\":{\"type\":\"hang\",\"timestamp\":1795536012345}}";
const SIGNED_DEFAULT: &str = "0de9ce41fe18b93c67380d852db211841cd5d6c069256987e5aa49c96d8fe8c2";
const SIGNED_BODY: &str = "2be5df24b5c7f9a776933220547a6be43cb41311de7754d4b6332ff9eadecce6";

fn now() -> Timestamp {
    Timestamp::from_second(1_795_536_012).unwrap()
}

fn credential(scheme: Scheme, secret: &str) -> Credential {
    Credential { id: CredentialId("one".into()), scheme, secret: SecretString::from(secret) }
}

fn headers(given: &[(&str, &[u8])]) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (name, value) in given {
        headers.append(HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_bytes(value).ok()?);
    }
    Some(headers)
}

fn check(scheme: Scheme, secret: &str, given: &[(&str, &str)], body: &[u8]) -> Result<CredentialId, Refused> {
    check_at(now(), scheme, secret, given, body)
}

fn check_at(
    now: Timestamp,
    scheme: Scheme,
    secret: &str,
    given: &[(&str, &str)],
    body: &[u8],
) -> Result<CredentialId, Refused> {
    let given: Vec<_> = given.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    let headers = headers(&given).unwrap();
    let request = Request { method: "POST", url: "https://hooks.example.com/v1", headers: &headers, body };
    authenticate(&[credential(scheme, secret)], &request, now)
}

fn scheme_of(vector: &Value) -> Option<Scheme> {
    match vector["scheme"].as_str()? {
        "vapi-secret" => Some(Scheme::VapiSecret),
        "vapi-bearer" => Some(Scheme::bearer()),
        "vapi-hmac" if vector["payloadFormat"] == "{body}" => Some(Scheme::hmac_body_only()),
        "vapi-hmac" => {
            let algorithm = serde_json::from_value(vector["algorithm"].clone()).unwrap();
            Some(Scheme::Hmac(HmacFormat { algorithm, ..HmacFormat::hmac_default() }))
        }
        _ => None,
    }
}

#[test]
fn a18_every_vector_of_the_platform_gets_its_verdict() {
    let mut checked = 0;
    for vector in fixture_json("vectors/auth_vectors.json").as_array().unwrap() {
        let Some(scheme) = scheme_of(vector) else { continue };
        let given: Vec<_> = vector["headers"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
            .collect();
        let body = vector["body"].as_str().unwrap().as_bytes();
        let outcome = check(scheme, vector["secret"].as_str().unwrap(), &given, body);
        assert_eq!(outcome.is_ok(), vector["valid"].as_bool().unwrap(), "{}: {outcome:?}", vector["name"]);
        checked += 1;
    }
    assert_eq!(checked, 7);
}

/// Everything an attacker controls: one header, the body, and a guess at the secret.
struct Attempt {
    scheme: Scheme,
    header: &'static str,
    value: Vec<u8>,
    /// From here on the header's value is secret or signature.
    from: usize,
}

impl Attempt {
    fn authenticates(&self, value: &[u8], body: &[u8], secret: &[u8]) -> Option<bool> {
        let headers = headers(&[("x-timestamp", b"1795536012345"), (self.header, value)])?;
        let request = Request { method: "POST", url: "", headers: &headers, body };
        let secret = std::str::from_utf8(secret).ok()?;
        Some(authenticate(&[credential(self.scheme.clone(), secret)], &request, now()).is_ok())
    }
}

fn attempts() -> [Attempt; 4] {
    let attempt = |scheme, header, value: &str, from| Attempt { scheme, header, value: value.into(), from };
    [
        attempt(Scheme::hmac_default(), "x-signature", SIGNED_DEFAULT, 0),
        attempt(Scheme::hmac_body_only(), "x-vapi-signature", SIGNED_BODY, 0),
        attempt(Scheme::VapiSecret, "x-vapi-secret", SECRET, 0),
        attempt(Scheme::bearer(), "authorization", "Bearer whsec_test_0123456789abcdef", 7),
    ]
}

fn mutations(of: &[u8], from: usize) -> impl Iterator<Item = Vec<u8>> {
    (from..of.len()).flat_map(move |at| {
        (1..=u8::MAX).map(move |mask| {
            let mut changed = of.to_vec();
            changed[at] ^= mask;
            changed
        })
    })
}

#[test]
fn v15_no_mutation_of_one_byte_authenticates() {
    let mut tried = 0;
    for attempt in attempts() {
        assert_eq!(attempt.authenticates(&attempt.value, BODY.as_bytes(), SECRET.as_bytes()), Some(true));
        let mut refuse = |outcome: Option<bool>| {
            assert_ne!(outcome, Some(true), "{:?}", attempt.scheme);
            tried += usize::from(outcome.is_some());
        };
        for value in mutations(&attempt.value, attempt.from) {
            refuse(attempt.authenticates(&value, BODY.as_bytes(), SECRET.as_bytes()));
        }
        for secret in mutations(SECRET.as_bytes(), 0) {
            refuse(attempt.authenticates(&attempt.value, BODY.as_bytes(), &secret));
        }
        if matches!(attempt.scheme, Scheme::Hmac(_)) {
            for body in mutations(BODY.as_bytes(), 0) {
                refuse(attempt.authenticates(&attempt.value, &body, SECRET.as_bytes()));
            }
        }
    }
    assert!(tried >= 10_000, "only {tried}");
}

#[test]
fn a16_odd_signatures_are_refused_and_nothing_panics() {
    let upper = SIGNED_DEFAULT.to_uppercase();
    let long = format!("{SIGNED_DEFAULT}00");
    let prefixed = format!("sha256={SIGNED_DEFAULT}");
    for signature in ["", "0", "zz", &SIGNED_DEFAULT[..62], &long, &upper, &prefixed, "é"] {
        let given = [("x-timestamp", "1795536012345"), ("x-signature", signature)];
        let outcome = check(Scheme::hmac_default(), SECRET, &given, BODY.as_bytes());
        assert_eq!(outcome, Err(Refused::Mismatch), "{signature}");
    }
}

#[test]
fn a16_timestamps_count_in_seconds_and_milliseconds_five_minutes_both_ways() {
    let signed_seconds = "20747c3b57e4340af91110a94d0776a9fcd77579895c40c0eed4031dcd0aceec";
    for (timestamp, signature) in [("1795536012345", SIGNED_DEFAULT), ("1795536012", signed_seconds)] {
        let given = [("x-timestamp", timestamp), ("x-signature", signature)];
        let at = |seconds| {
            let now = now() + SignedDuration::from_secs(seconds);
            check_at(now, Scheme::hmac_default(), SECRET, &given, BODY.as_bytes()).map(|_| ())
        };
        assert_eq!(at(299), Ok(()));
        assert_eq!(at(-299), Ok(()));
        assert_eq!(at(301), Err(Refused::Stale));
        assert_eq!(at(-301), Err(Refused::Stale));
    }
    for timestamp in
        ["", "soon", "-1795536012", "1795536012.5", "99999999999999999999", "9223372036854775807"]
    {
        let given = [("x-timestamp", timestamp), ("x-signature", SIGNED_DEFAULT)];
        assert_eq!(check(Scheme::hmac_default(), SECRET, &given, BODY.as_bytes()), Err(Refused::Stale));
    }
}

#[test]
fn an_empty_or_missing_secret_matches_nothing() {
    let headers = HeaderMap::new();
    let request = Request { method: "POST", url: "", headers: &headers, body: b"" };
    assert_eq!(authenticate(&[], &request, now()), Err(Refused::NotConfigured));
    let empty_key = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"; // HMAC-SHA256 of nothing
    let cases = [
        (Scheme::VapiSecret, "x-vapi-secret", ""),
        (Scheme::bearer(), "authorization", "Bearer "),
        (Scheme::hmac_body_only(), "x-vapi-signature", empty_key),
    ];
    for (scheme, header, value) in cases {
        assert_eq!(check(scheme, "", &[(header, value)], b""), Err(Refused::Misconfigured));
    }
}

#[test]
fn a_header_given_twice_or_not_at_all_is_unsigned() {
    let twice = [("x-vapi-secret", SECRET), ("x-vapi-secret", "other")];
    assert_eq!(check(Scheme::VapiSecret, SECRET, &twice, b""), Err(Refused::Unsigned));
    for scheme in [Scheme::VapiSecret, Scheme::bearer(), Scheme::hmac_default(), Scheme::hmac_body_only()] {
        assert_eq!(check(scheme, SECRET, &[], b""), Err(Refused::Unsigned));
    }
    let basic = [("authorization", "Basic whsec_test_0123456789abcdef")];
    assert_eq!(check(Scheme::bearer(), SECRET, &basic, b""), Err(Refused::Unsigned));
}

#[test]
fn during_a_rotation_both_secrets_work_and_the_one_used_is_named() {
    let named = |id: &str, secret: &str| Credential {
        id: CredentialId(id.into()),
        ..credential(Scheme::VapiSecret, secret)
    };
    let active = [named("old", "first"), named("new", "second")];
    for (secret, id) in [("first", "old"), ("second", "new")] {
        let headers = headers(&[("x-vapi-secret", secret.as_bytes())]).unwrap();
        let request = Request { method: "POST", url: "", headers: &headers, body: b"" };
        assert_eq!(authenticate(&active, &request, now()), Ok(CredentialId(id.into())));
    }
}

#[test]
fn a17_the_signature_is_over_the_raw_bytes() {
    use aws_lc_rs::hmac;
    let body = "{ \"message\" :\n\t{\"type\":\"h\\u0061ng\", \"x\":1.0, \"é\":\"{url}{timestamp}\"} }\r\n";
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    let signature = hex::encode(hmac::sign(&key, body.as_bytes()));
    let given = [("x-vapi-signature", signature.as_str())];
    assert!(check(Scheme::hmac_body_only(), SECRET, &given, body.as_bytes()).is_ok());
}

#[test]
fn a_format_with_every_option_verifies() {
    use aws_lc_rs::hmac;
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    let format = HmacFormat {
        algorithm: Algorithm::Sha1,
        signature_header: "svix-signature".into(),
        timestamp_header: Some("svix-timestamp".into()),
        signature_prefix: Some("v1,".into()),
        payload_format: "{svix-id}.{timestamp}.{method} {url}\n{body}".into(),
        message_id_header: Some("svix-id".into()),
        encoding: Encoding::Base64,
        secret_is_base64: true,
    };
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, SECRET.as_bytes());
    let payload = format!("m1.1795536012.POST https://hooks.example.com/v1\n{BODY}");
    let signature = format!("v1,other v1,{}", STANDARD.encode(hmac::sign(&key, payload.as_bytes())));
    let given = [("svix-id", "m1"), ("svix-timestamp", "1795536012"), ("svix-signature", signature.as_str())];
    let secret = STANDARD.encode(SECRET);
    let outcome = |format: &HmacFormat, secret: &str| {
        check(Scheme::Hmac(format.clone()), secret, &given, BODY.as_bytes()).map(|_| ())
    };
    assert_eq!(outcome(&format, &secret), Ok(()));
    assert_eq!(outcome(&format, "not base64!"), Err(Refused::Misconfigured));
    for broken in ["{timestamp}", "{body}{unknown}", "{body}{", ""] {
        let format = HmacFormat { payload_format: broken.into(), ..format.clone() };
        assert_eq!(outcome(&format, &secret), Err(Refused::Misconfigured), "{broken}");
    }
}

#[test]
fn schemes_are_stored_as_json() {
    for scheme in [Scheme::VapiSecret, Scheme::bearer(), Scheme::hmac_default(), Scheme::hmac_body_only()] {
        let stored = json!(scheme);
        assert_eq!(serde_json::from_value::<Scheme>(stored).unwrap(), scheme);
    }
    assert_eq!(serde_json::from_value::<Scheme>(json!({ "type": "hmac" })).unwrap(), Scheme::hmac_default());
    assert_eq!(json!(Scheme::VapiSecret), json!({ "type": "vapi-secret" }));
}

#[test]
fn debug_of_a_credential_hides_the_secret() {
    assert!(!format!("{:?}", credential(Scheme::VapiSecret, SECRET)).contains(SECRET));
}
