//! Why a start cannot be booked.

use std::{error::Error, fmt};

use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

use crate::LocalSpan;

/// Why a start cannot be booked: a smallest set of causes.
///
/// All that hold whoever gives the visit; those of the one practitioner who is nearest to giving it (fewest
/// causes and unmet needs, then most preferred); and one for each need that stays unmet beside that practitioner.
/// Were they all removed, the start could be booked; were one left, it could not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Never empty; the most fundamental first, in the order of the variants, but those of needs in their own.
    pub causes: Vec<Cause>,
}

impl Refusal {
    /// The most fundamental cause.
    pub fn first(&self) -> &Cause {
        self.causes.first().unwrap_or(&Cause::NobodyEligible)
    }
}

/// One reason that stands in the way of a booking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It has passed.
    InThePast,
    /// It is inside the minimum notice.
    TooSoon {
        /// The first instant that is far enough ahead.
        earliest: Timestamp,
    },
    /// It is further ahead than may be booked.
    BeyondHorizon {
        /// The last civil date that may be booked.
        latest: Date,
    },
    /// The location is closed on its civil date.
    ClosedThatDay,
    /// The location is open that day, but not for the whole visit.
    OutsideHours {
        /// The location's spans of that civil date.
        spans: Vec<LocalSpan>,
    },
    /// The service is given as often as it may be on that civil date.
    ServiceFull {
        /// The civil date of the start.
        date: Date,
        /// Visits of the service at most.
        cap: u16,
    },
    /// The guest has not had the service that must come before, or too long ago.
    PrerequisiteMissing {
        /// The service to have first.
        service: Uuid,
        /// How many civil days it counts; `None` is for good.
        valid_days: Option<u16>,
    },
    /// The guest has another visit too few days away.
    TooCloseToAnotherVisit {
        /// When that visit starts.
        visit_at: Timestamp,
        /// Civil days that must be between the two starts.
        days: u16,
        /// The first date that is far enough after it.
        earliest: Date,
    },
    /// Nobody who may supervise is on site for the whole visit.
    NoSupervisor,
    /// There is no practitioner at all who gives the service.
    NobodyEligible,
    /// The practitioner may no longer give the service on that civil date.
    LicenceExpired {
        /// Who.
        practitioner: Uuid,
        /// The last civil date on which they may.
        last_date: Date,
    },
    /// The practitioner does not work during the whole visit.
    NotWorking {
        /// Who.
        practitioner: Uuid,
        /// When they work on the civil date of the start, ascending; empty if they do not.
        windows: Vec<(Timestamp, Timestamp)>,
    },
    /// The practitioner has time off.
    Away {
        /// Who.
        practitioner: Uuid,
        /// When they are back from all that stands in the way.
        until: Timestamp,
    },
    /// The practitioner has as many visits as they may have on that civil date.
    PractitionerFull {
        /// Who.
        practitioner: Uuid,
        /// The civil date of the start.
        date: Date,
        /// Their visits at most.
        cap: u16,
    },
    /// The practitioner is taken, buffers included.
    PractitionerBusy {
        /// Who.
        practitioner: Uuid,
        /// When they are through with all that stands in the way.
        until: Timestamp,
    },
    /// Another calendar of the practitioner has something then, and no visit stands in the way.
    BusyElsewhere {
        /// Who.
        practitioner: Uuid,
        /// When they are through with all that stands in the way.
        until: Timestamp,
    },
    /// All that could meet a need is taken, clean-up included: one place more on this resource would do.
    ResourceBusy {
        /// The candidate that is free first.
        resource: Uuid,
        /// The need's place in the rules.
        need: usize,
        /// When a place on it is through with what stands in the way.
        until: Option<Timestamp>,
    },
    /// Nothing in service meets a need, or only what this very visit takes for its other needs.
    NoResource {
        /// The need's place in the rules.
        need: usize,
    },
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InThePast => write!(f, "the start has passed"),
            Self::TooSoon { earliest } => write!(f, "the earliest start with enough notice is {earliest}"),
            Self::BeyondHorizon { latest } => write!(f, "the last day that may be booked is {latest}"),
            Self::ClosedThatDay => write!(f, "closed that day"),
            Self::OutsideHours { .. } => write!(f, "outside opening hours"),
            Self::ServiceFull { date, cap } => write!(f, "{date} has its {cap} visits of the service"),
            Self::PrerequisiteMissing { service, valid_days: None } => {
                write!(f, "{service} must come first")
            }
            Self::PrerequisiteMissing { service, valid_days: Some(days) } => {
                write!(f, "{service} must come first, at most {days} days before")
            }
            Self::TooCloseToAnotherVisit { visit_at, days, .. } => {
                write!(f, "less than {days} days from the visit at {visit_at}")
            }
            Self::NoSupervisor => write!(f, "nobody who may supervise is on site"),
            Self::NobodyEligible => write!(f, "no practitioner gives the service"),
            Self::LicenceExpired { practitioner, last_date } => {
                write!(f, "{practitioner} may give the service until {last_date}")
            }
            Self::NotWorking { practitioner, .. } => write!(f, "{practitioner} does not work then"),
            Self::Away { practitioner, until } => write!(f, "{practitioner} is away until {until}"),
            Self::PractitionerFull { practitioner, date, cap } => {
                write!(f, "{practitioner} has {cap} visits on {date}")
            }
            Self::PractitionerBusy { practitioner, until } => {
                write!(f, "{practitioner} is busy until {until}")
            }
            Self::BusyElsewhere { practitioner, until } => {
                write!(f, "{practitioner} has something in another calendar until {until}")
            }
            Self::ResourceBusy { resource, until: Some(until), .. } => {
                write!(f, "{resource} is busy until {until}")
            }
            Self::ResourceBusy { resource, until: None, .. } => write!(f, "{resource} is busy"),
            Self::NoResource { need } => write!(f, "nothing in service meets need {need}"),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, cause) in self.causes.iter().enumerate() {
            let between = if index == 0 { "" } else { "; " };
            write!(f, "{between}{cause}")?;
        }
        Ok(())
    }
}

impl Error for Refusal {}
