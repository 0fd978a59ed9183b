//! What a program wants to book: the same for visits, series and holds.

use std::borrow::Cow;

use serde::Deserialize;
use utoipa::ToSchema;

use super::refusals::NOT_NEEDED;
use crate::api::caller::ApiCaller;
use crate::api::problems::invalid_field;
use crate::appointments::NewBooking;
use crate::phone::Phone;
use crate::platform::bounded::{Instant, Text};
use crate::platform::ids::{HoldId, LocationId, ResourceId, ServiceId};
use crate::platform::problem::Problem;
use crate::platform::public::Public;
use crate::scheduling::{Location, RuleBook, Service};
use crate::spoken_name::SpokenName;

/// A visit to book or a time to hold.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Wish {
    #[schema(inline)]
    pub service_id: Public<ServiceId>,
    /// The first location when it is not given.
    #[schema(inline)]
    pub location_id: Option<Public<LocationId>>,
    /// Whoever is free, by the service's way of choosing, when it is not given.
    #[schema(inline)]
    pub practitioner_id: Option<Public<ResourceId>>,
    /// This room or device; whatever is free is taken when it is not given.
    #[schema(inline)]
    pub resource_id: Option<Public<ResourceId>>,
    #[schema(inline)]
    pub starts_at: Instant,
    #[schema(inline)]
    pub name: Option<Text<1, 80>>,
    /// E.164, or as dialled in the org's region. Decides what prerequisites and spacing ask.
    #[schema(inline)]
    pub phone: Option<Text<3, 32>>,
    #[schema(inline)]
    pub email: Option<Text<3, 254>>,
    #[schema(inline)]
    pub notes: Option<Text<1, 500>>,
    /// A hold of the same time that this converts.
    #[schema(inline)]
    pub hold_id: Option<Public<HoldId>>,
}

/// Where and what, found among what is booked.
pub(in crate::api) fn place(
    book: &RuleBook,
    location: Option<Public<LocationId>>,
    service: Public<ServiceId>,
) -> Result<(&Location, &Service), Problem> {
    let found = match location {
        Some(Public(id)) => book.locations.iter().find(|l| l.id == id),
        None => book.locations.first(),
    };
    let location = found.ok_or_else(|| invalid_field("location_id", "is no location that is booked"))?;
    let service = book.service(service.0);
    let service = service.ok_or_else(|| invalid_field("service_id", "is no service that is booked"))?;
    Ok((location, service))
}

/// Whoever was asked for, if they are somebody.
pub(in crate::api) fn practitioner(
    book: &RuleBook,
    asked: Option<Public<ResourceId>>,
) -> Result<Option<ResourceId>, Problem> {
    match asked {
        Some(Public(id)) if !book.practitioners.iter().any(|p| p.id == id) => {
            Err(invalid_field("practitioner_id", "is no practitioner who is booked"))
        }
        asked => Ok(asked.map(|asked| asked.0)),
    }
}

/// The number, checked.
pub(in crate::api) fn phone(book: &RuleBook, said: Option<&str>) -> Result<Option<Phone>, Problem> {
    let wrong = |_| invalid_field("phone", "is no number that can be called");
    said.map(|said| Phone::parse(said, &book.settings.default_region).map_err(wrong)).transpose()
}

impl Wish {
    /// The service as it is wished: with a certain room or device, if one was asked for.
    pub fn given<'b>(&self, service: &'b Service) -> Result<Cow<'b, Service>, Problem> {
        match self.resource_id {
            None => Ok(Cow::Borrowed(service)),
            Some(Public(thing)) => {
                let wrong = || invalid_field("resource_id", NOT_NEEDED);
                service.using(thing).map(Cow::Owned).ok_or_else(wrong)
            }
        }
    }

    /// As the verbs take it.
    pub fn booking<'b>(
        &self,
        caller: &ApiCaller,
        book: &'b RuleBook,
        (location, service): (&'b Location, &'b Service),
    ) -> Result<NewBooking<'b>, Problem> {
        let name = match &self.name {
            Some(said) => Some(
                SpokenName::parse(said.as_str())
                    .ok_or_else(|| invalid_field("name", "is no name of a person"))?,
            ),
            None => None,
        };
        Ok(NewBooking {
            practitioner: practitioner(book, self.practitioner_id)?,
            name,
            phone: phone(book, self.phone.as_ref().map(Text::as_str))?,
            email: self.email.as_ref().map(|email| email.as_str().to_owned()),
            notes: self.notes.as_ref().map(|notes| notes.as_str().to_owned()),
            hold: self.hold_id.map(|hold| hold.0),
            booked_by: caller.actor.into(),
            ..NewBooking::new(book, location, service, self.starts_at.0)
        })
    }
}
