//! Work that outlives the request that caused it.

use std::mem;
use std::sync::{Arc, Mutex};

use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::locked;

/// Ends with the last clone of it.
#[derive(Clone, Default)]
pub(crate) struct Tasks(Arc<Mutex<JoinSet<()>>>);

impl Tasks {
    pub fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = locked(&self.0);
        while tasks.try_join_next().is_some() {}
        tasks.spawn(work);
    }

    /// Runs `work` to its end even if the one waiting for it leaves.
    pub async fn run<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Option<T> {
        let (done, result) = oneshot::channel();
        self.spawn(async move { drop(done.send(work.await)) });
        result.await.ok()
    }

    /// Waits until nothing is going on.
    pub async fn settled(&self) {
        loop {
            let mut tasks = mem::take(&mut *locked(&self.0));
            if tasks.is_empty() {
                return;
            }
            while tasks.join_next().await.is_some() {}
        }
    }
}
