//! Who gets e-mails.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;

use crate::mail::recipient::{Listing, RECIPIENTS_MAX, Recipient, RecipientFields};
use crate::platform::db::{PgConnection, sql, sql_as};
use crate::platform::ids::{EmailRecipientId, LocationId, OrgId};

#[derive(FromRow)]
struct Row {
    id: EmailRecipientId,
    address: String,
    location_id: Option<LocationId>,
    wants_alerts: bool,
    wants_summary: bool,
    language: String,
    created_at: jiff_sqlx::Timestamp,
}

impl TryFrom<Row> for Recipient {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> sqlx::Result<Self> {
        let language = row.language.parse().map_err(|e| sqlx::Error::Decode(Box::new(e)))?;
        let wishes = (row.wants_alerts, row.wants_summary);
        Ok(Self::new((row.id, row.address, row.location_id), wishes, language, row.created_at.to_jiff()))
    }
}

fn read(rows: Vec<Row>) -> sqlx::Result<Vec<Recipient>> {
    rows.into_iter().map(Recipient::try_from).collect()
}

/// The org's recipients, oldest first.
pub async fn list_recipients(
    tx: &mut PgConnection,
    org: OrgId,
    listing: &Listing,
) -> sqlx::Result<Vec<Recipient>> {
    let after = listing.after.unzip();
    let rows = sql_as(
        "select id, address, location_id, wants_alerts, wants_summary, language, created_at from email_recipients
          where org_id = $1 and ($2::uuid is null or id = $2) and ($3::timestamptz is null or (created_at, id) > ($3, $4))
          order by created_at, id limit $5",
    )
    .bind(org)
    .bind(listing.id)
    .bind(after.0.map(jiff_sqlx::ToSqlx::to_sqlx))
    .bind(after.1)
    .bind(listing.limit)
    .fetch_all(tx)
    .await?;
    read(rows)
}

/// What somebody may want.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::mail) enum Wish {
    /// Of this site; of one that is not known, everybody does.
    Alerts(Option<LocationId>),
    Summary,
}

pub(in crate::mail) async fn recipients_who_want(
    tx: &mut PgConnection,
    org: OrgId,
    wish: Wish,
) -> sqlx::Result<Vec<Recipient>> {
    let rows = sql_as(
        "select id, address, location_id, wants_alerts, wants_summary, language, created_at from email_recipients
          where org_id = $1 and case when $2 then wants_alerts and (location_id is null or $3::uuid is null or location_id = $3)
                                     else wants_summary end
          order by created_at, id",
    )
    .bind(org)
    .bind(matches!(wish, Wish::Alerts(_)))
    .bind(match wish {
        Wish::Alerts(location) => location,
        Wish::Summary => None,
    })
    .fetch_all(tx)
    .await?;
    read(rows)
}

/// Adds the recipient of this id or replaces what is there. False when it would be one too many. Refused by
/// `email_recipients_once` when another has the address, and by `email_recipients_at_a_site` when the org has no such site.
pub(in crate::mail) async fn upsert_recipient(
    tx: &mut PgConnection,
    org: OrgId,
    id: EmailRecipientId,
    fields: &RecipientFields,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let done = sql(
        "insert into email_recipients (org_id, id, address, wants_alerts, wants_summary, language, created_at, location_id)
         select $1, $2, $3, $4, $5, $6, $7, $9
          where (select count(*) from email_recipients where org_id = $1 and id <> $2) < $8
         on conflict (org_id, id) do update set address = excluded.address, wants_alerts = excluded.wants_alerts,
            wants_summary = excluded.wants_summary, language = excluded.language, location_id = excluded.location_id",
    )
    .bind(org)
    .bind(id)
    .bind(fields.address.as_str())
    .bind(fields.wants_alerts)
    .bind(fields.wants_summary)
    .bind(fields.language.as_str())
    .bind(now.to_sqlx())
    .bind(RECIPIENTS_MAX)
    .bind(fields.location())
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// False when the org has none such.
pub async fn remove_recipient(tx: &mut PgConnection, org: OrgId, id: EmailRecipientId) -> sqlx::Result<bool> {
    let done =
        sql("delete from email_recipients where org_id = $1 and id = $2").bind(org).bind(id).execute(tx);
    Ok(done.await?.rows_affected() == 1)
}
