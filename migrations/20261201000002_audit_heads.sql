-- W32. A chain tells what is missing within it, and not what is missing at its end: where each org's log ends is kept beside it.

create table audit_heads (
  org_id uuid primary key references orgs,
  link bigint not null,
  digest bytea not null,
  sealed_link bigint,
  seal bytea,
  sealed_at timestamptz,
  constraint audit_heads_seal_whole check (num_nonnulls(sealed_link, seal, sealed_at) in (0, 3)),
  constraint audit_heads_seal_exists check (sealed_link <= link)
);
comment on table audit_heads is 'Where each org''s audit log ends. Written by the log''s trigger alone, but for the seal.';
comment on column audit_heads.org_id is 'The tenant.';
comment on column audit_heads.link is 'The number of the last entry.';
comment on column audit_heads.digest is 'Its digest.';
comment on column audit_heads.sealed_link is 'An entry up to which the log was found whole; null before the first time.';
comment on column audit_heads.seal is 'Keyed digest of the org, that number and that entry''s digest: whoever has only the database cannot make one.';
comment on column audit_heads.sealed_at is 'When that was.';

-- The policies count for whoever owns the table, too: here it is every org's turn at once.
alter table audit_log no force row level security;
insert into audit_heads (org_id, link, digest)
select distinct on (org_id) org_id, link, digest from audit_log where link is not null order by org_id, link desc;
alter table audit_log force row level security;

call app_ctx.protect('audit_heads');
revoke insert, update, delete on audit_heads from voxanne_app;
grant update (sealed_link, seal, sealed_at) on audit_heads to voxanne_app;

-- On from the head and not from the last entry: who takes the end away leaves a gap that no later entry closes.
create or replace function app_ctx.chain_audit() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public as $$
declare before record; entry public.audit_log;
begin
  perform pg_advisory_xact_lock(hashtextextended('audit:' || new.org_id, 0));
  select h.link, h.digest into before from public.audit_heads h where h.org_id = new.org_id;
  entry := new;
  -- Without its head a log goes on all the same, with a gap that says so.
  entry.link := coalesce(before.link, (select max(a.link) + 1 from public.audit_log a where a.org_id = new.org_id), 0) + 1;
  entry.digest := app_ctx.audit_digest(coalesce(before.digest, ''), entry);
  update public.audit_log a set link = entry.link, digest = entry.digest where a.org_id = new.org_id and a.id = new.id;
  insert into public.audit_heads as h (org_id, link, digest) values (new.org_id, entry.link, entry.digest)
    on conflict (org_id) do update set link = excluded.link, digest = excluded.digest;
  return null;
end $$;

create function app_ctx.audit_end_breaks() returns table (link bigint, id uuid) language sql stable
  set search_path = pg_catalog, public as $$
  select h.link, null::uuid
    from (select app_ctx.org_id() as org_id) own left join public.audit_heads h using (org_id)
   where case when h.link is null then exists (select from public.audit_log a where a.org_id = own.org_id and a.link is not null)
              else not exists (select from public.audit_log a where a.org_id = own.org_id and a.link = h.link and a.digest = h.digest)
                   or exists (select from public.audit_log a where a.org_id = own.org_id and a.link > h.link) end
$$;
comment on function app_ctx.audit_end_breaks() is 'One row if the log of the transaction''s org does not end where it ended: its last entries were taken away, or some put behind them.';

create or replace function app_ctx.audit_breaks() returns table (link bigint, id uuid) language sql stable
  set search_path = pg_catalog, public as $$
  (select e.link, e.id
     from (select a.id, a.link, a.digest,
                  app_ctx.audit_digest(coalesce(lag(a.digest) over w, ''), a) as expected,
                  coalesce(lag(a.link) over w, 0) + 1 as next
             from public.audit_log a where a.org_id = app_ctx.org_id() window w as (order by a.link)) e
    where e.digest is distinct from e.expected or e.link is distinct from e.next
    order by e.link limit 10)
  union all select * from app_ctx.audit_end_breaks()
$$;

create or replace function app_ctx.late_audit_breaks(entries bigint) returns table (link bigint, id uuid) language sql stable
  set search_path = pg_catalog, public as $$
  (select e.link, e.id
     from (select a.id, a.link, a.digest, row_number() over w as at,
                  app_ctx.audit_digest(coalesce(lag(a.digest) over w, ''), a) as expected,
                  coalesce(lag(a.link) over w, 0) + 1 as next
             from (select * from public.audit_log l where l.org_id = app_ctx.org_id()
                    order by l.link desc limit entries + 1) a
           window w as (order by a.link)) e
    -- The first of them goes on from one that is not looked at, unless the whole log is.
    where (e.at > 1 or e.link is null or e.link <= 1 or (select count(*) <= entries from (
            select from public.audit_log l where l.org_id = app_ctx.org_id() limit entries + 1) l))
      and (e.digest is distinct from e.expected or e.link is distinct from e.next)
    order by e.link limit 10)
  union all select * from app_ctx.audit_end_breaks()
$$;

revoke all on function app_ctx.audit_end_breaks() from public;
grant execute on function app_ctx.audit_end_breaks() to voxanne_app;
