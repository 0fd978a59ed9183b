//! Counts a code that is entered, before it is looked at.

use super::store;
use crate::messaging::wording::PhonePurpose;
use crate::platform::app::App;
use crate::platform::ids::OrgId;

/// Commits by itself: a wrong code is refused, and what a refusal would have written is not kept. After five none counts.
pub async fn count_try(app: &App, org: OrgId, purpose: PhonePurpose) -> Result<(), sqlx::Error> {
    let mut tx = app.begin(org).await?;
    store::count_try(&mut tx, org, purpose).await?;
    tx.commit().await
}
