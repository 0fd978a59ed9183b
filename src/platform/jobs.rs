//! Enqueuing work in the transaction that decides it. The list of jobs is in `src/jobs.rs`.

use std::time::Duration;

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use serde::Serialize;

use super::db::{PgConnection, sql, sql_as};
use super::ids::OrgId;

/// A job to leave with the current transaction.
#[derive(Debug)]
pub struct NewJob<'a, P> {
    /// The task's name, as `src/jobs.rs` lists it.
    pub task: &'static str,
    /// Jobs of one org and queue run one after another; as a rule the task's name.
    pub queue: &'a str,
    /// Ids only: the payload is logged by the queue.
    pub payload: &'a P,
    /// Jobs with one key replace each other while they wait.
    pub key: String,
    /// Waits this long by the database's clock: the app's may be moved (demo) or stand still (tests).
    pub after: Duration,
    /// Whether it goes before others that are due.
    pub priority: Priority,
}

/// Which of the jobs that are due is taken first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// Somebody waits for it.
    Usual,
    /// Nobody does: after all others, so that the alert of a hot caller never waits for it.
    Idle,
}

/// Adds a job; it exists if and only if the transaction commits.
///
/// Jobs of one org run one after another per queue, so that no org's backlog keeps another's waiting.
pub async fn enqueue<P: Serialize + Sync>(
    tx: &mut PgConnection,
    org: OrgId,
    job: NewJob<'_, P>,
) -> Result<(), sqlx::Error> {
    let payload = serde_json::to_value(job.payload).map_err(|e| sqlx::Error::Encode(Box::new(e)))?;
    // `select … from`: the function's own result is a composite that the driver would first have to ask about.
    sql("select from graphile_worker.add_job($1, payload := $2::json, queue_name := $3, run_at := now() + make_interval(secs => $4), max_attempts := 25, job_key := $5, priority := $6)")
        .bind(job.task)
        .bind(payload)
        .bind(format!("{}:{}", job.queue, org.0))
        .bind(job.after.as_secs_f64())
        .bind(job.key)
        .bind(match job.priority {
            Priority::Usual => 0_i16,
            Priority::Idle => 10,
        })
        .execute(tx)
        .await?;
    Ok(())
}

/// A job that waits in a queue, due.
#[derive(Debug)]
pub struct Due {
    /// The queue's number for it.
    pub id: i64,
    /// What it was enqueued with.
    pub payload: serde_json::Value,
}

/// Up to `limit` jobs of an org's queue that are due, oldest first, but for those in hand.
///
/// For a job of the same queue that takes them along: while it runs nobody else takes them, for the queue is locked.
/// Should its worker be taken for dead, another one may run them too.
pub async fn due(
    tx: &mut PgConnection,
    org: OrgId,
    queue: &str,
    (limit, in_hand): (i64, &[i64]),
) -> Result<Vec<Due>, sqlx::Error> {
    let rows: Vec<(i64, serde_json::Value)> = sql_as(
        "select j.id, j.payload::jsonb from graphile_worker._private_jobs j
          where j.job_queue_id = (select q.id from graphile_worker._private_job_queues q where q.queue_name = $1)
            and j.is_available and j.run_at <= now() and j.id <> all ($2)
          order by j.priority, j.run_at, j.id limit $3",
    )
    .bind(format!("{queue}:{}", org.0))
    .bind(in_hand)
    .bind(limit)
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|(id, payload)| Due { id, payload }).collect())
}

/// Jobs that were taken along are done, if and only if the transaction commits.
pub async fn finish(tx: &mut PgConnection, ids: &[i64]) -> Result<(), sqlx::Error> {
    sql("delete from graphile_worker._private_jobs where id = any ($1) and locked_at is null")
        .bind(ids)
        .execute(tx)
        .await?;
    Ok(())
}

/// What is due in an org's queue waits until `until` by the database's clock.
pub async fn put_off(
    tx: &mut PgConnection,
    org: OrgId,
    queue: &str,
    until: Timestamp,
) -> Result<(), sqlx::Error> {
    sql("update graphile_worker._private_jobs j set run_at = $2
           from graphile_worker._private_job_queues q
          where q.queue_name = $1 and j.job_queue_id = q.id and j.is_available and j.run_at <= now()")
    .bind(format!("{queue}:{}", org.0))
    .bind(until.to_sqlx())
    .execute(tx)
    .await?;
    Ok(())
}

/// What was put off until exactly `until` is due now.
pub async fn release(
    tx: &mut PgConnection,
    org: OrgId,
    queue: &str,
    until: Timestamp,
) -> Result<(), sqlx::Error> {
    sql("update graphile_worker._private_jobs j set run_at = now()
           from graphile_worker._private_job_queues q
          where q.queue_name = $1 and j.job_queue_id = q.id and j.is_available and j.run_at = $2")
    .bind(format!("{queue}:{}", org.0))
    .bind(until.to_sqlx())
    .execute(tx)
    .await?;
    Ok(())
}
