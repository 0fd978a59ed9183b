//! A text on its way out, and Twilio's receipt for it.

use std::fmt;

use serde::Deserialize;

use crate::Status;

/// Twilio's bounds for how long it may keep trying, in seconds.
const VALIDITY_SECONDS_MAX: u32 = 36_000;

/// Who the text comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sender {
    /// One of the account's numbers, in E.164 form.
    Number(String),
    /// A Messaging Service (`MG…`), which picks the number.
    MessagingService(String),
}

/// A text to send. Its `Debug` shows neither the number nor the words.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// The recipient in E.164 form.
    pub to: String,
    /// Who it comes from.
    pub from: Sender,
    /// At most 1600 characters.
    pub body: String,
    /// Where Twilio reports each step. Only a public `https` address reaches us (error 11200 otherwise).
    pub status_callback: Option<String>,
    /// After this many seconds Twilio gives up instead of delivering late; held to 1–36000.
    pub validity_seconds: Option<u32>,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message").field("from", &self.from).finish_non_exhaustive()
    }
}

impl Message {
    /// The form fields of a create request.
    pub(crate) fn form(&self) -> Vec<(&'static str, String)> {
        let sender = match &self.from {
            Sender::Number(number) => ("From", number.clone()),
            Sender::MessagingService(sid) => ("MessagingServiceSid", sid.clone()),
        };
        let mut form = vec![("To", self.to.clone()), sender, ("Body", self.body.clone())];
        if let Some(url) = &self.status_callback {
            form.push(("StatusCallback", url.clone()));
        }
        if let Some(seconds) = self.validity_seconds {
            form.push(("ValidityPeriod", seconds.clamp(1, VALIDITY_SECONDS_MAX).to_string()));
        }
        form
    }
}

/// Twilio took the text. It is not delivered yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Twilio's name for it (`SM…` or `MM…`).
    pub sid: String,
    /// Where it stands; `None` for a status this version does not know.
    pub status: Option<Status>,
    /// What it will be billed as; `None` while a Messaging Service has not decided.
    pub segments: Option<u32>,
}

/// The fields of Twilio's message resource that are read.
#[derive(Deserialize)]
pub(crate) struct Resource {
    pub sid: String,
    pub status: String,
    #[serde(default)]
    pub body: Option<String>,
    #[serde(default)]
    pub num_segments: Option<String>,
    #[serde(default)]
    pub date_created: Option<String>,
    #[serde(default)]
    pub error_code: Option<u32>,
}

impl From<Resource> for Sent {
    fn from(resource: Resource) -> Self {
        Self {
            status: Status::parse(&resource.status),
            segments: resource.num_segments.and_then(|n| n.parse().ok()).filter(|n| *n > 0),
            sid: resource.sid,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn text() -> Message {
        Message {
            to: "+13105550142".into(),
            from: Sender::MessagingService("MG1".into()),
            body: "See you Thursday".into(),
            status_callback: None,
            validity_seconds: Some(90_000),
        }
    }

    #[test]
    fn a_messaging_service_takes_the_place_of_a_number() {
        let form = text().form();
        assert!(form.contains(&("MessagingServiceSid", "MG1".into())));
        assert!(form.iter().all(|(name, _)| *name != "From"));
        assert!(form.contains(&("ValidityPeriod", "36000".into())));
    }

    #[test]
    fn debug_shows_neither_number_nor_words() {
        let shown = format!("{:?}", text());
        assert!(!shown.contains("+1310") && !shown.contains("Thursday"), "{shown}");
    }

    #[test]
    fn a_receipt_with_zero_segments_has_none_yet() {
        let raw = r#"{"sid":"SM1","status":"accepted","num_segments":"0"}"#;
        let sent = Sent::from(serde_json::from_str::<Resource>(raw).unwrap());
        assert_eq!(sent, Sent { sid: "SM1".into(), status: Some(Status::Queued), segments: None });
    }
}
