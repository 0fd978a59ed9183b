//! Lets go of what was offered after hours.

use super::offer_times::count;
use super::store::{self, Offer};
use super::terms::kept_as;
use crate::appointments;
use crate::language::Language;
use crate::messaging;
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{CallId, LocationId, OrgId};

/// Whom what is said of it is from, and in which language.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "self-explaining")]
pub struct Declined {
    pub location: LocationId,
    /// Theirs, where one is known.
    pub language: Option<Language>,
}

/// Lets go of the call's times, with the caller's transaction; `None` when an answer counts no more. `handed_over`: staff are told now
/// and need no task at opening.
pub async fn decline(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (call, handed_over): (CallId, bool),
) -> Result<Option<Declined>, sqlx::Error> {
    let Some(offer) = store::of_call(tx, org, call).await?.filter(Offer::is_unsettled) else {
        return Ok(None);
    };
    let_go(app, tx, org, &offer, "declined").await?;
    if handed_over {
        store::hand_over(tx, org, offer.id, app.clock.now()).await?;
    }
    Ok(Some(Declined { location: offer.location_id, language: offer.language() }))
}

/// Lets go of everything that is kept for a number; says how many offers that were.
pub async fn decline_all(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    phone: &Phone,
) -> Result<usize, sqlx::Error> {
    let offers = store::unsettled_of_phone(tx, org, phone.as_str()).await?;
    for offer in &offers {
        let_go(app, tx, org, offer, "declined").await?;
    }
    Ok(offers.len())
}

/// Holds first, then the offer; the text goes if it has not left. False when somebody settled it before.
pub(super) async fn let_go(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    offer: &Offer,
    state: &'static str,
) -> Result<bool, sqlx::Error> {
    let now = app.clock.now();
    appointments::release_holds(tx, org, &kept_as(offer.call_id)).await?;
    if !store::settle(tx, org, offer.id, state, now).await? {
        return Ok(false);
    }
    messaging::close_questions_about(tx, org, offer.call_id.0, state, now).await?;
    if let Ok(phone) = Phone::parse_e164(&offer.phone) {
        messaging::withdraw(app, tx, org, messaging::Kind::TimesOffer, &phone).await?;
    }
    count(state);
    Ok(true)
}
