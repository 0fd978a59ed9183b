-- What decides about a time beyond hours and buffers: eligibility, caps, what must come first, what must lie between.

alter table services
  add column active boolean not null default true,
  add column daily_cap smallint check (daily_cap between 1 and 500),
  add column assignment text not null default 'preferred' check (assignment in ('preferred', 'round_robin')),
  add column supervised boolean not null default false,
  add column licensed boolean not null default false,
  add column preparation text check (length(preparation) <= 200);
comment on column services.active is 'False: no longer booked; kept because visits name it.';
comment on column services.daily_cap is 'Visits of one civil day at one location at most; null is no cap.';
comment on column services.assignment is 'Who gives it when nobody is asked for: the first in order, or in turn.';
comment on column services.supervised is 'True: somebody who supervises must be on site for the whole visit.';
comment on column services.licensed is 'True: given only through the day a practitioner''s licence expires.';
comment on column services.preparation is 'What a caller is told to do beforehand; one or two sentences for speech.';

alter table resources add column active boolean not null default true;
comment on column resources.active is 'False: no longer booked; kept because visits name it.';

alter table practitioners
  add column supervises boolean not null default false,
  add column licence_expires_on date,
  add column daily_cap smallint check (daily_cap between 1 and 500);
comment on column practitioners.supervises is 'True: their presence lets others give supervised services.';
comment on column practitioners.licence_expires_on is 'The last civil day on which they may give licensed services; null does not expire.';
comment on column practitioners.daily_cap is 'Visits of one civil day at most, whatever the service; null is no cap.';

alter table locations
  add column active boolean not null default true,
  add column parking text check (length(parking) <= 200);
comment on column locations.active is 'False: no longer booked; kept because visits name it.';
comment on column locations.parking is 'Where to park; one or two sentences for speech.';

alter table weekly_hours
  add column kind text not null default 'open' check (kind in ('open', 'break')),
  add column effective_from date,
  add column effective_to date,
  add constraint weekly_hours_end_after_they_begin check (effective_from <= effective_to);
comment on column weekly_hours.kind is 'open, or a break that is cut out of it.';
comment on column weekly_hours.effective_from is 'First civil day on which it holds; null has always held.';
comment on column weekly_hours.effective_to is 'Last civil day on which it holds; null holds until changed.';

alter table closures
  add column local_until date,
  add constraint closures_end_after_they_begin check (local_until >= local_date and local_until <= local_date + 366);
comment on column closures.local_until is 'Last civil day that differs; null is only local_date.';

create table time_off (
  org_id uuid not null references orgs,
  id uuid not null,
  practitioner_id uuid not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  reason text,
  primary key (org_id, id),
  check (starts_at < ends_at),
  foreign key (org_id, practitioner_id) references practitioners (org_id, id) on delete cascade
);
create index time_off_by_practitioner on time_off (org_id, practitioner_id, ends_at);
call app_ctx.protect('time_off');
comment on table time_off is 'When a practitioner is away, to the minute.';
comment on column time_off.org_id is 'The tenant.';
comment on column time_off.id is 'UUIDv7.';
comment on column time_off.practitioner_id is 'Who is away.';
comment on column time_off.starts_at is 'From here …';
comment on column time_off.ends_at is '… up to here, half-open.';
comment on column time_off.reason is 'Why, for staff.';

create table service_prerequisites (
  org_id uuid not null references orgs,
  service_id uuid not null,
  required_service_id uuid not null,
  valid_days smallint check (valid_days between 1 and 3660),
  first_time_only boolean not null default false,
  primary key (org_id, service_id, required_service_id),
  constraint service_prerequisites_are_another_service check (service_id <> required_service_id),
  foreign key (org_id, service_id) references services (org_id, id) on delete cascade,
  foreign key (org_id, required_service_id) references services (org_id, id) on delete cascade
);
call app_ctx.protect('service_prerequisites');
comment on table service_prerequisites is 'What a person must have had before a service, such as a consultation.';
comment on column service_prerequisites.org_id is 'The tenant.';
comment on column service_prerequisites.service_id is 'What is to be booked.';
comment on column service_prerequisites.required_service_id is 'What must have come before it.';
comment on column service_prerequisites.valid_days is 'Civil days before the visit that it may lie at most; null is for ever.';
comment on column service_prerequisites.first_time_only is 'True: asked only of people who have not had the service yet.';

create table service_spacings (
  org_id uuid not null references orgs,
  service_id uuid not null,
  other_service_id uuid not null,
  days smallint not null check (days between 1 and 366),
  primary key (org_id, service_id, other_service_id),
  foreign key (org_id, service_id) references services (org_id, id) on delete cascade,
  foreign key (org_id, other_service_id) references services (org_id, id) on delete cascade
);
call app_ctx.protect('service_spacings');
comment on table service_spacings is 'Civil days that must lie between two visits of one person.';
comment on column service_spacings.org_id is 'The tenant.';
comment on column service_spacings.service_id is 'What is to be booked.';
comment on column service_spacings.other_service_id is 'The visits it must keep away from, before and after; often the service itself.';
comment on column service_spacings.days is 'Civil days between the two at least.';

create table practitioner_turns (
  org_id uuid not null references orgs,
  service_id uuid not null,
  practitioner_id uuid not null,
  turns bigint not null,
  primary key (org_id, service_id, practitioner_id),
  foreign key (org_id, service_id) references services (org_id, id) on delete cascade,
  foreign key (org_id, practitioner_id) references practitioners (org_id, id) on delete cascade
);
call app_ctx.protect('practitioner_turns');
comment on table practitioner_turns is 'How often each practitioner got a service that is assigned in turn.';
comment on column practitioner_turns.org_id is 'The tenant.';
comment on column practitioner_turns.service_id is 'A service with assignment round_robin.';
comment on column practitioner_turns.practitioner_id is 'Who got it.';
comment on column practitioner_turns.turns is 'Visits that the turn gave and nobody cancelled; a newcomer begins with the least of the others.';

create trigger rules after insert or update or delete on time_off for each row execute function app_ctx.bump_rules_version();
create trigger rules after insert or update or delete on service_prerequisites for each row execute function app_ctx.bump_rules_version();
create trigger rules after insert or update or delete on service_spacings for each row execute function app_ctx.bump_rules_version();
