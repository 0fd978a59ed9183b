//! What somebody means who texts us. Pure.
//!
//! STOP, CANCEL and START words are the carriers' (and Twilio's). Ours are C, R and X for a visit, 1 and 2 for what was
//! offered, TAKE, PASS and LEAVE for the waitlist. A yes or a no is one to the last question. Whatever is not short and clear
//! is [`Meaning::Other`], for a person to read; only a wish for no more texts is heard in any words (T11).

#[cfg(test)]
mod corpus;
mod words;

use std::str::FromStr;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// What a text means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Meaning {
    /// No more texts.
    Stop,
    /// No more texts to the carriers, and perhaps no visit: CANCEL and its kin (T12).
    StopOrCancel,
    /// No more texts, in words of their own: a person looks at it (T11).
    StopInWords,
    /// Texts again.
    Start,
    /// Who is this?
    Help,
    /// I come.
    Confirm,
    /// I want another time.
    Reschedule,
    /// I do not come.
    Cancel,
    /// The first of what was offered.
    First,
    /// The second.
    Second,
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
    /// Courtesy that asks nothing.
    Thanks,
    /// For a person to read.
    Other,
}

/// A word of the database that this version does not know.
#[derive(Debug, thiserror::Error)]
#[error("unknown meaning of a text")]
pub struct UnknownMeaning;

/// Longer than any answer of ours: an essay that begins with one is none.
const SHORT_CHARS: usize = 60;
/// As much of a body as is searched for a wish to be left alone.
const READ_CHARS: usize = 400;

/// In this order: a stop before everything, "no problem" before "no", a command before a yes.
const LISTS: &[(Meaning, &[&str])] = &[
    (Meaning::Stop, words::STOP),
    (Meaning::StopOrCancel, words::STOP_OR_CANCEL),
    (Meaning::Start, words::START),
    (Meaning::Help, words::HELP),
    (Meaning::Take, words::TAKE),
    (Meaning::Pass, words::PASS),
    (Meaning::Leave, words::LEAVE),
    (Meaning::Thanks, words::THANKS),
    (Meaning::Yes, words::YES),
    (Meaning::No, words::NO),
    (Meaning::Confirm, words::CONFIRM),
    (Meaning::Reschedule, words::RESCHEDULE),
    (Meaning::Cancel, words::CANCEL),
    (Meaning::First, words::FIRST),
    (Meaning::Second, words::SECOND),
];

impl Meaning {
    const ALL: [Self; 17] = [
        Self::Stop,
        Self::StopOrCancel,
        Self::StopInWords,
        Self::Start,
        Self::Help,
        Self::Confirm,
        Self::Reschedule,
        Self::Cancel,
        Self::First,
        Self::Second,
        Self::Take,
        Self::Pass,
        Self::Yes,
        Self::No,
        Self::Leave,
        Self::Thanks,
        Self::Other,
    ];

    /// Its name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::StopOrCancel => "stop_or_cancel",
            Self::StopInWords => "stop_in_words",
            Self::Start => "start",
            Self::Help => "help",
            Self::Confirm => "confirm",
            Self::Reschedule => "reschedule",
            Self::Cancel => "cancel",
            Self::First => "1",
            Self::Second => "2",
            Self::Take => "take",
            Self::Pass => "pass",
            Self::Yes => "yes",
            Self::No => "no",
            Self::Leave => "leave",
            Self::Thanks => "thanks",
            Self::Other => "other",
        }
    }

    /// Whether it ends all texts to the number.
    pub const fn is_stop(self) -> bool {
        matches!(self, Self::Stop | Self::StopOrCancel | Self::StopInWords)
    }

    /// Reads a body; `opt_out_type` is Twilio's own reading of the carriers' words, and comes first. A yes that Twilio
    /// counts as an opt-in stays a yes: whoever was asked something answers that.
    pub fn of(body: &str, opt_out_type: Option<&str>) -> Self {
        let own = Self::read(body);
        match opt_out_type.map(str::to_ascii_uppercase).as_deref() {
            Some("STOP") if !own.is_stop() => Self::Stop,
            Some("START") if own != Self::Yes => Self::Start,
            Some("HELP") if !own.is_stop() => Self::Help,
            _ => own,
        }
    }

    fn read(body: &str) -> Self {
        let plain = plain(body);
        let is_short = body.chars().count() <= SHORT_CHARS;
        if is_short && let Some(meaning) = said(&plain).or_else(|| spelled(&plain)) {
            return meaning;
        }
        // "You do not stop! Stop texting me" is a stop, whatever stands before it.
        let meant = words::NOT_STOP
            .iter()
            .fold(format!(" {plain} "), |text, phrase| text.replace(&format!(" {phrase} "), " "));
        let says = |phrases: &[&str]| phrases.iter().any(|phrase| meant.contains(&format!(" {phrase} ")));
        if says(words::STOP_WITHIN) { Self::StopInWords } else { Self::Other }
    }
}

/// Whether an answer was written in Spanish.
pub fn is_spanish(body: &str) -> bool {
    plain(body).split(' ').any(|word| words::SPANISH.contains(&word))
}

/// What the whole of it says, phrase by phrase.
fn said(plain: &str) -> Option<Meaning> {
    let words: Vec<&str> = plain.split(' ').filter(|word| !word.is_empty()).collect();
    let (mut found, mut at): (Vec<Meaning>, usize) = (Vec::new(), 0);
    while at < words.len() {
        let (length, meaning) = phrase_at(&words[at..])?;
        found.extend(meaning);
        at += length;
    }
    merged(&found)
}

/// The longest phrase that these words begin with; `None` as its meaning is courtesy. A phrase that means something goes
/// before courtesy of the same length.
fn phrase_at(words: &[&str]) -> Option<(usize, Option<Meaning>)> {
    let lists = LISTS.iter().map(|(meaning, phrases)| (Some(*meaning), *phrases));
    let all = lists.chain([(None, words::COURTESY)]);
    let begins = |phrase: &&str| {
        let length = phrase.split(' ').count();
        (length <= words.len() && phrase.split(' ').eq(words[..length].iter().copied())).then_some(length)
    };
    let longest = all.flat_map(|(meaning, phrases)| {
        phrases.iter().filter_map(&begins).map(move |length| (length, meaning))
    });
    // The first of the longest ones: `max_by_key` would give the last.
    longest.fold(None, |best: Option<(usize, Option<Meaning>)>, next| match best {
        Some(best) if best.0 >= next.0 => Some(best),
        _ => Some(next),
    })
}

/// One meaning, beside which thanks, and before a command a yes, say nothing more.
fn merged(found: &[Meaning]) -> Option<Meaning> {
    let is_one_of = |meaning: Meaning, beside: &[Meaning]| {
        found.contains(&meaning) && found.iter().all(|other| *other == meaning || beside.contains(other))
    };
    let courtesy = [Meaning::Thanks, Meaning::Yes];
    // "No. Stop." and "OK, stop" are both a stop.
    let stop_beside = [Meaning::Thanks, Meaning::Yes, Meaning::No, Meaning::Cancel, Meaning::StopOrCancel];
    if is_one_of(Meaning::Stop, &stop_beside) {
        return Some(Meaning::Stop);
    }
    if is_one_of(Meaning::StopOrCancel, &[Meaning::Thanks, Meaning::Yes, Meaning::No]) {
        return Some(Meaning::StopOrCancel);
    }
    let commands = [
        Meaning::Confirm,
        Meaning::First,
        Meaning::Second,
        Meaning::Take,
        Meaning::Pass,
        Meaning::Leave,
        Meaning::Start,
        Meaning::Help,
    ];
    if let Some(command) = commands.into_iter().find(|command| is_one_of(*command, &courtesy)) {
        return Some(command);
    }
    // "No, I need to reschedule" and "I can't make it, another time please" are wishes.
    let wish_beside = [Meaning::Thanks, Meaning::No];
    for wish in [Meaning::Reschedule, Meaning::Cancel] {
        if is_one_of(wish, &wish_beside) {
            return Some(wish);
        }
    }
    [Meaning::Yes, Meaning::No, Meaning::Thanks]
        .into_iter()
        .find(|answer| is_one_of(*answer, &[Meaning::Thanks]))
}

/// "S T O P", "un-stop": one of the carriers' words, whatever stands between its letters.
fn spelled(plain: &str) -> Option<Meaning> {
    let letters: String = plain.chars().filter(|c| *c != ' ').collect();
    let carriers = [
        (Meaning::Stop, words::STOP),
        (Meaning::StopOrCancel, words::STOP_OR_CANCEL),
        (Meaning::Start, words::START),
        (Meaning::Help, words::HELP),
    ];
    let found = carriers
        .into_iter()
        .find(|(_, phrases)| phrases.iter().any(|phrase| !phrase.contains(' ') && *phrase == letters));
    found.map(|(meaning, _)| meaning)
}

/// Lower case, without accents and apostrophes, one space between words: full-width, bold and circled letters become
/// themselves, what cannot be seen is gone, pictures become their word.
fn plain(body: &str) -> String {
    let mut text = String::new();
    for char in body.nfkd().take(READ_CHARS).flat_map(char::to_lowercase) {
        let picture = words::PICTURES.iter().find(|(picture, _)| *picture == char);
        match char {
            _ if picture.is_some() => text.push_str(picture.map_or("", |(_, word)| word)),
            '\'' | '’' | '‘' | '`' | '´' | 'ʼ' => {}
            c if is_combining_mark(c) || is_unseen(c) => {}
            c if c.is_alphanumeric() => text.push(looks_like(c)),
            _ => text.push(' '),
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Joiners, direction marks, variation selectors, skin tones: dress, not text.
const fn is_unseen(char: char) -> bool {
    matches!(char, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0000}'..='\u{e007f}')
}

/// Letters of other alphabets that look like ours, in the words that matter: СТОР is a stop.
const fn looks_like(char: char) -> char {
    match char {
        'а' | 'α' => 'a',
        'с' | 'ϲ' => 'c',
        'е' | 'ε' => 'e',
        'о' | 'ο' => 'o',
        'р' | 'ρ' => 'p',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'х' | 'χ' => 'x',
        'у' => 'y',
        'і' | 'ι' => 'i',
        other => other,
    }
}

impl FromStr for Meaning {
    type Err = UnknownMeaning;

    fn from_str(word: &str) -> Result<Self, UnknownMeaning> {
        Self::ALL.into_iter().find(|meaning| meaning.as_str() == word).ok_or(UnknownMeaning)
    }
}
