-- How texts leave: by which credentials, and how each org's account at the provider is doing.

alter table integration_settings
  add column twilio_api_key_sid text check (twilio_api_key_sid ~ '^SK'),
  add column twilio_api_key_secret_sealed bytea,
  add constraint twilio_api_key_has_its_secret check (twilio_api_key_secret_sealed is null or twilio_api_key_sid is not null);
comment on column integration_settings.twilio_api_key_sid is 'Name of the key that texts are sent with; null sends with the auth token.';
comment on column integration_settings.twilio_api_key_secret_sealed is 'Its secret, sealed. The auth token still verifies what Twilio posts.';

create table text_providers (
  org_id uuid not null references orgs,
  provider text not null check (provider in ('twilio')),
  failures integer not null default 0 check (failures >= 0),
  failing_since timestamptz,
  trouble text,
  code integer,
  paused_until timestamptz,
  held_until timestamptz,
  refused_account text,
  refused_at timestamptz,
  primary key (org_id, provider),
  check ((refused_account is null) = (refused_at is null))
);
call app_ctx.protect('text_providers');
comment on table text_providers is 'How an org''s account at the provider of texts is doing; no row says that it never had trouble.';
comment on column text_providers.org_id is 'The tenant.';
comment on column text_providers.provider is 'twilio.';
comment on column text_providers.failures is 'Failures in a row; from five on one text at a time probes, after a pause that grows.';
comment on column text_providers.failing_since is 'The first of them; null when it works.';
comment on column text_providers.trouble is 'What it was last: away, failed, garbled, limited or refused.';
comment on column text_providers.code is 'The provider''s code for it, when there was one.';
comment on column text_providers.paused_until is 'Nothing is handed over before: it failed, asked for a pause, or refused the credentials.';
comment on column text_providers.held_until is 'Until when, by the database''s clock, waiting jobs were put off; those and no others are released early.';
comment on column text_providers.refused_account is 'Digest of the credentials that were refused: texts wait for others.';
comment on column text_providers.refused_at is 'Since when.';

alter table texts
  add column again_of uuid,
  add column again smallint not null default 0 check (again between 0 and 9),
  add constraint texts_again_of_fkey foreign key (org_id, again_of) references texts (org_id, id);
-- Every minute each org's texts that have not left are looked at.
create index texts_unfinished on texts (org_id, queued_at) where state in ('queued', 'sending');
comment on column texts.again_of is 'The text that surely did not arrive and that this one repeats.';
comment on column texts.again is 'Which repetition it is; 0 is the first text.';
