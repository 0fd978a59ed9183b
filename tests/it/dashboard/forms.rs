//! What only the API could change has a form, and what the form says counts.

use serde_json::{Value, json};
use voxanne::accounts::Role;

use crate::harness::{CALLER, Voxanne, booking, call_ref};

#[tokio::test]
async fn staff_put_a_contact_right_and_record_consents_that_stay() {
    let vox = Voxanne::start().await;
    let line = vox.call(&call_ref(1));
    line.tool("book_appointment", booking("Botox", "2026-12-01", "10:30 AM", "Ana Diaz")).await.unwrap();
    let desk = vox.glow_staff(Role::FrontDesk).await;
    let people = desk.api("GET", "/contacts", Value::Null).await.good();
    let id = people["items"][0]["id"].as_str().unwrap().to_owned();
    let page = desk.page(&format!("/dashboard/contacts/{id}")).await.text;
    assert!(page.contains("name=\"email\"") && page.contains("data-api=\"POST /api/v1/consents\""), "{page}");

    let path = format!("/contacts/{id}");
    let changed = json!({"name": "Ana María Díaz", "email": "ana@mail.example", "language": "es"});
    let now = desk.api("PATCH", &path, changed).await.good();
    assert_eq!((&now["name"], &now["email"]), (&json!("Ana María Díaz"), &json!("ana@mail.example")));
    let wrong = desk.api("PATCH", &path, json!({"email": "ana at mail"})).await;
    assert_eq!(wrong.refused(422, "invalid_field")["field"], "email");
    // Who changes something else leaves what was heard as it is, and an empty field takes it away.
    vox.exec("update contacts set email = 'heard so'").await;
    let now = desk.api("PATCH", &path, json!({"language": "en"})).await.good();
    assert_eq!(now["email"], "heard so");
    assert_eq!(desk.api("PATCH", &path, json!({"email": null})).await.good()["email"], Value::Null);

    // A yes, and the no after it: both lines stay on the page.
    for (purpose, given) in [("marketing", true), ("texts", false)] {
        let said = json!({"phone": CALLER, "purpose": purpose, "given": given, "source": "staff", "note": "at the desk"});
        assert_eq!(desk.api("POST", "/consents", said).await.status, 201);
    }
    let page = desk.page(&format!("/dashboard/contacts/{id}")).await.text;
    assert_eq!(page.matches("told to staff · at the desk").count(), 2, "{page}");
    assert!(page.contains("No texts: they said STOP"), "{page}");
    let viewer = vox.glow_staff(Role::Viewer).await;
    let page = viewer.page(&format!("/dashboard/contacts/{id}")).await.text;
    assert!(!page.contains("POST /api/v1/consents") && !page.contains("PATCH /api/v1/contacts"));
}

#[tokio::test]
async fn a_clinic_says_how_many_texts_leave_and_to_which_countries() {
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    let page = owner.page("/dashboard/settings/texting").await.text;
    assert!(page.contains("name=\"texts_per_day_max\"") && page.contains("name=\"text_regions\""), "{page}");
    let mut settings = owner.api("GET", "/settings/texting", Value::Null).await.good();
    settings["texts_per_day_max"] = json!(0);
    settings["text_regions"] = json!(["us", "MX"]);
    let now = owner.api("PUT", "/settings/texting", settings.clone()).await.good();
    assert_eq!((&now["texts_per_day_max"], &now["text_regions"]), (&json!(0), &json!(["US", "MX"])));
    // Who says nothing about them leaves them.
    for name in ["texts_per_day_max", "text_regions"] {
        settings.as_object_mut().unwrap().remove(name);
    }
    assert_eq!(owner.api("PUT", "/settings/texting", settings.clone()).await.good(), now);
    for (name, value) in
        [("texts_per_day_max", json!(5001)), ("text_regions", json!([])), ("text_regions", json!(["USA"]))]
    {
        let mut wrong = settings.clone();
        wrong[name] = value;
        let refused = owner.api("PUT", "/settings/texting", wrong).await;
        assert!(refused.refused(422, "invalid_field")["field"].as_str().unwrap().starts_with(name));
    }
    // It counts: nothing leaves for the caller today.
    vox.call(&call_ref(1))
        .tool("book_appointment", booking("Botox", "2026-12-01", "10:30 AM", "Ana Diaz"))
        .await
        .unwrap();
    vox.run_jobs().await;
    assert!(vox.texts_to(CALLER).is_empty());
}

#[tokio::test]
async fn a_clinic_is_called_as_its_owner_says() {
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    let page = owner.page("/dashboard/settings/clinic").await.text;
    assert!(
        page.contains("data-api=\"PUT /api/v1/settings/org\"") && page.contains("value=\"Glow MedSpa\""),
        "{page}"
    );
    let wanted =
        json!({"name": "Glow Aesthetics", "region": "ca", "language": "es", "keep_recordings": "never"});
    let now = owner.api("PUT", "/settings/org", wanted).await.good();
    assert_eq!(
        now,
        json!({"name": "Glow Aesthetics", "region": "CA", "language": "es", "keep_recordings": "never"})
    );
    let page = owner.page("/dashboard").await.text;
    assert!(page.contains("Glow Aesthetics"));
    let kept = owner
        .api("PUT", "/settings/org", json!({"name": "Glow", "region": "US", "language": "en"}))
        .await
        .good();
    assert_eq!(kept["keep_recordings"], "never");
    let wrong = json!({"name": "Glow", "region": "US", "language": "en", "keep_recordings": "sometimes"});
    assert_eq!(
        owner.api("PUT", "/settings/org", wrong).await.refused(422, "invalid_field")["field"],
        "keep_recordings"
    );
}
