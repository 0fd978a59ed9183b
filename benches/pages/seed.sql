-- Clinic 1 after years of work: 100,000 visits and calls, 50,000 people, texts, tasks and notifications in proportion. Rows without
-- asking foreign keys or triggers: pages only read.
set session_replication_role = replica;
create function pg_temp.id(n bigint) returns uuid immutable language sql as $$ select lpad(n::text, 32, '0')::uuid $$;

insert into contacts (org_id, id, phone, name, created_at)
select pg_temp.id(1), pg_temp.id(5000000 + i), '+1424' || 2000000 + i, 'Person ' || i, now() - i * interval '10 minutes'
  from generate_series(1, 50000) i;
insert into calls (org_id, id, call_ref, state, assistant_ref, caller_phone, contact_id, started_at, ended_at, ended_reason, duration_seconds,
       cost_usd, summary, turns, report_at, class, score, temperature, evidence, scored_at, created_at)
select pg_temp.id(1), pg_temp.id(6000000 + i), 'bench-' || i, 'ended', 'assistant-1', '+1424' || 2000000 + i % 50000, pg_temp.id(5000000 + i % 50000 + 1),
       at, at + interval '2 minutes', 'customer-ended-call', 120, 0.11, 'Asked for a time and was told.',
       '[{"is_caller": true, "text": "hi do you have botox this week"}, {"is_caller": false, "text": "Of course."}]', at + interval '3 minutes',
       'new_lead', i % 101, case when i % 101 >= 70 then 'hot' when i % 101 >= 40 then 'warm' else 'cold' end, '[]', at + interval '3 minutes', at
  from generate_series(1, 100000) i, lateral (select now() - i * interval '8 minutes' as at) t;
insert into appointments (org_id, id, location_id, service_id, practitioner_id, status, starts_at, ends_at, time_zone, local_starts_at,
       customer_name, customer_phone, contact_id, call_id, confirmation_said, created_at)
select pg_temp.id(1), pg_temp.id(7000000 + i), pg_temp.id(1), pg_temp.id(1000), pg_temp.id(1000 + i % 4 + 1),
       (case when at < now() then 'completed' else 'scheduled' end)::appointment_status, at, at + interval '30 minutes', 'America/Los_Angeles',
       at at time zone 'America/Los_Angeles', 'Person ' || i, '+1424' || 2000000 + i % 50000, pg_temp.id(5000000 + i % 50000 + 1),
       pg_temp.id(6000000 + i), 'Booked.', at - interval '5 days'
  from generate_series(1, 100000) i,
       lateral (select date_trunc('hour', now()) - interval '700 days' + i * interval '10 minutes' as at) t;
insert into texts (org_id, id, kind, dedupe_key, to_phone, body, segments, state, verdict, contact_id, queued_at, sent_at)
select pg_temp.id(1), pg_temp.id(8000000 + i), 'confirmation', 'bench-' || i, '+1424' || 2000000 + i % 50000, 'See you.', 1, 'delivered',
       'allowed', pg_temp.id(5000000 + i % 50000 + 1), at, at
  from generate_series(1, 100000) i, lateral (select now() - i * interval '8 minutes' as at) t;
insert into tasks (org_id, id, kind, title, call_id, dedupe_key, created_at, done_at)
select pg_temp.id(1), pg_temp.id(9000000 + i), 'call_back', 'Call back', pg_temp.id(6000000 + i), 'bench-' || i, at, case when i > 60 then at end
  from generate_series(1, 20000) i, lateral (select now() - i * interval '40 minutes' as at) t;
insert into notifications (org_id, id, kind, title, dedupe_key, created_at, read_at)
select pg_temp.id(1), pg_temp.id(9500000 + i), 'booked', 'The receptionist booked a visit', 'bench-' || i, at, case when i > 60 then at end
  from generate_series(1, 50000) i, lateral (select now() - i * interval '16 minutes' as at) t;
set session_replication_role = origin;
