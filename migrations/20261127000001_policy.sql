-- Who may be texted, when and why: classes, verdicts, consent, quiet hours.

alter table texts drop constraint texts_kind_check;
alter table texts add constraint texts_kind_check check (kind in ('confirmation', 'pending', 'change', 'cancellation', 'waitlist_offer',
  'waitlist_reply', 'reminder', 'missed_call', 'details_request', 'nurture', 'message', 'reply', 'hot_lead_alert', 'clinical_alert',
  'test_alert'));
