-- Reminders of visits, what their people say to them, and what is texted to callers who were not helped.

alter table appointments
  add column attendance_asked_at timestamptz,
  add column attendance_confirmed_at timestamptz,
  add column attendance_confirmed_by text,
  add constraint appointments_name_who_confirmed check ((attendance_confirmed_at is null) = (attendance_confirmed_by is null));
comment on column appointments.attendance_asked_at is 'When its person was first asked whether they will come at its present start; null: not asked.';
comment on column appointments.attendance_confirmed_at is 'When its person said that they will come at its present start; null: they have not.';
comment on column appointments.attendance_confirmed_by is 'How they said it: text, voice, or key_… of the API.';
