//! All SQL of events. The rows are written by triggers.

use sqlx::FromRow;

use super::event::{Event, Position};
use crate::platform::app::App;
use crate::platform::db::{PgConnection, sql_as, sql_scalar};
use crate::platform::ids::OrgId;

/// Events read at once: who has missed more looks at everything again.
const MISSED_MAX: i64 = 1_000;

/// Where an org's events stand, and the one that somebody has seen last.
#[derive(Debug, FromRow)]
pub(super) struct Standing {
    pub id: i64,
    pub seen_below: i64,
    pub seen_id: Option<i64>,
    pub seen_horizon: Option<i64>,
}

impl Standing {
    /// Where whoever looks only now stands. Every transaction below had ended by now, whenever the newest event was
    /// written.
    pub const fn newest(&self) -> Position {
        Position { id: self.id, horizon: self.seen_below }
    }

    /// Where whoever has seen `seen` stands; `None` when it is not known any more.
    pub fn seen(&self) -> Option<Position> {
        Some(Position { id: self.seen_id?, horizon: self.seen_horizon? })
    }
}

/// The newest event of the org, and the one called `seen` while everything after it is still here: rows live for a day.
pub(super) async fn standing(
    tx: &mut PgConnection,
    org: OrgId,
    seen: Option<i64>,
) -> Result<Standing, sqlx::Error> {
    sql_as(
        "select coalesce(n.id, 0) as id, pg_snapshot_xmin(pg_current_snapshot())::text::bigint as seen_below,
                s.id as seen_id, s.horizon as seen_horizon
           from (values (true)) as one
           left join lateral (select e.id from events e where e.org_id = $1 order by e.id desc limit 1) n on true
           left join lateral (select e.id, e.horizon::text::bigint as horizon from events e
                               where e.org_id = $1 and e.id = $2 and e.at > clock_timestamp() - interval '23 hours') s on true",
    )
    .bind(org)
    .bind(seen)
    .fetch_one(tx)
    .await
}

/// What somebody may have missed.
#[derive(Debug)]
pub(super) struct Missed {
    /// By id.
    pub events: Vec<Event>,
    /// False when there is more than is worth reading one by one.
    pub are_all: bool,
    /// Where whoever has looked at all of it stands.
    pub position: Position,
}

#[derive(Debug, FromRow)]
struct MissedRow {
    #[sqlx(flatten)]
    event: Event,
    /// Every transaction below had ended when this was read.
    seen_below: i64,
}

/// Events that whoever stands at `position` may not have seen.
///
/// A transaction that was still running when that event was written has a lower id by no more than are given out while
/// a transaction may last.
pub(super) async fn since(
    tx: &mut PgConnection,
    org: OrgId,
    position: Position,
) -> Result<Missed, sqlx::Error> {
    let mut rows: Vec<MissedRow> = sql_as(
        r#"select id, kind, subject, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
                  horizon::text::bigint as horizon, pg_snapshot_xmin(pg_current_snapshot())::text::bigint as seen_below
             from events
            where org_id = $1 and id > $2 - 20000 and id <> $2 and (id > $2 or xact >= $3::bigint::text::xid8)
            order by id limit $4"#,
    )
    .bind(org)
    .bind(position.id)
    .bind(position.horizon)
    .bind(MISSED_MAX + 1)
    .fetch_all(&mut *tx)
    .await?;
    let are_all = i64::try_from(rows.len()).is_ok_and(|count| count <= MISSED_MAX);
    let Some(last) = rows.last() else { return Ok(Missed { events: vec![], are_all, position }) };
    let (last, horizon) = (last.event.id.max(position.id), last.seen_below);
    if !are_all {
        rows.clear();
    }
    let id = if are_all { last } else { standing(tx, org, None).await?.id };
    let events = rows.into_iter().map(|row| row.event).collect();
    Ok(Missed { events, are_all, position: Position { id, horizon } })
}

/// Deletes an org's events that are older than a day, by the database's clock, and says how many.
pub async fn forget_events(app: &App, org: OrgId) -> Result<i64, sqlx::Error> {
    let mut tx = app.begin(org).await?;
    let gone = sql_scalar("select app_ctx.forget_events()").fetch_one(&mut *tx).await?;
    tx.commit().await?;
    Ok(gone)
}
