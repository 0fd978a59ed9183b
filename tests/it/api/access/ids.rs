//! What a clinic has of its own that a request can name.

use serde_json::{Value, json};
use voxanne::accounts::{Role, Scope};

use crate::api::{alert_phones, leads};
use crate::harness::{Api, Clinic, Voxanne};

/// A clinic's own ids, by the word that stands for them.
#[expect(clippy::too_many_lines, reason = "a table, row by row")]
pub(super) async fn own_ids(vox: &Voxanne, clinic: &Clinic, api: &Api) -> Vec<(&'static str, String)> {
    let account = format!("desk@{}.example", clinic.org.0.simple());
    vox.connects(clinic.org, None, &account).await;
    let first = async |path: &str| api.get(path).await.good()["items"][0]["id"].as_str().unwrap().to_owned();
    let made =
        async |path: &str, body: Value| api.post(path, body).await.good()["id"].as_str().unwrap().to_owned();
    let practitioner = first("/practitioners").await;
    let off = json!({"practitioner_id": practitioner, "starts_at": "2027-02-05T17:00:00Z", "ends_at": "2027-02-06T01:00:00Z"});
    let service = first("/services").await;
    let visit = async |day: &str| {
        let wish =
            json!({"service_id": service, "starts_at": format!("{day}T18:30:00Z"), "phone": "+13105550100"});
        made("/appointments", wish).await
    };
    let time = json!({"time": {"service_id": service, "starts_at": "2026-12-10T18:30:00Z"}, "minutes": 60});
    let (visit, second) = (visit("2026-12-01").await, visit("2026-12-02").await);
    let sequence = made("/sequences/from-template", json!({"template": "after_your_visit"})).await;
    let staff = made("/alert-recipients", json!({"name": "Maria", "phone": "+13105550189"})).await;
    let line = vox.call_from(clinic, &crate::harness::call_ref(77), Some("+13105550103"));
    line.tool(
        "notify_hot_lead",
        json!({"leadName": "Sarah", "leadPhone": "+13105550103", "urgency": "high"}),
    )
    .await
    .unwrap();
    let code = code(vox, api).await;
    let location = first("/locations").await;
    let free = format!("asst_free_{}", clinic.org.0.simple());
    let free = json!({"platform_assistant_id": free, "location_id": location, "name": "Spare"});
    let site = first("/locations").await;
    let of_account = api.get("/calendar-connections").await.good()["items"][0].clone();
    let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
    let lead = leads::a_lead(vox, clinic).await;
    vox.exec(&format!("update calls set recording_url = '{}/recordings/1.wav'", vox.sandbox.url())).await;
    // Whoever is not the last owner.
    let name = clinic.org.0.simple();
    vox.joins(clinic.org, &format!("sam@{name}.example"), Role::FrontDesk).await;
    let team = api.get("/team").await.good();
    let member = team["items"].as_array().unwrap().iter().find(|m| m["name"] == "Sam Tester").unwrap();
    let invitation = json!({"email": format!("guest@{name}.example"), "role": "viewer"});
    // What owners alone are told is not there for everybody who may read the rest.
    let told_all = format!(
        "select 'ntf_' || replace(id::text, '-', '') from notifications where org_id = '{}' and audience = 'all' limit 1",
        clinic.org.0
    );
    vec![
        ("$code", code),
        ("$free_assistant", made("/assistants", free).await),
        ("$assistant", first("/assistants").await),
        ("$number", first("/phone-numbers").await),
        ("$secret", made("/webhook-secrets", json!({})).await),
        ("$door", made("/doors", Value::Null).await),
        ("$member", id(member)),
        ("$invitation", made("/invitations", invitation).await),
        ("$key", vox.new_key(clinic.org, &[Scope::CallsRead], None).await.0.to_string()),
        ("$sequence", sequence.clone()),
        ("$run", crate::sequences::a_run(vox, clinic, &sequence).await),
        ("$connection", id(&of_account)),
        ("$calendar", id(&of_account["calendars"][0])),
        ("$recipient", made("/email-recipients", json!({"address": "maria@clinic.example"})).await),
        ("$conflict", conflict(vox, api, &account).await),
        ("$caldav", calendar_server().await),
        ("$alert", first("/alerts").await),
        ("$staff", staff),
        ("$lead", lead),
        ("$task", made("/tasks", json!({"title": "Water the plants"})).await),
        ("$notification", vox.one(&told_all).await),
        ("$visit", visit),
        ("$second", second),
        ("$hold", made("/holds", time).await),
        ("$entry", made("/waitlist", json!({"service_id": service, "phone": "+13105550102"})).await),
        // Somebody who was texted, so that there is a thread.
        ("$contact", first("/threads").await),
        ("$location", location),
        ("$spare_service", made("/services", json!({"name": "Never booked"})).await),
        ("$spare_person", made("/practitioners", json!({"name": "Nobody Yet", "location_id": site})).await),
        (
            "$spare_resource",
            made("/resources", json!({"name": "Spare", "kind": "room", "location_id": site})).await,
        ),
        ("$service", service.clone()),
        ("$resource", first("/resources").await),
        ("$closure", made("/closures", json!({"local_date": "2027-07-04"})).await),
        ("$off", made("/time-off", off).await),
        ("$practitioner", practitioner),
    ]
}

/// The code of a number that is to get the clinic's clinical alerts.
async fn code(vox: &Voxanne, api: &Api) -> String {
    let phone = "+13105550185";
    api.post("/settings/alert-phones", json!({"purpose": "clinical", "phone": phone})).await.good();
    vox.run_jobs().await;
    alert_phones::code_to(vox, phone)
}

/// Somebody deletes an event of ours in the account.
async fn conflict(vox: &Voxanne, api: &Api, account: &str) -> String {
    vox.run_jobs().await;
    let google = vox.sandbox.google();
    let event = google.events(account).into_iter().next().expect("a visit was written");
    assert!(google.delete_event(account, &event.id));
    google.settled().await;
    vox.run_jobs().await;
    api.get("/calendar-conflicts").await.good()["items"][0]["id"].as_str().unwrap().to_owned()
}

/// The least that a CalDAV server says of an account with one calendar.
async fn calendar_server() -> String {
    let props = "<d:current-user-principal><d:href>/</d:href></d:current-user-principal>\
        <c:calendar-home-set><d:href>/</d:href></c:calendar-home-set>\
        <d:displayname>Visits</d:displayname><d:resourcetype><d:collection/><c:calendar/></d:resourcetype>";
    let body = format!(
        r#"<?xml version="1.0"?><d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:response><d:href>/</d:href><d:propstat><d:prop>{props}</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response></d:multistatus>"#
    );
    let answer = axum::Router::new().fallback(async move || (axum::http::StatusCode::MULTI_STATUS, body));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, answer).await });
    url
}
