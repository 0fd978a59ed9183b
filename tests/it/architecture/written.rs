//! What the documents say exists, exists; and what must be written down is.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use super::{assert_none, files_below, root};

fn document(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

fn documents() -> Vec<PathBuf> {
    let at_the_top =
        ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(|name| root().join(name));
    at_the_top.into_iter().chain(files_below(&root().join("docs"), ".md")).collect()
}

/// All code and SQL of the product, its libraries and its tests.
fn code() -> String {
    let rust = ["src", "crates", "tests/it"].map(|dir| files_below(&root().join(dir), ".rs")).concat();
    let sql = files_below(&root().join("migrations"), ".sql");
    rust.into_iter().chain(sql).map(|path| fs::read_to_string(path).unwrap()).collect()
}

fn product() -> String {
    let files = files_below(&root().join("src"), ".rs");
    files.into_iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

/// Every piece of `text` between `before` and the next `after`.
fn between<'t>(text: &'t str, before: &'t str, after: &'t str) -> impl Iterator<Item = &'t str> {
    text.split(before).skip(1).filter_map(move |rest| rest.split_once(after)).map(|(piece, _)| piece)
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// Both ways: nothing undocumented, nothing made up.
fn assert_same(what: &str, document: &str, real: &BTreeSet<&str>, written: &BTreeSet<&str>) {
    assert!(!real.is_empty(), "found no {what} in the code, so this proves nothing");
    let missing =
        real.difference(written).map(|name| format!("{document} lacks the {what} {name}; describe it"));
    let made_up = written
        .difference(real)
        .map(|name| format!("{document} describes {name}, which is no {what}; delete it"));
    assert_none(&missing.chain(made_up).collect::<Vec<_>>());
}

#[test]
fn every_problem_is_explained() {
    let (code, problems) = (product(), document("docs/problems.md"));
    let fields = between(&code, "code: \"", "\"");
    // `Problem::new(STATUS, "code", "detail")`, whatever the line breaks.
    let calls = between(&code, "Self::new(", ")").chain(between(&code, "Problem::new(", ")"));
    let constants = calls
        .filter(|c| c.trim_start().starts_with("StatusCode::"))
        .filter_map(|call| call.split('"').nth(1));
    let real: BTreeSet<&str> = fields.chain(constants).filter(|code| is_word(code)).collect();
    let written = problems.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    assert_same("problem", "docs/problems.md", &real, &written);
}

#[test]
fn every_metric_is_explained() {
    let (code, runbook) = (product(), document("docs/runbook.md"));
    let is_metric = |name: &&str| {
        is_word(name) && ["_total", "_seconds", "_percent", "_sockets"].iter().any(|end| name.ends_with(end))
    };
    let real: BTreeSet<&str> =
        code.split('"').filter(|s| s.starts_with("voxanne_")).filter(is_metric).collect();
    let rows = runbook.lines().filter_map(|line| line.strip_prefix("| `voxanne_"));
    let names: Vec<String> =
        rows.map(|row| format!("voxanne_{}", row.split(['{', '`']).next().unwrap_or_default())).collect();
    assert_same("metric", "docs/runbook.md", &real, &names.iter().map(String::as_str).collect());
}

#[test]
fn every_table_is_explained() {
    let migrations: String = files_below(&root().join("migrations"), ".sql")
        .into_iter()
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let data = document("docs/data.md");
    let real =
        migrations.lines().filter_map(|line| line.strip_prefix("create table ")?.split(' ').next()).collect();
    let written = data.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    assert_same("table", "docs/data.md", &real, &written);
}

#[test]
fn links_lead_somewhere() {
    let mut wrong = Vec::new();
    let mut followed = 0;
    for path in documents() {
        let text = fs::read_to_string(&path).unwrap();
        for link in between(&text, "](", ")").filter(|link| !link.contains("://")) {
            let file = link.split('#').next().unwrap_or_default();
            followed += 1;
            if !path.parent().unwrap().join(file).exists() {
                wrong.push(format!("{}: {link} leads nowhere", path.display()));
            }
        }
    }
    assert!(followed > 20, "only {followed} links were found, so this proves little");
    assert_none(&wrong);
}

#[test]
fn what_holds_a_decision_exists() {
    let code = code();
    let mut wrong = Vec::new();
    for path in
        files_below(&root().join("docs/adr"), ".md").into_iter().filter(|path| !path.ends_with("README.md"))
    {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        for section in ["## Why", "## Decision", "## Consequences", "## Held by"] {
            if !text.contains(section) {
                wrong.push(format!("{name}: no {section}"));
            }
        }
        let held_by = text.split_once("## Held by").map_or("", |(_, rest)| rest);
        for proof in between(held_by, "`", "`").step_by(2) {
            let is_file = root().join(proof).exists();
            if !is_file && !code.contains(&format!("fn {proof}(")) {
                wrong.push(format!(
                    "{name}: {proof} is neither a file nor a function; name what holds it now"
                ));
            }
        }
        if !document("docs/adr/README.md").contains(&name) {
            wrong.push(format!("docs/adr/README.md does not list {name}"));
        }
    }
    assert_none(&wrong);
}
