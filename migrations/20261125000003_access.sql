-- Programs that call the API: keys with scopes, and answers to repeated requests.

create table api_keys (
  org_id uuid not null references orgs,
  id uuid not null,
  name text not null check (length(name) between 1 and 80),
  key_digest bytea not null,
  scopes text[] not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  primary key (org_id, id)
);
call app_ctx.protect('api_keys');
comment on table api_keys is 'Credentials of programs that call the API.';
comment on column api_keys.org_id is 'The tenant: it comes from the key and from nowhere else.';
comment on column api_keys.id is 'UUIDv7.';
comment on column api_keys.name is 'What staff call it.';
comment on column api_keys.key_digest is 'Keyed digest by which a presented key finds its org; the key itself is not kept.';
comment on column api_keys.scopes is 'What it may do, such as appointments:write.';
comment on column api_keys.created_at is 'When it was made.';
comment on column api_keys.expires_at is 'From then on it is refused; null does not expire.';
comment on column api_keys.revoked_at is 'From then on it is refused; null while active.';

create table idempotent_requests (
  org_id uuid not null references orgs,
  key text not null check (length(key) between 1 and 255),
  api_key_id uuid not null,
  request_digest bytea not null,
  status smallint,
  headers jsonb,
  body text,
  created_at timestamptz not null,
  primary key (org_id, api_key_id, key),
  foreign key (org_id, api_key_id) references api_keys (org_id, id)
);
create index idempotent_requests_by_time on idempotent_requests (org_id, created_at);
call app_ctx.protect('idempotent_requests');
comment on table idempotent_requests is 'Answers to requests with an Idempotency-Key, for a day: the same request gets the same answer.';
comment on column idempotent_requests.org_id is 'The tenant.';
comment on column idempotent_requests.key is 'The Idempotency-Key header.';
comment on column idempotent_requests.api_key_id is 'Whose request: keys of two programs never meet.';
comment on column idempotent_requests.request_digest is 'SHA-256 of method, path and body: the same key with another request is refused.';
comment on column idempotent_requests.status is 'HTTP status of the answer.';
comment on column idempotent_requests.headers is 'ETag and Location of the answer.';
comment on column idempotent_requests.body is 'The answer.';
comment on column idempotent_requests.created_at is 'When it was first asked.';

alter table directory drop constraint directory_kind_check;
alter table directory add constraint directory_kind_check check (kind in ('door', 'secret', 'assistant', 'phone_number_id', 'number', 'api_key', 'offer'));

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
      ('offer', case when tg_table_name = 'waitlist_offers' then substr(n.r ->> 'token_digest', 3) end)
    ) k (kind, key)
   where k.key is not null;
  return new;
end $$;
create trigger directory after insert or update or delete on api_keys for each row execute function app_ctx.remember_in_directory();
create trigger directory after insert or update of token_digest or delete on waitlist_offers for each row execute function app_ctx.remember_in_directory();
