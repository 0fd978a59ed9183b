//! A visit on the wire.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::answer::Answer;
use crate::appointments::{self, Attendance};
use crate::platform::bounded::Instant;
use crate::platform::ids::{AppointmentId, ContactId, LocationId, ResourceId, SeriesId, ServiceId};
use crate::platform::problem::Problem;
use crate::platform::public::Public;

/// A visit as it is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Appointment {
    #[schema(inline)]
    pub id: Public<AppointmentId>,
    #[schema(inline)]
    pub location_id: Public<LocationId>,
    #[schema(inline)]
    pub service_id: Public<ServiceId>,
    /// As the person calls it.
    pub service_name: String,
    #[schema(inline)]
    pub practitioner_id: Public<ResourceId>,
    #[schema(inline)]
    pub contact_id: Option<Public<ContactId>>,
    /// `pending`, `scheduled`, `arrived`, `completed`, `cancelled` or `no_show`.
    pub status: &'static str,
    /// Whether its person said that they will come: `not_asked`, `asked`, `confirmed`, or `no_answer` once the visit is
    /// near and they had time to.
    pub attendance: &'static str,
    #[schema(inline)]
    pub starts_at: Instant,
    #[schema(inline)]
    pub ends_at: Instant,
    /// By the location's clock, such as `2026-12-01T10:30`.
    pub local_starts_at: String,
    /// The location's zone when it was booked.
    pub time_zone: String,
    pub name: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub notes: Option<String>,
    #[schema(inline)]
    pub series_id: Option<Public<SeriesId>>,
    /// `voice`, `waitlist`, or the key that booked it.
    pub booked_by: String,
    /// Counts its changes; also its ETag.
    pub version: i32,
    #[schema(inline)]
    pub created_at: Instant,
}

impl Appointment {
    /// As it is at `now`.
    pub fn of(visit: appointments::Appointment, now: Timestamp) -> Self {
        let attendance = Attendance::of(&visit, now).as_str();
        let zone = visit.starts_at.time_zone();
        Self {
            id: Public(visit.id),
            location_id: Public(visit.location),
            service_id: Public(visit.service),
            service_name: visit.service_name,
            practitioner_id: Public(ResourceId(visit.practitioner)),
            contact_id: visit.contact.map(Public),
            status: visit.status.as_str(),
            attendance,
            starts_at: Instant(visit.starts_at.timestamp()),
            ends_at: Instant(visit.ends_at),
            local_starts_at: local(visit.starts_at.timestamp(), zone),
            time_zone: zone.iana_name().unwrap_or("UTC").to_owned(),
            name: visit.customer_name,
            phone: visit.customer_phone,
            email: visit.customer_email,
            notes: visit.notes,
            series_id: visit.series.map(Public),
            booked_by: visit.booked_by,
            version: visit.version,
            created_at: Instant(visit.created_at),
        }
    }
}

/// `2026-12-01T10:30`.
pub(super) fn local(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M").to_string()
}

/// The visit with its version as ETag.
pub(super) fn versioned(visit: appointments::Appointment, now: Timestamp) -> Result<Answer, Problem> {
    let etag = format!("\"{}\"", visit.version);
    Ok(Answer { etag: Some(etag), ..Answer::ok(&Appointment::of(visit, now))? })
}

/// The same for one that was just made.
pub(super) fn created(visit: appointments::Appointment, now: Timestamp) -> Result<Answer, Problem> {
    let location = format!("/api/v1/appointments/{}", visit.id);
    Ok(Answer { status: axum::http::StatusCode::CREATED, location: Some(location), ..versioned(visit, now)? })
}
