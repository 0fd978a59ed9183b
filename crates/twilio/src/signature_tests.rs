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
    headers: BTreeMap<String, String>,
    valid: bool,
}

impl Vector {
    fn fields(&self) -> Vec<(String, String)> {
        self.params.clone().into_iter().collect()
    }

    fn verify(&self, url: &str, fields: &[(String, String)]) -> bool {
        verify(&self.secret, url, fields, &self.headers["X-Twilio-Signature"])
    }
}

/// Those of forms under the account's token: the others' doors we do not have.
fn vectors() -> Vec<Vector> {
    let all: Vec<serde_json::Value> = serde_json::from_str(VECTORS).unwrap();
    let forms = all.into_iter().filter(|v| v["scheme"] == "twilio" && v["rawBody"].is_null());
    let all = forms.map(|v| serde_json::from_value(v).unwrap());
    all.filter(|v: &Vector| !v.headers.contains_key("X-Twilio-Webhooks-Signature-Settings")).collect()
}

#[test]
fn t7_e9_every_vector_of_the_vendors_library_is_judged_alike() {
    let vectors = vectors();
    assert!(vectors.len() >= 3, "the vectors file has lost its Twilio rows");
    for vector in vectors {
        assert_eq!(vector.verify(&vector.url, &vector.fields()), vector.valid, "{}", vector.name);
    }
}

#[test]
fn t7_any_change_of_a_signed_request_is_refused() {
    for vector in vectors().into_iter().filter(|v| v.valid) {
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

    let key = &vector.secret;
    let fields = vector.fields();
    let signed = sign(key, &spelt, &fields);
    assert!(verify(key, &vector.url, &fields, &signed), "signed with the port, seen without");
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
    let tag = sign(&secret, "https://h/", &[pair("b"), pair("a"), pair("b")]);
    assert!(verify(&secret, "https://h/", &[pair("a"), pair("b")], &tag));
}

#[test]
fn a16_tags_of_any_shape_are_refused_without_a_fault() {
    let secret = SecretString::from("t");
    let long = "A".repeat(10_000);
    for tag in ["", "=", "not base64 ✂", "AAAA", &long] {
        assert!(!verify(&secret, "https://h/", &[], tag));
    }
    let empty = SecretString::from("");
    assert_eq!(sign(&empty, "https://h/", &[]), "");
    assert!(!verify(&empty, "https://h/", &[], ""));
}
