//! All SQL of the slice: reads, over the tables of others. Every statement takes the wanted days of sites the same way.
//!
//! A statement looks at each stretch of time that days of sites share, by an index, and then whose day it is. What it counts of a
//! day depends on that day alone, so that days can be kept and added up.

pub(super) mod calls;
pub(super) mod hot;
pub(super) mod speed;
pub(super) mod texts;
pub(super) mod unmet;
pub(super) mod visits;

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;

use crate::platform::db::{PgConnection, sql_as};
use crate::platform::ids::{AssistantId, LocationId, OrgId, ServiceId};

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

/// An assistant, as it is called now.
#[derive(Debug, Clone, FromRow)]
pub(super) struct AssistantRow {
    pub id: AssistantId,
    pub name: String,
    pub location_id: LocationId,
    /// The platform, and its id there.
    pub known_as: String,
}

pub(super) async fn assistants(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<Vec<AssistantRow>> {
    sql_as(
        "select id, name, location_id, platform || ' ' || platform_assistant_id as known_as from assistants
          where org_id = $1 order by name, id",
    )
    .bind(org)
    .fetch_all(tx)
    .await
}

/// A service, as it is called now and what it costs.
#[derive(Debug, Clone, FromRow)]
pub(super) struct ServiceRow {
    pub id: ServiceId,
    pub name: String,
    pub price_cents: Option<i32>,
}

pub(super) async fn services(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<Vec<ServiceRow>> {
    sql_as("select id, name, price_cents from services where org_id = $1 order by id")
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
