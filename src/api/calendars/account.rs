//! An account and its calendars as programs see them.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::caller::ApiCaller;
use crate::api::problems;
use crate::calendars::{self, Account, ListedCalendar, RevokeError, State};
use crate::platform::app::App;
use crate::platform::bounded::Instant;
use crate::platform::ids::{CalendarId, ConnectionId, OrgId, ResourceId};
use crate::platform::problem::Problem;
use crate::platform::public::Public;

/// An account at Google or a CalDAV server: the clinic's or one practitioner's.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CalendarConnection {
    #[schema(inline)]
    pub id: Public<ConnectionId>,
    /// `google` or `caldav`.
    provider: &'static str,
    /// Its credentials work, as far as is known.
    connected: bool,
    /// `connected`, or `needs_reconnect` when the provider no longer lets us in.
    state: &'static str,
    /// How staff know it.
    account: String,
    /// Whose it is; null for the clinic's.
    #[schema(inline)]
    practitioner_id: Option<Public<ResourceId>>,
    /// Their name.
    practitioner: Option<String>,
    calendars: Vec<Calendar>,
    /// Seconds since its busy times were last known; null when they never were.
    age_seconds: Option<i64>,
    /// Visits ahead that are still to be written.
    backlog: i64,
    /// Disagreements that wait for somebody.
    open_conflicts: i64,
    /// All of it in words, for staff.
    sentence: String,
}

impl CalendarConnection {
    pub fn needs_reconnect(&self) -> bool {
        self.state == State::NeedsReconnect.as_str()
    }

    pub fn of(account: Account, now: Timestamp) -> Self {
        let (practitioner_id, practitioner) = account.practitioner.unzip();
        Self {
            id: Public(account.id),
            provider: account.provider.as_str(),
            connected: account.state == State::Connected,
            state: account.state.as_str(),
            practitioner_id: practitioner_id.map(|id| Public(ResourceId(id))),
            practitioner,
            calendars: account.calendars.into_iter().map(Calendar::from).collect(),
            age_seconds: account.health.age_seconds(now),
            backlog: account.health.backlog,
            open_conflicts: account.health.open_conflicts,
            sentence: account.health.sentence(now),
            account: account.health.account,
        }
    }
}

/// One calendar of an account.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct Calendar {
    #[schema(inline)]
    pub(super) id: Public<CalendarId>,
    /// As the account calls it.
    name: String,
    /// Its busy times cannot be booked.
    blocks: bool,
    /// Visits are written here; one calendar of an account at most.
    takes_events: bool,
    /// Whether events that are not certain keep their time.
    tentative_blocks: bool,
    /// Whether busy all-day events keep their day.
    all_day_blocks: bool,
    /// When what is known of it was last true; null when it never was.
    #[schema(inline)]
    synced_at: Option<Instant>,
    /// Since when it cannot be read; null when it can.
    #[schema(inline)]
    failing_since: Option<Instant>,
    /// Why not: `forbidden`, `limited`, `missing`, `away`, `unreadable`, `refused` or `not_permitted`.
    failure: Option<String>,
    /// Until when changes are pushed; null where they are only asked for.
    #[schema(inline)]
    pushed_until: Option<Instant>,
}

impl From<ListedCalendar> for Calendar {
    fn from(calendar: ListedCalendar) -> Self {
        let (failing_since, failure) = calendar.failing.unzip();
        Self {
            id: Public(calendar.id),
            name: calendar.name,
            blocks: calendar.blocks,
            takes_events: calendar.takes_events,
            tentative_blocks: calendar.tentative_blocks,
            all_day_blocks: calendar.all_day_blocks,
            synced_at: calendar.synced_at.map(Instant),
            failing_since: failing_since.map(Instant),
            failure,
            pushed_until: calendar.pushed_until.map(Instant),
        }
    }
}

/// The org's accounts, the clinic's first.
pub(in crate::api) async fn accounts(app: &App, org: OrgId) -> Result<Vec<Account>, Problem> {
    let failed = |error: sqlx::Error| problems::database(org, &error);
    let mut tx = app.begin(org).await.map_err(failed)?;
    let accounts = calendars::list(app, &mut tx, org).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    Ok(accounts)
}

/// What became of an account that was taken away.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct Revoked {
    connected: bool,
    /// False when the provider could not be told: a task asks somebody to take the access away there.
    revoked_at_provider: bool,
}

/// F12: takes an account away, at its provider and here. Here in any case. `None` when it is not connected.
pub(in crate::api) async fn revoke(
    app: &App,
    caller: &ApiCaller,
    id: ConnectionId,
) -> Result<Option<Revoked>, Problem> {
    match calendars::revoke(app, caller.org, id).await {
        Ok(revoked_at_provider) => {
            written_down(app, caller, ("calendar_connection.revoke", id)).await?;
            Ok(Some(Revoked { connected: false, revoked_at_provider }))
        }
        Err(RevokeError::NotConnected) => Ok(None),
        Err(RevokeError::Unexpected(error)) => Err(problems::database(caller.org, &error)),
    }
}

/// Who did it, after the fact: the provider was asked in between, and no transaction is open meanwhile.
pub(super) async fn written_down(
    app: &App,
    caller: &ApiCaller,
    (action, id): (&'static str, ConnectionId),
) -> Result<(), Problem> {
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    caller.did(app, &mut tx, (action, Some(id.to_string()))).await?;
    tx.commit().await.map_err(failed)
}
