-- People who sign in: staff with roles in orgs, their sessions, second factors, invitations and resets; a log that cannot be edited.

-- The second template: rows of a person, who may be staff of several orgs. ADR 36.
create function app_ctx.user_id() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('app.user_id', true), '')::uuid $$;
comment on function app_ctx.user_id() is 'The person of this transaction; null (which matches no row) when unset.';

create procedure app_ctx.protect_own(own_table regclass) language plpgsql as $$
begin
  execute format('alter table %s enable row level security', own_table);
  execute format('alter table %s force row level security', own_table);
  execute format('create policy own on %s using (user_id = (select app_ctx.user_id())) with check (user_id = (select app_ctx.user_id()))', own_table);
  execute format('grant select, insert, update, delete on %s to voxanne_app', own_table);
end $$;
comment on procedure app_ctx.protect_own(regclass) is 'Forces row-level security with the policy template of persons and grants the program its four verbs.';
revoke all on procedure app_ctx.protect_own(regclass) from public;

create table users (
  user_id uuid primary key,
  email text not null check (length(email) between 3 and 254 and email ~ '^[^[:space:][:cntrl:]@]+@[^[:space:][:cntrl:]@]+$'),
  name text not null check (length(name) between 1 and 80),
  language text not null default 'en' check (language in ('en', 'es')),
  password_hash text,
  totp_secret_sealed bytea,
  totp_confirmed_at timestamptz,
  totp_last_step bigint,
  created_at timestamptz not null,
  disabled_at timestamptz,
  check (totp_confirmed_at is null or totp_secret_sealed is not null)
);
create unique index users_once_per_email on users (lower(email));
call app_ctx.protect_own('users');
revoke delete on users from voxanne_app;
comment on table users is 'People who sign in. The program sees one of them at a time.';
comment on column users.user_id is 'UUIDv7.';
comment on column users.email is 'What they sign in with, as it was entered; case does not count.';
comment on column users.name is 'What colleagues call them.';
comment on column users.language is 'Of their pages and mails: en or es.';
comment on column users.password_hash is 'Argon2id, as a PHC string; null where only another issuer vouches for them.';
comment on column users.totp_secret_sealed is 'What their authenticator app shares with us, sealed for this row.';
comment on column users.totp_confirmed_at is 'Since when a second factor is asked for; null is not, or not yet.';
comment on column users.totp_last_step is 'The last time step whose code was taken: it and earlier ones are refused.';
comment on column users.created_at is 'When they joined.';
comment on column users.disabled_at is 'From then on nothing of theirs opens anything.';

create table sessions (
  user_id uuid not null references users,
  id uuid not null,
  token_digest bytea not null,
  current_org uuid not null references orgs,
  second_factor_due boolean not null,
  agent text not null check (length(agent) <= 200),
  network text not null,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (user_id, id)
);
create unique index sessions_by_token on sessions (token_digest);
call app_ctx.protect_own('sessions');
comment on table sessions is 'Browsers that are signed in. Whoever signs out takes the row away.';
comment on column sessions.user_id is 'Whose.';
comment on column sessions.id is 'UUIDv7.';
comment on column sessions.token_digest is 'Keyed digest of the cookie''s token.';
comment on column sessions.current_org is 'The org that the pages show, as long as they are its staff.';
comment on column sessions.second_factor_due is 'The password was right and the code is still owed: opens nothing.';
comment on column sessions.agent is 'What the browser called itself, for the list of sessions.';
comment on column sessions.network is 'Address it was opened from; the /64 of an IPv6 one.';
comment on column sessions.created_at is 'When it was opened.';
comment on column sessions.last_seen_at is 'When it last asked for something, to the minute.';
comment on column sessions.expires_at is 'When it ends at the latest.';

create table recovery_codes (
  user_id uuid not null references users,
  code_digest bytea not null,
  used_at timestamptz,
  primary key (user_id, code_digest)
);
call app_ctx.protect_own('recovery_codes');
comment on table recovery_codes is 'Codes that stand in once each for a lost authenticator app.';
comment on column recovery_codes.user_id is 'Whose.';
comment on column recovery_codes.code_digest is 'Keyed digest of person and code.';
comment on column recovery_codes.used_at is 'When it was used up.';

create table password_resets (
  user_id uuid not null references users,
  id uuid not null,
  token_digest bytea not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (user_id, id)
);
create unique index password_resets_by_token on password_resets (token_digest);
call app_ctx.protect_own('password_resets');
comment on table password_resets is 'Links by which a forgotten password is replaced, once each.';
comment on column password_resets.user_id is 'Whose.';
comment on column password_resets.id is 'UUIDv7; the link''s token follows from it and the installation''s key.';
comment on column password_resets.token_digest is 'Keyed digest of the token.';
comment on column password_resets.created_at is 'When it was asked for.';
comment on column password_resets.expires_at is 'Until when it works.';
comment on column password_resets.used_at is 'When it was used, or made useless by a newer one.';

create table user_logins (
  user_id uuid not null references users,
  issuer text not null,
  subject text not null,
  linked_at timestamptz not null,
  primary key (user_id, issuer)
);
create unique index user_logins_once_per_subject on user_logins (issuer, subject);
call app_ctx.protect_own('user_logins');
comment on table user_logins is 'Who a person is to another issuer of tokens.';
comment on column user_logins.user_id is 'Whose.';
comment on column user_logins.issuer is 'The issuer, as its tokens name it.';
comment on column user_logins.subject is 'What it calls the person: stays when their address changes.';
comment on column user_logins.linked_at is 'When the first such token came.';

create table sign_in_places (
  user_id uuid not null references users,
  network text not null,
  last_at timestamptz not null,
  primary key (user_id, network)
);
call app_ctx.protect_own('sign_in_places');
comment on table sign_in_places is 'Where somebody has signed in from: guesses from elsewhere cannot lock them out there.';
comment on column sign_in_places.user_id is 'Who.';
comment on column sign_in_places.network is 'Address, or the /64 of an IPv6 one.';
comment on column sign_in_places.last_at is 'When last.';

create table attempts (
  key bytea primary key,
  since timestamptz not null,
  count integer not null
);
comment on table attempts is '@global Tries to sign in, by digests of account and address. Counted only through app_ctx.take_attempts.';
comment on column attempts.key is 'Keyed digest of what is limited.';
comment on column attempts.since is 'When the window began.';
comment on column attempts.count is 'Tries since.';

create table memberships (
  org_id uuid not null references orgs,
  id uuid not null,
  user_id uuid not null references users,
  role text not null check (role in ('owner', 'manager', 'front_desk', 'viewer')),
  created_at timestamptz not null,
  ended_at timestamptz,
  primary key (org_id, id),
  constraint memberships_once_per_person unique (org_id, user_id)
);
create index memberships_of_person on memberships (user_id) where ended_at is null;
call app_ctx.protect('memberships');
revoke delete on memberships from voxanne_app;
comment on table memberships is 'Who is staff of an org, and as what. Ended ones stay: the log names them.';
comment on column memberships.org_id is 'The tenant.';
comment on column memberships.id is 'UUIDv7.';
comment on column memberships.user_id is 'Who.';
comment on column memberships.role is 'owner, manager, front_desk or viewer.';
comment on column memberships.created_at is 'When they joined.';
comment on column memberships.ended_at is 'From then on they are not; null while they are.';

-- B13. The lock makes two owners who leave at once wait for each other.
create function app_ctx.keep_an_owner() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
  if old.role = 'owner' and old.ended_at is null and (new.role <> 'owner' or new.ended_at is not null) then
    perform pg_advisory_xact_lock(hashtextextended('owners:' || old.org_id, 0));
    if not exists (select from public.memberships m where m.org_id = old.org_id and m.id <> old.id
                      and m.role = 'owner' and m.ended_at is null) then
      raise exception 'an org keeps an owner' using errcode = 'check_violation', constraint = 'memberships_keep_an_owner';
    end if;
  end if;
  return new;
end $$;
comment on function app_ctx.keep_an_owner() is 'Refuses that the last owner leaves or becomes something else.';
create trigger keep_an_owner before update on memberships for each row execute function app_ctx.keep_an_owner();

create table invitations (
  org_id uuid not null references orgs,
  id uuid not null,
  email text not null check (length(email) between 3 and 254 and email ~ '^[^[:space:][:cntrl:]@]+@[^[:space:][:cntrl:]@]+$'),
  role text not null check (role in ('owner', 'manager', 'front_desk', 'viewer')),
  language text not null check (language in ('en', 'es')),
  token_digest bytea not null,
  invited_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  accepted_at timestamptz,
  revoked_at timestamptz,
  primary key (org_id, id)
);
create unique index invitations_one_open_per_email on invitations (org_id, lower(email)) where accepted_at is null and revoked_at is null;
call app_ctx.protect('invitations');
comment on table invitations is 'Links by which somebody becomes staff, once each.';
comment on column invitations.org_id is 'The tenant.';
comment on column invitations.id is 'UUIDv7; the link''s token follows from it and the installation''s key.';
comment on column invitations.email is 'Who is meant.';
comment on column invitations.role is 'What they become.';
comment on column invitations.language is 'Of the mail: en or es.';
comment on column invitations.token_digest is 'Keyed digest of the token.';
comment on column invitations.invited_by is 'Who invited, as the audit log names them.';
comment on column invitations.created_at is 'When.';
comment on column invitations.expires_at is 'Until when it works.';
comment on column invitations.accepted_at is 'When it was accepted.';
comment on column invitations.revoked_at is 'When it was taken back.';

alter table directory drop constraint directory_kind_check;
alter table directory add constraint directory_kind_check
  check (kind in ('door', 'secret', 'assistant', 'phone_number_id', 'number', 'api_key', 'offer', 'feed', 'invitation'));
create or replace function app_ctx.remember_in_directory() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public as $$
begin
  if tg_op in ('UPDATE', 'DELETE') then
    delete from public.directory where owner_org = old.org_id and owner_row = old.id;
    if tg_op = 'DELETE' then return old; end if;
  end if;
  insert into public.directory
  select k.kind, k.key, new.org_id, new.id
    from (select to_jsonb(new) as r) n, lateral (values
      -- bytea as JSON is \x and hexadecimal.
      ('door', case when tg_table_name = 'door_tokens' and n.r ->> 'revoked_at' is null then substr(n.r ->> 'token_digest', 3) end),
      ('secret', case when tg_table_name = 'webhook_credentials' and n.r ->> 'revoked_at' is null then substr(n.r ->> 'secret_digest', 3) end),
      ('assistant', case when tg_table_name = 'assistants' then n.r ->> 'platform_assistant_id' end),
      ('number', case when tg_table_name = 'phone_numbers' then n.r ->> 'number' end),
      ('phone_number_id', case when tg_table_name = 'phone_numbers' then n.r ->> 'platform_phone_number_id' end),
      ('api_key', case when tg_table_name = 'api_keys' and n.r ->> 'revoked_at' is null then substr(n.r ->> 'key_digest', 3) end),
      -- Settled offers stay: their link still tells a true sentence.
      ('offer', case when tg_table_name = 'waitlist_offers' then substr(n.r ->> 'token_digest', 3) end),
      ('feed', case when tg_table_name = 'calendar_feeds' and n.r ->> 'revoked_at' is null then substr(n.r ->> 'token_digest', 3) end),
      ('invitation', case when tg_table_name = 'invitations' and n.r ->> 'accepted_at' is null and n.r ->> 'revoked_at' is null then substr(n.r ->> 'token_digest', 3) end)
    ) k (kind, key)
   where k.key is not null;
  return new;
end $$;
create trigger directory after insert or update or delete on invitations for each row execute function app_ctx.remember_in_directory();

-- The few looks across persons. Each takes an exact secret or address, or answers for the transaction's own org or person.

create function app_ctx.user_by_email(wanted text) returns uuid language sql stable security definer
  set search_path = pg_catalog, public as $$
  select user_id from public.users where lower(email) = lower(wanted) and disabled_at is null
$$;
comment on function app_ctx.user_by_email(text) is '@reviewed Who signs in with an address; the id and nothing else.';

create function app_ctx.user_of_login(wanted_issuer text, wanted_subject text) returns uuid language sql stable security definer
  set search_path = pg_catalog, public as $$
  select l.user_id from public.user_logins l join public.users u using (user_id)
   where l.issuer = wanted_issuer and l.subject = wanted_subject and u.disabled_at is null
$$;
comment on function app_ctx.user_of_login(text, text) is '@reviewed Who somebody is to another issuer; the id and nothing else.';

create function app_ctx.user_of_reset(digest bytea) returns uuid language sql stable security definer
  set search_path = pg_catalog, public as $$
  select r.user_id from public.password_resets r join public.users u using (user_id)
   where r.token_digest = digest and r.used_at is null and u.disabled_at is null
$$;
comment on function app_ctx.user_of_reset(bytea) is '@reviewed Whose password a link resets: an exact digest to an id.';

create function app_ctx.user_of_session(digest bytea) returns uuid language sql stable security definer
  set search_path = pg_catalog, public as $$ select user_id from public.sessions where token_digest = digest $$;
comment on function app_ctx.user_of_session(bytea) is '@reviewed Whose session a cookie is: an exact digest to an id.';

-- One round trip for every page: the session, its person, and what they are in the org that it shows, or else in their first.
create function app_ctx.staff_of_session(digest bytea)
  returns table (session_id uuid, user_id uuid, org_id uuid, role text, name text, email text, language text,
                 last_seen_at timestamptz, expires_at timestamptz) language sql stable security definer
  set search_path = pg_catalog, public as $$
  select s.id, u.user_id, m.org_id, m.role, u.name, u.email, u.language, s.last_seen_at, s.expires_at
    from public.sessions s
    join public.users u on u.user_id = s.user_id and u.disabled_at is null
    join lateral (select m.org_id, m.role from public.memberships m where m.user_id = s.user_id and m.ended_at is null
                   order by m.org_id = s.current_org desc, m.created_at, m.id limit 1) m on true
   where s.token_digest = digest and not s.second_factor_due
$$;
comment on function app_ctx.staff_of_session(bytea) is '@reviewed Who a cookie is: an exact digest to one person and what they are.';

create function app_ctx.own_orgs() returns table (org_id uuid, name text, role text) language sql stable security definer
  set search_path = pg_catalog, public as $$
  select o.org_id, o.name, m.role
    from public.memberships m join public.orgs o using (org_id) join public.users u using (user_id)
   where m.user_id = app_ctx.user_id() and m.ended_at is null and u.disabled_at is null
   order by m.created_at, m.id
$$;
comment on function app_ctx.own_orgs() is '@reviewed The orgs of the transaction''s person, and what they are there.';

create function app_ctx.team() returns table (membership_id uuid, user_id uuid, role text, name text, email text,
    has_second_factor boolean, joined_at timestamptz, last_seen_at timestamptz) language sql stable security definer
  set search_path = pg_catalog, public as $$
  select m.id, u.user_id, m.role, u.name, u.email, u.totp_confirmed_at is not null, m.created_at,
         (select max(s.last_seen_at) from public.sessions s where s.user_id = u.user_id and s.current_org = m.org_id)
    from public.memberships m join public.users u using (user_id)
   where m.org_id = app_ctx.org_id() and m.ended_at is null
   order by m.created_at, m.id
$$;
comment on function app_ctx.team() is '@reviewed The staff of the transaction''s org, with the names and addresses by which colleagues know them.';

create function app_ctx.user_ids_with_secrets() returns setof uuid language sql stable security definer
  set search_path = pg_catalog, public as $$ select user_id from public.users where totp_secret_sealed is not null order by user_id $$;
comment on function app_ctx.user_ids_with_secrets() is '@reviewed Whose secrets are sealed, for sealing them anew; ids only.';

-- Sorted, so that two sign-ins never wait for each other in a circle.
create function app_ctx.take_attempts(keys bytea[], most integer[], at timestamptz, window_seconds integer)
  returns integer language plpgsql security definer set search_path = pg_catalog, public as $$
declare wait integer := 0; k record; counted record;
begin
  delete from public.attempts where key in (
    select a.key from public.attempts a where a.since < at - interval '2 days' limit 50 for update skip locked);
  for k in select w.key, w.most from unnest(keys, most) w (key, most) order by w.key loop
    insert into public.attempts as a values (k.key, at, 1)
    on conflict (key) do update set
      count = case when a.since <= at - make_interval(secs => window_seconds) then 1 else least(a.count, 1000000) + 1 end,
      since = case when a.since <= at - make_interval(secs => window_seconds) then at else a.since end
    returning a.count, a.since into counted;
    if counted.count > k.most then
      wait := greatest(wait, window_seconds - extract(epoch from at - counted.since)::integer, 1);
    end if;
  end loop;
  return wait;
end $$;
comment on function app_ctx.take_attempts(bytea[], integer[], timestamptz, integer) is '@reviewed Counts a try against each key and says for how many seconds it has to wait; 0 is go on.';

create function app_ctx.forget_attempts(keys bytea[]) returns void language sql security definer
  set search_path = pg_catalog, public as $$ delete from public.attempts where key = any (keys) $$;
comment on function app_ctx.forget_attempts(bytea[]) is '@reviewed Forgets the tries of whoever turned out to be right.';

revoke all on function app_ctx.user_by_email(text), app_ctx.user_of_login(text, text), app_ctx.user_of_reset(bytea),
  app_ctx.user_of_session(bytea), app_ctx.staff_of_session(bytea), app_ctx.own_orgs(), app_ctx.team(), app_ctx.user_ids_with_secrets(),
  app_ctx.take_attempts(bytea[], integer[], timestamptz, integer), app_ctx.forget_attempts(bytea[]) from public;
grant execute on function app_ctx.user_by_email(text), app_ctx.user_of_login(text, text), app_ctx.user_of_reset(bytea),
  app_ctx.user_of_session(bytea), app_ctx.staff_of_session(bytea), app_ctx.own_orgs(), app_ctx.team(), app_ctx.user_ids_with_secrets(),
  app_ctx.take_attempts(bytea[], integer[], timestamptz, integer), app_ctx.forget_attempts(bytea[]) to voxanne_app;

-- Requests that name themselves come from people now, too.
alter table idempotent_requests drop constraint idempotent_requests_org_id_api_key_id_fkey;
comment on column idempotent_requests.api_key_id is 'Whose request, a key''s or a person''s: those of two callers never meet.';

-- E-mails that carry a link of their own.
alter table emails drop constraint emails_kind_check;
alter table emails add constraint emails_kind_check
  check (kind in ('hot_lead_alert', 'clinical_alert', 'daily_summary', 'test', 'invitation', 'password_reset'));
comment on column emails.kind is 'hot_lead_alert, clinical_alert, daily_summary, test, invitation or password_reset.';
comment on column emails.recipient_id is 'The recipient, who may have been removed since; the invitation or the reset of those mails.';
comment on column emails.body is 'The words; the link of an invitation or reset is filled in when it leaves, and never stored.';

-- W32. Each entry carries the digest of the one before. Written at the end of the transaction, so that the lock is held for the
-- commit alone and nobody who holds it waits for anything else.
alter table audit_log add column link bigint, add column digest bytea;
comment on column audit_log.link is 'Which entry of the org''s chain it is, from 1.';
comment on column audit_log.digest is 'SHA-256 over the digest before and everything of this entry.';
create unique index audit_log_links on audit_log (org_id, link);

create function app_ctx.audit_digest(previous bytea, entry audit_log) returns bytea language sql stable
  set search_path = pg_catalog, public as $$
  select sha256(convert_to(jsonb_build_array(encode(previous, 'hex'), entry.link, entry.org_id, entry.id, entry.actor, entry.action,
    entry.subject, entry.detail, (extract(epoch from entry.at) * 1000000)::bigint)::text, 'UTF8'))
$$;
comment on function app_ctx.audit_digest(bytea, audit_log) is 'What an entry''s digest has to be, after the one before.';

create function app_ctx.chain_audit() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public as $$
declare before record; entry public.audit_log;
begin
  perform pg_advisory_xact_lock(hashtextextended('audit:' || new.org_id, 0));
  select a.link, a.digest into before from public.audit_log a
   where a.org_id = new.org_id and a.link is not null order by a.link desc limit 1;
  entry := new;
  entry.link := coalesce(before.link, 0) + 1;
  update public.audit_log a set link = entry.link, digest = app_ctx.audit_digest(coalesce(before.digest, ''), entry)
   where a.org_id = new.org_id and a.id = new.id;
  return null;
end $$;
comment on function app_ctx.chain_audit() is '@reviewed Links a new entry of the log to the one before it.';
revoke all on function app_ctx.chain_audit() from public;

do $$
declare entry public.audit_log; org uuid; previous bytea; number bigint;
begin
  for entry in select * from public.audit_log order by org_id, at, id loop
    if org is distinct from entry.org_id then
      org := entry.org_id; previous := ''; number := 0;
    end if;
    number := number + 1;
    entry.link := number;
    previous := app_ctx.audit_digest(previous, entry);
    update public.audit_log a set link = number, digest = previous where a.org_id = entry.org_id and a.id = entry.id;
  end loop;
end $$;

create constraint trigger chain after insert on audit_log deferrable initially deferred
  for each row execute function app_ctx.chain_audit();
-- Neither can the columns be given: what the program writes is what an entry says.
revoke insert on audit_log from voxanne_app;
grant insert (org_id, id, actor, action, subject, detail, at) on audit_log to voxanne_app;

create function app_ctx.audit_breaks() returns table (link bigint, id uuid) language sql stable
  set search_path = pg_catalog, public as $$
  select e.link, e.id
    from (select a.id, a.link, a.digest,
                 app_ctx.audit_digest(coalesce(lag(a.digest) over w, ''), a) as expected,
                 coalesce(lag(a.link) over w, 0) + 1 as next
            from public.audit_log a where a.org_id = app_ctx.org_id() window w as (order by a.link)) e
   where e.digest is distinct from e.expected or e.link is distinct from e.next
   order by e.link limit 10
$$;
comment on function app_ctx.audit_breaks() is 'Entries of the transaction''s org at which its log does not go on from the one before: edited, or one is missing.';
grant execute on function app_ctx.audit_breaks() to voxanne_app;
