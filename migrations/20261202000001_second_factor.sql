-- Who keeps people's health behind a sign-in wants two steps of it: an org may require them, and new orgs do. A session ends with the
-- role that it was opened in.

alter table integration_settings add column requires_second_factor boolean not null default false;
alter table integration_settings alter column requires_second_factor set default true;
comment on column integration_settings.requires_second_factor is 'Whether whoever signs in without a second factor has to set one up before anything else.';

-- Sockets of that org look again at once whether their holders still may.
create trigger tell_staff_sign_in after update of requires_second_factor on integration_settings for each row
  when (new.requires_second_factor and not old.requires_second_factor) execute function app_ctx.tell_staff('session', 'org_id');

drop function app_ctx.staff_of_session(bytea);
create function app_ctx.staff_of_session(digest bytea)
  returns table (session_id uuid, user_id uuid, org_id uuid, role text, name text, email text, language text,
                 last_seen_at timestamptz, expires_at timestamptz, owes_second_factor boolean) language sql stable security definer
  set search_path = pg_catalog, public as $$
  select s.id, u.user_id, m.org_id, m.role, u.name, u.email, u.language, s.last_seen_at, s.expires_at,
         i.requires_second_factor and u.totp_confirmed_at is null
    from public.sessions s
    join public.users u on u.user_id = s.user_id and u.disabled_at is null
    join lateral (select m.org_id, m.role from public.memberships m where m.user_id = s.user_id and m.ended_at is null
                   order by m.org_id = s.current_org desc, m.created_at, m.id limit 1) m on true
    join public.integration_settings i on i.org_id = m.org_id
   where s.token_digest = digest and not s.second_factor_due
$$;
comment on function app_ctx.staff_of_session(bytea) is '@reviewed Who a cookie is: an exact digest to one person and what they are.';

create function app_ctx.owes_second_factor(asked_org uuid) returns boolean language sql stable security definer
  set search_path = pg_catalog, public as $$
  select exists (select from public.integration_settings i
                   join public.memberships m on m.org_id = i.org_id and m.ended_at is null
                   join public.users u using (user_id)
                  where i.org_id = asked_org and i.requires_second_factor and u.user_id = app_ctx.user_id() and u.totp_confirmed_at is null)
$$;
comment on function app_ctx.owes_second_factor(uuid) is '@reviewed Whether an org that the transaction''s person is staff of wants a second factor that they do not have.';

create function app_ctx.end_sessions_of_role() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  delete from public.sessions where user_id = new.user_id and current_org = new.org_id;
  return null;
end $$;
comment on function app_ctx.end_sessions_of_role() is '@reviewed Signs out of an org whoever got another role there. Called by a trigger alone.';
create trigger end_sessions_of_role after update of role on memberships for each row
  when (old.role is distinct from new.role) execute function app_ctx.end_sessions_of_role();

revoke all on function app_ctx.staff_of_session(bytea), app_ctx.owes_second_factor(uuid), app_ctx.end_sessions_of_role() from public;
grant execute on function app_ctx.staff_of_session(bytea), app_ctx.owes_second_factor(uuid) to voxanne_app;
