//! Phrases and the fitted model brought together: the class, and what earns points.
//!
//! The phrases found are signals among others. Where the decisions differ from them, evidence says so: what is added points at
//! the words that spoke most for it, what is taken away stays as evidence that does not count.

use super::fold::Fold;
use super::model::signals::{ByPhrases, Decided, sign};
use super::model::{Answers, OF_TURN, units};
use super::scope;
use super::services::Services;
use super::tokens::tokenize;
use super::{CallClass, Evidence, Polarity, Rule, Speaker, Turn, Weights};

/// A clinical urgency from this logit on: 0.07 of certainty is enough, for a miss may cost an eye.
const CLINICAL_FROM: f32 = -2.6;
/// Whoever may be hurt is never a sale: from this logit on, whatever the class.
const HURT_FROM: f32 = -3.0;
/// The same where a "not" stands right before what would count: it says nothing of who is hurt.
const HURT_IF_DENIED_FROM: f32 = -4.0;
/// Hot from this logit on: 0.73 of certainty, for an alert that is wrong costs more than one that is missed. A "not" right before what would count asks for more.
const HOT_FROM: f32 = 1.0;
const HOT_IF_DENIED_FROM: f32 = 1.5;
/// So does a lesser service, or a price, among the parts: it takes three signs then, each doubtful, or two services of which one may not be meant.
const MORE_IF_LESSER: f32 = 0.75;
/// Who said "not" gets no more points than the least that makes a call hot, or than the most that does not.
const POINTS_IF_DENIED: [u8; 2] = [60, 70];
/// What the phrases say is left as it is unless the model is surer of the contrary than this.
pub(super) const TRUST_IN_PHRASES: f32 = 1.5;
/// What earns points, in the order of [`Decided::earned`].
const EARNS: [Rule; 4] = [Rule::HighValueService, Rule::MediumService, Rule::Positive, Rule::Urgency];
/// What each earns by the default weights.
const POINTS: [u8; 4] = [40, 20, 30, 30];
/// Their places there.
const POSITIVE: usize = 2;
const URGENCY: usize = 3;

/// What was said, for the evidence that the model adds.
#[derive(Clone, Copy)]
pub(super) struct Said<'a> {
    pub turns: &'a [Turn],
    pub services: &'a Services,
}

/// Whether these of [`EARNS`] make a call hot by the default weights.
pub(super) const fn is_hot([high, medium, positive, urgency]: [bool; 4]) -> bool {
    (high && (positive || urgency)) || (medium && positive && urgency)
}

/// Whether these take a lesser service, or a price, to a call that gladness and hurry together do not make hot without it.
const fn needs_lesser([high, medium, positive, urgency]: [bool; 4]) -> bool {
    medium && !(high && positive && urgency)
}

/// The points of these of [`EARNS`] by the default weights.
fn sum(chosen: [bool; 4]) -> u8 {
    POINTS.into_iter().zip(chosen).filter(|(_, is)| *is).map(|(points, _)| points).sum()
}

/// The class as decided.
pub(super) fn class(decided: &Decided) -> CallClass {
    if decided.clinical() >= CLINICAL_FROM { CallClass::ClinicalUrgency } else { decided.class() }
}

/// Whether the caller may be hurt, whatever the class.
pub(super) fn may_be_hurt(decided: &Decided, denied: bool) -> bool {
    decided.clinical() >= if denied { HURT_IF_DENIED_FROM } else { HURT_FROM }
}

impl Fold {
    /// The class, and the evidence for it.
    pub(super) fn agree_on_class(
        &mut self,
        decided: &Decided,
        answers: &Answers,
        said: Said<'_>,
    ) -> CallClass {
        let class = class(decided);
        let rule = match class {
            CallClass::ClinicalUrgency => Rule::Clinical,
            CallClass::WrongNumber => Rule::WrongNumber,
            CallClass::Vendor => Rule::Vendor,
            CallClass::JobSeeker => Rule::JobSeeker,
            CallClass::Complaint => Rule::Complaint,
            CallClass::ExistingPatient => Rule::ExistingPatient,
            CallClass::NewLead => return class,
        };
        if !self.evidence.iter().any(|e| e.rule == rule && e.polarity == Polarity::Affirmed) {
            self.add_fitted(rule, answers, said);
        }
        class
    }

    /// What earns points: of all that would make the call hot, or not, as decided, the likeliest.
    pub(super) fn agree_on_points(
        &mut self,
        by: &ByPhrases,
        decided: &Decided,
        answers: &Answers,
        weights: Weights,
        said: Said<'_>,
    ) {
        // Who is glad or can pay in more than one way, and in a hurry, has said it plainly, as who says in one breath what they want,
        // that they can pay and that it is soon: no doubt of the model takes that away.
        let is_plain =
            by.hot && (self.is_said_at_once() || by.found[POSITIVE].0 >= 2 && by.found[URGENCY].0 >= 1);
        let logits = decided.earned();
        // Who said "not" gets no more than makes it hot, and what phrases say of the rest counts for less.
        let counts_against = |points: u8, hot: bool| match (self.is_denied(), hot) {
            (false, _) => 0.0,
            (true, false) => f32::from(points) / 20.0,
            (true, true) => f32::from(points),
        };
        let trust = if self.is_denied() { 0.0 } else { TRUST_IN_PHRASES };
        let worth = |chosen: [bool; 4], hot: bool| -> f32 {
            let each = chosen.into_iter().zip(by.given).zip(logits).zip(POINTS);
            each.map(|(((is, was), logit), points)| {
                let earned = if is { logit - counts_against(points, hot) } else { 0.0 };
                earned + if is == was { trust } else { 0.0 }
            })
            .sum()
        };
        let all = (0u8..16).map(|bits| [0, 1, 2, 3].map(|place| bits & (1 << place) != 0));
        // Where a "not" stands right before what would count, nothing is added to what does.
        let adds = |chosen: &[bool; 4]| chosen.iter().zip(by.given).any(|(is, was)| *is && !was);
        let borne = |chosen: &[bool; 4]| {
            !self.is_denied()
                || (!adds(chosen) && sum(*chosen) <= POINTS_IF_DENIED[usize::from(is_hot(*chosen))])
        };
        let best = |hot: bool| {
            let fitting = all.clone().filter(|chosen| is_hot(*chosen) == hot && borne(chosen));
            fitting.reduce(|best, other| if worth(other, hot) > worth(best, hot) { other } else { best })
        };
        let if_hot = best(true);
        let from = if self.is_denied() { HOT_IF_DENIED_FROM } else { HOT_FROM };
        let more = if if_hot.is_some_and(needs_lesser) { MORE_IF_LESSER } else { 0.0 };
        let hot = is_plain || decided.hot() >= from + more;
        let best = if_hot.filter(|_| hot).or_else(|| best(false));
        for (place, is) in best.into_iter().flatten().enumerate() {
            match (by.given[place], is) {
                (false, true) => self.earn(EARNS[place], answers, weights, said),
                (true, false) => self.take_back(EARNS[place]),
                _ => {}
            }
        }
    }

    /// A dear service, gladness or means, and hurry, all in one turn.
    fn is_said_at_once(&self) -> bool {
        let turns = |rule| {
            let counts = move |e: &&Evidence| e.rule == rule && e.polarity == Polarity::Affirmed;
            self.evidence.iter().filter(counts).map(|e| e.turn)
        };
        turns(Rule::HighValueService).any(|turn| {
            turns(Rule::Positive).any(|other| other == turn)
                && turns(Rule::Urgency).any(|other| other == turn)
        })
    }

    fn take_back(&mut self, rule: Rule) {
        self.given.retain(|(given, _)| *given != rule);
        let counted = |e: &&mut Evidence| weighs_as(e.rule) == rule && e.polarity == Polarity::Affirmed;
        for evidence in self.evidence.iter_mut().filter(counted) {
            evidence.points = 0;
            evidence.polarity = Polarity::OffTopic;
        }
    }

    fn earn(&mut self, rule: Rule, answers: &Answers, weights: Weights, said: Said<'_>) {
        let known = |polarity: &[Polarity]| {
            self.evidence.iter().position(|e| weighs_as(e.rule) == rule && polarity.contains(&e.polarity))
        };
        let asleep = [
            Polarity::Question,
            Polarity::Past,
            Polarity::OtherPerson,
            Polarity::Quoted,
            Polarity::Hypothetical,
        ];
        let found = known(&[Polarity::Affirmed]).or_else(|| known(&asleep));
        let index = found.or_else(|| self.add_fitted(rule, answers, said));
        if let Some(index) = index {
            self.evidence[index].polarity = Polarity::Affirmed;
            self.evidence[index].points = self.give(rule, weights);
        }
    }

    /// Evidence of the words that spoke most for `rule`; its index.
    fn add_fitted(&mut self, rule: Rule, answers: &Answers, said: Said<'_>) -> Option<usize> {
        let question = OF_TURN.iter().position(|(_, rules)| rules.contains(&rule))?;
        let (_, turn) = answers.turns[question];
        let text = said.turns.get(turn).filter(|turn| turn.speaker == Speaker::Caller)?.text.as_str();
        let tokens = tokenize(text);
        let units = units::units(&tokens, &said.services.all(&tokens));
        let span = self.reading.span(&units, question).or((!units.is_empty()).then_some(0..units.len()))?;
        // "Not fine", and "not one fifty" of which only the fifty spoke for it.
        let nearby = &units[span.start.saturating_sub(1)..=span.start];
        if nearby.iter().any(|unit| scope::is_denied_at(&tokens, unit.from)) {
            return None;
        }
        let (first, last) = (&tokens[units[span.start].from], &tokens[units[span.end - 1].to - 1]);
        let evidence = Evidence {
            rule,
            speaker: Speaker::Caller,
            turn,
            start: first.start,
            end: last.end,
            words: text[first.byte..last.byte + last.raw.len()].to_owned(),
            points: 0,
            polarity: Polarity::Affirmed,
            fitted: true,
        };
        let place = |e: &Evidence| (e.turn, e.start) <= (evidence.turn, evidence.start);
        let index = self.evidence.iter().rposition(place).map_or(0, |before| before + 1);
        self.entries.insert(index, None);
        self.evidence.insert(index, evidence);
        Some(index)
    }

    /// What the phrases alone make of it.
    pub(super) fn by_phrases(&self, class: CallClass) -> ByPhrases {
        let given = EARNS.map(|rule| self.given.iter().any(|(given, _)| *given == rule));
        let mut found = [(0, 0); 4];
        let mut signs = [false; 6];
        for evidence in &self.evidence {
            let counts = evidence.polarity == Polarity::Affirmed;
            if let Some(place) = EARNS.iter().position(|rule| *rule == weighs_as(evidence.rule)) {
                found[place].0 += usize::from(counts);
                found[place].1 += usize::from(!counts);
            }
            if let Some(place) = sign(evidence.rule) {
                signs[place] |= counts;
            }
        }
        let hot = is_hot(given) && class.can_buy();
        ByPhrases { class, score: sum(given).min(100), hot, given, found, signs }
    }
}

/// The rule whose weight it shares.
const fn weighs_as(rule: Rule) -> Rule {
    match rule {
        Rule::PriceQuestion => Rule::MediumService,
        other => other,
    }
}
