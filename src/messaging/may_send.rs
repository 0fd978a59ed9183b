//! Whether a text may leave, now or later: every rule in one pure function.
//!
//! It decides twice: when a text is queued, with everything that is known, and again right before it leaves. Both times its
//! verdict is stored with the text (`texts.verdict`).

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::daytime::Daytime;

/// Who a text is for, which decides the rules it obeys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The clinic's own people: no opt-out and no cap per number, or a busy day would silence hot leads.
    Staff,
    /// A person, about their visit or what they just asked for; needs no quiet hours.
    Transactional,
    /// A person, about something between us and them, when it suits them: only by day.
    Conversational,
    /// A person who agreed to hear of offers and news: only by day, and seldom.
    Marketing,
}

impl Class {
    /// Its name, also in verdicts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Transactional => "transactional",
            Self::Conversational => "conversational",
            Self::Marketing => "marketing",
        }
    }
}

/// What is known of whoever would get the text, as it stands now.
#[derive(Debug, Clone)]
pub struct Recipient<'r> {
    /// The org's kill switch is not thrown.
    pub texting_enabled: bool,
    /// What [`Phone::may_text`](crate::phone::Phone::may_text) says about the number.
    pub number: Result<(), &'static str>,
    /// The number said STOP to this org.
    pub opted_out: bool,
    /// The last text to this number told that none ever arrives: a landline, or nobody's.
    pub unreachable: bool,
    /// The consent ledger's last word on marketing is yes, and no STOP came after it.
    pub consents: bool,
    /// The hours in which texts may leave that can wait.
    pub daytime: Daytime,
    /// The clinic's clock and those of the number.
    pub clocks: &'r [TimeZone],
    /// What went out already.
    pub sent: Sent,
    /// How much may.
    pub limits: Limits,
    /// From then on the text is of no use.
    pub leave_before: Option<Timestamp>,
}

/// Texts that count against the caps.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sent {
    /// To the number in the last 24 hours.
    pub to_number_day: i64,
    /// To the number in the last 7 days.
    pub to_number_week: i64,
    /// Of class marketing to the number in the last 7 days.
    pub marketing_week: i64,
    /// Of the org in the last 24 hours.
    pub of_org_day: i64,
    /// Of the org in the last hour.
    pub of_org_hour: i64,
    /// Of those, to numbers that begin alike.
    pub to_prefix_hour: i64,
    /// Of the call.
    pub of_call: i64,
}

/// The caps that hold for an org.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "named after their settings")]
pub struct Limits {
    pub per_number_per_day: i64,
    pub per_number_per_week: i64,
    pub marketing_per_week: i64,
    pub per_org_per_day: i64,
    pub per_org_per_hour: i64,
    pub per_prefix_per_hour: i64,
    pub per_call: i64,
}

impl Limits {
    /// For a text that was queued within the caps: it is not counted again.
    pub const LIFTED: Self = Self {
        per_number_per_day: i64::MAX,
        per_number_per_week: i64::MAX,
        marketing_per_week: i64::MAX,
        per_org_per_day: i64::MAX,
        per_org_per_hour: i64::MAX,
        per_prefix_per_hour: i64::MAX,
        per_call: i64::MAX,
    };
}

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It may leave now.
    Allow(Class),
    /// It is quiet hours for the recipient: not before then.
    Wait(Timestamp),
    /// The first rule that forbids it.
    Deny(Rule),
}

impl Verdict {
    /// As it is stored.
    pub fn stored(self) -> String {
        match self {
            Self::Allow(class) => format!("allowed: {}", class.as_str()),
            Self::Wait(_) => "waits: quiet_hours".into(),
            Self::Deny(rule) => format!("denied: {}", rule.code()),
        }
    }
}

/// Why a text may not leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// The org's kill switch.
    TextingIsOff,
    /// Its time has passed, or passes before it may leave.
    TooLate,
    /// The number's kind or country; the name of the rule that [`crate::phone`] applied.
    Number(&'static str),
    /// The recipient said STOP.
    OptedOut,
    /// A landline, or out of service, as the provider said not long ago.
    NumberUnreachable,
    /// Marketing to somebody who never agreed, or took it back.
    NoConsent,
    /// The number had its share of the day.
    NumberHadEnough,
    /// The number had its share of the week.
    NumberHadEnoughThisWeek,
    /// The number had its share of marketing.
    MarketingHadEnough,
    /// The org had its share of the day.
    OrgHadEnough,
    /// The org had its share of the hour.
    OrgTooFast,
    /// Too many numbers that begin alike: as a rule somebody who earns by every text.
    PrefixTooFast,
    /// The call had its share: as a rule a model in a loop.
    CallHadEnough,
}

impl Rule {
    /// The rule's stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TextingIsOff => "texting_is_off",
            Self::TooLate => "too_late",
            Self::Number(rule) => rule,
            Self::OptedOut => "opted_out",
            Self::NumberUnreachable => "number_unreachable",
            Self::NoConsent => "no_consent",
            Self::NumberHadEnough => "number_had_enough",
            Self::NumberHadEnoughThisWeek => "number_had_enough_this_week",
            Self::MarketingHadEnough => "marketing_had_enough",
            Self::OrgHadEnough => "org_had_enough",
            Self::OrgTooFast => "org_too_fast",
            Self::PrefixTooFast => "prefix_too_fast",
            Self::CallHadEnough => "call_had_enough",
        }
    }

    /// What staff are told.
    pub const fn advice(self) -> &'static str {
        match self {
            Self::TextingIsOff => "Texting is switched off in Settings. Call instead.",
            Self::TooLate => "It could not leave in time. Call instead.",
            Self::Number(_) => "Texts to this kind of number or country are not allowed. Call instead.",
            Self::OptedOut => "The recipient replied STOP. Call instead.",
            Self::NumberUnreachable => "The last text showed that this number gets none. Call instead.",
            Self::NoConsent => "There is no consent to marketing on record. Call instead, or ask for it.",
            Self::NumberHadEnough => "This number got as many texts as one may get in a day. Call instead.",
            Self::NumberHadEnoughThisWeek => {
                "This number got as many texts as one may get in a week. Call instead."
            }
            Self::MarketingHadEnough => "This number got its share of marketing this week. Call instead.",
            Self::OrgHadEnough => {
                "The clinic reached its texts of the day. Raise the limit in Settings, or call."
            }
            Self::OrgTooFast => "The clinic reached its texts of the hour. Call instead, or send it later.",
            Self::PrefixTooFast => {
                "Too many texts went to numbers like this one. Check the calls, then call instead."
            }
            Self::CallHadEnough => "One call asked for too many texts. Check the call, then call instead.",
        }
    }
}

/// Whether a text of this class may leave to `contact` at `now`; the first rule that forbids it otherwise.
pub fn may_send(contact: &Recipient<'_>, class: Class, now: Timestamp) -> Verdict {
    if let Err(rule) = for_everybody(contact, now) {
        return Verdict::Deny(rule);
    }
    if class == Class::Staff {
        return Verdict::Allow(class);
    }
    if let Err(rule) = consent(contact, class).and_then(|()| caps(contact, class)) {
        return Verdict::Deny(rule);
    }
    if class == Class::Transactional {
        return Verdict::Allow(class);
    }
    match contact.daytime.next(now, contact.clocks) {
        Some(at) if at == now => Verdict::Allow(class),
        Some(at) if contact.leave_before.is_none_or(|end| at < end) => Verdict::Wait(at),
        _ => Verdict::Deny(Rule::TooLate),
    }
}

fn for_everybody(contact: &Recipient<'_>, now: Timestamp) -> Result<(), Rule> {
    if !contact.texting_enabled {
        return Err(Rule::TextingIsOff);
    }
    if contact.leave_before.is_some_and(|end| now >= end) {
        return Err(Rule::TooLate);
    }
    contact.number.map_err(Rule::Number)
}

fn consent(contact: &Recipient<'_>, class: Class) -> Result<(), Rule> {
    if contact.opted_out {
        return Err(Rule::OptedOut);
    }
    if contact.unreachable {
        return Err(Rule::NumberUnreachable);
    }
    if class == Class::Marketing && !contact.consents {
        return Err(Rule::NoConsent);
    }
    Ok(())
}

/// Caps are against floods of texts to people; an alert to staff must get through them.
fn caps(contact: &Recipient<'_>, class: Class) -> Result<(), Rule> {
    let (sent, limits) = (&contact.sent, &contact.limits);
    let marketing_week = if class == Class::Marketing { sent.marketing_week } else { -1 };
    let caps = [
        (sent.to_number_day, limits.per_number_per_day, Rule::NumberHadEnough),
        (sent.to_number_week, limits.per_number_per_week, Rule::NumberHadEnoughThisWeek),
        (marketing_week, limits.marketing_per_week, Rule::MarketingHadEnough),
        (sent.of_org_day, limits.per_org_per_day, Rule::OrgHadEnough),
        (sent.of_org_hour, limits.per_org_per_hour, Rule::OrgTooFast),
        (sent.to_prefix_hour, limits.per_prefix_per_hour, Rule::PrefixTooFast),
        (sent.of_call, limits.per_call, Rule::CallHadEnough),
    ];
    caps.into_iter().find(|(sent, limit, _)| sent >= limit).map_or(Ok(()), |(_, _, rule)| Err(rule))
}

#[cfg(test)]
#[path = "may_send_tests.rs"]
mod tests;
