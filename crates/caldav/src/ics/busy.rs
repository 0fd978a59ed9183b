//! Which times an object keeps.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::ReadError;
use super::event::{Calendar, Event};
use super::length::Length;
use super::recurrence::{self, Steps};
use super::when::When;

/// Days that may lie between a wall clock and an instant.
const ZONE_DAYS: i64 = 2;

/// Which events keep time where opinions differ. Cancelled, transparent and declined ones never do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BusyRules<'a> {
    /// Whether events that are tentative, or that the owner accepted tentatively, keep their time.
    pub tentative: bool,
    /// Whether events of whole days keep them.
    pub all_day: bool,
    /// The owner's e-mail address, by which their answer to an invitation is known.
    pub own: Option<&'a str>,
}

/// An instance's start and end.
type Times = (Timestamp, Timestamp);

/// Every time that the object keeps and that touches the time between `from` and `to`: whole, in order, each once.
/// Floating times and whole days are in `zone`.
///
/// An object that is not understood is an error. Where calendars differ in what they understand, the longer time counts.
pub fn busy(
    ics: &str,
    zone: &TimeZone,
    rules: &BusyRules<'_>,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<(Timestamp, Timestamp)>, ReadError> {
    let calendar = Calendar::read(ics)?;
    let mut reader = Reader { calendar: &calendar, zone, rules, from, to, steps: Steps::new() };
    let mut series: HashMap<&str, (Vec<&Event>, Vec<&Event>)> = HashMap::new();
    for event in &calendar.events {
        let (masters, exceptions) = series.entry(event.value("UID").unwrap_or("")).or_default();
        if event.is_exception() { exceptions.push(event) } else { masters.push(event) }
    }
    let mut kept = Vec::new();
    for (masters, exceptions) in series.values() {
        kept.extend(reader.series(masters, exceptions)?);
        if kept.len() > recurrence::INSTANCES_MAX {
            return Err(ReadError::TooMany);
        }
    }
    kept.sort_unstable();
    kept.dedup();
    Ok(kept)
}

/// The object's UID.
pub fn uid(ics: &str) -> Option<String> {
    let calendar = Calendar::read(ics).ok()?;
    calendar.master()?.value("UID").filter(|uid| !uid.is_empty()).map(str::to_owned)
}

/// Start and end of the event itself: of the first instance, if it recurs.
pub fn span(ics: &str, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
    let calendar = Calendar::read(ics).ok()?;
    let event = calendar.master()?;
    let start = calendar.time(event, "DTSTART", zone).ok()??;
    let at = start.at().ok()?;
    let length = Length::of(&calendar, event, &start).ok()?;
    Some((at, length.end_of(&start, start.local(), at).ok()?))
}

/// The instances of a series that something else stands for, or nothing.
#[derive(Default)]
struct Left {
    out: HashSet<Timestamp>,
    days: HashSet<Date>,
}

impl Left {
    fn leave_out(&mut self, time: &When) -> Result<(), ReadError> {
        match time {
            // Of a series with times too: programs write only the day into these.
            When::Day(day, _) => self.days.insert(*day),
            When::Time(..) => self.out.insert(time.at()?),
        };
        Ok(())
    }

    fn has(&self, start: &When, at: Timestamp) -> bool {
        self.out.contains(&at) || self.days.contains(&start.local().date())
    }
}

struct Reader<'a> {
    calendar: &'a Calendar,
    zone: &'a TimeZone,
    rules: &'a BusyRules<'a>,
    from: Timestamp,
    to: Timestamp,
    steps: Steps,
}

impl Reader<'_> {
    fn series(&mut self, masters: &[&Event], exceptions: &[&Event]) -> Result<Vec<Times>, ReadError> {
        let mut kept = Vec::new();
        let mut replaced = Left::default();
        for exception in exceptions {
            let line = exception.line("RECURRENCE-ID").ok_or(ReadError::Time)?;
            // From here on all are different; and an exception that recurs is no exception.
            if line.param("RANGE").is_some() || exception.recurs() {
                return Err(ReadError::Rule);
            }
            let instance =
                self.calendar.time(exception, "RECURRENCE-ID", self.zone)?.ok_or(ReadError::Time)?;
            replaced.leave_out(&instance)?;
            if let Some(start) = self.keeps(exception)? {
                let length = Length::of(self.calendar, exception, &start)?;
                kept.extend(self.instance(&start, start.at()?, &length)?);
            }
        }
        for master in masters {
            if let Some(start) = self.keeps(master)? {
                kept.extend(self.instances(master, &start, &replaced)?);
            }
        }
        Ok(kept)
    }

    /// The start of `event`, if it keeps time at all.
    fn keeps(&self, event: &Event) -> Result<Option<When>, ReadError> {
        let answer = self.rules.own.and_then(|own| event.answer_of(own));
        let answered = |word: &str| answer.is_some_and(|answer| answer.eq_ignore_ascii_case(word));
        let is_tentative = event.says("STATUS", "TENTATIVE") || answered("TENTATIVE");
        if event.says("STATUS", "CANCELLED")
            || event.says("TRANSP", "TRANSPARENT")
            || answered("DECLINED")
            || is_tentative && !self.rules.tentative
        {
            return Ok(None);
        }
        let start = self.calendar.time(event, "DTSTART", self.zone)?.ok_or(ReadError::Time)?;
        Ok((self.rules.all_day || !start.is_day()).then_some(start))
    }

    fn instances(&mut self, event: &Event, start: &When, replaced: &Left) -> Result<Vec<Times>, ReadError> {
        let length = Length::of(self.calendar, event, start)?;
        let mut left = Left::default();
        for line in event.all("EXDATE") {
            for time in self.calendar.times(line, self.zone)? {
                left.leave_out(&time)?;
            }
        }
        let first = start.at()?;
        // The start is an instance whatever the rules say. `EXRULE`, long gone from the standard, is not looked at:
        // what it takes out stays.
        let mut starts = vec![(start.clone(), first)];
        let window = self.window(start, length.days())?;
        for line in event.all("RRULE") {
            let found = recurrence::instances(&line.value, start, window, &mut self.steps)?;
            starts.extend(found.into_iter().map(|(local, at)| (start.with_local(local), at)));
        }
        let mut kept = Vec::new();
        for line in event.all("RDATE") {
            for (extra, length) in self.extra_dates(line, start, &length)? {
                let at = extra.at()?;
                if !left.has(&extra, at) && !replaced.has(&extra, at) {
                    kept.extend(self.instance(&extra, at, &length)?);
                }
            }
        }
        for (instance, at) in starts {
            if !left.has(&instance, at) && !replaced.has(&instance, at) {
                kept.extend(self.instance(&instance, at, &length)?);
            }
        }
        Ok(kept)
    }

    /// The dates of `RDATE`, of which those written as a period have a length of their own.
    fn extra_dates(
        &self,
        line: &super::lines::Line,
        start: &When,
        length: &Length,
    ) -> Result<Vec<(When, Length)>, ReadError> {
        let zone = self.calendar.zone_of(line)?;
        let zone = zone.as_ref().unwrap_or(self.zone);
        let time = |value| super::when::read(value, zone, self.zone).ok_or(ReadError::Time);
        let mut extra = Vec::new();
        for value in line.value.split(',') {
            let (date, length) = match value.split_once('/') {
                None => (time(value)?, length.clone()),
                Some((date, end)) if end.trim().starts_with(['P', 'p', '+']) => {
                    (time(date)?, Length::written(end.trim())?)
                }
                Some((date, end)) => (time(date)?, Length::between(&time(date)?, &time(end)?)?),
            };
            if date.is_day() != start.is_day() {
                return Err(ReadError::Time);
            }
            extra.push((date, length));
        }
        Ok(extra)
    }

    /// An instance's times, if it lasts at all and touches the window.
    fn instance(&self, start: &When, at: Timestamp, length: &Length) -> Result<Option<Times>, ReadError> {
        let end = length.end_of(start, start.local(), at)?;
        Ok((at < end && at < self.to && self.from < end).then_some((at, end)))
    }

    /// On the wall clock of `start`'s zone, with room for what began before and for clock changes.
    fn window(
        &self,
        start: &When,
        days: i64,
    ) -> Result<(jiff::civil::DateTime, jiff::civil::DateTime), ReadError> {
        let local = |at| start.zone().to_datetime(at);
        let lower = local(self.from).checked_sub(Span::new().days(days + ZONE_DAYS));
        let upper = local(self.to).checked_add(Span::new().days(ZONE_DAYS));
        let out_of_range = |_| ReadError::Time;
        Ok((lower.map_err(out_of_range)?, upper.map_err(out_of_range)?))
    }
}

#[cfg(test)]
#[path = "busy_tests.rs"]
mod tests;
