//! A caller's own visits, and a time that is held for one.

use jiff::Zoned;

use super::{fits, list, plain_words};
use crate::appointments::Appointment;
use crate::when::say_moment;

pub(in crate::tools) const NUMBER_HIDDEN: &str =
    "I can't see a number to look that up by. Would you like our team to call you back?";
pub(in crate::tools) const NO_VISITS: &str =
    "I don't see any visits ahead under the number you're calling from. Would you like to book one?";

pub(in crate::tools) const NOTHING_TO_CHANGE: &str =
    "I don't see an upcoming visit for the number you're calling from. Shall I have our team look into it?";

pub(in crate::tools) const HAS_ANOTHER: &str =
    "You have another appointment with us at that time. Would a different time suit you?";

/// More than this and a caller stops listening.
const VISITS_SPOKEN_MAX: usize = 3;

/// Several of the caller's visits, and the question which is meant.
pub(in crate::tools) fn which(visits: &[&Appointment]) -> String {
    format!("I see {}. Which one do you mean?", say(visits))
}

/// What was said fits none of the caller's visits.
pub(in crate::tools) fn no_such(visits: &[&Appointment]) -> String {
    format!("I don't see that one, but I do see {}. Do you mean that?", say(visits))
}

/// "your Botox on Thursday, December 3rd at 2 PM and your HydraFacial on …": as many as can be said.
fn say(visits: &[&Appointment]) -> String {
    let said: Vec<String> = visits
        .iter()
        .take(VISITS_SPOKEN_MAX)
        .map(|visit| format!("your {} on {}", plain_words(&visit.service_name), say_moment(&visit.starts_at)))
        .collect();
    list(&said)
}

/// "You have one visit ahead: Botox on Thursday, December 3rd at 2 PM."
///
/// `all` may hold fewer than `count`: the nearest. Each is what, when, and where if that is not where they called.
pub(in crate::tools) fn ahead(all: &[(String, Zoned, Option<&str>)], count: usize) -> String {
    let say = |(service, at, location): &(String, Zoned, Option<&str>)| {
        let place = location.map(|name| format!(" at {name}")).unwrap_or_default();
        format!("{service} on {}{place}", say_moment(at))
    };
    let mut said = NO_VISITS.to_owned();
    for shown in (1..=VISITS_SPOKEN_MAX.min(all.len())).rev() {
        let mut visits: Vec<String> = all[..shown].iter().map(say).collect();
        if count > shown {
            visits.push(format!("{} more", count - shown));
        }
        let visits = list(&visits);
        said = match count {
            1 => format!("You have one visit ahead: {visits}."),
            count => format!("You have {count} visits ahead: {visits}."),
        };
        if fits(&said) {
            break;
        }
    }
    said
}

/// A visit that was to go where it is.
pub(in crate::tools) fn is_then_already(service: &str, at: &Zoned) -> String {
    let service = plain_words(service);
    format!("Your {service} appointment is on {} already. Would you like a different time?", say_moment(at))
}

/// The exact words to say yes or no to, when the time is kept for the caller meanwhile.
pub(in crate::tools) fn held(service: &str, at: &Zoned) -> String {
    format!("I'm holding {} for your {service} appointment. Shall I book it?", say_moment(at))
}

/// The same words for a time that nothing keeps.
pub(in crate::tools) fn read_back(service: &str, at: &Zoned) -> String {
    format!("That would be {} for your {service} appointment. Shall I book it?", say_moment(at))
}

pub(super) fn samples() -> Vec<String> {
    let Ok(at) = jiff::civil::date(2026, 9, 23).at(10, 45, 0, 0).in_tz("America/Los_Angeles") else {
        return Vec::new();
    };
    let visit = |location| ("Laser Hair Removal Full Legs".to_owned(), at.clone(), location);
    let all = [visit(None), visit(Some("Downtown Studio")), visit(None)];
    let mut samples = vec![
        NUMBER_HIDDEN.to_owned(),
        NO_VISITS.to_owned(),
        NOTHING_TO_CHANGE.to_owned(),
        HAS_ANOTHER.to_owned(),
        is_then_already("Botox", &at),
        held("Botox", &at),
        read_back("Botox", &at),
    ];
    samples.extend([1, 2, 3, 9].map(|count| ahead(&all[..count.min(3)], count)));
    samples
}
