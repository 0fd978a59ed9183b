//! What somebody reads who follows a consent's link and comes back from Google: what to do now. Pure.

use super::begin_consent::BeginError;
use super::finish_consent::{Consent, ConsentError};
use super::google::permission;
use super::trouble::Trouble;

/// For who comes back.
pub fn consent_sentence(outcome: &Result<Consent, ConsentError>) -> String {
    let said = match outcome {
        Ok(consent) => return format!("{} is connected. You can close this window.", consent.account),
        Err(ConsentError::MissingScopes { missing }) => {
            let missing: Vec<String> = missing.iter().map(|it| format!("“{}”", permission(it))).collect();
            let missing = missing.join(" and ");
            return format!(
                "Nothing was connected, since not everything was allowed. Open a new link and also tick {missing}."
            );
        }
        Err(ConsentError::Invalid) => {
            "This page was opened before, is too old, or belongs to another browser. Open a new link, and stay in one browser."
        }
        Err(ConsentError::Refused) => {
            "Nothing was connected, since access was not allowed. Open a new link when you want to allow it."
        }
        Err(ConsentError::NoRefreshToken) => {
            "Google gave no lasting access. Remove this app at myaccount.google.com/permissions, then open a new link."
        }
        Err(ConsentError::NoCalendar) => {
            "This account has no calendar of its own that can be changed. Open a new link and choose another account."
        }
        Err(ConsentError::Provider(Trouble::Forbidden)) => {
            "Google does not let this app see calendars. Whoever runs it enables the Google Calendar API; then open a new link."
        }
        Err(ConsentError::Provider(Trouble::NeedsReconnect | Trouble::Refused)) => {
            "Google did not accept the consent. Open a new link and try again."
        }
        Err(ConsentError::Provider(_)) => {
            "Google did not do its part, and nothing was connected. Open a new link in a moment."
        }
        Err(ConsentError::Sealed(_) | ConsentError::Unexpected(_)) => {
            "Something went wrong on our side, and nothing was connected. Open a new link in a moment."
        }
    };
    said.to_owned()
}

/// The same in one word, for a page of the dashboard that says it in its reader's language.
pub const fn consent_outcome(outcome: &Result<Consent, ConsentError>) -> &'static str {
    match outcome {
        Ok(_) => "connected",
        Err(ConsentError::Invalid) => "used",
        Err(ConsentError::Refused) => "refused",
        Err(ConsentError::MissingScopes { .. }) => "incomplete",
        Err(ConsentError::NoRefreshToken) => "not_lasting",
        Err(ConsentError::NoCalendar) => "no_calendar",
        Err(ConsentError::Provider(Trouble::Forbidden)) => "not_enabled",
        Err(ConsentError::Provider(_)) => "provider",
        Err(ConsentError::Sealed(_) | ConsentError::Unexpected(_)) => "failed",
    }
}

/// For who cannot be sent to Google.
pub const fn opened_sentence(error: &BeginError) -> &'static str {
    match error {
        BeginError::UsedUp => "This link was opened before, or is too old. Ask for a new one.",
        BeginError::NotTheirs => {
            "This link belongs to whoever asked for it while signed in. Sign in here, and ask for one of your own."
        }
        _ => "Something went wrong on our side. Ask for a new link in a moment.",
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::super::google::SCOPES;
    use super::*;

    #[test]
    fn a_box_that_was_not_ticked_is_named_as_google_names_it() {
        let missing = vec![SCOPES[0], SCOPES[1]];
        assert_snapshot!(consent_sentence(&Err(ConsentError::MissingScopes { missing })), @"Nothing was connected, since not everything was allowed. Open a new link and also tick “View and edit events on all your calendars” and “View your availability in your calendars”.");
    }
}
