//! Scored calls: what was said in them, to score it again.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use serde_json::Value;
use sqlx::FromRow;

use crate::calls;
use crate::leads::scoring::{Sentiment, Turn};
use crate::leads::verdict::turn;
use crate::platform::db::{PgConnection, sql_as, sql_scalar};
use crate::platform::ids::{CallId, OrgId};

/// A call that was scored. Holds what was said: deliberately no `Debug`.
#[derive(FromRow)]
pub(in crate::leads) struct PastCall {
    pub id: CallId,
    pub created_at: jiff_sqlx::Timestamp,
    turns: Option<Value>,
    platform_sentiment: Option<String>,
    /// Whether the assistant raised its alert, whatever the score says.
    pub by_tool: bool,
}

impl PastCall {
    /// What was said. A transcript that this version cannot read is one in which nothing was.
    pub fn turns(&self) -> Vec<Turn> {
        let turns: Option<Vec<calls::Turn>> =
            self.turns.clone().and_then(|turns| serde_json::from_value(turns).ok());
        turns.iter().flatten().map(turn).collect()
    }

    /// The platform's reading of the mood.
    pub fn platform(&self) -> Option<Sentiment> {
        sentiment(self.platform_sentiment.as_deref())
    }
}

/// A mood by its stored word.
pub(in crate::leads) fn sentiment(word: Option<&str>) -> Option<Sentiment> {
    let all = [Sentiment::Positive, Sentiment::Neutral, Sentiment::Negative];
    all.into_iter().find(|sentiment| Some(sentiment.as_str()) == word)
}

/// Counted calls since an instant that come after `after`, the latest first.
pub(in crate::leads) async fn past_calls(
    tx: &mut PgConnection,
    org: OrgId,
    since: Timestamp,
    after: Option<(Timestamp, CallId)>,
    limit: i64,
) -> sqlx::Result<Vec<PastCall>> {
    sql_as(
        "select c.id, c.created_at, c.turns, c.platform_sentiment,
                exists (select from hot_lead_alerts h
                         where h.org_id = c.org_id and h.call_ref = c.call_ref and h.trigger = 'tool') as by_tool
           from counted_calls c
          where c.org_id = $1 and c.scored_at is not null and c.created_at >= $2
            and ($3::timestamptz is null or (c.created_at, c.id) < ($3, $4))
          order by c.created_at desc, c.id desc limit $5",
    )
    .bind(org)
    .bind(since.to_sqlx())
    .bind(after.map(|(at, _)| at.to_sqlx()))
    .bind(after.map(|(_, id)| id))
    .bind(limit)
    .fetch_all(tx)
    .await
}

/// How many there are.
pub(in crate::leads) async fn count_past(
    tx: &mut PgConnection,
    org: OrgId,
    since: Timestamp,
) -> sqlx::Result<i64> {
    sql_scalar(
        "select count(*) from counted_calls where org_id = $1 and scored_at is not null and created_at >= $2",
    )
    .bind(org)
    .bind(since.to_sqlx())
    .fetch_one(tx)
    .await
}

/// Calls since an instant that other rules scored, the latest first; nobody else writes them until the transaction ends.
pub(in crate::leads) async fn lock_outdated(
    tx: &mut PgConnection,
    org: OrgId,
    (since, version): (Timestamp, i32),
    limit: i64,
) -> sqlx::Result<Vec<PastCall>> {
    sql_as(
        "select c.id, c.created_at, c.turns, c.platform_sentiment, false as by_tool
           from calls c
          where c.org_id = $1 and c.scored_at is not null and c.created_at >= $2 and c.rules_version is distinct from $3
          order by c.created_at desc, c.id desc limit $4
            for no key update",
    )
    .bind(org)
    .bind(since.to_sqlx())
    .bind(version)
    .bind(limit)
    .fetch_all(tx)
    .await
}

/// How many calls since an instant were scored by a version, and how many there are.
pub(in crate::leads) async fn progress(
    tx: &mut PgConnection,
    org: OrgId,
    (since, version): (Timestamp, i32),
) -> sqlx::Result<(i64, i64)> {
    sql_as(
        "select count(*) filter (where rules_version = $3), count(*)
           from calls where org_id = $1 and scored_at is not null and created_at >= $2",
    )
    .bind(org)
    .bind(since.to_sqlx())
    .bind(version)
    .fetch_one(tx)
    .await
}
