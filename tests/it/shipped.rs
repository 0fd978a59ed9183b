//! The statements that ship, read out of the source: what is proved of a copy is proved of nothing.
//!
//! A list's statements are put together by macros of its slice, one for each thing that it may be found by. Those macros are
//! a literal, or a `concat!` of literals, of what they are given and of other such macros: [`Macros`] puts them together again.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};

/// A statement as the program sends it, and the function that does: `appointments::earlier`.
#[derive(Debug, Clone)]
pub struct Statement {
    pub of: String,
    pub text: String,
}

static STATEMENTS: LazyLock<Vec<Statement>> = LazyLock::new(read);

/// Every literal that `src` hands to `sql`, `sql_as` or `sql_scalar`, and every statement that macros put together.
pub fn statements() -> &'static [Statement] {
    &STATEMENTS
}

fn read() -> Vec<Statement> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files: Vec<(String, syn::File)> = sources(&src)
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            let slice = path.strip_prefix(&src).unwrap().iter().next().unwrap().to_string_lossy();
            (slice.trim_end_matches(".rs").to_owned(), syn::parse_file(&text).unwrap())
        })
        .collect();
    let mut macros: HashMap<&str, Macros> = HashMap::new();
    for (slice, file) in &files {
        macros.entry(slice).or_default().visit_file(file);
    }
    let mut statements: Vec<Statement> = Vec::new();
    for (slice, file) in &files {
        let mut found =
            Statements { slice, function: String::new(), macros: &macros[slice.as_str()], found: Vec::new() };
        found.visit_file(file);
        statements.append(&mut found.found);
    }
    statements
}

/// The macros of a slice that may make text: what each is given, and what it is.
#[derive(Default)]
struct Macros(HashMap<String, (Vec<String>, TokenStream)>);

impl<'ast> Visit<'ast> for Macros {
    fn visit_item_macro(&mut self, item: &'ast syn::ItemMacro) {
        let Some(name) = item.ident.as_ref().filter(|_| item.mac.path.is_ident("macro_rules")) else {
            return;
        };
        let groups: Vec<TokenStream> = item.mac.tokens.clone().into_iter().filter_map(inside).collect();
        // With one arm: what it is given, and what it is.
        if let [given, is] = &groups[..] {
            let given = given.to_string();
            let names = given.split('$').skip(1).map(|one| one.split(':').next().unwrap().trim().to_owned());
            self.0.insert(name.to_string(), (names.collect(), is.clone()));
        }
    }
}

fn inside(token: TokenTree) -> Option<TokenStream> {
    if let TokenTree::Group(group) = token { Some(group.stream()) } else { None }
}

impl Macros {
    /// The text that tokens make, if they make any.
    fn text(&self, tokens: TokenStream, given: &HashMap<String, String>) -> Option<String> {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        match &tokens[..] {
            [TokenTree::Literal(literal)] => {
                syn::parse_str::<syn::LitStr>(&literal.to_string()).ok().map(|text| text.value())
            }
            [TokenTree::Punct(dollar), TokenTree::Ident(name)] if dollar.as_char() == '$' => {
                given.get(&name.to_string()).cloned()
            }
            [TokenTree::Group(group)] => self.text(group.stream(), given),
            [TokenTree::Ident(name), TokenTree::Punct(bang), TokenTree::Group(group)]
                if bang.as_char() == '!' =>
            {
                self.called(&name.to_string(), group.stream(), given)
            }
            _ => None,
        }
    }

    /// What a macro makes of what it is given.
    fn called(&self, name: &str, tokens: TokenStream, given: &HashMap<String, String>) -> Option<String> {
        let mut parts: Vec<TokenStream> = vec![TokenStream::new()];
        for token in tokens {
            match token {
                TokenTree::Punct(comma) if comma.as_char() == ',' => parts.push(TokenStream::new()),
                token => parts.last_mut().unwrap().extend([token]),
            }
        }
        let parts: Option<Vec<String>> =
            parts.into_iter().filter(|part| !part.is_empty()).map(|part| self.text(part, given)).collect();
        if name == "concat" {
            return Some(parts?.concat());
        }
        let (names, is) = self.0.get(name)?;
        self.text(is.clone(), &names.iter().cloned().zip(parts?).collect())
    }
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
    macros: &'a Macros,
    found: Vec<Statement>,
}

/// What a statement begins with.
const VERBS: [&str; 5] = ["select ", "with ", "insert ", "update ", "delete "];

impl<'ast> Visit<'ast> for Statements<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function = item.sig.ident.to_string();
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.function = item.sig.ident.to_string();
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_item_const(&mut self, item: &'ast syn::ItemConst) {
        self.function = item.ident.to_string();
        visit::visit_item_const(self, item);
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        let name = called.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
        if let Some(text) = self.macros.called(&name, called.tokens.clone(), &HashMap::new())
            && VERBS.iter().any(|verb| text.starts_with(verb))
        {
            self.found.push(Statement { of: format!("{}::{}", self.slice, self.function), text });
        }
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
