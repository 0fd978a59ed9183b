-- The pages of an account and of a team show who is signed in and with which second factor: both are told to every org of the person.

create function app_ctx.tell_of_person() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  person uuid;
begin
  if tg_op = 'DELETE' then person := old.user_id; else person := new.user_id; end if;
  perform app_ctx.tell(m.org_id, 'session', person) from public.memberships m where m.user_id = person and m.ended_at is null;
  return null;
end $$;
comment on function app_ctx.tell_of_person() is '@reviewed Tells the orgs of a person that they signed in or out, or have another second factor: the person''s id. Called by triggers alone.';
revoke all on function app_ctx.tell_of_person() from public;

-- A session that still owes its code is none yet. When it was last used is no news.
create trigger tell_staff after insert on sessions for each row
  when (not new.second_factor_due) execute function app_ctx.tell_of_person();
create trigger tell_staff_change after update on sessions for each row
  when (old.second_factor_due and not new.second_factor_due or new.expires_at < old.expires_at) execute function app_ctx.tell_of_person();
create trigger tell_staff_end after delete on sessions for each row
  when (not old.second_factor_due) execute function app_ctx.tell_of_person();
create trigger tell_staff_factor after update on users for each row
  when (old.totp_confirmed_at is distinct from new.totp_confirmed_at) execute function app_ctx.tell_of_person();
