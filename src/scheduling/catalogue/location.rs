//! Sites.

use serde::{Deserialize, Deserializer, Serialize, de};
use sqlx::FromRow;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::entry::{Change, Entry, Wanted, WriteError};
use super::store;
use crate::phone;
use crate::platform::bounded::{Count, Text};
use crate::platform::db::PgConnection;
use crate::platform::ids::{LocationId, OrgId};
use crate::platform::public::Public;

/// A site with its own time zone and hours.
#[derive(Debug, Clone, Serialize, FromRow, ToSchema)]
#[expect(missing_docs, reason = "described by LocationFields")]
pub struct Location {
    #[schema(inline)]
    pub id: Public<LocationId>,
    pub name: String,
    pub time_zone: String,
    pub address: Option<String>,
    pub human_phone: Option<String>,
    pub parking: Option<String>,
    pub active: bool,
    pub position: i16,
}

/// What is written of a site.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LocationFields {
    /// As callers know it.
    #[schema(inline)]
    pub name: Text<1, 80>,
    /// An IANA time zone. Everything civil of the site is in it.
    pub time_zone: Zone,
    /// Street address.
    #[schema(inline)]
    pub address: Option<Text<1, 200>>,
    /// The front desk's own number, for transfers.
    pub human_phone: Option<PhoneNumber>,
    /// Where to park; one or two sentences for speech.
    #[schema(inline)]
    pub parking: Option<Text<1, 200>>,
    /// False: no longer booked.
    #[serde(default = "super::store::yes")]
    #[schema(default = true)]
    pub active: bool,
    /// Its place in the list, and the first is the one meant when nobody says which; last when left out.
    #[schema(inline)]
    pub position: Option<Count<0, 30_000>>,
}

/// A zone of the IANA database, by its name.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub struct Zone(String);

impl Zone {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let name = String::deserialize(from)?;
        let zone = jiff::tz::TimeZone::get(&name).ok();
        // As the database spells it: names are found in any case.
        let known = zone.and_then(|zone| zone.iana_name().map(str::to_owned));
        known
            .map(Self)
            .ok_or_else(|| de::Error::custom("must be an IANA time zone such as America/Los_Angeles"))
    }
}

impl PartialSchema for Zone {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).examples(["America/Los_Angeles"]).into()
    }
}

impl ToSchema for Zone {}

/// A number in E.164 form.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub struct PhoneNumber(String);

impl<'de> Deserialize<'de> for PhoneNumber {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw = String::deserialize(from)?;
        let phone = phone::Phone::parse_e164(&raw).ok();
        let wrong = || de::Error::custom("must be a phone number in E.164 form, such as +13105550100");
        phone.map(|phone| Self(phone.as_str().to_owned())).ok_or_else(wrong)
    }
}

impl PartialSchema for PhoneNumber {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).pattern(Some(r"^\+[1-9][0-9]{6,14}$")).into()
    }
}

impl ToSchema for PhoneNumber {}

impl Entry for Location {
    type Id = LocationId;
    type Fields = LocationFields;
    type SortKey = i16;
    const WRITTEN: &'static str = "location.write";

    fn id(&self) -> LocationId {
        self.id.0
    }

    fn sort_key(&self) -> String {
        self.position.to_string()
    }

    async fn select(tx: &mut PgConnection, org: OrgId, wanted: &Wanted) -> sqlx::Result<Vec<Self>> {
        store::locations::select(tx, org, wanted).await
    }

    async fn save(
        tx: &mut PgConnection,
        change: Change<LocationId>,
        fields: &LocationFields,
    ) -> Result<(), WriteError> {
        if store::locations::moves_visits(tx, change, fields.time_zone.name()).await? {
            return Err(WriteError::InUse(
                "Visits are booked here: another time zone would move them on the clock.",
            ));
        }
        Ok(store::locations::save(tx, change, fields).await?)
    }
}
