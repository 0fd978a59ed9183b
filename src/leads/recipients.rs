//! Who of the clinic is told of alerts, and when they are on duty.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Weekday;
use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::ToSchema;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};

use super::roster::{Recipient, Shift};
use super::store::recipients as store;
use crate::phone::Phone;
use crate::platform::bounded::{Count, List, Text};
use crate::platform::db::{PgConnection, violates};
use crate::platform::ids::{AlertRecipientId, LocationId, OrgId};
use crate::platform::public::Public;
use crate::scheduling::catalogue::{LocalTime, Week};

/// Recipients of one org: more than this and an alert is everybody's, hence nobody's.
pub const RECIPIENTS_MAX: i64 = 30;
/// Shifts of one of them: three a day.
pub const SHIFTS_MAX: usize = 21;

/// A number that staff have with them. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct StaffPhone(String);

impl StaffPhone {
    /// E.164.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As much of it as others may see.
    pub fn last4(&self) -> &str {
        self.0.get(self.0.len().saturating_sub(4)..).unwrap_or_default()
    }
}

/// What was stored is one.
impl From<String> for StaffPhone {
    fn from(stored: String) -> Self {
        Self(stored)
    }
}

impl fmt::Debug for StaffPhone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StaffPhone(…)")
    }
}

impl<'de> Deserialize<'de> for StaffPhone {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let written = String::deserialize(from)?;
        let wrong = || de::Error::custom("must be a number with its country, such as +13105550177");
        let written = written.trim();
        // Without its country it would be read as another org's region has it.
        let phone = Phone::parse(written, "US").ok().filter(|_| written.starts_with('+'));
        phone.map(|phone| Self(phone.as_str().to_owned())).ok_or_else(wrong)
    }
}

impl utoipa::PartialSchema for StaffPhone {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).pattern(Some(r"^\+[1-9][0-9]{6,14}$")).into()
    }
}

impl ToSchema for StaffPhone {}

/// When somebody is on duty, by the site's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AlertShift {
    /// On which day it begins.
    pub weekday: Week,
    /// From then on, before 24:00.
    #[schema(inline)]
    #[serde(deserialize_with = "before_the_end_of_day")]
    pub from: LocalTime,
    /// Until then; what is not after `from` lies on the next day.
    #[schema(inline)]
    pub until: LocalTime,
}

fn before_the_end_of_day<'de, D: Deserializer<'de>>(from: D) -> Result<LocalTime, D::Error> {
    let time = LocalTime::deserialize(from)?;
    if time == LocalTime::END_OF_DAY {
        return Err(de::Error::custom("must be a time from 00:00 to 23:59"));
    }
    Ok(time)
}

impl AlertShift {
    /// A shift as it is written.
    pub fn of(shift: &Shift) -> Option<Self> {
        let weekday = Week::try_from(i16::from(shift.weekday.to_monday_one_offset())).ok()?;
        Some(Self { weekday, from: LocalTime::of(shift.from), until: LocalTime::of(shift.until) })
    }

    fn shift(self) -> Option<Shift> {
        let iso = i8::try_from(self.weekday.iso()).ok()?;
        let weekday = Weekday::from_monday_one_offset(iso).ok()?;
        Some(Shift { weekday, from: self.from.minute(), until: self.until.minute() })
    }
}

/// What of a recipient is written.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = AlertRecipientFields)]
#[serde(deny_unknown_fields)]
pub struct RecipientFields {
    /// What colleagues call them.
    #[schema(inline)]
    pub name: Text<1, 80>,
    /// Where to.
    #[schema(inline)]
    pub phone: StaffPhone,
    /// The site whose alerts they get; those of all when it is not given.
    #[schema(inline)]
    pub location_id: Option<Public<LocationId>>,
    /// 1 is told first, 2 and 3 if nobody takes it; 1 when it is not given.
    #[serde(default = "first")]
    #[schema(inline)]
    pub step: Count<1, 3>,
    /// Whether hot leads go there; yes when it is not given.
    #[serde(default = "yes")]
    pub wants_hot_lead: bool,
    /// Whether clinical alerts go there; yes when it is not given.
    #[serde(default = "yes")]
    pub wants_clinical: bool,
    /// False tells them nothing, such as during a holiday; true when it is not given.
    #[serde(default = "yes")]
    pub active: bool,
    /// When they are on duty; without any, whenever the site is open.
    #[serde(default)]
    #[schema(value_type = Vec<AlertShift>, max_items = 21)]
    pub shifts: List<AlertShift, SHIFTS_MAX>,
}

const fn yes() -> bool {
    true
}

fn first() -> Count<1, 3> {
    Count::of::<1>()
}

impl RecipientFields {
    pub(super) fn location(&self) -> Option<LocationId> {
        self.location_id.map(|id| id.0)
    }

    pub(super) fn step(&self) -> i16 {
        i16::try_from(self.step.get()).unwrap_or(1)
    }

    pub(super) fn shifts(&self) -> Vec<Shift> {
        self.shifts.iter().filter_map(|shift| shift.shift()).collect()
    }
}

/// A recipient as it is kept. Names a person: deliberately no `Debug`.
pub struct Listed {
    /// Who.
    pub recipient: Recipient,
    /// Whether they are to be told anything.
    pub is_active: bool,
    /// Whether it was shown that the phone is theirs: until then they are told nothing (T20).
    pub is_confirmed: bool,
    /// When they were added.
    pub created_at: Timestamp,
}

/// Which recipients, oldest first.
#[derive(Debug, Clone, Copy, Default)]
pub struct Listing {
    /// This one alone.
    pub id: Option<AlertRecipientId>,
    /// Those after this one.
    pub after: Option<(Timestamp, AlertRecipientId)>,
    /// Only those who are told anything: active, and of a phone that is known to be theirs.
    pub only_told: bool,
    /// So many at most.
    pub limit: i64,
}

/// Why a recipient was not written.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// Another recipient of the same site has that phone.
    #[error("another recipient has the phone")]
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

/// Adds the recipient of this id, or replaces what is there. Another phone than before tells nothing until it is confirmed, unless
/// it `is_proved`, or another recipient's that is.
pub async fn save_recipient(
    tx: &mut PgConnection,
    org: OrgId,
    (id, is_proved): (AlertRecipientId, bool),
    fields: &RecipientFields,
    now: Timestamp,
) -> Result<(), SaveError> {
    match store::upsert(tx, org, (id, is_proved.then_some(now)), fields, now).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(SaveError::TooMany),
        Err(error) if violates(&error, "alert_recipients_once") => Err(SaveError::Taken),
        Err(error) if violates(&error, "alert_recipients_at_a_site") => Err(SaveError::NoLocation),
        Err(error) => Err(error.into()),
    }
}

/// It was shown who holds `phone`: whoever of the list has it is told from now on.
pub async fn confirm_recipients(
    tx: &mut PgConnection,
    org: OrgId,
    phone: &str,
    now: Timestamp,
) -> sqlx::Result<()> {
    store::confirm(tx, org, phone, now).await
}

/// The org's recipients, oldest first.
pub async fn list_recipients(
    tx: &mut PgConnection,
    org: OrgId,
    listing: &Listing,
) -> sqlx::Result<Vec<Listed>> {
    store::list(tx, org, listing).await
}

/// The recipient of this id, when the org has it.
pub async fn find_recipient(
    tx: &mut PgConnection,
    org: OrgId,
    id: AlertRecipientId,
) -> sqlx::Result<Option<Listed>> {
    let listing = Listing { id: Some(id), limit: 1, ..Listing::default() };
    Ok(store::list(tx, org, &listing).await?.into_iter().next())
}

/// Removes a recipient: from now on they are told nothing, and a 1 of theirs takes nothing. False when the org has none such.
pub async fn remove_recipient(tx: &mut PgConnection, org: OrgId, id: AlertRecipientId) -> sqlx::Result<bool> {
    store::delete(tx, org, id).await
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
    fn a_recipient_is_told_everything_first_unless_it_says_otherwise() {
        let maria = parsed(json!({"name": "Maria", "phone": "+1 310 555 0177"})).unwrap();
        assert_eq!((maria.phone.as_str(), maria.step(), maria.shifts().len()), ("+13105550177", 1, 0));
        assert!(maria.wants_hot_lead && maria.wants_clinical && maria.active && maria.location().is_none());
        assert!(!format!("{maria:?}").contains("0177"));
    }

    #[test]
    fn what_is_no_shift_or_phone_says_what_one_is() {
        let with = |shift: Value| parsed(json!({"name": "M", "phone": "+13105550177", "shifts": [shift]}));
        let night = with(json!({"weekday": "monday", "from": "22:00", "until": "06:00"})).unwrap();
        let shift = night.shifts()[0];
        assert_eq!((shift.weekday, shift.from, shift.until), (Weekday::Monday, 22 * 60, 6 * 60));
        assert_eq!(AlertShift::of(&shift), Some(night.shifts[0]));
        let late = with(json!({"weekday": "monday", "from": "24:00", "until": "06:00"})).unwrap_err();
        assert_eq!(late, "must be a time from 00:00 to 23:59");
        for wrong in ["3105550177", "911", "+1", ""] {
            let said = parsed(json!({"name": "Maria", "phone": wrong})).unwrap_err();
            assert_eq!(said, "must be a number with its country, such as +13105550177", "{wrong}");
        }
        assert!(parsed(json!({"name": "Maria", "phone": "+13105550177", "step": 4})).is_err());
    }
}
