//! Settings as pages: what is in force, what waits, and forms that send what the API takes.

use serde_json::json;
use voxanne::accounts::Role;

use crate::harness::{Answered, MANAGER, Voxanne};

const NEW: &str = "+13105550188";

async fn page(vox: &Voxanne, path: &str) -> String {
    let page = vox.glow_staff(Role::Owner).await.page(&format!("/dashboard/settings{path}")).await;
    assert_eq!(page.status, 200, "{path}");
    page.text
}

#[tokio::test]
async fn e7_the_card_shows_the_saved_phone_the_one_that_waits_and_what_became_of_tests() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let shown = page(&vox, "").await;
    assert!(shown.contains("Hot Lead SMS Alerts") && shown.contains(&format!("value=\"{MANAGER}\"")));
    assert!(shown.contains("Send Test SMS") && !shown.contains("Code from the text"));
    api.post("/settings/alert-phones", json!({ "phone": NEW })).await.good();
    let shown = page(&vox, "").await;
    assert!(shown.contains("Code from the text") && shown.contains(&format!("value=\"{NEW}\"")));
    vox.run_jobs().await;
    let code = json!({ "code": crate::api::alert_phones::code_to(&vox, NEW) });
    api.post("/settings/alert-phones/confirm", code).await.good();
    api.post("/settings/tests/sms", json!({})).await.good();
    vox.run_jobs().await;
    vox.sandbox.twilio().settled().await;
    let shown = page(&vox, "").await;
    assert!(!shown.contains("Code from the text") && shown.contains("2 tests left today"), "{shown}");
    assert!(shown.contains("Test SMS · (310) 555-0188") && shown.contains("Arrived"), "{shown}");
}

#[tokio::test]
async fn e7_the_phone_for_clinical_alerts_is_tested_on_its_card() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let card = async || {
        let shown = page(&vox, "/alerts").await;
        shown.split_once("id=\"clinical-phone\"").unwrap().1.split_once("</section>").unwrap().0.to_owned()
    };
    let button = "data-api=\"POST /api/v1/settings/tests/sms\"";
    assert!(!card().await.contains(button), "there is no number of its own yet");
    let wanted = json!({ "purpose": "clinical", "phone": NEW });
    api.post("/settings/alert-phones", wanted).await.good();
    vox.run_jobs().await;
    let code = crate::api::alert_phones::code_to(&vox, NEW);
    api.post("/settings/alert-phones/confirm", json!({ "purpose": "clinical", "code": code })).await.good();
    let shown = card().await;
    let body = format!("{{\"phone\":\"{NEW}\"}}");
    assert!(shown.contains(&format!("{button} data-body='{body}'")), "{shown}");
    assert!(shown.contains("3 tests left today"), "{shown}");
    let before = vox.texts_to(NEW).len();
    let pressed = serde_json::from_str(&body).unwrap();
    vox.glow_staff(Role::Owner).await.api("POST", "/settings/tests/sms", pressed).await.good();
    vox.run_jobs().await;
    vox.sandbox.twilio().settled().await;
    assert_eq!(vox.texts_to(NEW).len(), before + 1);
    let shown = card().await;
    assert!(shown.contains("Test SMS · (310) 555-0188") && shown.contains("Arrived"), "{shown}");
    assert!(shown.contains("2 tests left today"), "{shown}");
}

const PAGES: [&str; 8] =
    ["", "/alerts", "/scoring", "/texting", "/email", "/calendars", "/assistant", "/keys"];

#[tokio::test]
async fn every_page_is_there_in_both_languages_for_those_who_may() {
    let vox = Voxanne::start().await;
    vox.connects(vox.glow.org, None, "front@glow.example").await;
    vox.run_jobs().await;
    let api = vox.glow_api().await;
    let shift = json!({"weekday": "monday", "from": "09:00", "until": "17:00"});
    api.post("/alert-recipients", json!({"name": "Jo <b>", "phone": NEW, "shifts": [shift]})).await.good();
    api.post("/email-recipients", json!({"address": "jo@clinic.example"})).await.good();
    for language in ["en", "es"] {
        vox.exec(&format!("update users set language = '{language}'")).await;
        for path in PAGES {
            let shown = page(&vox, path).await;
            assert!(shown.contains(&format!("<html lang=\"{language}\"")), "{path}");
            assert!(!shown.contains("Jo <b>"), "{path}: escaped");
        }
    }
    let alerts = page(&vox, "/alerts").await;
    assert!(alerts.contains(" 09:00–17:00") && alerts.contains("value=\"3, 8, 15\""), "{alerts}");
    for (role, seen) in [(Role::Manager, 7), (Role::FrontDesk, 7), (Role::Viewer, 7)] {
        let person = vox.glow_staff(role).await;
        let mut there = 0;
        for path in PAGES {
            let page = person.page(&format!("/dashboard/settings{path}")).await;
            assert!([200, 404].contains(&page.status), "{path}: {}", page.status);
            there += u32::from(page.status == 200);
            if page.status == 200 && role != Role::Manager {
                assert!(
                    !page.text.contains("data-api=\"PUT") || page.text.contains("<fieldset disabled"),
                    "{role} {path}"
                );
                assert!(!page.text.contains("data-api=\"DELETE"), "{role} {path}");
            }
        }
        assert_eq!(there, seen, "{role}");
    }
}

#[tokio::test]
async fn e7_google_is_connected_looked_at_and_taken_away_by_whoever_is_signed_in() {
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    let asks = async |method: &str, path: &str| {
        Answered::of(owner.request(method, &format!("/api/google-oauth{path}"))).await
    };
    assert_eq!(asks("GET", "/status").await.good()["connected"], false);
    let link = asks("GET", "/authorize").await.good()["url"].as_str().unwrap().to_owned();
    assert_eq!(vox.consents_as(&owner, &link, "front@glow.example").await.status(), 200);
    vox.run_jobs().await;
    assert_eq!(asks("GET", "/status").await.good()["connected"], true);
    let shown = page(&vox, "/calendars").await;
    assert!(shown.contains("front@glow.example") && shown.contains("Works"), "{shown}");
    // W10: nobody else's page takes it away.
    let elsewhere =
        owner.bare("POST", "/api/google-oauth/revoke").header("origin", "https://elsewhere.example");
    assert_eq!(Answered::of(elsewhere).await.status, 403);
    assert_eq!(asks("POST", "/revoke").await.good()["connected"], false);
    let viewer = vox.glow_staff(Role::Viewer).await;
    let refused = Answered::of(viewer.request("GET", "/api/google-oauth/authorize")).await;
    assert_eq!(refused.status, 403);
}

#[tokio::test]
async fn e7_the_kept_endpoints_take_the_session_too() {
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    let path = "/api/founder-console/settings";
    let there = Answered::of(owner.request("GET", path)).await.good();
    assert_eq!(there["hotLeadAlertPhone"], MANAGER);
    let test =
        owner.request("POST", &format!("{path}/test-hot-lead-sms")).json(&json!({"alertPhone": MANAGER}));
    assert_eq!(Answered::of(test).await.good()["success"], true);
    vox.run_jobs().await;
    assert_eq!(vox.texts_to(MANAGER).len(), 1);
    let elsewhere = owner.bare("POST", path).header("origin", "https://elsewhere.example");
    let refused = Answered::of(elsewhere.json(&json!({"hotLeadAlertPhone": NEW}))).await;
    assert_eq!(refused.status, 403);
}
