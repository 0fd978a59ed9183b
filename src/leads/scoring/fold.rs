//! The fold: phrase by phrase, what counts is given its points once and kept as evidence.

use std::collections::HashMap;

use super::classes::{self, Signs};
use super::lexicon::{Hit, Lexicon};
use super::scope;
use super::tokens::{Break, Token, tokenize};
use super::{
    CallClass, Danger, Evidence, Interest, Polarity, Rule, Rules, Scored, Sentiment, Sentiments, Speaker,
    Temperature, Weights,
};

/// Evidence without points is kept up to this many times per rule, counting and not counting each.
pub(super) const EVIDENCE_PER_RULE_MAX: usize = 20;
/// "I had Botox last year … and want it again": the wish must follow within this many of the caller's words.
const WISH_REACH_WORDS: usize = 30;

/// A turn and its words.
struct Heard<'t> {
    turn: usize,
    text: &'t str,
    tokens: Vec<Token<'t>>,
}

/// What was heard so far.
#[derive(Default)]
pub(super) struct Fold {
    evidence: Vec<Evidence>,
    kept: HashMap<(Rule, bool), usize>,
    given: Vec<(Rule, u8)>,
    signs: Signs,
    treated: bool,
    words_heard: usize,
    /// Evidence of services had before or by others, which a wish for "it" makes the caller's own.
    dormant: Vec<usize>,
    dormant_since: usize,
}

impl Fold {
    /// Reads one turn of the caller.
    pub fn turn(&mut self, turn: usize, text: &str, services: &Lexicon, weights: Weights) {
        let heard = Heard { turn, text, tokens: tokenize(text) };
        let tokens = heard.tokens.as_slice();
        let mut read_to: Vec<(Rule, usize)> = Vec::new();
        let mut last_service: Option<(usize, Polarity)> = None;
        for at in 0..tokens.len() {
            self.words_heard += 1;
            self.wake(tokens, at, weights);
            for hit in services.hits(tokens, at) {
                let kind = hit.rule.kind();
                if read_to.iter().any(|(rule, end)| *rule == kind && at < *end) {
                    continue;
                }
                read_to.retain(|(rule, _)| *rule != kind);
                read_to.push((kind, hit.span.end));
                let polarity = judge(tokens, &hit, last_service);
                if hit.rule.is_service() {
                    last_service = Some((hit.span.end, polarity));
                }
                self.record(&heard, &hit, polarity, weights);
            }
        }
    }

    fn record(&mut self, heard: &Heard<'_>, hit: &Hit, polarity: Polarity, weights: Weights) {
        let affirmed = polarity == Polarity::Affirmed;
        self.treated |= hit.rule.is_service() && polarity != Polarity::Negated;
        if affirmed {
            self.signs.add(hit);
        }
        let points = if affirmed { self.give(hit.rule, weights) } else { 0 };
        let kept = self.kept.entry((hit.rule, affirmed)).or_default();
        if points == 0 && *kept >= EVIDENCE_PER_RULE_MAX {
            return;
        }
        *kept += 1;
        let (first, last) = (&heard.tokens[hit.span.start], &heard.tokens[hit.span.end - 1]);
        let words = heard.text[first.byte..last.byte + last.raw.len()].to_owned();
        if hit.rule.is_service() && matches!(polarity, Polarity::Past | Polarity::OtherPerson) {
            self.dormant.push(self.evidence.len());
            self.dormant_since = self.words_heard;
        }
        let (start, end) = (first.start, last.end);
        self.evidence.push(Evidence {
            rule: hit.rule,
            speaker: Speaker::Caller,
            turn: heard.turn,
            start,
            end,
            words,
            points,
            polarity,
        });
    }

    /// "… and want it again".
    fn wake(&mut self, tokens: &[Token<'_>], at: usize, weights: Weights) {
        if self.dormant.is_empty() {
            return;
        }
        if self.words_heard > self.dormant_since + WISH_REACH_WORDS {
            self.dormant.clear();
        } else if scope::is_own_wish(tokens, at) {
            for index in std::mem::take(&mut self.dormant) {
                self.evidence[index].polarity = Polarity::Affirmed;
                self.evidence[index].points = self.give(self.evidence[index].rule, weights);
            }
        }
    }

    /// The rule's points, the first time.
    fn give(&mut self, rule: Rule, weights: Weights) -> i16 {
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

    /// The class decides first, then the points.
    pub fn verdict(self, rules: &Rules, platform: Option<Sentiment>) -> Scored {
        let wanted =
            |rule| self.evidence.iter().find(move |e| e.rule == rule && e.polarity == Polarity::Affirmed);
        let best = wanted(Rule::HighValueService).or_else(|| wanted(Rule::MediumService));
        let interest = best.map(|e| Interest {
            words: e.words.clone(),
            turn: e.turn,
            start: e.start,
            end: e.end,
            service: e.words.clone(),
        });
        let class = self.signs.class(self.treated, interest.is_some());
        let sum: u16 = self.given.iter().map(|(_, points)| u16::from(*points)).sum();
        let score = u8::try_from(sum.min(100)).unwrap_or(100);
        let temperature = match score {
            0 => Temperature::Cold,
            _ if !class.can_buy() => Temperature::Cold,
            s if s >= rules.hot_threshold => Temperature::Hot,
            s if s >= rules.warm_threshold => Temperature::Warm,
            _ => Temperature::Cold,
        };
        let own = if self.given.iter().any(|(rule, _)| *rule == Rule::Positive) {
            Sentiment::Positive
        } else {
            Sentiment::Neutral
        };
        let sentiments = Sentiments { own, platform, taken: own };
        let danger = (class == CallClass::ClinicalUrgency).then_some(Danger::Urgent);
        Scored { class, score, temperature, evidence: self.evidence, interest, sentiments, danger }
    }
}

/// Whether the phrase counts. In "Botox, filler or lasers" all share the fate of the first.
fn judge(tokens: &[Token<'_>], hit: &Hit, last_service: Option<(usize, Polarity)>) -> Polarity {
    if hit.void {
        return Polarity::OffTopic;
    }
    let listed = |from: usize| {
        let joining = |t: &Token<'_>| {
            matches!(t.word.as_ref(), "and" | "or" | "nor" | "plus" | "some" | "a" | "any" | "maybe")
        };
        hit.span.start >= from
            && hit.span.start - from <= 2
            && tokens[from..hit.span.start].iter().all(joining)
            && tokens[from..=hit.span.start].iter().all(|t| t.before != Break::Stop)
    };
    match (hit.rule, last_service) {
        (rule, Some((end, polarity))) if rule.is_service() && listed(end) => polarity,
        (Rule::HighValueService | Rule::MediumService | Rule::PriceQuestion, _) => {
            scope::of_interest(tokens, &hit.span)
        }
        (Rule::Positive, _) => scope::of_feeling(tokens, &hit.span),
        (Rule::Urgency, _) => scope::of_urgency(tokens, &hit.span, hit.weak),
        _ => classes::polarity(tokens, hit),
    }
}
