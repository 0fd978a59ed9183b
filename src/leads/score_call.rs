//! Scores a finished call and raises what follows from it.

use super::acknowledge::withdraw;
use super::alert::{NewAlert, Trigger, raise_alert};
use super::clinical::{NewClinicalAlert, raise_clinical_alert};
use super::escalation::Via;
use super::named_help::named_help;
use super::offer_times::offer_times_later;
use super::rules::in_force;
use super::scoring::{CallClass, Scored, Temperature, Turn};
use super::store;
use super::store::of_call;
use super::text_back::text_back_later;
use super::verdict::{turn, verdict};
use crate::calls::{self, CallRecord};
use crate::orgs;
use crate::phone::emergency_number;
use crate::platform::app::App;
use crate::platform::ids::{CallId, OrgId};

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
    // Who saves another version waits until this score is there, and then finds it.
    store::rules::keep_version(&mut tx, org).await?;
    let rules = in_force(&mut tx, org, &settings).await?;
    let turns: Vec<Turn> = record.turns.iter().map(turn).collect();
    let platform = store::scores::sentiment(record.platform_sentiment.as_deref());
    let (scored, row) = verdict(&turns, platform, &rules)?;
    calls::record_score(&mut tx, org, record.id, &row, app.clock.now()).await?;
    if scored.class == CallClass::ClinicalUrgency {
        let named = named_help(&turns, emergency_number(&settings.default_region));
        raise_clinical_alert(app, &mut tx, org, &settings, clinical_alert(&record, &scored, named)).await?;
    } else if scored.temperature == Temperature::Hot && !of_call::has_booked(&mut tx, org, record.id).await? {
        raise_alert(app, &mut tx, org, &settings, alert(&record, &scored)).await?;
    } else if !scored.class.can_buy() {
        // What the assistant took for a lead while the call went on.
        withdraw(app, &mut tx, org, &settings, (&record.call_ref, &row.class, Via::NoLead)).await?;
    }
    text_back_later(&mut tx, org, &settings, (record.id, scored.class)).await?;
    offer_times_later(&mut tx, org, &settings, (&record, &scored)).await?;
    tx.commit().await?;
    metrics::counter!("voxanne_calls_scored_total", "class" => row.class.clone(), "temperature" => row.temperature.clone())
        .increment(1);
    tracing::info!(org.id = %org, call.id = %call, class = row.class, score = row.score, "Scored a call");
    Ok(())
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

fn clinical_alert<'a>(
    record: &'a CallRecord,
    scored: &'a Scored,
    named_help: Option<bool>,
) -> NewClinicalAlert<'a> {
    NewClinicalAlert {
        call_ref: &record.call_ref,
        call: Some(record.id),
        phone: record.caller_phone.as_deref(),
        symptom: scored.symptom().unwrap_or_default(),
        danger: scored.danger,
        trigger: Trigger::Score,
        named_help,
    }
}
