//! A person takes over, now or later. A call back is promised only for when somebody is there to make it.

use jiff::Zoned;
use jiff::civil::Time;

use crate::when::{say_date, say_time};

/// Said only when the assistant can transfer and somebody is there to answer.
pub(in crate::tools) const CONNECTING: &str =
    "Somebody from our team can take your call now. One moment, I'm connecting you.";

/// A weekday alone is clear up to here.
const DAYS_BY_NAME: i32 = 6;

/// When the team calls back.
#[derive(Debug, Clone)]
pub(in crate::tools) enum CallBack {
    /// The clinic is open, and long enough.
    Before(Zoned),
    /// When it opens next.
    From(Zoned),
    /// No opening hours are known.
    Sometime,
}

impl CallBack {
    /// "today before 6 PM", "when we open on Thursday at 9 AM".
    pub(in crate::tools) fn say(&self, now: &Zoned) -> String {
        match self {
            Self::Before(closes_at) if closes_at.time() == Time::midnight() => "today before midnight".into(),
            Self::Before(closes_at) => format!("today before {}", say_time(closes_at.time())),
            Self::From(opens_at) if opens_at.date() == now.date() => {
                format!("today, after {}", say_time(opens_at.time()))
            }
            Self::From(opens_at) => {
                let is_near =
                    now.date().until(opens_at.date()).is_ok_and(|span| span.get_days() <= DAYS_BY_NAME);
                let day =
                    if is_near { opens_at.strftime("%A").to_string() } else { say_date(opens_at.date()) };
                format!("when we open on {day} at {}", say_time(opens_at.time()))
            }
            Self::Sometime => "as soon as they can".into(),
        }
    }
}

/// The task is committed with this sentence.
pub(in crate::tools) fn call_back(when: &CallBack, now: &Zoned, is_caller_id: bool) -> String {
    let number = if is_caller_id { "the number you're calling from" } else { "the number you gave me" };
    format!("I've asked our team to call you back on {number} {}.", when.say(now))
}

pub(super) fn samples() -> Vec<String> {
    let at = |day, hour| jiff::civil::date(2026, 11, day).at(hour, 30, 0, 0).in_tz("America/Los_Angeles");
    let (Ok(now), Ok(today), Ok(soon), Ok(later)) = (at(18, 10), at(18, 18), at(19, 9), at(30, 9)) else {
        return Vec::new();
    };
    let times = [
        CallBack::Before(today.clone()),
        CallBack::From(today),
        CallBack::From(soon),
        CallBack::From(later),
        CallBack::Sometime,
    ];
    let said = times.iter().flat_map(|when| [true, false].map(|id| call_back(when, &now, id)));
    std::iter::once(CONNECTING.to_owned()).chain(said).collect()
}
