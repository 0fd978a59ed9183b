//! Settings of what can be booked, when, by whom and how people are told of it: forms of the API's own requests.

mod first_run;
mod hours;
mod list;
mod policy;
mod practitioners;
mod resources;
mod sequences;
mod services;
mod sites;
mod texts;
mod values;
mod waitlist;

use axum::Router;
use uuid::Uuid;

use self::values::{Choice, Values, name_of};
use super::page::PageError;
use super::settings::opened;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{OrgId, Prefixed as _};
use crate::platform::problem::Problem;
use crate::scheduling::catalogue::{Entry, Location, Practitioner, Resource, Service, Wanted};

/// The other pages of the settings, above each of these.
macro_rules! tabs {
    ($($page:ident),+) => {$(
        impl $page {
            fn groups(&self) -> Vec<$crate::dashboard::settings::Group> {
                $crate::dashboard::settings::groups(&self.s.staff)
            }
        }
    )+};
}
use tabs;

/// More than any clinic has of a kind.
const ALL_MAX: i64 = 500;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .merge(sites::routes())
        .merge(hours::routes())
        .merge(services::routes())
        .merge(practitioners::routes())
        .merge(resources::routes())
        .merge(policy::routes())
        .merge(texts::routes())
        .merge(sequences::routes())
        .merge(waitlist::routes())
        .merge(first_run::routes())
}

/// All things of a kind, in their order.
async fn all<E: Entry>(tx: &mut PgConnection, org: OrgId) -> Result<Vec<Values>, PageError> {
    let wanted = Wanted { limit: ALL_MAX, ..Wanted::default() };
    Ok(E::select(tx, org, &wanted).await?.iter().map(Values::of).collect())
}

/// The one of this id; what the org does not have is not there.
async fn one<E: Entry>(tx: &mut PgConnection, org: OrgId, id: &str) -> Result<Values, PageError>
where
    E::Id: Into<Uuid>,
{
    let id = E::Id::parse(id).ok_or(Problem::NOT_FOUND)?;
    let wanted = Wanted { id: Some(id.into()), limit: 1, ..Wanted::default() };
    let found = E::select(tx, org, &wanted).await?;
    Ok(found.first().map(Values::of).ok_or(Problem::NOT_FOUND)?)
}

/// What forms choose from.
#[derive(Debug)]
struct Catalogue {
    sites: Vec<Values>,
    services: Vec<Values>,
    people: Vec<Values>,
    things: Vec<Values>,
}

impl Catalogue {
    async fn read(tx: &mut PgConnection, org: OrgId) -> Result<Self, PageError> {
        Ok(Self {
            sites: all::<Location>(tx, org).await?,
            services: all::<Service>(tx, org).await?,
            people: all::<Practitioner>(tx, org).await?,
            things: all::<Resource>(tx, org).await?,
        })
    }

    /// Sites, each with its zone.
    fn site_choices(&self) -> Vec<Choice> {
        let of = |site: &Values| Choice {
            zone: site.text("time_zone"),
            ..Choice::new(site.id(), site.text("name"))
        };
        self.sites.iter().map(of).collect()
    }

    fn service_choices(&self) -> Vec<Choice> {
        Choice::of(&self.services)
    }

    /// People, each with the zone of where they work.
    fn people_choices(&self) -> Vec<Choice> {
        let of = |one: &Values| Choice {
            zone: self.zone_of(&one.text("location_id")),
            ..Choice::new(one.id(), one.text("name"))
        };
        self.people.iter().map(of).collect()
    }

    /// Rooms and devices, with their site where there are several.
    fn thing_choices(&self) -> Vec<Choice> {
        let of = |one: &Values| {
            let site = name_of(&self.sites, &one.text("location_id"));
            let name = one.text("name");
            Choice::new(one.id(), if self.sites.len() > 1 { format!("{name} ({site})") } else { name })
        };
        self.things.iter().map(of).collect()
    }

    fn zone_of(&self, site: &str) -> String {
        self.sites.iter().find(|one| one.id() == site).map(|one| one.text("time_zone")).unwrap_or_default()
    }
}
