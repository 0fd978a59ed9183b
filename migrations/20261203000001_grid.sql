-- The calendar's grid reads a thousand visits at once: what is kept for each, and what its person is called, by these indexes alone.

drop index reservations_of_appointment;
create index reservations_of_appointment on reservations (org_id, appointment_id) include (resource_id);
create index contacts_by_id on contacts (org_id, id) include (name);
