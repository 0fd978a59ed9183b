//! `[server]`: the edge's address, deadlines and limits.

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

/// Whoever may read the metrics cannot be guessed.
const METRICS_TOKEN_LENGTH_MIN: usize = 32;

/// Where it listens, and how much of everything it takes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/voxanne.toml explains each")]
pub struct Server {
    pub listen: String,
    pub public_url: String,
    pub allow_insecure: bool,
    pub header_seconds: u64,
    pub body_seconds: u64,
    pub write_seconds: u64,
    pub connections_max: usize,
    pub connections_per_address_max: usize,
    pub desk_connections_max: usize,
    pub org_requests_max: usize,
    pub org_waiting_max: usize,
    pub org_wait_ms: u64,
    pub drain_seconds: u64,
    pub body_bytes_max: usize,
    pub proxies: usize,
    pub metrics_token: SecretString,
}

impl Server {
    /// What is wrong with it, and how to put it right.
    pub(super) fn check(&self) -> Result<(), &'static str> {
        if !(1..self.connections_max).contains(&self.desk_connections_max) {
            return Err(
                "server.desk_connections_max must be at least 1 and below server.connections_max, or pages leave callers no connection",
            );
        }
        let token = self.metrics_token.expose_secret();
        if !token.is_empty() && token.len() < METRICS_TOKEN_LENGTH_MIN {
            return Err("server.metrics_token must be empty or have at least 32 characters");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use crate::platform::config::Config;

    #[test]
    fn callers_keep_connections_and_a_token_is_long_or_none() {
        let wrong = |name: &str, value: &str| {
            let set = |asked: &str| (asked == name).then(|| value.to_owned());
            Config::load(set).err().map(|error| error.to_string()).unwrap_or_default()
        };
        for (name, value, says) in [
            ("VOXANNE_SERVER_DESK_CONNECTIONS_MAX", "2000", "server.desk_connections_max"),
            ("VOXANNE_SERVER_DESK_CONNECTIONS_MAX", "0", "server.desk_connections_max"),
            ("VOXANNE_SERVER_CONNECTIONS_MAX", "1500", "server.desk_connections_max"),
            ("VOXANNE_SERVER_METRICS_TOKEN", "guess-me", "server.metrics_token"),
        ] {
            let told = wrong(name, value);
            assert!(told.starts_with(says) && !told.contains("guess-me"), "{name}: {told}");
        }
        assert_eq!(wrong("VOXANNE_SERVER_METRICS_TOKEN", &"x".repeat(32)), "");
    }
}
