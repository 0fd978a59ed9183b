-- Looking through a whole log takes a second for each 100,000 entries: a job does it when somebody asks, part by part.

create table audit_checks (
  org_id uuid primary key references orgs,
  asked_at timestamptz,
  checked bigint not null default 0,
  ended_at timestamptz,
  entries bigint,
  is_whole boolean,
  broken_link bigint,
  constraint audit_checks_ended_whole check (num_nonnulls(ended_at, entries, is_whole) in (0, 3)),
  constraint audit_checks_break_of_a_broken_one check (broken_link is null or not is_whole)
);
call app_ctx.protect('audit_checks');
comment on table audit_checks is 'Whether each org''s audit log was found whole when all of it was last looked through, and how far a look has come that goes on.';
comment on column audit_checks.org_id is 'The tenant.';
comment on column audit_checks.asked_at is 'When somebody asked for the look that goes on; null when none does.';
comment on column audit_checks.checked is 'The number of the last entry that it has looked at.';
comment on column audit_checks.ended_at is 'When the last look ended; null before the first.';
comment on column audit_checks.entries is 'How many entries it looked at.';
comment on column audit_checks.is_whole is 'Nothing was changed, and none was missing.';
comment on column audit_checks.broken_link is 'The number of the first entry that does not go on from the one before, or at which the log ended; null when all do.';

create trigger tell_staff after insert or update or delete on audit_checks for each row execute function app_ctx.tell_staff('audit', 'org_id');

create function app_ctx.audit_part(behind bigint, entries bigint) returns table (last bigint, looked_at bigint, broken bigint)
  language sql stable set search_path = pg_catalog, public as $$
  select max(e.link), count(*), min(e.link) filter (where e.digest is distinct from e.expected or e.link is distinct from e.next)
    from (select a.link, a.digest, row_number() over w as at,
                 app_ctx.audit_digest(coalesce(lag(a.digest) over w, ''), a) as expected,
                 coalesce(lag(a.link) over w, behind - 1, 0) + 1 as next
            from (select * from public.audit_log l where l.org_id = app_ctx.org_id()
                    and l.link >= coalesce(behind, -9223372036854775808) order by l.link limit entries) a
          window w as (order by a.link)) e
   -- The entry that the part goes on from was looked at before; it has to be there still.
   where e.at > 1 or behind is null or e.link <> behind
$$;
comment on function app_ctx.audit_part(bigint, bigint) is
  'Looks at some entries of the log of the transaction''s org, from its beginning or on behind one: the number of the last, how many they are, and of the first that does not go on.';
grant execute on function app_ctx.audit_part(bigint, bigint) to voxanne_app;

-- By the last entry alone: whether there is one of that number and digest was looked for in all of them.
create or replace function app_ctx.audit_end_breaks() returns table (link bigint, id uuid) language sql stable
  set search_path = pg_catalog, public as $$
  select h.link, null::uuid
    from (select app_ctx.org_id() as org_id) own left join public.audit_heads h using (org_id)
    left join lateral (select a.link, a.digest from public.audit_log a
                        where a.org_id = own.org_id and a.link is not null order by a.link desc limit 1) e on true
   where (h.link, h.digest) is distinct from (e.link, e.digest)
$$;
