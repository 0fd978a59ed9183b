//! What stands behind the visits: when a place or a person is not there, and times that others keep.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde::Serialize;

use super::super::list::calendar::{Away, Busy, Closure, Column, Held};
use super::{By, local};
use crate::language::Language;
use crate::platform::ids::ResourceId;
use crate::platform::public::Public;
use crate::scheduling::{Location, RuleBook, works_on};

/// A stretch of some columns that is not a visit.
#[derive(Debug, Serialize)]
pub(super) struct Block {
    /// `closed`, `away`, `outside` or `held`.
    pub kind: &'static str,
    pub columns: Vec<Public<ResourceId>>,
    pub start: DateTime,
    pub end: DateTime,
    pub title: String,
}

/// The words of the blocks in one language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words(pub Language);

impl Words {
    pub fn t(self, english: &'static str) -> &'static str {
        super::say::t(self.0, english)
    }
}

/// The columns of one place, and what is known of when they are there.
pub(super) struct Blocks<'a> {
    pub book: &'a RuleBook,
    pub location: &'a Location,
    pub by: By,
    pub columns: &'a [Column],
    pub words: Words,
}

impl Blocks<'_> {
    fn zone(&self) -> &TimeZone {
        &self.location.zone
    }

    /// What is not open, day by day. Columns that are alike share a block.
    pub fn closed(&self, days: (Date, Date), closures: &[Closure]) -> Vec<Block> {
        each_day(days).flat_map(|date| self.closed_on(date, closures)).collect()
    }

    /// When none of the columns is there, day by day: what a day that they share is shaded by, whoever comes first or stays last.
    pub fn shut(&self, days: (Date, Date), closures: &[Closure]) -> Vec<Block> {
        each_day(days).flat_map(|date| self.shut_on(date, closures)).collect()
    }

    fn shut_on(&self, date: Date, closures: &[Closure]) -> Vec<Block> {
        let windows: Vec<_> = self.columns.iter().flat_map(|column| self.windows(column, date)).collect();
        let reason = self.reason(None, date, closures).filter(|_| windows.is_empty());
        let columns: Vec<_> = self.columns.iter().map(|column| Public(column.id)).collect();
        let block = |(start, end)| {
            let title = reason.clone().unwrap_or_else(|| self.why_closed(date, (start, end)).to_owned());
            Block { kind: "closed", columns: columns.clone(), start, end, title }
        };
        outside(&windows, date, self.zone()).into_iter().map(block).collect()
    }

    fn closed_on(&self, date: Date, closures: &[Closure]) -> Vec<Block> {
        let mut all: Vec<Block> = Vec::new();
        for column in self.columns {
            let windows = self.windows(column, date);
            let reason = self.reason(Some(column.id), date, closures).filter(|_| windows.is_empty());
            for (start, end) in outside(&windows, date, self.zone()) {
                let title = reason.clone().unwrap_or_else(|| self.why_closed(date, (start, end)).to_owned());
                let alike =
                    |block: &&mut Block| (block.start, block.end, &block.title) == (start, end, &title);
                match all.iter_mut().find(alike) {
                    Some(block) => block.columns.push(Public(column.id)),
                    None => all.push(Block {
                        kind: "closed",
                        columns: vec![Public(column.id)],
                        start,
                        end,
                        title: title.clone(),
                    }),
                }
            }
        }
        all
    }

    fn windows(&self, column: &Column, date: Date) -> Vec<(Timestamp, Timestamp)> {
        let person = self.book.practitioners.iter().find(|person| person.id == column.id);
        match (self.by, person) {
            (By::Practitioner, Some(person)) => works_on(person, self.location, date),
            // Whoever is no longer booked has their visits and nothing else.
            (By::Practitioner, None) => Vec::new(),
            (By::Room | By::Device, _) => self.location.hours.windows(date, self.zone()),
        }
    }

    /// Why a stretch of `date` is shaded of which nothing was written down.
    fn why_closed(&self, date: Date, (start, end): (DateTime, DateTime)) -> &'static str {
        let at = |instant| local(instant, self.zone());
        let site = self.location.hours.windows(date, self.zone());
        let is_open = site.into_iter().any(|(opens, closes)| at(opens) < end && start < at(closes));
        let is_between = start > date.to_datetime(jiff::civil::Time::midnight()) && end.date() == date;
        self.words.t(match (is_open, is_between) {
            (false, _) => "Closed",
            (true, true) => "Break",
            (true, false) => "Not working",
        })
    }

    /// What was written down of a day on which somebody, or everybody (`None`), is away.
    fn reason(&self, id: Option<ResourceId>, date: Date, closures: &[Closure]) -> Option<String> {
        let holds = |closure: &&Closure| {
            (closure.local_date.to_jiff()..=closure.local_until.to_jiff()).contains(&date)
                && closure.practitioner_id.is_none_or(|only| Some(only) == id)
        };
        closures.iter().filter(holds).find_map(|closure| closure.reason.clone())
    }

    /// Who is away.
    pub fn away(&self, away: &[Away]) -> Vec<Block> {
        let theirs = |one: &Away| self.with(&[one.practitioner_id]);
        away.iter()
            .filter_map(|one| {
                self.block("away", theirs(one), (&one.starts_at, &one.ends_at), self.words.t("Away").into())
            })
            .collect()
    }

    /// When calendars elsewhere are busy: what they hold is nobody's business here.
    pub fn busy(&self, busy: &[Busy]) -> Vec<Block> {
        let whose = |one: &Busy| match one.practitioner_id {
            Some(id) => self.with(&[id]),
            None => self.columns.iter().map(|column| Public(column.id)).collect(),
        };
        busy.iter()
            .filter_map(|one| {
                let title = self.words.t("Busy in another calendar").into();
                self.block("outside", whose(one), (&one.starts_at, &one.ends_at), title)
            })
            .collect()
    }

    /// Times that are kept for somebody who is just deciding.
    pub fn held(&self, held: &[Held]) -> Vec<Block> {
        held.iter()
            .filter_map(|one| {
                let ids: Vec<ResourceId> = one.resource_ids.iter().copied().map(ResourceId).collect();
                let title = format!("{}: {}", self.words.t("Held"), one.service);
                self.block("held", self.with(&ids), (&one.starts_at, &one.ends_at), title)
            })
            .collect()
    }

    fn with(&self, ids: &[ResourceId]) -> Vec<Public<ResourceId>> {
        let shown = self.columns.iter().filter(|column| ids.contains(&column.id));
        shown.map(|column| Public(column.id)).collect()
    }

    fn block(
        &self,
        kind: &'static str,
        columns: Vec<Public<ResourceId>>,
        (starts_at, ends_at): (&jiff_sqlx::Timestamp, &jiff_sqlx::Timestamp),
        title: String,
    ) -> Option<Block> {
        let at = |instant: &jiff_sqlx::Timestamp| local(instant.to_jiff(), self.zone());
        (!columns.is_empty()).then(|| Block { kind, columns, start: at(starts_at), end: at(ends_at), title })
    }
}

/// From the first day to the last.
fn each_day((from, to): (Date, Date)) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(from), |date| date.tomorrow().ok()).take_while(move |date| *date <= to)
}

/// What is left of a civil day without its windows, by the place's clock.
fn outside(windows: &[(Timestamp, Timestamp)], date: Date, zone: &TimeZone) -> Vec<(DateTime, DateTime)> {
    let midnight = date.to_datetime(jiff::civil::Time::midnight());
    let end = midnight.checked_add(1.day()).unwrap_or(midnight);
    let mut windows = windows.to_vec();
    windows.sort_unstable();
    let (mut at, mut left) = (midnight, Vec::new());
    for (opens, closes) in windows {
        let opens = local(opens, zone);
        if at < opens {
            left.push((at, opens));
        }
        at = at.max(local(closes, zone));
    }
    if at < end {
        left.push((at, end));
    }
    left
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use jiff::civil::date;

    use super::*;

    #[test]
    fn what_is_not_open_is_what_is_left_of_the_day_by_the_places_clock() {
        let zone = TimeZone::get("America/Los_Angeles").unwrap();
        let at = |raw: &str| raw.parse::<Timestamp>().unwrap();
        // The clocks go back on this Sunday: 9 AM is 17:00 UTC, not 16:00 as the day before.
        let day = date(2026, 11, 1);
        let windows = [
            (at("2026-11-01T21:00:00Z"), at("2026-11-02T02:00:00Z")),
            (at("2026-11-01T17:00:00Z"), at("2026-11-01T20:00:00Z")),
        ];
        let left: Vec<String> =
            outside(&windows, day, &zone).iter().map(|(from, to)| format!("{from} {to}")).collect();
        assert_eq!(
            left,
            [
                "2026-11-01T00:00:00 2026-11-01T09:00:00",
                "2026-11-01T12:00:00 2026-11-01T13:00:00",
                "2026-11-01T18:00:00 2026-11-02T00:00:00"
            ]
        );
        assert_eq!(outside(&[], day, &zone).len(), 1, "a day on which nobody is there is shaded whole");
    }
}
