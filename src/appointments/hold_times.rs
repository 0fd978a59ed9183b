//! Keeps times for somebody who was not helped, while they choose by text.

use jiff::{SignedDuration, Timestamp};
use voxanne_slots::Opening;

use super::book::BookError;
use super::hold::Held;
use super::hold_each::{Offer, hold_each, is_clear};
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;
use crate::scheduling::{self, Location, RuleBook, Service, Writer};

/// Times to keep for somebody.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "self-explaining")]
pub struct Times<'a> {
    pub book: &'a RuleBook,
    pub location: &'a Location,
    pub service: &'a Service,
    /// Whose: what they had decides where some rule asks.
    pub phone: &'a Phone,
    /// By what [`release_holds`](super::release_holds) finds them again: whoever keeps them, as a call would.
    pub call_ref: &'a str,
    /// No time starts before.
    pub from: Timestamp,
    /// Until when they are kept at most; each no longer than it can be booked at all.
    pub expires_at: Timestamp,
    pub count: usize,
    /// Calendars that are not known are to be asked first: the answer is [`BookError::CalendarUnknown`] then.
    pub asks_calendars: bool,
}

/// Holds up to so many times, soonest first and on days of their own as far as there are such: any practitioner, and none
/// so soon that the service's notice would be over when they answer. None is not an error: there is none.
///
/// What is kept is let go when one of them is booked, by hand, or by itself.
pub async fn hold_times(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    wanted: &Times<'_>,
) -> Result<Vec<Held>, BookError> {
    let mut bookable = wanted.book.bookable(wanted.location, wanted.service, None);
    let phone = Some(wanted.phone.as_str());
    let by = Writer { call_ref: Some(wanted.call_ref), phone, hold: None, own: None };
    let first_day = wanted.from.to_zoned(wanted.location.zone.clone()).date();
    let openings = scheduling::openings_from(app, tx, wanted.book, &bookable, first_day, &by).await?;
    let starts = soonest(openings, wanted);
    if starts.is_empty() {
        return Ok(Vec::new());
    }
    let opening = scheduling::Opening { starts: &starts, leaving: &[] };
    let taken = scheduling::open_ledger(app, tx, org, &mut bookable, opening, by).await?;
    if taken.rules_version != wanted.book.version {
        return Err(BookError::RulesChanged(taken.rules_version));
    }
    if let Some(window) =
        opening.unknown_calendars(app, org, &bookable, &taken).filter(|_| wanted.asks_calendars)
    {
        return Err(BookError::CalendarUnknown(window));
    }
    let offer = Offer { location: wanted.location.id, service: wanted.service.id, call_ref: wanted.call_ref };
    let notice = notice(wanted.service);
    let until =
        |starts_at: Timestamp| wanted.expires_at.min(starts_at.checked_sub(notice).unwrap_or(starts_at));
    Ok(hold_each(app, tx, org, (offer, starts), (&bookable, &taken), until).await?)
}

/// How long before its start a time can no longer be booked.
fn notice(service: &Service) -> SignedDuration {
    SignedDuration::from_mins(service.rules.minimum_notice_minutes.into())
}

/// The first opening of each of the first days; of one day several, apart from each other.
fn soonest(mut openings: Vec<Opening>, wanted: &Times<'_>) -> Vec<Timestamp> {
    let earliest = wanted.from.checked_add(notice(wanted.service)).unwrap_or(wanted.from);
    openings.retain(|opening| opening.starts_at >= earliest);
    let day = |opening: &Opening| wanted.location.zone.to_datetime(opening.starts_at).date();
    let mut chosen: Vec<Opening> = Vec::new();
    for opening in &openings {
        if chosen.len() < wanted.count && chosen.iter().all(|other| day(other) != day(opening)) {
            chosen.push(*opening);
        }
    }
    for opening in &openings {
        if chosen.len() < wanted.count && chosen.iter().all(|other| is_clear(other, opening)) {
            chosen.push(*opening);
        }
    }
    let mut starts: Vec<Timestamp> = chosen.iter().map(|opening| opening.starts_at).collect();
    starts.sort_unstable();
    starts
}
