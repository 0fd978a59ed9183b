//! What connects an org to the voice platform: names that name one clinic, secrets and addresses that are shown once.

use serde_json::{Value, json};

use crate::harness::{Api, Voxanne, fixture};

async fn first_site(api: &Api) -> Value {
    api.get("/locations").await.good()["items"][0]["id"].clone()
}

#[tokio::test]
async fn an_assistant_and_a_number_name_one_clinic() {
    let vox = Voxanne::start().await;
    let (glow, harbor) = (vox.glow_api().await, vox.harbor_api().await);
    let (at_glow, at_harbor) = (first_site(&glow).await, first_site(&harbor).await);
    let assistant =
        |id: &str, site: &Value| json!({"platform_assistant_id": id, "location_id": site, "name": "Second"});
    let made = glow.post("/assistants", assistant("asst_new", &at_glow)).await;
    assert_eq!((made.status, &made.body["platform_assistant_id"]), (201, &json!("asst_new")));
    for api in [(&harbor, &at_harbor), (&glow, &at_glow)] {
        let (field, said) = api.0.post("/assistants", assistant("asst_new", api.1)).await.wrong_field();
        assert_eq!(field, "platform_assistant_id");
        assert!(said.contains("is in use already") || said.contains("another assistant's"), "{said}");
    }
    let number = |number: &str, site: &Value| json!({"number": number, "location_id": site, "platform_phone_number_id": "pn_new"});
    glow.post("/phone-numbers", number("+13105550161", &at_glow)).await.good();
    let (field, _) = harbor.post("/phone-numbers", number("+13105550162", &at_harbor)).await.wrong_field();
    assert_eq!(field, "platform_phone_number_id");
    let taken = json!({"number": "+13105550161", "location_id": at_harbor});
    assert_eq!(harbor.post("/phone-numbers", taken).await.wrong_field().0, "number");
    assert_eq!(
        glow.post("/phone-numbers", json!({"number": "310 555 0163", "location_id": at_glow}))
            .await
            .wrong_field()
            .0,
        "number"
    );
    let by_theirs =
        json!({"number": "+13105550164", "location_id": at_glow, "assistant_id": first(&harbor).await});
    assert_eq!(glow.post("/phone-numbers", by_theirs).await.wrong_field().0, "assistant_id");
    assert_eq!(vox.count("audit_log where action in ('assistant.add', 'phone_number.add')").await, 2);
}

async fn first(api: &Api) -> Value {
    api.get("/assistants").await.good()["items"][0]["id"].clone()
}

#[tokio::test]
async fn an_assistant_that_answers_a_number_cannot_go_before_it() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let numbers = api.get("/phone-numbers").await.good();
    let number = numbers["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["assistant_id"].is_string())
        .unwrap()
        .clone();
    let (id, answers) = (number["id"].as_str().unwrap(), number["assistant_id"].as_str().unwrap());
    api.delete(&format!("/assistants/{answers}")).await.refused(409, "in_use");
    let changed = api.patch(&format!("/phone-numbers/{id}"), json!({"assistant_id": null})).await.good();
    assert_eq!((&changed["assistant_id"], &changed["number"]), (&Value::Null, &number["number"]));
    assert_eq!(api.delete(&format!("/assistants/{answers}")).await.status, 204);
}

#[tokio::test]
async fn a_secret_and_an_address_are_shown_once_and_open_the_door_until_they_end() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let issued = api.post("/webhook-secrets", json!({})).await.good();
    let secret = issued["secret"].as_str().unwrap();
    let opened = api.post("/doors", json!({})).await.good();
    let url = opened["url"].as_str().unwrap();
    assert!(url.starts_with(&format!("{}/api/webhooks/vapi/", vox.url)));
    assert_eq!(opened["sheet"]["assistant"]["server"]["url"], url);
    let listed =
        api.get("/webhook-secrets").await.good().to_string() + &api.get("/doors").await.good().to_string();
    assert!(!listed.contains(secret) && !listed.contains(url.rsplit('/').next().unwrap()));
    let path = url.strip_prefix(&vox.url).unwrap();
    let message = fixture("tool-calls.observed.book");
    assert_eq!(vox.post_as(secret, path, message.clone()).await.0, 200);
    assert_eq!(vox.post_as(secret, "/api/webhooks/vapi", message.clone()).await.0, 200);
    assert_eq!(api.delete(&format!("/doors/{}", opened["id"].as_str().unwrap())).await.status, 204);
    assert_eq!(api.delete(&format!("/webhook-secrets/{}", issued["id"].as_str().unwrap())).await.status, 204);
    vox.restarted().await.post_as(secret, "/api/webhooks/vapi", message).await;
    assert_eq!(vox.restarted().await.post_as(secret, path, fixture("tool-calls.observed.book")).await.0, 401);
    assert_eq!(api.post("/webhook-secrets", json!({"secret": "short"})).await.wrong_field().0, "secret");
}

#[tokio::test]
async fn the_sheet_has_what_the_clinics_assistant_needs() {
    let vox = Voxanne::start().await;
    let sheet = vox.glow_api().await.get("/assistant-sheet").await.good();
    assert!(sheet["tools"].as_array().unwrap().len() >= 10);
    assert!(
        sheet["assistant"]["server"]["url"].as_str().unwrap().ends_with("/api/webhooks/vapi/YOUR-DOOR-TOKEN")
    );
    assert!(sheet["assistant"]["model"]["messages"][0]["content"].as_str().unwrap().contains("Glow MedSpa"));
}

#[tokio::test]
async fn the_clinic_is_renamed_and_callers_hear_it() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let there = api.get("/settings/org").await;
    assert_eq!(
        there.body,
        json!({"name": "Glow MedSpa", "region": "US", "language": "en", "keep_recordings": "with_consent"})
    );
    let wanted = json!({"name": "Glow & Co", "region": "us", "language": "es"});
    let now = api.put("/settings/org", wanted.clone()).await.good();
    assert_eq!(
        now,
        json!({"name": "Glow & Co", "region": "US", "language": "es", "keep_recordings": "with_consent"})
    );
    assert!(api.get("/assistant-sheet").await.good().to_string().contains("Glow & Co"));
    let stale = api.request("PUT", "/settings/org").header("if-match", there.header("etag")).json(&wanted);
    crate::harness::Answered::of(stale).await.refused(412, "changed_since");
    for (field, value) in [("region", json!("XX")), ("name", json!("")), ("language", json!("fr"))] {
        let mut wrong = wanted.clone();
        wrong[field] = value;
        assert_eq!(api.put("/settings/org", wrong).await.wrong_field().0, field);
    }
}

#[tokio::test]
async fn an_account_of_twilio_is_connected_shown_masked_and_taken_away() {
    let vox = Voxanne::start().await;
    let api = vox.harbor_api().await;
    let sid = format!("AC{}", "12ab".repeat(8));
    let account = json!({"account_sid": sid, "auth_token": "a-token", "sender": "+13105550166"});
    let there = api.put("/settings/twilio", account.clone()).await.good();
    assert_eq!(
        (&there["own"], &there["account_sid"], &there["sender"], &there["api_key_sid"]),
        (&json!(true), &json!("AC12…12ab"), &json!("+13105550166"), &Value::Null)
    );
    assert!(!api.get("/settings/twilio").await.good().to_string().contains("a-token"));
    for (field, value) in
        [("account_sid", json!("AC1")), ("sender", json!("5550166")), ("api_key_sid", json!("SK1"))]
    {
        let mut wrong = account.clone();
        wrong[field] = value;
        if field == "api_key_sid" {
            wrong["api_key_secret"] = json!("s");
        }
        assert_eq!(api.put("/settings/twilio", wrong).await.wrong_field().0, field);
    }
    assert_eq!(api.delete("/settings/twilio").await.status, 204);
    assert_eq!(api.get("/settings/twilio").await.good()["own"], false);
}
