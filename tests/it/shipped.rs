//! The statements that ship, read out of the source: what is proved of a copy is proved of nothing.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use syn::visit::{self, Visit};

/// A statement as the program sends it, and the function that does: `appointments::earlier`.
#[derive(Debug, Clone)]
pub struct Statement {
    pub of: String,
    pub text: String,
}

static STATEMENTS: LazyLock<Vec<Statement>> = LazyLock::new(read);

/// Every literal that `src` hands to `sql`, `sql_as` or `sql_scalar`.
pub fn statements() -> &'static [Statement] {
    &STATEMENTS
}

fn read() -> Vec<Statement> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut statements = Vec::new();
    for path in sources(&src) {
        let text = std::fs::read_to_string(&path).unwrap();
        let slice = path.strip_prefix(&src).unwrap().iter().next().unwrap().to_string_lossy();
        let mut found =
            Statements { slice: slice.trim_end_matches(".rs"), function: String::new(), found: Vec::new() };
        found.visit_file(&syn::parse_file(&text).unwrap());
        statements.append(&mut found.found);
    }
    statements
}

/// The one statement that contains every one of `parts`.
pub fn statement(parts: &[&str]) -> String {
    let names = |statement: &&Statement| parts.iter().all(|part| statement.text.contains(part));
    let found: Vec<&Statement> = statements().iter().filter(names).collect();
    assert_eq!(found.len(), 1, "{parts:?} must name one statement: {found:#?}");
    found[0].text.clone()
}

struct Statements<'a> {
    slice: &'a str,
    function: String,
    found: Vec<Statement>,
}

impl<'ast> Visit<'ast> for Statements<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function = item.sig.ident.to_string();
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.function = item.sig.ident.to_string();
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let syn::Expr::Path(path) = &*call.func
            && path.path.segments.last().is_some_and(|p| p.ident.to_string().starts_with("sql"))
            && let Some(syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. })) = call.args.first()
        {
            let of = format!("{}::{}", self.slice, self.function);
            self.found.push(Statement { of, text: text.value() });
        }
        visit::visit_expr_call(self, call);
    }
}

fn sources(dir: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    let below = |path: PathBuf| if path.is_dir() { sources(&path) } else { vec![path] };
    entries.into_iter().flat_map(below).filter(|path| path.extension().is_some_and(|e| e == "rs")).collect()
}
