//! What a first load brings over the line, as the server sends it: the page and all that it names.

use std::collections::BTreeSet;

use reqwest::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING};
use voxanne::accounts::Role;

use crate::harness::{Person, Voxanne};

/// Bytes of an answer for a browser that takes gzip, and how long it may be kept.
async fn sent(person: &Person, path: &str) -> (usize, String) {
    let request = person.request("GET", path).header(ACCEPT_ENCODING, "gzip, deflate, br");
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    let header = |name| answer.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
    assert_eq!(header(CONTENT_ENCODING), "gzip", "{path}");
    let kept = header(CACHE_CONTROL);
    (answer.bytes().await.unwrap().len(), kept)
}

/// Scripts, styles and pictures that a page names.
fn named(html: &str) -> BTreeSet<String> {
    let urls = html.split(['"', '\'']).filter(|word| word.starts_with("/assets/"));
    urls.map(|url| url.split('#').next().unwrap().to_owned()).collect()
}

/// All bytes of a page's first load.
async fn weight(person: &Person, path: &str) -> usize {
    let (mut bytes, kept) = sent(person, path).await;
    assert!(kept.contains("no-store") || kept.contains("private"), "{path}: {kept}: names people");
    let assets = named(&person.page(path).await.text);
    assert!(assets.len() >= 4, "{path}: {assets:?}");
    for asset in &assets {
        let (more, kept) = sent(person, asset).await;
        assert!(kept.contains("immutable"), "{asset}: {kept}");
        bytes += more;
    }
    bytes
}

#[tokio::test]
async fn w28_a_first_load_of_today_is_at_most_60_kb_and_of_the_calendar_120() {
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    let today = weight(&owner, "/dashboard").await;
    assert!(today <= 60 * 1024, "Today: {today} bytes");
    let calendar = weight(&owner, "/dashboard/calendar").await;
    assert!(calendar <= 120 * 1024, "Calendar: {calendar} bytes");
    eprintln!("first load, gzipped: Today {today} bytes, Calendar {calendar}");
}
