//! Who of the clinic gets e-mails, until people sign in.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::ToSchema;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use voxanne_smtp::Address;

use super::store;
use crate::language::Language;
use crate::platform::db::{PgConnection, violates};
use crate::platform::ids::{EmailRecipientId, LocationId, OrgId};
use crate::platform::public::Public;

pub use super::store::{list_recipients, remove_recipient, summary_hour};

/// Addresses of one org: more is a mailing list, which has an address of its own.
pub const RECIPIENTS_MAX: i64 = 20;

/// An address that mail can go to. Names a person: `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct StaffAddress(String);

impl StaffAddress {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for StaffAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StaffAddress(…)")
    }
}

impl<'de> Deserialize<'de> for StaffAddress {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let written = String::deserialize(from)?;
        let address = Address::parse(&written);
        let wrong = || de::Error::custom("must be an e-mail address such as maria@example.com");
        address.map(|address| Self(address.as_str().to_owned())).ok_or_else(wrong)
    }
}

impl utoipa::PartialSchema for StaffAddress {
    fn schema() -> RefOr<Schema> {
        let format = utoipa::openapi::SchemaFormat::Custom("email".to_owned());
        ObjectBuilder::new().schema_type(Type::String).max_length(Some(254)).format(Some(format)).into()
    }
}

impl ToSchema for StaffAddress {}

/// Somebody who gets e-mails.
#[derive(Debug, Clone)]
pub struct Recipient {
    /// Which.
    pub id: EmailRecipientId,
    /// Where to.
    pub address: StaffAddress,
    /// The site whose alerts go there; `None` gets those of all.
    pub location: Option<LocationId>,
    /// Whether hot lead and clinical alerts go there.
    pub wants_alerts: bool,
    /// Whether the daily summary goes there.
    pub wants_summary: bool,
    /// Of what they get.
    pub language: Language,
    /// When it was added.
    pub created_at: Timestamp,
}

impl Recipient {
    /// A row, read back.
    pub(super) fn new(
        (id, address, location): (EmailRecipientId, String, Option<LocationId>),
        (wants_alerts, wants_summary): (bool, bool),
        language: Language,
        created_at: Timestamp,
    ) -> Self {
        Self {
            id,
            address: StaffAddress(address),
            location,
            wants_alerts,
            wants_summary,
            language,
            created_at,
        }
    }
}

/// What of it is written.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = EmailRecipientFields)]
#[serde(deny_unknown_fields)]
pub struct RecipientFields {
    /// Where to. One recipient per address.
    #[schema(inline)]
    pub address: StaffAddress,
    /// The site whose alerts go there; those of all when it is not given. The daily summary is of all sites.
    #[schema(inline)]
    pub location_id: Option<Public<LocationId>>,
    /// Whether hot lead and clinical alerts go there; yes when it is not given.
    #[serde(default = "yes")]
    pub wants_alerts: bool,
    /// Whether the daily summary goes there; yes when it is not given.
    #[serde(default = "yes")]
    pub wants_summary: bool,
    /// Of what they get: `en` or `es`; English when it is not given.
    #[serde(default, deserialize_with = "read")]
    #[schema(value_type = String)]
    pub language: Language,
}

impl RecipientFields {
    pub(super) fn location(&self) -> Option<LocationId> {
        self.location_id.map(|id| id.0)
    }
}

const fn yes() -> bool {
    true
}

fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Language, D::Error> {
    String::deserialize(from)?.parse().map_err(de::Error::custom)
}

/// Which recipients, oldest first.
#[derive(Debug, Clone, Copy, Default)]
pub struct Listing {
    /// This one alone.
    pub id: Option<EmailRecipientId>,
    /// Those after this one.
    pub after: Option<(Timestamp, EmailRecipientId)>,
    /// So many at most.
    pub limit: i64,
}

/// Why a recipient was not written.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// Another recipient has that address.
    #[error("another recipient has the address")]
    Taken,
    /// The org has no such site.
    #[error("there is no such location")]
    NoLocation,
    /// The org has as many as it may have.
    #[error("the org has {RECIPIENTS_MAX} recipients")]
    TooMany,
    /// The database refused.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
}

/// Adds the recipient of this id, or replaces what is there.
pub async fn save_recipient(
    tx: &mut PgConnection,
    org: OrgId,
    id: EmailRecipientId,
    fields: &RecipientFields,
    now: Timestamp,
) -> Result<(), SaveError> {
    match store::upsert_recipient(tx, org, id, fields, now).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(SaveError::TooMany),
        Err(error) if violates(&error, "email_recipients_once") => Err(SaveError::Taken),
        Err(error) if violates(&error, "email_recipients_at_a_site") => Err(SaveError::NoLocation),
        Err(error) => Err(error.into()),
    }
}

/// The recipient of this id, when the org has it.
pub async fn find_recipient(
    tx: &mut PgConnection,
    org: OrgId,
    id: EmailRecipientId,
) -> sqlx::Result<Option<Recipient>> {
    let listing = Listing { id: Some(id), limit: 1, ..Listing::default() };
    Ok(list_recipients(tx, org, &listing).await?.into_iter().next())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use serde_json::{Value, json};

    use super::*;

    fn parsed(value: Value) -> Result<RecipientFields, String> {
        serde_json::from_value(value).map_err(|e| e.to_string())
    }

    #[test]
    fn a_recipient_gets_everything_in_english_unless_it_says_otherwise() {
        let read_back = parsed(json!({"address": " maria@glow.example "})).unwrap();
        assert_eq!(read_back.address.as_str(), "maria@glow.example");
        assert_eq!((read_back.wants_alerts, read_back.wants_summary), (true, true));
        assert_eq!(read_back.language, Language::English);
        let spanish = json!({"address": "maria@glow.example", "language": "es", "wants_alerts": false});
        let spanish = parsed(spanish).unwrap();
        assert_eq!((spanish.language, spanish.wants_alerts), (Language::Spanish, false));
    }

    #[test]
    fn what_is_no_address_says_what_one_is() {
        for wrong in ["maria", "maria@glow", "Maria <maria@glow.example>", "a@b.example\r\nBcc: c@d.example"]
        {
            let said = parsed(json!({"address": wrong})).unwrap_err();
            assert_eq!(said, "must be an e-mail address such as maria@example.com", "{wrong}");
        }
        assert!(parsed(json!({"address": "maria@glow.example", "language": "fr"})).is_err());
    }
}
