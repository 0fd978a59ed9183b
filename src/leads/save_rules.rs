//! Puts other rules in force, as a version that follows the last one.

use serde_json::json;

use super::rescore_calls::rescore_later;
use super::scoring_settings::{ScoringInForce, ScoringSettings};
use super::store;
use crate::accounts::{self, Act};
use crate::orgs;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// Saves `wanted`, under [`lock_scoring_rules`](super::lock_scoring_rules). Other rules are a new version, by which history is scored again; the same
/// rules are none. True when there is one.
///
/// The thresholds stay in the org's settings too, in step, for whoever reads only those.
pub async fn save_rules(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (there, wanted): (&ScoringInForce, &ScoringSettings),
    (note, by): (Option<&str>, &str),
) -> Result<bool, sqlx::Error> {
    let now = app.clock.now();
    let columns = json!({
        "hot_threshold": wanted.rules.hot_threshold,
        "warm_threshold": wanted.rules.warm_threshold,
        "alerts_per_week_budget": wanted.alerts_per_week_budget,
        "precision_floor_percent": wanted.precision_floor_percent,
    });
    orgs::update_settings(tx, org, &columns, now).await?;
    let is_new = there.settings.rules != wanted.rules;
    let version = there.version + i32::from(is_new);
    if is_new {
        let rules = serde_json::to_value(&wanted.rules).map_err(|e| sqlx::Error::Encode(Box::new(e)))?;
        store::rules::insert_version(tx, org, (version, &rules), (note, by), now).await?;
        rescore_later(tx, org).await?;
    }
    let act = Act {
        actor: by,
        action: "scoring_rules.write",
        subject: None,
        detail: json!({ "version": version, "is_new": is_new, "settings": columns }),
    };
    accounts::record_act(app, tx, org, &act).await?;
    Ok(is_new)
}
