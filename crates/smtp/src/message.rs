//! What is sent.

use std::time::SystemTime;

use jiff::Timestamp;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, SinglePart};

use crate::{Address, SendError};

/// One message of plain words. Holds addresses and words: deliberately no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// What names it for ever: letters, digits, `-`. The same message has the same at every try.
    pub id: String,
    /// Who it is from, as people read it.
    pub from_name: String,
    /// The address it is from.
    pub from: Address,
    /// Who it is for.
    pub to: Address,
    /// One line.
    pub subject: String,
    /// Plain words.
    pub body: String,
    /// When it was written, not when it is sent: a second try is the same message.
    pub written_at: Timestamp,
}

impl Message {
    /// The header by which receivers know it again.
    pub fn message_id(&self) -> String {
        let id: String = self.id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        format!("<{id}@{}>", self.from.domain())
    }

    /// As it goes over the wire. Nothing that arrives in a field can become a header or end the message.
    pub(crate) fn written(&self) -> Result<Vec<u8>, SendError> {
        let name = one_line(&self.from_name);
        let from = Mailbox::new(Some(name).filter(|name| !name.is_empty()), self.from.0.clone());
        let written = lettre::Message::builder()
            .from(from)
            .to(Mailbox::new(None, self.to.0.clone()))
            .subject(one_line(&self.subject))
            .date(SystemTime::from(self.written_at))
            .message_id(Some(self.message_id()))
            // Holiday notices and mailing lists do not answer to what a program sent (RFC 3834).
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ))
            .singlepart(SinglePart::plain(plain(&self.body)));
        written.map(|message| message.formatted()).map_err(|source| SendError::Unwritable { source })
    }
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim().to_owned()
}

/// Line breaks stay, other control characters go; the message ends its last line itself.
fn plain(text: &str) -> String {
    text.trim_end().chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn a_message() -> Message {
        Message {
            id: "019ab2c4-7e10".into(),
            from_name: "Glow MedSpa".into(),
            from: Address::parse("alerts@glow.example").unwrap(),
            to: Address::parse("maria@glow.example").unwrap(),
            subject: "Call back now".into(),
            body: "Hello\nworld".into(),
            written_at: "2026-11-24T18:00:00Z".parse().unwrap(),
        }
    }

    fn written(message: &Message) -> String {
        String::from_utf8(message.written().unwrap()).unwrap()
    }

    #[test]
    fn a_message_is_the_same_at_every_try() {
        assert_eq!(
            written(&a_message()),
            "From: \"Glow MedSpa\" <alerts@glow.example>\r\nTo: maria@glow.example\r\nSubject: Call back now\r\n\
             Date: Tue, 24 Nov 2026 18:00:00 +0000\r\nMessage-ID: <019ab2c4-7e10@glow.example>\r\n\
             Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
             Content-Transfer-Encoding: 7bit\r\n\r\nHello\r\nworld\r\n"
        );
        assert_eq!(written(&a_message()), written(&a_message()));
    }

    #[test]
    fn nothing_in_a_field_becomes_a_header() {
        let attack = "a\r\nBcc: all@glow.example\r\n\r\nbody\u{0}\u{85}\u{1b}[2J";
        let message = Message {
            id: attack.into(),
            from_name: attack.into(),
            subject: attack.into(),
            body: "x\r.\r\nBcc: y".into(),
            ..a_message()
        };
        let written = written(&message);
        let (head, body) = written.split_once("\r\n\r\n").unwrap();
        let names: Vec<_> = head
            .split("\r\n")
            .filter(|l| !l.starts_with(' '))
            .map(|l| l.split(':').next().unwrap())
            .collect();
        assert_eq!(
            names,
            [
                "From",
                "To",
                "Subject",
                "Date",
                "Message-ID",
                "Auto-Submitted",
                "MIME-Version",
                "Content-Type",
                "Content-Transfer-Encoding"
            ]
        );
        assert_eq!(body, "x.\r\nBcc: y\r\n");
        assert!(written.is_ascii());
    }

    #[test]
    fn words_beyond_ascii_travel_on_any_server() {
        let message =
            Message { subject: "Clínica: 🔥".into(), body: "Señal 🔥\n".repeat(200), ..a_message() };
        let written = written(&message);
        assert!(written.is_ascii());
        assert!(written.lines().all(|line| line.len() <= 998), "a longer line is cut by servers");
    }
}
