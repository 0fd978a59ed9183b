-- What figures are made of: which calls count, whether the caller said anything, what a call cost, and what was asked for and
-- could not be had.

alter table calls
  add column is_test boolean not null default false,
  add column is_test_by text,
  add column is_outbound boolean not null default false,
  add column caller_spoke boolean not null default false,
  -- A vendor's number; what cannot be a price is none.
  add column cost_micros bigint generated always as
    (case when cost_usd between 0 and 1000000 then round(cost_usd * 1000000)::bigint end) stored;
comment on column calls.is_test is
  'Somebody of the clinic tried the assistant out: from a line of its own, or by a web call. Figures and lists of leads leave it out.';
comment on column calls.is_test_by is 'Who of the staff said whether it is one; null as long as only the number and the kind of call did.';
comment on column calls.is_outbound is 'The assistant called, not the other side.';
comment on column calls.caller_spoke is 'The caller said or asked something: the call was answered. Without it a call that is over was missed.';
comment on column calls.cost_micros is 'What the voice platform charged, in millionths of a US dollar; null when it said nothing.';

create function app_ctx.is_own_phone(wanted_org uuid, wanted_phone text) returns boolean language sql stable as $$
  select wanted_phone is not null and (
    exists (select from public.locations where org_id = wanted_org and human_phone = wanted_phone)
    or exists (select from public.integration_settings where org_id = wanted_org
                and (hot_lead_alert_phone = wanted_phone or clinical_alert_phone = wanted_phone))
    or exists (select from public.alert_recipients where org_id = wanted_org and phone = wanted_phone))
$$;
comment on function app_ctx.is_own_phone(uuid, text) is
  'Whether a number is the clinic''s own: a site''s line or the phone of somebody who is told of alerts. Who calls from there tries the assistant out.';

-- What is known of earlier calls. The tables force their policies on whoever owns them, and no org is set here.
alter table calls no force row level security;
alter table locations no force row level security;
alter table integration_settings no force row level security;
alter table alert_recipients no force row level security;
alter table tool_calls no force row level security;
update calls c set
  is_test = app_ctx.is_own_phone(c.org_id, c.caller_phone),
  caller_spoke =
    exists (select from jsonb_array_elements(case jsonb_typeof(c.turns) when 'array' then c.turns else '[]' end) t
             where (t ->> 'is_caller')::boolean and trim(t ->> 'text') <> '')
    or exists (select from tool_calls t where t.org_id = c.org_id and t.call_ref = c.call_ref);
alter table calls force row level security;
alter table locations force row level security;
alter table integration_settings force row level security;
alter table alert_recipients force row level security;
alter table tool_calls force row level security;

-- The one place that says which calls count.
create view counted_calls with (security_invoker = true) as
  select org_id, id, platform, call_ref, state, assistant_ref, caller_phone, contact_id, started_at, ended_at, ended_reason,
         duration_seconds, cost_micros, created_at, report_at, is_outbound,
         caller_spoke as is_answered,
         state = 'ended' and not caller_spoke as is_missed,
         class, score, temperature, turns, evidence, scored_at, rules_version, platform_sentiment, sentiment, sentiment_taken, danger,
         interest, interest_at, interest_service_id, value_cents
    from calls
   where not is_test;
grant select on counted_calls to voxanne_app;
comment on view counted_calls is
  'Calls that figures and lists of leads are about: all but test calls. Whatever counts calls reads this and nothing else.';
do $$
declare
  c record;
begin
  for c in select a.attname, col_description('calls'::regclass, b.attnum) as said
             from pg_attribute a join pg_attribute b on b.attrelid = 'calls'::regclass and b.attname = a.attname
            where a.attrelid = 'counted_calls'::regclass and a.attnum > 0 loop
    execute format('comment on column counted_calls.%I is %L', c.attname, c.said);
  end loop;
end $$;
comment on column counted_calls.is_answered is 'The caller said or asked the assistant something.';
comment on column counted_calls.is_missed is
  'It is over, and the caller never said a word to the assistant: it rang out, failed, or they hung up at the greeting.';

-- Figures read these and not the rows, which hold whole conversations.
-- Figures and lists change with it.
create trigger tell_staff_of_test after update on calls for each row
  when (old.is_test is distinct from new.is_test) execute function app_ctx.tell_staff('call', 'id');

create index calls_counted on calls (org_id, created_at) include (id, platform, assistant_ref, is_outbound, caller_spoke, state, class,
  temperature, scored_at, duration_seconds, cost_micros, contact_id, caller_phone) where not is_test;
create index calls_of_tests on calls (org_id, id) where is_test;
create index appointments_by_booking on appointments (org_id, created_at) where call_id is not null;
create index texts_counted on texts (org_id, queued_at) include (state, kind, call_id, appointment_id);

alter table tool_calls
  add column unmet_service_id uuid,
  add column unmet_location_id uuid,
  add column unmet_on date,
  add column unmet_part text check (unmet_part in ('morning', 'afternoon', 'evening', 'any')),
  add constraint tool_calls_unmet_is_whole check (num_nonnulls(unmet_service_id, unmet_location_id, unmet_part) in (0, 3));
create index tool_calls_unmet on tool_calls (org_id, asked_at) where unmet_service_id is not null;
comment on column tool_calls.unmet_service_id is 'The service of which a time was asked for that could not be had; null when there was none such.';
comment on column tool_calls.unmet_location_id is 'The site where it was asked for.';
comment on column tool_calls.unmet_on is 'The day that was asked for, by the site''s calendar; null when it was a stretch of days.';
comment on column tool_calls.unmet_part is 'The part of the day that was asked for: morning, afternoon (from noon), evening (from 5 PM) or any.';
