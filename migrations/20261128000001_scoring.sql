-- Scoring rules in versions; beside a call, what its score was made by and what it is worth.

create table scoring_rules (
  org_id uuid not null references orgs,
  version integer not null check (version > 0),
  rules jsonb not null check (jsonb_typeof(rules) = 'object'),
  note text check (length(note) between 1 and 200),
  created_at timestamptz not null,
  created_by text not null,
  primary key (org_id, version)
);
call app_ctx.protect('scoring_rules');
-- A version says by what calls were scored: it can be followed by another, not edited.
revoke update, delete on scoring_rules from voxanne_app;
comment on table scoring_rules is 'By what calls are scored, in versions; the newest is in force, without one the catalogue''s words and the org''s thresholds are. Can only be added to.';
comment on column scoring_rules.org_id is 'The tenant.';
comment on column scoring_rules.version is 'Counts up from 1.';
comment on column scoring_rules.rules is 'Weights, thresholds, words beside the catalogue''s own, and whether the platform''s reading of the mood counts: OwnRules in src/leads/rules.rs.';
comment on column scoring_rules.note is 'Why it was saved, in the words of whoever did.';
comment on column scoring_rules.created_at is 'When it was saved; calls are scored by it from then on.';
comment on column scoring_rules.created_by is 'Who saved it, such as api:key_….';

alter table integration_settings
  add column alerts_per_week_budget smallint check (alerts_per_week_budget between 1 and 1000),
  add column precision_floor_percent smallint check (precision_floor_percent between 1 and 99);
comment on column integration_settings.alerts_per_week_budget is 'Alerts that staff can follow in a week; more than that suggest another threshold and are never kept back. Null: no matter.';
comment on column integration_settings.precision_floor_percent is 'Of a hundred hot callers, how many should book at least; fewer suggest another threshold. Null: no matter.';

alter table calls
  add column if not exists platform_sentiment text check (platform_sentiment in ('positive', 'neutral', 'negative')),
  add column rules_version integer,
  add column sentiment text check (sentiment in ('positive', 'neutral', 'negative')),
  add column sentiment_taken text check (sentiment_taken in ('positive', 'neutral', 'negative')),
  add column interest text,
  add column interest_at jsonb,
  add column interest_service_id uuid,
  add column value_cents bigint check (value_cents >= 0),
  add column danger text check (danger in ('urgent', 'emergency')),
  add foreign key (org_id, interest_service_id) references services (org_id, id);
comment on column calls.platform_sentiment is 'The voice platform''s own reading of the caller''s mood: positive, neutral or negative; null when it gave none.';
comment on column calls.rules_version is 'The version of scoring_rules that the score was made by; 0 before there was one, null before it was scored.';
comment on column calls.sentiment is 'The caller''s mood by their own words: positive, neutral or negative.';
comment on column calls.sentiment_taken is 'The mood that counted, of the caller''s words and the platform''s reading.';
comment on column calls.interest is 'The best service that the caller wants, as they said it.';
comment on column calls.interest_at is 'Where they said it: {"turn", "start", "end"}, the turn counted from 0, chars of its text.';
comment on column calls.interest_service_id is 'The same in the catalogue; null when it is none of it.';
comment on column calls.value_cents is 'What that service cost when the call was scored, in cents; null when it has no price.';
comment on column calls.danger is 'Of a clinical urgency: urgent (call back now) or emergency (emergency services must be called).';
comment on column calls.scored_at is 'When it was scored first. Other rules score it again, and then raise nothing.';

-- Lists of scored calls, the latest first; what is scored again under other rules.
create index calls_scored on calls (org_id, created_at desc, id desc) where scored_at is not null;
-- How many alerts a week had.
create index hot_lead_alerts_by_time on hot_lead_alerts (org_id, created_at);
