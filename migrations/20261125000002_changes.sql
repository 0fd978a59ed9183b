-- Visits that change: policy, versions, series, holds of anybody, the waitlist, and what comes back by text.

create table booking_policies (
  org_id uuid not null references orgs,
  version integer not null check (version > 0),
  notice_minutes integer not null default 0 check (notice_minutes between 0 and 43200),
  notice_counts text not null default 'clock' check (notice_counts in ('clock', 'business')),
  fee_cents integer not null default 0 check (fee_cents >= 0),
  fee_sentence text check (length(fee_sentence) between 1 and 160),
  created_at timestamptz not null,
  primary key (org_id, version)
);
call app_ctx.protect('booking_policies');
revoke update, delete on booking_policies from voxanne_app;
comment on table booking_policies is 'What changing or cancelling late costs. Only added to: a visit keeps the version it was booked under.';
comment on column booking_policies.org_id is 'The tenant.';
comment on column booking_policies.version is 'Counts up from 1; the highest is in force for new visits.';
comment on column booking_policies.notice_minutes is 'Minutes before the start from which a change or cancellation is late.';
comment on column booking_policies.notice_counts is 'clock: every minute. business: minutes in which the location is open.';
comment on column booking_policies.fee_cents is 'What a late change or cancellation costs, in cents of the org''s currency.';
comment on column booking_policies.fee_sentence is 'Said to a caller who is late; null says the fee.';
comment on column booking_policies.created_at is 'From when on it was in force.';
create trigger rules after insert on booking_policies for each row execute function app_ctx.bump_rules_version();

create table series (
  org_id uuid not null references orgs,
  id uuid not null,
  service_id uuid not null,
  contact_id uuid,
  wanted smallint not null check (wanted between 2 and 24),
  every_days smallint not null check (every_days between 1 and 180),
  created_at timestamptz not null,
  primary key (org_id, id),
  foreign key (org_id, service_id) references services (org_id, id),
  foreign key (org_id, contact_id) references contacts (org_id, id)
);
call app_ctx.protect('series');
comment on table series is 'Visits that were booked together, such as six laser sessions.';
comment on column series.org_id is 'The tenant.';
comment on column series.id is 'UUIDv7.';
comment on column series.service_id is 'What.';
comment on column series.contact_id is 'For whom.';
comment on column series.wanted is 'How many were asked for; fewer were booked only by explicit choice.';
comment on column series.every_days is 'Civil days from one to the next.';
comment on column series.created_at is 'When it was booked.';

alter table appointments
  add column policy_version integer,
  add column series_id uuid,
  add column booked_by text not null default 'voice',
  add column is_in_turn boolean not null default false,
  add column updated_at timestamptz,
  add foreign key (org_id, policy_version) references booking_policies (org_id, version),
  add foreign key (org_id, series_id) references series (org_id, id);
create index appointments_of_series on appointments (org_id, series_id) where series_id is not null;
create index appointments_of_practitioner on appointments (org_id, practitioner_id, starts_at);
create index appointments_by_phone on appointments (org_id, customer_phone, starts_at) where customer_phone is not null;
comment on column appointments.policy_version is 'The policy it was booked under; null when the org had none.';
comment on column appointments.series_id is 'The series it belongs to.';
comment on column appointments.booked_by is 'Who booked it: voice, waitlist, or key_… of the API.';
comment on column appointments.is_in_turn is 'True: its practitioner got it in turn, and gets the turn back when it is cancelled.';
comment on column appointments.updated_at is 'When it last changed; null since it was booked.';

create table appointment_changes (
  org_id uuid not null references orgs,
  appointment_id uuid not null,
  version integer not null,
  actor text not null,
  action text not null check (action in ('booked', 'moved', 'cancelled', 'confirmed', 'arrived', 'completed', 'no_show', 'edited')),
  changed jsonb not null,
  reason text,
  late boolean not null default false,
  at timestamptz not null,
  primary key (org_id, appointment_id, version),
  foreign key (org_id, appointment_id) references appointments (org_id, id) deferrable initially deferred
);
call app_ctx.protect('appointment_changes');
revoke update, delete on appointment_changes from voxanne_app;
comment on table appointment_changes is 'How each visit became what it is: one row per version. Only added to.';
comment on column appointment_changes.org_id is 'The tenant.';
comment on column appointment_changes.appointment_id is 'The visit.';
comment on column appointment_changes.version is 'The version it brought about; booking is 1.';
comment on column appointment_changes.actor is 'voice, waitlist, text, or key_… of the API.';
comment on column appointment_changes.action is 'What was done.';
comment on column appointment_changes.changed is 'Field to {"from", "to"}.';
comment on column appointment_changes.reason is 'Why, as given.';
comment on column appointment_changes.late is 'True: inside the notice of the visit''s policy.';
comment on column appointment_changes.at is 'When.';

alter table holds
  alter column call_ref drop not null,
  add column held_by text not null default 'voice';
create index holds_lapsing on holds (org_id, expires_at);
comment on column holds.call_ref is 'The call that holds it; null when a key of the API or the waitlist does.';
comment on column holds.held_by is 'voice, waitlist, or key_… of the API.';

create table waitlist_entries (
  org_id uuid not null references orgs,
  id uuid not null,
  location_id uuid not null,
  service_id uuid not null,
  practitioner_id uuid,
  contact_id uuid not null,
  local_from date not null,
  local_to date not null,
  part_of_day text not null default 'any' check (part_of_day in ('any', 'morning', 'afternoon', 'evening')),
  state text not null default 'waiting' check (state in ('waiting', 'offered', 'booked', 'left', 'expired')),
  offers smallint not null default 0,
  call_id uuid,
  appointment_id uuid,
  created_at timestamptz not null,
  primary key (org_id, id),
  check (local_from <= local_to),
  foreign key (org_id, location_id) references locations (org_id, id),
  foreign key (org_id, service_id) references services (org_id, id),
  foreign key (org_id, practitioner_id) references practitioners (org_id, id),
  foreign key (org_id, contact_id) references contacts (org_id, id),
  foreign key (org_id, call_id) references calls (org_id, id),
  foreign key (org_id, appointment_id) references appointments (org_id, id) deferrable initially deferred
);
create index waitlist_entries_waiting on waitlist_entries (org_id, location_id, local_from, local_to) where state = 'waiting';
create index waitlist_entries_of_contact on waitlist_entries (org_id, contact_id);
create unique index waitlist_entries_once_per_wish on waitlist_entries (org_id, contact_id, service_id, location_id) where state in ('waiting', 'offered');
call app_ctx.protect('waitlist_entries');
comment on table waitlist_entries is 'People who wait for an opening.';
comment on column waitlist_entries.org_id is 'The tenant.';
comment on column waitlist_entries.id is 'UUIDv7.';
comment on column waitlist_entries.location_id is 'Where.';
comment on column waitlist_entries.service_id is 'For what.';
comment on column waitlist_entries.practitioner_id is 'With whom; null is anybody.';
comment on column waitlist_entries.contact_id is 'Who waits.';
comment on column waitlist_entries.local_from is 'First civil day that suits.';
comment on column waitlist_entries.local_to is 'Last civil day that suits.';
comment on column waitlist_entries.part_of_day is 'any, morning, afternoon or evening.';
comment on column waitlist_entries.state is 'waiting, offered (an offer is open), booked, left (by their own word), or expired (its last day passed).';
comment on column waitlist_entries.offers is 'Offers made so far: fewer come first.';
comment on column waitlist_entries.call_id is 'The call in which they asked.';
comment on column waitlist_entries.appointment_id is 'The visit that came of it.';
comment on column waitlist_entries.created_at is 'Since when they wait: earlier comes first.';

create table waitlist_offers (
  org_id uuid not null references orgs,
  id uuid not null,
  entry_id uuid not null,
  hold_id uuid,
  practitioner_id uuid not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  freed_practitioner_id uuid not null,
  freed_from timestamptz not null,
  freed_until timestamptz not null,
  token_digest bytea not null,
  state text not null default 'open' check (state in ('open', 'taken', 'declined', 'lapsed')),
  expires_at timestamptz not null,
  created_at timestamptz not null,
  settled_at timestamptz,
  primary key (org_id, id),
  foreign key (org_id, entry_id) references waitlist_entries (org_id, id),
  foreign key (org_id, hold_id) references holds (org_id, id) on delete set null (hold_id) deferrable initially deferred,
  foreign key (org_id, practitioner_id) references practitioners (org_id, id),
  foreign key (org_id, freed_practitioner_id) references practitioners (org_id, id)
);
create index waitlist_offers_by_entry on waitlist_offers (org_id, entry_id);
create index waitlist_offers_by_token on waitlist_offers (org_id, token_digest);
create index waitlist_offers_lapsing on waitlist_offers (org_id, expires_at) where state = 'open';
create unique index waitlist_offers_one_open_per_freed_time
  on waitlist_offers (org_id, freed_practitioner_id, freed_from) where state = 'open';
create unique index waitlist_offers_one_open_per_entry on waitlist_offers (org_id, entry_id) where state = 'open';
create index waitlist_offers_by_hold on waitlist_offers (org_id, hold_id) where hold_id is not null;
create index waitlist_offers_by_start on waitlist_offers (org_id, starts_at);
call app_ctx.protect('waitlist_offers');
comment on table waitlist_offers is 'Openings that were offered by text; each is a hold until it is taken, declined or lapses.';
comment on column waitlist_offers.org_id is 'The tenant.';
comment on column waitlist_offers.id is 'UUIDv7.';
comment on column waitlist_offers.entry_id is 'Who it was offered to.';
comment on column waitlist_offers.hold_id is 'What keeps the time; null once it is gone.';
comment on column waitlist_offers.practitioner_id is 'Who would give it.';
comment on column waitlist_offers.starts_at is 'When.';
comment on column waitlist_offers.ends_at is 'Until when.';
comment on column waitlist_offers.freed_practitioner_id is 'Who became free, whom the time is passed on with.';
comment on column waitlist_offers.freed_from is 'The time that became free: from here …';
comment on column waitlist_offers.freed_until is '… up to here; the visit starts within it.';
comment on column waitlist_offers.token_digest is 'Keyed digest of the token in the link.';
comment on column waitlist_offers.state is 'open, taken, declined, or lapsed.';
comment on column waitlist_offers.expires_at is 'Until when it can be taken.';
comment on column waitlist_offers.created_at is 'When it was made.';
comment on column waitlist_offers.settled_at is 'When it was taken, declined, or lapsed.';

create table inbound_texts (
  org_id uuid not null references orgs,
  id uuid not null,
  provider_sid text not null,
  from_phone text not null,
  body text not null,
  meaning text not null,
  contact_id uuid,
  received_at timestamptz not null,
  primary key (org_id, id),
  foreign key (org_id, contact_id) references contacts (org_id, id),
  constraint inbound_texts_once_per_message unique (org_id, provider_sid)
);
create index inbound_texts_by_sender on inbound_texts (org_id, from_phone, received_at);
call app_ctx.protect('inbound_texts');
comment on table inbound_texts is 'What people texted back, once per message.';
comment on column inbound_texts.org_id is 'The tenant.';
comment on column inbound_texts.id is 'UUIDv7.';
comment on column inbound_texts.provider_sid is 'The provider''s id of the message.';
comment on column inbound_texts.from_phone is 'Who wrote, E.164.';
comment on column inbound_texts.body is 'What they wrote.';
comment on column inbound_texts.meaning is 'What it was understood as: take, pass, yes, no, leave, stop, start, help, or other.';
comment on column inbound_texts.contact_id is 'The contact behind the number.';
comment on column inbound_texts.received_at is 'When it arrived.';

alter table tasks
  add column inbound_text_id uuid,
  add foreign key (org_id, inbound_text_id) references inbound_texts (org_id, id);
comment on column tasks.inbound_text_id is 'What somebody texted that it is about.';

alter table texts add column leave_before timestamptz;
comment on column texts.leave_before is 'From then on it is of no use or not allowed, and no longer sent; null is whenever.';
alter table texts drop constraint texts_kind_check;
alter table texts add constraint texts_kind_check check (kind in ('confirmation', 'pending', 'change', 'cancellation', 'waitlist_offer',
  'waitlist_reply', 'hot_lead_alert', 'clinical_alert', 'test_alert'));

-- The same table as Status::may_become in src/appointments/appointment.rs; a test compares them.
create function app_ctx.change_legally() returns trigger language plpgsql as $$
begin
  if old.status <> new.status and (old.status, new.status) not in (
      ('pending', 'scheduled'), ('pending', 'cancelled'), ('pending', 'no_show'),
      ('scheduled', 'arrived'), ('scheduled', 'cancelled'), ('scheduled', 'no_show'),
      ('arrived', 'completed')) then
    raise exception 'a visit that is % does not become %', old.status, new.status
      using errcode = 'check_violation', constraint = 'appointments_change_legally';
  end if;
  return new;
end $$;
comment on function app_ctx.change_legally() is 'Refuses every change of a visit''s state that is not one of the legal ones.';
create trigger appointments_change_legally before update of status on appointments
  for each row execute function app_ctx.change_legally();
