create table services (
  org_id uuid not null references orgs,
  id uuid not null,
  name text not null check (length(name) between 1 and 80),
  aliases text[] not null default '{}',
  duration_minutes smallint not null default 45 check (duration_minutes between 5 and 720),
  buffer_before_minutes smallint not null default 0 check (buffer_before_minutes between 0 and 240),
  buffer_after_minutes smallint not null default 0 check (buffer_after_minutes between 0 and 240),
  grid_minutes smallint not null default 45 check (grid_minutes between 5 and 720),
  minimum_notice_minutes integer not null default 0 check (minimum_notice_minutes between 0 and 43200),
  horizon_days smallint not null default 365 check (horizon_days between 1 and 365),
  price_cents integer check (price_cents >= 0),
  lead_value text not null default 'low' check (lead_value in ('high', 'medium', 'low')),
  is_other boolean not null default false,
  position smallint not null default 0,
  primary key (org_id, id),
  constraint services_once_per_name unique (org_id, name)
);
call app_ctx.protect('services');
comment on table services is 'What can be booked: duration, buffers, grid, price, names it goes by.';

create table resources (
  org_id uuid not null references orgs,
  id uuid not null,
  location_id uuid not null,
  kind text not null check (kind in ('practitioner', 'room', 'device')),
  name text not null,
  lanes smallint not null default 1 check (lanes between 1 and 50),
  position smallint not null default 0,
  primary key (org_id, id),
  foreign key (org_id, location_id) references locations (org_id, id)
);
call app_ctx.protect('resources');
comment on table resources is 'Whatever can be reserved: practitioners, rooms and devices alike.';

create table practitioners (
  org_id uuid not null references orgs,
  id uuid not null,
  title text,
  own_hours boolean not null default false,
  primary key (org_id, id),
  foreign key (org_id, id) references resources (org_id, id) on delete cascade
);
call app_ctx.protect('practitioners');
comment on table practitioners is 'The bookable people among the resources.';

create table service_practitioners (
  org_id uuid not null references orgs,
  service_id uuid not null,
  practitioner_id uuid not null,
  primary key (org_id, service_id, practitioner_id),
  foreign key (org_id, service_id) references services (org_id, id) on delete cascade,
  foreign key (org_id, practitioner_id) references practitioners (org_id, id) on delete cascade
);
call app_ctx.protect('service_practitioners');
comment on table service_practitioners is 'Who may do what.';

create table service_needs (
  org_id uuid not null references orgs,
  service_id uuid not null,
  need smallint not null,
  resource_id uuid not null,
  cleanup_minutes smallint not null default 0 check (cleanup_minutes between 0 and 240),
  primary key (org_id, service_id, need, resource_id),
  foreign key (org_id, service_id) references services (org_id, id) on delete cascade,
  foreign key (org_id, resource_id) references resources (org_id, id) on delete cascade
);
call app_ctx.protect('service_needs');
comment on table service_needs is 'Rooms and devices of a service; rows of one need are alternatives.';

create table weekly_hours (
  org_id uuid not null references orgs,
  id uuid not null,
  location_id uuid not null,
  practitioner_id uuid,
  weekday smallint not null check (weekday between 1 and 7),
  opens_minute smallint not null check (opens_minute between 0 and 1439),
  closes_minute smallint not null check (closes_minute between 1 and 1440),
  primary key (org_id, id),
  check (opens_minute < closes_minute),
  foreign key (org_id, location_id) references locations (org_id, id) on delete cascade,
  foreign key (org_id, practitioner_id) references practitioners (org_id, id) on delete cascade
);
call app_ctx.protect('weekly_hours');
comment on table weekly_hours is 'Opening hours by weekday, of a location or of one practitioner there.';

create table closures (
  org_id uuid not null references orgs,
  id uuid not null,
  location_id uuid,
  practitioner_id uuid,
  local_date date not null,
  opens_minute smallint,
  closes_minute smallint,
  reason text,
  primary key (org_id, id),
  check ((opens_minute is null) = (closes_minute is null)),
  check (opens_minute is null or (opens_minute between 0 and 1439 and closes_minute between 1 and 1440 and opens_minute < closes_minute)),
  foreign key (org_id, location_id) references locations (org_id, id) on delete cascade,
  foreign key (org_id, practitioner_id) references practitioners (org_id, id) on delete cascade
);
call app_ctx.protect('closures');
comment on table closures is 'Civil days that differ from the weekly hours: closed, or open at other times.';

create trigger rules after insert or update or delete on services for each row execute function app_ctx.bump_rules_version();
create trigger rules after insert or update or delete on resources for each row execute function app_ctx.bump_rules_version();
create trigger rules after insert or update or delete on practitioners for each row execute function app_ctx.bump_rules_version();
create trigger rules after insert or update or delete on service_practitioners for each row execute function app_ctx.bump_rules_version();
create trigger rules after insert or update or delete on service_needs for each row execute function app_ctx.bump_rules_version();
create trigger rules after insert or update or delete on weekly_hours for each row execute function app_ctx.bump_rules_version();
create trigger rules after insert or update or delete on closures for each row execute function app_ctx.bump_rules_version();
