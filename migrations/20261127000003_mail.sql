-- E-mail to the clinic's own people: who gets which, what was sent, and which mornings were summarised.

create table email_recipients (
  org_id uuid not null references orgs,
  id uuid not null,
  address text not null check (length(address) between 3 and 254 and address ~ '^[^[:space:][:cntrl:]@]+@[^[:space:][:cntrl:]@]+$'),
  wants_alerts boolean not null,
  wants_summary boolean not null,
  language text not null default 'en' check (language in ('en', 'es')),
  created_at timestamptz not null,
  primary key (org_id, id)
);
create unique index email_recipients_once on email_recipients (org_id, lower(address));
call app_ctx.protect('email_recipients');
comment on table email_recipients is 'Staff who get e-mails of the clinic, one row per address.';
comment on column email_recipients.org_id is 'The tenant.';
comment on column email_recipients.id is 'UUIDv7.';
comment on column email_recipients.address is 'Where to, as it was entered.';
comment on column email_recipients.wants_alerts is 'Whether hot lead and clinical alerts go there.';
comment on column email_recipients.wants_summary is 'Whether the daily summary goes there.';
comment on column email_recipients.language is 'Of what they get: en or es.';
comment on column email_recipients.created_at is 'When it was added.';

create table emails (
  org_id uuid not null references orgs,
  id uuid not null,
  kind text not null check (kind in ('hot_lead_alert', 'clinical_alert', 'daily_summary', 'test')),
  dedupe_key text not null,
  recipient_id uuid not null,
  to_address text not null,
  subject text not null,
  body text not null,
  state text not null default 'queued' check (state in ('queued', 'sending', 'sent', 'failed')),
  attempts smallint not null default 0,
  doubts smallint not null default 0,
  failure_code integer,
  failure text,
  call_id uuid,
  queued_at timestamptz not null,
  sending_at timestamptz,
  settled_at timestamptz,
  primary key (org_id, id),
  foreign key (org_id, call_id) references calls (org_id, id),
  constraint emails_once_per_reason unique (org_id, dedupe_key)
);
create index emails_unfinished on emails (org_id, queued_at) where state in ('queued', 'sending');
call app_ctx.protect('emails');
comment on table emails is 'Every e-mail to staff, from queued to its last state.';
comment on column emails.org_id is 'The tenant.';
comment on column emails.id is 'UUIDv7; its Message-ID follows from it, so that a second try is the same message to whoever gets it.';
comment on column emails.kind is 'hot_lead_alert, clinical_alert, daily_summary or test.';
comment on column emails.dedupe_key is 'Its reason; a second e-mail for one reason is none.';
comment on column emails.recipient_id is 'The recipient, who may have been removed since.';
comment on column emails.to_address is 'Where to, as it was when it was queued.';
comment on column emails.subject is 'Its subject.';
comment on column emails.body is 'The words.';
comment on column emails.state is 'queued, sending, sent or failed; only forward.';
comment on column emails.attempts is 'How often it was handed over.';
comment on column emails.doubts is 'How often it was handed over again although the server may have had it; once at most.';
comment on column emails.failure_code is 'SMTP''s code: of the refusal that it failed with, or of the last try that was put off.';
comment on column emails.failure is 'Why it failed and what to do, in our words.';
comment on column emails.call_id is 'The call it came from.';
comment on column emails.queued_at is 'When it was queued; the date that the message bears.';
comment on column emails.sending_at is 'While sending: since when a worker may be handing it over; null when it surely has not left.';
comment on column emails.settled_at is 'When it was sent or given up.';

create table daily_summaries (
  org_id uuid not null references orgs,
  local_date date not null,
  queued_at timestamptz not null,
  primary key (org_id, local_date)
);
call app_ctx.protect('daily_summaries');
comment on table daily_summaries is 'Mornings whose summary was queued: a second one for a day is none.';
comment on column daily_summaries.org_id is 'The tenant.';
comment on column daily_summaries.local_date is 'The morning, in the first location''s zone; the summary is of the day before.';
comment on column daily_summaries.queued_at is 'When.';

alter table integration_settings add column summary_hour smallint default 7 check (summary_hour between 0 and 23);
comment on column integration_settings.summary_hour is 'Hour of the day, by the first location''s clock, from which the daily summary is e-mailed; null is never.';
