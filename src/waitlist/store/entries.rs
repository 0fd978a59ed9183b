//! People who wait.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;
use uuid::Uuid;

use crate::appointments::OfferOpening;
use crate::language::Language;
use crate::platform::db::{PgConnection, sql, sql_as, sql_scalar};
use crate::platform::ids::{AppointmentId, CallId, ContactId, EntryId, OrgId, ServiceId};
use crate::waitlist::join::Wish;
use crate::when::PartOfDay;

/// Candidates looked at for one freed time.
const CANDIDATES_MAX: i64 = 200;

const fn word(part: PartOfDay) -> &'static str {
    match part {
        PartOfDay::Any => "any",
        PartOfDay::Morning => "morning",
        PartOfDay::Afternoon => "afternoon",
        PartOfDay::Evening => "evening",
    }
}

/// The place, and whether it is new.
pub(in crate::waitlist) async fn upsert_entry(
    tx: &mut PgConnection,
    org: OrgId,
    id: EntryId,
    wish: &Wish,
    now: Timestamp,
) -> sqlx::Result<(EntryId, bool)> {
    let kept: EntryId = sql_scalar(
        "insert into waitlist_entries (org_id, id, location_id, service_id, practitioner_id, contact_id, local_from, local_to,
            part_of_day, call_id, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (org_id, contact_id, service_id, location_id) where state in ('waiting', 'offered') do update
            set practitioner_id = excluded.practitioner_id, local_from = excluded.local_from, local_to = excluded.local_to,
                part_of_day = excluded.part_of_day
         returning id",
    )
    .bind(org)
    .bind(id)
    .bind(wish.location)
    .bind(wish.service)
    .bind(wish.practitioner)
    .bind(wish.contact)
    .bind(wish.from.to_sqlx())
    .bind(wish.to.to_sqlx())
    .bind(word(wish.part))
    .bind(wish.call)
    .bind(now.to_sqlx())
    .fetch_one(tx)
    .await?;
    Ok((kept, kept == id))
}

/// Somebody whom a freed time may suit.
#[derive(Debug, FromRow)]
pub(in crate::waitlist) struct Candidate {
    pub id: EntryId,
    pub service_id: ServiceId,
    pub practitioner_id: Option<Uuid>,
    pub contact_id: ContactId,
    pub phone: String,
    language: Option<String>,
    local_from: jiff_sqlx::Date,
    local_to: jiff_sqlx::Date,
    part_of_day: String,
    pub call_id: Option<CallId>,
}

impl Candidate {
    /// The contact's, where one is known.
    pub fn language(&self) -> Option<Language> {
        self.language.as_deref()?.parse().ok()
    }

    /// Whether a visit at that civil time is what they asked for.
    pub fn suits(&self, local: jiff::civil::DateTime) -> bool {
        let part = PartOfDay::parse(&self.part_of_day).unwrap_or(PartOfDay::Any);
        let window = self.local_from.to_jiff()..=self.local_to.to_jiff();
        window.contains(&local.date()) && part.contains(local.time())
    }
}

/// Whoever waits at the location for these days and was not offered anything of the freed time, the best match first:
/// who asked for just this practitioner, then who had fewest offers, then who has waited longest. Who asked for another
/// practitioner comes last: a room or device may be what became free.
pub(in crate::waitlist) async fn candidates(
    tx: &mut PgConnection,
    freed: &OfferOpening,
    (first, last): (Date, Date),
) -> sqlx::Result<Vec<Candidate>> {
    sql_as(
        "select e.id, e.service_id, e.practitioner_id, e.contact_id, c.phone, c.language, e.local_from, e.local_to, e.part_of_day, e.call_id
           from waitlist_entries e join contacts c on c.org_id = e.org_id and c.id = e.contact_id
          where e.org_id = $1 and e.location_id = $2 and e.state = 'waiting' and e.local_from <= $4 and e.local_to >= $3
            and not exists (select from waitlist_offers o
                             where o.org_id = e.org_id and o.entry_id = e.id and o.starts_at >= $6 and o.starts_at < $7)
          order by case when e.practitioner_id = $5 then 0 when e.practitioner_id is null then 1 else 2 end,
                   e.offers, e.created_at, e.id
          limit $8",
    )
    .bind(freed.org)
    .bind(freed.location)
    .bind(first.to_sqlx())
    .bind(last.to_sqlx())
    .bind(freed.practitioner)
    .bind(freed.starts_at.to_sqlx())
    .bind(freed.ends_at.to_sqlx())
    .bind(CANDIDATES_MAX)
    .fetch_all(tx)
    .await
}

/// False when they no longer wait.
pub(in crate::waitlist) async fn mark_offered(
    tx: &mut PgConnection,
    org: OrgId,
    entry: EntryId,
) -> sqlx::Result<bool> {
    let done = sql("update waitlist_entries set state = 'offered', offers = offers + 1
          where org_id = $1 and id = $2 and state = 'waiting'")
    .bind(org)
    .bind(entry)
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(in crate::waitlist) async fn wait_again(
    tx: &mut PgConnection,
    org: OrgId,
    entry: EntryId,
) -> sqlx::Result<()> {
    sql("update waitlist_entries set state = 'waiting' where org_id = $1 and id = $2 and state = 'offered'")
        .bind(org)
        .bind(entry)
        .execute(tx)
        .await?;
    Ok(())
}

/// False when they are no longer on the list.
pub(in crate::waitlist) async fn book_entry(
    tx: &mut PgConnection,
    org: OrgId,
    entry: EntryId,
    visit: AppointmentId,
) -> sqlx::Result<bool> {
    let done = sql("update waitlist_entries set state = 'booked', appointment_id = $3
          where org_id = $1 and id = $2 and state in ('waiting', 'offered')")
    .bind(org)
    .bind(entry)
    .bind(visit)
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// False when they were off the list already.
pub(in crate::waitlist) async fn leave(
    tx: &mut PgConnection,
    org: OrgId,
    entry: EntryId,
) -> sqlx::Result<bool> {
    let done = sql("update waitlist_entries set state = 'left'
          where org_id = $1 and id = $2 and state in ('waiting', 'offered')")
    .bind(org)
    .bind(entry)
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Where a number is on the list, oldest first.
pub(in crate::waitlist) async fn entries_of(
    tx: &mut PgConnection,
    org: OrgId,
    phone: &str,
) -> sqlx::Result<Vec<EntryId>> {
    sql_scalar(
        "select e.id from contacts c join waitlist_entries e on e.org_id = c.org_id and e.contact_id = c.id
          where c.org_id = $1 and c.phone = $2 and e.state in ('waiting', 'offered') order by e.created_at, e.id",
    )
    .bind(org)
    .bind(phone)
    .fetch_all(tx)
    .await
}

pub(in crate::waitlist) async fn expire(
    tx: &mut PgConnection,
    org: OrgId,
    now: Timestamp,
) -> sqlx::Result<u64> {
    let done = sql("update waitlist_entries e set state = 'expired' from locations l
          where e.org_id = $1 and e.state = 'waiting' and l.org_id = e.org_id and l.id = e.location_id
            and e.local_to < ($2::timestamptz at time zone l.time_zone)::date")
    .bind(org)
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(done.rows_affected())
}
