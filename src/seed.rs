//! The two clinics of `voxanne demo`: one with a calendar of its own, one whose bookings staff confirm.
//!
//! Seeding again changes nothing: a clinic that is there is left as it is, with everything that happened to it.

mod clinics;
mod store;

use uuid::Uuid;

pub use clinics::{GLOW, HARBOR};

use crate::orgs::{self, NewAssistant, NewOrg, NewPhoneNumber, TwilioAccount};
use crate::platform::app::App;
use crate::platform::db::{Class, PgConnection};
use crate::platform::ids::{LocationId, OrgId};

/// A clinic as written down in `clinics`.
#[derive(Debug)]
#[expect(missing_docs, reason = "named after the columns they fill")]
pub struct DemoClinic {
    pub org: OrgId,
    pub name: &'static str,
    pub time_zone: &'static str,
    pub address: &'static str,
    pub assistant_id: &'static str,
    pub phone_number_id: &'static str,
    pub number: &'static str,
    pub human_phone: &'static str,
    pub alert_phone: &'static str,
    pub calendar_of_record: bool,
    /// The account of the sandbox that the clinic's texts leave from.
    pub twilio_account: &'static str,
    pub team: &'static [Person],
    pub things: &'static [Thing],
    pub catalogue: &'static [Treatment],
}

/// A practitioner.
#[derive(Debug)]
#[expect(missing_docs, reason = "named after the columns they fill")]
pub struct Person {
    pub name: &'static str,
    pub title: &'static str,
}

/// A room or device.
#[derive(Debug)]
#[expect(missing_docs, reason = "named after the columns they fill")]
pub struct Thing {
    pub kind: &'static str,
    pub name: &'static str,
    pub lanes: i16,
}

/// A service of the catalogue.
#[derive(Debug)]
#[expect(missing_docs, reason = "named after the columns they fill")]
pub struct Treatment {
    pub name: &'static str,
    pub aliases: &'static [&'static str],
    pub minutes: i16,
    pub price_cents: Option<i32>,
    pub lead_value: &'static str,
    /// Who does it, by name.
    pub by: &'static [&'static str],
    /// One of these things, and how long it is cleaned afterwards.
    pub needs: Option<(&'static [&'static str], i16)>,
}

/// Why a clinic was not seeded.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The org could not be created.
    #[error("the org could not be created")]
    Create(#[from] orgs::CreateError),
    /// The database refused.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
}

/// Makes sure that both clinics exist: each whole, or not at all.
pub async fn demo_clinics(app: &App) -> Result<(), SeedError> {
    let mut conn = app.db.begin_across(Class::Back).await?;
    let known = orgs::org_ids(&mut conn).await?;
    conn.commit().await?;
    for clinic in [&GLOW, &HARBOR] {
        if known.contains(&clinic.org) {
            continue;
        }
        let mut tx = app.begin(clinic.org).await?;
        seed(app, &mut tx, clinic).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn seed(app: &App, tx: &mut PgConnection, clinic: &DemoClinic) -> Result<(), SeedError> {
    let location: LocationId = app.new_id();
    create_org(app, tx, clinic, location).await?;
    store::insert_daily_hours(tx, clinic.org, location, (9 * 60, 18 * 60), || app.new_id()).await?;
    let mut resources: Vec<(&str, Uuid)> = Vec::new();
    for (position, person) in (0_i16..).zip(clinic.team) {
        let id = app.new_id();
        let row =
            store::Resource { id, location, kind: "practitioner", name: person.name, lanes: 1, position };
        store::insert_resource(tx, clinic.org, &row).await?;
        store::insert_practitioner(tx, clinic.org, id, person.title).await?;
        resources.push((person.name, id));
    }
    for (position, thing) in (100_i16..).zip(clinic.things) {
        let Thing { kind, name, lanes } = *thing;
        let id = app.new_id();
        let row = store::Resource { id, location, kind, name, lanes, position };
        store::insert_resource(tx, clinic.org, &row).await?;
        resources.push((name, id));
    }
    for (position, treatment) in (0_i16..).zip(clinic.catalogue) {
        let id = app.new_id();
        store::insert_service(tx, clinic.org, id, treatment, position).await?;
        let named = |names: &[&str]| -> Vec<Uuid> {
            resources.iter().filter(|(name, _)| names.contains(name)).map(|(_, id)| *id).collect()
        };
        store::allow(tx, clinic.org, id, &named(treatment.by)).await?;
        if let Some((any_of, cleanup_minutes)) = treatment.needs {
            store::need_one_of(tx, clinic.org, id, &named(any_of), cleanup_minutes).await?;
        }
    }
    Ok(())
}

async fn create_org(
    app: &App,
    tx: &mut PgConnection,
    clinic: &DemoClinic,
    location: LocationId,
) -> Result<(), SeedError> {
    let (now, assistant) = (app.clock.now(), app.new_id());
    let org = NewOrg {
        id: clinic.org,
        name: clinic.name.to_owned(),
        default_region: "US".to_owned(),
        location,
        location_name: clinic.name.to_owned(),
        time_zone: clinic.time_zone.to_owned(),
        address: Some(clinic.address.to_owned()),
        human_phone: Some(clinic.human_phone.to_owned()),
    };
    let assistants = [NewAssistant {
        id: assistant,
        platform_assistant_id: clinic.assistant_id.to_owned(),
        location,
        name: "Ava".to_owned(),
    }];
    let numbers = [NewPhoneNumber {
        id: app.new_id(),
        platform_phone_number_id: Some(clinic.phone_number_id.to_owned()),
        number: clinic.number.to_owned(),
        location,
        assistant: Some(assistant),
    }];
    orgs::create(tx, &org, &assistants, &numbers, now).await?;
    let settings = serde_json::json!({
        "hot_lead_alert_phone": clinic.alert_phone,
        "calendar_of_record": clinic.calendar_of_record,
    });
    orgs::update_settings(tx, clinic.org, &settings, now).await?;
    let account = TwilioAccount {
        account_sid: clinic.twilio_account.to_owned(),
        // The sandbox takes any; it only has to be the same on both sides.
        auth_token: format!("sandbox-{}", clinic.twilio_account).into(),
        sender: Some(clinic.number.to_owned()),
    };
    orgs::connect_twilio(tx, &app.keys, clinic.org, &account, now).await?;
    Ok(())
}
