-- T20: a number on the list of those who are told counts once somebody who holds it has read a code out. Those that are there
-- already count as they did.
alter table alert_recipients add column confirmed_at timestamptz default now();
alter table alert_recipients alter column confirmed_at drop default;
comment on column alert_recipients.confirmed_at is
  'When it was shown that the phone is theirs; null is told nothing. Another phone has to be shown anew.';

-- W38: what somebody who leaves has made is found.
alter table api_keys add column created_by text;
comment on column api_keys.created_by is
  'Who made it, as the audit log names them; null for those that were made before that was kept, or by the operator.';
