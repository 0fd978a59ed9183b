//! Takes an alert: whoever does first has it, and the others who were told hear who.

use jiff::{SignedDuration, Timestamp};

use super::clinical;
use super::escalation::{AlertKind, Escalation, Taken, Via};
use super::ladder_tasks::{unacknowledged, waits};
use super::store::{answers, escalations, of_call};
use crate::messaging::wording;
use crate::messaging::{self, NewText};
use crate::orgs::{self, Settings};
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{CallId, EscalationId, OrgId};
use crate::tasks;

/// How long a 1 is about an alert that somebody has taken.
const ANSWERS: SignedDuration = SignedDuration::from_hours(24);
/// Who it is when nobody's name is known.
const SOMEBODY: &str = "the alert phone";

/// What came of taking an alert. Names people: deliberately no `Debug`.
pub struct Acknowledged {
    /// False when it was over before: [`Escalation::taken`] says who has it.
    pub is_first: bool,
    /// Over before, and by whoever asks again.
    pub is_own: bool,
    /// The alert as it is now.
    pub escalation: Escalation,
}

/// What a number was told of that a short answer from it could take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToldAlert {
    /// Which.
    pub id: EscalationId,
    /// When the number was told of it last.
    pub told_at: Timestamp,
    /// Nobody has taken it.
    pub is_open: bool,
}

/// The alert that `phone` was told of last: an open one, else one that was taken within a day.
pub async fn told_alert(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    phone: &Phone,
) -> Result<Option<ToldAlert>, sqlx::Error> {
    let now = app.clock.now();
    let since = now.checked_sub(ANSWERS).unwrap_or(now);
    let told = escalations::told_of(tx, org, phone.as_str(), since).await?;
    Ok(told.map(|told| ToldAlert { id: told.id, told_at: told.told_at.to_jiff(), is_open: told.is_open }))
}

/// Open alerts that `phone` was told of.
pub async fn alerts_waiting(tx: &mut PgConnection, org: OrgId, phone: &Phone) -> Result<i64, sqlx::Error> {
    escalations::open_of(tx, org, phone.as_str()).await
}

/// Takes the alert by text for whoever has this phone and was told of it; `None` when they were not.
pub async fn acknowledge_by_text(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (id, phone): (EscalationId, &Phone),
) -> Result<Option<Acknowledged>, sqlx::Error> {
    let Some(escalation) = escalations::lock(tx, org, id).await? else { return Ok(None) };
    let told = escalations::told(tx, org, id).await?;
    let Some(own) = told.into_iter().find(|told| told.phone == phone.as_str()) else { return Ok(None) };
    let taken = taken(own.name.unwrap_or_else(|| SOMEBODY.to_owned()), Via::Text, app.clock.now());
    take(app, tx, org, (escalation, Some(phone)), taken).await.map(Some)
}

/// Takes the alert for whoever `by` names; `None` when the org has none such. The second one learns who was first. Whoever called
/// somebody back who may be hurt has done what that alert's task asks for.
pub async fn acknowledge(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    id: EscalationId,
    (by, via): (&str, Via),
) -> Result<Option<Acknowledged>, sqlx::Error> {
    let Some(escalation) = escalations::lock(tx, org, id).await? else { return Ok(None) };
    take(app, tx, org, (escalation, None), taken(by.to_owned(), via, app.clock.now())).await.map(Some)
}

/// The platform reached `phone` by the call `call_ref`: whoever waited to be called back is not waiting any more. What that
/// call raises itself stays open.
pub async fn called_back(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (phone, call_ref): (&Phone, &str),
) -> Result<usize, sqlx::Error> {
    let open = escalations::open_about(tx, org, (phone.as_str(), call_ref)).await?;
    for id in &open {
        let Some(escalation) = escalations::lock(tx, org, *id).await? else { continue };
        let taken = taken("a call".to_owned(), Via::CalledBack, app.clock.now());
        take(app, tx, org, (escalation, None), taken).await?;
    }
    Ok(open.len())
}

/// Closes the call's ladder of a hot lead, should one be open: there is no lead, `via` says why and `by` what the call is. Those who
/// were told hear of it.
pub(super) async fn withdraw(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    settings: &Settings,
    (call_ref, by, via): (&str, &str, Via),
) -> Result<(), sqlx::Error> {
    let Some(id) = of_call::open_hot_lead(tx, org, call_ref).await? else { return Ok(()) };
    // Who took it meanwhile has it.
    let locked = escalations::lock(tx, org, id).await?.filter(|escalation| !escalation.is_closed);
    let Some(escalation) = locked else { return Ok(()) };
    let taken = taken(by.to_owned(), via, app.clock.now());
    end(app, tx, org, (settings, &escalation), (&taken, None)).await
}

/// Closes what `call` raised, since `by` says that it was a test: there is no lead, and of somebody hurt they have taken care. Those who
/// were told hear of it.
pub async fn close_test(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (call, by): (CallId, &str),
) -> Result<(), sqlx::Error> {
    for id in of_call::open(tx, org, call).await? {
        let Some(escalation) = escalations::lock(tx, org, id).await? else { continue };
        let (by, via) = match escalation.kind {
            AlertKind::HotLead => ("test", Via::NoLead),
            AlertKind::Clinical => (by, Via::Api),
        };
        let is_clinical = escalation.kind == AlertKind::Clinical;
        let task = clinical::task_key(&escalation.call_ref);
        take(app, tx, org, (escalation, None), taken(by.to_owned(), via, app.clock.now())).await?;
        if is_clinical {
            tasks::finish(app, tx, org, &task).await?;
        }
    }
    Ok(())
}

/// Closes a locked ladder when the lead was texted or has booked since; false when neither.
pub(super) async fn close_answered(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    settings: &Settings,
    escalation: &Escalation,
) -> Result<bool, sqlx::Error> {
    let since = answers::since(tx, org, escalation).await?;
    let texted = since.texted_at.map(|at| {
        taken(since.texted_by.clone().unwrap_or_else(|| "staff".to_owned()), Via::TextedBack, at.to_jiff())
    });
    // Somebody who may be hurt and books is not cared for yet.
    let is_lead = escalation.kind == AlertKind::HotLead;
    let booked = since
        .booked_at
        .filter(|_| is_lead)
        .map(|at| taken("the caller".to_owned(), Via::Booked, at.to_jiff().max(escalation.raised_at)));
    let Some(taken) = texted.into_iter().chain(booked).min_by_key(|taken| taken.at) else { return Ok(false) };
    end(app, tx, org, (settings, escalation), (&taken, None)).await?;
    Ok(true)
}

const fn taken(by: String, via: Via, at: Timestamp) -> Taken {
    Taken { by, via, at }
}

async fn take(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (mut escalation, phone): (Escalation, Option<&Phone>),
    taken: Taken,
) -> Result<Acknowledged, sqlx::Error> {
    if escalation.is_closed {
        let before = escalation.taken.as_ref();
        let is_own = before.is_some_and(|before| (&before.by, before.via) == (&taken.by, taken.via));
        return Ok(Acknowledged { is_first: false, is_own, escalation });
    }
    let settings = orgs::settings(tx, &app.keys, org).await?;
    end(app, tx, org, (&settings, &escalation), (&taken, phone)).await?;
    escalation.is_closed = true;
    escalation.next_at = None;
    escalation.taken = Some(taken);
    Ok(Acknowledged { is_first: true, is_own: true, escalation })
}

/// Closes a locked ladder, finishes its tasks, and tells the others.
async fn end(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (settings, escalation): (&Settings, &Escalation),
    (taken, phone): (&Taken, Option<&Phone>),
) -> Result<(), sqlx::Error> {
    let (id, now) = (escalation.id, app.clock.now());
    escalations::close(tx, org, id, Some(taken), now).await?;
    tasks::finish(app, tx, org, &unacknowledged(id)).await?;
    tasks::finish(app, tx, org, &waits(id)).await?;
    if taken.via == Via::CalledBack {
        tasks::finish(app, tx, org, &clinical::task_key(&escalation.call_ref)).await?;
    }
    let body = wording::no_longer_waiting(&escalation.waiting(now), taken.ended());
    for told in escalations::told(tx, org, id).await? {
        let Ok(to) = Phone::parse_e164(&told.phone) else { continue };
        if phone.is_some_and(|own| own.as_str() == told.phone) {
            continue;
        }
        let whose = told.recipient_id.map_or_else(|| "settings".to_owned(), |id| id.0.to_string());
        let new = NewText {
            kind: escalation.kind.text(),
            to: &to,
            body: body.clone(),
            dedupe_key: format!("escalation:{}:taken:{whose}", id.0),
            contact: None,
            appointment: None,
            call: None,
            sent_by: None,
        };
        messaging::queue_text(app, tx, org, settings, new).await?;
    }
    if taken.via.is_withdrawn() {
        metrics::counter!("voxanne_alerts_withdrawn_total", "via" => taken.via.as_str()).increment(1);
        tracing::info!(org.id = %org, alert.id = %id, via = taken.via.as_str(), "There was no lead: an alert is over");
        return Ok(());
    }
    let waited = taken.at.duration_since(escalation.first_told_at.unwrap_or(escalation.raised_at));
    metrics::histogram!(
        "voxanne_alert_acknowledge_seconds", "kind" => escalation.kind.as_str(), "via" => taken.via.as_str()
    )
    .record(waited.as_secs_f64().max(0.0));
    tracing::info!(org.id = %org, alert.id = %id, via = taken.via.as_str(), "An alert was taken");
    Ok(())
}
