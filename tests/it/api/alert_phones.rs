//! T20, T21: an alert phone is changed by whoever may and holds the new one, the old one hears of it, and tests are few.

use jiff::SignedDuration;
use serde_json::{Value, json};
use voxanne::accounts::{Role, Scope};

use crate::harness::{Answered, Api, MANAGER, Voxanne};

const NEW: &str = "+13105550188";

/// The code in the latest text to a number.
pub fn code_to(vox: &Voxanne, phone: &str) -> String {
    let texts = vox.texts_to(phone);
    let body = &texts.last().expect("a code was texted").body;
    let digits = |word: &&str| word.len() == 6 && word.bytes().all(|b| b.is_ascii_digit());
    body.split_whitespace().find(digits).expect("six digits").to_owned()
}

async fn asks(api: &Api, phone: &str) -> Answered {
    api.post("/settings/alert-phones", json!({ "phone": phone })).await
}

async fn enters(api: &Api, code: &str) -> Answered {
    api.post("/settings/alert-phones/confirm", json!({ "code": code })).await
}

async fn in_force(api: &Api) -> Value {
    api.get("/settings/alert-phones").await.good()["hot_lead"]["phone"].clone()
}

fn other_than(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

#[tokio::test]
async fn t20_a_number_counts_once_its_code_is_entered_and_the_one_before_hears_of_it() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let asked = asks(&api, NEW).await.good();
    assert_eq!(
        (&asked["hot_lead"]["phone"], &asked["hot_lead"]["pending"]["phone"]),
        (&json!(MANAGER), &json!(NEW))
    );
    vox.run_jobs().await;
    assert!(vox.texts_to(MANAGER).is_empty());
    let code = code_to(&vox, NEW);
    assert_eq!(
        vox.texts_to(NEW)[0].body,
        format!(
            "VOXANNE: {code} is the code to get hot lead alerts of Glow MedSpa at this number. It works for 10 minutes. \
             If you expect none, ignore this text."
        )
    );
    assert_eq!(enters(&api, other_than(&code)).await.wrong_field().0, "code");
    assert_eq!(in_force(&api).await, MANAGER);
    let confirmed = enters(&api, &code).await.good();
    assert_eq!(
        (&confirmed["hot_lead"]["phone"], &confirmed["hot_lead"]["pending"]),
        (&json!(NEW), &Value::Null)
    );
    vox.run_jobs().await;
    assert_eq!(
        vox.texts_to(MANAGER)[0].body,
        "VOXANNE: hot lead alerts of Glow MedSpa no longer come to this number. They go to the one ending in 0188. \
         If your team did not decide that, check Settings now."
    );
    assert_eq!(enters(&api, &code).await.wrong_field().0, "code", "a code counts once");
    let acts =
        "audit_log where action in ('alert_phone.ask', 'alert_phone.confirm') and actor like 'api:key_%'";
    assert_eq!(vox.count(acts).await, 2);
    assert_eq!(vox.count("audit_log where detail::text like '%3105550188%'").await, 0);
    // Alerts go there now.
    vox.call("019ab2c4-7e10-7cc3-9f4e-0000000000aa")
        .tool("notify_hot_lead", json!({"leadName": "Sarah", "leadPhone": "+13105550142"}))
        .await
        .unwrap();
    vox.run_jobs().await;
    assert!(vox.texts_to(NEW).last().unwrap().body.contains("VOXANNE HOT LEAD ALERT"));
}

#[tokio::test]
async fn t20_five_wrong_codes_or_ten_minutes_end_it() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    asks(&api, NEW).await.good();
    vox.run_jobs().await;
    let code = code_to(&vox, NEW);
    for _ in 0..5 {
        enters(&api, other_than(&code)).await.wrong_field();
    }
    let said = enters(&api, &code).await.wrong_field().1;
    assert!(said.contains("counts no more"), "{said}");
    assert_eq!(in_force(&api).await, MANAGER);

    vox.later(SignedDuration::from_mins(10));
    asks(&api, NEW).await.good();
    vox.run_jobs().await;
    let code = code_to(&vox, NEW);
    vox.later(SignedDuration::from_mins(10));
    assert_eq!(api.get("/settings/alert-phones").await.good()["hot_lead"]["pending"], Value::Null);
    assert!(enters(&api, &code).await.wrong_field().1.contains("counts no more"));
}

#[tokio::test]
async fn t20_another_wish_replaces_the_one_before_and_either_can_be_taken_back() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    asks(&api, NEW).await.good();
    vox.run_jobs().await;
    let first = code_to(&vox, NEW);
    asks(&api, "+13105550189").await.good();
    enters(&api, &first).await.wrong_field();
    assert_eq!(api.delete("/settings/alert-phones/pending").await.status, 204);
    vox.run_jobs().await;
    enters(&api, &code_to(&vox, "+13105550189")).await.wrong_field();
    assert_eq!(in_force(&api).await, MANAGER);
    assert_eq!(
        asks(&api, MANAGER).await.good()["hot_lead"]["pending"],
        Value::Null,
        "it is in force already"
    );
}

#[tokio::test]
async fn t20_taking_the_number_away_is_told_to_it() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let gone = api.post("/settings/alert-phones", json!({ "phone": null })).await.good();
    assert_eq!(gone["hot_lead"]["phone"], Value::Null);
    vox.run_jobs().await;
    assert!(vox.texts_to(MANAGER)[0].body.contains("no longer come to this number. If your team"));
    assert_eq!(api.post("/settings/alert-phones", json!({})).await.wrong_field().0, "phone");
}

#[tokio::test]
async fn t20_codes_are_few_and_only_go_where_texts_may() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    for wrong in ["3105550188", "+1310", "", "+131055501880000000"] {
        assert_eq!(asks(&api, wrong).await.wrong_field().0, "phone", "{wrong}");
    }
    assert_eq!(asks(&api, "+447911123456").await.wrong_field().0, "phone", "a country that is not texted");
    let recipient = json!({"purpose": "recipient", "phone": NEW});
    assert_eq!(api.post("/settings/alert-phones", recipient).await.wrong_field().0, "phone");
    for n in 0..6 {
        asks(&api, &format!("+1310555018{n}")).await.good();
    }
    asks(&api, NEW).await.refused(429, "too_many_codes");
    vox.later(SignedDuration::from_hours(24));
    asks(&api, NEW).await.good();
    let reader = vox.api(&vox.glow, &[Scope::SettingsRead]).await;
    asks(&reader, NEW).await.refused(403, "missing_scope");
}

#[tokio::test]
async fn a_recipient_shows_that_the_phone_is_theirs() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    api.post("/alert-recipients", json!({"name": "Jo", "phone": NEW})).await.good();
    let test = json!({ "phone": NEW });
    vox.run_jobs().await;
    assert_eq!(vox.texts_to(NEW).len(), 1, "the code");
    let unproved = api.post("/settings/tests/sms", test.clone()).await.good();
    assert_eq!(unproved["kind"], "code", "who has not shown it is sent the code again, and no alert");
    vox.run_jobs().await;
    let code = json!({"purpose": "recipient", "code": code_to(&vox, NEW)});
    api.post("/settings/alert-phones/confirm", code).await.good();
    assert_eq!(in_force(&api).await, MANAGER, "the org's own stays");
    assert_eq!(api.post("/settings/tests/sms", test).await.good()["kind"], "test");
    vox.run_jobs().await;
    assert!(vox.texts_to(NEW).last().unwrap().body.starts_with("VOXANNE TEST ALERT"));
}

#[tokio::test]
async fn t21_three_tests_a_day_and_only_to_numbers_that_get_alerts() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let stranger = json!({"phone": "+13105550142"});
    let said = api.post("/settings/tests/sms", stranger).await.wrong_field().1;
    assert!(said.contains("save it first"), "{said}");
    for _ in 0..3 {
        let sent = api.post("/settings/tests/sms", json!({})).await;
        assert_eq!((sent.status, &sent.body["kind"]), (202, &json!("test")));
    }
    let there = api.get("/settings/alert-phones").await.good();
    assert_eq!((&there["tests_left"], there["tests"].as_array().unwrap().len()), (&json!(0), 3));
    api.post("/settings/tests/sms", json!({})).await.refused(429, "too_many_tests");
    vox.run_jobs().await;
    assert_eq!(vox.texts_to(MANAGER).len(), 3);
    vox.later(SignedDuration::from_hours(24));
    api.post("/settings/tests/sms", json!({})).await.good();
}

#[tokio::test]
async fn a_test_that_does_not_arrive_names_the_providers_code_and_what_to_do() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    vox.sandbox.twilio().next_sends(voxanne_sandbox::Fault::Status {
        http: 400,
        code: Some(21608),
        retry_after_seconds: None,
    });
    api.post("/settings/tests/sms", json!({})).await.good();
    vox.run_jobs().await;
    let test = api.get("/settings/alert-phones").await.good()["tests"][0].clone();
    assert_eq!((&test["state"], &test["failure_code"]), (&json!("failed"), &json!(21608)));
    assert!(test["failure"].as_str().unwrap().len() > 20, "{test}");
}

#[tokio::test]
async fn t20_a_person_who_signed_in_a_while_ago_gives_their_password() {
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    let wants = |proof: Value| {
        let mut body = json!({ "phone": NEW });
        body.as_object_mut().unwrap().extend(proof.as_object().unwrap().clone());
        body
    };
    let asks = async |proof: Value| owner.api("POST", "/settings/alert-phones", wants(proof)).await;
    asks(json!({})).await.good();
    vox.later(SignedDuration::from_mins(15));
    let refused = asks(json!({})).await.refused(403, "password_needed");
    assert_eq!(refused["field"], "password");
    assert_eq!(asks(json!({"password": "wrong horse"})).await.wrong_field().0, "password");
    asks(json!({"password": voxanne::seed::DEMO_PASSWORD})).await.good();
    vox.run_jobs().await;
    // The code proves the phone, not the person: whoever may change settings enters it.
    let code = json!({ "code": code_to(&vox, NEW) });
    assert_eq!(
        owner.api("POST", "/settings/alert-phones/confirm", code).await.good()["hot_lead"]["phone"],
        NEW
    );
    assert_eq!(
        vox.count("phone_changes where asked_by like 'staff:usr_%' and outcome = 'confirmed'").await,
        1
    );
    for role in [Role::FrontDesk, Role::Viewer] {
        let other = vox.glow_staff(role).await.api("POST", "/settings/alert-phones", wants(json!({}))).await;
        assert_eq!(other.status, 403, "{role}");
    }
}

#[tokio::test]
async fn t20_the_code_speaks_the_language_of_whoever_asks() {
    let vox = Voxanne::start().await;
    vox.exec("update users set language = 'es'").await;
    let owner = vox.glow_staff(Role::Owner).await;
    owner.api("POST", "/settings/alert-phones", json!({ "phone": NEW })).await.good();
    vox.run_jobs().await;
    let said = &vox.texts_to(NEW)[0].body;
    assert!(
        said.contains("es el codigo para recibir en este numero los avisos de interesados de Glow MedSpa"),
        "{said}"
    );
}
