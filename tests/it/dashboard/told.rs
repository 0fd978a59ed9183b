//! Whoever reads Spanish reads no English: of what the program writes where it happens, and on every page that there is.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::json;
use voxanne::accounts::Role;

use crate::harness::{ACCOUNT, CALLER, Person, Voxanne, booking, call_ref, literals, sources};

/// Who writes a task or a notification.
const WRITERS: &[&str] = &["NewTask {", "NewNotification {", "hand_over(", "tell::staff("];
/// What they take words from, and what is said of calendars and accounts.
const WORDED_IN: &[&str] = &[
    "crates/smtp/src/error.rs",
    "crates/twilio/src/code.rs",
    "src/calendars/health.rs",
    "src/leads/ladder_tasks.rs",
    "src/mail/email.rs",
    "src/messaging/account.rs",
    "src/messaging/chase.rs",
    "src/messaging/may_send.rs",
    "src/promises/compare.rs",
    "src/promises/prices.rs",
    "src/promises/wording.rs",
    "src/tools/speech/human.rs",
];
/// Literals of those files that staff do not read, and why.
const NOT_READ: &[(&str, &str)] = &[
    ("allowed: {}", "a verdict in a test's table"),
    ("denied: {}", "the same"),
    ("waits: quiet_hours", "the same"),
    ("kind of e-mail", "an error's"),
    ("state of an e-mail", "the same"),
    ("it did not answer in time", "an error's"),
    ("the number you're calling from", "what a caller hears"),
    ("the number you gave me", "the same"),
    ("I have", "what the assistant says, to find it again"),
    (" more time", "the same"),
    ("By text", "what a cancelled visit keeps as its reason: data"),
];
/// What follows the beginning of a sentence that a caller hears.
const SPOKEN: &[&str] = &["src/tools/speech/human.rs"];

fn told_lines() -> BTreeMap<String, String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales/told.toml");
    toml::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// Words with a space between them, neither SQL nor a form of time.
fn is_told(text: &str) -> bool {
    let words = text.split(' ').filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 1);
    words.count() > 1 && !text.contains('%') && !text.starts_with("insert ") && !text.starts_with("select ")
}

#[test]
fn every_sentence_that_staff_are_told_is_there_in_spanish() {
    let is_writer = |text: &str| WRITERS.iter().any(|writer| text.contains(writer));
    let is_kept = |path: &str| path.contains("/store") || path.contains("tests") || path.contains("/api/");
    let mut said = BTreeSet::new();
    let worded = WORDED_IN.iter().flat_map(|at| sources(at));
    let all: BTreeSet<_> = sources("src").into_iter().chain(worded).collect();
    let mut writers = 0;
    for file in all {
        let path = file.to_str().unwrap();
        let text = fs::read_to_string(&file).unwrap();
        let is_worded = WORDED_IN.iter().any(|at| path.ends_with(at));
        if is_kept(path) || !(is_worded || is_writer(&text)) {
            continue;
        }
        writers += 1;
        let is_spoken = SPOKEN.iter().any(|at| path.ends_with(at));
        // A caller's sentence is none of the dashboard's; what is promised in it is.
        said.extend(
            literals(&text).into_iter().filter(|text| is_told(text) && !(is_spoken && text.ends_with('.'))),
        );
    }
    assert!(writers > 30 && said.len() > 150, "the sources were not read: {writers} files, {said:?}");
    let spanish = told_lines();
    let is_read = |text: &String| !NOT_READ.iter().any(|(not, _)| not == text);
    let missing: Vec<_> = said.iter().filter(|text| is_read(text) && !spanish.contains_key(*text)).collect();
    assert!(missing.is_empty(), "add these to locales/told.toml:\n{missing:#?}");
}

/// What only English has, and much of it.
const ENGLISH: &[&str] = &[
    "the", "of", "is", "are", "was", "were", "to", "and", "with", "that", "this", "for", "from", "your",
    "not", "have", "has", "you", "it", "at", "by", "be", "call", "back", "visit", "visits", "text", "texts",
    "none", "every", "all", "day", "days", "today", "minutes", "hours", "ago", "on", "or", "an",
];
/// Where people speak or paste: elements and classes whose words are as they were said, written or set.
const AS_IT_IS: &[&str] =
    &["<script", "<style", "<pre", "<code", "<textarea", "<svg", "<noscript", "<option lang", "<q"];

/// The words of a page that a reader sees or hears, a piece for each element.
fn read(html: &str) -> Vec<String> {
    let (mut found, mut rest) = (Vec::new(), html);
    while let Some(at) = rest.find('<') {
        found.push(rest[..at].to_owned());
        rest = &rest[at..];
        let name: String = rest[1..].chars().take_while(char::is_ascii_alphanumeric).collect();
        let tag = &rest[..rest.find('>').map_or(rest.len(), |end| end + 1)];
        for attribute in ["title=\"", "aria-label=\"", "placeholder=\"", "data-done=\"", "data-confirm=\""] {
            if let Some((_, value)) = tag.split_once(attribute) {
                found.push(value.split('"').next().unwrap_or_default().to_owned());
            }
        }
        let is_as_it_is = AS_IT_IS.iter().any(|one| tag.starts_with(one))
            || ["class=\"bubble", "class=\"said", "lang=\""]
                .iter()
                .any(|class| tag.contains(class) && name != "html");
        let ends = if is_as_it_is { format!("</{name}>") } else { String::new() };
        let after =
            if is_as_it_is { rest.find(&ends).map_or(rest.len(), |end| end + ends.len()) } else { tag.len() };
        rest = &rest[after.min(rest.len())..];
    }
    found.push(rest.to_owned());
    let plain = |text: &String| text.replace("&#39;", "'").replace("&amp;", "&").replace("&quot;", "\"");
    found.iter().map(plain).map(|text| text.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// Pieces of a page with an English word, but for what is data.
fn english(html: &str, data: &[String]) -> Vec<String> {
    let is_english = |text: &String| {
        let mut rest = text.clone();
        for known in data {
            rest = rest.replace(known.as_str(), "");
        }
        // What is quoted is as it was said, and an id or a tool's name is no word.
        while let Some((before, quoted)) = rest.split_once('“') {
            rest = format!("{before} {}", quoted.split_once('”').map_or("", |(_, after)| after));
        }
        rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| ENGLISH.contains(&word))
    };
    read(html).into_iter().filter(is_english).collect()
}

/// Addresses of the dashboard that a page leads to.
fn leads_to(html: &str) -> BTreeSet<String> {
    let addresses = html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let ours = addresses.filter(|address| address.starts_with("/dashboard"));
    ours.map(|address| address.split('#').next().unwrap_or_default().replace("&amp;", "&")).collect()
}

/// The same page whatever it is about: `/dashboard/calls/` of each call.
fn kind_of(address: &str) -> String {
    let path = address.split('?').next().unwrap_or_default();
    let parts = path.split('/').map(|part| if part.contains('_') || part.contains('+') { "_" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// A clinic in which as much happened as can: hot and hurt callers, a promise that was not kept, texts that did not arrive, a calendar
/// that is not let in and one that disagrees, and an account at Twilio that is refused.
async fn a_busy_clinic(vox: &Voxanne) {
    let line = vox.call(&call_ref(1));
    line.in_progress().await.unwrap();
    line.say_user("I want Botox before my wedding, as soon as you can, money is no issue.").await.unwrap();
    line.tool("book_appointment", booking("Botox", "2026-12-01", "10:30", "Ana Diaz")).await.unwrap();
    line.end("customer-ended-call").await.unwrap();
    let hot = vox.call_from(&vox.glow, &call_ref(2), Some("+13105550143"));
    hot.in_progress().await.unwrap();
    let lead = json!({"leadName": "Nina Falk", "leadPhone": "+13105550143", "serviceInterest": "Botox", "summary": "Quiere ya", "urgency": "high"});
    hot.tool("notify_hot_lead", lead).await.unwrap();
    hot.tool("request_human", json!({"reason": "precio", "urgency": "high"})).await.unwrap();
    hot.say_assistant("I have booked you for Friday at 3 PM. I just sent you a text.").await.unwrap();
    hot.end("customer-ended-call").await.unwrap();
    let hurt = vox.call_from(&vox.glow, &call_ref(3), Some("+13105550144"));
    hurt.in_progress().await.unwrap();
    hurt.say_user("My face is swollen after my filler yesterday.").await.unwrap();
    hurt.end("customer-ended-call").await.unwrap();
    vox.run_jobs().await;
    vox.connects(vox.glow.org, None, ACCOUNT).await;
    vox.run_jobs().await;
    vox.says(CALLER, "Can I bring my dog?").await;
    vox.exec(
        "update texts set state = 'undelivered', failure_code = 30003,
                failure = 'The phone is off or out of reach. Call the contact, or send again later.' where kind = 'confirmation';
         update calendar_connections set state = 'needs_reconnect'",
    )
    .await;
}

/// Every page that the reader finds, one of each kind.
async fn pages(reader: &Person) -> BTreeMap<String, (String, String)> {
    let (mut found, mut open) =
        (BTreeMap::new(), vec!["/dashboard".to_owned(), "/dashboard/account".to_owned()]);
    while let Some(address) = open.pop() {
        let kind = kind_of(&address);
        if found.contains_key(&kind) || found.len() > 120 {
            continue;
        }
        let page = reader.page(&address).await;
        if page.status == 200 && page.text.contains("<html") {
            open.extend(leads_to(&page.text));
            found.insert(kind, (address, page.text));
        }
    }
    found
}

#[tokio::test]
async fn whoever_reads_spanish_finds_no_english_on_any_page() {
    let vox = Voxanne::start().await;
    a_busy_clinic(&vox).await;
    vox.exec("update users set language = 'es' where email like '%@glow.example'").await;
    let reader = vox.glow_staff(Role::Owner).await;
    let pages = pages(&reader).await;
    assert!(pages.len() > 30, "{:?}", pages.keys());
    // What is the clinic's own: its names, and what people said and wrote.
    let mut data: Vec<String> = sqlx::query_scalar(
        "select name from services union select name from resources union select name from locations union select name from orgs
         union select coalesce(title, '') from practitioners union select coalesce(address, '') from locations
         union select body from texts union select body from inbound_texts union select said from utterances
         union select name from api_keys union select name from assistants",
    )
    .fetch_all(&vox.admin)
    .await
    .unwrap();
    data.retain(|known| !known.trim().is_empty());
    data.sort_by_key(|known| std::cmp::Reverse(known.len()));
    let left: BTreeMap<_, _> = pages
        .values()
        .map(|(address, html)| (address, english(html, &data)))
        .filter(|(_, left)| !left.is_empty())
        .collect();
    assert!(left.is_empty(), "say these in Spanish:\n{left:#?}");
}

#[test]
fn english_is_found_where_it_is_left() {
    let page = "<p>Hola</p><p title=\"It is yours\">Sí</p><p class=\"bubble\">What is the price?</p><b>Dr. Chen of Glow</b><pre>is</pre>";
    assert_eq!(english(page, &["Dr. Chen of Glow".to_owned()]), ["It is yours"]);
}
