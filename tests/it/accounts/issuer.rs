//! Another issuer that publishes its keys (JWKS), on good days and bad ones.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use axum::Router;
use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::tokens::{claims, part};

enum Pair {
    Rsa(Box<RsaKeyPair>),
    Ec(EcdsaKeyPair),
}

/// A key of the issuer.
pub(super) struct Signer {
    pub(super) kid: &'static str,
    pair: Pair,
}

impl Signer {
    pub(super) fn rsa(kid: &'static str) -> Self {
        Self { kid, pair: Pair::Rsa(Box::new(RsaKeyPair::generate(KeySize::Rsa2048).unwrap())) }
    }

    pub(super) fn ec(kid: &'static str) -> Self {
        Self { kid, pair: Pair::Ec(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap()) }
    }

    pub(super) fn alg(&self) -> &'static str {
        match self.pair {
            Pair::Rsa(_) => "RS256",
            Pair::Ec(_) => "ES256",
        }
    }

    /// What everybody knows of it.
    pub(super) fn public(&self) -> Vec<u8> {
        match &self.pair {
            Pair::Rsa(pair) => pair.public_key().as_ref().to_vec(),
            Pair::Ec(pair) => pair.public_key().as_ref().to_vec(),
        }
    }

    pub(super) fn jwk(&self) -> Value {
        let public = self.public();
        let encoded = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let mut jwk = match self.pair {
            Pair::Rsa(_) => {
                let (modulus, exponent) = integers(&public);
                json!({"kty": "RSA", "n": encoded(&modulus), "e": encoded(&exponent)})
            }
            // A byte that says "uncompressed", then both coordinates.
            Pair::Ec(_) => {
                json!({"kty": "EC", "crv": "P-256", "x": encoded(&public[1..33]), "y": encoded(&public[33..])})
            }
        };
        jwk["kid"] = self.kid.into();
        jwk["use"] = "sig".into();
        jwk["alg"] = self.alg().into();
        jwk
    }

    pub(super) fn head(&self) -> Value {
        json!({"alg": self.alg(), "typ": "JWT", "kid": self.kid})
    }

    pub(super) fn signs(&self, head: &Value, claims: &Value) -> String {
        let body = format!("{}.{}", part(head), part(claims));
        let random = SystemRandom::new();
        let signature = match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, body.as_bytes(), &mut signature).unwrap();
                signature
            }
            Pair::Ec(pair) => pair.sign(&random, body.as_bytes()).unwrap().as_ref().to_vec(),
        };
        format!("{body}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    pub(super) fn token(&self) -> String {
        self.signs(&self.head(), &claims())
    }
}

/// The two integers of an RSA public key in DER, without the zeros before them.
pub(super) fn integers(der: &[u8]) -> (Vec<u8>, Vec<u8>) {
    fn value(der: &[u8]) -> (&[u8], &[u8]) {
        let (short, rest) = (der[1], &der[2..]);
        let (length, rest) = match short {
            short @ 0..0x80 => (usize::from(short), rest),
            long => {
                let (bytes, rest) = rest.split_at(usize::from(long & 0x7f));
                (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
            }
        };
        rest.split_at(length)
    }
    let bare = |bytes: &[u8]| bytes.iter().copied().skip_while(|byte| *byte == 0).collect();
    let (modulus, rest) = value(value(der).0);
    (bare(modulus), bare(value(rest).0))
}

/// How the issuer answers.
#[derive(Clone)]
pub(super) enum Mood {
    Well,
    Down,
    /// Until it is told to go on.
    Hangs,
    Endless,
    Elsewhere(String),
    Nonsense,
}

/// Another issuer that publishes its keys.
pub(super) struct Issuer {
    pub(super) url: String,
    pub(super) document: Mutex<Value>,
    mood: Mutex<Mood>,
    asked: AtomicUsize,
    pub(super) goes_on: Notify,
}

impl Issuer {
    pub(super) async fn start(signers: &[&Signer]) -> Arc<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = Arc::new(Self {
            url: format!("http://{}/jwks.json", listener.local_addr().unwrap()),
            document: Mutex::default(),
            mood: Mutex::new(Mood::Well),
            asked: AtomicUsize::new(0),
            goes_on: Notify::new(),
        });
        issuer.publishes(signers);
        let of = Arc::clone(&issuer);
        let answer = Router::new().fallback(move || {
            let of = Arc::clone(&of);
            async move { of.answer().await }
        });
        tokio::spawn(async move { axum::serve(listener, answer).await });
        issuer
    }

    pub(super) fn publishes(&self, signers: &[&Signer]) {
        let keys: Vec<_> = signers.iter().map(|signer| signer.jwk()).collect();
        *self.document.lock().unwrap() = json!({ "keys": keys });
    }

    pub(super) fn is(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    pub(super) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    async fn answer(&self) -> Response {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let (mood, document) = (self.mood.lock().unwrap().clone(), self.document.lock().unwrap().to_string());
        match mood {
            Mood::Well => document.into_response(),
            Mood::Down => StatusCode::BAD_GATEWAY.into_response(),
            Mood::Hangs => {
                self.goes_on.notified().await;
                document.into_response()
            }
            Mood::Endless => {
                let piece = || Ok::<_, std::io::Error>(vec![b' '; 8 * 1024]);
                Body::from_stream(futures::stream::repeat_with(piece)).into_response()
            }
            Mood::Elsewhere(to) => (StatusCode::FOUND, [(header::LOCATION, to)]).into_response(),
            Mood::Nonsense => "<html>We will be back soon</html>".into_response(),
        }
    }
}
