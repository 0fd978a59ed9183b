//! Works out when a rule says an event happens.
//!
//! `rrule` is given wall clock times dressed up as UTC, and jiff says when those are: so the rules for clock changes are
//! the same as for every other time of ours, and the library needs no zones.

use chrono::TimeZone as _;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use rrule::{Frequency, RRule, RRuleSet, Tz, Unvalidated};

use super::ReadError;
use super::when::{self, When};

/// Steps for one object: a daily event since 1600, or an hourly one of twenty years.
const STEPS_MAX: i64 = 300_000;
/// What each rule costs at least: one that never comes true is looked through for as long as the library allows.
const STEPS_PER_RULE: i64 = 20_000;
/// Every quarter of an hour.
const TIMES_A_DAY_MAX: i64 = 96;
const RULE_BYTES_MAX: usize = 1_000;
/// In what is asked for, of all series of an object.
pub(super) const INSTANCES_MAX: usize = 10_000;

/// What may still be worked out for one object.
#[derive(Debug)]
pub(super) struct Steps(i64);

impl Steps {
    pub const fn new() -> Self {
        Self(STEPS_MAX)
    }

    fn spend(&mut self, steps: i64) -> Result<(), ReadError> {
        self.0 = self.0.saturating_sub(steps);
        if self.0 < 0 { Err(ReadError::TooMany) } else { Ok(()) }
    }
}

/// The wall clock times between `lower` and `upper` at which `rule` has an event that starts at `start`, each with its
/// instant.
pub(super) fn instances(
    rule: &str,
    start: &When,
    (lower, upper): (DateTime, DateTime),
    steps: &mut Steps,
) -> Result<Vec<(DateTime, Timestamp)>, ReadError> {
    let Parsed { rule, until, count } = parsed(rule)?;
    let first = start.local();
    let until = until.map(|until| last_of(&until, start)).transpose()?;
    // What programs leave behind when all of a series but its beginning is deleted.
    if until.is_some_and(|until| until < first) {
        return Ok(Vec::new());
    }
    let upper = until.map_or(upper, |until| upper.min(until));
    if upper < first {
        return Ok(Vec::new());
    }
    steps.spend(cost(&rule, first, upper)?)?;
    let is_hourly = rule.get_freq() == Frequency::Hourly;
    let mut instances = Vec::new();
    for local in times(rule, count, first, upper)? {
        if local < lower {
            continue;
        }
        instances.push((local, when::instant(local, start.zone())?));
        if is_hourly && let Some(second) = second_time(local, start.zone()) {
            instances.push((local, second));
        }
        if instances.len() > INSTANCES_MAX {
            return Err(ReadError::TooMany);
        }
    }
    Ok(instances)
}

/// The wall clock times of `rule` up to `upper`.
fn times(
    rule: RRule<Unvalidated>,
    count: usize,
    first: DateTime,
    upper: DateTime,
) -> Result<Vec<DateTime>, ReadError> {
    let rule = rule.validate(dressed(first)?).map_err(|_refused| ReadError::Rule)?;
    let set = RRuleSet::new(dressed(first)?).rrule(rule).limit();
    let mut times = Vec::new();
    for time in &set {
        let local = Timestamp::from_second(time.timestamp()).map_err(|_out_of_range| ReadError::Time)?;
        let local = TimeZone::UTC.to_datetime(local);
        if local > upper || times.len() == count {
            return Ok(times);
        }
        times.push(local);
    }
    // The library gives up on what does not come true for long, and does not say so. Without an end of its own, there
    // is no other reason to stop before `upper`.
    if times.len() == count { Ok(times) } else { Err(ReadError::TooMany) }
}

/// When the wall clock shows `local` again in autumn: something hourly happens then too.
fn second_time(local: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    let shown = zone.to_ambiguous_timestamp(local);
    matches!(shown.offset(), AmbiguousOffset::Fold { .. }).then(|| shown.later().ok()).flatten()
}

/// A rule without its ends.
struct Parsed {
    rule: RRule<Unvalidated>,
    /// The library would have it in UTC, and programs write all three forms.
    until: Option<String>,
    /// How often, at most.
    count: usize,
}

fn parsed(rule: &str) -> Result<Parsed, ReadError> {
    if rule.len() > RULE_BYTES_MAX || !rule.is_ascii() {
        return Err(ReadError::Rule);
    }
    let rule = rule.to_ascii_uppercase();
    let (mut kept, mut until, mut count) = (Vec::new(), None, usize::MAX);
    for part in rule.split(';').map(str::trim) {
        match part.split_once('=') {
            Some(("UNTIL", end)) => until = Some(end.to_owned()),
            Some(("COUNT", times)) => count = times.parse().map_err(|_no_number| ReadError::Rule)?,
            _ => kept.push(part),
        }
    }
    let rule = kept.join(";").parse::<RRule<Unvalidated>>().map_err(|_refused| ReadError::Rule)?;
    if rule.get_interval() == 0 || count == 0 {
        return Err(ReadError::Rule);
    }
    Ok(Parsed { rule, until, count })
}

/// The last wall clock time that `until` allows. A day without a time counts to its end.
fn last_of(until: &str, start: &When) -> Result<DateTime, ReadError> {
    match when::read(until, start.zone(), start.zone()).ok_or(ReadError::Rule)? {
        When::Day(day, _) => Ok(day.at(23, 59, 59, 0)),
        When::Time(local, zone) if &zone == start.zone() || start.is_day() => Ok(local),
        time @ When::Time(..) => Ok(start.zone().to_datetime(time.at()?)),
    }
}

/// At least as many steps as it takes to get from `first` to `upper`.
fn cost(rule: &RRule<Unvalidated>, first: DateTime, upper: DateTime) -> Result<i64, ReadError> {
    let listed = |times: &[u8]| i64::try_from(times.len()).unwrap_or(i64::MAX).max(1);
    let (hours, minutes, seconds) =
        (listed(rule.get_by_hour()), listed(rule.get_by_minute()), listed(rule.get_by_second()));
    let times = match rule.get_freq() {
        Frequency::Secondly | Frequency::Minutely => return Err(ReadError::Rule),
        Frequency::Hourly => 24_i64.saturating_mul(minutes).saturating_mul(seconds),
        _ => hours.saturating_mul(minutes).saturating_mul(seconds),
    };
    if times > TIMES_A_DAY_MAX {
        return Err(ReadError::TooMany);
    }
    let days = first.date().duration_until(upper.date()).as_hours() / 24 + 1;
    let every = if rule.get_freq() == Frequency::Hourly { i64::from(rule.get_interval()) } else { 1 };
    Ok(STEPS_PER_RULE + days.saturating_mul(times) / every)
}

fn dressed(local: DateTime) -> Result<chrono::DateTime<Tz>, ReadError> {
    let seconds = TimeZone::UTC.to_timestamp(local).map_err(|_out_of_range| ReadError::Time)?.as_second();
    Tz::UTC.timestamp_opt(seconds, 0).single().ok_or(ReadError::Time)
}
