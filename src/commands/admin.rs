//! `voxanne admin`: orgs and what the voice platform knows them by. Secrets are printed once and kept sealed.

mod calendar;
mod catalogue;
mod key;
mod mail;
mod reseal;
mod secret;
mod staff;
mod twilio;

use clap::Subcommand;
use uuid::Uuid;

use super::CommandError;
use super::failure::Doing as _;
use super::org::{known, org_id};
use super::output::say;
use super::start::{self, How, Started};
use crate::orgs::{self, NewAssistant, NewOrg, NewPhoneNumber};
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::ids::{LocationId, OrgId};
use crate::platform::secrets;
use crate::scheduling;

/// What to administer.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Clinics
    #[command(subcommand)]
    Org(Org),
    /// Webhook secrets, several of which may be active while the platform is moved over
    #[command(subcommand)]
    Secret(secret::Action),
    /// People who sign in
    #[command(subcommand)]
    Staff(staff::Action),
    /// Keys of programs that call the API
    #[command(subcommand)]
    Key(key::Action),
    /// Unguessable addresses of an org's own door
    #[command(subcommand)]
    Door(Door),
    /// The voice platform's assistants
    #[command(subcommand)]
    Assistant(Assistant),
    /// Numbers that callers dial
    #[command(subcommand)]
    Number(Number),
    /// Outside calendars: connect, list, revoke
    #[command(subcommand)]
    Calendar(calendar::Action),
    /// E-mails to staff
    #[command(subcommand)]
    Mail(mail::Action),
    /// Accounts that texts leave from
    #[command(subcommand)]
    Twilio(twilio::Action),
    /// Services from templates
    #[command(subcommand)]
    Catalogue(catalogue::Action),
    /// Seal by the current keys what their predecessors sealed, so that those can go
    Reseal(reseal::Args),
}

#[derive(Debug, Subcommand)]
enum Org {
    /// Create a clinic with its first location
    Create(CreateOrg),
    /// List all clinics
    List,
}

#[derive(Debug, clap::Args)]
struct CreateOrg {
    /// As callers know it
    #[arg(long)]
    name: String,
    /// IANA zone of the first location, such as `America/Los_Angeles`
    #[arg(long)]
    time_zone: String,
    /// ISO region in which numbers without + are read
    #[arg(long, default_value = "US")]
    region: String,
    /// Street address of the first location
    #[arg(long)]
    address: Option<String>,
    /// The front desk's own number, for transfers
    #[arg(long)]
    human_phone: Option<String>,
    /// Who is texted about hot leads
    #[arg(long)]
    alert_phone: Option<String>,
    /// Bookings are final without an outside calendar
    #[arg(long)]
    calendar_of_record: bool,
}

#[derive(Debug, Subcommand)]
enum Door {
    /// Open another door
    Add {
        /// Whose
        #[arg(long, value_parser = org_id)]
        org: OrgId,
    },
}

#[derive(Debug, Subcommand)]
enum Assistant {
    /// Tell which org an assistant answers for
    Add {
        /// Whose
        #[arg(long, value_parser = org_id)]
        org: OrgId,
        /// The platform's id of it
        #[arg(long)]
        platform_id: String,
        /// What staff call it
        #[arg(long, default_value = "Front desk")]
        name: String,
    },
}

#[derive(Debug, Subcommand)]
enum Number {
    /// Tell which org a number belongs to
    Add {
        /// Whose
        #[arg(long, value_parser = org_id)]
        org: OrgId,
        /// The number, E.164
        #[arg(long)]
        number: String,
        /// The platform's id of it
        #[arg(long)]
        platform_id: Option<String>,
        /// The org's assistant (as `admin assistant add` printed it) that answers it
        #[arg(long)]
        assistant: Option<Uuid>,
    },
}

pub(super) async fn run(args: Args) -> Result<(), CommandError> {
    // These need no database.
    let what = match args.what {
        What::Catalogue(catalogue::Action::Templates) => {
            catalogue::list();
            return Ok(());
        }
        What::Mail(action) => return mail::run(&start::config()?, action).await,
        what => what,
    };
    let started = Started::begin(start::config()?, How { migrates: true, ..How::to_look() }).await?;
    let app = &started.app;
    let done = match what {
        What::Org(Org::Create(new)) => create_org(app, new).await,
        What::Org(Org::List) => list_orgs(app).await,
        What::Secret(action) => secret::run(app, action).await,
        What::Staff(action) => staff::run(app, action).await,
        What::Key(action) => key::run(app, action).await,
        What::Door(Door::Add { org }) => add_door(app, org).await,
        What::Assistant(Assistant::Add { org, platform_id, name }) => {
            add_assistant(app, org, platform_id, name).await
        }
        What::Catalogue(action) => catalogue::run(app, action).await,
        What::Calendar(action) => calendar::run(app, action).await,
        What::Mail(action) => mail::run(&app.config, action).await,
        What::Twilio(action) => twilio::run(app, action).await,
        What::Reseal(args) => reseal::run(app, &args).await,
        What::Number(Number::Add { org, number, platform_id, assistant }) => {
            add_number(app, org, number, (platform_id, assistant)).await
        }
    };
    started.end().await;
    done
}

async fn create_org(app: &App, new: CreateOrg) -> Result<(), CommandError> {
    for phone in [&new.human_phone, &new.alert_phone].into_iter().flatten() {
        checked_phone(phone)?;
    }
    let id: OrgId = app.new_id();
    let org = NewOrg {
        id,
        location_name: new.name.clone(),
        name: new.name,
        default_region: new.region.to_uppercase(),
        location: app.new_id(),
        time_zone: new.time_zone,
        address: new.address,
        human_phone: new.human_phone,
    };
    let settings = serde_json::json!({
        "hot_lead_alert_phone": new.alert_phone,
        "calendar_of_record": new.calendar_of_record,
    });
    let now = app.clock.now();
    let mut tx = app.begin(id).await.doing("open a transaction")?;
    orgs::create(&mut tx, &org, &[], &[], now).await.doing("create the org")?;
    orgs::update_settings(&mut tx, id, &settings, now).await.doing("set the org's settings")?;
    tx.commit().await.doing("commit the org")?;
    say(id);
    Ok(())
}

async fn list_orgs(app: &App) -> Result<(), CommandError> {
    for org in orgs::every_org(app).await.doing("list the orgs")? {
        let mut tx = app.begin(org).await.doing("open a transaction")?;
        let settings = orgs::settings(&mut tx, &app.keys, org).await.doing("read an org's settings")?;
        tx.commit().await.doing("read an org's settings")?;
        say(format_args!("{org}  {} ({})", settings.clinic_name, settings.time_zone));
    }
    Ok(())
}

async fn add_door(app: &App, org: OrgId) -> Result<(), CommandError> {
    let org = known(app, org).await?;
    let token = secrets::new_token().doing("make up a token")?;
    let mut tx = app.begin(org).await.doing("open a transaction")?;
    orgs::issue_door_token(app, &mut tx, org, &token).await.doing("open a door")?;
    tx.commit().await.doing("commit the door")?;
    let base = Some(app.config.server.public_url.as_str()).filter(|url| !url.is_empty());
    say(format_args!("{}/api/webhooks/vapi/{token}", base.unwrap_or("https://YOUR-SERVER")));
    say("This is shown once: the token is kept as a digest.");
    Ok(())
}

async fn add_assistant(app: &App, org: OrgId, platform_id: String, name: String) -> Result<(), CommandError> {
    let location = first_location(app, org).await?;
    let new = NewAssistant { id: app.new_id(), platform_assistant_id: platform_id, location, name };
    let mut tx = app.begin(org).await.doing("open a transaction")?;
    orgs::add_assistant(&mut tx, org, &new)
        .await
        .doing("add the assistant (it may belong to an org already)")?;
    tx.commit().await.doing("commit the assistant")?;
    say(new.id);
    Ok(())
}

async fn add_number(
    app: &App,
    org: OrgId,
    number: String,
    (platform_phone_number_id, assistant): (Option<String>, Option<Uuid>),
) -> Result<(), CommandError> {
    checked_phone(&number)?;
    let location = first_location(app, org).await?;
    let new = NewPhoneNumber { id: app.new_id(), platform_phone_number_id, number, location, assistant };
    let mut tx = app.begin(org).await.doing("open a transaction")?;
    orgs::add_phone_number(&mut tx, org, &new)
        .await
        .doing("add the number (it may belong to an org already)")?;
    tx.commit().await.doing("commit the number")?;
    say(new.id);
    Ok(())
}

async fn first_location(app: &App, org: OrgId) -> Result<LocationId, CommandError> {
    let org = known(app, org).await?;
    let book = scheduling::rule_book(app, org, None).await.doing("read the org's locations")?;
    let first = book.location(None).map(|location| location.id);
    first.ok_or_else(|| CommandError::Refused(format!("{org} has no location")))
}

fn checked_phone(raw: &str) -> Result<(), CommandError> {
    match Phone::parse_e164(raw) {
        Ok(_) => Ok(()),
        Err(_) => Err(CommandError::Usage(format!(
            "{raw} is not a phone number in E.164 form, such as +13105550100"
        ))),
    }
}
