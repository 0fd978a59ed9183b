-- In which language a person is texted, and what the org has texts say.

alter table contacts add column language text check (language in ('en', 'es'));
comment on column contacts.language is 'The language they are texted in, ISO 639-1; null takes the org''s.';

alter table integration_settings
  add column language text not null default 'en' check (language in ('en', 'es')),
  add column texts_name_treatments boolean not null default false;
comment on column integration_settings.language is 'The language of texts to people of whom none is known, ISO 639-1.';
comment on column integration_settings.texts_name_treatments is
  'The org''s own templates may name the treatment; a text can be read by whoever has the phone, so the default is no.';

create table text_templates (
  org_id uuid not null references orgs,
  id uuid not null,
  kind text not null check (kind in ('confirmation', 'pending', 'change', 'cancellation', 'series', 'waitlist_offer', 'reminder',
    'missed_call', 'details_request')),
  language text not null check (language in ('en', 'es')),
  version integer not null check (version > 0),
  body text check (length(body) between 1 and 600),
  written_by text not null,
  written_at timestamptz not null,
  primary key (org_id, id),
  constraint text_templates_once_per_version unique (org_id, kind, language, version)
);
call app_ctx.protect('text_templates');
revoke update, delete on text_templates from voxanne_app;
create trigger rules after insert on text_templates for each row execute function app_ctx.bump_rules_version();
comment on table text_templates is
  'The org''s own words for its texts, in versions: the last of a kind and language is in force. The program adds to it and never changes it.';
comment on column text_templates.org_id is 'The tenant.';
comment on column text_templates.id is 'UUIDv7.';
comment on column text_templates.kind is 'Which text; a reminder''s question and how to opt out are added when it is written.';
comment on column text_templates.language is 'ISO 639-1.';
comment on column text_templates.version is 'From 1, per kind and language.';
comment on column text_templates.body is 'The words with {placeholders}; null is back to the program''s own words.';
comment on column text_templates.written_by is 'Who wrote it, such as api:<key>.';
comment on column text_templates.written_at is 'When.';
