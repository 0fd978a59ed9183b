//! By what the calls of an org are scored: its catalogue, and the newest version of its own rules.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::scoring::{Rules, Weights};
use super::store;
use crate::orgs::Settings;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;
use crate::scheduling::{self, ScoredService};

/// What a version decides. The catalogue's own words count beside these, by what each service is worth as a lead.
///
/// What is missing in a stored version is the default: versions of earlier releases stay readable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OwnRules {
    /// Points per rule.
    pub weights: Weights,
    /// Hot from this score.
    pub hot_threshold: u8,
    /// Warm from this score; below [`hot_threshold`](Self::hot_threshold).
    pub warm_threshold: u8,
    /// Words beside the catalogue's.
    pub extra_words: ExtraWords,
    /// Whether the platform's reading of the caller's mood counts.
    pub trusts_platform: bool,
}

/// Words that name a service beside those of the catalogue.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExtraWords {
    /// Worth a call back.
    pub high_value: Vec<String>,
    /// Of ordinary value.
    pub medium: Vec<String>,
}

impl Default for OwnRules {
    fn default() -> Self {
        let Rules { weights, hot_threshold, warm_threshold, trusts_platform, .. } = Rules::default();
        Self { weights, hot_threshold, warm_threshold, extra_words: ExtraWords::default(), trusts_platform }
    }
}

impl OwnRules {
    /// What holds before any version was saved.
    fn of_settings(settings: &Settings) -> Self {
        Self {
            hot_threshold: u8::try_from(settings.hot_threshold).unwrap_or(u8::MAX),
            warm_threshold: u8::try_from(settings.warm_threshold).unwrap_or(u8::MAX),
            ..Self::default()
        }
    }

    /// With the words of `services`; the default vocabulary stands in for a catalogue that says nothing about value.
    pub(super) fn with_catalogue(&self, services: &[ScoredService]) -> Rules {
        let (mut high_value, mut medium) = (words_worth(services, "high"), words_worth(services, "medium"));
        if high_value.is_empty() && medium.is_empty() {
            Rules { high_value, medium, .. } = Rules::default();
        }
        high_value.extend(self.extra_words.high_value.iter().cloned());
        medium.extend(self.extra_words.medium.iter().cloned());
        Rules {
            high_value,
            medium,
            weights: self.weights,
            hot_threshold: self.hot_threshold,
            warm_threshold: self.warm_threshold,
            trusts_platform: self.trusts_platform,
        }
    }
}

/// Names and aliases of the services that are worth `lead_value`.
pub(super) fn words_worth(services: &[ScoredService], lead_value: &str) -> Vec<String> {
    let of_value = services.iter().filter(|service| service.lead_value == lead_value);
    of_value.flat_map(|service| std::iter::once(&service.name).chain(&service.aliases)).cloned().collect()
}

/// Everything that a score is made by.
#[derive(Debug, Clone)]
pub(super) struct InForce {
    /// 0 before a version was saved.
    pub version: i32,
    /// When it was saved.
    pub saved_at: Option<Timestamp>,
    /// What it decides.
    pub own: OwnRules,
    /// What can be wanted, and what it costs.
    pub services: Vec<ScoredService>,
}

/// The version in force with the catalogue as it is now.
pub(super) async fn in_force(
    tx: &mut PgConnection,
    org: OrgId,
    settings: &Settings,
) -> Result<InForce, sqlx::Error> {
    let newest = store::rules::versions(tx, org, (None, 1)).await?.into_iter().next();
    let services = scheduling::services_for_scoring(tx, org).await?;
    let Some(newest) = newest else {
        return Ok(InForce { version: 0, saved_at: None, own: OwnRules::of_settings(settings), services });
    };
    let own = serde_json::from_value(newest.rules).map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
    Ok(InForce { version: newest.version, saved_at: Some(newest.created_at.to_jiff()), own, services })
}

/// By what a call of the org is scored now, and the version that says so: 0 before one was saved.
pub async fn rules_in_force(
    tx: &mut PgConnection,
    org: OrgId,
    settings: &Settings,
) -> Result<(i32, Rules), sqlx::Error> {
    let InForce { version, own, services, .. } = in_force(tx, org, settings).await?;
    Ok((version, own.with_catalogue(&services)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use uuid::Uuid;

    use super::*;
    use crate::platform::ids::ServiceId;

    fn service(name: &str, alias: &str, value: &str) -> ScoredService {
        ScoredService {
            id: ServiceId(Uuid::nil()),
            name: name.into(),
            aliases: vec![alias.into()],
            lead_value: value.into(),
            price_cents: None,
        }
    }

    #[test]
    fn an_orgs_catalogue_replaces_the_default_vocabulary_and_its_own_words_come_to_it() {
        let catalogue = [
            service("Botox", "tox", "high"),
            service("HydraFacial", "hydra", "medium"),
            service("Waxing", "wax", "low"),
        ];
        let extra_words = ExtraWords { high_value: vec!["jeuveau".into()], medium: vec!["glow up".into()] };
        let own = OwnRules { hot_threshold: 80, warm_threshold: 30, extra_words, ..OwnRules::default() };
        let rules = own.with_catalogue(&catalogue);
        assert_eq!(rules.high_value, ["Botox", "tox", "jeuveau"]);
        assert_eq!(rules.medium, ["HydraFacial", "hydra", "glow up"]);
        assert_eq!((rules.hot_threshold, rules.warm_threshold), (80, 30));
    }

    #[test]
    fn a_catalogue_without_values_keeps_the_default_vocabulary() {
        let rules = OwnRules::default().with_catalogue(&[service("Waxing", "wax", "low")]);
        assert_eq!(rules, Rules::default());
    }

    #[test]
    fn a_version_of_an_earlier_release_is_read_with_the_defaults_of_this_one() {
        let own: OwnRules = serde_json::from_str(r#"{"hot_threshold": 85, "more": 1}"#).unwrap();
        assert_eq!(own, OwnRules { hot_threshold: 85, ..OwnRules::default() });
    }
}
