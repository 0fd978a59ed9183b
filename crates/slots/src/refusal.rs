//! Why a start cannot be booked.

use std::{error::Error, fmt};

use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

use crate::LocalSpan;

/// Why a start cannot be booked: the first reason, in the order of the variants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
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
    /// No practitioner works during the whole visit.
    NobodyWorks,
    /// Every practitioner who works then is taken, buffers included.
    PractitionerBusy {
        /// When the first of them is through with what stands in the way.
        until: Timestamp,
    },
    /// Every resource that meets one of the needs is taken, clean-up included.
    ResourceBusy {
        /// The one that is free first.
        resource: Uuid,
        /// When it is through with what stands in the way; `None` if only this visit's other needs do.
        until: Option<Timestamp>,
    },
    /// Nothing in service meets one of the needs.
    NoResource,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InThePast => write!(f, "the start has passed"),
            Self::TooSoon { earliest } => write!(f, "the earliest start with enough notice is {earliest}"),
            Self::BeyondHorizon { latest } => write!(f, "the last day that may be booked is {latest}"),
            Self::ClosedThatDay => write!(f, "closed that day"),
            Self::OutsideHours { .. } => write!(f, "outside opening hours"),
            Self::NobodyWorks => write!(f, "no practitioner works then"),
            Self::PractitionerBusy { until } => write!(f, "every practitioner is busy until {until}"),
            Self::ResourceBusy { resource, until: Some(until) } => {
                write!(f, "{resource} is busy until {until}")
            }
            Self::ResourceBusy { resource, until: None } => write!(f, "{resource} is busy"),
            Self::NoResource => write!(f, "nothing in service meets a need"),
        }
    }
}

impl Error for Refusal {}
