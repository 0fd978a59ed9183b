//! One change that staff can see, as the database tells it and as a socket says it.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;
use sqlx::FromRow;
use uuid::Uuid;

use crate::platform::ids::{
    AlertId, AppointmentId, CallId, ConnectionId, ContactId, EntryId, EscalationId, InboundTextId, OrgId,
    Prefixed, TextId, UserId,
};

/// Every kind of event, as sockets tell it and pages wait for it (G11): `tests/it/live/contract.rs` holds both to this list.
pub const KINDS: [&str; 13] = [
    "call",
    "appointment",
    "lead",
    "alert",
    "text",
    "task",
    "notification",
    "contact",
    "waitlist",
    "calendar",
    "settings",
    "session",
    "audit",
];

/// Every `type` of what the server says on a socket.
pub const SAID: [&str; 4] = ["subscribed", "event", "reload", "ping"];

/// The database's word for each kind, the one that is told, and how ids of its things begin.
const SPOKEN: [(&str, &str, &str); 14] = [
    ("call", "call", CallId::PREFIX),
    ("appointment", "appointment", AppointmentId::PREFIX),
    ("lead", "lead", AlertId::PREFIX),
    ("alert", "alert", EscalationId::PREFIX),
    ("text", "text", TextId::PREFIX),
    ("inbound_text", "text", InboundTextId::PREFIX),
    ("task", "task", "task_"),
    ("notification", "notification", "ntf_"),
    ("contact", "contact", ContactId::PREFIX),
    ("waitlist", "waitlist", EntryId::PREFIX),
    ("calendar", "calendar", ConnectionId::PREFIX),
    ("settings", "settings", OrgId::PREFIX),
    ("session", "session", UserId::PREFIX),
    ("audit", "audit", OrgId::PREFIX),
];

/// Where somebody stands who has seen everything up to an event, in the order in which changes commit.
///
/// What they may not have seen is every event with a greater id, and every one whose transaction is not below the horizon:
/// all transactions below it had ended when the event was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub(super) struct Position {
    pub id: i64,
    pub horizon: i64,
}

/// A row of `events`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, FromRow)]
pub(super) struct Event {
    pub id: i64,
    pub kind: String,
    pub subject: Uuid,
    /// RFC 3339, in UTC.
    pub at: String,
    pub horizon: i64,
}

/// What a notification carries.
#[derive(Debug, Deserialize)]
pub(super) struct Told {
    pub org: OrgId,
    #[serde(flatten)]
    pub event: Event,
}

impl Event {
    pub const fn position(&self) -> Position {
        Position { id: self.id, horizon: self.horizon }
    }

    /// Whether it says that somebody's rights have changed.
    pub fn is_about_rights(&self) -> bool {
        self.kind == "session"
    }

    /// Whether it says the same of the same thing: the later one is enough.
    pub fn repeats(&self, other: &Self) -> bool {
        self.subject == other.subject && self.kind == other.kind
    }

    /// As it goes over the wire.
    pub fn message(&self) -> Bytes {
        let (kind, prefix) = spoken(&self.kind);
        let subject = format!("{prefix}{}", self.subject.simple());
        json!({"type": "event", "id": self.id, "kind": kind, "subject": subject, "at": self.at})
            .to_string()
            .into()
    }
}

/// What a kind is called outside, and how ids of its things begin.
fn spoken(kind: &str) -> (&str, &'static str) {
    let found = SPOKEN.iter().find(|(of, ..)| *of == kind);
    found.map_or((kind, OrgId::PREFIX), |(_, told, prefix)| (told, prefix))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn g11_every_kind_has_ids_and_a_place_in_the_list() {
        for (_, told, prefix) in SPOKEN {
            assert!(KINDS.contains(&told) && prefix.ends_with('_'), "{told}");
        }
        assert!(KINDS.iter().all(|kind| SPOKEN.iter().any(|(_, told, _)| told == kind)));
    }

    #[test]
    fn what_the_database_tells_becomes_what_a_socket_says() {
        let told: Told = serde_json::from_str(
            r#"{"org":"00000000-0000-0000-0000-000000000001","id":7,"kind":"inbound_text","subject":"00000000-0000-0000-0000-000000000002","at":"2026-11-24T18:00:00.000001Z","horizon":740}"#,
        )
        .unwrap();
        assert_eq!(told.event.position(), Position { id: 7, horizon: 740 });
        assert_eq!(
            serde_json::from_slice::<serde_json::Value>(&told.event.message()).unwrap(),
            json!({"type": "event", "id": 7, "kind": "text", "subject": "inb_00000000000000000000000000000002",
                   "at": "2026-11-24T18:00:00.000001Z"})
        );
    }
}
