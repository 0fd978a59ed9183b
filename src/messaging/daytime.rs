//! When a text may leave that can wait: between two hours of the day, by the clinic's clock and by the recipient's. Pure.

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;

use crate::phone::Phone;

/// Rounds between two clocks until both allow; more means that they never do.
const ROUNDS: usize = 4;

/// A prefix that stands for more zones than the widest country has tells nothing, such as that of a toll-free number.
const CLOCKS_MAX: usize = 12;

/// The hours of the day between which texts leave: from the first, up to the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Daytime {
    /// 0 to 23.
    pub from_hour: i8,
    /// 1 to 24.
    pub to_hour: i8,
}

impl Daytime {
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

/// The clinic's clock, and the recipient's as far as the number tells it. A number that stands for clocks which share no
/// such hours (a toll-free one, say) tells none.
pub fn clocks(clinic: &TimeZone, phone: &Phone, daytime: Daytime) -> Vec<TimeZone> {
    let mut all = vec![clinic.clone()];
    all.extend(phone.zones().into_iter().filter(|zone| zone != clinic));
    if all.len() > CLOCKS_MAX || daytime.next(Timestamp::UNIX_EPOCH, &all).is_none() {
        all.truncate(1);
    }
    all
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
    fn t13_a_number_adds_its_own_clock_unless_it_stands_for_clocks_that_never_meet() {
        let here = zone("America/Los_Angeles");
        let of = |number: &str| clocks(&here, &Phone::parse_e164(number).unwrap(), DAY);
        assert_eq!(of("+13105550142"), std::slice::from_ref(&here));
        assert_eq!(of("+12125550142"), [here.clone(), zone("America/New_York")]);
        assert!(of("+447400123456").contains(&zone("Europe/London")));
        assert_eq!(of("+18005550142"), std::slice::from_ref(&here));
    }
}
