//! Offers other times to somebody whose choice has gone.

use jiff::{SignedDuration, Timestamp, Zoned};

use super::offer_times::count;
use super::store::{self, Offer};
use super::terms::{TIMES, closed_until, kept_as, kept_until};
use crate::appointments::{self, BookError, Held, Times};
use crate::language::Language;
use crate::messaging::Choice;
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{CallId, LocationId};
use crate::scheduling::RuleBook;

/// Offers of one call: after the second one a person is better at it.
const ROUNDS_MAX: i16 = 2;

/// Nobody comes sooner than that.
const ON_THE_WAY: SignedDuration = SignedDuration::from_mins(30);

/// Other times that are kept.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "self-explaining")]
pub struct Again {
    pub location: LocationId,
    /// Theirs, where one is known.
    pub language: Option<Language>,
    /// In the location's zone.
    pub times: Vec<Zoned>,
    /// What 1 and 2 stand for now.
    pub options: Vec<Choice>,
    /// Until when they are kept, in the location's zone.
    pub until: Zoned,
    /// Until when an answer means them.
    pub expires_at: Timestamp,
}

/// Holds other times in place of those that were offered; `None` when there are none, or when that was done before.
pub async fn offer_again(
    app: &App,
    tx: &mut PgConnection,
    book: &RuleBook,
    call: CallId,
) -> Result<Result<Option<Again>, i64>, sqlx::Error> {
    let (org, now) = (book.org, app.clock.now());
    let Some(offer) = store::of_call(tx, org, call).await?.filter(Offer::is_unsettled) else {
        return Ok(Ok(None));
    };
    let location = book.locations.iter().find(|location| location.id == offer.location_id);
    let (Some((location, service)), Ok(phone)) =
        (location.zip(book.service(offer.service_id)), Phone::parse_e164(&offer.phone))
    else {
        return Ok(Ok(None));
    };
    if offer.rounds >= ROUNDS_MAX {
        return Ok(Ok(None));
    }
    let wanted = Times {
        book,
        location,
        service,
        phone: &phone,
        call_ref: &kept_as(call),
        // They are in the conversation, and still have to come.
        from: now.checked_add(ON_THE_WAY).unwrap_or(now),
        expires_at: kept_until(now, closed_until(location, now).unwrap_or(now)),
        count: TIMES,
        asks_calendars: false,
    };
    let held = match appointments::hold_times(app, tx, org, &wanted).await {
        Ok(held) => held,
        Err(BookError::RulesChanged(version)) => return Ok(Err(version)),
        Err(BookError::Unexpected(error)) => return Err(error),
        Err(_) => return Ok(Ok(None)),
    };
    let Some(until) = held.iter().map(|held| held.expires_at).min() else { return Ok(Ok(None)) };
    if !store::open_again(tx, org, offer.id, wanted.expires_at).await? {
        return Ok(Ok(None));
    }
    count("again");
    let zone = &location.zone;
    Ok(Ok(Some(Again {
        location: location.id,
        language: offer.language(),
        times: held.iter().map(|held| held.starts_at.to_zoned(zone.clone())).collect(),
        options: held.iter().map(Choice::from).collect(),
        until: until.to_zoned(zone.clone()),
        expires_at: last(&held, now),
    })))
}

/// Late is no reason not to try: the time may still be free.
fn last(held: &[Held], now: Timestamp) -> Timestamp {
    held.iter().map(|held| held.starts_at).max().unwrap_or(now)
}
