//! What can be booked.

use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use sqlx::types::Json;
use utoipa::ToSchema;

use super::entry::{Change, Deletable, Entry, Wanted, WriteError, not_deleted};
use super::store;
use crate::platform::bounded::{Count, List, Text};
use crate::platform::db::PgConnection;
use crate::platform::ids::{OrgId, ResourceId, ServiceId};
use crate::platform::public::Public;

/// What can be booked.
#[derive(Debug, Clone, Serialize, FromRow, ToSchema)]
#[expect(missing_docs, reason = "described by ServiceFields")]
pub struct Service {
    #[schema(inline)]
    pub id: Public<ServiceId>,
    pub name: String,
    pub aliases: Vec<String>,
    pub duration_minutes: i16,
    pub buffer_before_minutes: i16,
    pub buffer_after_minutes: i16,
    pub grid_minutes: i16,
    pub minimum_notice_minutes: i32,
    pub horizon_days: i16,
    pub price_cents: Option<i32>,
    pub lead_value: LeadValue,
    pub daily_cap: Option<i16>,
    pub assignment: Assignment,
    pub supervised: bool,
    pub licensed: bool,
    pub preparation: Option<String>,
    pub active: bool,
    pub position: i16,
    /// True: what callers name and the catalogue does not have is booked as this one.
    pub is_other: bool,
    #[schema(inline)]
    pub practitioners: Vec<Public<ResourceId>>,
    #[schema(value_type = Vec<Need>)]
    pub needs: Json<Vec<Need>>,
    #[schema(value_type = Vec<Prerequisite>)]
    pub prerequisites: Json<Vec<Prerequisite>>,
    #[schema(value_type = Vec<Spacing>)]
    pub spacings: Json<Vec<Spacing>>,
}

/// What a caller who wants it is worth as a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, sqlx::Type, ToSchema)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[expect(missing_docs, reason = "self-explaining")]
pub enum LeadValue {
    High,
    Medium,
    #[default]
    Low,
}

/// Who gives it when nobody is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, sqlx::Type, ToSchema)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Assignment {
    /// The first in order who is free.
    #[default]
    Preferred,
    /// In turn.
    RoundRobin,
}

/// One of these is taken for the visit, and cleaned afterwards.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Need {
    /// Rooms or devices of which one is enough; the first that is free is taken.
    #[schema(inline)]
    pub any_of: List<Public<ResourceId>, 50>,
    /// How long it is taken after the visit.
    #[serde(default = "Count::of::<0>")]
    #[schema(inline, default = 0)]
    pub cleanup_minutes: Count<0, 240>,
}

/// What a person must have had before.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Prerequisite {
    /// What must have come before.
    #[schema(inline)]
    pub service_id: Public<ServiceId>,
    /// Civil days before the visit that it may lie at most; null is for ever.
    #[schema(inline)]
    pub valid_days: Option<Count<1, 3660>>,
    /// True: asked only of people who have not had the service yet.
    #[serde(default)]
    pub first_time_only: bool,
}

/// Civil days that must lie between two visits of one person.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Spacing {
    /// The visits it must keep away from, before and after; the service itself when null.
    #[schema(inline)]
    pub service_id: Option<Public<ServiceId>>,
    /// Civil days between the two at least.
    #[schema(inline)]
    pub days: Count<1, 366>,
}

/// What is written of a service. Who may give it and what it needs are replaced as a whole.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceFields {
    /// As callers know it. No two services have one name.
    #[schema(inline)]
    pub name: Text<1, 80>,
    /// Other names it goes by.
    #[serde(default)]
    #[schema(inline)]
    pub aliases: List<Text<1, 80>, 40>,
    /// How long a visit takes.
    #[serde(default = "Count::of::<45>")]
    #[schema(inline, default = 45)]
    pub duration_minutes: Count<5, 720>,
    /// How long before it the practitioner is taken.
    #[serde(default = "Count::of::<0>")]
    #[schema(inline, default = 0)]
    pub buffer_before_minutes: Count<0, 240>,
    /// How long after it the practitioner is taken.
    #[serde(default = "Count::of::<0>")]
    #[schema(inline, default = 0)]
    pub buffer_after_minutes: Count<0, 240>,
    /// The distance of the times that are offered.
    #[serde(default = "Count::of::<45>")]
    #[schema(inline, default = 45)]
    pub grid_minutes: Count<5, 720>,
    /// How long ahead it is booked at least.
    #[serde(default = "Count::of::<0>")]
    #[schema(inline, default = 0)]
    pub minimum_notice_minutes: Count<0, 43_200>,
    /// How many days ahead it is booked at most.
    #[serde(default = "Count::of::<365>")]
    #[schema(inline, default = 365)]
    pub horizon_days: Count<1, 365>,
    /// In cents of the org's currency; null is not said.
    #[schema(inline)]
    pub price_cents: Option<Count<0, 100_000_000>>,
    /// What a caller who wants it is worth as a lead.
    #[serde(default)]
    pub lead_value: LeadValue,
    /// Visits of one civil day at one location at most; null is no cap.
    #[schema(inline)]
    pub daily_cap: Option<Count<1, 500>>,
    /// Who gives it when nobody is asked for.
    #[serde(default)]
    pub assignment: Assignment,
    /// True: somebody who supervises must be on site for the whole visit.
    #[serde(default)]
    pub supervised: bool,
    /// True: given only through the day a practitioner's license expires.
    #[serde(default)]
    pub licensed: bool,
    /// What a caller is told to do beforehand; one or two sentences for speech.
    #[schema(inline)]
    pub preparation: Option<Text<1, 200>>,
    /// False: no longer booked.
    #[serde(default = "super::store::yes")]
    #[schema(default = true)]
    pub active: bool,
    /// Its place in the list; last when left out.
    #[schema(inline)]
    pub position: Option<Count<0, 30_000>>,
    /// Who may give it.
    #[serde(default)]
    #[schema(inline)]
    pub practitioners: List<Public<ResourceId>, 200>,
    /// Rooms and devices: one of each need.
    #[serde(default)]
    #[schema(value_type = Vec<Need>, max_items = 10)]
    pub needs: List<Need, 10>,
    /// What a person must have had before.
    #[serde(default)]
    #[schema(value_type = Vec<Prerequisite>, max_items = 20)]
    pub prerequisites: List<Prerequisite, 20>,
    /// How far visits of one person keep apart.
    #[serde(default)]
    #[schema(value_type = Vec<Spacing>, max_items = 50)]
    pub spacings: List<Spacing, 50>,
}

impl Entry for Service {
    type Id = ServiceId;
    type Fields = ServiceFields;
    type SortKey = i16;
    const WRITTEN: &'static str = "service.write";
    const READ_ONLY: &'static [&'static str] = &["id", "is_other"];

    fn id(&self) -> ServiceId {
        self.id.0
    }

    fn sort_key(&self) -> String {
        self.position.to_string()
    }

    async fn select(tx: &mut PgConnection, org: OrgId, wanted: &Wanted) -> sqlx::Result<Vec<Self>> {
        store::services::select(tx, org, wanted).await
    }

    async fn save(
        tx: &mut PgConnection,
        change: Change<ServiceId>,
        fields: &ServiceFields,
    ) -> Result<(), WriteError> {
        if fields.needs.iter().any(|need| need.any_of.is_empty()) {
            return Err(WriteError::field("needs", "must name at least one resource in each need"));
        }
        store::services::save(tx, change, fields).await?;
        store::services::set_practitioners(tx, change, &fields.practitioners).await?;
        let is_whole = store::services::set_needs(tx, change, &fields.needs).await?;
        if !is_whole {
            return Err(WriteError::field("needs", "names no room or device of yours"));
        }
        store::services::set_prerequisites(tx, change, &fields.prerequisites).await?;
        Ok(store::services::set_spacings(tx, change, &fields.spacings).await?)
    }
}

impl Deletable for Service {
    const DELETED: &'static str = "service.delete";

    async fn delete(tx: &mut PgConnection, org: OrgId, id: ServiceId) -> Result<bool, WriteError> {
        if store::services::is_required(tx, org, id).await? {
            return Err(WriteError::InUse("Another service requires it first: change that one before."));
        }
        store::services::delete(tx, org, id).await.map_err(not_deleted)
    }
}
