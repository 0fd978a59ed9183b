//! Notices visits whose wall time moved because a government changed its clocks after they were booked.

use std::collections::HashSet;

use jiff::tz::TimeZone;

use super::plan_reminders::plan_all;
use super::store;
use crate::orgs;
use crate::platform::app::App;
use crate::platform::ids::OrgId;
use crate::tasks::{self, NewTask};

/// Raises a task for every visit ahead whose instant no longer falls on the wall time that was confirmed.
///
/// The instant is kept: it is what the ledger holds and nobody else was offered. Staff agree with the caller whether the
/// wall time moves. Reminders follow the new rules, and visits that have none yet get theirs. Says how many visits moved.
pub async fn check_zones(app: &App, org: OrgId) -> Result<usize, sqlx::Error> {
    let mut tx = app.begin(org).await?;
    let ahead = store::ahead(&mut tx, org, app.clock.now()).await?;
    let settings = orgs::settings(&mut tx, &app.keys, org).await?;
    let mut moved = HashSet::new();
    for visit in &ahead {
        let Ok(zone) = TimeZone::get(&visit.time_zone) else { continue };
        let confirmed = visit.local_starts_at.to_jiff();
        if visit.starts_at.to_jiff().to_zoned(zone).datetime() == confirmed {
            continue;
        }
        moved.insert(visit.id);
        let task = NewTask {
            kind: "clock_rules_changed",
            title:
                "The clock rules changed since this visit was confirmed: agree on its time with the caller"
                    .into(),
            appointment: Some(visit.id),
            dedupe_key: format!("clock_rules_changed:{}:{confirmed}", visit.id.0),
            ..NewTask::default()
        };
        tasks::raise(app, &mut tx, org, &task).await?;
    }
    let concerned = ahead.iter().filter(|visit| !visit.has_reminders || moved.contains(&visit.id));
    plan_all(app, &mut tx, org, &settings, concerned).await?;
    tx.commit().await?;
    Ok(moved.len())
}
