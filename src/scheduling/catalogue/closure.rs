//! Civil days that differ from the weekly hours.

use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;

use super::entry::{Change, Deletable, Entry, Wanted, WriteError};
use super::local_time::LocalTime;
use super::store;
use crate::platform::bounded::{Day, Text};
use crate::platform::db::PgConnection;
use crate::platform::ids::{ClosureId, LocationId, OrgId, ResourceId};
use crate::platform::public::Public;

/// Longest run of days that one closure covers.
const DAYS_MAX: i32 = 366;

/// Civil days that differ from the weekly hours: closed, or open at other times.
#[derive(Debug, Clone, Serialize, FromRow, ToSchema)]
#[expect(missing_docs, reason = "described by ClosureFields")]
pub struct Closure {
    #[schema(inline)]
    pub id: Public<ClosureId>,
    #[schema(inline)]
    pub location_id: Option<Public<LocationId>>,
    #[schema(inline)]
    pub practitioner_id: Option<Public<ResourceId>>,
    #[schema(format = "date")]
    pub local_date: String,
    #[schema(format = "date")]
    pub local_until: Option<String>,
    #[schema(inline)]
    pub opens: Option<LocalTime>,
    #[schema(inline)]
    pub closes: Option<LocalTime>,
    pub reason: Option<String>,
}

/// What is written of a closure.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClosureFields {
    /// This location alone; the whole org when null.
    #[schema(inline)]
    pub location_id: Option<Public<LocationId>>,
    /// This practitioner alone; everybody when null.
    #[schema(inline)]
    pub practitioner_id: Option<Public<ResourceId>>,
    /// The first civil day.
    #[schema(inline)]
    pub local_date: Day,
    /// The last civil day; only the first when null.
    #[schema(inline)]
    pub local_until: Option<Day>,
    /// Open from then on these days instead; closed all day when both are null.
    #[schema(inline)]
    pub opens: Option<LocalTime>,
    /// Open until then.
    #[schema(inline)]
    pub closes: Option<LocalTime>,
    /// Why, for staff.
    #[schema(inline)]
    pub reason: Option<Text<1, 200>>,
}

impl ClosureFields {
    fn check(&self) -> Result<(), WriteError> {
        match (self.opens, self.closes) {
            (Some(_), None) => return Err(WriteError::field("closes", "must be given together with opens")),
            (None, Some(_)) => return Err(WriteError::field("opens", "must be given together with closes")),
            (Some(opens), Some(closes)) if opens >= closes => {
                return Err(WriteError::field("closes", "must be after opens"));
            }
            _ => {}
        }
        let days = self.local_until.map_or(0, |until| (until.0 - self.local_date.0).get_days());
        if !(0..=DAYS_MAX).contains(&days) {
            return Err(WriteError::field("local_until", "must be up to 366 days after local_date"));
        }
        Ok(())
    }
}

impl Entry for Closure {
    type Id = ClosureId;
    type Fields = ClosureFields;
    type SortKey = jiff::civil::Date;
    const WRITTEN: &'static str = "closure.write";

    fn id(&self) -> ClosureId {
        self.id.0
    }

    fn sort_key(&self) -> String {
        self.local_date.clone()
    }

    async fn select(tx: &mut PgConnection, org: OrgId, wanted: &Wanted) -> sqlx::Result<Vec<Self>> {
        store::closures::select(tx, org, wanted).await
    }

    async fn save(
        tx: &mut PgConnection,
        change: Change<ClosureId>,
        fields: &ClosureFields,
    ) -> Result<(), WriteError> {
        fields.check()?;
        Ok(store::closures::save(tx, change, fields).await?)
    }
}

impl Deletable for Closure {
    const DELETED: &'static str = "closure.delete";

    async fn delete(tx: &mut PgConnection, org: OrgId, id: ClosureId) -> Result<bool, WriteError> {
        Ok(store::closures::delete(tx, org, id).await?)
    }
}
