//! What an org decided about scoring, as it is in force.

use super::rescore_calls::rescored_since;
use super::rules::{ExtraWords, OwnRules, in_force};
use super::store;
use crate::orgs::Settings;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// What an org decided about scoring and alerts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoringSettings {
    /// The rules.
    pub rules: OwnRules,
    /// Alerts that staff can follow in a week.
    pub alerts_per_week_budget: Option<i16>,
    /// Of a hundred hot callers, how many should book at least.
    pub precision_floor_percent: Option<i16>,
}

/// The same as it is in force.
#[derive(Debug, Clone)]
pub struct ScoringInForce {
    /// 0 before one was saved.
    pub version: i32,
    /// What was decided.
    pub settings: ScoringSettings,
    /// Words of the catalogue that are worth a call back, and those of ordinary value.
    pub catalogue_words: (Vec<String>, Vec<String>),
    /// How many calls of the last 90 days before the version it has scored, and how many there are.
    pub rescored: Option<(i64, i64)>,
}

/// Waits for whoever scores or saves, so that what is read next is in force until the transaction ends.
pub async fn lock_scoring_rules(tx: &mut PgConnection, org: OrgId) -> Result<(), sqlx::Error> {
    store::rules::lock_versions(tx, org).await
}

/// What is in force, and how far history has been scored by it.
pub async fn scoring_in_force(
    tx: &mut PgConnection,
    org: OrgId,
    settings: &Settings,
) -> Result<ScoringInForce, sqlx::Error> {
    let now = in_force(tx, org, settings).await?;
    let (budget, floor) = store::tally::wishes(tx, org).await?;
    let rescored = match now.saved_at {
        Some(saved_at) => {
            let since = (rescored_since(saved_at, &settings.time_zone), now.version);
            Some(store::scores::progress(tx, org, since).await?)
        }
        None => None,
    };
    let words =
        OwnRules { extra_words: ExtraWords::default(), ..now.own.clone() }.with_catalogue(&now.services);
    Ok(ScoringInForce {
        version: now.version,
        settings: ScoringSettings {
            rules: now.own,
            alerts_per_week_budget: budget,
            precision_floor_percent: floor,
        },
        catalogue_words: (words.high_value, words.medium),
        rescored,
    })
}
