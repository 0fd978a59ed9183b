//! All SQL of the inbox and of refusals in the audit log.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use serde_json::Value;
use sqlx::FromRow;

use crate::platform::db::{PgConnection, sql, sql_as, sql_scalar};
use crate::platform::ids::{InboxId, OrgId};

/// A message to keep.
#[derive(Debug, Clone)]
pub(super) struct NewMessage {
    pub id: InboxId,
    /// The platform's type.
    pub kind: String,
    /// What it is: the same for every delivery of the same message.
    pub key: String,
    pub call_ref: Option<String>,
    /// The body with secrets redacted, as JSON: a tree of it would be copied and freed piece by piece on its way.
    pub body: String,
}

/// What storing found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stored {
    pub id: InboxId,
    /// Already processed by an earlier delivery.
    pub is_done: bool,
}

pub(super) async fn store(
    tx: &mut PgConnection,
    org: OrgId,
    new: &NewMessage,
    now: Timestamp,
) -> sqlx::Result<Stored> {
    let (id, is_done): (InboxId, bool) = sql_as(
        "insert into inbox as i (org_id, id, kind, key, call_ref, body, received_at) values ($1, $2, $3, $4, $5, $6::json, $7)
         on conflict on constraint inbox_once_per_message do update set deliveries = i.deliveries + 1
         returning id, state = 'done'",
    )
    .bind(org)
    .bind(new.id)
    .bind(&new.kind)
    .bind(&new.key)
    .bind(&new.call_ref)
    .bind(&new.body)
    .bind(now.to_sqlx())
    .fetch_one(tx)
    .await?;
    Ok(Stored { id, is_done })
}

/// Waits for a parallel delivery of the same message and says whether it was processed meanwhile.
pub(super) async fn lock(tx: &mut PgConnection, org: OrgId, id: InboxId) -> sqlx::Result<bool> {
    sql_scalar("select state = 'done' from inbox where org_id = $1 and id = $2 for update")
        .bind(org)
        .bind(id)
        .fetch_one(tx)
        .await
}

pub(super) async fn mark_done(
    tx: &mut PgConnection,
    org: OrgId,
    ids: &[InboxId],
    now: Timestamp,
) -> sqlx::Result<()> {
    let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
    sql("update inbox set state = 'done', failure = null, processed_at = $3 where org_id = $1 and id = any ($2)")
        .bind(org)
        .bind(ids)
        .bind(now.to_sqlx())
        .execute(tx)
        .await?;
    Ok(())
}

pub(super) async fn mark_dead(
    tx: &mut PgConnection,
    org: OrgId,
    id: InboxId,
    failure: &str,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("update inbox set state = 'dead', failure = $3, attempts = attempts + 1, processed_at = $4 where org_id = $1 and id = $2 and state <> 'done'")
        .bind(org)
        .bind(id)
        .bind(failure)
        .bind(now.to_sqlx())
        .execute(tx)
        .await?;
    Ok(())
}

/// Stores messages that need no processing, many at once; of one key the newest body stays.
pub(super) async fn store_many(
    tx: &mut PgConnection,
    org: OrgId,
    messages: &[NewMessage],
    now: Timestamp,
) -> sqlx::Result<()> {
    // Sorted, so that two replicas never wait for each other's rows in a circle.
    let newest: BTreeMap<_, _> = messages.iter().map(|m| ((&m.kind, &m.key), m)).collect();
    let column = |of: fn(&NewMessage) -> &str| newest.values().map(|m| of(m)).collect::<Vec<_>>();
    sql("insert into inbox as i (org_id, id, kind, key, call_ref, body, state, received_at, processed_at)
         select $1, m.id, m.kind, m.key, m.call_ref, m.body::json, 'done', $7, $7
           from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[]) as m (id, kind, key, call_ref, body)
         on conflict on constraint inbox_once_per_message do update set body = excluded.body, deliveries = i.deliveries + 1,
            state = 'done', processed_at = excluded.processed_at")
    .bind(org)
    .bind(newest.values().map(|m| m.id.0).collect::<Vec<_>>())
    .bind(column(|m| &m.kind))
    .bind(column(|m| &m.key))
    .bind(newest.values().map(|m| m.call_ref.as_deref()).collect::<Vec<_>>())
    .bind(column(|m| &m.body))
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(())
}

/// A message that was not processed.
#[derive(Debug, FromRow)]
pub(super) struct Unfinished {
    pub id: InboxId,
    pub kind: String,
    pub received_at: jiff_sqlx::Timestamp,
    pub failure: Option<String>,
}

pub(super) async fn unfinished(
    tx: &mut PgConnection,
    org: OrgId,
    state: &str,
    before: Timestamp,
) -> sqlx::Result<Vec<Unfinished>> {
    sql_as(
        "select id, kind, received_at, failure from inbox
          where org_id = $1 and state = $2::text::inbox_state and received_at <= $3 order by received_at limit 1000",
    )
    .bind(org)
    .bind(state)
    .bind(before.to_sqlx())
    .fetch_all(tx)
    .await
}

pub(super) async fn body(tx: &mut PgConnection, org: OrgId, id: InboxId) -> sqlx::Result<Option<Value>> {
    sql_scalar("select body from inbox where org_id = $1 and id = $2")
        .bind(org)
        .bind(id)
        .fetch_optional(tx)
        .await
}

pub(super) async fn audit(
    tx: &mut PgConnection,
    org: OrgId,
    id: uuid::Uuid,
    action: &str,
    detail: Value,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("insert into audit_log (org_id, id, actor, action, detail, at) values ($1, $2, 'voice platform', $3, $4, $5)")
        .bind(org)
        .bind(id)
        .bind(action)
        .bind(detail)
        .bind(now.to_sqlx())
        .execute(tx)
        .await?;
    Ok(())
}

/// Makes a dead letter wait again; processing it settles it.
pub(super) async fn wake(tx: &mut PgConnection, org: OrgId, id: InboxId) -> sqlx::Result<()> {
    sql("update inbox set state = 'stored', failure = null where org_id = $1 and id = $2 and state = 'dead'")
        .bind(org)
        .bind(id)
        .execute(tx)
        .await?;
    Ok(())
}

/// A tool message that a crash cut off: done if each of its calls has its answer, dead if not.
pub(super) async fn settle_interrupted(
    tx: &mut PgConnection,
    org: OrgId,
    id: InboxId,
    now: Timestamp,
) -> sqlx::Result<()> {
    // The key is the call and, after a colon, the ids of its tool calls.
    sql("update inbox i set processed_at = $3,
            state = case when a.answered then 'done'::inbox_state else 'dead' end,
            failure = case when a.answered then null else 'interrupted before it was answered' end
           from (select coalesce(bool_and(t.answer is not null), false) as answered
                   from inbox m cross join unnest(string_to_array(substr(m.key, length(m.call_ref) + 2), ',')) asked (tool_call_id)
                   left join tool_calls t on t.org_id = $1 and t.call_ref = m.call_ref and t.tool_call_id = asked.tool_call_id
                  where m.org_id = $1 and m.id = $2) a
          where i.org_id = $1 and i.id = $2 and i.state = 'stored'")
    .bind(org)
    .bind(id)
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(())
}
