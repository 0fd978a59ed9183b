//! One alert per call, whatever raised it.

use futures::future::join_all;
use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{MANAGER, Voxanne, call_ref};

fn lead() -> serde_json::Value {
    json!({
        "leadName": "Sarah Johnson", "leadPhone": "+13105550142", "serviceInterest": "Botox Consultation",
        "urgency": "high", "summary": "High-value lead detected during call",
    })
}

#[tokio::test]
async fn ts14_fifty_parallel_triggers_are_one_alert() {
    let vox = Voxanne::start_with(crate::harness::patient).await;
    let call = vox.call(&call_ref(1));
    let said = join_all((0..50).map(|_| call.tool("notify_hot_lead", lead()))).await;
    let mut heard: Vec<String> = said.into_iter().map(|s| s.unwrap().text().to_owned()).collect();
    heard.dedup();
    // Beyond thirty tool calls the loop guard speaks; nobody hears of a failure.
    assert!(heard.iter().all(|s| s.starts_with("Thank you.") || s.starts_with("I've tried")), "{heard:?}");
    call.say_user("I'm interested in Botox and filler, I have budget, need it this week").await.unwrap();
    call.end("customer-ended-call").await.unwrap();
    vox.run_jobs().await;
    vox.run_jobs().await;
    assert_eq!(vox.count("hot_lead_alerts").await, 1);
    assert_eq!(vox.count("notifications where kind = 'hot_lead'").await, 1);
    let texts = vox.texts_to(MANAGER);
    assert_eq!(texts.len(), 1);
    assert_snapshot!(texts[0].body, @"
    🔥 VOXANNE HOT LEAD ALERT:
    👤 Name: Sarah Johnson
    📞 Phone: +13105550142
    💉 Interest: Botox Consultation
    📝 Summary: High-value lead detected during call

    Action: Call them back ASAP to close the booking!
    ");
}

#[tokio::test]
async fn the_legacy_fixture_without_an_id_is_answered_in_its_own_form() {
    let vox = Voxanne::start().await;
    // A1: flat body, no id.
    let (status, body) = vox.post_fixture("function-call.flat").await;
    assert_eq!(status, 200);
    assert_snapshot!(body["result"].as_str().unwrap(), @"Thank you. I've just alerted our team, and they'll call you back as soon as they can.");
    let again = vox.post_fixture("function-call.flat").await;
    assert_eq!(again.1, body);
    assert_eq!(vox.count("hot_lead_alerts").await, 1);
}

#[tokio::test]
async fn without_an_alert_phone_nothing_is_promised_that_is_not_queued() {
    let vox = Voxanne::start().await;
    vox.exec(&format!(
        "update integration_settings set hot_lead_alert_phone = null where org_id = '{}'",
        vox.glow.org.0
    ))
    .await;
    let said = vox.call(&call_ref(1)).tool("notify_hot_lead", lead()).await.unwrap();
    assert_snapshot!(said.text(), @"Thank you. I've put your details in front of our team so they can call you back.");
    assert_eq!(vox.count("tasks").await, 1);
    assert_eq!(vox.count("texts").await, 0);
}
