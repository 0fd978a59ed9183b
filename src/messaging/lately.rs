//! What went to and fro with a number of late: whether two machines talk, and whom a short answer is for.

use jiff::{SignedDuration, Timestamp};

use super::receive_text::Received;
use super::store;
use super::text::Kind;
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{AppointmentId, InboundTextId, OrgId};

/// How far back texts count.
const LATELY: SignedDuration = SignedDuration::from_hours(1);
/// More texts from one number than a person writes in an hour.
const RECEIVED_MAX: i64 = 30;
/// The same words more often than a person repeats them.
const ALIKE_MAX: i64 = 4;
/// Answers that one number gets in an hour.
const ANSWERS_MAX: i64 = 10;
/// Texts of a thread that are looked through.
const OF_THREAD_MAX: i64 = 200;

/// Texts with one number in the last hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lately {
    /// What we sent last.
    pub last_kind: Option<Kind>,
    /// When a person of the clinic wrote last.
    pub written_at: Option<Timestamp>,
    /// They go to and fro as no person writes: an answer would be answered again.
    pub is_loop: bool,
}

/// Reads it with the text that just came counted.
pub async fn lately(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    received: &Received,
) -> Result<Lately, sqlx::Error> {
    let now = app.clock.now();
    let since = now.checked_sub(LATELY).unwrap_or(now);
    let lately = store::lately(tx, org, (&received.sender, &received.body), since).await?;
    Ok(Lately {
        last_kind: lately.last_kind.and_then(|kind| kind.parse().ok()),
        written_at: lately.written_at.map(jiff_sqlx::Timestamp::to_jiff),
        is_loop: lately.received > RECEIVED_MAX
            || lately.received_alike > ALIKE_MAX
            || lately.answers >= ANSWERS_MAX,
    })
}

/// Those of the visits whose time was texted to this number: what an answer to it may name, and what it may change (T22).
pub async fn texted_visits(
    tx: &mut PgConnection,
    org: OrgId,
    phone: &Phone,
    among: &[AppointmentId],
) -> Result<Vec<AppointmentId>, sqlx::Error> {
    store::texted_visits(tx, org, phone.as_str(), among).await
}

/// The latest texts of a sender, the last one first.
pub async fn texts_of_sender(
    tx: &mut PgConnection,
    org: OrgId,
    sender: &str,
) -> Result<Vec<InboundTextId>, sqlx::Error> {
    store::inbound_from(tx, org, sender, OF_THREAD_MAX).await
}
