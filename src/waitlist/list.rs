//! Who waits, for whoever lists them.

use jiff::Timestamp;
use sqlx::FromRow;
use uuid::Uuid;

use crate::platform::db::{PgConnection, sql_as};
use crate::platform::ids::{AppointmentId, ContactId, EntryId, LocationId, OrgId, ServiceId};

/// Which entries, and from where on. Ascending by when they were made, then by id: both never change, so a page's last
/// entry is the next one's `after`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Listing<'a> {
    /// At this location.
    pub location: Option<LocationId>,
    /// For this service.
    pub service: Option<ServiceId>,
    /// In this state.
    pub state: Option<&'a str>,
    /// Only this one.
    pub id: Option<EntryId>,
    /// After this one.
    pub after: Option<(Timestamp, EntryId)>,
    /// So many at most.
    pub limit: i64,
}

/// One entry.
#[derive(Debug, Clone, FromRow)]
#[expect(missing_docs, reason = "named after the columns they come from")]
pub struct Listed {
    pub id: EntryId,
    pub location_id: LocationId,
    pub service_id: ServiceId,
    pub practitioner_id: Option<Uuid>,
    pub contact_id: ContactId,
    pub local_from: jiff_sqlx::Date,
    pub local_to: jiff_sqlx::Date,
    pub part_of_day: String,
    pub state: String,
    pub offers: i16,
    pub appointment_id: Option<AppointmentId>,
    pub created_at: jiff_sqlx::Timestamp,
}

/// Entries of the org.
pub async fn list(tx: &mut PgConnection, org: OrgId, listing: &Listing<'_>) -> sqlx::Result<Vec<Listed>> {
    let (after_at, after_id) = listing.after.unzip();
    sql_as(
        "select id, location_id, service_id, practitioner_id, contact_id, local_from, local_to, part_of_day, state, offers,
                appointment_id, created_at
           from waitlist_entries
          where org_id = $1 and ($2::uuid is null or location_id = $2) and ($3::uuid is null or service_id = $3)
            and ($4::text is null or state = $4) and ($5::uuid is null or id = $5)
            and ($6::timestamptz is null or (created_at, id) > ($6, $7))
          order by created_at, id limit $8",
    )
    .bind(org)
    .bind(listing.location)
    .bind(listing.service)
    .bind(listing.state)
    .bind(listing.id)
    .bind(after_at.map(jiff_sqlx::ToSqlx::to_sqlx))
    .bind(after_id)
    .bind(listing.limit)
    .fetch_all(tx)
    .await
}
