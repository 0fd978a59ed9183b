-- Every column in the product's words. Instants are UTC (timestamptz); civil values are in the location's zone.

-- Every tenant table has these two; the loop says it once, the statements below say what is special.
do $$
declare t text;
begin
  for t in select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = 'public' and c.relkind = 'r'
              and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'org_id') loop
    execute format('comment on column public.%I.org_id is %L', t, 'The org whose row this is; first in every key.');
    if exists (select from pg_attribute a where a.attrelid = to_regclass('public.' || t) and a.attname = 'id') then
      execute format('comment on column public.%I.id is %L', t, 'Time-ordered UUID (version 7), made by the program.');
    end if;
  end loop;
end $$;

comment on column orgs.org_id is 'The org itself; the tenant key of every other table.';
comment on column orgs.name is 'The clinic''s name as callers know it; texts begin with it.';
comment on column orgs.default_region is 'ISO 3166 region in which a phone number without + is read.';
comment on column orgs.rules_version is 'Moves up with every change of hours, services, people or settings; a cached rule book with another number is read again.';
comment on column orgs.created_at is 'When the org was created.';

comment on column locations.name is 'The site''s name for staff.';
comment on column locations.time_zone is 'IANA name; every civil value of the location is in it.';
comment on column locations.address is 'Street address, as it is said or written to a caller.';
comment on column locations.human_phone is 'The number of the clinic''s people: live transfers go there, texts name it for questions.';
comment on column locations.position is 'Order among the org''s locations; the first is the default.';

comment on column assistants.platform is 'The voice platform that runs it.';
comment on column assistants.platform_assistant_id is 'The platform''s id of the assistant; names the org of a message.';
comment on column assistants.location_id is 'The location it books for.';
comment on column assistants.name is 'The assistant''s name for staff.';

comment on column phone_numbers.platform is 'The voice platform that owns the line.';
comment on column phone_numbers.platform_phone_number_id is 'The platform''s id of the number; null when only the number itself is known.';
comment on column phone_numbers.number is 'The number callers dial, E.164.';
comment on column phone_numbers.location_id is 'The location that is meant by dialling it.';
comment on column phone_numbers.assistant_id is 'The assistant that answers it; null means one of the location''s.';

comment on column door_tokens.token_digest is 'Keyed digest (HMAC-SHA-256) of the token in the door''s path; the token itself is not kept.';
comment on column door_tokens.created_at is 'When the door was opened.';
comment on column door_tokens.revoked_at is 'From then on the door is closed; null while open.';

comment on column webhook_credentials.scheme is 'How a message proves the secret: its own header, a bearer header, or an HMAC with its format.';
comment on column webhook_credentials.secret_sealed is 'The secret, sealed for this org and column; needed to verify signatures.';
comment on column webhook_credentials.secret_digest is 'Keyed digest by which a presented secret finds its org.';
comment on column webhook_credentials.created_at is 'When the secret became active.';
comment on column webhook_credentials.revoked_at is 'From then on the secret is refused, within seconds; null while active.';

comment on column integration_settings.org_id is 'The org whose settings these are; one row each.';
comment on column integration_settings.hot_lead_alert_phone is 'Who is texted about hot leads, E.164; null raises a task to set it.';
comment on column integration_settings.clinical_alert_phone is 'Who is texted about clinical urgency, E.164; null means the hot lead phone.';
comment on column integration_settings.hot_threshold is 'Scores from here (1 to 100) are hot.';
comment on column integration_settings.warm_threshold is 'Scores from here (1 to 100) are warm.';
comment on column integration_settings.calendar_of_record is 'True: Voxanne is the org''s calendar, so a booking is final without an outside one.';
comment on column integration_settings.text_regions is 'ISO 3166 regions that may be texted.';
comment on column integration_settings.texts_per_day_max is 'Texts of the org in 24 hours; 0 stops them all.';
comment on column integration_settings.texting_enabled is 'False is the kill switch of every text, queued ones included.';
comment on column integration_settings.keep_recordings is 'Whether a recording''s address is kept: always, with_consent (the caller agreed) or never.';
comment on column integration_settings.twilio_account_sid is 'The org''s own Twilio account; null uses the installation''s.';
comment on column integration_settings.twilio_auth_token_sealed is 'Its token, sealed for this org and column; also checks the signatures of its callbacks.';
comment on column integration_settings.twilio_sender is 'Number (E.164) or messaging service (MG…) that the org''s own account sends from.';
comment on column integration_settings.vapi_private_key_sealed is 'The voice platform''s management key, sealed; lets missing call reports be fetched.';
comment on column integration_settings.updated_at is 'When a setting last changed.';

comment on column directory.kind is 'What the key is: door, secret, assistant, phone_number_id or number.';
comment on column directory.key is 'Digest in hexadecimal (door, secret) or the id or number itself.';
comment on column directory.owner_org is 'The org it names.';
comment on column directory.owner_row is 'The row that put it here; its change or deletion takes it away.';

comment on column services.name is 'What the clinic calls it, and what is said to callers.';
comment on column services.aliases is 'Other names callers use.';
comment on column services.duration_minutes is 'Minutes the visit takes, buffers not included.';
comment on column services.buffer_before_minutes is 'Minutes the practitioner is taken before the visit.';
comment on column services.buffer_after_minutes is 'Minutes the practitioner is taken after the visit.';
comment on column services.grid_minutes is 'Minutes between the starts that are offered, counted from opening.';
comment on column services.minimum_notice_minutes is 'Minutes from now within which nothing is bookable.';
comment on column services.horizon_days is 'Civil days ahead that are bookable.';
comment on column services.price_cents is 'Price in cents of the org''s currency; null is not told.';
comment on column services.lead_value is 'What interest in it adds to a lead''s score: high, medium, or low (nothing).';
comment on column services.is_other is 'The catch-all for what callers name and the catalogue does not; their words are kept beside the visit.';
comment on column services.position is 'Order in lists.';

comment on column resources.location_id is 'Where it is.';
comment on column resources.kind is 'practitioner, room or device.';
comment on column resources.name is 'Its name for staff; a practitioner''s is also what callers ask for.';
comment on column resources.lanes is 'How many visits it takes at once.';
comment on column resources.position is 'Order of preference among equals.';

comment on column practitioners.id is 'The resource that the person is.';
comment on column practitioners.title is 'Professional title, such as RN or MD.';
comment on column practitioners.own_hours is 'True: works their own weekly hours, within the location''s. False: whenever the location is open.';

comment on column service_practitioners.service_id is 'What.';
comment on column service_practitioners.practitioner_id is 'Who may do it.';

comment on column service_needs.service_id is 'The service that needs something.';
comment on column service_needs.need is 'Which of the service''s needs; resources with one number are alternatives.';
comment on column service_needs.resource_id is 'A room or device that meets the need.';
comment on column service_needs.cleanup_minutes is 'Minutes the resource is taken after the visit; the practitioner is free.';

comment on column weekly_hours.location_id is 'The location that is open.';
comment on column weekly_hours.practitioner_id is 'Whose hours there; null for the location''s own.';
comment on column weekly_hours.weekday is 'ISO weekday: 1 is Monday, 7 is Sunday.';
comment on column weekly_hours.opens_minute is 'Minutes after local midnight.';
comment on column weekly_hours.closes_minute is 'Minutes after local midnight; 1440 is midnight at the end.';

comment on column closures.location_id is 'The location that differs that day; null with a practitioner.';
comment on column closures.practitioner_id is 'The person who differs that day; null for the location.';
comment on column closures.local_date is 'The civil day in the location''s zone.';
comment on column closures.opens_minute is 'Minutes after local midnight; null is closed all day.';
comment on column closures.closes_minute is 'Minutes after local midnight; null is closed all day.';
comment on column closures.reason is 'Why, for staff.';

comment on column contacts.phone is 'The number that calls, E.164; one contact each.';
comment on column contacts.name is 'As first given by voice, cleaned; null until then.';
comment on column contacts.email is 'As first given by voice; null until then.';
comment on column contacts.created_at is 'When the contact was first heard of.';

comment on column calls.platform is 'The voice platform that ran the call.';
comment on column calls.call_ref is 'The platform''s id of the call.';
comment on column calls.state is 'How far it has come; only moves forward.';
comment on column calls.assistant_ref is 'The platform''s id of the assistant that answered.';
comment on column calls.caller_phone is 'Caller id as the platform gave it; null when hidden or on the web.';
comment on column calls.contact_id is 'The contact behind the number, once there is one.';
comment on column calls.started_at is 'When it was answered.';
comment on column calls.ended_at is 'When it ended.';
comment on column calls.ended_reason is 'The platform''s reason, or stale when its end was never reported.';
comment on column calls.duration_seconds is 'Length in seconds, from the report or from its instants.';
comment on column calls.cost_usd is 'What the platform charged, US dollars.';
comment on column calls.summary is 'The platform''s summary, from the report.';
comment on column calls.success_evaluation is 'The platform''s own judgement of the call, as it came.';
comment on column calls.turns is 'The transcript of the report: [{"is_caller", "text"}], in order.';
comment on column calls.recording_url is 'Where the platform keeps the recording, if the org keeps it.';
comment on column calls.recording_consent is 'Whether the caller agreed to be recorded; null when not asked.';
comment on column calls.report_at is 'When the report was recorded; null until then. A second report changes nothing.';
comment on column calls.class is 'What kind of call it was: new_lead, existing_patient, clinical_urgency, wrong_number, …';
comment on column calls.score is 'Sum of the evidence, 0 to 100.';
comment on column calls.temperature is 'hot, warm or cold.';
comment on column calls.evidence is 'Each point with its rule, speaker, words and position in the transcript.';
comment on column calls.scored_at is 'When it was scored; null until then.';
comment on column calls.created_at is 'When it was first heard of.';

comment on column utterances.call_id is 'In which call.';
comment on column utterances.role is 'user is the caller, assistant the receptionist.';
comment on column utterances.said is 'The settled words.';
comment on column utterances.said_at is 'When, by the platform''s clock.';

comment on column inbox.kind is 'The platform''s message type; unreadable when there was none to read.';
comment on column inbox.key is 'What the message is (call, and status or tool call ids): the same for every delivery.';
comment on column inbox.call_ref is 'The platform''s id of the call, if it names one.';
comment on column inbox.body is 'The message with secrets redacted; of an unreadable one only its size in bytes.';
comment on column inbox.state is 'stored waits, done is done, dead waits for a person.';
comment on column inbox.failure is 'Why it is dead, without personal data.';
comment on column inbox.attempts is 'How often it became dead.';
comment on column inbox.deliveries is 'How often it came.';
comment on column inbox.received_at is 'When it came first.';
comment on column inbox.processed_at is 'When it was done or given up.';

comment on column tool_calls.call_ref is 'The platform''s id of the call; empty when it named none.';
comment on column tool_calls.tool_call_id is 'The platform''s id inside the call; for one without, legacy: and a digest of what it asks.';
comment on column tool_calls.name is 'The tool as the assistant called it.';
comment on column tool_calls.arguments is 'Its arguments as they came, secrets redacted.';
comment on column tool_calls.arguments_digest is 'SHA-256 of name and arguments: the same id with another digest is another question.';
comment on column tool_calls.answer is 'What was said back; a repeat is told the same.';
comment on column tool_calls.is_error is 'True when the model was told that it is no result.';
comment on column tool_calls.asked_at is 'When it came first.';
comment on column tool_calls.micros is 'Microseconds until the answer was ready.';

comment on column appointments.location_id is 'Where.';
comment on column appointments.service_id is 'What; the catch-all when the catalogue did not know it.';
comment on column appointments.service_said is 'The caller''s own word for it, when the catalogue did not know it.';
comment on column appointments.practitioner_id is 'With whom.';
comment on column appointments.contact_id is 'The contact; null when none could be made, and then there is a task.';
comment on column appointments.call_id is 'The call that booked it.';
comment on column appointments.status is 'pending waits for staff, scheduled stands; both hold capacity.';
comment on column appointments.starts_at is 'When the visit starts, buffers not included.';
comment on column appointments.ends_at is 'When the visit ends, buffers and clean-up not included.';
comment on column appointments.time_zone is 'IANA zone of the location when it was booked.';
comment on column appointments.local_starts_at is 'The civil time that was promised, in time_zone.';
comment on column appointments.customer_name is 'Name given by voice, cleaned; null when it was no name.';
comment on column appointments.customer_phone is 'Caller id, else the number given by voice, E.164.';
comment on column appointments.said_phone is 'A number given by voice that differs from the caller id, E.164.';
comment on column appointments.customer_email is 'E-mail address given by voice.';
comment on column appointments.notes is 'What else the caller said of the visit.';
comment on column appointments.confirmation_said is 'The sentence the caller heard; a repeat hears the same.';
comment on column appointments.version is 'Counts edits, so that two of them notice each other.';
comment on column appointments.created_at is 'When it was booked.';

comment on column holds.call_ref is 'The platform''s id of the call that holds it.';
comment on column holds.location_id is 'Where.';
comment on column holds.service_id is 'What for.';
comment on column holds.practitioner_id is 'With whom.';
comment on column holds.starts_at is 'When the visit would start.';
comment on column holds.ends_at is 'When the visit would end.';
comment on column holds.expires_at is 'From then on it holds nothing.';
comment on column holds.created_at is 'When it was taken.';

comment on column reservations.resource_id is 'The practitioner, room or device that is taken.';
comment on column reservations.lane is 'Which of its lanes, counted from 1.';
comment on column reservations.starts_at is 'From here, buffer before included.';
comment on column reservations.ends_at is 'Up to here (not included), buffer after and clean-up included; at most 24 hours later.';
comment on column reservations.during is 'The same as a range, for the constraint. Queries use the two columns.';
comment on column reservations.appointment_id is 'The visit it is for; null for a hold.';
comment on column reservations.hold_id is 'The hold it is for; null for a visit.';
comment on column reservations.hold_expires_at is 'The hold''s end, repeated here so that readers need no join.';

comment on column calendar_connections.practitioner_id is 'Whose calendar; null for the clinic''s, which blocks everybody.';
comment on column calendar_connections.provider is 'google or caldav.';
comment on column calendar_connections.connected is 'False: it has to be connected again and says nothing.';
comment on column calendar_connections.synced_at is 'When its mirror was last true; too old is unknown, never free.';

comment on column external_busy.connection_id is 'Which calendar.';
comment on column external_busy.starts_at is 'Busy from here.';
comment on column external_busy.ends_at is 'Busy up to here, not included.';

comment on column texts.kind is 'What it is for; decides who may get it.';
comment on column texts.dedupe_key is 'The reason; a second text for one reason is none.';
comment on column texts.to_phone is 'The recipient, E.164.';
comment on column texts.sender is 'Number or messaging service that it was handed over with; null before.';
comment on column texts.body is 'The words.';
comment on column texts.segments is 'Segments the carrier counts and charges.';
comment on column texts.state is 'How far it has come; only moves forward.';
comment on column texts.verdict is 'The rule that let it out.';
comment on column texts.provider_sid is 'Twilio''s id of it, once known.';
comment on column texts.failure_code is 'Twilio''s error code.';
comment on column texts.failure is 'Why it did not arrive, and what to do, for staff.';
comment on column texts.attempts is 'How often it was handed over.';
comment on column texts.contact_id is 'The recipient as a contact.';
comment on column texts.appointment_id is 'The visit it is about.';
comment on column texts.call_id is 'The call it came from.';
comment on column texts.queued_at is 'When it was queued.';
comment on column texts.sending_at is 'When it was leased by the worker that hands it over.';
comment on column texts.sent_at is 'When Twilio accepted it.';
comment on column texts.settled_at is 'When it reached its last state.';

comment on column opt_outs.phone is 'The number that said stop, E.164.';
comment on column opt_outs.source is 'How that is known, such as provider.';
comment on column opt_outs.opted_out_at is 'When it was learnt.';

comment on column hot_lead_alerts.call_ref is 'The platform''s id of the call; one alert each.';
comment on column hot_lead_alerts.call_id is 'Our record of the call.';
comment on column hot_lead_alerts.trigger is 'tool: the assistant during the call. score: scoring at its end.';
comment on column hot_lead_alerts.lead_name is 'The caller''s name.';
comment on column hot_lead_alerts.lead_phone is 'The number to call back, E.164.';
comment on column hot_lead_alerts.interest is 'The service they want.';
comment on column hot_lead_alerts.summary is 'What to know before calling, at most 200 characters.';
comment on column hot_lead_alerts.urgency is 'high or medium, as the assistant judged.';
comment on column hot_lead_alerts.score is '0 to 100, when scoring raised it.';
comment on column hot_lead_alerts.text_id is 'The text that tells the manager; null when there was none to send.';
comment on column hot_lead_alerts.created_at is 'When it was raised.';

comment on column notifications.kind is 'What happened: appointment, hot_lead, clinical_urgency, …';
comment on column notifications.title is 'One line for staff.';
comment on column notifications.subject_kind is 'What subject_id is: appointment, hot_lead_alert, call, …';
comment on column notifications.subject_id is 'What it is about.';
comment on column notifications.dedupe_key is 'The reason; a second notification for one reason is none.';
comment on column notifications.created_at is 'When it happened.';
comment on column notifications.read_at is 'When somebody saw it; null until then.';

comment on column tasks.kind is 'What sort of work: confirm_appointment, call_instead, reconnect_twilio, …';
comment on column tasks.title is 'What happened and what to do about it.';
comment on column tasks.call_id is 'The call it came from.';
comment on column tasks.appointment_id is 'The visit it is about.';
comment on column tasks.text_id is 'The text it is about.';
comment on column tasks.dedupe_key is 'The reason; a second task for one reason is none, even after the first is done.';
comment on column tasks.created_at is 'When it was raised.';
comment on column tasks.done_at is 'When a person finished it; null while open.';

comment on column audit_log.actor is 'Who: a person, a command, or the voice platform.';
comment on column audit_log.action is 'What was done or refused.';
comment on column audit_log.subject is 'To what.';
comment on column audit_log.detail is 'Particulars, without personal data.';
comment on column audit_log.at is 'When.';
