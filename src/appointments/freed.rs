//! A time that became free and may suit somebody who waits.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::change::Appointment;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{LocationId, OrgId};
use crate::platform::jobs::{self, NewJob, Priority};

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
    let job =
        NewJob { task: OFFER_TASK, queue: OFFER_TASK, payload: freed, key, after, priority: Priority::Usual };
    jobs::enqueue(tx, freed.org, job).await
}

/// The time a visit leaves, if it is still ahead.
pub(super) async fn offer_freed(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    visit: &Appointment,
) -> Result<(), sqlx::Error> {
    let starts_at = visit.starts_at.timestamp();
    if starts_at <= app.clock.now() {
        return Ok(());
    }
    let freed = OfferOpening {
        org,
        location: visit.location,
        practitioner: visit.practitioner,
        starts_at,
        ends_at: visit.ends_at,
    };
    offer_later(tx, &freed, Duration::ZERO).await
}
