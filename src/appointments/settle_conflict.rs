//! Settles where a person's calendar and a visit disagree, both sides in one transaction.

use super::appointment::Actor;
use super::cancel::cancel;
use super::change::{self, ChangeError, Target};
use super::reschedule::{Reschedule, reschedule};
use crate::calendars::{self, Conflict, ConflictKind, Resolution};
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{AppointmentId, ConflictId, OrgId};
use crate::scheduling::RuleBook;

/// Which disagreement, how it is settled, and as whom.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "self-explaining")]
pub struct Settlement<'a> {
    pub book: &'a RuleBook,
    pub conflict: ConflictId,
    pub resolution: Resolution,
    pub actor: Actor,
}

/// Why nothing was settled. Roll back.
#[derive(Debug, thiserror::Error)]
pub enum SettleError {
    /// There is no such conflict in this org.
    #[error("no such conflict")]
    NotFound,
    /// Somebody was faster, or it went away by itself.
    #[error("the conflict is settled")]
    AlreadySettled(Box<Conflict>),
    /// Their event has no time that the visit could take: it is another one, at the same time.
    #[error("the visit cannot follow that event")]
    CannotFollow,
    /// The visit does not follow, for a reason of its own.
    #[error("the visit does not follow")]
    Change {
        /// Which visit.
        visit: AppointmentId,
        /// Why not.
        #[source]
        error: ChangeError,
    },
    /// The database refused or went away.
    #[error("the database refused")]
    Unexpected(#[from] sqlx::Error),
}

/// `Ours`: the visit stands and its event is written again, or taken out where the visit is called off. `Theirs`: the
/// visit goes to where its event is, with the same practitioner, or is called off where the event was deleted; its person
/// gets one text.
///
/// The calendar's side comes first: whoever reads a calendar locks the event before the visit, and so does this.
pub async fn settle_conflict(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    wanted: &Settlement<'_>,
) -> Result<Conflict, SettleError> {
    let (id, resolution, actor) = (wanted.conflict, wanted.resolution, wanted.actor.to_string());
    let Some(conflict) = calendars::settle(app, tx, org, id, (resolution, &actor)).await? else {
        let known = calendars::find_conflict(tx, org, id).await?.ok_or(SettleError::NotFound)?;
        return Err(SettleError::AlreadySettled(Box::new(known)));
    };
    if resolution == Resolution::Theirs {
        follow(app, tx, org, wanted, &conflict).await?;
    }
    let visit = change::find(tx, org, conflict.appointment).await?.ok_or(SettleError::NotFound)?;
    calendars::write_later(tx, org, visit.id, visit.practitioner).await?;
    calendars::find_conflict(tx, org, id).await?.ok_or(SettleError::NotFound)
}

async fn follow(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    wanted: &Settlement<'_>,
    conflict: &Conflict,
) -> Result<(), SettleError> {
    let reason = match conflict.kind {
        ConflictKind::Deleted => "Its event was deleted in a calendar",
        _ => "Its event was moved in a calendar",
    };
    let target = Target {
        id: conflict.appointment,
        expected_version: None,
        actor: wanted.actor,
        reason: Some(reason),
    };
    let followed = match (conflict.kind, conflict.theirs) {
        (ConflictKind::Deleted, _) => cancel(app, tx, org, wanted.book, &target).await,
        (ConflictKind::Moved, Some((starts_at, _))) => {
            let to = Reschedule {
                book: wanted.book,
                target,
                starts_at,
                practitioner: None,
                thing: None,
                minutes: None,
                call_ref: None,
                asks_calendars: false,
                is_decided: true,
            };
            reschedule(app, tx, org, &to).await
        }
        _ => return Err(SettleError::CannotFollow),
    };
    followed.map(drop).map_err(|error| SettleError::Change { visit: target.id, error })
}
