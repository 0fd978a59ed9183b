//! In which language somebody was offered times.

use super::store;
use crate::language::Language;
use crate::phone::Phone;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// The language that a number was offered times in last: whoever answers is answered in it, contact or not, and whatever they ask.
pub async fn spoken_language(
    tx: &mut PgConnection,
    org: OrgId,
    phone: &Phone,
) -> Result<Option<Language>, sqlx::Error> {
    let word = store::last_language(tx, org, phone.as_str()).await?;
    Ok(word.and_then(|word| word.parse().ok()))
}
