//! A caller moves their own visit.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::harness::{CALLER, Voxanne, booking, call_ref};

async fn booked(vox: &Voxanne, n: u128, service: &str, date: &str, time: &str) -> String {
    let call = vox.call(&call_ref(n));
    call.tool("book_appointment", booking(service, date, time, "Ana Diaz")).await.unwrap().text().to_owned()
}

async fn moved(vox: &Voxanne, n: u128, arguments: Value) -> String {
    vox.call(&call_ref(n)).tool("reschedule_appointment", arguments).await.unwrap().text().to_owned()
}

#[tokio::test]
async fn c17_a_visit_moves_once_with_one_text_and_leaves_its_old_time_free() {
    let vox = Voxanne::start().await;
    booked(&vox, 1, "Laser Treatment", "2026-12-01", "10:00").await;
    let practitioner: String = vox.one("select practitioner_id::text from appointments").await;
    let to = json!({"newDate": "2026-12-02", "newTime": "14:00"});
    let said = moved(&vox, 2, to.clone()).await;
    assert_snapshot!(said, @"I've moved your Laser Treatment appointment to Wednesday, December 2nd at 2 PM. You'll receive a text with the new time shortly.");
    assert_eq!(moved(&vox, 3, to).await, said, "the same wish under a new id is the same answer");
    assert_eq!(vox.count("appointments").await, 1);
    assert_eq!(vox.count("appointments where version = 2 and status = 'scheduled'").await, 1);
    assert_eq!(vox.count("appointments where local_starts_at = '2026-12-02 14:00'").await, 1);
    let kept: String = vox.one("select practitioner_id::text from appointments").await;
    assert_eq!(kept, practitioner, "the practitioner is kept");
    assert_eq!(vox.count("reservations where starts_at::date = '2026-12-01'").await, 0);
    assert_eq!(vox.count("reservations").await, 2);
    vox.run_jobs().await;
    let texts = vox.texts_to(CALLER);
    assert_eq!(texts.len(), 2);
    assert_snapshot!(texts[1].body, @"Glow MedSpa: your appointment has been moved to Wednesday, December 2 at 2:00 PM. Questions? Call +13105550199. Reply STOP to opt out.");
    let other = vox.call_from(&vox.glow, &call_ref(4), Some("+13105550143"));
    let said =
        other.tool("book_appointment", booking("Laser Treatment", "2026-12-01", "10:00", "Bea Fox")).await;
    assert!(said.unwrap().text().starts_with("Great!"), "the old time is free");
}

#[tokio::test]
async fn f13_a_visit_may_move_by_a_quarter_of_an_hour_over_its_own_time() {
    let vox = Voxanne::start().await;
    booked(&vox, 1, "Laser Treatment", "2026-12-01", "10:00").await;
    let said = moved(&vox, 2, json!({"newTime": "10:15"})).await;
    assert!(said.contains("Tuesday, December 1st at 10:15 AM"), "{said}");
}

#[tokio::test]
async fn a_taken_time_is_refused_and_everything_stays_as_it_was() {
    let vox = Voxanne::start().await;
    booked(&vox, 1, "Laser Treatment", "2026-12-01", "10:00").await;
    let other = vox.call_from(&vox.glow, &call_ref(2), Some("+13105550143"));
    other
        .tool("book_appointment", booking("Laser Treatment", "2026-12-01", "14:00", "Bea Fox"))
        .await
        .unwrap();
    let said = moved(&vox, 3, json!({"newDate": "2026-12-01", "newTime": "14:15"})).await;
    assert!(
        said.starts_with("I'm sorry, that time was just taken. On Tuesday, December 1st I have"),
        "{said}"
    );
    assert_eq!(vox.count("appointments where version = 1").await, 2);
    assert_eq!(vox.count("reservations").await, 4);
}

#[tokio::test]
async fn the_time_that_a_visit_has_is_not_offered_in_place_of_one_that_is_taken() {
    let vox = Voxanne::start().await;
    booked(&vox, 1, "Laser Treatment", "2026-12-01", "09:00").await;
    let other = vox.call_from(&vox.glow, &call_ref(2), Some("+13105550143"));
    other
        .tool("book_appointment", booking("Laser Treatment", "2026-12-01", "10:30", "Bea Fox"))
        .await
        .unwrap();
    let said = moved(&vox, 3, json!({"newDate": "2026-12-01", "newTime": "10:30"})).await;
    assert!(said.contains("On Tuesday, December 1st I have 12 PM"), "{said}");
}

#[tokio::test]
async fn with_two_visits_the_caller_says_which() {
    let vox = Voxanne::start().await;
    booked(&vox, 1, "Laser Treatment", "2026-12-01", "10:00").await;
    booked(&vox, 2, "Botox", "2026-12-03", "11:15").await;
    let to = |hint: &str| json!({"newDate": "2026-12-04", "newTime": "9:00 AM", "appointmentHint": hint});
    let said = moved(&vox, 3, to("")).await;
    assert_snapshot!(said, @"I see your Laser Treatment on Tuesday, December 1st at 10 AM and your Botox on Thursday, December 3rd at 11:15 AM. Which one do you mean?");
    assert!(moved(&vox, 4, to("the hydrafacial")).await.starts_with("I don't see that one, but I do see"));
    assert!(moved(&vox, 5, to("my botox")).await.starts_with("I've moved your Botox"));
    // One person is in one place.
    assert_snapshot!(
        moved(&vox, 6, to("the one on December 1st")).await,
        @"You have another appointment with us at that time. Would a different time suit you?"
    );
    let later =
        json!({"newDate": "2026-12-04", "newTime": "2 PM", "appointmentHint": "the one on December 1st"});
    assert!(moved(&vox, 7, later).await.starts_with("I've moved your Laser Treatment"));
}

#[tokio::test]
async fn a_visit_that_is_there_already_is_said_to_be() {
    let vox = Voxanne::start().await;
    booked(&vox, 1, "Botox", "2026-12-01", "10:00").await;
    let said = moved(&vox, 2, json!({"newDate": "2026-12-01", "newTime": "10 AM"})).await;
    assert_snapshot!(said, @"Your Botox appointment is on Tuesday, December 1st at 10 AM already. Would you like a different time?");
    assert_eq!(vox.count("appointments where version = 1").await, 1);
}

#[tokio::test]
async fn two_people_of_one_number_come_at_one_time() {
    let vox = Voxanne::start().await;
    booked(&vox, 1, "Botox", "2026-12-01", "10:00").await;
    let daughter = booking("HydraFacial", "2026-12-01", "14:00", "Lucia Diaz");
    vox.call(&call_ref(2)).tool("book_appointment", daughter).await.unwrap();
    let said = moved(&vox, 3, json!({"appointmentHint": "facial", "newTime": "10 AM"})).await;
    assert!(said.starts_with("I've moved your HydraFacial"), "{said}");
}

#[tokio::test]
async fn eight_requests_at_once_move_a_visit_and_none_is_told_that_somebody_else_does() {
    let vox = Voxanne::start_with(|config| config.voice.tool_budget_ms = 19_000).await;
    booked(&vox, 1, "Microneedling", "2026-12-01", "10:00").await;
    let to = |n: u128| json!({"newDate": format!("2026-12-0{}", 2 + n % 2), "newTime": "9 AM"});
    let said = futures::future::join_all((0..8).map(|n| moved(&vox, 2 + n, to(n)))).await;
    assert!(said.iter().all(|said| said.starts_with("I've moved your Microneedling")), "{said:?}");
    assert_eq!(vox.count("reservations where appointment_id is not null").await, 2);
}

#[tokio::test]
async fn p4_nobody_moves_a_visit_of_another_number() {
    let vox = Voxanne::start().await;
    booked(&vox, 1, "Botox", "2026-12-01", "10:00").await;
    let to = json!({"newDate": "2026-12-02", "newTime": "14:00", "customerPhone": CALLER, "appointmentHint": "Botox for Ana Diaz"});
    let other = vox.call_from(&vox.glow, &call_ref(2), Some("+13105550143"));
    let said = other.tool("reschedule_appointment", to.clone()).await.unwrap().text().to_owned();
    assert_snapshot!(said, @"I don't see an upcoming visit for the number you're calling from. Shall I have our team look into it?");
    let hidden = vox.call_from(&vox.glow, &call_ref(3), None);
    let said = hidden.tool("reschedule_appointment", to).await.unwrap().text().to_owned();
    assert_snapshot!(said, @"I can't see a number to look that up by. Would you like our team to call you back?");
    assert_eq!(vox.count("appointments where version = 1").await, 1);
}

#[tokio::test]
async fn a_late_move_stands_and_says_the_fee_of_the_policy_it_was_booked_under() {
    let vox = Voxanne::start().await;
    vox.exec(&format!(
        "insert into booking_policies (org_id, version, notice_minutes, fee_cents, created_at) values ('{}', 1, 1440, 5000, now())",
        vox.glow.org.0
    ))
    .await;
    booked(&vox, 1, "Botox", "2026-11-25", "09:00").await;
    // A stricter policy later changes nothing for visits that were booked before.
    vox.exec(&format!(
        "insert into booking_policies (org_id, version, notice_minutes, fee_cents, created_at) values ('{}', 2, 43200, 90000, now())",
        vox.glow.org.0
    ))
    .await;
    let said = moved(&vox, 2, json!({"newDate": "2026-12-02", "newTime": "14:00"})).await;
    assert_snapshot!(said, @"I've moved your Botox appointment to Wednesday, December 2nd at 2 PM. You'll receive a text with the new time shortly. As this is short notice, a fee of $50 applies.");
    assert_eq!(vox.count("tasks where kind = 'late_change'").await, 1);
    assert_eq!(vox.count("appointment_changes where late and action = 'moved'").await, 1);
    // Now it is a week ahead.
    let said = moved(&vox, 3, json!({"newDate": "2026-12-03"})).await;
    assert!(!said.contains("fee"), "{said}");
}
