//! What must hold of the code itself, read from its syntax. Each message names the rule and the way out.
//!
//! Each rule is tried on a seeded mistake first: a rule that finds nothing anywhere proves nothing.

mod written;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};

/// Who may import whom: down, or sideways within a line as long as no circle forms.
const RANKS: &[&[&str]] = &[
    &["router", "jobs", "commands", "seed"],
    &["receptionist"],
    &["tools"],
    &["appointments", "leads"],
    &["scheduling"],
    &["calls", "contacts", "messaging", "notifications", "tasks"],
    &["orgs"],
    &["phone", "when", "spoken_name"],
    // Knows no slice, nor what the slices share.
    &["platform"],
];
/// Where HTTP is spoken.
const HTTP_FILES: &[&str] =
    &["router.rs", "platform/problem.rs", "platform/edge.rs", "platform/request_id.rs"];
const FILE_LINES_MAX: usize = 400;
const FUNCTION_LINES_MAX: usize = 70;

/// A source file below `src`, or one that pretends to be.
struct Source {
    path: String,
    text: String,
    syntax: syn::File,
}

impl Source {
    fn parse(path: &str, text: &str) -> Self {
        let syntax = syn::parse_file(text).unwrap_or_else(|e| panic!("{path}: {e}"));
        Self { path: path.to_owned(), text: text.to_owned(), syntax }
    }

    /// The first word of its path: its slice, or its file's name.
    fn slice(&self) -> &str {
        self.path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
    }

    /// Its module path: `["orgs", "store"]` for `orgs/store.rs`.
    fn module(&self) -> Vec<String> {
        let whole = self.path.trim_end_matches(".rs").trim_end_matches("/mod");
        whole.split('/').filter(|part| *part != "lib" && *part != "main").map(str::to_owned).collect()
    }

    fn is_tests(&self) -> bool {
        self.path.ends_with("tests.rs") || self.path.split('/').any(|part| part == "tests")
    }

    /// Where SQL lives: a slice's `store` and `list`, and what they stand on.
    fn may_hold_sql(&self) -> bool {
        self.slice() == "platform" || self.module().iter().any(|part| part == "store" || part == "list")
    }

    fn may_speak_http(&self) -> bool {
        self.path.ends_with("/http.rs") || HTTP_FILES.contains(&self.path.as_str())
    }

    fn paths(&self) -> Vec<Found> {
        let mut paths = Paths { module: self.module(), in_tests: self.is_tests(), found: Vec::new() };
        paths.visit_file(&self.syntax);
        paths.found
    }

    fn functions(&self) -> Vec<(String, RangeInclusive<usize>)> {
        let mut functions = Functions::default();
        functions.visit_file(&self.syntax);
        functions.found
    }

    fn is_test_line(&self, line: usize) -> bool {
        let mut lines = TestLines::default();
        lines.visit_file(&self.syntax);
        self.is_tests() || lines.0.iter().any(|range| range.contains(&line))
    }
}

/// A path in the code from its root (`crate`, or a crate's name), wherever it stood in a `use` tree.
struct Found {
    line: usize,
    path: Vec<String>,
    in_tests: bool,
}

/// Collects paths; knows the module it is in, so that `super` can be followed.
struct Paths {
    module: Vec<String>,
    in_tests: bool,
    found: Vec<Found>,
}

impl Paths {
    fn add(&mut self, line: usize, path: Vec<String>) {
        let mut base = self.module.clone();
        let mut rest = path.as_slice();
        match rest.first().map(String::as_str) {
            Some("crate") => base.clear(),
            Some("self") => {}
            Some("super") => {
                while rest.first().is_some_and(|part| part == "super") {
                    base.pop();
                    rest = &rest[1..];
                }
                base.extend(rest.iter().cloned());
                rest = &[];
            }
            _ => return self.found.push(Found { line, path, in_tests: self.in_tests }),
        }
        base.extend(rest.iter().skip(1).cloned());
        base.insert(0, "crate".to_owned());
        self.found.push(Found { line, path: base, in_tests: self.in_tests });
    }

    fn add_tree(&mut self, prefix: &[String], tree: &syn::UseTree) {
        let with = |last: &syn::Ident| [prefix, &[last.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => self.add_tree(&with(&path.ident), &path.tree),
            syn::UseTree::Name(name) => self.add(name.span().start().line, with(&name.ident)),
            syn::UseTree::Rename(name) => self.add(name.span().start().line, with(&name.ident)),
            syn::UseTree::Glob(glob) => self.add(glob.span().start().line, prefix.to_vec()),
            syn::UseTree::Group(group) => group.items.iter().for_each(|item| self.add_tree(prefix, item)),
        }
    }
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.add_tree(&[], &item.tree);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let parts = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.add(path.span().start().line, parts);
        visit::visit_path(self, path);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        let was_in_tests = self.in_tests;
        self.in_tests |= is_for_tests(&item.attrs);
        self.module.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.module.pop();
        self.in_tests = was_in_tests;
    }
}

fn is_for_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|a| {
        a.path().is_ident("test")
            || a.path().is_ident("cfg") && a.parse_args::<syn::Ident>().is_ok_and(|only| only == "test")
    })
}

/// Collects the lines of every function outside tests.
#[derive(Default)]
struct Functions {
    found: Vec<(String, RangeInclusive<usize>)>,
}

impl Functions {
    fn add(&mut self, signature: &syn::Signature, body: &syn::Block) {
        let lines = signature.span().start().line..=body.span().end().line;
        self.found.push((signature.ident.to_string(), lines));
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_for_tests(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.add(&item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.add(&item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }
}

#[derive(Default)]
struct TestLines(Vec<RangeInclusive<usize>>);

impl<'ast> Visit<'ast> for TestLines {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if is_for_tests(&item.attrs) {
            self.0.push(item.span().start().line..=item.span().end().line);
        }
        visit::visit_item_mod(self, item);
    }
}

/// Unfinished work: `todo!`, `unimplemented!`, ignored tests.
#[derive(Default)]
struct Unfinished(Vec<(usize, &'static str)>);

impl<'ast> Visit<'ast> for Unfinished {
    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        for name in ["todo", "unimplemented"] {
            if call.path.is_ident(name) {
                self.0.push((call.span().start().line, name));
            }
        }
        visit::visit_macro(self, call);
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        if attribute.path().is_ident("ignore") {
            self.0.push((attribute.span().start().line, "ignore"));
        }
    }
}

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
                    "{at}:{line}: axum outside http.rs and router.rs; take plain values, or types of `http`"
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

fn sizes(sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for source in sources.iter().filter(|s| !s.is_tests()) {
        let (at, lines) = (&source.path, source.text.lines().count());
        if lines > FILE_LINES_MAX {
            wrong.push(format!(
                "{at}: {lines} lines, {FILE_LINES_MAX} is the limit; split it by responsibility"
            ));
        }
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
    assert_finds(places, &[("orgs/mod.rs", "pub mod store;")], 1);
    assert_none(&places(&read("src")));
}

#[test]
fn files_and_functions_fit_in_the_head() {
    let long = format!("fn f() {{{}}}", "\n".repeat(FUNCTION_LINES_MAX));
    assert_finds(sizes, &[("orgs/create.rs", &long)], 1);
    assert_finds(sizes, &[("orgs/create.rs", &format!("#[cfg(test)] mod tests {{ {long} }}"))], 0);
    assert_finds(sizes, &[("orgs/create.rs", &"\n".repeat(FILE_LINES_MAX + 1))], 1);
    assert_finds(sizes, &[("orgs/create_tests.rs", &"\n".repeat(FILE_LINES_MAX + 1))], 0);
    assert_none(&sizes(&read("src")));
    assert_none(&sizes(&read("crates").into_iter().filter(|s| s.path.contains("/src/")).collect::<Vec<_>>()));
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
