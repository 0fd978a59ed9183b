//! The tiny page behind an offer's link. Pure.

use crate::platform::page::{self, escaped};

/// What the page shows below the clinic's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shown {
    /// A time to be had.
    OnOffer {
        moment: String,
        /// The time of day until which it is kept; `None` when that is over and it may be gone.
        until: Option<String>,
    },
    /// An end, in a sentence.
    Said(String),
}

/// The page.
pub(super) fn page(clinic: &str, shown: &Shown) -> String {
    let (moment, until) = match shown {
        Shown::OnOffer { moment, until } => (escaped(moment), until),
        Shown::Said(said) => return page::notice(clinic, said),
    };
    let until = match until {
        Some(until) => format!("It's kept for you until {} today.", escaped(until)),
        None => "This offer has run out. The time may still be free.".to_owned(),
    };
    let button = "<form method=\"post\"><button type=\"submit\">Book this time</button></form>";
    page::page(clinic, &format!("<p>A time opened up: <strong>{moment}</strong></p><p>{until}</p>{button}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_time_on_offer_has_a_button() {
        let offer = Shown::OnOffer { moment: "Thursday, December 3 at 2:00 PM".into(), until: None };
        assert!(page("Glow", &offer).contains("<form method=\"post\">"));
        assert!(!page("Glow", &Shown::Said("It's yours.".into())).contains("<form"));
    }
}
