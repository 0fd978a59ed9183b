-- Alerts of hot leads who turn out to be none are over, and say why; those that nobody was there for leave a task at opening.

alter table escalations drop constraint escalations_acknowledged_via_check;
alter table escalations add constraint escalations_acknowledged_via_check
  check (acknowledged_via in ('text', 'api', 'called_back', 'texted_back', 'booked', 'clinical', 'no_lead'));
alter table escalations add constraint escalations_only_leads_are_none
  check (kind = 'hot_lead' or acknowledged_via not in ('clinical', 'no_lead'));
comment on column escalations.acknowledged_at is 'When somebody took it, or it turned out that there was no lead.';
comment on column escalations.acknowledged_by is
  'Who: the recipient''s name, or the program''s key; of what was no lead, what the call is: clinical, or its class.';
comment on column escalations.acknowledged_via is
  'How: text (they replied 1), api (by click), called_back, texted_back, booked (the caller did themselves), clinical (the caller may be hurt: the clinical alert takes its place), or no_lead (the call''s class cannot buy).';
comment on column escalations.closed_at is 'When it was over: taken, no lead after all, or given up after a week.';

alter table escalations add column waits_for_opening boolean not null default false;
comment on column escalations.waits_for_opening is
  'Nobody was there when it was raised or when it was a rung''s turn: whoever comes first finds a task.';
