//! From an org that has nothing to a caller who books, over HTTP.

use secrecy::SecretString;
use serde_json::{Value, json};
use uuid::Uuid;
use voxanne::accounts::Role;
use voxanne::orgs::{self, NewAssistant, NewOrg, NewPhoneNumber};
use voxanne::platform::ids::{LocationId, OrgId};
use voxanne_vapi::auth::Scheme;

use crate::harness::{Clinic, Person, Voxanne, booking, call_ref};

/// An org as `voxanne admin org create` makes it, and its owner.
async fn new_org(vox: &Voxanne) -> (OrgId, Person) {
    let org: OrgId = vox.app.new_id();
    let new = NewOrg {
        id: org,
        name: "Willow Aesthetics".to_owned(),
        default_region: "US".to_owned(),
        location: vox.app.new_id(),
        location_name: "Willow Aesthetics".to_owned(),
        time_zone: "America/Los_Angeles".to_owned(),
        address: None,
        human_phone: None,
    };
    let mut tx = vox.app.begin(org).await.unwrap();
    orgs::create(&mut tx, &new, &[], &[], vox.app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    vox.joins(org, "owner@willow.example", Role::Owner).await;
    (org, vox.signed_in("owner@willow.example").await)
}

/// What whoever runs the installation connects: the platform's assistant, its number, its secret.
async fn connect_voice(vox: &Voxanne, org: OrgId) -> Clinic {
    let clinic = Clinic {
        org,
        assistant_id: "0a1b2c3d-aaaa-4bbb-8ccc-0123456789ab".to_owned(),
        phone_number_id: "0a1b2c3d-aaaa-4bbb-8ccc-0123456789ac".to_owned(),
        number: "+13105550555".to_owned(),
        secret: "whsec_test_of_willow_aesthetics".to_owned(),
        door: String::new(),
    };
    let location: Uuid = vox.one(&format!("select id from locations where org_id = '{}'", org.0)).await;
    let location = LocationId(location);
    let mut tx = vox.app.begin(org).await.unwrap();
    let assistant = NewAssistant {
        id: vox.app.new_id(),
        platform_assistant_id: clinic.assistant_id.clone(),
        location,
        name: "Ava".to_owned(),
    };
    orgs::add_assistant(&mut tx, org, &assistant).await.unwrap();
    let number = NewPhoneNumber {
        id: vox.app.new_id(),
        platform_phone_number_id: Some(clinic.phone_number_id.clone()),
        number: clinic.number.clone(),
        location,
        assistant: Some(assistant.id),
    };
    orgs::add_phone_number(&mut tx, org, &number).await.unwrap();
    let secret = SecretString::from(clinic.secret.clone());
    orgs::issue_secret(&vox.app, &mut tx, org, &Scheme::VapiSecret, &secret).await.unwrap();
    tx.commit().await.unwrap();
    clinic
}

/// The request that the step's form makes.
fn form_of(page: &str, begins: &str) -> String {
    let at = page.find(&format!("data-api=\"{begins}")).unwrap_or_else(|| panic!("no form {begins}: {page}"));
    page[at + 10..].split('"').next().unwrap().split_once("/api/v1").unwrap().1.to_owned()
}

async fn step(owner: &Person, name: &str) -> String {
    let page = owner.page(&format!("/dashboard/first-run?step={name}")).await;
    assert_eq!(page.status, 200, "{name}: {}", page.text);
    page.text
}

async fn state_of(owner: &Person, name: &str) -> String {
    let step = owner.api("GET", &format!("/settings/first-run/{name}"), Value::Null).await.good();
    step["state"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_new_clinic_is_guided_until_a_caller_can_book() {
    let vox = Voxanne::start().await;
    let (org, owner) = new_org(&vox).await;
    let today = owner.page("/dashboard").await.text;
    assert!(today.contains("Finish setting up") && today.contains("0 of 8 steps"), "{today}");
    assert!(owner.page("/dashboard/first-run").await.text.contains("aria-current=\"step\">Your clinic"));

    let page = step(&owner, "clinic").await;
    let at = json!({"name": "Willow Aesthetics", "time_zone": "America/Los_Angeles", "address": "9 Elm Street, Pasadena",
        "human_phone": "+16265550100", "parking": null});
    owner.api("PATCH", &form_of(&page, "PATCH /api/v1/locations/"), at).await.good();

    let page = step(&owner, "hours").await;
    assert!(
        page.contains("value=\"09:00\"") && page.contains("value=\"18:00\""),
        "a week to begin with: {page}"
    );
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday"];
    let week: Vec<Value> = days
        .iter()
        .map(|day| {
            json!({"weekday": day, "kind": "open", "opens": "09:00", "closes": "18:00",
        "effective_from": null, "effective_to": null})
        })
        .collect();
    owner.api("PUT", &form_of(&page, "PUT /api/v1/hours"), json!({"hours": week})).await.good();

    let page = step(&owner, "services").await;
    assert!(
        page.contains("Dermal Filler") && page.contains("value=\"360\""),
        "usual services with usual prices"
    );
    let wanted = json!({"services": [{"template": "Consultation", "price_cents": 0}, {"template": "Botox", "price_cents": 39_500}]});
    let added = owner.api("POST", "/services/from-templates", wanted).await.good();
    assert_eq!(added["services"].as_array().unwrap().len(), 2);
    let page = step(&owner, "services").await;
    assert!(!page.contains("value=\"Botox\""), "what is there is not offered again");

    let page = step(&owner, "practitioners").await;
    let site = page.split("<option value=\"loc_").nth(1).unwrap().split('"').next().unwrap();
    let ticked: Vec<&str> = page
        .split("name=\"services\" value=\"")
        .skip(1)
        .filter(|rest| rest.split('>').next().unwrap().contains("checked"))
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    assert_eq!(ticked.len(), 2, "somebody new gives everything until told otherwise");
    let jo = json!({"name": "Jo Park", "title": "Nurse injector", "location_id": format!("loc_{site}"), "services": ticked,
        "licence_expires_on": null, "supervises": false});
    owner.api("POST", "/practitioners", jo).await.good();
    for name in ["clinic", "hours", "services", "practitioners"] {
        assert_eq!(state_of(&owner, name).await, "done", "{name} is there");
    }

    for name in ["alert_phone", "calendar"] {
        assert!(step(&owner, name).await.contains("Skip this step"));
        owner.api("PUT", &format!("/settings/first-run/{name}"), json!({"state": "skipped"})).await.good();
    }
    assert!(owner.page("/dashboard").await.text.contains("6 of 8 steps"));
    let clinic = connect_voice(&vox, org).await;
    assert!(!owner.page("/dashboard").await.text.contains("Finish setting up"), "nothing is left");
    assert!(owner.page("/dashboard/first-run").await.text.contains("You are set up"));

    let line = vox.call_from(&clinic, &call_ref(1), Some("+13105550142"));
    let said =
        line.tool("book_appointment", booking("Botox", "2026-12-01", "10:00 AM", "Ana Diaz")).await.unwrap();
    assert!(said.text().contains("Ana") || said.text().contains("10"), "{}", said.text());
    assert_eq!(vox.count(&format!("appointments where org_id = '{}'", org.0)).await, 1, "{}", said.text());
}

#[tokio::test]
async fn a_step_is_remembered_as_somebody_left_it_and_done_by_its_data() {
    let vox = Voxanne::start().await;
    let (_, owner) = new_org(&vox).await;
    let set = async |name: &str, state: &str| {
        owner.api("PUT", &format!("/settings/first-run/{name}"), json!({"state": state})).await
    };
    assert_eq!(state_of(&owner, "hours").await, "open");
    set("hours", "skipped").await.good();
    assert_eq!(state_of(&owner, "hours").await, "skipped");
    set("hours", "open").await.good();
    assert_eq!(state_of(&owner, "hours").await, "open");
    set("calendar", "done").await.good();
    assert_eq!(set("hours", "never").await.status, 422);
    assert_eq!(set("party", "done").await.status, 404);
    let all = owner.api("GET", "/settings/first-run", Value::Null).await.good();
    assert_eq!((&all["settled"], all["steps"].as_array().unwrap().len()), (&json!(1), 8));
    // Who said it is on record, and another clinic has its own steps.
    let by: String = vox.one("select by from onboarding_steps where step = 'calendar'").await;
    assert!(by.starts_with("staff:usr_"), "{by}");
    let glow = vox.glow_staff(Role::Owner).await;
    let there = glow.api("GET", "/settings/first-run/hours", Value::Null).await.good();
    assert_eq!(there, json!({"step": "hours", "state": "done", "is_there": true}));
    // What is there stays done, whatever is said.
    let said = glow.api("PUT", "/settings/first-run/hours", json!({"state": "skipped"})).await.good();
    assert_eq!(said["state"], "done");
    let viewer = vox.glow_staff(Role::Viewer).await;
    assert_eq!(viewer.api("PUT", "/settings/first-run/hours", json!({"state": "done"})).await.status, 403);
    assert_eq!(viewer.api("GET", "/settings/first-run", Value::Null).await.status, 200);
}

#[tokio::test]
async fn usual_services_are_added_all_or_none() {
    let vox = Voxanne::start().await;
    let (org, owner) = new_org(&vox).await;
    let services = format!("services where org_id = '{}'", org.0);
    let add = async |wanted: Value| owner.api("POST", "/services/from-templates", wanted).await;
    let wrong = add(json!({"services": [{"template": "Botox"}, {"template": "Lobotomy"}]})).await;
    assert_eq!(wrong.refused(422, "invalid_field")["field"], "services[1].template");
    let foreign =
        vox.glow_staff(Role::Owner).await.api("GET", "/practitioners?limit=1", Value::Null).await.good();
    let by = json!({"services": [{"template": "Botox"}], "practitioners": [foreign["items"][0]["id"]]});
    assert_eq!(add(by).await.refused(422, "invalid_field")["field"], "practitioners");
    add(json!({"services": []})).await.refused(422, "invalid_field");
    assert_eq!(vox.count(&services).await, 0, "nothing was added");

    let added = add(
        json!({"services": [{"template": "Botox", "price_cents": 39_500}, {"template": "Dermal Filler"}]}),
    )
    .await;
    assert_eq!(added.status, 201);
    let told = &added.body["services"][0];
    assert!(told["service_id"].as_str().unwrap().starts_with("svc_"), "{told}");
    assert!(told["open"].as_array().unwrap().contains(&json!("say who gives it")), "{told}");
    let price: i32 = vox.one(&format!("select price_cents from {services} and name = 'Botox'")).await;
    assert_eq!(price, 39_500);
    assert_eq!(vox.count(&format!("{services} and price_cents is null")).await, 1, "no price is made up");
    let again = add(json!({"services": [{"template": "Botox", "price_cents": 1}]})).await.good();
    assert_eq!(again["services"][0]["service_id"], Value::Null, "it is left as it is");
    assert_eq!(vox.count(&services).await, 2);
}
