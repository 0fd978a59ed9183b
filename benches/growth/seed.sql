-- :clinics clinics with 1,000 visits each in ninety days, and one busy clinic. Rules as an operator writes them; visits
-- and claims as rows, without asking foreign keys, triggers or the exclusion constraint: nobody books here, and a look
-- reads none of them.

create function pg_temp.id(n bigint) returns uuid immutable language sql as $$ select lpad(n::text, 32, '0')::uuid $$;

-- The busy one: clinic 0 with 8 practitioners, 6 rooms, 3 devices and half hours from 8 AM to 8 PM; the others as in
-- benches/voice_path/seed.sql: 4 practitioners, 4 rooms, from 9 AM to 6 PM.
create temporary table clinics as
  select n, pg_temp.id(n) as org_id, case when n = 0 then 8 else 4 end as people, case when n = 0 then 6 else 4 end as rooms
    from generate_series(0, :clinics) n;

insert into orgs (org_id, name, created_at) select org_id, 'Clinic ' || n, now() from clinics;
insert into locations (org_id, id, name, time_zone, human_phone)
select org_id, pg_temp.id(n), 'Clinic ' || n, 'America/Los_Angeles', '+13105550199' from clinics;
insert into assistants (org_id, id, platform_assistant_id, location_id, name)
select org_id, pg_temp.id(n), 'assistant-' || n, pg_temp.id(n), 'Ava' from clinics;
insert into phone_numbers (org_id, id, platform_phone_number_id, number, location_id, assistant_id)
select org_id, pg_temp.id(n), 'number-' || n, '+1310555' || 1000 + n, pg_temp.id(n), pg_temp.id(n) from clinics;
insert into integration_settings (org_id, calendar_of_record, updated_at) select org_id, true, now() from clinics;
insert into weekly_hours (org_id, id, location_id, weekday, opens_minute, closes_minute)
select org_id, pg_temp.id(n * 1000 + day), pg_temp.id(n), day, case when n = 0 then 480 else 540 end,
       case when n = 0 then 1200 else 1080 end
  from clinics, generate_series(1, 7) day;

insert into resources (org_id, id, location_id, kind, name, position)
select org_id, pg_temp.id(n * 1000 + p), pg_temp.id(n), 'practitioner',
       (array['Amy', 'Bruno', 'Carla', 'David', 'Emil', 'Fiona', 'Gustav', 'Hanna'])[p], p
  from clinics, generate_series(1, people) p
union all
select org_id, pg_temp.id(n * 1000 + 10 + p), pg_temp.id(n), 'room', 'Room ' || p, 10 + p from clinics, generate_series(1, rooms) p
union all
select org_id, pg_temp.id(20 + p), pg_temp.id(n), 'device', 'Laser ' || p, 20 + p from clinics, generate_series(1, 3) p where n = 0;
insert into practitioners (org_id, id) select org_id, pg_temp.id(n * 1000 + p) from clinics, generate_series(1, people) p;
insert into services (org_id, id, name, duration_minutes, grid_minutes)
select org_id, pg_temp.id(n * 1000), 'Botox', 30, 30 from clinics
union all
select org_id, pg_temp.id(900), 'Laser Hair Removal', 30, 15 from clinics where n = 0
union all
select org_id, pg_temp.id(901), 'Chemical Peel', 45, 15 from clinics where n = 0;
insert into service_practitioners (org_id, service_id, practitioner_id)
select org_id, s.id, p.id from clinics join services s using (org_id) join practitioners p using (org_id);
insert into service_needs (org_id, service_id, need, resource_id, cleanup_minutes)
select org_id, s.id, 1, r.id, 0 from clinics join services s using (org_id) join resources r using (org_id) where r.kind = 'room'
union all
select org_id, pg_temp.id(900), 2, r.id, 15 from clinics join resources r using (org_id) where r.kind = 'device';

set session_replication_role = replica;
alter table reservations drop constraint reservations_do_not_overlap;
-- A walk through clinic, practitioner and half hour that meets no cell twice.
create temporary table cells as
select org_id, n, i, (i * 7919 % 6480) / 18 % 4 + 1 as p,
       ((current_date + 2 + (i * 7919 % 6480 / 72)::integer)::timestamp
        + (540 + i * 7919 % 6480 % 18 * 30) * interval '1 minute') as local_starts_at
  from clinics, generate_series(0, 999) i where n > 0
union all
-- 14 days of 24 half hours of 6 rooms: 2,000 of 2,016 cells would leave nothing, so visits are of half that length.
select org_id, n, i, (i * 1000003 % 4032) % 6 + 1,
       ((current_date + 2 + (i * 1000003 % 4032 / 288)::integer)::timestamp
        + (480 + i * 1000003 % 4032 / 6 % 48 * 15) * interval '1 minute')
  from clinics, generate_series(0, 1999) i where n = 0;
insert into appointments (org_id, id, location_id, service_id, practitioner_id, status, starts_at, ends_at,
       time_zone, local_starts_at, customer_name, customer_phone, confirmation_said, created_at)
select org_id, pg_temp.id(n * 1000000 + i), pg_temp.id(n), pg_temp.id(n * 1000), pg_temp.id(n * 1000 + p), 'scheduled',
       local_starts_at at time zone 'America/Los_Angeles',
       (local_starts_at + minutes * interval '1 minute') at time zone 'America/Los_Angeles', 'America/Los_Angeles',
       local_starts_at, 'Dana O''Neil', '+1310' || 2000000 + i, 'Booked.', now()
  from cells, lateral (select case when n = 0 then 15 else 30 end as minutes) m;
-- Practitioner and room of each visit; on every other visit of the busy clinic a device too.
insert into reservations (org_id, resource_id, starts_at, ends_at, appointment_id)
select org_id, pg_temp.id(n * 1000 + thing + case when thing = 20 then i % 3 + 1 else p end), local_starts_at at time zone 'America/Los_Angeles',
       (local_starts_at + minutes * interval '1 minute') at time zone 'America/Los_Angeles', pg_temp.id(n * 1000000 + i)
  from cells, lateral (select case when n = 0 then 15 else 30 end as minutes) m, unnest(array[0, 10, 20]) thing
 where thing < 20 or n = 0 and i % 2 = 0
    on conflict do nothing;
set session_replication_role = origin;
