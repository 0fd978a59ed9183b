//! Calls of days, counted by assistant and hour.

use sqlx::FromRow;
use uuid::Uuid;

use crate::analytics::days::Columns;
use crate::platform::db::{PgConnection, sql_as};
use crate::platform::ids::OrgId;

/// Calls of one hour of a day.
#[derive(Debug, Clone, FromRow)]
pub(in crate::analytics) struct CallRow {
    pub site: Uuid,
    pub since: jiff_sqlx::Timestamp,
    pub assistant: Option<Uuid>,
    pub hour: i16,
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

/// `home`: the site of calls whose assistant is known to none.
pub(in crate::analytics) async fn calls(
    tx: &mut PgConnection,
    org: OrgId,
    (days, home): (&Columns, Uuid),
) -> sqlx::Result<Vec<CallRow>> {
    sql_as(
        "with day as materialized (
           select d.site, d.zone, d.since, d.until, d.open::tstzmultirange as open
             from unnest($2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::text[]) d (site, zone, since, until, open))
         select t.site, t.since, t.assistant, t.hour,
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
           from (select d.site, d.since, n.id as assistant, extract(hour from c.created_at at time zone d.zone)::smallint as hour,
                        not c.created_at <@ d.open as is_after_hours, c.is_answered, c.is_missed, c.class,
                        c.class in ('new_lead', 'existing_patient') as is_lead, c.temperature, c.duration_seconds, c.cost_micros, v.*
                   from (select distinct since, until from day) s
                   join counted_calls c on c.created_at >= s.since and c.created_at < s.until
                   left join assistants n on n.org_id = c.org_id and n.platform = c.platform and n.platform_assistant_id = c.assistant_ref
                   join day d on d.since = s.since and d.until = s.until and d.site = coalesce(n.location_id, $7)
                  cross join lateral (
                    select count(*) as visits, sum(p.price_cents) as cents, bool_or(a.status in ('arrived', 'completed')) as came,
                           bool_or(a.status = 'completed') as kept, sum(p.price_cents) filter (where a.status = 'completed') as kept_cents
                      from appointments a join services p on p.org_id = a.org_id and p.id = a.service_id
                     where a.org_id = c.org_id and a.call_id = c.id) v
                  where c.org_id = $1 and not c.is_outbound) t
          group by 1, 2, 3, 4",
    )
    .bind(org)
    .bind(&days.sites)
    .bind(&days.zones)
    .bind(&days.since)
    .bind(&days.until)
    .bind(&days.open)
    .bind(home)
    .fetch_all(tx)
    .await
}
