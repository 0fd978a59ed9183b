//! What these pages show beside things of the catalogue, each in one statement.

use sqlx::FromRow;

use crate::platform::db::{PgConnection, sql_as};
use crate::platform::ids::{ContactId, EntryId, OrgId, SequenceId, SequenceRunId};

/// Somebody on the waitlist.
#[derive(Debug, Clone, FromRow)]
pub(super) struct Waiting {
    pub id: EntryId,
    pub contact_id: ContactId,
    pub person: Option<String>,
    pub phone: Option<String>,
    pub service: String,
    pub location: String,
    pub practitioner: Option<String>,
    pub local_from: jiff_sqlx::Date,
    pub local_to: jiff_sqlx::Date,
    pub part_of_day: String,
    pub state: String,
    pub offers: i16,
    pub created_at: jiff_sqlx::Timestamp,
}

/// Who waits, longest first; with those who no longer do, the latest first.
pub(super) async fn waiting(
    tx: &mut PgConnection,
    org: OrgId,
    shows_all: bool,
    limit: i64,
) -> sqlx::Result<Vec<Waiting>> {
    sql_as(
        "select w.id, w.contact_id, k.name as person, k.phone, v.name as service, l.name as location, r.name as practitioner,
                w.local_from, w.local_to, w.part_of_day, w.state, w.offers, w.created_at
           from waitlist_entries w
           join contacts k on k.org_id = w.org_id and k.id = w.contact_id
           join services v on v.org_id = w.org_id and v.id = w.service_id
           join locations l on l.org_id = w.org_id and l.id = w.location_id
           left join resources r on r.org_id = w.org_id and r.id = w.practitioner_id
          where w.org_id = $1 and ($2 or w.state in ('waiting', 'offered'))
          order by case when $2 then w.created_at end desc, w.created_at, w.id limit $3",
    )
    .bind(org)
    .bind(shows_all)
    .bind(limit)
    .fetch_all(tx)
    .await
}

/// Somebody in a sequence.
#[derive(Debug, Clone, FromRow)]
pub(super) struct Run {
    pub id: SequenceRunId,
    pub contact_id: ContactId,
    pub person: Option<String>,
    pub phone: Option<String>,
    pub state: String,
    pub stop_reason: Option<String>,
    pub sent_steps: i16,
    pub next_at: Option<jiff_sqlx::Timestamp>,
    pub entered_at: jiff_sqlx::Timestamp,
}

/// Who is and was on the way, the latest first.
pub(super) async fn runs(
    tx: &mut PgConnection,
    org: OrgId,
    sequence: SequenceId,
    limit: i64,
) -> sqlx::Result<Vec<Run>> {
    sql_as(
        "select r.id, r.contact_id, k.name as person, k.phone, r.state, r.stop_reason, r.sent_steps, r.next_at, r.entered_at
           from sequence_runs r left join contacts k on k.org_id = r.org_id and k.id = r.contact_id
          where r.org_id = $1 and r.sequence_id = $2 order by r.id desc limit $3",
    )
    .bind(org)
    .bind(sequence)
    .bind(limit)
    .fetch_all(tx)
    .await
}
