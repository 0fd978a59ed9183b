-- Who may be texted, when and why: classes, verdicts, consent, quiet hours.

alter table texts drop constraint texts_kind_check;
alter table texts add constraint texts_kind_check check (kind in ('confirmation', 'pending', 'change', 'cancellation', 'waitlist_offer',
  'waitlist_reply', 'reminder', 'missed_call', 'details_request', 'nurture', 'message', 'reply', 'hot_lead_alert', 'clinical_alert',
  'test_alert'));

-- Only a text that was allowed to leave can be on its way; one that is taken back (no sending_at) is decided on again.
alter table texts add constraint texts_leave_with_a_verdict
  check (state in ('queued', 'failed') or (state = 'sending' and sending_at is null) or verdict like 'allowed: %');
alter table texts
  add column leave_after timestamptz,
  add column sent_by text;
comment on column texts.verdict is 'What may_send decided last: allowed: <class>, waits: quiet_hours, or denied: <rule>. A denied text never leaves.';
comment on column texts.leave_after is 'It waits for the end of quiet hours until then; null leaves at once.';
comment on column texts.sent_by is 'Who wrote it or asked for it, such as key_…; null when the program did by itself.';

create table consents (
  org_id uuid not null references orgs,
  id uuid not null,
  phone text not null check (phone ~ '^\+[1-9][0-9]{6,14}$'),
  contact_id uuid,
  purpose text not null check (purpose in ('texts', 'marketing')),
  given boolean not null,
  source text not null check (source in ('reply', 'provider', 'voice', 'web', 'paper', 'staff', 'import')),
  note text check (length(note) <= 500),
  recorded_by text not null,
  recorded_at timestamptz not null,
  position bigint generated always as identity,
  primary key (org_id, id),
  foreign key (org_id, contact_id) references contacts (org_id, id)
);
create index consents_by_phone on consents (org_id, phone, position);
call app_ctx.protect('consents');
revoke update, delete on consents from voxanne_app;
comment on table consents is 'The consent ledger: every yes and no to texts, with where it came from. The program adds to it and never changes it.';
comment on column consents.org_id is 'The tenant.';
comment on column consents.id is 'UUIDv7.';
comment on column consents.phone is 'Whose, E.164.';
comment on column consents.contact_id is 'The contact behind the number, if it was known.';
comment on column consents.purpose is 'texts: any at all (a no is an opt-out). marketing: offers and news, which need a yes.';
comment on column consents.given is 'True is a yes, false a no.';
comment on column consents.source is 'How it came: reply (a text), provider (the carrier''s list), voice, web, paper, staff, or import.';
comment on column consents.note is 'The words shown or said, where the paper lies, or why: what proves it.';
comment on column consents.recorded_by is 'Who recorded it: caller, provider, or the API key (key_…).';
comment on column consents.recorded_at is 'When.';
comment on column consents.position is 'Which of two lines is the newer one, also within one instant.';

alter table integration_settings
  add column quiet_until smallint not null default 8 check (quiet_until between 8 and 12),
  add column quiet_from smallint not null default 21 check (quiet_from between 15 and 21);
comment on column integration_settings.quiet_until is 'Hour of the recipient''s day from which texts leave that can wait; the law''s 8 at the earliest.';
comment on column integration_settings.quiet_from is 'Hour of the recipient''s day up to which they leave; the law''s 21 at the latest.';
