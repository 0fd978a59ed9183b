-- Outside calendars: who is connected, which calendars block and which take our events, what is known of them, and where
-- they and we disagree. What stood here before was never filled; app_ctx.taken and the first app_ctx.open_ledger served
-- a version of the program that no longer runs beside this one.

drop function app_ctx.open_ledger(uuid, uuid[], date[], timestamptz, timestamptz, timestamptz, text, timestamptz, text);
drop function app_ctx.taken(uuid, uuid[], timestamptz, timestamptz, timestamptz);

drop table external_busy;
alter table calendar_connections
  drop column connected,
  drop column synced_at,
  add column state text not null default 'connected' check (state in ('connected', 'needs_reconnect', 'disconnected')),
  add column account text,
  add column server_url text,
  add column secret_sealed bytea,
  add column access_token_sealed bytea,
  add column access_expires_at timestamptz,
  add column refreshing_until timestamptz,
  add column scopes text[] not null default '{}',
  add column created_at timestamptz not null default now(),
  add check (state <> 'disconnected' or secret_sealed is null and access_token_sealed is null);
alter table calendar_connections add column connected boolean not null generated always as (state = 'connected') stored;
create unique index calendar_connections_once on calendar_connections (org_id, coalesce(practitioner_id, org_id)) where state <> 'disconnected';
comment on table calendar_connections is 'Accounts at Google or a CalDAV server: the clinic''s or one practitioner''s. One for each at a time.';
comment on column calendar_connections.connected is 'Its credentials work; false asks staff to connect again, or says that it was revoked.';
comment on column calendar_connections.state is 'connected, needs_reconnect (the provider refuses its credentials) or disconnected (revoked: secrets are erased).';
comment on column calendar_connections.account is 'How staff know it: the address or name of the account.';
comment on column calendar_connections.server_url is 'CalDAV only: where discovery begins.';
comment on column calendar_connections.secret_sealed is 'Refresh token (Google) or password (CalDAV), sealed.';
comment on column calendar_connections.access_token_sealed is 'Google''s access token, sealed.';
comment on column calendar_connections.access_expires_at is 'Until when that token is good.';
comment on column calendar_connections.refreshing_until is 'A process asks for a new token and has until then: one refresh at a time.';
comment on column calendar_connections.scopes is 'What the person granted.';
comment on column calendar_connections.created_at is 'When it was first connected.';

create table calendars (
  org_id uuid not null references orgs,
  id uuid not null,
  connection_id uuid not null,
  external_id text not null,
  name text not null,
  time_zone text,
  blocks boolean not null default false,
  takes_events boolean not null default false,
  tentative_blocks boolean not null default true,
  all_day_blocks boolean not null default true,
  sync_token text,
  synced_at timestamptz,
  synced_until timestamptz,
  checked_at timestamptz,
  checked_from timestamptz,
  checked_until timestamptz,
  failing_since timestamptz,
  failure text,
  failures integer not null default 0,
  paused_until timestamptz,
  refused_since timestamptz,
  refusal text,
  writes_paused_until timestamptz,
  channel_id uuid,
  channel_resource text,
  channel_expires_at timestamptz,
  primary key (org_id, id),
  constraint calendars_once unique (org_id, connection_id, external_id),
  foreign key (org_id, connection_id) references calendar_connections (org_id, id) on delete cascade
);
create unique index calendars_one_takes_events on calendars (org_id, connection_id) where takes_events;
call app_ctx.protect('calendars');
comment on table calendars is 'Calendars of a connected account: which of them block times, which one takes our visits, and how far each is known.';
comment on column calendars.org_id is 'The tenant.';
comment on column calendars.id is 'UUIDv7.';
comment on column calendars.connection_id is 'The account.';
comment on column calendars.external_id is 'Google''s calendar id, or the address of a CalDAV collection.';
comment on column calendars.name is 'As the account calls it.';
comment on column calendars.time_zone is 'IANA zone in which its all-day events are meant; null takes the clinic''s.';
comment on column calendars.blocks is 'Its busy times cannot be booked.';
comment on column calendars.takes_events is 'Visits are written here; one calendar of an account at most.';
comment on column calendars.tentative_blocks is 'Whether events that are not certain keep their time.';
comment on column calendars.all_day_blocks is 'Whether busy all-day events keep their day.';
comment on column calendars.sync_token is 'Where the provider goes on telling changes from; null asks for everything.';
comment on column calendars.synced_at is 'When the mirror was last true; too old is unknown, never free.';
comment on column calendars.synced_until is 'How far ahead the mirror reaches.';
comment on column calendars.checked_at is 'When free/busy was last asked directly because the mirror was too old.';
comment on column calendars.checked_from is 'That answer holds from here …';
comment on column calendars.checked_until is '… up to here.';
comment on column calendars.failing_since is 'First failure since it last worked; null when it works.';
comment on column calendars.failure is 'Why it failed last, as one of our own words.';
comment on column calendars.failures is 'Failures in a row, which the pause before the next try grows with.';
comment on column calendars.paused_until is 'Not asked before: it asked for a pause, or failed. The first one after that is the probe.';
comment on column calendars.refused_since is 'Since when it can be read and not written into; null when it can.';
comment on column calendars.refusal is 'Why what we wrote was refused, as one of our own words.';
comment on column calendars.writes_paused_until is 'Nothing is written before: it was refused, and staff have to change something.';
comment on column calendars.channel_id is 'Google''s push channel for it.';
comment on column calendars.channel_resource is 'What Google calls the watched resource.';
comment on column calendars.channel_expires_at is 'Until when Google pushes there.';

create table external_busy (
  org_id uuid not null references orgs,
  id uuid not null,
  calendar_id uuid not null,
  event_ref text not null,
  series_ref text,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  primary key (org_id, id),
  check (starts_at < ends_at and ends_at <= starts_at + interval '24 hours'),
  foreign key (org_id, calendar_id) references calendars (org_id, id) on delete cascade
);
create index external_busy_by_time on external_busy (org_id, starts_at, calendar_id);
create index external_busy_by_event on external_busy (org_id, calendar_id, event_ref);
create index external_busy_by_series on external_busy (org_id, calendar_id, series_ref) where series_ref is not null;
call app_ctx.protect('external_busy');
comment on table external_busy is 'The mirror: when outside calendars are busy, and nothing of what they hold. Times may overlap; long ones are cut into days.';
comment on column external_busy.org_id is 'The tenant.';
comment on column external_busy.id is 'Random.';
comment on column external_busy.calendar_id is 'Which calendar.';
comment on column external_busy.event_ref is 'The provider''s name of the event; empty for an answer of free/busy.';
comment on column external_busy.series_ref is 'The recurring event that it is an instance of.';
comment on column external_busy.starts_at is 'Busy from here.';
comment on column external_busy.ends_at is 'Busy up to here, not included.';

create table calendar_events (
  org_id uuid not null references orgs,
  appointment_id uuid not null,
  calendar_id uuid not null,
  event_ref text not null,
  etag text,
  state text not null check (state in ('writing', 'reviving', 'written', 'conflict', 'gone')),
  version integer not null default 0,
  starts_at timestamptz,
  ends_at timestamptz,
  tried_at timestamptz,
  primary key (org_id, appointment_id, calendar_id),
  constraint calendar_events_once unique (org_id, calendar_id, event_ref),
  foreign key (org_id, appointment_id) references appointments (org_id, id),
  foreign key (org_id, calendar_id) references calendars (org_id, id) on delete cascade
);
create index calendar_events_by_time on calendar_events (org_id, calendar_id, ends_at);
create index calendar_events_unfinished on calendar_events (org_id, state) where state <> 'written' and state <> 'gone';
call app_ctx.protect('calendar_events');
comment on table calendar_events is 'Our visits in outside calendars: what was written there last, and whether it still stands.';
comment on column calendar_events.org_id is 'The tenant.';
comment on column calendar_events.appointment_id is 'The visit.';
comment on column calendar_events.calendar_id is 'Where it is written.';
comment on column calendar_events.event_ref is 'The event''s name there, which follows from the visit''s id.';
comment on column calendar_events.etag is 'The event as we last wrote or accepted it; another one there means that a person edited it.';
comment on column calendar_events.state is 'writing (may be there or not), reviving (the same, after it was gone), written, conflict (a person changed it: it is left alone), gone (taken out).';
comment on column calendar_events.version is 'The version of the visit that it tells.';
comment on column calendar_events.starts_at is 'The time it tells.';
comment on column calendar_events.ends_at is 'Its end.';
comment on column calendar_events.tried_at is 'When it was last tried.';

create table calendar_conflicts (
  org_id uuid not null references orgs,
  id uuid not null,
  appointment_id uuid not null,
  calendar_id uuid not null,
  kind text not null check (kind in ('moved', 'deleted', 'overlap')),
  event_ref text not null,
  etag text,
  their_starts_at timestamptz,
  their_ends_at timestamptz,
  found_at timestamptz not null,
  resolved_at timestamptz,
  resolution text check (resolution in ('ours', 'theirs', 'agreed')),
  resolved_by text,
  primary key (org_id, id),
  check ((resolved_at is null) = (resolution is null)),
  foreign key (org_id, appointment_id) references appointments (org_id, id),
  foreign key (org_id, calendar_id) references calendars (org_id, id) on delete cascade
);
create unique index calendar_conflicts_open on calendar_conflicts (org_id, appointment_id, calendar_id, event_ref) where resolved_at is null;
create index calendar_conflicts_by_time on calendar_conflicts (org_id, found_at, id);
call app_ctx.protect('calendar_conflicts');
comment on table calendar_conflicts is 'Where a person''s calendar and our visits disagree. Nothing is cancelled or moved until somebody decides.';
comment on column calendar_conflicts.org_id is 'The tenant.';
comment on column calendar_conflicts.id is 'UUIDv7.';
comment on column calendar_conflicts.appointment_id is 'The visit.';
comment on column calendar_conflicts.calendar_id is 'Where it was found.';
comment on column calendar_conflicts.kind is 'moved or deleted: our event, by a person. overlap: an event of theirs at the time of our visit.';
comment on column calendar_conflicts.event_ref is 'The event.';
comment on column calendar_conflicts.etag is 'As it was found.';
comment on column calendar_conflicts.their_starts_at is 'When it is there; null when it was deleted.';
comment on column calendar_conflicts.their_ends_at is 'Up to when.';
comment on column calendar_conflicts.found_at is 'When we saw it.';
comment on column calendar_conflicts.resolved_at is 'When it was settled; null while open.';
comment on column calendar_conflicts.resolution is 'ours (the visit stands and is written again), theirs (the visit followed), agreed (it went away by itself).';
comment on column calendar_conflicts.resolved_by is 'Who settled it.';

create table oauth_states (
  org_id uuid not null references orgs,
  id uuid not null,
  practitioner_id uuid,
  verifier_sealed bytea not null,
  browser_digest bytea,
  started_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (org_id, id),
  foreign key (org_id, practitioner_id) references practitioners (org_id, id)
);
call app_ctx.protect('oauth_states');
comment on table oauth_states is 'Consents that were begun: each is finished once, soon, and in the browser that began it.';
comment on column oauth_states.org_id is 'The tenant.';
comment on column oauth_states.id is 'UUIDv7; signed, it is the state parameter.';
comment on column oauth_states.practitioner_id is 'Whose calendar; null for the clinic''s.';
comment on column oauth_states.verifier_sealed is 'PKCE verifier, sealed.';
comment on column oauth_states.browser_digest is 'Keyed digest of the cookie of the browser that opened the link; null until it was opened.';
comment on column oauth_states.started_by is 'Who asked for the link.';
comment on column oauth_states.created_at is 'When.';
comment on column oauth_states.expires_at is 'Too late from then on.';
comment on column oauth_states.used_at is 'When the provider sent the browser back; no second time.';

create table calendar_feeds (
  org_id uuid not null references orgs,
  id uuid not null,
  practitioner_id uuid not null,
  token_digest bytea not null,
  created_at timestamptz not null,
  revoked_at timestamptz,
  primary key (org_id, id),
  foreign key (org_id, practitioner_id) references practitioners (org_id, id)
);
create unique index calendar_feeds_active on calendar_feeds (org_id, practitioner_id) where revoked_at is null;
call app_ctx.protect('calendar_feeds');
comment on table calendar_feeds is 'Secret addresses under which a practitioner''s visits can be subscribed to.';
comment on column calendar_feeds.org_id is 'The tenant.';
comment on column calendar_feeds.id is 'UUIDv7.';
comment on column calendar_feeds.practitioner_id is 'Whose visits.';
comment on column calendar_feeds.token_digest is 'Keyed digest by which the address finds its org; the address itself is not kept.';
comment on column calendar_feeds.created_at is 'When it was made.';
comment on column calendar_feeds.revoked_at is 'From then on it is unknown; null while active.';

alter table integration_settings add column feed_names boolean not null default false;
comment on column integration_settings.feed_names is 'Whether subscribed feeds tell who comes; false shows the service only.';
comment on column idempotent_requests.body is 'The answer; sealed where it tells a secret.';

create trigger tell_scheduling after insert or update or delete on calendars
  for each statement execute function app_ctx.tell_scheduling();
create trigger tell_scheduling after insert or update or delete on external_busy
  for each statement execute function app_ctx.tell_scheduling();

alter table directory drop constraint directory_kind_check;
alter table directory add constraint directory_kind_check
  check (kind in ('door', 'secret', 'assistant', 'phone_number_id', 'number', 'api_key', 'offer', 'feed'));
create or replace function app_ctx.remember_in_directory() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public as $$
begin
  if tg_op in ('UPDATE', 'DELETE') then
    delete from public.directory where owner_org = old.org_id and owner_row = old.id;
    if tg_op = 'DELETE' then return old; end if;
  end if;
  insert into public.directory
  select k.kind, k.key, new.org_id, new.id
    from (select to_jsonb(new) as r) n, lateral (values
      -- bytea as JSON is \x and hexadecimal.
      ('door', case when tg_table_name = 'door_tokens' and n.r ->> 'revoked_at' is null then substr(n.r ->> 'token_digest', 3) end),
      ('secret', case when tg_table_name = 'webhook_credentials' and n.r ->> 'revoked_at' is null then substr(n.r ->> 'secret_digest', 3) end),
      ('assistant', case when tg_table_name = 'assistants' then n.r ->> 'platform_assistant_id' end),
      ('number', case when tg_table_name = 'phone_numbers' then n.r ->> 'number' end),
      ('phone_number_id', case when tg_table_name = 'phone_numbers' then n.r ->> 'platform_phone_number_id' end),
      ('api_key', case when tg_table_name = 'api_keys' and n.r ->> 'revoked_at' is null then substr(n.r ->> 'key_digest', 3) end),
      -- Settled offers stay: their link still tells a true sentence.
      ('offer', case when tg_table_name = 'waitlist_offers' then substr(n.r ->> 'token_digest', 3) end),
      ('feed', case when tg_table_name = 'calendar_feeds' and n.r ->> 'revoked_at' is null then substr(n.r ->> 'token_digest', 3) end)
    ) k (kind, key)
   where k.key is not null;
  return new;
end $$;
create trigger directory after insert or update or delete on calendar_feeds for each row execute function app_ctx.remember_in_directory();

-- `question` holds what only some services ask: "location", "zone", "counted_service", "counted_practitioners",
-- "guest" (a phone), "history_of" (services), "turns_of" (a service), "own" (the appointment that is being moved).
create or replace function app_ctx.look(wanted_org uuid, resource_ids uuid[], since timestamptz, until timestamptz, at timestamptz, question jsonb)
  returns setof app_ctx.look language plpgsql as $$
declare
  has_calendars boolean;
  version bigint;
  own uuid := (question ->> 'own')::uuid;
begin
  perform set_config('app.org_id', wanted_org::text, true);
  select o.rules_version, exists (select from public.calendars c where c.org_id = wanted_org and c.blocks)
    into version, has_calendars
    from public.orgs o where o.org_id = wanted_org;
  if found then
    return next row('version', null, null, null, null, null, null, version)::app_ctx.look;
  end if;
  return query
    select 'reserved', r.resource_id, r.lane, r.starts_at, r.ends_at, r.hold_expires_at, null::date, null::bigint
      from public.reservations r
     where r.org_id = wanted_org and r.resource_id = any (resource_ids)
       and r.starts_at >= since - interval '24 hours' and r.starts_at < until and r.ends_at > since
       and (r.hold_expires_at is null or r.hold_expires_at > at)
       and (own is null or r.appointment_id is distinct from own);
  if has_calendars then
    return query
      -- An answer of free/busy counts where the mirror is too old and it spans what is asked.
      select 'calendar', k.practitioner_id, k.connected::int::smallint,
             greatest(c.synced_at, case when c.checked_from <= since and c.checked_until >= until then c.checked_at end),
             null::timestamptz, null::timestamptz, null::date, null::bigint
        from public.calendars c join public.calendar_connections k on k.org_id = c.org_id and k.id = c.connection_id
       where c.org_id = wanted_org and c.blocks and k.state <> 'disconnected'
      union all
      select 'external', k.practitioner_id, null, b.starts_at, b.ends_at, null, null, null
        from public.calendars c join public.calendar_connections k on k.org_id = c.org_id and k.id = c.connection_id
        join public.external_busy b on b.org_id = c.org_id and b.calendar_id = c.id
       where c.org_id = wanted_org and c.blocks
         and b.starts_at >= since - interval '24 hours' and b.starts_at < until and b.ends_at > since;
  end if;
  if question ? 'counted_service' then
    return query
      select 'service_count', v.service_id, null::smallint, null::timestamptz, null::timestamptz, null::timestamptz,
             (v.starts_at at time zone (question ->> 'zone'))::date, count(*)
        from (select a.service_id, a.starts_at from public.appointments a
               where a.org_id = wanted_org and a.starts_at >= since and a.starts_at < until
                 and a.service_id = (question ->> 'counted_service')::uuid and a.location_id = (question ->> 'location')::uuid
                 and a.status <> 'cancelled' and a.id is distinct from own
              union all
              select h.service_id, h.starts_at from public.holds h
               where h.org_id = wanted_org and h.expires_at > at and h.starts_at >= since and h.starts_at < until
                 and h.service_id = (question ->> 'counted_service')::uuid and h.location_id = (question ->> 'location')::uuid) v
       group by 2, 7;
  end if;
  if question ? 'counted_practitioners' then
    return query
      select 'practitioner_count', v.practitioner_id, null::smallint, null::timestamptz, null::timestamptz, null::timestamptz,
             (v.starts_at at time zone (question ->> 'zone'))::date, count(*)
        from (select a.practitioner_id, a.starts_at from public.appointments a
               where a.org_id = wanted_org and a.starts_at >= since and a.starts_at < until
                 and a.practitioner_id in (select p::uuid from jsonb_array_elements_text(question -> 'counted_practitioners') p)
                 and a.status <> 'cancelled' and a.id is distinct from own
              union all
              select h.practitioner_id, h.starts_at from public.holds h
               where h.org_id = wanted_org and h.expires_at > at and h.starts_at >= since and h.starts_at < until
                 and h.practitioner_id in (select p::uuid from jsonb_array_elements_text(question -> 'counted_practitioners') p)) v
       group by 2, 7;
  end if;
  if question ? 'history_of' then
    return query
      select 'visit', a.service_id, null::smallint, a.starts_at, a.ends_at, null::timestamptz, null::date, null::bigint
        from public.contacts c join public.appointments a on a.org_id = c.org_id and a.contact_id = c.id
       where c.org_id = wanted_org and c.phone = question ->> 'guest'
         and a.service_id in (select s::uuid from jsonb_array_elements_text(question -> 'history_of') s)
         and a.status not in ('cancelled', 'no_show') and a.id is distinct from own;
  end if;
  if question ? 'turns_of' then
    return query
      select 'turns', t.practitioner_id, null::smallint, null::timestamptz, null::timestamptz, null::timestamptz, null::date, t.turns
        from public.practitioner_turns t where t.org_id = wanted_org and t.service_id = (question ->> 'turns_of')::uuid;
  end if;
end $$;

-- A call's own hold of `own_start` and `own_hold` convert; what was held is told, for it wins over an outside event that
-- came after it. Each statement of a volatile function sees what committed before it.
create or replace function app_ctx.open_ledger(wanted_org uuid, resource_ids uuid[], days date[], own_keys text[], since timestamptz,
    until timestamptz, at timestamptz, own_call_ref text, own_start timestamptz, own_hold uuid, question jsonb)
  returns setof app_ctx.look language plpgsql as $$
begin
  perform set_config('app.org_id', wanted_org::text, true);
  perform app_ctx.lock_ledger(wanted_org, resource_ids, days, own_keys);
  return query
    with gone as (
      delete from public.holds h
       where h.org_id = wanted_org
         and (h.id = own_hold
              or h.call_ref = own_call_ref and h.starts_at = own_start
              -- Among held claims alone: those of visits are a clinic's whole history.
              or h.expires_at <= at and exists (select from public.reservations x
                   where x.org_id = wanted_org and x.hold_id = h.id and x.hold_id is not null and x.resource_id = any (resource_ids)))
      returning h.practitioner_id, h.starts_at, h.ends_at, h.expires_at)
    select 'held', g.practitioner_id, null::smallint, g.starts_at, g.ends_at, null::timestamptz, null::date, null::bigint
      from gone g where g.starts_at = own_start and g.expires_at > at;
  return query select * from app_ctx.look(wanted_org, resource_ids, since, until, at, question);
end $$;
comment on type app_ctx.look is
  'version: n. held: what the writer held. reserved: a claim. calendar, external: the mirror. service_count, practitioner_count: n visits of local_date. visit: one of the guest''s. turns: n of a practitioner.';

-- Beside the legal steps of Status::may_become: a visit that moves to a time that no calendar could be asked about waits
-- for staff again.
create or replace function app_ctx.change_legally() returns trigger language plpgsql as $$
begin
  if old.status <> new.status and (old.status, new.status) not in (
      ('pending', 'scheduled'), ('pending', 'cancelled'), ('pending', 'no_show'),
      ('scheduled', 'arrived'), ('scheduled', 'cancelled'), ('scheduled', 'no_show'),
      ('arrived', 'completed'))
     and not (old.status = 'scheduled' and new.status = 'pending' and old.starts_at <> new.starts_at) then
    raise exception 'a visit that is % does not become %', old.status, new.status
      using errcode = 'check_violation', constraint = 'appointments_change_legally';
  end if;
  return new;
end $$;
