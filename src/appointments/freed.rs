//! A time that became free and may suit somebody who waits.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::platform::db::PgConnection;
use crate::platform::ids::{LocationId, OrgId};
use crate::platform::jobs::{self, NewJob};

/// The task that offers a freed time to the waitlist.
pub const OFFER_TASK: &str = "offer_opening";

/// A time that became free: when, where, and whose it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferOpening {
    /// Whose.
    pub org: OrgId,
    /// Where.
    pub location: LocationId,
    /// Who would have given the visit.
    pub practitioner: Uuid,
    /// From here …
    pub starts_at: Timestamp,
    /// … up to here.
    pub ends_at: Timestamp,
}

/// Leaves the job that offers `freed` with the caller's transaction.
pub async fn offer_later(
    tx: &mut PgConnection,
    freed: &OfferOpening,
    after: Duration,
) -> Result<(), sqlx::Error> {
    let key = format!("{OFFER_TASK}:{}:{}:{}", freed.org.0, freed.practitioner, freed.starts_at);
    let job = NewJob { task: OFFER_TASK, queue: OFFER_TASK, payload: freed, key, after };
    jobs::enqueue(tx, freed.org, job).await
}
