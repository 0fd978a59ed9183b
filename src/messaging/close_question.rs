//! Asks no more: a question was answered, or what it was about is settled otherwise.

use jiff::Timestamp;
use uuid::Uuid;

use super::store;
use crate::platform::db::PgConnection;
use crate::platform::ids::{OrgId, QuestionId};

/// Closes the question with the caller's transaction; `outcome` is what was answered, in a word. False when somebody closed it
/// before: then the answer has had its effect.
pub async fn close_question(
    tx: &mut PgConnection,
    org: OrgId,
    id: QuestionId,
    outcome: &str,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    store::close_question(tx, org, id, outcome, now).await
}

/// Closes every open question about `subject`, such as a visit that was called off.
pub async fn close_questions_about(
    tx: &mut PgConnection,
    org: OrgId,
    subject: Uuid,
    outcome: &str,
    now: Timestamp,
) -> Result<u64, sqlx::Error> {
    store::close_about(tx, org, subject, outcome, now).await
}
