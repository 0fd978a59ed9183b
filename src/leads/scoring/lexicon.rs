//! The phrases that scoring listens for, and how they are found.
//!
//! A pattern is words with alternatives: `have|got _|a|the budget`. `_` is "no word here", `#` an amount of money.
//! Apostrophes are left out (see [`super::tokens`]). The org's own service words are taken literally.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use super::tokens::{Break, Token, tokenize};
use super::{Rule, Rules};
use Rule::{
    Clinical, Complaint, ExistingPatient, HighValueService, JobSeeker, MediumService, Positive,
    PriceQuestion, Urgency, Vendor, WrongNumber,
};

/// How far `unless_before` and `unless_next` look.
const GUARD_WORDS: usize = 3;
/// The few service stems said with "-ing"; "peeling" and "filling" are not services.
const ING_STEMS: [&str; 6] = ["wax", "laser", "thread", "contour", "sculpt", "tan"];

/// One line of the lexicon.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    pub rule: Rule,
    pattern: &'static str,
    /// Only a hint: needs company (buying words, a treatment, no interest), see the rule's judge.
    pub weak: bool,
    unless_before: &'static [&'static str],
    unless_next: &'static [&'static str],
}

const fn line(rule: Rule, pattern: &'static str) -> Line {
    Line { rule, pattern, weak: false, unless_before: &[], unless_next: &[] }
}

impl Line {
    const fn weak(self) -> Self {
        Self { weak: true, ..self }
    }
    const fn unless_before(self, words: &'static [&'static str]) -> Self {
        Self { unless_before: words, ..self }
    }
    const fn unless_next(self, words: &'static [&'static str]) -> Self {
        Self { unless_next: words, ..self }
    }
}

const GRIEVANCES: &[&str] = &["complain", "refund", "cancel", "manager", "stop", "money"];
const ME_BEING: &[&str] = &["im", "am", "as"];

#[rustfmt::skip]
const LINES: &[Line] = &[
    // Price: interest without a service (T-S10).
    line(PriceQuestion, "how much").unless_next(&["time", "longer", "pain", "downtime", "notice", "swelling", "bruising", "bleeding"]),
    line(PriceQuestion, "cost|costs|price|prices|pricing|pricelist"),
    line(PriceQuestion, "you charge"), line(PriceQuestion, "your rates"), line(PriceQuestion, "a|get quote"),

    // Gladness and means to pay.
    line(Positive, "have|got _|a|the|my|enough budget").unless_next(&["concerns", "issues", "problems", "constraints", "limits"]),
    line(Positive, "budget is|_ fine|ok|okay|ready|good"), line(Positive, "budget|money|moneys|price|cost is|_ no issue|object|problem|concern"),
    line(Positive, "budget|money|price|cost isnt|wont _|be _|a|an|really issue|problem|concern|object"),
    line(Positive, "budget|money|price|cost is|will not _|be a|an issue|problem|concern|object"),
    line(Positive, "price|cost|money doesnt|dont matter"), line(Positive, "dont care how much|what it costs"),
    line(Positive, "whatever it costs|takes"), line(Positive, "willing|happy|ready|prepared to pay"),
    line(Positive, "can|could _|easily|definitely afford"),
    line(Positive, "# _|dollars|bucks is|are|sounds|works|seems _|totally|perfectly ok|okay|fine|good|great|perfect|reasonable|doable"),
    line(Positive, "hundred|thousand|dollars|bucks|price is|are|sounds|works|seems _|totally|perfectly ok|okay|fine|good|great|perfect|reasonable"),
    line(Positive, "sounds|sound _|really|so|absolutely|just great|perfect|wonderful|amazing|lovely|fantastic|excellent|awesome").unless_next(&["nothing"]),
    line(Positive, "thats _|so|just|absolutely perfect|wonderful|fantastic|amazing").unless_next(&["nothing"]), line(Positive, "that is perfect"),
    line(Positive, "would be great|perfect|wonderful|fantastic|amazing"), line(Positive, "works _|perfectly|great for me"),
    line(Positive, "love to").unless_next(GRIEVANCES), line(Positive, "id|would|wed _|really|absolutely love").unless_next(GRIEVANCES),
    line(Positive, "cant|cannot wait").unless_next(&["that", "long", "longer", "any", "around", "on", "here", "forever", "much"]),
    line(Positive, "lets do it|this|that"), line(Positive, "lets book|schedule"), line(Positive, "sign me up"), line(Positive, "count me in"),
    line(Positive, "book me in"), line(Positive, "ready to book|schedule|start|go"),
    line(Positive, "so|really|very|super excited"), line(Positive, "very|really|super|definitely|extremely interested"),

    // When they want it.
    line(Urgency, "asap"), line(Urgency, "a s a p"), line(Urgency, "as soon as possible"), line(Urgency, "as soon as you|i can"),
    line(Urgency, "right away"), line(Urgency, "immediately"), line(Urgency, "urgent|urgently"), line(Urgency, "in a hurry|rush"),
    line(Urgency, "first|next|soonest|earliest available"), line(Urgency, "soonest|earliest appointment|opening|availability|slot|spot"),
    line(Urgency, "today|tonight|tomorrow").weak(), line(Urgency, "this week|weekend|morning|afternoon|evening").weak(),
    line(Urgency, "right now").weak(),

    // Something is wrong with a body: never a sale (T-S13).
    line(Clinical, "swollen|swelling"), line(Clinical, "swelled|swelling|puffed up"), line(Clinical, "bleeding"),
    line(Clinical, "trouble|difficulty|problems|hard|struggling|issues _|with|to breathing|breathe"),
    line(Clinical, "cant|cannot|barely breathe|swallow"), line(Clinical, "short of breath"),
    line(Clinical, "throat is|feels|_ closing|tight"), line(Clinical, "blurry|blurred"),
    line(Clinical, "double|lost|losing|loss|affected _|of|my vision|sight|eyesight"), line(Clinical, "vision loss|problems|changes"),
    line(Clinical, "cant|cannot see out|properly|clearly|straight"),
    line(Clinical, "spreading|severe|increasing redness|rash"), line(Clinical, "redness is|thats|keeps|_ spreading"),
    line(Clinical, "infected|infection"), line(Clinical, "allergic reaction"), line(Clinical, "hives|blisters|blistering"),
    line(Clinical, "severe|extreme|excruciating|unbearable|terrible|intense|bad|worst|lot _|of pain"),
    line(Clinical, "turned|turning|went white|blue|black|purple|gray|grey"), line(Clinical, "face|eye|eyelid|mouth is|_ drooping"),
    line(Clinical, "unconscious|unresponsive"), line(Clinical, "chest pain"), line(Clinical, "pus coming|leaking|draining"),
    line(Clinical, "fever|pus|oozing|burned|burnt|numb|fainted").weak(), line(Clinical, "passed out").weak(),

    line(WrongNumber, "wrong number|person").unless_before(&["gave", "give", "put", "left", "entered", "typed", "took", "you", "thats"]),
    line(WrongNumber, "wrong number sorry"),
    line(WrongNumber, "is this the|a|_ pizza|restaurant|pharmacy|hotel|bank|dentist|vet|school|dmv").weak(),
    line(WrongNumber, "dialed|dialled|called the wrong _|number|place").unless_before(&["you"]), line(WrongNumber, "misdialed|misdialled"),

    line(Vendor, "seo"), line(Vendor, "search engine optimization"), line(Vendor, "calling from|with google"), line(Vendor, "about|regarding your google _|business listing|profile"),
    line(Vendor, "google _|business listing|profile").weak(), line(Vendor, "merchant services|processing|account|cash"),
    line(Vendor, "card|payment processing"), line(Vendor, "business owner").weak().unless_before(ME_BEING),
    line(Vendor, "speak|talk to|with _|the business owner"), line(Vendor, "business loan|loans|funding|lending"), line(Vendor, "decision maker"),
    line(Vendor, "marketing agency|services|company|solutions"), line(Vendor, "digital marketing"), line(Vendor, "lead generation"),
    line(Vendor, "rank|ranking _|higher|number on|one google|page"), line(Vendor, "extended warranty"), line(Vendor, "press one|1"),
    line(Vendor, "we|who sell|supply|distribute|manufacture _|medical|aesthetic|cosmetic|dermal|wholesale botox|filler|fillers|injectables|laser|lasers|device|devices|equipment|products|skincare|supplies"),
    line(Vendor, "we|our _|company offer|offers|help|helps _|small|local businesses|spas|clinics|practices"), line(Vendor, "prerecorded message"), line(Vendor, "more clients|customers|patients|leads"),

    line(JobSeeker, "hiring"), line(JobSeeker, "apply|applying|applied for a|the|any _|open|injector|nurse|receptionist|esthetician job|position|role"),
    line(JobSeeker, "job openings|opening|application|vacancy|vacancies"), line(JobSeeker, "looking for _|a work|job|jobs|employment"),
    line(JobSeeker, "open positions|position"), line(JobSeeker, "receptionist|injector|esthetician|nurse|desk position|job|role"), line(JobSeeker, "my|a|send|submit|drop|email _|off|in|my|a resume|cv"),

    line(Complaint, "refund|refunded").unless_next(&["policy", "policies"]).unless_before(&["offer", "give", "policy", "deposit", "if"]),
    line(Complaint, "my money back"), line(Complaint, "complaint|complain"), line(Complaint, "thanks for nothing"),
    line(Complaint, "my|a|an lawyer|attorney").unless_before(ME_BEING), line(Complaint, "sue|suing you"), line(Complaint, "small claims"),
    line(Complaint, "ripped off"), line(Complaint, "rip off"), line(Complaint, "scam|scammed"), line(Complaint, "botched"), line(Complaint, "ruined|messed up my|me"),
    line(Complaint, "ruined my"), line(Complaint, "bad|negative|one review|star review"), line(Complaint, "unacceptable"),
    line(Complaint, "terrible|horrible|awful|worst|disgusting _|customer service|experience|job|results|staff|treatment|place"),
    line(Complaint, "unhappy|disappointed|upset|furious with|about|by _|my|the|your result|results|service|treatment|appointment|botox|filler|fillers|laser|facial|peel|staff|you"),
    line(Complaint, "not|isnt|wasnt happy|satisfied with _|my|the|your result|results|service|treatment|botox|filler|fillers|laser|facial|peel|staff"),
    line(Complaint, "terrible|horrible|awful|unhappy|disappointed|furious").weak(), line(Complaint, "overcharged|double charged").weak(),
    line(Complaint, "charged _|me twice"),

    line(ExistingPatient, "reschedule|move|change|confirm|cancel my _|next|upcoming appointment|visit|booking"),
    line(ExistingPatient, "have an appointment"), line(ExistingPatient, "have a|my botox|filler|laser|facial appointment"), line(ExistingPatient, "my _|next|upcoming appointment is"),
    line(ExistingPatient, "already a|an _|existing patient|client"), line(ExistingPatient, "im|am a|an _|existing|current|regular patient|client"),
    line(ExistingPatient, "last time i was|came _|in there|here"),
];

#[derive(Debug)]
struct Phrase {
    line: Line,
    rest: Vec<String>,
}

/// A phrase found in a turn.
#[derive(Debug, Clone)]
pub(super) struct Hit {
    pub rule: Rule,
    pub weak: bool,
    /// Positions of its tokens.
    pub span: Range<usize>,
    /// A neighbouring word gives it another meaning ("how much longer").
    pub void: bool,
}

/// Phrases by their first word.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    by_first: HashMap<String, Vec<Phrase>>,
}

static BUILT_IN: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut lexicon = Lexicon::default();
    for line in LINES {
        for words in expand(line.pattern) {
            lexicon.add(*line, words);
        }
    }
    lexicon
});

impl Lexicon {
    /// The org's service words; the rest of the lexicon is the same for everyone.
    pub fn of_services(rules: &Rules) -> Self {
        let mut lexicon = Self::default();
        for (rule, names) in [(HighValueService, &rules.high_value), (MediumService, &rules.medium)] {
            for name in names {
                let words = tokenize(name).iter().map(|t| t.word.to_string()).collect();
                lexicon.add(line(rule, ""), words);
            }
        }
        lexicon
    }

    fn add(&mut self, line: Line, words: Vec<String>) {
        let mut words = words.into_iter();
        if let Some(first) = words.next() {
            self.by_first.entry(first).or_default().push(Phrase { line, rest: words.collect() });
        }
    }

    /// The longest phrase of each kind that starts at token `at`.
    pub fn hits(&self, tokens: &[Token<'_>], at: usize) -> Vec<Hit> {
        let mut found: Vec<Hit> = Vec::new();
        for (first, inflected) in forms(&tokens[at].word) {
            let own = self.by_first.get(first).into_iter();
            for phrase in own.chain(BUILT_IN.by_first.get(first)).flatten() {
                let inflects = is_noun(phrase.line.rule);
                if (inflected && !inflects) || !follows(tokens, at, &phrase.rest, inflects) {
                    continue;
                }
                let hit = phrase.line.hit(tokens, at..at + 1 + phrase.rest.len());
                match found.iter_mut().find(|h| h.rule.kind() == hit.rule.kind()) {
                    Some(other) if other.span.len() < hit.span.len() => *other = hit,
                    Some(_) => {}
                    None => found.push(hit),
                }
            }
        }
        found
    }
}

impl Line {
    fn hit(&self, tokens: &[Token<'_>], span: Range<usize>) -> Hit {
        let before = &tokens[span.start.saturating_sub(GUARD_WORDS)..span.start];
        let next = &tokens[span.end..tokens.len().min(span.end + GUARD_WORDS)];
        let any = |near: &[Token<'_>], words: &[&str]| near.iter().any(|t| words.contains(&t.word.as_ref()));
        let void = any(before, self.unless_before) || any(next, self.unless_next);
        Hit { rule: self.rule, weak: self.weak, span, void }
    }
}

/// Plurals and possessives are for things, not for verbs ("she loves to").
const fn is_noun(rule: Rule) -> bool {
    matches!(rule, HighValueService | MediumService)
}

/// The word itself, then what it may be a form of.
fn forms(word: &str) -> impl Iterator<Item = (&str, bool)> {
    let amount = is_amount(word).then_some(("#", false));
    let stems =
        ["s", "es"].into_iter().filter_map(|ending| word.strip_suffix(ending).filter(|s| s.len() > 2));
    let ing = word.strip_suffix("ing").filter(|stem| ING_STEMS.contains(stem));
    [(word, false)].into_iter().chain(amount).chain(stems.chain(ing).map(|stem| (stem, true)))
}

fn follows(tokens: &[Token<'_>], at: usize, rest: &[String], inflects: bool) -> bool {
    tokens.len() > at + rest.len()
        && rest.iter().zip(&tokens[at + 1..]).all(|(wanted, token)| {
            let same =
                token.word == *wanted || (inflects && forms(&token.word).any(|(form, _)| form == wanted));
            same && token.before == Break::None
        })
}

/// "$600", or a number too long for a time of day or a date.
fn is_amount(word: &str) -> bool {
    word.starts_with('$') || ((3..=6).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit()))
}

fn expand(pattern: &str) -> Vec<Vec<String>> {
    pattern.split(' ').fold(vec![Vec::new()], |known, choices| {
        let with = |words: &Vec<String>, choice: &str| {
            let mut words = words.clone();
            words.extend((choice != "_").then(|| choice.to_owned()));
            words
        };
        known.iter().flat_map(|words| choices.split('|').map(move |choice| with(words, choice))).collect()
    })
}

#[rustfmt::skip]
const HIGH_VALUE: &[&str] = &[
    "botox", "bottox", "botax", "bo tox", "boat ox", "dysport", "xeomin", "jeuveau", "daxxify", "neurotoxin", "filler", "lip filler",
    "dermal filler", "cheek filler", "under eye filler", "lip injection", "lip augmentation", "juvederm", "juvéderm", "juvaderm",
    "restylane", "sculptra", "radiesse", "kybella", "voluma", "laser", "laser treatment", "laser hair removal", "laser resurfacing",
    "coolsculpting", "cool sculpting", "emsculpt", "body contouring", "body sculpting", "full face", "liquid facelift", "thread lift",
    "pdo thread", "morpheus", "morpheus 8", "morpheus8", "ultherapy", "thermage", "prp", "vampire facial",
];

#[rustfmt::skip]
const MEDIUM: &[&str] = &[
    "hydrafacial", "hydra facial", "facial", "peel", "chemical peel", "microneedling", "micro needling", "microneedle", "dermaplaning",
    "derma planing", "microdermabrasion", "consultation", "consult", "ipl", "photofacial", "photo facial", "wax", "waxing",
    "brazilian wax", "lash lift", "brow lamination", "touch up", "skin tightening", "tattoo removal", "membership", "iv therapy",
];

/// What a `MedSpa` usually offers, as (high value, medium).
pub(super) fn default_words() -> (Vec<String>, Vec<String>) {
    let owned = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect();
    (owned(HIGH_VALUE), owned(MEDIUM))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, rule: Rule) -> Vec<String> {
        let (lexicon, tokens) = (Lexicon::of_services(&Rules::default()), tokenize(text));
        let hits = (0..tokens.len()).flat_map(|at| lexicon.hits(&tokens, at));
        let words = hits.filter(|h| h.rule == rule && !h.void);
        words.map(|h| tokens[h.span].iter().map(|t| t.raw).collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn patterns_expand_to_every_combination() {
        assert_eq!(
            expand("a|b _|c d"),
            [vec!["a", "d"], vec!["a", "c", "d"], vec!["b", "d"], vec!["b", "c", "d"]]
        );
    }

    #[test]
    fn whole_words_with_simple_inflections_are_found() {
        assert_eq!(found("Facebook detox fillers", HighValueService), ["fillers"]);
        assert_eq!(
            found("botox's price, lip fillers", HighValueService),
            ["botox's", "lip fillers", "fillers"]
        );
        assert_eq!(found("waxing and peeling and filling", MediumService), ["waxing"]);
    }

    #[test]
    fn neighbours_can_void_a_phrase() {
        assert_eq!(found("how much longer", PriceQuestion), Vec::<String>::new());
        assert_eq!(found("how much is it", PriceQuestion), ["how much"]);
    }

    #[test]
    fn times_of_day_are_not_amounts() {
        assert_eq!(found("2:30 is okay", Positive), Vec::<String>::new());
        assert_eq!(found("$600 is okay", Positive), ["$600 is okay"]);
        assert_eq!(found("600 dollars is fine", Positive), ["600 dollars is fine", "dollars is fine"]);
    }
}
