//! When the person of a visit is reminded of it. Pure.
//!
//! People expect "the day before" at the time of day of the visit, whatever the clocks do in between: whole days before
//! are civil days by the location's clock. Hours are hours. Nobody is woken: what would be due by night leaves the
//! evening before.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _, Zoned};

const MINUTES_OF_A_DAY: i32 = 24 * 60;
/// Whoever was told of the visit by its confirmation needs not be told again within this; nor twice by two reminders that
/// the night pushed together.
pub(super) const SAID_LATELY: SignedDuration = SignedDuration::from_hours(3);
/// A reminder in the morning leaves this much to act on it.
const USEFUL_BEFORE: SignedDuration = SignedDuration::from_hours(1);
/// How long before the night begins what it would hold back leaves.
const EVENING: SignedDuration = SignedDuration::from_hours(1);
/// Later than this, a reminder gives way to another that follows soon.
const LATE: SignedDuration = SignedDuration::from_mins(30);

/// The hours in which no reminder leaves, by the location's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Night {
    pub from: Time,
    pub until: Time,
}

impl Night {
    fn holds(self, time: Time) -> bool {
        if self.from <= self.until {
            self.from <= time && time < self.until
        } else {
            time >= self.from || time < self.until
        }
    }

    /// The evening before the night that holds `local`, and the morning after it.
    fn around(self, local: DateTime, zone: &TimeZone) -> (Timestamp, Timestamp) {
        let (date, time) = (local.date(), local.time());
        let spans_midnight = self.from > self.until;
        let began = if spans_midnight && time < self.until { date.yesterday().unwrap_or(date) } else { date };
        let ends = if spans_midnight && time >= self.from { date.tomorrow().unwrap_or(date) } else { date };
        let begins = instant(began, self.from, zone);
        (begins.checked_sub(EVENING).unwrap_or(begins), instant(ends, self.until, zone))
    }
}

/// The instant of a civil time; where the clocks skip it, the first one after.
fn instant(date: Date, time: Time, zone: &TimeZone) -> Timestamp {
    let moment = zone.to_ambiguous_zoned(date.to_datetime(time)).compatible();
    moment.map_or(Timestamp::MAX, |moment| moment.timestamp())
}

/// A reminder that is planned, or that will not be for a reason worth keeping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Planned {
    pub offset_minutes: i32,
    pub due_at: Timestamp,
    pub skipped: Option<&'static str>,
}

/// What the plan rests on besides the visit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan<'a> {
    pub offsets: &'a [i32],
    pub night: Night,
    /// When the person was last told of the visit's time.
    pub told_at: Timestamp,
    pub now: Timestamp,
}

/// The reminders of a visit that starts then, earliest first. What would be due in the past, or shortly after the person
/// was told anyway, is none.
pub(super) fn reminders(starts_at: &Zoned, plan: &Plan<'_>) -> Vec<Planned> {
    let mut offsets: Vec<i32> = plan.offsets.iter().copied().filter(|minutes| *minutes > 0).collect();
    offsets.sort_unstable_by(|a, b| b.cmp(a));
    offsets.dedup();
    let earliest = plan.told_at.checked_add(SAID_LATELY).unwrap_or(plan.told_at).max(plan.now);
    let mut planned: Vec<Planned> = Vec::with_capacity(offsets.len());
    // Those that the night moves give way to those that it does not, wherever they are.
    let mut moved: Vec<Planned> = Vec::new();
    for offset_minutes in offsets {
        let Some(due) = before(starts_at, offset_minutes).filter(|due| due.timestamp() >= earliest) else {
            continue;
        };
        let at = |due_at, skipped| Planned { offset_minutes, due_at, skipped };
        if plan.night.holds(due.time()) {
            let (evening, morning) = plan.night.around(due.datetime(), due.time_zone());
            moved.push(match out_of_the_night(starts_at.timestamp(), (evening, morning), earliest) {
                Some(due_at) => at(due_at, None),
                None => at(due.timestamp(), Some("night")),
            });
        } else {
            planned.push(at(due.timestamp(), None));
        }
    }
    for mut one in moved {
        let mut others = planned.iter().filter(|other| other.skipped.is_none());
        if one.skipped.is_none()
            && others.any(|other| one.due_at.duration_since(other.due_at).abs() < SAID_LATELY)
        {
            one.skipped = Some("close_to_another");
        }
        planned.push(one);
    }
    planned.sort_by_key(|one| (one.due_at, std::cmp::Reverse(one.offset_minutes)));
    planned
}

/// So many minutes before: the whole days in them by the calendar, the rest by the clock on the wall of a lab.
fn before(starts_at: &Zoned, minutes: i32) -> Option<Zoned> {
    let (days, rest) = (minutes / MINUTES_OF_A_DAY, minutes % MINUTES_OF_A_DAY);
    starts_at.checked_sub(days.days()).ok()?.checked_sub(SignedDuration::from_mins(rest.into())).ok()
}

/// The evening before, if there still is one; else the morning after, if it leaves time to act on it.
fn out_of_the_night(
    starts_at: Timestamp,
    (evening, morning): (Timestamp, Timestamp),
    earliest: Timestamp,
) -> Option<Timestamp> {
    let is_useful = |at: Timestamp| starts_at.duration_since(at) >= USEFUL_BEFORE;
    if evening >= earliest { Some(evening) } else { Some(morning).filter(|morning| is_useful(*morning)) }
}

/// What happens to a reminder whose time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Send,
    Skip(&'static str),
    /// It is night: then.
    PutOff(Timestamp),
}

/// What becomes of those that are due, given all that are still planned for the visit's present start: `(offset, due)`.
///
/// One of them leaves at most, the last one due: after a worker was down for a day, nobody gets three texts at once.
pub(super) fn fates(
    starts_at: &Zoned,
    planned: &[(i32, Timestamp)],
    night: Night,
    now: Timestamp,
) -> Vec<(i32, Fate)> {
    let due: Vec<(i32, Timestamp)> = planned.iter().copied().filter(|(_, at)| *at <= now).collect();
    let last = due.iter().copied().max_by_key(|(offset, at)| (*at, std::cmp::Reverse(*offset)));
    let next = planned.iter().map(|(_, at)| *at).filter(|at| *at > now).min();
    let fate = |(offset, due_at): (i32, Timestamp)| {
        let is_late = now.duration_since(due_at) > LATE;
        if now >= starts_at.timestamp() {
            Fate::Skip("visit_began")
        } else if last.is_some_and(|(last, _)| last != offset) {
            Fate::Skip("overtaken")
        } else if is_late && next.is_some_and(|next| next.duration_since(now) < SAID_LATELY) {
            Fate::Skip("another_soon")
        } else {
            by_day(starts_at, night, now)
        }
    };
    due.into_iter().map(|one| (one.0, fate(one))).collect()
}

/// Also a late one waits for the morning.
fn by_day(starts_at: &Zoned, night: Night, now: Timestamp) -> Fate {
    let local = starts_at.time_zone().to_datetime(now);
    if !night.holds(local.time()) {
        return Fate::Send;
    }
    let (_, morning) = night.around(local, starts_at.time_zone());
    let is_useful = starts_at.timestamp().duration_since(morning) >= USEFUL_BEFORE;
    if is_useful { Fate::PutOff(morning) } else { Fate::Skip("night") }
}

#[cfg(test)]
#[path = "reminder_times_tests.rs"]
mod tests;
