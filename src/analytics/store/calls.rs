//! Calls, counted by day and hour, site and assistant.

use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;
use uuid::Uuid;

use crate::analytics::sites::Sites;
use crate::platform::db::{PgConnection, sql_as};
use crate::platform::ids::{AssistantId, OrgId};

/// Calls of one hour of the wanted range, or of one day of the range before.
#[derive(Debug, Clone, FromRow)]
pub(in crate::analytics) struct CallRow {
    pub is_now: bool,
    pub site: Uuid,
    pub assistant: Option<Uuid>,
    pub day: jiff_sqlx::Date,
    pub hour: Option<i16>,
    pub calls: i64,
    pub answered: i64,
    pub missed: i64,
    pub after_hours: i64,
    pub booked: i64,
    pub bookings: i64,
    pub booked_cents: i64,
    pub new_leads: i64,
    pub new_leads_booked: i64,
    pub leads: i64,
    pub hot: i64,
    pub leads_booked: i64,
    pub leads_came: i64,
    pub leads_kept: i64,
    pub leads_kept_cents: i64,
    pub seconds: i64,
    pub cost_micros: i64,
}

/// A visit is made within the call, hence within a day of its beginning.
pub(in crate::analytics) async fn calls(
    tx: &mut PgConnection,
    org: OrgId,
    sites: &Sites,
    assistant: Option<AssistantId>,
) -> sqlx::Result<Vec<CallRow>> {
    sql_as(
        "with site as materialized (
           select s.*, (select range_agg(tstzrange(o.opens, o.closes))
                          from unnest($11::uuid[], $12::timestamptz[], $13::timestamptz[]) o (site, opens, closes)
                         where o.site = s.id) as open
             from unnest($2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[]) s (id, zone, before, since, until)),
         visited as materialized (
           select a.call_id, count(*) as visits, sum(v.price_cents) as cents, bool_or(a.status in ('arrived', 'completed')) as came, bool_or(a.status = 'completed') as kept,
                  sum(v.price_cents) filter (where a.status = 'completed') as kept_cents
             from appointments a join services v on v.org_id = a.org_id and v.id = a.service_id
            where a.org_id = $1 and a.call_id is not null and a.created_at >= $9 - interval '1 day' and a.created_at < $10 + interval '1 day'
            group by a.call_id)
         select t.is_now, t.site, t.assistant, t.local::date as day,
                case when t.is_now then extract(hour from t.local)::smallint end as hour,
                count(*) as calls, count(*) filter (where t.is_answered) as answered, count(*) filter (where t.is_missed) as missed,
                count(*) filter (where t.is_after_hours) as after_hours, count(*) filter (where t.visits > 0) as booked,
                coalesce(sum(t.visits), 0)::bigint as bookings, coalesce(sum(t.cents), 0)::bigint as booked_cents,
                count(*) filter (where t.class = 'new_lead') as new_leads,
                count(*) filter (where t.class = 'new_lead' and t.visits > 0) as new_leads_booked,
                count(*) filter (where t.is_lead) as leads,
                count(*) filter (where t.is_lead and t.temperature = 'hot') as hot,
                count(*) filter (where t.is_lead and t.visits > 0) as leads_booked,
                count(*) filter (where t.is_lead and t.came) as leads_came,
                count(*) filter (where t.is_lead and t.kept) as leads_kept,
                coalesce(sum(t.kept_cents) filter (where t.is_lead), 0)::bigint as leads_kept_cents,
                coalesce(sum(t.duration_seconds), 0)::bigint as seconds, coalesce(sum(t.cost_micros), 0)::bigint as cost_micros
           from (select k.*, v.visits, v.cents, v.came, v.kept, v.kept_cents
                   from (select c.id, c.created_at >= s.since as is_now, s.id as site, n.id as assistant, c.created_at at time zone s.zone as local,
                        not coalesce(c.created_at <@ s.open, false) as is_after_hours, c.is_answered, c.is_missed, c.class,
                        c.class in ('new_lead', 'existing_patient') as is_lead, c.temperature, c.duration_seconds, c.cost_micros
                   from counted_calls c
                   left join assistants n on n.org_id = c.org_id and n.platform = c.platform and n.platform_assistant_id = c.assistant_ref
                   join site s on s.id = coalesce(n.location_id, $7)
                  where c.org_id = $1 and c.created_at >= $9 and c.created_at < $10 and c.created_at >= s.before and c.created_at < s.until
                    and not c.is_outbound and ($8::uuid is null or n.id = $8)
                  offset 0) k
                   left join visited v on v.call_id = k.id) t
          group by 1, 2, 3, 4, 5",
    )
    .bind(org)
    .bind(&sites.ids)
    .bind(&sites.zones)
    .bind(&sites.before)
    .bind(&sites.since)
    .bind(&sites.until)
    .bind(sites.home)
    .bind(assistant)
    .bind(sites.first.to_sqlx())
    .bind(sites.last.to_sqlx())
    .bind(&sites.open.0)
    .bind(&sites.open.1)
    .bind(&sites.open.2)
    .fetch_all(tx)
    .await
}
