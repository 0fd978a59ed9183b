create type appointment_status as enum ('pending', 'scheduled', 'arrived', 'completed', 'cancelled', 'no_show');
comment on type appointment_status is 'pending, scheduled and arrived hold capacity; the others do not.';

create table appointments (
  org_id uuid not null references orgs,
  id uuid not null,
  location_id uuid not null,
  service_id uuid not null,
  service_said text,
  practitioner_id uuid not null,
  contact_id uuid,
  call_id uuid,
  status appointment_status not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  time_zone text not null,
  local_starts_at timestamp not null,
  customer_name text,
  customer_phone text,
  said_phone text,
  customer_email text,
  notes text,
  confirmation_said text not null,
  version integer not null default 1,
  created_at timestamptz not null,
  primary key (org_id, id),
  check (starts_at < ends_at),
  foreign key (org_id, location_id) references locations (org_id, id),
  foreign key (org_id, service_id) references services (org_id, id),
  foreign key (org_id, practitioner_id) references practitioners (org_id, id),
  foreign key (org_id, contact_id) references contacts (org_id, id),
  foreign key (org_id, call_id) references calls (org_id, id)
);
create index appointments_by_start on appointments (org_id, starts_at);
create index appointments_of_call on appointments (org_id, call_id) where call_id is not null;
create index appointments_by_contact on appointments (org_id, contact_id, starts_at);
call app_ctx.protect('appointments');
comment on table appointments is 'Visits that were booked. Nothing here is ever deleted.';

create table holds (
  org_id uuid not null references orgs,
  id uuid not null,
  call_ref text not null,
  location_id uuid not null,
  service_id uuid not null,
  practitioner_id uuid not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  primary key (org_id, id),
  check (starts_at < ends_at),
  foreign key (org_id, location_id) references locations (org_id, id),
  foreign key (org_id, service_id) references services (org_id, id),
  foreign key (org_id, practitioner_id) references practitioners (org_id, id)
);
create index holds_of_call on holds (org_id, call_ref);
call app_ctx.protect('holds');
comment on table holds is 'Capacity kept for a few minutes for one call; gone when it converts, lapses or the call ends.';

-- The ledger. The constraint decides every race, whatever path wrote.
create table reservations (
  org_id uuid not null references orgs,
  resource_id uuid not null,
  lane smallint not null default 1,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  during tstzrange not null generated always as (tstzrange(starts_at, ends_at, '[)')) stored,
  appointment_id uuid,
  hold_id uuid,
  hold_expires_at timestamptz,
  primary key (org_id, resource_id, lane, starts_at),
  -- Readers look back one day from their window and no further.
  constraint reservations_last_a_day_at_most check (starts_at < ends_at and ends_at <= starts_at + interval '24 hours'),
  constraint reservations_have_one_reason check (num_nonnulls(appointment_id, hold_id) = 1 and (hold_id is null) = (hold_expires_at is null)),
  foreign key (org_id, resource_id) references resources (org_id, id),
  foreign key (org_id, appointment_id) references appointments (org_id, id) on delete cascade deferrable initially deferred,
  foreign key (org_id, hold_id) references holds (org_id, id) on delete cascade deferrable initially deferred,
  constraint reservations_do_not_overlap exclude using gist (org_id with =, resource_id with =, lane with =, during with &&)
);
create index reservations_by_resource on reservations (org_id, resource_id, starts_at);
create index reservations_of_appointment on reservations (org_id, appointment_id);
create index reservations_of_hold on reservations (org_id, hold_id) where hold_id is not null;
call app_ctx.protect('reservations');
comment on table reservations is 'Which lane of which resource is taken when, buffers and clean-up included.';

create table calendar_connections (
  org_id uuid not null references orgs,
  id uuid not null,
  practitioner_id uuid,
  provider text not null check (provider in ('google', 'caldav')),
  connected boolean not null default true,
  synced_at timestamptz,
  primary key (org_id, id),
  foreign key (org_id, practitioner_id) references practitioners (org_id, id)
);
call app_ctx.protect('calendar_connections');
comment on table calendar_connections is 'Outside calendars of an org or practitioner, and when their mirror was last true.';

create table external_busy (
  org_id uuid not null references orgs,
  id uuid not null,
  connection_id uuid not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  primary key (org_id, id),
  check (starts_at < ends_at),
  foreign key (org_id, connection_id) references calendar_connections (org_id, id) on delete cascade
);
create index external_busy_by_time on external_busy (org_id, connection_id, starts_at);
call app_ctx.protect('external_busy');
comment on table external_busy is 'The mirror: busy times of outside calendars. They may overlap each other.';

-- One round trip for the voice path: the version of the rules, the state of the calendars, and what is taken.
-- plpgsql, so that the org is set before the policies look at it. Names are qualified and no search_path is set: that
-- would cost each call a third of its time.
create function app_ctx.taken(wanted_org uuid, resource_ids uuid[], since timestamptz, until timestamptz, at timestamptz)
  returns table (kind text, resource_id uuid, lane smallint, starts_at timestamptz, ends_at timestamptz, expires_at timestamptz, rules_version bigint)
  language plpgsql as $$
#variable_conflict use_column
declare
  has_calendars boolean;
begin
  perform set_config('app.org_id', wanted_org::text, true);
  select 'version', o.rules_version, exists (select from public.calendar_connections c where c.org_id = wanted_org)
    into kind, rules_version, has_calendars
    from public.orgs o where o.org_id = wanted_org;
  if found then
    return next;
  end if;
  return query
    select 'reserved', r.resource_id, r.lane, r.starts_at, r.ends_at, r.hold_expires_at, null::bigint
      from public.reservations r
     where r.org_id = wanted_org and r.resource_id = any (resource_ids)
       and r.starts_at >= since - interval '24 hours' and r.starts_at < until and r.ends_at > since
       and (r.hold_expires_at is null or r.hold_expires_at > at);
  if has_calendars then
    return query
      select 'calendar', c.practitioner_id, c.connected::int::smallint, c.synced_at, null::timestamptz, null::timestamptz, null::bigint
        from public.calendar_connections c where c.org_id = wanted_org
      union all
      select 'external', c.practitioner_id, null, b.starts_at, b.ends_at, null, null
        from public.calendar_connections c join public.external_busy b on b.org_id = c.org_id and b.connection_id = c.id
       where c.org_id = wanted_org and c.connected and b.starts_at < until and b.ends_at > since;
  end if;
end $$;
comment on function app_ctx.taken(uuid, uuid[], timestamptz, timestamptz, timestamptz) is
  'What is taken between two instants, read as the given org under row-level security.';

-- Whatever changes what is taken, or the version of the rules, tells every process as it commits: src/scheduling/kept.rs.
-- Who works without an org says nothing, and everything is forgotten.
create function app_ctx.tell_scheduling() returns trigger language plpgsql as $$
begin
  perform pg_notify('scheduling', coalesce(current_setting('app.org_id', true), ''));
  return null;
end $$;
comment on function app_ctx.tell_scheduling() is 'Tells every process that looks at an org''s ledger must be made anew.';
create trigger tell_scheduling after insert or update or delete on reservations
  for each statement execute function app_ctx.tell_scheduling();
create trigger tell_scheduling after insert or update or delete on calendar_connections
  for each statement execute function app_ctx.tell_scheduling();
create trigger tell_scheduling after insert or update or delete on external_busy
  for each statement execute function app_ctx.tell_scheduling();
create trigger tell_scheduling after update of rules_version on orgs
  for each statement execute function app_ctx.tell_scheduling();

-- The same under the ledger's locks, for writers: waits for every (resource, day) touched in one order for all,
-- lets lapsed holds go whole, and then looks. Each statement of a volatile function sees what committed before it.
create function app_ctx.open_ledger(wanted_org uuid, resource_ids uuid[], days date[], since timestamptz, until timestamptz,
    at timestamptz, own_call_ref text, own_start timestamptz, own_phone text)
  returns table (kind text, resource_id uuid, lane smallint, starts_at timestamptz, ends_at timestamptz, expires_at timestamptz, rules_version bigint)
  language plpgsql as $$
#variable_conflict use_column
begin
  perform set_config('app.org_id', wanted_org::text, true);
  perform pg_advisory_xact_lock(k.key)
     from (select hashtextextended(wanted_org::text || r || d, 0) as key from unnest(resource_ids) r, unnest(days) d
           union
           -- One caller's own requests wait for each other too: a repeat must find what it repeats.
           select hashtextextended(wanted_org::text || own.what, 0)
             from (values ('call:' || own_call_ref), ('phone:' || own_phone)) own (what) where own.what is not null
           order by 1) k;
  delete from public.holds h
   where h.org_id = wanted_org
     and (h.expires_at <= at and exists (select from public.reservations x where x.org_id = wanted_org and x.hold_id = h.id and x.resource_id = any (resource_ids))
          or h.call_ref = own_call_ref and h.starts_at = own_start);
  return query select * from app_ctx.taken(wanted_org, resource_ids, since, until, at);
end $$;
comment on function app_ctx.open_ledger(uuid, uuid[], date[], timestamptz, timestamptz, timestamptz, text, timestamptz, text) is
  'Takes the ledger''s transaction locks in sorted order, reaps lapsed holds and the caller''s own, and says what is taken.';
