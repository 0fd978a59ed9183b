//! All SQL of the first clinic's past.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use serde_json::Value;
use uuid::Uuid;

use crate::platform::db::{PgConnection, sql, sql_scalar};
use crate::platform::ids::OrgId;

pub(in crate::seed) async fn has_visits(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<bool> {
    sql_scalar("select exists (select from appointments where org_id = $1)").bind(org).fetch_one(tx).await
}

pub(in crate::seed) async fn insert_people(
    tx: &mut PgConnection,
    org: OrgId,
    people: &Value,
    since: Timestamp,
) -> sqlx::Result<()> {
    sql("insert into contacts (org_id, id, name, phone, created_at)
         select $1, p.id, p.name, p.phone, $3 from jsonb_to_recordset($2::jsonb) p (id uuid, name text, phone text)")
    .bind(org)
    .bind(people)
    .bind(since.to_sqlx())
    .execute(tx)
    .await?;
    Ok(())
}

pub(in crate::seed) async fn insert_calls(
    tx: &mut PgConnection,
    org: OrgId,
    assistant: &str,
    calls: &Value,
) -> sqlx::Result<()> {
    sql("insert into calls (org_id, id, call_ref, state, assistant_ref, contact_id, caller_phone, created_at, started_at, ended_at, report_at,
                ended_reason, duration_seconds, cost_usd, caller_spoke, summary, turns)
         select $1, c.id, c.id::text, 'ended', $3, k.id, k.phone, c.created_at, c.created_at, c.created_at + c.seconds * interval '1 second',
                c.created_at + c.seconds * interval '1 second', 'customer-ended-call', c.seconds, c.seconds * 0.0014, c.caller_spoke,
                c.summary, c.turns
           from jsonb_to_recordset($2::jsonb) c
                (id uuid, contact_id uuid, created_at timestamptz, seconds integer, caller_spoke boolean, summary text, turns jsonb)
           left join contacts k on k.org_id = $1 and k.id = c.contact_id")
    .bind(org)
    .bind(calls)
    .bind(assistant)
    .execute(tx)
    .await?;
    Ok(())
}

/// The visits as they are now, how they became so, and what those ahead take.
pub(in crate::seed) async fn insert_visits(
    tx: &mut PgConnection,
    org: OrgId,
    time_zone: &str,
    visits: &Value,
) -> sqlx::Result<()> {
    sql("with v as materialized (
           select v.*, s.id as service_id, p.id as practitioner_id, p.location_id, r.id as thing_id, k.name, k.phone
             from jsonb_to_recordset($2::jsonb) v
                  (id uuid, call_id uuid, contact_id uuid, practitioner text, service text, thing text, lane smallint, status text,
                   starts_at timestamptz, ends_at timestamptz, local_starts_at timestamp, said text, booked_at timestamptz, became_at timestamptz)
             join services s on s.org_id = $1 and s.name = v.service
             join resources p on p.org_id = $1 and p.name = v.practitioner
             join contacts k on k.org_id = $1 and k.id = v.contact_id
             left join resources r on r.org_id = $1 and r.name = v.thing),
         booked as (
           insert into appointments (org_id, id, location_id, service_id, practitioner_id, contact_id, call_id, status, starts_at, ends_at,
                  time_zone, local_starts_at, customer_name, customer_phone, confirmation_said, created_at, version, updated_at)
           select $1, id, location_id, service_id, practitioner_id, contact_id, call_id, status::appointment_status, starts_at, ends_at,
                  $3, local_starts_at, name, phone, said, booked_at, case when became_at is null then 1 else 2 end, became_at from v),
         changed as (
           insert into appointment_changes (org_id, appointment_id, version, actor, action, changed, at)
           select $1, id, 1, 'voice', 'booked', '{}', booked_at from v
           union all
           select $1, id, 2, 'staff', status, jsonb_build_object('status', jsonb_build_object('from', 'scheduled', 'to', status)), became_at
             from v where became_at is not null)
         insert into reservations (org_id, resource_id, lane, starts_at, ends_at, appointment_id)
         select $1, taken.resource_id, taken.lane, starts_at, ends_at, id
           from v cross join lateral (values (practitioner_id, 1::smallint), (thing_id, lane)) taken (resource_id, lane)
          where status in ('scheduled', 'arrived') and taken.resource_id is not null")
    .bind(org)
    .bind(visits)
    .bind(time_zone)
    .execute(tx)
    .await?;
    Ok(())
}

/// Alerts of the hot ones among these calls, in which nobody booked: each as if it had been told at once and taken a few minutes
/// later. No text of it was sent, and none will be: it is over.
pub(in crate::seed) async fn insert_taken_alerts(
    tx: &mut PgConnection,
    org: OrgId,
    (calls, taken_by): (&[Uuid], &str),
) -> sqlx::Result<()> {
    sql("with hot as materialized (
           select c.id, c.call_ref, k.name, c.caller_phone, c.interest, c.score, c.ended_at as at,
                  c.ended_at + (2 + row_number() over (order by c.created_at) * 7 % 13) * interval '1 minute' as taken_at
             from calls c join contacts k on k.org_id = $1 and k.id = c.contact_id
            where c.org_id = $1 and c.id = any($3::uuid[]) and c.temperature = 'hot'),
         alerts as (
           insert into hot_lead_alerts (org_id, id, call_ref, call_id, trigger, lead_name, lead_phone, interest, summary, score, created_at)
           select $1, id, call_ref, id, 'score', name, caller_phone, interest, 'High-value lead detected during call', score, at from hot)
         insert into escalations (org_id, id, kind, call_ref, call_id, lead_name, lead_phone, about, raised_at, due_at, first_told_at, reached_at,
                acknowledged_at, acknowledged_by, acknowledged_via, closed_at)
         select $1, id, 'hot_lead', call_ref, id, name, caller_phone, interest, at, at, at, at + interval '3 seconds', taken_at, $2, 'api', taken_at
           from hot")
    .bind(org)
    .bind(taken_by)
    .bind(calls)
    .execute(tx)
    .await?;
    Ok(())
}
