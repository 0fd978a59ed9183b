//! What a page says to a browser that has just come back from a consent at Google.

use serde::Deserialize;

use crate::dashboard::shell::Shell;

/// The word that the consent's end put into the page's address.
#[derive(Debug, Default, Deserialize)]
pub(in crate::dashboard) struct CameBack {
    consent: Option<String>,
}

/// What happened, and its tone; a word that is none of ours says nothing.
pub(in crate::dashboard) fn said(s: &Shell, back: &CameBack) -> Option<(&'static str, &'static str)> {
    let words = match back.consent.as_deref()? {
        "connected" => return Some((s.t("Google Calendar is connected. Its busy times are being read."), "good")),
        "refused" => s.t("Nothing was connected, since access was not allowed. Connect again when you want to allow it."),
        "incomplete" => s.t("Nothing was connected, since not everything was allowed. Connect again and tick every box."),
        "not_lasting" => s.t("Google gave no lasting access. Remove this app at myaccount.google.com/permissions, then connect again."),
        "no_calendar" => s.t("This account has no calendar of its own that can be changed. Connect again with another account."),
        "not_enabled" => s.t("Google does not let this app see calendars. Whoever runs it enables the Google Calendar API; then connect again."),
        "provider" => s.t("Google did not do its part, and nothing was connected. Connect again in a moment."),
        "failed" => s.t("Something went wrong on our side, and nothing was connected. Connect again in a moment."),
        _ => return None,
    };
    Some((words, "bad"))
}
