-- Sequences: texts that follow a call without a booking, a visit, or a long silence, to people who agreed to them.

create table sequences (
  org_id uuid not null references orgs,
  id uuid not null,
  name text not null check (length(name) between 1 and 80),
  trigger text not null check (trigger in ('no_booking', 'after_visit', 'lapsed')),
  lapsed_days smallint check (lapsed_days between 30 and 1095),
  service_ids uuid[] not null default '{}',
  is_active boolean not null default false,
  max_days smallint not null check (max_days between 2 and 181),
  reenter_days smallint not null check (reenter_days between 7 and 730),
  activated_at timestamptz,
  looked_at timestamptz,
  archived_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (org_id, id),
  constraint sequences_of_lapsed_say_when check ((trigger = 'lapsed') = (lapsed_days is not null)),
  constraint sequences_active_since_when check (not is_active or (activated_at is not null and archived_at is null))
);
create index sequences_active on sequences (org_id) where is_active;
call app_ctx.protect('sequences');
comment on table sequences is 'What is texted, in steps, to people who agreed to it, after a call without a booking, a visit, or a long silence.';
comment on column sequences.org_id is 'The tenant.';
comment on column sequences.id is 'UUIDv7.';
comment on column sequences.name is 'For staff; nobody else reads it.';
comment on column sequences.trigger is 'Who enters: no_booking (a new lead called and did not book), after_visit (a visit was completed), lapsed (the last one is long ago).';
comment on column sequences.lapsed_days is 'Days since the last completed visit after which somebody enters; only of lapsed.';
comment on column sequences.service_ids is 'Only visits of these services count; empty: all do.';
comment on column sequences.is_active is 'Whether people enter and steps leave.';
comment on column sequences.max_days is 'Days after its beginning from which a run ends, whatever is left of it.';
comment on column sequences.reenter_days is 'Days before somebody may enter again.';
comment on column sequences.activated_at is 'When it was switched on last: what happened before makes nobody enter.';
comment on column sequences.looked_at is 'When it was last looked for who enters.';
comment on column sequences.archived_at is 'When it was deleted; its runs stay, since texts went out for them.';
comment on column sequences.created_at is 'When it was made.';
comment on column sequences.updated_at is 'When it was changed last.';

create table sequence_steps (
  org_id uuid not null references orgs,
  sequence_id uuid not null,
  position smallint not null check (position >= 0),
  after_minutes integer check (after_minutes between 10 and 1440),
  after_days smallint check (after_days between 1 and 180),
  at_hour smallint check (at_hour between 8 and 20),
  body_en text check (length(body_en) between 1 and 320),
  body_es text check (length(body_es) between 1 and 320),
  primary key (org_id, sequence_id, position),
  foreign key (org_id, sequence_id) references sequences (org_id, id),
  constraint sequence_steps_have_one_delay check (num_nonnulls(after_minutes, after_days) = 1 and (after_days is null) = (at_hour is null)),
  constraint sequence_steps_say_something check (num_nonnulls(body_en, body_es) > 0)
);
call app_ctx.protect('sequence_steps');
comment on table sequence_steps is 'The texts of a sequence, in order.';
comment on column sequence_steps.org_id is 'The tenant.';
comment on column sequence_steps.sequence_id is 'Whose step.';
comment on column sequence_steps.position is 'Its place, from 0.';
comment on column sequence_steps.after_minutes is 'Minutes after the beginning of the run; null when it counts in days.';
comment on column sequence_steps.after_days is 'Civil days after the beginning, by the clock of the run; null when it counts in minutes.';
comment on column sequence_steps.at_hour is 'Hour of that day at which it leaves.';
comment on column sequence_steps.body_en is 'Its words in English with {placeholders}; null sends the other language.';
comment on column sequence_steps.body_es is 'Its words in Spanish.';

create table sequence_runs (
  org_id uuid not null references orgs,
  id uuid not null,
  sequence_id uuid not null,
  contact_id uuid not null,
  cause_id uuid not null,
  location_id uuid,
  service_id uuid,
  time_zone text not null,
  state text not null default 'running' check (state in ('running', 'done', 'stopped')),
  stop_reason text,
  next_step smallint not null default 0 check (next_step >= 0),
  next_at timestamptz,
  moves smallint not null default 0,
  sent_steps smallint not null default 0,
  last_sent_at timestamptz,
  skipped jsonb not null default '[]' check (jsonb_typeof(skipped) = 'array'),
  entered_at timestamptz not null,
  ended_at timestamptz,
  primary key (org_id, id),
  foreign key (org_id, sequence_id) references sequences (org_id, id),
  foreign key (org_id, contact_id) references contacts (org_id, id),
  foreign key (org_id, location_id) references locations (org_id, id),
  foreign key (org_id, service_id) references services (org_id, id),
  constraint sequence_runs_once_per_cause unique (org_id, sequence_id, contact_id, cause_id),
  constraint sequence_runs_end_for_a_reason check (
    (state = 'running') = (next_at is not null) and (state = 'running') = (ended_at is null) and (state = 'stopped') = (stop_reason is not null))
);
create unique index sequence_runs_one_at_a_time on sequence_runs (org_id, sequence_id, contact_id) where state = 'running';
create index sequence_runs_due on sequence_runs (org_id, next_at) where state = 'running';
create index sequence_runs_of_contact on sequence_runs (org_id, contact_id, sequence_id, entered_at);
create index sequence_runs_newest on sequence_runs (org_id, sequence_id, id);
call app_ctx.protect('sequence_runs');
comment on table sequence_runs is 'One person on the way through a sequence, once per call or visit that caused it.';
comment on column sequence_runs.org_id is 'The tenant.';
comment on column sequence_runs.id is 'UUIDv7.';
comment on column sequence_runs.sequence_id is 'Which sequence.';
comment on column sequence_runs.contact_id is 'Who.';
comment on column sequence_runs.cause_id is 'The call or visit that made them enter.';
comment on column sequence_runs.location_id is 'The site of that visit, which signs; null takes the first.';
comment on column sequence_runs.service_id is 'The service of that visit.';
comment on column sequence_runs.time_zone is 'The zone by which days and hours of steps are counted.';
comment on column sequence_runs.state is 'running, done (no step is left), or stopped.';
comment on column sequence_runs.stop_reason is 'Why it was stopped: replied, booked, opted_out, no_consent, complained, max_days, switched_off, staff, or the rule that forbids texts.';
comment on column sequence_runs.next_step is 'The position of the step that comes next.';
comment on column sequence_runs.next_at is 'When; null when the run is over.';
comment on column sequence_runs.moves is 'How often that step was moved by a day because a cap was reached.';
comment on column sequence_runs.sent_steps is 'Steps that became a text, which is there as nurture:<run>:<position>.';
comment on column sequence_runs.last_sent_at is 'When the last of them was queued.';
comment on column sequence_runs.skipped is 'Steps that were left out: [{"step", "reason"}].';
comment on column sequence_runs.entered_at is 'Its beginning, from which steps are counted: the end of the call, the completion of the visit, or the entry of a lapsed patient.';
comment on column sequence_runs.ended_at is 'When it was over.';

-- Who enters: calls that were just scored, visits that were just completed. Whose last calls were complaints does not.
create index calls_by_score on calls (org_id, scored_at) where class = 'new_lead';
create index calls_of_concern on calls (org_id, caller_phone, created_at) where class in ('complaint', 'clinical_urgency');
create index appointment_changes_completed on appointment_changes (org_id, at) where action = 'completed';
