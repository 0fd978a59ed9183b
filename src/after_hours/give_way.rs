//! Frees what is kept for somebody who is on the phone again: there they can have it, too.

use super::offer_times::count;
use super::store;
use super::terms::kept_as;
use crate::appointments;
use crate::messaging::{self, Kind};
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// Lets go of the times that are kept for this number, with the caller's transaction. A text that has not left would promise
/// what is not kept any more, and is taken back; one that has left can still be answered.
pub async fn give_way(app: &App, tx: &mut PgConnection, org: OrgId, phone: &str) -> Result<(), sqlx::Error> {
    let Ok(phone) = Phone::parse_e164(phone) else { return Ok(()) };
    for offer in store::unsettled_of_phone(tx, org, phone.as_str()).await? {
        appointments::release_holds(tx, org, &kept_as(offer.call_id)).await?;
        if !store::lapse(tx, org, offer.id).await? {
            continue;
        }
        if messaging::withdraw(app, tx, org, Kind::TimesOffer, &phone).await? > 0 {
            let now = app.clock.now();
            messaging::close_questions_about(tx, org, offer.call_id.0, "taken_back", now).await?;
            store::take_back(tx, org, offer.id).await?;
        }
        count("gave_way");
    }
    Ok(())
}
