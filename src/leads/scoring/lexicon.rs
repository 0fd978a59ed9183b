//! The phrases that scoring listens for, and how they are found.
//!
//! A pattern is slots, a slot is words with alternatives: `have|got _|a|the budget`. `_` is "or nothing", `*` any one word,
//! `#` an amount of money, `@body`, `@wrong`, `@day`, `@person` a word of that list of [`super::words`]. Words that change
//! nothing ("really", "like", "pues") may stand between slots. Apostrophes and accents are left out (see
//! [`super::tokens`]).

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use super::Rule;
use super::hash::{ByNumber, Quick, number_of_word};
use super::phrases;
use super::tokens::{Break, Token};
use super::words::{self, TAGS, Tags};

/// How far `unless_before` and `unless_next` look.
const GUARD_WORDS: usize = 3;
/// Words that change nothing, at most so many in a row within a phrase.
const SKIP_MAX: usize = 2;

/// One line of the lexicon.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    pub rule: Rule,
    pub pattern: &'static str,
    /// Only a hint: needs company (buying words, a treatment, another hint), see the rule's judge.
    pub weak: bool,
    /// Only adds: a circumstance to symptoms ("since my filler"), a courtesy to wishes ("you're wonderful").
    pub idle: bool,
    /// Counts only when somebody must act at once: the emergencies among the symptoms.
    pub grave: bool,
    /// Words that void it shortly before …
    pub unless_before: &'static str,
    /// … and after it.
    pub unless_next: &'static str,
}

/// What the lexicon knows of a word: found once per word of a transcript.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Known {
    /// Its number among the words of all patterns; 0 is "in none".
    id: u16,
    /// What it is.
    pub tags: Tags,
    /// Lines that may begin with it: a range of [`Compiled::starts`].
    from: u16,
    to: u16,
}

/// A phrase found in a turn.
#[derive(Debug, Clone)]
pub(super) struct Hit {
    pub rule: Rule,
    pub weak: bool,
    pub idle: bool,
    pub grave: bool,
    /// The number of its line; 0 for what is in no line.
    pub line: u16,
    /// Positions of its tokens.
    pub span: Range<usize>,
    /// A neighbouring word gives it another meaning ("how much longer").
    pub void: bool,
}

#[derive(Debug, Default, Clone)]
struct Slot {
    words: Vec<u16>,
    tags: Tags,
    is_amount: bool,
    is_any: bool,
    is_optional: bool,
}

struct Compiled {
    known: HashMap<u64, Known, ByNumber>,
    lines: Vec<(Line, Vec<Slot>)>,
    starts: Vec<Start>,
    /// What any of the open ones begins with.
    open_tags: Tags,
    /// Lines that begin with a class of words or an amount.
    open_starts: Vec<(Slot, u16)>,
}

/// A line that may begin with a word, and what may come second: most lines fall away by that alone.
#[derive(Debug, Clone, Copy)]
struct Start {
    line: u16,
    second: Second,
}

/// A set of words by the low bits of their numbers, hence perhaps too large.
#[derive(Debug, Clone, Copy)]
struct Second {
    bits: [u64; 4],
    is_open: bool,
}

impl Second {
    /// What may follow the first word of a phrase of these slots.
    fn of(slots: &[Slot]) -> Self {
        let mut second = Self { bits: [0; 4], is_open: slots.first().is_none_or(|slot| slot.is_optional) };
        for slot in slots.iter().skip(1) {
            second.is_open |= slot.is_any || slot.is_amount || slot.tags != Tags::default();
            for id in &slot.words {
                second.bits[usize::from(id / 64 % 4)] |= 1 << (id % 64);
            }
            if !slot.is_optional {
                return second;
            }
        }
        // Nothing has to follow.
        Self { is_open: true, ..second }
    }

    /// `next`: the numbers of the words that may be meant by the second slot.
    fn may_hold(&self, next: &[u16]) -> bool {
        let holds = |id: &u16| *id != 0 && self.bits[usize::from(id / 64 % 4)] & (1 << (id % 64)) != 0;
        self.is_open || next.iter().any(holds)
    }
}

/// The word after `at`, and while it is one that changes nothing the one after it.
fn next_after(tokens: &[Token<'_>], at: usize) -> ([u16; SKIP_MAX + 1], usize) {
    let mut next = ([0; SKIP_MAX + 1], 0);
    for token in tokens.iter().skip(at + 1).take(SKIP_MAX + 1) {
        next.0[next.1] = token.known.id;
        next.1 += 1;
        if !token.is(words::SKIP) {
            break;
        }
    }
    next
}

static COMPILED: LazyLock<Compiled> = LazyLock::new(compile);

fn compile() -> Compiled {
    let mut known: HashMap<&'static str, Known, Quick> = HashMap::default();
    for (word, tags) in TAGS.iter() {
        known.insert(*word, Known { tags: *tags, ..Known::default() });
    }
    let mut next_id = 0;
    let (mut lines, mut by_word, mut open_starts) = (Vec::new(), HashMap::<u16, Vec<u16>>::new(), Vec::new());
    for line in phrases::lines() {
        let number = u16::try_from(lines.len()).unwrap_or(u16::MAX);
        let slots: Vec<Slot> =
            line.pattern.split(' ').map(|slot| read_slot(slot, &mut known, &mut next_id)).collect();
        let leading = slots.iter().take_while(|slot| slot.is_optional).count();
        for slot in slots.iter().take(leading + 1) {
            for id in &slot.words {
                by_word.entry(*id).or_default().push(number);
            }
            if slot.is_amount || slot.is_any || slot.tags != Tags::default() {
                open_starts.push((slot.clone(), number));
            }
        }
        lines.push((line, slots));
    }
    let seconds: Vec<Second> = lines.iter().map(|(_, slots)| Second::of(slots)).collect();
    let open_tags = open_starts.iter().fold(Tags::default(), |all, (slot, _): &(Slot, u16)| all | slot.tags);
    let mut starts: Vec<Start> = Vec::new();
    for word in known.values_mut() {
        let position = |starts: &Vec<Start>| u16::try_from(starts.len()).unwrap_or(u16::MAX);
        word.from = position(&starts);
        let own = by_word.get(&word.id).into_iter().flatten();
        starts.extend(own.map(|line| Start { line: *line, second: seconds[usize::from(*line)] }));
        word.to = position(&starts);
    }
    let known = known.into_iter().map(|(word, known)| (number_of_word(word), known)).collect();
    Compiled { known, lines, starts, open_tags, open_starts }
}

fn read_slot(slot: &'static str, known: &mut HashMap<&'static str, Known, Quick>, next_id: &mut u16) -> Slot {
    let mut read = Slot::default();
    for choice in slot.split('|') {
        match choice {
            "_" => read.is_optional = true,
            "#" => read.is_amount = true,
            "*" => read.is_any = true,
            "@body" => read.tags = read.tags | words::BODY,
            "@wrong" => read.tags = read.tags | words::WRONG,
            "@day" => read.tags = read.tags | words::DAY,
            "@person" => read.tags = read.tags | words::PERSON,
            word => {
                let entry = known.entry(word).or_default();
                if entry.id == 0 {
                    *next_id += 1;
                    entry.id = *next_id;
                }
                read.words.push(entry.id);
            }
        }
    }
    read.words.sort_unstable();
    read
}

/// What is known of a word, by its number.
pub(super) fn known(word: u64) -> Known {
    COMPILED.known.get(&word).copied().unwrap_or_default()
}

impl Slot {
    /// By what it is, not by the word.
    fn opens(&self, token: &Token<'_>) -> bool {
        token.is(self.tags) || self.is_any || (self.is_amount && is_amount(token))
    }

    fn accepts(&self, token: &Token<'_>) -> bool {
        (token.known.id != 0 && self.words.binary_search(&token.known.id).is_ok())
            || token.is(self.tags)
            || self.is_any
            || (self.is_amount && is_amount(token))
    }
}

/// Calls `found` with the longest phrase of each rule that starts at token `at`.
pub(super) fn hits(tokens: &[Token<'_>], at: usize, found: &mut Vec<Hit>) {
    let token = &tokens[at];
    let own = &COMPILED.starts[usize::from(token.known.from)..usize::from(token.known.to)];
    let (next, count) = next_after(tokens, at);
    let own = own.iter().filter(|start| start.second.may_hold(&next[..count])).map(|start| &start.line);
    let is_open = token.is(COMPILED.open_tags) || is_amount(token);
    let open =
        COMPILED.open_starts.iter().filter(|(slot, _)| is_open && slot.opens(token)).map(|(_, line)| line);
    for number in own.chain(open) {
        let (line, slots) = &COMPILED.lines[usize::from(*number)];
        let Some(end) = walk(slots, tokens, at, None) else { continue };
        keep(found, Hit { line: *number + 1, ..line.hit(tokens, at..end) });
    }
}

/// Of two phrases of one kind at one place the longer one counts, and of equals the stronger one.
pub(super) fn keep(found: &mut Vec<Hit>, hit: Hit) {
    match found.iter_mut().find(|h| h.rule.kind() == hit.rule.kind()) {
        Some(other) => {
            let better =
                (!hit.void, !hit.weak, hit.span.len()) > (!other.void, !other.weak, other.span.len());
            if better {
                let grave = other.grave || hit.grave;
                *other = hit;
                other.grave = grave;
            }
        }
        None => found.push(hit),
    }
}

/// Where the phrase ends, if it stands here. `skipped`: how many words were skipped just now; none at the beginning.
fn walk(slots: &[Slot], tokens: &[Token<'_>], at: usize, skipped: Option<usize>) -> Option<usize> {
    let Some((slot, rest)) = slots.split_first() else { return Some(at) };
    let token = tokens.get(at).filter(|token| {
        skipped.is_none()
            || token.before == Break::None
            || (token.before == Break::Comma && (token.is(words::SKIP) || tokens[at - 1].is(words::SKIP)))
    });
    if let Some(token) = token
        && slot.accepts(token)
        && let Some(end) = walk(rest, tokens, at + 1, Some(0))
    {
        return Some(end);
    }
    if slot.is_optional
        && let Some(end) = walk(rest, tokens, at, skipped)
    {
        return Some(end);
    }
    let skips = skipped.filter(|count| *count < SKIP_MAX)?;
    token.filter(|token| token.is(words::SKIP)).and_then(|_| walk(slots, tokens, at + 1, Some(skips + 1)))
}

impl Line {
    fn hit(&self, tokens: &[Token<'_>], span: Range<usize>) -> Hit {
        let before = (1..=GUARD_WORDS).take_while(|back| *back <= span.start);
        let before =
            before.take_while(|back| tokens[span.start + 1 - back].before != Break::Stop).last().unwrap_or(0);
        let before = &tokens[span.start - before..span.start];
        let next = &tokens[span.end..tokens.len().min(span.end + GUARD_WORDS)];
        let stop = next.iter().position(|token| token.before == Break::Stop);
        let next = &next[..stop.unwrap_or(next.len())];
        let any = |near: &[Token<'_>], words: &str| {
            !words.is_empty() && near.iter().any(|t| words.split(' ').any(|word| t.word == word))
        };
        let void = any(before, self.unless_before) || any(next, self.unless_next);
        Hit { rule: self.rule, weak: self.weak, idle: self.idle, grave: self.grave, line: 0, span, void }
    }
}

/// "$600", a number too long for a time of day or a date, or words that only money has.
fn is_amount(token: &Token<'_>) -> bool {
    let word = token.word.as_ref();
    word.starts_with('$')
        || token.is(words::MONEY)
        || ((3..=6).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::super::tokens::tokenize;
    use super::*;

    fn found(text: &str, rule: Rule) -> Vec<String> {
        let tokens = tokenize(text);
        let at = |at| {
            let mut found = Vec::new();
            hits(&tokens, at, &mut found);
            found
        };
        let all: Vec<Hit> = (0..tokens.len()).flat_map(at).collect();
        let words = all.into_iter().filter(|h| h.rule == rule && !h.void);
        words.map(|h| tokens[h.span].iter().map(|t| t.raw).collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn neighbours_can_void_a_phrase() {
        assert_eq!(found("how much longer", Rule::PriceQuestion), Vec::<String>::new());
        assert_eq!(found("how much is it", Rule::PriceQuestion), ["how much"]);
    }

    #[test]
    fn words_that_change_nothing_may_stand_within_a_phrase() {
        assert_eq!(
            found("I'm, like, really so excited", Rule::Positive),
            ["really so excited", "so excited"]
        );
    }

    #[test]
    fn times_of_day_are_not_amounts() {
        assert_eq!(found("2:30 is okay", Rule::Positive), Vec::<String>::new());
        assert_eq!(found("$600 is okay", Rule::Positive), ["$600 is okay"]);
    }

    #[test]
    fn no_pattern_is_written_twice_or_begins_with_a_gap() {
        let mut seen = std::collections::HashSet::new();
        for line in phrases::lines() {
            assert!(seen.insert((line.rule, line.pattern)), "{:?} is there twice", line.pattern);
            assert!(!line.pattern.starts_with(['*', '_', ' ']), "{:?} begins anywhere", line.pattern);
        }
    }
}
