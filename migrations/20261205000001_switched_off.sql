-- W38: whoever makes a key or invites somebody is asked once more whether their account is on, under the lock that its end takes.
create function app_ctx.is_switched_off(wanted uuid) returns boolean language sql stable security definer
  set search_path = pg_catalog, public as $$
  select exists (
    select from public.users u join public.memberships m on m.user_id = u.user_id and m.org_id = app_ctx.org_id()
     where u.user_id = wanted and u.disabled_at is not null)
$$;
comment on function app_ctx.is_switched_off(uuid) is
  '@reviewed Whether the account of somebody of the transaction''s org is switched off; yes or no and nothing else.';
revoke all on function app_ctx.is_switched_off(uuid) from public;
grant execute on function app_ctx.is_switched_off(uuid) to voxanne_app;
