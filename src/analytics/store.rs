//! All SQL of the slice: reads, over the tables of others. Every statement takes the wanted sites and days the same way.
//!
//! A statement looks at the stretch from the earliest beginning to the latest end at any site, by an index, and then at each
//! site's own days.

pub(super) mod calls;
pub(super) mod speed;
pub(super) mod unmet;
pub(super) mod visits;

use sqlx::FromRow;

use crate::platform::db::{PgConnection, sql_as};
use crate::platform::ids::{AssistantId, LocationId, OrgId};

/// An assistant, as it is called now.
#[derive(Debug, Clone, FromRow)]
pub(super) struct AssistantRow {
    pub id: AssistantId,
    pub name: String,
    pub location_id: LocationId,
}

pub(super) async fn assistants(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<Vec<AssistantRow>> {
    sql_as("select id, name, location_id from assistants where org_id = $1 order by name, id")
        .bind(org)
        .fetch_all(tx)
        .await
}
