//! Open times of a day, and the nearest ones to a wish that cannot be met.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use voxanne_slots::{Opening, openings};

use super::rule_book::{Bookable, RuleBook, rule_book};
use super::taken::{self, Taken, Window};
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{LocationId, OrgId, ResourceId, ServiceId};

/// How far to look for the nearest day with openings.
const LOOK_AHEAD_DAYS: i32 = 30;

/// Alternatives offered for a time that cannot be had: more than three are not remembered.
const ALTERNATIVES_MAX: usize = 3;

/// What to look for.
#[derive(Debug, Clone, Copy)]
pub struct Day {
    /// Whose.
    pub org: OrgId,
    /// Where; the first location when `None`.
    pub location: Option<LocationId>,
    /// What.
    pub service: ServiceId,
    /// By whom, if the caller minds.
    pub practitioner: Option<ResourceId>,
    /// When, in the location's zone.
    pub local_date: Date,
}

/// Openings between two dates, from rules that are current.
pub(super) async fn openings_between(
    app: &App,
    day: &Day,
    to: Date,
) -> Result<(Arc<RuleBook>, Vec<Opening>), Arc<sqlx::Error>> {
    let mut seen = None;
    loop {
        let book = rule_book(app, day.org, seen).await?;
        let found = match (book.location(day.location), book.services.iter().find(|s| s.id == day.service)) {
            (Some(location), Some(service)) => {
                let bookable = book.bookable(location, service, day.practitioner);
                let window = Window::around(day.local_date, to, &bookable);
                let Taken { busy, rules_version, .. } = taken::look(app, day.org, &bookable, window).await?;
                if rules_version != book.version && seen != Some(rules_version) {
                    seen = Some(rules_version);
                    continue;
                }
                openings(&bookable.rules(), &busy, day.local_date, to, app.clock.now())
            }
            _ => Vec::new(),
        };
        return Ok((book, found));
    }
}

/// The openings of one day, ascending.
pub async fn open_times(app: &App, day: &Day) -> Result<Vec<Opening>, Arc<sqlx::Error>> {
    Ok(openings_between(app, day, day.local_date).await?.1)
}

/// The first opening after the day, within a month.
pub async fn next_open_day(app: &App, day: &Day) -> Result<Option<Opening>, Arc<sqlx::Error>> {
    let from = day.local_date.checked_add(1.day()).unwrap_or(day.local_date);
    let to = day.local_date.checked_add(LOOK_AHEAD_DAYS.days()).unwrap_or(from);
    let later = Day { local_date: from, ..*day };
    Ok(openings_between(app, &later, to).await?.1.into_iter().next())
}

/// A few openings nearest to `wish` on its day, else the first ones after it. Reads in the caller's transaction.
pub async fn alternatives(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    bookable: &Bookable<'_>,
    taken: &Taken,
    wish: Timestamp,
) -> Result<Vec<Opening>, sqlx::Error> {
    let now = app.clock.now();
    let date = wish.to_zoned(bookable.location.zone.clone()).date();
    let mut nearest = openings(&bookable.rules(), &taken.busy, date, date, now);
    if nearest.is_empty() {
        // A wish in the past is answered from today on.
        let from = date.max(now.to_zoned(bookable.location.zone.clone()).date());
        let to = from.checked_add(LOOK_AHEAD_DAYS.days()).unwrap_or(from);
        let later = taken::look_in(app, tx, org, bookable, Window::around(from, to, bookable)).await?;
        nearest = openings(&bookable.rules(), &later.busy, from, to, now);
        nearest.truncate(ALTERNATIVES_MAX);
    }
    nearest.sort_by_key(|o| o.starts_at.duration_since(wish).abs());
    nearest.truncate(ALTERNATIVES_MAX);
    nearest.sort_by_key(|o| o.starts_at);
    Ok(nearest)
}
