//! Ids: `UUIDv7`, one type per thing, written with a prefix where people and programs see them (`apt_…`).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type)]
        #[serde(transparent)]
        #[sqlx(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!($prefix, "_{}"), self.0.simple())
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self { Self(id) }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self { id.0 }
        }

        // As a parameter of `Public`, which says how it is written.
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                super::public::Public::<Self>::schema()
            }
        }

        impl utoipa::ToSchema for $name {}

        impl Prefixed for $name {
            const PREFIX: &'static str = concat!($prefix, "_");
        }
    )+};
}

/// An id that is written with a prefix.
pub trait Prefixed: From<Uuid> {
    /// What it begins with, underscore included.
    const PREFIX: &'static str;

    /// Reads exactly what `Display` writes; `None` for anything else, whatever it is.
    fn parse(written: &str) -> Option<Self> {
        let bare = written.strip_prefix(Self::PREFIX)?;
        let is_plain = bare.len() == 32 && bare.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if is_plain { Uuid::try_parse(bare).ok().map(Self::from) } else { None }
    }
}

ids! {
    /// A clinic business. Comes only from a verified credential or from a job's own row.
    OrgId = "org",
    /// A site of an org.
    LocationId = "loc",
    /// The voice platform's agent that answers for an org.
    AssistantId = "asst",
    /// A bookable service.
    ServiceId = "svc",
    /// A practitioner, room or device.
    ResourceId = "res",
    /// Somebody who called.
    ContactId = "con",
    /// One call.
    CallId = "call",
    /// One visit.
    AppointmentId = "apt",
    /// Visits that were booked together.
    SeriesId = "ser",
    /// Capacity kept for a few minutes.
    HoldId = "hold",
    /// One SMS.
    TextId = "txt",
    /// One hot lead alert.
    AlertId = "hla",
    /// The ladder of one alert, hot lead or clinical.
    EscalationId = "alert",
    /// Somebody who is told of alerts.
    AlertRecipientId = "arc",
    /// Somebody's wish on the waitlist.
    EntryId = "wait",
    /// One time offered to one of them.
    OfferId = "offer",
    /// Times that were offered to somebody who called while nobody was there.
    TimesOfferId = "tof",
    /// A text that somebody sent us.
    InboundTextId = "inb",
    /// What we asked by text.
    QuestionId = "qst",
    /// A message of the voice platform.
    InboxId = "msg",
    /// A credential of a program that calls the API.
    ApiKeyId = "key",
    /// Civil days that differ from the weekly hours.
    ClosureId = "clo",
    /// A practitioner's absence.
    TimeOffId = "off",
    /// An account at Google or a CalDAV server.
    ConnectionId = "ccn",
    /// One calendar of such an account.
    CalendarId = "cal",
    /// A disagreement between a calendar and a visit.
    ConflictId = "cfl",
    /// A yes or no to texts.
    TextConsentId = "tcs",
    /// A consent that was begun.
    ConsentId = "cst",
    /// A subscribed feed.
    FeedId = "feed",
    /// One e-mail to staff.
    EmailId = "eml",
    /// An address that gets them.
    EmailRecipientId = "rcp",
    /// A number that callers dial.
    PhoneNumberId = "num",
    /// What the voice platform proves itself with.
    WebhookSecretId = "wsec",
    /// An address of an org's own at the voice door.
    DoorId = "door",
    /// Texts that follow a call or a visit, in steps.
    SequenceId = "seq",
    /// One person on the way through them.
    SequenceRunId = "run",
    /// Work for a person.
    TaskId = "task",
    /// What the dashboard tells staff.
    NotificationId = "ntf",
    /// A line of the audit log.
    ActId = "act",
    /// Somebody who signs in.
    UserId = "usr",
    /// One browser that is signed in.
    SessionId = "ses",
    /// What somebody is in an org.
    MembershipId = "mem",
    /// A link by which somebody becomes staff.
    InvitationId = "inv",
    /// A link by which a password is replaced.
    ResetId = "rst",
}

/// Makes new ids: by time and chance in production, counted in tests.
#[derive(Debug, Clone)]
pub struct Ids(Source);

#[derive(Debug, Clone)]
enum Source {
    Random,
    Counted(Arc<AtomicU64>),
}

impl Ids {
    /// Time-ordered random ids.
    pub const fn random() -> Self {
        Self(Source::Random)
    }

    /// Ids that count up from `seed`: the same in every run.
    pub fn counted(seed: u64) -> Self {
        Self(Source::Counted(Arc::new(AtomicU64::new(seed << 32))))
    }

    /// The next id, ordered by `now`.
    pub fn next<T: From<Uuid>>(&self, now: Timestamp) -> T {
        let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
        T::from(match &self.0 {
            Source::Random => {
                let nanos = u32::try_from(now.subsec_nanosecond()).unwrap_or(0);
                let since = uuid::Timestamp::from_unix(uuid::NoContext, millis / 1000, nanos);
                random_v7(since)
            }
            Source::Counted(next) => {
                let count = u128::from(next.fetch_add(1, Ordering::SeqCst));
                uuid::Builder::from_unix_timestamp_millis(
                    millis,
                    &count.to_be_bytes()[6..].try_into().unwrap_or([0; 10]),
                )
                .into_uuid()
            }
        })
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that makes random ids")]
fn random_v7(at: uuid::Timestamp) -> Uuid {
    Uuid::new_v7(at)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn an_id_is_read_as_it_is_written_and_in_no_other_way() {
        let id = LocationId(Uuid::from_u128(7));
        let written = id.to_string();
        assert_eq!(LocationId::parse(&written), Some(id));
        for other in [
            written.replace("loc_", "svc_"),
            written.replace("loc_", ""),
            written.to_uppercase(),
            format!("{written}0"),
            id.0.to_string(),
            String::new(),
        ] {
            assert_eq!(LocationId::parse(&other), None, "{other}");
        }
    }
}
