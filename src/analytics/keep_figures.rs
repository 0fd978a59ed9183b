//! Keeps the figures of days that are over, so that whoever looks at ninety of them counts one or two.

use jiff::{SignedDuration, Timestamp, ToSpan as _};

use super::count_figures::ripe_at;
use super::day_counts;
use super::days::{Rules, SiteDay};
use super::store;
use super::wanted::DAYS_MAX;
use crate::kept_days::{self, Day, Kind};
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;
use crate::scheduling;

/// A call goes on for twelve hours at most, and what it does is of its day; and an hour between the clocks.
const OVER_AFTER: SignedDuration = SignedDuration::from_hours(13);
/// Who can still book within their time: up to the hour that triggers leave out.
const RIPE_AFTER: SignedDuration = SignedDuration::from_hours(2);
/// Days that are counted at once: a clinic that has just come with years of calls takes several rounds.
const AT_ONCE: usize = 60;

/// Forgets days of which something has changed, and keeps those that are over and are not kept; how many they were.
pub async fn keep_figures(app: &App, org: OrgId) -> Result<usize, sqlx::Error> {
    let mut tx = app.begin(org).await?;
    let Some(now) = kept_days::forget_changed(app, &mut tx, org).await? else { return Ok(0) };
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    // The earliest day that a range and the one before it can begin with, and a day for zones ahead of this one.
    let from = today.checked_sub((i64::from(DAYS_MAX) * 2 + 1).days()).unwrap_or(today);
    let all = scheduling::site_hours(&mut tx, org, (from, today)).await?;
    let (assistants, services) =
        (store::assistants(&mut tx, org).await?, store::services(&mut tx, org).await?);
    let rules = Rules { sites: &all, assistants: &assistants, services: &services };
    let days: Vec<SiteDay> = all.iter().flat_map(|site| rules.days(site, (from, today))).collect();
    let home = rules.home();
    let over = due(&mut tx, org, Kind::Figures, (&days, before(now, OVER_AFTER))).await?;
    let counts = day_counts::count(&mut tx, org, (&over, home)).await?;
    kept_days::keep(&mut tx, org, Kind::Figures, (&keys(&over), &counts)).await?;
    let ripe = ripe_at(now);
    let over_hot = due(&mut tx, org, Kind::Hot, (&days, before(ripe, RIPE_AFTER))).await?;
    let counts = day_counts::count_hot(&mut tx, org, (&over_hot, home), ripe).await?;
    kept_days::keep(&mut tx, org, Kind::Hot, (&keys(&over_hot), &counts)).await?;
    tx.commit().await?;
    Ok(over.len() + over_hot.len())
}

fn before(instant: Timestamp, by: SignedDuration) -> Timestamp {
    instant.checked_sub(by).unwrap_or(instant)
}

fn keys(days: &[SiteDay]) -> Vec<Day> {
    days.iter().map(SiteDay::key).collect()
}

/// The latest of those days that ended before then and are not kept.
async fn due(
    tx: &mut PgConnection,
    org: OrgId,
    kind: Kind,
    (days, ended_before): (&[SiteDay], Timestamp),
) -> Result<Vec<SiteDay>, sqlx::Error> {
    let mut over: Vec<SiteDay> = days.iter().filter(|day| day.until <= ended_before).cloned().collect();
    let missing = kept_days::missing(tx, org, kind, keys(&over)).await?;
    over.retain(|day| missing.contains(&day.key()));
    over.sort_by_key(|day| std::cmp::Reverse(day.since));
    over.truncate(AT_ONCE);
    Ok(over)
}
