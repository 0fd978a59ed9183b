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

fn noun_of(noun: &str) -> Option<&'static str> {
    Some(match noun {
        "account" => "Own account",
        "alert" => "Alert",
        "alert_phone" => "Alert phone",
        "alert_recipient" => "Who is told",
        "alert_settings" => "How alerts climb",
        "analytics" => "Analytics",
        "assistant" => "Assistant",
        "call" => "Call",
        "door" => "Address",
        "invitation" => "Invitation",
        "key" => "API key",
        "membership" => "Member",
        "org" => "Clinic",
        "password" => "Password",
        "phone_number" => "Phone number",
        "recording" => "Recording",
        "scoring_rules" => "Scoring",
        "second_factor" => "Second step",
        "sequence" | "sequence_run" => "Sequence",
        "session" => "Browser",
        "sign_in" => "Sign-in",
        "system_prompt" | "voice_platform" => "Voice platform",
        "task" => "Task",
        "text" => "Text",
        "text_template" => "Words of texts",
        "transcript" => "Transcript",
        "twilio" => "Twilio",
        "webhook_secret" => "Secret",
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
        "close" => "closed",
        "confirm" => "confirmed",
        "connect" => "connected",
        "csv" => "exported",
        "delete" | "remove" => "removed",
        "disconnect" => "disconnected",
        "done" => "finished",
        "end" => "ended",
        "mark_test" => "marked as a test or not",
        "open" => "opened",
        "preview" => "tried out",
        "read" => "looked at",
        "refuse" => "refused",
        "reopen" => "opened again",
        "reset" => "reset",
        "revoke" | "withdraw" => "taken back",
        "stop" => "stopped",
        "test" => "tested",
        "update" | "write" => "saved",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dashboard::say;
    use crate::language::Language;

    #[test]
    fn acts_are_told_in_words_of_both_languages() {
        assert_eq!(words("transcript.read"), Some(("Transcript", "looked at")));
        assert_eq!(words("nothing.known"), None);
        let nouns = [
            "account",
            "alert_recipient",
            "alert_settings",
            "door",
            "membership",
            "session",
            "sign_in",
            "text",
            "webhook_secret",
        ];
        let verbs = [
            "accept",
            "add",
            "ask",
            "csv",
            "mark_test",
            "preview",
            "read",
            "refuse",
            "reset",
            "stop",
            "write",
        ];
        for english in nouns.into_iter().filter_map(noun_of).chain(verbs.into_iter().filter_map(verb_of)) {
            assert_ne!(say::t(Language::Spanish, english), english);
        }
        assert_eq!(href("call_1"), Some("/dashboard/calls/call_1".to_owned()));
        assert_eq!(href("usr_1"), None);
    }
}
