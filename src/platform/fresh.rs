//! Look-ups remembered for seconds, and for minutes while the database cannot be asked.

use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use moka::future::Cache;

/// How long an answer is believed: the longest a revoked secret still opens a door.
const FRESH: Duration = Duration::from_secs(5);
/// How long an old answer stands in while the database is away: a call in hand goes on.
const STALE: Duration = Duration::from_mins(10);

/// Answers to one kind of question. Concurrent askers of one key share one look-up.
pub struct Fresh<K, V> {
    fresh: Cache<K, V>,
    last: Cache<K, V>,
}

impl<K: Hash + Eq + Clone + Send + Sync + 'static, V: Clone + Send + Sync + 'static> Fresh<K, V> {
    /// Remembers at most `max` answers.
    pub fn new(max: u64) -> Self {
        Self {
            fresh: Cache::builder().max_capacity(max).time_to_live(FRESH).build(),
            last: Cache::builder().max_capacity(max).time_to_live(STALE).build(),
        }
    }

    /// The answer for `key`: as remembered, else from `look_up`, else as last known.
    pub async fn get<E: Send + Sync + 'static>(
        &self,
        key: K,
        look_up: impl Future<Output = Result<V, E>>,
    ) -> Result<V, Arc<E>> {
        if let Some(known) = self.fresh.get(&key).await {
            return Ok(known);
        }
        // Boxed: callers nest, and the rare look-up should not make every caller's future large.
        let answered = Box::pin(self.fresh.try_get_with(key.clone(), async {
            let value = look_up.await?;
            self.last.insert(key.clone(), value.clone()).await;
            Ok(value)
        }));
        match answered.await {
            Ok(value) => Ok(value),
            Err(error) => self.last.get(&key).await.ok_or(error),
        }
    }
}
