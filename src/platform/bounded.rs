//! Values that programs send, checked while they are read: having one means that it is within its bounds.
//!
//! What is wrong is said in words that follow a field's name: "must have 1 to 80 characters".

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::__dev::ComposeSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// Text of `MIN` to `MAX` characters on one line, trimmed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Text<const MIN: usize, const MAX: usize>(String);

impl<const MIN: usize, const MAX: usize> Text<MIN, MAX> {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de, const MIN: usize, const MAX: usize> Deserialize<'de> for Text<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?.trim().to_owned();
        if !(MIN..=MAX).contains(&text.chars().count()) {
            return Err(de::Error::custom(format!("must have {MIN} to {MAX} characters")));
        }
        if text.chars().any(|c| c.is_control() || is_bidi(c)) {
            return Err(de::Error::custom("must not contain control characters"));
        }
        Ok(Self(text))
    }
}

/// Whether a character turns the direction of what comes after it: what is read would not be what is written (T18).
const fn is_bidi(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

impl<const MIN: usize, const MAX: usize> PartialSchema for Text<MIN, MAX> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length((MIN > 0).then_some(MIN))
            .max_length(Some(MAX))
            .into()
    }
}

impl<const MIN: usize, const MAX: usize> ToSchema for Text<MIN, MAX> {
    fn name() -> Cow<'static, str> {
        format!("Text{MIN}To{MAX}").into()
    }
}

/// A whole number from `MIN` to `MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Count<const MIN: i32, const MAX: i32>(i32);

impl<const MIN: i32, const MAX: i32> Count<MIN, MAX> {
    /// `N`, kept within the bounds: for defaults.
    pub fn of<const N: i32>() -> Self {
        Self(N.clamp(MIN, MAX))
    }

    /// The number.
    pub const fn get(self) -> i32 {
        self.0
    }
}

impl<'de, const MIN: i32, const MAX: i32> Deserialize<'de> for Count<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let number = serde_json::Number::deserialize(from)?;
        let within = number.as_i64().and_then(|n| i32::try_from(n).ok()).filter(|n| (MIN..=MAX).contains(n));
        let wrong = || de::Error::custom(format!("must be a whole number from {MIN} to {MAX}"));
        within.map(Self).ok_or_else(wrong)
    }
}

impl<const MIN: i32, const MAX: i32> PartialSchema for Count<MIN, MAX> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(MIN)).maximum(Some(MAX)).into()
    }
}

impl<const MIN: i32, const MAX: i32> ToSchema for Count<MIN, MAX> {
    fn name() -> Cow<'static, str> {
        format!("Count{MIN}To{MAX}").into()
    }
}

/// At most `MAX` of something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct List<T, const MAX: usize>(Vec<T>);

impl<T, const MAX: usize> Default for List<T, MAX> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// What was stored is within the bounds it was stored with.
impl<T, const MAX: usize> From<Vec<T>> for List<T, MAX> {
    fn from(all: Vec<T>) -> Self {
        Self(all)
    }
}

impl<T, const MAX: usize> std::ops::Deref for List<T, MAX> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'de, T: Deserialize<'de>, const MAX: usize> Deserialize<'de> for List<T, MAX> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let all = Vec::deserialize(from)?;
        if all.len() > MAX {
            return Err(de::Error::custom(format!("must have at most {MAX} entries")));
        }
        Ok(Self(all))
    }
}

// What the derive asks of a generic type; `PartialSchema` follows from it.
impl<T: ToSchema, const MAX: usize> ComposeSchema for List<T, MAX> {
    fn compose(of: Vec<RefOr<Schema>>) -> RefOr<Schema> {
        let item = of.into_iter().next().unwrap_or_else(T::schema);
        ArrayBuilder::new().items(item).max_items(Some(MAX)).into()
    }
}

impl<T: ToSchema, const MAX: usize> ToSchema for List<T, MAX> {
    fn schemas(all: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(all);
    }
}

/// A civil date of this or the neighbouring centuries, `2026-11-30`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub jiff::civil::Date);

/// Years that a clinic could mean, and that every store can keep.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2200;

impl Day {
    /// Reads exactly `2026-11-30`.
    pub fn parse(written: &str) -> Option<Self> {
        let date: jiff::civil::Date = written.parse().ok()?;
        (written.len() == 10 && YEARS.contains(&date.year())).then_some(Self(date))
    }
}

impl Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let written = String::deserialize(from)?;
        Self::parse(&written).ok_or_else(|| de::Error::custom("must be a date such as 2026-11-30"))
    }
}

impl PartialSchema for Day {
    fn schema() -> RefOr<Schema> {
        string_of("date")
    }
}

impl ToSchema for Day {}

/// An instant with its offset, `2026-11-30T17:00:00Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(pub jiff::Timestamp);

impl Instant {
    /// Reads RFC 3339.
    pub fn parse(written: &str) -> Option<Self> {
        let at: jiff::Timestamp = written.parse().ok()?;
        YEARS.contains(&at.to_zoned(jiff::tz::TimeZone::UTC).year()).then_some(Self(at))
    }
}

impl Serialize for Instant {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let written = String::deserialize(from)?;
        let wrong = || de::Error::custom("must be an instant with its offset, such as 2026-11-30T17:00:00Z");
        Self::parse(&written).ok_or_else(wrong)
    }
}

impl From<jiff_sqlx::Timestamp> for Instant {
    fn from(at: jiff_sqlx::Timestamp) -> Self {
        Self(at.to_jiff())
    }
}

impl PartialSchema for Instant {
    fn schema() -> RefOr<Schema> {
        string_of("date-time")
    }
}

impl ToSchema for Instant {}

fn string_of(format: &str) -> RefOr<Schema> {
    let format = utoipa::openapi::SchemaFormat::Custom(format.to_owned());
    ObjectBuilder::new().schema_type(Type::String).format(Some(format)).into()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use serde::de::DeserializeOwned;
    use serde_json::{Value, json};

    use super::*;

    type Name = Text<1, 5>;
    type Minutes = Count<5, 720>;

    fn wrong<T: DeserializeOwned + std::fmt::Debug>(value: Value) -> String {
        serde_json::from_value::<T>(value).unwrap_err().to_string()
    }

    #[test]
    fn what_is_out_of_bounds_says_which_bounds() {
        assert_eq!(serde_json::from_value::<Name>(json!(" Glow ")).unwrap().as_str(), "Glow");
        assert_eq!(wrong::<Name>(json!("  ")), "must have 1 to 5 characters");
        assert_eq!(wrong::<Name>(json!("Harbor")), "must have 1 to 5 characters");
        assert_eq!(wrong::<Name>(json!("a\u{0}b")), "must not contain control characters");
        assert_eq!(wrong::<Name>(json!("a\u{202e}b")), "must not contain control characters");
        assert_eq!(serde_json::from_value::<Minutes>(json!(45)).unwrap().get(), 45);
        for value in [json!(4), json!(721), json!(45.5), json!(1e30)] {
            assert_eq!(wrong::<Minutes>(value), "must be a whole number from 5 to 720");
        }
        assert_eq!(wrong::<List<i32, 2>>(json!([1, 2, 3])), "must have at most 2 entries");
    }

    #[test]
    fn dates_and_instants_that_no_clinic_means_are_refused() {
        assert!(serde_json::from_value::<Day>(json!("2028-02-29")).is_ok());
        for value in ["2027-02-29", "9999-01-01", "-000001-01-01", "2026-11-30T10:00", "20261130", ""] {
            assert_eq!(wrong::<Day>(json!(value)), "must be a date such as 2026-11-30", "{value}");
        }
        assert!(serde_json::from_value::<Instant>(json!("2026-11-30T09:00:00-08:00")).is_ok());
        for value in ["2026-11-30T09:00:00", "2026-11-30", "9999-11-30T09:00:00Z"] {
            assert!(wrong::<Instant>(json!(value)).starts_with("must be an instant"), "{value}");
        }
    }
}
