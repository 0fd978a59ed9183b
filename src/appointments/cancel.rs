//! Calls a visit off.

use serde_json::json;

use super::appointment::Status;
use super::change::{self, Appointment, ChangeError, Changed, Target, check_version, fields};
use super::freed::offer_freed;
use super::policy::Policy;
use super::spoken;
use super::store::{self, NewVersion};
use super::tell::{self, Told, is_late};
use crate::calendars;
use crate::messaging::Kind;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;
use crate::scheduling::{self, RuleBook};

/// Calls the visit off, texts its person once, and offers its time to the waitlist: all in the caller's transaction or
/// nothing. The visit stays as a row.
///
/// Late is no reason to refuse: the policy's sentence is said and staff have a task. Twice is once.
pub async fn cancel(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    book: &RuleBook,
    target: &Target<'_>,
) -> Result<Changed, ChangeError> {
    let visit = change::lock_with_claims(tx, org, target.id).await?;
    if visit.status == Status::Cancelled {
        return Ok(Changed { said: visit.said.clone(), appointment: visit, is_repeat: true, fee: None });
    }
    check_version(tx, org, &visit, target.expected_version).await?;
    if !visit.status.may_become(Status::Cancelled) {
        return Err(ChangeError::IllegalState { from: visit.status, to: Status::Cancelled });
    }
    store::release(tx, org, visit.id).await?;
    if visit.is_in_turn {
        scheduling::count_turn(tx, org, visit.service, visit.practitioner, -1).await?;
    }
    record(app, tx, org, (book, target), &visit).await
}

async fn record(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (book, target): (&RuleBook, &Target<'_>),
    visit: &Appointment,
) -> Result<Changed, ChangeError> {
    let now = app.clock.now();
    // A site that is no longer booked has no hours to judge by: the clock does.
    let location = book.location(Some(visit.location)).ok_or(ChangeError::NoLongerOffered)?;
    let (policy, late) = is_late(app, tx, org, visit, location).await?;
    let told = Told { visit, kind: Kind::Cancellation, moment: &visit.starts_at, book };
    let is_text_queued = tell::person(app, tx, org, &told, location).await?;
    let policy = policy.filter(|_| late);
    let fee = policy.as_ref().and_then(Policy::sentence);
    let said =
        spoken::cancelled_sentence(&visit.service_name, &visit.starts_at, is_text_queued, fee.as_deref());
    store::set_status(tx, org, visit.id, Status::Cancelled, Some(&said), now).await?;
    let version = NewVersion {
        id: visit.id,
        version: visit.version + 1,
        actor: &target.actor.to_string(),
        action: "cancelled",
        changed: fields([("status", json!(visit.status.as_str()), json!("cancelled"))]),
        reason: target.reason,
        late,
    };
    store::insert_change(tx, org, &version, now).await?;
    tell::staff(app, tx, org, visit, "A visit was cancelled", late).await?;
    calendars::write_later(tx, org, visit.id, visit.practitioner).await?;
    offer_freed(app, tx, org, visit).await?;
    metrics::counter!("voxanne_appointments_changed_total", "action" => "cancelled").increment(1);
    let appointment = change::find(tx, org, visit.id).await?.ok_or(ChangeError::NotFound)?;
    let language = visit.language.unwrap_or(book.settings.language);
    let fee = policy.and_then(|policy| policy.sentence_in(language));
    Ok(Changed { appointment, said, is_repeat: false, fee })
}
