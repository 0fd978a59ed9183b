//! Whom the visit is for: what must have come before it, and how far apart visits must be.

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use uuid::Uuid;

use crate::{Cause, visit::Visit};

/// What is known of the person the visit is for. The default is a stranger about whom nothing needs checking.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guest {
    /// All must be met.
    pub prerequisites: Vec<Prerequisite>,
    /// All must be kept.
    pub spacings: Vec<Spacing>,
}

/// A service this person must have had before, as a consultation before the first filler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prerequisite {
    /// The service to have had.
    pub service: Uuid,
    /// How many civil days before the visit it may have ended at most; `None` is any time before.
    pub valid_days: Option<u16>,
    /// Ends of the visits of that service this person had or has booked. One that ends as the visit starts counts.
    pub visits: Vec<Timestamp>,
}

/// How far a visit must be from some other visits of the same person, before or after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spacing {
    /// Civil days from start to start at least.
    pub days: u16,
    /// Starts of those other visits.
    pub visits: Vec<Timestamp>,
}

/// A guest whose visits have civil dates, to be asked about many starts.
pub(crate) struct History {
    prerequisites: Vec<Required>,
    near: Vec<Near>,
}

struct Required {
    service: Uuid,
    valid_days: Option<u16>,
    ended: Vec<(Timestamp, Date)>,
}

/// The civil dates that another visit rules out.
struct Near {
    from: Date,
    to: Date,
    cause: Cause,
}

impl History {
    pub(crate) fn new(guest: &Guest, zone: &TimeZone) -> Self {
        let date_of = |instant| zone.to_datetime(instant).date();
        let required = |wanted: &Prerequisite| Required {
            service: wanted.service,
            valid_days: wanted.valid_days,
            ended: wanted.visits.iter().map(|&ended_at| (ended_at, date_of(ended_at))).collect(),
        };
        let spaced = guest.spacings.iter().filter(|spacing| spacing.days > 0);
        let near = spaced
            .flat_map(|spacing| spacing.visits.iter().map(|&at| Near::new(at, date_of(at), spacing.days)));
        Self { prerequisites: guest.prerequisites.iter().map(required).collect(), near: near.collect() }
    }

    /// One for each prerequisite that is missing and for each visit that is too close.
    pub(crate) fn push_causes(&self, visit: &Visit, causes: &mut Vec<Cause>) {
        let missing = self.prerequisites.iter().filter(|required| !required.is_met(visit));
        causes.extend(
            missing.map(|&Required { service, valid_days, .. }| Cause::PrerequisiteMissing {
                service,
                valid_days,
            }),
        );
        let too_close = self.near.iter().filter(|near| (near.from..=near.to).contains(&visit.date));
        causes.extend(too_close.map(|near| near.cause.clone()));
    }
}

impl Required {
    fn is_met(&self, visit: &Visit) -> bool {
        let oldest = self.valid_days.map(|days| visit.date.saturating_sub(i64::from(days).days()));
        self.ended.iter().any(|&(ended_at, date)| {
            ended_at <= visit.starts_at && oldest.is_none_or(|oldest| oldest <= date)
        })
    }
}

impl Near {
    fn new(visit_at: Timestamp, date: Date, days: u16) -> Self {
        let reach = i64::from(days) - 1;
        Self {
            from: date.saturating_sub(reach.days()),
            to: date.saturating_add(reach.days()),
            cause: Cause::TooCloseToAnotherVisit {
                visit_at,
                days,
                earliest: date.saturating_add(i64::from(days).days()),
            },
        }
    }
}
