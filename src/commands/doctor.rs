//! `voxanne doctor`: what is wrong with an installation, each with what to do about it.

mod calendar;
mod mail;
mod texting;

use clap::Subcommand;
use secrecy::ExposeSecret as _;

use super::CommandError;
use super::failure::Doing as _;
use super::output::say;
use super::start::{self, How, Started};
use super::{sealed, serve, store};
use crate::platform::app::App;
use crate::platform::config::Config;
use crate::platform::db::Class;
use crate::platform::ids::OrgId;
use crate::platform::telemetry::chain;
use crate::{jobs, orgs, receptionist, scheduling};

/// What to look at.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Only outside calendars, and everything about them
    Calendar,
}

/// Counts what is wrong while telling it.
#[derive(Debug, Default)]
struct Findings {
    wrong: usize,
}

impl Findings {
    fn wrong(&mut self, what: &str) {
        self.wrong += 1;
        say(format_args!("WRONG  {what}"));
    }
}

fn good(what: &str) {
    say(format_args!("ok     {what}"));
}

fn note(what: &str) {
    say(format_args!("note   {what}"));
}

/// Checks what is asked for, or everything; fails when something is wrong.
pub(super) async fn run(args: Args) -> Result<(), CommandError> {
    let mut findings = Findings::default();
    let config = start::config()?;
    good("every setting can be read");
    if args.what.is_none() {
        check_public_url(&mut findings, &config);
        mail::check_server(&mut findings, &config).await;
    }
    let started = Started::begin(config, How::to_look()).await?;
    let done = match args.what {
        None => examine(&started.app, &mut findings).await,
        Some(What::Calendar) => calendar::examine(&started.app, &mut findings).await,
    };
    started.end().await;
    done?;
    match findings.wrong {
        0 => Ok(()),
        1 => Err(CommandError::Refused("one thing is wrong".into())),
        many => Err(CommandError::Refused(format!("{many} things are wrong"))),
    }
}

/// A32.
fn check_public_url(findings: &mut Findings, config: &Config) {
    match (config.public_https_url(), config.server.public_url.as_str()) {
        (Some(url), _) => good(&format!("assistants reach this server at {url}")),
        (None, "") => findings.wrong(
            "server.public_url (BACKEND_URL) is empty: set it to the https address that the voice platform can reach",
        ),
        (None, url) => findings
            .wrong(&format!("server.public_url (BACKEND_URL) is {url}, which vendors cannot reach: it must be public https")),
    }
    if config.twilio.account_sid.is_empty() {
        note("no TWILIO_ACCOUNT_SID: an org without an account of its own texts into the sandbox");
    } else if config.twilio.auth_token.expose_secret().is_empty() || config.twilio.phone_number.is_empty() {
        findings.wrong("TWILIO_ACCOUNT_SID is set without TWILIO_AUTH_TOKEN and TWILIO_PHONE_NUMBER: no text can be sent");
    } else {
        good("texts go to Twilio");
    }
}

async fn examine(app: &App, findings: &mut Findings) -> Result<(), CommandError> {
    match login(app).await {
        Ok(login) if login.is_mighty || login.tables_owned > 0 => findings.wrong(&format!(
            "the program logs in as {}, which can see past row-level security: leave database.app_url empty, or give \
             it the unprivileged role voxanne_app",
            login.role
        )),
        Ok(login) => {
            good(&format!("PostgreSQL {} answers {}, which owns nothing", login.server, login.role));
        }
        Err(error) => {
            findings.wrong(&format!(
                "the database does not answer the program's own role ({}): run `voxanne migrate`, and check database.url \
                 and secrets.key, which the role's password derives from",
                chain(&error)
            ));
            return Ok(());
        }
    }
    check_doors(app, findings).await?;
    for org in orgs::every_org(app).await.doing("list the orgs")? {
        for wrong in sealed::complaints(app, org).await? {
            findings.wrong(&wrong);
        }
        check_org(app, findings, org).await?;
    }
    if let Some(wrong) = sealed::of_people(app).await? {
        findings.wrong(&wrong);
    }
    let dead = jobs::list_dead(app).await.doing("read the dead jobs")?.len();
    match dead {
        0 => good("no background job has failed for good"),
        _ => findings.wrong(&format!("{dead} background jobs failed too often: see `voxanne jobs dead`")),
    }
    Ok(())
}

async fn login(app: &App) -> Result<store::Login, sqlx::Error> {
    let mut conn = app.db.begin_across(Class::Back).await?;
    let login = store::login(&mut conn).await?;
    conn.commit().await?;
    Ok(login)
}

async fn check_doors(app: &App, findings: &mut Findings) -> Result<(), CommandError> {
    let doors = serve::doors(app).await.doing("read the webhook secrets")?;
    for org in &doors.closed {
        findings.wrong(&format!(
            "{org} has an assistant and no active webhook secret, so its calls are refused: run `voxanne admin secret add --org {org}`"
        ));
    }
    if doors.closed.is_empty() {
        good("every org with an assistant has an active webhook secret");
    }
    Ok(())
}

async fn check_org(app: &App, findings: &mut Findings, org: OrgId) -> Result<(), CommandError> {
    let book = scheduling::rule_book(app, org, None).await.doing("read an org's rules")?;
    let name = &book.settings.clinic_name;
    if book.services.is_empty() || book.practitioners.is_empty() {
        findings.wrong(&format!("{name} ({org}) has no services or no practitioners: nothing can be booked"));
    }
    if book.settings.hot_lead_alert_phone.is_none() {
        note(&format!("{name} ({org}) has no alert phone: hot leads reach nobody by text"));
    }
    let mut tx = app.begin(org).await.doing("open a transaction")?;
    let is_closed = orgs::is_closed_to_platform(&mut tx, org).await.doing("read an org's secrets")?;
    let ambiguous = orgs::ambiguous_numbers(&mut tx, org).await.doing("read an org's numbers")?;
    tx.commit().await.doing("read an org's secrets")?;
    if ambiguous > 0 {
        findings.wrong(&format!(
            "{name} ({org}) has {ambiguous} numbers without an assistant at a site with several: people answer them until Settings says which one does"
        ));
    }
    if !is_closed && orgs::credentials(app, org).await.doing("open an org's secrets")?.is_empty() {
        note(&format!("{name} ({org}) has no webhook secret, or none that opens with secrets.key"));
    }
    let dead = receptionist::list_dead(app, org).await.doing("read an org's dead letters")?.len();
    calendar::check_org(app, findings, (org, name)).await?;
    mail::check_org(app, findings, (org, name)).await?;
    texting::check_org(app, findings, (org, name)).await?;
    if dead > 0 {
        findings.wrong(&format!("{name} has {dead} dead letters: see `voxanne inbox list --org {org}`"));
    }
    Ok(())
}
