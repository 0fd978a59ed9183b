//! What a caller said, with the words marked that the score was made of. Pure.

use crate::leads::scoring::{Evidence, Polarity, Rule};

/// A part of a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// The words.
    pub text: String,
    /// How they are marked; `None`: not at all.
    pub mark: Option<Mark>,
}

/// A mark: its tone, and why, in English.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    /// The class of `mark` in app.css.
    pub tone: &'static str,
    /// What was recognised.
    pub rule: &'static str,
    /// Why it does not count; `None` when it does.
    pub but: Option<&'static str>,
    /// Points it gave.
    pub points: i16,
}

/// The turn `text` in pieces. Of phrases that overlap the first counts: marks do not nest.
pub(super) fn pieces(text: &str, turn: usize, evidence: &[Evidence]) -> Vec<Piece> {
    let chars: Vec<char> = text.chars().collect();
    let mut here: Vec<&Evidence> =
        evidence.iter().filter(|found| found.turn == turn && found.start < found.end).collect();
    here.sort_by_key(|found| (found.start, std::cmp::Reverse(found.end)));
    let (mut pieces, mut at) = (Vec::new(), 0);
    for found in here {
        // What was scored and what is shown may differ after a correction of the transcript: no mark is better than a wrong one.
        if found.start < at || found.end > chars.len() {
            continue;
        }
        if found.start > at {
            pieces.push(Piece { text: chars[at..found.start].iter().collect(), mark: None });
        }
        pieces.push(Piece {
            text: chars[found.start..found.end].iter().collect(),
            mark: Some(Mark::of(found)),
        });
        at = found.end;
    }
    if at < chars.len() || pieces.is_empty() {
        pieces.push(Piece { text: chars[at..].iter().collect(), mark: None });
    }
    pieces
}

impl Mark {
    fn of(found: &Evidence) -> Self {
        let but = why_not(found.polarity);
        let tone = match (but, found.rule) {
            (Some(_), _) => "off",
            (None, Rule::Clinical | Rule::Complaint) => "bad",
            (
                None,
                Rule::Positive
                | Rule::HighValueService
                | Rule::MediumService
                | Rule::PriceQuestion
                | Rule::Urgency,
            ) => "good",
            (None, _) => "",
        };
        Self { tone, rule: rule(found.rule), but, points: found.points }
    }
}

/// A rule's name for people, in English.
pub(super) const fn rule(rule: Rule) -> &'static str {
    match rule {
        Rule::HighValueService => "High-value service",
        Rule::MediumService => "Medium service",
        Rule::PriceQuestion => "Asks the price",
        Rule::Positive => "Glad, or ready to pay",
        Rule::Urgency => "Wants to come soon",
        Rule::Clinical => "Symptom",
        Rule::WrongNumber => "Wrong number",
        Rule::Vendor => "Sells something",
        Rule::JobSeeker => "Looks for work",
        Rule::Complaint => "Grievance",
        Rule::ExistingPatient => "Comes already",
    }
}

/// Why a phrase does not count, in English.
const fn why_not(polarity: Polarity) -> Option<&'static str> {
    Some(match polarity {
        Polarity::Affirmed => return None,
        Polarity::Negated => "said no",
        Polarity::OtherPerson => "somebody else",
        Polarity::Past => "in the past",
        Polarity::Quoted => "a quotation",
        Polarity::Hypothetical => "only if",
        Polarity::Question => "only a question",
        Polarity::Receptionist => "said as a receptionist",
        Polarity::OffTopic => "about something else",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leads::scoring::Speaker;

    fn found(rule: Rule, turn: usize, start: usize, end: usize, polarity: Polarity) -> Evidence {
        Evidence {
            rule,
            speaker: Speaker::Caller,
            turn,
            start,
            end,
            words: String::new(),
            points: 0,
            polarity,
            fitted: false,
        }
    }

    fn shown(text: &str, evidence: &[Evidence]) -> String {
        let mark = |piece: Piece| match piece.mark {
            Some(mark) => format!("[{}:{}]", mark.tone, piece.text),
            None => piece.text,
        };
        pieces(text, 1, evidence).into_iter().map(mark).collect()
    }

    #[test]
    fn words_are_marked_where_they_were_said_and_nowhere_else() {
        let evidence = [
            found(Rule::Urgency, 1, 16, 25, Polarity::Affirmed),
            found(Rule::HighValueService, 1, 7, 12, Polarity::Negated),
            found(Rule::HighValueService, 0, 0, 3, Polarity::Affirmed),
            // Overlaps, and lies beyond the end.
            found(Rule::Positive, 1, 20, 25, Polarity::Affirmed),
            found(Rule::Positive, 1, 20, 99, Polarity::Affirmed),
        ];
        assert_eq!(
            shown("¿Él no botox, a this week ok", &evidence),
            "¿Él no [off:botox], a [good:this week] ok"
        );
        assert_eq!(shown("", &evidence), "");
    }
}
