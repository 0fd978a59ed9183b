//! Who is told of an alert: people in steps, when they are on duty, at which site. Pure.

use jiff::civil::{DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use super::escalation::AlertKind;
use crate::platform::ids::{AlertRecipientId, LocationId};

/// The last step that somebody can be of.
const STEP_MAX: i16 = 3;
/// Minutes of a day.
const A_DAY: i16 = 24 * 60;

/// Somebody of the clinic who is told of alerts. Names a person: deliberately no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Which.
    pub id: AlertRecipientId,
    /// What colleagues call them.
    pub name: String,
    /// E.164.
    pub phone: String,
    /// The site whose alerts they get; `None` gets those of all.
    pub location: Option<LocationId>,
    /// 1 is told first, 2 and 3 if nobody takes it.
    pub step: i16,
    /// Whether hot leads go there.
    pub wants_hot_lead: bool,
    /// Whether clinical alerts go there.
    pub wants_clinical: bool,
    /// When they are on duty; none is whenever the site is open.
    pub shifts: Vec<Shift>,
}

/// A stretch of a week, by the site's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    /// On which day it begins.
    pub weekday: Weekday,
    /// Minute of the day at which it begins.
    pub from: i16,
    /// Minute of the day before which it ends; one that is not after `from` lies on the next day.
    pub until: i16,
}

/// A site as it is now.
#[derive(Debug, Clone)]
pub struct Site {
    /// Which.
    pub id: LocationId,
    /// Its clock.
    pub zone: TimeZone,
    /// Whether it is open.
    pub is_open: bool,
    /// When it opens next.
    pub opens_next: Option<Timestamp>,
}

/// Everything that decides who is told of one alert now.
pub struct Roster<'r> {
    /// Everybody who is active, in the order in which they were added.
    pub recipients: &'r [Recipient],
    /// Every site; the first stands for an alert that belongs to none.
    pub sites: &'r [Site],
    /// What the alert is about.
    pub kind: AlertKind,
    /// The site it belongs to.
    pub location: Option<LocationId>,
    /// The moment.
    pub now: Timestamp,
}

/// Whom a rung of the ladder is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rung {
    /// People of this step; nobody of it on duty: of the next.
    Step(i16),
    /// Everybody on duty.
    Everybody,
}

impl Rung {
    /// Of the ladder's rung `index`, where the last one has the index `last`. The first telling is 0.
    pub const fn of(index: i16, last: i16) -> Self {
        if index >= last && index > 0 { Self::Everybody } else { Self::Step(index.saturating_add(1)) }
    }
}

/// Who is told now. Empty when nobody of this step or a later one is on duty. A phone is there once.
pub fn who_is_told<'r>(roster: &Roster<'r>, rung: Rung) -> Vec<&'r Recipient> {
    let of_step = |step: i16| roster.on_duty().filter(move |recipient| recipient.step == step);
    let found: Vec<&Recipient> = match rung {
        Rung::Everybody => roster.on_duty().collect(),
        Rung::Step(first) => (first..=STEP_MAX)
            .map(|step| of_step(step).collect::<Vec<_>>())
            .find(|people| !people.is_empty())
            .unwrap_or_default(),
    };
    let mut once: Vec<&Recipient> = Vec::new();
    for recipient in found {
        if !once.iter().any(|other| other.phone == recipient.phone) {
            once.push(recipient);
        }
    }
    once
}

impl<'r> Roster<'r> {
    /// Whether anybody is there: the site is open, or somebody is on duty.
    pub fn is_staffed(&self) -> bool {
        self.site().is_none_or(|site| site.is_open) || self.on_duty().next().is_some()
    }

    /// When somebody is there next: the site opens, or a shift begins. `None` when that is not known.
    pub fn staffed_next(&self) -> Option<Timestamp> {
        let opens = self.site().and_then(|site| site.opens_next);
        let shifts = self.wanted().flat_map(|recipient| {
            let zone = self.site_of(recipient).map_or(TimeZone::UTC, |site| site.zone.clone());
            recipient.shifts.iter().filter_map(move |shift| shift.begins_next(self.now, &zone))
        });
        shifts.chain(opens).min()
    }

    /// Those who want to hear of it, on duty or not.
    pub fn wanted(&self) -> impl Iterator<Item = &'r Recipient> {
        let (kind, location) = (self.kind, self.location);
        self.recipients.iter().filter(move |recipient| {
            let wants = match kind {
                AlertKind::HotLead => recipient.wants_hot_lead,
                AlertKind::Clinical => recipient.wants_clinical,
            };
            let is_here =
                recipient.location.is_none() || location.is_none() || recipient.location == location;
            wants && is_here
        })
    }

    fn on_duty(&self) -> impl Iterator<Item = &'r Recipient> {
        self.wanted().filter(|recipient| self.is_on_duty(recipient))
    }

    fn is_on_duty(&self, recipient: &Recipient) -> bool {
        let Some(site) = self.site_of(recipient) else { return true };
        if recipient.shifts.is_empty() {
            return site.is_open;
        }
        let local = site.zone.to_datetime(self.now);
        recipient.shifts.iter().any(|shift| shift.holds(local))
    }

    /// The alert's site.
    fn site(&self) -> Option<&'r Site> {
        self.site_with(self.location)
    }

    /// The site by whose clock and hours somebody works.
    fn site_of(&self, recipient: &Recipient) -> Option<&'r Site> {
        self.site_with(recipient.location.or(self.location))
    }

    fn site_with(&self, id: Option<LocationId>) -> Option<&'r Site> {
        let found = id.and_then(|id| self.sites.iter().find(|site| site.id == id));
        found.or_else(|| self.sites.first())
    }
}

impl Shift {
    const fn crosses_midnight(self) -> bool {
        self.until <= self.from
    }

    /// Whether it holds at a wall time. What the clocks repeat is in it twice, what they skip never comes.
    fn holds(self, local: DateTime) -> bool {
        let minute = i16::from(local.hour()) * 60 + i16::from(local.minute());
        let today = local.date().weekday();
        if !self.crosses_midnight() {
            return today == self.weekday && (self.from..self.until).contains(&minute);
        }
        (today == self.weekday && minute >= self.from)
            || (today == self.weekday.wrapping_add(1_i64) && minute < self.until)
    }

    /// When it begins next after `now`; where the clocks skip that time, at the first one after.
    fn begins_next(self, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let today = zone.to_datetime(now).date();
        let minute = self.from.rem_euclid(A_DAY);
        let (hour, minute) = (i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?);
        let time = Time::new(hour, minute, 0, 0).ok()?;
        (0..=7)
            .filter_map(|ahead: i64| today.checked_add(ahead.days()).ok())
            .filter(|day| day.weekday() == self.weekday)
            .filter_map(|day| zone.to_ambiguous_zoned(day.to_datetime(time)).compatible().ok())
            .map(|begins| begins.timestamp())
            .find(|begins| *begins > now)
    }
}

#[cfg(test)]
#[path = "roster_tests.rs"]
mod tests;
