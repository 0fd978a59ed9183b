//! Takes secrets out of what the platform sends, before anything is stored, logged or forwarded.
//!
//! Imported numbers arrive with their carrier's credentials, assistants with their servers' headers, calls with
//! addresses to listen in and to take control.

use serde_json::Value;

/// What stands where a secret stood.
pub const REDACTED: &str = "[redacted]";

/// JSON in a string is looked into up to this size.
const NESTED_BYTES_MAX: usize = 64 * 1024;

/// Endings of key names, lower case and without separators.
const SECRET_ENDINGS: [&str; 16] = [
    "jwt",
    "bearer",
    "secret",
    "token",
    "apikey",
    "password",
    "passphrase",
    "authorization",
    "credentials",
    "secretkey",
    "privatekey",
    "accesskey",
    "headers",
    "cookie",
    "listenurl",
    "controlurl",
];

/// Replaces every secret in the tree. Numbers, booleans and nulls stay: a token count is no token.
pub fn redact(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(redact),
        Value::Object(map) => {
            for (key, inner) in map.iter_mut() {
                if !is_secret(key) {
                    redact(inner);
                } else if matches!(inner, Value::String(_) | Value::Array(_) | Value::Object(_)) {
                    *inner = Value::String(REDACTED.to_owned());
                }
            }
        }
        Value::String(text) if text.trim_start().starts_with(['{', '[']) => redact_nested(text),
        _ => {}
    }
}

/// Arguments travel as JSON in a string. G13: what cannot be read, or not in time, loses everything if it names a secret.
fn redact_nested(text: &mut String) {
    let is_read = text.len() <= NESTED_BYTES_MAX;
    match is_read.then(|| serde_json::from_str::<Value>(text)) {
        Some(Ok(mut nested)) => {
            let before = nested.clone();
            redact(&mut nested);
            if nested != before {
                *text = nested.to_string();
            }
        }
        _ if names_secret(text) => REDACTED.clone_into(text),
        _ => {}
    }
}

/// Whether a text has a key that would be a secret's, in however many quotes.
fn names_secret(text: &str) -> bool {
    text.split(':').any(|before| {
        let key = before.trim_end().trim_end_matches(['"', '\'', '\\']);
        let begins = key.rfind(['"', '\'', '{', ',', '\n']).map_or(0, |at| at + 1);
        key.get(begins..).is_some_and(is_secret)
    })
}

fn is_secret(key: &str) -> bool {
    SECRET_ENDINGS.iter().any(|ending| ends_with(key, ending))
        || (ends_with(key, "url") && starts_with(key, "presigned"))
}

fn starts_with(key: &str, beginning: &str) -> bool {
    let mut letters = letters(key);
    beginning.bytes().all(|byte| letters.next() == Some(byte))
}

fn ends_with(key: &str, ending: &str) -> bool {
    let mut letters = letters(key).rev();
    ending.bytes().rev().all(|byte| letters.next() == Some(byte))
}

/// A name without case and separators, so that every spelling of it is the same.
fn letters(key: &str) -> impl DoubleEndedIterator<Item = u8> {
    key.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase())
}
