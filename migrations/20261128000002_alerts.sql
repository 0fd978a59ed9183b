-- Alerts that reach somebody: who is told and when they are on duty, the ladder of each alert, and who took it.

alter table integration_settings
  add column alert_rungs_minutes smallint[] not null default '{3,8,15}'
    constraint integration_settings_rungs_in_reason check (cardinality(alert_rungs_minutes) between 1 and 5
      and array_position(alert_rungs_minutes, null) is null and 1 <= all (alert_rungs_minutes) and 240 >= all (alert_rungs_minutes)),
  add column alerts_wait_for_opening boolean not null default false;
comment on column integration_settings.alert_rungs_minutes is
  'Minutes after the first telling of an alert at which the next people are told, as long as nobody has taken it.';
comment on column integration_settings.alerts_wait_for_opening is
  'A hot lead that comes while nobody is there is told at opening; false tells at once. A clinical alert never waits.';

create table alert_recipients (
  org_id uuid not null references orgs,
  id uuid not null,
  location_id uuid,
  name text not null check (length(name) between 1 and 80),
  phone text not null check (phone ~ '^\+[1-9][0-9]{6,14}$'),
  step smallint not null default 1 check (step between 1 and 3),
  wants_hot_lead boolean not null default true,
  wants_clinical boolean not null default true,
  is_active boolean not null default true,
  created_at timestamptz not null,
  primary key (org_id, id),
  constraint alert_recipients_at_a_site foreign key (org_id, location_id) references locations (org_id, id),
  constraint alert_recipients_once unique nulls not distinct (org_id, location_id, phone)
);
call app_ctx.protect('alert_recipients');
comment on table alert_recipients is 'Who of the clinic is told of alerts by text, and in which order.';
comment on column alert_recipients.org_id is 'The tenant.';
comment on column alert_recipients.id is 'UUIDv7.';
comment on column alert_recipients.location_id is 'The site whose alerts they get; null gets those of all.';
comment on column alert_recipients.name is 'What colleagues call them: texts say who took an alert.';
comment on column alert_recipients.phone is 'Where to, E.164.';
comment on column alert_recipients.step is 'When in the ladder: 1 is told first, 2 and 3 if nobody takes it.';
comment on column alert_recipients.wants_hot_lead is 'Whether hot leads go there.';
comment on column alert_recipients.wants_clinical is 'Whether clinical alerts go there.';
comment on column alert_recipients.is_active is 'False tells them nothing, such as during a holiday.';
comment on column alert_recipients.created_at is 'When they were added.';

create table alert_shifts (
  org_id uuid not null references orgs,
  recipient_id uuid not null,
  position smallint not null check (position >= 0),
  weekday smallint not null check (weekday between 1 and 7),
  from_minute smallint not null check (from_minute between 0 and 1439),
  until_minute smallint not null check (until_minute between 0 and 1440),
  primary key (org_id, recipient_id, position),
  foreign key (org_id, recipient_id) references alert_recipients (org_id, id) on delete cascade
);
call app_ctx.protect('alert_shifts');
comment on table alert_shifts is 'When somebody who is told of alerts is on duty; without any, whenever the site is open.';
comment on column alert_shifts.org_id is 'The tenant.';
comment on column alert_shifts.recipient_id is 'Whose.';
comment on column alert_shifts.position is 'Its place, from 0.';
comment on column alert_shifts.weekday is 'ISO weekday on which it begins, 1 is Monday.';
comment on column alert_shifts.from_minute is 'Minute of the day at which it begins, by the site''s clock.';
comment on column alert_shifts.until_minute is 'Minute of the day before which it ends; one that is not after the beginning lies on the next day.';

create table escalations (
  org_id uuid not null references orgs,
  id uuid not null,
  kind text not null check (kind in ('hot_lead', 'clinical')),
  call_ref text not null,
  call_id uuid,
  location_id uuid,
  lead_name text,
  lead_phone text,
  about text,
  raised_at timestamptz not null,
  due_at timestamptz not null,
  first_told_at timestamptz,
  reached_at timestamptz,
  rung smallint not null default 0 check (rung >= 0),
  next_at timestamptz,
  acknowledged_at timestamptz,
  acknowledged_by text,
  acknowledged_via text check (acknowledged_via in ('text', 'api', 'called_back', 'texted_back', 'booked')),
  closed_at timestamptz,
  primary key (org_id, id),
  foreign key (org_id, call_id) references calls (org_id, id),
  foreign key (org_id, location_id) references locations (org_id, id),
  constraint escalations_once_per_call unique (org_id, kind, call_ref),
  constraint escalations_taken_by_somebody check (
    num_nonnulls(acknowledged_at, acknowledged_by, acknowledged_via) in (0, 3)),
  constraint escalations_taken_are_closed check (acknowledged_at is null or closed_at is not null),
  constraint escalations_closed_rest check (closed_at is null or next_at is null)
);
create index escalations_open on escalations (org_id, raised_at) where closed_at is null;
create index escalations_unreached on escalations (org_id, first_told_at) where reached_at is null;
create index escalations_newest on escalations (org_id, raised_at, id);
call app_ctx.protect('escalations');
comment on table escalations is 'The ladder of each alert: told step by step until somebody has taken it. One per org, kind and call.';
comment on column escalations.org_id is 'The tenant.';
comment on column escalations.id is 'UUIDv7.';
comment on column escalations.kind is 'hot_lead (somebody is worth calling back now) or clinical (somebody may be hurt).';
comment on column escalations.call_ref is 'The voice platform''s call.';
comment on column escalations.call_id is 'Our record of it.';
comment on column escalations.location_id is 'The site whose assistant answered; null when it belongs to none.';
comment on column escalations.lead_name is 'The caller''s name.';
comment on column escalations.lead_phone is 'Whom to call back, E.164.';
comment on column escalations.about is 'What they want, or which kind of symptom they named; never the transcript.';
comment on column escalations.raised_at is 'When the alert was raised.';
comment on column escalations.due_at is 'From when somebody should know: the tool was called, the report came in, or the opening that it waits for.';
comment on column escalations.first_told_at is 'When the first rung ran; null while it waits for opening.';
comment on column escalations.reached_at is 'When the first of its texts had left, as the provider said.';
comment on column escalations.rung is 'The rung of the ladder that ran last; 0 is the first telling.';
comment on column escalations.next_at is 'When the next rung is due; null when there is none.';
comment on column escalations.acknowledged_at is 'When somebody took it.';
comment on column escalations.acknowledged_by is 'Who: the recipient''s name, or the program''s key.';
comment on column escalations.acknowledged_via is 'How: text (they replied 1), api (by click), called_back, texted_back, or booked (the caller did themselves).';
comment on column escalations.closed_at is 'When it was over: taken, or given up after a week.';

create table escalation_tellings (
  org_id uuid not null references orgs,
  id uuid not null,
  escalation_id uuid not null,
  rung smallint not null check (rung >= 0),
  phone text not null check (phone ~ '^\+[1-9][0-9]{6,14}$'),
  name text,
  recipient_id uuid,
  text_id uuid,
  told_at timestamptz not null,
  primary key (org_id, id),
  foreign key (org_id, escalation_id) references escalations (org_id, id),
  foreign key (org_id, text_id) references texts (org_id, id),
  constraint escalation_tellings_once_per_rung unique (org_id, escalation_id, rung, phone)
);
create index escalation_tellings_by_phone on escalation_tellings (org_id, phone, told_at);
call app_ctx.protect('escalation_tellings');
comment on table escalation_tellings is 'Who was told of an alert at which rung; commits with the text that tells it.';
comment on column escalation_tellings.org_id is 'The tenant.';
comment on column escalation_tellings.id is 'UUIDv7.';
comment on column escalation_tellings.escalation_id is 'Of which alert.';
comment on column escalation_tellings.rung is 'At which rung.';
comment on column escalation_tellings.phone is 'Where to, E.164.';
comment on column escalation_tellings.name is 'Who, as they were called then; null is the phone of the settings.';
comment on column escalation_tellings.recipient_id is 'Who; they may have been deleted since. Null is the phone of the settings.';
comment on column escalation_tellings.text_id is 'The text; null when a rule forbade it.';
comment on column escalation_tellings.told_at is 'When it was queued.';
