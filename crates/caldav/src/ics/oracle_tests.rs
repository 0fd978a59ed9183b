//! Series against an oracle that goes through the days one by one.

#![allow(clippy::unwrap_used, clippy::format_push_string, reason = "tests")]

use jiff::civil::{Date, DateTime, Time, Weekday, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use proptest::prelude::*;

use super::{BusyRules, busy, event, moved};
use crate::NewEvent;

const ZONES: [&str; 6] =
    ["America/Los_Angeles", "America/New_York", "Europe/Berlin", "Australia/Sydney", "Asia/Kathmandu", "UTC"];
const DAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
/// Further than any window here reaches.
const HORIZON_DAYS: i32 = 500;

#[derive(Clone, Debug)]
enum End {
    Never,
    After(usize),
    /// With the last instance that it allows.
    Until(usize),
}

/// What became of one instance.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    Kept,
    Excluded,
    Cancelled,
    /// Later by so many minutes, and half as long.
    Moved(i64),
}

#[derive(Clone, Debug)]
struct Series {
    zone: TimeZone,
    start: DateTime,
    minutes: i64,
    is_weekly: bool,
    interval: i32,
    /// As well as the day of the start.
    days: Vec<usize>,
    week_starts_on_sunday: bool,
    end: End,
    fates: Vec<Fate>,
}

impl Series {
    /// Whether the rule has `day` in it.
    fn has(&self, day: Date) -> bool {
        let apart = |from: Date, to: Date| i32::try_from(from.duration_until(to).as_hours() / 24).unwrap();
        if !self.is_weekly {
            return apart(self.start.date(), day) % self.interval == 0;
        }
        let week_of = |day: Date| {
            let first = if self.week_starts_on_sunday { Weekday::Sunday } else { Weekday::Monday };
            day.checked_sub(i64::from(day.weekday().since(first)).days()).unwrap()
        };
        let weeks = apart(week_of(self.start.date()), week_of(day)) / 7;
        weeks % self.interval == 0 && self.weekdays().contains(&weekday(day))
    }

    fn weekdays(&self) -> Vec<usize> {
        let mut days = self.days.clone();
        days.push(weekday(self.start.date()));
        days.sort_unstable();
        days.dedup();
        days
    }

    fn instances(&self) -> Vec<DateTime> {
        let days = (0..HORIZON_DAYS).map(|n| self.start.date().checked_add(n.days()).unwrap());
        let all = days.filter(|day| self.has(*day)).map(|day| day.to_datetime(self.start.time()));
        match self.end {
            End::Never => all.collect(),
            End::After(count) => all.take(count).collect(),
            End::Until(last) => all.take(last + 1).collect(),
        }
    }

    fn instant(&self, local: DateTime) -> Timestamp {
        local.to_zoned(self.zone.clone()).unwrap().timestamp()
    }

    fn fate(&self, index: usize) -> Fate {
        self.fates.get(index).copied().unwrap_or(Fate::Kept)
    }

    fn kept(&self, from: Timestamp, to: Timestamp) -> Vec<(Timestamp, Timestamp)> {
        let mut kept = Vec::new();
        for (index, local) in self.instances().into_iter().enumerate() {
            let start = self.instant(local);
            match self.fate(index) {
                Fate::Kept => kept.push((start, start + SignedDuration::from_mins(self.minutes))),
                Fate::Excluded | Fate::Cancelled => {}
                Fate::Moved(later) => {
                    let start = start + SignedDuration::from_mins(later);
                    kept.push((start, start + SignedDuration::from_mins(self.minutes / 2)));
                }
            }
        }
        kept.retain(|(start, end)| *start < to && from < *end);
        kept.sort_unstable();
        kept.dedup();
        kept
    }

    /// As a calendar program writes it.
    fn ics(&self) -> String {
        let zone = self.zone.iana_name().unwrap();
        let local = |time: DateTime| time.strftime("%Y%m%dT%H%M%S").to_string();
        let utc = |time: Timestamp| TimeZone::UTC.to_datetime(time).strftime("%Y%m%dT%H%M%SZ").to_string();
        let frequency = if self.is_weekly { "WEEKLY" } else { "DAILY" };
        let mut rule = format!("FREQ={frequency};INTERVAL={}", self.interval);
        if self.is_weekly {
            let days = self.weekdays().into_iter().map(|day| DAYS[day]).collect::<Vec<_>>();
            rule += &format!(
                ";BYDAY={};WKST={}",
                days.join(","),
                if self.week_starts_on_sunday { "SU" } else { "MO" }
            );
        }
        let instances = self.instances();
        match self.end {
            End::Never => {}
            End::After(count) => rule += &format!(";COUNT={count}"),
            End::Until(_) => rule += &format!(";UNTIL={}", utc(self.instant(*instances.last().unwrap()))),
        }
        let mut master = format!(
            "DTSTART;TZID={zone}:{}\r\nDURATION:PT{}M\r\nRRULE:{rule}\r\n",
            local(self.start),
            self.minutes
        );
        let mut exceptions = String::new();
        for (index, instance) in instances.into_iter().enumerate() {
            let (id, start) = (local(instance), self.instant(instance));
            let exception = |later, more| {
                let start = utc(start + SignedDuration::from_mins(later));
                let minutes = self.minutes / 2;
                format!(
                    "BEGIN:VEVENT\r\nUID:s\r\nRECURRENCE-ID;TZID={zone}:{id}\r\nDTSTART:{start}\r\nDURATION:PT{minutes}M\r\n{more}END:VEVENT\r\n"
                )
            };
            match self.fate(index) {
                Fate::Kept => {}
                Fate::Excluded if index % 2 == 0 => master += &format!("EXDATE:{}\r\n", utc(start)),
                Fate::Excluded => master += &format!("EXDATE;TZID={zone}:{id}\r\n"),
                Fate::Cancelled => exceptions += &exception(0, "STATUS:CANCELLED\r\n"),
                Fate::Moved(later) => exceptions += &exception(later, ""),
            }
        }
        format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:s\r\n{master}END:VEVENT\r\n{exceptions}END:VCALENDAR\r\n"
        )
    }
}

fn weekday(day: Date) -> usize {
    usize::try_from(day.weekday().to_monday_zero_offset()).unwrap()
}

fn series() -> impl Strategy<Value = Series> {
    let start = (0..ZONES.len(), 0_i32..365, 0_i8..24, 0_i8..4, 5_i64..600);
    let rule = (any::<bool>(), 1_i32..5, prop::collection::vec(0_usize..7, 0..4), any::<bool>());
    let end =
        prop_oneof![Just(End::Never), (1_usize..40).prop_map(End::After), (0_usize..40).prop_map(End::Until)];
    let fate = prop_oneof![
        5 => Just(Fate::Kept),
        1 => Just(Fate::Excluded),
        1 => Just(Fate::Cancelled),
        1 => (-3_000_i64..3_000).prop_map(Fate::Moved),
    ];
    (start, rule, end, prop::collection::vec(fate, 0..40)).prop_map(|(start, rule, end, fates)| {
        let (zone, day, hour, quarter, minutes) = start;
        let (is_weekly, interval, days, week_starts_on_sunday) = rule;
        let day = date(2026, 1, 1).checked_add(day.days()).unwrap();
        Series {
            zone: TimeZone::get(ZONES[zone]).unwrap(),
            start: day.to_datetime(Time::new(hour, quarter * 15, 0, 0).unwrap()),
            minutes,
            is_weekly,
            interval,
            days,
            week_starts_on_sunday,
            end,
            fates,
        }
    })
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop_oneof![
            Just("BEGIN:VCALENDAR".to_owned()),
            Just("END:VCALENDAR".to_owned()),
            Just("BEGIN:VEVENT".to_owned()),
            Just("END:VEVENT".to_owned()),
            "(DTSTART|DTEND|RDATE|EXDATE|RECURRENCE-ID)(;TZID=(UTC|Europe/Berlin|x)|;VALUE=(DATE|PERIOD))?:[0-9]{8}(T[0-9]{6}Z?)?",
            "(DTSTART|DTEND):(0001|2026|9999)(01|06|12)(01|28|31)T[012][0-9][0-5][0-9][0-5][0-9]Z?",
            "DURATION:-?P[0-9]{1,9}[WDTHMS]([0-9]{1,9}[HMS])?",
            "RRULE:FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY|HOURLY)(;(INTERVAL|COUNT|BYDAY|BYMONTHDAY|BYYEARDAY|BYWEEKNO|BYSETPOS|BYHOUR|BYMONTH)=-?[0-9]{1,5}(MO|SU)?){0,3}(;UNTIL=(1|2)[0-9]{7})?",
            "[A-Z-]{1,12}(;[A-Z]{1,6}=\"?.{0,8}\"?)?:.{0,20}",
            ".{0,20}",
        ],
        0..16,
    )
    .prop_map(|lines| lines.join("\r\n"))
}

proptest! {
    #[test]
    fn g16_a_series_keeps_what_the_oracle_says(series in series(), from in 0_i64..390, hours in 1_i64..3_000) {
        let from = date(2025, 12, 1).to_zoned(TimeZone::UTC).unwrap().timestamp() + SignedDuration::from_hours(from * 24);
        // Within the oracle's horizon.
        let to = (from + SignedDuration::from_hours(hours)).min("2027-01-01T00:00:00Z".parse().unwrap());
        let rules = BusyRules { tentative: true, all_day: true, own: None };
        let kept = busy(&series.ics(), &TimeZone::UTC, &rules, from, to);
        prop_assert_eq!(kept, Ok(series.kept(from, to)), "{}", series.ics());
    }

    #[test]
    fn g11_no_object_makes_the_reader_panic(inner in text(), is_framed in any::<bool>(), at in any::<i32>()) {
        let ics = if is_framed {
            format!("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{inner}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
        } else {
            inner
        };
        let at = Timestamp::from_second(at.into()).unwrap();
        let rules = BusyRules { tentative: true, all_day: true, own: Some("a@b") };
        let zone = TimeZone::get("America/New_York").unwrap();
        if let Ok(kept) = busy(&ics, &zone, &rules, at, at + SignedDuration::from_hours(9_000)) {
            prop_assert!(kept.iter().all(|(start, end)| start < end));
        }
        let _ = (super::uid(&ics), super::span(&ics, &zone), super::private(&ics, "appointment"));
        if let Ok(other) = moved(&ics, (at, at + SignedDuration::from_hours(1)), at, &[]) {
            prop_assert_eq!(super::span(&other, &zone), Some((at, at + SignedDuration::from_hours(1))), "{}", other);
        }
    }

    #[test]
    fn what_we_write_is_what_we_read(words in ".{0,200}", more in prop::option::of(".{0,300}"), at in 0_i64..4_000_000_000, minutes in 1_i64..600) {
        let starts_at = Timestamp::from_second(at).unwrap();
        let ends_at = starts_at + SignedDuration::from_mins(minutes);
        let ics = event(&NewEvent {
            uid: "apt_1@voxanne",
            stamp: starts_at,
            starts_at,
            ends_at,
            summary: &words,
            description: more.as_deref(),
            location: more.as_deref(),
            private: &[("appointment", "apt_1")],
        });
        prop_assert_eq!(super::span(&ics, &TimeZone::UTC), Some((starts_at, ends_at)));
        prop_assert_eq!(super::uid(&ics), Some("apt_1@voxanne".to_owned()));
        prop_assert_eq!(super::private(&ics, "appointment"), Some("apt_1".to_owned()));
        prop_assert!(ics.lines().all(|line| line.len() <= 80), "{}", ics);
        prop_assert_eq!(ics.matches("BEGIN:").count(), 2 + words.matches("BEGIN:").count());
        let later = moved(&ics, (ends_at, ends_at + SignedDuration::from_mins(5)), ends_at, &[]).unwrap();
        prop_assert_eq!(super::span(&later, &TimeZone::UTC), Some((ends_at, ends_at + SignedDuration::from_mins(5))));
    }
}
