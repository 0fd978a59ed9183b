//! When practitioners are away.

use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;

use super::entry::{Change, Deletable, Entry, Wanted, WriteError};
use super::store;
use crate::platform::bounded::{Instant, Text};
use crate::platform::db::PgConnection;
use crate::platform::ids::{OrgId, ResourceId, TimeOffId};
use crate::platform::public::Public;

/// When a practitioner is away, to the minute.
#[derive(Debug, Clone, Serialize, FromRow, ToSchema)]
#[expect(missing_docs, reason = "described by TimeOffFields")]
pub struct TimeOff {
    #[schema(inline)]
    pub id: Public<TimeOffId>,
    #[schema(inline)]
    pub practitioner_id: Public<ResourceId>,
    #[sqlx(try_from = "jiff_sqlx::Timestamp")]
    #[schema(inline)]
    pub starts_at: Instant,
    #[sqlx(try_from = "jiff_sqlx::Timestamp")]
    #[schema(inline)]
    pub ends_at: Instant,
    pub reason: Option<String>,
}

/// What is written of an absence.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TimeOffFields {
    /// Who is away.
    #[schema(inline)]
    pub practitioner_id: Public<ResourceId>,
    /// From here …
    #[schema(inline)]
    pub starts_at: Instant,
    /// … up to here, half-open.
    #[schema(inline)]
    pub ends_at: Instant,
    /// Why, for staff.
    #[schema(inline)]
    pub reason: Option<Text<1, 200>>,
}

impl Entry for TimeOff {
    type Id = TimeOffId;
    type Fields = TimeOffFields;
    type SortKey = jiff::Timestamp;
    const WRITTEN: &'static str = "time_off.write";

    fn id(&self) -> TimeOffId {
        self.id.0
    }

    fn sort_key(&self) -> String {
        self.starts_at.0.to_string()
    }

    async fn select(tx: &mut PgConnection, org: OrgId, wanted: &Wanted) -> sqlx::Result<Vec<Self>> {
        store::time_off::select(tx, org, wanted).await
    }

    async fn save(
        tx: &mut PgConnection,
        change: Change<TimeOffId>,
        fields: &TimeOffFields,
    ) -> Result<(), WriteError> {
        if fields.starts_at >= fields.ends_at {
            return Err(WriteError::field("ends_at", "must be after starts_at"));
        }
        Ok(store::time_off::save(tx, change, fields).await?)
    }
}

impl Deletable for TimeOff {
    const DELETED: &'static str = "time_off.delete";

    async fn delete(tx: &mut PgConnection, org: OrgId, id: TimeOffId) -> Result<bool, WriteError> {
        Ok(store::time_off::delete(tx, org, id).await?)
    }
}
