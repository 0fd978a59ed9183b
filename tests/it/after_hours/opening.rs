//! What staff find when they open.

use insta::assert_snapshot;

use serde_json::json;

use super::{EVENING, after, hot, later, tasks};
use crate::harness::{CALLER, MANAGER};

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
