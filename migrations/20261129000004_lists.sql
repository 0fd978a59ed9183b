-- What staff look at: calls, tasks, notifications and the audit log in pages, and people by what is typed of them.

alter table tasks
  add column contact_id uuid,
  add column assignee_user_id uuid,
  add column note text check (length(note) between 1 and 2000),
  add column raised_by text,
  add column done_by text,
  add foreign key (org_id, contact_id) references contacts (org_id, id),
  add constraint tasks_name_who_finished check (done_by is null or done_at is not null);
comment on column tasks.contact_id is 'The person it is about, where a person wrote the task.';
comment on column tasks.assignee_user_id is 'Who of the staff has it in hand; null when nobody in particular.';
comment on column tasks.note is 'What staff wrote beside it.';
comment on column tasks.raised_by is 'Who of the staff wrote it, such as staff:usr_…; null when the program did.';
comment on column tasks.done_by is 'Who finished it, such as staff:usr_…; null while open, or when the program saw that it was done.';
comment on column tasks.done_at is 'When it was finished; null while open.';
create index tasks_done on tasks (org_id, done_at desc, id desc) where done_at is not null;
create index tasks_of_call on tasks (org_id, call_id) where call_id is not null;
create index tasks_of_appointment on tasks (org_id, appointment_id) where appointment_id is not null;
create index tasks_of_contact on tasks (org_id, contact_id) where contact_id is not null;

alter table notifications
  add column audience text not null default 'all' check (audience in ('all', 'owners'));
comment on column notifications.audience is 'all, or owners: what the others need not see.';
create index notifications_unread on notifications (org_id, created_at desc, id desc) where read_at is null;

-- Calls, the latest first, by what a page filters by.
create index calls_by_time on calls (org_id, created_at desc, id desc);
create index calls_running on calls (org_id, created_at desc, id desc) where state <> 'ended';
create index calls_of_contact on calls (org_id, contact_id, created_at desc, id desc) where contact_id is not null;
create index calls_of_class on calls (org_id, class, created_at desc, id desc) where class is not null;
create index calls_of_temperature on calls (org_id, temperature, created_at desc, id desc) where temperature is not null;
create index calls_of_assistant on calls (org_id, assistant_ref, created_at desc, id desc) where assistant_ref is not null;
create index waitlist_entries_of_call on waitlist_entries (org_id, call_id) where call_id is not null;
comment on column calls.turns is
  'The transcript of the report: [{"is_caller", "text", "after_ms"}], in order; after_ms is since the call began, where the platform told it.';

create index audit_log_of_actor on audit_log (org_id, actor, at desc, id desc);
create index audit_log_of_action on audit_log (org_id, action, at desc, id desc);

-- Under row-level security an index is used only for what tells nothing by being compared: plain columns, not functions of
-- them. Hence what a search compares is kept beside what it is made of.
create function app_ctx.folded(words text) returns text language sql immutable strict parallel safe as $$
  select translate(lower(trim(words)), 'áàâäãåéèêëíìîïóòôöõúùûüñç', 'aaaaaaeeeeiiiiooooouuuunc')
$$;
comment on function app_ctx.folded(text) is 'Lower case without the accents of western languages: how names are compared with what is typed.';
grant execute on function app_ctx.folded(text) to voxanne_app;

alter table contacts
  add column name_folded text collate "C" generated always as (app_ctx.folded(name)) stored,
  add column last_name_folded text collate "C" generated always as (app_ctx.folded(regexp_replace(name, '^.*\s', ''))) stored,
  add column email_folded text collate "C" generated always as (lower(email)) stored,
  add column phone_reversed text collate "C" generated always as (reverse(phone)) stored;
comment on column contacts.name_folded is 'The name as it is searched for: lower case, no accents.';
comment on column contacts.last_name_folded is 'The last word of it, so that people are found by their last name.';
comment on column contacts.email_folded is 'The e-mail address in lower case.';
comment on column contacts.phone_reversed is 'The number from its end: people type the last digits.';
create index contacts_by_name on contacts (org_id, name_folded) where name is not null;
create index contacts_by_last_name on contacts (org_id, last_name_folded) where name is not null;
create index contacts_by_email on contacts (org_id, email_folded) where email is not null;
create index contacts_by_first_digits on contacts (org_id, phone collate "C");
create index contacts_by_last_digits on contacts (org_id, phone_reversed);
create index contacts_by_time on contacts (org_id, created_at, id);
