//! What a caller hears about a booking. Exact wording is the product's; a test holds every sentence to the rules.

use jiff::Zoned;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use voxanne_slots::{Opening, Refusal};

use super::book::{BookError, Status};
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
        (Status::Scheduled, true) => format!(
            "Great! I've confirmed your {service} appointment for {moment}. You'll receive a text message confirmation shortly with all the details."
        ),
        (Status::Scheduled, false) => format!(
            "Great! I've confirmed your {service} appointment for {moment}. Please make a note of it, since I can't text you a confirmation."
        ),
        (Status::Pending, true) => format!(
            "I've scheduled your {service} appointment for {moment}. Our team will call you within 24 hours to confirm. You'll also receive a text confirmation."
        ),
        (Status::Pending, false) => format!(
            "I've scheduled your {service} appointment for {moment}. Our team will call you within 24 hours to confirm."
        ),
    }
}

/// Why a time cannot be had, and what can be.
pub fn refused_sentence(error: &BookError, zone: &TimeZone) -> String {
    match error {
        BookError::Refused { refusal, alternatives } => {
            format!("{} {}", reason(refusal, alternatives), offer(alternatives, zone))
        }
        BookError::HasAnotherVisit => {
            "You already have an appointment with us at that time. Our team can change it for you, or would another time suit you?".into()
        }
        BookError::TooMany(_) => {
            "I've already booked several visits on this call. Our team can help you with any more, so please call back another time.".into()
        }
        BookError::RulesChanged(_) | BookError::Unexpected(_) => UNEXPECTED.into(),
    }
}

/// Our own failure: nothing is claimed, and there is a next step.
const UNEXPECTED: &str =
    "I'm sorry, I couldn't reach our calendar just now. Please ask me once more in a moment.";

/// What another writer's claim amounts to.
pub(super) fn taken() -> Refusal {
    Refusal::ResourceBusy { resource: uuid::Uuid::nil(), until: None }
}

fn reason(refusal: &Refusal, alternatives: &[Opening]) -> &'static str {
    match refusal {
        Refusal::InThePast => "I'm sorry, that time has already passed.",
        Refusal::TooSoon { .. } => "I'm sorry, that's too soon for us to prepare.",
        Refusal::BeyondHorizon { .. } => "I'm sorry, we aren't booking that far ahead yet.",
        Refusal::ClosedThatDay => "I'm sorry, we're closed that day.",
        Refusal::OutsideHours { .. } => "I'm sorry, that's outside our opening hours.",
        Refusal::NobodyWorks => "I'm sorry, nobody is available for that at that time.",
        Refusal::PractitionerBusy { .. } | Refusal::ResourceBusy { .. } if alternatives.is_empty() => {
            "I'm sorry, that time is taken."
        }
        Refusal::PractitionerBusy { .. } | Refusal::ResourceBusy { .. } => {
            "I'm sorry, that time was just taken."
        }
        Refusal::NoResource => "I'm sorry, we can't offer that here at the moment.",
    }
}

fn offer(alternatives: &[Opening], zone: &TimeZone) -> String {
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
    let refusals = [
        Refusal::InThePast,
        Refusal::TooSoon { earliest: starts_at.timestamp() },
        Refusal::BeyondHorizon { latest: starts_at.date() },
        Refusal::ClosedThatDay,
        Refusal::OutsideHours { spans: Vec::new() },
        Refusal::NobodyWorks,
        taken(),
        Refusal::NoResource,
    ];
    let mut all: Vec<String> = Vec::new();
    for (status, text) in [
        (Status::Scheduled, true),
        (Status::Scheduled, false),
        (Status::Pending, true),
        (Status::Pending, false),
    ] {
        all.push(booked_sentence("Botox", &starts_at, status, text));
    }
    for refusal in refusals {
        for count in [0, 1, 3] {
            let alternatives = (0..count).map(opening).collect();
            all.push(refused_sentence(&BookError::Refused { refusal: refusal.clone(), alternatives }, &zone));
        }
    }
    all.push(refused_sentence(&BookError::TooMany(3), &zone));
    all.push(refused_sentence(&BookError::HasAnotherVisit, &zone));
    all.push(UNEXPECTED.into());
    all
}
