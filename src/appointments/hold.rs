//! Keeps a time for a few minutes while the caller decides.

use jiff::{SignedDuration, Timestamp};
use voxanne_slots::fit;

use super::book::{BookError, NewBooking};
use super::store::{self, NewHold, Reason};
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{HoldId, OrgId};
use crate::scheduling::{self, Writer};

/// A time that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// The hold.
    pub id: HoldId,
    /// Until when.
    pub expires_at: Timestamp,
}

/// Holds the wanted time for its call. Others cannot hold or book it; a booking of the same time by the same call
/// converts it; it lapses by itself, goes at the call's end, and is replaced when the call holds the time again.
pub async fn hold(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    wanted: &NewBooking<'_>,
) -> Result<Held, BookError> {
    let call_ref = wanted.call_ref.as_deref().unwrap_or_default();
    let by = Writer { call_ref: Some(call_ref), phone: None };
    let bookable = wanted.book.bookable(wanted.location, wanted.service, wanted.practitioner);
    let taken = scheduling::open_ledger(app, tx, org, &bookable, wanted.starts_at, by).await?;
    if taken.rules_version != wanted.book.version {
        return Err(BookError::RulesChanged(taken.rules_version));
    }
    let now = app.clock.now();
    let refused = |refusal| BookError::Refused { refusal, alternatives: Vec::new() };
    let fitted = fit(&bookable.rules(), &taken.busy, wanted.starts_at, now).map_err(refused)?;
    let lifetime = SignedDuration::from_mins(app.config.voice.hold_minutes);
    let held = Held { id: app.new_id(), expires_at: now.checked_add(lifetime).unwrap_or(now) };
    if !store::reserve(tx, org, &fitted.claims, Reason::Hold(held.id, held.expires_at)).await? {
        return Err(refused(super::spoken::taken()));
    }
    let new = NewHold {
        id: held.id,
        call_ref,
        location: wanted.location.id,
        service: wanted.service.id,
        practitioner: fitted.opening.practitioner,
        starts_at: fitted.opening.starts_at,
        ends_at: fitted.opening.ends_at,
        expires_at: held.expires_at,
    };
    store::insert_hold(tx, org, &new, now).await?;
    Ok(held)
}

/// Lets go of everything a call holds; says how many holds that were.
pub async fn release_holds(tx: &mut PgConnection, org: OrgId, call_ref: &str) -> Result<u64, sqlx::Error> {
    store::delete_holds_of_call(tx, org, call_ref).await
}
