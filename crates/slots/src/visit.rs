//! One visit in absolute time, and when it may be.

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, tz::TimeZone};

use crate::{Refusal, Service, busy::Interval, rules::minutes};

/// A visit and the time its practitioner is kept for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Visit {
    pub(crate) starts_at: Timestamp,
    pub(crate) ends_at: Timestamp,
    pub(crate) with_buffers: Interval,
}

impl Visit {
    /// `None` if it would end after the last representable instant.
    pub(crate) fn at(starts_at: Timestamp, service: &Service) -> Option<Self> {
        let ends_at = starts_at.checked_add(service.duration()).ok()?;
        let kept_from = before(starts_at, minutes(service.buffer_before_minutes));
        let kept_to = after(ends_at, minutes(service.buffer_after_minutes));
        Some(Self { starts_at, ends_at, with_buffers: (kept_from, kept_to) })
    }

    pub(crate) fn with_cleanup(&self, cleanup: SignedDuration) -> Interval {
        (self.starts_at, after(self.ends_at, cleanup))
    }

    pub(crate) fn is_inside(&self, (opens_at, closes_at): Interval) -> bool {
        opens_at <= self.starts_at && self.ends_at <= closes_at
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
pub(crate) struct Bookable<'a> {
    zone: &'a TimeZone,
    now: Timestamp,
    pub(crate) earliest: Timestamp,
    pub(crate) latest: Date,
}

impl<'a> Bookable<'a> {
    pub(crate) fn new(service: &Service, zone: &'a TimeZone, now: Timestamp) -> Self {
        let earliest = after(now, minutes(service.minimum_notice_minutes));
        let latest = zone.to_datetime(now).date().saturating_add(i64::from(service.horizon_days).days());
        Self { zone, now, earliest, latest }
    }

    pub(crate) fn check(&self, starts_at: Timestamp) -> Result<(), Refusal> {
        if starts_at < self.now {
            return Err(Refusal::InThePast);
        }
        if starts_at < self.earliest {
            return Err(Refusal::TooSoon { earliest: self.earliest });
        }
        if self.zone.to_datetime(starts_at).date() > self.latest {
            return Err(Refusal::BeyondHorizon { latest: self.latest });
        }
        Ok(())
    }
}
