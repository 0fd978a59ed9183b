-- What a new org was guided through, and what of it was put off.

create table onboarding_steps (
  org_id uuid not null references orgs,
  step text not null check (step in ('clinic', 'hours', 'services', 'practitioners', 'phone_number', 'alert_phone', 'calendar', 'assistant')),
  state text not null check (state in ('done', 'skipped')),
  at timestamptz not null,
  by text not null check (length(by) between 1 and 80),
  primary key (org_id, step)
);
call app_ctx.protect('onboarding_steps');
comment on table onboarding_steps is 'What somebody said about a step of the first run. A step whose data is there is done without a row.';
comment on column onboarding_steps.org_id is 'The clinic.';
comment on column onboarding_steps.step is 'Which step.';
comment on column onboarding_steps.state is 'done, or skipped: it is not asked for again.';
comment on column onboarding_steps.at is 'When it was said.';
comment on column onboarding_steps.by is 'Who said it: api:key_… or staff:usr_….';
