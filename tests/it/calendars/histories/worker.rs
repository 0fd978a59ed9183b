//! A worker that runs the jobs of one clinic in any order, and dies wherever it is told to.
//!
//! It keeps to what the queue promises: a job that runs is locked, one that is enqueued meanwhile under the same key runs
//! after it, and jobs of one queue run one after another.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use serde_json::Value;
use sqlx::PgPool;
use voxanne::calendars::{self, CHECK_TASK, SYNC_TASK, WRITE_TASK};
use voxanne::platform::app::App;
use voxanne::platform::ids::OrgId;

/// A job that waits.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Job {
    pub id: i64,
    pub task: String,
    pub queue: i32,
    payload: Value,
}

/// How a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    Done,
    /// Its error means "again later".
    Failed,
    Killed,
}

/// The jobs of one clinic.
pub struct Worker<'h> {
    pub app: &'h App,
    pub admin: &'h PgPool,
    pub org: OrgId,
}

impl Worker<'_> {
    /// What waits, due or not: pauses are as long as the test likes.
    pub async fn waiting(&self) -> Vec<Job> {
        self.jobs("infinity").await
    }

    /// What is due, the first due first.
    pub async fn due(&self) -> Vec<Job> {
        self.jobs("now").await
    }

    /// Every pause is over.
    pub async fn make_due(&self) {
        sqlx::query("update graphile_worker._private_jobs set run_at = now() where payload ->> 'org' = $1 and run_at > now()")
            .bind(self.org.0.to_string())
            .execute(self.admin)
            .await
            .unwrap();
    }

    async fn jobs(&self, until: &str) -> Vec<Job> {
        sqlx::query_as(
            "select j.id, t.identifier as task, j.job_queue_id as queue, j.payload::jsonb as payload
               from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
              where j.payload ->> 'org' = $1 and j.is_available and t.identifier = any ($2) and j.run_at <= $3::timestamptz order by j.run_at, j.id",
        )
        .bind(self.org.0.to_string())
        .bind([WRITE_TASK, SYNC_TASK, CHECK_TASK].as_slice())
        .bind(until)
        .fetch_all(self.admin)
        .await
        .unwrap()
    }

    /// Runs one. `interrupt` is called before the poll of this number, and says whether the worker lives on.
    pub async fn run(&self, job: &Job, after: u32, interrupt: impl FnOnce() -> bool) -> Ended {
        self.sql("update graphile_worker._private_jobs set locked_at = now(), locked_by = $2, attempts = attempts + 1 where id = $1", job)
            .await;
        let ended = match interrupted(self.perform(job), after, interrupt).await {
            None => Ended::Killed,
            Some(Ok(())) => Ended::Done,
            Some(Err(error)) => {
                eprintln!("{} failed: {error}", job.task);
                Ended::Failed
            }
        };
        match ended {
            Ended::Done => self.forget(job).await,
            Ended::Failed | Ended::Killed => {
                self.sql("select graphile_worker.recover_dead_worker_jobs(array[$2]) where $1 > 0", job)
                    .await;
            }
        }
        ended
    }

    /// It is done, as far as the queue knows.
    async fn forget(&self, job: &Job) {
        self.sql("delete from graphile_worker._private_jobs where id = $1 and locked_by = $2", job).await;
    }

    async fn perform(&self, job: &Job) -> Result<(), sqlx::Error> {
        let payload = job.payload.clone();
        match job.task.as_str() {
            WRITE_TASK => calendars::write_event(self.app, serde_json::from_value(payload).unwrap()).await,
            SYNC_TASK => calendars::sync(self.app, serde_json::from_value(payload).unwrap()).await,
            _ => calendars::check_mirror(self.app, serde_json::from_value(payload).unwrap()).await,
        }
    }

    async fn sql(&self, sql: &'static str, job: &Job) {
        // One name for each: what is recovered is this job alone.
        let name = format!("history {}", job.id);
        sqlx::query(sql).bind(job.id).bind(name).execute(self.admin).await.unwrap();
    }

    /// How many jobs have used up their attempts, and not because a newer one took their place.
    pub async fn dead(&self) -> i64 {
        sqlx::query_scalar(
            "select count(*) from graphile_worker._private_jobs j
              where j.payload ->> 'org' = $1 and j.attempts >= j.max_attempts
                and not exists (select from graphile_worker._private_job_retirements r where r.id = j.id)",
        )
        .bind(self.org.0.to_string())
        .fetch_one(self.admin)
        .await
        .unwrap()
    }

    /// Takes the clinic's jobs away, whatever they are.
    pub async fn clear(&self) {
        sqlx::query("delete from graphile_worker._private_jobs where payload ->> 'org' = $1")
            .bind(self.org.0.to_string())
            .execute(self.admin)
            .await
            .unwrap();
    }
}

/// Polls `future` so often, then calls `interrupt`; drops the future where that says so. `None` then.
async fn interrupted<F: Future>(
    future: F,
    after: u32,
    interrupt: impl FnOnce() -> bool,
) -> Option<F::Output> {
    let mut future = pin!(future);
    let (mut polls, mut interrupt) = (0, Some(interrupt));
    poll_fn(move |context| {
        if polls == after
            && let Some(interrupt) = interrupt.take()
            && !interrupt()
        {
            return Poll::Ready(None);
        }
        polls += 1;
        future.as_mut().poll(context).map(Some)
    })
    .await
}
