//! What every change of a visit has in common: who sees which version, and why it may be refused.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde_json::{Map, Value, json};
use uuid::Uuid;
use voxanne_slots::{Opening, Refusal};

use super::appointment::{Actor, Status};
use super::store::{self, VisitRow};
use crate::language::Language;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{AppointmentId, CallId, ContactId, LocationId, OrgId, SeriesId, ServiceId};
use crate::scheduling::{self, Window};

/// A visit as it is.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "named after the columns they come from")]
pub struct Appointment {
    pub id: AppointmentId,
    pub location: LocationId,
    pub location_name: String,
    pub service: ServiceId,
    /// What it is called to the person: their own word, else the catalogue's.
    pub service_name: String,
    pub practitioner: Uuid,
    pub contact: Option<ContactId>,
    /// The contact's, where one is known.
    pub language: Option<Language>,
    pub call: Option<CallId>,
    pub status: Status,
    pub starts_at: Zoned,
    pub ends_at: Timestamp,
    pub customer_name: Option<String>,
    pub customer_phone: Option<String>,
    pub customer_email: Option<String>,
    pub notes: Option<String>,
    /// What the person was told last.
    pub said: String,
    pub version: i32,
    pub series: Option<SeriesId>,
    pub booked_by: String,
    pub is_in_turn: bool,
    pub created_at: Timestamp,
    /// When its person was first asked whether they will come then.
    pub asked_at: Option<Timestamp>,
    /// When they said so.
    pub confirmed_at: Option<Timestamp>,
}

impl TryFrom<VisitRow> for Appointment {
    type Error = sqlx::Error;

    fn try_from(row: VisitRow) -> Result<Self, sqlx::Error> {
        let unreadable = |e: Box<dyn std::error::Error + Send + Sync>| sqlx::Error::Decode(e);
        let zone = TimeZone::get(&row.time_zone).map_err(|e| unreadable(Box::new(e)))?;
        Ok(Self {
            id: row.id,
            location: row.location_id,
            location_name: row.location_name,
            service: row.service_id,
            service_name: row.service_said.unwrap_or(row.service_name),
            practitioner: row.practitioner_id,
            contact: row.contact_id,
            language: row.language.and_then(|language| language.parse().ok()),
            call: row.call_id,
            status: row.status.parse().map_err(|e| unreadable(Box::new(e)))?,
            starts_at: row.starts_at.to_jiff().to_zoned(zone),
            ends_at: row.ends_at.to_jiff(),
            customer_name: row.customer_name,
            customer_phone: row.customer_phone,
            customer_email: row.customer_email,
            notes: row.notes,
            said: row.confirmation_said,
            version: row.version,
            series: row.series_id,
            booked_by: row.booked_by,
            is_in_turn: row.is_in_turn,
            created_at: row.created_at.to_jiff(),
            asked_at: row.attendance_asked_at.map(jiff_sqlx::Timestamp::to_jiff),
            confirmed_at: row.attendance_confirmed_at.map(jiff_sqlx::Timestamp::to_jiff),
        })
    }
}

/// Which visit, as whom, and as of which version.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "self-explaining")]
pub struct Target<'a> {
    pub id: AppointmentId,
    /// The version the change was decided on; `None` takes whatever is there.
    pub expected_version: Option<i32>,
    pub actor: Actor,
    pub reason: Option<&'a str>,
}

/// A change that stands.
#[derive(Debug, Clone)]
pub struct Changed {
    /// The visit afterwards.
    pub appointment: Appointment,
    /// What to tell the person; the same for every repeat.
    pub said: String,
    /// True when it was so before.
    pub is_repeat: bool,
    /// What the change costs because it is late, in the language of whoever is texted.
    pub fee: Option<String>,
}

/// Why a change was refused.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// There is no such visit in this org.
    #[error("no such appointment")]
    NotFound,
    /// Somebody changed it meanwhile.
    #[error("the appointment is at version {current} now")]
    VersionConflict {
        /// The version it is at.
        current: i32,
        /// Field to `{"from", "to"}`: what the asker has not seen.
        difference: Map<String, Value>,
    },
    /// Its state does not allow it.
    #[error("an appointment that is {} does not become {}", from.as_str(), to.as_str())]
    IllegalState {
        /// As it is.
        from: Status,
        /// As it was asked to be.
        to: Status,
    },
    /// It is over or called off: its time does not change any more.
    #[error("an appointment that is {} does not move", .0.as_str())]
    NotAhead(Status),
    /// Nobody can have failed to come before the visit begins.
    #[error("the appointment has not begun")]
    NotBegun,
    /// The room or device that was asked for is none that the service takes.
    #[error("the service takes no such room or device")]
    NotNeeded,
    /// The clinic no longer offers it, so no rules say where it could go.
    #[error("the service or location is no longer offered")]
    NoLongerOffered,
    /// The time cannot be had.
    #[error("{refusal}")]
    Refused {
        /// Why not.
        refusal: Refusal,
        /// The nearest times that can be.
        alternatives: Vec<Opening>,
    },
    /// The rules changed since they were read: read them again and repeat.
    #[error("the rules are at version {0} now")]
    RulesChanged(i64),
    /// A calendar that decides is not known: roll back, ask it about this stretch, and repeat.
    #[error("a calendar is not known")]
    CalendarUnknown(Window),
    /// The database refused or went away.
    #[error("the database refused")]
    Unexpected(#[from] sqlx::Error),
}

/// The visit with this id.
pub async fn find(
    tx: &mut PgConnection,
    org: OrgId,
    id: AppointmentId,
) -> Result<Option<Appointment>, sqlx::Error> {
    store::find(tx, org, id).await?.map(Appointment::try_from).transpose()
}

/// The visit as it is now: nobody else changes it until the transaction ends. The ledger must be open.
pub(super) async fn lock(
    tx: &mut PgConnection,
    org: OrgId,
    id: AppointmentId,
) -> Result<Appointment, ChangeError> {
    let row = store::lock(tx, org, id).await?.ok_or(ChangeError::NotFound)?;
    Ok(Appointment::try_from(row)?)
}

/// The same for a change that at most gives claims back: opens the ledger for them first.
pub(super) async fn lock_with_claims(
    tx: &mut PgConnection,
    org: OrgId,
    id: AppointmentId,
) -> Result<Appointment, ChangeError> {
    let claims = store::claims(tx, org, id).await?;
    scheduling::lock_claims(tx, org, &claims).await?;
    let visit = lock(tx, org, id).await?;
    // Moved between the look and the lock: its claims are elsewhere now, and not locked.
    if store::claims(tx, org, id).await? != claims {
        return Err(ChangeError::VersionConflict { current: visit.version, difference: Map::new() });
    }
    Ok(visit)
}

/// Refuses a change that was decided on another version, with what has changed since.
pub(super) async fn check_version(
    tx: &mut PgConnection,
    org: OrgId,
    visit: &Appointment,
    expected: Option<i32>,
) -> Result<(), ChangeError> {
    match expected {
        Some(expected) if expected != visit.version => {
            let changes = store::changes_since(tx, org, visit.id, expected).await?;
            Err(ChangeError::VersionConflict { current: visit.version, difference: merged(changes) })
        }
        _ => Ok(()),
    }
}

/// From the first value to the last, field by field; what came back to where it was is no difference.
fn merged(changes: Vec<Value>) -> Map<String, Value> {
    let mut difference: Map<String, Value> = Map::new();
    for (field, change) in changes.into_iter().filter_map(into_object).flatten() {
        let entry = difference.entry(field).or_insert_with(|| change.clone());
        entry["to"] = change["to"].clone();
    }
    difference.retain(|_, change| change["from"] != change["to"]);
    difference
}

fn into_object(value: Value) -> Option<Map<String, Value>> {
    match value {
        Value::Object(map) => Some(map),
        _ => None,
    }
}

/// `{"field": {"from", "to"}}` of the fields that differ.
pub(super) fn fields<const N: usize>(changes: [(&str, Value, Value); N]) -> Map<String, Value> {
    let differing = changes.into_iter().filter(|(_, from, to)| from != to);
    differing.map(|(field, from, to)| (field.to_owned(), json!({"from": from, "to": to}))).collect()
}

/// Visits ahead of whoever has this number, soonest first.
pub async fn ahead_of_phone(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    phone: &str,
) -> Result<Vec<Appointment>, sqlx::Error> {
    let rows = store::ahead_of_phone(tx, org, phone, app.clock.now()).await?;
    rows.into_iter().map(Appointment::try_from).collect()
}

/// Visits of this number that were called off after `since`, latest first.
pub async fn called_off_by_phone(
    tx: &mut PgConnection,
    org: OrgId,
    phone: &str,
    since: Timestamp,
) -> Result<Vec<Appointment>, sqlx::Error> {
    let rows = store::called_off_by_phone(tx, org, phone, since).await?;
    rows.into_iter().map(Appointment::try_from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_runs_from_the_first_to_the_last_value() {
        let changes = vec![
            json!({"starts_at": {"from": 1, "to": 2}, "status": {"from": "pending", "to": "scheduled"}}),
            json!({"starts_at": {"from": 2, "to": 3}, "notes": {"from": "a", "to": "b"}}),
            json!({"notes": {"from": "b", "to": "a"}}),
        ];
        let expected =
            json!({"starts_at": {"from": 1, "to": 3}, "status": {"from": "pending", "to": "scheduled"}});
        assert_eq!(Value::Object(merged(changes)), expected);
    }
}
