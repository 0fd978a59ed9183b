-- An owner who is switched off decides nothing: the last one who can sign in stays.
create or replace function app_ctx.keep_an_owner() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
  if old.role = 'owner' and old.ended_at is null and (new.role <> 'owner' or new.ended_at is not null) then
    perform pg_advisory_xact_lock(hashtextextended('owners:' || old.org_id, 0));
    if not exists (select from public.memberships m where m.org_id = old.org_id and m.id <> old.id
                      and m.role = 'owner' and m.ended_at is null and not app_ctx.is_switched_off(m.user_id)) then
      raise exception 'an org keeps an owner' using errcode = 'check_violation', constraint = 'memberships_keep_an_owner';
    end if;
  end if;
  return new;
end $$;
comment on function app_ctx.keep_an_owner() is 'Refuses that the last owner who can sign in leaves or becomes something else.';
comment on column password_resets.used_at is 'When it was used, or the password replaced otherwise.';
