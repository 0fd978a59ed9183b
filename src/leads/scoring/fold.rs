//! The fold: phrase by phrase, what counts is given its points once and kept as evidence.

use std::collections::HashMap;

use super::agree::{self, Said};
use super::classes::{self, Interested, Signs};
use super::denied::{self, Denial};
use super::doubt::Doubt;
use super::hash::Quick;
use super::lexicon::{self, Hit};
use super::model::signals::{ByPhrases, Decided};
use super::model::{Answers, Reading, units};
use super::mood::{Gladness, Mood};
use super::scope;
use super::services::{Found, Services};
use super::symptoms;
use super::tokens::{Break, Token, tokenize};
use super::words::JOINER;
use super::{
    CallClass, Evidence, Interest, Polarity, Rule, Rules, Scored, Sentiment, Sentiments, Speaker,
    Temperature, Weights,
};

/// Evidence without points is kept up to this many times per rule, counting and not counting each.
pub(super) const EVIDENCE_PER_RULE_MAX: usize = 20;
/// "I had Botox last year … and want it again": the wish must follow within this many of the caller's words.
const WISH_REACH_WORDS: usize = 60;

/// A service in so short a turn answers the question what the caller wants.
const SHORT_ANSWER: usize = 6;

/// The place of gladness in [`ByPhrases::given`].
const GLADNESS: usize = 2;

/// What a call says by the phrases and by the model.
#[derive(Debug, Clone, Copy)]
pub(super) struct Heard {
    pub by: ByPhrases,
    pub answers: Answers,
    pub glad: Gladness,
    /// Whether the caller speaks as the receptionist should.
    pub mixed_up: bool,
}

/// A turn and its words.
struct Utterance<'t> {
    turn: usize,
    text: &'t str,
    tokens: Vec<Token<'t>>,
}

/// Evidence of a service that is not the caller's wish yet.
#[derive(Debug, Clone, Copy)]
struct Dormant {
    evidence: usize,
    why: Polarity,
}

/// What was heard so far.
#[derive(Default)]
pub(super) struct Fold {
    pub(super) evidence: Vec<Evidence>,
    /// The entry of the rules behind each evidence of a service.
    pub(super) entries: Vec<Option<usize>>,
    kept: HashMap<(Rule, bool), usize, Quick>,
    pub(super) given: Vec<(Rule, u8)>,
    pub(super) reading: Reading,
    /// Where "not" stood right before something that would count.
    pub(super) denials: Vec<Denial>,
    signs: Signs,
    mood: Mood,
    doubt: Doubt,
    treated: bool,
    /// By a phrase that is not weak.
    plainly_glad: bool,
    /// The caller said that they want a service, not only its name.
    wished: bool,
    words_heard: usize,
    /// Services had before, by others, or only asked about: a wish for "it" makes them the caller's own.
    dormant: Vec<Dormant>,
    dormant_since: usize,
}

impl Fold {
    /// Reads one turn of the caller.
    #[expect(clippy::needless_range_loop, reason = "a place in all of the lists at once")]
    pub fn turn(&mut self, turn: usize, text: &str, services: &Services, weights: Weights) {
        let heard = Utterance { turn, text, tokens: tokenize(text) };
        let tokens = heard.tokens.as_slice();
        let mut named = services.all(tokens);
        self.reading.hear(turn, &units::units(tokens, &named));
        let mut read_to: Vec<(Rule, usize, bool)> = Vec::new();
        let mut last_service: Option<(usize, Polarity)> = None;
        let mut hits: Vec<Hit> = Vec::new();
        for at in 0..tokens.len() {
            self.words_heard += 1;
            if self.wake(tokens, at, weights) {
                last_service = last_service.map(|(end, _)| (end, Polarity::Affirmed));
            }
            hits.clear();
            lexicon::hits(tokens, at, &mut hits);
            if let Some(pair) = symptoms::at(tokens, at) {
                lexicon::keep(&mut hits, pair);
            }
            let found = named[at].take().or_else(|| services.wanted_area(tokens, at));
            let entry = found.as_ref().map(|found| found.entry);
            hits.extend(found.map(|Found { hit, .. }| hit));
            for hit in &hits {
                let kind = hit.rule.kind();
                // A strong phrase is heard also within a weak one ("looks dusky").
                let covers = |(rule, end, weak): &(Rule, usize, bool)| {
                    *rule == kind && at < *end && (!*weak || hit.weak || !hit.rule.is_sign())
                };
                if read_to.iter().any(covers) {
                    continue;
                }
                read_to.retain(|(rule, ..)| *rule != kind);
                read_to.push((kind, hit.span.end, hit.weak));
                let wanted = self.given.iter().any(|(rule, _)| rule.is_service());
                let spoken_of = last_service.or_else(|| wanted.then_some((usize::MAX, Polarity::Affirmed)));
                let polarity = judge(tokens, hit, spoken_of);
                if hit.rule.is_service() {
                    last_service = Some((hit.span.end, polarity));
                }
                self.record(&heard, hit, polarity, entry.filter(|_| hit.rule.is_service()), weights);
            }
        }
        self.mood.hear(tokens);
        self.doubt.hear(tokens);
    }

    fn record(
        &mut self,
        heard: &Utterance<'_>,
        hit: &Hit,
        polarity: Polarity,
        entry: Option<usize>,
        weights: Weights,
    ) {
        let affirmed = polarity == Polarity::Affirmed;
        if !hit.rule.is_sign()
            && let Some(bytes) = denied::denial(&heard.tokens, hit.span.start)
            && self.denials.last().is_none_or(|last| *last != (heard.turn, bytes.clone()))
        {
            self.denials.push((heard.turn, bytes));
        }
        self.plainly_glad |= affirmed && hit.rule == Rule::Positive && !hit.weak;
        let is_wish = affirmed && hit.rule.is_service();
        self.wished |= is_wish
            && (heard.tokens.len() <= SHORT_ANSWER || scope::is_wanted(&heard.tokens, hit.span.start));
        self.treated |= hit.rule.is_service() && matches!(polarity, Polarity::Past);
        let (first, last) = (&heard.tokens[hit.span.start], &heard.tokens[hit.span.end - 1]);
        let words = &heard.text[first.byte..last.byte + last.raw.len()];
        if affirmed && !hit.rule.is_service() {
            self.signs.add(hit, words);
        }
        let points = if affirmed { self.give(hit.rule, weights) } else { 0 };
        let kept = self.kept.entry((hit.rule, affirmed)).or_default();
        if points == 0 && *kept >= EVIDENCE_PER_RULE_MAX {
            return;
        }
        *kept += 1;
        let sleeps = matches!(
            polarity,
            Polarity::Past | Polarity::OtherPerson | Polarity::Question | Polarity::Quoted
        );
        let general =
            polarity == Polarity::Question && scope::is_about_the_thing(&heard.tokens, hit.span.start);
        if hit.rule.is_service() && sleeps {
            // "Is Botox a toxin?": only a wish makes that an interest, gladness and hurry do not.
            let why = if general { Polarity::Hypothetical } else { polarity };
            self.dormant.push(Dormant { evidence: self.evidence.len(), why });
            self.dormant_since = self.words_heard;
        }
        self.evidence.push(Evidence {
            rule: hit.rule,
            speaker: Speaker::Caller,
            turn: heard.turn,
            start: first.start,
            end: last.end,
            words: words.to_owned(),
            points,
            polarity,
            fitted: false,
        });
        self.entries.push(entry);
        // A courtesy ("you're wonderful") makes no question a wish.
        if affirmed && !hit.idle && matches!(hit.rule, Rule::Positive | Rule::Urgency) {
            self.wake_all(weights, |why| why == Polarity::Question);
        }
    }

    /// "… and want it again", "bring her in".
    fn wake(&mut self, tokens: &[Token<'_>], at: usize, weights: Weights) -> bool {
        if self.dormant.is_empty() {
            return false;
        }
        if self.words_heard > self.dormant_since + WISH_REACH_WORDS {
            self.dormant.retain(|sleeper| sleeper.why == Polarity::Question);
        }
        if scope::is_own_wish(tokens, at) {
            self.wished |= !self.dormant.is_empty();
            self.wake_all(weights, |_| true);
            return true;
        }
        let brings = scope::brings_them(tokens, at);
        if brings {
            self.wake_all(weights, |why| why == Polarity::OtherPerson);
        }
        brings
    }

    fn wake_all(&mut self, weights: Weights, wakes: impl Fn(Polarity) -> bool) {
        let (woken, asleep) =
            std::mem::take(&mut self.dormant).into_iter().partition(|sleeper| wakes(sleeper.why));
        self.dormant = asleep;
        let woken: Vec<Dormant> = woken;
        for Dormant { evidence: index, .. } in woken {
            self.evidence[index].polarity = Polarity::Affirmed;
            self.evidence[index].points = self.give(self.evidence[index].rule, weights);
        }
    }

    /// The rule's points, the first time.
    pub(super) fn give(&mut self, rule: Rule, weights: Weights) -> i16 {
        let (weight_of, points) = match rule {
            Rule::HighValueService => (rule, weights.high_value),
            Rule::MediumService | Rule::PriceQuestion => (Rule::MediumService, weights.medium),
            Rule::Positive => (rule, weights.positive),
            Rule::Urgency => (rule, weights.urgency),
            _ => return 0,
        };
        if self.given.iter().any(|(given, _)| *given == weight_of) {
            return 0;
        }
        self.given.push((weight_of, points));
        i16::from(points)
    }

    /// What the phrases make of it, what the model answers, and how glad the caller was before any doubt.
    pub fn heard(&mut self) -> Heard {
        let interested = match (self.interest().is_some(), self.wished) {
            (false, _) => Interested::No,
            (true, false) => Interested::Names,
            (true, true) => Interested::Wishes,
        };
        let class = self.signs.class(self.treated, interested, !self.given.is_empty());
        let glad = self.gladness();
        self.hear_doubt();
        Heard { by: self.by_phrases(class), glad, answers: self.reading.answers(), mixed_up: false }
    }

    /// The class is decided first, then the points. Without decisions of the model the phrases stand alone.
    pub fn verdict(
        mut self,
        heard: &Heard,
        decided: Option<&Decided>,
        rules: &Rules,
        platform: Option<Sentiment>,
        said: Said<'_>,
    ) -> Scored {
        let Heard { by, answers, mut glad, mixed_up } = *heard;
        let mut class = by.class;
        if mixed_up {
            (class, glad) = (self.dismiss(class, decided), Gladness::None);
        } else if let Some(decided) = decided {
            class = self.agree_on_class(decided, &answers, said);
            if class.can_buy() {
                self.agree_on_points(&by, decided, &answers, rules.weights, said);
            }
            glad = match (by.given[GLADNESS], self.is_given(Rule::Positive)) {
                (true, false) => Gladness::None,
                (false, true) => Gladness::Plain,
                _ => glad,
            };
        }
        let sentiments = self.mood.sentiments(glad, class, platform, rules);
        if !mixed_up {
            self.hear_platform(sentiments, rules.weights.positive);
        }
        let interest = self.interest().map(|(said, entry)| wanted(said, entry, rules));
        let sum: u16 = self.given.iter().map(|(_, points)| u16::from(*points)).sum();
        let score = u8::try_from(sum.min(100)).unwrap_or(100);
        let hurt =
            || self.evidence.iter().any(|e| e.rule == Rule::Clinical && e.polarity == Polarity::Affirmed);
        let may_be_hurt = decided.map_or_else(hurt, |decided| agree::may_be_hurt(decided, self.is_denied()));
        let temperature = match score {
            0 => Temperature::Cold,
            _ if !class.can_buy() => Temperature::Cold,
            s if s >= rules.hot_threshold && !may_be_hurt => Temperature::Hot,
            s if s >= rules.warm_threshold => Temperature::Warm,
            _ => Temperature::Cold,
        };
        let danger = (class == CallClass::ClinicalUrgency).then(|| self.signs.danger());
        Scored { class, score, temperature, evidence: self.evidence, interest, sentiments, danger }
    }

    /// Whether a "not" stood right before something that would count.
    pub(super) const fn is_denied(&self) -> bool {
        !self.denials.is_empty()
    }

    fn is_given(&self, rule: Rule) -> bool {
        self.given.iter().any(|(given, _)| *given == rule)
    }

    fn gladness(&self) -> Gladness {
        match (self.given.iter().any(|(rule, _)| *rule == Rule::Positive), self.plainly_glad) {
            (false, _) => Gladness::None,
            (true, false) => Gladness::Weak,
            (true, true) => Gladness::Plain,
        }
    }

    /// Where the platform's reading of the mood counted, it gives or takes the points of gladness.
    fn hear_platform(&mut self, sentiments: Sentiments, weight: u8) {
        match (sentiments.own, sentiments.taken) {
            // Who puts it off earns nothing for gladness, whoever heard it.
            (Sentiment::Neutral, Sentiment::Positive) if !self.doubt.decision => {
                self.given.push((Rule::Positive, weight));
            }
            (Sentiment::Positive, Sentiment::Negative) => {
                self.given.retain(|(rule, _)| *rule != Rule::Positive);
                let glad = self.evidence.iter_mut().filter(|e| e.rule == Rule::Positive);
                glad.for_each(|evidence| evidence.points = 0);
            }
            _ => {}
        }
    }

    /// "I'll think about it" takes back gladness and hurry, "no rush" the hurry.
    fn hear_doubt(&mut self) {
        let Doubt { decision, day } = self.doubt;
        let taken =
            |rule: Rule| (decision && rule == Rule::Positive) || ((decision || day) && rule == Rule::Urgency);
        self.given.retain(|(rule, _)| !taken(*rule));
        self.evidence.iter_mut().filter(|e| taken(e.rule)).for_each(|evidence| evidence.points = 0);
    }

    /// The best service that is wanted, and its entry.
    fn interest(&self) -> Option<(&Evidence, usize)> {
        let wanted = |rule| {
            let mut all = self.evidence.iter().zip(&self.entries);
            all.find_map(move |(e, entry)| {
                let counts = e.rule == rule && e.polarity == Polarity::Affirmed;
                entry.filter(|_| counts).map(|entry| (e, entry))
            })
        };
        wanted(Rule::HighValueService).or_else(|| wanted(Rule::MediumService))
    }
}

fn wanted(said: &Evidence, entry: usize, rules: &Rules) -> Interest {
    let mut names = rules.high_value.iter().chain(&rules.medium);
    Interest {
        words: said.words.clone(),
        turn: said.turn,
        start: said.start,
        end: said.end,
        service: names.nth(entry).cloned().unwrap_or_default(),
    }
}

/// Whether the phrase counts. In "Botox, filler or lasers" all share the fate of the first.
fn judge(tokens: &[Token<'_>], hit: &Hit, last_service: Option<(usize, Polarity)>) -> Polarity {
    if hit.void {
        return Polarity::OffTopic;
    }
    if !hit.rule.is_sign() && hit.rule != Rule::PriceQuestion && scope::is_denied_at(tokens, hit.span.start) {
        return Polarity::Negated;
    }
    let listed = |from: usize| {
        let joining = |t: &Token<'_>| t.is(JOINER);
        hit.span.start >= from
            && hit.span.start - from <= 2
            && tokens[from..hit.span.start].iter().all(joining)
            && tokens[from..=hit.span.start].iter().all(|t| t.before != Break::Stop)
    };
    match (hit.rule, last_service) {
        (rule, Some((end, polarity))) if rule.is_service() && listed(end) => polarity,
        (Rule::HighValueService | Rule::MediumService | Rule::PriceQuestion, _) => {
            scope::of_interest(tokens, &hit.span, hit.rule == Rule::PriceQuestion)
        }
        (Rule::Positive, _) => scope::of_feeling(tokens, &hit.span),
        (Rule::Urgency, _) => scope::of_urgency(tokens, &hit.span, hit.weak, last_service),
        _ => classes::polarity(tokens, hit),
    }
}
