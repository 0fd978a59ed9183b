//! An account and its calendars as programs see them.

use serde::Serialize;
use utoipa::ToSchema;

use crate::api::problems;
use crate::calendars::{self, Account, ListedCalendar};
use crate::platform::app::App;
use crate::platform::bounded::Instant;
use crate::platform::ids::{CalendarId, OrgId};
use crate::platform::problem::Problem;
use crate::platform::public::Public;

/// One calendar of an account.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct Calendar {
    #[schema(inline)]
    id: Public<CalendarId>,
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
    /// Why not: `forbidden`, `limited`, `missing`, `away`, `unreadable` or `refused`.
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
