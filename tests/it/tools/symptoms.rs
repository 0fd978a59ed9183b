//! Somebody who may be hurt: alerted while the call still runs, never sold to, and sent to where help is.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::harness::{CALLER, Line, MANAGER, Voxanne, booking, call_ref};

const NURSE: &str = "+13105550188";
const SWOLLEN: &str = "My lip is swollen and it hurts a lot since the filler yesterday";
const BREATHLESS: &str = "I can't breathe and my throat is closing up after the injection";

async fn start() -> Voxanne {
    let vox = Voxanne::start().await;
    vox.exec(&format!("update integration_settings set clinical_alert_phone = '{NURSE}'")).await;
    vox
}

async fn tool(call: &Line, name: &str, arguments: Value) -> String {
    call.tool(name, arguments).await.unwrap().text().to_owned()
}

fn lead(summary: &str) -> Value {
    json!({
        "leadName": "Mia Torres", "leadPhone": CALLER, "serviceInterest": "Dermal Filler", "summary": summary, "urgency": "high",
    })
}

/// One clinical alert, and no sale.
async fn is_alerted_once(vox: &Voxanne) {
    assert_eq!(vox.count("tasks where kind = 'clinical_call_back' and call_id is not null").await, 1);
    assert_eq!(vox.count("notifications where kind = 'clinical_urgency'").await, 1);
    assert_eq!(vox.count("hot_lead_alerts").await, 0);
    vox.run_jobs().await;
    assert_eq!(vox.texts_to(NURSE).len(), 1);
    assert!(vox.texts_to(MANAGER).is_empty());
}

#[tokio::test]
async fn ts13_a_symptom_told_as_a_lead_is_no_sale_and_alerts_clinical_staff_during_the_call() {
    let vox = start().await;
    let call = vox.call(&call_ref(1));
    let said = tool(&call, "notify_hot_lead", lead(SWOLLEN)).await;
    assert_snapshot!(said, @"I've alerted our team, and they'll call you back as soon as they can. If it gets worse, or your breathing or vision changes, hang up and call 911.");
    is_alerted_once(&vox).await;
    // The score at the end finds the alert there.
    call.say_user(SWOLLEN).await.unwrap();
    call.end("customer-ended-call").await.unwrap();
    vox.run_jobs().await;
    is_alerted_once(&vox).await;
}

#[tokio::test]
async fn an_emergency_is_told_to_call_for_help_by_the_number_of_its_region() {
    let vox = start().await;
    let call = vox.call(&call_ref(1));
    let reason = json!({"reason": BREATHLESS, "urgency": "high"});
    assert_snapshot!(tool(&call, "request_human", reason.clone()).await, @"Please hang up now and call 911. I've alerted our team as well.");
    is_alerted_once(&vox).await;
    vox.exec("update orgs set default_region = 'GB'; update integration_settings set clinical_alert_phone = null, hot_lead_alert_phone = null").await;
    let vox = vox.restarted().await;
    let call = vox.call(&call_ref(2));
    assert_snapshot!(tool(&call, "request_human", reason).await, @"Please hang up now and call 999. I've noted it for our team as urgent.");
}

#[tokio::test]
async fn an_emergency_books_nothing_and_a_symptom_that_can_wait_does() {
    let vox = start().await;
    let mut wish = booking("Botox", "tomorrow", "2 PM", "Mia Torres");
    wish["notes"] = BREATHLESS.into();
    let said = tool(&vox.call(&call_ref(1)), "book_appointment", wish.clone()).await;
    assert_snapshot!(said, @"Please hang up now and call 911. I've alerted our team as well.");
    assert_eq!(vox.count("appointments").await, 0);
    wish["notes"] = SWOLLEN.into();
    let call = vox.call(&call_ref(2));
    let said = tool(&call, "book_appointment", wish.clone()).await;
    assert_snapshot!(said, @"Great! I've confirmed your Botox appointment for Wednesday, November 25th at 2 PM. You'll receive a text message confirmation shortly with all the details. I've alerted our team too; call 911 if it gets worse.");
    assert_eq!(vox.count("appointments").await, 1);
    assert_eq!(vox.count("tasks where kind = 'clinical_call_back'").await, 2, "one for each call");
    // E2: the same request again has the same answer and no other effect.
    assert_eq!(tool(&call, "book_appointment", wish).await, said);
    assert_eq!(vox.count("appointments").await, 1);
    assert_eq!(vox.count("tasks where kind = 'clinical_call_back'").await, 2);
}

#[tokio::test]
async fn a_symptom_in_a_reason_to_cancel_or_a_wish_to_wait_is_heard_too() {
    let vox = start().await;
    let call = vox.call(&call_ref(1));
    tool(&call, "book_appointment", booking("HydraFacial", "tomorrow", "10 AM", "Mia Torres")).await;
    let said = tool(&call, "cancel_appointment", json!({"reason": SWOLLEN})).await;
    assert!(said.starts_with("I've cancelled your HydraFacial appointment"), "{said}");
    assert_eq!(vox.count("tasks where kind = 'clinical_call_back'").await, 1);
    let wish = json!({"serviceType": "Botox", "notes": SWOLLEN});
    let said = tool(&vox.call(&call_ref(2)), "join_waitlist", wish).await;
    assert_eq!(vox.count("tasks where kind = 'clinical_call_back'").await, 2, "{said}");
    assert_eq!(vox.count("waitlist_entries").await, 1);
}

#[tokio::test]
async fn a_person_who_is_there_takes_the_call_and_otherwise_one_calls_back() {
    let vox = start().await;
    let call = vox.call(&call_ref(1));
    let reason = json!({"reason": SWOLLEN, "urgency": "high"});
    let said = tool(&call, "request_human", reason.clone()).await;
    assert_snapshot!(said, @"I've alerted our team, and I'm connecting you now. If it gets worse, or your breathing or vision changes, hang up and call 911.");
    let again = tool(&call, "request_human", reason).await;
    assert_snapshot!(again, @"I've alerted our team, and they'll call you back as soon as they can. If it gets worse, or your breathing or vision changes, hang up and call 911.");
    assert_eq!(vox.count("tasks where kind = 'call_back'").await, 0, "one call back is asked for, not two");
    is_alerted_once(&vox).await;
}

#[tokio::test]
async fn a_caller_without_a_number_is_asked_for_one_and_staff_get_it() {
    let vox = start().await;
    let call = vox.call_from(&vox.glow, &call_ref(1), None);
    let said = tool(&call, "notify_hot_lead", json!({"summary": SWOLLEN})).await;
    assert_snapshot!(said, @"What's the best phone number to reach you at, please?");
    assert_eq!(
        vox.count("tasks where kind = 'clinical_call_back'").await,
        1,
        "the alert does not wait for it"
    );
    let said = tool(&call, "notify_hot_lead", lead(SWOLLEN)).await;
    assert!(said.starts_with("I've alerted our team"), "{said}");
    assert_eq!(vox.count(&format!("tasks where kind = 'call_back' and title like '%{CALLER}%'")).await, 1);
}

#[tokio::test]
async fn what_a_caller_says_is_alerted_at_once_and_once() {
    let vox = start().await;
    let call = vox.call(&call_ref(1));
    call.in_progress().await.unwrap();
    call.say_assistant("Do you have any trouble breathing, or is your face swollen?").await.unwrap();
    call.say_user("No, no trouble breathing at all.").await.unwrap();
    assert_eq!(vox.count("tasks where kind = 'clinical_call_back'").await, 0);
    call.say_user(BREATHLESS).await.unwrap();
    // T-S13: the call still runs.
    is_alerted_once(&vox).await;
    call.say_user(SWOLLEN).await.unwrap();
    tool(&call, "request_human", json!({"reason": BREATHLESS})).await;
    call.end("customer-ended-call").await.unwrap();
    vox.run_jobs().await;
    is_alerted_once(&vox).await;
    assert_eq!(vox.count("calls where class = 'clinical_urgency'").await, 1);
}

#[tokio::test]
async fn words_without_a_symptom_change_nothing() {
    let vox = start().await;
    let call = vox.call(&call_ref(1));
    let said =
        tool(&call, "notify_hot_lead", lead("Wants filler this week, no swelling from the last one")).await;
    assert!(said.starts_with("Thank you."), "{said}");
    assert_eq!(vox.count("hot_lead_alerts").await, 1);
    assert_eq!(vox.count("tasks where kind = 'clinical_call_back'").await, 0);
}
