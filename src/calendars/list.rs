//! Connected accounts, their calendars, and how they are doing.

use jiff::Timestamp;
use uuid::Uuid;

use super::connection::{ProviderKind, State};
use super::health::Health;
use super::store::{self, ListedRow};
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{CalendarId, ConnectionId, OrgId};

/// One calendar of an account.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "named after the columns they come from")]
pub struct ListedCalendar {
    pub id: CalendarId,
    pub external_id: String,
    pub name: String,
    pub blocks: bool,
    pub takes_events: bool,
    pub tentative_blocks: bool,
    pub all_day_blocks: bool,
    pub synced_at: Option<Timestamp>,
    pub failing: Option<(Timestamp, String)>,
    /// Until when changes are pushed; `None` where they are only asked for.
    pub pushed_until: Option<Timestamp>,
}

/// An account that is connected, or has to be again.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "self-explaining")]
pub struct Account {
    pub id: ConnectionId,
    /// Whose, with their name; `None` for the clinic's.
    pub practitioner: Option<(Uuid, String)>,
    pub provider: ProviderKind,
    pub state: State,
    pub calendars: Vec<ListedCalendar>,
    pub health: Health,
}

/// Every account of the org, the clinic's first.
pub async fn list(app: &App, tx: &mut PgConnection, org: OrgId) -> Result<Vec<Account>, sqlx::Error> {
    let mut accounts: Vec<Account> = Vec::new();
    for row in store::listed(tx, org).await? {
        if accounts.last().is_none_or(|account| account.id != row.connection_id) {
            accounts.push(account(app, &row));
        }
        if let (Some(account), Some(calendar)) = (accounts.last_mut(), calendar(row)) {
            account.calendars.push(calendar);
        }
    }
    for account in &mut accounts {
        account.health.known_at = known_at(&account.calendars);
        account.health.failing = in_use(&account.calendars).find_map(|calendar| calendar.failing.clone());
        account.health.backlog = store::backlog(tx, org, account.id, app.clock.now()).await?;
        account.health.open_conflicts = store::open_conflicts(tx, org, account.id).await?;
    }
    Ok(accounts)
}

fn account(app: &App, row: &ListedRow) -> Account {
    let (provider, state) = (ProviderKind::read(&row.provider), State::read(&row.state));
    Account {
        id: row.connection_id,
        practitioner: row.practitioner_id.zip(row.practitioner.clone()),
        provider,
        state,
        calendars: Vec::new(),
        health: Health {
            state,
            provider,
            account: row.account.clone().unwrap_or_else(|| "The calendar".to_owned()),
            known_at: None,
            failing: None,
            backlog: 0,
            open_conflicts: 0,
            fresh_minutes: app.config.voice.calendar_fresh_minutes,
        },
    }
}

fn calendar(row: ListedRow) -> Option<ListedCalendar> {
    let failing_since = row.failing_since.map(jiff_sqlx::Timestamp::to_jiff);
    let pushed_until = row.channel_expires_at.filter(|_| row.is_pushed == Some(true));
    Some(ListedCalendar {
        id: row.calendar_id?,
        external_id: row.external_id?,
        name: row.name?,
        blocks: row.blocks?,
        takes_events: row.takes_events?,
        tentative_blocks: row.tentative_blocks?,
        all_day_blocks: row.all_day_blocks?,
        synced_at: row.synced_at.map(jiff_sqlx::Timestamp::to_jiff),
        failing: failing_since.zip(row.failure),
        pushed_until: pushed_until.map(jiff_sqlx::Timestamp::to_jiff),
    })
}

fn in_use(calendars: &[ListedCalendar]) -> impl Iterator<Item = &ListedCalendar> {
    calendars.iter().filter(|calendar| calendar.blocks || calendar.takes_events)
}

/// The oldest of those that block, or of those that are used at all.
fn known_at(calendars: &[ListedCalendar]) -> Option<Timestamp> {
    let blocking: Vec<&ListedCalendar> = calendars.iter().filter(|calendar| calendar.blocks).collect();
    let counted: Vec<&ListedCalendar> =
        if blocking.is_empty() { in_use(calendars).collect() } else { blocking };
    // `None` comes before every instant: one that was never read leaves the account unread.
    counted.into_iter().map(|calendar| calendar.synced_at).min().flatten()
}
