//! What must hold of the code itself, read from its syntax. Each message names the rule and the way out.
//!
//! Each rule is tried on a seeded mistake first: a rule that finds nothing anywhere proves nothing.

mod source;
mod written;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use syn::visit::Visit as _;

use source::{Source, Unfinished};

/// Who may import whom: down, or sideways within a line as long as no circle forms.
const RANKS: &[&[&str]] = &[
    &["router", "jobs", "commands", "seed"],
    &["receptionist", "api", "dashboard", "live"],
    &["tools", "replies"],
    &["waitlist", "sequences", "after_hours", "analytics"],
    &["alert_phones", "appointments", "leads", "promises", "search"],
    &["scheduling"],
    &["calendars"],
    &["calls", "contacts", "mail", "messaging", "notifications", "tasks"],
    &["accounts", "first_run", "kept_days"],
    &["orgs"],
    &["language", "phone", "when", "spoken_name"],
    // Knows no slice, nor what the slices share.
    &["platform"],
];
/// Where HTTP is spoken.
const HTTP_FILES: &[&str] = &[
    "router.rs",
    "platform/problem.rs",
    "platform/page.rs",
    "platform/edge.rs",
    "platform/csp_reports.rs",
    "platform/desk_share.rs",
    "platform/exposition.rs",
    "platform/request_id.rs",
    "platform/fair_share.rs",
];
const FILE_LINES_MAX: usize = 400;
const FUNCTION_LINES_MAX: usize = 70;

fn rank(slice: &str) -> Option<usize> {
    RANKS.iter().position(|line| line.contains(&slice))
}

fn imports(sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut sideways: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in sources.iter().filter(|s| !matches!(s.path.as_str(), "lib.rs" | "main.rs")) {
        let (from, at) = (source.slice(), &source.path);
        let Some(own_rank) = rank(from) else {
            wrong
                .push(format!("{at}: {from} has no place in RANKS; give it one in tests/it/architecture.rs"));
            continue;
        };
        for found in source.paths().into_iter().filter(|f| !f.in_tests && f.path[0] == "crate") {
            let Some(to) = found.path.get(1).filter(|to| *to != from) else { continue };
            let line = found.line;
            match rank(to) {
                Some(rank) if rank > own_rank => {}
                Some(rank) if rank == own_rank => {
                    sideways.entry(from.to_owned()).or_default().insert(to.clone());
                }
                Some(_) => wrong.push(format!(
                    "{at}:{line}: {from} may not import crate::{to}, imports point down (RANKS); \
                     move what both need below, or let the caller pass it in"
                )),
                None => {}
            }
            if found.path.get(2).is_some_and(|part| part == "store") {
                wrong.push(format!(
                    "{at}:{line}: {to}::store is private to {to}; ask a verb that {to} exports"
                ));
            }
        }
    }
    for (from, tos) in &sideways {
        for to in tos.iter().filter(|to| reaches(&sideways, to, from)) {
            wrong.push(format!(
                "{from} and {to} import each other (RANKS); merge them or move what both need below"
            ));
        }
    }
    wrong
}

fn reaches(edges: &BTreeMap<String, BTreeSet<String>>, from: &str, to: &str) -> bool {
    let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(here) = open.pop() {
        if here == to {
            return true;
        }
        if seen.insert(here) {
            open.extend(edges.get(here).into_iter().flatten().map(String::as_str));
        }
    }
    false
}

fn is_statement(path: &[String]) -> bool {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    match path.as_slice() {
        ["sqlx", what, ..] => what.starts_with("query") || matches!(*what, "raw_sql" | "QueryBuilder"),
        ["crate", "platform", "db", what, ..] => matches!(*what, "sql" | "sql_as" | "sql_scalar"),
        _ => false,
    }
}

fn places(sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for source in sources {
        for found in source.paths().into_iter().filter(|f| !f.in_tests) {
            let (at, line) = (&source.path, found.line);
            if is_statement(&found.path) && !source.may_hold_sql() {
                wrong.push(format!(
                    "{at}:{line}: SQL outside store.rs and list.rs; move the statement to the slice's store"
                ));
            }
            if found.path[0] == "axum" && !source.may_speak_http() {
                wrong.push(format!(
                    "{at}:{line}: axum outside http.rs, api/ and router.rs; take plain values, or types of `http`"
                ));
            }
        }
        for item in &source.syntax.items {
            if let syn::Item::Mod(module) = item
                && module.ident == "store"
                && !matches!(module.vis, syn::Visibility::Inherited)
            {
                wrong.push(format!(
                    "{}: `store` is private; write `mod store;` and export verbs",
                    source.path
                ));
            }
        }
    }
    // One line, one mistake, however many names it imports.
    wrong.dedup();
    wrong
}

fn long_files(sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for source in sources {
        let (at, lines) = (&source.path, source.text.lines().count());
        if lines > FILE_LINES_MAX {
            wrong.push(format!(
                "{at}: {lines} lines, {FILE_LINES_MAX} is the limit; split it by responsibility"
            ));
        }
    }
    wrong
}

/// Of tests, which tell a story from its beginning to its end, only the file is bounded.
fn long_functions(sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for source in sources.iter().filter(|s| !s.is_tests()) {
        let at = &source.path;
        for (name, range) in source.functions() {
            let lines = range.end() - range.start() + 1;
            if lines > FUNCTION_LINES_MAX {
                let line = range.start();
                wrong.push(format!(
                    "{at}:{line}: {name} has {lines} lines, {FUNCTION_LINES_MAX} is the limit; name its steps"
                ));
            }
        }
    }
    wrong
}

/// B2: an org that is written down is an org that everybody falls back to.
fn fixed_ids(sources: &[Source]) -> Vec<String> {
    let may = |source: &&Source| !matches!(source.slice(), "seed" | "commands");
    let mut wrong = Vec::new();
    for source in sources.iter().filter(may) {
        for (index, line) in source.text.lines().enumerate() {
            if (has_uuid(line) || line.contains("from_u128(")) && !source.is_test_line(index + 1) {
                let (at, line) = (&source.path, index + 1);
                wrong.push(format!(
                    "{at}:{line}: an id is written down; take it from the credential or from app.new_id()"
                ));
            }
        }
    }
    wrong
}

fn has_uuid(line: &str) -> bool {
    const DASHES: [usize; 4] = [8, 13, 18, 23];
    let is_uuid = |text: &[u8]| {
        text.iter()
            .enumerate()
            .all(|(at, byte)| if DASHES.contains(&at) { *byte == b'-' } else { byte.is_ascii_hexdigit() })
    };
    line.as_bytes().windows(36).any(is_uuid)
}

fn unfinished(sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for source in sources {
        let mut found = Unfinished::default();
        found.visit_file(&source.syntax);
        for (line, what) in found.0 {
            wrong.push(format!("{}:{line}: {what}; finish it, or delete it", source.path));
        }
    }
    wrong
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files_below(dir: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display()));
    let mut found: Vec<PathBuf> = Vec::new();
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            found.extend(files_below(&path, ending));
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Every Rust file below `dir`, with its path from there.
fn read(dir: &str) -> Vec<Source> {
    let dir = root().join(dir);
    let parse = |path: PathBuf| {
        let name = path.strip_prefix(&dir).unwrap().to_string_lossy().into_owned();
        Source::parse(&name, &std::fs::read_to_string(&path).unwrap())
    };
    files_below(&dir, ".rs").into_iter().map(parse).collect()
}

fn assert_none(wrong: &[String]) {
    assert!(wrong.is_empty(), "{} times the architecture does not hold:\n{}", wrong.len(), wrong.join("\n"));
}

/// The rule finds exactly so many mistakes in made-up files.
fn assert_finds(rule: fn(&[Source]) -> Vec<String>, files: &[(&str, &str)], count: usize) {
    let sources: Vec<Source> = files.iter().map(|(path, text)| Source::parse(path, text)).collect();
    let found = rule(&sources);
    assert_eq!(found.len(), count, "{found:#?}");
}

#[test]
fn imports_point_down() {
    assert_finds(imports, &[("orgs/store.rs", "use crate::tools::run;")], 1);
    assert_finds(imports, &[("orgs/store.rs", "use crate::{platform::db, messaging::{self, Kind}};")], 2);
    assert_finds(imports, &[("platform/db.rs", "fn f() { super::super::phone::g() }")], 1);
    assert_finds(imports, &[("when/say.rs", "fn f() { crate::orgs::g() }")], 1);
    assert_finds(imports, &[("tools/run.rs", "use crate::calls::store;")], 1);
    assert_finds(imports, &[("calls/a.rs", "use crate::tasks;"), ("tasks/b.rs", "use crate::calls;")], 2);
    assert_finds(imports, &[("calls/a.rs", "use crate::tasks; mod t { use super::super::store; }")], 0);
    assert_finds(imports, &[("calls/a.rs", "#[cfg(test)] mod tests { use crate::tools; }")], 0);
    assert_finds(imports, &[("unheard_of.rs", "")], 1);
    assert_none(&imports(&read("src")));
}

#[test]
fn sql_is_in_stores_and_axum_at_the_edge() {
    assert_finds(places, &[("orgs/create.rs", "use crate::platform::db::{PgConnection, sql};")], 1);
    assert_finds(places, &[("orgs/create.rs", "fn f() { sqlx::query_as::<_, ()>(\"\"); }")], 1);
    assert_finds(places, &[("orgs/create.rs", "fn f(e: sqlx::Error) -> sqlx::Result<()> {}")], 0);
    assert_finds(places, &[("orgs/store.rs", "use crate::platform::db::sql;")], 0);
    assert_finds(places, &[("orgs/create.rs", "use axum::http::HeaderMap;")], 1);
    assert_finds(places, &[("orgs/http.rs", "use axum::Router;")], 0);
    assert_finds(places, &[("api/caller.rs", "use axum::http::header;")], 0);
    assert_finds(places, &[("orgs/mod.rs", "pub mod store;")], 1);
    assert_none(&places(&read("src")));
}

/// What makes a statement of a text that is no constant of the program.
const MAKERS: [&str; 4] = ["AssertSqlSafe", "QueryBuilder", "raw_sql", "SqlStr"];

/// Every other statement is a constant of the program, which `platform::db::sql` takes and nothing else; values are bound.
fn made_statements(sources: &[Source]) -> Vec<String> {
    let may = ["platform/db.rs", "platform/migrate.rs"];
    let makes = |source: &&Source| {
        !may.contains(&source.path.as_str()) && MAKERS.iter().any(|maker| source.text.contains(maker))
    };
    sources.iter().filter(makes).map(|source| format!("{} makes a statement", source.path)).collect()
}

#[test]
fn w13_no_statement_is_made_of_what_somebody_says() {
    assert_none(&made_statements(&read("src")));
    let seeded = [
        "fn f(s: String) { sqlx::query(sqlx::AssertSqlSafe(s)); }",
        "fn f(s: &str) { sqlx::QueryBuilder::new(\"select \").push(s); }",
        "fn f(s: &str) { sqlx::raw_sql(sqlx::SqlStr::from(s)); }",
    ];
    for made in seeded {
        assert_finds(made_statements, &[("orgs/store.rs", made)], 1);
    }
}

#[test]
fn files_and_functions_fit_in_the_head() {
    let long = format!("fn f() {{{}}}", "\n".repeat(FUNCTION_LINES_MAX));
    assert_finds(long_functions, &[("orgs/create.rs", &long)], 1);
    assert_finds(long_functions, &[("orgs/create.rs", &format!("#[cfg(test)] mod tests {{ {long} }}"))], 0);
    assert_finds(long_files, &[("orgs/create.rs", &"\n".repeat(FILE_LINES_MAX))], 0);
    for file in ["orgs/create.rs", "orgs/create_tests.rs", "it/orgs.rs"] {
        assert_finds(long_files, &[(file, &"\n".repeat(FILE_LINES_MAX + 1))], 1);
    }
    assert_none(&["src", "crates", "tests", "benches"].map(|dir| long_files(&read(dir))).concat());
    assert_none(&long_functions(&read("src")));
    let of_crates = read("crates").into_iter().filter(|s| s.path.contains("/src/"));
    assert_none(&long_functions(&of_crates.collect::<Vec<_>>()));
}

#[test]
fn b2_no_org_is_written_into_the_product() {
    let id = "const ORG: &str = \"46cf2995-0000-4000-8000-00000000abcd\";";
    assert_finds(fixed_ids, &[("orgs/create.rs", id)], 1);
    assert_finds(fixed_ids, &[("orgs/create.rs", &format!("#[cfg(test)] mod tests {{ {id} }}"))], 0);
    assert_finds(fixed_ids, &[("seed/glow.rs", id)], 0);
    assert_none(&fixed_ids(&read("src")));
}

#[test]
fn nothing_is_unfinished_or_ignored() {
    assert_finds(unfinished, &[("a.rs", "fn f() { todo!() }")], 1);
    assert_finds(unfinished, &[("a.rs", "#[test] #[ignore = \"slow\"] fn f() {}")], 1);
    assert_none(&["src", "tests/it", "crates"].map(|dir| unfinished(&read(dir))).concat());
}
