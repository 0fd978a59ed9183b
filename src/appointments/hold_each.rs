//! Keeps several times for one person, who chooses among them by text.

use jiff::Timestamp;
use voxanne_slots::{Opening, fit};

use super::hold::Held;
use super::store::{self, NewHold, Reason};
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{LocationId, OrgId, ServiceId};
use crate::scheduling::{Bookable, Taken};

/// [`Actor::Text`](super::Actor::Text) as it is written.
const TEXT: &str = "text";

/// What is kept, and by whom.
#[derive(Debug, Clone, Copy)]
pub(super) struct Offer<'a> {
    pub location: LocationId,
    pub service: ServiceId,
    pub call_ref: &'a str,
}

/// Holds each of the times that is still free, under the ledger's locks, until when `expires_at` says of its start.
pub(super) async fn hold_each(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (offer, starts): (Offer<'_>, Vec<Timestamp>),
    (bookable, taken): (&Bookable<'_>, &Taken),
    expires_at: impl Fn(Timestamp) -> Timestamp,
) -> Result<Vec<Held>, sqlx::Error> {
    let now = app.clock.now();
    let mut held = Vec::new();
    for starts_at in starts {
        let Ok(fitted) = fit(&bookable.rules(&taken.guest), &taken.busy, starts_at, now) else { continue };
        let (practitioner, ends_at) = (fitted.opening.practitioner, fitted.opening.ends_at);
        let one =
            Held { id: app.new_id(), practitioner, starts_at, ends_at, expires_at: expires_at(starts_at) };
        if store::reserve(tx, org, &fitted, Reason::Hold(one.id, one.expires_at)).await? {
            store::insert_hold(tx, org, &row(&one, offer), now).await?;
            held.push(one);
        }
    }
    Ok(held)
}

fn row<'h>(held: &Held, offer: Offer<'h>) -> NewHold<'h> {
    NewHold {
        id: held.id,
        call_ref: Some(offer.call_ref),
        held_by: TEXT,
        location: offer.location,
        service: offer.service,
        practitioner: held.practitioner,
        starts_at: held.starts_at,
        ends_at: held.ends_at,
        expires_at: held.expires_at,
    }
}

/// Two times on offer at once cannot overlap: each is kept.
pub(super) fn is_clear(one: &Opening, other: &Opening) -> bool {
    one.ends_at <= other.starts_at || other.ends_at <= one.starts_at
}

#[cfg(test)]
mod tests {
    use super::super::appointment::Actor;
    use super::*;

    #[test]
    fn what_is_kept_is_kept_for_texts() {
        assert_eq!(Actor::Text.to_string(), TEXT);
    }
}
