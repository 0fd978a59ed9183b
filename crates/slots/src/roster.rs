//! Who works when, and who is free.

use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

use crate::{
    Busy, FIRST_LANE, Hours, Practitioner, Rules,
    busy::{Interval, Lane},
    visit::Visit,
};

/// A practitioner over some dates, asked about ascending starts.
pub(crate) struct Shift<'a> {
    pub(crate) id: Uuid,
    /// Own windows, sorted; `None` for the location's.
    windows: Option<Vec<Interval>>,
    /// How many of them are dropped.
    closed: usize,
    lane: Lane<'a>,
}

impl<'a> Shift<'a> {
    /// The practitioners in order, for visits whose start has a civil date in `from..=to`.
    pub(crate) fn roster(rules: &Rules<'_>, busy: &'a Busy, from: Date, to: Date) -> Vec<Self> {
        let shift = |practitioner: &Practitioner| Self {
            id: practitioner.id,
            windows: practitioner.hours.as_ref().map(|hours| windows_around(hours, rules, from, to)),
            closed: 0,
            lane: busy.lane(practitioner.id, FIRST_LANE),
        };
        rules.practitioners.iter().map(shift).collect()
    }

    /// Given that the location is open. Windows that close before the visit ends are dropped, as later visits
    /// end later still.
    pub(crate) fn works(&mut self, visit: &Visit) -> bool {
        let Some(windows) = &self.windows else { return true };
        while windows.get(self.closed).is_some_and(|&(_, closes_at)| closes_at < visit.ends_at) {
            self.closed += 1;
        }
        let ahead = windows.iter().skip(self.closed);
        ahead.take_while(|(opens_at, _)| *opens_at <= visit.starts_at).any(|&window| visit.is_inside(window))
    }

    pub(crate) fn busy_until(&mut self, visit: &Visit) -> Option<Timestamp> {
        self.lane.busy_until(visit.with_buffers)
    }
}

/// The windows that can hold a start of the dates `from..=to`, sorted. Those of the neighbouring dates are among
/// them: where the clocks go back over midnight, yesterday's window reaches into today.
pub(crate) fn windows_around(hours: &Hours, rules: &Rules<'_>, from: Date, to: Date) -> Vec<Interval> {
    let first = from.yesterday().unwrap_or(from);
    let last = to.tomorrow().unwrap_or(to);
    let dates =
        std::iter::successors(Some(first), |date| date.tomorrow().ok()).take_while(|date| *date <= last);
    let mut windows: Vec<Interval> = dates.flat_map(|date| hours.windows(date, rules.zone)).collect();
    windows.sort_unstable();
    windows
}
