-- A session shows one org, and whose person is no longer staff of it ends: it does not turn to another of theirs by itself, under the
-- eyes of somebody who writes into a page of the former.

drop function app_ctx.staff_of_session(bytea);
create function app_ctx.staff_of_session(digest bytea)
  returns table (session_id uuid, user_id uuid, org_id uuid, role text, name text, email text, language text,
                 last_seen_at timestamptz, expires_at timestamptz, owes_second_factor boolean) language sql stable security definer
  set search_path = pg_catalog, public as $$
  select s.id, u.user_id, m.org_id, m.role, u.name, u.email, u.language, s.last_seen_at, s.expires_at,
         i.requires_second_factor and u.totp_confirmed_at is null
    from public.sessions s
    join public.users u on u.user_id = s.user_id and u.disabled_at is null
    join public.memberships m on m.user_id = s.user_id and m.org_id = s.current_org and m.ended_at is null
    join public.integration_settings i on i.org_id = m.org_id
   where s.token_digest = digest and not s.second_factor_due
$$;
comment on function app_ctx.staff_of_session(bytea) is '@reviewed Who a cookie is: an exact digest to one person and what they are in the org that it shows.';
revoke all on function app_ctx.staff_of_session(bytea) from public;
grant execute on function app_ctx.staff_of_session(bytea) to voxanne_app;

comment on function app_ctx.end_sessions_of_role() is '@reviewed Signs out of an org whoever got another role there, or is no longer staff of it. Called by triggers alone.';
create trigger end_sessions_of_ended after update of ended_at on memberships for each row
  when (old.ended_at is null and new.ended_at is not null) execute function app_ctx.end_sessions_of_role();
comment on column sessions.current_org is 'The org that the pages show; the session ends with the membership.';
