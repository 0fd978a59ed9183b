//! All SQL of the slice.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;

use super::Day;
use crate::platform::db::{PgConnection, sql, sql_as};
use crate::platform::ids::OrgId;

/// A kept day.
#[derive(Debug, FromRow)]
pub(super) struct KeptRow {
    pub place: String,
    pub since: jiff_sqlx::Timestamp,
    pub until: jiff_sqlx::Timestamp,
    pub counted_by: i64,
    pub counts: String,
}

/// Which day, and by which rules it was counted.
pub(super) type Key = (String, Timestamp, Timestamp, i64);

pub(super) fn key_of(day: &Day) -> Key {
    (day.place.clone(), day.since, day.until, day.counted_by)
}

/// In one statement, hence of one moment: what commits with its change is seen with it or not at all.
pub(super) async fn kept(
    tx: &mut PgConnection,
    org: OrgId,
    kind: &str,
    (first, last): (Timestamp, Timestamp),
) -> sqlx::Result<Vec<KeptRow>> {
    sql_as(
        "select k.place, k.since, k.until, k.counted_by, k.counts::text as counts from kept_days k
          where k.org_id = $1 and k.kind = $2 and k.since >= $3 and k.since <= $4
            and not exists (select from day_changes c where c.org_id = $1 and c.at >= k.since and c.at < k.until)",
    )
    .bind(org)
    .bind(kind)
    .bind(first.to_sqlx())
    .bind(last.to_sqlx())
    .fetch_all(tx)
    .await
}

pub(super) async fn keys(tx: &mut PgConnection, org: OrgId, kind: &str) -> sqlx::Result<Vec<Key>> {
    let keys: Vec<(String, jiff_sqlx::Timestamp, jiff_sqlx::Timestamp, i64)> = sql_as(
        "select k.place, k.since, k.until, k.counted_by from kept_days k where k.org_id = $1 and k.kind = $2",
    )
    .bind(org)
    .bind(kind)
    .fetch_all(tx)
    .await?;
    let keys =
        keys.into_iter().map(|(place, since, until, by)| (place, since.to_jiff(), until.to_jiff(), by));
    Ok(keys.collect())
}

/// Whether the round is ours until this transaction ends, and the database's clock.
pub(super) async fn begin_round(
    tx: &mut PgConnection,
    org: OrgId,
) -> sqlx::Result<(bool, jiff_sqlx::Timestamp)> {
    sql_as("select pg_try_advisory_xact_lock(hashtextextended('kept_days:' || $1::uuid::text, 0)), now()")
        .bind(org)
        .fetch_one(tx)
        .await
}

/// By the hour, since many changes are of the same days.
pub(super) async fn forget_changed(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<()> {
    sql("with gone as (delete from day_changes where org_id = $1 returning at),
              changed as materialized (select distinct date_trunc('hour', at) as hour from gone)
         delete from kept_days k using changed c
          where k.org_id = $1 and c.hour < k.until and c.hour > k.since - interval '1 hour'")
    .bind(org)
    .execute(tx)
    .await?;
    Ok(())
}

/// Ranges are 92 days at most, and are compared with as many before them.
pub(super) async fn forget_old(tx: &mut PgConnection, org: OrgId, now: Timestamp) -> sqlx::Result<()> {
    sql("delete from kept_days where org_id = $1 and since < $2 - interval '190 days'")
        .bind(org)
        .bind(now.to_sqlx())
        .execute(tx)
        .await?;
    Ok(())
}

pub(super) async fn keep(
    tx: &mut PgConnection,
    org: OrgId,
    kind: &str,
    (days, counts): (&[Day], Vec<String>),
) -> sqlx::Result<()> {
    let instants = |of: fn(&Day) -> Timestamp| days.iter().map(|day| of(day).to_sqlx()).collect::<Vec<_>>();
    sql("insert into kept_days (org_id, kind, place, since, until, counted_by, counts)
         select $1, $2, d.place, d.since, d.until, d.counted_by, d.counts::json
           from unnest($3::text[], $4::timestamptz[], $5::timestamptz[], $6::bigint[], $7::text[]) d (place, since, until, counted_by, counts)
         on conflict (org_id, kind, since, place)
         do update set until = excluded.until, counted_by = excluded.counted_by, counts = excluded.counts")
    .bind(org)
    .bind(kind)
    .bind(days.iter().map(|day| day.place.clone()).collect::<Vec<_>>())
    .bind(instants(|day| day.since))
    .bind(instants(|day| day.until))
    .bind(days.iter().map(|day| day.counted_by).collect::<Vec<_>>())
    .bind(counts)
    .execute(tx)
    .await?;
    Ok(())
}
