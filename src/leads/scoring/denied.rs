//! "Not" right before what would count: it takes that away, and says nothing of what kind of call it is.

use std::ops::Range;

use super::fold::{Fold, Heard};
use super::model::signals::Decided;
use super::scope;
use super::tokens::Token;
use super::{CallClass, Scorer, Turn, agree};

/// Where such a "not" stands: the turn, and its bytes there.
pub(super) type Denial = (usize, Range<usize>);

/// The "not" right before the token at `at`.
pub(super) fn denial(tokens: &[Token<'_>], at: usize) -> Option<Range<usize>> {
    let not = tokens.get(at.checked_sub(1)?)?;
    scope::is_denied_at(tokens, at).then(|| not.byte..not.byte + not.raw.len())
}

impl Scorer<'_> {
    /// What was decided, the class as if nothing had been denied: who takes a wish back is not hurt for that, and comes no more often.
    /// `None` where the rest is too short for the model: what `heard` says of the class by phrases is that of the rest then.
    ///
    /// Reads the call again, hence only where it would be of another class than most.
    pub(super) fn class_meant(
        &self,
        fold: &Fold,
        heard: &mut Heard,
        decided: Decided,
        turns: &[Turn],
    ) -> Option<Decided> {
        if !fold.is_denied() || agree::class(&decided) == CallClass::NewLead {
            return Some(decided);
        }
        let (_, rest, without) = self.decided(&without(turns, &fold.denials));
        heard.by.class = rest.by.class;
        without.map(|without| decided.with_class_of(&without))
    }
}

/// The turns without those words; `denials` in the order they were said.
fn without(turns: &[Turn], denials: &[Denial]) -> Vec<Turn> {
    let mut turns = turns.to_vec();
    for (turn, bytes) in denials.iter().rev() {
        turns[*turn].text.replace_range(bytes.clone(), "");
    }
    turns
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leads::scoring::{Speaker, tokens::tokenize};

    #[test]
    fn only_the_not_goes() {
        let said = "Not Botox, not really, but not filler.";
        let tokens = tokenize(said);
        let denials: Vec<Denial> =
            [1, 6].into_iter().filter_map(|at| denial(&tokens, at).map(|bytes| (0, bytes))).collect();
        let turns = [Turn { speaker: Speaker::Caller, text: said.to_owned() }];
        assert_eq!(without(&turns, &denials)[0].text, " Botox, not really, but  filler.");
    }
}
