//! T20: a number on the list counts once somebody who holds it has read a code out; who put it there was there, and owners hear of it.

use jiff::SignedDuration;
use serde_json::{Value, json};
use voxanne::accounts::Role;

use super::{ANN, BO, hot_lead, reaction, told};
use crate::api::alert_phones::code_to;
use crate::harness::{Api, MANAGER, Person, Voxanne};

async fn adds(api: &Api, name: &str, phone: &str) -> Value {
    api.post("/alert-recipients", json!({"name": name, "phone": phone})).await.good()
}

async fn confirms(vox: &Voxanne, api: &Api, phone: &str) {
    vox.run_jobs().await;
    let code = json!({"purpose": "recipient", "code": code_to(vox, phone)});
    api.post("/settings/alert-phones/confirm", code).await.good();
}

/// What owners read of it.
async fn owners_read(vox: &Voxanne, words: &str) -> i64 {
    vox.count(&format!("notifications where audience = 'owners' and title like '%{words}%'")).await
}

#[tokio::test]
async fn t20_a_phone_on_the_list_is_told_nothing_before_its_code_is_entered() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let ann = adds(&api, "Ann", ANN).await;
    assert_eq!(ann["confirmed"], false);
    hot_lead(&vox, &vox.glow, 1).await;
    reaction(&vox, 2).await;
    assert_eq!(told(&vox, [ANN, MANAGER]), [0, 2], "the alert phone stands in for whoever is not proved");
    let code = code_to(&vox, ANN);
    assert!(vox.texts_to(ANN)[0].body.contains(&format!("{code} is the code to get alerts of Glow MedSpa")));
    vox.later(SignedDuration::from_mins(4));
    confirms(&vox, &api, ANN).await;
    let path = format!("/alert-recipients/{}", ann["id"].as_str().unwrap());
    assert_eq!(api.get(&path).await.good()["confirmed"], true);
    assert_eq!(api.patch(&path, json!({"confirmed": false, "step": 2})).await.status, 422, "is only read");
    hot_lead(&vox, &vox.glow, 3).await;
    assert_eq!(told(&vox, [ANN]), [1]);
    assert_eq!(
        owners_read(&vox, "put a phone on the list of those who get alerts: it ends in 0181").await,
        1
    );
    let detail = "audit_log where action = 'alert_recipient.write' and detail ->> 'phone_ends_in' = '0181'";
    assert_eq!(vox.count(detail).await, 1);
    assert_eq!(vox.count(&format!("audit_log where detail::text like '%{}%'", &ANN[1..])).await, 0);
}

#[tokio::test]
async fn t20_another_phone_is_proved_anew_and_the_one_before_hears_of_it() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let ann = adds(&api, "Ann", ANN).await;
    confirms(&vox, &api, ANN).await;
    let path = format!("/alert-recipients/{}", ann["id"].as_str().unwrap());
    assert_eq!(api.patch(&path, json!({"name": "Anna"})).await.good()["confirmed"], true);
    assert_eq!(api.patch(&path, json!({"phone": BO})).await.good()["confirmed"], false);
    vox.run_jobs().await;
    let said = vox.texts_to(ANN).pop().unwrap().body;
    assert!(said.contains("no longer come to this number. They go to the one ending in 0182"), "{said}");
    hot_lead(&vox, &vox.glow, 1).await;
    assert_eq!(told(&vox, [BO, MANAGER]), [0, 1]);
    confirms(&vox, &api, BO).await;
    hot_lead(&vox, &vox.glow, 2).await;
    assert_eq!(told(&vox, [BO]), [1]);
    assert_eq!(
        owners_read(&vox, "changed a phone that gets alerts: it ended in 0181, and ends in 0182 now").await,
        1
    );
    assert_eq!(api.delete(&path).await.status, 204);
    vox.run_jobs().await;
    assert!(vox.texts_to(BO).pop().unwrap().body.contains("no longer come to this number. If your team"));
    assert_eq!(
        owners_read(&vox, "took a phone off the list of those who get alerts: it ends in 0182").await,
        1
    );
}

#[tokio::test]
async fn t20_what_is_proved_already_needs_no_code() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    assert_eq!(adds(&api, "Manager", MANAGER).await["confirmed"], true, "the org's own alert phone");
    for n in 0..7 {
        assert_eq!(adds(&api, "One", &format!("+1310555019{n}")).await["confirmed"], false);
    }
    vox.run_jobs().await;
    assert_eq!(vox.count("texts where kind = 'phone_code'").await, 6, "codes of a day; the last one waits");
}

#[tokio::test]
async fn t20_whoever_signed_in_a_while_ago_gives_their_password_for_a_new_phone_or_address() {
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    vox.later(SignedDuration::from_mins(14));
    owner.page("/dashboard").await;
    let jo = json!({"name": "Jo", "phone": ANN});
    let made = owner.api("POST", "/alert-recipients", jo).await.good();
    let address = json!({"address": "jo@clinic.example"});
    let mailed = owner.api("POST", "/email-recipients", address).await.good();
    vox.later(SignedDuration::from_mins(2));
    let paths = [
        ("/alert-recipients", made, "phone", BO),
        ("/email-recipients", mailed, "address", "bo@clinic.example"),
    ];
    for (list, there, field, another) in paths {
        let one = format!("{list}/{}", there["id"].as_str().unwrap());
        let new = json!({"name": "Bo", field: another});
        let new = if field == "phone" { new } else { json!({field: another}) };
        proves(&owner, ("POST", list), new).await;
        let third = if field == "phone" { "+13105550183" } else { "cy@clinic.example" };
        proves(&owner, ("PATCH", &one), json!({field: third})).await;
        // A form sends all of its fields.
        let same = json!({field: third, if field == "phone" { "step" } else { "language" }: if field == "phone" { json!(2) } else { json!("es") }});
        owner.api("PATCH", &one, same).await.good();
    }
    assert_eq!(
        owners_read(&vox, "put an address on the list of those who get e-mails: bo@clinic.example").await,
        1
    );
    assert_eq!(owners_read(&vox, "it was jo@clinic.example, and is cy@clinic.example now").await, 1);
    let masked =
        "audit_log where action = 'email_recipient.write' and detail ->> 'address' = 'c…@clinic.example'";
    assert_eq!(vox.count(masked).await, 2);
}

/// Refused without the password, done with it.
async fn proves(person: &Person, (method, path): (&str, &str), mut body: Value) {
    let refused = person.api(method, path, body.clone()).await.refused(403, "password_needed");
    assert_eq!(refused["field"], "password", "{method} {path}");
    body["password"] = json!("wrong horse");
    assert_eq!(person.api(method, path, body.clone()).await.wrong_field().0, "password", "{method} {path}");
    body["password"] = json!(voxanne::seed::DEMO_PASSWORD);
    person.api(method, path, body).await.good();
}

#[tokio::test]
async fn t20_the_page_says_when_nobody_on_the_list_is_told() {
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    let shown = async || owner.page("/dashboard/settings/alerts").await.text;
    owner.api("POST", "/alert-recipients", json!({"name": "Jo", "phone": ANN})).await.good();
    let page = shown().await;
    assert!(page.contains("Not confirmed: told nothing") && page.contains("Code from the text"), "{page}");
    assert!(page.contains("alerts go to the alert phone alone until a code is entered here"), "{page}");
    vox.exec("update integration_settings set hot_lead_alert_phone = null").await;
    assert!(shown().await.contains("alerts reach nobody by text until a code is entered here"));
    vox.run_jobs().await;
    let code = json!({"purpose": "recipient", "code": code_to(&vox, ANN)});
    owner.api("POST", "/settings/alert-phones/confirm", code).await.good();
    let page = shown().await;
    assert!(!page.contains("Not confirmed") && !page.contains("until a code is entered here"), "{page}");
}
