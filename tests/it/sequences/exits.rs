//! What ends a run: no step leaves after it.

use serde_json::json;
use voxanne::seed;
use voxanne_sandbox::twilio::Inbound;

use super::{ANN, INTERESTED, add, agrees, called, consents, day, hours, no_booking, round, runs, steps_to};
use crate::harness::{Answered, Api, Voxanne};

/// Ann is on the way: the first of three steps has left.
async fn on_the_way() -> (Voxanne, Api, String) {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    agrees(&api, ANN).await;
    let steps = [day(1, "one"), day(4, "two"), day(10, "three")];
    let path = add(&api, no_booking(&steps)).await;
    called(&vox, Some(ANN), INTERESTED).await;
    round(&vox).await;
    hours(&vox, 25).await;
    assert_eq!(runs(&vox).await, "running 1");
    (vox, api, path)
}

/// Days go by; nothing more may leave.
async fn ends(vox: &Voxanne, reason: &str) {
    // Without the schedule that ends runs early: the promise holds at the step itself.
    voxanne::sequences::advance(&vox.app, vox.glow.org).await.unwrap();
    vox.later(jiff::SignedDuration::from_hours(4 * 24));
    voxanne::sequences::advance(&vox.app, vox.glow.org).await.unwrap();
    vox.run_jobs().await;
    assert_eq!(runs(vox).await, format!("{reason} 1"));
    hours(vox, 10 * 24).await;
    assert_eq!(steps_to(vox, ANN).await.len(), 1, "{reason}");
}

async fn texts_us(vox: &Voxanne, body: &str) {
    let token = format!("sandbox-{}", seed::GLOW.twilio_account);
    let text = Inbound {
        account_sid: seed::GLOW.twilio_account,
        auth_token: &token,
        from: ANN,
        to: &vox.glow.number,
        body,
        opt_out_type: None,
        media: 0,
    };
    let webhook = format!("{}/api/webhooks/twilio/inbound/{}", vox.url, vox.glow.org.0);
    assert_eq!(vox.sandbox.twilio().text_us(&webhook, &text).await.unwrap().status, 200);
}

#[tokio::test]
async fn a_reply_ends_it() {
    let (vox, _, _) = on_the_way().await;
    texts_us(&vox, "I'll think about it, thanks").await;
    ends(&vox, "replied").await;
}

#[tokio::test]
async fn t_m5_stop_ends_it() {
    let (vox, _, _) = on_the_way().await;
    texts_us(&vox, "STOP").await;
    ends(&vox, "opted_out").await;
}

#[tokio::test]
async fn a_booking_ends_it_also_one_that_is_called_off_again() {
    let (vox, api, _) = on_the_way().await;
    let service = api.id_of("/services", "Botox").await;
    let wish = json!({"service_id": service, "starts_at": "2026-11-27T18:30:00Z", "phone": ANN});
    let visit = api.post("/appointments", wish).await.good();
    let path = format!("/appointments/{}/cancel", visit["id"].as_str().unwrap());
    Answered::of(api.request("POST", &path).header("if-match", "*").json(&json!({}))).await.good();
    vox.run_jobs().await;
    ends(&vox, "booked").await;
}

#[tokio::test]
async fn consent_that_is_taken_back_ends_it() {
    let (vox, api, _) = on_the_way().await;
    consents(&api, ANN, false).await;
    ends(&vox, "no_consent").await;
}

#[tokio::test]
async fn a_complaint_ends_it() {
    let (vox, _, _) = on_the_way().await;
    called(&vox, Some(ANN), "I want to complain, this was the worst service and I want my money back").await;
    ends(&vox, "complained").await;
}

#[tokio::test]
async fn switching_the_sequence_off_ends_it() {
    let (vox, api, path) = on_the_way().await;
    let mut fields = no_booking(&[day(1, "one"), day(4, "two")]);
    fields["active"] = json!(false);
    api.put(&path, fields).await.good();
    ends(&vox, "switched_off").await;
}

#[tokio::test]
async fn deleting_the_sequence_ends_it() {
    let (vox, api, path) = on_the_way().await;
    assert_eq!(api.delete(&path).await.status, 204);
    api.get(&path).await.refused(404, "not_found");
    ends(&vox, "switched_off").await;
}

#[tokio::test]
async fn staff_end_one_run_and_twice_is_once() {
    let (vox, api, path) = on_the_way().await;
    let run = api.get(&format!("{path}/runs")).await.good()["items"][0].clone();
    assert_eq!(run["state"], "running");
    let stop = format!("/sequences/runs/{}/stop", run["id"].as_str().unwrap());
    for _ in 0..2 {
        let stopped = api.post(&stop, json!({})).await.good();
        assert_eq!((&stopped["state"], &stopped["stop_reason"]), (&json!("stopped"), &json!("staff")));
        assert!(stopped["next_at"].is_null());
    }
    ends(&vox, "staff").await;
}

#[tokio::test]
async fn a_run_that_lasts_too_long_ends() {
    let (vox, _, _) = on_the_way().await;
    vox.exec("update sequences set max_days = 2").await;
    ends(&vox, "max_days").await;
}

/// Ann's second step is queued, and the provider has not been asked yet.
async fn queued() -> (Voxanne, Api, String) {
    let (vox, api, path) = on_the_way().await;
    vox.later(jiff::SignedDuration::from_hours(3 * 24));
    voxanne::sequences::advance(&vox.app, vox.glow.org).await.unwrap();
    assert_eq!(vox.count("texts where kind = 'nurture' and state = 'queued'").await, 1);
    (vox, api, path)
}

#[tokio::test]
async fn a_step_that_has_not_left_is_taken_back_by_a_reply() {
    let (vox, _, _) = queued().await;
    texts_us(&vox, "Not now").await;
    assert_eq!(vox.count("texts where kind = 'nurture' and verdict = 'denied: too_late'").await, 1);
    vox.run_jobs().await;
    assert_eq!((runs(&vox).await.as_str(), steps_to(&vox, ANN).await.len()), ("replied 2", 1));
}

#[tokio::test]
async fn a_step_that_has_not_left_is_taken_back_by_a_booking() {
    let (vox, api, _) = queued().await;
    let service = api.id_of("/services", "Botox").await;
    let wish = json!({"service_id": service, "starts_at": "2026-12-07T18:30:00Z", "phone": ANN});
    api.post("/appointments", wish).await.good();
    round(&vox).await;
    assert_eq!((runs(&vox).await.as_str(), steps_to(&vox, ANN).await.len()), ("booked 2", 1));
}

#[tokio::test]
async fn a_step_that_has_not_left_is_taken_back_when_the_sequence_is_switched_off() {
    let (vox, api, path) = queued().await;
    let mut fields = no_booking(&[day(1, "one"), day(4, "two")]);
    fields["active"] = json!(false);
    api.put(&path, fields).await.good();
    vox.run_jobs().await;
    assert_eq!((runs(&vox).await.as_str(), steps_to(&vox, ANN).await.len()), ("switched_off 2", 1));
}

#[tokio::test]
async fn a_step_that_has_not_left_is_taken_back_when_staff_end_the_run() {
    let (vox, api, path) = queued().await;
    let run = api.get(&format!("{path}/runs")).await.good()["items"][0]["id"].as_str().unwrap().to_owned();
    api.post(&format!("/sequences/runs/{run}/stop"), json!({})).await.good();
    vox.run_jobs().await;
    assert_eq!((runs(&vox).await.as_str(), steps_to(&vox, ANN).await.len()), ("staff 2", 1));
}

#[tokio::test]
async fn whoever_answered_is_off_the_list_before_their_next_step() {
    let (vox, _, _) = on_the_way().await;
    texts_us(&vox, "Call me tomorrow").await;
    assert_eq!(runs(&vox).await, "replied 1");
}
