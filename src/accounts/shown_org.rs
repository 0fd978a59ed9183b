//! Of which clinic the page is that asks. A session shows one of a person's clinics at a time, and a tab may still be at the former
//! one: nothing of one clinic is read into the other's page, nor is what somebody writes there saved in the other.

use http::HeaderMap;

use super::staff::Staff;
use crate::platform::ids::{OrgId, Prefixed as _};

/// The header in which pages of ours, and programs of somebody who is staff of several orgs, say which they mean.
pub const ORG_HEADER: &str = "x-voxanne-org";

impl Staff {
    /// Whether whoever sent `headers` means the org that their session shows, or names none.
    pub fn shows_what_is_meant(&self, headers: &HeaderMap) -> bool {
        headers.get(ORG_HEADER).is_none_or(|value| value.to_str().is_ok_and(|value| self.shows(value)))
    }

    /// Whether their session shows the org whose id is `meant`.
    pub fn shows(&self, meant: &str) -> bool {
        OrgId::parse(meant) == Some(self.org)
    }
}
