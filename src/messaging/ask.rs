//! Remembers what a text asks, so that its answer is understood.

use super::question::NewQuestion;
use super::store;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{OrgId, QuestionId};

/// Keeps the question with the caller's transaction: the one that queues the text. One that was open about the same is closed
/// with it (`asked_again`), so that there is one answer to give. One round trip.
pub async fn ask(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    new: &NewQuestion<'_>,
) -> Result<QuestionId, sqlx::Error> {
    let id: QuestionId = app.new_id();
    store::insert_question(tx, org, id, new, app.clock.now()).await?;
    Ok(id)
}
