//! Scores a finished call and raises what follows from it.

use super::alert::{NewAlert, StaffAlert, Trigger, raise_alert, text_staff};
use super::rules::in_force;
use super::scoring::{CallClass, Polarity, Rule, Scored, Temperature, Turn};
use super::store;
use super::text_back::text_back_later;
use super::verdict::{turn, verdict};
use crate::calls::{self, CallRecord};
use crate::mail;
use crate::messaging::{Kind, wording};
use crate::notifications::{self, NewNotification};
use crate::orgs::{self, Settings};
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{CallId, OrgId};
use crate::tasks::{self, NewTask};

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
    let (scored, row) = verdict(&turns, None, &rules)?;
    calls::record_score(&mut tx, org, record.id, &row, app.clock.now()).await?;
    if scored.class == CallClass::ClinicalUrgency {
        raise_clinical_alert(app, &mut tx, org, &settings, &record, &scored).await?;
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

fn alert<'a>(record: &'a CallRecord, scored: &'a Scored) -> NewAlert<'a> {
    NewAlert {
        call_ref: &record.call_ref,
        call: Some(record.id),
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

/// Text, e-mails, notification and task; never a sales lead.
async fn raise_clinical_alert(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    settings: &Settings,
    record: &CallRecord,
    scored: &Scored,
) -> Result<(), sqlx::Error> {
    let key = format!("clinical:{}", record.call_ref);
    let symptom =
        scored.evidence.iter().find(|e| e.rule == Rule::Clinical && e.polarity == Polarity::Affirmed);
    let reported = symptom.map_or("", |e| e.words.as_str());
    let caller = record.caller_phone.as_deref().unwrap_or_default();
    let text = StaffAlert {
        kind: Kind::ClinicalAlert,
        body: wording::clinical_alert(caller, reported),
        dedupe_key: key.clone(),
        call: Some(record.id),
    };
    let phone = settings.clinical_alert_phone.as_deref().or(settings.hot_lead_alert_phone.as_deref());
    text_staff(app, tx, org, settings, phone, text).await?;
    let (clinic, alert) =
        ((org, settings.clinic_name.as_str()), mail::StaffAlert::Clinical { phone: caller, reported });
    mail::alert_recipients(app, tx, clinic, alert, (&key, Some(record.id))).await?;
    let notification = NewNotification {
        kind: "clinical_urgency",
        title: "A caller may have a reaction: call back now".into(),
        subject: Some(("call", record.id.0)),
        dedupe_key: key.clone(),
    };
    notifications::notify(app, tx, org, &notification).await?;
    let task = NewTask {
        kind: "clinical_call_back",
        title: "Call back now: the caller reported a possible reaction".into(),
        call: Some(record.id),
        dedupe_key: key,
        ..NewTask::default()
    };
    tasks::raise(app, tx, org, &task).await?;
    metrics::counter!("voxanne_clinical_alerts_total").increment(1);
    Ok(())
}
