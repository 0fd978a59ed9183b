//! Looks through an org's whole log of who did what when somebody asks, part by part in a job, and keeps what it found.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::seal_audit::{check_audit, tell_broken};
use super::store::audit;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;
use crate::platform::jobs::{self, NewJob, Priority};

/// The task that looks through a log.
pub const AUDIT_TASK: &str = "check_audit_log";

/// Entries of one transaction: a tenth of a second.
const PART: i64 = 10_000;
/// Whoever asks later than this after a look was asked for begins another: its job was lost.
const LOST_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// Whose.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[expect(missing_docs, reason = "ids")]
pub struct CheckAudit {
    pub org: OrgId,
}

/// What is known of the whole log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditCheck {
    /// Entries that were looked at, of how many, while a look goes on.
    pub running: Option<(i64, i64)>,
    /// What the last look found.
    pub last: Option<AuditFound>,
}

/// What a look through the whole log has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditFound {
    /// When it ended.
    pub ended_at: Timestamp,
    /// How many entries it looked at.
    pub entries: i64,
    /// Nothing was changed, and nothing was missing.
    pub is_whole: bool,
    /// The number of the first entry that does not go on from the one before, or at which the log ended.
    pub broken_link: Option<i64>,
}

/// How far a look has come, and what the last one found.
pub async fn audit_check(tx: &mut PgConnection, org: OrgId) -> Result<AuditCheck, sqlx::Error> {
    let row = audit::check_row(tx, org).await?;
    let found = |(ended_at, (entries, is_whole)): (jiff_sqlx::Timestamp, (i64, bool))| AuditFound {
        ended_at: ended_at.to_jiff(),
        entries,
        is_whole,
        broken_link: row.broken_link,
    };
    Ok(AuditCheck {
        running: row.is_running.then_some((row.checked, row.of.max(row.checked))),
        last: row.ended_at.zip(row.entries.zip(row.is_whole)).map(found),
    })
}

/// Begins a look through the whole log. False while one goes on: that one is meant.
pub async fn ask_audit_check(app: &App, tx: &mut PgConnection, org: OrgId) -> Result<bool, sqlx::Error> {
    let now = app.clock.now();
    let lost_before = now.checked_sub(LOST_AFTER).unwrap_or(now);
    let begins = audit::begin_check(tx, org, (now, lost_before)).await?;
    if begins {
        check_later(tx, org).await?;
    }
    Ok(begins)
}

async fn check_later(tx: &mut PgConnection, org: OrgId) -> Result<(), sqlx::Error> {
    let new = NewJob {
        task: AUDIT_TASK,
        queue: AUDIT_TASK,
        payload: &CheckAudit { org },
        key: format!("{AUDIT_TASK}:{}", org.0),
        after: Duration::ZERO,
        priority: Priority::Idle,
    };
    jobs::enqueue(tx, org, new).await
}

/// Looks at the next part, and comes again while there is more. Where it has come to is in the row: it may run twice.
pub async fn check_whole_audit(app: &App, job: CheckAudit) -> Result<(), sqlx::Error> {
    let org = job.org;
    let mut tx = app.begin(org).await?;
    let Some(behind) = audit::lock_check(&mut tx, org).await? else { return Ok(()) };
    let part = audit::part(&mut tx, ((behind > 0).then_some(behind), PART)).await?;
    if let (Some(last), None) = (part.last, part.broken) {
        audit::set_checked(&mut tx, org, last).await?;
        check_later(&mut tx, org).await?;
        return tx.commit().await;
    }
    // What is behind the last number, or has none, and the seal.
    let end = check_audit(app, &mut tx, org, PART).await?;
    let is_whole = part.broken.is_none() && end.is_whole;
    let entries = part.last.unwrap_or(behind);
    let found = (is_whole, part.broken.or(end.broken_link));
    audit::end_check(&mut tx, org, (app.clock.now(), entries), found).await?;
    tx.commit().await?;
    if !is_whole {
        tell_broken(org);
    }
    Ok(())
}
