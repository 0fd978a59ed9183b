//! Takes a visit through its states: confirmed, arrived, completed, or not come.

use serde_json::json;

use super::appointment::Status;
use super::change::{self, ChangeError, Changed, Target, check_version, fields};
use super::store::{self, NewVersion};
use super::tell::{self, Told};
use crate::messaging::Kind;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;
use crate::scheduling::RuleBook;
use crate::tasks;

/// Brings the visit to `to`; [`cancel`](super::cancel()) is a verb of its own.
///
/// Only legal steps, once each. Confirming tells the person by text and finishes the task that asked for it. What is
/// over holds nothing of the ledger any more.
pub async fn set_state(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    book: &RuleBook,
    (target, to): (&Target<'_>, Status),
) -> Result<Changed, ChangeError> {
    let visit = change::lock_with_claims(tx, org, target.id).await?;
    if visit.status == to {
        return Ok(Changed { said: visit.said.clone(), appointment: visit, is_repeat: true, fee: None });
    }
    check_version(tx, org, &visit, target.expected_version).await?;
    let now = app.clock.now();
    if !visit.status.may_become(to) || to == Status::Cancelled {
        return Err(ChangeError::IllegalState { from: visit.status, to });
    }
    if to == Status::NoShow && now < visit.starts_at.timestamp() {
        return Err(ChangeError::NotBegun);
    }
    if !to.holds_capacity() {
        store::release(tx, org, visit.id).await?;
    }
    if to == Status::Scheduled {
        let location = book.location(Some(visit.location)).ok_or(ChangeError::NoLongerOffered)?;
        let told = Told { visit: &visit, kind: Kind::Confirmation, moment: &visit.starts_at, book };
        tell::person(app, tx, org, &told, location).await?;
        tasks::finish(app, tx, org, &format!("confirm_appointment:{}", visit.id.0)).await?;
        tasks::finish(app, tx, org, &tell::waits_again_key(visit.id, visit.version)).await?;
    }
    store::set_status(tx, org, visit.id, to, None, now).await?;
    let version = NewVersion {
        id: visit.id,
        version: visit.version + 1,
        actor: &target.actor.to_string(),
        action: if to == Status::Scheduled { "confirmed" } else { to.as_str() },
        changed: fields([("status", json!(visit.status.as_str()), json!(to.as_str()))]),
        reason: target.reason,
        late: false,
    };
    store::insert_change(tx, org, &version, now).await?;
    metrics::counter!("voxanne_appointments_changed_total", "action" => version.action).increment(1);
    let appointment = change::find(tx, org, visit.id).await?.ok_or(ChangeError::NotFound)?;
    Ok(Changed { said: appointment.said.clone(), appointment, is_repeat: false, fee: None })
}
