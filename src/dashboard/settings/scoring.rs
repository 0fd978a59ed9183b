//! `/dashboard/settings/scoring`: from which score on a call is hot, by which weights and words, and what other rules would have
//! changed.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;

use super::{Group, groups, opened};
use crate::accounts::Scope;
use crate::api;
use crate::dashboard::page::{self, PageError};
use crate::dashboard::shell::{Place, Shell};
use crate::dashboard::signed_in::SignedIn;
use crate::leads::{self, AlertsFrom, RulesVersion, ScoringInForce, Thresholds};
use crate::orgs;
use crate::platform::app::App;

/// Days that the slider looks back.
const DAYS: i32 = 28;
/// Versions that are shown.
const VERSIONS: i64 = 10;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/dashboard/settings/scoring", get(show_scoring))
}

#[derive(Template)]
#[template(path = "dashboard/settings/scoring.html")]
struct ScoringPage {
    s: Shell,
    groups: Vec<Group>,
    here: &'static str,
    there: ScoringInForce,
    thresholds: Thresholds,
    versions: Vec<RulesVersion>,
}

impl ScoringPage {
    /// "You would have had 4 alerts instead of 19."
    fn sentence(&self, from: &AlertsFrom) -> String {
        let now = self.now();
        let said = if from.alerts == now {
            self.s.tn("You would have had {} alerts, as now.", now)
        } else {
            self.s.tn("You would have had {} alerts instead of {}.", from.alerts).replacen(
                "{}",
                &now.to_string(),
                1,
            )
        };
        format!("{said} {}", self.s.tn("{} of those callers booked.", from.booked))
    }

    /// Alerts by the threshold in force.
    fn now(&self) -> i64 {
        let at = self.thresholds.hot_threshold;
        let in_force = self.thresholds.thresholds.iter().rev().find(|one| one.threshold <= at);
        in_force.map_or(0, |one| one.alerts)
    }

    /// The slider's position nearest to the threshold in force.
    fn position(&self) -> i16 {
        (self.thresholds.hot_threshold / 5 * 5).clamp(40, 100)
    }

    /// What a change of it is a change of.
    fn version(&self) -> String {
        api::scoring_etag(&self.there)
    }

    fn high_value(&self) -> String {
        self.there.settings.rules.extra_words.high_value.join("\n")
    }

    fn medium(&self) -> String {
        self.there.settings.rules.extra_words.medium.join("\n")
    }

    /// What a version decides, in short: its threshold.
    fn hot_of(&self, version: &RulesVersion) -> String {
        version.rules["hot_threshold"].as_i64().map_or_else(String::new, |hot| self.s.tn("Hot from {}", hot))
    }
}

async fn show_scoring(State(app): State<App>, SignedIn(staff): SignedIn) -> Result<Response, PageError> {
    let org = staff.org;
    let (mut tx, s) = opened(&app, staff, Scope::SettingsRead).await?;
    let settings = orgs::settings(&mut tx, &app.keys, org).await?;
    let page = ScoringPage {
        there: leads::scoring_in_force(&mut tx, org, &settings).await?,
        thresholds: leads::thresholds(&app, &mut tx, org, &settings, DAYS).await?,
        versions: leads::rules_versions(&mut tx, org, (None, VERSIONS)).await?,
        groups: groups(&s.staff),
        here: "/scoring",
        s,
    };
    tx.commit().await?;
    Ok(page::render(&page))
}
