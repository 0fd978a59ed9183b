//! The clinics of `voxanne demo`: one with a calendar of its own, one whose bookings staff confirm, and one with the rules
//! of a real clinic at two sites.
//!
//! Seeding again changes nothing: a clinic that is there is left as it is, with everything that happened to it.

mod clinic;
mod clinics;
mod juniper;
mod past;
mod staff;
mod store;

use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use uuid::Uuid;

pub use clinic::{DemoClinic, Holiday, LatePolicy, More, OneOf, Person, Shift, Site, Thing, Treatment};
pub use clinics::{GLOW, HARBOR};
pub use juniper::JUNIPER;
pub use past::demo_past;
pub use staff::{DEMO_PASSWORD, DemoStaff, STAFF, demo_staff};

use crate::leads;
use crate::orgs::{self, NewAssistant, NewOrg, NewPhoneNumber, TwilioAccount};
use crate::platform::app::App;
use crate::platform::db::{Class, PgConnection};
use crate::platform::ids::{LocationId, ServiceId};
use crate::scheduling;

/// How many years a holiday is entered for, this one included.
const HOLIDAY_YEARS: i16 = 3;

/// Why a clinic was not seeded.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The org could not be created.
    #[error("the org could not be created")]
    Create(#[from] orgs::CreateError),
    /// Its past could not be scored.
    #[error("the past could not be scored")]
    Score(#[from] leads::ScoreError),
    /// The database refused.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
}

/// Makes sure that the clinics exist: each whole, or not at all.
pub async fn demo_clinics(app: &App) -> Result<(), SeedError> {
    let mut conn = app.db.begin_across(Class::Back).await?;
    let known = orgs::org_ids(&mut conn).await?;
    conn.commit().await?;
    for clinic in [&GLOW, &HARBOR, &JUNIPER] {
        if known.contains(&clinic.org) {
            continue;
        }
        let mut tx = app.begin(clinic.org).await?;
        let zone = TimeZone::get(clinic.time_zone).unwrap_or(TimeZone::UTC);
        let seeding = Seeding {
            app,
            clinic,
            locations: std::iter::repeat_with(|| app.new_id())
                .take(1 + clinic.more.other_sites.len())
                .collect(),
            today: app.clock.now().to_zoned(zone.clone()).date(),
            zone,
        };
        seeding.seed(&mut tx).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// One clinic on its way into the database.
struct Seeding<'a> {
    app: &'a App,
    clinic: &'a DemoClinic,
    /// Of its sites, in order.
    locations: Vec<LocationId>,
    /// What days are counted from.
    today: Date,
    zone: TimeZone,
}

impl Seeding<'_> {
    async fn seed(&self, tx: &mut PgConnection) -> Result<(), SeedError> {
        let (org, clinic) = (self.clinic.org, self.clinic);
        self.create_org(tx).await?;
        self.insert_sites(tx).await?;
        let mut resources: Vec<(&str, Uuid)> = Vec::new();
        for (position, person) in (0_i16..).zip(clinic.team) {
            resources.push((person.name, self.insert_person(tx, person, position).await?));
        }
        for (position, thing) in (100_i16..).zip(clinic.things) {
            let Thing { kind, name, lanes, site } = *thing;
            let (id, location) = (self.app.new_id(), self.locations[site]);
            let row = store::Resource { id, location, kind, name, lanes, position };
            store::insert_resource(tx, org, &row).await?;
            resources.push((name, id));
        }
        let mut services: Vec<(&str, Uuid)> = Vec::new();
        for (position, treatment) in (0_i16..).zip(clinic.catalogue) {
            let id: ServiceId = self.app.new_id();
            store::insert_service(tx, org, id.0, treatment, position).await?;
            services.push((treatment.name, id.0));
            scheduling::allow(tx, org, id, &ids_of(&resources, treatment.by)).await?;
            for (need, (any_of, cleanup_minutes)) in (1_i16..).zip(treatment.needs) {
                let things = ids_of(&resources, any_of);
                scheduling::need_one_of(tx, org, id, (need, *cleanup_minutes), &things).await?;
            }
            if let Some(days) = treatment.spacing_days {
                scheduling::space(tx, org, id, days).await?;
            }
        }
        for treatment in clinic.catalogue {
            if let Some((first, valid_days)) = treatment.first {
                for required in ids_of(&services, &[first]) {
                    let service = ids_of(&services, &[treatment.name]);
                    store::require(tx, org, &service, required, valid_days).await?;
                }
            }
        }
        Ok(())
    }

    async fn create_org(&self, tx: &mut PgConnection) -> Result<(), SeedError> {
        let (clinic, now) = (self.clinic, self.app.clock.now());
        let org = NewOrg {
            id: clinic.org,
            name: clinic.name.to_owned(),
            default_region: "US".to_owned(),
            location: self.locations[0],
            location_name: clinic.more.site_name.unwrap_or(clinic.name).to_owned(),
            time_zone: clinic.time_zone.to_owned(),
            address: Some(clinic.address.to_owned()),
            human_phone: Some(clinic.human_phone.to_owned()),
        };
        orgs::create(tx, &org, &[], &[], now).await?;
        let line = (clinic.assistant_id, clinic.phone_number_id, clinic.number);
        self.add_line(tx, self.locations[0], line).await?;
        let settings = serde_json::json!({
            "hot_lead_alert_phone": clinic.alert_phone,
            "calendar_of_record": clinic.calendar_of_record,
            // Whoever looks at the demo has no phone at hand that knows it.
            "requires_second_factor": false,
        });
        orgs::update_settings(tx, clinic.org, &settings, now).await?;
        let account = TwilioAccount {
            account_sid: clinic.twilio_account.to_owned(),
            // The sandbox takes any; it only has to be the same on both sides.
            auth_token: format!("sandbox-{}", clinic.twilio_account).into(),
            api_key: None,
            sender: Some(clinic.number.to_owned()),
        };
        orgs::connect_twilio(tx, &self.app.keys, clinic.org, &account, now).await?;
        Ok(())
    }

    /// An assistant and the number it answers.
    async fn add_line(
        &self,
        tx: &mut PgConnection,
        location: LocationId,
        (assistant_id, phone_number_id, number): (&str, &str, &str),
    ) -> Result<(), sqlx::Error> {
        let assistant = NewAssistant {
            id: self.app.new_id(),
            platform_assistant_id: assistant_id.to_owned(),
            location,
            name: "Ava".to_owned(),
        };
        orgs::add_assistant(tx, self.clinic.org, &assistant).await?;
        let number = NewPhoneNumber {
            id: self.app.new_id(),
            platform_phone_number_id: Some(phone_number_id.to_owned()),
            number: number.to_owned(),
            location,
            assistant: Some(assistant.id),
        };
        orgs::add_phone_number(tx, self.clinic.org, &number).await
    }

    /// The other sites, everybody's hours there, and what holds for the whole clinic.
    async fn insert_sites(&self, tx: &mut PgConnection) -> Result<(), SeedError> {
        let (org, more) = (self.clinic.org, &self.clinic.more);
        for (site, location) in more.other_sites.iter().zip(&self.locations[1..]) {
            store::insert_location(tx, org, *location, site).await?;
            self.add_line(tx, *location, (site.assistant_id, site.phone_number_id, site.number)).await?;
            self.insert_hours(tx, None, site.hours).await?;
        }
        self.insert_hours(tx, None, self.clinic.hours).await?;
        if let Some(parking) = more.parking {
            store::set_parking(tx, org, self.locations[0], parking).await?;
        }
        if let Some(policy) = &more.policy {
            store::insert_policy(tx, org, policy, self.app.clock.now()).await?;
        }
        let years = self.today.year()..self.today.year() + HOLIDAY_YEARS;
        for holiday in years.flat_map(|year| more.holidays.iter().map(move |holiday| (year, holiday))) {
            let (year, Holiday { month, day, name }) = holiday;
            if let Ok(date) = Date::new(year, *month, *day) {
                store::insert_closure(tx, org, self.app.new_id(), date, name).await?;
            }
        }
        Ok(())
    }

    async fn insert_hours(
        &self,
        tx: &mut PgConnection,
        practitioner: Option<Uuid>,
        shifts: &[Shift],
    ) -> Result<(), sqlx::Error> {
        for shift in shifts {
            let row = store::Hours {
                location: self.locations[shift.site],
                practitioner,
                shift,
                effective_from: shift.from_days.map(|days| self.in_days(days)),
            };
            store::insert_hours(tx, self.clinic.org, &row, || self.app.new_id()).await?;
        }
        Ok(())
    }

    async fn insert_person(
        &self,
        tx: &mut PgConnection,
        person: &Person,
        position: i16,
    ) -> Result<Uuid, SeedError> {
        let (org, id) = (self.clinic.org, self.app.new_id());
        let location = self.locations[person.site];
        let row =
            store::Resource { id, location, kind: "practitioner", name: person.name, lanes: 1, position };
        store::insert_resource(tx, org, &row).await?;
        let licence_expires_on = person.licence_days.map(|days| self.in_days(days));
        store::insert_practitioner(tx, org, id, person, licence_expires_on).await?;
        self.insert_hours(tx, Some(id), person.hours).await?;
        if let Some((from, until)) = person.away_days {
            let midnight = |days| self.in_days(days).to_zoned(self.zone.clone()).map(|at| at.timestamp());
            if let (Ok(from), Ok(until)) = (midnight(from), midnight(until)) {
                store::insert_time_off(tx, org, (self.app.new_id(), id), (from, until)).await?;
            }
        }
        Ok(id)
    }

    fn in_days(&self, days: i32) -> Date {
        self.today.saturating_add(days.days())
    }
}

fn ids_of(all: &[(&str, Uuid)], names: &[&str]) -> Vec<Uuid> {
    all.iter().filter(|(name, _)| names.contains(name)).map(|(_, id)| *id).collect()
}
