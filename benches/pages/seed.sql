-- Clinic 1 after years of work: 100,000 visits and calls, 50,000 people, texts, alerts, questions, tasks and notifications in
-- proportion. Each visit was made in its call and is up to two months later, so that the days ahead are full too. Rows without
-- asking foreign keys or triggers: pages only read.
set session_replication_role = replica;
create or replace function pg_temp.id(n bigint) returns uuid immutable language sql as $$ select lpad(n::text, 32, '0')::uuid $$;

update services set price_cents = 39000 where org_id = pg_temp.id(1);
insert into contacts (org_id, id, phone, name, created_at)
select pg_temp.id(1), pg_temp.id(5000000 + i), '+1424' || 2000000 + i, 'Person ' || i, now() - i * interval '10 minutes'
  from generate_series(1, 50000) i;
create temporary table called as
select i, now() - i * interval '8 minutes' as at, pg_temp.id(6000000 + i) as id, pg_temp.id(7000000 + i) as visit,
       pg_temp.id(5000000 + i % 50000 + 1) as person, '+1424' || 2000000 + i % 50000 + 1 as phone
  from generate_series(1, 100000) i;
insert into calls (org_id, id, call_ref, state, assistant_ref, caller_phone, contact_id, started_at, ended_at, ended_reason, duration_seconds,
       cost_usd, summary, turns, report_at, class, score, temperature, evidence, scored_at, is_test, caller_spoke, created_at)
select pg_temp.id(1), id, 'bench-' || i, 'ended', 'assistant-1', phone, person,
       at, at + interval '2 minutes', 'customer-ended-call', 120, 0.11, 'Asked for a time and was told.',
       '[{"is_caller": true, "text": "hi do you have botox this week"}, {"is_caller": false, "text": "Of course."}]', at + interval '3 minutes',
       case when i % 3 = 0 then 'existing_patient' else 'new_lead' end, i % 101,
       case when i % 101 >= 70 then 'hot' when i % 101 >= 40 then 'warm' else 'cold' end, '[]', at + interval '3 minutes',
       i % 500 = 0, i % 11 > 0, at
  from called;
insert into appointments (org_id, id, location_id, service_id, practitioner_id, status, starts_at, ends_at, time_zone, local_starts_at,
       customer_name, customer_phone, contact_id, call_id, confirmation_said, created_at)
-- Of a call with an odd number nothing came; the one before booked two.
select pg_temp.id(1), visit, pg_temp.id(1), pg_temp.id(1000), pg_temp.id(1000 + i % 4 + 1),
       (case when starts < now() then case when i % 20 = 0 then 'no_show' else 'completed' end else 'scheduled' end)::appointment_status,
       starts, starts + interval '30 minutes', 'America/Los_Angeles',
       starts at time zone 'America/Los_Angeles', 'Person ' || i, phone, person, pg_temp.id(6000000 + i + i % 2), 'Booked.', at + interval '1 minute'
  from called, lateral (select at + i % 60 * interval '1 day' as starts) v;
-- Each keeps its practitioner and a room. Of sixty that follow each other no two are on one day, so each of the sixty has a lane.
insert into reservations (org_id, resource_id, lane, starts_at, ends_at, appointment_id)
select pg_temp.id(1), pg_temp.id(1000 + thing + i % 4 + 1), i % 60 + 2, starts, starts + interval '30 minutes', visit
  from called, lateral (select at + i % 60 * interval '1 day' as starts) v, unnest(array[0, 10]) thing;
insert into texts (org_id, id, kind, dedupe_key, to_phone, body, segments, state, verdict, contact_id, call_id, appointment_id, queued_at, sent_at)
select pg_temp.id(1), pg_temp.id(8000000 + i), 'confirmation', 'bench-' || i, phone, 'See you.', 1, 'delivered', 'allowed: asked for', person, id, visit,
       at + interval '1 minute', at + interval '1 minute'
  from called;
insert into escalations (org_id, id, kind, call_ref, call_id, location_id, lead_phone, raised_at, due_at, first_told_at, acknowledged_at,
       acknowledged_by, acknowledged_via, closed_at)
select pg_temp.id(1), pg_temp.id(8500000 + i), 'hot_lead', 'bench-' || i, id, pg_temp.id(1), phone, at, at, at, at, 'staff', 'api', at
  from called where i % 101 >= 70;
insert into escalation_tellings (org_id, id, escalation_id, rung, phone, name, told_at, text_id)
select pg_temp.id(1), pg_temp.id(8700000 + i), pg_temp.id(8500000 + i), 0, '+13105550199', 'Mia', at, pg_temp.id(8000000 + i)
  from called where i % 101 >= 70;
insert into tool_calls (org_id, call_ref, tool_call_id, name, arguments_digest, answer, asked_at, unmet_service_id, unmet_location_id, unmet_on, unmet_part)
select pg_temp.id(1), 'bench-' || i, 'bench', 'check_availability', '\x00', 'Nothing is free.', at,
       case when i % 10 = 0 then pg_temp.id(1000) end, case when i % 10 = 0 then pg_temp.id(1) end, case when i % 10 = 0 then at::date end,
       case when i % 10 = 0 then 'morning' end
  from called;
insert into tasks (org_id, id, kind, title, call_id, dedupe_key, created_at, done_at)
select pg_temp.id(1), pg_temp.id(9000000 + i), 'call_back', 'Call back', id, 'bench-' || i, at, case when i > 300 then at end
  from called where i % 5 = 0;
insert into notifications (org_id, id, kind, title, dedupe_key, created_at, read_at)
select pg_temp.id(1), pg_temp.id(9500000 + i), 'booked', 'The receptionist booked a visit', 'bench-' || i, at, case when i > 120 then at end
  from called where i % 2 = 0;
insert into audit_log (org_id, id, actor, action, subject, detail, at)
select pg_temp.id(1), pg_temp.id(9700000 + i), 'voice:assistant', 'appointment.book', 'apt_' || i, '{}', at from called;
do $$
declare entry public.audit_log; previous bytea := ''; number bigint := 0;
begin
  for entry in select * from audit_log where org_id = lpad('1', 32, '0')::uuid order by at, id loop
    number := number + 1;
    entry.link := number;
    previous := app_ctx.audit_digest(previous, entry);
    update audit_log set link = number, digest = previous where org_id = entry.org_id and id = entry.id;
  end loop;
end $$;
insert into audit_heads (org_id, link, digest)
select org_id, link, digest from audit_log where org_id = pg_temp.id(1) order by link desc limit 1;
insert into inbound_texts (org_id, id, provider_sid, from_phone, body, meaning, received_at, read_at)
select pg_temp.id(1), pg_temp.id(9900000 + i), 'bench-' || i, phone, 'Thanks!', 'other', at, case when i > 120 then at end
  from called where i % 4 = 0;
insert into events (org_id, kind, subject, at)
select pg_temp.id(1), 'call', id, at from called where i <= 20000 order by i desc;
set session_replication_role = origin;
