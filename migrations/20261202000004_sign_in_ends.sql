-- Whose consent it is, and who does not sign in any more.

-- W15: whoever is signed in asks for a link for themselves, and nobody else finishes it.
alter table oauth_states add column session_id uuid;
comment on column oauth_states.session_id is
  'The session that asked for the link, which alone can open and finish it; null where a program or the operator did.';
comment on column oauth_states.started_by is 'Who asked for the link, as the audit log names them.';

-- The operator switches an account off and on again, and every org of the person reads so in its log.
create function app_ctx.staff_of_email(wanted text) returns table (user_id uuid, is_disabled boolean, org_id uuid)
  language sql stable security definer set search_path = pg_catalog, public as $$
  select u.user_id, u.disabled_at is not null, m.org_id
    from public.users u left join public.memberships m on m.user_id = u.user_id and m.ended_at is null
   where lower(u.email) = lower(wanted) order by m.created_at, m.id
$$;
comment on function app_ctx.staff_of_email(text) is
  '@reviewed Who has an address, whether or not they may still sign in, and the orgs that they are staff of: an exact address to ids.';
revoke all on function app_ctx.staff_of_email(text) from public;
grant execute on function app_ctx.staff_of_email(text) to voxanne_app;
