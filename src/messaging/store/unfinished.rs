//! Texts that have not left, and those that are repeated.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;

use super::Text;
use crate::messaging::deliver::DELIVER_TASK;
use crate::messaging::text::{Kind, UnknownWord};
use crate::platform::db::{PgConnection, sql, sql_as, sql_scalar};
use crate::platform::ids::{OrgId, TextId};

/// Texts that should long have left and that no job is waiting to hand over.
pub(in crate::messaging) async fn forgotten(
    tx: &mut PgConnection,
    org: OrgId,
    before: Timestamp,
) -> sqlx::Result<Vec<(TextId, Kind)>> {
    let rows: Vec<(TextId, String)> = sql_as(
        "select t.id, t.kind from texts t
          where t.org_id = $1 and t.state in ('queued', 'sending') and coalesce(t.sending_at, t.queued_at) < $2
            and not exists (select from graphile_worker.jobs j
                             where j.key = $3 || ':' || t.id and j.attempts < j.max_attempts)
          order by t.queued_at limit 100",
    )
    .bind(org)
    .bind(before.to_sqlx())
    .bind(DELIVER_TASK)
    .fetch_all(tx)
    .await?;
    let known = |(id, kind): (TextId, String)| Ok((id, kind.parse()?));
    rows.into_iter()
        .map(known)
        .collect::<Result<_, UnknownWord>>()
        .map_err(|e| sqlx::Error::Decode(Box::new(e)))
}

/// Texts that have not left though their time is over, or were queued before `queued_before`.
pub(in crate::messaging) async fn overdue(
    tx: &mut PgConnection,
    org: OrgId,
    (now, queued_before): (Timestamp, Timestamp),
) -> sqlx::Result<Vec<TextId>> {
    sql_scalar(
        "select t.id from texts t left join appointments a on a.org_id = t.org_id and a.id = t.appointment_id
          where t.org_id = $1 and t.state in ('queued', 'sending')
            and (greatest(t.queued_at, t.leave_after) <= $3
                 or coalesce(t.leave_before, case when a.starts_at > t.queued_at then a.starts_at end) <= $2)
          order by t.id limit 200",
    )
    .bind(org)
    .bind(now.to_sqlx())
    .bind(queued_before.to_sqlx())
    .fetch_all(tx)
    .await
}

/// How many texts of the org have not left.
pub(in crate::messaging) async fn waiting(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<i64> {
    sql_scalar("select count(*) from texts where org_id = $1 and state in ('queued', 'sending')")
        .bind(org)
        .fetch_one(tx)
        .await
}

/// Writes down that `id` repeats another text.
pub(in crate::messaging) async fn mark_again(
    tx: &mut PgConnection,
    org: OrgId,
    id: TextId,
    (again_of, again): (TextId, i16),
) -> sqlx::Result<()> {
    sql("update texts set again_of = $3, again = $4 where org_id = $1 and id = $2")
        .bind(org)
        .bind(id)
        .bind(again_of)
        .bind(again)
        .execute(tx)
        .await?;
    Ok(())
}

/// The reason of the repetition of `first` for that time: it is found by it.
pub(in crate::messaging) fn again_key(first: TextId, times: i16) -> String {
    format!("again:{}:{times}", first.0)
}

/// Ends the repetitions of a text that have not left.
pub(in crate::messaging) async fn withdraw_again(
    tx: &mut PgConnection,
    org: OrgId,
    first: TextId,
    now: Timestamp,
) -> sqlx::Result<()> {
    let reasons = [1, 2].map(|times| again_key(first, times));
    sql("update texts set state = 'failed', failure = 'The one that it repeats arrived after all.', settled_at = $3
          where org_id = $1 and dedupe_key = any ($2) and (state = 'queued' or (state = 'sending' and sending_at is null))")
        .bind(org)
        .bind(&reasons[..])
        .bind(now.to_sqlx())
        .execute(tx)
        .await?;
    Ok(())
}

/// Whether the same number was told something else about the same visit since `text` was first queued.
pub(in crate::messaging) async fn is_superseded(
    tx: &mut PgConnection,
    org: OrgId,
    text: &Text,
) -> sqlx::Result<bool> {
    sql_scalar(
        "select exists (
            select from texts n join texts first on first.org_id = n.org_id and first.id = $3
             where n.org_id = $1 and n.to_phone = $4 and n.appointment_id = $5 and n.queued_at > first.queued_at
               and n.id not in ($2, $3) and n.again_of is distinct from $3)",
    )
    .bind(org)
    .bind(text.id)
    .bind(text.again_of)
    .bind(&text.to)
    .bind(text.appointment)
    .fetch_one(tx)
    .await
}
