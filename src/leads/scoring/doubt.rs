//! What puts the buying off: "I'll think about it", "no rush". It takes back what was said of gladness and hurry.

use super::scope::is;
use super::tokens::{Break, Token};
use super::words::DOUBT;

/// What a caller puts off.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Doubt {
    /// The decision: "let me sleep on it".
    pub decision: bool,
    /// Only the day: "no hurry".
    pub day: bool,
}

impl Doubt {
    /// Listens to one turn of the caller.
    pub fn hear(&mut self, tokens: &[Token<'_>]) {
        for (at, _) in tokens.iter().enumerate().filter(|(_, token)| token.is(DOUBT)) {
            self.decision |= defers(tokens, at);
            self.day |= is(&tokens[at], &["no", "any", "not"]) && takes_time(tokens, at);
        }
    }
}

fn word<'a>(tokens: &'a [Token<'_>], at: usize) -> &'a str {
    tokens.get(at).map_or("", |token| token.word.as_ref())
}

/// "No rush", "not in a hurry", "sin prisa".
fn takes_time(tokens: &[Token<'_>], at: usize) -> bool {
    const RUSH: &[&str] = &["rush", "hurry", "prisa", "apuro"];
    let next = tokens.iter().skip(at + 1).take(4).take_while(|token| token.before == Break::None);
    match word(tokens, at) {
        "not" => word(tokens, at + 1) == "in" && next.clone().any(|token| is(token, RUSH)),
        _ => next.clone().take(3).any(|token| is(token, RUSH)),
    }
}

/// "I'll think about it", "call you back", "just pricing".
fn defers(tokens: &[Token<'_>], at: usize) -> bool {
    let (next, third) = (word(tokens, at + 1), word(tokens, at + 2));
    let before = |words: &[&str]| tokens[at.saturating_sub(3)..at].iter().any(|token| is(token, words));
    let will = || {
        before(&[
            "ill", "let", "lemme", "gotta", "need", "gonna", "will", "to", "and", "id", "should", "might",
        ])
    };
    match word(tokens, at) {
        "think" | "talk" if third == "over" => will(),
        "think" => {
            matches!(next, "about" | "on" | "over") && matches!(third, "it" | "that" | "this") && will()
        }
        "mull" | "pensarlo" | "platicarlo" | "consultarlo" | "checarlo" => true,
        "call" => (next == "back" || (next == "you" || next == "yall") && third == "back") && will(),
        "get" => next == "back" && third == "to" && will(),
        "sleep" => next == "on" && matches!(third, "it" | "that"),
        "shop" | "shopping" | "calling" => next == "around",
        "let" | "lemme" | "need" | "gotta" | "to" => checks_with(tokens, at),
        "not" => matches!((next, third), ("ready", "to" | "yet") | ("sure" | "decided", "yet")),
        "just" | "only" => matches!(next, "pricing" | "curious" | "browsing" | "gathering" | "shopping"),
        "maybe" => matches!(next, "later" | "someday") || (next == "next" && third == "year"),
        "one" => next == "more" && matches!(third, "place" | "clinic" | "spa"),
        "lo" => {
            matches!(next, "pienso" | "platico" | "consulto" | "checo")
                || (next == "voy" && word(tokens, at + 3) == "pensar")
        }
        "le" | "les" => {
            matches!(next, "marco" | "llamo" | "hablo" | "aviso")
                && before(&["luego", "despues", "yo", "y", "ya"])
        }
        _ => false,
    }
}

/// "Let me check with my husband", "I have to run it by my wife".
fn checks_with(tokens: &[Token<'_>], at: usize) -> bool {
    let from = if word(tokens, at + 1) == "me" || word(tokens, at + 1) == "to" { at + 2 } else { at + 1 };
    let (verb, next, third) = (word(tokens, from), word(tokens, from + 1), word(tokens, from + 2));
    match verb {
        "check" | "talk" | "speak" | "discuss" => {
            matches!(next, "with" | "to" | "it") && matches!(third, "my" | "the" | "with")
        }
        "run" => matches!(next, "it" | "that") && third == "by",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tokens::tokenize;
    use super::*;

    fn heard(text: &str) -> (bool, bool) {
        let mut doubt = Doubt::default();
        doubt.hear(&tokenize(text));
        (doubt.decision, doubt.day)
    }

    #[test]
    fn who_puts_it_off_has_not_decided() {
        for text in
            ["I'll think about it", "let me talk to my husband", "I'm gonna call you back", "lo voy a pensar"]
        {
            assert_eq!(heard(text), (true, false), "{text}");
        }
        assert_eq!(heard("there's no rush"), (false, true));
    }

    #[test]
    fn thinking_of_it_for_years_is_no_doubt() {
        for text in [
            "I think about it every day",
            "can you call me back",
            "I'm in a rush",
            "let me check my calendar",
        ] {
            assert_eq!(heard(text), (false, false), "{text}");
        }
    }
}
