//! Who is told of alerts.

use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;

use crate::leads::recipients::{Listed, Listing, RECIPIENTS_MAX, RecipientFields};
use crate::leads::roster::{Recipient, Shift};
use crate::platform::db::{PgConnection, sql, sql_as};
use crate::platform::ids::{AlertRecipientId, LocationId, OrgId};

#[derive(FromRow)]
struct Row {
    id: AlertRecipientId,
    location_id: Option<LocationId>,
    name: String,
    phone: String,
    step: i16,
    wants_hot_lead: bool,
    wants_clinical: bool,
    is_active: bool,
    is_confirmed: bool,
    created_at: jiff_sqlx::Timestamp,
    weekdays: Vec<i16>,
    from_minutes: Vec<i16>,
    until_minutes: Vec<i16>,
}

impl From<Row> for Listed {
    fn from(row: Row) -> Self {
        let times = row.from_minutes.into_iter().zip(row.until_minutes);
        let shifts = row.weekdays.into_iter().zip(times).filter_map(|(weekday, (from, until))| {
            let weekday =
                i8::try_from(weekday).ok().and_then(|iso| Weekday::from_monday_one_offset(iso).ok())?;
            Some(Shift { weekday, from, until })
        });
        Self {
            recipient: Recipient {
                id: row.id,
                name: row.name,
                phone: row.phone,
                location: row.location_id,
                step: row.step,
                wants_hot_lead: row.wants_hot_lead,
                wants_clinical: row.wants_clinical,
                shifts: shifts.collect(),
            },
            is_active: row.is_active,
            is_confirmed: row.is_confirmed,
            created_at: row.created_at.to_jiff(),
        }
    }
}

/// The org's recipients, oldest first.
pub(in crate::leads) async fn list(
    tx: &mut PgConnection,
    org: OrgId,
    listing: &Listing,
) -> sqlx::Result<Vec<Listed>> {
    let after = listing.after.unzip();
    let rows: Vec<Row> = sql_as(
        "select r.id, r.location_id, r.name, r.phone, r.step, r.wants_hot_lead, r.wants_clinical, r.is_active, r.confirmed_at is not null as is_confirmed, r.created_at,
                s.weekdays, s.from_minutes, s.until_minutes
           from alert_recipients r,
                lateral (select coalesce(array_agg(s.weekday order by s.position), '{}') as weekdays,
                                coalesce(array_agg(s.from_minute order by s.position), '{}') as from_minutes,
                                coalesce(array_agg(s.until_minute order by s.position), '{}') as until_minutes
                           from alert_shifts s where s.org_id = r.org_id and s.recipient_id = r.id) s
          where r.org_id = $1 and ($2::uuid is null or r.id = $2) and ($3::timestamptz is null or (r.created_at, r.id) > ($3, $4))
            and (r.is_active and r.confirmed_at is not null or not $6)
          order by r.created_at, r.id limit $5",
    )
    .bind(org)
    .bind(listing.id)
    .bind(after.0.map(jiff_sqlx::ToSqlx::to_sqlx))
    .bind(after.1)
    .bind(listing.limit)
    .bind(listing.only_told)
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(Listed::from).collect())
}

/// Adds the recipient of this id or replaces what is there, shifts included. False when it would be one too many. Refused by
/// `alert_recipients_once` when another has the phone.
pub(in crate::leads) async fn upsert(
    tx: &mut PgConnection,
    org: OrgId,
    (id, confirmed_at): (AlertRecipientId, Option<Timestamp>),
    fields: &RecipientFields,
    now: Timestamp,
) -> sqlx::Result<bool> {
    // A phone that another row of theirs has shown, or this one before, is shown.
    let done = sql(
        "insert into alert_recipients (org_id, id, location_id, name, phone, step, wants_hot_lead, wants_clinical, is_active, created_at,
            confirmed_at)
         select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
                coalesce((select min(confirmed_at) from alert_recipients where org_id = $1 and phone = $5), $12)
          where (select count(*) from alert_recipients where org_id = $1 and id <> $2) < $11
         on conflict (org_id, id) do update set location_id = excluded.location_id, name = excluded.name, phone = excluded.phone,
            step = excluded.step, wants_hot_lead = excluded.wants_hot_lead, wants_clinical = excluded.wants_clinical,
            is_active = excluded.is_active, confirmed_at = excluded.confirmed_at",
    )
    .bind(org)
    .bind(id)
    .bind(fields.location())
    .bind(fields.name.as_str())
    .bind(fields.phone.as_str())
    .bind(fields.step())
    .bind(fields.wants_hot_lead)
    .bind(fields.wants_clinical)
    .bind(fields.active)
    .bind(now.to_sqlx())
    .bind(RECIPIENTS_MAX)
    .bind(confirmed_at.map(jiff_sqlx::ToSqlx::to_sqlx))
    .execute(&mut *tx)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    sql("delete from alert_shifts where org_id = $1 and recipient_id = $2")
        .bind(org)
        .bind(id)
        .execute(&mut *tx)
        .await?;
    let of = |value: fn(&Shift) -> i16| fields.shifts().iter().map(value).collect::<Vec<i16>>();
    sql("insert into alert_shifts (org_id, recipient_id, position, weekday, from_minute, until_minute)
         select $1, $2, s.position - 1, s.weekday, s.starts, s.ends
           from unnest($3::smallint[], $4::smallint[], $5::smallint[]) with ordinality s (weekday, starts, ends, position)")
    .bind(org)
    .bind(id)
    .bind(of(|shift| shift.weekday.to_monday_one_offset().into()))
    .bind(of(|shift| shift.from))
    .bind(of(|shift| shift.until))
    .execute(tx)
    .await?;
    Ok(true)
}

/// Whoever has the phone is told from now on.
pub(in crate::leads) async fn confirm(
    tx: &mut PgConnection,
    org: OrgId,
    phone: &str,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("update alert_recipients set confirmed_at = $3 where org_id = $1 and phone = $2 and confirmed_at is null")
        .bind(org)
        .bind(phone)
        .bind(now.to_sqlx())
        .execute(tx)
        .await?;
    Ok(())
}

/// False when the org has none such.
pub(in crate::leads) async fn delete(
    tx: &mut PgConnection,
    org: OrgId,
    id: AlertRecipientId,
) -> sqlx::Result<bool> {
    let done =
        sql("delete from alert_recipients where org_id = $1 and id = $2").bind(org).bind(id).execute(tx);
    Ok(done.await?.rows_affected() == 1)
}
