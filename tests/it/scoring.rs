//! The rules against the labelled corpus: what they must reach on it, what changes nothing, and that the page tells it.

mod command;
mod metamorphic;

use std::fs;
use std::path::{Path, PathBuf};

use voxanne::leads::scoring::corpus::{self, Labelled};
use voxanne::leads::scoring::evaluation::{self, BEGIN, END, Evaluation};
use voxanne::leads::scoring::{self, CallClass};

fn corpus_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

/// The calls of a part; none if it is not there.
fn calls(part: &str) -> Vec<Labelled> {
    files(part).iter().flat_map(|text| corpus::read(text).unwrap()).collect()
}

/// What the files of a part hold, in the order of their names.
fn files(part: &str) -> Vec<String> {
    let Ok(entries) = fs::read_dir(corpus_dir().join(part)) else { return vec![] };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read_to_string(file).unwrap()).collect()
}

/// The figures in `docs/scoring.md`.
fn figures_told() -> String {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/scoring.md")).unwrap();
    let (_, rest) = page.split_once(BEGIN).unwrap();
    rest.split_once(END).unwrap().0.trim().to_owned()
}

fn evaluated(part: &str) -> Evaluation {
    let calls = calls(part);
    assert!(!calls.is_empty(), "corpus/{part} is missing: its figures are what the rules are trusted for");
    evaluation::evaluate(&calls)
}

fn assert_at_least(what: &str, figure: f64, floor: f64, evaluation: &Evaluation) {
    assert!(
        figure >= floor,
        "{what} is {figure:.3}, at least {floor} is due; wrong: {:?}",
        evaluation.all.wrong
    );
}

#[test]
fn g6_on_the_fitted_part_hot_is_right_and_no_symptom_is_missed() {
    let fitted = evaluated("fitted");
    assert_at_least("precision of hot", fitted.all.hot.precision(), 0.98, &fitted);
    assert_at_least("recall of hot", fitted.all.hot.recall(), 0.975, &fitted);
    assert_at_least("recall of clinical", fitted.all.of(CallClass::ClinicalUrgency).recall(), 0.99, &fitted);
    assert_at_least("recall of symptoms while the call runs", fitted.all.in_call.recall(), 0.97, &fitted);
    assert_eq!(fitted.all.clinical_hot, 0, "a clinical urgency is never a sale");
}

/// What is wanted, and reached (`docs/scoring.md`).
#[test]
fn g6_on_the_held_out_part_no_figure_falls_and_no_symptom_is_a_sale() {
    let held_out = evaluated("held_out");
    assert_at_least("precision of hot", held_out.all.hot.precision(), 0.95, &held_out);
    assert_at_least("recall of hot", held_out.all.hot.recall(), 0.90, &held_out);
    let clinical = held_out.all.of(CallClass::ClinicalUrgency);
    assert_at_least("recall of clinical", clinical.recall(), 0.99, &held_out);
    assert_at_least("recall of symptoms while the call runs", held_out.all.in_call.recall(), 0.95, &held_out);
    assert_eq!(held_out.all.clinical_hot, 0, "a clinical urgency is never a sale");
}

/// Weights that were fitted on other calls than these would be told by figures that are not theirs.
#[test]
fn the_model_was_fitted_on_this_corpus() {
    let all = [files("fitted"), files("utterances")].concat();
    assert_eq!(
        scoring::fitted_on(),
        corpus::digest(&all),
        "the corpus has changed: run `cargo run --release -- score --fit corpus`, then put the figures into docs/scoring.md"
    );
}

#[test]
fn every_utterance_says_what_it_counts_for() {
    let all: Vec<_> = files("utterances").iter().flat_map(|text| corpus::read_utterances(text)).collect();
    assert!(all.len() > 1000 && all.iter().any(|utterance| utterance.rules.is_empty()));
    for rule in ["[positive]", "[urgency]", "[clinical]", "[complaint]", "[high_value_service]", "[none]"] {
        assert!(files("utterances").iter().any(|text| text.contains(rule)), "no part {rule}");
    }
}

#[test]
fn the_corpus_is_large_says_everything_once_and_points_at_the_callers_words() {
    let all: Vec<Labelled> = ["fitted", "held_out"].into_iter().flat_map(calls).collect();
    assert!(all.len() >= 400, "{} calls", all.len());
    assert!(all.iter().filter(|call| call.language == "es").count() >= 40);
    let mut seen = std::collections::HashSet::new();
    for call in &all {
        assert!(seen.insert(call.id.as_str()), "{} is there twice", call.id);
        for evidence in &call.evidence {
            let turn = &call.turns[evidence.turn];
            assert!(turn.text.contains(&evidence.words), "{}: {:?} is not said", call.id, evidence.words);
            assert_eq!(turn.speaker, voxanne::leads::scoring::Speaker::Caller, "{}", call.id);
        }
    }
}

#[test]
fn the_page_tells_todays_figures() {
    let dir = corpus_dir();
    let parts = ["fitted", "held_out"].into_iter().filter(|part| dir.join(part).is_dir());
    let figures: Vec<_> = parts.map(|part| (part.to_owned(), evaluation::evaluate(&calls(part)))).collect();
    let today = evaluation::markdown(&figures);
    assert!(
        figures_told() == today.trim(),
        "docs/scoring.md is stale: put the output of `cargo run -- score --corpus corpus` between its markers\n{BEGIN}\n{}\n{END}",
        today.trim()
    );
}
