//! Keeps the language in which somebody was heard.

use super::store::{self, Contact};
use crate::language::Language;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// The contact in the language they have, else the one `heard`, which is theirs from now on.
pub async fn note_language(
    tx: &mut PgConnection,
    org: OrgId,
    contact: Contact,
    heard: Option<Language>,
) -> Result<Contact, sqlx::Error> {
    match (contact.language, heard) {
        (None, Some(language)) => {
            store::learn_language(tx, org, contact.id, language).await?;
            Ok(Contact { language: Some(language), ..contact })
        }
        _ => Ok(contact),
    }
}
