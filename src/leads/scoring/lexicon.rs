//! The phrases that scoring listens for, and how they are found.
//!
//! A pattern is slots, a slot is words with alternatives: `have|got _|a|the budget`. `_` is "or nothing", `*` any one word,
//! `#` an amount of money, `@body`, `@wrong`, `@day`, `@person` a word of that list of [`super::words`]. Words that change
//! nothing ("really", "like", "pues") may stand between slots. Apostrophes and accents are left out (see
//! [`super::tokens`]).

use std::cell::LazyCell;
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
/// How far ahead the end of a phrase is looked for before all of it is.
const AHEAD: usize = 12;

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

/// A set of words by the low bits of their numbers, hence perhaps too large: says quickly that a word is not in it.
#[derive(Debug, Default, Clone, Copy)]
struct Sketch([u64; 4]);

impl Sketch {
    fn add(&mut self, id: u16) {
        self.0[usize::from(id / 64 % 4)] |= 1 << (id % 64);
    }

    const fn may_hold(&self, id: u16) -> bool {
        self.0[(id / 64 % 4) as usize] & (1 << (id % 64)) != 0
    }

    fn may_share(&self, other: &Self) -> bool {
        self.0.iter().zip(other.0).fold(0, |shared, (mine, theirs)| shared | (mine & theirs)) != 0
    }
}

#[derive(Debug, Default, Clone)]
struct Slot {
    /// Sorted.
    words: Vec<u16>,
    sketch: Sketch,
    tags: Tags,
    is_amount: bool,
    is_any: bool,
    /// Accepts what is not among its words.
    is_open: bool,
    is_optional: bool,
}

struct Compiled {
    known: HashMap<u64, Known, ByNumber>,
    lines: Vec<(Line, Vec<Slot>, Option<Sketch>)>,
    starts: Vec<Start>,
    /// What any of the open ones begins with.
    open_tags: Tags,
    /// Lines that begin with a class of words or an amount, the place of that slot in them, and the slot.
    open_starts: Vec<(u16, u8, Slot)>,
}

/// A line that may begin with a word, and what may come second: most lines fall away by that alone.
#[derive(Debug, Clone, Copy)]
struct Start {
    line: u16,
    /// The place of the slot that the word begins: not the first where others may be left out.
    slot: u8,
    second: Second,
}

/// What may be meant by the second slot.
#[derive(Debug, Clone, Copy)]
struct Second {
    words: Sketch,
    is_open: bool,
}

impl Second {
    /// What may follow the first word, given the slots behind it.
    fn of(slots: &[Slot]) -> Self {
        let mut second = Self { words: Sketch::default(), is_open: false };
        for slot in slots {
            second.is_open |= slot.is_open;
            slot.words.iter().for_each(|id| second.words.add(*id));
            if !slot.is_optional {
                return second;
            }
        }
        // Nothing has to follow.
        Self { is_open: true, ..second }
    }

    /// `next`: the words that may be meant by it.
    fn may_be(&self, next: &Sketch) -> bool {
        self.is_open | self.words.may_share(next)
    }
}

/// The words one of which must stand within [`AHEAD`] words from where the phrase begins: those of its last slot that has to
/// be filled. None where that says nothing.
fn last_of(slots: &[Slot]) -> Option<Sketch> {
    let at = slots.iter().rposition(|slot| !slot.is_optional)?;
    let is_near = at > 0 && at * (SKIP_MAX + 1) <= AHEAD;
    Some(&slots[at]).filter(|slot| is_near && !slot.is_open).map(|slot| slot.sketch)
}

/// The word after `at`, and while it is one that changes nothing the one after it.
fn next_after(tokens: &[Token<'_>], at: usize) -> Sketch {
    let skipped = tokens.iter().skip(at + 1).take(SKIP_MAX).take_while(|token| token.is(words::SKIP)).count();
    sketch(tokens, at + 1, skipped + 1)
}

/// So many words from there on.
fn sketch(tokens: &[Token<'_>], from: usize, count: usize) -> Sketch {
    let mut words = Sketch::default();
    let known = tokens.iter().skip(from).take(count).map(|token| token.known.id);
    known.filter(|id| *id != 0).for_each(|id| words.add(id));
    words
}

static COMPILED: LazyLock<Compiled> = LazyLock::new(compile);

fn compile() -> Compiled {
    let mut known: HashMap<&'static str, Known, Quick> = HashMap::default();
    for (word, tags) in TAGS.iter() {
        known.insert(*word, Known { tags: *tags, ..Known::default() });
    }
    let mut next_id = 0;
    let (mut lines, mut by_word, mut open_starts) =
        (Vec::new(), HashMap::<u16, Vec<Start>>::new(), Vec::new());
    for line in phrases::lines() {
        let number = u16::try_from(lines.len()).unwrap_or(u16::MAX);
        let slots: Vec<Slot> =
            line.pattern.split(' ').map(|slot| read_slot(slot, &mut known, &mut next_id)).collect();
        let leading = slots.iter().take_while(|slot| slot.is_optional).count();
        for (at, slot) in (0u8..).zip(&slots).take(leading + 1) {
            let start = Start { line: number, slot: at, second: Second::of(&slots[usize::from(at) + 1..]) };
            for id in &slot.words {
                by_word.entry(*id).or_default().push(start);
            }
            if slot.is_open {
                open_starts.push((number, at, slot.clone()));
            }
        }
        let last = last_of(&slots);
        lines.push((line, slots, last));
    }
    let tags = open_starts.iter().map(|(_, _, slot): &(_, _, Slot)| slot.tags);
    let open_tags = tags.fold(Tags::default(), |all, tags| all | tags);
    let mut starts: Vec<Start> = Vec::new();
    for word in known.values_mut() {
        let position = |starts: &Vec<Start>| u16::try_from(starts.len()).unwrap_or(u16::MAX);
        word.from = position(&starts);
        starts.extend(by_word.get(&word.id).into_iter().flatten());
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
                read.sketch.add(entry.id);
            }
        }
    }
    read.words.sort_unstable();
    read.is_open = read.is_any || read.is_amount || read.tags != Tags::default();
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
        (self.sketch.may_hold(token.known.id) && self.words.binary_search(&token.known.id).is_ok())
            || (self.is_open && self.opens(token))
    }
}

/// Calls `found` with the longest phrase of each rule that starts at token `at`.
pub(super) fn hits(tokens: &[Token<'_>], at: usize, found: &mut Vec<Hit>) {
    let token = &tokens[at];
    let own = &COMPILED.starts[usize::from(token.known.from)..usize::from(token.known.to)];
    let next = next_after(tokens, at);
    let own = own.iter().filter(|start| start.second.may_be(&next));
    let own = own.map(|start| (start.line, start.slot));
    let words = LazyCell::new(|| sketch(tokens, at, AHEAD + 1));
    let is_open = token.is(COMPILED.open_tags) || is_amount(token);
    let open = COMPILED.open_starts.iter().filter(|(.., slot)| is_open && slot.opens(token));
    for (number, slot) in own.chain(open.map(|(number, slot, _)| (*number, *slot))) {
        let (line, slots, last) = &COMPILED.lines[usize::from(number)];
        if last.is_some_and(|last| !last.may_share(&words)) {
            continue;
        }
        let Some(end) = walk(&slots[usize::from(slot) + 1..], tokens, at + 1, 0) else { continue };
        keep(found, Hit { line: number + 1, ..line.hit(tokens, at..end) });
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

/// Where the phrase ends, if its other slots stand from here on. `skipped`: how many words were skipped just now.
fn walk(slots: &[Slot], tokens: &[Token<'_>], at: usize, skipped: usize) -> Option<usize> {
    let Some((slot, rest)) = slots.split_first() else { return Some(at) };
    let token = tokens.get(at).filter(|token| {
        token.before == Break::None
            || (token.before == Break::Comma && (token.is(words::SKIP) || tokens[at - 1].is(words::SKIP)))
    });
    if let Some(token) = token
        && slot.accepts(token)
        && let Some(end) = walk(rest, tokens, at + 1, 0)
    {
        return Some(end);
    }
    if slot.is_optional
        && let Some(end) = walk(rest, tokens, at, skipped)
    {
        return Some(end);
    }
    let skips = |token: &&Token<'_>| skipped < SKIP_MAX && token.is(words::SKIP);
    token.filter(skips).and_then(|_| walk(slots, tokens, at + 1, skipped + 1))
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
