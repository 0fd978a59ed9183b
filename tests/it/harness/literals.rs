//! What the program's sources say, literally.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};

/// What operators read, not staff; and what only an error's chain says.
const FOR_OPERATORS: &[&str] = &["tracing", "metrics", "doing"];

/// The sources at or below a path of the crate.
pub fn sources(at: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join(at), &mut found);
    found
}

fn collect(at: &Path, found: &mut Vec<PathBuf>) {
    if at.is_dir() {
        for entry in fs::read_dir(at).unwrap() {
            collect(&entry.unwrap().path(), found);
        }
    } else if at.extension().is_some_and(|kind| kind == "rs") {
        found.push(at.to_owned());
    }
}

/// The texts of a source outside attributes, tests and what goes to a log, with `{}` for whatever is put in.
pub fn literals(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    collect_literals(source.parse().unwrap(), &mut found);
    found.iter().map(|text| with_holes(text)).collect()
}

fn collect_literals(tokens: TokenStream, found: &mut Vec<String>) {
    let (mut is_attribute, mut is_logged) = (false, false);
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let inner = group.stream();
                // The tests of a file are its end.
                if is_attribute && inner.to_string().replace(' ', "") == "cfg(test)" {
                    return;
                }
                if !is_attribute && !is_logged {
                    collect_literals(inner, found);
                }
                (is_attribute, is_logged) = (false, false);
            }
            TokenTree::Punct(punct) => is_attribute = punct.as_char() == '#',
            TokenTree::Literal(literal) => {
                if let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string()) {
                    found.push(text.value());
                }
                is_attribute = false;
            }
            TokenTree::Ident(ident) => {
                is_attribute = false;
                is_logged = is_logged || FOR_OPERATORS.iter().any(|name| ident == name);
            }
        }
    }
}

fn with_holes(text: &str) -> String {
    let mut parts = text.split('{');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |all, part| all + "{}" + part.split_once('}').map_or("", |(_, rest)| rest))
}
