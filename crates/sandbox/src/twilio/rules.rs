//! Which texts Twilio would refuse.

use std::collections::HashMap;

use super::{State, Text};

const BODY_CHARS_MAX: usize = 1600;

/// What a create request asked for.
pub(super) struct Wanted {
    pub to: String,
    pub from: Option<String>,
    pub service: Option<String>,
    pub body: String,
    pub status_callback: Option<String>,
    pub validity_seconds: Option<u32>,
}

impl Wanted {
    /// The code Twilio refuses with, if it does.
    pub fn read(form: Vec<(String, String)>, state: &State) -> Result<Self, u32> {
        let mut form: HashMap<String, String> =
            form.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let wanted = Self {
            to: form.remove("To").ok_or(21604_u32)?,
            from: form.remove("From"),
            service: form.remove("MessagingServiceSid"),
            body: form.remove("Body").ok_or(21602_u32)?,
            status_callback: form.remove("StatusCallback"),
            validity_seconds: form.remove("ValidityPeriod").and_then(|seconds| seconds.parse().ok()),
        };
        match wanted.refusal(state) {
            Some(code) => Err(code),
            None => Ok(wanted),
        }
    }

    fn refusal(&self, state: &State) -> Option<u32> {
        let by_sender = match (&self.from, &self.service) {
            (None, None) => Some(21603),
            (Some(from), _) => magic_sender(from),
            _ => None,
        };
        by_sender
            .or_else(|| magic_recipient(&self.to))
            .or_else(|| self.is_stopped(state).then_some(21610))
            .or_else(|| (!is_e164(&self.to)).then_some(21211))
            .or_else(|| (self.body.chars().count() > BODY_CHARS_MAX).then_some(21617))
    }

    fn is_stopped(&self, state: &State) -> bool {
        let sender = self.service.as_ref().or(self.from.as_ref()).cloned().unwrap_or_default();
        state.opted_out.contains(&self.to) || state.stopped.contains(&(sender, self.to.clone()))
    }

    pub fn into_text(self, account_sid: String, sid: String, created_at: jiff::Timestamp) -> Text {
        let (_, num_segments) = voxanne_twilio::encoding::segments(&self.body);
        Text {
            sid,
            account_sid,
            to: self.to,
            sender: self.service.clone().or_else(|| self.from.clone()).unwrap_or_default(),
            from: self.from,
            messaging_service_sid: self.service,
            body: self.body,
            status: "queued".to_owned(),
            error_code: None,
            num_segments,
            status_callback: self.status_callback,
            validity_seconds: self.validity_seconds,
            created_at,
        }
    }
}

fn magic_sender(from: &str) -> Option<u32> {
    match from {
        "+15005550001" => Some(21212),
        "+15005550007" => Some(21606),
        "+15005550008" => Some(21611),
        _ => None,
    }
}

fn magic_recipient(to: &str) -> Option<u32> {
    match to {
        "+15005550001" => Some(21211),
        "+15005550002" => Some(21612),
        "+15005550003" => Some(21408),
        "+15005550004" => Some(21610),
        "+15005550009" => Some(21614),
        _ => None,
    }
}

fn is_e164(number: &str) -> bool {
    number.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0')
    })
}
