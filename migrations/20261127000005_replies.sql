-- What was asked by text and waits for an answer; threads of texts, read or not.

create table questions (
  org_id uuid not null references orgs,
  id uuid not null,
  phone text not null check (phone ~ '^\+[1-9][0-9]{6,14}$'),
  kind text not null check (kind in ('confirm_visit', 'choose_time', 'choose_visit', 'offer', 'details', 'helped')),
  subject_id uuid,
  options jsonb not null default '[]' check (jsonb_typeof(options) = 'array'),
  text_id uuid,
  asked_at timestamptz not null,
  expires_at timestamptz not null,
  closed_at timestamptz,
  outcome text,
  primary key (org_id, id),
  foreign key (org_id, text_id) references texts (org_id, id),
  constraint questions_close_with_an_outcome check ((closed_at is null) = (outcome is null))
);
create index questions_open on questions (org_id, phone, asked_at) where closed_at is null;
create index questions_about on questions (org_id, subject_id) where subject_id is not null;
create index questions_of_text on questions (org_id, text_id) where text_id is not null;
call app_ctx.protect('questions');
comment on table questions is 'What we asked by text; a short answer means the last one that is still open.';
comment on column questions.org_id is 'The tenant.';
comment on column questions.id is 'UUIDv7.';
comment on column questions.phone is 'Whom, E.164: an answer counts only from there.';
comment on column questions.kind is 'confirm_visit (will you come?), choose_time (1 or 2), choose_visit (which of them), offer (take it?), details, or helped (did we help?).';
comment on column questions.subject_id is 'What it is about: a visit, an offer, a call.';
comment on column questions.options is 'What 1, 2, … stand for, in this order.';
comment on column questions.text_id is 'The text that asked.';
comment on column questions.asked_at is 'When: the last one asked is the one that is answered.';
comment on column questions.expires_at is 'From then on a short answer means something else.';
comment on column questions.closed_at is 'When it was answered, or asked no more; null while it is open.';
comment on column questions.outcome is 'How it was closed: yes, no, 1, 2, …, asked_again, or stop.';

alter table inbound_texts
  add column media_count smallint not null default 0,
  add column repeat_token text,
  add column answered_at timestamptz,
  add column read_at timestamptz;
create index inbound_texts_unread on inbound_texts (org_id, from_phone, received_at) where read_at is null;
create index inbound_texts_by_time on inbound_texts (org_id, received_at);
create unique index inbound_texts_once_per_token on inbound_texts (org_id, repeat_token) where repeat_token is not null;
comment on column inbound_texts.media_count is 'Pictures and the like that came with it; they stay with the provider.';
comment on column inbound_texts.repeat_token is 'The provider''s token of the request: the same when it posts the message again.';
comment on column inbound_texts.answered_at is 'When what it asks was done and answered, or left to a person; null while the job is to come, or there is none.';
comment on column inbound_texts.read_at is 'When staff read it, or nobody needs to; null while it is unread.';
comment on column inbound_texts.meaning is 'What it was understood as: see Meaning in src/messaging/meaning.rs; other is for a person to read.';
