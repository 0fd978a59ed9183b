//! Reading JSON that strangers wrote: no NUL, no broken text, no key twice where it names the tenant.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::ParseError;

/// Epoch values above this are milliseconds, below it seconds (the year 33658).
const MILLISECONDS_FROM: f64 = 1e12;

/// Reads a message body. A key given twice between the root and the call is an error: two readers could disagree
/// about the tenant.
pub(crate) fn read_body(body: &[u8]) -> Result<Value, ParseError> {
    read(body, Zone::Root)
}

/// Reads any other JSON; of a key given twice the last counts.
pub(crate) fn read_value(text: &[u8]) -> Result<Value, ParseError> {
    read(text, Zone::Anywhere)
}

fn read(text: &[u8], zone: Zone) -> Result<Value, ParseError> {
    match read_strictly(text, zone) {
        Err(ParseError::Syntax(error)) => match mend(text) {
            Some(mended) => read_strictly(&mended, zone),
            None => Err(ParseError::Syntax(error)),
        },
        outcome => outcome,
    }
}

fn read_strictly(text: &[u8], zone: Zone) -> Result<Value, ParseError> {
    let repeated = Cell::new(false);
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let outcome = Tree { zone, repeated: &repeated }
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value));
    outcome.map_err(|e| if repeated.get() { ParseError::DuplicateKey } else { ParseError::Syntax(e) })
}

/// Replaces what Rust's strings cannot hold: bytes that are not UTF-8, and halves of surrogate pairs, which a sender
/// that cuts a text inside an emoji produces. `None` when there was nothing to replace.
fn mend(text: &[u8]) -> Option<Vec<u8>> {
    let utf8 = String::from_utf8_lossy(text);
    let mut rest = utf8.as_bytes();
    let mut mended = Vec::with_capacity(rest.len());
    let mut changed = matches!(utf8, Cow::Owned(_));
    while let Some(at) = rest.iter().position(|byte| *byte == b'\\') {
        mended.extend_from_slice(&rest[..at]);
        rest = &rest[at..];
        let taken = match (escaped_unit(rest), rest.get(6..).and_then(escaped_unit)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => 12,
            (Some(0xD800..=0xDFFF), _) => {
                mended.extend_from_slice("\u{FFFD}".as_bytes());
                changed = true;
                rest = &rest[6..];
                continue;
            }
            _ => rest.len().min(2),
        };
        mended.extend_from_slice(&rest[..taken]);
        rest = &rest[taken..];
    }
    mended.extend_from_slice(rest);
    changed.then_some(mended)
}

/// The UTF-16 unit of an escape `\uXXXX` at the start of `text`.
fn escaped_unit(text: &[u8]) -> Option<u16> {
    let digits = text.get(..6)?.strip_prefix(b"\\u")?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// How near a value is to what selects the tenant.
#[derive(Clone, Copy)]
enum Zone {
    Root,
    Message,
    Party,
    Anywhere,
}

impl Zone {
    fn under(self, key: &str) -> Self {
        match (self, key) {
            (Self::Root, "message") => Self::Message,
            (Self::Anywhere, _) => Self::Anywhere,
            (_, "call" | "chat" | "assistant" | "phoneNumber" | "customer") => Self::Party,
            _ => Self::Anywhere,
        }
    }
}

#[derive(Clone, Copy)]
struct Tree<'a> {
    zone: Zone,
    repeated: &'a Cell<bool>,
}

impl<'de> DeserializeSeed<'de> for Tree<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Tree<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(without_nul(value.to_owned())))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(without_nul(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Self { zone: Zone::Anywhere, ..self })? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let key = without_nul(key);
            let value = entries.next_value_seed(Self { zone: self.zone.under(&key), ..self })?;
            if map.insert(key, value).is_some() && !matches!(self.zone, Zone::Anywhere) {
                self.repeated.set(true);
                return Err(A::Error::custom("a key is given twice"));
            }
        }
        Ok(Value::Object(map))
    }
}

/// Postgres refuses NUL in text and jsonb alike.
fn without_nul(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "") } else { text }
}

/// The text at `pointer`, unless it is blank or not a text.
pub(crate) fn text_at(value: &Value, pointer: &str) -> Option<String> {
    value.pointer(pointer).and_then(text)
}

/// A text that is not blank.
pub(crate) fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned)
}

/// The first text that any of `pointers` leads to.
pub(crate) fn first_text(value: &Value, pointers: &[&str]) -> Option<String> {
    pointers.iter().find_map(|pointer| text_at(value, pointer))
}

/// A number, or a text that is one. Never infinite.
pub(crate) fn number(value: &Value) -> Option<f64> {
    let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
    number.filter(|number| number.is_finite())
}

/// An instant: RFC 3339, or seconds or milliseconds since 1970.
pub(crate) fn instant(value: &Value) -> Option<Timestamp> {
    if let Some(parsed) = value.as_str().and_then(|text| text.trim().parse().ok()) {
        return Some(parsed);
    }
    let epoch = number(value)?;
    let seconds = if epoch.abs() > MILLISECONDS_FROM { epoch / 1000.0 } else { epoch };
    // To the millisecond, because a fraction of a binary float is none of the sender's.
    let since = SignedDuration::try_from_secs_f64(seconds).ok()?;
    let milliseconds = i64::try_from((since.as_nanos() + 500_000).div_euclid(1_000_000)).ok()?;
    Timestamp::from_millisecond(milliseconds).ok()
}
