//! E7: the settings' endpoints of the system before this one, with its shapes, through to the sandbox's outbox.

use serde_json::{Value, json};
use voxanne::accounts::Scope;

use super::alert_phones::code_to;
use crate::harness::{Answered, Api, MANAGER, Voxanne};

const NEW: &str = "+13105550188";

fn request(api: &Api, method: &str, path: &str) -> reqwest::RequestBuilder {
    api.request(method, &format!("/../founder-console/settings{path}"))
}

async fn saves(api: &Api, body: Value) -> Answered {
    Answered::of(request(api, "POST", "").json(&body)).await
}

async fn tests(api: &Api, body: Value) -> Answered {
    Answered::of(request(api, "POST", "/test-hot-lead-sms").json(&body)).await
}

fn error(answer: &Answered, status: u16) -> &str {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert_eq!(answer.body.as_object().unwrap().len(), 1, "{}", answer.body);
    answer.body["error"].as_str().unwrap()
}

#[tokio::test]
async fn e7_the_alert_phone_is_read_saved_confirmed_and_tried_over_the_kept_endpoints() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let there = Answered::of(request(&api, "GET", "")).await.good();
    assert_eq!(
        there,
        json!({"hotLeadAlertPhone": MANAGER, "pendingHotLeadAlertPhone": null, "confirmationSent": false})
    );
    let saved = saves(&api, json!({ "hotLeadAlertPhone": NEW })).await.good();
    assert_eq!(
        saved,
        json!({
            "success": true, "hotLeadAlertPhone": MANAGER, "pendingHotLeadAlertPhone": NEW, "confirmationSent": true,
            "message": "A code was texted to the new number. Send it as confirmationCode: until then nothing changes.",
        })
    );
    vox.run_jobs().await;
    let code = code_to(&vox, NEW);
    let saved = saves(&api, json!({ "confirmationCode": code })).await.good();
    assert_eq!(
        (&saved["success"], &saved["hotLeadAlertPhone"], &saved["confirmationSent"]),
        (&json!(true), &json!(NEW), &json!(false))
    );
    let tested = tests(&api, json!({ "alertPhone": NEW })).await.good();
    assert_eq!((&tested["success"], &tested["message"]), (&json!(true), &json!("Test SMS is on its way")));
    assert!(tested["messageId"].as_str().unwrap().starts_with("txt_"));
    vox.run_jobs().await;
    assert_eq!(
        vox.texts_to(NEW).last().unwrap().body,
        "VOXANNE TEST ALERT: hot lead alerts for Glow MedSpa will arrive at this number. No action needed."
    );
}

#[tokio::test]
async fn e7_what_is_wrong_is_400_with_an_error() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    for missing in [json!({}), json!({"alertPhone": null}), json!({"alertPhone": "  "})] {
        assert_eq!(error(&tests(&api, missing).await, 400), "alertPhone is required.");
    }
    for wrong in
        [json!("3105550177"), json!("+1 (310) 555-0177"), json!("call me"), json!(13_105_550_177_i64)]
    {
        let answer = tests(&api, json!({ "alertPhone": wrong })).await;
        assert_eq!(
            error(&answer, 400),
            "alertPhone must be a phone number in E.164 form, such as +13105550177.",
            "{wrong}"
        );
    }
    let nobodys = tests(&api, json!({"alertPhone": "+13105550142"})).await;
    assert!(error(&nobodys, 400).contains("save it first"));
    assert!(error(&saves(&api, json!({"hotLeadAlertPhone": "555-0177"})).await, 400).contains("E.164"));
    assert_eq!(error(&saves(&api, json!({})).await, 400), "hotLeadAlertPhone is missing.");
    let other = saves(&api, json!({"hotLeadAlertPhone": NEW, "twilioAuthToken": "x"})).await;
    assert!(error(&other, 400).starts_with("twilioAuthToken is not saved here"));
    assert!(error(&saves(&api, json!({"confirmationCode": "123456"})).await, 400).contains("counts no more"));
    vox.run_jobs().await;
    assert_eq!(vox.count("texts").await, 0, "nothing was sent");
}

#[tokio::test]
async fn e7_t21_a_number_that_waits_for_its_code_gets_the_code_again() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    saves(&api, json!({ "hotLeadAlertPhone": NEW })).await.good();
    let tested = tests(&api, json!({ "alertPhone": NEW })).await.good();
    assert!(tested["message"].as_str().unwrap().contains("code"));
    vox.run_jobs().await;
    let codes: Vec<String> = vox.texts_to(NEW).into_iter().map(|text| text.body).collect();
    assert_eq!((codes.len(), &codes[0]), (2, &codes[1]));
    for _ in 0..2 {
        tests(&api, json!({ "alertPhone": MANAGER })).await.good();
    }
    assert!(error(&tests(&api, json!({ "alertPhone": MANAGER })).await, 429).contains("Three test texts"));
}

#[tokio::test]
async fn e7_strangers_and_keys_without_the_scope_get_nothing() {
    let vox = Voxanne::start().await;
    let stranger = vox.api_with(None);
    let reader = vox.api(&vox.glow, &[Scope::SettingsRead]).await;
    assert_eq!(Answered::of(request(&stranger, "GET", "")).await.status, 401);
    for (path, body) in
        [("", json!({"hotLeadAlertPhone": NEW})), ("/test-hot-lead-sms", json!({"alertPhone": MANAGER}))]
    {
        for (api, status) in [(&stranger, 401), (&reader, 403)] {
            let answer = Answered::of(request(api, "POST", path).json(&body)).await;
            assert!(!error(&answer, status).is_empty());
        }
    }
    assert_eq!(Answered::of(request(&reader, "GET", "")).await.good()["hotLeadAlertPhone"], MANAGER);
    let harbor = vox.harbor_api().await;
    let others = tests(&harbor, json!({ "alertPhone": MANAGER })).await;
    let is_harbors = vox
        .count(&format!(
            "integration_settings where org_id = '{}' and hot_lead_alert_phone = '{MANAGER}'",
            vox.harbor.org.0
        ))
        .await;
    assert_eq!((is_harbors, others.status), (0, 400), "another org's number is none of theirs");
}
