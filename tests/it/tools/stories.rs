//! Three stories that stay in the suite for good.

use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{CALLER, MANAGER, Voxanne, booking, call_ref};

#[tokio::test]
async fn a_caller_asks_for_times_tomorrow() {
    let vox = Voxanne::start().await;
    let call = vox.call(&call_ref(1));
    call.in_progress().await.unwrap();
    let said =
        call.tool("check_availability", json!({"date": "tomorrow", "serviceType": "Botox"})).await.unwrap();
    assert_snapshot!(said.text(), @"For Wednesday, November 25th, I have availability at 9 AM, 9:45 AM, 10:30 AM, 11:15 AM, 12 PM, and 7 more times. Which time works best for you?");
}

#[tokio::test]
async fn a_caller_books_botox_at_2_pm() {
    let vox = Voxanne::start().await;
    let call = vox.call(&call_ref(1));
    call.in_progress().await.unwrap();
    let said =
        call.tool("book_appointment", booking("Botox", "tomorrow", "2 PM", "Maria Lopez")).await.unwrap();
    assert!(
        said.text().starts_with(
            "Great! I've confirmed your Botox appointment for Wednesday, November 25th at 2 PM."
        )
    );
    call.say_user("Perfect, thank you.").await.unwrap();
    call.end("customer-ended-call").await.unwrap();
    vox.run_jobs().await;
    assert_eq!(vox.texts_to(CALLER).len(), 1);
    assert_eq!(vox.count("calls where state = 'ended' and report_at is not null").await, 1);
    // C13: the end of the call never changes the visit.
    assert_eq!(vox.count("appointments where status = 'scheduled'").await, 1);
    // The next time she rings, she is known.
    let ring = vox.call(&call_ref(2)).ask_for_assistant().await.unwrap();
    let known = &ring.body["assistantOverrides"]["variableValues"];
    assert_eq!(known["customerName"], "Maria");
    assert_eq!(known["upcomingVisit"], "Botox on Wednesday, November 25th at 2 PM");
}

#[tokio::test]
async fn e21_a_caller_wants_botox_and_filler_has_budget_and_needs_it_this_week() {
    let vox = Voxanne::start().await;
    let call = vox.call(&call_ref(1));
    call.in_progress().await.unwrap();
    call.say_assistant("Thanks for calling Glow MedSpa, how can I help?").await.unwrap();
    call.say_user("I'm interested in Botox and filler, I have budget, need it this week").await.unwrap();
    call.end("customer-ended-call").await.unwrap();
    vox.run_jobs().await;
    vox.run_jobs().await;
    // T-S12.
    assert_eq!(vox.count("calls where temperature = 'hot' and score >= 70 and class = 'new_lead'").await, 1);
    let texts = vox.texts_to(MANAGER);
    assert_eq!(texts.len(), 1);
    assert!(texts[0].body.starts_with("🔥 VOXANNE HOT LEAD ALERT:"));
    assert!(texts[0].body.contains(CALLER));
}
