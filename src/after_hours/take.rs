//! Makes a visit of a time that was offered after hours.

use jiff::{SignedDuration, Timestamp, Zoned};

use super::offer_times::count;
use super::store::{self, Offer};
use super::terms::{kept_as, task_key};
use crate::appointments::{self, Actor, BookError, NewBooking};
use crate::messaging::{self, Choice};
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{CallId, OrgId};
use crate::scheduling::{RuleBook, Window};
use crate::spoken_name::SpokenName;
use crate::tasks;

/// Within that a second "1" means the first one's visit.
const TWICE: SignedDuration = SignedDuration::from_hours(24);

/// What became of an answer.
#[derive(Debug, Clone)]
pub enum Took {
    /// It is a visit now, and its confirmation is queued; `is_repeat`: it was one before, and nothing is.
    Booked {
        /// When, in the location's zone.
        at: Zoned,
        /// The same visit was booked before.
        is_repeat: bool,
    },
    /// It can no longer be had: roll back, and offer others.
    Gone,
    /// Something of theirs is in the way, or the clinic no longer offers it: for a person.
    ForStaff,
    /// The rules are no longer what was read: roll back and repeat.
    RulesChanged(i64),
    /// A calendar has to be asked first: roll back, ask, and repeat.
    CalendarUnknown(Window),
}

/// Books the chosen time through its hold, or without where that has lapsed, in the caller's transaction; the others are let
/// go and the task at opening is not needed any more. Everything but [`Took::Booked`] wants nothing committed.
///
/// Of two answers at once one books: the offer's state is changed by the transaction that books, or not at all.
pub async fn take(
    app: &App,
    tx: &mut PgConnection,
    book: &RuleBook,
    (call, chosen): (CallId, &Choice),
    asks_calendars: bool,
) -> Result<Took, sqlx::Error> {
    let (org, now) = (book.org, app.clock.now());
    let Choice::Time { starts_at, practitioner, hold } = chosen else { return Ok(Took::ForStaff) };
    let Some(offer) = store::of_call(tx, org, call).await?.filter(Offer::is_unsettled) else {
        return Ok(Took::ForStaff);
    };
    // By phone, say: whether they want this one beside it is not for us to guess.
    if offer.is_booked {
        return Ok(Took::ForStaff);
    }
    let location = book.locations.iter().find(|location| location.id == offer.location_id);
    let Some((location, service)) = location.zip(book.service(offer.service_id)) else {
        return Ok(Took::ForStaff);
    };
    let wanted = NewBooking {
        practitioner: Some(*practitioner),
        name: offer.name.as_deref().and_then(SpokenName::parse),
        phone: Phone::parse_e164(&offer.phone).ok(),
        is_caller_id: true,
        language: offer.language(),
        call_ref: Some(offer.call_ref.clone()),
        hold: *hold,
        booked_by: Actor::Text,
        asks_calendars,
        ..NewBooking::new(book, location, service, *starts_at)
    };
    let booked = match appointments::book(app, tx, org, &wanted).await {
        Ok(booked) => booked,
        Err(BookError::RulesChanged(version)) => return Ok(Took::RulesChanged(version)),
        Err(BookError::CalendarUnknown(window)) => return Ok(Took::CalendarUnknown(window)),
        Err(BookError::Unexpected(error)) => return Err(error),
        Err(BookError::Refused { .. }) => return Ok(Took::Gone),
        Err(BookError::HasAnotherVisit | BookError::TooMany(_)) => return Ok(Took::ForStaff),
    };
    appointments::release_holds(tx, org, &kept_as(call)).await?;
    if !store::settle(tx, org, offer.id, "taken", now).await? {
        return Ok(Took::ForStaff);
    }
    tasks::finish(app, tx, org, &task_key(call)).await?;
    store::hand_over(tx, org, offer.id, now).await?;
    messaging::close_questions_about(tx, org, call.0, "booked", now).await?;
    count("taken");
    Ok(Took::Booked { at: starts_at.to_zoned(location.zone.clone()), is_repeat: booked.is_repeat })
}

/// Whether this number took a time not long ago: the same answer again asks for nothing.
pub async fn was_taken(
    tx: &mut PgConnection,
    org: OrgId,
    phone: &Phone,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    store::has_taken(tx, org, phone.as_str(), now.checked_sub(TWICE).unwrap_or(now)).await
}
