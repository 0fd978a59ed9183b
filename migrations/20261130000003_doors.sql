-- Whoever is stopped leaves nothing behind: a stranger who tries thousands of addresses must neither fill the table nor make
-- every sign-in look through all of it.
create index attempts_by_age on attempts (since);

-- Those that are stopped already only wait: nothing is written for them, and no row is locked. The others are counted in the
-- order of their keys, so that two sign-ins never wait for each other in a circle; of two who come at once, the second finds
-- the first one's count.
create or replace function app_ctx.take_attempts(keys bytea[], most integer[], at timestamptz, window_seconds integer)
  returns integer language plpgsql security definer set search_path = pg_catalog, public as $$
declare wait integer; k record; counted record;
begin
  delete from public.attempts where key in (
    select a.key from public.attempts a where a.since < at - interval '2 days' order by a.since limit 50 for update skip locked);
  select coalesce(max(greatest(window_seconds - extract(epoch from at - a.since)::integer, 1)), 0) into wait
    from unnest(keys, most) w (key, most) join public.attempts a on a.key = w.key
   where a.count >= w.most and a.since > at - make_interval(secs => window_seconds);
  if wait > 0 then
    return wait;
  end if;
  for k in select w.key, w.most from unnest(keys, most) w (key, most) order by w.key loop
    insert into public.attempts as a values (k.key, at, 1)
    on conflict (key) do update set
      count = case when a.since <= at - make_interval(secs => window_seconds) then 1 else a.count + 1 end,
      since = case when a.since <= at - make_interval(secs => window_seconds) then at else a.since end
    returning a.count, a.since into counted;
    if counted.count > k.most then
      wait := greatest(wait, window_seconds - extract(epoch from at - counted.since)::integer, 1);
    end if;
  end loop;
  return wait;
end $$;
comment on table attempts is '@global Tries to sign in, by digests of account and address, and tickets of sockets that were shown. Counted only through app_ctx.take_attempts.';
