//! Which of their own visits a caller means.
//!
//! **Invariant.** Only the platform's caller id opens anything here, never a number that was said; and nothing about a
//! visit is told but its service and time.

use jiff::civil::{Date, Time};

use super::arguments::{Arguments, Names};
use super::run::Caller;
use super::speech::visits;
use crate::appointments::{self, Appointment};
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::scheduling::{self, Matched, RuleBook};
use crate::when::{self, PartOfDay};

/// The visits ahead of the verified caller, soonest first; a sentence when there is nobody to look up.
pub(super) async fn own_visits(
    app: &App,
    tx: &mut PgConnection,
    caller: &Caller,
) -> Result<Result<Vec<Appointment>, &'static str>, sqlx::Error> {
    let Some(phone) = caller.phone.as_ref().map(Phone::as_str) else {
        return Ok(Err(visits::NUMBER_HIDDEN));
    };
    appointments::ahead_of_phone(app, tx, caller.org, phone).await.map(Ok)
}

/// The one visit that the hint points at; a question when it points at none or at several.
pub(super) fn meant(
    app: &App,
    book: &RuleBook,
    all: &[Appointment],
    arguments: Arguments<'_>,
) -> Result<Appointment, String> {
    let Some(first) = all.first() else { return Err(visits::NOTHING_TO_CHANGE.into()) };
    let hint = Hint::new(app, first, arguments);
    let fitting: Vec<&Appointment> = all.iter().filter(|visit| hint.fits(book, visit)).collect();
    match fitting.as_slice() {
        [one] => Ok((*one).clone()),
        [_, .., last] if hint.place.is_some() => {
            let meant = match hint.place {
                Some(Place::Nth(index)) => fitting.get(index),
                Some(Place::Last) | None => Some(last),
            };
            meant.map(|visit| (*visit).clone()).ok_or_else(|| visits::which(&fitting))
        }
        [] if !hint.is_given() => Err(visits::which(&all.iter().collect::<Vec<_>>())),
        [] => Err(visits::no_such(&all.iter().collect::<Vec<_>>())),
        several => Err(visits::which(several)),
    }
}

/// What was said of a visit: a service, a day, a time, "the next one".
pub(super) struct Hint {
    said: String,
    days: Vec<Date>,
    times: Vec<Time>,
    part: PartOfDay,
    place: Option<Place>,
}

/// Which of several, in the order of their times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Nth(usize),
    Last,
}

impl Hint {
    /// Days are read in the visits' zone.
    pub(super) fn new(app: &App, visit: &Appointment, arguments: Arguments<'_>) -> Self {
        let said = arguments.text(Names::HINT).unwrap_or_default();
        let today = app.clock.now().to_zoned(visit.starts_at.time_zone().clone()).date();
        let (place, rest) = placed(&said);
        let part = rest.split_whitespace().find_map(|word| match word {
            "morning" | "afternoon" | "evening" => PartOfDay::parse(word),
            _ => None,
        });
        Self {
            days: when::dates_within(&rest, today),
            times: when::times_within(&rest),
            part: part.unwrap_or(PartOfDay::Any),
            place,
            said,
        }
    }

    pub(super) fn is_given(&self) -> bool {
        !self.said.is_empty()
    }

    /// Whether it says more than where the visit stands among others, which changes when one of them moves.
    pub(super) fn is_lasting(&self) -> bool {
        self.is_given() && self.place.is_none()
    }

    /// Whether it is true of the visit. What names neither a day nor a time nor a service is true of all.
    pub(super) fn fits(&self, book: &RuleBook, visit: &Appointment) -> bool {
        let service = match scheduling::match_service(book, &self.said) {
            Some(Matched::Known(service)) if self.is_given() => Some(service.id),
            _ => None,
        };
        let (day, time) = (visit.starts_at.date(), visit.starts_at.time());
        let is_then =
            if self.times.is_empty() { self.part.contains(time) } else { self.times.contains(&time) };
        (self.days.is_empty() || self.days.contains(&day))
            && is_then
            && service.is_none_or(|id| visit.service == id)
    }
}

/// "The second one", and whatever else was said. "One" is no number there, only behind "at".
fn placed(said: &str) -> (Option<Place>, String) {
    let clean = said.to_lowercase();
    let words: Vec<&str> =
        clean.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty()).collect();
    let (mut place, mut rest) = (None, Vec::new());
    for (at, word) in words.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| words[at]);
        let is_placed =
            words.get(at + 1).is_some_and(|next| matches!(*next, "one" | "visit" | "appointment"));
        match nth(word) {
            Some(nth) if is_placed && place.is_none() => place = Some(nth),
            _ if *word == "one" && before != Some("at") => {}
            _ => rest.push(*word),
        }
    }
    (place, rest.join(" "))
}

fn nth(word: &str) -> Option<Place> {
    match word {
        "first" | "next" | "earlier" | "earliest" | "sooner" | "soonest" => Some(Place::Nth(0)),
        "second" => Some(Place::Nth(1)),
        "third" => Some(Place::Nth(2)),
        "last" | "later" | "latest" => Some(Place::Last),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_among_several_is_no_day_of_the_month() {
        assert_eq!(placed("the second one"), (Some(Place::Nth(1)), "the".to_owned()));
        assert_eq!(placed("my last Botox"), (None, "my last botox".to_owned()));
        assert_eq!(placed("Botox, the earlier one"), (Some(Place::Nth(0)), "botox the".to_owned()));
        assert_eq!(placed("on December second"), (None, "on december second".to_owned()));
        assert_eq!(placed("the afternoon one"), (None, "the afternoon".to_owned()));
        assert_eq!(placed("the one at one"), (None, "the at one".to_owned()));
    }
}
