//! Enqueuing work in the transaction that decides it. The list of jobs is in `src/jobs.rs`.

use std::time::Duration;

use serde::Serialize;

use super::db::{PgConnection, sql};
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
    sql("select from graphile_worker.add_job($1, payload := $2::json, queue_name := $3, run_at := now() + make_interval(secs => $4), max_attempts := 25, job_key := $5)")
        .bind(job.task)
        .bind(payload)
        .bind(format!("{}:{}", job.queue, org.0))
        .bind(job.after.as_secs_f64())
        .bind(job.key)
        .execute(tx)
        .await?;
    Ok(())
}
