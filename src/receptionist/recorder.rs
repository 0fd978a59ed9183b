//! Records what needs no processing off the caller's path: many rows in one statement per org.
//!
//! Bounded, in rows and in bytes. When it is full the newest chatter is dropped and counted; a caller never waits for it. At shutdown it goes on
//! until the last request is finished, and then writes what is left.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use super::store::{self, NewMessage};
use crate::calls::{self, NewToolCall};
use crate::platform::app::App;
use crate::platform::db::Class;
use crate::platform::ids::{InboxId, OrgId};
use crate::tools::Answer;

/// Rows waiting at most.
const QUEUE_MAX: usize = 10_000;
/// Bytes of messages waiting at most: more than the largest body.
const QUEUE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Rows written at once at most.
const BATCH_MAX: usize = 500;
/// How long rows gather.
const GATHER: Duration = Duration::from_millis(100);

/// Something to record.
#[derive(Debug)]
pub(super) enum Entry {
    /// A message and nothing to do for it.
    Message(NewMessage),
    /// A stored message whose tools have answered.
    Done(InboxId),
    /// A read-only tool call, when it came, its answer and how long that took.
    Asked { call: NewToolCall, asked_at: Timestamp, answer: Answer, micros: i64 },
}

impl Entry {
    fn bytes(&self) -> u32 {
        let bytes = if let Self::Message(message) = self { message.body.capacity() } else { 0 };
        u32::try_from(bytes.min(QUEUE_BYTES_MAX)).unwrap_or(u32::MAX)
    }
}

/// An entry on its way, and the room it takes.
type Queued = (OrgId, Entry, OwnedSemaphorePermit);

#[derive(Clone)]
struct Recorder {
    queue: mpsc::Sender<Queued>,
    room: Arc<Semaphore>,
}

/// Starts the recorder once per process; what is queued at shutdown is still written.
pub fn start_recorder(app: &App) {
    let _ = recorder(app);
}

fn recorder(app: &App) -> Arc<Recorder> {
    app.memo.get_or(|| {
        let (queue, receiver) = mpsc::channel(QUEUE_MAX);
        app.tasks.spawn(write(app.clone(), receiver));
        Recorder { queue, room: Arc::new(Semaphore::new(QUEUE_BYTES_MAX)) }
    })
}

/// Leaves `entry` to be recorded; never waits.
pub(super) fn record(app: &App, org: OrgId, entry: Entry) {
    let recorder = recorder(app);
    let room = recorder.room.clone().try_acquire_many_owned(entry.bytes());
    let is_queued = room.is_ok_and(|room| recorder.queue.try_send((org, entry, room)).is_ok());
    if !is_queued {
        metrics::counter!("voxanne_recorder_dropped_total").increment(1);
    }
}

async fn write(app: App, mut receiver: mpsc::Receiver<Queued>) {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    loop {
        let is_stopping = tokio::select! {
            biased;
            received = receiver.recv_many(&mut batch, BATCH_MAX) => received == 0,
            () = app.drained.cancelled() => true,
        };
        if is_stopping {
            receiver.close();
            while let Some(entry) = receiver.recv().await {
                batch.push(entry);
            }
        } else if batch.len() < BATCH_MAX {
            tokio::time::sleep(GATHER).await;
            while batch.len() < BATCH_MAX
                && let Ok(entry) = receiver.try_recv()
            {
                batch.push(entry);
            }
        }
        let mut by_org: HashMap<OrgId, Vec<Entry>> = HashMap::new();
        let mut rooms = Vec::with_capacity(batch.len());
        for (org, entry, room) in batch.drain(..) {
            by_org.entry(org).or_default().push(entry);
            rooms.push(room);
        }
        for (org, entries) in by_org {
            let count = entries.len();
            if let Err(error) = write_org(&app, org, entries).await {
                metrics::counter!("voxanne_recorder_dropped_total").increment(count as u64);
                tracing::error!(org.id = %org, rows = count, %error, "Could not record messages");
            }
        }
        if is_stopping {
            return;
        }
    }
}

async fn write_org(app: &App, org: OrgId, entries: Vec<Entry>) -> Result<(), sqlx::Error> {
    let now = app.clock.now();
    let (mut messages, mut done, mut asked) = (Vec::new(), Vec::new(), Vec::new());
    for entry in entries {
        match entry {
            Entry::Message(message) => messages.push(message),
            Entry::Done(id) => done.push(id),
            Entry::Asked { call, asked_at, answer, micros } => asked.push(json!({
                "call_ref": call.asked.call_ref, "tool_call_id": call.asked.tool_call_id, "name": call.name,
                "arguments": call.arguments, "digest": hex::encode(&call.digest), "answer": answer.text,
                "is_error": answer.is_error, "asked_at": asked_at, "micros": micros, "unmet": answer.unmet,
            })),
        }
    }
    let mut tx = app.db.begin_unsynced(Class::Back, org).await?;
    if !messages.is_empty() {
        store::store_many(&mut tx, org, &messages, now).await?;
    }
    if !done.is_empty() {
        store::mark_done(&mut tx, org, &done, now).await?;
    }
    if !asked.is_empty() {
        calls::record_read_only(&mut tx, org, &Value::from(asked)).await?;
    }
    tx.commit().await
}
