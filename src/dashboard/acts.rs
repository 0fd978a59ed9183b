//! What the audit log says somebody did, in words. It keeps `noun.verb`; what is not known here is shown as it is kept.

/// `noun.verb` in English words, each to be translated.
pub(super) fn words(action: &str) -> Option<(&'static str, &'static str)> {
    let (noun, verb) = action.split_once('.')?;
    Some((noun_of(noun)?, verb_of(verb)?))
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

fn noun_of(noun: &str) -> Option<&'static str> {
    Some(match noun {
        "account" => "Own account",
        "alert" => "Alert",
        "alert_phone" => "Alert phone",
        "alert_recipient" => "Who is told",
        "alert_settings" => "How alerts climb",
        "analytics" => "Analytics",
        "appointment" => "Visit",
        "assistant" => "Assistant",
        "audit_log" => "Audit log",
        "calendar" | "calendar_settings" => "Calendar",
        "calendar_conflict" => "Calendar that disagrees",
        "calendar_connection" => "Calendar account",
        "calendar_feed" => "Calendar feed",
        "call" => "Call",
        "closure" => "Day that differs",
        "consent" => "Consent",
        "contact" => "Contact",
        "contacts" => "List of contacts",
        "door" => "Address",
        "email_recipient" => "Recipient of e-mails",
        "email_settings" => "E-mail",
        "first_run" => "Setting up",
        "hours" => "Opening hours",
        "invitation" => "Invitation",
        "key" => "API key",
        "location" => "Site",
        "login" => "Sign-in elsewhere",
        "membership" => "Member",
        "org" => "Clinic",
        "password" => "Password",
        "phone_number" => "Phone number",
        "policy" => "Booking policy",
        "practitioner" => "Practitioner",
        "recording" => "Recording",
        "resource" => "Room or device",
        "scoring_rules" => "Scoring",
        "second_factor" => "Second step",
        "sequence" | "sequence_run" => "Sequence",
        "series" => "Series of visits",
        "service" => "Service",
        "session" => "Browser",
        "sign_in" | "sign_in_rule" => "Sign-in",
        "system_prompt" | "voice_platform" => "Voice platform",
        "task" => "Task",
        "text" => "Text",
        "text_template" => "Words of texts",
        "texting_settings" => "Texting",
        "time_off" => "Absence",
        "transcript" => "Transcript",
        "twilio" => "Twilio",
        "user" => "Account",
        "waitlist" => "Waitlist",
        "webhook_secret" => "Secret",
        "wording_settings" => "All texts",
        _ => return None,
    })
}

fn verb_of(verb: &str) -> Option<&'static str> {
    Some(match verb {
        "accept" => "accepted",
        "acknowledge" => "taken",
        "add" | "create" => "added",
        "ask" => "asked for",
        "begin" => "begun",
        "book" => "booked",
        "cancel" => "called off",
        "close" => "closed",
        "confirm" => "confirmed",
        "connect" => "connected",
        "csv" => "exported",
        "delete" | "remove" => "removed",
        "disconnect" => "disconnected",
        "disable" => "switched off",
        "done" => "finished",
        "enable" => "switched on",
        "end" => "ended",
        "link" => "tied to the account",
        "mark_test" => "marked as a test or not",
        "move" => "moved",
        "open" => "opened",
        "preview" => "tried out",
        "read" => "looked at",
        "refuse" => "refused",
        "reopen" => "opened again",
        "reset" => "reset",
        "resolve" => "settled",
        "revoke" | "withdraw" => "taken back",
        "state" => "marked as come, done or not come",
        "stop" => "stopped",
        "test" => "tested",
        "update" | "write" => "saved",
        _ => return None,
    })
}

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
        assert_eq!(words("transcript.read"), Some(("Transcript", "looked at")));
        assert_eq!(words("nothing.known"), None);
        assert_eq!(href("call_1"), Some("/dashboard/calls/call_1".to_owned()));
        assert_eq!(href("usr_1"), None);
    }

    /// Literals of the form `noun.verb` that nobody does.
    const NO_ACTS: [&str; 4] =
        ["idempotent_requests.body", "roster_tests.rs", "rules.warm_threshold", "users.totp_secret_sealed"];

    fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
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
            let (noun, verb) = words(act).unwrap_or_else(|| panic!("{act} has no words"));
            for english in [noun, verb] {
                let spanish = say::t(Language::Spanish, english);
                assert!(spanish != english || english == "Twilio", "{english} is not there in Spanish");
            }
        }
    }
}
