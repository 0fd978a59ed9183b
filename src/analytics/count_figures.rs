//! Counts the figures of some days, and the same of as many days before.

use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;

use super::figures::{Figures, FiguresError};
use super::sites::Sites;
use super::store::{self, Version};
use super::sums::{self, Rows};
use super::wanted::{Days, Wanted};
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
    let counted = Arc::new(count(app, tx, org, wanted).await?);
    kept.0.insert(key, (version, counted.clone()));
    Ok(counted)
}

async fn count(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    wanted: &Wanted,
) -> Result<Figures, FiguresError> {
    let (before, only) = (wanted.before(), wanted.assistant);
    let all = scheduling::site_hours(tx, org, (before, wanted.to)).await?;
    let assistants = store::assistants(tx, org).await?;
    if wanted.location.is_some_and(|wanted| all.iter().all(|site| site.id != wanted)) {
        return Err(FiguresError::Location);
    }
    if only.is_some_and(|wanted| assistants.iter().all(|assistant| assistant.id != wanted)) {
        return Err(FiguresError::Assistant);
    }
    let sites = Sites::of(&all, wanted);
    store::expect_many_rows(tx).await?;
    let texts = if wanted.location.is_none() && only.is_none() {
        store::speed::all_texts(tx, org, &sites).await?
    } else {
        store::speed::texts(tx, org, &sites, only).await?
    };
    let rows = Rows {
        calls: store::calls::calls(tx, org, &sites, only).await?,
        due: store::visits::due(tx, org, &sites, only).await?,
        speed: store::speed::speed(tx, org, &sites, only).await?,
        hot: store::speed::hot(tx, org, &sites, only, (app.clock.now(), HOURS_TO_BOOK)).await?,
        texts,
        unmet: store::unmet::unmet(tx, org, &sites, only).await?,
    };
    let counted = all.iter().filter(|site| sites.ids.contains(&site.id.0));
    let mut time_zones: Vec<String> = counted.clone().map(|site| site.zone_name.clone()).collect();
    time_zones.dedup();
    let is_counted = |assistant: &&store::AssistantRow| {
        only.is_none_or(|only| only == assistant.id) && sites.ids.contains(&assistant.location_id.0)
    };
    Ok(Figures {
        window: Days::of(wanted.from, wanted.to),
        window_before: Days::of(before, wanted.from.yesterday().unwrap_or(before)),
        time_zones,
        now: rows.totals(true),
        before: rows.totals(false),
        days: rows.days((wanted.from, wanted.to)),
        hours: rows.hours(),
        locations: counted.map(|site| rows.of_site(site)).collect(),
        assistants: assistants.iter().filter(is_counted).map(|row| rows.of_assistant(row)).collect(),
        funnel: rows.funnel(),
        unmet: sums::unmet(&rows.unmet),
    })
}
