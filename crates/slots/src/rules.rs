//! What is asked for: the service, who may give it, what it needs.

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use uuid::Uuid;

use crate::{Guest, Hours};

/// The lane of everything that has room for one. Lanes count from here: a capacity of three is lanes 1, 2, 3.
pub const FIRST_LANE: u16 = 1;

/// Everything that decides about a start, except what is busy and what time it is.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// The location's zone. All civil rules below are read in it.
    pub zone: &'a TimeZone,
    /// The location's hours.
    pub hours: &'a Hours,
    /// What is to be booked.
    pub service: &'a Service,
    /// Who may give it, most preferred first.
    pub practitioners: &'a [Practitioner],
    /// The rooms and devices it takes, each need met by a claim of its own.
    pub needs: &'a [Need],
    /// Who must be on site for the whole visit, any one of them; `None` if the service needs no supervision.
    pub supervisors: Option<&'a [Supervisor]>,
    /// Whom the visit is for.
    pub guest: &'a Guest,
}

/// How long a service takes and when it may be booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Service {
    /// Length of the visit. Zero counts as one minute: a visit without length would reserve nothing.
    pub duration_minutes: u16,
    /// Kept free before the visit, for the practitioner only.
    pub buffer_before_minutes: u16,
    /// Kept free after the visit, for the practitioner only.
    pub buffer_after_minutes: u16,
    /// Step of the offered starts in wall-clock time, counted from each opening. Zero means the duration.
    pub grid_minutes: u16,
    /// How long before its start a visit must be booked.
    pub minimum_notice_minutes: u32,
    /// How many civil days after today a visit may start.
    pub horizon_days: u16,
    /// Visits of this service per civil day at this location at most; `None` is any number.
    pub daily_cap: Option<u16>,
}

impl Service {
    pub(crate) fn grid(&self) -> u16 {
        if self.grid_minutes == 0 { self.duration_minutes.max(1) } else { self.grid_minutes }
    }

    pub(crate) fn duration(&self) -> SignedDuration {
        minutes(self.duration_minutes.max(1))
    }
}

pub(crate) fn minutes(count: impl Into<i64>) -> SignedDuration {
    SignedDuration::from_secs(count.into().saturating_mul(60))
}

/// A person who gives the service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Practitioner {
    /// Also the resource this person's claims are made on (lane [`FIRST_LANE`]).
    pub id: Uuid,
    /// Own working hours; the location's where `None`.
    pub hours: Option<Hours>,
    /// Time off, half-open, in any order. As with closing, buffers may reach into it, the visit may not.
    pub away: Vec<(Timestamp, Timestamp)>,
    /// The last civil date this person may give the service, as of a licence that expires; `None` is for good.
    pub last_date: Option<Date>,
    /// Visits of any service per civil day at most; `None` is any number.
    pub daily_cap: Option<u16>,
}

/// A person who may supervise, for instance a medical director. Supervising reserves nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Supervisor {
    /// Who it is.
    pub id: Uuid,
    /// When this person is on site; the location's hours where `None`.
    pub hours: Option<Hours>,
    /// Time off, half-open, in any order.
    pub away: Vec<(Timestamp, Timestamp)>,
}

/// One room or device a visit takes: any one candidate that is free will do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// A pool, or a single named resource. The first that is free is taken, but never who gives the visit.
    pub candidates: Vec<Candidate>,
    /// Kept free after the visit, on this resource only.
    pub cleanup_minutes: u16,
}

/// A resource that can meet a need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The room or device.
    pub resource: Uuid,
    /// How many visits it holds at once: 1 is exclusive, 0 is out of service. The same in every need; the least
    /// counts where not.
    pub lanes: u16,
}
