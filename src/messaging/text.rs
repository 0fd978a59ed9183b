//! A text: what it is for, and how far it has got.

use std::str::FromStr;

use voxanne_twilio::Status;

use super::may_send::Class;

/// What a text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// To the caller: the visit stands.
    Confirmation,
    /// To the caller: the time is kept, a human confirms it.
    Pending,
    /// To the caller: the visit has another time now.
    Change,
    /// To the caller: the visit is called off.
    Cancellation,
    /// To somebody who waits: a time opened up.
    WaitlistOffer,
    /// To somebody who waits: what became of their answer.
    WaitlistReply,
    /// To a patient: the visit comes closer.
    Reminder,
    /// To a caller whose call ended before they were helped.
    MissedCall,
    /// To a caller: what we still need to know.
    DetailsRequest,
    /// To a caller whom nobody could serve: times that are kept for them.
    TimesOffer,
    /// To a person: a step of a sequence they agreed to.
    Nurture,
    /// To a person: what a human of the clinic wrote.
    Message,
    /// To a person: the answer to what they texted.
    Reply,
    /// To the manager: call this person now.
    HotLeadAlert,
    /// To clinical staff: somebody may be hurt.
    ClinicalAlert,
    /// To whoever tries the alert phone.
    TestAlert,
    /// To a number that is to get alerts: the code that proves it.
    PhoneCode,
    /// To a number that got alerts and no longer does.
    PhoneNotice,
}

impl Kind {
    const ALL: [Self; 18] = [
        Self::Confirmation,
        Self::Pending,
        Self::Change,
        Self::Cancellation,
        Self::WaitlistOffer,
        Self::WaitlistReply,
        Self::Reminder,
        Self::MissedCall,
        Self::DetailsRequest,
        Self::TimesOffer,
        Self::Nurture,
        Self::Message,
        Self::Reply,
        Self::HotLeadAlert,
        Self::ClinicalAlert,
        Self::TestAlert,
        Self::PhoneCode,
        Self::PhoneNotice,
    ];

    /// Its name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confirmation => "confirmation",
            Self::Pending => "pending",
            Self::Change => "change",
            Self::Cancellation => "cancellation",
            Self::WaitlistOffer => "waitlist_offer",
            Self::WaitlistReply => "waitlist_reply",
            Self::Reminder => "reminder",
            Self::MissedCall => "missed_call",
            Self::DetailsRequest => "details_request",
            Self::TimesOffer => "times_offer",
            Self::Nurture => "nurture",
            Self::Message => "message",
            Self::Reply => "reply",
            Self::HotLeadAlert => "hot_lead_alert",
            Self::ClinicalAlert => "clinical_alert",
            Self::TestAlert => "test_alert",
            Self::PhoneCode => "phone_code",
            Self::PhoneNotice => "phone_notice",
        }
    }

    /// Every queue that texts leave by.
    pub(super) const QUEUES: [&str; 2] = ["alert_staff", "text_callers"];

    /// The queue it leaves by: an alert never waits behind a busy evening's confirmations.
    pub(super) const fn queue(self) -> &'static str {
        match self.class() {
            Class::Staff => "alert_staff",
            Class::Transactional | Class::Conversational | Class::Marketing => "text_callers",
        }
    }

    /// Whether somebody asked for it by text a moment ago.
    pub(super) const fn is_answer(self) -> bool {
        matches!(self, Self::Reply | Self::WaitlistReply)
    }

    /// The rules it obeys.
    pub const fn class(self) -> Class {
        match self {
            Self::Confirmation
            | Self::Pending
            | Self::Change
            | Self::Cancellation
            | Self::WaitlistReply
            | Self::Reminder
            | Self::DetailsRequest
            | Self::Reply => Class::Transactional,
            Self::WaitlistOffer | Self::MissedCall | Self::TimesOffer | Self::Message => {
                Class::Conversational
            }
            Self::Nurture => Class::Marketing,
            Self::HotLeadAlert
            | Self::ClinicalAlert
            | Self::TestAlert
            | Self::PhoneCode
            | Self::PhoneNotice => Class::Staff,
        }
    }
}

/// A word of the database that this version does not know.
#[derive(Debug, thiserror::Error)]
#[error("unknown {0}")]
pub struct UnknownWord(pub(super) &'static str);

impl FromStr for Kind {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word).ok_or(UnknownWord("kind of text"))
    }
}

/// How far a text has got. Only ever forward, in this order; the last three are ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextState {
    /// Waiting for the worker.
    Queued,
    /// Being handed to the provider; it may have it.
    Sending,
    /// The provider may or may not have it, and nobody could find out.
    Unknown,
    /// The provider has it.
    Sent,
    /// The phone has it.
    Delivered,
    /// The carrier could not deliver it.
    Undelivered,
    /// It never left.
    Failed,
}

impl TextState {
    const ALL: [Self; 7] = [
        Self::Queued,
        Self::Sending,
        Self::Unknown,
        Self::Sent,
        Self::Delivered,
        Self::Undelivered,
        Self::Failed,
    ];

    /// Its name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Unknown => "unknown",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Undelivered => "undelivered",
            Self::Failed => "failed",
        }
    }

    const fn rank(self) -> u8 {
        match self {
            Self::Queued => 0,
            Self::Sending => 1,
            Self::Unknown => 2,
            Self::Sent => 3,
            Self::Delivered | Self::Undelivered | Self::Failed => 4,
        }
    }

    /// Whether nothing more will be heard.
    pub const fn is_final(self) -> bool {
        self.rank() == 4
    }

    /// `to`, if that is progress; `None` if it is old news. The first end reached stays.
    pub fn advance(self, to: Self) -> Option<Self> {
        (to.rank() > self.rank()).then_some(to)
    }

    /// What the provider's word means for us: whatever it has taken is sent, and no more than that.
    pub fn from_provider(status: Option<Status>) -> Self {
        match status {
            Some(Status::Delivered) => Self::Delivered,
            Some(Status::Undelivered) => Self::Undelivered,
            Some(Status::Failed) => Self::Failed,
            Some(Status::Queued | Status::Sending | Status::Sent) | None => Self::Sent,
        }
    }
}

impl FromStr for TextState {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Self::ALL.into_iter().find(|state| state.as_str() == word).ok_or(UnknownWord("state of a text"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn t6_e10_states_only_move_forward() {
        for from in TextState::ALL {
            for to in TextState::ALL {
                if let Some(next) = from.advance(to) {
                    assert!(next.rank() > from.rank() && !from.is_final(), "{from:?} to {to:?}");
                }
            }
        }
    }

    #[test]
    fn t6_e10_reports_in_any_order_and_twice_end_in_the_same_place() {
        let reports = [Status::Queued, Status::Sending, Status::Sent, Status::Delivered, Status::Sent];
        for start in 0..reports.len() {
            for step in 1..reports.len() {
                let order = (0..reports.len() * 2).map(|i| reports[(start + i * step) % reports.len()]);
                let seen: Vec<_> = order.chain(reports).collect();
                let end = seen.iter().fold(TextState::Sending, |now, status| {
                    now.advance(TextState::from_provider(Some(*status))).unwrap_or(now)
                });
                assert_eq!(end, TextState::Delivered, "{seen:?}");
            }
        }
    }

    /// Everything Twilio can say in five reports, repeated and reordered.
    #[test]
    fn t6_e10_of_any_five_reports_the_first_end_stays_and_nothing_goes_back() {
        let words = [
            None,
            Some(Status::Queued),
            Some(Status::Sending),
            Some(Status::Sent),
            Some(Status::Delivered),
            Some(Status::Undelivered),
            Some(Status::Failed),
        ];
        for n in 0..words.len().pow(5) {
            let reports = (0..5_u32)
                .map(|place| TextState::from_provider(words[n / words.len().pow(place) % words.len()]));
            let mut now = TextState::Sending;
            let mut first_end = None;
            for report in reports {
                let next = now.advance(report).unwrap_or(now);
                assert!(next.rank() >= now.rank());
                first_end = first_end.or(report.is_final().then_some(report));
                now = next;
            }
            assert_eq!(now, first_end.unwrap_or(TextState::Sent), "{n}");
        }
    }

    #[test]
    fn e10_accepted_is_not_delivered() {
        assert_eq!(TextState::from_provider(Some(Status::Queued)), TextState::Sent);
        assert_eq!(TextState::from_provider(None), TextState::Sent);
    }

    #[test]
    fn an_unknown_text_is_still_found() {
        assert_eq!(TextState::Unknown.advance(TextState::Sent), Some(TextState::Sent));
        assert_eq!(TextState::Sent.advance(TextState::Unknown), None);
    }

    #[test]
    fn names_are_read_back() {
        for state in TextState::ALL {
            assert_eq!(state.as_str().parse::<TextState>().unwrap(), state);
        }
        for kind in Kind::ALL {
            assert!(Kind::QUEUES.contains(&kind.queue()));
            assert_eq!(kind.as_str().parse::<Kind>().unwrap(), kind);
        }
        assert!("paused".parse::<TextState>().is_err());
    }
}
