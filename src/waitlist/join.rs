//! Puts somebody on the waitlist.

use jiff::civil::Date;

use super::store;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{CallId, ContactId, EntryId, LocationId, OrgId, ResourceId, ServiceId};
use crate::when::PartOfDay;

/// What somebody waits for.
#[derive(Debug, Clone, Copy)]
pub struct Wish {
    /// Where.
    pub location: LocationId,
    /// For what.
    pub service: ServiceId,
    /// With whom, if they mind.
    pub practitioner: Option<ResourceId>,
    /// Who waits.
    pub contact: ContactId,
    /// First civil day that suits, in the location's zone.
    pub from: Date,
    /// Last civil day that suits.
    pub to: Date,
    /// At what time of day.
    pub part: PartOfDay,
    /// The call in which they asked.
    pub call: Option<CallId>,
}

/// Somebody who waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Joined {
    /// Their place.
    pub id: EntryId,
    /// False when they were waiting for this service here already; then only the wish changed.
    pub is_new: bool,
}

/// Why somebody was not put on the waitlist.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// No day lies in the window.
    #[error("the window has no day")]
    NoDay,
    /// The database refused.
    #[error("the database refused")]
    Unexpected(#[from] sqlx::Error),
}

/// Puts a contact on the waitlist, in the caller's transaction. One place per contact, service and location: joining
/// again keeps it, with the new window.
pub async fn join(app: &App, tx: &mut PgConnection, org: OrgId, wish: &Wish) -> Result<Joined, JoinError> {
    if wish.from > wish.to {
        return Err(JoinError::NoDay);
    }
    let (id, is_new) = store::upsert_entry(tx, org, app.new_id(), wish, app.clock.now()).await?;
    if is_new {
        metrics::counter!("voxanne_waitlist_joined_total").increment(1);
    }
    Ok(Joined { id, is_new })
}
