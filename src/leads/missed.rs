//! Whether a call ended before its caller was helped. Pure.
//!
//! A text too few is a caller who calls again; a text too many is a clinic that seems not to know whom it has just spoken
//! to. Hence: when in doubt, the call was not missed.

/// Whoever hangs up sooner has hardly heard the greeting.
const HEARD_SECONDS: i32 = 20;
/// Fewer words than this are no request: "hello?", "hello? anybody?".
const REQUEST_WORDS: usize = 5;

/// What is known of a call that ended.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ended<'a> {
    /// The platform's word; an open set.
    pub reason: Option<&'a str>,
    /// How long it took, when it was answered at all.
    pub seconds: Option<i32>,
    /// Words of the caller.
    pub words: usize,
    /// Tools that gave an answer, whatever it was.
    pub answers: i64,
    /// They were about to book.
    pub wanted_to_book: bool,
    /// Something came of it: a visit, a change of one, a place on the waitlist, a promise to call back.
    pub is_helped: bool,
}

/// What a caller is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owed {
    /// That we are sorry, and how to reach us.
    Word,
    /// To finish by text what they were booking.
    Details,
}

/// What its caller is owed, if anything.
pub(super) fn owed(call: &Ended<'_>) -> Option<Owed> {
    if call.is_helped {
        return None;
    }
    let reason = call.reason.unwrap_or_default();
    let has_broken = has_broken(reason);
    if call.wanted_to_book && (has_broken || reason == "silence-timed-out") {
        return Some(Owed::Details);
    }
    (has_broken || has_hardly_begun(call, reason)).then_some(Owed::Word)
}

fn has_hardly_begun(call: &Ended<'_>, reason: &str) -> bool {
    let said_nothing = call.answers == 0 && call.words < REQUEST_WORDS;
    let is_short = call.seconds.is_none_or(|seconds| seconds < HEARD_SECONDS);
    match reason {
        "silence-timed-out" => said_nothing,
        "" => said_nothing && is_short,
        // Also one who gave up while it rang.
        hung_up if hung_up.starts_with("customer-ended-call") || hung_up.starts_with("call.ringing.") => {
            call.answers == 0 && (is_short || call.words == 0)
        }
        // Forwarded, voicemail, ended by the assistant: somebody decided so.
        _ => false,
    }
}

/// The platform, a model, a voice or a line failed under the call.
fn has_broken(reason: &str) -> bool {
    let parts = ["error", "fault", "failed"];
    let begins =
        ["pipeline-", "assistant-request-", "assistant-not-", "worker-shutdown", "exceeded-max-duration"];
    parts.iter().any(|part| reason.contains(part)) || begins.iter().any(|begin| reason.starts_with(begin))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HUNG_UP: Ended<'static> = Ended {
        reason: Some("customer-ended-call"),
        seconds: Some(90),
        words: 40,
        answers: 0,
        wanted_to_book: false,
        is_helped: false,
    };

    #[test]
    fn calls_that_broke_off_or_hardly_began_were_missed_and_no_others() {
        let ended = |reason| Ended { reason: Some(reason), ..HUNG_UP };
        let table = [
            // A talk that ended as talks do.
            (HUNG_UP, false),
            (Ended { answers: 2, ..HUNG_UP }, false),
            (ended("assistant-ended-call"), false),
            (ended("assistant-forwarded-call"), false),
            (ended("voicemail"), false),
            (ended("a-word-of-tomorrow"), false),
            // Hung up at the greeting, while it rang, or without a word.
            (Ended { seconds: Some(6), words: 1, ..HUNG_UP }, true),
            (Ended { seconds: None, words: 0, ..HUNG_UP }, true),
            (Ended { reason: None, seconds: None, words: 0, ..HUNG_UP }, true),
            (Ended { reason: None, ..HUNG_UP }, false),
            (
                Ended {
                    seconds: None,
                    words: 0,
                    ..ended("call.ringing.sip-inbound-caller-hungup-before-call-connect")
                },
                true,
            ),
            (Ended { words: 0, ..HUNG_UP }, true),
            // Heard a time and thought better of it.
            (Ended { seconds: Some(15), answers: 1, ..HUNG_UP }, false),
            // Silence: a line that carried nothing, or a talk that ran out.
            (Ended { words: 1, ..ended("silence-timed-out") }, true),
            (ended("silence-timed-out"), false),
            // Something broke.
            (ended("pipeline-error-openai-llm-failed"), true),
            (ended("call.in-progress.error-providerfault-eleven-labs-500"), true),
            (ended("call.start.error-get-assistant"), true),
            (ended("assistant-request-failed"), true),
            (Ended { answers: 1, ..ended("call.in-progress.error-vapifault-worker-died") }, true),
            (ended("exceeded-max-duration"), true),
            // And yet something came of it.
            (Ended { is_helped: true, ..ended("pipeline-error-openai-llm-failed") }, false),
            (Ended { is_helped: true, seconds: Some(6), ..HUNG_UP }, false),
        ];
        for (call, expected) in table {
            assert_eq!(owed(&call), expected.then_some(Owed::Word), "{call:?}");
        }
    }

    #[test]
    fn who_was_about_to_book_when_the_line_broke_can_finish_by_text() {
        let booking = Ended { answers: 1, wanted_to_book: true, ..HUNG_UP };
        let ended = |reason| owed(&Ended { reason: Some(reason), ..booking });
        assert_eq!(ended("pipeline-error-openai-llm-failed"), Some(Owed::Details));
        assert_eq!(ended("silence-timed-out"), Some(Owed::Details));
        // They may have thought better of it.
        assert_eq!(ended("customer-ended-call"), None);
        assert_eq!(owed(&Ended { reason: Some("silence-timed-out"), is_helped: true, ..booking }), None);
    }
}
