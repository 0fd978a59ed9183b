-- E-mails of alerts go to the people of the site that was called.

alter table email_recipients add column location_id uuid,
  add constraint email_recipients_at_a_site foreign key (org_id, location_id) references locations (org_id, id);
comment on column email_recipients.location_id is 'The site whose alerts they get; null gets those of all.';
