//! Ends an offer that nobody answered, and passes its time on.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::decline::{pass_on, settle};
use super::store::{self, Offer, OfferState};
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{OfferId, OrgId};
use crate::platform::jobs::{NewJob, Priority, enqueue};

/// The task that ends an offer.
pub const LAPSE_TASK: &str = "lapse_offer";

/// The job: which offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LapseOffer {
    /// Whose.
    pub org: OrgId,
    /// Which.
    pub offer: OfferId,
}

/// Leaves the job with the caller's transaction.
pub(super) async fn lapse_later(
    tx: &mut PgConnection,
    job: &LapseOffer,
    after: Duration,
) -> Result<(), sqlx::Error> {
    let key = format!("{LAPSE_TASK}:{}", job.offer.0);
    enqueue(
        tx,
        job.org,
        NewJob { task: LAPSE_TASK, queue: LAPSE_TASK, payload: job, key, after, priority: Priority::Usual },
    )
    .await
}

/// Ends the offer if its time is over: hold released, entry waiting again, the time passed on. Before that, comes again.
pub async fn lapse(app: &App, job: LapseOffer) -> Result<(), sqlx::Error> {
    let mut tx = app.begin(job.org).await?;
    if let Some(offer) = store::offer(&mut tx, job.org, job.offer).await? {
        let left = offer.expires_at.duration_since(app.clock.now());
        if offer.state == OfferState::Open && left.is_positive() {
            lapse_later(&mut tx, &job, Duration::try_from(left).unwrap_or(Duration::ZERO)).await?;
        } else {
            end(app, &mut tx, job.org, &offer).await?;
        }
    }
    tx.commit().await
}

/// Ends every offer whose job was lost; says how many.
pub async fn lapse_due(app: &App, org: OrgId) -> Result<usize, sqlx::Error> {
    let mut tx = app.begin(org).await?;
    let due = store::lapsing(&mut tx, org, app.clock.now()).await?;
    tx.commit().await?;
    let count = due.len();
    for offer in due {
        lapse(app, LapseOffer { org, offer }).await?;
    }
    Ok(count)
}

async fn end(app: &App, tx: &mut PgConnection, org: OrgId, offer: &Offer) -> Result<(), sqlx::Error> {
    if settle(app, tx, org, offer, OfferState::Lapsed).await? {
        pass_on(tx, org, offer).await?;
        tracing::info!(org.id = %org, offer.id = %offer.id, "An offer lapsed; its time is passed on");
    }
    Ok(())
}
