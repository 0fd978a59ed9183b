-- What a task about spoken words quotes.

alter table tasks add column detail text;
comment on column tasks.detail is 'What it rests on, line by line: what was said in a call and what the tools had returned. Personal data.';
