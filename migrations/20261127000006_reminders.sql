-- Reminders of visits, what their people say to them, and what is texted to callers who were not helped.

alter table appointments
  add column attendance_asked_at timestamptz,
  add column attendance_confirmed_at timestamptz,
  add column attendance_confirmed_by text,
  add constraint appointments_name_who_confirmed check ((attendance_confirmed_at is null) = (attendance_confirmed_by is null));
comment on column appointments.attendance_asked_at is 'When its person was first asked whether they will come at its present start; null: not asked.';
comment on column appointments.attendance_confirmed_at is 'When its person said that they will come at its present start; null: they have not.';
comment on column appointments.attendance_confirmed_by is 'How they said it: text, voice, or key_… of the API.';

alter table integration_settings
  add column reminder_minutes integer[] not null default '{4320,1440,120}'
    constraint integration_settings_remind_in_reason check (cardinality(reminder_minutes) <= 5 and array_position(reminder_minutes, null) is null
      and 15 <= all (reminder_minutes) and 20160 >= all (reminder_minutes)),
  add column missed_call_text boolean not null default true;
comment on column integration_settings.reminder_minutes is
  'How long before a visit its person is reminded, in minutes: whole days are civil days of the location. Empty is never.';
comment on column integration_settings.missed_call_text is 'Whether callers whose call ended before they were helped get a text.';

create table reminders (
  org_id uuid not null references orgs,
  appointment_id uuid not null,
  starts_at timestamptz not null,
  offset_minutes integer not null,
  due_at timestamptz not null,
  state text not null check (state in ('planned', 'sent', 'skipped', 'dropped')),
  reason text,
  text_id uuid,
  settled_at timestamptz,
  -- E12: one reminder of a visit at this start, so long before.
  primary key (org_id, appointment_id, starts_at, offset_minutes),
  constraint reminders_that_left_have_their_text check ((state = 'sent') = (text_id is not null)),
  constraint reminders_say_why_not check ((state in ('skipped', 'dropped')) = (reason is not null)),
  foreign key (org_id, appointment_id) references appointments (org_id, id),
  foreign key (org_id, text_id) references texts (org_id, id)
);
create index reminders_due on reminders (org_id, due_at) where state = 'planned';
create index reminders_of_text on reminders (org_id, text_id) where text_id is not null;
call app_ctx.protect('reminders');
comment on table reminders is 'When the person of a visit is to be reminded of it, and what became of that.';
comment on column reminders.org_id is 'The tenant.';
comment on column reminders.appointment_id is 'The visit.';
comment on column reminders.starts_at is 'The start it reminds of: the visit''s own when it was planned.';
comment on column reminders.offset_minutes is 'How long before, as the org had set it.';
comment on column reminders.due_at is 'When it is to leave: by day, by the location''s clock.';
comment on column reminders.state is 'planned, sent (its text is queued), skipped (it was its turn and it did not leave), or dropped (the visit moved, was called off or began).';
comment on column reminders.reason is
  'Why not: night, close_to_another, overtaken, another_soon, visit_began, no_number, moved, offsets_changed, the state of the visit, or the rule that forbade the text.';
comment on column reminders.text_id is 'The text that it became.';
comment on column reminders.settled_at is 'When it was decided; null while planned.';

create index calls_by_phone on calls (org_id, caller_phone, created_at) where caller_phone is not null;
