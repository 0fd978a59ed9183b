//! When each site was open over some days, whether they have passed or not.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use super::{hours, store};
use crate::platform::db::PgConnection;
use crate::platform::ids::{LocationId, OrgId};

/// A site, and when it was open.
#[derive(Debug, Clone)]
pub struct SiteHours {
    /// Which.
    pub id: LocationId,
    /// As it is called now.
    pub name: String,
    /// Its zone.
    pub zone: TimeZone,
    /// The same by name.
    pub zone_name: String,
    /// From when until when, in order.
    pub open: Vec<(Timestamp, Timestamp)>,
}

/// Every site of the org, also one that is closed for good, with its hours on the civil days from `from` up to `to`, by the
/// week and the days that differ as they are written down now.
pub async fn site_hours(
    tx: &mut PgConnection,
    org: OrgId,
    (from, to): (Date, Date),
) -> Result<Vec<SiteHours>, sqlx::Error> {
    let since = from.to_zoned(TimeZone::UTC).map_or(Timestamp::MIN, |first| first.timestamp());
    let (sites, weeks, closures) = store::hours_of_sites(tx, org, since).await?;
    let days = || {
        std::iter::successors(Some(from), |day| day.checked_add(1.day()).ok()).take_while(|day| *day <= to)
    };
    let with_hours = |site: store::LocationRow| {
        let zone = TimeZone::get(&site.time_zone).unwrap_or(TimeZone::UTC);
        let hours = hours::of_location(site.id, &weeks, &closures);
        let open = days().flat_map(|day| hours.windows(day, &zone)).collect();
        SiteHours { id: site.id, name: site.name, zone, zone_name: site.time_zone, open }
    };
    Ok(sites.into_iter().map(with_hours).collect())
}
