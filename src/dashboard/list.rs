//! What the pages show, each in one statement.

pub(super) mod audit;
pub(super) mod calendar;
pub(super) mod contact;
pub(super) mod grid;
pub(super) mod notifications;
pub(super) mod today;

use sqlx::FromRow;

use crate::platform::db::{PgConnection, sql_as};
use crate::platform::ids::OrgId;

/// What waits for somebody, and what the surroundings say of the org.
#[derive(Debug, Clone, FromRow)]
pub(super) struct Waiting {
    /// The clinic.
    pub org_name: String,
    /// IANA name of the first site's zone.
    pub time_zone: String,
    /// Notifications that nobody read.
    pub notifications: i64,
    /// Tasks that are open.
    pub tasks: i64,
    /// Alerts that nobody has taken.
    pub alerts: i64,
    /// Numbers with texts that wait for a person.
    pub threads: i64,
}

/// More than this is shown as such: nobody counts further.
pub(super) const COUNTED_MAX: i64 = 99;

/// `is_owner`: also what only owners are told.
pub(super) async fn waiting(tx: &mut PgConnection, org: OrgId, is_owner: bool) -> sqlx::Result<Waiting> {
    sql_as(
        "select o.name as org_name,
                coalesce((select time_zone from locations where org_id = $1 order by position, id limit 1), 'UTC') as time_zone,
                (select count(*) from (select from notifications where org_id = $1 and read_at is null
                   and (audience = 'all' or $2) limit 100) n) as notifications,
                (select count(*) from (select from tasks where org_id = $1 and done_at is null limit 100) t) as tasks,
                (select count(*) from (select from escalations where org_id = $1 and closed_at is null limit 100) e) as alerts,
                (select count(*) from (select distinct from_phone from inbound_texts
                   where org_id = $1 and read_at is null limit 100) i) as threads
           from orgs o where o.org_id = $1",
    )
    .bind(org)
    .bind(is_owner)
    .fetch_one(tx)
    .await
}
