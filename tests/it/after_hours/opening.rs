//! What staff find when they open.

use insta::assert_snapshot;

use serde_json::json;

use super::{EVENING, HOT, after, called, hot, later, tasks, told};
use crate::harness::{CALLER, MANAGER, Voxanne, call_ref};

#[tokio::test]
async fn staff_find_one_task_per_call_when_they_open_and_none_before() {
    let vox = after(EVENING).await;
    hot(&vox, 1, CALLER).await;
    // 8:59 in the morning.
    later(&vox, 14 * 60 - 1).await;
    assert_eq!(tasks(&vox, "call_hot_lead").await, "");
    for _ in 0..3 {
        later(&vox, 1).await;
    }
    assert_snapshot!(tasks(&vox, "call_hot_lead").await, @"Call +13105550142: hot lead while you were closed, two times offered by text, no visit yet");
    assert_eq!(vox.count("tasks where kind = 'call_hot_lead' and call_id is not null").await, 1);
}

#[tokio::test]
async fn a_caller_who_is_known_is_named_in_the_task_and_in_the_text() {
    let vox = after(EVENING).await;
    vox.exec(&format!(
        "insert into contacts (org_id, id, phone, name, created_at) values ('{}', gen_random_uuid(), '{CALLER}', 'Dana Fox', now())",
        vox.glow.org.0
    ))
    .await;
    hot(&vox, 1, CALLER).await;
    assert!(vox.last_to(CALLER).starts_with("Hi Dana, this is Glow MedSpa."), "{}", vox.last_to(CALLER));
    later(&vox, 14 * 60).await;
    assert_snapshot!(tasks(&vox, "call_hot_lead").await, @"Call Dana Fox (+13105550142): hot lead while you were closed, two times offered by text, no visit yet");
    let said = vox.says(CALLER, "2").await;
    assert!(said.contains("confirmed for"), "{said}");
    assert_eq!(vox.count("appointments where customer_name = 'Dana Fox'").await, 1);
}

#[tokio::test]
async fn nobody_is_asked_to_call_a_lead_that_somebody_has_taken() {
    let vox = after(EVENING).await;
    hot(&vox, 1, CALLER).await;
    assert!(vox.says(MANAGER, "1").await.contains(CALLER), "{}", vox.last_to(MANAGER));
    assert_eq!(vox.count("escalations where acknowledged_at is not null").await, 1);
    later(&vox, 14 * 60).await;
    assert_eq!(vox.count("tasks where kind = 'call_hot_lead'").await, 0);
    // Taken after the opening, the task is done.
    let other = "+13105550152";
    later(&vox, 10 * 60).await;
    hot(&vox, 2, other).await;
    later(&vox, 14 * 60).await;
    assert_ne!(tasks(&vox, "call_hot_lead").await, "");
    vox.says(MANAGER, "1").await;
    later(&vox, 1).await;
    assert_eq!(tasks(&vox, "call_hot_lead").await, "");
}

#[tokio::test]
async fn where_alerts_wait_for_opening_their_task_says_that_times_were_offered() {
    let vox = after(EVENING).await;
    let api = vox.glow_api().await;
    let settings = json!({"alert_rungs_minutes": [3, 8, 15], "alerts_wait_for_opening": true});
    let now = api.put("/settings/alerts", settings).await.good();
    assert_eq!(now["after_hours_offer"], json!(true));
    hot(&vox, 1, CALLER).await;
    later(&vox, 14 * 60).await;
    assert_eq!(tasks(&vox, "call_hot_lead").await, "");
    assert_snapshot!(tasks(&vox, "hot_lead_waits").await, @"Call +13105550142: hot lead while you were closed, two times offered by text, no visit yet");
}

#[tokio::test]
async fn a_clinic_switches_offers_off_over_the_api() {
    let vox = after(EVENING).await;
    let api = vox.glow_api().await;
    let settings =
        json!({"alert_rungs_minutes": [3], "alerts_wait_for_opening": false, "after_hours_offer": false});
    assert_eq!(api.put("/settings/alerts", settings).await.good()["after_hours_offer"], json!(false));
    // What is not said stays.
    let settings = json!({"alert_rungs_minutes": [3, 8], "alerts_wait_for_opening": false});
    assert_eq!(api.put("/settings/alerts", settings).await.good()["after_hours_offer"], json!(false));
    hot(&vox, 1, CALLER).await;
    assert_eq!(vox.count("times_offers").await, 0);
}

/// Tasks of either kind that staff find at opening, and none before.
async fn at_opening(vox: &Voxanne) -> String {
    let both =
        async || format!("{}{}", tasks(vox, "hot_lead_waits").await, tasks(vox, "call_hot_lead").await);
    // 8:59 in the morning.
    later(vox, 14 * 60 - 1).await;
    assert_eq!(both().await, "");
    for _ in 0..3 {
        later(vox, 1).await;
    }
    both().await
}

#[tokio::test]
async fn staff_find_a_hot_caller_with_a_hidden_number_when_they_open() {
    let vox = after(EVENING).await;
    called(&vox, &vox.glow, (1, None), HOT).await;
    assert_eq!((vox.count("times_offers").await, vox.texts_to(MANAGER).len()), (0, 1));
    assert_snapshot!(at_opening(&vox).await, @"A hot lead with a hidden number came while nobody was there: see what they said");
    assert_eq!(vox.count("tasks where kind = 'hot_lead_waits' and call_id is not null").await, 1);
}

#[tokio::test]
async fn t11_staff_find_a_hot_caller_who_said_stop_when_they_open() {
    let vox = after(EVENING).await;
    vox.exec(&format!(
        "insert into opt_outs (org_id, phone, source, opted_out_at) values ('{}', '{CALLER}', 'reply', now())",
        vox.glow.org.0
    ))
    .await;
    hot(&vox, 1, CALLER).await;
    assert_snapshot!(at_opening(&vox).await, @"A hot lead came while nobody was there: call +13105550142 back");
    assert!(told(&vox, CALLER).is_empty());
}

#[tokio::test]
async fn staff_find_a_hot_caller_of_a_clinic_that_has_no_time_left_or_offers_none() {
    for change in [
        "insert into time_off (org_id, id, practitioner_id, starts_at, ends_at)
         select org_id, gen_random_uuid(), id, '2026-11-01', '2027-12-24' from resources where name = 'Jonah Reed'",
        "update integration_settings set after_hours_offer = false",
    ] {
        let vox = after(EVENING).await;
        vox.exec(change).await;
        hot(&vox, 1, CALLER).await;
        assert_eq!(vox.count("times_offers").await, 0, "{change}");
        assert_eq!(at_opening(&vox).await, "A hot lead came while nobody was there: call +13105550142 back", "{change}");
    }
}

/// The assistant tells of a caller whose words alone are not hot.
async fn told_by_the_assistant(vox: &Voxanne, n: u128, from: Option<&str>) {
    let line = vox.call_from(&vox.glow, &call_ref(n), from);
    line.in_progress().await.unwrap();
    let lead = json!({"leadName": "Sarah Johnson", "leadPhone": CALLER, "serviceInterest": "Botox", "summary": "Wants to come soon"});
    line.tool("notify_hot_lead", lead).await.unwrap();
    line.say_user("How much does it cost?").await.unwrap();
    line.end("customer-ended-call").await.unwrap();
    vox.run_jobs().await;
    vox.run_jobs().await;
}

#[tokio::test]
async fn a_lead_of_the_assistants_alone_is_offered_times_and_called_at_opening() {
    let vox = after(EVENING).await;
    told_by_the_assistant(&vox, 1, Some(CALLER)).await;
    assert_eq!(vox.count("calls where temperature = 'hot'").await, 0, "or this proves nothing");
    assert_eq!(told(&vox, CALLER).len(), 1);
    assert!(told(&vox, CALLER)[0].contains("kept two times for you"), "{:?}", told(&vox, CALLER));
    assert_snapshot!(at_opening(&vox).await, @"Call +13105550142: hot lead while you were closed, two times offered by text, no visit yet");
}

#[tokio::test]
async fn a_lead_of_the_assistants_alone_whom_no_text_reaches_is_found_at_opening() {
    let vox = after(EVENING).await;
    told_by_the_assistant(&vox, 1, None).await;
    assert_eq!(vox.count("times_offers").await, 0);
    assert_snapshot!(at_opening(&vox).await, @"A hot lead came while nobody was there: call Sarah Johnson back");
    // Done with the alert.
    vox.says(MANAGER, "1").await;
    assert_eq!(tasks(&vox, "hot_lead_waits").await, "");
}

#[tokio::test]
async fn whoever_is_taken_by_night_or_comes_by_day_leaves_no_task_for_opening() {
    let vox = after(EVENING).await;
    told_by_the_assistant(&vox, 1, None).await;
    assert!(vox.says(MANAGER, "1").await.starts_with("Yours"));
    assert_eq!(at_opening(&vox).await, "");
    // Half past nine.
    later(&vox, 28).await;
    told_by_the_assistant(&vox, 2, None).await;
    for _ in 0..4 {
        later(&vox, 5).await;
    }
    assert_eq!(vox.count("escalations where rung = 3 and closed_at is null").await, 1, "nobody took it");
    assert_eq!(tasks(&vox, "hot_lead_waits").await, "");
}

#[tokio::test]
async fn a_lead_that_nobody_took_before_closing_is_found_at_opening() {
    // 5:59 PM in Los Angeles: open for a minute more.
    let vox = after(7).await;
    vox.later(jiff::SignedDuration::from_mins(59));
    told_by_the_assistant(&vox, 1, None).await;
    later(&vox, 61).await;
    assert_eq!(tasks(&vox, "hot_lead_waits").await, "");
    assert_snapshot!(at_opening(&vox).await, @"A hot lead came while nobody was there: call Sarah Johnson back");
}
