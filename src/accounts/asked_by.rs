//! Whether a request is a sign of somebody being there.

use http::HeaderMap;

/// What pages of ours say when nobody asked for what they fetch.
const BY_ITSELF: &str = "x-voxanne-by-itself";

/// Who wants to know: only what a person does keeps their session open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskedBy {
    /// Somebody who is there.
    Person,
    /// A page that keeps itself true, with nobody before it perhaps.
    Page,
}

impl AskedBy {
    /// As the request says. A lie only ends the liar's own session sooner.
    pub fn of(headers: &HeaderMap) -> Self {
        if headers.contains_key(BY_ITSELF) { Self::Page } else { Self::Person }
    }
}
