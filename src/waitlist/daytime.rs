//! When an offer may leave: between two hours of the day, by the location's clock and by the recipient's. Pure.

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;

use crate::phone::Phone;
use crate::platform::config;

/// Countries with one zone, by ISO region. A number of any other country tells no zone; those of the United States and
/// Canada move with their owners, so there the location's clock counts alone.
const ONE_ZONE: &[(&str, &str)] = &[
    ("AE", "Asia/Dubai"),
    ("AT", "Europe/Vienna"),
    ("BE", "Europe/Brussels"),
    ("BS", "America/Nassau"),
    ("CH", "Europe/Zurich"),
    ("CO", "America/Bogota"),
    ("DE", "Europe/Berlin"),
    ("DK", "Europe/Copenhagen"),
    ("DO", "America/Santo_Domingo"),
    ("FR", "Europe/Paris"),
    ("GB", "Europe/London"),
    ("GH", "Africa/Accra"),
    ("IE", "Europe/Dublin"),
    ("IL", "Asia/Jerusalem"),
    ("IN", "Asia/Kolkata"),
    ("IT", "Europe/Rome"),
    ("JM", "America/Jamaica"),
    ("JP", "Asia/Tokyo"),
    ("NG", "Africa/Lagos"),
    ("NL", "Europe/Amsterdam"),
    ("NO", "Europe/Oslo"),
    ("PH", "Asia/Manila"),
    ("PL", "Europe/Warsaw"),
    ("PR", "America/Puerto_Rico"),
    ("SE", "Europe/Stockholm"),
    ("SG", "Asia/Singapore"),
    ("ZA", "Africa/Johannesburg"),
];

/// Rounds between two clocks until both allow; more means that they never do.
const ROUNDS: usize = 4;

/// The hours of the day between which offers leave.
#[derive(Debug, Clone, Copy)]
pub(super) struct Daytime {
    from_hour: i8,
    to_hour: i8,
}

impl Daytime {
    pub fn of(settings: &config::Waitlist) -> Self {
        Self { from_hour: settings.texts_from_hour, to_hour: settings.texts_to_hour }
    }

    /// `now` if every clock allows it, else the next instant at which all do; `None` when no instant of the day suits
    /// them all.
    pub fn next(self, now: Timestamp, zones: &[TimeZone]) -> Option<Timestamp> {
        let mut at = now;
        for _ in 0..ROUNDS {
            let latest = zones.iter().map(|zone| self.next_by(at, zone)).max().unwrap_or(at);
            if latest == at {
                return Some(at);
            }
            at = latest;
        }
        None
    }

    /// When the hours that `now` lies in end by the first clock to end them.
    pub fn end(self, now: Timestamp, zones: &[TimeZone]) -> Timestamp {
        let ends = zones.iter().map(|zone| {
            let date = zone.to_datetime(now).date();
            let (date, hour) =
                if self.to_hour == 24 { (date.tomorrow().unwrap_or(date), 0) } else { (date, self.to_hour) };
            at(date, hour, zone)
        });
        ends.min().unwrap_or(now)
    }

    fn next_by(self, now: Timestamp, zone: &TimeZone) -> Timestamp {
        let local = zone.to_datetime(now);
        if local.hour() < self.from_hour {
            at(local.date(), self.from_hour, zone)
        } else if local.hour() < self.to_hour {
            now
        } else {
            at(local.date().tomorrow().unwrap_or(local.date()), self.from_hour, zone)
        }
    }
}

/// The instant of a full hour; where the clocks skip it, the first one after.
fn at(date: jiff::civil::Date, hour: i8, zone: &TimeZone) -> Timestamp {
    let time = Time::new(hour, 0, 0, 0).unwrap_or(Time::midnight());
    let moment = zone.to_ambiguous_zoned(date.to_datetime(time)).compatible();
    moment.map_or(Timestamp::MAX, |moment| moment.timestamp())
}

/// The location's clock, and the recipient's where the number tells it.
pub(super) fn zones(location: &TimeZone, phone: &Phone) -> Vec<TimeZone> {
    let region = phone.region();
    let name = ONE_ZONE.iter().find(|(code, _)| region.as_deref() == Some(code)).map(|(_, name)| *name);
    let own = name.and_then(|name| TimeZone::get(name).ok());
    std::iter::once(location.clone()).chain(own).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use jiff::SignedDuration;

    use super::*;

    const DAY: Daytime = Daytime { from_hour: 9, to_hour: 20 };

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    #[test]
    fn every_minute_of_days_with_and_without_a_clock_change_is_put_into_the_day() {
        let pairs = [
            vec![zone("America/Los_Angeles")],
            vec![zone("Pacific/Auckland")],
            vec![zone("America/Los_Angeles"), zone("Europe/London")],
            vec![zone("America/New_York"), zone("Africa/Lagos")],
        ];
        for zones in pairs {
            for start in ["2026-03-08T00:00:00Z", "2026-07-01T00:00:00Z", "2026-11-01T00:00:00Z"] {
                let start: Timestamp = start.parse().unwrap();
                for minute in (0..48 * 60).step_by(7) {
                    let now = start + SignedDuration::from_mins(minute);
                    let next = DAY.next(now, &zones).unwrap();
                    assert!(next >= now);
                    for zone in &zones {
                        assert!((9..20).contains(&zone.to_datetime(next).hour()), "{now} became {next}");
                    }
                    assert!(DAY.end(next, &zones) > next);
                    assert_eq!(DAY.next(next, &zones), Some(next));
                }
            }
        }
    }

    #[test]
    fn two_clocks_that_never_share_a_day_have_no_instant() {
        let short = Daytime { from_hour: 9, to_hour: 12 };
        assert_eq!(short.next(Timestamp::UNIX_EPOCH, &[zone("UTC"), zone("Asia/Tokyo")]), None);
    }

    #[test]
    fn a_number_tells_its_zone_only_where_its_country_has_one() {
        let here = zone("America/Los_Angeles");
        let of = |number: &str| zones(&here, &Phone::parse_e164(number).unwrap());
        assert_eq!(of("+13105550142").len(), 1);
        assert_eq!(of("+447400123456"), [here.clone(), zone("Europe/London")]);
    }

    #[test]
    fn every_zone_of_the_table_exists() {
        for (region, name) in ONE_ZONE {
            assert!(TimeZone::get(name).is_ok(), "{region}: {name}");
        }
    }
}
