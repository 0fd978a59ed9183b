//! What the assistant said in a call, held against what was done: a false promise is a task with both quotes.

use insta::assert_snapshot;
use serde_json::{Value, json};
use voxanne::jobs;

use crate::harness::{CALLER, Line, Voxanne, booking, call_ref};

const FALSE_TASKS: &str = "tasks where kind = 'false_promise'";

async fn tool(call: &Line, name: &str, arguments: Value) -> String {
    call.tool(name, arguments).await.unwrap().text().to_owned()
}

/// The assistant asks a tool and reads its answer out.
async fn read_out(call: &Line, name: &str, arguments: Value) -> String {
    let answer = tool(call, name, arguments).await;
    call.say_assistant(&answer).await.unwrap();
    answer
}

/// The call ends, and everything that follows is done.
async fn hang_up(vox: &Voxanne, call: &Line) {
    call.end("customer-ended-call").await.unwrap();
    settle(vox).await;
}

async fn settle(vox: &Voxanne) {
    jobs::make_due(&vox.app).await.unwrap();
    vox.run_jobs().await;
}

/// The only task of the sort, title and detail.
async fn task(vox: &Voxanne) -> String {
    assert_eq!(vox.count(FALSE_TASKS).await, 1);
    vox.one("select title || E'\\n' || detail from tasks where kind = 'false_promise'").await
}

#[tokio::test]
async fn booked_without_the_tool_is_a_task_with_both_quotes_and_a_notification() {
    let vox = Voxanne::start().await;
    let call = vox.call(&call_ref(1));
    call.in_progress().await.unwrap();
    call.say_user("Botox tomorrow at two, please.").await.unwrap();
    call.say_assistant("Of course. You're booked for tomorrow at 2 PM!").await.unwrap();
    hang_up(&vox, &call).await;
    assert_snapshot!(task(&vox).await, @"
    The caller was told of a visit that is not booked like that: call back and put it right
    Said (turn 2): “You're booked for tomorrow at 2 PM!”
    Returned: no tool was called that does this (book_appointment)
    ");
    assert_eq!(
        vox.count("notifications n join calls c on c.id = n.subject_id where n.kind = 'false_promise'").await,
        1
    );
    assert_eq!(vox.count("notifications where kind = 'false_promise' and title like '%PM%'").await, 0);
    assert_eq!(vox.count("tasks where kind = 'false_promise' and call_id is not null").await, 1);
}

#[tokio::test]
async fn another_time_than_was_booked_quotes_what_the_tool_returned() {
    let vox = Voxanne::start().await;
    let call = vox.call(&call_ref(1));
    tool(&call, "book_appointment", booking("Botox", "tomorrow", "3 PM", "Maria Lopez")).await;
    call.say_assistant("Great, your Botox appointment is confirmed for Wednesday at 2 PM.").await.unwrap();
    hang_up(&vox, &call).await;
    assert_snapshot!(task(&vox).await, @"
    The caller was told of a visit that is not booked like that: call back and put it right
    Said (turn 1): “Great, your Botox appointment is confirmed for Wednesday at 2 PM.”
    Returned (book_appointment): “Great! I've confirmed your Botox appointment for Wednesday, November 25th at 3 PM. You'll receive a text message confirmation shortly with all the details.”
    ");
}

#[tokio::test]
async fn a_text_is_promised_only_when_one_was_queued() {
    let vox = Voxanne::start().await;
    vox.exec("update integration_settings set texting_enabled = false").await;
    let call = vox.call(&call_ref(1));
    let said = tool(&call, "book_appointment", booking("Botox", "tomorrow", "2 PM", "Maria Lopez")).await;
    assert!(said.contains("I can't text you"), "{said}");
    call.say_assistant("You're all set for tomorrow at 2 PM. You'll receive a text shortly.").await.unwrap();
    hang_up(&vox, &call).await;
    assert_snapshot!(task(&vox).await, @"
    The caller was promised a text that was not sent: write or call
    Said (turn 1): “You'll receive a text shortly.”
    Returned (book_appointment): “Great! I've confirmed your Botox appointment for Wednesday, November 25th at 2 PM. Please make a note of it, since I can't text you a confirmation.”
    ");
}

#[tokio::test]
async fn another_price_than_the_price_list_has_is_a_task() {
    let vox = Voxanne::start().await;
    vox.exec("update services set price_cents = 60000 where name = 'Botox'").await;
    let call = vox.call(&call_ref(1));
    call.say_user("How much is it?").await.unwrap();
    call.say_assistant("Botox is $450 at our clinic.").await.unwrap();
    hang_up(&vox, &call).await;
    assert_snapshot!(task(&vox).await, @"
    The caller was told another price than the price list has: call back with the right one
    Said (turn 2): “Botox is $450 at our clinic.”
    On record: Botox is on the price list from $600
    ");
}

#[tokio::test]
async fn a_time_that_no_tool_returned_is_a_task() {
    let vox = Voxanne::start().await;
    let call = vox.call(&call_ref(1));
    let wish = json!({"date": "2026-12-01", "serviceType": "Botox", "partOfDay": "evening"});
    let said = tool(&call, "check_availability", wish).await;
    assert_snapshot!(said, @"For Tuesday, December 1st, I have availability at 5:15 PM. Which time works best for you?");
    // What only looks is recorded off the caller's path.
    vox.until_count("tool_calls", 1).await;
    call.say_assistant("On Tuesday, December 1st I have 5:15 PM or 7 PM, which would you like?")
        .await
        .unwrap();
    hang_up(&vox, &call).await;
    let task = task(&vox).await;
    assert!(task.contains("Returned (check_availability): “For Tuesday, December 1st"), "{task}");
    assert!(task.contains("5:15 PM or 7 PM"), "{task}");
}

#[tokio::test]
async fn each_kind_of_false_promise_is_its_own_task() {
    let vox = Voxanne::start().await;
    let call = vox.call(&call_ref(1));
    for said in [
        "I've cancelled your appointment.",
        "I've moved your visit to Friday at 10 AM.",
        "I've alerted our team and they'll call you back.",
        "I'm connecting you now.",
        "We're open until 11 PM.",
        "I've cancelled your appointment, as I said.",
    ] {
        call.say_assistant(said).await.unwrap();
    }
    hang_up(&vox, &call).await;
    let kinds: String = vox
        .one("select string_agg(split_part(dedupe_key, ':', 3), ' ' order by split_part(dedupe_key, ':', 3)) from tasks where kind = 'false_promise'")
        .await;
    assert_eq!(kinds, "call_back cancelled connecting hours moved");
    assert_eq!(vox.count("notifications where kind = 'false_promise'").await, 5);
}

#[tokio::test]
async fn an_honest_call_raises_nothing() {
    let vox = Voxanne::start().await;
    let call = vox.call(&call_ref(1));
    call.in_progress().await.unwrap();
    call.say_assistant("Thank you for calling Glow MedSpa. This call may be recorded. How can I help you?")
        .await
        .unwrap();
    read_out(&call, "get_clinic_info", json!({"topic": "hours"})).await;
    read_out(&call, "get_clinic_info", json!({"topic": "prices", "serviceType": "Botox"})).await;
    read_out(&call, "get_clinic_info", json!({"topic": "prices"})).await;
    read_out(&call, "get_clinic_info", json!({"topic": "policies"})).await;
    read_out(&call, "check_availability", json!({"date": "tomorrow", "serviceType": "Botox"})).await;
    read_out(&call, "find_openings", json!({"serviceType": "Botox"})).await;
    call.say_user("Nine tomorrow.").await.unwrap();
    call.say_assistant("That's Botox on Wednesday, November 25th, at 9 AM. Is that right?").await.unwrap();
    call.say_assistant("If you book now, you'll get a text with the details.").await.unwrap();
    read_out(&call, "book_appointment", booking("Botox", "tomorrow", "9 AM", "Maria Lopez")).await;
    call.say_assistant("So you're all set for tomorrow at 9 AM, and you'll get a confirmation text.")
        .await
        .unwrap();
    read_out(&call, "reschedule_appointment", json!({"newDate": "2026-12-08", "newTime": "9 AM"})).await;
    read_out(&call, "find_my_appointments", json!({})).await;
    read_out(&call, "join_waitlist", json!({"serviceType": "HydraFacial"})).await;
    read_out(&call, "cancel_appointment", json!({})).await;
    read_out(&call, "request_human", json!({"reason": "a question about filler"})).await;
    call.say_assistant("Is there anything else? Have a wonderful day!").await.unwrap();
    hang_up(&vox, &call).await;
    let wrong: String = vox
        .one("select coalesce(string_agg(detail, E'\\n'), '') from tasks where kind = 'false_promise'")
        .await;
    assert_eq!(wrong, "");
    assert_eq!(vox.count("notifications where kind = 'false_promise'").await, 0);
}

#[tokio::test]
async fn a_visit_of_an_earlier_call_may_be_spoken_of() {
    let vox = Voxanne::start().await;
    tool(&vox.call(&call_ref(1)), "book_appointment", booking("Botox", "2026-12-01", "2 PM", "Maria Lopez"))
        .await;
    let call = vox.call(&call_ref(2));
    call.say_assistant("Hi Maria, I see you have an appointment on Tuesday, December 1st at 2 PM.")
        .await
        .unwrap();
    hang_up(&vox, &call).await;
    assert_eq!(vox.count(FALSE_TASKS).await, 0);
}

#[tokio::test]
async fn e3_a_report_delivered_twice_and_a_job_that_runs_again_are_one_task() {
    let vox = Voxanne::start().await;
    let call = vox.call(&call_ref(1));
    call.say_assistant("You're booked for tomorrow at 2 PM!").await.unwrap();
    call.end("customer-ended-call").await.unwrap();
    call.end("customer-ended-call").await.unwrap();
    settle(&vox).await;
    vox.exec("select graphile_worker.add_job('check_promises', json_build_object('org', org_id, 'call', id)) from calls").await;
    settle(&vox).await;
    assert_eq!(vox.count(FALSE_TASKS).await, 1);
    // Done is done: the same promise does not come back.
    vox.exec("update tasks set done_at = now() where kind = 'false_promise'").await;
    vox.exec("select graphile_worker.add_job('check_promises', json_build_object('org', org_id, 'call', id)) from calls").await;
    settle(&vox).await;
    assert_eq!(vox.count(FALSE_TASKS).await, 1);
}

#[tokio::test]
async fn another_clinics_rows_neither_bear_a_promise_out_nor_get_its_task() {
    let vox = Voxanne::start().await;
    let line = vox.call_from(&vox.harbor, &call_ref(1), Some(CALLER));
    tool(&line, "book_appointment", booking("HydraFacial", "2026-12-01", "2 PM", "Maria Lopez")).await;
    let call = vox.call_from(&vox.glow, &call_ref(1), Some(CALLER));
    call.say_assistant("You're booked for Tuesday, December 1st at 2 PM.").await.unwrap();
    hang_up(&vox, &call).await;
    let org: uuid::Uuid = vox.one("select org_id from tasks where kind = 'false_promise'").await;
    assert_eq!(org, vox.glow.org.0);
    assert_eq!(vox.count("notifications where kind = 'false_promise'").await, 1);
}

#[tokio::test]
async fn what_the_demos_assistant_says_between_its_tools_is_no_promise() {
    let vox = Voxanne::start().await;
    let stories = concat!(
        include_str!("../../src/commands/stories/booking.rs"),
        include_str!("../../src/commands/stories/changes.rs"),
        include_str!("../../src/commands/stories/rules.rs"),
        include_str!("../../src/commands/stories/sales.rs"),
        include_str!("../../src/commands/stories/calendar.rs"),
    );
    let said: Vec<String> = stories
        .split(".hears(")
        .skip(1)
        .filter_map(|rest| rest.split('"').nth(1))
        .map(|said| said.replace("{}", "Tuesday, December 1st").replace("{time}", "2 PM"))
        .collect();
    assert!(said.len() >= 5, "{said:?}");
    let call = vox.call(&call_ref(1));
    for words in &said {
        call.say_assistant(words).await.unwrap();
    }
    hang_up(&vox, &call).await;
    let wrong: String = vox
        .one("select coalesce(string_agg(detail, E'\\n'), '') from tasks where kind = 'false_promise'")
        .await;
    assert_eq!(wrong, "");
}

#[tokio::test]
async fn the_platforms_own_view_of_the_caller_is_kept_beside_ours() {
    let vox = Voxanne::start().await;
    vox.post_fixture("end-of-call-report.booked").await;
    settle(&vox).await;
    let kept: Option<String> = vox.one("select platform_sentiment from calls").await;
    assert_eq!(kept.as_deref(), Some("positive"));
}
