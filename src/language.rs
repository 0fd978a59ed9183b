//! The languages that texts are written in.

mod catalogue;
mod spanish;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

pub use catalogue::Catalogue;
pub use spanish::TOLD_LINES;

/// A language of texts: a contact's own, else the org's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Language {
    /// As in the United States.
    #[default]
    English,
    /// As in the United States: *usted*, and times as 2:00 PM.
    Spanish,
}

/// A language that no text is written in.
#[derive(Debug, thiserror::Error)]
#[error("must be en or es")]
pub struct UnknownLanguage;

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::English, Self::Spanish];

    /// Its name in the database and the API: ISO 639-1.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Spanish => "es",
        }
    }

    /// The language of a tag that somebody else wrote, such as `es-MX` or `en_US`; `None` for others.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?;
        Self::ALL.into_iter().find(|language| primary.eq_ignore_ascii_case(language.as_str()))
    }

    /// A share to the nearest hundredth: `29%`, in Spanish `29 %`.
    pub fn percent(self, share: f64) -> String {
        let hundredths = (share * 100.0).round();
        match self {
            Self::English => format!("{hundredths}%"),
            Self::Spanish => format!("{hundredths} %"),
        }
    }
}

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(name: &str) -> Result<Self, UnknownLanguage> {
        Self::ALL.into_iter().find(|language| language.as_str() == name).ok_or(UnknownLanguage)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Language {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Language {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(de::Error::custom)
    }
}

impl PartialSchema for Language {
    fn schema() -> RefOr<Schema> {
        let names = Self::ALL.map(Self::as_str);
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names)).into()
    }
}

impl ToSchema for Language {
    fn name() -> Cow<'static, str> {
        "Language".into()
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn shares_are_to_the_nearest_hundredth_as_the_language_writes_them() {
        let said =
            [43.0 / 44.0, 3.0 / 7.0, 12.0 / 43.0, 0.125, 0.0].map(|share| Language::English.percent(share));
        assert_eq!(said, ["98%", "43%", "28%", "13%", "0%"]);
        assert_eq!(Language::Spanish.percent(0.29), "29 %");
    }

    #[test]
    fn names_are_read_back_and_tags_are_understood() {
        for language in Language::ALL {
            assert_eq!(language.as_str().parse::<Language>().ok(), Some(language));
        }
        assert!("fr".parse::<Language>().is_err() && "EN".parse::<Language>().is_err());
        assert_eq!(Language::of_tag("es-MX"), Some(Language::Spanish));
        assert_eq!(Language::of_tag("EN_us"), Some(Language::English));
        assert_eq!(Language::of_tag("est"), None);
        assert_eq!(Language::default(), Language::English);
    }
}
