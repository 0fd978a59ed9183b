//! What the calendar shows of some days: visits, holds, what stands in their way, and whose columns they are in.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;
use uuid::Uuid;

use crate::platform::db::{PgConnection, sql_as, sql_scalar};
use crate::platform::ids::{AppointmentId, CallId, ContactId, LocationId, OrgId, ResourceId, ServiceId};

/// More than this on the days that are shown are not drawn: nobody could read them (W28).
pub(in crate::dashboard) const VISITS_MAX: i64 = 4000;
/// Of everything else that is drawn.
const OTHERS_MAX: i64 = 4000;

/// A place and its days.
#[derive(Debug, Clone, Copy)]
pub(in crate::dashboard) struct Stretch {
    pub location: LocationId,
    /// The first instant …
    pub from: Timestamp,
    /// … up to here.
    pub until: Timestamp,
}

/// A visit as the agenda and the panel show it; [`GridVisit`](super::grid::GridVisit) is for the grid.
#[derive(Debug, FromRow)]
pub(in crate::dashboard) struct Visit {
    pub id: AppointmentId,
    pub location_id: LocationId,
    pub starts_at: jiff_sqlx::Timestamp,
    pub ends_at: jiff_sqlx::Timestamp,
    pub status: String,
    pub version: i32,
    pub person: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub notes: Option<String>,
    pub contact_id: Option<ContactId>,
    pub call_id: Option<CallId>,
    pub service_id: ServiceId,
    pub service: String,
    pub practitioner_id: ResourceId,
    pub practitioner: String,
    /// Said that they come.
    pub is_confirmed: bool,
    pub booked_by: String,
    /// The rooms and devices that are kept for it, by id and by name.
    #[sqlx(skip)]
    pub thing_ids: Vec<Uuid>,
    #[sqlx(skip)]
    pub things: Vec<String>,
}

/// Visits that touch the stretch, soonest first; those that were called off too, or without. A visit lasts a day at most.
///
/// Whose they are and what is kept for them is asked for all of them together.
async fn visits_of(
    tx: &mut PgConnection,
    org: OrgId,
    stretch: Stretch,
    with_cancelled: bool,
) -> sqlx::Result<Vec<Visit>> {
    let mut visits: Vec<Visit> = sql_as(
        "select a.id, a.location_id, a.starts_at, a.ends_at, a.status::text as status, a.version, a.customer_name as person,
                a.customer_phone as phone, a.customer_email as email, a.notes, a.contact_id, a.call_id, a.service_id,
                coalesce(a.service_said, s.name) as service, a.practitioner_id, p.name as practitioner,
                a.attendance_confirmed_at is not null as is_confirmed, a.booked_by
           from appointments a
           join services s on s.org_id = a.org_id and s.id = a.service_id
           join resources p on p.org_id = a.org_id and p.id = a.practitioner_id
          where a.org_id = $1 and a.location_id = $2 and a.starts_at >= $3::timestamptz - interval '24 hours' and a.starts_at < $4
            and a.ends_at > $3 and ($6 or a.status <> 'cancelled')
          order by a.starts_at, a.id limit $5",
    )
    .bind(org)
    .bind(stretch.location)
    .bind(stretch.from.to_sqlx())
    .bind(stretch.until.to_sqlx())
    .bind(VISITS_MAX)
    .bind(with_cancelled)
    .fetch_all(&mut *tx)
    .await?;
    let people: HashSet<ContactId> = visits.iter().filter_map(|visit| visit.contact_id).collect();
    let names = names(tx, org, people).await?;
    let mut things = things(tx, org, &visits).await?;
    for visit in &mut visits {
        if let Some(name) = visit.contact_id.and_then(|id| names.get(&id)) {
            visit.person = Some(name.clone());
        }
        for thing in things.remove(&visit.id).into_iter().flatten() {
            visit.thing_ids.push(thing.id);
            visit.things.push(thing.name);
        }
    }
    Ok(visits)
}

/// What people are called now, of those who are known.
pub(super) async fn names(
    tx: &mut PgConnection,
    org: OrgId,
    people: HashSet<ContactId>,
) -> sqlx::Result<HashMap<ContactId, String>> {
    let people: Vec<ContactId> = people.into_iter().collect();
    let named: Vec<(ContactId, String)> =
        sql_as("select id, name from contacts where org_id = $1 and id = any ($2) and name is not null")
            .bind(org)
            .bind(people)
            .fetch_all(tx)
            .await?;
    Ok(named.into_iter().collect())
}

/// A room or device that is kept for a visit.
#[derive(FromRow)]
struct Thing {
    visit: AppointmentId,
    id: Uuid,
    name: String,
}

async fn things(
    tx: &mut PgConnection,
    org: OrgId,
    visits: &[Visit],
) -> sqlx::Result<HashMap<AppointmentId, Vec<Thing>>> {
    let ids: Vec<AppointmentId> = visits.iter().map(|visit| visit.id).collect();
    let kept: Vec<Thing> = sql_as(
        "select x.appointment_id as visit, r.id, r.name
           from reservations x join resources r on r.org_id = x.org_id and r.id = x.resource_id
          where x.org_id = $1 and x.appointment_id = any ($2) and r.kind <> 'practitioner' order by r.position, r.id",
    )
    .bind(org)
    .bind(ids)
    .fetch_all(tx)
    .await?;
    let mut things: HashMap<AppointmentId, Vec<Thing>> = HashMap::new();
    for thing in kept {
        things.entry(thing.visit).or_default().push(thing);
    }
    Ok(things)
}

/// Visits that touch the stretch and were not called off, soonest first.
pub(in crate::dashboard) async fn visits(
    tx: &mut PgConnection,
    org: OrgId,
    stretch: Stretch,
) -> sqlx::Result<Vec<Visit>> {
    visits_of(tx, org, stretch, false).await
}

/// How many there are of them on each day that has any, by the place's clock; of `who` alone, or of everybody. One that began the
/// night before counts on the first day.
pub(in crate::dashboard) async fn visits_by_day(
    tx: &mut PgConnection,
    org: OrgId,
    stretch: Stretch,
    (zone_name, who): (&str, Option<ResourceId>),
) -> sqlx::Result<Vec<(Date, i64)>> {
    let counted: Vec<(jiff_sqlx::Date, i64)> = sql_as(
        "select (greatest(a.starts_at, $3) at time zone $5)::date as day, count(*) from appointments a
          where a.org_id = $1 and a.location_id = $2 and a.starts_at >= $3::timestamptz - interval '24 hours' and a.starts_at < $4
            and a.ends_at > $3 and a.status <> 'cancelled'
            and ($6::uuid is null or a.practitioner_id = $6 or exists (
                  select from reservations x where x.org_id = a.org_id and x.appointment_id = a.id and x.resource_id = $6))
          group by day order by day",
    )
    .bind(org)
    .bind(stretch.location)
    .bind(stretch.from.to_sqlx())
    .bind(stretch.until.to_sqlx())
    .bind(zone_name)
    .bind(who)
    .fetch_all(tx)
    .await?;
    Ok(counted.into_iter().map(|(day, count)| (day.to_jiff(), count)).collect())
}

/// Who and what of `asked` has a visit in the stretch.
pub(in crate::dashboard) async fn visited(
    tx: &mut PgConnection,
    org: OrgId,
    stretch: Stretch,
    asked: &[ResourceId],
) -> sqlx::Result<Vec<ResourceId>> {
    sql_scalar(
        "select r.id from unnest($2::uuid[]) r (id)
          where exists (select from appointments a
                         where a.org_id = $1 and a.location_id = $3 and a.starts_at >= $4::timestamptz - interval '24 hours' and a.starts_at < $5
                           and a.ends_at > $4 and a.status <> 'cancelled'
                           and (a.practitioner_id = r.id or exists (
                                  select from reservations x where x.org_id = a.org_id and x.appointment_id = a.id and x.resource_id = r.id)))",
    )
    .bind(org)
    .bind(asked)
    .bind(stretch.location)
    .bind(stretch.from.to_sqlx())
    .bind(stretch.until.to_sqlx())
    .fetch_all(tx)
    .await
}

/// One visit, whatever its state.
pub(in crate::dashboard) async fn visit(
    tx: &mut PgConnection,
    org: OrgId,
    id: AppointmentId,
) -> sqlx::Result<Option<Visit>> {
    let found: Option<(LocationId, jiff_sqlx::Timestamp, jiff_sqlx::Timestamp)> =
        sql_as("select location_id, starts_at, ends_at from appointments where org_id = $1 and id = $2")
            .bind(org)
            .bind(id)
            .fetch_optional(&mut *tx)
            .await?;
    let Some((location, from, until)) = found else { return Ok(None) };
    let stretch = Stretch { location, from: from.to_jiff(), until: until.to_jiff() };
    Ok(visits_of(tx, org, stretch, true).await?.into_iter().find(|visit| visit.id == id))
}

/// A time that is kept for somebody for some minutes.
#[derive(Debug, FromRow)]
pub(in crate::dashboard) struct Held {
    pub starts_at: jiff_sqlx::Timestamp,
    pub ends_at: jiff_sqlx::Timestamp,
    pub service: String,
    pub resource_ids: Vec<Uuid>,
}

pub(in crate::dashboard) async fn holds(
    tx: &mut PgConnection,
    org: OrgId,
    stretch: Stretch,
    now: Timestamp,
) -> sqlx::Result<Vec<Held>> {
    sql_as(
        "select h.starts_at, h.ends_at, s.name as service,
                array(select x.resource_id from reservations x where x.org_id = h.org_id and x.hold_id = h.id) as resource_ids
           from holds h join services s on s.org_id = h.org_id and s.id = h.service_id
          where h.org_id = $1 and h.location_id = $2 and h.starts_at < $4 and h.ends_at > $3 and h.expires_at > $5
          order by h.starts_at, h.id limit $6",
    )
    .bind(org)
    .bind(stretch.location)
    .bind(stretch.from.to_sqlx())
    .bind(stretch.until.to_sqlx())
    .bind(now.to_sqlx())
    .bind(OTHERS_MAX)
    .fetch_all(tx)
    .await
}

/// When outside calendars are busy; without a practitioner it is the whole clinic's.
#[derive(Debug, FromRow)]
pub(in crate::dashboard) struct Busy {
    pub practitioner_id: Option<ResourceId>,
    pub starts_at: jiff_sqlx::Timestamp,
    pub ends_at: jiff_sqlx::Timestamp,
}

pub(in crate::dashboard) async fn outside(
    tx: &mut PgConnection,
    org: OrgId,
    stretch: Stretch,
) -> sqlx::Result<Vec<Busy>> {
    sql_as(
        "select k.practitioner_id, b.starts_at, b.ends_at
           from external_busy b
           join calendars c on c.org_id = b.org_id and c.id = b.calendar_id
           join calendar_connections k on k.org_id = c.org_id and k.id = c.connection_id
          where b.org_id = $1 and c.blocks and b.starts_at >= $2::timestamptz - interval '24 hours' and b.starts_at < $3 and b.ends_at > $2
          order by b.starts_at, b.id limit $4",
    )
    .bind(org)
    .bind(stretch.from.to_sqlx())
    .bind(stretch.until.to_sqlx())
    .bind(OTHERS_MAX)
    .fetch_all(tx)
    .await
}

/// Somebody who is away.
#[derive(Debug, FromRow)]
pub(in crate::dashboard) struct Away {
    pub practitioner_id: ResourceId,
    pub starts_at: jiff_sqlx::Timestamp,
    pub ends_at: jiff_sqlx::Timestamp,
}

pub(in crate::dashboard) async fn away(
    tx: &mut PgConnection,
    org: OrgId,
    stretch: Stretch,
) -> sqlx::Result<Vec<Away>> {
    sql_as(
        "select practitioner_id, starts_at, ends_at from time_off
          where org_id = $1 and starts_at < $3 and ends_at > $2 order by starts_at, id limit $4",
    )
    .bind(org)
    .bind(stretch.from.to_sqlx())
    .bind(stretch.until.to_sqlx())
    .bind(OTHERS_MAX)
    .fetch_all(tx)
    .await
}

/// Civil days on which the place, or somebody there, keeps other hours or none.
#[derive(Debug, FromRow)]
pub(in crate::dashboard) struct Closure {
    pub practitioner_id: Option<ResourceId>,
    pub local_date: jiff_sqlx::Date,
    pub local_until: jiff_sqlx::Date,
    pub reason: Option<String>,
}

pub(in crate::dashboard) async fn closures(
    tx: &mut PgConnection,
    org: OrgId,
    location: LocationId,
    (from, to): (Date, Date),
) -> sqlx::Result<Vec<Closure>> {
    sql_as(
        "select practitioner_id, local_date, coalesce(local_until, local_date) as local_until, reason from closures
          where org_id = $1 and (location_id is null or location_id = $2)
            and local_date <= $4 and coalesce(local_until, local_date) >= $3 order by local_date, id limit $5",
    )
    .bind(org)
    .bind(location)
    .bind(from.to_sqlx())
    .bind(to.to_sqlx())
    .bind(OTHERS_MAX)
    .fetch_all(tx)
    .await
}

/// Somebody or something with a column of their own.
#[derive(Debug, Clone, FromRow)]
pub(in crate::dashboard) struct Column {
    pub id: ResourceId,
    pub name: String,
    pub kind: String,
    pub location_id: LocationId,
    pub active: bool,
}

/// Everybody and everything, in the catalogue's order.
pub(in crate::dashboard) async fn columns(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<Vec<Column>> {
    sql_as("select id, name, kind, location_id, active from resources where org_id = $1 order by position, id limit $2")
        .bind(org)
        .bind(OTHERS_MAX)
        .fetch_all(tx)
        .await
}
