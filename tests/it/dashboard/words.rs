//! Every word of the dashboard is there in Spanish.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::harness::{literals, sources};

/// Files under `dir` that end in `.rs` or `.html`.
fn files(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs" || kind == "html") {
            found.push(path);
        }
    }
}

/// The first argument of each `t("…")` and `tn("…", …)` in `text`.
fn said(text: &str) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for opening in [".t(", ".tn("] {
        for (at, _) in text.match_indices(opening) {
            let Some(rest) = text[at + opening.len()..].trim_start().strip_prefix('"') else { continue };
            let (mut word, mut chars) = (String::new(), rest.chars());
            while let Some(char) = chars.next() {
                match char {
                    '"' => break,
                    '\\' => word.extend(chars.next()),
                    other => word.push(other),
                }
            }
            words.insert(word);
        }
    }
    words
}

#[test]
fn every_word_of_the_dashboard_is_there_in_spanish() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    files(&root.join("templates"), &mut found);
    files(&root.join("src/dashboard"), &mut found);
    let said: BTreeSet<String> =
        found.iter().flat_map(|file| said(&fs::read_to_string(file).unwrap())).collect();
    assert!(said.len() > 40, "the pages were not read: {said:?}");
    let spanish: BTreeMap<String, String> =
        toml::from_str(&fs::read_to_string(root.join("locales/es.toml")).unwrap()).unwrap();
    let missing: Vec<_> = said.iter().filter(|word| !spanish.contains_key(*word)).collect();
    assert!(missing.is_empty(), "add these to locales/es.toml:\n{missing:#?}");
    for (english, words) in &spanish {
        let holes = |text: &str| text.matches("{}").count();
        assert_eq!(holes(english), holes(words), "{english}: the Spanish words need the same {{}}");
    }
}

/// Literals of the pages' sources that nobody reads in Spanish, and why.
const NOT_SAID: &[(&str, &str)] = &[
    ("Mac OS", "what browsers name themselves by"),
    (
        "to must be on or after from, and within 31 days of it; both are dates such as 2026-11-30.",
        "what the grid's own script would have done wrong",
    ),
];

#[test]
fn whatever_the_pages_choose_to_say_is_there_in_spanish_too() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| -> BTreeMap<String, String> {
        toml::from_str(&fs::read_to_string(root.join("locales").join(name)).unwrap()).unwrap()
    };
    let (words, told) = (read("es.toml"), read("told.toml"));
    let is_code = |text: &str| text.contains('=') || text.contains("; charset") || text.contains(" 'self'");
    let is_said = |text: &String| {
        let long = text.split(' ').filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 1);
        long.count() > 1 && !is_code(text)
    };
    // What reads rows holds SQL, and no words.
    let pages = sources("src/dashboard").into_iter().filter(|file| !file.to_string_lossy().contains("/list"));
    let said: BTreeSet<String> = pages
        .flat_map(|file| literals(&fs::read_to_string(file).unwrap()))
        .filter(|text| is_said(text))
        .collect();
    assert!(said.len() > 100, "the pages were not read: {said:?}");
    let is_there = |text: &String| words.contains_key(text) || told.contains_key(text);
    let missing: Vec<_> =
        said.iter().filter(|text| !is_there(text) && !NOT_SAID.iter().any(|(not, _)| not == text)).collect();
    assert!(missing.is_empty(), "add these to locales/es.toml:\n{missing:#?}");
}
