//! Whether a text may leave: every rule in one pure function.

/// Who a text is for, which decides the rules it obeys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The clinic's own people: no opt-out and no cap per number, or a busy day would silence hot leads.
    Staff,
    /// The caller, about what they just asked for; needs no quiet hours.
    Transactional,
    /// A person, about something between us and them, when it suits them: only by day.
    Conversational,
    /// A person who agreed to hear of offers and news: only by day, and seldom.
    Marketing,
}

/// What the decision rests on, as it stands now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// The org's kill switch is not thrown.
    pub texting_enabled: bool,
    /// What [`Phone::may_text`](crate::phone::Phone::may_text) says about the number.
    pub number: Result<(), &'static str>,
    /// The number said STOP to this org.
    pub opted_out: bool,
    /// The last text to this number told that none ever arrives: a landline, or nobody's.
    pub unreachable: bool,
    /// Texts to this number in the last 24 hours.
    pub to_number: i64,
    /// Texts of the org in the last 24 hours.
    pub of_org: i64,
    /// Texts of the call.
    pub of_call: i64,
}

/// The caps that hold for an org.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "named after their settings")]
pub struct Limits {
    pub per_number_per_day: i64,
    pub per_org_per_day: i64,
    pub per_call: i64,
}

/// Why a text may not leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// The org's kill switch.
    TextingIsOff,
    /// The number's kind or country; the name of the rule that [`crate::phone`] applied.
    Number(&'static str),
    /// The recipient said STOP.
    OptedOut,
    /// A landline, or out of service, as the provider said not long ago.
    NumberUnreachable,
    /// The number had its share of the day.
    NumberHadEnough,
    /// The org had its share of the day.
    OrgHadEnough,
    /// The call had its share: as a rule a model in a loop.
    CallHadEnough,
    /// Its time has passed since it was queued.
    TooLate,
}

impl Rule {
    /// The rule's stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TextingIsOff => "texting_is_off",
            Self::Number(rule) => rule,
            Self::OptedOut => "opted_out",
            Self::NumberUnreachable => "number_unreachable",
            Self::NumberHadEnough => "number_had_enough",
            Self::OrgHadEnough => "org_had_enough",
            Self::CallHadEnough => "call_had_enough",
            Self::TooLate => "too_late",
        }
    }

    /// What staff are told.
    pub const fn advice(self) -> &'static str {
        match self {
            Self::TextingIsOff => "Texting is switched off in Settings. Call instead.",
            Self::Number(_) => "Texts to this kind of number or country are not allowed. Call instead.",
            Self::OptedOut => "The recipient replied STOP. Call instead.",
            Self::NumberUnreachable => "The last text showed that this number gets none. Call instead.",
            Self::NumberHadEnough => "This number got as many texts as one may get in a day. Call instead.",
            Self::OrgHadEnough => {
                "The clinic reached its texts of the day. Raise the limit in Settings, or call."
            }
            Self::CallHadEnough => "One call asked for too many texts. Check the call, then call instead.",
            Self::TooLate => "It could not leave in time. Call instead.",
        }
    }
}

/// Whether a text may leave; the first rule that forbids it otherwise.
pub fn may_send(class: Class, facts: &Facts, limits: &Limits) -> Result<(), Rule> {
    if !facts.texting_enabled {
        return Err(Rule::TextingIsOff);
    }
    facts.number.map_err(Rule::Number)?;
    if class != Class::Staff {
        if facts.opted_out {
            return Err(Rule::OptedOut);
        }
        if facts.unreachable {
            return Err(Rule::NumberUnreachable);
        }
        if facts.to_number >= limits.per_number_per_day {
            return Err(Rule::NumberHadEnough);
        }
        // Caps are against floods of texts to callers; an alert to staff must get through them.
        if facts.of_org >= limits.per_org_per_day {
            return Err(Rule::OrgHadEnough);
        }
        if facts.of_call >= limits.per_call {
            return Err(Rule::CallHadEnough);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACTS: Facts = Facts {
        texting_enabled: true,
        number: Ok(()),
        opted_out: false,
        unreachable: false,
        to_number: 0,
        of_org: 0,
        of_call: 0,
    };
    const LIMITS: Limits = Limits { per_number_per_day: 5, per_org_per_day: 500, per_call: 5 };

    type Verdict = Result<(), Rule>;

    #[test]
    fn t15_t16_every_rule_for_each_class() {
        let both = |rule| (Err(rule), Err(rule));
        let caller_only = |rule| (Err(rule), Ok(()));
        let table: [(Facts, (Verdict, Verdict)); 12] = [
            (FACTS, (Ok(()), Ok(()))),
            (Facts { texting_enabled: false, ..FACTS }, both(Rule::TextingIsOff)),
            (
                Facts { number: Err("premium_or_unknown_number"), ..FACTS },
                both(Rule::Number("premium_or_unknown_number")),
            ),
            (Facts { opted_out: true, ..FACTS }, caller_only(Rule::OptedOut)),
            (Facts { unreachable: true, ..FACTS }, caller_only(Rule::NumberUnreachable)),
            (Facts { to_number: 4, ..FACTS }, (Ok(()), Ok(()))),
            (Facts { to_number: 5, ..FACTS }, caller_only(Rule::NumberHadEnough)),
            (Facts { of_org: 499, ..FACTS }, (Ok(()), Ok(()))),
            (Facts { of_org: 500, ..FACTS }, caller_only(Rule::OrgHadEnough)),
            (Facts { of_call: 5, ..FACTS }, caller_only(Rule::CallHadEnough)),
            (Facts { texting_enabled: false, opted_out: true, ..FACTS }, both(Rule::TextingIsOff)),
            (Facts { opted_out: true, of_org: 500, ..FACTS }, caller_only(Rule::OptedOut)),
        ];
        for (facts, (transactional, staff)) in table {
            assert_eq!(may_send(Class::Transactional, &facts, &LIMITS), transactional, "{facts:?}");
            assert_eq!(may_send(Class::Conversational, &facts, &LIMITS), transactional, "{facts:?}");
            assert_eq!(may_send(Class::Staff, &facts, &LIMITS), staff, "{facts:?}");
        }
    }

    #[test]
    fn a_limit_of_zero_lets_nothing_out_to_callers() {
        let none = Limits { per_org_per_day: 0, ..LIMITS };
        assert_eq!(may_send(Class::Transactional, &FACTS, &none), Err(Rule::OrgHadEnough));
    }

    #[test]
    fn every_rule_says_what_to_do() {
        let number = Rule::Number("country_not_allowed");
        for rule in [
            Rule::TextingIsOff,
            number,
            Rule::OptedOut,
            Rule::NumberUnreachable,
            Rule::NumberHadEnough,
            Rule::OrgHadEnough,
            Rule::CallHadEnough,
            Rule::TooLate,
        ] {
            assert!(rule.advice().ends_with('.') && rule.advice().contains("all"), "{rule:?}");
            assert!(!rule.code().contains(' '));
        }
    }
}
