//! G11: what the server says and what pages listen for are one list of words, on both sides.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use voxanne::live::{KINDS, SAID};

use super::{Client, start, token};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

fn templates(at: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(at).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { templates(&path, found) } else { found.push(path) }
    }
}

/// What stands between `from` and `to`, each time.
fn between<'a>(text: &'a str, from: &str, to: &str) -> Vec<&'a str> {
    text.split(from).skip(1).filter_map(|rest| rest.split_once(to)).map(|(inner, _)| inner).collect()
}

fn words<'a>(of: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    of.into_iter().map(str::to_owned).collect()
}

#[tokio::test]
async fn g11_pages_wait_for_every_kind_that_is_told_and_for_no_other() {
    let vox = start().await;
    let check: String = vox
        .one("select pg_get_constraintdef(oid) from pg_constraint where conrelid = 'events'::regclass and conname = 'events_kind_check'")
        .await;
    let mut told = words(check.split('\'').skip(1).step_by(2));
    // The database's own word for what is told as a text.
    assert!(told.remove("inbound_text"));
    assert_eq!(told, words(KINDS), "what the database may tell, and what the server has ids for");

    let mut files = Vec::new();
    templates(&root().join("templates"), &mut files);
    let pages: Vec<String> = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    let of_templates =
        pages.iter().flat_map(|page| between(page, "data-live=\"", "\"")).flat_map(str::split_whitespace);
    let waited_for = words(of_templates.filter(|word| *word != "*"));
    assert_eq!(waited_for, words(KINDS), "a part that waits for what is never told stays as it is");
    let calendar = read("assets/calendar.js");
    let by_script = between(&calendar, "\"live:event\", (event) => [", "].includes(event.detail.kind)");
    let by_script: Vec<String> = serde_json::from_str(&format!("[{}]", by_script[0])).unwrap();
    assert!(
        !by_script.is_empty() && by_script.iter().all(|kind| KINDS.contains(&kind.as_str())),
        "{by_script:?}"
    );
    let document = read("docs/api.md");
    for kind in KINDS {
        assert!(document.contains(&format!("`{kind}`")), "docs/api.md does not name {kind}");
    }
}

#[tokio::test]
async fn g11_a_page_reads_the_fields_that_a_socket_sends_and_sends_those_that_it_takes() {
    let script = read("assets/live.js");
    let compared = between(&script, "message.type === \"", "\"");
    // A sign of life is for the wire, not for the page.
    assert_eq!(words(compared), words(SAID.into_iter().filter(|said| *said != "ping")));
    let fields =
        words(script.split("message.").skip(1).map(|rest| {
            rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default()
        }));
    assert_eq!(fields, words(["type", "id", "kind", "last"]));

    let vox = start().await;
    let mut client = Client::open(&vox).await;
    // Word for word what the page sends, but for the token.
    let sent = between(&script, "JSON.stringify({ ", " })")[0];
    assert_eq!(sent, "type: \"subscribe\", token, after: last");
    client.say(json!({"type": "subscribe", "token": token(&vox, &vox.glow).await.0, "after": 0})).await;
    let mut said = vec![client.next().await];
    vox.exec(&super::a_task(&vox.glow).0).await;
    while said.last().unwrap()["type"] != "event" {
        said.push(client.next().await);
    }
    let of = |kind: &str| said.iter().find(|said| said["type"] == kind).cloned().unwrap_or(Value::Null);
    let names = |said: &Value| words(said.as_object().unwrap().keys().map(String::as_str));
    assert_eq!(names(&of("subscribed")), words(["type", "org", "last"]));
    // G13: whoever listens learns which thing changed, and nothing that is in it.
    assert_eq!(names(&of("event")), words(["type", "id", "kind", "subject", "at"]));
    assert!(of("subscribed")["last"].is_i64() && of("event")["id"].is_i64());
}

/// A template with whatever it includes in its place.
fn whole(path: &str) -> String {
    let text = read(Path::new("templates").join(path));
    let mut pieces = text.split("{% include \"");
    let mut whole = pieces.next().unwrap().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once('"').unwrap();
        whole.push_str(&self::whole(name));
        whole.push_str(rest.split_once("%}").unwrap().1);
    }
    whole
}

/// Pages in the frame of the dashboard: what each is called, and all that it is made of.
fn framed() -> Vec<(String, String)> {
    let mut files = Vec::new();
    let at = root().join("templates");
    templates(&at, &mut files);
    let names = files.iter().map(|file| file.strip_prefix(&at).unwrap().to_str().unwrap().to_owned());
    let pages = names.map(|name| (name.clone(), whole(&name)));
    pages.filter(|(_, text)| text.contains("{% extends \"base.html\" %}")).collect()
}

/// What is in the element that begins at `from`, and the words that it waits for.
fn live_part(page: &str, from: usize) -> (BTreeSet<String>, &str) {
    let opens = page[..from].rfind('<').unwrap();
    let name: String = page[opens + 1..].chars().take_while(char::is_ascii_alphanumeric).collect();
    let kinds = words(page[from..].split('"').nth(1).unwrap().split_whitespace());
    let (mut depth, mut at) = (0, opens);
    loop {
        let tag = at + page[at..].find(name.as_str()).unwrap();
        at = tag + name.len();
        if page[..tag].ends_with("</") {
            depth -= 1;
        } else if page[..tag].ends_with('<') && !page[at..].starts_with(|c: char| c.is_ascii_alphanumeric()) {
            depth += 1;
        }
        if depth == 0 {
            return (kinds, &page[opens..at]);
        }
    }
}

/// How templates write the name of a contact as it is now. That of an alert stays what was told.
const NAMES: [&str; 11] = [
    "{{ call.who(",
    "{{ self.who(call) }}",
    "{{ self.who(lead) }}",
    "{{ self.who(thread) }}",
    "{{ self.caller(",
    "{{ self.thread(",
    "{{ self.name() }}",
    "{{ visit.person",
    "{{ contact.name",
    "{{ person }}",
    "{{ who }}",
];

#[test]
fn g11_whatever_shows_a_contacts_name_hears_of_the_contact() {
    let (mut deaf, mut shown) = (Vec::new(), BTreeSet::new());
    for (page, text) in framed() {
        for (from, _) in text.match_indices("data-live=\"") {
            let (kinds, part) = live_part(&text, from);
            let names: Vec<_> = NAMES.into_iter().filter(|name| part.contains(name)).collect();
            if !names.is_empty() && !kinds.contains("contact") {
                deaf.push(format!("{page}: {kinds:?} shows {names:?}"));
            }
            shown.extend(names);
        }
    }
    assert!(deaf.is_empty(), "whoever is renamed stays under the old name here: add `contact`\n{deaf:#?}");
    assert_eq!(shown.len(), NAMES.len(), "no live part writes the others any more: {shown:?}");
    let calendar = read("assets/calendar.js");
    let by_script = between(&calendar, "\"live:event\", (event) => [", "].includes(event.detail.kind)")[0];
    for kind in ["appointment", "calendar", "settings", "contact"] {
        assert!(by_script.contains(&format!("\"{kind}\"")), "the grid shows visits and names: {by_script}");
    }
}

#[test]
fn g11_no_page_needs_a_reload_to_be_true() {
    let pages = framed();
    assert!(pages.len() > 25, "{}", pages.len());
    let still: Vec<_> = pages.iter().filter(|(_, text)| !text.contains("data-live=\"")).collect();
    let names: Vec<_> = still.iter().map(|(name, _)| name).collect();
    assert!(names.is_empty(), "nothing on these pages waits for anything: {names:?}");
    // What is live is found again by its id.
    for (page, text) in &pages {
        for (from, _) in text.match_indices("data-live=\"") {
            let tag = &text[text[..from].rfind('<').unwrap()..];
            let tag = tag.split_once('>').unwrap().0;
            assert!(tag.contains(" id=\""), "{page}: {tag}");
        }
    }
}
