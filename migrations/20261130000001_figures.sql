-- Pages stay quick with 100,000 visits: each list finds what it shows by an index, also when that is rare.

-- Visits by when they were booked, those that no call made among them.
drop index appointments_by_booking;
create index appointments_by_booking on appointments (org_id, created_at);

-- What few calls come to, each by the condition that `calls::list` looks for first.
create index calls_forwarded on calls (org_id, created_at desc, id desc) where ended_reason like 'assistant-forwarded%';
create index calls_cut_short on calls (org_id, created_at desc, id desc)
  where coalesce(duration_seconds, 0) < 20 or ended_reason ~ 'error|fault|failed';
create index appointment_changes_of_callers on appointment_changes (org_id, appointment_id)
  where actor = 'voice' and action in ('moved', 'cancelled');
create index tasks_to_call_back on tasks (org_id, call_id) where call_id is not null and kind in ('call_back', 'clinical_call_back', 'call_hot_lead');

create function app_ctx.late_audit_breaks(entries bigint) returns table (link bigint, id uuid) language sql stable
  set search_path = pg_catalog, public as $$
  select e.link, e.id
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
   order by e.link limit 10
$$;
comment on function app_ctx.late_audit_breaks(bigint) is
  'What audit_breaks finds among so many of the latest entries: a page looks at these, and at the whole log when somebody asks.';
revoke all on function app_ctx.late_audit_breaks(bigint) from public;
grant execute on function app_ctx.late_audit_breaks(bigint) to voxanne_app;
