//! The slider: which alerts there would have been from which threshold on, and which of them booked.

use serde::Serialize;
use utoipa::ToSchema;

use super::preview_rules::sentence;
use super::rules::in_force;
use super::store;
use super::store::tally::Alerted;
use super::tally_days;
use super::window::{Window, last_week};
use crate::orgs::Settings;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// The slider's positions: 40, 45, … 100.
pub(super) const FROM: i16 = 40;
const STEP: usize = 5;

/// What each threshold would have meant. Test calls are not counted.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Thresholds {
    /// When the calls were.
    pub window: Window,
    /// How many there were.
    pub calls: i64,
    /// The threshold in force.
    pub hot_threshold: i16,
    /// Alerts that staff can follow in a week; null when they did not say.
    pub alerts_per_week_budget: Option<i16>,
    /// Alerts that were raised in the last whole week, Monday to Sunday.
    pub alerts_last_week: i64,
    /// From 40 to 100.
    pub thresholds: Vec<AlertsFrom>,
    /// The lowest threshold above warm that keeps the budget; null without a budget, or when none keeps it.
    pub suggested_threshold: Option<i16>,
}

/// Alerts from one threshold on.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AlertsFrom {
    /// Hot from this score.
    pub threshold: i16,
    /// Calls that would have had an alert: hot ones, and those that the assistant raised itself.
    pub alerts: i64,
    /// As many in a week.
    pub alerts_per_week: f64,
    /// Of those callers, the ones that have booked within 14 days.
    pub booked: i64,
    /// Against the threshold in force.
    pub sentence: String,
}

/// The slider over the last `days` days.
pub async fn thresholds(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    settings: &Settings,
    days: i32,
) -> Result<Thresholds, sqlx::Error> {
    let now = app.clock.now();
    let window = Window::last(days, &settings.time_zone, now);
    let stretch = (window.since.0, window.until.0);
    let own = in_force(tx, org, settings).await?.own;
    let (hot, warm) = (i16::from(own.hot_threshold), i16::from(own.warm_threshold));
    let rows = tally_days::alerted(tx, org, &settings.time_zone, stretch, hot.min(FROM)).await?;
    let (budget, _) = store::tally::wishes(tx, org).await?;
    let (_, since, until) = last_week(&settings.time_zone, now);
    let (alerts_now, _) = alerts_from(&rows, hot);
    let from = |threshold| {
        let (alerts, booked) = alerts_from(&rows, threshold);
        AlertsFrom {
            threshold,
            alerts,
            alerts_per_week: per_week(alerts, days),
            booked,
            sentence: sentence(alerts, alerts_now),
        }
    };
    Ok(Thresholds {
        calls: store::tally::scored_between(tx, org, stretch).await?,
        hot_threshold: hot,
        alerts_per_week_budget: budget,
        alerts_last_week: store::tally::alerts_between(tx, org, (since, until)).await?,
        thresholds: (FROM..=100).step_by(STEP).map(from).collect(),
        suggested_threshold: budget.and_then(|budget| suggested(&rows, (budget, days), warm)),
        window,
    })
}

/// The lowest position above `warm` from which on there were no more alerts than the budget, if there is one.
pub(super) fn suggested(rows: &[Alerted], (budget, days): (i16, i32), warm: i16) -> Option<i16> {
    let keeps = |threshold: &i16| alerts_from(rows, *threshold).0 * 7 <= i64::from(budget) * i64::from(days);
    (FROM..=100).step_by(STEP).filter(|threshold| *threshold > warm).find(keeps)
}

/// Alerts from a threshold on, and those whose callers booked.
pub(super) fn alerts_from(rows: &[Alerted], threshold: i16) -> (i64, i64) {
    let alerts = rows.iter().filter(|row| row.by_tool || (row.can_buy && row.score >= threshold));
    alerts.fold((0, 0), |(calls, booked), row| (calls + row.calls, booked + row.booked))
}

/// To a tenth.
fn per_week(alerts: i64, days: i32) -> f64 {
    let alerts = f64::from(i32::try_from(alerts).unwrap_or(i32::MAX));
    (alerts * 70.0 / f64::from(days)).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(score: i16, calls: i64, by_tool: bool) -> Alerted {
        Alerted { can_buy: true, score, by_tool, calls, booked: 1 }
    }

    #[test]
    fn the_suggested_threshold_is_the_lowest_that_keeps_the_budget() {
        let rows = [calls(70, 15, false), calls(90, 3, false), calls(20, 1, true)];
        assert_eq!(alerts_from(&rows, 70), (19, 3));
        assert_eq!(alerts_from(&rows, 75), (4, 2), "what the assistant raised stays");
        // 4 alerts in 28 days are one a week.
        assert_eq!(suggested(&rows, (1, 28), 40), Some(75));
        assert_eq!(suggested(&rows, (5, 28), 40), Some(45), "19 alerts are less than five a week");
        assert_eq!(suggested(&rows, (1, 7), 40), Some(95));
        assert_eq!(
            suggested(&[calls(20, 9, true)], (1, 7), 40),
            None,
            "no threshold keeps the assistant back"
        );
        assert!((per_week(19, 28) - 4.8).abs() < f64::EPSILON);
    }

    #[test]
    fn a_suggestion_stays_above_warm() {
        assert_eq!(suggested(&[], (1, 28), 60), Some(65));
    }
}
