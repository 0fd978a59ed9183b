//! What is counted of a day, so that days add up.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::days::{Columns, SiteDay};
use super::store::calls::CallRow;
use super::store::hot::HotRow;
use super::store::speed::SpeedRow;
use super::store::texts::TextRow;
use super::store::unmet::UnmetRow;
use super::store::visits::DueRow;
use super::store::{self};
use crate::leads::HOURS_TO_BOOK;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// Everything of one day of one site but for hot calls, which take longer to be known.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct DayCounts {
    pub calls: Vec<CallCounts>,
    pub due: Vec<DueRow>,
    pub speed: Vec<SpeedCounts>,
    pub texts: Vec<TextRow>,
    pub unmet: Vec<UnmetRow>,
}

/// Calls of one assistant, or of those that nobody knows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CallCounts {
    pub assistant: Option<Uuid>,
    /// Each hour of the site's clock in which somebody called, with how many did.
    pub hours: Vec<(i16, i64)>,
    pub calls: i64,
    pub answered: i64,
    pub missed: i64,
    pub after_hours: i64,
    pub booked: i64,
    pub bookings: i64,
    pub booked_cents: i64,
    pub new_leads: i64,
    pub new_leads_booked: i64,
    pub leads: i64,
    pub hot: i64,
    pub leads_booked: i64,
    pub leads_came: i64,
    pub leads_kept: i64,
    pub leads_kept_cents: i64,
    pub seconds: i64,
    pub cost_micros: i64,
}

/// Alerts of hot leads, of calls of one assistant. Medians do not add up: times are kept one by one, in seconds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct SpeedCounts {
    pub assistant: Option<Uuid>,
    pub alerts: i64,
    pub to_alert: Vec<f64>,
    pub to_acknowledge: Vec<f64>,
}

impl CallCounts {
    fn add(&mut self, row: &CallRow) {
        self.hours.push((row.hour, row.calls));
        self.calls += row.calls;
        self.answered += row.answered;
        self.missed += row.missed;
        self.after_hours += row.after_hours;
        self.booked += row.booked;
        self.bookings += row.bookings;
        self.booked_cents += row.booked_cents;
        self.new_leads += row.new_leads;
        self.new_leads_booked += row.new_leads_booked;
        self.leads += row.leads;
        self.hot += row.hot;
        self.leads_booked += row.leads_booked;
        self.leads_came += row.leads_came;
        self.leads_kept += row.leads_kept;
        self.leads_kept_cents += row.leads_kept_cents;
        self.seconds += row.seconds;
        self.cost_micros += row.cost_micros;
    }
}

impl DayCounts {
    fn add_calls(&mut self, row: &CallRow) {
        let at = self.calls.iter().position(|one| one.assistant == row.assistant);
        let at = at.unwrap_or_else(|| {
            self.calls.push(CallCounts { assistant: row.assistant, ..CallCounts::default() });
            self.calls.len() - 1
        });
        self.calls[at].add(row);
    }

    fn add_speed(&mut self, row: &SpeedRow) {
        let at = self.speed.iter().position(|one| one.assistant == row.assistant);
        let at = at.unwrap_or_else(|| {
            self.speed.push(SpeedCounts { assistant: row.assistant, ..SpeedCounts::default() });
            self.speed.len() - 1
        });
        self.speed[at].alerts += 1;
        self.speed[at].to_alert.extend(row.to_alert);
        self.speed[at].to_acknowledge.extend(row.to_acknowledge);
    }

    /// Leaves only what one assistant did.
    pub fn only(&mut self, assistant: Uuid) {
        let only = Some(assistant);
        self.calls.retain(|row| row.assistant == only);
        self.due.retain(|row| row.assistant == only);
        self.speed.retain(|row| row.assistant == only);
        self.texts.retain(|row| row.assistant == only);
        self.unmet.retain(|row| row.assistant == only);
    }
}

/// Which of the days a row is of.
struct Places<'a>(HashMap<(Uuid, Timestamp), usize>, &'a [SiteDay]);

impl<'a> Places<'a> {
    fn of(days: &'a [SiteDay]) -> Self {
        Self(days.iter().enumerate().map(|(at, day)| ((day.site, day.since), at)).collect(), days)
    }

    /// The rows of each day.
    fn sort<R>(&self, rows: Vec<R>, key: fn(&R) -> (Uuid, Timestamp)) -> Vec<Vec<R>> {
        let mut sorted: Vec<Vec<R>> = self.1.iter().map(|_| Vec::new()).collect();
        for row in rows {
            if let Some(at) = self.0.get(&key(&row)) {
                sorted[*at].push(row);
            }
        }
        sorted
    }
}

/// Counts each of the days from the rows as they are.
pub(super) async fn count(
    tx: &mut PgConnection,
    org: OrgId,
    (days, home): (&[SiteDay], Uuid),
) -> Result<Vec<DayCounts>, sqlx::Error> {
    if days.is_empty() {
        return Ok(Vec::new());
    }
    let (columns, places) = (Columns::of(days), Places::of(days));
    let calls = store::calls::calls(tx, org, (&columns, home)).await?;
    let calls = places.sort(calls, |row| (row.site, row.since.to_jiff()));
    let due = places.sort(store::visits::due(tx, org, &columns).await?, |row| (row.site, row.since));
    let speed = store::speed::speed(tx, org, (&columns, home)).await?;
    let speed = places.sort(speed, |row| (row.site, row.since));
    let texts = store::texts::texts(tx, org, (&columns, home)).await?;
    let texts = places.sort(texts, |row| (row.site, row.since));
    let unmet = places.sort(store::unmet::unmet(tx, org, &columns).await?, |row| (row.site, row.since));
    let rest = due.into_iter().zip(speed).zip(texts).zip(unmet);
    let counted = calls.into_iter().zip(rest).map(|(calls, (((due, speed), texts), unmet))| {
        let mut counts = DayCounts { due, texts, unmet, ..DayCounts::default() };
        for row in &calls {
            counts.add_calls(row);
        }
        for row in &speed {
            counts.add_speed(row);
        }
        counts
    });
    Ok(counted.collect())
}

/// Counts the hot calls of each of the days, as far as they have had their time to book by `ripe`.
pub(super) async fn count_hot(
    tx: &mut PgConnection,
    org: OrgId,
    (days, home): (&[SiteDay], Uuid),
    ripe: Timestamp,
) -> Result<Vec<Vec<HotRow>>, sqlx::Error> {
    if days.is_empty() {
        return Ok(Vec::new());
    }
    let rows = store::hot::hot(tx, org, (&Columns::of(days), home), (ripe, HOURS_TO_BOOK)).await?;
    Ok(Places::of(days).sort(rows, |row| (row.site, row.since)))
}
