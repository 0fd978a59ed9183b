//! Whether "hot" was true: what came of the calls that were called so.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::judge::{Judgement, judge};
use super::rules::in_force;
use super::store;
use super::store::tally::{Span, Tally};
use super::tally_days;
use super::window::Window;
use crate::orgs::Settings;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// Whoever books later than this was won by something else.
pub const HOURS_TO_BOOK: i32 = 14 * 24;

/// What came of the calls of some days. Test calls are not among them.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Outcomes {
    /// When the calls were.
    pub window: Window,
    /// How long a caller has to book before the call is judged.
    pub days_to_book: i32,
    /// Calls that had that long.
    pub calls: i64,
    /// Calls that had not, and are not counted below.
    pub ripening: i64,
    /// Per temperature, as the rules in force have it.
    pub temperatures: ByTemperature,
    /// Per ten points, of calls that can be hot at all: new leads and existing patients.
    pub bands: Vec<Band>,
    /// Whether the threshold is right.
    pub judgement: Judgement,
}

/// Of each temperature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[expect(missing_docs, reason = "self-explaining")]
pub struct ByTemperature {
    pub hot: Outcome,
    pub warm: Outcome,
    pub cold: Outcome,
}

/// What came of some calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Outcome {
    /// How many there were.
    pub calls: i64,
    /// Those that made a visit, or whose person booked within the days that they have.
    pub booked: i64,
    /// Those whose person came to it.
    pub showed: i64,
    /// What the visits that were kept cost by the catalogue, each counted once.
    pub revenue_cents: i64,
}

/// Calls of some scores, and what came of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Band {
    /// The lowest score in it.
    pub from: i16,
    /// The highest.
    pub to: i16,
    /// What came of them.
    pub outcome: Outcome,
}

impl Outcome {
    pub(super) fn of<'a>(rows: impl Iterator<Item = &'a Tally>) -> Self {
        rows.fold(Self::default(), |sum, row| Self {
            calls: sum.calls + row.calls,
            booked: sum.booked + row.booked,
            showed: sum.showed + row.showed,
            revenue_cents: sum.revenue_cents + row.revenue_cents,
        })
    }
}

/// What came of the calls of the last `days` days, and what that says of the threshold.
pub async fn outcomes(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    settings: &Settings,
    days: i32,
) -> Result<Outcomes, sqlx::Error> {
    let window = Window::last(days, &settings.time_zone, app.clock.now());
    let rows = tally_between(tx, org, (window.since.0, window.until.0)).await?;
    told(tx, org, (settings, window), &rows).await
}

/// The same from what is kept of days that are over: for a page.
pub async fn lately(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    settings: &Settings,
    days: i32,
) -> Result<Outcomes, sqlx::Error> {
    let window = Window::last(days, &settings.time_zone, app.clock.now());
    let (since, until) = (window.since.0, window.until.0);
    let ripe = ripe_at(until).max(since);
    let mut rows = tally_days::kept_and_counted(tx, org, &settings.time_zone, (since, ripe)).await?;
    let ripening = store::tally::scored_between(tx, org, (ripe, until)).await?;
    if ripening > 0 {
        rows.push(Tally::unripe(ripening));
    }
    told(tx, org, (settings, window), &rows).await
}

/// Calls from before then have had their time to book.
pub(super) fn ripe_at(now: Timestamp) -> Timestamp {
    now.checked_sub(SignedDuration::from_hours(HOURS_TO_BOOK.into())).unwrap_or(now)
}

async fn told(
    tx: &mut PgConnection,
    org: OrgId,
    (settings, window): (&Settings, Window),
    rows: &[Tally],
) -> Result<Outcomes, sqlx::Error> {
    let own = in_force(tx, org, settings).await?.own;
    let (_, floor) = store::tally::wishes(tx, org).await?;
    let ripe: Vec<Tally> = rows.iter().filter(|row| row.is_ripe).cloned().collect();
    let of = |temperature: &str| Outcome::of(ripe.iter().filter(|row| row.temperature == temperature));
    Ok(Outcomes {
        window,
        days_to_book: HOURS_TO_BOOK / 24,
        calls: Outcome::of(ripe.iter()).calls,
        ripening: Outcome::of(rows.iter().filter(|row| !row.is_ripe)).calls,
        temperatures: ByTemperature { hot: of("hot"), warm: of("warm"), cold: of("cold") },
        bands: bands(&ripe),
        judgement: judge(&ripe, (own.hot_threshold.into(), own.warm_threshold.into()), floor),
    })
}

/// Counts the calls from an instant up to another; those that have not had their time to book by the end are not ripe.
async fn tally_between(
    tx: &mut PgConnection,
    org: OrgId,
    (since, until): (Timestamp, Timestamp),
) -> Result<Vec<Tally>, sqlx::Error> {
    let ripe = ripe_at(until);
    store::tally::tally(tx, org, Span { since, until, ripe, hours_to_book: HOURS_TO_BOOK }).await
}

/// 0 to 9, 10 to 19, … and 90 to 100.
fn bands(rows: &[Tally]) -> Vec<Band> {
    let band = |from: i16| {
        let to = if from == 90 { 100 } else { from + 9 };
        let within = |row: &&Tally| row.can_buy && (from..=to).contains(&row.score);
        Band { from, to, outcome: Outcome::of(rows.iter().filter(within)) }
    };
    (0..10).map(|ten| band(ten * 10)).collect()
}
