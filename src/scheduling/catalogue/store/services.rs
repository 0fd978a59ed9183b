//! SQL of services: a row of `services`, and rows for who may give it, what it needs, and what comes before and between.

use uuid::Uuid;

use super::super::entry::{Change, Wanted};
use super::super::service::{Need, Prerequisite, Service, ServiceFields, Spacing};
use super::{json, select_wanted};
use crate::platform::bounded::Count;
use crate::platform::db::{PgConnection, sql, sql_scalar};
use crate::platform::ids::{OrgId, ResourceId, ServiceId};
use crate::platform::public::Public;

pub(in super::super) async fn select(
    tx: &mut PgConnection,
    org: OrgId,
    wanted: &Wanted,
) -> sqlx::Result<Vec<Service>> {
    // Ids inside JSON are written as `Public` writes them.
    const STATEMENT: &str = "select s.id, s.name, s.aliases, s.duration_minutes, s.buffer_before_minutes, s.buffer_after_minutes,
                s.grid_minutes, s.minimum_notice_minutes, s.horizon_days, s.price_cents, s.lead_value, s.daily_cap, s.assignment,
                s.supervised, s.licensed, s.preparation, s.active, s.position, s.is_other,
                array(select sp.practitioner_id from service_practitioners sp
                        join resources r on r.org_id = sp.org_id and r.id = sp.practitioner_id
                       where sp.org_id = s.org_id and sp.service_id = s.id order by r.position, r.id) as practitioners,
                coalesce((select jsonb_agg(jsonb_build_object('any_of', n.any_of, 'cleanup_minutes', n.cleanup_minutes) order by n.need)
                            from (select sn.need, max(sn.cleanup_minutes) as cleanup_minutes,
                                         jsonb_agg('res_' || translate(sn.resource_id::text, '-', '') order by r.position, r.id) as any_of
                                    from service_needs sn join resources r on r.org_id = sn.org_id and r.id = sn.resource_id
                                   where sn.org_id = s.org_id and sn.service_id = s.id group by sn.need) n), '[]') as needs,
                coalesce((select jsonb_agg(jsonb_build_object('service_id', 'svc_' || translate(p.required_service_id::text, '-', ''),
                                         'valid_days', p.valid_days, 'first_time_only', p.first_time_only) order by p.required_service_id)
                            from service_prerequisites p where p.org_id = s.org_id and p.service_id = s.id), '[]') as prerequisites,
                coalesce((select jsonb_agg(jsonb_build_object('service_id', 'svc_' || translate(x.other_service_id::text, '-', ''),
                                         'days', x.days) order by x.other_service_id)
                            from service_spacings x where x.org_id = s.org_id and x.service_id = s.id), '[]') as spacings
           from services s
          where s.org_id = $1 and ($2::uuid is null or s.id = $2)
            and ($3::text is null or (s.position, s.id) > ($3::smallint, $4::uuid))
            and ($6::boolean is null or s.active = $6) and $7::date is null and $8::date is null
          order by s.position, s.id limit $5";
    select_wanted(tx, STATEMENT, org, wanted).await
}

pub(in super::super) async fn save(
    tx: &mut PgConnection,
    change: Change<ServiceId>,
    fields: &ServiceFields,
) -> sqlx::Result<()> {
    sql("insert into services (org_id, id, name, aliases, duration_minutes, buffer_before_minutes, buffer_after_minutes, grid_minutes,
                minimum_notice_minutes, horizon_days, price_cents, lead_value, daily_cap, assignment, supervised, licensed,
                preparation, active, position)
         select $1, $2, n.name, n.aliases, n.duration_minutes, n.buffer_before_minutes, n.buffer_after_minutes, n.grid_minutes,
                n.minimum_notice_minutes, n.horizon_days, n.price_cents, n.lead_value, n.daily_cap, n.assignment, n.supervised,
                n.licensed, n.preparation, n.active,
                coalesce(n.position, (select least(coalesce(max(position) + 1, 0), 30000) from services where org_id = $1))
           from jsonb_populate_record(null::services, $3) n
         on conflict (org_id, id) do update set (name, aliases, duration_minutes, buffer_before_minutes, buffer_after_minutes,
                grid_minutes, minimum_notice_minutes, horizon_days, price_cents, lead_value, daily_cap, assignment, supervised,
                licensed, preparation, active, position) =
                (excluded.name, excluded.aliases, excluded.duration_minutes, excluded.buffer_before_minutes,
                 excluded.buffer_after_minutes, excluded.grid_minutes, excluded.minimum_notice_minutes, excluded.horizon_days,
                 excluded.price_cents, excluded.lead_value, excluded.daily_cap, excluded.assignment, excluded.supervised,
                 excluded.licensed, excluded.preparation, excluded.active, excluded.position)")
    .bind(change.org)
    .bind(change.id)
    .bind(json(fields)?)
    .execute(tx)
    .await?;
    Ok(())
}

pub(in super::super) async fn set_practitioners(
    tx: &mut PgConnection,
    change: Change<ServiceId>,
    people: &[Public<ResourceId>],
) -> sqlx::Result<()> {
    sql("delete from service_practitioners where org_id = $1 and service_id = $2")
        .bind(change.org)
        .bind(change.id)
        .execute(&mut *tx)
        .await?;
    sql("insert into service_practitioners (org_id, service_id, practitioner_id) select $1, $2, unnest($3::uuid[])")
        .bind(change.org)
        .bind(change.id)
        .bind(people)
        .execute(tx)
        .await?;
    Ok(())
}

/// False when a need names something that is no room or device of the org.
pub(in super::super) async fn set_needs(
    tx: &mut PgConnection,
    change: Change<ServiceId>,
    needs: &[Need],
) -> sqlx::Result<bool> {
    let (mut which, mut things, mut cleanups): (Vec<i16>, Vec<Uuid>, Vec<i32>) = Default::default();
    for (number, need) in (1_i16..).zip(needs) {
        for thing in need.any_of.iter() {
            which.push(number);
            things.push(thing.0.0);
            cleanups.push(need.cleanup_minutes.get());
        }
    }
    sql("delete from service_needs where org_id = $1 and service_id = $2")
        .bind(change.org)
        .bind(change.id)
        .execute(&mut *tx)
        .await?;
    let wanted = things.len() as u64;
    let done = sql("insert into service_needs (org_id, service_id, need, resource_id, cleanup_minutes)
         select $1, $2, n.need, r.id, n.cleanup
           from unnest($3::smallint[], $4::uuid[], $5::int[]) n (need, resource, cleanup)
           join resources r on r.org_id = $1 and r.id = n.resource and r.kind in ('room', 'device')")
    .bind(change.org)
    .bind(change.id)
    .bind(which)
    .bind(things)
    .bind(cleanups)
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == wanted)
}

pub(in super::super) async fn set_prerequisites(
    tx: &mut PgConnection,
    change: Change<ServiceId>,
    all: &[Prerequisite],
) -> sqlx::Result<()> {
    sql("delete from service_prerequisites where org_id = $1 and service_id = $2")
        .bind(change.org)
        .bind(change.id)
        .execute(&mut *tx)
        .await?;
    sql("insert into service_prerequisites (org_id, service_id, required_service_id, valid_days, first_time_only)
         select $1, $2, p.required, p.valid_days, p.first_time
           from unnest($3::uuid[], $4::int[], $5::boolean[]) p (required, valid_days, first_time)")
    .bind(change.org)
    .bind(change.id)
    .bind(all.iter().map(|p| p.service_id).collect::<Vec<_>>())
    .bind(all.iter().map(|p| p.valid_days.map(Count::get)).collect::<Vec<_>>())
    .bind(all.iter().map(|p| p.first_time_only).collect::<Vec<_>>())
    .execute(tx)
    .await?;
    Ok(())
}

pub(in super::super) async fn set_spacings(
    tx: &mut PgConnection,
    change: Change<ServiceId>,
    all: &[Spacing],
) -> sqlx::Result<()> {
    sql("delete from service_spacings where org_id = $1 and service_id = $2")
        .bind(change.org)
        .bind(change.id)
        .execute(&mut *tx)
        .await?;
    sql("insert into service_spacings (org_id, service_id, other_service_id, days)
         select $1, $2, x.other, x.days from unnest($3::uuid[], $4::int[]) x (other, days)")
    .bind(change.org)
    .bind(change.id)
    .bind(all.iter().map(|x| x.service_id.unwrap_or(Public(change.id))).collect::<Vec<_>>())
    .bind(all.iter().map(|x| x.days.get()).collect::<Vec<_>>())
    .execute(tx)
    .await?;
    Ok(())
}

/// Whether people must have had it before another service: without it, that rule would be gone unseen.
pub(in super::super) async fn is_required(
    tx: &mut PgConnection,
    org: OrgId,
    id: ServiceId,
) -> sqlx::Result<bool> {
    sql_scalar(
        "select exists (select from service_prerequisites where org_id = $1 and required_service_id = $2)",
    )
    .bind(org)
    .bind(id)
    .fetch_one(tx)
    .await
}

/// With its rules; the catch-all stays, since callers' words end there.
pub(in super::super) async fn delete(tx: &mut PgConnection, org: OrgId, id: ServiceId) -> sqlx::Result<bool> {
    let done = sql("delete from services where org_id = $1 and id = $2 and not is_other")
        .bind(org)
        .bind(id)
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}
