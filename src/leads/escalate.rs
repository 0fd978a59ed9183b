//! Climbs the ladder of an alert that nobody has taken.

use jiff::SignedDuration;

use super::acknowledge::close_answered;
use super::escalation::{AlertKind, Escalation};
use super::ladder::{EscalateAlert, Ladder};
use super::store::{self, answers, escalations, of_call};
use crate::messaging::wording::{self, HotLead};
use crate::orgs;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{EscalationId, OrgId};

/// How long an alert that nobody took is kept open.
const GIVEN_UP: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Runs the job: the rung if it is due, nothing if it ran before, and later once more if it is too early.
pub async fn escalate(app: &App, job: EscalateAlert) -> Result<(), sqlx::Error> {
    attempt(app, job.org, job.escalation).await
}

/// Climbs what lost its job, hurries where a text did not arrive, closes what was answered otherwise, and notes when texts had
/// left; says how many ladders it looked at. One that fails does not keep the next from its turn.
pub async fn watch_alerts(app: &App, org: OrgId) -> Result<usize, sqlx::Error> {
    let now = app.clock.now();
    let given_up = now.checked_sub(GIVEN_UP).unwrap_or(now);
    let mut tx = app.begin(org).await?;
    let reached = answers::note_reached(&mut tx, org, given_up).await?;
    let found = escalations::to_look_at(&mut tx, org, (now, given_up)).await?;
    tx.commit().await?;
    for (kind, seconds) in reached {
        metrics::histogram!("voxanne_alert_seconds", "kind" => kind).record(seconds);
    }
    let (count, mut failed) = (found.len(), None);
    for escalation in found {
        if let Err(error) = attempt(app, org, escalation).await {
            failed = Some(error);
        }
    }
    failed.map_or(Ok(count), Err)
}

/// One look at one ladder, in a transaction of its own and under its lock: a second worker finds what the first one did.
async fn attempt(app: &App, org: OrgId, id: EscalationId) -> Result<(), sqlx::Error> {
    let now = app.clock.now();
    let mut tx = app.begin(org).await?;
    let Some(mut escalation) = escalations::lock(&mut tx, org, id).await? else { return Ok(()) };
    if escalation.is_closed {
        return Ok(());
    }
    let settings = orgs::settings(&mut tx, &app.keys, org).await?;
    if close_answered(app, &mut tx, org, &settings, &escalation).await? {
        return tx.commit().await;
    }
    if now.duration_since(escalation.raised_at) > GIVEN_UP {
        escalations::close(&mut tx, org, id, None, now).await?;
        return tx.commit().await;
    }
    let Some(next_at) = escalation.next_at else { return Ok(()) };
    let ladder = Ladder::read_with_sites(app, &mut tx, org, &settings).await?;
    let told = escalations::told(&mut tx, org, id).await?;
    if now < next_at && !ladder.has_to_hurry(&escalation, &told) {
        // The queue's clock is the database's. A job of the same key replaces one that waits.
        ladder.come_again(&mut tx, &escalation).await?;
    } else if let Some(until) = ladder.rests_until(&escalation) {
        ladder.rest(&mut tx, &mut escalation, until).await?;
    } else {
        let words = first_words(&mut tx, org, &escalation).await?;
        if waits(&mut tx, org, &escalation).await? {
            ladder.leave_for_opening(&mut tx, &escalation).await?;
        }
        escalation.waits_for_opening = false;
        ladder.climb(&mut tx, &mut escalation, (words, &told)).await?;
    }
    tx.commit().await
}

/// Whether staff who come now are to find a task: nobody was there before, and no offer of times has one of its own.
async fn waits(tx: &mut PgConnection, org: OrgId, escalation: &Escalation) -> Result<bool, sqlx::Error> {
    let is_untold = escalation.first_told_at.is_none();
    Ok(is_untold
        || (escalation.waits_for_opening && !of_call::was_offered_times(tx, org, escalation.call).await?))
}

/// What a hot lead is told with that waited for opening: the alert's own words.
async fn first_words(
    tx: &mut PgConnection,
    org: OrgId,
    escalation: &Escalation,
) -> Result<Option<String>, sqlx::Error> {
    if escalation.kind == AlertKind::Clinical || escalation.first_told_at.is_some() {
        return Ok(None);
    }
    let summary = store::summary(tx, org, &escalation.call_ref).await?;
    let lead = HotLead {
        name: escalation.lead_name.as_deref().unwrap_or_default(),
        phone: escalation.lead_phone.as_deref().unwrap_or_default(),
        interest: escalation.about.as_deref().unwrap_or_default(),
        summary: summary.as_deref().unwrap_or_default(),
    };
    Ok(Some(wording::hot_lead_alert(&lead)))
}
