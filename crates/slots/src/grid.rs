//! The grid of starts: civil, because people say "half past nine", on days of 23 and 25 hours too.

use jiff::{
    SignedDuration, Timestamp,
    civil::Date,
    tz::{AmbiguousOffset, TimeZone},
};

use crate::{
    LocalSpan, Service,
    hours::{at_minute, window},
    rules::minutes,
    stretches::Interval,
};

/// Makes grid starts, date by date.
pub(crate) struct Grid<'a> {
    zone: &'a TimeZone,
    step_minutes: u16,
    step: SignedDuration,
    duration: SignedDuration,
}

impl<'a> Grid<'a> {
    pub(crate) fn new(zone: &'a TimeZone, service: &Service) -> Self {
        Self {
            zone,
            step_minutes: service.grid(),
            step: minutes(service.grid()),
            duration: service.duration(),
        }
    }

    /// Appends the starts of visits that end by the closing of `span`. Unsorted where the clocks go back.
    pub(crate) fn push_starts(&self, span: LocalSpan, date: Date, starts: &mut Vec<Timestamp>) {
        let Some(window) = window(span, date, self.zone) else { return };
        if is_as_long_as_said(span, window) {
            self.push_by_the_instant(window, starts);
        } else {
            self.push_by_the_clock(span, date, window, starts);
        }
    }

    /// Without a clock change, wall-clock steps are absolute steps.
    fn push_by_the_instant(&self, (opens_at, closes_at): Interval, starts: &mut Vec<Timestamp>) {
        let mut next = Some(opens_at);
        while let Some(start) = next
            && self.ends_by(start, closes_at)
        {
            starts.push(start);
            next = start.checked_add(self.step).ok();
        }
    }

    /// A time that the clocks skip has no start; one that they show twice has two.
    fn push_by_the_clock(
        &self,
        span: LocalSpan,
        date: Date,
        (opens_at, closes_at): Interval,
        starts: &mut Vec<Timestamp>,
    ) {
        let in_window = |start: &Timestamp| opens_at <= *start && self.ends_by(*start, closes_at);
        for minute in (span.opens_minute()..span.closes_minute()).step_by(self.step_minutes.into()) {
            let Some(local) = at_minute(date, minute) else { return };
            let ambiguous = self.zone.to_ambiguous_timestamp(local);
            match ambiguous.offset() {
                AmbiguousOffset::Gap { .. } => {}
                AmbiguousOffset::Unambiguous { offset } => {
                    starts.extend(offset.to_timestamp(local).ok().filter(in_window));
                }
                AmbiguousOffset::Fold { before, after } => {
                    let twice = [before, after].map(|offset| offset.to_timestamp(local).ok());
                    starts.extend(twice.into_iter().flatten().filter(in_window));
                }
            }
        }
    }

    fn ends_by(&self, start: Timestamp, closes_at: Timestamp) -> bool {
        start.checked_add(self.duration).is_ok_and(|ends_at| ends_at <= closes_at)
    }
}

/// Whether no clock change is in the window or at its ends: one inside makes it longer or shorter than the span,
/// so does an opening in a gap or a closing in a fold. No zone has two changes in a day that cancel out.
fn is_as_long_as_said(span: LocalSpan, (opens_at, closes_at): Interval) -> bool {
    closes_at.duration_since(opens_at) == minutes(span.closes_minute() - span.opens_minute())
}
