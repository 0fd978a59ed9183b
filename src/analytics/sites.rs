//! The sites that figures are about, and the instants at which the wanted days begin and end there.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use jiff_sqlx::ToSqlx as _;
use uuid::Uuid;
use voxanne_slots::day_bounds;

use super::wanted::Wanted;
use crate::platform::ids::LocationId;
use crate::scheduling::SiteHours;

/// Sites as the statements take them: a list for each column, and the whole stretch to look at.
#[derive(Debug, Default)]
pub(super) struct Sites {
    pub ids: Vec<Uuid>,
    pub zones: Vec<String>,
    /// Where the range before begins.
    pub before: Vec<jiff_sqlx::Timestamp>,
    /// Where the wanted one begins.
    pub since: Vec<jiff_sqlx::Timestamp>,
    /// Where it ends.
    pub until: Vec<jiff_sqlx::Timestamp>,
    /// When they are open: the site of each stretch, its beginning and its end.
    pub open: (Vec<Uuid>, Vec<jiff_sqlx::Timestamp>, Vec<jiff_sqlx::Timestamp>),
    /// Where calls belong whose assistant is known to no site.
    pub home: Uuid,
    /// The earliest of the beginnings.
    pub first: Timestamp,
    /// The latest of the ends.
    pub last: Timestamp,
}

impl Sites {
    /// Those of `all` that are wanted.
    pub fn of(all: &[SiteHours], wanted: &Wanted) -> Self {
        let mut sites = Self { home: all.first().map_or(Uuid::nil(), |home| home.id.0), ..Self::default() };
        let is_wanted = |id: LocationId| wanted.location.is_none_or(|only| only == id);
        let mut stretch: Option<(Timestamp, Timestamp)> = None;
        for site in all.iter().filter(|site| is_wanted(site.id)) {
            let begins = |day: Date| day_bounds(day, &site.zone).0;
            let after = wanted.to.checked_add(1.day()).unwrap_or(wanted.to);
            let (before, since, until) = (begins(wanted.before()), begins(wanted.from), begins(after));
            let (first, last) = stretch.unwrap_or((before, until));
            stretch = Some((first.min(before), last.max(until)));
            sites.ids.push(site.id.0);
            sites.zones.push(site.zone_name.clone());
            sites.before.push(before.to_sqlx());
            sites.since.push(since.to_sqlx());
            sites.until.push(until.to_sqlx());
            for (opens, closes) in &site.open {
                sites.open.0.push(site.id.0);
                sites.open.1.push(opens.to_sqlx());
                sites.open.2.push(closes.to_sqlx());
            }
        }
        (sites.first, sites.last) = stretch.unwrap_or_default();
        sites
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    use super::*;

    #[test]
    fn g9_each_site_has_its_own_midnight_also_across_a_clock_change() {
        let site = |n: u128, zone: &str| SiteHours {
            id: LocationId(Uuid::from_u128(n)),
            name: String::new(),
            zone: TimeZone::get(zone).unwrap(),
            zone_name: zone.to_owned(),
            open: vec![],
        };
        let all = [site(1, "America/Denver"), site(2, "America/Phoenix")];
        // The clocks of Denver go back on November 1st.
        let wanted =
            Wanted { from: date(2026, 11, 1), to: date(2026, 11, 1), location: None, assistant: None };
        let sites = Sites::of(&all, &wanted);
        let at = |column: &[jiff_sqlx::Timestamp]| -> Vec<String> {
            column.iter().map(|at| at.to_jiff().to_string()).collect()
        };
        assert_eq!(at(&sites.before), ["2026-10-31T06:00:00Z", "2026-10-31T07:00:00Z"]);
        assert_eq!(at(&sites.since), ["2026-11-01T06:00:00Z", "2026-11-01T07:00:00Z"]);
        assert_eq!(at(&sites.until), ["2026-11-02T07:00:00Z", "2026-11-02T07:00:00Z"]);
        assert_eq!(sites.first.to_string(), "2026-10-31T06:00:00Z");
        let only = Wanted { location: Some(all[1].id), ..wanted };
        assert_eq!(Sites::of(&all, &only).ids, [all[1].id.0]);
        assert_eq!(Sites::of(&all, &only).home, all[0].id.0, "calls of no site belong to the first");
    }
}
