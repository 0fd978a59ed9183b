//! `demo.json` in the demo's directory: what `voxanne demo --json` prints, for whoever wants to find a running demo.

use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::CommandError;
use super::failure::Doing as _;
use super::place;
use crate::platform::clock::Clock;
use crate::platform::config::Config;

/// A running demo.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct DemoFile {
    pub base_url: String,
    #[serde(flatten)]
    pub clinic: ClinicFile,
    pub database_url: String,
    pub admin_database_url: String,
    pub sandbox_url: String,
    /// Google Calendar of the other clinic: GET shows what is in it, POST adds what a person would.
    #[serde(default)]
    pub calendar_url: String,
    pub other_org: ClinicFile,
    /// The clinic with the rules of a real one, at several sites.
    pub juniper: ClinicFile,
    /// Who can sign in to the dashboard.
    #[serde(default)]
    pub sign_ins: Vec<SignInFile>,
    pub pid: u32,
    /// How far the product's clock is ahead of the system's.
    pub clock_ahead_seconds: i64,
}

/// One clinic: how to reach it, and what proves that we may.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ClinicFile {
    pub webhook_url: String,
    pub door_url: String,
    pub webhook_secret: String,
    /// Opens the whole API of the clinic.
    pub api_key: String,
    pub org_id: String,
    #[serde(flatten)]
    pub line: LineFile,
    /// Of its other sites.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_lines: Vec<LineFile>,
}

/// Somebody who can sign in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct SignInFile {
    pub email: String,
    pub password: String,
    pub role: String,
    pub org_id: String,
}

/// The line of one site.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct LineFile {
    pub assistant_id: String,
    pub phone_number_id: String,
    pub time_zone: String,
}

impl ClinicFile {
    /// The door's token.
    pub(super) fn door_token(&self) -> &str {
        self.door_url.rsplit('/').next().unwrap_or_default()
    }
}

impl DemoFile {
    /// The demo's directory: as given, else `demo` in the installation's.
    pub(super) fn dir(given: Option<PathBuf>, config: &Config) -> Result<PathBuf, CommandError> {
        match given {
            Some(dir) => std::path::absolute(dir).doing("find the demo's directory"),
            None => Ok(place::data_dir(config)?.join("demo")),
        }
    }

    /// What the last demo in `dir` wrote; `None` where there was none or its form was another.
    pub(super) fn read(dir: &Path) -> Option<Self> {
        serde_json::from_str(&std::fs::read_to_string(dir.join("demo.json")).ok()?).ok()
    }

    /// One line of JSON.
    pub(super) fn line(&self) -> Result<String, CommandError> {
        serde_json::to_string(self).doing("describe the demo")
    }

    /// Writes it for the owner alone.
    pub(super) fn write(&self, dir: &Path) -> Result<(), CommandError> {
        place::write_private(&dir.join("demo.json"), &self.line()?).doing("write demo.json")
    }

    /// The demo's clock.
    pub(super) fn clock(&self) -> Clock {
        let system = Clock::system().now();
        Clock::starting_at(
            system.checked_add(SignedDuration::from_secs(self.clock_ahead_seconds)).unwrap_or(system),
        )
    }

    /// The database as the program sees it.
    pub(super) fn database(&self) -> SecretString {
        self.database_url.clone().into()
    }
}
