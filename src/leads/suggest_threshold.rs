//! Tells a clinic that its alerts are more than it wants, and from which threshold on they would not have been.

use super::store;
use super::thresholds::thresholds;
use super::window::last_week;
use crate::orgs;
use crate::platform::app::App;
use crate::platform::ids::OrgId;
use crate::tasks::{self, NewTask};

/// Days over which the suggestion is made: one week alone may be an accident.
const DAYS: i32 = 28;

/// Leaves one task when the last whole week had more alerts than the org's budget. No alert is ever kept back for it.
pub async fn suggest_threshold(app: &App, org: OrgId) -> Result<bool, sqlx::Error> {
    let mut tx = app.begin(org).await?;
    let (Some(budget), _) = store::tally::wishes(&mut tx, org).await? else { return Ok(false) };
    let settings = orgs::settings(&mut tx, &app.keys, org).await?;
    let (monday, since, until) = last_week(&settings.time_zone, app.clock.now());
    let alerts = store::tally::alerts_between(&mut tx, org, (since, until)).await?;
    if alerts <= i64::from(budget) {
        return Ok(false);
    }
    let slider = thresholds(app, &mut tx, org, &settings, DAYS).await?;
    let way_out = match slider.suggested_threshold.filter(|wanted| *wanted > slider.hot_threshold) {
        Some(wanted) => {
            format!("A threshold of {wanted} instead of {} would have kept it", slider.hot_threshold)
        }
        None => "No higher threshold would have kept it: look at the words and weights".to_owned(),
    };
    let task = NewTask {
        kind: "alert_budget",
        title: format!("{alerts} hot lead alerts last week, more than your {budget}. {way_out}"),
        dedupe_key: format!("alert_budget:{monday}"),
        ..NewTask::default()
    };
    let is_new = tasks::raise(app, &mut tx, org, &task).await?;
    tx.commit().await?;
    if is_new {
        metrics::counter!("voxanne_alert_budgets_exceeded_total").increment(1);
    }
    Ok(is_new)
}
