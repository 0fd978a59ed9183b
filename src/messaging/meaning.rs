//! What somebody means who texts us. Pure.
//!
//! STOP and START words are the carriers' (and Twilio's): only a whole message is one, whatever its case, spaces and
//! punctuation. Ours are TAKE, PASS and LEAVE. A yes or a no means an offer only to whoever has exactly one.

use std::str::FromStr;

/// What a text means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// No more texts.
    Stop,
    /// Texts again.
    Start,
    /// Who is this?
    Help,
    /// I take the time on offer.
    Take,
    /// Not that time; another.
    Pass,
    /// A yes to whatever was asked.
    Yes,
    /// A no to whatever was asked.
    No,
    /// Off the waitlist.
    Leave,
    /// For a person to read.
    Other,
}

/// A word of the database that this version does not know.
#[derive(Debug, thiserror::Error)]
#[error("unknown meaning of a text")]
pub struct UnknownMeaning;

const STOP: &[&str] = &[
    "stop",
    "stopall",
    "unsubscribe",
    "cancel",
    "end",
    "quit",
    "optout",
    "revoke",
    "stopplease",
    "pleasestop",
    "stoptexting",
    "stoptextingme",
    "unsubscribeme",
];
const START: &[&str] = &["start", "unstop"];
const HELP: &[&str] = &["help", "info"];
const TAKE: &[&str] = &[
    "take",
    "takeit",
    "illtakeit",
    "iwilltakeit",
    "taken",
    "iltakeit",
    "takeitplease",
    "yestake",
    "yestakeit",
];
const PASS: &[&str] = &["pass", "illpass", "iwillpass", "passplease", "passonit", "passthanks"];
const YES: &[&str] = &[
    "yes",
    "yep",
    "yeah",
    "yup",
    "y",
    "ok",
    "okay",
    "sure",
    "yesplease",
    "oksure",
    "okthanks",
    "soundsgood",
    "perfect",
    "bookit",
    "yesthanks",
];
const NO: &[&str] = &[
    "no",
    "nope",
    "n",
    "nothanks",
    "nothankyou",
    "notthistime",
    "nonotthistime",
    "icant",
    "cant",
    "cantmakeit",
    "icantmakeit",
    "skip",
];
const LEAVE: &[&str] = &[
    "leave",
    "leavelist",
    "leavethelist",
    "leavewaitlist",
    "leavethewaitlist",
    "removeme",
    "takemeoff",
    "takemeoffthelist",
    "takemeoffthewaitlist",
    "offthelist",
];

impl Meaning {
    const ALL: [Self; 9] = [
        Self::Stop,
        Self::Start,
        Self::Help,
        Self::Take,
        Self::Pass,
        Self::Yes,
        Self::No,
        Self::Leave,
        Self::Other,
    ];

    /// Its name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Start => "start",
            Self::Help => "help",
            Self::Take => "take",
            Self::Pass => "pass",
            Self::Yes => "yes",
            Self::No => "no",
            Self::Leave => "leave",
            Self::Other => "other",
        }
    }

    /// Reads a body; `opt_out_type` is Twilio's own reading of the carriers' words, and comes first. A yes that Twilio
    /// counts as an opt-in stays a yes: whoever has an offer answers that.
    pub fn of(body: &str, opt_out_type: Option<&str>) -> Self {
        let own = Self::read(body);
        match opt_out_type.map(str::to_ascii_uppercase).as_deref() {
            Some("STOP") => Self::Stop,
            Some("START") if own != Self::Yes => Self::Start,
            Some("HELP") => Self::Help,
            _ => own,
        }
    }

    fn read(body: &str) -> Self {
        // No word of ours is longer than a few; an essay that begins with one is none.
        let letters: String = body.chars().take(60).filter(|c| c.is_alphanumeric()).collect();
        let word = letters.to_lowercase();
        let is_short = body.chars().count() <= 40;
        let lists: [(&[&str], Self); 8] = [
            (STOP, Self::Stop),
            (START, Self::Start),
            (HELP, Self::Help),
            (TAKE, Self::Take),
            (PASS, Self::Pass),
            (YES, Self::Yes),
            (NO, Self::No),
            (LEAVE, Self::Leave),
        ];
        let found = lists.into_iter().find(|(words, _)| is_short && words.contains(&word.as_str()));
        found.map_or(Self::Other, |(_, meaning)| meaning)
    }
}

impl FromStr for Meaning {
    type Err = UnknownMeaning;

    fn from_str(word: &str) -> Result<Self, UnknownMeaning> {
        Self::ALL.into_iter().find(|meaning| meaning.as_str() == word).ok_or(UnknownMeaning)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn t9_every_stop_word_in_any_dress_is_a_stop() {
        for word in ["STOP", "stopall", "Unsubscribe", "CANCEL", "End", "quit", "OptOut", "REVOKE"] {
            for dressed in
                [word.to_owned(), word.to_lowercase(), format!(" {word}.\n"), format!("\"{word}\"!!")]
            {
                assert_eq!(Meaning::of(&dressed, None), Meaning::Stop, "{dressed:?}");
            }
        }
        for body in ["opt out", "Opt-Out", "S T O P", "stop all", "Please stop"] {
            assert_eq!(Meaning::of(body, None), Meaning::Stop, "{body:?}");
        }
        assert_eq!(Meaning::of("Can I stop by at 3?", None), Meaning::Other);
        assert_eq!(Meaning::of("the end of the week", None), Meaning::Other);
    }

    #[test]
    fn twilios_own_reading_comes_first_and_a_yes_stays_a_yes() {
        assert_eq!(Meaning::of("arrêt", Some("STOP")), Meaning::Stop);
        assert_eq!(Meaning::of("unstop", Some("START")), Meaning::Start);
        assert_eq!(Meaning::of("YES", Some("START")), Meaning::Yes);
        assert_eq!(Meaning::of("take", Some("HELP")), Meaning::Help);
        assert_eq!(Meaning::of("take", Some("")), Meaning::Take);
    }

    #[test]
    fn our_words_are_read_in_the_ways_people_write_them() {
        let table = [
            (Meaning::Take, ["TAKE", "take.", "I'll take it!", "Take it"]),
            (Meaning::Pass, ["PASS", "pass!", "I'll pass", "Pass, thanks"]),
            (Meaning::Yes, ["Yes", "yep", "OK", "Sure!"]),
            (Meaning::No, ["no", "Not this time", "No, thank you.", "NOPE"]),
            (Meaning::Leave, ["LEAVE", "leave the list", "Take me off the list", "remove me"]),
            (Meaning::Start, ["START", "start", "UNSTOP", "un stop"]),
            (Meaning::Help, ["HELP", "help?", "INFO", "info"]),
            (Meaning::Other, ["", "👍", "Can you do Friday?", "take the other one if Friday is full"]),
        ];
        for (meaning, bodies) in table {
            for body in bodies {
                assert_eq!(Meaning::of(body, None), meaning, "{body:?}");
            }
        }
    }

    #[test]
    fn meanings_are_read_back() {
        for meaning in Meaning::ALL {
            assert_eq!(meaning.as_str().parse::<Meaning>().unwrap(), meaning);
        }
        assert!("c".parse::<Meaning>().is_err());
    }
}
