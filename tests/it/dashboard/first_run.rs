//! From an org that has nothing to a caller who books, over HTTP.

use reqwest::header::LOCATION;
use serde_json::{Value, json};
use voxanne::accounts::Role;
use voxanne::platform::ids::OrgId;

use crate::api::alert_phones::code_to;
use crate::harness::{ACCOUNT, Answered, Clinic, Person, Voxanne, booking, call_ref};

/// An org as `voxanne admin org create` makes it, and its owner, who need not set up a second factor first.
async fn new_org(vox: &Voxanne) -> (OrgId, Person) {
    let (org, owner) = vox.new_org().await;
    vox.exec(&format!(
        "update integration_settings set requires_second_factor = false where org_id = '{}'",
        org.0
    ))
    .await;
    (org, owner)
}

/// The steps that connect the outside, each by the form in its step: number, alert phone with its code, Google, assistant.
async fn connect_all(vox: &Voxanne, owner: &Person, org: OrgId) -> Clinic {
    let mut clinic = Clinic {
        org,
        assistant_id: "0a1b2c3d-aaaa-4bbb-8ccc-0123456789ab".to_owned(),
        phone_number_id: "0a1b2c3d-aaaa-4bbb-8ccc-0123456789ac".to_owned(),
        number: "+13105550555".to_owned(),
        secret: String::new(),
        door: String::new(),
    };
    let page = step(owner, "phone_number").await;
    assert!(page.contains("data-then=\"/dashboard/first-run?step=alert_phone\""), "on to the next: {page}");
    let site = first_option(&page, "loc_");
    let number = json!({"number": clinic.number, "platform_phone_number_id": clinic.phone_number_id, "location_id": site});
    owner.api("POST", &form_of(&page, "POST /api/v1/phone-numbers"), number).await.good();

    let page = step(owner, "alert_phone").await;
    assert!(!page.contains("id=\"phone-code\""), "no code is asked for yet");
    let wanted = json!({"phone": "+13105550166"});
    owner.api("POST", &form_of(&page, "POST /api/v1/settings/alert-phones"), wanted).await.good();
    vox.run_jobs().await;
    assert_eq!(state_of(owner, "alert_phone").await, "open", "it counts once the code is entered");
    let page = step(owner, "alert_phone").await;
    assert!(page.contains("id=\"phone-code\""), "{page}");
    let code = code_to(vox, "+13105550166");
    owner
        .api("POST", &form_of(&page, "POST /api/v1/settings/alert-phones/confirm"), json!({ "code": code }))
        .await
        .good();

    let page = step(owner, "calendar").await;
    assert!(page.contains("data-google data-return=\"/dashboard/first-run?step=calendar\""), "{page}");
    let back = consents_at(vox, owner, "/dashboard/first-run?step=calendar").await;
    assert_eq!(back.0, 303);
    assert_eq!(back.1, "/dashboard/first-run?step=calendar&consent=connected");
    assert!(owner.page(&back.1).await.text.contains("Google Calendar is connected."));
    vox.run_jobs().await;

    let page = step(owner, "assistant").await;
    let site = first_option(&page, "loc_");
    let assistant = json!({"name": "Ava", "platform_assistant_id": clinic.assistant_id, "location_id": site});
    owner.api("POST", &form_of(&page, "POST /api/v1/assistants"), assistant).await.good();
    let issued = owner
        .api("POST", &form_of(&page, "POST /api/v1/webhook-secrets"), json!({"proof": "x_vapi_secret"}))
        .await;
    issued.good()["secret"].as_str().unwrap().clone_into(&mut clinic.secret);
    assert!(page.contains("POST /api/v1/doors") && page.contains("POST /api/v1/settings/tests/assistant"));
    clinic
}

/// A consent that is begun on a page: where Google's answer leads, and with which status.
async fn consents_at(vox: &Voxanne, owner: &Person, page: &str) -> (u16, String) {
    let path =
        format!("/api/google-oauth/authorize?return_to={}", page.replace('?', "%3F").replace('=', "%3D"));
    let link = Answered::of(owner.request("GET", &path)).await.good();
    let back = vox.consents_as(owner, link["url"].as_str().unwrap(), ACCOUNT).await;
    let to = back.headers().get(LOCATION).map_or("", |to| to.to_str().unwrap());
    (back.status().as_u16(), to.to_owned())
}

fn first_option(page: &str, prefix: &str) -> String {
    let rest = page.split(&format!("<option value=\"{prefix}")).nth(1).unwrap();
    format!("{prefix}{}", rest.split('"').next().unwrap())
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

    for name in ["phone_number", "alert_phone", "calendar", "assistant"] {
        assert!(step(&owner, name).await.contains("Skip this step"));
    }
    let clinic = connect_all(&vox, &owner, org).await;
    assert!(!owner.page("/dashboard").await.text.contains("Finish setting up"), "nothing is left");
    assert!(owner.page("/dashboard/first-run").await.text.contains("You are set up"));

    let line = vox.call_from(&clinic, &call_ref(1), Some("+13105550142"));
    let said =
        line.tool("book_appointment", booking("Botox", "2026-12-01", "10:00 AM", "Ana Diaz")).await.unwrap();
    assert!(said.text().contains("Ana") || said.text().contains("10"), "{}", said.text());
    assert_eq!(vox.count(&format!("appointments where org_id = '{}'", org.0)).await, 1, "{}", said.text());
}

#[tokio::test]
async fn no_step_needs_one_that_comes_later_and_what_is_missing_is_said_where_it_is_needed() {
    let vox = Voxanne::start().await;
    let (_, owner) = new_org(&vox).await;
    let all = owner.api("GET", "/settings/first-run", Value::Null).await.good();
    let order: Vec<&Value> = all["steps"].as_array().unwrap().iter().map(|one| &one["step"]).collect();
    let expected = "clinic hours services practitioners assistant phone_number alert_phone calendar";
    assert_eq!(order, expected.split(' ').collect::<Vec<_>>());
    for (needs, there) in [("practitioners", "services"), ("phone_number", "assistant")] {
        let page = step(&owner, needs).await;
        let banner =
            page.split("<p class=\"banner warn\">").nth(1).and_then(|rest| rest.split("</p>").next());
        let leads =
            banner.is_some_and(|said| said.contains(&format!("href=\"/dashboard/first-run?step={there}\"")));
        assert!(leads, "{needs}: {page}");
    }
}

#[tokio::test]
async fn w15_a_consent_comes_back_to_the_page_it_was_begun_on_and_to_no_other_place() {
    let vox = Voxanne::start().await;
    let owner = vox.glow_staff(Role::Owner).await;
    for elsewhere in
        ["https%3A%2F%2Fevil.example", "%2F%2Fevil.example", "%2Fdashboard%2F%2Fevil.example", "%2Fsign-out"]
    {
        let path = format!("/api/google-oauth/authorize?return_to={elsewhere}");
        let refused = Answered::of(owner.request("GET", &path)).await;
        assert_eq!(refused.refused(422, "invalid_field")["field"], "return_to", "{elsewhere}");
    }
    let here = "/dashboard/settings/calendars";
    let path = format!("/api/google-oauth/authorize?return_to={here}");
    let link = Answered::of(owner.request("GET", &path)).await.good()["url"].as_str().unwrap().to_owned();
    // Whoever changes where the link leads has no link.
    let (before, ticket) = link.rsplit_once('=').unwrap();
    let mut parts: Vec<&str> = ticket.split('.').collect();
    parts[2] = "L2Rhc2hib2FyZC90ZWFt";
    let forged = vox.stranger().page(&format!("{before}={}", parts.join(".")).replace(&vox.url, "")).await;
    assert_eq!(forged.status, 410);
    // Somebody who refuses is back as well, and is told in their own language.
    let back = vox.says_no(&owner, &link).await;
    assert_eq!(back.headers()[LOCATION], format!("{here}?consent=refused"));
    assert_eq!(vox.count("calendar_connections where connected").await, 0);
    let told = owner.page(&format!("{here}?consent=refused")).await.text;
    assert!(told.contains("Nothing was connected, since access was not allowed."), "{told}");
    assert!(!owner.page(&format!("{here}?consent=pay-here")).await.text.contains("pay-here"));
}

#[tokio::test]
async fn a_clinic_keeps_its_calendar_here_by_one_button() {
    let vox = Voxanne::start().await;
    let (_, owner) = new_org(&vox).await;
    let page = step(&owner, "calendar").await;
    assert!(page.contains("\"calendar_of_record\":true"), "{page}");
    let body = json!({"feed_names": false, "calendar_of_record": true});
    let kept = owner.api("PUT", &form_of(&page, "PUT /api/v1/calendar-settings"), body).await.good();
    assert_eq!(kept, json!({"feed_names": false, "calendar_of_record": true}));
    assert_eq!(state_of(&owner, "calendar").await, "done");
    // Who says nothing about it leaves it as it is.
    let kept = owner.api("PUT", "/calendar-settings", json!({"feed_names": true})).await.good();
    assert_eq!(kept["calendar_of_record"], true);
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
