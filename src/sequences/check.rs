//! What is wrong with a sequence, before it is kept.

use super::sequence::{SequenceFields, Step, Trigger};
use crate::language::Language;
use crate::messaging::wording::{self, Letterhead, Placeholder, Premises, Template};
use crate::platform::app::App;
use crate::scheduling::RuleBook;

/// A field, and what follows its name in a sentence.
pub(super) struct Wrong {
    pub field: String,
    pub wrong: String,
}

impl Wrong {
    fn new(field: impl Into<String>, wrong: impl Into<String>) -> Self {
        Self { field: field.into(), wrong: wrong.into() }
    }
}

/// The first thing that keeps the sequence from being what anybody could mean.
pub(super) fn check(app: &App, book: &RuleBook, fields: &SequenceFields) -> Result<(), Wrong> {
    match (fields.trigger, fields.lapsed_days) {
        (Trigger::Lapsed, None) => return Err(Wrong::new("lapsed_days", "is missing")),
        (Trigger::NoBooking | Trigger::AfterVisit, Some(_)) => {
            return Err(Wrong::new("lapsed_days", "is only of lapsed"));
        }
        _ => {}
    }
    if fields.trigger == Trigger::NoBooking && !fields.services.is_empty() {
        return Err(Wrong::new("services", "must be empty: a call without a booking is of no service"));
    }
    for (nth, id) in fields.services.iter().enumerate() {
        if book.service(id.0).is_none() {
            return Err(Wrong::new(format!("services[{nth}]"), "is no service that is booked"));
        }
    }
    if fields.steps.is_empty() {
        return Err(Wrong::new("steps", "must have at least one entry"));
    }
    in_order(&fields.steps, fields.max_days.get())?;
    for (nth, step) in fields.steps.iter().enumerate() {
        words(app, book, fields.trigger, (nth, step))?;
    }
    Ok(())
}

/// Minutes come before days, each later than the one before, and all before the run ends.
fn in_order(steps: &[Step], max_days: i32) -> Result<(), Wrong> {
    let mut before = (0, 0);
    for (nth, step) in steps.iter().enumerate() {
        let at = |name| format!("steps[{nth}].{name}");
        let place = match (step.after_minutes, step.after_days) {
            (Some(_), None) if step.at_hour.is_some() => {
                return Err(Wrong::new(at("at_hour"), "goes with after_days"));
            }
            (Some(minutes), None) => (0, minutes.get()),
            (None, Some(days)) => (days.get(), 0),
            _ => return Err(Wrong::new(at("after_days"), "or after_minutes must be given, one of both")),
        };
        let name = if place.0 == 0 { "after_minutes" } else { "after_days" };
        if place <= before {
            return Err(Wrong::new(at(name), "must be later than that of the step before"));
        }
        if place.0 >= max_days {
            return Err(Wrong::new(at(name), "must be less than max_days"));
        }
        before = place;
    }
    Ok(())
}

fn words(app: &App, book: &RuleBook, trigger: Trigger, (nth, step): (usize, &Step)) -> Result<(), Wrong> {
    if step.words.each().next().is_none() {
        return Err(Wrong::new(format!("steps[{nth}].words"), "must have en or es"));
    }
    let treatments: Vec<&str> =
        book.services.iter().filter(|s| !s.is_other).map(|s| s.name.as_str()).collect();
    let own_host = host(&app.config.server.public_url);
    for (language, body) in step.words.each() {
        let field = || format!("steps[{nth}].words.{language}");
        let heads = heads(book, language);
        let premises = Premises { heads: &heads, treatments: &treatments, link: None, own_host };
        let checked = wording::check_step(body, &premises);
        if let Some(flaw) = checked.flaws.first() {
            return Err(Wrong::new(field(), format!("cannot be sent: {flaw}")));
        }
        if !checked.is_signed {
            return Err(Wrong::new(field(), "must say who it is from: {clinic}"));
        }
        let names_service = Template::read(body).placeholders().any(|place| place == Placeholder::Service);
        if trigger == Trigger::NoBooking && names_service {
            return Err(Wrong::new(field(), "cannot hold {service}: a call without a booking is of none"));
        }
    }
    Ok(())
}

/// One of each site.
fn heads(book: &RuleBook, language: Language) -> Vec<Letterhead<'_>> {
    book.locations.iter().map(|location| book.letterhead(location, language)).collect()
}

/// The host of a public address, without its port.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', ':']).next().unwrap_or_default()
}
