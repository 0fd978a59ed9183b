//! How outside calendars are doing: a line for each account among everything else, or all there is to know.

use jiff::Timestamp;

use super::super::CommandError;
use super::super::failure::Doing as _;
use super::{Findings, good, note};
use crate::calendars::{self, Account, ListedCalendar, ProviderKind, State};
use crate::platform::app::App;
use crate::platform::config::Config;
use crate::platform::ids::{OrgId, ResourceId};
use crate::{orgs, scheduling};

/// What Google has to know of this installation, and whether it can reach it.
pub(super) fn check_config(findings: &mut Findings, config: &Config) {
    if config.google.client_id.is_empty() {
        note("no GOOGLE_CLIENT_ID: no Google Calendar can be connected (CalDAV can)");
        return;
    }
    if config.server.public_url.is_empty() {
        findings
            .wrong("GOOGLE_CLIENT_ID is set without BACKEND_URL: Google has nowhere to send people back to");
        return;
    }
    note(&format!(
        "Google's console has to have this authorised redirect URI, to the letter: {}",
        calendars::redirect_uri(config)
    ));
    if config.public_https_url().is_some() {
        good("Google can push changes here");
    } else {
        findings.wrong(&format!(
            "Google cannot push changes to {}: set BACKEND_URL to a public https address; until then calendars are asked every {} minutes",
            config.server.public_url, config.calendars.poll_minutes
        ));
    }
}

/// A line for each account of an org.
pub(super) async fn check_org(
    app: &App,
    findings: &mut Findings,
    (org, name): (OrgId, &str),
) -> Result<Vec<Account>, CommandError> {
    let mut tx = app.begin(org).await.doing("open a transaction")?;
    let accounts = calendars::list(app, &mut tx, org).await.doing("read an org's calendars")?;
    tx.commit().await.doing("read an org's calendars")?;
    let now = app.clock.now();
    for account in &accounts {
        let whose = account.practitioner.as_ref().map(|(_, name)| format!(", {name}")).unwrap_or_default();
        let said = format!("{name}{whose}: {}", account.health.sentence(now));
        match fix(org, account, now) {
            Some(fix) => findings.wrong(&format!("{said} Do: {fix}")),
            None => good(&said),
        }
    }
    Ok(accounts)
}

/// What to do about an account that does not work.
fn fix(org: OrgId, account: &Account, now: Timestamp) -> Option<String> {
    let google = account.provider == ProviderKind::Google;
    if account.state == State::NeedsReconnect {
        let whose =
            account.practitioner.as_ref().map(|(id, _)| format!(" --practitioner {}", ResourceId(*id)));
        return Some(if google {
            format!("voxanne admin calendar connect --org {org}{}", whose.unwrap_or_default())
        } else {
            "connect it again with its new password (POST /api/v1/calendar-connections)".to_owned()
        });
    }
    let Some((_, word)) = account.health.failing.as_ref() else {
        let is_old = account.health.known_at.is_some() && !account.health.is_known(now);
        return is_old
            .then(|| "nobody looks: let a worker run (`voxanne serve` or `voxanne work`)".to_owned());
    };
    let fix = match word.as_str() {
        "missing" => "choose another calendar (PUT /api/v1/calendars/{id})",
        "forbidden" => "share the calendar with the account, changes allowed, or choose another one",
        "limited" if google => "wait; if it lasts, ask for more quota in Google's console",
        "away" | "limited" => "wait: it is asked again by itself; compare the provider's status page",
        "not_permitted" => {
            "use a public https address at its own port, or allow its port (calendars.ports) or private networks (calendars.private_networks)"
        }
        _ => "look into the log for what it answers",
    };
    Some(fix.to_owned())
}

/// Everything about every org's calendars.
pub(super) async fn examine(app: &App, findings: &mut Findings) -> Result<(), CommandError> {
    check_config(findings, &app.config);
    for org in orgs::every_org(app).await.doing("list the orgs")? {
        let book = scheduling::rule_book(app, org, None).await.doing("read an org's rules")?;
        let name = &book.settings.clinic_name;
        let accounts = check_org(app, findings, (org, name)).await?;
        for account in &accounts {
            tell(account, app.clock.now());
        }
        if accounts.is_empty() && book.settings.calendar_of_record {
            note(&format!("{name} ({org}) has no outside calendar, and needs none: Voxanne is its calendar"));
        } else if accounts.is_empty() {
            note(&format!(
                "{name} ({org}) has no calendar, so every visit waits for confirmation: voxanne admin calendar connect --org {org}"
            ));
        }
    }
    Ok(())
}

/// The numbers of an account.
fn tell(account: &Account, now: Timestamp) {
    let health = &account.health;
    let age = health.age_seconds(now).map_or_else(|| "never read".to_owned(), |age| format!("{age} s old"));
    note(&format!(
        "  {} {}, {}: {age}, {} to be written, {} open conflicts",
        account.provider.as_str(),
        account.id,
        account.state.as_str(),
        health.backlog,
        health.open_conflicts,
    ));
    for calendar in &account.calendars {
        note(&format!("    {}  {}", calendar.id, calendar_line(calendar, now)));
    }
}

fn calendar_line(calendar: &ListedCalendar, now: Timestamp) -> String {
    let mut parts = vec![
        if calendar.blocks { "blocks" } else { "does not block" }.to_owned(),
        if calendar.takes_events { "takes visits" } else { "takes no visits" }.to_owned(),
    ];
    if calendar.blocks || calendar.takes_events {
        parts.push(match calendar.synced_at {
            Some(at) => format!("read {} s ago", now.duration_since(at).as_secs()),
            None => "never read".to_owned(),
        });
        parts.push(match calendar.pushed_until {
            Some(until) => format!("pushed until {until}"),
            None => "not pushed, asked for".to_owned(),
        });
    }
    if let Some((since, word)) = &calendar.failing {
        parts.push(format!("fails since {since} ({word})"));
    }
    parts.join(", ")
}
