-- What a task about spoken words quotes, and what the voice platform made of the caller's mood.

alter table tasks add column detail text;
comment on column tasks.detail is 'What it rests on, line by line: what was said in a call and what the tools had returned. Personal data.';

alter table calls add column if not exists platform_sentiment text;
comment on column calls.platform_sentiment is 'How the voice platform''s own analysis found the caller: positive, neutral or negative; null when it says nothing.';
