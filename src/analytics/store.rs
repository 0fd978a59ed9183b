//! All SQL of the slice: reads, over the tables of others. Every statement takes the wanted sites and days the same way.
//!
//! A statement looks at the stretch from the earliest beginning to the latest end at any site, by an index, and then at each
//! site's own days.

pub(super) mod calls;
pub(super) mod speed;
pub(super) mod unmet;
pub(super) mod visits;

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;

use crate::platform::db::{PgConnection, sql, sql_as};
use crate::platform::ids::{AssistantId, LocationId, OrgId};

/// What changes whenever figures could: what staff are told of, those told of last among it, and what could not be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub(super) struct Version {
    last: i64,
    lately: i64,
    unmet: i64,
}

/// An event can commit after one that is numbered later: hence more than the last of them is looked at.
pub(super) async fn version(tx: &mut PgConnection, org: OrgId, now: Timestamp) -> sqlx::Result<Version> {
    sql_as(
        "select coalesce(max(e.id), 0) as last, coalesce(sum(e.id), 0)::bigint as lately,
                (select count(*) from tool_calls t
                  where t.org_id = $1 and t.unmet_service_id is not null and t.asked_at > $2 - interval '1 day') as unmet
           from (select id from events where org_id = $1 order by id desc limit 1000) e",
    )
    .bind(org)
    .bind(now.to_sqlx())
    .fetch_one(tx)
    .await
}

/// A figure is made of many rows, most of which are read by a stretch of time: worth planning for its values, and the room to
/// keep them all at once. For this transaction.
pub(super) async fn expect_many_rows(tx: &mut PgConnection) -> sqlx::Result<()> {
    sql("select set_config('plan_cache_mode', 'force_custom_plan', true), set_config('work_mem', '32MB', true),
                set_config('enable_sort', 'off', true)")
    .execute(tx)
    .await?;
    Ok(())
}

/// An assistant, as it is called now.
#[derive(Debug, Clone, FromRow)]
pub(super) struct AssistantRow {
    pub id: AssistantId,
    pub name: String,
    pub location_id: LocationId,
}

pub(super) async fn assistants(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<Vec<AssistantRow>> {
    sql_as("select id, name, location_id from assistants where org_id = $1 order by name, id")
        .bind(org)
        .fetch_all(tx)
        .await
}

/// Sites in their order.
pub(super) async fn locations(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<Vec<(LocationId, String)>> {
    sql_as("select id, name from locations where org_id = $1 order by position, id")
        .bind(org)
        .fetch_all(tx)
        .await
}
