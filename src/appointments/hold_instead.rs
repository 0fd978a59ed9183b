//! Moves what a call holds to the time its caller is thinking about now.

use super::book::{BookError, NewBooking};
use super::hold::{Held, hold};
use super::store;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// Holds the wanted time and lets go of every other one of its call: a caller who wavers blocks one time, not ten.
///
/// The others go last. Taken away before the ledger is open they could wait for a writer who waits for this one.
pub async fn hold_instead(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    wanted: &NewBooking<'_>,
) -> Result<Held, BookError> {
    let held = hold(app, tx, org, wanted).await?;
    if let Some(call_ref) = &wanted.call_ref {
        store::delete_holds_of_call(tx, org, call_ref, Some(held.id)).await?;
    }
    Ok(held)
}
