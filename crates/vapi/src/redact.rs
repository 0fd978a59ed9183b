//! Takes secrets out of what the platform sends, before anything is stored, logged or forwarded.
//!
//! Imported numbers arrive with their carrier's credentials, assistants with their servers' headers, calls with
//! addresses to listen in and to take control.

use serde_json::Value;

/// What stands where a secret stood.
pub const REDACTED: &str = "[redacted]";

/// Endings of key names, lower case and without separators.
const SECRET_ENDINGS: [&str; 14] = [
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
        _ => {}
    }
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
