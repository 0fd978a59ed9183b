//! `[calendars]`: how outside calendars are asked, and where.

use serde::Deserialize;

use super::Voice;

/// How outside calendars are asked.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/voxanne.toml explains each")]
pub struct Calendars {
    pub timeout_seconds: u64,
    pub live_ms: u64,
    pub live_pause_seconds: u64,
    pub poll_minutes: i64,
    pub mirror_days: i64,
    pub ports: String,
    pub private_networks: bool,
}

impl Calendars {
    /// The ports beside 443 at which a calendar server may be asked.
    pub fn further_ports(&self) -> Vec<u16> {
        self.written_ports().filter_map(Result::ok).collect()
    }

    fn written_ports(&self) -> impl Iterator<Item = Result<u16, std::num::ParseIntError>> {
        self.ports.split(',').map(str::trim).filter(|port| !port.is_empty()).map(str::parse)
    }

    /// What is wrong with it, and how to put it right.
    pub(super) fn check(&self, voice: &Voice) -> Result<(), &'static str> {
        if !(1..voice.calendar_fresh_minutes).contains(&self.poll_minutes)
            || self.live_ms >= voice.tool_budget_ms
            || !(370..=1000).contains(&self.mirror_days)
        {
            return Err(
                "calendars.poll_minutes must be below voice.calendar_fresh_minutes, calendars.live_ms below voice.tool_budget_ms, and calendars.mirror_days 370 to 1000",
            );
        }
        let are_ports = self.written_ports().all(|port| port.is_ok_and(|port| port > 0));
        are_ports
            .then_some(())
            .ok_or("calendars.ports must be ports with commas between them, such as 8443, 5001")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use crate::platform::config::Config;

    #[test]
    fn ports_are_none_unless_they_are_written() {
        let with =
            |value: &str| Config::load(|name| (name == "VOXANNE_CALENDARS_PORTS").then(|| value.to_owned()));
        assert_eq!(Config::load(|_| None).unwrap().calendars.further_ports(), [0; 0]);
        assert_eq!(with(" 8443,5001 ").unwrap().calendars.further_ports(), [8443, 5001]);
        for wrong in ["https", "8443 5001", "70000", "0", "-1"] {
            assert!(with(wrong).unwrap_err().to_string().starts_with("calendars.ports must be"), "{wrong}");
        }
    }
}
