-- Ten clinics and 10,000 visits of the next ninety days, written as rows.
--
-- A clinic has four practitioners, four rooms and 90 days of 18 half hours: 6,480 cells. The visits are the first
-- thousand steps of a walk through them that meets none twice; bookings of the bench walk on from there.

create function pg_temp.id(n bigint) returns uuid immutable language sql as $$ select lpad(n::text, 32, '0')::uuid $$;

create temporary table clinics as select n, pg_temp.id(n) as org_id from generate_series(1, 10) n;

insert into orgs (org_id, name, created_at) select org_id, 'Clinic ' || n, now() from clinics;
insert into locations (org_id, id, name, time_zone, human_phone)
select org_id, pg_temp.id(n), 'Clinic ' || n, 'America/Los_Angeles', '+13105550199' from clinics;
insert into assistants (org_id, id, platform_assistant_id, location_id, name)
select org_id, pg_temp.id(n), 'assistant-' || n, pg_temp.id(n), 'Ava' from clinics;
insert into phone_numbers (org_id, id, platform_phone_number_id, number, location_id, assistant_id)
select org_id, pg_temp.id(n), 'number-' || n, '+1310555' || 1000 + n, pg_temp.id(n), pg_temp.id(n) from clinics;
insert into integration_settings (org_id, calendar_of_record, texts_per_day_max, requires_second_factor, updated_at)
select org_id, true, 1000000, false, now() from clinics;
insert into weekly_hours (org_id, id, location_id, weekday, opens_minute, closes_minute)
select org_id, pg_temp.id(n * 1000 + day), pg_temp.id(n), day, 540, 1080 from clinics, generate_series(1, 7) day;

insert into resources (org_id, id, location_id, kind, name, position)
select org_id, pg_temp.id(n * 1000 + p), pg_temp.id(n), 'practitioner', (array['Amy', 'Bruno', 'Carla', 'David'])[p], p
  from clinics, generate_series(1, 4) p
union all
select org_id, pg_temp.id(n * 1000 + 10 + p), pg_temp.id(n), 'room', 'Room ' || p, 10 + p
  from clinics, generate_series(1, 4) p;
insert into practitioners (org_id, id) select org_id, id from resources where kind = 'practitioner';
insert into services (org_id, id, name, duration_minutes, grid_minutes)
select org_id, pg_temp.id(n * 1000), 'Botox', 30, 30 from clinics;
insert into service_practitioners (org_id, service_id, practitioner_id)
select c.org_id, pg_temp.id(n * 1000), p.id from clinics c join practitioners p using (org_id);
insert into service_needs (org_id, service_id, need, resource_id)
select c.org_id, pg_temp.id(n * 1000), 1, r.id from clinics c join resources r using (org_id) where r.kind = 'room';

insert into contacts (org_id, id, phone, name, created_at)
select org_id, pg_temp.id(n * 1000000 + i), '+1310' || 2000000 + i, 'Dana O''Neil', now()
  from clinics, generate_series(0, 999) i;

create temporary table cells as
select org_id, n, i, (i * 7919 % 6480) / 18 % 4 + 1 as p,
       ((current_date + 2 + (i * 7919 % 6480 / 72)::integer)::timestamp
        + (540 + i * 7919 % 6480 % 18 * 30) * interval '1 minute') as local_starts_at
  from clinics, generate_series(0, 999) i;
insert into appointments (org_id, id, location_id, service_id, practitioner_id, contact_id, status, starts_at, ends_at,
       time_zone, local_starts_at, customer_name, customer_phone, confirmation_said, created_at)
select org_id, pg_temp.id(n * 1000000 + i), pg_temp.id(n), pg_temp.id(n * 1000), pg_temp.id(n * 1000 + p),
       pg_temp.id(n * 1000000 + i), 'scheduled', local_starts_at at time zone 'America/Los_Angeles',
       (local_starts_at + interval '30 minutes') at time zone 'America/Los_Angeles', 'America/Los_Angeles',
       local_starts_at, 'Dana O''Neil', '+1310' || 2000000 + i, 'Booked.', now()
  from cells;
insert into reservations (org_id, resource_id, starts_at, ends_at, appointment_id)
select org_id, pg_temp.id(n * 1000 + thing + p), local_starts_at at time zone 'America/Los_Angeles',
       (local_starts_at + interval '30 minutes') at time zone 'America/Los_Angeles', pg_temp.id(n * 1000000 + i)
  from cells, unnest(array[0, 10]) thing;
