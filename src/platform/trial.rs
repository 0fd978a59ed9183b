//! What was found when a setting was tried: one line for each thing that has to be right, and what to do about those that are not.

use serde::Serialize;
use utoipa::ToSchema;

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SettingCheck)]
pub struct Check {
    /// Its stable name, such as `address`.
    pub what: &'static str,
    /// Whether it is as it has to be.
    pub ok: bool,
    /// What was found, with the vendor's code where there is one.
    pub detail: String,
    /// What to do about it; null where it is right.
    pub fix: Option<String>,
}

impl Check {
    /// It is right.
    pub fn good(what: &'static str, detail: impl Into<String>) -> Self {
        Self { what, ok: true, detail: detail.into(), fix: None }
    }

    /// It is not.
    pub fn wrong(what: &'static str, detail: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { what, ok: false, detail: detail.into(), fix: Some(fix.into()) }
    }
}
