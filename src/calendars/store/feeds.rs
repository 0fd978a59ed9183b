//! Feeds, and the visits that they show.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;

use crate::platform::db::{PgConnection, sql, sql_as};
use crate::platform::ids::{AppointmentId, FeedId, OrgId, ResourceId};

/// Of several who make or revoke the feed of a practitioner, one goes first. False when there is no such practitioner.
pub(in super::super) async fn lock_practitioner(
    tx: &mut PgConnection,
    org: OrgId,
    practitioner: ResourceId,
) -> sqlx::Result<bool> {
    let found = sql("select from practitioners where org_id = $1 and id = $2 for no key update")
        .bind(org)
        .bind(practitioner)
        .fetch_optional(tx)
        .await?;
    Ok(found.is_some())
}

pub(in super::super) async fn insert_feed(
    tx: &mut PgConnection,
    org: OrgId,
    (id, practitioner): (FeedId, ResourceId),
    digest: Vec<u8>,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("insert into calendar_feeds (org_id, id, practitioner_id, token_digest, created_at) values ($1, $2, $3, $4, $5)")
        .bind(org)
        .bind(id)
        .bind(practitioner)
        .bind(digest)
        .bind(now.to_sqlx())
        .execute(tx)
        .await?;
    Ok(())
}

/// False when there was none.
pub(in super::super) async fn revoke_feed(
    tx: &mut PgConnection,
    org: OrgId,
    practitioner: ResourceId,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let done = sql("update calendar_feeds set revoked_at = $3
          where org_id = $1 and practitioner_id = $2 and revoked_at is null")
    .bind(org)
    .bind(practitioner)
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// A feed that was not revoked.
#[derive(FromRow)]
pub(in super::super) struct FeedRow {
    pub practitioner_id: ResourceId,
    pub practitioner_name: String,
    pub clinic_name: String,
    pub feed_names: bool,
}

pub(in super::super) async fn feed(
    tx: &mut PgConnection,
    org: OrgId,
    digest: Vec<u8>,
) -> sqlx::Result<Option<FeedRow>> {
    sql_as(
        "select f.practitioner_id, r.name as practitioner_name, o.name as clinic_name, s.feed_names
           from calendar_feeds f
           join resources r on r.org_id = f.org_id and r.id = f.practitioner_id
           join orgs o on o.org_id = f.org_id
           join integration_settings s on s.org_id = f.org_id
          where f.org_id = $1 and f.token_digest = $2 and f.revoked_at is null",
    )
    .bind(org)
    .bind(digest)
    .fetch_optional(tx)
    .await
}

/// Which visits, and whether with who comes.
pub(in super::super) struct FeedVisits {
    pub practitioner: ResourceId,
    pub from: Timestamp,
    pub until: Timestamp,
    pub with_names: bool,
    pub limit: i64,
}

/// A visit as a feed shows it.
#[derive(FromRow)]
pub(in super::super) struct FeedVisit {
    pub id: AppointmentId,
    pub status: String,
    pub starts_at: jiff_sqlx::Timestamp,
    pub ends_at: jiff_sqlx::Timestamp,
    pub version: i32,
    pub changed_at: jiff_sqlx::Timestamp,
    pub service_name: String,
    pub location_name: String,
    pub address: Option<String>,
    /// `None` as well when names are not to be shown: what is not read is not told.
    pub customer_name: Option<String>,
}

/// The practitioner's visits that take place or took place, soonest first.
pub(in super::super) async fn feed_visits(
    tx: &mut PgConnection,
    org: OrgId,
    wanted: &FeedVisits,
) -> sqlx::Result<Vec<FeedVisit>> {
    sql_as(
        "select a.id, a.status::text as status, a.starts_at, a.ends_at, a.version,
                coalesce(a.updated_at, a.created_at) as changed_at, s.name as service_name, l.name as location_name,
                l.address, case when $5 then coalesce(a.customer_name, c.name) end as customer_name
           from appointments a
           join services s on s.org_id = a.org_id and s.id = a.service_id
           join locations l on l.org_id = a.org_id and l.id = a.location_id
           left join contacts c on c.org_id = a.org_id and c.id = a.contact_id
          where a.org_id = $1 and a.practitioner_id = $2 and a.starts_at >= $3 and a.starts_at < $4
            and a.status not in ('cancelled', 'no_show')
          order by a.starts_at, a.id limit $6",
    )
    .bind(org)
    .bind(wanted.practitioner)
    .bind(wanted.from.to_sqlx())
    .bind(wanted.until.to_sqlx())
    .bind(wanted.with_names)
    .bind(wanted.limit)
    .fetch_all(tx)
    .await
}
