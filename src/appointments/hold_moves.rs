//! Keeps times that a visit could move to, while its person chooses.

use jiff::{SignedDuration, Timestamp, Zoned};
use voxanne_slots::Opening;

use super::change::{self, Appointment, ChangeError};
use super::hold::Held;
use super::hold_each::{Offer, hold_each, is_clear};
use super::reschedule::{kept, offered};
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{AppointmentId, OrgId};
use crate::scheduling::{self, RuleBook, Writer};

/// Times to keep for a visit.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "self-explaining")]
pub struct Moves<'a> {
    pub book: &'a RuleBook,
    pub id: AppointmentId,
    /// By what a move names what it converts, and [`release_holds`](super::release_holds) what is given back: whoever keeps
    /// them, as a call would.
    pub call_ref: &'a str,
    pub lifetime: SignedDuration,
    pub count: usize,
}

/// Holds up to so many times for a visit that is to move, soonest first: the same service with the same person, on days of
/// their own, each as near to the visit's time of day as that day allows. None is not an error: there is none.
///
/// The visit itself keeps its time; what is kept is let go by its move, by hand, or by itself after `lifetime`.
pub async fn hold_moves(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    wanted: &Moves<'_>,
) -> Result<Vec<Held>, ChangeError> {
    let visit = change::find(tx, org, wanted.id).await?.ok_or(ChangeError::NotFound)?;
    if !visit.status.is_ahead() {
        return Err(ChangeError::NotAhead(visit.status));
    }
    let (location, service) = offered(wanted.book, &visit)?;
    let mut bookable = wanted.book.bookable(location, &service, kept(&service, &visit));
    let phone = visit.customer_phone.as_deref();
    let by = Writer { call_ref: Some(wanted.call_ref), phone, hold: None, own: Some(visit.id) };
    let today = app.clock.now().to_zoned(location.zone.clone()).date();
    let next = visit.starts_at.date().tomorrow().unwrap_or(today);
    let later = scheduling::openings_from(app, tx, wanted.book, &bookable, next, &by).await?;
    let mut suitable = suitable(later, &visit, wanted.count);
    if suitable.len() < wanted.count {
        let sooner = scheduling::openings_from(app, tx, wanted.book, &bookable, today, &by).await?;
        suitable = self::suitable(sooner, &visit, wanted.count);
    }
    let starts: Vec<Timestamp> = suitable.iter().map(|opening| opening.starts_at).collect();
    if starts.is_empty() {
        return Ok(Vec::new());
    }
    let opening = scheduling::Opening { starts: &starts, leaving: &[] };
    let taken = scheduling::open_ledger(app, tx, org, &mut bookable, opening, by).await?;
    if taken.rules_version != wanted.book.version {
        return Err(ChangeError::RulesChanged(taken.rules_version));
    }
    let offer = Offer { location: visit.location, service: visit.service, call_ref: wanted.call_ref };
    let (now, lifetime) = (app.clock.now(), wanted.lifetime);
    let until = |_| now.checked_add(lifetime).unwrap_or(now);
    Ok(hold_each(app, tx, org, (offer, starts), (&bookable, &taken), until).await?)
}

/// Of each day the opening nearest to the visit's time of day; of several days the first ones, of one day several.
fn suitable(openings: Vec<Opening>, visit: &Appointment, count: usize) -> Vec<Opening> {
    let zone = visit.starts_at.time_zone();
    let local = |opening: &Opening| opening.starts_at.to_zoned(zone.clone());
    let is_apart = |opening: &Opening| {
        opening.ends_at <= visit.starts_at.timestamp() || visit.ends_at <= opening.starts_at
    };
    let away = |at: &Zoned| {
        let span = at.time().duration_since(visit.starts_at.time());
        (span.abs(), at.timestamp())
    };
    let mut by_nearness: Vec<Opening> = openings.into_iter().filter(is_apart).collect();
    by_nearness.sort_by_key(|opening| away(&local(opening)));
    let mut days: Vec<Opening> = Vec::new();
    for opening in &by_nearness {
        if days.iter().all(|other| local(other).date() != local(opening).date()) {
            days.push(*opening);
        }
    }
    days.sort_by_key(|opening| opening.starts_at);
    days.truncate(count);
    let missing = count - days.len();
    let others: Vec<Opening> = by_nearness
        .into_iter()
        .filter(|opening| days.iter().all(|day| day.starts_at != opening.starts_at && is_clear(day, opening)))
        .take(missing.min(1))
        .collect();
    days.extend(others);
    days.sort_by_key(|opening| opening.starts_at);
    days
}
