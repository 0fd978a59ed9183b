create table contacts (
  org_id uuid not null references orgs,
  id uuid not null,
  phone text not null check (phone ~ '^\+[1-9][0-9]{6,14}$'),
  name text,
  email text,
  created_at timestamptz not null,
  primary key (org_id, id),
  constraint contacts_once_per_phone unique (org_id, phone)
);
call app_ctx.protect('contacts');
comment on table contacts is 'People who called, one per phone number and org.';

create type call_state as enum ('ringing', 'in_progress', 'forwarding', 'ended');
comment on type call_state is 'How far a call has come; it only moves forward.';

create table calls (
  org_id uuid not null references orgs,
  id uuid not null,
  platform text not null default 'vapi',
  call_ref text not null,
  state call_state not null,
  assistant_ref text,
  caller_phone text,
  contact_id uuid,
  started_at timestamptz,
  ended_at timestamptz,
  ended_reason text,
  duration_seconds integer,
  cost_usd double precision,
  summary text,
  success_evaluation text,
  turns jsonb,
  recording_url text,
  recording_consent boolean,
  report_at timestamptz,
  class text,
  score smallint,
  temperature text,
  evidence jsonb,
  scored_at timestamptz,
  created_at timestamptz not null,
  primary key (org_id, id),
  foreign key (org_id, contact_id) references contacts (org_id, id),
  constraint calls_once_per_ref unique (org_id, platform, call_ref)
);
create index calls_open on calls (org_id, created_at) where report_at is null;
call app_ctx.protect('calls');
comment on table calls is 'The record of each call: state, transcript turns, report and score.';

create table utterances (
  org_id uuid not null references orgs,
  id uuid not null,
  call_id uuid not null,
  role text not null check (role in ('user', 'assistant')),
  said text not null,
  said_at timestamptz not null,
  primary key (org_id, id),
  foreign key (org_id, call_id) references calls (org_id, id) on delete cascade
);
create index utterances_of_call on utterances (org_id, call_id, said_at);
call app_ctx.protect('utterances');
comment on table utterances is 'What was said while the call ran, for the live view.';

create type inbox_state as enum ('stored', 'done', 'dead');
comment on type inbox_state is 'Stored and waiting, done, or dead: kept for a person to replay.';

create table inbox (
  org_id uuid not null references orgs,
  id uuid not null,
  kind text not null,
  key text not null,
  call_ref text,
  body json not null,
  state inbox_state not null default 'stored',
  failure text,
  attempts smallint not null default 0,
  deliveries integer not null default 1,
  received_at timestamptz not null,
  processed_at timestamptz,
  primary key (org_id, id),
  constraint inbox_once_per_message unique (org_id, kind, key)
);
-- Most bodies are a few kB: written as they are, in the row, neither taken apart nor compressed.
alter table inbox set (toast_tuple_target = 8160);
create index inbox_unfinished on inbox (org_id, received_at) where state <> 'done';
call app_ctx.protect('inbox');
comment on table inbox is 'Every message of the voice platform, secrets redacted, once per what it is.';

create table tool_calls (
  org_id uuid not null references orgs,
  call_ref text not null,
  tool_call_id text not null,
  name text not null,
  arguments jsonb,
  arguments_digest bytea not null,
  answer text,
  is_error boolean not null default false,
  asked_at timestamptz not null,
  micros bigint,
  primary key (org_id, call_ref, tool_call_id)
);
create index tool_calls_by_time on tool_calls (org_id, asked_at);
call app_ctx.protect('tool_calls');
comment on table tool_calls is 'What the assistant asked, what it was told, and how long that took. The stored answer is the answer to a repeat.';
