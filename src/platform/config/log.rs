//! `[log]`: what is logged, and how.

use serde::Deserialize;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// What is logged, and how.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/voxanne.toml explains each")]
pub struct Log {
    pub format: String,
    pub filter: String,
}

impl Log {
    /// What is wrong with it, and how to put it right.
    pub(super) fn check(&self) -> Result<(), &'static str> {
        if !matches!(self.format.as_str(), "json" | "pretty") {
            return Err("log.format must be json or pretty");
        }
        // A word that is no level would be taken for the name of a module, and all others fall silent; none would be "error".
        let is_level = |level: &str| !level.is_empty() && level.parse::<LevelFilter>().is_ok();
        let says_one = |part: &str| part.rsplit('=').next().is_some_and(|level| is_level(level.trim()));
        if EnvFilter::try_new(&self.filter).is_err() || !self.filter.split(',').all(says_one) {
            return Err(
                "log.filter must be a level (error, warn, info, debug, trace or off), and module=level for others, as in info,sqlx=warn",
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_log_setting_is_refused_and_named() {
        let check = |format: &str, filter: &str| {
            Log { format: format.to_owned(), filter: filter.to_owned() }.check().map_err(|wrong| &wrong[..10])
        };
        for filter in ["info,graphile_worker=warn,sqlx=warn", "warn", "DEBUG", "off", "voxanne=trace, info"] {
            assert_eq!(check("json", filter), Ok(()), "{filter}");
        }
        for filter in ["", "inof", "info,voxanne=loud", "info,,sqlx=warn", "warn=", "verbose,sqlx=warn"] {
            assert_eq!(check("pretty", filter), Err("log.filter"), "{filter}");
        }
        for format in ["JSON", "text", ""] {
            assert_eq!(check(format, "info"), Err("log.format"), "{format}");
        }
    }
}
