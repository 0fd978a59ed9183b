//! Stories that stay in the suite for good.

use insta::assert_snapshot;
use serde_json::{Value, json};

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

async fn tool(call: &crate::harness::Line, name: &str, arguments: Value) -> String {
    call.tool(name, arguments).await.unwrap().text().to_owned()
}

#[tokio::test]
async fn move_a_caller_books_moves_and_asks_what_is_ahead() {
    let vox = Voxanne::start().await;
    let call = vox.call(&call_ref(1));
    call.in_progress().await.unwrap();
    tool(&call, "book_appointment", booking("Botox", "2026-12-01", "9 AM", "Nina Falk")).await;
    let to = json!({"appointmentHint": "Botox", "newDate": "2026-12-08", "newTime": "9 AM"});
    let moved = tool(&call, "reschedule_appointment", to).await;
    assert!(
        moved.starts_with("I've moved your Botox appointment to Tuesday, December 8th at 9 AM."),
        "{moved}"
    );
    let ahead = tool(&call, "find_my_appointments", json!({})).await;
    assert_snapshot!(ahead, @"You have one visit ahead: Botox on Tuesday, December 8th at 9 AM.");
    call.end("customer-ended-call").await.unwrap();
    vox.run_jobs().await;
    assert_eq!(vox.texts_to(CALLER).len(), 2);
    assert_eq!(vox.count("appointments where status = 'scheduled'").await, 1);
}

#[tokio::test]
async fn cancel_a_caller_hears_the_policy_books_and_calls_off_too_late() {
    let vox = Voxanne::start().await;
    let call = vox.call_from(&vox.denver, &call_ref(1), Some(CALLER));
    let policy = tool(&call, "get_clinic_info", json!({"topic": "policies"})).await;
    assert_snapshot!(policy, @"Please change or cancel at least 48 hours before your visit. After that, there's a fee of $50.");
    tool(&call, "book_appointment", booking("HydraFacial", "tomorrow", "10 AM", "Owen Hale")).await;
    let gone = tool(&call, "cancel_appointment", json!({"appointmentHint": "HydraFacial"})).await;
    assert_snapshot!(gone, @"I've cancelled your HydraFacial appointment for Wednesday, November 25th at 10 AM. You'll receive a text to confirm that. As this is short notice, a fee of $50 applies.");
    assert_eq!(vox.count("tasks where kind = 'late_change'").await, 1);
    assert_eq!(vox.count("reservations").await, 0);
}

#[tokio::test]
async fn calendar_staff_block_an_afternoon_and_the_caller_takes_the_morning() {
    let vox = Voxanne::start().await;
    vox.connects(vox.harbor.org, None, "desk@harbor.example").await;
    let calendar = format!("{}/google/accounts/desk@harbor.example/events", vox.sandbox.url());
    let day = json!({"summary": "Team day", "start": "2026-12-01T12:00:00-05:00", "end": "2026-12-01T18:00:00-05:00"});
    assert_eq!(vox.http.post(&calendar).json(&day).send().await.unwrap().status(), 201);
    vox.sandbox.google().settled().await;
    vox.run_jobs().await;
    let call = vox.call_from(&vox.harbor, &call_ref(1), Some(CALLER));
    let wish = |time: &str| booking("HydraFacial", "2026-12-01", time, "Ida Palm");
    let refused = tool(&call, "book_appointment", wish("2 PM")).await;
    assert_snapshot!(refused, @"I'm sorry, there is something else in the calendar at that time. On Tuesday, December 1st I have 9:45 AM, 10:30 AM, and 11:15 AM; would one of those work?");
    let booked = tool(&call, "book_appointment", wish("9 AM")).await;
    assert!(booked.starts_with("Great! I've confirmed your HydraFacial appointment"), "{booked}");
    vox.run_jobs().await;
    let shown = vox.http.get(&calendar).send().await.unwrap().json::<Value>().await.unwrap();
    assert_eq!(
        (&shown[0]["summary"], &shown[0]["start"]),
        (&json!("HydraFacial - Ida P."), &json!("2026-12-01T14:00:00Z"))
    );
    assert_eq!(vox.count("appointments where status = 'scheduled'").await, 1);
}

#[tokio::test]
async fn race_laser_eight_callers_at_four_overlapping_times_and_one_wins() {
    let vox = Voxanne::start_with(|config| config.voice.tool_budget_ms = 19_000).await;
    let times = ["10:00", "10:15", "10:30", "10:45"];
    let book = async |n: u128| {
        let from = format!("+1310555{:04}", 1200 + n);
        let call = vox.call_from(&vox.glow, &call_ref(n), Some(&from));
        let wish =
            booking("Laser Treatment", "2026-12-01", times[usize::try_from(n).unwrap() % 4], "Kim Ito");
        tool(&call, "book_appointment", wish).await
    };
    let said = futures::future::join_all((0..8).map(book)).await;
    assert_eq!(said.iter().filter(|said| said.starts_with("Great!")).count(), 1, "{said:?}");
    assert!(said.iter().all(|said| said.starts_with("Great!") || said.starts_with("I'm sorry, that time")));
    assert_eq!(vox.count("appointments").await, 1);
}
