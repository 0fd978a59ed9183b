//! Feeds of practitioners, over HTTP, as calendar programs read them.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use reqwest::Response;
use serde_json::{Value, json};

use crate::harness::{Api, Voxanne};

/// 10:30 AM in Los Angeles on Tuesday, December 1st.
const START: &str = "2026-12-01T18:30:00Z";

/// A practitioner's feed, and the program that made it.
struct Feed<'v> {
    vox: &'v Voxanne,
    api: Api,
    practitioner: String,
    url: String,
}

impl<'v> Feed<'v> {
    /// Nora's at Glow.
    async fn of_nora(vox: &'v Voxanne) -> Self {
        let api = vox.glow_api().await;
        let practitioner = api.id_of("/practitioners", "Nora Alvarez").await;
        let url = make(&api, &practitioner).await;
        Self { vox, api, practitioner, url }
    }

    async fn get(&self) -> Response {
        self.vox.http.get(&self.url).send().await.unwrap()
    }

    async fn document(&self) -> String {
        let answer = self.get().await;
        assert_eq!(answer.status(), 200);
        answer.text().await.unwrap()
    }

    async fn events(&self) -> Vec<BTreeMap<String, String>> {
        events(&self.document().await)
    }

    async fn book(&self, starts_at: &str, name: &str) -> Value {
        let wish = json!({
            "service_id": self.api.id_of("/services", "Botox").await, "practitioner_id": self.practitioner,
            "starts_at": starts_at, "name": name, "phone": "+13105550142", "email": "dana@private.example",
            "notes": "Allergic to lidocaine",
        });
        self.api.post("/appointments", wish).await.good()
    }

    async fn change(&self, visit: &Value, what: &str, body: Value) {
        let path = format!("/appointments/{}/{what}", visit["id"].as_str().unwrap());
        let request = self.api.request("POST", &path).header("if-match", "*").json(&body);
        crate::harness::Answered::of(request).await.good();
    }

    async fn show_names(&self, shown: bool) {
        self.api.put("/calendar-settings", json!({"feed_names": shown})).await.good();
    }
}

async fn make(api: &Api, practitioner: &str) -> String {
    let made = api.post(&format!("/practitioners/{practitioner}/feed"), json!({})).await;
    assert_eq!(made.status, 201, "{}", made.body);
    made.body["url"].as_str().unwrap().to_owned()
}

/// The lines as a program reads them: joined where they were folded, none longer than it may be.
fn lines(document: &str) -> Vec<String> {
    assert!(document.ends_with("END:VCALENDAR\r\n"));
    for line in document.split_terminator("\r\n") {
        assert!(line.len() <= 75 && !line.contains(['\r', '\n']), "{line}");
    }
    document.replace("\r\n ", "").split_terminator("\r\n").map(str::to_owned).collect()
}

/// Each event's properties, without parameters and still escaped.
fn events(document: &str) -> Vec<BTreeMap<String, String>> {
    let mut events: Vec<BTreeMap<String, String>> = Vec::new();
    for line in lines(document) {
        let (name, value) = line.split_once(':').unwrap();
        match (line.as_str(), events.last_mut()) {
            ("BEGIN:VEVENT", _) => events.push(BTreeMap::new()),
            (_, Some(event)) => {
                event.insert(name.split(';').next().unwrap().to_owned(), value.to_owned());
            }
            _ => {}
        }
    }
    events
}

#[tokio::test]
async fn a_feed_shows_what_is_when_and_where_and_nobody() {
    let vox = Voxanne::start().await;
    let feed = Feed::of_nora(&vox).await;
    let visit = feed.book(START, "Dana O'Neil").await;
    let answer = feed.get().await;
    assert_eq!(answer.headers()["content-type"], "text/calendar; charset=utf-8");
    assert_eq!(answer.headers()["cache-control"], "private, max-age=300");
    let document = answer.text().await.unwrap();
    let all = lines(&document);
    for line in [
        "METHOD:PUBLISH",
        "X-WR-CALNAME;VALUE=TEXT:Nora Alvarez - Glow MedSpa",
        "REFRESH-INTERVAL;VALUE=DURATION:PT15M",
    ] {
        assert!(all.iter().any(|l| l == line), "{line}: {all:#?}");
    }
    let [event] = events(&document).try_into().unwrap();
    let uid = format!("{}@voxanne", visit["id"].as_str().unwrap());
    for (name, value) in [
        ("UID", uid.as_str()),
        ("DTSTART", "20261201T183000Z"),
        ("DTEND", "20261201T191500Z"),
        ("DTSTAMP", "20261124T180000Z"),
        ("SEQUENCE", "1"),
        ("STATUS", "CONFIRMED"),
        ("CLASS", "PRIVATE"),
        ("SUMMARY", "Botox"),
    ] {
        assert_eq!(event.get(name).map(String::as_str), Some(value), "{name}");
    }
    assert!(event["LOCATION"].contains("\\, "), "name and address: {}", event["LOCATION"]);
    for personal in ["Dana", "O'Neil", "5550142", "private.example", "lidocaine"] {
        assert!(!document.contains(personal), "{personal}");
    }
}

#[tokio::test]
async fn names_are_a_first_name_and_an_initial_and_only_while_the_org_says_so() {
    let vox = Voxanne::start().await;
    let feed = Feed::of_nora(&vox).await;
    feed.book(START, "Dana O'Neil").await;
    let asked = feed.api.get("/calendar-settings").await;
    let etag = asked.header("etag").to_owned();
    assert_eq!(asked.good(), json!({"feed_names": false, "calendar_of_record": true}));

    feed.show_names(true).await;
    assert_eq!(feed.events().await[0]["SUMMARY"], "Botox - Dana O.");
    let document = feed.document().await;
    for personal in ["Neil", "5550142", "private.example", "lidocaine"] {
        assert!(!document.contains(personal), "{personal}");
    }
    // Whoever decided without knowing that is told.
    let late = feed
        .api
        .request("PUT", "/calendar-settings")
        .header("if-match", etag)
        .json(&json!({"feed_names": false}));
    crate::harness::Answered::of(late).await.refused(412, "changed_since");
    feed.api.put("/calendar-settings", json!({})).await.refused(422, "invalid_field");
    // Each org decides for itself.
    let harbor = vox.harbor_api().await;
    let theirs = harbor.get("/calendar-settings").await.good();
    assert_eq!(theirs, json!({"feed_names": false, "calendar_of_record": false}));

    feed.show_names(false).await;
    assert_eq!(feed.events().await[0]["SUMMARY"], "Botox");
}

#[tokio::test]
async fn a_moved_visit_is_the_same_event_and_a_cancelled_one_is_gone() {
    let vox = Voxanne::start().await;
    let feed = Feed::of_nora(&vox).await;
    let (moved, cancelled) =
        (feed.book(START, "Ana Diaz").await, feed.book("2026-12-02T18:30:00Z", "Bea Fox").await);
    let before = feed.events().await;
    assert_eq!(before.len(), 2);
    vox.later(SignedDuration::from_hours(1));
    feed.change(&moved, "move", json!({"starts_at": "2026-12-03T19:15:00Z"})).await;
    feed.change(&cancelled, "cancel", json!({"reason": "Ill"})).await;
    let [after] = feed.events().await.try_into().unwrap();
    assert_eq!((&after["UID"], &after["DTSTART"]), (&before[0]["UID"], &"20261203T191500Z".to_owned()));
    assert_eq!((after["SEQUENCE"].as_str(), after["DTSTAMP"].as_str()), ("2", "20261124T190000Z"));

    // What waits for the clinic's word is not certain yet.
    vox.exec(&format!(
        "update appointments set status = 'pending' where id = '{}'",
        uuid_of(&feed, &after).await
    ))
    .await;
    assert_eq!(feed.events().await[0]["STATUS"], "TENTATIVE");
    // Long ago and far ahead are left out.
    vox.later(SignedDuration::from_hours(24 * 45));
    assert!(feed.events().await.is_empty());
}

/// As the database has it; states that no program can bring about are made there.
async fn uuid_of(feed: &Feed<'_>, event: &BTreeMap<String, String>) -> uuid::Uuid {
    feed.vox.exec("drop trigger appointments_change_legally on appointments").await;
    let id = event["UID"].strip_prefix("apt_").unwrap().strip_suffix("@voxanne").unwrap();
    uuid::Uuid::try_parse(id).unwrap()
}

#[tokio::test]
async fn a_revoked_or_replaced_address_is_as_good_as_a_made_up_one() {
    let vox = Voxanne::start().await;
    let mut feed = Feed::of_nora(&vox).await;
    feed.book(START, "Ana Diaz").await;
    assert_eq!(feed.get().await.status(), 200);
    let first = feed.url.clone();
    feed.url = make(&feed.api, &feed.practitioner).await;
    assert_ne!(first, feed.url);
    let second = feed.url.clone();
    assert_eq!(feed.get().await.status(), 200);
    let path = format!("/practitioners/{}/feed", feed.practitioner);
    assert_eq!(feed.api.delete(&path).await.status, 204);
    feed.api.delete(&path).await.refused(404, "not_found");

    // At once, also by the process that has just served it.
    let made_up = format!("{}/feeds/{}.ics", vox.url, "A".repeat(43));
    let malformed = format!("{}/feeds/x.ics", vox.url);
    let bare = second.trim_end_matches(".ics").to_owned();
    let long = format!("{}/feeds/{}.ics", vox.url, "A".repeat(5000));
    for url in [&first, &second, &made_up, &malformed, &bare, &long] {
        let answer = vox.http.get(url).send().await.unwrap();
        assert_eq!(answer.status(), 404, "{url}");
        assert_eq!(answer.headers()["cache-control"], "no-store");
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["code"], "not_found");
    }
    let kept = "calendar_feeds where encode(token_digest, 'escape') like '%' || right($$URL$$, 20) || '%'";
    assert_eq!(vox.count(&kept.replace("URL", &second)).await, 0, "only a digest is kept");
}

#[tokio::test]
async fn b4_another_orgs_practitioner_has_no_feed_here_and_a_feed_shows_its_own_org() {
    let vox = Voxanne::start().await;
    let feed = Feed::of_nora(&vox).await;
    feed.book(START, "Ana Diaz").await;
    let harbor = vox.harbor_api().await;
    let path = format!("/practitioners/{}/feed", feed.practitioner);
    harbor.post(&path, json!({})).await.refused(404, "not_found");
    harbor.delete(&path).await.refused(404, "not_found");
    assert_eq!(feed.events().await.len(), 1, "it is still there");

    let theirs = harbor.get("/practitioners").await.good()["items"][0]["id"].as_str().unwrap().to_owned();
    let url = make(&harbor, &theirs).await;
    let document = vox.http.get(&url).send().await.unwrap().text().await.unwrap();
    assert!(document.contains("Harbor") && events(&document).is_empty(), "{document}");
    // A room is no practitioner.
    let room = feed.api.get("/resources").await.good()["items"][0]["id"].as_str().unwrap().to_owned();
    feed.api.post(&format!("/practitioners/{room}/feed"), json!({})).await.refused(404, "not_found");
}

#[tokio::test]
async fn whatever_staff_call_things_is_one_line_of_whole_characters() {
    let vox = Voxanne::start().await;
    let feed = Feed::of_nora(&vox).await;
    feed.book(START, "Ana Diaz").await;
    let service = feed.api.id_of("/services", "Botox").await;
    let name = "Botox, „Stirn“; Zornesfalte \\ Krähenfüße — für 美容 und mehr als fünfundsiebzig";
    feed.api.patch(&format!("/services/{service}"), json!({"name": name})).await.good();
    vox.exec("update locations set address = E'12 Main St\\r\\nBEGIN:VEVENT\\nSuite 4'").await;
    let document = feed.document().await;
    let [event] = events(&document).try_into().unwrap();
    assert_eq!(event["SUMMARY"].replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\"), name);
    assert!(event["LOCATION"].ends_with("12 Main St  BEGIN:VEVENT Suite 4"), "{}", event["LOCATION"]);
    assert!(event["SUMMARY"].starts_with("Botox\\, „Stirn“\\; Zornesfalte \\\\ "));
}

#[tokio::test]
async fn a_feed_that_has_not_changed_is_not_sent_again() {
    let vox = Voxanne::start().await;
    let feed = Feed::of_nora(&vox).await;
    feed.book(START, "Ana Diaz").await;
    let etag = feed.get().await.headers()["etag"].to_str().unwrap().to_owned();
    vox.later(SignedDuration::from_mins(15));
    for given in [etag.clone(), format!("W/{etag}"), format!("\"other\", {etag}"), "*".to_owned()] {
        let answer = vox.http.get(&feed.url).header("if-none-match", &given).send().await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), answer.headers()["etag"].to_str().unwrap()),
            (304, etag.as_str()),
            "{given}"
        );
        assert!(answer.bytes().await.unwrap().is_empty());
    }
    feed.book("2026-12-02T18:30:00Z", "Bea Fox").await;
    let answer = vox.http.get(&feed.url).header("if-none-match", &etag).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_ne!(answer.headers()["etag"].to_str().unwrap(), etag);
}

#[tokio::test]
async fn the_same_request_for_a_feed_gets_the_same_address_and_keeps_it_sealed() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let path = format!("/practitioners/{}/feed", api.id_of("/practitioners", "Nora Alvarez").await);
    let first = api.post_once("k", &path, json!({})).await.good();
    assert_eq!(api.post_once("k", &path, json!({})).await.good(), first);
    let url = first["url"].as_str().unwrap();
    assert_eq!(vox.http.get(url).send().await.unwrap().status(), 200);
    let kept: String = vox.one("select body from idempotent_requests").await;
    assert!(kept.starts_with("sealed:") && !kept.contains("feeds"), "{kept}");
    // Of many at once, one is left.
    let all = futures::future::join_all((0..8).map(|_| api.post(&path, json!({})))).await;
    assert!(all.iter().all(|made| made.status == 201), "{all:?}");
    assert_eq!(vox.count("calendar_feeds where revoked_at is null").await, 1);
}
