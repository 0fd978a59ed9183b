//! How a calendar is doing: whether it answers, and whether it takes what is written.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;

use crate::platform::db::{PgConnection, sql, sql_scalar};
use crate::platform::ids::{CalendarId, OrgId};

/// It answered.
pub(in super::super) async fn mark_working(
    tx: &mut PgConnection,
    org: OrgId,
    id: CalendarId,
) -> sqlx::Result<()> {
    sql("update calendars set failing_since = null, failure = null, failures = 0, paused_until = null
          where org_id = $1 and id = $2 and (failures > 0 or paused_until is not null)")
    .bind(org)
    .bind(id)
    .execute(tx)
    .await?;
    Ok(())
}

/// It took what was written.
pub(in super::super) async fn mark_written(
    tx: &mut PgConnection,
    org: OrgId,
    id: CalendarId,
) -> sqlx::Result<()> {
    sql("update calendars set refused_since = null, refusal = null, writes_paused_until = null where org_id = $1 and id = $2")
        .bind(org)
        .bind(id)
        .execute(tx)
        .await?;
    Ok(())
}

/// It refused what was written: nothing is before `until`. Says whether it took it until now.
pub(in super::super) async fn mark_refused(
    tx: &mut PgConnection,
    org: OrgId,
    id: CalendarId,
    word: &str,
    (now, until): (Timestamp, Timestamp),
) -> sqlx::Result<bool> {
    let since: Option<jiff_sqlx::Timestamp> = sql_scalar(
        "update calendars set refused_since = coalesce(refused_since, $4), refusal = $3, writes_paused_until = $5
          where org_id = $1 and id = $2 returning refused_since",
    )
    .bind(org)
    .bind(id)
    .bind(word)
    .bind(now.to_sqlx())
    .bind(until.to_sqlx())
    .fetch_optional(tx)
    .await?;
    Ok(since.is_some_and(|since| since.to_jiff() == now))
}

/// It failed: nobody asks again before `until`. Says whether it worked until now.
pub(in super::super) async fn mark_failing(
    tx: &mut PgConnection,
    org: OrgId,
    id: CalendarId,
    word: &str,
    (now, until): (Timestamp, Timestamp),
) -> sqlx::Result<bool> {
    let failures: Option<i32> = sql_scalar(
        "update calendars set failing_since = coalesce(failing_since, $4), failure = $3, failures = failures + 1,
                paused_until = greatest(paused_until, $5)
          where org_id = $1 and id = $2 returning failures",
    )
    .bind(org)
    .bind(id)
    .bind(word)
    .bind(now.to_sqlx())
    .bind(until.to_sqlx())
    .fetch_optional(tx)
    .await?;
    Ok(failures == Some(1))
}
