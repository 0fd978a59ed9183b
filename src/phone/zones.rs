//! Which clocks a number's owner may live by.

use std::collections::HashMap;
use std::sync::OnceLock;

use jiff::tz::TimeZone;

use super::Phone;

/// Zones and the prefixes they belong to.
const TABLE: &str = include_str!("zones.txt");

impl Phone {
    /// Every zone that the number's prefix stands for; none where the metadata knows none. A mobile number keeps its area
    /// code when its owner moves: these are clocks to respect beside the clinic's, not to replace it.
    pub fn zones(&self) -> Vec<TimeZone> {
        let digits = self.as_str().trim_start_matches('+');
        let found = (1..=digits.len()).rev().find_map(|len| by_prefix().get(digits.get(..len)?));
        found.into_iter().flatten().filter_map(|name| TimeZone::get(name).ok()).collect()
    }
}

fn by_prefix() -> &'static HashMap<&'static str, Vec<&'static str>> {
    static BY_PREFIX: OnceLock<HashMap<&str, Vec<&str>>> = OnceLock::new();
    BY_PREFIX.get_or_init(|| {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
        let rows = lines.filter_map(|line| line.split_once(": "));
        let pairs = rows.flat_map(|(zones, prefixes)| prefixes.split(' ').map(move |prefix| (prefix, zones)));
        pairs.map(|(prefix, zones)| (prefix, zones.split(' ').collect())).collect()
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn zones(number: &str) -> Vec<String> {
        let phone = Phone::parse_e164(number).unwrap();
        phone.zones().iter().map(|zone| zone.iana_name().unwrap_or_default().to_owned()).collect()
    }

    #[test]
    fn a_number_tells_its_zones_by_its_longest_prefix() {
        assert_eq!(zones("+13105550142"), ["America/Los_Angeles"]);
        assert_eq!(zones("+12125550142"), ["America/New_York"]);
        assert_eq!(zones("+18765550142"), ["America/Jamaica"]);
        assert_eq!(zones("+2348031234567"), ["Africa/Lagos"]);
        assert!(zones("+447400123456").contains(&"Europe/London".to_owned()));
        assert!(zones("+18005550142").len() > 20, "a toll-free number tells nothing");
    }

    #[test]
    fn every_zone_of_the_table_exists_and_no_prefix_is_there_twice() {
        let mut prefixes = 0;
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            let (zones, own) = line.split_once(": ").unwrap();
            prefixes += own.split(' ').count();
            for zone in zones.split(' ') {
                assert!(TimeZone::get(zone).is_ok(), "{zone}");
            }
        }
        assert_eq!(prefixes, by_prefix().len());
        assert!(prefixes > 3000, "{prefixes}");
    }
}
