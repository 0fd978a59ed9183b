//! Which days, and of what.

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use crate::platform::bounded::Day;
use crate::platform::ids::{AssistantId, LocationId};

/// Days that figures may be asked for at once, the first and the last included.
pub const DAYS_MAX: i32 = 92;

/// Which figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Wanted {
    /// The first civil day.
    pub from: Date,
    /// The last, included.
    pub to: Date,
    /// Of this site alone.
    pub location: Option<LocationId>,
    /// Of this assistant's calls alone.
    pub assistant: Option<AssistantId>,
}

impl Wanted {
    /// The last `days` days, `today` included.
    pub fn last(days: i32, today: Date) -> Self {
        let from = today.saturating_sub((i64::from(days) - 1).days());
        Self { from, to: today, location: None, assistant: None }
    }

    /// How many days these are; `None` when they end before they begin or are more than [`DAYS_MAX`].
    pub fn days(&self) -> Option<i32> {
        let days = (self.to - self.from).get_days() + 1;
        (1..=DAYS_MAX).contains(&days).then_some(days)
    }

    /// The first of as many days before them.
    pub(super) fn before(&self) -> Date {
        let days = i64::from((self.to - self.from).get_days() + 1);
        self.from.saturating_sub(days.days())
    }
}

/// The days that figures are about, told with them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Days {
    /// The first.
    #[schema(inline)]
    pub from: Day,
    /// The last, included.
    #[schema(inline)]
    pub to: Day,
    /// How many they are.
    pub days: i32,
}

impl Days {
    pub(super) fn of(from: Date, to: Date) -> Self {
        Self { from: Day(from), to: Day(to), days: (to - from).get_days() + 1 }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn w28_ranges_are_one_to_ninety_two_days_long() {
        let days = |from, to| Wanted { from, to, location: None, assistant: None }.days();
        assert_eq!(days(date(2026, 11, 1), date(2026, 11, 1)), Some(1));
        assert_eq!(days(date(2026, 1, 1), date(2026, 4, 2)), Some(92));
        assert_eq!(days(date(2026, 1, 1), date(2026, 4, 3)), None);
        assert_eq!(days(date(2026, 11, 2), date(2026, 11, 1)), None);
    }

    #[test]
    fn the_range_before_is_as_long_and_ends_where_this_one_begins() {
        let wanted = Wanted::last(30, date(2026, 3, 15));
        assert_eq!((wanted.from, wanted.before()), (date(2026, 2, 14), date(2026, 1, 15)));
    }
}
