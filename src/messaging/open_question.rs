//! What a short answer from a number is an answer to.

use jiff::Timestamp;

use super::question::Question;
use super::store;
use crate::phone::Phone;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// The last question that `phone` was asked and that neither was answered nor has lapsed by `now`.
pub async fn open_question(
    tx: &mut PgConnection,
    org: OrgId,
    phone: &Phone,
    now: Timestamp,
) -> Result<Option<Question>, sqlx::Error> {
    Ok(open_questions(tx, org, phone, now).await?.into_iter().next())
}

/// All of them, the last one first.
pub async fn open_questions(
    tx: &mut PgConnection,
    org: OrgId,
    phone: &Phone,
    now: Timestamp,
) -> Result<Vec<Question>, sqlx::Error> {
    store::open_questions(tx, org, phone.as_str(), now).await
}
