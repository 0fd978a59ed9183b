-- The tenancy template that every later table uses.

create extension if not exists btree_gist;

create schema app_ctx;
comment on schema app_ctx is 'The org of the current transaction, and the few reviewed functions that look across orgs.';
grant usage on schema app_ctx to voxanne_app;

-- After a transaction the setting is '' rather than null, and ''::uuid would raise: hence nullif.
create function app_ctx.org_id() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('app.org_id', true), '')::uuid $$;
comment on function app_ctx.org_id() is 'The org of this transaction; null (which matches no row) when unset.';

-- Puts the one policy on a table: rows of the transaction's org and no others, even for the owner.
create procedure app_ctx.protect(tenant_table regclass) language plpgsql as $$
begin
  execute format('alter table %s enable row level security', tenant_table);
  execute format('alter table %s force row level security', tenant_table);
  execute format('create policy tenant on %s using (org_id = (select app_ctx.org_id())) with check (org_id = (select app_ctx.org_id()))', tenant_table);
  execute format('grant select, insert, update, delete on %s to voxanne_app', tenant_table);
end $$;
comment on procedure app_ctx.protect(regclass) is 'Forces row-level security with the one policy template and grants the program its four verbs.';
revoke all on procedure app_ctx.protect(regclass) from public;

revoke create on schema public from public;
grant usage on schema public to voxanne_app;
