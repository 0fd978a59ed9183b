-- Callers are found by the name that an alert has of them, and a missed call is what figures say it is.

-- What a search compares is a column of its own (20261129000004): so it is found by an index.
alter table escalations
  add column lead_name_folded text collate "C" generated always as (app_ctx.folded(lead_name)) stored,
  add column lead_last_name_folded text collate "C" generated always as (app_ctx.folded(regexp_replace(lead_name, '^.*\s', ''))) stored;
comment on column escalations.lead_name_folded is 'The name as it is searched for: lower case, no accents.';
comment on column escalations.lead_last_name_folded is 'The last word of it, so that people are found by their last name.';
create index escalations_by_name on escalations (org_id, lead_name_folded) where lead_name is not null;
create index escalations_by_last_name on escalations (org_id, lead_last_name_folded) where lead_name is not null;

-- Lists of missed calls look for them as figures count them.
create index calls_of_silence on calls (org_id, created_at desc, id desc) where not caller_spoke;
drop index calls_cut_short;
