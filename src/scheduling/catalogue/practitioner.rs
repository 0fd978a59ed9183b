//! People who can be booked.

use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;

use super::entry::{Change, Deletable, Entry, Wanted, WriteError, not_deleted};
use super::store;
use crate::platform::bounded::{Count, Day, List, Text};
use crate::platform::db::PgConnection;
use crate::platform::ids::{LocationId, OrgId, ResourceId, ServiceId};
use crate::platform::public::Public;

/// Somebody who can be booked.
#[derive(Debug, Clone, Serialize, FromRow, ToSchema)]
#[expect(missing_docs, reason = "described by PractitionerFields")]
pub struct Practitioner {
    #[schema(inline)]
    pub id: Public<ResourceId>,
    #[schema(inline)]
    pub location_id: Public<LocationId>,
    pub name: String,
    pub title: Option<String>,
    pub own_hours: bool,
    pub supervises: bool,
    #[schema(format = "date")]
    pub licence_expires_on: Option<String>,
    pub daily_cap: Option<i16>,
    pub active: bool,
    pub position: i16,
    #[schema(inline)]
    pub services: Vec<Public<ServiceId>>,
}

/// What is written of somebody who can be booked.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PractitionerFields {
    /// Where they work.
    #[schema(inline)]
    pub location_id: Public<LocationId>,
    /// As callers know them.
    #[schema(inline)]
    pub name: Text<1, 80>,
    /// Such as Nurse injector.
    #[schema(inline)]
    pub title: Option<Text<1, 80>>,
    /// True: they are there in their own hours alone, as `/hours` has them, and not whenever the location is open.
    #[serde(default)]
    pub own_hours: bool,
    /// True: their presence lets others give supervised services.
    #[serde(default)]
    pub supervises: bool,
    /// The last civil day on which they may give licensed services; null does not expire.
    #[schema(inline)]
    pub licence_expires_on: Option<Day>,
    /// Visits of one civil day at most, whatever the service; null is no cap.
    #[schema(inline)]
    pub daily_cap: Option<Count<1, 500>>,
    /// False: no longer booked.
    #[serde(default = "super::store::yes")]
    #[schema(default = true)]
    pub active: bool,
    /// Their place in the list, which is the order in which they are preferred; last when left out.
    #[schema(inline)]
    pub position: Option<Count<0, 30_000>>,
    /// What they may give, replaced as a whole; left as it is when not given.
    #[serde(skip_serializing)]
    #[schema(inline)]
    pub services: Option<List<Public<ServiceId>, 500>>,
}

impl Entry for Practitioner {
    type Id = ResourceId;
    type Fields = PractitionerFields;
    type SortKey = i16;
    const WRITTEN: &'static str = "practitioner.write";

    fn id(&self) -> ResourceId {
        self.id.0
    }

    fn sort_key(&self) -> String {
        self.position.to_string()
    }

    async fn select(tx: &mut PgConnection, org: OrgId, wanted: &Wanted) -> sqlx::Result<Vec<Self>> {
        store::practitioners::select(tx, org, wanted).await
    }

    async fn save(
        tx: &mut PgConnection,
        change: Change<ResourceId>,
        fields: &PractitionerFields,
    ) -> Result<(), WriteError> {
        let in_use = store::resources::in_use(tx, change, fields.location_id.0).await?;
        if in_use.is_elsewhere {
            return Err(WriteError::InUse("Visits are booked with them at the location where they work."));
        }
        store::practitioners::save(tx, change, fields).await?;
        if let Some(services) = &fields.services {
            store::practitioners::set_services(tx, change, services).await?;
        }
        Ok(())
    }
}

impl Deletable for Practitioner {
    const DELETED: &'static str = "practitioner.delete";

    async fn delete(tx: &mut PgConnection, org: OrgId, id: ResourceId) -> Result<bool, WriteError> {
        store::practitioners::delete(tx, org, id).await.map_err(not_deleted)
    }
}
