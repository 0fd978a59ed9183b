//! The lexicon's lines, a phrase each, read from `phrases/*.txt`; `docs/scoring.md` says how to add one.
//!
//! `[rule]` begins a part. A line is a pattern (see [`super::lexicon`]), before it `?` for a weak one, `~` for a circumstance, `!`
//! for one that needs emergency services, behind it `<words` and `>words` that void it when they stand shortly before or after. `//` is
//! a comment.

use super::Rule;
use super::lexicon::Line;

/// A transcript is read by all of them, whatever its language.
const FILES: [&str; 4] = [
    include_str!("phrases/buying.txt"),
    include_str!("phrases/symptoms.txt"),
    include_str!("phrases/classes.txt"),
    include_str!("phrases/spanish.txt"),
];

/// Every line. One that cannot be read is left out; a test holds that there is none.
pub(super) fn lines() -> impl Iterator<Item = Line> {
    FILES.into_iter().flat_map(read)
}

fn read(file: &'static str) -> impl Iterator<Item = Line> {
    let said = file.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
    let ruled = said.scan(None, |rule: &mut Option<Rule>, line| {
        let begins = line.strip_prefix('[').and_then(|line| line.strip_suffix(']'));
        if let Some(name) = begins {
            *rule = serde_json::from_value(name.into()).ok();
        }
        Some((*rule, line, begins.is_some()))
    });
    ruled.filter_map(|(rule, line, begins)| rule.filter(|_| !begins).map(|rule| read_line(rule, line)))
}

fn read_line(rule: Rule, line: &'static str) -> Line {
    let (line, unless_next) = line.split_once('>').unwrap_or((line, ""));
    let (line, unless_before) = line.split_once('<').unwrap_or((line, ""));
    let pattern = line.trim_start_matches(['!', '?', '~']);
    let marks = &line[..line.len() - pattern.len()];
    Line {
        rule,
        pattern: pattern.trim(),
        weak: marks.contains(['?', '~']),
        idle: marks.contains('~'),
        grave: marks.contains('!'),
        unless_before: unless_before.trim(),
        unless_next: unless_next.trim(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn every_line_is_of_a_rule_and_has_a_pattern() {
        for file in FILES {
            let said = file.lines().filter(|line| !line.trim().is_empty() && !line.starts_with("//"));
            let (parts, phrases): (Vec<&str>, Vec<&str>) = said.partition(|line| line.starts_with('['));
            assert!(parts.iter().all(|part| read(file).any(|line| {
                serde_json::to_value(line.rule).unwrap().as_str() == Some(part.trim_matches(['[', ']']))
            })));
            assert_eq!(read(file).count(), phrases.len(), "one of {parts:?} is no rule");
            assert!(read(file).all(|line| !line.pattern.is_empty()));
        }
    }

    #[test]
    fn marks_and_neighbours_are_read() {
        let line = read_line(Rule::Clinical, "!? cant|cannot breathe  <jeans dress  >paying");
        assert_eq!((line.pattern, line.weak, line.grave), ("cant|cannot breathe", true, true));
        assert_eq!((line.unless_before, line.unless_next), ("jeans dress", "paying"));
        let plain = read_line(Rule::Urgency, "asap");
        assert_eq!((plain.pattern, plain.weak, plain.unless_next), ("asap", false, ""));
    }
}
