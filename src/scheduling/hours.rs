//! From rows to civil hours: weeks with effective dates, breaks cut out, days that differ.

use jiff::civil::Date;
use voxanne_slots as slots;

use super::rule_book::minutes;
use super::store::{ClosureRow, HoursRow, PractitionerRow};
use crate::platform::ids::LocationId;

/// 9 AM to 6 PM, where an org has said nothing.
const DEFAULT_SPAN: (u16, u16) = (9 * 60, 18 * 60);
/// The longest closure, in days; a constraint holds it too.
const CLOSURE_DAYS_MAX: usize = 367;

/// When a location is open.
pub(super) fn of_location(id: LocationId, hours: &[HoursRow], closures: &[ClosureRow]) -> slots::Hours {
    let own: Vec<&HoursRow> =
        hours.iter().filter(|h| h.practitioner_id.is_none() && h.location_id == id).collect();
    let mut result = if own.iter().any(|row| row.kind == OPEN) {
        weekly(&own)
    } else {
        the_same_every_day(slots::LocalSpan::new(DEFAULT_SPAN.0, DEFAULT_SPAN.1), &own)
    };
    let whole_org_or_here =
        |c: &&ClosureRow| c.practitioner_id.is_none() && c.location_id.is_none_or(|at| at == id);
    add_overrides(&mut result, closures.iter().filter(whole_org_or_here));
    result
}

/// Where a practitioner works, and when; `None` is whenever the location is open.
pub(super) fn of_practitioner(
    row: &PractitionerRow,
    hours: &[HoursRow],
    closures: &[ClosureRow],
) -> Vec<(LocationId, Option<slots::Hours>)> {
    let own: Vec<&HoursRow> = hours.iter().filter(|h| h.practitioner_id == Some(row.id)).collect();
    let mut places: Vec<LocationId> = own.iter().filter(|h| h.kind == OPEN).map(|h| h.location_id).collect();
    if !row.own_hours {
        places.push(row.location_id);
    }
    places.sort_unstable();
    places.dedup();
    let here = |at| {
        let there: Vec<&HoursRow> = own.iter().copied().filter(|h| h.location_id == at).collect();
        (at, at_place(row, at, &there, closures))
    };
    places.into_iter().map(here).collect()
}

fn at_place(
    row: &PractitionerRow,
    at: LocationId,
    own: &[&HoursRow],
    closures: &[ClosureRow],
) -> Option<slots::Hours> {
    let days_off: Vec<&ClosureRow> = closures
        .iter()
        .filter(|c| c.practitioner_id == Some(row.id) && c.location_id.is_none_or(|only| only == at))
        .collect();
    let has_spans = own.iter().any(|h| h.kind == OPEN);
    if !has_spans && own.is_empty() && days_off.is_empty() {
        return None;
    }
    // Without own hours the whole day is theirs, breaks excepted; the location's windows bound it.
    let mut result =
        if has_spans { weekly(own) } else { the_same_every_day(slots::LocalSpan::new(0, 1440), own) };
    add_overrides(&mut result, days_off.into_iter());
    Some(result)
}

const OPEN: &str = "open";
const BREAK: &str = "break";

/// Rows with the same effective dates make one week; breaks of any week are cut out where they hold.
fn weekly(rows: &[&HoursRow]) -> slots::Hours {
    let mut hours = slots::Hours::daily(&[]);
    hours.weeks.clear();
    let mut periods: Vec<(Option<Date>, Option<Date>)> = rows.iter().map(|row| period(row)).collect();
    periods.sort_unstable();
    periods.dedup();
    // Split at every date at which any row begins or ends to hold, so that a break and its day hold together.
    let mut begins: Vec<Option<Date>> = vec![None];
    begins.extend(periods.iter().filter_map(|(from, _)| from.map(Some)));
    begins.extend(periods.iter().filter_map(|(_, to)| to.and_then(|to| to.tomorrow().ok()).map(Some)));
    begins.sort_unstable();
    begins.dedup();
    for (index, from) in begins.iter().enumerate() {
        let to = begins.get(index + 1).copied().flatten().and_then(|next| next.yesterday().ok());
        let holding: Vec<&HoursRow> = rows.iter().copied().filter(|row| holds(row, *from, to)).collect();
        let days = std::array::from_fn(|day| open_spans(&holding, day));
        hours.weeks.push(slots::Week { from: *from, to, days });
    }
    hours
}

fn period(row: &HoursRow) -> (Option<Date>, Option<Date>) {
    (row.effective_from.map(jiff_sqlx::Date::to_jiff), row.effective_to.map(jiff_sqlx::Date::to_jiff))
}

fn holds(row: &HoursRow, from: Option<Date>, to: Option<Date>) -> bool {
    let (begins, ends) = period(row);
    let has_begun = begins.is_none_or(|begins| from.is_some_and(|from| begins <= from));
    let goes_on = ends.is_none_or(|ends| to.is_some_and(|to| to <= ends));
    has_begun && goes_on
}

fn open_spans(rows: &[&HoursRow], day: usize) -> Vec<slots::LocalSpan> {
    let of_day = |kind: &'static str| rows.iter().filter(move |h| h.kind == kind && weekday(h) == Some(day));
    let breaks = spans_of(of_day(BREAK));
    let mut spans: Vec<slots::LocalSpan> =
        spans_of(of_day(OPEN)).into_iter().flat_map(|span| span.without(&breaks)).collect();
    spans.sort_unstable();
    spans
}

/// One span on every day of the week, breaks excepted.
fn the_same_every_day(span: Option<slots::LocalSpan>, rows: &[&HoursRow]) -> slots::Hours {
    slots::Hours::weekly(std::array::from_fn(|day| {
        let breaks = spans_of(rows.iter().filter(|h| h.kind == BREAK && weekday(h) == Some(day)));
        span.map(|span| span.without(&breaks)).unwrap_or_default()
    }))
}

fn weekday(row: &HoursRow) -> Option<usize> {
    usize::from(minutes(row.weekday)).checked_sub(1)
}

fn spans_of<'r>(rows: impl Iterator<Item = &'r &'r HoursRow>) -> Vec<slots::LocalSpan> {
    rows.filter_map(|row| span(row.opens_minute, row.closes_minute)).collect()
}

fn span(opens: i16, closes: i16) -> Option<slots::LocalSpan> {
    slots::LocalSpan::new(minutes(opens), minutes(closes))
}

fn add_overrides<'c>(hours: &mut slots::Hours, closures: impl Iterator<Item = &'c ClosureRow>) {
    for closure in closures {
        let from = closure.local_date.to_jiff();
        let to = closure.local_until.map_or(from, jiff_sqlx::Date::to_jiff);
        let dates = std::iter::successors(Some(from), |date| date.tomorrow().ok());
        let open = closure.opens_minute.zip(closure.closes_minute).and_then(|(o, c)| span(o, c));
        for date in dates.take_while(|date| *date <= to).take(CLOSURE_DAYS_MAX) {
            hours.overrides.entry(date).or_default().extend(open);
        }
    }
}
