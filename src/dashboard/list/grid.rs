//! The visits that the calendar's grid draws. A week may have more than a thousand: of each no more is read than is drawn, by
//! indexes that hold it.

use std::collections::{HashMap, HashSet};

use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;

use super::calendar::{Column, Stretch, VISITS_MAX, names};
use crate::platform::db::{PgConnection, sql_as};
use crate::platform::ids::{AppointmentId, ContactId, OrgId, ResourceId};

/// A visit that was not called off.
#[derive(Debug, FromRow)]
pub(in crate::dashboard) struct GridVisit {
    pub id: AppointmentId,
    pub starts_at: jiff_sqlx::Timestamp,
    pub ends_at: jiff_sqlx::Timestamp,
    pub status: String,
    pub version: i32,
    pub contact_id: Option<ContactId>,
    pub person: Option<String>,
    pub service: String,
    pub practitioner_id: ResourceId,
    /// Said that they come.
    pub is_confirmed: bool,
    pub has_notes: bool,
    /// The rooms and devices that are kept for it, in the catalogue's order.
    #[sqlx(skip)]
    pub thing_ids: Vec<ResourceId>,
}

impl GridVisit {
    /// Whether it is in that column.
    pub fn is_of(&self, column: ResourceId) -> bool {
        self.practitioner_id == column || self.thing_ids.contains(&column)
    }
}

/// Visits that touch the stretch, soonest first; `all` is everybody and everything. A visit lasts a day at most.
pub(in crate::dashboard) async fn grid_visits(
    tx: &mut PgConnection,
    org: OrgId,
    stretch: Stretch,
    all: &[Column],
) -> sqlx::Result<Vec<GridVisit>> {
    let mut visits: Vec<GridVisit> = sql_as(
        "select a.id, a.starts_at, a.ends_at, a.status::text as status, a.version, a.contact_id, a.customer_name as person,
                coalesce(a.service_said, s.name) as service, a.practitioner_id,
                a.attendance_confirmed_at is not null as is_confirmed, a.notes is not null as has_notes
           from appointments a join services s on s.org_id = a.org_id and s.id = a.service_id
          where a.org_id = $1 and a.location_id = $2 and a.starts_at >= $3::timestamptz - interval '24 hours' and a.starts_at < $4
            and a.ends_at > $3 and a.status <> 'cancelled'
          order by a.starts_at, a.id limit $5",
    )
    .bind(org)
    .bind(stretch.location)
    .bind(stretch.from.to_sqlx())
    .bind(stretch.until.to_sqlx())
    .bind(VISITS_MAX)
    .fetch_all(&mut *tx)
    .await?;
    let people: HashSet<ContactId> = visits.iter().filter_map(|visit| visit.contact_id).collect();
    let names = names(tx, org, people).await?;
    let mut things = things(tx, org, &visits, all).await?;
    for visit in &mut visits {
        if let Some(name) = visit.contact_id.and_then(|id| names.get(&id)) {
            visit.person = Some(name.clone());
        }
        visit.thing_ids = things.remove(&visit.id).unwrap_or_default();
    }
    Ok(visits)
}

async fn things(
    tx: &mut PgConnection,
    org: OrgId,
    visits: &[GridVisit],
    all: &[Column],
) -> sqlx::Result<HashMap<AppointmentId, Vec<ResourceId>>> {
    let kept: Vec<(AppointmentId, ResourceId)> = sql_as(
        "select appointment_id, resource_id from reservations where org_id = $1 and appointment_id = any ($2)",
    )
    .bind(org)
    .bind(visits.iter().map(|visit| visit.id).collect::<Vec<_>>())
    .fetch_all(tx)
    .await?;
    let is_thing = |(_, column): &(usize, &Column)| column.kind != "practitioner";
    let order: HashMap<ResourceId, usize> =
        all.iter().enumerate().filter(is_thing).map(|(place, thing)| (thing.id, place)).collect();
    let mut things: HashMap<AppointmentId, Vec<ResourceId>> = HashMap::new();
    for (visit, thing) in kept.into_iter().filter(|(_, id)| order.contains_key(id)) {
        things.entry(visit).or_default().push(thing);
    }
    for kept in things.values_mut() {
        kept.sort_unstable_by_key(|id| order.get(id));
    }
    Ok(things)
}
