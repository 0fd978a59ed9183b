//! Gives a time on offer back: the next in line is asked.

use std::time::Duration;

use super::store::{self, Offer, OfferState};
use crate::appointments::{self, OfferOpening};
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{OfferId, OrgId};

/// Who holds what is on offer.
const WAITLIST: &str = "waitlist";

/// What became of a "no".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Declined {
    /// The time is passed on.
    Now,
    /// The offer had ended already, or there is none.
    WasOver,
}

/// Declines an open offer, in the caller's transaction. Whoever declined keeps their place.
pub async fn decline(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    offer: OfferId,
) -> Result<Declined, sqlx::Error> {
    let Some(offer) = store::offer(tx, org, offer).await? else { return Ok(Declined::WasOver) };
    if settle(app, tx, org, &offer, OfferState::Declined).await? {
        pass_on(tx, org, &offer).await?;
        return Ok(Declined::Now);
    }
    Ok(Declined::WasOver)
}

/// Declines every open offer of a number; says how many there were.
pub async fn decline_all(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    phone: &Phone,
) -> Result<usize, sqlx::Error> {
    let mut declined = 0;
    for offer in store::offers_of(tx, org, phone.as_str()).await? {
        if offer.is_open() {
            declined += usize::from(decline(app, tx, org, offer.id).await? == Declined::Now);
        }
    }
    Ok(declined)
}

/// Ends an open offer without a visit: hold first, then offer, then entry. False when it was not open any more.
pub(super) async fn settle(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    offer: &Offer,
    state: OfferState,
) -> Result<bool, sqlx::Error> {
    if offer.state != OfferState::Open {
        return Ok(false);
    }
    if let Some(hold) = offer.hold {
        appointments::release_hold(tx, org, hold, WAITLIST).await?;
    }
    if !store::settle_offer(tx, org, offer.id, (OfferState::Open, state), app.clock.now()).await? {
        return Ok(false);
    }
    store::wait_again(tx, org, offer.entry).await?;
    metrics::counter!("voxanne_waitlist_offers_total", "outcome" => state.as_str()).increment(1);
    Ok(true)
}

/// Offers the freed time to whoever has not had it yet.
pub(super) async fn pass_on(tx: &mut PgConnection, org: OrgId, offer: &Offer) -> Result<(), sqlx::Error> {
    let freed = OfferOpening {
        org,
        location: offer.location,
        practitioner: offer.freed_practitioner,
        starts_at: offer.freed_from,
        ends_at: offer.freed_until,
    };
    appointments::offer_later(tx, &freed, Duration::ZERO).await
}
