//! What Twilio posts to our status callback address.

use crate::Status;

/// One step of one text, as reported by Twilio. Trust it only after [`crate::signature::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusCallback {
    /// Which text.
    pub sid: String,
    /// The account that sent it; absent in hand-made requests only.
    pub account_sid: Option<String>,
    /// Where it stands; `None` for a word this version does not know.
    pub status: Option<Status>,
    /// Why it was not delivered; see [`crate::class_of`] and [`crate::code_hint`].
    pub error_code: Option<u32>,
}

impl StatusCallback {
    /// Reads the decoded form; `None` if it names no text.
    pub fn from_form(pairs: &[(String, String)]) -> Option<Self> {
        let field = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        Some(Self {
            sid: field("MessageSid").or_else(|| field("SmsSid")).filter(|sid| !sid.is_empty())?.to_owned(),
            account_sid: field("AccountSid").map(str::to_owned),
            status: field("MessageStatus").or_else(|| field("SmsStatus")).and_then(Status::parse),
            error_code: field("ErrorCode").and_then(|code| code.parse().ok()),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn e9_the_recorded_status_form_is_read() {
        let raw = include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../tests/fixtures/peers/twilio.sms.status.form.json"
        ));
        let form: BTreeMap<String, String> = serde_json::from_str(raw).unwrap();
        let callback = StatusCallback::from_form(&form.into_iter().collect::<Vec<_>>()).unwrap();
        assert_eq!(callback.sid, "SM0123456789abcdef0123456789abcdef");
        assert_eq!(callback.status, Some(Status::Undelivered));
        assert_eq!(callback.error_code, Some(30003));
    }

    #[test]
    fn a_form_without_a_text_is_refused() {
        assert_eq!(StatusCallback::from_form(&[("MessageStatus".into(), "sent".into())]), None);
    }
}
