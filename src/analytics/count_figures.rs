//! Counts the figures of some days, and the same of as many days before.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use moka::sync::Cache;

use super::day_counts::{self, DayCounts};
use super::days::{Rules, SiteDay};
use super::figures::{Figures, FiguresError};
use super::store::hot::HotRow;
use super::store::{self, Version};
use super::sums::{self, Counted, Rows};
use super::wanted::{Days, Wanted};
use crate::kept_days::{self, Day, Kind};
use crate::leads::HOURS_TO_BOOK;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;
use crate::scheduling;

/// Figures that are kept at once, and for how long after somebody last looked.
const KEPT_MAX: u64 = 200;
const KEPT_FOR: Duration = Duration::from_hours(1);

/// Figures as they were counted last, until something happens that could change them. By the hour as well: hot calls ripen.
struct Kept(Cache<(OrgId, Wanted, i64), (Version, Arc<Figures>)>);

/// The figures that are wanted. A day is one of the site's own calendar; calls of no known site belong to the first.
pub async fn figures(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    wanted: &Wanted,
) -> Result<Arc<Figures>, FiguresError> {
    wanted.days().ok_or(FiguresError::Days)?;
    let now = app.clock.now();
    let kept =
        app.memo.get_or(|| Kept(Cache::builder().max_capacity(KEPT_MAX).time_to_idle(KEPT_FOR).build()));
    // Read before the figures: what commits meanwhile is in them or makes them be counted again.
    let version = store::version(tx, org, now).await?;
    let key = (org, *wanted, now.as_second() / 3600);
    if let Some((_, figures)) = kept.0.get(&key).filter(|(of, _)| *of == version) {
        return Ok(figures);
    }
    let counted = Arc::new(count_figures(app, tx, org, wanted).await?);
    kept.0.insert(key, (version, counted.clone()));
    Ok(counted)
}

/// The same, not from memory.
pub async fn count_figures(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    wanted: &Wanted,
) -> Result<Figures, FiguresError> {
    let (before, only) = (wanted.before(), wanted.assistant);
    let all = scheduling::site_hours(tx, org, (before, wanted.to)).await?;
    let assistants = store::assistants(tx, org).await?;
    let services = store::services(tx, org).await?;
    if wanted.location.is_some_and(|wanted| all.iter().all(|site| site.id != wanted)) {
        return Err(FiguresError::Location);
    }
    if only.is_some_and(|wanted| assistants.iter().all(|assistant| assistant.id != wanted)) {
        return Err(FiguresError::Assistant);
    }
    let rules = Rules { sites: &all, assistants: &assistants, services: &services };
    let sites: Vec<_> =
        all.iter().filter(|site| wanted.location.is_none_or(|only| only == site.id)).collect();
    let days: Vec<SiteDay> = sites.iter().flat_map(|site| rules.days(site, (before, wanted.to))).collect();
    let counts = counts_of(tx, org, (&days, &rules)).await?;
    let hot = hot_of(tx, org, (&days, &rules), app.clock.now()).await?;
    let counted = days.into_iter().zip(counts).zip(hot).map(|((day, counts), hot)| Counted {
        is_now: day.date >= wanted.from,
        day,
        counts,
        hot,
    });
    let mut rows = Rows { days: counted.collect(), of_all: wanted.location.is_none() && only.is_none() };
    if let Some(only) = only {
        rows.only(only.0);
    }
    let mut time_zones: Vec<String> = sites.iter().map(|site| site.zone_name.clone()).collect();
    time_zones.dedup();
    let is_counted = |assistant: &&store::AssistantRow| {
        only.is_none_or(|only| only == assistant.id)
            && sites.iter().any(|site| site.id == assistant.location_id)
    };
    Ok(Figures {
        window: Days::of(wanted.from, wanted.to),
        window_before: Days::of(before, wanted.from.yesterday().unwrap_or(before)),
        time_zones,
        now: rows.totals(true),
        before: rows.totals(false),
        days: rows.by_day((wanted.from, wanted.to)),
        hours: rows.hours(),
        locations: sites.iter().map(|site| rows.of_site(site)).collect(),
        assistants: assistants.iter().filter(is_counted).map(|row| rows.of_assistant(row)).collect(),
        funnel: rows.funnel(),
        unmet: sums::unmet(&rows, &services),
    })
}

/// What was counted of each day: what is kept of it, else from the rows.
async fn counts_of(
    tx: &mut PgConnection,
    org: OrgId,
    (days, rules): (&[SiteDay], &Rules<'_>),
) -> Result<Vec<DayCounts>, sqlx::Error> {
    let keys: Vec<Day> = days.iter().map(SiteDay::key).collect();
    let kept: Vec<Option<DayCounts>> = kept_days::kept(tx, org, Kind::Figures, &keys).await?;
    let others: Vec<SiteDay> = without(days, &kept);
    let mut counted = day_counts::count(tx, org, (&others, rules.home())).await?.into_iter();
    Ok(kept.into_iter().map(|kept| kept.or_else(|| counted.next()).unwrap_or_default()).collect())
}

/// The same of hot calls; a day that has not had its time yet has none.
async fn hot_of(
    tx: &mut PgConnection,
    org: OrgId,
    (days, rules): (&[SiteDay], &Rules<'_>),
    now: Timestamp,
) -> Result<Vec<Vec<HotRow>>, sqlx::Error> {
    let ripe = ripe_at(now);
    let keys: Vec<Day> = days.iter().map(SiteDay::key).collect();
    let mut kept: Vec<Option<Vec<HotRow>>> = kept_days::kept(tx, org, Kind::Hot, &keys).await?;
    for (kept, day) in kept.iter_mut().zip(days) {
        if day.since >= ripe {
            *kept = Some(Vec::new());
        }
    }
    let others = without(days, &kept);
    let mut counted = day_counts::count_hot(tx, org, (&others, rules.home()), ripe).await?.into_iter();
    Ok(kept.into_iter().map(|kept| kept.or_else(|| counted.next()).unwrap_or_default()).collect())
}

/// Calls from before then have had their time to book.
pub(super) fn ripe_at(now: Timestamp) -> Timestamp {
    now.checked_sub(SignedDuration::from_hours(HOURS_TO_BOOK.into())).unwrap_or(now)
}

fn without<T>(days: &[SiteDay], kept: &[Option<T>]) -> Vec<SiteDay> {
    days.iter().zip(kept).filter(|(_, kept)| kept.is_none()).map(|(day, _)| day.clone()).collect()
}
