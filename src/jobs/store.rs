//! The queue's own tables: what failed for good, and what tests hurry along.

use sqlx::FromRow;

use crate::platform::db::{Class, Db, sql, sql_as};

/// A job that failed too often.
#[derive(Debug, Clone, FromRow)]
pub struct DeadJob {
    /// The queue's number for it.
    pub id: i64,
    /// Which job.
    pub task: String,
    /// Whose, when it belongs to one org.
    pub org: Option<String>,
    /// How often it was tried.
    pub attempts: i16,
    /// The last failure, without personal data.
    pub last_error: Option<String>,
}

/// Jobs out of attempts, except those that a newer job with the same key took the place of.
pub(super) async fn dead(db: &Db) -> sqlx::Result<Vec<DeadJob>> {
    let mut tx = db.begin_across(Class::Back).await?;
    let dead = sql_as(
        "select j.id, t.identifier as task, j.payload ->> 'org' as org, j.attempts, j.last_error
           from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
          where j.attempts >= j.max_attempts and j.locked_at is null
            and not exists (select from graphile_worker._private_job_retirements r where r.id = j.id)
          order by j.id limit 1000",
    )
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(dead)
}

pub(super) async fn replay(db: &Db, id: i64) -> sqlx::Result<bool> {
    let mut tx = db.begin_across(Class::Back).await?;
    let done = sql("select from graphile_worker._private_jobs j
          cross join lateral graphile_worker.reschedule_jobs(array[j.id], run_at := now(), attempts := 0)
          where j.id = $1 and j.attempts >= j.max_attempts and j.locked_at is null
            and not exists (select from graphile_worker._private_job_retirements r where r.id = j.id)")
    .bind(id)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn make_due(db: &Db) -> sqlx::Result<u64> {
    let mut tx = db.begin_across(Class::Back).await?;
    let done = sql("update graphile_worker._private_jobs set run_at = now()
          where run_at > now() and locked_at is null and attempts < max_attempts")
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(done.rows_affected())
}
