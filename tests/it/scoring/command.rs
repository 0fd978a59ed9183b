//! `voxanne score FILE`, as somebody at a terminal runs it.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

/// T-S12.
const SAID: &str = "I'm interested in Botox and filler, I have budget, need it this week";

/// Runs the program on a transcript, with no database and no settings; whether it succeeded, and what it said.
fn score(transcript: &str, more: &[&str]) -> (bool, String) {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("score-{}.txt", uuid::Uuid::new_v4()));
    fs::write(&file, transcript).unwrap();
    let said = run(&file, more);
    fs::remove_file(&file).unwrap();
    said
}

fn run(file: &Path, more: &[&str]) -> (bool, String) {
    run_with(&[&[file.to_str().unwrap()], more].concat())
}

fn run_with(args: &[&str]) -> (bool, String) {
    let done =
        Command::new(env!("CARGO_BIN_EXE_voxanne")).arg("score").args(args).env_clear().output().unwrap();
    (done.status.success(), String::from_utf8([done.stdout, done.stderr].concat()).unwrap())
}

#[test]
fn e21_a_transcript_is_scored_at_a_terminal_with_the_words_and_where_they_stand() {
    let (is_done, said) = score(&format!("AI: Thanks for calling, how can I help?\nUser: {SAID}\n"), &[]);
    assert!(is_done, "{said}");
    assert!(said.starts_with("new_lead · score 100 · hot\n"), "{said}");
    assert!(said.contains("interest: botox (\"Botox\", turn 1)"), "{said}");
    for words in ["budget", "this week"] {
        let line =
            said.lines().find(|line| line.contains("turn ") && line.contains(words) && line.contains(".."));
        let line = line.unwrap_or_else(|| panic!("{words}: {said}"));
        let (span, _) = line.trim_start().strip_prefix("turn  1, ").unwrap().split_once('+').unwrap();
        let (start, end) = span.trim().split_once("..").unwrap();
        let (start, end): (usize, usize) = (start.trim().parse().unwrap(), end.trim().parse().unwrap());
        assert!(line.ends_with(&format!("\"{}\"", &SAID[start..end])), "{line}");
    }
}

#[test]
fn e21_the_verdict_is_json_for_a_program() {
    let turns = json!({"turns": [{"speaker": "assistant", "text": "How can I help?"}, {"speaker": "caller", "text": SAID}]});
    let (is_done, said) = score(&turns.to_string(), &["--json"]);
    assert!(is_done, "{said}");
    let verdict: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(
        (&verdict["class"], &verdict["score"], &verdict["temperature"]),
        (&json!("new_lead"), &json!(100), &json!("hot"))
    );
    let evidence = verdict["evidence"].as_array().unwrap();
    assert!(evidence.iter().filter(|found| found["points"].as_i64().unwrap() > 0).count() >= 3, "{said}");
    for found in evidence {
        let at = |name: &str| usize::try_from(found[name].as_u64().unwrap()).unwrap();
        assert_eq!(
            (at("turn"), found["words"].as_str().unwrap()),
            (1, &SAID[at("start")..at("end")]),
            "{found}"
        );
    }
}

/// G6: the command that the page names prints what stands on the page.
#[test]
fn g6_the_figures_of_the_corpus_are_printed_as_the_page_tells_them() {
    let (is_done, said) = run_with(&["--corpus", super::corpus_dir().to_str().unwrap()]);
    assert!(is_done, "{said}");
    assert!(said.trim() == super::figures_told(), "{said}");
    let (is_done, said) = run_with(&["--corpus", "/nothing/of/the/kind"]);
    assert!(!is_done, "{said}");
}

#[test]
fn what_is_no_transcript_is_refused_by_name() {
    let (is_done, said) = score("Hello?\n", &[]);
    assert!(!is_done && said.contains("no line of the transcript begins with"), "{said}");
    let (is_done, said) = run(Path::new("/nothing/of/the/kind.txt"), &[]);
    assert!(!is_done && said.contains("read the transcript"), "{said}");
}
