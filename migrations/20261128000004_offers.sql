-- Hot callers of a closed clinic: two times are kept for them and offered by text.

alter table integration_settings add column after_hours_offer boolean not null default true;
comment on column integration_settings.after_hours_offer is 'Whether hot callers of a closed clinic are offered two held times by text.';

alter table texts drop constraint texts_kind_check;
alter table texts add constraint texts_kind_check check (kind in ('confirmation', 'pending', 'change', 'cancellation', 'waitlist_offer',
  'waitlist_reply', 'reminder', 'missed_call', 'details_request', 'times_offer', 'nurture', 'message', 'reply', 'hot_lead_alert',
  'clinical_alert', 'test_alert'));

alter table questions drop constraint questions_kind_check;
alter table questions add constraint questions_kind_check check (kind in ('confirm_visit', 'choose_time', 'choose_visit', 'offer', 'details',
  'helped', 'book_time'));
comment on column questions.kind is 'confirm_visit (will you come?), choose_time (1 or 2), choose_visit (which of them), offer (take it?), details, helped (did we help?), or book_time (1 or 2, for a visit that is not booked yet).';

comment on column holds.call_ref is 'What it is kept for: the call that holds it; text:<visit> for a visit that may move, times:<call> for a caller who was offered times. Null when a key of the API or the waitlist does.';
comment on column holds.held_by is 'voice, waitlist, text (for somebody who was offered it), or key_… of the API.';

create table times_offers (
  org_id uuid not null references orgs,
  id uuid not null,
  call_id uuid not null,
  phone text not null check (phone ~ '^\+[1-9][0-9]{6,14}$'),
  local_date date not null,
  location_id uuid not null,
  service_id uuid not null,
  language text check (language in ('en', 'es')),
  state text not null default 'open' check (state in ('open', 'lapsed', 'taken', 'declined', 'booked')),
  rounds smallint not null default 1 check (rounds between 0 and 9),
  expires_at timestamptz not null,
  opens_at timestamptz not null,
  created_at timestamptz not null,
  settled_at timestamptz,
  handed_over_at timestamptz,
  primary key (org_id, id),
  foreign key (org_id, call_id) references calls (org_id, id),
  foreign key (org_id, location_id) references locations (org_id, id),
  foreign key (org_id, service_id) references services (org_id, id),
  constraint times_offers_once_per_call unique (org_id, call_id),
  constraint times_offers_once_per_number_and_day unique (org_id, phone, local_date),
  constraint times_offers_settled_or_open check ((state in ('open', 'lapsed')) = (settled_at is null))
);
create index times_offers_unsettled on times_offers (org_id, created_at) where settled_at is null;
create index times_offers_unread on times_offers (org_id, opens_at) where handed_over_at is null;
call app_ctx.protect('times_offers');
comment on table times_offers is 'Hot callers of a closed clinic who were offered times by text, once per call, and per number and day.';
comment on column times_offers.org_id is 'The tenant.';
comment on column times_offers.id is 'UUIDv7.';
comment on column times_offers.call_id is 'The call that was hot.';
comment on column times_offers.phone is 'Who called, E.164; the offer went there.';
comment on column times_offers.local_date is 'The day of the offer by the location''s calendar.';
comment on column times_offers.location_id is 'Where they would come.';
comment on column times_offers.service_id is 'What for.';
comment on column times_offers.language is 'In which they were texted, ISO 639-1: the person''s, else the one they spoke; null takes the org''s.';
comment on column times_offers.state is 'open (times are kept), lapsed (no longer; an answer still counts), taken (by an answer), declined, or booked (otherwise).';
comment on column times_offers.rounds is 'How often times were offered: again when the chosen one had gone; 0 when the text was taken back before it left.';
comment on column times_offers.expires_at is 'Until when the times are kept at most.';
comment on column times_offers.opens_at is 'When somebody is there again: staff have a task from then on, unless a visit came of it.';
comment on column times_offers.created_at is 'When it was made.';
comment on column times_offers.settled_at is 'When it was taken, declined or booked; null before.';
comment on column times_offers.handed_over_at is 'When staff got their task, or none was needed any more; null before the clinic opens.';
