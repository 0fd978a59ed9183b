//! Questions and answers that more than one tool says. A test holds every sentence to the rules of speech.

pub(super) mod clinic;
pub(super) mod clinical;
pub(super) mod human;
pub(super) mod openings;
pub(super) mod visits;

use jiff::civil::{Date, Time};
use voxanne_slots::Cause;

use crate::scheduling::Teller;
use crate::when::{DateQuestion, LocalTimeError, TimeQuestion, say_date, say_moment, say_time};

pub(super) const UNREADABLE: &str = "I didn't catch all of that. Could you please say it once more?";
pub(super) const UNKNOWN_TOOL: &str =
    "That isn't something I can do on this call. I can check times or book an appointment for you.";
pub(super) const TOO_SLOW: &str =
    "I'm sorry, that's taking longer than it should. Please ask me once more in a moment.";
pub(super) const UNEXPECTED: &str =
    "I'm sorry, I couldn't reach our calendar just now. Please ask me once more in a moment.";
pub(super) const CONTENDED: &str =
    "I'm sorry, somebody else is booking at this very moment. Please ask me for that time once more.";
pub(super) const BEING_CHANGED: &str =
    "I'm sorry, that visit is being changed at this very moment. Please ask me once more.";
pub(super) const DIFFERENT: &str =
    "I want to be sure I have that right. Could you please tell me once more what you'd like?";
pub(super) const TOO_MANY: &str = "I've tried quite a few times now. Our team can help you better, so please call us back during opening hours.";
pub(super) const CALL_OVER: &str =
    "This call has already ended, so nothing was changed. Please call us again.";
pub(super) const WHICH_DAY: &str = "Which day would you like to come in?";
pub(super) const WHICH_TIME: &str = "What time would you like to come in?";
pub(super) const WHICH_SERVICE: &str = "Which treatment would you like to book?";
pub(super) const WHICH_NAME: &str = "May I have your name for the appointment, please?";
pub(super) const WHICH_PHONE: &str = "What's the best phone number to reach you at, please?";
pub(super) const UNKNOWN_PRACTITIONER: &str =
    "I couldn't find anyone by that name here. Would you like the first person who is available?";
pub(super) const BAD_DURATION: &str =
    "I can't book a visit of that length. Shall I book the usual length instead?";
pub(super) const TOO_FAR_AHEAD: &str =
    "I'm sorry, we aren't booking that far ahead yet. Which other day would suit you?";
pub(super) const NO_SERVICES: &str =
    "We aren't taking bookings by phone yet. Please call back during opening hours.";
pub(super) const WHICH_NEW_TIME: &str = "Which day and time would you like instead?";
pub(super) const CANNOT_MOVE: &str = "I'm sorry, I can't move that visit myself. Our team can do it for you.";
pub(super) const NO_CALLER_ID: &str = "I can only put the number you're calling from on the waitlist, and I can't see it. Please call us from your own phone.";
pub(super) const LEAD_TEXTED: &str =
    "Thank you. I've just alerted our team, and they'll call you back as soon as they can.";
pub(super) const LEAD_NOTED: &str =
    "Thank you. I've put your details in front of our team so they can call you back.";

/// What a caller can follow, and what the wire takes in one line.
const WORDS_MAX: usize = 40;
const CHARS_MAX: usize = 300;

/// Whether a sentence of the clinic's own words is short enough to be said.
fn fits(said: &str) -> bool {
    said.split_whitespace().count() <= WORDS_MAX && said.chars().count() <= CHARS_MAX
}

/// A caller's own words for something, repeated to them: letters, digits and spaces only, and not a speech.
pub(super) fn plain_words(said: &str) -> String {
    let plain: String =
        said.chars().map(|c| if c.is_alphanumeric() || "-'&".contains(c) { c } else { ' ' }).collect();
    plain.split_whitespace().take(5).collect::<Vec<_>>().join(" ").chars().take(40).collect()
}

/// "a", "a and b", "a, b, and c".
fn list(items: &[String]) -> String {
    match items {
        [first, second] => format!("{first} and {second}"),
        [first @ .., last] if !first.is_empty() => format!("{}, and {last}", first.join(", ")),
        _ => items.concat(),
    }
}

/// A wrong year is corrected to a day at most this many days ahead.
const NEAR_DAYS: i32 = 300;

/// Asks about a date that was not understood, is past, or can mean two days.
pub(super) fn ask_date(question: DateQuestion, today: Date) -> String {
    // A day long ahead is no likely meaning of one that has just passed.
    let is_near = |ahead: Date| today.until(ahead).is_ok_and(|span| span.get_days() <= NEAR_DAYS);
    match question {
        DateQuestion::Unclear => {
            "I didn't catch which day you meant. Could you say the day once more?".into()
        }
        DateQuestion::Impossible => "That day isn't in the calendar. Which day did you mean?".into(),
        DateQuestion::Past { same_day_ahead: Some(ahead), .. } if is_near(ahead) => {
            format!("That day has already passed. Did you mean {}?", say_date(ahead))
        }
        DateQuestion::Past { .. } => "That day has already passed. Which day would you like instead?".into(),
        DateQuestion::TwoReadings(one, other) => {
            format!("Did you mean {} or {}?", say_date(one), say_date(other))
        }
    }
}

/// Asks about a time that was not understood or can mean two.
pub(super) fn ask_time(question: TimeQuestion) -> String {
    match question {
        TimeQuestion::Unclear => "I didn't catch the time. What time would you like?".into(),
        TimeQuestion::Impossible => "That isn't a time of day. What time would you like?".into(),
        TimeQuestion::TwoReadings(one, other) => {
            format!("Did you mean {} or {}?", say_time(one), say_time(other))
        }
    }
}

/// Asks about a wall time that a clock change skips or repeats.
pub(super) fn ask_clock_change(error: &LocalTimeError, date: Date, time: Time) -> String {
    match error {
        LocalTimeError::DoesNotExist => format!(
            "The clocks change on {}, so {} doesn't exist that day. Which other time would you like?",
            say_date(date),
            say_time(time)
        ),
        LocalTimeError::Twice(first, _) => {
            format!(
                "The clocks go back then, so {} happens twice. Would a different time suit you?",
                say_moment(first)
            )
        }
    }
}

/// Somebody who works here and does not do this.
pub(super) fn does_something_else(name: &str, service: &str) -> String {
    format!("{name} doesn't do {service} here. Would you like the first person who does?")
}

/// Somebody who does this at another site.
pub(super) fn works_elsewhere(name: &str, site: &str) -> String {
    format!("{name} doesn't work here, but at {site}. Would you like the first person who is available here?")
}

/// A treatment that nobody gives at this site, and one where somebody does.
pub(super) fn not_given_here(service: &str, site: Option<&str>) -> String {
    match site {
        Some(site) => format!(
            "We don't offer {service} here, but we do at {site}. Shall our team call you to book it there?"
        ),
        None => format!("We don't offer {service} at the moment. Is there another treatment you'd like?"),
    }
}

/// The one who was asked for cannot be had.
pub(super) fn somebody_else(why: &str) -> String {
    format!("{why} Would you like the first person who is available?")
}

/// Open times of a day.
pub(super) fn open_times(date: Date, times: &[Time], spoken_max: usize) -> String {
    format!(
        "For {}, I have availability at {}. Which time works best for you?",
        say_date(date),
        crate::when::say_times(times, spoken_max)
    )
}

/// Nothing in the part of the day that was asked for, but something else.
pub(super) fn other_times(date: Date, times: &[Time], spoken_max: usize) -> String {
    format!(
        "I have nothing at that time of day on {}, but I do have {}. Would one of those work?",
        say_date(date),
        crate::when::say_times(times, spoken_max)
    )
}

/// A day without openings, and the nearest one that has some.
///
/// `with` is the practitioner who was asked for: with none of their days in sight, somebody else is offered.
pub(super) fn no_openings(
    date: Date,
    is_closed: bool,
    next: Option<(Date, Time)>,
    with: Option<&str>,
) -> String {
    let why = if is_closed { "we're closed" } else { "we have nothing left" };
    match (next, with) {
        (None, Some(name)) => format!(
            "I'm sorry, I don't see a time with {name} around {}. Would you like the first person who is available?",
            say_date(date)
        ),
        (Some((day, time)), _) => format!(
            "I'm sorry, {why} on {}. The nearest day with openings is {}, from {}; would that work?",
            say_date(date),
            say_date(day),
            say_time(time)
        ),
        (None, None) => format!("I'm sorry, {why} on {}. Which other day would suit you?", say_date(date)),
    }
}

/// Something that this person must have had, or had too lately, and the next step.
pub(super) fn needs_something_first(tell: &Teller<'_>, obstacle: &Cause) -> String {
    let why = tell.caller(obstacle);
    match obstacle {
        Cause::PrerequisiteMissing { service, .. } => format!("{why} {}", tell.shall_i_look(*service)),
        _ => format!("{why} Shall I look from then on?"),
    }
}

/// Every sentence of the tools, for the test that holds the rules.
pub const SENTENCES: fn() -> Vec<String> = samples;

fn samples() -> Vec<String> {
    let (date, later) = (jiff::civil::date(2026, 9, 23), jiff::civil::date(2026, 9, 30));
    let times: Vec<Time> = (9..18).map(|hour| jiff::civil::time(hour, 45, 0, 0)).collect();
    let mut all: Vec<String> = [
        UNREADABLE,
        UNKNOWN_TOOL,
        TOO_SLOW,
        UNEXPECTED,
        CONTENDED,
        BEING_CHANGED,
        DIFFERENT,
        TOO_MANY,
        CALL_OVER,
        WHICH_DAY,
        WHICH_TIME,
        WHICH_SERVICE,
        WHICH_NAME,
        WHICH_PHONE,
        UNKNOWN_PRACTITIONER,
        BAD_DURATION,
        NO_SERVICES,
        WHICH_NEW_TIME,
        CANNOT_MOVE,
        TOO_FAR_AHEAD,
        NO_CALLER_ID,
        LEAD_TEXTED,
        LEAD_NOTED,
    ]
    .map(str::to_owned)
    .to_vec();
    all.extend(
        [
            DateQuestion::Unclear,
            DateQuestion::Impossible,
            DateQuestion::Past { said: date, same_day_ahead: Some(later) },
            DateQuestion::Past { said: date, same_day_ahead: None },
            DateQuestion::TwoReadings(date, later),
        ]
        .map(|question| ask_date(question, date)),
    );
    all.push(somebody_else("I'm sorry, nobody is available for that at that time."));
    all.push(works_elsewhere("Dr. Maya Chen", "Downtown Studio"));
    all.extend([None, Some("Downtown Studio")].map(|site| not_given_here("Laser Hair Removal", site)));
    all.push(does_something_else("Dr. Maya Chen", "Laser Treatment"));
    let two = TimeQuestion::TwoReadings(jiff::civil::time(7, 0, 0, 0), jiff::civil::time(19, 0, 0, 0));
    all.extend([TimeQuestion::Unclear, TimeQuestion::Impossible, two].map(ask_time));
    all.push(ask_clock_change(&LocalTimeError::DoesNotExist, date, jiff::civil::time(2, 30, 0, 0)));
    for count in [1, 2, 5, 9] {
        all.push(open_times(date, &times[..count], 5));
        all.push(other_times(date, &times[..count], 3));
    }
    let next = Some((later, jiff::civil::time(16, 45, 0, 0)));
    all.extend([
        no_openings(date, true, next, None),
        no_openings(date, false, next, Some("Dr. Maya Chen")),
        no_openings(date, false, None, None),
        no_openings(date, false, None, Some("Dr. Maya Chen")),
    ]);
    all.extend(
        [clinic::samples(), clinical::samples(), human::samples(), openings::samples(), visits::samples()]
            .concat(),
    );
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_keeps_the_rules_of_speech() {
        for said in
            samples().into_iter().chain(crate::appointments::SENTENCES()).chain(crate::waitlist::SENTENCES())
        {
            crate::tools::run::assert_speakable(&said);
        }
    }
}
