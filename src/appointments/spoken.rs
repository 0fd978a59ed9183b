//! What a caller hears about a booking. Exact wording is the product's; a test holds every sentence to the rules.

use jiff::Zoned;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use voxanne_slots::{Cause, Opening, Refusal};

use super::appointment::Status;
use super::book::BookError;
use super::change::ChangeError;
use crate::scheduling::Teller;
use crate::when::{say_date, say_moment, say_times};

/// The booking stands; the promise of a text is made only when the text is queued.
pub(super) fn booked_sentence(
    service: &str,
    starts_at: &Zoned,
    status: Status,
    is_text_queued: bool,
) -> String {
    let moment = say_moment(starts_at);
    match (status, is_text_queued) {
        (Status::Pending, true) => format!(
            "I've scheduled your {service} appointment for {moment}. Our team will call you within 24 hours to confirm. You'll also receive a text confirmation."
        ),
        (Status::Pending, false) => format!(
            "I've scheduled your {service} appointment for {moment}. Our team will call you within 24 hours to confirm."
        ),
        (_, true) => format!(
            "Great! I've confirmed your {service} appointment for {moment}. You'll receive a text message confirmation shortly with all the details."
        ),
        (_, false) => format!(
            "Great! I've confirmed your {service} appointment for {moment}. Please make a note of it, since I can't text you a confirmation."
        ),
    }
}

/// The visit is at its new time.
pub(super) fn moved_sentence(
    service: &str,
    starts_at: &Zoned,
    (status, is_text_queued): (Status, bool),
    fee: Option<&str>,
) -> String {
    let moved = format!("I've moved your {service} appointment to {}.", say_moment(starts_at));
    let next = match (status, is_text_queued) {
        (Status::Pending, _) => "Our team will still call you to confirm it.",
        (_, true) => "You'll receive a text with the new time shortly.",
        (_, false) => "Please make a note of it, since I can't text you the new time.",
    };
    with_fee(format!("{moved} {next}"), fee)
}

/// The visit is called off.
pub(super) fn cancelled_sentence(
    service: &str,
    starts_at: &Zoned,
    is_text_queued: bool,
    fee: Option<&str>,
) -> String {
    let cancelled = format!("I've cancelled your {service} appointment for {}.", say_moment(starts_at));
    let text = if is_text_queued { " You'll receive a text to confirm that." } else { "" };
    with_fee(cancelled + text, fee)
}

fn with_fee(said: String, fee: Option<&str>) -> String {
    match fee {
        Some(fee) => format!("{said} {fee}"),
        None => said,
    }
}

/// Why a visit stays as it is.
pub fn unchanged_sentence(error: &ChangeError, tell: &Teller<'_>, zone: &TimeZone) -> String {
    match error {
        ChangeError::Refused { refusal, alternatives } => {
            let cause = refusal.first();
            format!("{} {}", reason(cause, alternatives, tell), offer(cause, alternatives, tell, zone))
        }
        ChangeError::NotFound | ChangeError::NotAhead(_) | ChangeError::IllegalState { .. } => {
            "I'm sorry, that visit can't be changed any more. Our team can help you with it.".into()
        }
        ChangeError::VersionConflict { .. } => {
            "I'm sorry, that visit is being changed at this very moment. Please ask me once more.".into()
        }
        ChangeError::NoLongerOffered | ChangeError::NotNeeded | ChangeError::NotBegun => {
            "I'm sorry, I can't move that visit myself. Our team can do it for you.".into()
        }
        ChangeError::RulesChanged(_) | ChangeError::CalendarUnknown(_) | ChangeError::Unexpected(_) => {
            UNEXPECTED.into()
        }
    }
}

/// Why a time cannot be had, and what can be.
pub fn refused_sentence(error: &BookError, tell: &Teller<'_>, zone: &TimeZone) -> String {
    match error {
        BookError::Refused { refusal, alternatives } => {
            let cause = refusal.first();
            format!("{} {}", reason(cause, alternatives, tell), offer(cause, alternatives, tell, zone))
        }
        BookError::HasAnotherVisit => {
            "You already have an appointment with us at that time. Our team can change it for you, or would another time suit you?".into()
        }
        BookError::TooMany(_) => {
            "I've already booked several visits on this call. Our team can help you with any more, so please call back another time.".into()
        }
        BookError::RulesChanged(_) | BookError::CalendarUnknown(_) | BookError::Unexpected(_) => UNEXPECTED.into(),
    }
}

/// Our own failure: nothing is claimed, and there is a next step.
const UNEXPECTED: &str =
    "I'm sorry, I couldn't reach our calendar just now. Please ask me once more in a moment.";

/// What another writer's claim amounts to.
pub(super) fn taken() -> Refusal {
    Refusal { causes: vec![Cause::ResourceBusy { resource: uuid::Uuid::nil(), need: 0, until: None }] }
}

fn reason(cause: &Cause, alternatives: &[Opening], tell: &Teller<'_>) -> String {
    match cause {
        // Until when is of no use to somebody who is offered other times.
        Cause::PractitionerBusy { .. } | Cause::ResourceBusy { .. } if alternatives.is_empty() => {
            "I'm sorry, that time is taken.".into()
        }
        Cause::PractitionerBusy { .. } | Cause::ResourceBusy { .. } => {
            "I'm sorry, that time was just taken.".into()
        }
        other => tell.caller(other),
    }
}

fn offer(cause: &Cause, alternatives: &[Opening], tell: &Teller<'_>, zone: &TimeZone) -> String {
    if let Cause::PrerequisiteMissing { service, .. } = cause {
        return tell.shall_i_look(*service);
    }
    let at: Vec<Zoned> = alternatives.iter().map(|o| o.starts_at.to_zoned(zone.clone())).collect();
    let Some(first) = at.first() else { return "Which other day would suit you?".into() };
    let same_day: Vec<Time> = at.iter().take_while(|z| z.date() == first.date()).map(Zoned::time).collect();
    let times = say_times(&same_day, same_day.len());
    let would = if same_day.len() == 1 { "Would that work?" } else { "Would one of those work?" };
    let would = would.trim_end_matches('?').to_lowercase();
    format!("On {} I have {times}; {would}?", say_date(first.date()))
}

/// Every sentence above, for the test that holds the rules.
pub const SENTENCES: fn() -> Vec<String> = samples;

fn samples() -> Vec<String> {
    let zone = TimeZone::get("America/Los_Angeles").unwrap_or(TimeZone::UTC);
    let start = jiff::civil::date(2026, 2, 1).at(14, 0, 0, 0);
    let Ok(starts_at) = start.to_zoned(zone.clone()) else { return Vec::new() };
    let opening = |hours: i64| {
        let starts_at = starts_at.timestamp() + jiff::SignedDuration::from_hours(hours);
        Opening { starts_at, ends_at: starts_at, practitioner: uuid::Uuid::nil() }
    };
    let nobody = uuid::Uuid::nil();
    let causes = [
        Cause::InThePast,
        Cause::TooSoon { earliest: starts_at.timestamp() },
        Cause::BeyondHorizon { latest: starts_at.date() },
        Cause::ClosedThatDay,
        Cause::OutsideHours { spans: Vec::new() },
        Cause::ServiceFull { date: starts_at.date(), cap: 2 },
        Cause::PrerequisiteMissing { service: nobody, valid_days: Some(365) },
        Cause::TooCloseToAnotherVisit {
            visit_at: starts_at.timestamp(),
            days: 28,
            earliest: starts_at.date(),
        },
        Cause::NoSupervisor,
        Cause::NobodyEligible,
        Cause::Away { practitioner: nobody, until: starts_at.timestamp() },
        Cause::PractitionerBusy { practitioner: nobody, until: starts_at.timestamp() },
        Cause::BusyElsewhere { practitioner: nobody, until: starts_at.timestamp() },
        Cause::ResourceBusy { resource: nobody, need: 0, until: None },
        Cause::NoResource { need: 0 },
    ];
    let tell = Teller::nameless(&zone);
    let mut all: Vec<String> = Vec::new();
    for (status, text) in [
        (Status::Scheduled, true),
        (Status::Scheduled, false),
        (Status::Pending, true),
        (Status::Pending, false),
    ] {
        all.push(booked_sentence("Botox", &starts_at, status, text));
    }
    let fee = Some("As this is short notice, a fee of $50 applies.");
    for (status, text) in [(Status::Scheduled, true), (Status::Scheduled, false), (Status::Pending, true)] {
        all.extend([None, fee].map(|fee| moved_sentence("Botox", &starts_at, (status, text), fee)));
        all.extend([None, fee].map(|fee| cancelled_sentence("Botox", &starts_at, text, fee)));
    }
    for error in [
        ChangeError::NotFound,
        ChangeError::NoLongerOffered,
        ChangeError::VersionConflict { current: 2, difference: serde_json::Map::new() },
    ] {
        all.push(unchanged_sentence(&error, &tell, &zone));
    }
    for cause in causes {
        for count in [0, 1, 3] {
            let alternatives = (0..count).map(opening).collect();
            let refusal = Refusal { causes: vec![cause.clone()] };
            all.push(refused_sentence(&BookError::Refused { refusal, alternatives }, &tell, &zone));
        }
    }
    all.push(refused_sentence(&BookError::TooMany(3), &tell, &zone));
    all.push(refused_sentence(&BookError::HasAnotherVisit, &tell, &zone));
    all.push(UNEXPECTED.into());
    all
}
