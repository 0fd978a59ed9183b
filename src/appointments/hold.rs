//! Keeps a time for a few minutes while the caller decides.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;
use voxanne_slots::fit;

#[cfg(doc)]
use super::appointment::Actor;
use super::book::{BookError, NewBooking, refused};
use super::store::{self, NewHold, Reason};
use crate::messaging::Choice;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{HoldId, OrgId, ResourceId};
use crate::scheduling::{self, Opening};

/// A time that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// The hold.
    pub id: HoldId,
    /// Who would give the visit.
    pub practitioner: Uuid,
    /// When it would start.
    pub starts_at: Timestamp,
    /// When it would end.
    pub ends_at: Timestamp,
    /// Until when it is kept.
    pub expires_at: Timestamp,
}

/// What a number stands for in a question that offers it.
impl From<&Held> for Choice {
    fn from(held: &Held) -> Self {
        let practitioner = ResourceId(held.practitioner);
        Self::Time { starts_at: held.starts_at, practitioner, hold: Some(held.id) }
    }
}

/// Holds the wanted time for its call. Others cannot hold or book it; a booking of the same time by the same call
/// converts it; it lapses by itself, goes at the call's end, and is replaced when the call holds the time again.
pub async fn hold(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    wanted: &NewBooking<'_>,
) -> Result<Held, BookError> {
    let lifetime = SignedDuration::from_mins(app.config.voice.hold_minutes);
    hold_for(app, tx, org, wanted, lifetime).await
}

/// The same for as long as is said.
pub async fn hold_for(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    wanted: &NewBooking<'_>,
    lifetime: SignedDuration,
) -> Result<Held, BookError> {
    let (mut bookable, by) = (wanted.bookable(), wanted.writer());
    let opening = Opening { starts: &[wanted.starts_at], leaving: &[] };
    let taken = scheduling::open_ledger(app, tx, org, &mut bookable, opening, by).await?;
    if taken.rules_version != wanted.book.version {
        return Err(BookError::RulesChanged(taken.rules_version));
    }
    let now = app.clock.now();
    let fitted = match fit(&bookable.rules(&taken.guest), &taken.busy, wanted.starts_at, now) {
        Ok(fitted) => fitted,
        Err(refusal) => return Err(refused(app, tx, wanted, (&bookable, &taken), refusal).await?),
    };
    let held = Held {
        id: app.new_id(),
        practitioner: fitted.opening.practitioner,
        starts_at: fitted.opening.starts_at,
        ends_at: fitted.opening.ends_at,
        expires_at: now.checked_add(lifetime).unwrap_or(now),
    };
    if !store::reserve(tx, org, &fitted, Reason::Hold(held.id, held.expires_at)).await? {
        return Err(refused(app, tx, wanted, (&bookable, &taken), super::spoken::taken()).await?);
    }
    let new = NewHold {
        id: held.id,
        call_ref: wanted.call_ref.as_deref(),
        held_by: &wanted.booked_by.to_string(),
        location: wanted.location.id,
        service: wanted.service.id,
        practitioner: held.practitioner,
        starts_at: held.starts_at,
        ends_at: held.ends_at,
        expires_at: held.expires_at,
    };
    store::insert_hold(tx, org, &new, now).await?;
    Ok(held)
}

/// Lets go of everything a call holds; says how many holds that were.
pub async fn release_holds(tx: &mut PgConnection, org: OrgId, call_ref: &str) -> Result<u64, sqlx::Error> {
    store::delete_holds_of_call(tx, org, call_ref, None).await
}

/// Lets go of a hold of whoever keeps it (`held_by` as [`Actor`] is written, or what it begins with); false when there is
/// none such.
pub async fn release_hold(
    tx: &mut PgConnection,
    org: OrgId,
    hold: HoldId,
    held_by: &str,
) -> Result<bool, sqlx::Error> {
    store::delete_hold(tx, org, hold, held_by).await
}
