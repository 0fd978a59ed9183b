#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
use std::collections::BTreeMap;

use jiff::civil::{DateTime, date, time};

use super::claims::{Kind, Said, claims, of_text};
use super::compare::{Facts, Listed, Told, Verdict, compare};

const CASES: &str = include_str!("cases.txt");

/// One case of the table.
#[derive(Default)]
struct Case {
    name: String,
    known: Vec<String>,
    turns: Vec<(bool, String)>,
    expected: String,
}

fn cases() -> (BTreeMap<String, String>, Vec<Case>) {
    let (mut answers, mut all): (BTreeMap<_, _>, Vec<Case>) = (BTreeMap::new(), Vec::new());
    for line in CASES.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(named) = line.strip_prefix("let ") {
            let (name, answer) = named.split_once(" = ").unwrap();
            answers.insert(name.to_owned(), answer.to_owned());
        } else if let Some(name) = line.strip_prefix("== ") {
            all.push(Case { name: name.to_owned(), ..Case::default() });
        } else {
            let case = all.last_mut().unwrap();
            match line.split_once(": ") {
                _ if line.starts_with("=> ") => line[3..].clone_into(&mut case.expected),
                Some(("caller", said)) => case.turns.push((true, said.to_owned())),
                Some(("assistant", said)) => case.turns.push((false, said.to_owned())),
                _ => case.known.push(line.to_owned()),
            }
        }
    }
    (answers, all)
}

fn nothing() -> Facts {
    let listed =
        |names: &[&str], cents| Listed { names: names.iter().map(|n| (*n).to_owned()).collect(), cents };
    let at = |hour| time(hour, 0, 0, 0);
    Facts {
        today: date(2026, 11, 24),
        told: Vec::new(),
        visits: Vec::new(),
        has_cancelled: false,
        is_texted: false,
        is_called_back: false,
        is_transferred: false,
        prices: vec![
            listed(&["Botox", "tox", "wrinkle relaxer"], Some(60_000)),
            listed(&["Dermal Filler", "filler", "lip filler"], Some(65_000)),
            listed(&["HydraFacial", "hydra facial"], Some(19_900)),
            listed(&["Chemical Peel", "peel"], None),
            listed(&["Consultation"], Some(0)),
        ],
        bounds: vec![at(9), at(18), at(10), at(14)],
    }
}

fn told(line: &str, is_error: bool) -> Told {
    let (tool, answer) = line.split_once(": ").unwrap();
    Told { tool: tool.to_owned(), answer: answer.to_owned(), is_error }
}

fn facts(answers: &BTreeMap<String, String>, known: &[String]) -> Facts {
    let mut facts = nothing();
    for line in known {
        if let Some(name) = line.strip_prefix("tool @") {
            facts.told.push(told(&answers[name], false));
        } else if let Some(answer) = line.strip_prefix("tool ") {
            facts.told.push(told(answer, false));
        } else if let Some(answer) = line.strip_prefix("failed ") {
            facts.told.push(told(answer, true));
        } else if let Some(at) = line.strip_prefix("visit ") {
            facts.visits.push(at.replace(' ', "T").parse::<DateTime>().unwrap());
        } else {
            match line.as_str() {
                "cancelled" => facts.has_cancelled = true,
                "texted" => facts.is_texted = true,
                "called back" => facts.is_called_back = true,
                "transferred" => facts.is_transferred = true,
                other => panic!("unknown fact: {other}"),
            }
        }
    }
    facts
}

fn verdict_word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Kept => "kept",
        Verdict::False(_) => "false",
        Verdict::Unknown => "unknown",
    }
}

#[test]
fn every_case_of_the_table_has_its_claims_and_verdicts() {
    let (answers, all) = cases();
    assert!(all.len() >= 80, "{} cases", all.len());
    let mut wrong = Vec::new();
    for case in &all {
        let facts = facts(&answers, &case.known);
        let turns: Vec<Said<'_>> =
            case.turns.iter().map(|(is_caller, text)| Said { is_caller: *is_caller, text }).collect();
        let claims = claims(&turns, facts.today);
        let found: Vec<String> = claims
            .iter()
            .zip(compare(&claims, &facts))
            .map(|(claim, verdict)| format!("{} {}", claim.kind.as_str(), verdict_word(&verdict)))
            .collect();
        let found = if found.is_empty() { "-".to_owned() } else { found.join(", ") };
        if found != case.expected {
            wrong.push(format!("{}\n    expected {}\n    found    {found}", case.name, case.expected));
        }
        for claim in &claims {
            let text = case.turns[claim.turn].1.chars();
            let words: String = text.skip(claim.start).take(claim.end - claim.start).collect();
            assert_eq!(words, claim.words, "{}: the span is the words", case.name);
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), all.len(), wrong.join("\n"));
}

#[test]
fn whatever_a_tool_returns_may_be_read_out_in_its_own_words_or_nearly_so() {
    let tools = ["book_appointment", "request_human"];
    let all =
        [crate::appointments::SENTENCES(), crate::waitlist::SENTENCES(), crate::tools::SENTENCES()].concat();
    assert!(all.len() > 100, "{}", all.len());
    let mut wrong = Vec::new();
    for (said, tool) in all.iter().flat_map(|said| tools.map(|tool| (said, tool))) {
        let told = vec![Told { tool: tool.into(), answer: said.clone(), is_error: false }];
        let facts = Facts { told, ..nothing() };
        // In small letters it is no longer word for word.
        for text in [said.clone(), said.to_lowercase()] {
            let claims = of_text(&text, 0, "", facts.today);
            let verdicts = compare(&claims, &facts);
            let is_false = |(claim, verdict): (_, Verdict)| match verdict {
                Verdict::False(_) => Some(claim),
                Verdict::Kept | Verdict::Unknown => None,
            };
            let kinds = claims.iter().map(|claim| claim.kind).zip(verdicts).filter_map(is_false);
            wrong.extend(kinds.map(|kind| format!("{tool}, {}: {text}", kind.as_str())));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_kind_has_a_name_of_its_own_and_words_for_staff() {
    let names: std::collections::BTreeSet<&str> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
    let titles: std::collections::BTreeSet<&str> = Kind::ALL.map(super::wording::title).into_iter().collect();
    assert_eq!((names.len(), titles.len()), (Kind::ALL.len(), Kind::ALL.len()));
}

#[test]
fn no_text_makes_it_panic() {
    for said in [
        "",
        " ",
        "?",
        "¿?",
        "$",
        "$,",
        "…",
        "at",
        "at at at",
        "😀 at 2",
        "you are booked",
        "’s n't 'll",
        "12:99 pm",
        "-3 p.m.",
        "a.m.",
        "y media",
        "de la",
    ] {
        for text in [said.to_owned(), format!("You're booked {said}"), said.repeat(50)] {
            let claims = claims(&[Said { is_caller: false, text: &text }], date(2026, 11, 24));
            assert_eq!(compare(&claims, &nothing()).len(), claims.len());
        }
    }
}
