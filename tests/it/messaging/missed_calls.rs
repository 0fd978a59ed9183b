//! Callers whose call ended before they were helped are texted back, once a day, and nobody else is.

use jiff::SignedDuration;
use serde_json::json;
use voxanne::jobs;

use super::later;
use crate::harness::{CALLER, Line, Voxanne, booking, call_ref};

fn line(vox: &Voxanne, n: u128, from: Option<&str>) -> Line {
    vox.call_from(&vox.glow, &call_ref(n), from)
}

/// The caller hangs up at the greeting.
async fn hung_up(vox: &Voxanne, n: u128, from: Option<&str>) {
    let call = line(vox, n, from);
    call.in_progress().await.unwrap();
    call.end("customer-ended-call").await.unwrap();
}

/// Scores what ended, waits as long as texting back does, and sends.
async fn settle(vox: &Voxanne) {
    vox.run_jobs().await;
    later(vox, 121).await;
    vox.run_jobs().await;
}

fn told(vox: &Voxanne, phone: &str) -> Vec<String> {
    vox.texts_to(phone).into_iter().map(|text| text.body).collect()
}

#[tokio::test]
async fn who_hangs_up_at_the_greeting_is_texted_back_once_a_day() {
    let vox = Voxanne::start().await;
    hung_up(&vox, 1, Some(CALLER)).await;
    settle(&vox).await;
    let first = told(&vox, CALLER);
    assert!(first.len() == 1 && first[0].starts_with("Glow MedSpa: sorry we couldn't help you"), "{first:?}");
    assert_eq!(vox.count("questions where kind = 'helped' and closed_at is null").await, 1);
    // The same again that day, and the report twice.
    hung_up(&vox, 2, Some(CALLER)).await;
    hung_up(&vox, 2, Some(CALLER)).await;
    settle(&vox).await;
    assert_eq!(told(&vox, CALLER).len(), 1);
    // The next day is another day.
    vox.later(SignedDuration::from_hours(24));
    hung_up(&vox, 3, Some(CALLER)).await;
    settle(&vox).await;
    assert_eq!(told(&vox, CALLER).len(), 2);
    assert_eq!(vox.count("tasks where kind = 'text_not_sent'").await, 0);
}

#[tokio::test]
async fn a_call_that_broke_off_is_owed_a_word_unless_something_came_of_it() {
    let vox = Voxanne::start().await;
    let broken = "call.in-progress.error-providerfault-eleven-labs-500";
    let call = line(&vox, 1, Some(CALLER));
    call.in_progress().await.unwrap();
    call.say_user("Hi, what times do you have for Botox next Tuesday in the morning?").await.unwrap();
    call.tool("check_availability", json!({"serviceType": "Botox", "date": "2026-12-01"})).await.unwrap();
    call.end(broken).await.unwrap();
    // This one was booked before the line broke.
    let other = "+13105550152";
    let booked = line(&vox, 2, Some(other));
    booked.in_progress().await.unwrap();
    let mut wish = booking("Botox", "2026-12-01", "10:30", "Ana Diaz");
    wish["customerPhone"] = other.into();
    booked.tool("book_appointment", wish).await.unwrap();
    booked.end(broken).await.unwrap();
    // This one wants a person, and has a promise.
    let third = "+13105550153";
    let promised = line(&vox, 3, Some(third));
    promised.in_progress().await.unwrap();
    promised.tool("request_human", json!({"reason": "billing"})).await.unwrap();
    promised.end(broken).await.unwrap();
    // This one was asked for the time when it broke.
    let fourth = "+13105550154";
    let unfinished = line(&vox, 4, Some(fourth));
    unfinished.in_progress().await.unwrap();
    unfinished
        .tool("book_appointment", json!({"serviceType": "Botox", "preferredDate": "2026-12-01"}))
        .await
        .unwrap();
    unfinished.end(broken).await.unwrap();
    settle(&vox).await;
    assert_eq!(told(&vox, CALLER).len(), 1);
    assert!(
        told(&vox, fourth)[0].starts_with("Glow MedSpa: to finish your booking"),
        "{:?}",
        told(&vox, fourth)
    );
    assert_eq!(vox.count("questions where kind = 'details'").await, 1);
    assert_eq!(told(&vox, other).len(), 1, "the confirmation");
    assert_eq!(told(&vox, third).len(), 0);
}

#[tokio::test]
async fn who_calls_again_and_is_helped_gets_no_apology() {
    let vox = Voxanne::start().await;
    hung_up(&vox, 1, Some(CALLER)).await;
    vox.run_jobs().await;
    vox.later(SignedDuration::from_secs(30));
    let again = line(&vox, 2, Some(CALLER));
    again.in_progress().await.unwrap();
    again.tool("book_appointment", booking("Botox", "2026-12-01", "10:30", "Ana Diaz")).await.unwrap();
    later(&vox, 121).await;
    again.end("customer-ended-call").await.unwrap();
    settle(&vox).await;
    assert_eq!(vox.count("texts where kind = 'missed_call'").await, 0);
    assert_eq!(vox.count("texts where kind = 'confirmation'").await, 1);
}

#[tokio::test]
async fn hidden_numbers_vendors_staff_and_orgs_that_do_not_want_it_get_none() {
    let vox = Voxanne::start().await;
    hung_up(&vox, 1, None).await;
    hung_up(&vox, 2, Some("+13105550199")).await;
    let vendor = line(&vox, 3, Some("+13105550152"));
    vendor.in_progress().await.unwrap();
    vendor
        .say_user("I'm calling from Acme Marketing, we'd like to offer you our SEO services")
        .await
        .unwrap();
    vendor.end("pipeline-error-openai-llm-failed").await.unwrap();
    settle(&vox).await;
    vox.exec("update integration_settings set missed_call_text = false").await;
    hung_up(&vox, 4, Some(CALLER)).await;
    settle(&vox).await;
    assert_eq!(vox.count("calls where scored_at is not null").await, 4);
    assert_eq!(vox.count("texts where kind = 'missed_call'").await, 0);
    // The rule could have failed.
    vox.exec("update integration_settings set missed_call_text = true").await;
    hung_up(&vox, 5, Some(CALLER)).await;
    settle(&vox).await;
    assert_eq!(vox.count("texts where kind = 'missed_call'").await, 1);
}

#[tokio::test]
async fn whoever_is_helped_during_the_night_gets_no_word_in_the_morning() {
    let vox = Voxanne::start().await;
    // 11 PM in Los Angeles.
    vox.later(SignedDuration::from_hours(13));
    hung_up(&vox, 1, Some(CALLER)).await;
    settle(&vox).await;
    let again = line(&vox, 2, Some(CALLER));
    again.in_progress().await.unwrap();
    let wish = booking("Botox", "2026-12-01", "10:00", "Dana Fox");
    assert!(again.tool("book_appointment", wish).await.unwrap().text().starts_with("Great!"));
    again.end("customer-ended-call").await.unwrap();
    settle(&vox).await;
    vox.later(SignedDuration::from_hours(9));
    jobs::make_due(&vox.app).await.unwrap();
    vox.run_jobs().await;
    assert_eq!(vox.count("texts where kind in ('missed_call', 'details_request')").await, 0);
    assert_eq!(told(&vox, CALLER).len(), 1, "their confirmation");
}

#[tokio::test]
async fn by_night_it_waits_for_the_morning_and_who_said_stop_is_a_task() {
    let vox = Voxanne::start().await;
    // 11 PM in Los Angeles.
    vox.later(SignedDuration::from_hours(13));
    hung_up(&vox, 1, Some(CALLER)).await;
    settle(&vox).await;
    assert_eq!(told(&vox, CALLER).len(), 0);
    vox.later(SignedDuration::from_hours(9));
    jobs::make_due(&vox.app).await.unwrap();
    vox.run_jobs().await;
    assert_eq!(told(&vox, CALLER).len(), 1);

    let stopped = "+13105550152";
    vox.exec(&format!(
        "insert into opt_outs (org_id, phone, source, opted_out_at) values ('{}', '{stopped}', 'reply', now())",
        vox.glow.org.0
    ))
    .await;
    hung_up(&vox, 2, Some(stopped)).await;
    settle(&vox).await;
    assert_eq!(told(&vox, stopped).len(), 0);
    assert_eq!(vox.count("tasks where kind = 'text_not_sent'").await, 1);
}
