//! What figures can be narrowed to.

use super::store;
use crate::platform::db::PgConnection;
use crate::platform::ids::{AssistantId, LocationId, OrgId};

/// Something that figures can be of, as it is called now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place<Id> {
    /// Which.
    pub id: Id,
    /// Its name.
    pub name: String,
}

/// Every site and every assistant of an org.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "self-explaining")]
pub struct Places {
    pub locations: Vec<Place<LocationId>>,
    pub assistants: Vec<Place<AssistantId>>,
}

/// Reads them, in the order in which the clinic has its sites.
pub async fn places(tx: &mut PgConnection, org: OrgId) -> Result<Places, sqlx::Error> {
    let locations = store::locations(tx, org).await?;
    let assistants = store::assistants(tx, org).await?;
    Ok(Places {
        locations: locations.into_iter().map(|(id, name)| Place { id, name }).collect(),
        assistants: assistants.into_iter().map(|row| Place { id: row.id, name: row.name }).collect(),
    })
}
