//! `[live]`: the dashboard's sockets.

use std::time::Duration;

use serde::Deserialize;

/// Deadlines and limits of a socket.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/voxanne.toml explains each")]
pub struct Live {
    pub subscribe_ms: u64,
    pub ping_ms: u64,
    pub silence_ms: u64,
    pub recheck_ms: u64,
    pub gather_ms: u64,
    pub queue_max: usize,
    pub poll_ms: u64,
}

impl Live {
    /// What is wrong with it, and how to put it right.
    pub(super) fn check(&self) -> Result<(), &'static str> {
        let pauses = [self.subscribe_ms, self.ping_ms, self.recheck_ms, self.poll_ms];
        if pauses.contains(&0) || self.gather_ms > 1_000 {
            return Err(
                "live.subscribe_ms, ping_ms, recheck_ms and poll_ms must be above 0, and live.gather_ms at most 1000",
            );
        }
        // One lost answer is not the end.
        if self.silence_ms <= self.ping_ms * 2 {
            return Err("live.silence_ms must be more than twice live.ping_ms");
        }
        if !(16..=10_000).contains(&self.queue_max) {
            return Err("live.queue_max must be 16 to 10000");
        }
        Ok(())
    }

    /// Within which a socket says who it is.
    pub const fn subscribe_within(&self) -> Duration {
        Duration::from_millis(self.subscribe_ms)
    }

    /// Between two signs of life.
    pub const fn ping_every(&self) -> Duration {
        Duration::from_millis(self.ping_ms)
    }

    /// After which a silent socket is given up.
    pub const fn silent_for(&self) -> Duration {
        Duration::from_millis(self.silence_ms)
    }

    /// Between two looks at whether its holder still may.
    pub const fn recheck_every(&self) -> Duration {
        Duration::from_millis(self.recheck_ms)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::super::{Config, ConfigError};

    fn with(name: &str, value: &str) -> Result<Config, ConfigError> {
        Config::load(|asked| (asked == name).then(|| value.to_owned()))
    }

    #[test]
    fn limits_of_a_socket_that_cannot_hold_are_refused_by_name() {
        for (name, value, names) in [
            ("VOXANNE_LIVE_PING_MS", "0", "ping_ms"),
            ("VOXANNE_LIVE_PING_MS", "30000", "live.silence_ms"),
            ("VOXANNE_LIVE_QUEUE_MAX", "1", "live.queue_max"),
            ("VOXANNE_LIVE_GATHER_MS", "5000", "live.gather_ms"),
        ] {
            let said = with(name, value).unwrap_err().to_string();
            assert!(said.contains(names), "{name}: {said}");
        }
        assert!(with("VOXANNE_LIVE_PING_MS", "10000").is_ok());
    }
}
