//! Every change that the API knows can be made on a page, or there is a reason why a page must not.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

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
    ("POST /settings/scoring/preview", "dashboard/settings/scoring.html", "data-preview=\"rules\""),
];

/// What no form says, of a change that has one, and why.
const NOT_SAID: &[(&str, &str, &str)] = &[
    ("POST /appointments", "hold_id", "holds are a program's: a page books at once"),
    ("POST /series", "hold_id", "the same"),
    ("POST /appointments", "email", "it is the contact's, and stands on the contact's page"),
    ("POST /series", "email", "the same"),
    ("POST /resources", "position", "rooms and devices are taken as they were added"),
    ("PATCH /resources/{id}", "position", "the same"),
    ("POST /services", "position", "services are listed as they were added"),
    ("PATCH /services/{id}", "position", "the same"),
    (
        "POST /services/from-templates",
        "location_id",
        "who has begun with one site only has templates to begin with",
    ),
    ("POST /services/from-templates", "practitioners", "the next step asks who gives them"),
    ("POST /sequences/{id}/preview", "time_zone", "the page shows it for anybody of the clinic's own zone"),
    (
        "POST /alert-recipients",
        "second_factor",
        "a form asks for the password, which everybody has; a code is one in its place",
    ),
    ("PATCH /alert-recipients/{id}", "second_factor", "the same"),
    ("POST /email-recipients", "second_factor", "the same"),
    ("PATCH /email-recipients/{id}", "second_factor", "the same"),
    ("POST /keys", "second_factor", "the same"),
    ("POST /settings/alert-phones", "second_factor", "the same"),
    ("PUT /settings/twilio", "second_factor", "the same"),
];

fn files_in(dir: &Path, into: &mut BTreeMap<PathBuf, String>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_in(&path, into);
        } else if path.extension().is_some_and(|kind| kind == "html" || kind == "js" || kind == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            into.insert(path, text);
        }
    }
}

/// Whatever pages are made of.
fn pages() -> BTreeMap<PathBuf, String> {
    let mut files = BTreeMap::new();
    for dir in ["templates", "assets", "src/dashboard"] {
        files_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join(dir), &mut files);
    }
    files
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
    let pages: String = pages().into_values().collect();
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

/// A file with what it includes, takes its macros from and loads.
fn with_parts(file: &Path, files: &BTreeMap<PathBuf, String>, seen: &mut BTreeSet<PathBuf>) {
    let Some(text) = files.get(file).filter(|_| seen.insert(file.to_owned())) else { return };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (opens, dir) in
        [("{% include \"", "templates"), ("{% import \"", "templates"), ("s.asset(\"", "assets")]
    {
        for named in text.split(opens).skip(1).filter_map(|rest| rest.split('"').next()) {
            with_parts(&root.join(dir).join(named), files, seen);
        }
    }
}

/// Every field of a body, those of what is in it, too.
fn fields(schema: &Value, document: &Value, inside: &[&str], found: &mut BTreeSet<String>) {
    if let Some(name) = schema["$ref"].as_str() {
        if !inside.contains(&name) {
            let named = document.pointer(name.trim_start_matches('#')).unwrap();
            fields(named, document, &[inside, &[name]].concat(), found);
        }
        return;
    }
    for kind in ["allOf", "anyOf", "oneOf"] {
        for one in schema[kind].as_array().into_iter().flatten() {
            fields(one, document, inside, found);
        }
    }
    if !schema["items"].is_null() {
        fields(&schema["items"], document, inside, found);
    }
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        found.insert(name.clone());
        fields(field, document, inside, found);
    }
}

/// Whether a text has the word by itself: `name="partial"`, `series.partial`, `"rules.partial"`.
fn says(text: &str, word: &str) -> bool {
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
    text.match_indices(word).any(|(at, _)| {
        !is_part(text[..at].chars().next_back()) && !is_part(text[at + word.len()..].chars().next())
    })
}

/// T-B15.
#[test]
fn every_field_of_a_change_is_in_its_form_or_has_a_reason() {
    let files = pages();
    let document: Value = serde_json::to_value(voxanne::api::document()).unwrap();
    let (mut looked_at, mut missing, mut excused) = (0, BTreeSet::new(), BTreeSet::new());
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let change =
                format!("{} {}", method.to_uppercase(), path.strip_prefix("/api/v1").unwrap_or(path));
            let body = &operation["requestBody"]["content"]["application/json"]["schema"];
            if body.is_null() || FOR_PROGRAMS.iter().any(|(one, _)| *one == change) {
                continue;
            }
            let put_together = PUT_TOGETHER.iter().find(|(one, ..)| *one == change);
            let mut seen = BTreeSet::new();
            for (file, text) in &files {
                if put_together.map_or_else(|| is_in(text, &change), |(_, page, _)| file.ends_with(page)) {
                    with_parts(file, &files, &mut seen);
                }
            }
            let form: String = seen.iter().map(|file| files[file].as_str()).collect();
            let mut named = BTreeSet::new();
            fields(body, &document, &[], &mut named);
            looked_at += named.len();
            for field in named.iter().filter(|field| !says(&form, field)) {
                let is_excused = NOT_SAID
                    .iter()
                    .any(|(one, name, why)| *one == change && name == field && !why.is_empty());
                let list = if is_excused { &mut excused } else { &mut missing };
                list.insert((change.clone(), field.clone()));
            }
        }
    }
    assert!(looked_at > 300, "{looked_at}");
    assert!(missing.is_empty(), "no form says these; add a field, or a reason here:\n{missing:#?}");
    let idle: Vec<_> = NOT_SAID
        .iter()
        .filter(|(change, field, _)| !excused.contains(&((*change).to_owned(), (*field).to_owned())))
        .collect();
    assert!(idle.is_empty(), "a form says these, or nothing takes them: {idle:?}");
}

#[test]
fn b13_whatever_a_page_asks_for_goes_the_one_way_that_says_which_clinic_it_is_of() {
    let asks = |text: &str| text.matches("fetch(").count() + text.matches("XMLHttpRequest").count();
    assert_eq!(asks("await fetch(url)"), 1, "a seeded one is found");
    let mut found = Vec::new();
    for entry in std::fs::read_dir("assets").unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|kind| kind == "js") {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            found.extend(std::iter::repeat_n(name, asks(&std::fs::read_to_string(&path).unwrap())));
        }
    }
    assert_eq!(found, ["form.js"], "use `ask` of form.js: it sends the page's clinic");
}
