//! Tells a clinic that its alerts are more than it wants, and from which threshold on they would not have been.

use super::outcomes::HOURS_TO_BOOK;
use super::rules::in_force;
use super::store;
use super::thresholds::{FROM, alerts_from, suggested};
use super::window::last_week;
use crate::orgs;
use crate::platform::app::App;
use crate::platform::ids::OrgId;
use crate::tasks::{self, NewTask};

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
    let own = in_force(&mut tx, org, &settings).await?.own;
    let rows = store::tally::alerted(&mut tx, org, (since, until), (FROM, HOURS_TO_BOOK)).await?;
    let way_out = match suggested(&rows, (budget, 7), own.warm_threshold.into()) {
        Some(wanted) if wanted <= own.hot_threshold.into() => {
            "The rules in force now would have kept to that.".to_owned()
        }
        Some(wanted) => {
            let (then, _) = alerts_from(&rows, wanted);
            format!(
                "From a threshold of {wanted} on instead of {} there would have been {then}.",
                own.hot_threshold
            )
        }
        None => "No threshold would have kept to that: look at the words and weights of scoring.".to_owned(),
    };
    let task = NewTask {
        kind: "alert_budget",
        title: format!("{alerts} hot lead alerts last week, more than the {budget} you want. {way_out}"),
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
