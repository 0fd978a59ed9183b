//! Books several visits at once, such as six laser sessions.

use jiff::{Timestamp, ToSpan as _};
use voxanne_slots::{Fit, Guest, Refusal, Rules, fit};

use super::book::{BookError, NewBooking, status_by};
use super::record::{self, Visit, Who};
use super::store::{self, NewSeries, Reason};
use crate::messaging::{self, Kind, NewText, wording};
use crate::notifications::{self, NewNotification};
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{AppointmentId, OrgId, SeriesId};
use crate::scheduling::{self, Bookable, Opening, Taken};

/// What is wanted: `visits` of them, `every_days` civil days apart at the same time of day.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "self-explaining")]
pub struct Series<'b> {
    /// The first of them.
    pub first: NewBooking<'b>,
    pub visits: i16,
    pub every_days: i16,
    /// Book those that can be had; otherwise all or nothing.
    pub partial: bool,
}

/// A visit of a series that cannot be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Which of them, from 1.
    pub nth: usize,
    /// When it was wanted.
    pub starts_at: Timestamp,
    /// Why not.
    pub refusal: Refusal,
}

/// A series that stands.
#[derive(Debug, Clone)]
pub struct BookedSeries {
    /// All of them carry it.
    pub id: SeriesId,
    /// In order.
    pub visits: Vec<AppointmentId>,
    /// Empty unless `partial` was chosen.
    pub left_out: Vec<LeftOut>,
}

/// Why a series was refused.
#[derive(Debug, thiserror::Error)]
pub enum SeriesError {
    /// Some of the visits cannot be had, and nothing was booked.
    #[error("{} of the visits cannot be had", .0.len())]
    Collides(Vec<LeftOut>),
    /// As for one visit.
    #[error(transparent)]
    Book(#[from] BookError),
}

impl From<sqlx::Error> for SeriesError {
    fn from(error: sqlx::Error) -> Self {
        Self::Book(error.into())
    }
}

/// Books the visits under one opening of the ledger, with one text: all of them, or by explicit choice those that can
/// be had, and never none. Whoever gives the first gives the others where they are free.
pub async fn book_series(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    wanted: &Series<'_>,
) -> Result<BookedSeries, SeriesError> {
    let first = &wanted.first;
    let (mut bookable, by) = (first.bookable(), first.writer());
    let starts = starts(wanted);
    let opening = Opening { starts: &starts, leaving: &[] };
    let taken = scheduling::open_ledger(app, tx, org, &mut bookable, opening, by).await?;
    if taken.rules_version != first.book.version {
        return Err(BookError::RulesChanged(taken.rules_version).into());
    }
    let (fitted, left_out) = fit_all(&bookable, &taken, &starts, app.clock.now());
    if fitted.is_empty() || (!left_out.is_empty() && !wanted.partial) {
        return Err(SeriesError::Collides(left_out));
    }
    let caller = record::who(app, tx, org, first).await?;
    let id: SeriesId = app.new_id();
    let series = NewSeries {
        id,
        service: first.service.id,
        contact: caller.contact,
        wanted: wanted.visits,
        every_days: wanted.every_days,
    };
    store::insert_series(tx, org, &series, app.clock.now()).await?;
    let is_text_queued = tell(app, tx, org, first, (&fitted, caller, id)).await?;
    let mut visits = Vec::with_capacity(fitted.len());
    for fit in &fitted {
        let visit = Visit {
            id: app.new_id(),
            opening: fit.opening,
            status: status_by(first.book, &taken, fit.opening.practitioner),
            is_in_turn: bookable.is_in_turn,
        };
        if !store::reserve(tx, org, fit, Reason::Appointment(visit.id)).await? {
            // The locks make it impossible; the caller rolls everything back.
            let refusal = super::spoken::taken();
            return Err(BookError::Refused { refusal, alternatives: Vec::new() }.into());
        }
        if bookable.is_in_turn {
            scheduling::count_turn(tx, org, first.service.id, visit.opening.practitioner, 1).await?;
        }
        record::insert(app, tx, org, first, &visit, (caller, Some(id), is_text_queued)).await?;
        visits.push(visit.id);
    }
    metrics::counter!("voxanne_appointments_booked_total").increment(visits.len() as u64);
    Ok(BookedSeries { id, visits, left_out })
}

/// The same wall time each; where the clocks skip or repeat it, the nearest that there is.
fn starts(wanted: &Series<'_>) -> Vec<Timestamp> {
    let first = wanted.first.starts_at.to_zoned(wanted.first.location.zone.clone());
    let nth = |nth: i16| {
        let days = i32::from(nth) * i32::from(wanted.every_days);
        first.checked_add(days.days()).ok().map(|at| at.timestamp())
    };
    (0..wanted.visits).filter_map(nth).collect()
}

/// Each visit is spaced from those before it as from any other of the person.
fn fit_all(
    bookable: &Bookable<'_>,
    taken: &Taken,
    starts: &[Timestamp],
    now: Timestamp,
) -> (Vec<Fit>, Vec<LeftOut>) {
    let mut guest: Guest = taken.guest.clone();
    let (mut fitted, mut left_out): (Vec<Fit>, Vec<LeftOut>) = (Vec::new(), Vec::new());
    for (index, &starts_at) in starts.iter().enumerate() {
        let rules = bookable.rules(&guest);
        let same: Vec<_> = fitted
            .first()
            .and_then(|first| rules.practitioners.iter().find(|p| p.id == first.opening.practitioner))
            .cloned()
            .into_iter()
            .collect();
        let by_the_same = Rules { practitioners: &same, ..rules };
        let fit = match fit(&by_the_same, &taken.busy, starts_at, now) {
            Ok(fit) => Ok(fit),
            Err(_) => fit(&rules, &taken.busy, starts_at, now),
        };
        match fit {
            Ok(fit) => {
                bookable.note_visit(&mut guest, starts_at);
                fitted.push(fit);
            }
            Err(refusal) => left_out.push(LeftOut { nth: index + 1, starts_at, refusal }),
        }
    }
    (fitted, left_out)
}

/// One text and one notification for all of them.
async fn tell(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    first: &NewBooking<'_>,
    (fitted, caller, id): (&[Fit], Who, SeriesId),
) -> Result<bool, sqlx::Error> {
    let news = NewNotification {
        kind: "appointment",
        title: format!("A series of {} visits was booked", fitted.len()),
        subject: None,
        dedupe_key: format!("series:{}", id.0),
    };
    notifications::notify(app, tx, org, &news).await?;
    let Some((to, earliest)) = first.phone.as_ref().zip(fitted.first()) else { return Ok(false) };
    let starts_at = earliest.opening.starts_at.to_zoned(first.location.zone.clone());
    let settings = &first.book.settings;
    let body = wording::series(&first.letterhead(caller.language), fitted.len(), &starts_at);
    let text = NewText {
        kind: Kind::Confirmation,
        to,
        body,
        dedupe_key: format!("series:{}", id.0),
        contact: caller.contact,
        appointment: None,
        call: caller.call,
        sent_by: None,
    };
    Ok(messaging::queue_text(app, tx, org, settings, text).await?.text().is_some())
}
