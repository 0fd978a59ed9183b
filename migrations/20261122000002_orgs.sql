create table orgs (
  org_id uuid primary key,
  name text not null check (length(name) between 1 and 120),
  default_region text not null default 'US' check (default_region ~ '^[A-Z]{2}$'),
  rules_version bigint not null default 1,
  created_at timestamptz not null
);
call app_ctx.protect('orgs');
comment on table orgs is 'A clinic business: the tenant.';

create table locations (
  org_id uuid not null references orgs,
  id uuid not null,
  name text not null,
  time_zone text not null,
  address text,
  human_phone text,
  position smallint not null default 0,
  primary key (org_id, id)
);
call app_ctx.protect('locations');
comment on table locations is 'A site of an org, with its own time zone and hours.';

create table assistants (
  org_id uuid not null references orgs,
  id uuid not null,
  platform text not null default 'vapi',
  platform_assistant_id text not null,
  location_id uuid not null,
  name text not null,
  primary key (org_id, id),
  foreign key (org_id, location_id) references locations (org_id, id),
  constraint assistants_once_per_platform_id unique (org_id, platform, platform_assistant_id)
);
call app_ctx.protect('assistants');
comment on table assistants is 'The voice platform''s agents that answer for an org.';

create table phone_numbers (
  org_id uuid not null references orgs,
  id uuid not null,
  platform text not null default 'vapi',
  platform_phone_number_id text,
  number text not null check (number ~ '^\+[1-9][0-9]{6,14}$'),
  location_id uuid not null,
  assistant_id uuid,
  primary key (org_id, id),
  foreign key (org_id, location_id) references locations (org_id, id),
  foreign key (org_id, assistant_id) references assistants (org_id, id),
  constraint phone_numbers_once_per_number unique (org_id, number)
);
call app_ctx.protect('phone_numbers');
comment on table phone_numbers is 'Numbers that callers dial, and the assistant that answers each.';

create table door_tokens (
  org_id uuid not null references orgs,
  id uuid not null,
  token_digest bytea not null,
  created_at timestamptz not null,
  revoked_at timestamptz,
  primary key (org_id, id)
);
call app_ctx.protect('door_tokens');
comment on table door_tokens is 'Unguessable per-org path segments of the voice door, kept as keyed digests.';

create table webhook_credentials (
  org_id uuid not null references orgs,
  id uuid not null,
  scheme jsonb not null,
  secret_sealed bytea not null,
  secret_digest bytea not null,
  created_at timestamptz not null,
  revoked_at timestamptz,
  primary key (org_id, id)
);
call app_ctx.protect('webhook_credentials');
comment on table webhook_credentials is 'Secrets that authenticate the voice platform; several may be active during a rotation.';

create table integration_settings (
  org_id uuid primary key references orgs,
  hot_lead_alert_phone text check (hot_lead_alert_phone ~ '^\+[1-9][0-9]{6,14}$'),
  clinical_alert_phone text check (clinical_alert_phone ~ '^\+[1-9][0-9]{6,14}$'),
  hot_threshold smallint not null default 70 check (hot_threshold between 1 and 100),
  warm_threshold smallint not null default 40 check (warm_threshold between 1 and 100),
  calendar_of_record boolean not null default false,
  text_regions text[] not null default '{US,CA}',
  texts_per_day_max integer not null default 500 check (texts_per_day_max >= 0),
  texting_enabled boolean not null default true,
  keep_recordings text not null default 'with_consent' check (keep_recordings in ('always', 'with_consent', 'never')),
  twilio_account_sid text,
  twilio_auth_token_sealed bytea,
  twilio_sender text,
  vapi_private_key_sealed bytea,
  updated_at timestamptz not null
);
call app_ctx.protect('integration_settings');
comment on table integration_settings is 'What an org decided about alerts, texts, calendars and vendors. Secrets are sealed.';

-- The one table that looks across orgs: which org a credential or platform id belongs to.
create table directory (
  kind text not null check (kind in ('door', 'secret', 'assistant', 'phone_number_id', 'number')),
  key text not null,
  owner_org uuid not null references orgs,
  owner_row uuid not null,
  constraint directory_names_one_org primary key (kind, key)
);
comment on table directory is '@global Which org a door token, secret, assistant or number belongs to. Read only through app_ctx.resolve.';

create function app_ctx.remember_in_directory() returns trigger language plpgsql security definer
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
      ('phone_number_id', case when tg_table_name = 'phone_numbers' then n.r ->> 'platform_phone_number_id' end)
    ) k (kind, key)
   where k.key is not null;
  return new;
end $$;
comment on function app_ctx.remember_in_directory() is '@reviewed Keeps directory in step with the rows that own its keys.';
revoke all on function app_ctx.remember_in_directory() from public;

create trigger directory after insert or update or delete on door_tokens for each row execute function app_ctx.remember_in_directory();
create trigger directory after insert or update or delete on webhook_credentials for each row execute function app_ctx.remember_in_directory();
create trigger directory after insert or update or delete on assistants for each row execute function app_ctx.remember_in_directory();
create trigger directory after insert or update or delete on phone_numbers for each row execute function app_ctx.remember_in_directory();

create function app_ctx.resolve(wanted_kinds text[], wanted_keys text[])
  returns table (kind text, key text, org_id uuid, row_id uuid) language sql stable security definer
  set search_path = pg_catalog, public as $$
  select d.kind, d.key, d.owner_org, d.owner_row
    from public.directory d join unnest(wanted_kinds, wanted_keys) w (kind, key) on d.kind = w.kind and d.key = w.key
$$;
comment on function app_ctx.resolve(text[], text[]) is '@reviewed The only look-up across orgs on the voice path: exact keys to org ids, nothing else.';
revoke all on function app_ctx.resolve(text[], text[]) from public;
grant execute on function app_ctx.resolve(text[], text[]) to voxanne_app;

create function app_ctx.org_ids() returns setof uuid language sql stable security definer
  set search_path = pg_catalog, public as $$ select org_id from public.orgs order by org_id $$;
comment on function app_ctx.org_ids() is '@reviewed For schedules that visit every org in turn; returns ids only.';
revoke all on function app_ctx.org_ids() from public;
grant execute on function app_ctx.org_ids() to voxanne_app;

-- Every change of the rules moves the version, so a cached rule book is never used past it.
create function app_ctx.bump_rules_version() returns trigger language plpgsql
  set search_path = pg_catalog, public as $$
begin
  update public.orgs set rules_version = rules_version + 1 where org_id = coalesce(new.org_id, old.org_id);
  return null;
end $$;
comment on function app_ctx.bump_rules_version() is 'Moves orgs.rules_version when hours, services, people or settings change.';

create trigger rules after insert or update or delete on locations for each row execute function app_ctx.bump_rules_version();
create trigger rules after insert or update or delete on integration_settings for each row execute function app_ctx.bump_rules_version();
