//! Settings as pages: what is in force, what waits, and forms that send what the API takes.

use serde_json::json;

use crate::harness::{MANAGER, Voxanne};

const NEW: &str = "+13105550188";

async fn page(vox: &Voxanne, path: &str) -> String {
    let answer = vox.http.get(format!("{}/dashboard/settings{path}", vox.url)).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    answer.text().await.unwrap()
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
