//! Rooms and devices.

use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;

use super::entry::{Change, Deletable, Entry, Wanted, WriteError, not_deleted};
use super::store;
use crate::platform::bounded::{Count, Text};
use crate::platform::db::PgConnection;
use crate::platform::ids::{LocationId, OrgId, ResourceId};
use crate::platform::public::Public;

/// A room or device.
#[derive(Debug, Clone, Serialize, FromRow, ToSchema)]
#[expect(missing_docs, reason = "described by ResourceFields")]
pub struct Resource {
    #[schema(inline)]
    pub id: Public<ResourceId>,
    #[schema(inline)]
    pub location_id: Public<LocationId>,
    pub kind: ResourceKind,
    pub name: String,
    pub lanes: i16,
    pub active: bool,
    pub position: i16,
}

/// What kind of thing it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, ToSchema)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum ResourceKind {
    /// Where visits take place.
    Room,
    /// What visits are done with.
    Device,
}

/// What is written of a room or device.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResourceFields {
    /// Where it stands.
    #[schema(inline)]
    pub location_id: Public<LocationId>,
    /// Room or device.
    pub kind: ResourceKind,
    /// What staff call it.
    #[schema(inline)]
    pub name: Text<1, 80>,
    /// How many visits it takes at once, such as two bays of one room.
    #[serde(default = "Count::of::<1>")]
    #[schema(inline, default = 1)]
    pub lanes: Count<1, 50>,
    /// False: no longer booked.
    #[serde(default = "super::store::yes")]
    #[schema(default = true)]
    pub active: bool,
    /// Its place in the list, which is the order in which it is taken; last when left out.
    #[schema(inline)]
    pub position: Option<Count<0, 30_000>>,
}

impl Entry for Resource {
    type Id = ResourceId;
    type Fields = ResourceFields;
    type SortKey = i16;
    const WRITTEN: &'static str = "resource.write";

    fn id(&self) -> ResourceId {
        self.id.0
    }

    fn sort_key(&self) -> String {
        self.position.to_string()
    }

    async fn select(tx: &mut PgConnection, org: OrgId, wanted: &Wanted) -> sqlx::Result<Vec<Self>> {
        store::resources::select(tx, org, wanted).await
    }

    async fn save(
        tx: &mut PgConnection,
        change: Change<ResourceId>,
        fields: &ResourceFields,
    ) -> Result<(), WriteError> {
        let in_use = store::resources::in_use(tx, change, fields.location_id.0).await?;
        if in_use.lane > fields.lanes.get() {
            return Err(WriteError::InUse("Visits are booked that take more of it at once than that."));
        }
        if in_use.is_elsewhere {
            return Err(WriteError::InUse("Visits are booked with it at the location where it stands."));
        }
        Ok(store::resources::save(tx, change, fields).await?)
    }
}

impl Deletable for Resource {
    const DELETED: &'static str = "resource.delete";

    async fn delete(tx: &mut PgConnection, org: OrgId, id: ResourceId) -> Result<bool, WriteError> {
        if store::resources::is_needed(tx, org, id).await? {
            return Err(WriteError::InUse("A service takes it: change the service first."));
        }
        store::resources::delete(tx, org, id).await.map_err(not_deleted)
    }
}
