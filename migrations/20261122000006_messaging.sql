create type text_state as enum ('queued', 'sending', 'sent', 'delivered', 'undelivered', 'failed', 'unknown');
comment on type text_state is 'Only moves forward. unknown: the provider may or may not have it; it is looked up, not sent again.';

create table texts (
  org_id uuid not null references orgs,
  id uuid not null,
  kind text not null check (kind in ('confirmation', 'pending', 'hot_lead_alert', 'clinical_alert', 'test_alert')),
  dedupe_key text not null,
  to_phone text not null check (to_phone ~ '^\+[1-9][0-9]{6,14}$'),
  sender text,
  body text not null,
  segments smallint not null,
  state text_state not null default 'queued',
  verdict text not null,
  provider_sid text,
  failure_code integer,
  failure text,
  attempts smallint not null default 0,
  contact_id uuid,
  appointment_id uuid,
  call_id uuid,
  queued_at timestamptz not null,
  sending_at timestamptz,
  sent_at timestamptz,
  settled_at timestamptz,
  primary key (org_id, id),
  foreign key (org_id, contact_id) references contacts (org_id, id),
  -- The text is queued first: what the caller is told, and the appointment keeps, depends on it.
  foreign key (org_id, appointment_id) references appointments (org_id, id) deferrable initially deferred,
  foreign key (org_id, call_id) references calls (org_id, id),
  constraint texts_once_per_reason unique (org_id, dedupe_key)
);
create index texts_by_sid on texts (org_id, provider_sid) where provider_sid is not null;
create index texts_by_recipient on texts (org_id, to_phone, queued_at);
create index texts_of_call on texts (org_id, call_id) where call_id is not null;
create index texts_by_time on texts (org_id, queued_at);
call app_ctx.protect('texts');
comment on table texts is 'Every SMS, from queued to its last state, with the verdict that let it out.';

create table opt_outs (
  org_id uuid not null references orgs,
  phone text not null check (phone ~ '^\+[1-9][0-9]{6,14}$'),
  source text not null,
  opted_out_at timestamptz not null,
  primary key (org_id, phone)
);
call app_ctx.protect('opt_outs');
comment on table opt_outs is 'Numbers that said stop to this org.';

create table hot_lead_alerts (
  org_id uuid not null references orgs,
  id uuid not null,
  call_ref text not null,
  call_id uuid,
  trigger text not null check (trigger in ('tool', 'score')),
  lead_name text,
  lead_phone text,
  interest text,
  summary text,
  urgency text,
  score smallint,
  text_id uuid,
  created_at timestamptz not null,
  primary key (org_id, id),
  foreign key (org_id, call_id) references calls (org_id, id),
  foreign key (org_id, text_id) references texts (org_id, id),
  constraint hot_lead_alerts_once_per_call unique (org_id, call_ref)
);
call app_ctx.protect('hot_lead_alerts');
comment on table hot_lead_alerts is 'Callers worth calling back now; one per org and call whatever raised it.';

create table notifications (
  org_id uuid not null references orgs,
  id uuid not null,
  kind text not null,
  title text not null,
  subject_kind text,
  subject_id uuid,
  dedupe_key text not null,
  created_at timestamptz not null,
  read_at timestamptz,
  primary key (org_id, id),
  constraint notifications_once_per_reason unique (org_id, dedupe_key)
);
create index notifications_by_time on notifications (org_id, created_at);
call app_ctx.protect('notifications');
comment on table notifications is 'What the dashboard tells staff.';

create table tasks (
  org_id uuid not null references orgs,
  id uuid not null,
  kind text not null,
  title text not null,
  call_id uuid,
  appointment_id uuid,
  text_id uuid,
  dedupe_key text not null,
  created_at timestamptz not null,
  done_at timestamptz,
  primary key (org_id, id),
  foreign key (org_id, call_id) references calls (org_id, id),
  foreign key (org_id, appointment_id) references appointments (org_id, id) deferrable initially deferred,
  foreign key (org_id, text_id) references texts (org_id, id),
  constraint tasks_once_per_reason unique (org_id, dedupe_key)
);
create index tasks_open on tasks (org_id, created_at) where done_at is null;
call app_ctx.protect('tasks');
comment on table tasks is 'Work for a person.';

create table audit_log (
  org_id uuid not null references orgs,
  id uuid not null,
  actor text not null,
  action text not null,
  subject text,
  detail jsonb not null default '{}',
  at timestamptz not null,
  primary key (org_id, id)
);
create index audit_log_by_time on audit_log (org_id, at);
call app_ctx.protect('audit_log');
revoke update, delete on audit_log from voxanne_app;
comment on table audit_log is 'Who did what. The program can add to it and never change it.';
