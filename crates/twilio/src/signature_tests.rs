#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use serde::Deserialize;

use super::*;

const VECTORS: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/vectors/auth_vectors.json"));

#[derive(Deserialize)]
struct Vector {
    name: String,
    secret: SecretString,
    url: String,
    #[serde(default)]
    params: BTreeMap<String, String>,
    #[serde(rename = "rawBody")]
    raw_body: Option<String>,
    headers: BTreeMap<String, String>,
    valid: bool,
}

impl Vector {
    fn fields(&self) -> Vec<(String, String)> {
        self.params.clone().into_iter().collect()
    }

    fn key(&self) -> Key<'_> {
        match self.headers.get("X-Twilio-Webhooks-Signature-Settings") {
            Some(settings) => {
                assert_eq!(shared_key_name(settings), Some("webhooks_sharedkey_01"));
                Key::Shared(&self.secret)
            }
            None => Key::AuthToken(&self.secret),
        }
    }

    fn verify(&self, url: &str, fields: &[(String, String)]) -> bool {
        let payload =
            self.raw_body.as_ref().map_or(Payload::Form(fields), |raw| Payload::Raw(raw.as_bytes()));
        verify(self.key(), url, payload, &self.headers["X-Twilio-Signature"])
    }
}

fn vectors() -> Vec<Vector> {
    let all: Vec<serde_json::Value> = serde_json::from_str(VECTORS).unwrap();
    all.into_iter().filter(|v| v["scheme"] == "twilio").map(|v| serde_json::from_value(v).unwrap()).collect()
}

#[test]
fn t7_e9_every_vector_of_the_vendors_library_is_judged_alike() {
    let vectors = vectors();
    assert!(vectors.len() >= 6, "the vectors file has lost its Twilio rows");
    for vector in vectors {
        assert_eq!(vector.verify(&vector.url, &vector.fields()), vector.valid, "{}", vector.name);
    }
}

#[test]
fn t7_any_change_of_a_signed_request_is_refused() {
    for vector in vectors().into_iter().filter(|v| v.valid && v.raw_body.is_none()) {
        for i in 0..vector.params.len() {
            let mut fields = vector.fields();
            fields[i].1.push('x');
            assert!(!vector.verify(&vector.url, &fields), "{} field {i}", vector.name);
            fields.remove(i);
            assert!(!vector.verify(&vector.url, &fields), "{} without field {i}", vector.name);
        }
        assert!(!vector.verify(&vector.url.replace("hooks", "h00ks"), &vector.fields()));
        assert!(!vector.verify(&format!("{}&a=b", vector.url), &vector.fields()));
    }
}

#[test]
fn t7_the_default_port_may_be_spelt_or_not() {
    let vector = vectors().remove(0);
    let spelt = vector.url.replace("example.com/", "example.com:443/");
    assert!(vector.verify(&spelt, &vector.fields()));
    assert!(vector.verify(&format!("{}#rc=3&rp=all", vector.url), &vector.fields()));

    let key = Key::AuthToken(&vector.secret);
    let fields = vector.fields();
    let signed = sign(key, &spelt, Payload::Form(&fields));
    assert!(verify(key, &vector.url, Payload::Form(&fields), &signed), "signed with the port, seen without");
    for (with, without) in [("http://h:80", "http://h"), ("https://[::1]:443/x", "https://[::1]/x")] {
        assert_eq!(without_port(with), without);
        assert_eq!(with_default_port(without), with);
        assert!(!has_port(without));
    }
}

#[test]
fn t7_repeated_fields_are_signed_once_each_in_any_order() {
    let secret = SecretString::from("t");
    let pair = |v: &str| ("MediaUrl".to_owned(), v.to_owned());
    let tag = sign(Key::AuthToken(&secret), "https://h/", Payload::Form(&[pair("b"), pair("a"), pair("b")]));
    assert!(verify(Key::AuthToken(&secret), "https://h/", Payload::Form(&[pair("a"), pair("b")]), &tag));
}

#[test]
fn a16_tags_of_any_shape_are_refused_without_a_fault() {
    let secret = SecretString::from("t");
    let long = "A".repeat(10_000);
    for tag in ["", "=", "not base64 ✂", "AAAA", &long] {
        assert!(!verify(Key::AuthToken(&secret), "https://h/", Payload::Form(&[]), tag));
    }
    let empty = SecretString::from("");
    assert_eq!(sign(Key::AuthToken(&empty), "https://h/", Payload::Form(&[])), "");
    assert!(!verify(Key::AuthToken(&empty), "https://h/", Payload::Form(&[]), ""));
}

#[test]
fn t7_a_body_that_no_hash_covers_is_refused() {
    let secret = SecretString::from("t");
    let key = Key::AuthToken(&secret);
    let url = "https://h/x?bodySHA256=00";
    let tag = sign(key, url, Payload::Form(&[]));
    assert!(!verify(key, url, Payload::Form(&[]), &tag), "an empty form must not pass for a signed body");
    assert!(!verify(key, "https://h/x", Payload::Raw(b"{}"), &sign(key, "https://h/x", Payload::Raw(b"{}"))));
}

#[test]
fn a_request_cannot_choose_its_algorithm() {
    assert_eq!(shared_key_name("key=k1, algorithm=HMAC_SHA256"), Some("k1"));
    assert_eq!(shared_key_name("key=k1,algorithm=HMAC_SHA1"), None);
    assert_eq!(shared_key_name("algorithm=HMAC_SHA256"), None);
}
