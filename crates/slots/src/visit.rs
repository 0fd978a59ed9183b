//! One visit in absolute time, and when it may be.

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, tz::TimeZone};

use crate::{Cause, Service, rules::minutes, stretches::Interval};

/// A visit and the time its practitioner is kept for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Visit {
    pub(crate) starts_at: Timestamp,
    pub(crate) ends_at: Timestamp,
    /// The civil date of the start.
    pub(crate) date: Date,
    pub(crate) with_buffers: Interval,
}

impl Visit {
    /// `None` if it would end after the last representable instant.
    pub(crate) fn at(starts_at: Timestamp, date: Date, service: &Service) -> Option<Self> {
        let ends_at = starts_at.checked_add(service.duration()).ok()?;
        let kept_from = before(starts_at, minutes(service.buffer_before_minutes));
        let kept_to = after(ends_at, minutes(service.buffer_after_minutes));
        Some(Self { starts_at, ends_at, date, with_buffers: (kept_from, kept_to) })
    }

    pub(crate) fn with_cleanup(&self, cleanup: SignedDuration) -> Interval {
        (self.starts_at, after(self.ends_at, cleanup))
    }

    pub(crate) fn interval(&self) -> Interval {
        (self.starts_at, self.ends_at)
    }
}

fn before(instant: Timestamp, by: SignedDuration) -> Timestamp {
    instant.checked_sub(by).unwrap_or(Timestamp::MIN)
}

fn after(instant: Timestamp, by: SignedDuration) -> Timestamp {
    instant.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// When a visit may be booked: from minimum notice to horizon.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bookable {
    now: Timestamp,
    pub(crate) earliest: Timestamp,
    pub(crate) latest: Date,
}

impl Bookable {
    pub(crate) fn new(service: &Service, zone: &TimeZone, now: Timestamp) -> Self {
        let earliest = after(now, minutes(service.minimum_notice_minutes));
        let latest = zone.to_datetime(now).date().saturating_add(i64::from(service.horizon_days).days());
        Self { now, earliest, latest }
    }

    /// What is against a start on a civil date. One that has passed is neither too soon nor too far ahead.
    pub(crate) fn causes(&self, starts_at: Timestamp, date: Date) -> Vec<Cause> {
        if starts_at < self.now {
            return vec![Cause::InThePast];
        }
        let too_soon = (starts_at < self.earliest).then_some(Cause::TooSoon { earliest: self.earliest });
        let too_far = (date > self.latest).then_some(Cause::BeyondHorizon { latest: self.latest });
        too_soon.into_iter().chain(too_far).collect()
    }
}
