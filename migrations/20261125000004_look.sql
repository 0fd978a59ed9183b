-- One look at everything that decides about a time, in one round trip; and the same under the ledger's locks.
-- They replace app_ctx.taken and app_ctx.open_ledger, which stay while a replica of the version before still runs.

create type app_ctx.look as (
  kind text, resource_id uuid, lane smallint, starts_at timestamptz, ends_at timestamptz, expires_at timestamptz,
  local_date date, n bigint);
comment on type app_ctx.look is
  'version: n. reserved: a claim. calendar, external: the mirror. service_count, practitioner_count: n visits of local_date. visit: one of the guest''s. turns: n of a practitioner.';

-- `question` holds what only some services ask: "location", "zone", "counted_service", "counted_practitioners",
-- "guest" (a phone), "history_of" (services), "turns_of" (a service), "own" (the appointment that is being moved).
create function app_ctx.look(wanted_org uuid, resource_ids uuid[], since timestamptz, until timestamptz, at timestamptz, question jsonb)
  returns setof app_ctx.look language plpgsql as $$
declare
  has_calendars boolean;
  version bigint;
  own uuid := (question ->> 'own')::uuid;
begin
  perform set_config('app.org_id', wanted_org::text, true);
  select o.rules_version, exists (select from public.calendar_connections c where c.org_id = wanted_org)
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
      select 'calendar', c.practitioner_id, c.connected::int::smallint, c.synced_at, null::timestamptz, null::timestamptz, null::date, null::bigint
        from public.calendar_connections c where c.org_id = wanted_org
      union all
      select 'external', c.practitioner_id, null, b.starts_at, b.ends_at, null, null, null
        from public.calendar_connections c join public.external_busy b on b.org_id = c.org_id and b.connection_id = c.id
       where c.org_id = wanted_org and c.connected and b.starts_at < until and b.ends_at > since;
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
comment on function app_ctx.look(uuid, uuid[], timestamptz, timestamptz, timestamptz, jsonb) is
  'Everything that decides about a time between two instants, read as the given org under row-level security.';

-- `days` are the UTC days of every claim that may be written or taken away; `own_keys` are whatever else must not
-- happen twice at once (the call, the caller's number, a capped service, a turn).
create function app_ctx.lock_ledger(wanted_org uuid, resource_ids uuid[], days date[], own_keys text[])
  returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock(k.key)
     from (select hashtextextended(wanted_org::text || r || d, 0) as key from unnest(resource_ids) r, unnest(days) d
           union
           select hashtextextended(wanted_org::text || own.what, 0) from unnest(own_keys) own (what)
           order by 1) k;
end $$;
comment on function app_ctx.lock_ledger(uuid, uuid[], date[], text[]) is
  'Waits for every other writer of these resources on these days: transaction locks, taken in one order by all.';

-- A call's own hold of `own_start` and `own_hold` convert. Each statement of a volatile function sees what committed
-- before it.
create function app_ctx.open_ledger(wanted_org uuid, resource_ids uuid[], days date[], own_keys text[], since timestamptz, until timestamptz,
    at timestamptz, own_call_ref text, own_start timestamptz, own_hold uuid, question jsonb)
  returns setof app_ctx.look language plpgsql as $$
begin
  perform set_config('app.org_id', wanted_org::text, true);
  perform app_ctx.lock_ledger(wanted_org, resource_ids, days, own_keys);
  delete from public.holds h
   where h.org_id = wanted_org
     and (h.id = own_hold
          or h.call_ref = own_call_ref and h.starts_at = own_start
          -- Among held claims alone: those of visits are a clinic's whole history.
          or h.expires_at <= at and exists (select from public.reservations x
               where x.org_id = wanted_org and x.hold_id = h.id and x.hold_id is not null and x.resource_id = any (resource_ids)));
  return query select * from app_ctx.look(wanted_org, resource_ids, since, until, at, question);
end $$;
comment on function app_ctx.open_ledger(uuid, uuid[], date[], text[], timestamptz, timestamptz, timestamptz, text, timestamptz, uuid, jsonb) is
  'Takes the ledger''s locks, reaps lapsed holds whole and the caller''s own, and says what decides.';
