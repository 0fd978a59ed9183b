-- In which language a person is texted, and what the org has texts say.

alter table contacts add column language text check (language in ('en', 'es'));
comment on column contacts.language is 'The language they are texted in, ISO 639-1; null takes the org''s.';

alter table integration_settings
  add column language text not null default 'en' check (language in ('en', 'es')),
  add column texts_name_treatments boolean not null default false;
comment on column integration_settings.language is 'The language of texts to people of whom none is known, ISO 639-1.';
comment on column integration_settings.texts_name_treatments is
  'The org''s own templates may name the treatment; a text can be read by whoever has the phone, so the default is no.';
