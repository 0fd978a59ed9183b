//! Plans the reminders of visits, with the transaction that decides on their time.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::reminder_times::{Night, Plan, Planned, reminders};
use super::store::{self, Ahead};
use crate::orgs::Settings;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// Visits that one statement plans: short enough for the database's patience.
const AT_ONCE: usize = 1000;

/// The org's quiet hours, by the location's clock. The law lets a reminder leave in them; nobody likes it.
pub(super) fn night(settings: &Settings) -> Night {
    let hour = |hour| Time::new(hour, 0, 0, 0).unwrap_or(Time::midnight());
    Night { from: hour(settings.quiet_from), until: hour(settings.quiet_until) }
}

/// The reminders of a visit that is booked or moved now; none when nobody could be texted.
pub(super) fn plan(settings: &Settings, starts_at: &Zoned, has_phone: bool, now: Timestamp) -> Vec<Planned> {
    let offsets: &[i32] = if has_phone { &settings.reminder_minutes } else { &[] };
    reminders(starts_at, &Plan { offsets, night: night(settings), told_at: now, now })
}

/// Plans every visit ahead anew: the org changed how long before its people are reminded. What left stays. Says how many
/// reminders that changed.
pub async fn plan_reminders_anew(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    settings: &Settings,
) -> Result<u64, sqlx::Error> {
    let ahead = store::ahead(tx, org, app.clock.now()).await?;
    plan_all(app, tx, org, settings, ahead.iter()).await
}

/// The same for some of them.
pub(super) async fn plan_all<'a>(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    settings: &Settings,
    visits: impl Iterator<Item = &'a Ahead>,
) -> Result<u64, sqlx::Error> {
    let now = app.clock.now();
    let plan = |visit: &Ahead| {
        let zone = TimeZone::get(&visit.time_zone).ok()?;
        let starts_at = visit.starts_at.to_jiff().to_zoned(zone);
        let offsets: &[i32] = if visit.has_phone { &settings.reminder_minutes } else { &[] };
        let plan = Plan { offsets, night: night(settings), told_at: visit.told_at.to_jiff(), now };
        Some((visit.id, starts_at.timestamp(), reminders(&starts_at, &plan)))
    };
    let all: Vec<_> = visits.filter_map(plan).collect();
    let mut changed = 0;
    for some in all.chunks(AT_ONCE) {
        changed += store::plan_anew(tx, org, some, &settings.reminder_minutes, now).await?;
    }
    Ok(changed)
}
