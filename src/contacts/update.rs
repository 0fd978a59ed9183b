//! Changes what is known of a person.

use super::store;
use crate::language::Language;
use crate::platform::db::PgConnection;
use crate::platform::ids::{ContactId, OrgId};
use crate::spoken_name::SpokenName;

/// What becomes of a contact.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// Whether the name changes.
    pub renames: bool,
    /// Then to this one, or to none.
    pub name: Option<&'a SpokenName>,
    /// Whether the e-mail address changes.
    pub readdresses: bool,
    /// Then to this one, or to none.
    pub email: Option<&'a str>,
    /// What they are texted in from now on; `None` takes the org's.
    pub language: Option<Language>,
}

/// Changes the contact. Texts that are queued already stay as they are. False when there is no such contact.
pub async fn update(
    tx: &mut PgConnection,
    org: OrgId,
    id: ContactId,
    change: &Change<'_>,
) -> Result<bool, sqlx::Error> {
    store::update(tx, org, id, change).await
}
