//! What the audit log says somebody did, in words. What is not known here is shown as it is kept.

/// What somebody did by this action, in English, to be translated.
pub(super) fn words(action: &str) -> Option<&'static str> {
    ACTS.iter().find(|(act, _)| *act == action).map(|(_, words)| *words)
}

/// Where the thing of an id is looked at.
pub(super) fn href(subject: &str) -> Option<String> {
    let (kind, _) = subject.split_once('_')?;
    match kind {
        "call" => Some(format!("/dashboard/calls/{subject}")),
        "con" => Some(format!("/dashboard/contacts/{subject}")),
        "apt" => Some(format!("/dashboard/calendar?visit={subject}")),
        "svc" => Some(format!("/dashboard/settings/services/{subject}")),
        "seq" => Some(format!("/dashboard/settings/sequences/{subject}")),
        _ => None,
    }
}

/// Whether it is an id and nothing that says something to people.
pub(super) fn is_id(subject: &str) -> bool {
    let end = subject.rsplit_once('_').map_or(subject, |(_, end)| end);
    end.len() == 32 && end.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// What the thing of an id is called beside its act; `None` where its id is all that there is.
pub(super) fn thing(subject: &str) -> Option<&'static str> {
    let (kind, _) = subject.split_once('_')?;
    Some(match kind {
        "call" => "The call",
        "con" => "Contact",
        "apt" => "The visit",
        "svc" => "Service",
        "seq" => "Sequence",
        _ => return None,
    })
}

/// Whoever it was is told beside it.
const ACTS: [(&str, &str); 99] = [
    ("account.write", "Changed their own name or language"),
    ("alert.acknowledge", "Took an alert"),
    ("alert_phone.ask", "Entered a new alert phone; a code was texted to it"),
    ("alert_phone.confirm", "Confirmed an alert phone with its code"),
    ("alert_phone.remove", "Removed an alert phone"),
    ("alert_phone.test", "Sent a test text to an alert phone"),
    ("alert_phone.withdraw", "Took back a change of an alert phone"),
    ("alert_recipient.delete", "Removed somebody from those who are told of alerts"),
    ("alert_recipient.write", "Added or changed somebody who is told of alerts"),
    ("alert_settings.write", "Changed when and how often alerts are told"),
    ("analytics.csv", "Downloaded the figures of Analytics"),
    ("appointment.book", "Booked a visit"),
    ("appointment.cancel", "Called a visit off"),
    ("appointment.confirm", "Confirmed that somebody comes to a visit"),
    ("appointment.move", "Moved or changed a visit"),
    ("appointment.state", "Marked a visit as come, done or not come"),
    ("assistant.add", "Added an assistant"),
    ("assistant.remove", "Removed an assistant"),
    ("assistant.write", "Changed an assistant"),
    ("audit_log.test", "Had the whole audit log checked"),
    ("calendar.write", "Chose what a connected calendar is used for"),
    ("calendar_conflict.resolve", "Settled a conflict between a calendar and a visit"),
    ("calendar_connection.revoke", "Disconnected a calendar account"),
    ("calendar_connection.write", "Connected a calendar account"),
    ("calendar_feed.revoke", "Ended a calendar feed"),
    ("calendar_feed.write", "Made a calendar feed"),
    ("calendar_settings.write", "Changed how calendars are used"),
    ("call.mark_test", "Marked a call as a test, or as none"),
    ("closure.delete", "Removed a holiday or a day that differs"),
    ("closure.write", "Added or changed a holiday or a day that differs"),
    ("consent.write", "Noted what somebody may be texted"),
    ("contact.write", "Changed a contact"),
    ("contacts.read", "Read on in the list of contacts"),
    ("door.close", "Closed an address of the voice platform"),
    ("door.open", "Made a new address for the voice platform"),
    ("email_recipient.delete", "Removed an address that e-mails go to"),
    ("email_recipient.test", "Sent a test e-mail"),
    ("email_recipient.write", "Added or changed an address that e-mails go to"),
    ("email_settings.write", "Changed when the summary of the day is sent"),
    ("first_run.write", "Settled or skipped a step of setting up"),
    ("hours.write", "Changed opening hours or working hours"),
    ("invitation.accept", "Accepted an invitation and joined"),
    ("invitation.revoke", "Took an invitation back"),
    ("invitation.write", "Invited somebody to the team"),
    ("key.revoke", "Revoked an API key"),
    ("key.write", "Made an API key"),
    ("location.write", "Added or changed a site"),
    ("login.link", "Signed in through another service for the first time"),
    ("membership.end", "Removed somebody from the team"),
    ("membership.write", "Gave somebody another role"),
    ("org.write", "Changed the settings of the clinic"),
    ("password.reset", "Set a new password by the link in an e-mail"),
    ("password.write", "Changed their own password"),
    ("phone_number.add", "Added a phone number"),
    ("phone_number.remove", "Removed a phone number"),
    ("phone_number.write", "Changed a phone number"),
    ("policy.write", "Changed the booking policy"),
    ("practitioner.delete", "Removed a practitioner"),
    ("practitioner.write", "Added or changed a practitioner"),
    ("recording.read", "Listened to the recording of a call"),
    ("records.read_many", "Looked at very many records within an hour"),
    ("resource.delete", "Removed a room or a device"),
    ("resource.write", "Added or changed a room or a device"),
    ("scoring_rules.preview", "Tried out other rules of scoring"),
    ("scoring_rules.write", "Changed the rules of scoring"),
    ("second_factor.begin", "Switched their second step on"),
    ("second_factor.end", "Switched their second step off"),
    ("sequence.create", "Added a sequence of texts"),
    ("sequence.delete", "Removed a sequence of texts"),
    ("sequence.write", "Changed a sequence of texts"),
    ("sequence_run.stop", "Stopped a sequence of texts to somebody"),
    ("series.book", "Booked a series of visits"),
    ("service.delete", "Removed a service"),
    ("service.write", "Added or changed a service"),
    ("session.begin", "Signed in on a new browser"),
    ("session.end", "Signed a browser out"),
    ("sign_in.refuse", "A wrong password or code was tried"),
    ("sign_in_rule.write", "Changed whether everybody needs a second step"),
    ("task.create", "Added a task"),
    ("task.done", "Finished a task"),
    ("task.reopen", "Opened a task again"),
    ("task.update", "Changed a task"),
    ("text.write", "Wrote a text to somebody"),
    ("text_template.reset", "Went back to the built-in words of a text"),
    ("text_template.write", "Changed the words of a text"),
    ("texting_settings.write", "Changed how and when people are texted"),
    ("time_off.delete", "Removed somebody's time off"),
    ("time_off.write", "Added or changed somebody's time off"),
    ("transcript.read", "Read the transcript of a call"),
    ("twilio.connect", "Connected a Twilio account"),
    ("twilio.disconnect", "Disconnected the Twilio account"),
    ("user.disable", "Switched somebody's account off"),
    ("user.enable", "Switched somebody's account on again"),
    ("voice_platform.write", "Changed the private key of the voice platform"),
    ("waitlist.delete", "Took somebody off the waitlist"),
    ("waitlist.write", "Put somebody on the waitlist"),
    ("webhook_secret.add", "Made a secret for the voice platform"),
    ("webhook_secret.revoke", "Ended a secret of the voice platform"),
    ("wording_settings.write", "Changed the settings of all texts"),
];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::dashboard::say;
    use crate::language::Language;

    #[test]
    fn acts_are_told_in_words() {
        assert_eq!(words("transcript.read"), Some("Read the transcript of a call"));
        assert_eq!(words("nothing.known"), None);
        assert_eq!(href("call_1"), Some("/dashboard/calls/call_1".to_owned()));
        assert_eq!(href("usr_1"), None);
    }

    /// Literals of the form `noun.verb` that nobody does.
    const NO_ACTS: [&str; 4] =
        ["idempotent_requests.body", "roster_tests.rs", "rules.warm_threshold", "users.totp_secret_sealed"];

    fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
        if dir.is_file() {
            found.push(dir.to_owned());
            return;
        }
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                found.push(path);
            }
        }
    }

    #[test]
    fn every_act_that_the_log_keeps_is_told_in_words_of_both_languages() {
        let mut found = Vec::new();
        for slice in [
            "accounts",
            "alert_phones",
            "api",
            "calls",
            "contacts",
            "leads",
            "messaging/write_template.rs",
            "notifications",
            "scheduling/catalogue",
            "sequences",
        ] {
            sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(slice), &mut found);
        }
        let is_word =
            |word: &str| !word.is_empty() && word.chars().all(|c| c == '_' || c.is_ascii_lowercase());
        let mut acts = BTreeSet::new();
        for file in found {
            let text = fs::read_to_string(file).unwrap();
            let said = text
                .split('"')
                .filter(|said| said.split_once('.').is_some_and(|(a, b)| is_word(a) && is_word(b)));
            acts.extend(said.map(str::to_owned));
        }
        acts.retain(|act| !NO_ACTS.contains(&act.as_str()));
        assert!(acts.len() > 60, "the sources were not read: {acts:?}");
        for act in &acts {
            let english = words(act).unwrap_or_else(|| panic!("{act} has no words"));
            assert_ne!(say::t(Language::Spanish, english), english, "{act} has no words in Spanish");
        }
    }
}
