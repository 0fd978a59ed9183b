-- What pages showed and nothing told of: what the assistant did in a call, consents, invitations, the audit log.

alter table events drop constraint events_kind_check;
alter table events add constraint events_kind_check check (kind in ('call', 'appointment', 'lead', 'alert', 'text', 'inbound_text', 'task',
  'notification', 'contact', 'waitlist', 'calendar', 'settings', 'session', 'audit'));

-- As tell_staff() tells, for triggers whose subject is not in the row that changed.
create function app_ctx.tell(told_org uuid, told_kind text, told_subject uuid) returns void language plpgsql security definer
  set search_path = pg_catalog, public as $$
declare
  event public.events;
begin
  insert into public.events (org_id, kind, subject) values (told_org, told_kind, told_subject) returning * into event;
  perform pg_notify('voxanne_events', format('{"org":"%s","id":%s,"kind":"%s","subject":"%s","at":"%s","horizon":%s}',
    event.org_id, event.id, event.kind, event.subject,
    to_char(event.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), event.horizon));
end $$;
comment on function app_ctx.tell(uuid, text, uuid) is '@reviewed Writes down and tells that something of an org changed: a kind and an id, nothing else. Called by triggers alone.';
revoke all on function app_ctx.tell(uuid, text, uuid) from public;

-- One event for each tool call, with its answer: a claim without one commits never. What no known call asked is on no page.
create function app_ctx.tell_of_tool_call() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  told uuid;
begin
  select c.id into told from public.calls c where c.org_id = new.org_id and c.platform = 'vapi' and c.call_ref = new.call_ref;
  if found then perform app_ctx.tell(new.org_id, 'call', told); end if;
  return null;
end $$;
comment on function app_ctx.tell_of_tool_call() is '@reviewed Tells that the assistant has done something in a call: the call''s id.';
revoke all on function app_ctx.tell_of_tool_call() from public;
create trigger tell_staff after insert on tool_calls for each row
  when (new.answer is not null) execute function app_ctx.tell_of_tool_call();
create trigger tell_staff_change after update of answer on tool_calls for each row
  when (old.answer is null and new.answer is not null) execute function app_ctx.tell_of_tool_call();

-- A consent is a number's: it shows with its contact, and with the texts of a number that is nobody's yet.
create function app_ctx.tell_of_consent() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  told uuid;
begin
  select coalesce(new.contact_id, (select c.id from public.contacts c where c.org_id = new.org_id and c.phone = new.phone limit 1)) into told;
  if told is not null then
    perform app_ctx.tell(new.org_id, 'contact', told);
    return null;
  end if;
  select t.id into told from public.inbound_texts t where t.org_id = new.org_id and t.from_phone = new.phone order by t.received_at desc limit 1;
  if told is not null then
    perform app_ctx.tell(new.org_id, 'inbound_text', told);
    return null;
  end if;
  select t.id into told from public.texts t where t.org_id = new.org_id and t.to_phone = new.phone order by t.queued_at desc limit 1;
  if told is not null then perform app_ctx.tell(new.org_id, 'text', told); end if;
  return null;
end $$;
comment on function app_ctx.tell_of_consent() is '@reviewed Tells that a number has agreed or refused: the id of its contact, or of its last text.';
revoke all on function app_ctx.tell_of_consent() from public;
create trigger tell_staff after insert on consents for each row execute function app_ctx.tell_of_consent();

-- Links by which somebody joins are set up by staff, as keys are.
create trigger tell_staff after insert on invitations for each row execute function app_ctx.tell_staff('settings', 'org_id');
create trigger tell_staff_change after update on invitations for each row
  when ((old.role, old.expires_at, old.accepted_at, old.revoked_at) is distinct from (new.role, new.expires_at, new.accepted_at, new.revoked_at))
  execute function app_ctx.tell_staff('settings', 'org_id');

-- Once for whatever a statement writes down: only the page of the log listens.
create function app_ctx.tell_of_audit() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  perform app_ctx.tell(a.org_id, 'audit', a.org_id) from (select distinct org_id from added) a;
  return null;
end $$;
comment on function app_ctx.tell_of_audit() is '@reviewed Tells that the audit log of an org has gone on: the org''s id.';
revoke all on function app_ctx.tell_of_audit() from public;
create trigger tell_staff after insert on audit_log referencing new table as added
  for each statement execute function app_ctx.tell_of_audit();
