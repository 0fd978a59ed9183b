//! Alerts clinical staff to a caller who may be hurt. Never a sales lead.

use super::acknowledge::withdraw;
use super::alert::{Raised, Trigger};
use super::escalation::{AlertKind, Via};
use super::ladder::Ladder;
use super::scoring::Danger;
use super::store::escalations::{self, NewEscalation};
use crate::mail;
use crate::messaging::wording;
use crate::notifications::{self, NewNotification};
use crate::orgs::Settings;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{CallId, OrgId};
use crate::tasks::{self, NewTask};

/// Somebody who may be hurt, as far as it is known. Names a person: deliberately no `Debug`.
#[derive(Clone, Copy)]
pub struct NewClinicalAlert<'a> {
    /// The platform's call: there is one alert for it.
    pub call_ref: &'a str,
    /// Our record of it.
    pub call: Option<CallId>,
    /// The number to call back, E.164.
    pub phone: Option<&'a str>,
    /// The symptom's words ("swollen"), never the transcript.
    pub symptom: &'a str,
    /// How fast somebody must act.
    pub danger: Option<Danger>,
    /// What raised it.
    pub trigger: Trigger,
    /// Whether the assistant named emergency services to them; `None` while the call goes on, and nobody knows what it will say.
    pub named_help: Option<bool>,
}

/// Raises the call's one clinical alert: ladder, text, e-mails, notification and task in the caller's transaction. A hot lead that
/// the call was told as before is none any more.
///
/// The constraint decides between triggers that race: the second waits for the first one's commit and does nothing. Against a hot
/// lead the row of the call decides, which whoever raises either has written to.
pub async fn raise_clinical_alert(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    settings: &Settings,
    new: NewClinicalAlert<'_>,
) -> Result<Raised, sqlx::Error> {
    let ladder = NewEscalation {
        id: app.new_id(),
        kind: AlertKind::Clinical,
        call_ref: new.call_ref,
        call: new.call,
        location: None,
        lead_name: None,
        lead_phone: new.phone,
        about: Some(new.symptom).filter(|symptom| !symptom.is_empty()),
        is_of_report: new.trigger == Trigger::Score,
    };
    withdraw(app, tx, org, settings, (new.call_ref, "clinical", Via::Clinical)).await?;
    let Some(mut escalation) = escalations::insert(tx, org, &ladder, app.clock.now()).await? else {
        let text_queued = escalations::has_text(tx, org, (AlertKind::Clinical, new.call_ref)).await?;
        return Ok(Raised { first: false, text_queued });
    };
    let caller = new.phone.unwrap_or_default();
    let is_emergency = new.danger == Some(Danger::Emergency);
    let words = if is_emergency { wording::clinical_emergency_alert } else { wording::clinical_alert };
    let ladder = Ladder::read(app, tx, org, settings).await?;
    let text =
        ladder.climb(tx, &mut escalation, (Some(words(caller, new.symptom, new.named_help)), &[])).await?;
    let key = task_key(new.call_ref);
    let alert = mail::StaffAlert::Clinical { phone: caller, reported: new.symptom };
    let clinic = (org, settings.clinic_name.as_str());
    let about = mail::About { reason: &key, call: new.call, location: escalation.location };
    mail::alert_recipients(app, tx, clinic, alert, about).await?;
    let notification = NewNotification {
        kind: "clinical_urgency",
        title: "A caller may have a reaction: call back now".into(),
        subject: Some(new.call.map_or(("escalation", escalation.id.0), |call| ("call", call.0))),
        dedupe_key: key.clone(),
    };
    notifications::notify(app, tx, org, &notification).await?;
    let title = if is_emergency {
        "Call back now: this may be an emergency, make sure that emergency services were called"
    } else {
        "Call back now: the caller reported a possible reaction"
    };
    let task = NewTask {
        kind: "clinical_call_back",
        title: title.into(),
        call: new.call,
        dedupe_key: key,
        ..NewTask::default()
    };
    tasks::raise(app, tx, org, &task).await?;
    metrics::counter!("voxanne_clinical_alerts_total").increment(1);
    Ok(Raised { first: true, text_queued: text.is_some() })
}

/// The reason of the task, the notification and the e-mails of a call in which somebody may be hurt.
pub(super) fn task_key(call_ref: &str) -> String {
    format!("clinical:{call_ref}")
}
