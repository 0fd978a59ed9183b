//! Names of time zones, as programs write them.

use jiff::tz::TimeZone;

use super::ReadError;
use super::event::Calendar;
use super::windows;

/// Names in errors are no longer than this.
const NAME_CHARS_MAX: usize = 80;

/// What a `VTIMEZONE` says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct NamedZone {
    pub tzid: String,
    /// `X-LIC-LOCATION`: the name in the tz database.
    pub location: Option<String>,
}

/// The zone that `tzid` means in an object with these `VTIMEZONE`s.
///
/// A name of the tz database wins over the rules that the object brings along: those are often years old.
pub(super) fn resolve(tzid: &str, zones: &[NamedZone]) -> Result<TimeZone, ReadError> {
    let tzid = tzid.trim().trim_matches('"');
    let location = || zones.iter().find(|zone| zone.tzid == tzid)?.location.as_deref();
    known(tzid)
        .or_else(|| known(location()?))
        // `/freeassociation.sourceforge.net/Europe/Berlin`, `/citadel.org/20190103_1/America/New_York`
        .or_else(|| {
            tzid.match_indices('/')
                .find_map(|(at, _)| known(tzid.get(at + 1..)?).filter(|_| tzid.starts_with('/')))
        })
        .or_else(|| known(windows::iana(tzid)?))
        .ok_or_else(|| ReadError::Zone(tzid.chars().take(NAME_CHARS_MAX).collect()))
}

/// The name in the tz database for `tzid`.
pub(crate) fn zone_name(tzid: &str) -> Option<String> {
    resolve(tzid, &[]).ok()?.iana_name().map(str::to_owned)
}

/// The name in the tz database of the zone that an object consists of.
pub(crate) fn zone_of(ics: &str) -> Option<String> {
    let calendar = Calendar::read(ics).ok()?;
    let zone = calendar.zones.first()?;
    resolve(&zone.tzid, &calendar.zones).ok()?.iana_name().map(str::to_owned)
}

fn known(name: &str) -> Option<TimeZone> {
    if name.eq_ignore_ascii_case("Z") {
        return Some(TimeZone::UTC);
    }
    TimeZone::get(name).ok().filter(|zone| !zone.is_unknown())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn g16_zones_are_known_by_every_name_that_programs_give_them() {
        for (tzid, name) in [
            ("America/Los_Angeles", "America/Los_Angeles"),
            ("\"Europe/Berlin\"", "Europe/Berlin"),
            ("/freeassociation.sourceforge.net/Europe/Berlin", "Europe/Berlin"),
            ("/mozilla.org/20070129_1/America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
            ("Pacific Standard Time", "America/Los_Angeles"),
            ("W. Europe Standard Time", "Europe/Berlin"),
        ] {
            assert_eq!(zone_name(tzid).as_deref(), Some(name), "{tzid}");
        }
        assert_eq!(resolve("UTC", &[]).unwrap(), TimeZone::UTC);
    }

    #[test]
    fn a_zone_of_a_programs_own_is_known_by_its_location() {
        let zones = [NamedZone { tzid: "Our Clinic".into(), location: Some("America/Denver".into()) }];
        assert_eq!(resolve("Our Clinic", &zones).unwrap().iana_name(), Some("America/Denver"));
    }

    #[test]
    fn g16_a_strange_zone_is_an_error() {
        for tzid in ["Customized Time Zone", "", "Etc/Unknown", "Middle/Earth", "Europe", "x/Europe/Berlin"] {
            assert!(matches!(resolve(tzid, &[]), Err(ReadError::Zone(_))), "{tzid}");
        }
    }

    #[test]
    fn every_windows_name_leads_to_a_zone() {
        for (windows, iana) in windows::NAMES {
            assert!(known(iana).is_some(), "{windows}");
            assert_eq!(windows::iana(&windows.to_uppercase()), Some(*iana));
        }
    }

    #[test]
    fn a_calendars_zone_is_read_from_its_property() {
        let ics = "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:US-Mountain\nX-LIC-LOCATION:America/Denver\n\
                   BEGIN:STANDARD\nDTSTART:19701101T020000\nEND:STANDARD\nEND:VTIMEZONE\nEND:VCALENDAR";
        assert_eq!(zone_of(ics).as_deref(), Some("America/Denver"));
        assert_eq!(zone_of("nothing"), None);
    }
}
