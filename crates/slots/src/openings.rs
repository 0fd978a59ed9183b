//! The openings of some days.

use jiff::{Timestamp, ToSpan, civil::Date};
use uuid::Uuid;

use crate::{
    Busy, Rules,
    grid::Grid,
    needs::Needs,
    premises::Premises,
    roster::Shift,
    visit::{Bookable, Visit},
};

/// A visit that can be offered: without buffers and clean-up, as it is said to the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Opening {
    /// When the visit starts.
    pub starts_at: Timestamp,
    /// When the visit ends.
    pub ends_at: Timestamp,
    /// Who would give it.
    pub practitioner: Uuid,
}

/// The grid starts of the civil dates `from..=to` that can be booked at `now`.
///
/// Ascending, one per start, with the first practitioner in order of preference who is free.
pub fn openings(rules: &Rules<'_>, busy: &Busy, from: Date, to: Date, now: Timestamp) -> Vec<Opening> {
    let bookable = Bookable::new(rules.service, rules.zone, now);
    let (from, to) = (from.max(first_date(&bookable, rules)), to.min(bookable.latest));
    if to < from {
        return Vec::new();
    }
    let mut premises = Premises::new(rules, busy, (from, to));
    let mut roster = Shift::roster(rules, busy, (from, to));
    let mut needs = Needs::new(rules.needs, rules.practitioners, busy);
    let mut against = Vec::new();
    let mut first_free = |visit: &Visit| {
        against.clear();
        premises.push_causes(visit, &mut against);
        if !against.is_empty() || !needs.each_can_be_met(visit) {
            return None;
        }
        let mut free =
            |shift: &mut Shift<'_>| shift.can_give(visit) && needs.can_be_met_beside(shift.id(), visit);
        roster.iter_mut().find_map(|shift| free(shift).then_some(shift.id()))
    };
    grid_starts(rules, from, to)
        .into_iter()
        .filter(|(starts_at, _)| *starts_at >= bookable.earliest)
        .filter_map(|(starts_at, date)| Visit::at(starts_at, date, rules.service))
        .filter_map(|visit| {
            let practitioner = first_free(&visit)?;
            Some(Opening { starts_at: visit.starts_at, ends_at: visit.ends_at, practitioner })
        })
        .collect()
}

/// A date that no bookable start precedes; two early, as local dates can repeat where clocks go back.
fn first_date(bookable: &Bookable, rules: &Rules<'_>) -> Date {
    rules.zone.to_datetime(bookable.earliest).date().saturating_sub(2.days())
}

/// Ascending, each once, with their civil dates.
fn grid_starts(rules: &Rules<'_>, from: Date, to: Date) -> Vec<(Timestamp, Date)> {
    let grid = Grid::new(rules.zone, rules.service);
    let (mut starts, mut of_date) = (Vec::new(), Vec::new());
    let mut next = Some(from);
    while let Some(date) = next
        && date <= to
    {
        for &span in rules.hours.spans(date).iter() {
            grid.push_starts(span, date, &mut of_date);
        }
        starts.extend(of_date.drain(..).map(|start| (start, date)));
        next = date.tomorrow().ok();
    }
    starts.sort_unstable();
    starts.dedup();
    starts
}
