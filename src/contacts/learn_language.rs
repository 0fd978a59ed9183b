//! Remembers the language that somebody wrote in.

use super::store;
use crate::language::Language;
use crate::platform::db::PgConnection;
use crate::platform::ids::{ContactId, OrgId};

/// Keeps the language of a contact of whom none is known; one that is known stays.
pub async fn learn_language(
    tx: &mut PgConnection,
    org: OrgId,
    id: ContactId,
    language: Language,
) -> Result<(), sqlx::Error> {
    store::learn_language(tx, org, id, language).await
}
