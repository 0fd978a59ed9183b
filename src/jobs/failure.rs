//! How a job ends, and what the queue keeps of one that failed.

use std::sync::atomic::Ordering;

use graphile_worker::WorkerContext;

use super::Ran;
use crate::platform::app::App;
use crate::platform::ids::OrgId;
use crate::platform::telemetry::chain;

/// What the queue keeps of a failure: the chain of causes, which name no person. (The queue prints `Debug`, and a
/// database error's own `Debug` quotes the row.)
pub(super) struct Failure(pub(super) String);

impl Failure {
    pub fn of(error: &dyn std::error::Error) -> Self {
        Self(chain(error))
    }
}

impl std::fmt::Debug for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The app that the worker was started with.
pub(super) fn app_of(context: &WorkerContext) -> Result<App, Failure> {
    if let Some(ran) = context.get_ext::<Ran>() {
        ran.0.fetch_add(1, Ordering::Relaxed);
    }
    context.get_ext::<App>().cloned().ok_or_else(|| Failure("the worker was started without the app".into()))
}

/// Counts how a job ended; its error means "again later".
pub(super) fn concluded<E: std::error::Error>(
    task: &'static str,
    org: OrgId,
    result: Result<(), E>,
) -> Result<(), Failure> {
    let outcome = if result.is_ok() { "done" } else { "failed" };
    metrics::counter!("voxanne_jobs_total", "task" => task, "outcome" => outcome).increment(1);
    result.map_err(|error| {
        let failure = Failure::of(&error);
        tracing::warn!(org.id = %org, task, error = failure.0, "A job failed; the queue tries it again");
        failure
    })
}
