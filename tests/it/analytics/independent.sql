-- The same figures from the other side: by local dates instead of instants, from visits to calls, sums of cases instead of
-- filters; and which calls come from the clinic's own phones is found out anew. $1 the org, $2 and $3 the first and the last day.
-- Each cut of the calls (a range, a day, a site, an assistant) by the same sentences.
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
     and c.caller_phone not in (select phone from own where phone is not null) and not c.is_test),
cut_so (cut, key, first, last, site, assistant) as (
  select 'now', '', $2::date, $3::date, null::uuid, null::text
  union all select 'before', '', $2::date - ($3::date - $2::date + 1), $2::date - 1, null, null
  union all select 'days', ($2::date + d)::text, $2::date + d, $2::date + d, null, null from generate_series(0, $3::date - $2::date) d
  union all select 'locations', z.name, $2::date, $3::date, z.id, null from zones z
  union all select 'assistants', 'asst_' || replace(n.id::text, '-', ''), $2::date, $3::date, null, n.platform_assistant_id from assistants n where n.org_id = $1),
cuts as (select row_number() over () as n, c.* from cut_so c),
called as (
  select c.n as of_cut, p.*
    from placed p join cuts c on p.local::date between c.first and c.last and p.site = coalesce(c.site, p.site)
   where not p.is_outbound and (c.assistant is null or c.assistant = p.assistant_ref)),
visits as (
  select c.n as of_cut, a.*, s.price_cents, p.class,
         p.local::date between c.first and c.last and p.site = coalesce(c.site, p.site) as is_made,
         a.local_starts_at::date between c.first and c.last and a.location_id = coalesce(c.site, a.location_id) as is_due
    from placed p join appointments a on a.call_id = p.id join services s on s.id = a.service_id
    join cuts c on c.assistant is null or c.assistant = p.assistant_ref),
closed as (
  select k.of_cut, k.id from called k
   where not exists (select from weekly_hours h
                      where h.location_id = k.site and h.practitioner_id is null and h.weekday = extract(isodow from k.local)
                        and extract(hour from k.local) * 60 + extract(minute from k.local) >= h.opens_minute
                        and extract(hour from k.local) * 60 + extract(minute from k.local) < h.closes_minute)),
in_vain as (
  select distinct k.of_cut, t.call_ref, t.unmet_service_id, t.unmet_on, t.unmet_part
    from tool_calls t join called k on k.call_ref = t.call_ref where t.unmet_part is not null),
fates as (
  select k.of_cut, e.id, extract(epoch from min(x.sent_at) - e.due_at) as told, case when e.acknowledged_via <> 'booked' then extract(epoch from e.acknowledged_at - e.first_told_at) end as taken
    from escalations e join called k on k.call_ref = e.call_ref
    left join escalation_tellings g on g.escalation_id = e.id left join texts x on x.id = g.text_id
   where e.kind = 'hot_lead' group by k.of_cut, e.id, e.due_at, e.acknowledged_at, e.acknowledged_via, e.first_told_at),
waits (of_cut, what, s) as (
  select of_cut, 'alert', told from fates where told is not null union all select of_cut, 'acknowledge', taken from fates where taken is not null),
-- Between the two neighbours of where the share lies among those that are ranked.
quantiles as (
  select c.n, 'speed.' || q.name || '_seconds_to_' || w.what as figure,
         (select min(low.s) + (q.share * (max(low.all_of_them) - 1) - floor(q.share * (max(low.all_of_them) - 1))) * (max(low.s) - min(low.s))
            from (select s, row_number() over (order by s) - 1 as place, count(*) over () as all_of_them
                    from waits x where x.of_cut = c.n and x.what = w.what) low
           where low.place in (floor(q.share * (low.all_of_them - 1)), ceil(q.share * (low.all_of_them - 1)))) as value
    from cuts c, (values ('median', 0.5), ('p90', 0.9)) q (name, share), (values ('alert'), ('acknowledge')) w (what)),
written as (
  select x.state, (x.queued_at at time zone z.time_zone)::date as day
    from zones z cross join texts x
    left join appointments a on a.id = x.appointment_id left join placed p on p.id = coalesce(x.call_id, a.call_id)
   where z.is_first and x.org_id = $1 and x.kind <> 'test_alert' and (p.id is not null or coalesce(x.call_id, a.call_id) is null)),
totals as (
  select c.n, c.cut, c.key, f.figure, f.value
    from cuts c cross join lateral (
      select 'calls.calls', count(*)::numeric from called k where k.of_cut = c.n
      union all select 'calls.answered', coalesce(sum(case when k.caller_spoke then 1 else 0 end), 0) from called k where k.of_cut = c.n
      union all select 'calls.missed', coalesce(sum(case when k.state = 'ended' and not k.caller_spoke then 1 else 0 end), 0) from called k where k.of_cut = c.n
      union all select 'calls.booked', count(distinct v.call_id) from visits v where v.of_cut = c.n and v.is_made
      union all select 'calls.new_leads', coalesce(sum(case k.class when 'new_lead' then 1 else 0 end), 0) from called k where k.of_cut = c.n
      union all select 'calls.new_leads_booked', count(distinct v.call_id) from visits v where v.of_cut = c.n and v.is_made and v.class = 'new_lead'
      union all select 'calls.after_hours', count(*) from closed k where k.of_cut = c.n
      union all select 'calls.seconds', coalesce(sum(k.duration_seconds), 0) from called k where k.of_cut = c.n
      union all select 'calls.cost_micros', coalesce(round(sum(k.cost_usd)::numeric * 1000000), 0) from called k where k.of_cut = c.n
      union all select 'visits.bookings', count(*) from visits v where v.of_cut = c.n and v.is_made
      union all select 'visits.revenue_booked_cents', coalesce(sum(v.price_cents), 0) from visits v where v.of_cut = c.n and v.is_made
      union all select 'visits.kept', count(*) from visits v where v.of_cut = c.n and v.is_due and v.status in ('arrived', 'completed')
      union all select 'visits.revenue_kept_cents', coalesce(sum(v.price_cents), 0) from visits v
        where v.of_cut = c.n and v.is_due and v.status in ('arrived', 'completed')
      union all select 'visits.no_shows', count(*) from visits v where v.of_cut = c.n and v.is_due and v.status = 'no_show'
      union all select 'speed.alerts', count(*) from fates a where a.of_cut = c.n
      union all select 'speed.acknowledged', count(a.taken) from fates a where a.of_cut = c.n
      union all select 'hot.calls', count(*) from called k where k.of_cut = c.n and k.temperature = 'hot'
      union all select 'hot.booked', count(distinct k.id) from called k join appointments a
          on a.call_id = k.id or (a.customer_phone = k.caller_phone and a.created_at - k.created_at between interval '0' and interval '14 days')
        where k.of_cut = c.n and k.temperature = 'hot'
      union all select 'texts.sent', count(*) from written w where w.day between c.first and c.last and w.state in ('sent', 'delivered', 'undelivered')
      union all select 'texts.delivered', count(*) from written w where w.day between c.first and c.last and w.state = 'delivered'
      union all select 'texts.failed', count(*) from written w where w.day between c.first and c.last and w.state in ('failed', 'undelivered')
      union all select 'unmet', count(*) from in_vain u where u.of_cut = c.n
    ) f (figure, value)),
leads as (
  select k.id, k.temperature, v.status, v.price_cents
    from cuts c join called k on k.of_cut = c.n left join visits v on v.of_cut = c.n and v.call_id = k.id
   where c.cut = 'now' and k.class in ('new_lead', 'existing_patient'))
select cut, key, figure, value::float8 from totals
union all
select a.cut, a.key, q.figure, round(a.value / nullif(sum(b.value), 0), 4)::float8
  from (values ('calls.conversion', 'calls.booked', array['calls.answered']),
               ('calls.new_lead_conversion', 'calls.new_leads_booked', array['calls.new_leads']),
               ('calls.after_hours_share', 'calls.after_hours', array['calls.calls']),
               ('visits.no_show_rate', 'visits.no_shows', array['visits.kept', 'visits.no_shows']),
               ('hot.precision', 'hot.booked', array['hot.calls'])) q (figure, part, whole)
  join totals a on a.figure = q.part join totals b on b.n = a.n and b.figure = any (q.whole)
 group by a.n, a.cut, a.key, q.figure, a.value
union all
select c.cut, c.key, q.figure, q.value::float8 from quantiles q join cuts c on c.n = q.n
union all
select 'hours', extract(isodow from k.local) || ' ' || extract(hour from k.local), 'calls', count(*)
  from called k join cuts c on c.n = k.of_cut where c.cut = 'now' group by 2
union all
select 'unmet', s.name || ' ' || u.unmet_part, f.figure, f.value
  from (select unmet_service_id, unmet_part, count(*) as times, count(distinct call_ref) as calls
          from in_vain join cuts c on c.n = of_cut where c.cut = 'now' group by 1, 2) u
  join services s on s.id = u.unmet_service_id cross join lateral (values ('times', u.times), ('calls', u.calls)) f (figure, value)
union all
select 'funnel', '', f.figure, f.value::float8
  from (select (select value from totals where cut = 'now' and figure = 'calls.calls') as called, count(distinct id) as leads,
               count(distinct case temperature when 'hot' then id end) as hot, count(distinct case when status is not null then id end) as booked,
               count(distinct case when status in ('arrived', 'completed') then id end) as came, count(distinct case status when 'completed' then id end) as kept,
               sum(case status when 'completed' then price_cents else 0 end) as kept_cents
          from leads) l
  cross join lateral (values ('called', called), ('leads', leads), ('hot', hot), ('booked', booked), ('came', came), ('kept', kept), ('kept_cents', kept_cents)) f (figure, value)
