//! Who works when, and who is free.

use jiff::{Timestamp, ToSpan, civil::Date};
use uuid::Uuid;

use crate::{
    Busy, Cause, FIRST_LANE, Hours, Practitioner, Rules, Supervisor,
    stretches::{Interval, Stretches},
    visit::Visit,
};

/// When somebody is there, asked about ascending starts.
pub(crate) struct Presence<'a> {
    /// Own windows; `None` for the location's.
    windows: Option<Stretches<'a>>,
    away: Stretches<'a>,
}

impl Presence<'_> {
    fn new(hours: Option<&Hours>, away: &[Interval], rules: &Rules<'_>, dates: Dates) -> Self {
        let windows = hours.map(|hours| windows_around(hours, rules, dates));
        Self { windows, away: Stretches::of(away) }
    }

    /// Of somebody who supervises visits whose start has a civil date in `dates`.
    pub(crate) fn of_supervisor(supervisor: &Supervisor, rules: &Rules<'_>, dates: Dates) -> Self {
        Self::new(supervisor.hours.as_ref(), &supervisor.away, rules, dates)
    }

    /// Given that the location is open.
    fn works(&mut self, visit: &Visit) -> bool {
        self.windows.as_mut().is_none_or(|windows| windows.hold(visit.interval()))
    }

    pub(crate) fn is_there(&mut self, visit: &Visit) -> bool {
        self.works(visit) && self.away.until(visit.interval()).is_none()
    }
}

/// A practitioner over some dates, asked about ascending starts.
pub(crate) struct Shift<'a> {
    who: &'a Practitioner,
    rules: &'a Rules<'a>,
    busy: &'a Busy,
    presence: Presence<'a>,
    lane: Stretches<'a>,
    /// A civil date and whether this person may give a visit on it: asked for many starts, found out once.
    today: Option<(Date, bool)>,
}

impl<'a> Shift<'a> {
    /// The practitioners in order, for visits whose start has a civil date in `dates`.
    pub(crate) fn roster(rules: &'a Rules<'a>, busy: &'a Busy, dates: Dates) -> Vec<Self> {
        let shift = |who: &'a Practitioner| Self {
            who,
            rules,
            busy,
            presence: Presence::new(who.hours.as_ref(), &who.away, rules, dates),
            lane: busy.lane(who.id, FIRST_LANE),
            today: None,
        };
        rules.practitioners.iter().map(shift).collect()
    }

    pub(crate) fn id(&self) -> Uuid {
        self.who.id
    }

    /// Whether there is no cause against this person, given that the location is open.
    pub(crate) fn can_give(&mut self, visit: &Visit) -> bool {
        self.may_on(visit.date)
            && self.presence.works(visit)
            && self.lane.until(visit.with_buffers).is_none()
            && self.presence.away.until(visit.interval()).is_none()
    }

    /// Everything that is against this person, given that the location is open.
    pub(crate) fn causes(&mut self, visit: &Visit) -> Vec<Cause> {
        let practitioner = self.who.id;
        let licence = self.expired_by(visit.date);
        let hours = self.who.hours.as_ref().filter(|_| !self.presence.works(visit));
        let away = self.presence.away.until(visit.interval());
        let full = self.full_on(visit.date);
        let busy = self.lane.until(visit.with_buffers);
        let causes = [
            licence.map(|last_date| Cause::LicenceExpired { practitioner, last_date }),
            hours.map(|hours| {
                let mut windows = hours.windows(visit.date, self.rules.zone);
                windows.sort_unstable();
                Cause::NotWorking { practitioner, windows }
            }),
            away.map(|until| Cause::Away { practitioner, until }),
            full.map(|cap| Cause::PractitionerFull { practitioner, date: visit.date, cap }),
            busy.map(|until| {
                if self.busy.is_only_elsewhere(practitioner, visit.with_buffers) {
                    Cause::BusyElsewhere { practitioner, until }
                } else {
                    Cause::PractitionerBusy { practitioner, until }
                }
            }),
        ];
        causes.into_iter().flatten().collect()
    }

    fn may_on(&mut self, date: Date) -> bool {
        match self.today {
            Some((today, may)) if today == date => may,
            _ => {
                let may = self.expired_by(date).is_none() && self.full_on(date).is_none();
                self.today = Some((date, may));
                may
            }
        }
    }

    fn expired_by(&self, date: Date) -> Option<Date> {
        self.who.last_date.filter(|last_date| *last_date < date)
    }

    fn full_on(&self, date: Date) -> Option<u16> {
        let has = |cap: &u16| self.busy.visits_of_practitioner(self.who.id, date) >= *cap;
        self.who.daily_cap.filter(has)
    }
}

/// The first and the last civil date that visits start on.
pub(crate) type Dates = (Date, Date);

/// The windows that can hold a visit that starts on one of `dates`. Those of the neighbouring dates are among them:
/// where the clocks go back over midnight, yesterday's window reaches into today; and a visit may go on tomorrow.
/// Windows that touch are one, as nobody goes home in between.
pub(crate) fn windows_around(hours: &Hours, rules: &Rules<'_>, (from, to): Dates) -> Stretches<'static> {
    let first = from.yesterday().unwrap_or(from);
    // One more for a date that the zone skips.
    let days_of_a_visit = rules.service.duration().as_hours() / 24 + 2;
    let last = to.saturating_add(days_of_a_visit.days());
    let dates =
        std::iter::successors(Some(first), |date| date.tomorrow().ok()).take_while(|date| *date <= last);
    let windows: Vec<(Timestamp, Timestamp)> =
        dates.flat_map(|date| hours.windows(date, rules.zone)).collect();
    Stretches::of(&windows)
}
