//! Asks every account whether its calendars can be read and written now.

use jiff::SignedDuration;
use jiff::tz::TimeZone;

use super::ask::AskError;
use super::connection::{Calendar, State};
use super::event::{Mark, Span, Wanted, event_ref};
use super::list::{self, Account};
use super::provider::Provider;
use super::sync::load;
use super::trouble::Trouble;
use crate::platform::app::App;
use crate::platform::ids::{AppointmentId, OrgId};
use crate::platform::trial::Check;

/// Busy times are asked for a week.
const AHEAD: SignedDuration = SignedDuration::from_hours(24 * 7);
/// Where the test event lies: beyond every horizon, so that it keeps nobody busy for the moment that it exists.
const FAR: SignedDuration = SignedDuration::from_hours(24 * 700);
/// How long it is.
const A_QUARTER: SignedDuration = SignedDuration::from_mins(15);

/// For each account: whether it lets us in, whether what blocks can be read, and whether an event can be written, which is taken
/// out again at once.
pub async fn try_accounts(app: &App, org: OrgId) -> Result<Vec<Check>, sqlx::Error> {
    let mut tx = app.begin(org).await?;
    let accounts = list::list(app, &mut tx, org).await?;
    tx.commit().await?;
    if accounts.is_empty() {
        return Ok(vec![Check::wrong(
            "account",
            "No calendar is connected.",
            "Connect Google Calendar or a CalDAV account in Settings, Calendars.",
        )]);
    }
    let mut checks = Vec::new();
    for account in &accounts {
        checks.extend(try_account(app, org, account).await?);
    }
    Ok(checks)
}

async fn try_account(app: &App, org: OrgId, account: &Account) -> Result<Vec<Check>, sqlx::Error> {
    let name = &account.health.account;
    if account.state != State::Connected {
        return Ok(vec![wrong("account", name, (Trouble::NeedsReconnect, None))]);
    }
    let mut checks = Vec::new();
    for listed in account.calendars.iter().filter(|calendar| calendar.blocks || calendar.takes_events) {
        let mut tx = app.begin(org).await?;
        let calendar = load(&mut tx, org, listed.id).await?;
        tx.commit().await?;
        let Some(calendar) = calendar else { continue };
        let what = format!("{name}, {}", listed.name);
        if listed.blocks {
            checks.push(match read(app, org, &calendar).await {
                Ok(()) => Check::good("read", format!("{what}: busy times can be read.")),
                Err(error) => wrong("read", &what, unless_database(error)?),
            });
        }
        if listed.takes_events {
            checks.push(match write(app, org, &calendar).await {
                Ok(()) => Check::good("write", format!("{what}: an event was written, and taken out again.")),
                Err(error) => wrong("write", &what, unless_database(error)?),
            });
        }
    }
    if checks.is_empty() {
        checks.push(Check::wrong(
            "account",
            format!("{name}: none of its calendars is used."),
            "Choose which calendar blocks and which takes visits.",
        ));
    }
    Ok(checks)
}

/// A trial says what is so now: neither the pause of a calendar that failed nor its health is touched.
async fn read(app: &App, org: OrgId, calendar: &Calendar) -> Result<(), AskError> {
    let now = app.clock.now();
    let window: Span = (now, now.checked_add(AHEAD).unwrap_or(now));
    match Provider::patient(app, org, &calendar.connection)? {
        Provider::Google(google) => {
            let told = google.free_busy(&[&calendar.external_id], window).await?;
            let is_known = told.into_iter().any(|(id, busy)| id == calendar.external_id && busy.is_some());
            if is_known { Ok(()) } else { Err(Trouble::Missing.into()) }
        }
        provider @ Provider::Caldav(_) => provider.changes(calendar, None, window).await.map(drop),
    }
}

/// Only what was written here is taken out: its name was made up for this.
async fn write(app: &App, org: OrgId, calendar: &Calendar) -> Result<(), AskError> {
    let provider = Provider::patient(app, org, &calendar.connection)?;
    let (of_nobody, now): (AppointmentId, _) = (app.new_id(), app.clock.now());
    let starts_at = now.checked_add(FAR).unwrap_or(now);
    let ends_at = starts_at.checked_add(A_QUARTER).unwrap_or(starts_at);
    let wanted = Wanted {
        event_ref: event_ref(of_nobody),
        summary: "Voxanne test (goes away by itself)".to_owned(),
        place: String::new(),
        starts_at: starts_at.to_zoned(TimeZone::UTC),
        ends_at: ends_at.to_zoned(TimeZone::UTC),
        mark: Mark { org, appointment: of_nobody, span: (starts_at, ends_at) },
    };
    let etag = provider.insert(calendar, &wanted).await?;
    provider.remove(calendar, &wanted.event_ref, Some(&etag)).await
}

/// What is the matter, and what the provider answered.
fn unless_database(error: AskError) -> Result<(Trouble, Option<String>), sqlx::Error> {
    match error {
        AskError::Database(error) => Err(error),
        AskError::Trouble(trouble, said) => Ok((trouble, said)),
        AskError::Paused(_) => Ok((Trouble::Limited { retry_after: None }, None)),
        AskError::Sealed(_) => Ok((Trouble::NeedsReconnect, None)),
    }
}

/// With the provider's own code; with our word where it gave none.
fn wrong(what: &'static str, name: &str, (trouble, said): (Trouble, Option<String>)) -> Check {
    let fix = match trouble {
        Trouble::NeedsReconnect => "Connect the account again.",
        Trouble::Forbidden => "Share the calendar with the account, changes allowed, or choose another one.",
        Trouble::Missing => {
            "Choose another calendar: this one is not there any more, or not for this account."
        }
        Trouble::Limited { .. } => "Wait: it is asked again by itself. If it lasts, ask for more quota.",
        Trouble::NotPermitted => {
            "Use a public https address without a port, or ask whoever runs the installation to allow its port or private networks."
        }
        _ => "Try again in a moment; if it lasts, compare the provider's status page.",
    };
    let said = said.unwrap_or_else(|| trouble.word().to_owned());
    Check::wrong(what, format!("{name}: {trouble} ({said})."), fix)
}
