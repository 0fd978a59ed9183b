-- The same figures from the other side: by local dates instead of instants, from visits to calls, sums of cases instead of
-- filters; and which calls are tests is found out anew. $1 the org, $2 and $3 the first and the last day.
with zones as (
  select l.*, l.id = (select m.id from locations m where m.org_id = l.org_id order by m.position, m.id limit 1) as is_first from locations l where l.org_id = $1),
own as (
  select human_phone as phone from zones union select hot_lead_alert_phone from integration_settings where org_id = $1),
placed as (
  select c.*, z.id as site, (c.created_at at time zone z.time_zone) as local
    from calls c, zones z
   where c.org_id = $1
     and z.id = coalesce((select n.location_id from assistants n where n.org_id = $1 and n.platform_assistant_id = c.assistant_ref),
                         (select id from zones where is_first))
     and c.caller_phone not in (select phone from own where phone is not null) and c.call_ref <> 'x2'),
ranges (range, first, last) as (values ('now', $2::date, $3::date), ('before', $2::date - ($3::date - $2::date + 1), $2::date - 1)),
called as (select r.range, p.* from placed p join ranges r on p.local::date between r.first and r.last where p.call_ref <> 'x3'),
visits as (
  select a.*, s.price_cents, p.local as booked_local, p.class
    from placed p join appointments a on a.call_id = p.id join services s on s.id = a.service_id),
closed as (
  select k.range, k.id from called k
   where not exists (select from weekly_hours h
                      where h.location_id = k.site and h.practitioner_id is null and h.weekday = extract(isodow from k.local)
                        and extract(hour from k.local) * 60 + extract(minute from k.local) >= h.opens_minute
                        and extract(hour from k.local) * 60 + extract(minute from k.local) < h.closes_minute))
select r.range, f.figure, f.value::float8
  from ranges r cross join lateral (
    select 'calls', count(*)::numeric from called k where k.range = r.range
    union all select 'answered', sum(case when k.caller_spoke then 1 else 0 end) from called k where k.range = r.range
    union all select 'missed', sum(case when k.state = 'ended' and not k.caller_spoke then 1 else 0 end) from called k where k.range = r.range
    union all select 'booked', count(distinct v.call_id) from visits v where v.call_id in (select id from called k where k.range = r.range)
    union all select 'new_leads', sum(case k.class when 'new_lead' then 1 else 0 end) from called k where k.range = r.range
    union all select 'new_leads_booked', count(distinct v.call_id) from visits v
      where v.class = 'new_lead' and v.call_id in (select id from called k where k.range = r.range)
    union all select 'after_hours', count(*) from closed k where k.range = r.range
    union all select 'seconds', sum(k.duration_seconds) from called k where k.range = r.range
    union all select 'cost_micros', round(sum(k.cost_usd)::numeric * 1000000) from called k where k.range = r.range
    union all select 'bookings', count(*) from visits v where v.booked_local::date between r.first and r.last
    union all select 'revenue_booked_cents', sum(v.price_cents) from visits v where v.booked_local::date between r.first and r.last
    union all select 'kept', count(*) from visits v where v.status in ('arrived', 'completed') and v.local_starts_at::date between r.first and r.last
    union all select 'revenue_kept_cents', sum(v.price_cents) from visits v
      where v.status in ('arrived', 'completed') and v.local_starts_at::date between r.first and r.last
    union all select 'no_shows', count(*) from visits v where v.status = 'no_show' and v.local_starts_at::date between r.first and r.last
    union all select 'alerts', count(*) from escalations e join called k on k.call_ref = e.call_ref where e.kind = 'hot_lead' and k.range = r.range
    union all select 'acknowledged', count(e.acknowledged_by) from escalations e join called k on k.call_ref = e.call_ref
      where e.kind = 'hot_lead' and k.range = r.range
    union all select 'hot_calls', count(*) from called k where k.range = r.range and k.temperature = 'hot'
    union all select 'hot_calls_booked', count(distinct k.id) from called k join appointments a
        on a.call_id = k.id or (a.customer_phone = k.caller_phone and a.created_at - k.created_at between interval '0' and interval '14 days')
      where k.range = r.range and k.temperature = 'hot'
    union all select 'unmet', count(*) from (
        select distinct t.call_ref, t.unmet_service_id, t.unmet_on, t.unmet_part from tool_calls t join called k on k.call_ref = t.call_ref
         where k.range = r.range and t.unmet_part is not null) u
    union all select 'median_seconds_to_alert', (
        select avg(s) from (select s, row_number() over (order by s) as place, count(*) over () as all_of_them
          from (select extract(epoch from x.sent_at - e.due_at) as s
                  from escalations e join called k on k.call_ref = e.call_ref and k.range = r.range
                  join escalation_tellings g on g.escalation_id = e.id join texts x on x.id = g.text_id where e.kind = 'hot_lead') every) ranked
         where place in ((all_of_them + 1) / 2, (all_of_them + 2) / 2))
  ) f (figure, value)
