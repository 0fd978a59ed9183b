-- Who is alerted is not changed by whoever happens to hold a session: the new number says yes first, the old one hears of it.

alter table texts drop constraint texts_kind_check;
alter table texts add constraint texts_kind_check check (kind in ('confirmation', 'pending', 'change', 'cancellation', 'waitlist_offer',
  'waitlist_reply', 'reminder', 'missed_call', 'details_request', 'times_offer', 'nurture', 'message', 'reply', 'hot_lead_alert',
  'clinical_alert', 'test_alert', 'phone_code', 'phone_notice'));

create table phone_changes (
  org_id uuid not null references orgs,
  id uuid not null,
  purpose text not null check (purpose in ('hot_lead', 'clinical', 'recipient')),
  phone text not null check (phone ~ '^\+[1-9][0-9]{6,14}$'),
  asked_by text not null,
  asked_at timestamptz not null,
  expires_at timestamptz not null,
  sends smallint not null default 1 check (sends between 1 and 9),
  tries smallint not null default 0 check (tries between 0 and 6),
  closed_at timestamptz,
  outcome text check (outcome in ('confirmed', 'replaced', 'withdrawn')),
  closed_by text,
  primary key (org_id, id),
  constraint phone_changes_closed_with_an_outcome check ((closed_at is null) = (outcome is null)),
  constraint phone_changes_expire_later check (expires_at > asked_at)
);
create unique index phone_changes_one_open on phone_changes (org_id, purpose) where closed_at is null;
create index phone_changes_by_time on phone_changes (org_id, asked_at);
create index phone_changes_confirmed on phone_changes (org_id, phone) where outcome = 'confirmed';
call app_ctx.protect('phone_changes');
comment on table phone_changes is 'Numbers that are to get alerts, each proved by a code that was texted to it before it counts.';
comment on column phone_changes.org_id is 'The tenant.';
comment on column phone_changes.id is 'UUIDv7; the code follows from it and the installation''s key, and is not kept.';
comment on column phone_changes.purpose is 'hot_lead or clinical: the org''s alert phone of that kind; recipient: only shows that somebody on the list has the phone.';
comment on column phone_changes.phone is 'The number, E.164.';
comment on column phone_changes.asked_by is 'Who asked for it, as the audit log names them.';
comment on column phone_changes.asked_at is 'When.';
comment on column phone_changes.expires_at is 'From then on its code counts no more.';
comment on column phone_changes.sends is 'How often the code was texted.';
comment on column phone_changes.tries is 'How many codes were entered, counted before each is looked at; the sixth and later ones do not count.';
comment on column phone_changes.closed_at is 'When it was over; null while the code is waited for.';
comment on column phone_changes.outcome is 'confirmed (the code was entered), replaced (by a later one) or withdrawn.';
comment on column phone_changes.closed_by is 'Who ended it, as the audit log names them.';
create index texts_to_alert_phones on texts (org_id, queued_at desc) where kind in ('test_alert', 'phone_code');

-- Staff see these change, too.
do $$
declare t text;
begin
  foreach t in array array['phone_changes', 'webhook_credentials', 'door_tokens'] loop
    execute format('create trigger tell_staff after insert or delete on %I for each row execute function app_ctx.tell_staff(''settings'', ''org_id'')', t);
    execute format('create trigger tell_staff_change after update on %I for each row when (old.* is distinct from new.*) execute function app_ctx.tell_staff(''settings'', ''org_id'')', t);
  end loop;
end $$;
