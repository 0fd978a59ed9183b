//! Messages that were stored and not processed: finished after a crash, listed and replayed by an operator.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use voxanne_vapi::{Event, ParseError};

use super::dispatch::process_stored;
use super::receive::{ReceiveError, receive};
use super::store;
use crate::platform::app::App;
use crate::platform::ids::{InboxId, OrgId};

/// A message this old is nobody's work any more.
const ABANDONED_AFTER: SignedDuration = SignedDuration::from_secs(30);

/// A message kept for a person.
#[derive(Debug, Clone)]
pub struct DeadLetter {
    /// Its id.
    pub id: InboxId,
    /// The platform's type.
    pub kind: String,
    /// When it came.
    pub received_at: Timestamp,
    /// Why it is here.
    pub failure: Option<String>,
}

/// Why a message was not replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// No such message in this org.
    #[error("there is no such message")]
    NotFound,
    /// Its stored form cannot be read; the original was not kept.
    #[error("only the size of this message was kept: it could not be read when it came")]
    Unreadable(#[from] ParseError),
    /// It failed again.
    #[error("the message failed again")]
    Failed(#[from] ReceiveError),
    /// The database refused.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
}

impl From<Arc<sqlx::Error>> for ReplayError {
    fn from(error: Arc<sqlx::Error>) -> Self {
        Self::Failed(ReceiveError::Unavailable(error))
    }
}

/// Messages of `org` that wait for a person.
pub async fn list_dead(app: &App, org: OrgId) -> Result<Vec<DeadLetter>, sqlx::Error> {
    let mut tx = app.begin(org).await?;
    let rows = store::unfinished(&mut tx, org, "dead", Timestamp::MAX).await?;
    tx.commit().await?;
    Ok(rows
        .into_iter()
        .map(|r| DeadLetter {
            id: r.id,
            kind: r.kind,
            received_at: r.received_at.to_jiff(),
            failure: r.failure,
        })
        .collect())
}

/// Processes a kept message again, as if it had just come from its org.
pub async fn replay(app: &App, org: OrgId, id: InboxId) -> Result<(), ReplayError> {
    let mut tx = app.begin(org).await?;
    let body = store::body(&mut tx, org, id).await?.ok_or(ReplayError::NotFound)?;
    if body.get("bytes").is_some() && body.get("message").is_none() {
        return Err(ReplayError::Unreadable(ParseError::NotAnObject));
    }
    store::wake(&mut tx, org, id).await?;
    tx.commit().await?;
    receive(app, org, false, body.to_string().as_bytes()).await?;
    Ok(())
}

/// Finishes messages that a crash left stored. Tool calls are not acted on later than their caller could hear of it:
/// they become dead letters.
pub async fn replay_stored(app: &App, org: OrgId) -> Result<usize, sqlx::Error> {
    let now = app.clock.now();
    let mut tx = app.begin(org).await?;
    let rows =
        store::unfinished(&mut tx, org, "stored", now.checked_sub(ABANDONED_AFTER).unwrap_or(now)).await?;
    tx.commit().await?;
    let count = rows.len();
    for row in rows {
        let mut tx = app.begin(org).await?;
        let body = store::body(&mut tx, org, row.id).await?;
        tx.commit().await?;
        let message = body.map(|b| voxanne_vapi::parse(b.to_string().as_bytes()));
        match message {
            Some(Ok(message))
                if !matches!(message.event, Event::ToolCalls { .. } | Event::FunctionCall(_)) =>
            {
                process_stored(app, org, row.id, &message).await;
            }
            _ => {
                let mut tx = app.begin(org).await?;
                store::settle_interrupted(&mut tx, org, row.id, now).await?;
                tx.commit().await?;
            }
        }
    }
    Ok(count)
}
