//! Every change that the API knows can be made on a page, or there is a reason why a page must not.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

/// What no page does, and why.
const FOR_PROGRAMS: &[(&str, &str)] = &[
    ("POST /account/tokens", "a token is what programs and sockets bring; a page has its cookie"),
    ("POST /holds", "a page books at once; a time is held while a caller or a program is still asking"),
    ("DELETE /holds/{id}", "the same"),
];
/// What a page sends to an address that it puts together, and where.
const PUT_TOGETHER: &[(&str, &str, &str)] = &[
    ("PUT /hours", "dashboard/clinic/hours.html", "PUT {{ self.address() }}"),
    ("POST /sequences/{id}/preview", "dashboard/clinic/sequence.html", "let Some(preview) = foreseen"),
];

fn text_of(dir: &Path, into: &mut String) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text_of(&path, into);
        } else if path.extension().is_some_and(|kind| kind == "html" || kind == "js" || kind == "rs") {
            into.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

/// `PATCH /contacts/` of `PATCH /contacts/{id}`, and what follows each of its ids.
fn parts(change: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for part in change.split('{') {
        parts.push(part.split_once('}').map_or(part, |(_, rest)| rest).to_owned());
    }
    parts
}

/// Whether a text has the change with anything in the place of its ids.
fn is_in(text: &str, change: &str) -> bool {
    let (method, path) = change.split_once(' ').unwrap();
    let parts = parts(&format!("{method} /api/v1{path}"));
    text.match_indices(&parts[0]).any(|(at, first)| {
        let mut rest = &text[at + first.len()..];
        for part in &parts[1..] {
            // An id in a template or a script, not whatever comes later.
            let ends = [("{{", "}}"), ("${", "}")].iter().find_map(|(opens, closes)| {
                rest.starts_with(opens).then(|| rest.find(closes).map(|end| end + closes.len()))?
            });
            match ends.map(|end| &rest[end..]).and_then(|after| after.strip_prefix(part.as_str())) {
                Some(after) => rest = after,
                None => return false,
            }
        }
        rest.starts_with(['"', '`', '?', '\'', '{'])
    })
}

#[test]
fn every_change_of_the_api_has_a_form_or_a_reason() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = String::new();
    for dir in ["templates", "assets", "src/dashboard"] {
        text_of(&root.join(dir), &mut pages);
    }
    let document: Value = serde_json::to_value(voxanne::api::document()).unwrap();
    let mut changes = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in
            ["post", "put", "patch", "delete"].into_iter().filter(|method| !methods[*method].is_null())
        {
            let path = path.strip_prefix("/api/v1").unwrap_or(path);
            changes.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    assert!(changes.len() > 80, "{changes:?}");
    let is_excepted = |change: &str| FOR_PROGRAMS.iter().any(|(one, why)| *one == change && !why.is_empty());
    let is_put_together = |change: &str| {
        PUT_TOGETHER.iter().any(|(one, page, words)| {
            let text = fs::read_to_string(root.join("templates").join(page)).unwrap();
            *one == change && text.contains(words)
        })
    };
    let missing: Vec<_> = changes
        .iter()
        .filter(|change| !is_in(&pages, change) && !is_excepted(change) && !is_put_together(change))
        .collect();
    assert!(missing.is_empty(), "no page does these; give each a form, or a reason here:\n{missing:#?}");
    let reached: Vec<_> = FOR_PROGRAMS.iter().filter(|(change, _)| is_in(&pages, change)).collect();
    assert!(reached.is_empty(), "a page does these: {reached:?}");
}
