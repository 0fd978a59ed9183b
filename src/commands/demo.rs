//! `voxanne demo`: everything at once, with nothing to configure. Database and vendors are the program's own.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpListener;
use uuid::Uuid;
use voxanne_vapi::auth::Scheme;

use super::CommandError;
use super::demo_file::{ClinicFile, DemoFile, LineFile, SignInFile};
use super::failure::Doing as _;
use super::output::say;
use super::start::{self, How, Started, Texts};
use super::stories::{self, Stage, Story, Time};
use super::{demo_calendar, demo_mail, place, roles};
use crate::accounts::{self, NewKey, Scope};
use crate::orgs::{self, Claimed};
use crate::platform::app::App;
use crate::platform::clock::Clock;
use crate::platform::config::Config;
use crate::platform::{embedded, secrets, telemetry};
use crate::seed::{self, DemoClinic, DemoStaff, GLOW, HARBOR, JUNIPER};

/// How to play.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Print one line of JSON when ready, and nothing else; the clinics have no past then
    #[arg(long, conflicts_with = "play")]
    json: bool,
    /// Port to listen on; 0 takes any free one
    #[arg(long, default_value_t = 3001)]
    port: u16,
    /// Where database, keys and texts are kept; `demo` in the installation's directory unless given
    #[arg(long)]
    data_dir: Option<PathBuf>,
    /// Instant at which the clock starts, such as 2026-11-24T18:00:00Z; it then runs
    #[arg(long)]
    clock: Option<Timestamp>,
    /// Let a few simulated callers ring once everything runs
    #[arg(long)]
    play: bool,
}

/// What `--play` tells before the address is printed: it was days ago, and nobody may look on while the clock is back there.
const EARLIER: [Story; 2] = [Story::TimesByNight, Story::AlertClimbs];

/// What `--play` tells to whoever looks on.
const PLAYED: [Story; 16] = [
    Story::Books,
    Story::RacesForLastSlot,
    Story::RepeatsToolCall,
    Story::TurnsHot,
    Story::AlertTaken,
    Story::SwollenFace,
    Story::Prepare,
    Story::Move,
    Story::Cancel,
    Story::WaitlistFill,
    Story::TextConfirm,
    Story::TextStop,
    Story::Calendar,
    Story::Prerequisite,
    Story::TwoSites,
    Story::RaceLaser,
];

/// Runs the demo until told to stop.
pub(super) async fn run(args: Args) -> Result<(), CommandError> {
    let mut config = start::config()?;
    let dir = DemoFile::dir(args.data_dir.clone(), &config)?;
    place::prepare(&dir)?;
    let _alone = claim(&dir)?;
    let listener = roles::listen(&format!("127.0.0.1:{}", args.port), "--port").await?;
    let base_url = format!("http://{}", listener.local_addr().doing("ask for the port")?);
    settle(&mut config, &dir, &base_url)?;
    telemetry::start_logging(&config.log);

    let clock = args.clock.map_or_else(Clock::system, Clock::starting_at);
    let how = How { clock, migrates: true, keeps_key: true, texts: Texts::Sandbox };
    let mut started = Started::begin(config, how).await.map_err(|error| hint(error, &dir))?;
    let played = play(&args, &mut started, listener, &dir, base_url).await;
    started.end().await;
    played
}

/// The demo's data may be of another version of the program; nobody needs it.
fn hint(error: CommandError, dir: &Path) -> CommandError {
    match error {
        CommandError::Failed { doing: start::MIGRATING, source } => CommandError::Refused(format!(
            "could not bring the demo's database up to date ({}): if another version made it, delete {} or choose \
             another --data-dir",
            telemetry::chain(&*source),
            dir.display()
        )),
        other => other,
    }
}

async fn play(
    args: &Args,
    started: &mut Started,
    listener: TcpListener,
    dir: &Path,
    base_url: String,
) -> Result<(), CommandError> {
    let demo = open(started, dir, base_url).await?;
    // Who reads JSON counts what happens from now on.
    if !args.json {
        seed::demo_past(&started.app).await.doing("seed what has been")?;
    }
    let mut stop = roles::start(started, Some(listener), true).await?;
    demo.write(dir)?;
    tokio::select! {
        shown = show(args, &demo, dir, Time::of(&started.app)) => shown?,
        stopped = stop.wait(started) => return stopped,
    }
    stop.wait(started).await?;
    if !args.json {
        say("Stopping.");
    }
    Ok(())
}

/// Says where the demo is, and lets callers ring if asked to.
async fn show(args: &Args, demo: &DemoFile, dir: &Path, time: Time) -> Result<(), CommandError> {
    if args.json {
        say(demo.line()?);
        return Ok(());
    }
    if !args.play {
        introduce(demo, dir);
        return Ok(());
    }
    let stage = Stage::of_demo(demo, Some(time))?;
    say("Some days ago:");
    tell_each(&stage, &EARLIER).await;
    say("");
    introduce(demo, dir);
    tell_each(&stage, &PLAYED).await;
    remind(demo);
    stage.close().await;
    Ok(())
}

/// Tells one after another. What goes wrong in one is said, and the demo goes on.
async fn tell_each(stage: &Stage, stories: &[Story]) {
    for story in stories {
        if let Err(error) = stories::tell(stage, &[*story]).await {
            say(format_args!("   {error}"));
        }
    }
}

/// One demo in one directory: two would share a database and each think that it is alone.
fn claim(dir: &Path) -> Result<File, CommandError> {
    let path = dir.join("demo.lock");
    let lock = File::options().create(true).truncate(false).write(true).open(path).doing("open demo.lock")?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(CommandError::Refused(format!(
            "a demo runs in {} already: stop it, or give this one another --data-dir",
            dir.display()
        ))),
        Err(TryLockError::Error(error)) => Err(error).doing("lock the demo's directory"),
    }
}

/// Nothing of the demo may reach the outside: not a real account, not a real address.
fn settle(config: &mut Config, dir: &Path, base_url: &str) -> Result<(), CommandError> {
    base_url.clone_into(&mut config.server.public_url);
    config.twilio.account_sid = String::new();
    config.twilio.auth_token = SecretString::default();
    config.twilio.phone_number = String::new();
    config.database.data_dir = reachable(dir)?.display().to_string();
    if std::env::var_os("VOXANNE_LOG_FILTER").is_none() {
        "warn".clone_into(&mut config.log.filter);
    }
    Ok(())
}

/// `dir`, or what stands in for it where PostgreSQL, which does not run as root, cannot get to it (below /root).
///
/// The stand-in carries a number kept in `dir`: when `dir` is deleted, so is the memory of the old demo.
fn reachable(dir: &Path) -> Result<PathBuf, CommandError> {
    let place = embedded::reachable_dir(dir);
    if place == dir {
        return Ok(place);
    }
    let path = dir.join("place");
    if let Ok(number) = std::fs::read_to_string(&path) {
        return Ok(place.join(number.trim()));
    }
    let number = secrets::new_token().doing("name a directory")?;
    place::write_private(&path, &number).doing("write down the demo's other directory")?;
    Ok(place.join(number))
}

/// Seeds the clinics and finds or makes what they are reached by.
async fn open(started: &Started, dir: &Path, base_url: String) -> Result<DemoFile, CommandError> {
    let app = &started.app;
    seed::demo_clinics(app).await.doing("seed the demo clinics")?;
    seed::demo_staff(app).await.doing("let the demo's people sign in")?;
    let earlier = DemoFile::read(dir);
    let glow = clinic(app, &GLOW, &base_url, earlier.as_ref().map(|e| &e.clinic)).await?;
    let other_org = clinic(app, &HARBOR, &base_url, earlier.as_ref().map(|e| &e.other_org)).await?;
    let juniper = clinic(app, &JUNIPER, &base_url, earlier.as_ref().map(|e| &e.juniper)).await?;
    demo_mail::add_recipients(app).await?;
    let calendar_url = demo_calendar::connect(started).await?;
    let ahead = app.clock.now().duration_since(Clock::system().now());
    Ok(DemoFile {
        clinic: glow,
        other_org,
        juniper,
        database_url: started.app_url.expose_secret().to_owned(),
        admin_database_url: started.admin_url.expose_secret().to_owned(),
        sandbox_url: started.sandbox.as_ref().map(voxanne_sandbox::Sandbox::url).unwrap_or_default(),
        calendar_url,
        sign_ins: sign_ins(),
        pid: std::process::id(),
        clock_ahead_seconds: ahead.as_secs(),
        base_url,
    })
}

fn sign_ins() -> Vec<SignInFile> {
    let sign_in = |staff: &DemoStaff| SignInFile {
        email: staff.email.to_owned(),
        password: seed::DEMO_PASSWORD.to_owned(),
        role: staff.role.name().to_owned(),
        org_id: staff.clinic.org.0.to_string(),
    };
    seed::STAFF.iter().map(sign_in).collect()
}

/// The door and secret of an earlier run while they are good, else new ones.
async fn clinic(
    app: &App,
    demo: &DemoClinic,
    base_url: &str,
    earlier: Option<&ClinicFile>,
) -> Result<ClinicFile, CommandError> {
    let (door, secret, api_key) = match earlier {
        Some(earlier) if is_good(app, demo, earlier).await? => {
            (earlier.door_token().to_owned(), earlier.webhook_secret.clone(), earlier.api_key.clone())
        }
        _ => issue(app, demo).await?,
    };
    let webhook_url = format!("{base_url}/api/webhooks/vapi");
    Ok(ClinicFile {
        door_url: format!("{webhook_url}/{door}"),
        webhook_url,
        webhook_secret: secret,
        api_key,
        org_id: demo.org.0.to_string(),
        line: line(demo.assistant_id, demo.phone_number_id, demo.time_zone),
        other_lines: (demo.more.other_sites.iter())
            .map(|site| line(site.assistant_id, site.phone_number_id, site.time_zone))
            .collect(),
    })
}

fn line(assistant_id: &str, phone_number_id: &str, time_zone: &str) -> LineFile {
    LineFile {
        assistant_id: assistant_id.to_owned(),
        phone_number_id: phone_number_id.to_owned(),
        time_zone: time_zone.to_owned(),
    }
}

async fn is_good(app: &App, demo: &DemoClinic, earlier: &ClinicFile) -> Result<bool, CommandError> {
    let claims =
        [Claimed::Door(earlier.door_token().to_owned()), Claimed::Secret(earlier.webhook_secret.clone())];
    for claim in &claims {
        let owner = orgs::owner_of(app, claim).await.doing("look up the demo's secrets")?;
        if owner.is_none_or(|owner| owner.org != demo.org) {
            return Ok(false);
        }
    }
    let holder = accounts::authenticate(app, &earlier.api_key).await.doing("look up the demo's key")?;
    Ok(holder.is_some_and(|holder| holder.org == demo.org && holder.scopes.len() == Scope::ALL.len()))
}

async fn issue(app: &App, demo: &DemoClinic) -> Result<(String, String, String), CommandError> {
    let door = secrets::new_token().doing("make up a token")?;
    let secret = secrets::new_token().doing("make up a secret")?;
    let mut tx = app.begin(demo.org).await.doing("open a transaction")?;
    orgs::issue_door_token(app, &mut tx, demo.org, &door).await.doing("open the clinic's door")?;
    let sealed = SecretString::from(secret.as_str());
    let _: Uuid = orgs::issue_secret(app, &mut tx, demo.org, &Scheme::VapiSecret, &sealed)
        .await
        .doing("add the clinic's secret")?;
    let new = NewKey { name: "Demo".to_owned(), scopes: Scope::ALL.to_vec(), works_for: None, made_by: None };
    let (_, key) = accounts::add_key(app, &mut tx, demo.org, &new).await.doing("add the clinic's key")?;
    tx.commit().await.doing("commit the clinic's secrets")?;
    Ok((door, secret, key.expose_secret().to_owned()))
}

fn introduce(demo: &DemoFile, dir: &Path) {
    let (glow, harbor, juniper) = (&demo.clinic, &demo.other_org, &demo.juniper);
    say(format_args!("{} is open at {}\n", GLOW.name, demo.base_url));
    say(format_args!("  sign in        {}/sign-in", demo.base_url));
    for DemoStaff { clinic, email, role, .. } in &seed::STAFF {
        say(format_args!("                 {email} ({role}, {})", clinic.name));
    }
    say(format_args!("  password       {} (everybody's, in the demo)\n", seed::DEMO_PASSWORD));
    say(format_args!("  voice door     {}", glow.webhook_url));
    say(format_args!("  its own door   {}", glow.door_url));
    say(format_args!("  x-vapi-secret  {}", glow.webhook_secret));
    say(format_args!("  API            {}/api/v1/openapi.json", demo.base_url));
    say(format_args!("  API key        {}", glow.api_key));
    say(format_args!("  texts sent     {}/twilio/messages", demo.sandbox_url));
    say(format_args!("  e-mails        {}/mail/messages", demo.sandbox_url));
    say(format_args!("  other clinic   {}, {}", HARBOR.name, harbor.door_url));
    say(format_args!("  its API key    {}", harbor.api_key));
    say(format_args!("  its Google     {}", demo.calendar_url));
    say(format_args!(
        "                 (GET shows it; POST {{\"summary\", \"start\", \"end\"}} is what staff would enter)"
    ));
    say(format_args!("  two sites      {}, {}", JUNIPER.name, juniper.door_url));
    say(format_args!("  its API key    {}", juniper.api_key));
    say(format_args!("  everything is kept in {}\n", dir.display()));
    let is_default = dir.ends_with("voxanne/demo");
    let which = if is_default { String::new() } else { format!(" --data-dir {}", dir.display()) };
    say(format_args!("Let callers ring from another terminal: voxanne call{which}"));
    say("Ctrl-C ends the demo.");
}

/// Says again what the stories have pushed out of sight: whoever comes back to the terminal finds it in its last lines.
fn remind(demo: &DemoFile) {
    say(format_args!("\nThe demo goes on, {} at {}/sign-in", GLOW.name, demo.base_url));
    for DemoStaff { email, role, .. } in seed::STAFF.iter().filter(|staff| staff.clinic.org == GLOW.org) {
        say(format_args!("  {email} ({role})"));
    }
    say(format_args!("  password {}", seed::DEMO_PASSWORD));
    say("Ctrl-C ends the demo.");
}
