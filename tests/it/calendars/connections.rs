//! Accounts and their calendars over the API.

use jiff::SignedDuration;
use serde_json::{Value, json};
use voxanne_sandbox::{Fault, Target};

use super::radicale::{PASSWORD, Radicale, USER};
use super::*;
use crate::harness::Api;

async fn only_connection(api: &Api) -> Value {
    let all = api.get("/calendar-connections").await.good();
    let items = all["items"].as_array().unwrap();
    assert_eq!(items.len(), 1, "{all}");
    items[0].clone()
}

fn path_of(connection: &Value) -> String {
    format!("/calendar-connections/{}", connection["id"].as_str().unwrap())
}

#[tokio::test]
async fn an_account_is_listed_with_its_calendars_and_how_it_is_doing() {
    let vox = connected().await;
    let api = vox.glow_api().await;
    let connection = only_connection(&api).await;
    assert_eq!((&connection["provider"], &connection["account"]), (&json!("google"), &json!(ACCOUNT)));
    assert_eq!((&connection["connected"], &connection["practitioner_id"]), (&json!(true), &Value::Null));
    let calendar = &connection["calendars"][0];
    assert_eq!((&calendar["blocks"], &calendar["takes_events"]), (&json!(true), &json!(true)));
    assert_eq!(connection["sentence"], "front@glow.example is up to date, read just now.");
    assert_eq!(api.get(&path_of(&connection)).await.good(), connection);
    assert_eq!(vox.harbor_api().await.get("/calendar-connections").await.good(), json!({"items": []}));
    // Google goes away, and somebody looks an hour later.
    google(&vox).bad_day(ACCOUNT, Some(Fault::status(503)));
    vox.later(SignedDuration::from_hours(1));
    vox.next_round().await;
    let failing = only_connection(&api).await;
    assert_eq!((&failing["age_seconds"], &failing["connected"]), (&json!(3600), &json!(true)));
    assert_eq!(failing["calendars"][0]["failure"], "away");
    assert_eq!(
        failing["sentence"],
        "front@glow.example was last read an hour ago: Google does not answer. Until then new visits wait for your confirmation."
    );
}

#[tokio::test]
async fn a_new_calendar_appears_on_request_and_blocks_once_it_is_chosen() {
    let vox = connected().await;
    let api = vox.glow_api().await;
    let connection = only_connection(&api).await;
    google(&vox).add_calendar(ACCOUNT, "rooms@glow.example", "Rooms", "America/Los_Angeles");
    let at = |at: &str| at.parse().unwrap();
    let event = HumanEvent::at("Inspection", at("2026-12-01T17:00:00Z"), at("2026-12-02T01:00:00Z"));
    google(&vox).add_event("rooms@glow.example", &event);
    let refreshed = api.post(&format!("{}/refresh", path_of(&connection)), json!({})).await.good();
    let rooms = refreshed["calendars"].as_array().unwrap().iter().find(|c| c["name"] == "Rooms").unwrap();
    assert_eq!((&rooms["blocks"], &rooms["takes_events"]), (&json!(false), &json!(false)), "nobody chose it");
    let path = format!("/calendars/{}", rooms["id"].as_str().unwrap());
    assert!(available(&vox, 1, "2026-12-01").await.contains("AM"));
    let choice =
        json!({"blocks": true, "takes_events": true, "tentative_blocks": false, "all_day_blocks": true});
    let chosen = api.put(&path, choice.clone()).await.good();
    assert_eq!((&chosen["blocks"], &chosen["tentative_blocks"]), (&json!(true), &json!(false)));
    vox.run_jobs().await;
    assert!(!available(&vox, 2, "2026-12-01").await.contains("AM"), "the inspection keeps the morning");
    // Visits go into one calendar of an account.
    let connection = only_connection(&api).await;
    let takes = connection["calendars"].as_array().unwrap().iter().filter(|c| c["takes_events"] == true);
    assert_eq!(takes.map(|c| c["name"].clone()).collect::<Vec<_>>(), ["Rooms"]);

    vox.harbor_api().await.put(&path, choice.clone()).await.refused(404, "not_found");
    for field in ["blocks", "takes_events", "tentative_blocks", "all_day_blocks"] {
        let mut less = choice.clone();
        less.as_object_mut().unwrap().remove(field);
        assert_eq!(api.put(&path, less).await.wrong_field().0, field);
    }
    assert_eq!(api.delete(&path_of(&connection)).await.status, 200);
    api.put(&path, choice).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_refresh_says_what_stands_in_its_way() {
    let vox = connected().await;
    let api = vox.glow_api().await;
    let path = format!("{}/refresh", path_of(&only_connection(&api).await));
    google(&vox).next(Target::GoogleCalendars, Fault::status(503));
    assert_eq!(api.post(&path, json!({})).await.refused(502, "calendar_away")["trouble"], "away");
    google(&vox).revoke_account(ACCOUNT);
    api.post(&path, json!({})).await.refused(409, "needs_reconnect");
    // And again, now that it is known.
    api.post(&path, json!({})).await.refused(409, "needs_reconnect");
    let connection = only_connection(&api).await;
    assert_eq!((&connection["state"], &connection["connected"]), (&json!("needs_reconnect"), &json!(false)));
    vox.harbor_api().await.post(&path, json!({})).await.refused(404, "not_found");
}

#[tokio::test]
async fn f12_an_account_is_taken_away_once_and_by_its_own_clinic() {
    let vox = connected().await;
    let api = vox.glow_api().await;
    let path = path_of(&only_connection(&api).await);
    vox.harbor_api().await.delete(&path).await.refused(404, "not_found");
    assert_eq!(google(&vox).live_grants(ACCOUNT), 1);
    assert_eq!(api.delete(&path).await.good(), json!({"connected": false, "revoked_at_provider": true}));
    assert_eq!(google(&vox).live_grants(ACCOUNT), 0);
    api.delete(&path).await.refused(404, "not_found");
    api.get(&path).await.refused(404, "not_found");
    assert_eq!(api.get("/calendar-connections").await.good(), json!({"items": []}));
}

fn caldav(radicale: &Radicale) -> Value {
    json!({"provider": "caldav", "url": radicale.url.as_str(), "username": USER, "password": PASSWORD})
}

#[tokio::test]
async fn a_caldav_account_is_connected_with_its_password_which_is_never_shown() {
    let (radicale, vox) = (Radicale::start(), Voxanne::start().await);
    radicale.make_calendar("Clinic", "VEVENT").await;
    let api = vox.glow_api().await;
    let connected = api.post("/calendar-connections", caldav(&radicale)).await;
    assert_eq!(connected.status, 201);
    let location = connected.header("location").to_owned();
    let connected = connected.good();
    assert_eq!(location, format!("/api/v1{}", path_of(&connected)));
    assert_eq!((&connected["provider"], &connected["account"]), (&json!("caldav"), &json!(USER)));
    assert_eq!(connected["calendars"][0]["name"], "Clinic");
    vox.run_jobs().await;
    let read = only_connection(&api).await;
    assert_eq!(read["sentence"], format!("{USER} is up to date, read just now."));
    assert!(!read.to_string().contains(PASSWORD));
    // The same again is the same account.
    let again = api.post("/calendar-connections", caldav(&radicale)).await.good();
    assert_eq!(again["id"], connected["id"]);
    assert_eq!(api.delete(&path_of(&connected)).await.status, 200);
    assert_eq!(vox.count("calendar_connections where secret_sealed is not null").await, 0);
}

#[tokio::test]
async fn what_keeps_a_caldav_account_out_is_named_with_what_to_do() {
    let (radicale, vox) = (Radicale::start(), Voxanne::start().await);
    let api = vox.glow_api().await;
    let with = |field: &str, value: Value| {
        let mut body = caldav(&radicale);
        body[field] = value;
        body
    };
    api.post("/calendar-connections", caldav(&radicale)).await.refused(409, "no_calendar");
    radicale.make_calendar("Clinic", "VEVENT").await;
    let nora_of_harbor = vox.harbor_api().await.get("/practitioners").await.good()["items"][0]["id"].clone();
    for (field, value, says) in [
        ("password", json!("wrong"), "app password"),
        ("password", json!(""), "must have 1 to 1024 bytes"),
        (
            "url",
            json!("http://169.254.169.254/"),
            "must be https without a port of its own, and on the public Internet",
        ),
        (
            "url",
            json!("file:///etc/passwd"),
            "must be https without a port of its own, and on the public Internet",
        ),
        ("url", json!("not an address"), "leads to no CalDAV server"),
        ("url", json!(format!("{}/health/live", vox.url)), "leads to no CalDAV server"),
        ("provider", json!("google"), "/api/google-oauth/authorize"),
        ("practitioner_id", nora_of_harbor, "no practitioner of the clinic's"),
    ] {
        let (named, said) = api.post("/calendar-connections", with(field, value.clone())).await.wrong_field();
        assert_eq!(named, field, "{value}");
        assert!(said.contains(says), "{value}: {said}");
    }
    let nobody = with("url", json!("http://127.0.0.1:9/"));
    api.post("/calendar-connections", nobody).await.refused(502, "calendar_away");
    let strict = vox.restarted_with(|config| config.calendars.private_networks = false).await;
    let (field, _) =
        strict.glow_api().await.post("/calendar-connections", caldav(&radicale)).await.wrong_field();
    assert_eq!(field, "url");
    assert_eq!(vox.count("calendar_connections").await, 0);
}

#[tokio::test]
async fn w14_a_calendar_server_at_another_port_is_asked_where_the_installation_allows_the_port() {
    let vox = Voxanne::start().await;
    // A name that nobody has: what may be asked is looked up, and is not there.
    let elsewhere = json!({"provider": "caldav", "url": "https://calendar.invalid:8443/dav/", "username": "glow", "password": "secret"});
    let strict = vox.restarted_with(|config| config.calendars.private_networks = false).await;
    let refused = strict.glow_api().await.post("/calendar-connections", elsewhere.clone()).await;
    let (field, said) = refused.wrong_field();
    assert_eq!(field, "url");
    assert!(said.contains("https without a port of its own") && said.contains("calendars.ports"), "{said}");
    let allowing = vox
        .restarted_with(|config| {
            config.calendars.private_networks = false;
            config.calendars.ports = "5001, 8443".to_owned();
        })
        .await;
    let asked = allowing.glow_api().await.post("/calendar-connections", elsewhere).await;
    asked.refused(502, "calendar_away");
    assert_eq!(vox.count("calendar_connections").await, 0);
}
