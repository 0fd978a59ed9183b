//! Scores a finished call and raises what follows from it.

use super::alert::{NewAlert, Trigger, raise_alert};
use super::clinical::{NewClinicalAlert, raise_clinical_alert};
use super::scoring::{self, CallClass, Rules, Scored, Speaker, Temperature, Turn};
use super::text_back::text_back_later;
use crate::calls::{self, CallRecord, Score};
use crate::orgs::{self, Settings};
use crate::platform::app::App;
use crate::platform::ids::{CallId, OrgId};
use crate::scheduling;

/// Why a call was not scored. The queue tries again.
#[derive(Debug, thiserror::Error)]
pub enum ScoreError {
    /// The database refused.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
    /// The score does not fit its column: a defect.
    #[error("the score cannot be written")]
    Unwritable(#[from] serde_json::Error),
}

/// Scores `call` from the caller's words and alerts the clinic where it must. Running twice changes nothing more.
pub async fn score_call(app: &App, org: OrgId, call: CallId) -> Result<(), ScoreError> {
    let mut tx = app.begin(org).await?;
    let Some(record) = calls::find(&mut tx, org, call).await?.filter(|call| call.has_report) else {
        return Ok(());
    };
    let settings = orgs::settings(&mut tx, &app.keys, org).await?;
    let services = scheduling::services_for_scoring(&mut tx, org).await?;
    let turns: Vec<Turn> = record.turns.iter().map(turn).collect();
    let scored = scoring::score(&turns, None, &rules(&services, &settings));
    let row = Score {
        class: word(&scored.class)?,
        score: scored.score.into(),
        temperature: word(&scored.temperature)?,
        evidence: serde_json::to_value(&scored.evidence)?,
    };
    calls::record_score(&mut tx, org, record.id, &row, app.clock.now()).await?;
    if scored.class == CallClass::ClinicalUrgency {
        raise_clinical_alert(app, &mut tx, org, &settings, clinical_alert(&record, &scored)).await?;
    } else if scored.temperature == Temperature::Hot {
        raise_alert(app, &mut tx, org, &settings, alert(&record, &scored)).await?;
    }
    text_back_later(&mut tx, org, &settings, (record.id, scored.class)).await?;
    tx.commit().await?;
    metrics::counter!("voxanne_calls_scored_total", "class" => row.class.clone(), "temperature" => row.temperature.clone())
        .increment(1);
    tracing::info!(org.id = %org, call.id = %call, class = row.class, score = row.score, "Scored a call");
    Ok(())
}

fn turn(turn: &calls::Turn) -> Turn {
    let speaker = if turn.is_caller { Speaker::Caller } else { Speaker::Assistant };
    Turn { speaker, text: turn.text.clone() }
}

/// The org's catalogue and thresholds; the default vocabulary when its catalogue says nothing about value.
fn rules(services: &[(String, Vec<String>, String)], settings: &Settings) -> Rules {
    let worth = |value: &str| -> Vec<String> {
        let of_value = services.iter().filter(|(.., lead_value)| lead_value == value);
        of_value.flat_map(|(name, aliases, _)| std::iter::once(name).chain(aliases)).cloned().collect()
    };
    let (high_value, medium) = (worth("high"), worth("medium"));
    let thresholds = Rules {
        hot_threshold: u8::try_from(settings.hot_threshold).unwrap_or(u8::MAX),
        warm_threshold: u8::try_from(settings.warm_threshold).unwrap_or(u8::MAX),
        ..Rules::default()
    };
    if high_value.is_empty() && medium.is_empty() {
        return thresholds;
    }
    Rules { high_value, medium, ..thresholds }
}

/// A verdict's name, as its serialised form has it.
fn word(verdict: &impl serde::Serialize) -> Result<String, serde_json::Error> {
    serde_json::from_value(serde_json::to_value(verdict)?)
}

fn alert<'a>(record: &'a CallRecord, scored: &'a Scored) -> NewAlert<'a> {
    NewAlert {
        call_ref: &record.call_ref,
        call: Some(record.id),
        location: None,
        trigger: Trigger::Score,
        name: record.contact_name.as_deref(),
        phone: record.caller_phone.as_deref(),
        interest: scored.interest.as_ref().map(|interest| interest.words.as_str()),
        // The platform's own summary may hold what a caller said in confidence; this much is true of every hot call.
        summary: Some("High-value lead detected during call"),
        urgency: None,
        score: Some(scored.score.into()),
    }
}

fn clinical_alert<'a>(record: &'a CallRecord, scored: &'a Scored) -> NewClinicalAlert<'a> {
    NewClinicalAlert {
        call_ref: &record.call_ref,
        call: Some(record.id),
        phone: record.caller_phone.as_deref(),
        symptom: scored.symptom().unwrap_or_default(),
        danger: scored.danger,
        trigger: Trigger::Score,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn settings() -> Settings {
        Settings {
            clinic_name: "Glow".into(),
            default_region: "US".into(),
            time_zone: "UTC".into(),
            human_phone: None,
            hot_lead_alert_phone: None,
            clinical_alert_phone: None,
            hot_threshold: 80,
            warm_threshold: 30,
            calendar_of_record: false,
            text_regions: vec![],
            texts_per_day_max: 500,
            texting_enabled: true,
            quiet_until: 8,
            quiet_from: 21,
            keep_recordings: "never".into(),
            language: crate::language::Language::English,
            texts_name_treatments: false,
            feed_names: false,
            reminder_minutes: vec![],
            alert_rungs_minutes: vec![3, 8, 15],
            alerts_wait_for_opening: false,
            missed_call_text: true,
            twilio: None,
            vapi_private_key: None,
        }
    }

    fn service(name: &str, alias: &str, value: &str) -> (String, Vec<String>, String) {
        (name.into(), vec![alias.into()], value.into())
    }

    #[test]
    fn an_orgs_catalogue_replaces_the_default_vocabulary() {
        let catalogue = [
            service("Botox", "tox", "high"),
            service("HydraFacial", "hydra", "medium"),
            service("Waxing", "wax", "low"),
        ];
        let rules = rules(&catalogue, &settings());
        assert_eq!(rules.high_value, ["Botox", "tox"]);
        assert_eq!(rules.medium, ["HydraFacial", "hydra"]);
        assert_eq!((rules.hot_threshold, rules.warm_threshold), (80, 30));
    }

    #[test]
    fn a_catalogue_without_values_keeps_the_default_vocabulary() {
        assert_eq!(
            rules(&[service("Waxing", "wax", "low")], &settings()).high_value,
            Rules::default().high_value
        );
    }

    #[test]
    fn verdicts_have_their_words() {
        assert_eq!(word(&CallClass::ClinicalUrgency).unwrap(), "clinical_urgency");
        assert_eq!(word(&Temperature::Hot).unwrap(), "hot");
    }
}
