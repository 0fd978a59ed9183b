//! Who enters, and who never does.

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::{ANN, BEA, INTERESTED, add, agrees, at, called, day, hours, no_booking, round, runs, steps_to};
use crate::harness::{Answered, Api, MANAGER, Voxanne};

async fn begin() -> (Voxanne, Api) {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    agrees(&api, ANN).await;
    (vox, api)
}

#[tokio::test]
async fn a_warm_caller_who_did_not_book_and_agreed_is_texted_a_day_later_once() {
    let (vox, api) = begin().await;
    add(&api, no_booking(&[day(1, "still thinking about it? Just reply")])).await;
    called(&vox, Some(ANN), INTERESTED).await;
    round(&vox).await;
    assert_eq!(runs(&vox).await, "running 0");
    at(&vox, "2026-11-25T18:59:00Z").await;
    assert!(steps_to(&vox, ANN).await.is_empty());
    at(&vox, "2026-11-25T19:00:00Z").await;
    hours(&vox, 1).await;
    hours(&vox, 24).await;
    assert_snapshot!(steps_to(&vox, ANN).await.join("\n"), @"Glow MedSpa: still thinking about it? Just reply. Questions? Call +13105550199. Reply STOP to opt out.");
    assert_eq!(runs(&vox).await, "done 1");
    let text: String = vox
        .one("select kind || ' ' || verdict || ' ' || (dedupe_key = 'nurture:' || r.id || ':0') from texts t join sequence_runs r on r.contact_id = t.contact_id")
        .await;
    assert_eq!(text, "nurture allowed: marketing true");
}

#[tokio::test]
async fn nobody_enters_without_consent_whatever_they_said() {
    let (vox, api) = begin().await;
    let path = add(&api, no_booking(&[day(1, "hello")])).await;
    called(&vox, Some(ANN), INTERESTED).await;
    called(&vox, Some(BEA), INTERESTED).await;
    round(&vox).await;
    assert_eq!(vox.count("sequence_runs").await, 1);
    let preview = api.post(&format!("{path}/preview"), json!({})).await.good();
    assert_eq!(preview["last_30_days"], json!({"people": 2, "without_consent": 1}));
    // Whoever agrees within two days of the call still enters, and has not missed a thing.
    agrees(&api, BEA).await;
    round(&vox).await;
    assert_eq!(vox.count("sequence_runs").await, 2);
}

#[tokio::test]
async fn callers_who_are_no_leads_never_enter() {
    let (vox, api) = begin().await;
    add(&api, no_booking(&[day(1, "hello")])).await;
    let people = [
        (ANN, "I want to complain, this was the worst service and I want my money back"),
        (BEA, "My face is swollen and I can't breathe after the filler"),
        ("+13105550103", "I'm calling from a marketing agency, we offer SEO services for your business"),
        ("+13105550104", "Sorry, wrong number"),
        ("+13105550105", "Are you hiring? I'd like to send you my resume for the open position"),
        ("+13105550106", "Hi, just wondering what your address is"),
        (MANAGER, INTERESTED),
    ];
    for (phone, said) in people {
        agrees(&api, phone).await;
        called(&vox, Some(phone), said).await;
    }
    called(&vox, None, INTERESTED).await;
    round(&vox).await;
    let classes: String = vox
        .one("select string_agg(class || ' ' || temperature, ', ' order by class, temperature) from calls")
        .await;
    assert_snapshot!(classes, @"clinical_urgency cold, complaint cold, job_seeker cold, new_lead cold, new_lead hot, new_lead hot, vendor cold, wrong_number cold");
    assert_eq!(vox.count("sequence_runs").await, 0);
    // A complaint speaks against its caller for a while, whatever they say next.
    called(&vox, Some(ANN), INTERESTED).await;
    round(&vox).await;
    assert_eq!(vox.count("sequence_runs").await, 0);
}

#[tokio::test]
async fn a_caller_who_asked_for_openings_enters_and_one_who_booked_does_not() {
    let (vox, api) = begin().await;
    agrees(&api, BEA).await;
    add(&api, no_booking(&[day(1, "hello")])).await;
    let asked = vox.call_from(&vox.glow, &crate::harness::call_ref(1), Some(ANN));
    asked.in_progress().await.unwrap();
    let openings = json!({"serviceType": "Botox", "preferredDate": "2026-12-01"});
    asked.tool("check_availability", openings).await.unwrap();
    asked.say_user("Hi, when do you have time?").await.unwrap();
    asked.end("customer-ended-call").await.unwrap();
    vox.until_count("tool_calls", 1).await;

    let booked = vox.call_from(&vox.glow, &crate::harness::call_ref(2), Some(BEA));
    booked.in_progress().await.unwrap();
    booked.say_user(INTERESTED).await.unwrap();
    let mut wish = crate::harness::booking("Botox", "2026-12-01", "10:30", "Bea Diaz");
    wish["customerPhone"] = json!(BEA);
    booked.tool("book_appointment", wish).await.unwrap();
    booked.end("customer-ended-call").await.unwrap();
    vox.until_count("calls where report_at is not null", 2).await;
    vox.run_jobs().await;
    vox.run_jobs().await;
    round(&vox).await;
    let who: String = vox
        .one("select string_agg(phone, ', ') from sequence_runs r join contacts k on k.id = r.contact_id")
        .await;
    assert_eq!(who, ANN);
}

#[tokio::test]
async fn what_happened_before_a_sequence_was_switched_on_makes_nobody_enter() {
    let (vox, api) = begin().await;
    agrees(&api, BEA).await;
    called(&vox, Some(ANN), INTERESTED).await;
    hours(&vox, 1).await;
    let mut fields = no_booking(&[day(1, "hello")]);
    fields["active"] = json!(false);
    let path = add(&api, fields.clone()).await;
    called(&vox, Some(BEA), INTERESTED).await;
    round(&vox).await;
    fields["active"] = json!(true);
    hours(&vox, 1).await;
    api.put(&path, fields).await.good();
    round(&vox).await;
    assert_eq!(vox.count("sequence_runs").await, 0);
    called(&vox, Some(BEA), INTERESTED).await;
    round(&vox).await;
    assert_eq!(vox.count("sequence_runs").await, 1);
}

#[tokio::test]
async fn one_call_makes_somebody_enter_once_and_the_next_only_after_a_while() {
    let (vox, api) = begin().await;
    add(&api, no_booking(&[day(1, "hello")])).await;
    called(&vox, Some(ANN), INTERESTED).await;
    round(&vox).await;
    called(&vox, Some(ANN), INTERESTED).await;
    round(&vox).await;
    assert_eq!(runs(&vox).await, "running 0");
    hours(&vox, 48).await;
    called(&vox, Some(ANN), INTERESTED).await;
    round(&vox).await;
    assert_eq!(runs(&vox).await, "done 1", "they were in it two days ago");
    hours(&vox, 91 * 24).await;
    called(&vox, Some(ANN), INTERESTED).await;
    round(&vox).await;
    assert_eq!(runs(&vox).await, "done 1, running 0");
}

/// Books a visit and takes it to its end, as staff do.
async fn visited(vox: &Voxanne, api: &Api, phone: &str, service: &str) -> String {
    let service = api.id_of("/services", service).await;
    let starts_at = (vox.app.clock.now() + jiff::SignedDuration::from_hours(24)).to_string();
    let wish = json!({"service_id": service, "starts_at": starts_at, "name": "Ana Diaz", "phone": phone});
    let visit = api.post("/appointments", wish).await.good();
    let id = visit["id"].as_str().unwrap().to_owned();
    vox.later(jiff::SignedDuration::from_hours(25));
    for status in ["arrived", "completed"] {
        let path = format!("/appointments/{id}/state");
        let request = api.request("POST", &path).header("if-match", "*").json(&json!({"status": status}));
        Answered::of(request).await.good();
    }
    id
}

fn after_visit(more: &Value) -> Value {
    let mut fields = json!({
        "name": "Thanks", "trigger": "after_visit", "active": true,
        "steps": [{"after_days": 1, "words": {"en": "Hi {first_name}, thank you from {clinic}. {questions}"}}],
    });
    fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    fields
}

#[tokio::test]
async fn a_completed_visit_makes_its_person_enter_if_it_is_of_the_services() {
    let (vox, api) = begin().await;
    let botox = api.id_of("/services", "Botox").await;
    add(&api, after_visit(&json!({"services": [botox]}))).await;
    visited(&vox, &api, BEA, "Laser Treatment").await;
    agrees(&api, BEA).await;
    round(&vox).await;
    assert_eq!(vox.count("sequence_runs").await, 0);
    visited(&vox, &api, ANN, "Botox").await;
    round(&vox).await;
    assert_eq!(runs(&vox).await, "running 0");
    hours(&vox, 25).await;
    let last = steps_to(&vox, ANN).await.pop().unwrap();
    assert_snapshot!(last, @"Hi Ana, thank you from Glow MedSpa. Questions? Call +13105550199. Reply STOP to opt out.");
}

#[tokio::test]
async fn a_patient_who_has_not_come_for_long_enters_once_a_day_is_looked_and_only_with_nothing_ahead() {
    let (vox, api) = begin().await;
    agrees(&api, BEA).await;
    visited(&vox, &api, ANN, "Botox").await;
    visited(&vox, &api, BEA, "Botox").await;
    let mut lapsed = after_visit(&json!({"trigger": "lapsed", "lapsed_days": 90}));
    lapsed["name"] = json!("We miss you");
    add(&api, lapsed).await;
    hours(&vox, 88 * 24).await;
    assert_eq!(vox.count("sequence_runs").await, 0);
    // Bea has booked again.
    let service = api.id_of("/services", "Botox").await;
    let starts_at = (vox.app.clock.now() + jiff::SignedDuration::from_hours(10 * 24)).to_string();
    api.post("/appointments", json!({"service_id": service, "starts_at": starts_at, "phone": BEA}))
        .await
        .good();
    hours(&vox, 48).await;
    let who: String = vox
        .one("select string_agg(phone, ', ') from sequence_runs r join contacts k on k.id = r.contact_id")
        .await;
    assert_eq!(who, ANN);
    hours(&vox, 24).await;
    hours(&vox, 24).await;
    assert_eq!(runs(&vox).await, "done 1");
}

#[tokio::test]
async fn b4_the_other_tenants_people_are_not_touched() {
    let (vox, api) = begin().await;
    let harbor = vox.harbor_api().await;
    agrees(&harbor, ANN).await;
    add(&harbor, no_booking(&[day(1, "hello from Harbor")])).await;
    add(&api, no_booking(&[day(1, "hello from Glow")])).await;
    called(&vox, Some(ANN), INTERESTED).await;
    for org in [vox.harbor.org, vox.glow.org] {
        voxanne::sequences::enter(&vox.app, org).await.unwrap();
    }
    hours(&vox, 25).await;
    voxanne::sequences::advance(&vox.app, vox.harbor.org).await.unwrap();
    vox.run_jobs().await;
    assert_eq!(steps_to(&vox, ANN).await.len(), 1);
    let of_harbor = format!("sequence_runs where org_id = '{}'", vox.harbor.org.0);
    assert_eq!(vox.count(&of_harbor).await, 0);
}
