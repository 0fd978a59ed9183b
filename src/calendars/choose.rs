//! What staff decide about a calendar: whether it blocks, what of it, and whether visits are written into it.

use super::store::{self, Chosen};
use super::sync::sync_later;
use crate::platform::db::PgConnection;
use crate::platform::ids::{CalendarId, OrgId};

/// The decision, whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "named after the columns they go to")]
pub struct Choice {
    pub blocks: bool,
    pub takes_events: bool,
    pub tentative_blocks: bool,
    pub all_day_blocks: bool,
}

/// Why the choice was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ChooseError {
    /// There is no such calendar, or its account is not connected.
    #[error("no such calendar")]
    NotFound,
    /// The database refused or went away.
    #[error("the database refused")]
    Unexpected(#[from] sqlx::Error),
}

/// Writes the choice and has the calendar read anew. Where visits go to another calendar of the account, the next round
/// writes them there and takes them out here.
pub async fn choose(
    tx: &mut PgConnection,
    org: OrgId,
    calendar: CalendarId,
    choice: Choice,
) -> Result<(), ChooseError> {
    let chosen = Chosen {
        blocks: choice.blocks,
        takes_events: choice.takes_events,
        tentative_blocks: choice.tentative_blocks,
        all_day_blocks: choice.all_day_blocks,
    };
    store::choose(tx, org, calendar, chosen).await?.ok_or(ChooseError::NotFound)?;
    Ok(sync_later(tx, org, calendar).await?)
}
