//! Why a time cannot be had, in words: one sentence for a caller, one line for a receptionist.

use std::collections::HashMap;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde_json::{Value, json};
use uuid::Uuid;
use voxanne_slots::Cause;

use super::rule_book::RuleBook;
use crate::language::Language;
use crate::when::{say_date, say_time};

/// Turns causes into words with the org's own names, in one zone.
#[derive(Debug, Clone)]
pub struct Teller<'b> {
    names: HashMap<Uuid, &'b str>,
    zone: &'b TimeZone,
    /// Of the words for staff. Callers are spoken to in English.
    language: Language,
}

impl<'b> Teller<'b> {
    /// For an org's refusals at a location in `zone`.
    pub fn new(book: &'b RuleBook, zone: &'b TimeZone) -> Self {
        let people = book.practitioners.iter().map(|p| (p.id.0, p.name.as_str()));
        let things = book.things.iter().map(|(id, name)| (id.0, name.as_str()));
        let services = book.services.iter().map(|s| (s.id.0, s.name.as_str()));
        let names = people.chain(things).chain(services).collect();
        Self { names, zone, language: Language::English }
    }

    /// For samples: generic words for every name.
    pub fn nameless(zone: &'b TimeZone) -> Self {
        Self { names: HashMap::new(), zone, language: Language::English }
    }

    /// The same for staff who read this language.
    #[must_use]
    pub fn speaking(self, language: Language) -> Self {
        Self { language, ..self }
    }

    /// What a caller hears: what is in the way, and nothing about any other person.
    pub fn caller(&self, cause: &Cause) -> String {
        match cause {
            Cause::InThePast => "I'm sorry, that time has already passed.".into(),
            Cause::TooSoon { .. } => "I'm sorry, that's too soon for us to prepare.".into(),
            Cause::BeyondHorizon { .. } => "I'm sorry, we aren't booking that far ahead yet.".into(),
            Cause::ClosedThatDay => "I'm sorry, we're closed that day.".into(),
            Cause::OutsideHours { .. } => "I'm sorry, that's outside our opening hours.".into(),
            Cause::ServiceFull { .. } => "I'm sorry, that day is full for this treatment.".into(),
            Cause::PrerequisiteMissing { service, valid_days } => {
                let first = self.service(*service);
                let a = article(first);
                match valid_days {
                    None => format!("For that you'd need {a} {first} with us first."),
                    Some(days) => format!("For that you'd need {a} {first} with us within {}.", span(*days)),
                }
            }
            Cause::TooCloseToAnotherVisit { earliest, .. } => {
                format!(
                    "That's too close to another visit of yours. The earliest day would be {}.",
                    say_date(*earliest)
                )
            }
            Cause::NoSupervisor
            | Cause::NobodyEligible
            | Cause::LicenceExpired { .. }
            | Cause::NotWorking { .. }
            | Cause::Away { .. } => "I'm sorry, nobody is available for that at that time.".into(),
            Cause::PractitionerFull { .. } => "I'm sorry, everyone is fully booked that day.".into(),
            Cause::PractitionerBusy { until, .. } => {
                format!("I'm sorry, everyone is with somebody until {}.", self.time(*until))
            }
            Cause::BusyElsewhere { .. } => {
                "I'm sorry, there is something else in the calendar at that time.".into()
            }
            Cause::ResourceBusy { resource, until: Some(until), .. } => {
                format!("I'm sorry, the {} is in use until {}.", self.thing(*resource), self.time(*until))
            }
            Cause::ResourceBusy { .. } => "I'm sorry, that time is taken.".into(),
            Cause::NoResource { .. } => "I'm sorry, we can't offer that here at the moment.".into(),
        }
    }

    /// The next step where something must come first.
    pub fn shall_i_look(&self, required: Uuid) -> String {
        let first = self.service(required);
        format!("Shall I look for {} {first} first?", article(first))
    }

    /// What a receptionist reads: names, numbers and what would change it.
    pub fn staff(&self, cause: &Cause) -> String {
        match cause {
            Cause::InThePast => "The time has passed.".into(),
            Cause::TooSoon { earliest } => {
                format!("Inside the minimum notice: bookable from {}.", self.moment(*earliest))
            }
            Cause::BeyondHorizon { latest } => {
                format!("Beyond the booking horizon: {latest} is the last day.")
            }
            Cause::ClosedThatDay => "The location is closed that day.".into(),
            Cause::OutsideHours { spans } => {
                let spans =
                    spans.iter().map(|s| format!("{}-{}", clock(s.opens_minute()), clock(s.closes_minute())));
                format!("Outside the location's hours that day: {}.", spans.collect::<Vec<_>>().join(", "))
            }
            Cause::ServiceFull { date, cap } => {
                format!("The service is capped at {cap} visits a day, and {date} has them.")
            }
            Cause::PrerequisiteMissing { service, valid_days } => {
                let within = valid_days.map(|days| format!(" within {days} days before")).unwrap_or_default();
                format!("The person has had no {}{within}.", self.service(*service))
            }
            Cause::TooCloseToAnotherVisit { visit_at, days, earliest } => format!(
                "Less than {days} days from their visit of {}: {earliest} is the first day after it.",
                self.moment(*visit_at)
            ),
            Cause::NoSupervisor => "Nobody who supervises is on site for the whole visit.".into(),
            Cause::NobodyEligible => "No practitioner is allowed to give this service here.".into(),
            Cause::LicenceExpired { practitioner, last_date } => {
                format!("The license of {} ends on {last_date}.", self.person(*practitioner))
            }
            Cause::NotWorking { practitioner, windows } if windows.is_empty() => {
                format!("{} does not work that day.", self.person(*practitioner))
            }
            Cause::NotWorking { practitioner, windows } => {
                let spans =
                    windows.iter().map(|(from, to)| format!("{}-{}", self.time(*from), self.time(*to)));
                let spans = spans.collect::<Vec<_>>().join(", ");
                format!("{} works {spans} that day.", self.person(*practitioner))
            }
            Cause::Away { practitioner, until } => {
                format!("{} is away until {}.", self.person(*practitioner), self.moment(*until))
            }
            Cause::PractitionerFull { practitioner, date, cap } => {
                format!(
                    "{} takes {cap} visits a day at most, and has them on {date}.",
                    self.person(*practitioner)
                )
            }
            Cause::PractitionerBusy { practitioner, until } => {
                let (who, until) = (self.person(*practitioner), self.time(*until));
                format!("{who} is booked until {until}, buffers included.")
            }
            Cause::BusyElsewhere { practitioner, until } => {
                let (who, until) = (self.person(*practitioner), self.time(*until));
                format!("{who} has something else in the calendar until {until}.")
            }
            Cause::ResourceBusy { resource, until: Some(until), .. } => {
                format!("{} is in use or being cleaned until {}.", self.thing(*resource), self.time(*until))
            }
            Cause::ResourceBusy { resource, .. } => {
                format!("{} is needed twice by this very visit.", self.thing(*resource))
            }
            Cause::NoResource { need } => {
                format!("Nothing in service meets need {} of the service.", need + 1)
            }
        }
    }

    /// The cause as data: `code`, what it is about, and both sentences.
    pub fn data(&self, cause: &Cause) -> Value {
        let mut data = facts(cause);
        data["caller"] = self.caller(cause).into();
        data["staff"] = match self.language {
            Language::English => self.staff(cause),
            Language::Spanish => self.staff_in_spanish(cause),
        }
        .into();
        data
    }

    pub(super) fn person(&self, id: Uuid) -> &str {
        self.named(id, "The practitioner", "La persona que atiende")
    }

    pub(super) fn thing(&self, id: Uuid) -> &str {
        self.named(id, "room", "La sala")
    }

    pub(super) fn service(&self, id: Uuid) -> &str {
        self.named(id, "consultation", "la consulta previa")
    }

    fn named(&self, id: Uuid, english: &'static str, spanish: &'static str) -> &str {
        let nameless = if self.language == Language::Spanish { spanish } else { english };
        self.names.get(&id).copied().unwrap_or(nameless)
    }

    pub(super) fn local(&self, at: Timestamp) -> Zoned {
        at.to_zoned(self.zone.clone())
    }

    fn time(&self, at: Timestamp) -> String {
        say_time(self.local(at).time())
    }

    fn moment(&self, at: Timestamp) -> String {
        let local = self.local(at);
        format!("{} {}", local.date(), say_time(local.time()))
    }
}

/// Every cause as a code with its facts; ids as they are on the wire.
fn facts(cause: &Cause) -> Value {
    let resource = |id: &Uuid| crate::platform::ids::ResourceId(*id).to_string();
    let service = |id: &Uuid| crate::platform::ids::ServiceId(*id).to_string();
    match cause {
        Cause::InThePast => json!({"code": "in_the_past"}),
        Cause::TooSoon { earliest } => json!({"code": "too_soon", "earliest": earliest}),
        Cause::BeyondHorizon { latest } => json!({"code": "beyond_horizon", "latest": latest}),
        Cause::ClosedThatDay => json!({"code": "closed_that_day"}),
        Cause::OutsideHours { spans } => {
            let open: Vec<_> =
                spans.iter().map(|s| [clock(s.opens_minute()), clock(s.closes_minute())]).collect();
            json!({"code": "outside_hours", "open": open})
        }
        Cause::ServiceFull { date, cap } => json!({"code": "service_full", "date": date, "cap": cap}),
        Cause::PrerequisiteMissing { service: id, valid_days } => {
            json!({"code": "prerequisite_missing", "service": service(id), "valid_days": valid_days})
        }
        Cause::TooCloseToAnotherVisit { visit_at, days, earliest } => {
            json!({"code": "too_close_to_another_visit", "visit_at": visit_at, "days": days, "earliest": earliest})
        }
        Cause::NoSupervisor => json!({"code": "no_supervisor"}),
        Cause::NobodyEligible => json!({"code": "nobody_eligible"}),
        Cause::LicenceExpired { practitioner, last_date } => {
            json!({"code": "licence_expired", "practitioner": resource(practitioner), "last_date": last_date})
        }
        Cause::NotWorking { practitioner, windows } => {
            json!({"code": "not_working", "practitioner": resource(practitioner), "works": windows})
        }
        Cause::Away { practitioner, until } => {
            json!({"code": "away", "practitioner": resource(practitioner), "until": until})
        }
        Cause::PractitionerFull { practitioner, date, cap } => {
            json!({"code": "practitioner_full", "practitioner": resource(practitioner), "date": date, "cap": cap})
        }
        Cause::PractitionerBusy { practitioner, until } => {
            json!({"code": "practitioner_busy", "practitioner": resource(practitioner), "until": until})
        }
        Cause::BusyElsewhere { practitioner, until } => {
            json!({"code": "busy_elsewhere", "practitioner": resource(practitioner), "until": until})
        }
        Cause::ResourceBusy { resource: id, need, until } => {
            json!({"code": "resource_busy", "resource": resource(id), "need": need, "until": until})
        }
        Cause::NoResource { need } => json!({"code": "no_resource", "need": need}),
    }
}

/// `09:30`, for receptionists and programs.
pub(super) fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(|c: char| "AEIOaeio".contains(c)) { "an" } else { "a" }
}

/// How long something counts, for speech.
fn span(days: u16) -> String {
    match days {
        365 | 366 => "the last year".into(),
        days if days % 365 == 0 => format!("the last {} years", days / 365),
        days if days % 30 == 0 && days > 30 => format!("the last {} months", days / 30),
        days => format!("the last {days} days"),
    }
}
