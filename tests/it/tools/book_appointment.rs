//! Booking: once, for the right time, and never two people in one place.

use futures::future::join_all;
use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{CALLER, Voxanne, booking, call_ref, patient};

#[tokio::test]
async fn a_booking_says_so_and_leaves_visit_text_and_notification() {
    let vox = Voxanne::start().await;
    let said = vox
        .call(&call_ref(1))
        .tool("book_appointment", booking("Botox", "2027-02-01", "2pm", "Sarah Johnson"))
        .await
        .unwrap();
    assert_snapshot!(
        said.text(),
        @"Great! I've confirmed your Botox appointment for Monday, February 1st at 2 PM. You'll receive a text message confirmation shortly with all the details."
    );
    // T-S7, D1: the instant is UTC, the wall time the clinic's.
    let stored: String = vox.one("select starts_at at time zone 'UTC' || ' ' || local_starts_at || ' ' || time_zone || ' ' || status from appointments").await;
    assert_eq!(stored, "2027-02-01 22:00:00 2027-02-01 14:00:00 America/Los_Angeles scheduled");
    assert_eq!(vox.count("reservations").await, 2, "a practitioner and a room");
    assert_eq!(vox.count("contacts where name = 'Sarah Johnson'").await, 1);
    assert_eq!(vox.count("notifications where kind = 'appointment'").await, 1);
    assert!(vox.texts_to(CALLER).is_empty(), "E11: no text leaves while the caller waits");

    vox.run_jobs().await;
    let texts = vox.texts_to(CALLER);
    assert_eq!(texts.len(), 1);
    assert_snapshot!(texts[0].body, @"Glow MedSpa: your appointment is confirmed for Monday, February 1 at 2:00 PM. Questions? Call +13105550199. Reply STOP to opt out.");
}

#[tokio::test]
async fn v1_the_same_tool_call_again_gets_the_same_answer_and_no_second_effect() {
    let vox = Voxanne::start_with(patient).await;
    let call = vox.call(&call_ref(1));
    let ask = || {
        call.tool_with_id(
            "call_same",
            "book_appointment",
            booking("Botox", "2026-12-01", "14:00", "Dana Fox"),
        )
    };
    let first = ask().await.unwrap();
    assert!(first.text().starts_with("Great!"));
    let again = join_all((0..64).map(|_| ask())).await;
    for said in again {
        assert_eq!(said.unwrap().text(), first.text());
    }
    assert_eq!(vox.count("appointments").await, 1);
    assert_eq!(vox.count("texts").await, 1);
}

#[tokio::test]
async fn v2_the_same_id_with_other_arguments_is_asked_about_and_does_nothing() {
    let vox = Voxanne::start().await;
    let call = vox.call(&call_ref(1));
    call.tool_with_id("call_x", "book_appointment", booking("Botox", "2026-12-01", "14:00", "Dana Fox"))
        .await
        .unwrap();
    let other = call
        .tool_with_id("call_x", "book_appointment", booking("Botox", "2026-12-02", "14:00", "Dana Fox"))
        .await
        .unwrap();
    assert_snapshot!(other.text(), @"I want to be sure I have that right. Could you please tell me once more what you'd like?");
    assert_eq!(vox.count("appointments").await, 1);
}

#[tokio::test]
async fn v3_c8_a_new_id_with_the_same_intent_is_the_same_visit() {
    let vox = Voxanne::start().await;
    let call = vox.call(&call_ref(1));
    let first =
        call.tool("book_appointment", booking("Botox", "2026-12-01", "14:00", "Dana O'Neil")).await.unwrap();
    // T-B10: the client gave up and asks again; the model spells the name another way.
    let again =
        call.tool("book_appointment", booking("botox", "December 1st", "2 PM", "Dana Oneil")).await.unwrap();
    assert_eq!(again.text(), first.text());
    // Another call from the same phone, the same wish: still one visit.
    let later = vox
        .call(&call_ref(2))
        .tool("book_appointment", booking("Botox", "2026-12-01", "14:00", "Dana O'Neil"))
        .await
        .unwrap();
    assert_eq!(later.text(), first.text());
    assert_eq!(vox.count("appointments").await, 1);
    assert_eq!(vox.count("texts").await, 1);
}

#[tokio::test]
async fn the_parallel_duplicate_of_the_fixture_is_one_appointment_and_two_equal_results() {
    let vox = Voxanne::start().await;
    let (status, body) = vox.post_fixture("tool-calls.parallel.duplicate-booking").await;
    assert_eq!(status, 200);
    let results = body["results"].as_array().unwrap();
    assert_eq!(results[0]["toolCallId"], "call_d1");
    assert_eq!(results[1]["toolCallId"], "call_d2");
    assert_eq!(results[0]["result"], results[1]["result"]);
    assert_snapshot!(
        results[0]["result"].as_str().unwrap(),
        @"Great! I've confirmed your Dermal Filler appointment for Thursday, November 26th at 2:30 PM. You'll receive a text message confirmation shortly with all the details."
    );
    assert_eq!(vox.count("appointments").await, 1);
}

#[tokio::test]
async fn tb1_c1_two_hundred_callers_one_slot_one_winner() {
    let vox = Voxanne::start_with(patient).await;
    let calls: Vec<_> = (0..200_u128)
        .map(|n| vox.call_from(&vox.glow, &call_ref(n), Some(&format!("+1310555{:04}", 100 + n % 100))))
        .collect();
    let said = join_all(calls.iter().enumerate().map(|(n, call)| {
        let name = ["Ana", "Bea", "Cleo", "Dora", "Edna", "Fay", "Gil", "Hal", "Ivy", "Jan"][n % 10];
        let last = char::from(b'A' + u8::try_from(n / 10).unwrap());
        call.tool(
            "book_appointment",
            booking("Laser Treatment", "2026-12-01", "10:00", &format!("{name} {last}")),
        )
    }))
    .await;
    let said: Vec<String> = said.into_iter().map(|s| s.unwrap().text().to_owned()).collect();
    let won = said.iter().filter(|s| s.starts_with("Great!")).count();
    assert_eq!(won, 1, "{said:#?}");
    let refused = said
        .iter()
        .filter(|s| s.starts_with("I'm sorry, that time was just taken. On Tuesday, December 1st I have"))
        .count();
    assert_eq!(refused, 199, "{said:#?}");
    assert_eq!(vox.count("appointments").await, 1);
    assert_eq!(overlaps(&vox).await, 0);
    // R13: by design there is nothing to deadlock on.
    assert_eq!(
        vox.one::<i64>("select deadlocks from pg_stat_database where datname = current_database()").await,
        0
    );
}

/// Active claims of one lane that overlap: what the constraint forbids, counted independently of it.
async fn overlaps(vox: &Voxanne) -> i64 {
    vox.count(
        "(select starts_at, lag(ends_at) over (partition by org_id, resource_id, lane order by starts_at) as before from reservations) r
          where before > starts_at",
    )
    .await
}

#[tokio::test]
async fn tb2_tb3_tb4_overlapping_wishes_for_one_laser_never_meet() {
    let vox = Voxanne::start_with(patient).await;
    let times = ["10:00", "10:15", "10:30", "10:45", "11:00", "11:30", "12:00", "12:15"];
    let calls: Vec<_> = (0..160_u128)
        .map(|n| vox.call_from(&vox.glow, &call_ref(n), Some(&format!("+1310555{:04}", 100 + n % 100))))
        .collect();
    join_all(calls.iter().enumerate().map(|(n, call)| {
        call.tool(
            "book_appointment",
            booking("Laser Treatment", "2026-12-02", times[n % times.len()], "Ana Diaz"),
        )
    }))
    .await;
    let booked = vox.count("appointments").await;
    assert!((2..=3).contains(&booked), "an hour each with clean-up, from 10 to 1 PM: {booked}");
    assert_eq!(overlaps(&vox).await, 0);
}

#[tokio::test]
async fn tb9_a_visit_may_start_when_the_one_before_is_cleaned_up() {
    let vox = Voxanne::start().await;
    let book = async |n: u128, time: &str| {
        let call = vox.call_from(&vox.glow, &call_ref(n), Some(&format!("+131055501{n:02}")));
        call.tool("book_appointment", booking("Laser Treatment", "2026-12-03", time, "Ana Diaz"))
            .await
            .unwrap()
            .text()
            .to_owned()
    };
    assert!(book(1, "10:00").await.starts_with("Great!"));
    // T-R3: inside the clean-up is refused; at its end is allowed.
    assert_snapshot!(
        book(2, "10:45").await,
        @"I'm sorry, that time was just taken. On Thursday, December 3rd I have 9 AM, 11:15 AM, and 12 PM; would one of those work?"
    );
    assert!(book(3, "11:00").await.starts_with("Great!"));
}

#[tokio::test]
async fn c16_ts2_closed_hours_past_times_and_odd_requests_are_refused_in_words() {
    let vox = Voxanne::start().await;
    let mut n = 0;
    let mut refused = async |date: &str, time: &str| {
        n += 1;
        let call = vox.call(&call_ref(n));
        call.tool("book_appointment", booking("Botox", date, time, "Ana Diaz"))
            .await
            .unwrap()
            .text()
            .to_owned()
    };
    assert_snapshot!(refused("2026-12-01", "03:00").await, @"I'm sorry, that's outside our opening hours. On Tuesday, December 1st I have 9 AM, 9:45 AM, and 10:30 AM; would one of those work?");
    assert_snapshot!(refused("2026-12-01", "17:45").await, @"I'm sorry, that's outside our opening hours. On Tuesday, December 1st I have 3:45 PM, 4:30 PM, and 5:15 PM; would one of those work?");
    assert_snapshot!(refused("today", "9 AM").await, @"I'm sorry, that time has already passed. On Tuesday, November 24th I have 10:30 AM, 11:15 AM, and 12 PM; would one of those work?");
    assert_snapshot!(refused("2028-06-01", "10:00").await, @"I'm sorry, we aren't booking that far ahead yet. Which other day would suit you?");
    // P6, D9: what cannot be a time books nothing and is asked about.
    assert_snapshot!(refused("2026-12-01", "24:00").await, @"That isn't a time of day. What time would you like?");
    assert_snapshot!(refused("2026-12-01", "at 7").await, @"Did you mean 7 AM or 7 PM?");
    assert_snapshot!(refused("9999-12-01", "10:00").await, @"I'm sorry, we aren't booking that far ahead yet. Which other day would suit you?");
    assert_snapshot!(refused("blursday", "10:00").await, @"I didn't catch which day you meant. Could you say the day once more?");
    assert_eq!(vox.count("appointments").await, 0);
}

#[tokio::test]
async fn p6_an_absurd_duration_is_refused_and_the_catalogue_rules_a_sane_one() {
    let vox = Voxanne::start().await;
    let mut arguments = booking("Botox", "2026-12-01", "10:00", "Ana Diaz");
    for (n, absurd) in (10..).zip([json!(10_000), json!(-5), json!("0")]) {
        arguments["durationMinutes"] = absurd;
        let said = vox.call(&call_ref(n)).tool("book_appointment", arguments.clone()).await.unwrap();
        assert_eq!(
            said.text(),
            "I can't book a visit of that length. Shall I book the usual length instead?"
        );
    }
    // C11: the service knows how long it takes, whatever the model thinks.
    arguments["durationMinutes"] = json!("soon");
    vox.call(&call_ref(2)).tool("book_appointment", arguments).await.unwrap();
    assert_eq!(vox.count("appointments where ends_at - starts_at = interval '45 minutes'").await, 1);
}

#[tokio::test]
async fn c12_an_unknown_service_is_kept_as_said() {
    let vox = Voxanne::start().await;
    let said = vox
        .call(&call_ref(1))
        .tool("book_appointment", booking("Teeth Whitening", "2026-12-01", "10:00", "Ana Diaz"))
        .await
        .unwrap();
    assert!(said.text().contains("your Teeth Whitening appointment"), "{}", said.text());
    assert_eq!(vox.count("appointments a join services s on s.id = a.service_id where s.is_other and a.service_said = 'Teeth Whitening'").await, 1);
}

#[tokio::test]
async fn e1_c6_the_caller_id_comes_first_and_a_given_number_is_kept_beside_it() {
    let vox = Voxanne::start().await;
    let mut arguments = booking("Botox", "2026-12-01", "10:00", "Ana Diaz");
    arguments["customerPhone"] = json!("(310) 555-0188");
    vox.call(&call_ref(1)).tool("book_appointment", arguments.clone()).await.unwrap();
    let phones: String = vox.one("select customer_phone || ' ' || said_phone from appointments").await;
    assert_eq!(phones, format!("{CALLER} +13105550188"));

    // A hidden caller id: the number given is all there is; without one nothing is invented.
    let hidden = vox.call_from(&vox.glow, &call_ref(2), None);
    arguments["customerPhone"] = json!("call me maybe");
    arguments["preferredTime"] = json!("11:00");
    let said = hidden.tool("book_appointment", arguments.clone()).await.unwrap();
    assert_snapshot!(said.text(), @"What's the best phone number to reach you at, please?");
    arguments["customerPhone"] = json!("three one oh, five five five, oh one four four");
    assert!(hidden.tool("book_appointment", arguments).await.unwrap().text().starts_with("Great!"));
    assert_eq!(vox.count("contacts where phone = '+13105550144'").await, 1);
    vox.run_jobs().await;
    assert_eq!(vox.texts_to("+13105550144").len(), 1);
}

#[tokio::test]
async fn ts4_ts5_ts6_tb5_without_a_readable_calendar_a_visit_is_pending_and_holds_its_time() {
    let vox = Voxanne::start().await;
    let book = async |n: u128, from: &str| {
        let call = vox.call_from(&vox.harbor, &call_ref(n), Some(from));
        call.tool("book_appointment", booking("Laser Treatment", "2026-12-01", "10:00", "Ana Diaz"))
            .await
            .unwrap()
            .text()
            .to_owned()
    };
    // Harbor has no calendar connected and is not its own calendar of record.
    assert_snapshot!(
        book(1, "+12125550142").await,
        @"I've scheduled your Laser Treatment appointment for Tuesday, December 1st at 10 AM. Our team will call you within 24 hours to confirm. You'll also receive a text confirmation."
    );
    assert!(book(2, "+12125550143").await.starts_with("I'm sorry, that time was just taken."));
    assert_eq!(vox.count("appointments where status = 'pending'").await, 1);
    assert_eq!(vox.count("tasks where kind = 'confirm_appointment'").await, 1);

    // Connected but stale is unknown, never free: still pending. Fresh: scheduled.
    vox.exec(&format!(
        "insert into calendar_connections (org_id, id, provider) values ('{0}', '{1}', 'caldav');
         insert into calendars (org_id, id, connection_id, external_id, name, blocks, synced_at) values ('{0}', '{1}', '{1}', 'primary', 'Clinic', true, '2026-11-24T10:00:00Z')",
        vox.harbor.org.0, "00000000-0000-4000-8000-0000000000aa"
    ))
    .await;
    let book_at = async |n: u128, time: &str| {
        let call = vox.call_from(&vox.harbor, &call_ref(n), Some("+12125550144"));
        call.tool("book_appointment", booking("Botox", "2026-12-01", time, "Bea Fox"))
            .await
            .unwrap()
            .text()
            .to_owned()
    };
    assert!(book_at(3, "10:00").await.contains("within 24 hours to confirm"));
    vox.exec("update calendars set synced_at = '2026-11-24T17:59:00Z'").await;
    assert!(book_at(4, "11:00").await.starts_with("Great!"));
}

#[tokio::test]
async fn d1_d13_stored_spoken_and_texted_times_agree_in_every_zone() {
    let vox = Voxanne::start().await;
    for (n, zone, utc) in [
        (1_u128, "Africa/Lagos", "2026-12-01 13:00:00"),
        (2, "Europe/London", "2026-12-01 14:00:00"),
        (3, "America/Los_Angeles", "2026-12-01 22:00:00"),
        (4, "Asia/Kathmandu", "2026-12-01 08:15:00"),
    ] {
        vox.exec(&format!("update locations set time_zone = '{zone}' where org_id = '{}'; delete from reservations; delete from texts; delete from appointment_changes; delete from reminders; delete from appointments;", vox.glow.org.0)).await;
        let said = vox
            .call(&call_ref(n))
            .tool("book_appointment", booking("Botox", "2026-12-01", "14:00", "Ana Diaz"))
            .await
            .unwrap();
        assert!(said.text().contains("Tuesday, December 1st at 2 PM"), "{zone}: {}", said.text());
        let stored: String = vox
            .one("select to_char(starts_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') from appointments")
            .await;
        assert_eq!(stored, utc, "{zone}");
        let body: String = vox.one("select body from texts").await;
        assert!(body.contains("Tuesday, December 1 at 2:00 PM"), "{zone}: {body}");
    }
}
