//! A wall time of a location, to the minute.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// Minutes since midnight, `00:00` to `24:00`; the last is the end of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, sqlx::Type)]
#[sqlx(transparent)]
pub struct LocalTime(i16);

const END_OF_DAY: i16 = 24 * 60;

impl LocalTime {
    /// `24:00`.
    pub const END_OF_DAY: Self = Self(END_OF_DAY);

    /// So many minutes after midnight, kept within the day.
    pub fn of(minute: i16) -> Self {
        Self(minute.clamp(0, END_OF_DAY))
    }

    /// Minutes since midnight.
    pub const fn minute(self) -> i16 {
        self.0
    }

    fn parse(written: &str) -> Option<Self> {
        let (hour, minute) = written.split_once(':')?;
        let is_plain = [hour, minute].iter().all(|p| p.len() == 2 && p.bytes().all(|b| b.is_ascii_digit()));
        let (hour, minute): (i16, i16) = (hour.parse().ok()?, minute.parse().ok()?);
        let total = hour * 60 + minute;
        (is_plain && minute < 60 && total <= END_OF_DAY).then_some(Self(total))
    }
}

impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl Serialize for LocalTime {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for LocalTime {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let written = String::deserialize(from)?;
        Self::parse(&written).ok_or_else(|| de::Error::custom("must be a time from 00:00 to 24:00"))
    }
}

impl PartialSchema for LocalTime {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some("^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$"))
            .into()
    }
}

impl ToSchema for LocalTime {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn wall_times_are_read_as_they_are_written() {
        for written in ["00:00", "09:45", "23:59", "24:00"] {
            assert_eq!(LocalTime::parse(written).unwrap().to_string(), written);
        }
        for other in ["24:01", "9:00", "09:60", "0900", "+9:00", "09:00:00", ""] {
            assert_eq!(LocalTime::parse(other), None, "{other}");
        }
    }
}
