//! A source file, and what its syntax says.

use std::ops::RangeInclusive;

use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};

use super::HTTP_FILES;

/// A source file below `src`, or one that pretends to be.
pub(super) struct Source {
    pub(super) path: String,
    pub(super) text: String,
    pub(super) syntax: syn::File,
}

impl Source {
    pub(super) fn parse(path: &str, text: &str) -> Self {
        let syntax = syn::parse_file(text).unwrap_or_else(|e| panic!("{path}: {e}"));
        Self { path: path.to_owned(), text: text.to_owned(), syntax }
    }

    /// The first word of its path: its slice, or its file's name.
    pub(super) fn slice(&self) -> &str {
        self.path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
    }

    /// Its module path: `["orgs", "store"]` for `orgs/store.rs`.
    pub(super) fn module(&self) -> Vec<String> {
        let whole = self.path.trim_end_matches(".rs").trim_end_matches("/mod");
        whole.split('/').filter(|part| *part != "lib" && *part != "main").map(str::to_owned).collect()
    }

    pub(super) fn is_tests(&self) -> bool {
        self.path.ends_with("tests.rs") || self.path.split('/').any(|part| part == "tests")
    }

    /// Where SQL lives: a slice's `store` and `list`, and what they stand on.
    pub(super) fn may_hold_sql(&self) -> bool {
        self.slice() == "platform" || self.module().iter().any(|part| part == "store" || part == "list")
    }

    pub(super) fn may_speak_http(&self) -> bool {
        matches!(self.slice(), "api" | "dashboard")
            || self.path.ends_with("/http.rs")
            || HTTP_FILES.contains(&self.path.as_str())
    }

    pub(super) fn paths(&self) -> Vec<Found> {
        let mut paths = Paths { module: self.module(), in_tests: self.is_tests(), found: Vec::new() };
        paths.visit_file(&self.syntax);
        paths.found
    }

    pub(super) fn functions(&self) -> Vec<(String, RangeInclusive<usize>)> {
        let mut functions = Functions::default();
        functions.visit_file(&self.syntax);
        functions.found
    }

    pub(super) fn is_test_line(&self, line: usize) -> bool {
        let mut lines = TestLines::default();
        lines.visit_file(&self.syntax);
        self.is_tests() || lines.0.iter().any(|range| range.contains(&line))
    }
}

/// A path in the code from its root (`crate`, or a crate's name), wherever it stood in a `use` tree.
pub(super) struct Found {
    pub(super) line: usize,
    pub(super) path: Vec<String>,
    pub(super) in_tests: bool,
}

/// Collects paths; knows the module it is in, so that `super` can be followed.
struct Paths {
    module: Vec<String>,
    pub(super) in_tests: bool,
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
pub(super) struct Unfinished(pub(super) Vec<(usize, &'static str)>);

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
