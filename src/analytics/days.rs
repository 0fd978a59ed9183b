//! The civil days that figures are about, each of its site, and where calls of no known site belong.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use jiff_sqlx::ToSqlx as _;
use uuid::Uuid;
use voxanne_slots::day_bounds;

use super::store::{AssistantRow, ServiceRow};
use crate::kept_days::{self, Day};
use crate::scheduling::SiteHours;

/// How rows are counted, by number: another one when a statement counts otherwise or
/// counts are written otherwise, so that days that are kept are counted anew.
const COUNTED: u8 = 4;

/// A day of a site, by its own calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SiteDay {
    pub site: Uuid,
    pub zone: String,
    pub date: Date,
    pub since: Timestamp,
    pub until: Timestamp,
    /// When the site is open on it, as PostgreSQL reads it.
    pub open: String,
    /// What its figures depend on besides rows.
    pub counted_by: i64,
}

impl SiteDay {
    /// As it is kept.
    pub fn key(&self) -> Day {
        Day {
            place: self.site.to_string(),
            since: self.since,
            until: self.until,
            counted_by: self.counted_by,
        }
    }
}

/// What every count of an org goes by.
pub(super) struct Rules<'a> {
    pub sites: &'a [SiteHours],
    pub assistants: &'a [AssistantRow],
    pub services: &'a [ServiceRow],
}

impl Rules<'_> {
    /// Where calls belong whose assistant is known to no site.
    pub fn home(&self) -> Uuid {
        self.sites.first().map_or(Uuid::nil(), |home| home.id.0)
    }

    /// The days from `from` up to `to` of a site.
    pub fn days(&self, site: &SiteHours, (from, to): (Date, Date)) -> Vec<SiteDay> {
        let mut assistants: Vec<_> =
            self.assistants.iter().map(|one| (one.id.0, &one.known_as, one.location_id.0)).collect();
        assistants.sort_unstable();
        let prices: Vec<_> = self.services.iter().map(|one| (one.id.0, one.price_cents)).collect();
        let shared = kept_days::rules(&(COUNTED, self.home(), assistants, prices));
        let dates = std::iter::successors(Some(from), |day| day.checked_add(1.day()).ok());
        let day = |date: Date| {
            let (since, until) = day_bounds(date, &site.zone);
            let open = open_on(site, (since, until));
            SiteDay {
                counted_by: kept_days::rules(&(shared, &site.zone_name, &open)),
                site: site.id.0,
                zone: site.zone_name.clone(),
                date,
                since,
                until,
                open,
            }
        };
        dates.take_while(|date| *date <= to).map(day).collect()
    }
}

/// A multirange of what is open between two instants.
fn open_on(site: &SiteHours, (since, until): (Timestamp, Timestamp)) -> String {
    let open = site.open.iter().filter(|(opens, closes)| *opens < until && *closes > since);
    let ranges: Vec<String> = open.map(|(opens, closes)| format!("[{opens},{closes})")).collect();
    format!("{{{}}}", ranges.join(","))
}

/// Days as the statements take them: a list for each column.
pub(super) struct Columns {
    pub sites: Vec<Uuid>,
    pub zones: Vec<String>,
    pub since: Vec<jiff_sqlx::Timestamp>,
    pub until: Vec<jiff_sqlx::Timestamp>,
    pub open: Vec<String>,
}

impl Columns {
    pub fn of(days: &[SiteDay]) -> Self {
        Self {
            sites: days.iter().map(|day| day.site).collect(),
            zones: days.iter().map(|day| day.zone.clone()).collect(),
            since: days.iter().map(|day| day.since.to_sqlx()).collect(),
            until: days.iter().map(|day| day.until.to_sqlx()).collect(),
            open: days.iter().map(|day| day.open.clone()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    use super::*;
    use crate::platform::ids::LocationId;

    fn site(n: u128, zone: &str, open: Vec<(Timestamp, Timestamp)>) -> SiteHours {
        SiteHours {
            id: LocationId(Uuid::from_u128(n)),
            name: String::new(),
            zone: TimeZone::get(zone).unwrap(),
            zone_name: zone.to_owned(),
            open,
        }
    }

    #[test]
    fn g9_each_site_has_its_own_midnight_also_across_a_clock_change() {
        let sites = [site(1, "America/Denver", vec![]), site(2, "America/Phoenix", vec![])];
        let rules = Rules { sites: &sites, assistants: &[], services: &[] };
        // The clocks of Denver go back on November 1st.
        let days = |site: &SiteHours| -> Vec<String> {
            let days = rules.days(site, (date(2026, 10, 31), date(2026, 11, 1)));
            days.iter().map(|day| format!("{} {} {}", day.date, day.since, day.until)).collect()
        };
        assert_eq!(
            days(&sites[0]),
            [
                "2026-10-31 2026-10-31T06:00:00Z 2026-11-01T06:00:00Z",
                "2026-11-01 2026-11-01T06:00:00Z 2026-11-02T07:00:00Z"
            ]
        );
        assert_eq!(days(&sites[1])[1], "2026-11-01 2026-11-01T07:00:00Z 2026-11-02T07:00:00Z");
        assert_eq!(rules.home(), sites[0].id.0, "calls of no site belong to the first");
    }

    #[test]
    fn a_day_is_counted_by_other_rules_when_its_hours_or_the_prices_are_others() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let open = vec![(at("2026-11-02T16:00:00Z"), at("2026-11-03T00:00:00Z"))];
        let (closed, opened) = ([site(1, "America/Denver", vec![])], [site(1, "America/Denver", open)]);
        let by = |sites: &[SiteHours], cents: Option<i32>| -> Vec<i64> {
            let services =
                [ServiceRow { id: Uuid::from_u128(9).into(), name: String::new(), price_cents: cents }];
            let rules = Rules { sites, assistants: &[], services: &services };
            rules
                .days(&sites[0], (date(2026, 11, 2), date(2026, 11, 3)))
                .iter()
                .map(|day| day.counted_by)
                .collect()
        };
        let before = by(&closed, None);
        assert_eq!(before, by(&closed, None));
        assert_ne!(before[0], by(&opened, None)[0]);
        assert_eq!(before[1], by(&opened, None)[1], "the other day has the hours that it had");
        assert_ne!(before, by(&closed, Some(1)));
    }
}
