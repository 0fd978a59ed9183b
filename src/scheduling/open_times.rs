//! Open times of some days, the nearest ones to a wish that cannot be met, and why a time is none.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use voxanne_slots::{Cause, Fit, Guest, Opening, Refusal, fit, openings};

use super::bookable::Bookable;
use super::rule_book::{RuleBook, Service, rule_book};
use super::taken::{self, Taken, Window, Writer};
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{LocationId, OrgId, ResourceId, ServiceId};

/// How far to look for the nearest day with openings.
const LOOK_AHEAD_DAYS: i32 = 30;

/// Alternatives offered for a time that cannot be had: more than three are not remembered.
const ALTERNATIVES_MAX: usize = 3;

/// What to look for.
#[derive(Debug, Clone, Copy)]
pub struct Search<'s> {
    /// Whose.
    pub org: OrgId,
    /// Where; the first location when `None`.
    pub location: Option<LocationId>,
    /// What.
    pub service: ServiceId,
    /// By whom, if the caller minds.
    pub practitioner: Option<ResourceId>,
    /// In which room or with which device, if somebody minds.
    pub resource: Option<ResourceId>,
    /// The phone of whoever comes, when it is known: what they had decides where some rule asks.
    pub guest: Option<&'s str>,
    /// First civil day, in the location's zone.
    pub from: Date,
    /// Last civil day.
    pub to: Date,
}

impl Search<'_> {
    /// The service as it is looked for; `None` when it never takes this room or device.
    fn given<'b>(&self, service: &'b Service) -> Option<Cow<'b, Service>> {
        match self.resource {
            None => Some(Cow::Borrowed(service)),
            Some(thing) => service.using(thing).map(Cow::Owned),
        }
    }
}

/// Openings, and what keeps this person from all of them.
#[derive(Debug, Default)]
pub struct Found {
    /// Ascending.
    pub openings: Vec<Opening>,
    /// Why there are none although others could book: something this person must have had, or had too lately.
    pub obstacle: Option<Cause>,
}

/// The openings of the civil days `from..=to`.
pub async fn open_times(app: &App, search: &Search<'_>) -> Result<Found, Arc<sqlx::Error>> {
    let found = looked_up(app, search, |bookable, taken, now| {
        let openings = openings(&bookable.rules(&taken.guest), &taken.busy, search.from, search.to, now);
        let obstacle = if openings.is_empty() { obstacle(bookable, taken, search, now) } else { None };
        Found { openings, obstacle }
    });
    Ok(found.await?.unwrap_or_default())
}

/// Whether a visit may start at `starts_at`, on the grid or not, and if not all that stands in the way.
///
/// `None` when the service or location is not booked here. The dates of `search` are not looked at.
pub async fn why_not(
    app: &App,
    search: &Search<'_>,
    starts_at: Timestamp,
) -> Result<Option<Result<Fit, Refusal>>, Arc<sqlx::Error>> {
    looked_up(app, search, |bookable, taken, now| {
        fit(&bookable.rules(&taken.guest), &taken.busy, starts_at, now)
    })
    .await
}

/// What `answer` makes of rules that are current and a look at the ledger that is.
async fn looked_up<T>(
    app: &App,
    search: &Search<'_>,
    answer: impl Fn(&Bookable<'_>, &Taken, Timestamp) -> T,
) -> Result<Option<T>, Arc<sqlx::Error>> {
    let mut seen = None;
    let mut has_asked = false;
    loop {
        let book = rule_book(app, search.org, seen).await?;
        let Some((location, service)) = book.location(search.location).zip(book.service(search.service))
        else {
            return Ok(None);
        };
        let Some(service) = search.given(service) else { return Ok(None) };
        let bookable = book.bookable(location, &service, search.practitioner);
        let window = Window::around(search.from, search.to, &bookable);
        let taken = taken::look(app, search.org, &bookable, window, search.guest).await?;
        if taken.rules_version != book.version && seen != Some(taken.rules_version) {
            seen = Some(taken.rules_version);
            continue;
        }
        // T-S5, T-G10: a mirror that is too old is not believed before its calendar was asked, once, within a budget.
        if !has_asked && taken.calendars.has_unknown(&bookable.practitioners) {
            has_asked = true;
            if taken::ask_calendars(app, search.org, window).await {
                continue;
            }
        }
        return Ok(Some(answer(&bookable, &taken, app.clock.now())));
    }
}

/// A day without openings for this person may have some for others: then the person is told what is in the way.
fn obstacle(bookable: &Bookable<'_>, taken: &Taken, search: &Search<'_>, now: Timestamp) -> Option<Cause> {
    if !bookable.asks_about_guest() || search.guest.is_none() {
        return None;
    }
    let anybody = Guest::default();
    let others = openings(&bookable.rules(&anybody), &taken.busy, search.from, search.to, now);
    let refusal = fit(&bookable.rules(&taken.guest), &taken.busy, others.first()?.starts_at, now).err()?;
    refusal.causes.into_iter().next()
}

/// The openings of the month after the day, or what keeps this person from them.
pub async fn next_open_day(app: &App, day: &Search<'_>) -> Result<Found, Arc<sqlx::Error>> {
    let from = day.to.checked_add(1.day()).unwrap_or(day.to);
    let to = day.to.checked_add(LOOK_AHEAD_DAYS.days()).unwrap_or(from);
    open_times(app, &Search { from, to, ..*day }).await
}

/// The openings of a month from a day on, as whoever writes would find them. Reads in the caller's transaction.
pub async fn openings_from(
    app: &App,
    tx: &mut PgConnection,
    book: &RuleBook,
    bookable: &Bookable<'_>,
    from: Date,
    by: &Writer<'_>,
) -> Result<Vec<Opening>, sqlx::Error> {
    let to = from.checked_add(LOOK_AHEAD_DAYS.days()).unwrap_or(from);
    let taken = taken::look_in(app, tx, book.org, bookable, Window::around(from, to, bookable), by).await?;
    Ok(openings(&bookable.rules(&taken.guest), &taken.busy, from, to, app.clock.now()))
}

/// A few openings nearest to `wish` on its day, else the first ones after it. Reads in the caller's transaction.
pub async fn alternatives(
    app: &App,
    tx: &mut PgConnection,
    book: &RuleBook,
    (bookable, taken): (&Bookable<'_>, &Taken),
    wish: Timestamp,
    by: &Writer<'_>,
) -> Result<Vec<Opening>, sqlx::Error> {
    let now = app.clock.now();
    let date = wish.to_zoned(bookable.location.zone.clone()).date();
    let mut nearest = openings(&bookable.rules(&taken.guest), &taken.busy, date, date, now);
    if nearest.is_empty() {
        // A wish in the past is answered from today on.
        let from = date.max(now.to_zoned(bookable.location.zone.clone()).date());
        let to = from.checked_add(LOOK_AHEAD_DAYS.days()).unwrap_or(from);
        let window = Window::around(from, to, bookable);
        let later = taken::look_in(app, tx, book.org, bookable, window, by).await?;
        nearest = openings(&bookable.rules(&later.guest), &later.busy, from, to, now);
        nearest.truncate(ALTERNATIVES_MAX);
    }
    nearest.sort_by_key(|o| o.starts_at.duration_since(wish).abs());
    nearest.truncate(ALTERNATIVES_MAX);
    nearest.sort_by_key(|o| o.starts_at);
    Ok(nearest)
}
