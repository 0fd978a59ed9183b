//! What the audit page shows.

use jiff_sqlx::ToSqlx as _;
use serde_json::Value;
use sqlx::FromRow;
use uuid::Uuid;

use crate::dashboard::cursor::Cursor;
use crate::platform::db::{PgConnection, sql_as, sql_scalar};
use crate::platform::ids::OrgId;

/// One entry of the log.
#[derive(Debug, Clone, FromRow)]
pub(in crate::dashboard) struct Entry {
    pub id: Uuid,
    /// As it is stored: `staff:usr_…`, `api:key_…`.
    pub actor: String,
    /// Their name, for people and keys that are known.
    pub actor_name: Option<String>,
    pub action: String,
    pub subject: Option<String>,
    pub detail: Value,
    pub at: jiff_sqlx::Timestamp,
}

/// Which entries; an empty filter is none.
pub(in crate::dashboard) struct Wanted<'a> {
    pub actor: &'a str,
    pub action: &'a str,
    pub after: Option<Cursor>,
    pub limit: i64,
}

/// The newest first.
pub(in crate::dashboard) async fn entries(
    tx: &mut PgConnection,
    org: OrgId,
    wanted: &Wanted<'_>,
) -> sqlx::Result<Vec<Entry>> {
    sql_as(
        "select a.id, a.actor, a.action, a.subject, a.detail, a.at,
                coalesce((select t.name from app_ctx.team() t where a.actor = 'staff:usr_' || translate(t.user_id::text, '-', '')),
                         (select k.name from api_keys k where k.org_id = $1 and a.actor = 'api:key_' || translate(k.id::text, '-', ''))) as actor_name
           from audit_log a
          where a.org_id = $1 and ($2 = '' or a.actor = $2) and ($3 = '' or a.action = $3)
            and ($4::timestamptz is null or (a.at, a.id) < ($4, $5))
          order by a.at desc, a.id desc limit $6",
    )
    .bind(org)
    .bind(wanted.actor)
    .bind(wanted.action)
    .bind(wanted.after.map(|after| after.at.to_sqlx()))
    .bind(wanted.after.map(|after| after.id))
    .bind(wanted.limit)
    .fetch_all(tx)
    .await
}

/// Every kind of act in the log.
pub(in crate::dashboard) async fn actions(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<Vec<String>> {
    // From one to the next by the index: there are few kinds and many entries.
    sql_scalar(
        "with recursive kinds (action) as (
           (select action from audit_log where org_id = $1 order by action limit 1)
           union all
           select (select l.action from audit_log l where l.org_id = $1 and l.action > k.action order by l.action limit 1)
             from kinds k where k.action is not null)
         select action from kinds where action is not null limit 200",
    )
        .bind(org)
        .fetch_all(tx)
        .await
}
