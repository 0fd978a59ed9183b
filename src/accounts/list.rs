//! The audit log as it is read: who did what, the latest first.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use serde_json::Value;
use sqlx::FromRow;

use crate::platform::db::{PgConnection, sql_as, sql_scalar};
use crate::platform::ids::{ActId, OrgId};

/// A line of the audit log.
#[derive(Debug, FromRow)]
#[expect(missing_docs, reason = "named after the columns they come from")]
pub struct ListedAct {
    pub id: ActId,
    pub at: jiff_sqlx::Timestamp,
    /// Such as `api:key_…`.
    pub actor: String,
    /// What people call them; null when nobody does any more, or never did.
    pub actor_name: Option<String>,
    pub action: String,
    pub subject: Option<String>,
    pub detail: Value,
}

/// Which lines.
#[derive(Debug, Default, Clone)]
#[expect(missing_docs, reason = "self-explaining")]
pub struct WantedActs<'a> {
    pub actor: Option<&'a str>,
    pub action: Option<&'a str>,
    /// Lines from then on.
    pub since: Option<Timestamp>,
    /// Lines before then.
    pub until: Option<Timestamp>,
    /// The last one seen.
    pub after: Option<(Timestamp, ActId)>,
    pub limit: i64,
}

macro_rules! acts_that {
    ($first:literal) => {
        concat!(
            "select l.id, l.at, l.actor, coalesce(k.name, m.name) as actor_name, l.action, l.subject, l.detail
               from audit_log l
               left join api_keys k on k.org_id = l.org_id
                and k.id = case when l.actor ~ '^api:key_[0-9a-f]{32}$' then right(l.actor, 32)::uuid end
               left join app_ctx.team() m on l.actor = 'staff:usr_' || translate(m.user_id::text, '-', '')
              where l.org_id = $1 and ",
            $first,
            "
                and ($2::timestamptz is null or (l.at, l.id) < ($2, $3))
                and ($4::timestamptz is null or l.at >= $4) and ($5::timestamptz is null or l.at < $5)
                and ($6::text is null or l.actor = $6) and ($7::text is null or l.action = $7)
              order by l.at desc, l.id desc limit $8"
        )
    };
}

const BY_ACTOR: &str = acts_that!("l.actor = $6");
const BY_ACTION: &str = acts_that!("l.action = $7");
const ANY: &str = acts_that!("true");

/// Who did what, the latest first.
pub async fn list_acts(
    tx: &mut PgConnection,
    org: OrgId,
    wanted: &WantedActs<'_>,
) -> sqlx::Result<Vec<ListedAct>> {
    let statement = match wanted {
        WantedActs { actor: Some(_), .. } => BY_ACTOR,
        WantedActs { action: Some(_), .. } => BY_ACTION,
        _ => ANY,
    };
    let (after_at, after_id) = wanted.after.unzip();
    sql_as(statement)
        .bind(org)
        .bind(after_at.map(jiff_sqlx::ToSqlx::to_sqlx))
        .bind(after_id)
        .bind(wanted.since.map(jiff_sqlx::ToSqlx::to_sqlx))
        .bind(wanted.until.map(jiff_sqlx::ToSqlx::to_sqlx))
        .bind(wanted.actor)
        .bind(wanted.action)
        .bind(wanted.limit)
        .fetch_all(tx)
        .await
}

/// Whether somebody read that since then. Acts that read end in `.read`, and have an index of their own.
pub async fn has_read(
    tx: &mut PgConnection,
    org: OrgId,
    (actor, action, subject): (&str, &str, &str),
    since: Timestamp,
) -> sqlx::Result<bool> {
    sql_scalar(
        "select exists (select from audit_log
                         where org_id = $1 and actor = $2 and at > $5 and action like '%.read' and action = $3 and subject = $4)",
    )
    .bind(org)
    .bind(actor)
    .bind(action)
    .bind(subject)
    .bind(since.to_sqlx())
    .fetch_one(tx)
    .await
}

/// How many things somebody read since then, by acts that end in `.read`.
pub async fn subjects_read(
    tx: &mut PgConnection,
    org: OrgId,
    (actor, actions): (&str, &[&str]),
    since: Timestamp,
) -> sqlx::Result<i64> {
    sql_scalar(
        "select count(distinct subject) from audit_log
          where org_id = $1 and actor = $2 and at > $4 and action like '%.read' and action = any ($3)",
    )
    .bind(org)
    .bind(actor)
    .bind(actions)
    .bind(since.to_sqlx())
    .fetch_one(tx)
    .await
}
