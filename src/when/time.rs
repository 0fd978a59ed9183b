//! Reads a spoken time of day.

use jiff::civil::Time;

use super::words::{self, Token};
use Token::{Mark, Number, Word};

/// Why a time cannot be taken as said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TimeQuestion {
    /// No time of day was understood.
    #[error("the time was not understood")]
    Unclear,
    /// No clock shows it: 24:00, 12:75.
    #[error("there is no such time")]
    Impossible,
    /// "at 2", "9:05": morning or afternoon, the earlier first.
    #[error("the time has two readings")]
    TwoReadings(Time, Time),
}

/// The time of day that was said.
pub fn parse_time(said: &str) -> Result<Time, TimeQuestion> {
    let lower = words::clean(said).ok_or(TimeQuestion::Unclear)?;
    let mut tokens = words::tokens(&lower).ok_or(TimeQuestion::Unclear)?;
    tokens.retain(|token| !matches!(token, Word("a" | "an")) && !token.word().is_some_and(words::is_filler));
    if let [Number { digits: 4, .. }, Mark('-'), Number { .. }, Mark('-'), Number { .. }, clock @ ..] =
        &tokens[..]
    {
        return timestamp_clock(clock);
    }
    // "ten, eleven" names two times, not 10:11.
    if tokens.windows(3).any(|three| matches!(three, [Number { .. }, Mark(','), Number { .. }])) {
        return Err(TimeQuestion::Unclear);
    }
    tokens.retain(|token| *token != Mark(','));
    let period = take_period(&mut tokens)?;
    let clock = around_the_hour(&tokens).or_else(|| on_the_clock(&tokens)).ok_or(TimeQuestion::Unclear)?;
    clock.settle(period)
}

/// The time of an ISO timestamp, from the `T` on. Zone and offset are ignored, see the module's policy.
pub(super) fn timestamp_clock(tokens: &[Token<'_>]) -> Result<Time, TimeQuestion> {
    let clock = match tokens {
        [Word("t"), clock @ ..] | clock => clock,
    };
    let clock = match clock {
        [clock @ .., Word("z")]
        | [clock @ .., Mark('+' | '-'), Number { digits: 2, .. }, Mark(':'), Number { digits: 2, .. }]
        | [clock @ .., Mark('+' | '-'), Number { digits: 2 | 4, .. }]
        | clock => clock,
    };
    match clock {
        [Number { value: hour, digits: 2 }, Mark(':'), Number { value: minute, digits: 2 }, seconds @ ..]
            if is_seconds(seconds) =>
        {
            Clock { hour: Hour::Of24(*hour), minutes: *minute, before: false }.settle(None)
        }
        _ => Err(TimeQuestion::Unclear),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Period {
    Am,
    Pm,
    Morning,
    Afternoon,
    Evening,
    Night,
}

impl Period {
    fn of(word: &str) -> Option<Self> {
        Some(match word {
            "am" => Self::Am,
            "pm" | "p" => Self::Pm,
            "morning" => Self::Morning,
            "afternoon" => Self::Afternoon,
            "evening" => Self::Evening,
            "night" | "tonight" => Self::Night,
            _ => return None,
        })
    }

    /// The hour of the day that `hour` means in this period, if people say it so.
    fn hour(self, hour: u32) -> Option<u32> {
        match (self, hour) {
            (Self::Am | Self::Night, 12) => Some(0),
            (Self::Pm, 1..=11)
            | (Self::Afternoon, 1..=7)
            | (Self::Evening, 4..=11)
            | (Self::Night, 6..=11) => Some(hour + 12),
            (Self::Am | Self::Morning, 0..=11)
            | (Self::Pm, 12..=23)
            | (Self::Afternoon, 12..=19)
            | (Self::Evening, 16..=23)
            | (Self::Night, 18..=23) => Some(hour),
            _ => None,
        }
    }
}

/// Takes "pm", "in the morning", "this evening" out of the tokens. "2 PM in the afternoon" is fine.
fn take_period(tokens: &mut Vec<Token<'_>>) -> Result<Option<Period>, TimeQuestion> {
    let mut period = None;
    while let Some((at, found)) = tokens
        .iter()
        .enumerate()
        .find_map(|(at, token)| token.word().and_then(Period::of).map(|found| (at, found)))
    {
        period = match (period, found) {
            (None, found) => Some(found),
            (Some(Period::Am | Period::Morning), Period::Am | Period::Morning) => Some(Period::Am),
            (Some(Period::Pm), later) if !matches!(later, Period::Am | Period::Morning) => Some(Period::Pm),
            _ => return Err(TimeQuestion::Unclear),
        };
        let from = if at > 0 && matches!(tokens[at - 1], Word("in" | "this")) { at - 1 } else { at };
        tokens.drain(from..=at);
    }
    Ok(period)
}

#[derive(Clone, Copy)]
enum Hour {
    /// As said: up to 12 it may be before or after noon.
    Said(u32),
    Of24(u32),
    Noon,
    Midnight,
}

/// An hour and the minutes past it, or before it ("quarter to").
struct Clock {
    hour: Hour,
    minutes: u32,
    before: bool,
}

impl Clock {
    fn past(hour: Hour, minutes: u32) -> Self {
        Self { hour, minutes, before: false }
    }

    fn settle(&self, period: Option<Period>) -> Result<Time, TimeQuestion> {
        let hour = match (self.hour, period) {
            (Hour::Noon, None | Some(Period::Pm | Period::Afternoon)) => 12,
            (Hour::Midnight, None | Some(Period::Am | Period::Morning | Period::Night)) => 0,
            (Hour::Said(24..) | Hour::Of24(24..), _) => return Err(TimeQuestion::Impossible),
            (Hour::Said(hour @ 1..=12), None) => {
                return Err(TimeQuestion::TwoReadings(self.at(hour % 12)?, self.at(hour % 12 + 12)?));
            }
            (Hour::Said(hour) | Hour::Of24(hour), None) => hour,
            (Hour::Said(hour) | Hour::Of24(hour), Some(period)) => {
                period.hour(hour).ok_or(TimeQuestion::Unclear)?
            }
            (Hour::Noon | Hour::Midnight, Some(_)) => return Err(TimeQuestion::Unclear),
        };
        self.at(hour)
    }

    fn at(&self, hour: u32) -> Result<Time, TimeQuestion> {
        const DAY: u32 = 24 * 60;
        if self.minutes >= 60 {
            return Err(TimeQuestion::Impossible);
        }
        let whole = hour * 60;
        let minute = if self.before { (whole + DAY - self.minutes) % DAY } else { whole + self.minutes };
        let small = |n: u32| i8::try_from(n).ok().ok_or(TimeQuestion::Impossible);
        Time::new(small(minute / 60)?, small(minute % 60)?, 0, 0).ok().ok_or(TimeQuestion::Impossible)
    }
}

/// "half past two", "quarter to five", "twenty minutes after nine", "ten of noon".
fn around_the_hour(tokens: &[Token<'_>]) -> Option<Clock> {
    let (minutes, plain, rest) = match tokens {
        [Word("half"), Word("past"), ..] => (30, false, &tokens[1..]),
        [Word("quarter"), rest @ ..] => (15, false, rest),
        [Number { value, digits: 0..=2 }, Word("minute" | "minutes"), rest @ ..] => (*value, false, rest),
        [Number { value, digits: 0..=2 }, rest @ ..] => (*value, true, rest),
        _ => return None,
    };
    let (before, hour) = match rest {
        [Word("past" | "after"), hour @ ..] => (false, hour),
        [Word("of" | "before"), hour @ ..] => (true, hour),
        // "Ten to eleven" is also a range; only what cannot be an hour may stand alone before "to".
        [Word("to" | "till" | "til" | "until"), hour @ ..] if !plain || minutes > 12 => (true, hour),
        _ => return None,
    };
    let hour = match hour {
        [Word("noon" | "midday")] => Hour::Noon,
        [Word("midnight")] => Hour::Midnight,
        [Number { value: hour @ 1..=23, digits: 0..=2 }]
        | [Number { value: hour @ 1..=23, .. }, Word("oclock")] => Hour::Said(*hour),
        _ => return None,
    };
    Some(Clock { hour, minutes, before })
}

/// "14:30", "2", "two thirty", "nine oh five", "1400 hours", "noon".
fn on_the_clock(tokens: &[Token<'_>]) -> Option<Clock> {
    Some(match tokens {
        [Word("noon" | "midday")] | [Number { value: 12, .. }, Word("noon" | "midday")] => {
            Clock::past(Hour::Noon, 0)
        }
        [Word("midnight")] | [Number { value: 12, .. }, Word("midnight")] => Clock::past(Hour::Midnight, 0),
        [Number { value, digits: 4 }, Word("hours")] | [Number { value: value @ ..1000, digits: 4 }] => {
            Clock::past(Hour::Of24(value / 100), value % 100)
        }
        [Number { value, digits: 3 | 4 }] => Clock::past(Hour::Said(value / 100), value % 100),
        [Number { value, digits: 0..=2 }, Word("hundred")]
        | [Number { value, digits: 0..=2 }, Word("hundred"), Word("hours")] => {
            Clock::past(Hour::Of24(*value), 0)
        }
        // "oh nine hundred", "oh nine thirty".
        [Word("oh" | "o"), clock @ ..] => match on_the_clock(clock)? {
            Clock { hour: Hour::Said(hour @ 1..=9) | Hour::Of24(hour @ 1..=9), minutes, .. } => {
                Clock::past(Hour::Of24(hour), minutes)
            }
            _ => return None,
        },
        [Number { value: value @ ..10, digits: 2 }] => Clock::past(Hour::Of24(*value), 0),
        [Number { value, digits: 0..=2 }] | [Number { value, digits: 0..=2 }, Word("oclock")] => {
            Clock::past(Hour::Said(*value), 0)
        }
        [
            Number { value, digits: 2 },
            Mark(':' | '.'),
            Number { value: minutes, digits: 2 },
            seconds @ ..,
        ] if whole_minute(seconds) => Clock::past(Hour::Of24(*value), *minutes),
        [
            Number { value, digits: 1 },
            Mark(':' | '.'),
            Number { value: minutes, digits: 2 },
            seconds @ ..,
        ] if whole_minute(seconds) => Clock::past(Hour::Said(*value), *minutes),
        [
            Number { value, digits: 0..=2 },
            Number { value: minutes, digits: 2 } | Number { value: minutes @ 10.., digits: 0 },
        ]
        | [
            Number { value, digits: 0..=2 },
            Word("oh" | "o") | Number { value: 0, .. },
            Number { value: minutes @ 1..=9, .. },
        ] => Clock::past(Hour::Said(*value), *minutes),
        _ => return None,
    })
}

fn whole_minute(seconds: &[Token<'_>]) -> bool {
    matches!(seconds, [] | [Mark(':'), Number { value: 0, .. }])
}

fn is_seconds(tokens: &[Token<'_>]) -> bool {
    matches!(tokens, [] | [Mark(':'), Number { .. }] | [Mark(':'), Number { .. }, Mark('.'), Number { .. }])
}
