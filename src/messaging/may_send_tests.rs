#![allow(clippy::unwrap_used, reason = "tests")]
use jiff::SignedDuration;

use super::*;

/// One case a line: class, moment, clinic's and number's zones, what is known, and the verdict. Made by an independent
/// program, not by the function under test.
const CASES: &str = include_str!("may_send_cases.txt");

pub(in crate::messaging) const LIMITS: Limits = Limits {
    per_number_per_day: 5,
    per_number_per_week: 20,
    marketing_per_week: 2,
    per_org_per_day: 500,
    per_org_per_hour: 300,
    per_prefix_per_hour: 60,
    per_call: 5,
};

/// Somebody who may get everything, by the clocks given.
fn anybody(clocks: &[TimeZone]) -> Recipient<'_> {
    Recipient {
        texting_enabled: true,
        number: Ok(()),
        opted_out: false,
        unreachable: false,
        consents: true,
        daytime: Daytime { from_hour: 8, to_hour: 21 },
        clocks,
        sent: Sent::default(),
        limits: LIMITS,
        leave_before: None,
    }
}

fn class(word: &str) -> Class {
    let all = [Class::Staff, Class::Transactional, Class::Conversational, Class::Marketing];
    all.into_iter().find(|class| class.as_str() == word).unwrap()
}

fn apply(contact: &mut Recipient<'_>, fact: &str) {
    let (name, value) = fact.split_once('=').unwrap_or((fact, ""));
    let count = || value.parse::<i64>().unwrap();
    match name {
        "off" => contact.texting_enabled = false,
        "premium" => contact.number = Err("premium_or_unknown_number"),
        "abroad" => contact.number = Err("country_not_allowed"),
        "stopped" => contact.opted_out = true,
        "landline" => contact.unreachable = true,
        "unasked" => contact.consents = false,
        "before" => contact.leave_before = Some(value.parse().unwrap()),
        "number_day" => contact.sent.to_number_day = count(),
        "number_week" => contact.sent.to_number_week = count(),
        "marketing_week" => contact.sent.marketing_week = count(),
        "org_day" => contact.sent.of_org_day = count(),
        "org_hour" => contact.sent.of_org_hour = count(),
        "prefix_hour" => contact.sent.to_prefix_hour = count(),
        "call" => contact.sent.of_call = count(),
        other => unreachable!("{other}"),
    }
}

#[test]
fn t13_t15_t16_every_case_of_the_table() {
    let cases: Vec<&str> = CASES.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(cases.len() >= 300, "{}", cases.len());
    for case in cases {
        let [who, moment, zones, facts, expected] = case.split('|').map(str::trim).collect::<Vec<_>>()[..]
        else {
            unreachable!("{case}")
        };
        let clocks: Vec<TimeZone> = zones.split(' ').map(|zone| TimeZone::get(zone).unwrap()).collect();
        let mut contact = anybody(&clocks);
        facts.split(' ').filter(|fact| !fact.is_empty()).for_each(|fact| apply(&mut contact, fact));
        let verdict = may_send(&contact, class(who), moment.parse().unwrap());
        let said = match verdict {
            Verdict::Wait(until) => format!("wait {until}"),
            other => other.stored(),
        };
        assert_eq!(said, expected, "{case}");
    }
}

#[test]
fn t13_nothing_but_transactional_leaves_to_people_at_night_whatever_the_clocks() {
    let zones =
        ["America/Los_Angeles", "America/New_York", "Pacific/Auckland", "Asia/Kathmandu", "America/St_Johns"];
    let zones: Vec<TimeZone> = zones.into_iter().map(|zone| TimeZone::get(zone).unwrap()).collect();
    for pair in zones.windows(2) {
        for start in ["2026-03-08T00:00:00Z", "2026-11-01T00:00:00Z", "2026-04-05T00:00:00Z"] {
            let start: Timestamp = start.parse().unwrap();
            for minute in (0..48 * 60).step_by(11) {
                let now = start + SignedDuration::from_mins(minute);
                let is_day = pair.iter().all(|zone| (8..21).contains(&zone.to_datetime(now).hour()));
                for class in [Class::Conversational, Class::Marketing] {
                    match may_send(&anybody(pair), class, now) {
                        Verdict::Allow(_) => assert!(is_day, "{now}"),
                        Verdict::Wait(until) => {
                            assert!(!is_day && until > now, "{now}");
                            assert_eq!(may_send(&anybody(pair), class, until), Verdict::Allow(class));
                        }
                        Verdict::Deny(rule) => assert_eq!(rule, Rule::TooLate, "{now}"),
                    }
                }
                assert_eq!(
                    may_send(&anybody(pair), Class::Transactional, now),
                    Verdict::Allow(Class::Transactional)
                );
            }
        }
    }
}

#[test]
fn a_limit_of_zero_lets_nothing_out_to_callers() {
    let clocks = [TimeZone::UTC];
    let none = Recipient { limits: Limits { per_org_per_day: 0, ..LIMITS }, ..anybody(&clocks) };
    let noon = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(12);
    assert_eq!(may_send(&none, Class::Transactional, noon), Verdict::Deny(Rule::OrgHadEnough));
    assert_eq!(may_send(&none, Class::Staff, noon), Verdict::Allow(Class::Staff));
}

#[test]
fn every_rule_says_what_to_do() {
    for rule in [
        Rule::TextingIsOff,
        Rule::TooLate,
        Rule::Number("country_not_allowed"),
        Rule::OptedOut,
        Rule::NumberUnreachable,
        Rule::NoConsent,
        Rule::NumberHadEnough,
        Rule::NumberHadEnoughThisWeek,
        Rule::MarketingHadEnough,
        Rule::OrgHadEnough,
        Rule::OrgTooFast,
        Rule::PrefixTooFast,
        Rule::CallHadEnough,
    ] {
        assert!(rule.advice().ends_with('.') && rule.advice().contains("all"), "{rule:?}");
        assert!(!rule.code().contains(' '));
    }
}
