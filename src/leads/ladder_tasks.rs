//! What a ladder leaves for people to do.

use super::clinical;
use super::escalation::{AlertKind, Escalation};
use super::ladder::Ladder;
use crate::notifications::{self, NewNotification};
use crate::platform::db::PgConnection;
use crate::platform::ids::EscalationId;
use crate::tasks::{self, NewTask};

impl Ladder<'_> {
    /// Nobody can be told by text.
    pub async fn ask_for_a_phone(
        &self,
        tx: &mut PgConnection,
        escalation: &Escalation,
    ) -> Result<(), sqlx::Error> {
        let task = NewTask {
            kind: "set_alert_phone",
            title: "Set the alert phone in Settings: alerts reach nobody by text".into(),
            call: escalation.call,
            dedupe_key: "set_alert_phone".into(),
            ..NewTask::default()
        };
        tasks::raise(self.app, tx, self.org, &task).await.map(drop)
    }

    /// The last rung ran.
    pub async fn nobody_took_it(
        &self,
        tx: &mut PgConnection,
        escalation: &Escalation,
    ) -> Result<(), sqlx::Error> {
        let who = escalation.lead_name.as_deref().unwrap_or("a caller");
        let title = match escalation.kind {
            AlertKind::HotLead => format!("Nobody has acknowledged a hot lead: call {who} back"),
            AlertKind::Clinical => {
                "Nobody has acknowledged a clinical alert: call the caller back now".to_owned()
            }
        };
        let dedupe_key = unacknowledged(escalation.id);
        let subject = Some(("escalation", escalation.id.0));
        let notification = NewNotification {
            kind: "alert_unacknowledged",
            title: title.clone(),
            subject,
            dedupe_key: dedupe_key.clone(),
        };
        notifications::notify(self.app, tx, self.org, &notification).await?;
        let task = NewTask {
            kind: "alert_unacknowledged",
            title,
            call: escalation.call,
            dedupe_key,
            ..NewTask::default()
        };
        // A reaction has had its task from the start, which says the same.
        let since_the_start = clinical::task_key(&escalation.call_ref);
        let is_there =
            escalation.kind == AlertKind::Clinical && tasks::is_open(tx, self.org, &since_the_start).await?;
        if !is_there {
            tasks::raise(self.app, tx, self.org, &task).await?;
        }
        metrics::counter!("voxanne_alerts_unacknowledged_total", "kind" => escalation.kind.as_str())
            .increment(1);
        Ok(())
    }

    /// Whoever comes first finds the lead, whatever becomes of the text.
    pub async fn leave_for_opening(
        &self,
        tx: &mut PgConnection,
        escalation: &Escalation,
    ) -> Result<(), sqlx::Error> {
        let title = match escalation.lead_name.as_deref().or(escalation.lead_phone.as_deref()) {
            Some(who) => format!("A hot lead came while nobody was there: call {who} back"),
            None => {
                "A hot lead with a hidden number came while nobody was there: see what they said".to_owned()
            }
        };
        let task = NewTask {
            kind: "hot_lead_waits",
            title,
            call: escalation.call,
            dedupe_key: waits(escalation.id),
            ..NewTask::default()
        };
        tasks::raise(self.app, tx, self.org, &task).await.map(drop)
    }
}

/// The reason of the task that a ladder leaves at its end.
pub(super) fn unacknowledged(id: EscalationId) -> String {
    format!("alert_unacknowledged:{}", id.0)
}

/// The reason of the task that staff find at opening.
pub(super) fn waits(id: EscalationId) -> String {
    format!("hot_lead_waits:{}", id.0)
}
