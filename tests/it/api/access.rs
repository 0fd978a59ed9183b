//! B4, B12, B18: who gets what on every route of the API. A route without a row fails.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use serde_json::{Value, json};
use voxanne::accounts::{self, Role, Scope};

use crate::accounts::tokens;
use crate::harness::{Answered, Api, Clinic, Voxanne};
use crate::routes;

/// A route, and a request of it that succeeds with the right key. `$location` and the like stand for the clinic's own.
#[derive(Clone)]
struct Row {
    method: &'static str,
    /// As the document writes it, with `{id}`.
    path: &'static str,
    /// What `{id}` is, and the query.
    id: &'static str,
    query: &'static str,
    body: Value,
    /// The role that it gives somebody: nobody gives one that may more than they do.
    gives: Option<Role>,
}

fn row(method: &'static str, path: &'static str, id: &'static str, body: Value) -> Row {
    Row { method, path, id, query: "", body, gives: None }
}

fn rows() -> Vec<Row> {
    rows_of_keys()
        .into_iter()
        .chain(rows_of_scheduling())
        .chain(rows_of_waiting())
        .chain(rows_of_calendars())
        .chain(rows_of_texts())
        .chain(rows_of_email())
        .chain(rows_of_sequences())
        .chain(rows_of_alerts())
        .chain(rows_of_leads())
        .chain(rows_of_figures())
        .chain(rows_of_settings())
        .chain(rows_of_lists())
        .chain(rows_of_team())
        .collect()
}

fn rows_of_team() -> Vec<Row> {
    let none = || Value::Null;
    let invitation = json!({"email": "new@clinic.example", "role": "viewer"});
    let gives = Some(Role::Viewer);
    vec![
        row("get", "/team", "", none()),
        Row { gives, ..row("patch", "/team/{id}", "$member", json!({"role": "viewer"})) },
        row("delete", "/team/{id}", "$member", none()),
        row("get", "/team/sign-in", "", none()),
        row("put", "/team/sign-in", "", json!({"requires_second_factor": false})),
        row("get", "/invitations", "", none()),
        Row { gives, ..row("post", "/invitations", "", invitation) },
        row("delete", "/invitations/{id}", "$invitation", none()),
    ]
}

/// They come first: each row is asked with keys of its own, and a clinic may make more while it has fewer than a hundred.
fn rows_of_keys() -> Vec<Row> {
    vec![
        row("get", "/keys", "", Value::Null),
        row("post", "/keys", "", json!({"name": "Another", "scopes": ["keys:write"]})),
        row("delete", "/keys/{id}", "$key", Value::Null),
    ]
}

/// About whoever is signed in: `tests/it/accounts` tries them; a key has nobody.
const OWN: [(&str, &str); 10] = [
    ("get", "/account"),
    ("patch", "/account"),
    ("put", "/account/password"),
    ("post", "/account/second-factor"),
    ("post", "/account/second-factor/confirm"),
    ("post", "/account/second-factor/cancel"),
    ("get", "/account/sessions"),
    ("delete", "/account/sessions/{id}"),
    ("post", "/account/sessions/cancel-others"),
    ("post", "/account/tokens"),
];

fn rows_of_settings() -> Vec<Row> {
    let none = || Value::Null;
    let code = json!({"purpose": "clinical", "code": "$code"});
    let twilio = json!({
        "account_sid": format!("AC{}", "1".repeat(32)), "auth_token": "token", "sender": "+13105550100",
    });
    vec![
        row("get", "/settings/alert-phones", "", none()),
        row("post", "/settings/alert-phones", "", json!({"phone": "+13105550186"})),
        row("post", "/settings/alert-phones/confirm", "", code),
        row("delete", "/settings/alert-phones/pending", "", none()),
        row("post", "/settings/tests/sms", "", json!({})),
        row("post", "/settings/tests/webhook", "", none()),
        row("post", "/settings/tests/calendar", "", none()),
        row("post", "/settings/tests/assistant", "", none()),
        row("post", "/settings/tests/email", "", none()),
        row("get", "/settings/org", "", none()),
        row("put", "/settings/org", "", json!({"name": "Glow", "region": "US", "language": "en"})),
        row("get", "/settings/twilio", "", none()),
        row("put", "/settings/twilio", "", twilio),
        row("delete", "/settings/twilio", "", none()),
        row("get", "/settings/voice-platform", "", none()),
        row("put", "/settings/voice-platform", "", json!({"private_key": "a-private-key"})),
    ]
    .into_iter()
    .chain(rows_of_the_voice_platform())
    .collect()
}

fn rows_of_the_voice_platform() -> Vec<Row> {
    let none = || Value::Null;
    let assistant = json!({"platform_assistant_id": "asst_1", "location_id": "$location", "name": "Second"});
    let number = json!({"number": "+13105550161", "location_id": "$location"});
    vec![
        row("get", "/assistants", "", none()),
        row("post", "/assistants", "", assistant),
        row("get", "/assistants/{id}", "$assistant", none()),
        row("patch", "/assistants/{id}", "$assistant", json!({"name": "Front desk"})),
        row("delete", "/assistants/{id}", "$free_assistant", none()),
        row("get", "/phone-numbers", "", none()),
        row("post", "/phone-numbers", "", number),
        row("get", "/phone-numbers/{id}", "$number", none()),
        row("patch", "/phone-numbers/{id}", "$number", json!({"assistant_id": null})),
        row("delete", "/phone-numbers/{id}", "$number", none()),
        row("get", "/webhook-secrets", "", none()),
        row("post", "/webhook-secrets", "", json!({})),
        row("delete", "/webhook-secrets/{id}", "$secret", none()),
        row("get", "/doors", "", none()),
        row("post", "/doors", "", none()),
        row("delete", "/doors/{id}", "$door", none()),
        row("get", "/assistant-sheet", "", none()),
    ]
}

fn rows_of_alerts() -> Vec<Row> {
    let none = || Value::Null;
    let somebody = json!({"name": "Jo", "phone": "+13105550188", "location_id": "$location"});
    let settings = json!({"alert_rungs_minutes": [5], "alerts_wait_for_opening": true});
    vec![
        row("get", "/alerts", "", none()),
        row("get", "/alerts/summary", "", none()),
        row("get", "/alerts/{id}", "$alert", none()),
        row("post", "/alerts/{id}/acknowledge", "$alert", json!({"by": "Maria"})),
        row("get", "/alert-recipients", "", none()),
        row("post", "/alert-recipients", "", somebody),
        row("get", "/alert-recipients/{id}", "$staff", none()),
        row("patch", "/alert-recipients/{id}", "$staff", json!({"step": 2})),
        row("delete", "/alert-recipients/{id}", "$staff", none()),
        row("get", "/settings/first-run", "", none()),
        row("get", "/settings/first-run/{step}", "", none()),
        row("put", "/settings/first-run/{step}", "", json!({"state": "skipped"})),
        row("get", "/settings/alerts", "", none()),
        row("put", "/settings/alerts", "", settings),
    ]
}

fn rows_of_email() -> Vec<Row> {
    let none = || Value::Null;
    vec![
        row("get", "/email-recipients", "", none()),
        row("post", "/email-recipients", "", json!({"address": "jo@clinic.example"})),
        row("get", "/email-recipients/{id}", "$recipient", none()),
        row("patch", "/email-recipients/{id}", "$recipient", json!({"language": "es"})),
        row("post", "/email-recipients/{id}/test", "$recipient", none()),
        row("delete", "/email-recipients/{id}", "$recipient", none()),
        row("get", "/email-settings", "", none()),
        row("put", "/email-settings", "", json!({"summary_hour": 8})),
    ]
}

fn rows_of_calendars() -> Vec<Row> {
    let none = || Value::Null;
    let choice =
        json!({"blocks": true, "takes_events": true, "tentative_blocks": false, "all_day_blocks": true});
    let caldav = json!({
        "provider": "caldav", "url": "$caldav", "username": "anna", "password": "sword fish", "practitioner_id": "$practitioner",
    });
    vec![
        row("get", "/calendar-connections", "", none()),
        row("get", "/calendar-connections/{id}", "$connection", none()),
        row("post", "/calendar-connections/{id}/refresh", "$connection", none()),
        row("post", "/calendar-connections", "", caldav),
        row("put", "/calendars/{id}", "$calendar", choice),
        row("get", "/calendar-conflicts", "", none()),
        row("post", "/calendar-conflicts/{id}/resolve", "$conflict", json!({"resolution": "ours"})),
        row("delete", "/calendar-connections/{id}", "$connection", none()),
        row("post", "/practitioners/{id}/feed", "$practitioner", none()),
        row("delete", "/practitioners/{id}/feed", "$practitioner", none()),
        row("get", "/calendar-settings", "", none()),
        row("put", "/calendar-settings", "", json!({"feed_names": true})),
    ]
}

fn rows_of_sequences() -> Vec<Row> {
    let none = || Value::Null;
    let words = json!({"en": "{clinic}: how are you today? {questions}"});
    let fields = json!({
        "name": "Thanks", "trigger": "after_visit", "services": ["$service"], "steps": [{"after_days": 1, "words": words}],
    });
    vec![
        row("get", "/sequences", "", none()),
        row("post", "/sequences", "", fields.clone()),
        row("post", "/sequences/from-template", "", json!({"template": "came_close"})),
        row("get", "/sequences/{id}", "$sequence", none()),
        row("put", "/sequences/{id}", "$sequence", fields),
        row("post", "/sequences/{id}/preview", "$sequence", json!({})),
        row("get", "/sequences/{id}/runs", "$sequence", none()),
        row("post", "/sequences/runs/{id}/stop", "$run", json!({})),
        row("delete", "/sequences/{id}", "$sequence", none()),
    ]
}

fn rows_of_leads() -> Vec<Row> {
    let none = || Value::Null;
    let weights = json!({"high_value": 40, "medium": 20, "positive": 30, "urgency": 30});
    let rules = json!({"weights": weights, "hot_threshold": 75, "warm_threshold": 40});
    vec![
        row("get", "/settings/scoring", "", none()),
        row("put", "/settings/scoring", "", json!({"rules": rules})),
        row("get", "/settings/scoring/versions", "", none()),
        row("post", "/settings/scoring/preview", "", json!({"rules": rules})),
        row("get", "/leads", "", none()),
        row("get", "/leads/{id}", "$lead", none()),
        row("get", "/leads/thresholds", "", none()),
        row("get", "/leads/outcomes", "", none()),
    ]
}

fn rows_of_figures() -> Vec<Row> {
    vec![
        row("get", "/analytics", "", Value::Null),
        row("get", "/analytics.csv", "", Value::Null),
        row("patch", "/calls/{id}", "$lead", json!({"is_test": true})),
    ]
}

fn rows_of_lists() -> Vec<Row> {
    let none = || Value::Null;
    let by_hand = json!({"title": "Order needles", "contact_id": "$contact", "appointment_id": "$visit", "call_id": "$lead"});
    vec![
        row("get", "/calls", "", none()),
        row("get", "/calls/running", "", none()),
        row("get", "/calls/{id}", "$lead", none()),
        row("get", "/calls/{id}/recording", "$lead", none()),
        row("get", "/tasks", "", none()),
        row("post", "/tasks", "", by_hand),
        row("get", "/tasks/{id}", "$task", none()),
        row("patch", "/tasks/{id}", "$task", json!({"note": "Ana knows where."})),
        row("post", "/tasks/{id}/done", "$task", none()),
        row("post", "/tasks/{id}/reopen", "$task", none()),
        row("get", "/notifications", "", none()),
        row("get", "/notifications/unread", "", none()),
        row("post", "/notifications/{id}/read", "$notification", none()),
        row("post", "/notifications/read-all", "", none()),
        row("get", "/audit-log", "", none()),
        row("get", "/audit-log/check", "", none()),
        row("post", "/audit-log/check", "", none()),
        Row { query: "?q=Ana", ..row("get", "/search", "", none()) },
    ]
}

fn rows_of_texts() -> Vec<Row> {
    let (none, words) = (|| Value::Null, "{clinic}: {moment}.");
    let consent = json!({"phone": "+13105550142", "purpose": "marketing", "given": true, "source": "web"});
    let texting = json!({
        "texting_enabled": true, "reminder_minutes": [1440], "missed_call_text": true, "quiet_from": 20, "quiet_until": 9,
    });
    let preview = json!({"kind": "change", "language": "en", "body": words});
    vec![
        row("get", "/text-templates", "", none()),
        row("get", "/text-templates/{kind}/{language}", "", none()),
        row("put", "/text-templates/{kind}/{language}", "", json!({"body": words})),
        row("delete", "/text-templates/{kind}/{language}", "", none()),
        row("post", "/text-templates/preview", "", preview),
        row("get", "/wording-settings", "", none()),
        row("put", "/wording-settings", "", json!({"language": "es", "name_treatments": false})),
        row("get", "/settings/texting", "", none()),
        row("put", "/settings/texting", "", texting),
        row("get", "/consents", "", none()),
        row("post", "/consents", "", consent),
        row("get", "/contacts", "", none()),
        row("get", "/contacts/{id}", "$contact", none()),
        row("patch", "/contacts/{id}", "$contact", json!({"language": "es"})),
        row("get", "/threads", "", none()),
        row("get", "/threads/{id}", "$contact", none()),
        row("post", "/threads/{id}/messages", "$contact", json!({"body": "See you at two?"})),
        row("post", "/threads/{id}/read", "$contact", none()),
    ]
}

fn rows_of_waiting() -> Vec<Row> {
    let none = || Value::Null;
    vec![
        row("get", "/waitlist", "", none()),
        row("post", "/waitlist", "", json!({"service_id": "$service", "phone": "+13105550101"})),
        row("delete", "/waitlist/{id}", "$entry", none()),
    ]
}

#[expect(clippy::too_many_lines, reason = "a table, row by row")]
fn rows_of_scheduling() -> Vec<Row> {
    let none = || Value::Null;
    let hours = "?location_id=$location&practitioner_id=$practitioner";
    let day = json!({"weekday": "monday", "opens": "09:00", "closes": "17:00"});
    let off = json!({"practitioner_id": "$practitioner", "starts_at": "2027-01-05T17:00:00Z", "ends_at": "2027-01-06T01:00:00Z"});
    let first = json!({"service_id": "$service", "starts_at": "2027-01-11T18:30:00Z"});
    let from_templates = json!({"services": [{"template": "Chemical Peel"}], "location_id": "$location", "practitioners": ["$practitioner"]});
    let series = json!({"first": first, "visits": 2, "every_days": 7});
    vec![
        row("get", "/locations", "", none()),
        row("post", "/locations", "", json!({"name": "Annex", "time_zone": "America/Denver"})),
        row("get", "/locations/{id}", "$location", none()),
        row("patch", "/locations/{id}", "$location", json!({"parking": "Behind the house."})),
        row("get", "/services", "", none()),
        row("post", "/services", "", json!({"name": "Lash Lift", "practitioners": ["$practitioner"]})),
        row("post", "/services/from-templates", "", from_templates),
        row("get", "/services/{id}", "$service", none()),
        row("patch", "/services/{id}", "$service", json!({"duration_minutes": 50})),
        row("get", "/practitioners", "", none()),
        row("post", "/practitioners", "", json!({"name": "Kim Lee", "location_id": "$location"})),
        row("get", "/practitioners/{id}", "$practitioner", none()),
        row("patch", "/practitioners/{id}", "$practitioner", json!({"title": "Lead injector"})),
        row("get", "/resources", "", none()),
        row("post", "/resources", "", json!({"name": "Chair", "kind": "room", "location_id": "$location"})),
        row("get", "/resources/{id}", "$resource", none()),
        row("patch", "/resources/{id}", "$resource", json!({"name": "Room One"})),
        Row { query: hours, ..row("get", "/hours", "", none()) },
        Row { query: hours, ..row("put", "/hours", "", json!({"hours": [day]})) },
        row("get", "/closures", "", none()),
        row("post", "/closures", "", json!({"local_date": "2026-12-25", "location_id": "$location"})),
        row("get", "/closures/{id}", "$closure", none()),
        row("patch", "/closures/{id}", "$closure", json!({"reason": "Inventory"})),
        row("delete", "/closures/{id}", "$closure", none()),
        row("get", "/time-off", "", none()),
        row("post", "/time-off", "", off),
        row("get", "/time-off/{id}", "$off", none()),
        row("patch", "/time-off/{id}", "$off", json!({"reason": "Training"})),
        row("delete", "/time-off/{id}", "$off", none()),
        row("get", "/policy", "", none()),
        Row {
            query: "?service_id=$service&from=2026-12-01&to=2026-12-03",
            ..row("get", "/openings", "", none())
        },
        Row {
            query: "?service_id=$service&starts_at=2026-12-01T18:30:00Z",
            ..row("get", "/openings/why", "", none())
        },
        row("get", "/appointments", "", none()),
        row(
            "post",
            "/appointments",
            "",
            json!({"service_id": "$service", "starts_at": "2026-12-03T18:30:00Z"}),
        ),
        row("get", "/appointments/{id}", "$visit", none()),
        row("get", "/appointments/{id}/changes", "$visit", none()),
        row("post", "/appointments/{id}/move", "$visit", json!({"starts_at": "2026-12-07T18:30:00Z"})),
        row("post", "/appointments/{id}/confirm-attendance", "$visit", json!({})),
        row("get", "/appointments/{id}/reminders", "$visit", none()),
        row("post", "/appointments/{id}/state", "$visit", json!({"status": "arrived"})),
        row("post", "/appointments/{id}/cancel", "$second", json!({"reason": "Ill"})),
        row("post", "/series", "", series),
        row(
            "post",
            "/holds",
            "",
            json!({"time": {"service_id": "$service", "starts_at": "2026-12-09T18:30:00Z"}}),
        ),
        row("delete", "/holds/{id}", "$hold", none()),
        row("delete", "/services/{id}", "$spare_service", none()),
        row("delete", "/practitioners/{id}", "$spare_person", none()),
        row("delete", "/resources/{id}", "$spare_resource", none()),
        row("post", "/policy", "", json!({"notice_minutes": 1440, "fee_cents": 5000})),
    ]
}

/// A clinic's own ids, by the word that stands for them.
#[expect(clippy::too_many_lines, reason = "a table, row by row")]
async fn own_ids(vox: &Voxanne, clinic: &Clinic, api: &Api) -> Vec<(&'static str, String)> {
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
    let lead = super::leads::a_lead(vox, clinic).await;
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
    super::alert_phones::code_to(vox, phone)
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

fn filled(text: &str, ids: &[(&'static str, String)]) -> String {
    ids.iter().fold(text.to_owned(), |text, (word, id)| text.replace(word, id))
}

impl Row {
    /// Asks with ids in the URL of one clinic and ids in the body of another.
    async fn ask(
        &self,
        api: &Api,
        url_ids: &[(&'static str, String)],
        body_ids: &[(&'static str, String)],
    ) -> Answered {
        let path = self
            .path
            .replace("{id}", self.id)
            .replace("{kind}/{language}", "reminder/es")
            .replace("{step}", "calendar")
            + self.query;
        let request =
            api.request(&self.method.to_uppercase(), &filled(&path, url_ids)).header("if-match", "*");
        if self.body.is_null() {
            return Answered::of(request).await;
        }
        let body = filled(&self.body.to_string(), body_ids);
        Answered::of(request.header("content-type", "application/json").body(body)).await
    }

    fn names_an_id(&self) -> bool {
        !self.id.is_empty() || self.query.contains('$')
    }
}

fn document() -> Value {
    serde_json::to_value(voxanne::api::document()).unwrap()
}

#[test]
fn every_route_of_the_api_has_a_row() {
    let document = document();
    let routes: BTreeSet<(String, String)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().unwrap().keys().map(move |method| (method.clone(), path.clone()))
        })
        .collect();
    let rows: BTreeSet<(String, String)> = rows()
        .iter()
        .map(|row| (row.method, row.path))
        .chain(OWN)
        .map(|(m, p)| (m.to_owned(), p.to_owned()))
        .collect();
    assert_eq!(routes, rows);
}

#[test]
fn every_operation_is_named_by_its_verb_and_resource() {
    let document = document();
    let mut names = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            let verbs: &[&str] = match method.as_str() {
                "get" => &["list_", "get_", "explain_"],
                "post" => &[
                    "create_", "book_", "hold_", "move_", "cancel_", "set_", "refresh_", "resolve_",
                    "confirm_",
                ],
                "put" => &["set_"],
                "patch" => &["update_"],
                _ => &["delete_", "release_"],
            };
            assert!(verbs.iter().any(|verb| name.starts_with(verb)), "{method} {path}: {name}");
            assert!(names.insert(name.to_owned()), "{name} twice");
        }
    }
}

/// What differs from request to request is not the body's.
fn without_request_id(answer: &Answered) -> Value {
    let mut body = answer.body.clone();
    body.as_object_mut().unwrap().remove("request_id");
    body
}

async fn useless_keys(vox: &Voxanne, clinic: &Clinic) -> Vec<(&'static str, Api)> {
    let (revoked_id, revoked) = vox.new_key(clinic.org, &Scope::ALL, None).await;
    let mut tx = vox.app.begin(clinic.org).await.unwrap();
    assert!(accounts::revoke_key(&mut tx, clinic.org, revoked_id, vox.app.clock.now()).await.unwrap());
    tx.commit().await.unwrap();
    let (_, expired) = vox.new_key(clinic.org, &Scope::ALL, Some(SignedDuration::from_hours(24))).await;
    vox.later(SignedDuration::from_hours(24));
    let mut all = vec![
        ("a stranger", vox.api_with(None)),
        ("a made-up key", vox.api_with(Some(format!("vxk_{}", "A".repeat(43))))),
        ("the voice door's secret", vox.api_with(Some(clinic.secret.clone()))),
        ("a revoked key", vox.api_with(Some(revoked))),
        ("an expired key", vox.api_with(Some(expired))),
    ];
    all.extend(tokens::useless(vox).into_iter().map(|(what, token)| (what, vox.api_with(Some(token)))));
    all
}

/// Asks, tries, keeps a time for minutes or marks as seen: nothing that anybody would look for later.
fn changes_nothing(path: &str) -> bool {
    path.ends_with("/preview")
        || path.ends_with("/read")
        || path.ends_with("/read-all")
        || path.ends_with("/refresh")
        || path.starts_with("/holds")
        || matches!(
            path,
            "/settings/tests/webhook"
                | "/settings/tests/calendar"
                | "/settings/tests/assistant"
                | "/settings/tests/email"
        )
}

#[tokio::test]
async fn b4_b12_every_caller_gets_what_the_table_says_on_every_route() {
    let vox = Voxanne::start_with(tokens::believes).await;
    // First, since one of them expires: a hold would lapse meanwhile.
    let useless = useless_keys(&vox, &vox.glow).await;
    let (glow, harbor) = (vox.glow_api().await, vox.harbor_api().await);
    let (own, others) = (own_ids(&vox, &vox.glow, &glow).await, own_ids(&vox, &vox.harbor, &harbor).await);
    let nobodys: Vec<_> =
        own.iter().map(|(word, id)| (*word, format!("{}{}", &id[..id.len() - 4], "dead"))).collect();
    let malformed: Vec<_> = own.iter().map(|(word, _)| (*word, "1".to_owned())).collect();
    let document = document();
    let harbors_page = vox.api_of(&vox.harbor_owner().await);
    let tokens = [tokens::of_the_owner(&vox).await, tokens::of_the_other_issuer(&vox)];
    let tokens = tokens.map(|token| vox.api_with(Some(token)));
    for row in rows() {
        let what = format!("{} {}", row.method, row.path);
        for (who, api) in &useless {
            let answer = row.ask(api, &own, &own).await;
            assert_eq!(answer.status, 401, "{what}: {who}");
            answer.refused(401, "unauthenticated");
        }
        // B12: everything but the one scope that the document names is not enough, and that one alone is.
        let scope =
            document["paths"][row.path][row.method]["security"][0]["key"][0].as_str().unwrap().to_owned();
        let all_but: Vec<Scope> = Scope::ALL.into_iter().filter(|s| s.name() != scope).collect();
        let lacking = row.ask(&vox.api(&vox.glow, &all_but).await, &own, &own).await;
        assert_eq!(lacking.status, 403, "{what}: without {scope}");
        assert_eq!(lacking.refused(403, "missing_scope")["scope"], scope, "{what}");
        if row.names_an_id() {
            // B4: another org's id is answered like one that nobody has, and like none at all.
            let foreign = row.ask(&glow, &others, &own).await;
            assert_eq!(foreign.status, 404, "{what}: another org's id: {}", foreign.body);
            for ids in [&nobodys, &malformed] {
                let unknown = row.ask(&glow, ids, &own).await;
                assert_eq!(unknown.status, 404, "{what}");
                assert_eq!(without_request_id(&foreign), without_request_id(&unknown), "{what}");
            }
            assert_eq!(row.ask(&harbor, &own, &others).await.status, 404, "{what}: by the other org");
            assert_eq!(row.ask(&harbors_page, &own, &others).await.status, 404, "{what}: by its owner");
        }
        // B1, B11: a token of either issuer is its person's, of one org alone.
        for token in tokens.iter().filter(|_| row.method == "get") {
            let answer = row.ask(token, &own, &own).await;
            assert!(
                (200..300).contains(&answer.status),
                "{what}: a token: {} {}",
                answer.status,
                answer.body
            );
            if row.names_an_id() {
                assert_eq!(row.ask(token, &others, &own).await.status, 404, "{what}: a token elsewhere");
            }
        }
        let given = row.gives.map_or(&[][..], Role::scopes);
        let only = vox.api(&vox.glow, &[&[scope.parse().unwrap()], given].concat()).await;
        let written = vox.count("audit_log").await;
        let right = row.ask(&only, &own, &own).await;
        assert!((200..300).contains(&right.status), "{what}: {} {}", right.status, right.body);
        // W32, W37: whoever changed something, read what was said or listened to it stands in the log.
        let is_written = vox.count("audit_log").await > written;
        assert!(
            is_written || row.method == "get" || changes_nothing(row.path),
            "{what}: no line of the audit log"
        );
        let is_of_people = matches!(row.path, "/calls/{id}" | "/calls/{id}/recording" | "/leads/{id}");
        assert!(is_written || !is_of_people, "{what}: read, and nobody knows by whom");
    }
    // Nor is there a page that shows the words and does not say who read them.
    let desk = vox.glow_staff(Role::FrontDesk).await;
    for page in OF_PEOPLE {
        let written = vox.count("audit_log").await;
        assert_eq!(desk.page(&filled(page, &own)).await.status, 200, "{page}");
        assert!(vox.count("audit_log").await > written, "{page}: read, and nobody knows by whom");
    }
}

/// Pages that show what somebody said in a call.
const OF_PEOPLE: [&str; 1] = ["/dashboard/calls/$lead"];

#[tokio::test]
async fn b4_w7_no_page_shows_another_orgs_thing_or_that_there_is_one() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    let own = own_ids(&vox, &vox.glow, &glow).await;
    let (owner, other) = (vox.glow_staff(Role::Owner).await, vox.harbor_owner().await);
    for path in routes::pages_about_one() {
        let word = match path {
            "/dashboard/calls/{id}" => "$lead",
            "/dashboard/contacts/{id}" | "/dashboard/messages/{id}" => "$contact",
            "/dashboard/calendar/visits/{id}" => "$visit",
            "/dashboard/settings/practitioners/{id}" => "$practitioner",
            "/dashboard/settings/sequences/{id}" => "$sequence",
            "/dashboard/settings/services/{id}" => "$service",
            other => panic!("say here what {other} is about"),
        };
        let page = filled(&path.replace("{id}", word), &own);
        assert_eq!(
            owner.page(&page).await.status,
            200,
            "{page}: its own org must see it, or this proves nothing"
        );
        let (foreign, unknown) =
            (other.page(&page).await, other.page(&format!("{}dead", &page[..page.len() - 4])).await);
        assert_eq!((foreign.status, unknown.status), (404, 404), "{page}");
        assert_eq!(foreign.text, unknown.text, "{page}");
    }
}

#[tokio::test]
async fn what_is_about_whoever_is_signed_in_has_nobody_for_a_key() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    for (method, path) in OWN {
        let path = path.replace("{id}", "ses_019ab2c47e107cc39f4e5b1d2a3c4e5f");
        let answer = Answered::of(glow.request(&method.to_uppercase(), &path)).await;
        answer.refused(403, "staff_only");
    }
}

#[tokio::test]
async fn b4_another_orgs_ids_in_a_body_are_like_ids_that_nobody_has() {
    let vox = Voxanne::start().await;
    let (glow, harbor) = (vox.glow_api().await, vox.harbor_api().await);
    let (own, others) = (own_ids(&vox, &vox.glow, &glow).await, own_ids(&vox, &vox.harbor, &harbor).await);
    let nobodys: Vec<_> =
        others.iter().map(|(word, id)| (*word, format!("{}{}", &id[..id.len() - 4], "dead"))).collect();
    let mut tried = 0;
    for row in rows().iter().filter(|row| row.body.to_string().contains('$')) {
        let foreign = row.ask(&glow, &own, &others).await;
        let unknown = row.ask(&glow, &own, &nobodys).await;
        assert_eq!(foreign.status, 422, "{} {}", row.method, row.path);
        assert_eq!(without_request_id(&foreign), without_request_id(&unknown), "{} {}", row.method, row.path);
        tried += 1;
    }
    assert!(tried >= 5, "only {tried} rows name an id in their body, so this proves little");
}

#[tokio::test]
async fn b4_lists_hold_the_orgs_own_and_nothing_else() {
    let vox = Voxanne::start().await;
    let (glow, harbor) = (vox.glow_api().await, vox.harbor_api().await);
    own_ids(&vox, &vox.glow, &glow).await;
    own_ids(&vox, &vox.harbor, &harbor).await;
    for (path, prefix, table) in [
        ("/locations", "loc_", "locations"),
        ("/services", "svc_", "services"),
        ("/practitioners", "res_", "practitioners"),
        ("/resources", "res_", "resources"),
        ("/closures", "clo_", "closures"),
        ("/time-off", "off_", "time_off"),
        ("/email-recipients", "rcp_", "email_recipients"),
        ("/sequences", "seq_", "sequences"),
        ("/alert-recipients", "arc_", "alert_recipients"),
        ("/alerts", "alert_", "escalations"),
        ("/calls", "call_", "calls"),
        ("/notifications", "ntf_", "notifications"),
    ] {
        let ids = |page: Value| -> BTreeSet<String> {
            page["items"].as_array().unwrap().iter().map(|i| i["id"].as_str().unwrap().to_owned()).collect()
        };
        let kind = if table == "resources" { " and kind <> 'practitioner'" } else { "" };
        for (api, clinic) in [(&glow, &vox.glow), (&harbor, &vox.harbor)] {
            let listed = ids(api.get(path).await.good());
            let stored: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
                "select '{prefix}' || translate(id::text, '-', '') from {table} where org_id = $1{kind}"
            )))
            .bind(clinic.org.0)
            .fetch_all(&vox.admin)
            .await
            .unwrap();
            assert!(!stored.is_empty(), "{path}: the org has none, so this proves nothing");
            assert_eq!(listed, stored.into_iter().collect(), "{path}");
        }
    }
}

/// What programs send that mean no good, or know no better.
fn nasty_words() -> Vec<Value> {
    vec![
        json!("a\u{0}b"),
        json!("\u{202e}gnp.exe"),
        json!("%%%%____\\\\"),
        json!("' or 1=1; drop table orgs --"),
        json!("<img src=x onerror=alert(1)>"),
        json!("x".repeat(20_000)),
        json!("\u{feff}\u{200d}\u{1f469}"),
        json!(""),
    ]
}

fn nasty_numbers() -> Vec<Value> {
    vec![json!(-1), json!(0), json!(i64::MAX), json!(u64::MAX), json!(1e300), json!(0.1)]
}

/// `value` with each of its words and numbers replaced, one at a time.
fn spoiled(value: &Value) -> Vec<Value> {
    match value {
        Value::Object(members) => {
            let of = |(name, member): (&String, &Value)| {
                let with = |spoiled| {
                    let mut all = members.clone();
                    all.insert(name.clone(), spoiled);
                    Value::Object(all)
                };
                spoiled(member).into_iter().map(with).collect::<Vec<_>>()
            };
            members.iter().flat_map(of).collect()
        }
        Value::Array(items) => items.iter().flat_map(spoiled).map(|item| json!([item])).collect(),
        Value::String(_) => nasty_words(),
        Value::Number(_) => nasty_numbers(),
        Value::Bool(_) | Value::Null => vec![json!("x"), json!([]), json!({})],
    }
}

#[tokio::test]
async fn w8_w20_nothing_that_a_body_says_is_a_failure_of_ours() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    let own = own_ids(&vox, &vox.glow, &glow).await;
    let mut tried = 0;
    for row in rows().into_iter().filter(|row| !row.body.is_null()) {
        let what = format!("{} {}", row.method, row.path);
        let good = serde_json::from_str(&filled(&row.body.to_string(), &own)).unwrap();
        let mut bodies = spoiled(&good);
        for (name, value) in
            [("org_id", json!(vox.harbor.org.to_string())), ("role", json!("owner")), ("id", json!("x"))]
        {
            let mut more = good.clone();
            // W8: what a body has that is no field is refused, not passed over.
            if more.as_object().is_some_and(|members| !members.contains_key(name)) {
                more[name] = value;
                let refused = Row { body: more, ..row.clone() }.ask(&glow, &own, &own).await;
                assert_eq!(refused.status, 422, "{what}: {name}: {}", refused.body);
            }
        }
        bodies.extend([json!(null), json!([]), json!("x"), json!({})]);
        for body in bodies {
            let said = body.to_string().chars().take(200).collect::<String>();
            let answer = Row { body, ..row.clone() }.ask(&glow, &own, &own).await;
            assert!(answer.status < 500, "{what}: {said}: {} {}", answer.status, answer.body);
            tried += 1;
        }
    }
    assert!(tried > 500, "{tried}");
}

#[tokio::test]
async fn w20_w28_nothing_that_a_query_says_is_a_failure_of_ours_and_no_page_is_endless() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    let own = own_ids(&vox, &vox.glow, &glow).await;
    let document = document();
    let words = [
        "%00",
        "a%00b",
        "%FF%FE",
        "%E2%80%AE",
        "%25%25%25%25",
        "'%22%3C",
        "-1",
        "0",
        "99999999999999999999",
        "1e400",
        "0000-00-00",
        "9999-12-31",
        "-9999-01-01",
        "2026-02-30",
        "9999-12-31T23:59:59Z",
        "org_x",
        "AAAA",
        "true",
    ];
    let mut tried = 0;
    for row in rows().iter().filter(|row| row.method == "get") {
        let operation = &document["paths"][row.path]["get"];
        let path = filled(&row.path.replace("{id}", row.id), &own);
        let path = path.replace("{kind}/{language}", "reminder/es").replace("{step}", "calendar");
        let names = operation["parameters"].as_array().cloned().unwrap_or_default();
        for name in names.iter().filter(|of| of["in"] == "query").map(|of| of["name"].as_str().unwrap()) {
            for word in words {
                let answer = glow.get(&format!("{path}?{name}={word}")).await;
                assert!(answer.status < 500, "{path}?{name}={word}: {} {}", answer.status, answer.body);
                tried += 1;
            }
            if name == "limit" {
                glow.get(&format!("{path}?limit=1000000")).await.refused(422, "invalid_field");
            }
        }
    }
    assert!(tried > 1000, "{tried}");
}

#[tokio::test]
async fn b4_a_cursor_and_an_idempotency_key_of_another_org_open_and_answer_nothing() {
    let vox = Voxanne::start().await;
    let (glow, harbor) = (vox.glow_api().await, vox.harbor_api().await);
    let cursor = glow.get("/services?limit=1").await.good()["next_cursor"].as_str().unwrap().to_owned();
    let own: Vec<Value> = glow.get("/services?limit=100").await.good()["items"].as_array().unwrap().clone();
    let after = harbor.get(&format!("/services?limit=100&cursor={cursor}")).await.good();
    let names = |item: &Value| item["id"].clone();
    let theirs: Vec<Value> = after["items"].as_array().unwrap().iter().map(names).collect();
    assert!(own.iter().all(|item| !theirs.contains(&item["id"])), "{theirs:?}");
    // One key, one body, two orgs; and two programs of one org: nobody is answered what somebody else was.
    let body = json!({"name": "Annex", "time_zone": "America/Denver"});
    let first = glow.post_once("same", "/locations", body.clone()).await.good();
    assert_eq!(glow.post_once("same", "/locations", body.clone()).await.good()["id"], first["id"]);
    let second = harbor.post_once("same", "/locations", body.clone()).await.good();
    let third = vox.glow_api().await.post_once("same", "/locations", body).await.good();
    assert!(second["id"] != first["id"] && third["id"] != first["id"]);
    assert_eq!(vox.count("locations where name = 'Annex'").await, 3);
}
