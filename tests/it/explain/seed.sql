-- A thousand clinics, a hundred of them with six hundred visits each, and enough of everything else that reading a
-- table, or a clinic's whole history, would never pay. Written as rows: foreign keys and triggers are not asked.
set session_replication_role = replica;

-- Whoever looks for dead rows meanwhile takes another sample, and of two ways that cost the same the other may be taken.
do $$
declare
  grown regclass;
begin
  for grown in select oid from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace loop
    execute format('alter table %s set (autovacuum_enabled = false)', grown);
  end loop;
end $$;

create function pg_temp.id(org bigint, n bigint) returns uuid immutable language sql as
  $$ select lpad((org * 1000000 + n)::text, 32, '0')::uuid $$;
create temporary table clinics as select n, pg_temp.id(n, 0) as org_id from generate_series(1, 1000) n;
create temporary table visits as
  select n, org_id, i, timestamptz '2026-06-01 00:00Z' + (i * 7919 % 9000) * interval '30 min' as starts_at
    from clinics, generate_series(1, 600) i where n <= 100;

insert into orgs (org_id, name, created_at) select org_id, 'Clinic ' || n, now() from clinics;
insert into locations (org_id, id, name, time_zone) select org_id, pg_temp.id(n, 1), 'Here', 'UTC' from clinics;
insert into services (org_id, id, name, duration_minutes)
select org_id, pg_temp.id(n, 10 + s), 'Service ' || s, 30 from clinics, generate_series(1, 8) s;
insert into resources (org_id, id, location_id, kind, name)
select org_id, pg_temp.id(n, 20 + r), pg_temp.id(n, 1), case when r <= 8 then 'practitioner' else 'room' end, 'R ' || r
  from clinics, generate_series(1, 12) r;
insert into practitioners (org_id, id) select org_id, pg_temp.id(n, 20 + p) from clinics, generate_series(1, 8) p;
insert into practitioner_turns (org_id, service_id, practitioner_id, turns)
select org_id, pg_temp.id(n, 10 + s), pg_temp.id(n, 20 + p), p from clinics, generate_series(1, 4) s, generate_series(1, 8) p where n <= 100;
insert into contacts (org_id, id, phone, name, created_at)
select org_id, pg_temp.id(n, 1000 + i), '+1310' || 2000000 + i, 'A guest', now() from clinics, generate_series(1, 300) i where n <= 100;
insert into calls (org_id, id, call_ref, state, created_at, ended_at, ended_reason, duration_seconds, caller_phone, contact_id, caller_spoke, class,
       temperature, score, scored_at, report_at, assistant_ref, is_test)
select org_id, pg_temp.id(n, 2000 + i), 'call-' || i, 'ended', at, at, 'customer-ended-call', 120, '+1310' || 2000000 + i, pg_temp.id(n, 1000 + i), true,
       (array['new_lead', 'existing_patient', 'vendor'])[1 + i % 3], (array['hot', 'warm', 'cold'])[1 + i % 3], i % 101, at, at, 'assistant', i % 50 = 0
  from clinics, generate_series(1, 120) i, lateral (select now() - i * interval '5 hours' as at) a where n <= 100;
insert into appointments (org_id, id, location_id, service_id, practitioner_id, contact_id, call_id, status, starts_at, ends_at,
       time_zone, local_starts_at, customer_phone, confirmation_said, created_at)
select org_id, pg_temp.id(n, 10000 + i), pg_temp.id(n, 1), pg_temp.id(n, 11 + i % 8), pg_temp.id(n, 21 + i % 8),
       pg_temp.id(n, 1001 + i % 300), pg_temp.id(n, 2001 + i % 40),
       (array['scheduled', 'completed', 'cancelled'])[1 + i % 3]::appointment_status, starts_at, starts_at + interval '30 min',
       'UTC', starts_at at time zone 'UTC', '+1310' || 2000001 + i % 300, 'Booked.', now()
  from visits;
insert into reminders (org_id, appointment_id, starts_at, offset_minutes, due_at, state, reason)
select org_id, pg_temp.id(n, 10000 + i), starts_at, o, starts_at - o * interval '1 min',
       (array['planned', 'dropped'])[1 + i % 2], (array[null, 'moved'])[1 + i % 2]
  from visits, unnest('{4320,1440,120}'::integer[]) o;
-- The constraint is about what may be written, and these may.
alter table reservations drop constraint reservations_do_not_overlap;
insert into reservations (org_id, resource_id, starts_at, ends_at, appointment_id)
select org_id, pg_temp.id(n, 21 + i % 8), starts_at, starts_at + interval '30 min', pg_temp.id(n, 10000 + i) from visits;
insert into holds (org_id, id, call_ref, location_id, service_id, practitioner_id, starts_at, ends_at, expires_at, created_at)
select org_id, pg_temp.id(n, 20000 + i), 'call-' || i, pg_temp.id(n, 1), pg_temp.id(n, 11 + i % 8), pg_temp.id(n, 29),
       starts_at, starts_at + interval '30 min', starts_at - interval '5 days', now()
  from visits where i <= 6;
insert into reservations (org_id, resource_id, starts_at, ends_at, hold_id, hold_expires_at)
select org_id, practitioner_id, starts_at, ends_at, id, expires_at from holds;
insert into calendar_connections (org_id, id, practitioner_id, provider)
select org_id, pg_temp.id(n, 30 + p), pg_temp.id(n, 20 + p), 'google' from clinics, generate_series(1, 8) p;
insert into calendars (org_id, id, connection_id, external_id, name, blocks, takes_events, synced_at)
select org_id, pg_temp.id(n, 50 + p), pg_temp.id(n, 30 + p), 'primary', 'Calendar', true, true, now() from clinics, generate_series(1, 8) p;
insert into external_busy (org_id, id, calendar_id, event_ref, series_ref, starts_at, ends_at)
select org_id, pg_temp.id(n, 30000 + i), pg_temp.id(n, 51 + i % 8), 'event-' || i, 'series-' || i / 4, starts_at, starts_at + interval '1 hour' from visits where i <= 400;
insert into calendar_events (org_id, appointment_id, calendar_id, event_ref, etag, state, version, starts_at, ends_at)
select org_id, pg_temp.id(n, 10000 + i), pg_temp.id(n, 51 + i % 8), 'ours-' || i, 'e', 'written', 1, starts_at, starts_at + interval '30 min' from visits where i <= 400;
insert into calendar_conflicts (org_id, id, appointment_id, calendar_id, kind, event_ref, found_at)
select org_id, pg_temp.id(n, 32000 + i), pg_temp.id(n, 10000 + i), pg_temp.id(n, 51 + i % 8), 'moved', 'ours-' || i, now() - i * interval '1 min' from visits where i <= 200;
insert into oauth_states (org_id, id, verifier_sealed, started_by, created_at, expires_at)
select org_id, pg_temp.id(n, 33000 + i), '\x00', 'key', now() - i * interval '1 hour', now() - i * interval '1 hour' from clinics, generate_series(1, 200) i where n <= 100;
insert into calendar_feeds (org_id, id, practitioner_id, token_digest, created_at)
select org_id, pg_temp.id(n, 60 + p), pg_temp.id(n, 20 + p), int8send(n * 100 + p), now() from clinics, generate_series(1, 8) p;
insert into waitlist_entries (org_id, id, location_id, service_id, contact_id, local_from, local_to, created_at)
select org_id, pg_temp.id(n, 40000 + i), pg_temp.id(n, 1), pg_temp.id(n, 11), pg_temp.id(n, 1000 + i), date '2026-12-01' + i, date '2026-12-31' + i, now()
  from clinics, generate_series(1, 200) i where n <= 100;
insert into waitlist_offers (org_id, id, entry_id, practitioner_id, freed_practitioner_id, freed_from, freed_until, starts_at, ends_at, token_digest, expires_at, created_at)
select org_id, pg_temp.id(n, 41000 + i), pg_temp.id(n, 40000 + i), pg_temp.id(n, 21), pg_temp.id(n, 21), now() + i * interval '1 hour', now() + i * interval '1 hour' + interval '45 min', now(), now(), int8send(n * 1000 + i), now(), now()
  from clinics, generate_series(1, 200) i where n <= 100;
insert into api_keys (org_id, id, name, key_digest, scopes, created_at)
select org_id, pg_temp.id(n, 50 + k), 'Key ' || k, int8send(n * 100 + k), '{}', now() from clinics, generate_series(1, 5) k;
insert into idempotent_requests (org_id, api_key_id, key, request_digest, created_at)
select org_id, pg_temp.id(n, 51), 'key-' || i, '\x00', now() - i * interval '1 min' from clinics, generate_series(1, 300) i where n <= 100;
-- What pages list.
create temporary table things as
  select n, org_id, i, pg_temp.id(n, 2001 + i % 120) as call, pg_temp.id(n, 10001 + i % 600) as visit, '+1310' || 2000000 + i % 300 as phone,
         now() - i * interval '5 hours' as at
    from clinics, generate_series(1, 120) i where n <= 100;
insert into tasks (org_id, id, kind, title, call_id, contact_id, dedupe_key, created_at, done_at)
select org_id, pg_temp.id(n, 70000 + i), case when i % 10 = 0 then 'call_back' else 'confirm_change' end, 'Do', call, pg_temp.id(n, 1001 + i % 300), 'task-' || i, at, case when i > 20 then at end from things;
insert into notifications (org_id, id, kind, title, dedupe_key, created_at, read_at)
select org_id, pg_temp.id(n, 71000 + i), 'booked', 'Booked', 'news-' || i, at, case when i > 20 then at end from things;
insert into texts (org_id, id, kind, dedupe_key, to_phone, body, segments, state, verdict, provider_sid, contact_id, call_id, appointment_id, queued_at, sent_at)
select org_id, pg_temp.id(n, 72000 + i), 'confirmation', 'text-' || i, phone, 'See you.', 1, 'delivered', 'allowed: asked for', 'sid-' || n || '-' || i,
       pg_temp.id(n, 1001 + i % 300), call, visit, at, at from things;
insert into inbound_texts (org_id, id, provider_sid, from_phone, body, meaning, received_at, answered_at, read_at)
select org_id, pg_temp.id(n, 73000 + i), 'in-' || n || '-' || i, phone, 'Thanks!', 'other', at, at, case when i > 20 then at end from things;
insert into utterances (org_id, id, call_id, role, said, said_at)
select org_id, pg_temp.id(n, 74000 + i), call, 'user', 'Hello.', at from things;
insert into tool_calls (org_id, call_ref, tool_call_id, name, arguments_digest, answer, asked_at, unmet_service_id, unmet_location_id, unmet_on, unmet_part)
select org_id, 'call-' || i, 'tool-' || i, 'check_availability', '\x00', 'Nothing.', at, case when i % 10 = 0 then pg_temp.id(n, 11) end,
       case when i % 10 = 0 then pg_temp.id(n, 1) end, case when i % 10 = 0 then at::date end, case when i % 10 = 0 then 'morning' end from things;
insert into escalations (org_id, id, kind, call_ref, call_id, location_id, raised_at, due_at, first_told_at, reached_at, acknowledged_at, acknowledged_by,
       acknowledged_via, closed_at)
select org_id, pg_temp.id(n, 75000 + i), 'hot_lead', 'call-' || i, call, pg_temp.id(n, 1), at, at, at, at, at, 'Mia', 'api', at from things where i <= 300;
insert into escalation_tellings (org_id, id, escalation_id, rung, phone, name, told_at, text_id)
select org_id, pg_temp.id(n, 76000 + i), pg_temp.id(n, 75000 + i), 0, '+13105550199', 'Mia', at, pg_temp.id(n, 72000 + i) from things where i <= 300;
insert into hot_lead_alerts (org_id, id, call_ref, call_id, trigger, created_at)
select org_id, pg_temp.id(n, 77000 + i), 'call-' || i, call, 'score', at from things where i <= 300;
insert into appointment_changes (org_id, appointment_id, version, actor, action, changed, at)
select org_id, pg_temp.id(n, 10000 + i), 1, 'voice', 'booked', '{}', at from things;
insert into audit_log (org_id, id, actor, action, subject, at, link, digest)
select org_id, pg_temp.id(n, 78000 + i), case when i % 2 = 0 then 'voice:assistant' else 'staff:usr_1' end,
       case when i % 2 = 0 then 'appointment.book' else 'transcript.read' end, 'call_' || i, at, i, '\x00' from things;
insert into events (org_id, kind, subject, at) select org_id, 'call', call, at from things;
insert into kept_days (org_id, kind, place, since, until, counted_by, counts)
select org_id, 'figures', 'site', at, at + interval '1 day', 1, '{}' from things where i <= 180;
insert into day_changes (org_id, at) select org_id, at from things where i <= 50;
insert into directory (kind, key, owner_org, owner_row)
select 'api_key', encode(key_digest, 'hex'), org_id, id from api_keys on conflict do nothing;

set session_replication_role = origin;
-- Every row is sampled, so that the same rows have the same plans.
set default_statistics_target = 5000;
analyze;
