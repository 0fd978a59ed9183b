//! Rings, statuses, transcripts and reports.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::http::StatusCode;
use insta::assert_snapshot;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Barrier;

use crate::harness::{CALLER, Clinic, Voxanne, booking, call_ref, fixture};

#[tokio::test]
async fn a_ring_is_answered_with_the_assistant_and_the_clinics_clock() {
    let vox = Voxanne::start().await;
    let (_, body) = vox.post_fixture("assistant-request").await;
    assert_eq!(body["assistantId"], vox.glow.assistant_id.as_str());
    let values = &body["assistantOverrides"]["variableValues"];
    assert_eq!(values["clinicName"], "Glow MedSpa");
    assert_eq!(values["clinicStatus"], "open");
    assert_eq!(values["isReturning"], "false");
    assert_snapshot!(values["clinicLocalTime"].as_str().unwrap(), @"Tuesday, November 24th at 10 AM");
    vox.later(SignedDuration::from_hours(9));
    let (_, body) = vox.post_fixture("assistant-request").await;
    assert_eq!(body["assistantOverrides"]["variableValues"]["clinicStatus"], "closed");
}

#[tokio::test]
async fn a_ring_without_an_assistant_goes_to_the_clinics_people() {
    let vox = Voxanne::start().await;
    vox.exec(&format!(
        "update phone_numbers set assistant_id = null; delete from assistants where org_id = '{}'",
        vox.glow.org.0
    ))
    .await;
    let (_, body) = vox.post_fixture("assistant-request").await;
    assert_eq!(body["destination"]["number"], "+13105550199");
}

#[tokio::test]
async fn g12_of_two_assistants_the_numbers_own_answers_and_none_is_guessed() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let number = api.get("/phone-numbers").await.good()["items"][0].clone();
    let first = api.get("/assistants").await.good()["items"][0].clone();
    let path = format!("/phone-numbers/{}", number["id"].as_str().unwrap());
    let ring = async || vox.post_fixture("assistant-request").await.1;
    // The only one of the site needs no number to name it.
    api.patch(&path, json!({"assistant_id": null})).await.good();
    assert_eq!(ring().await["assistantId"], vox.glow.assistant_id.as_str());
    // Older, and earlier in the alphabet: neither makes it the one that is meant.
    let other =
        json!({"platform_assistant_id": "asst_other", "location_id": first["location_id"], "name": "Aaa"});
    let other = api.post("/assistants", other).await.good();
    let said = ring().await;
    assert_eq!(
        (&said["assistantId"], &said["destination"]["number"]),
        (&Value::Null, &json!("+13105550199"))
    );
    for (assistant, answers) in [(&other, "asst_other"), (&first, vox.glow.assistant_id.as_str())] {
        api.patch(&path, json!({"assistant_id": assistant["id"]})).await.good();
        assert_eq!(ring().await["assistantId"], answers);
    }
    assert!(
        vox.refuses(&format!(
            "insert into phone_numbers select org_id, gen_random_uuid(), platform, 'pn_x', number, location_id, assistant_id
               from phone_numbers where org_id = '{}' limit 1",
            vox.glow.org.0
        ))
        .await,
        "one number has one assistant"
    );
}

#[tokio::test]
async fn g15_what_a_call_is_told_is_that_calls_alone_and_the_shared_assistant_stays_as_it_is() {
    let vox = Voxanne::start().await;
    let callers = [("+13105550142", "Jane Doe"), ("+13105550143", "Rosa Ruiz")];
    for (n, (phone, name)) in (1..).zip(callers) {
        let time = format!("1{n}:00");
        let mut wish = booking("Laser Treatment", "2026-11-25", &time, name);
        wish["customerPhone"] = json!(phone);
        let call = vox.call_from(&vox.glow, &call_ref(n), Some(phone));
        let booked = call.tool("book_appointment", wish).await.unwrap();
        assert!(booked.text().starts_with("Great!"), "{booked:?}");
        call.ended("customer-ended-call").await.unwrap();
    }
    let asked = vox.sandbox.vapi().asked();
    let rings = (0..10).map(|n| {
        let (phone, name) = callers[n % 2];
        let call = vox.call_from(&vox.glow, &call_ref(10 + n as u128), Some(phone));
        async move { (call.ask_for_assistant().await.unwrap().body, name) }
    });
    for (answer, name) in futures::future::join_all(rings).await {
        assert_eq!(answer["assistantId"], vox.glow.assistant_id.as_str());
        let overrides = answer["assistantOverrides"].as_object().unwrap();
        assert_eq!(overrides.keys().collect::<Vec<_>>(), ["variableValues"], "no prompt, no tools, no voice");
        assert_eq!(overrides["variableValues"]["customerName"], name.split(' ').next().unwrap());
    }
    assert_eq!(
        vox.sandbox.vapi().asked(),
        asked,
        "nothing was asked of the platform, let alone changed there"
    );
}

#[tokio::test]
async fn a8_in_progress_opens_the_call_and_ended_closes_it_whatever_the_order() {
    // V5: all orders of four messages end the same.
    let messages = [
        "status-update.ringing",
        "status-update.in-progress",
        "status-update.ended",
        "end-of-call-report.booked",
    ];
    let mut outcomes = Vec::new();
    for order in permutations(4) {
        let vox = Voxanne::start().await;
        for index in order {
            assert_eq!(vox.post_fixture(messages[index]).await.0, 200);
        }
        outcomes.push(
            vox.one::<String>(
                "select string_agg(concat_ws(' ', state, ended_reason, ended_at at time zone 'UTC', duration_seconds, report_at is not null), ';') from calls",
            )
            .await,
        );
    }
    outcomes.dedup();
    assert_eq!(outcomes, ["ended customer-ended-call 2026-11-24 18:00:12 90 t"]);
}

fn permutations(n: usize) -> Vec<Vec<usize>> {
    if n == 0 {
        return vec![vec![]];
    }
    let with_last = |rest: Vec<usize>| {
        (0..=rest.len()).map(move |at| {
            let mut order = rest.clone();
            order.insert(at, n - 1);
            order
        })
    };
    permutations(n - 1).into_iter().flat_map(with_last).collect()
}

#[tokio::test]
async fn v7_a23_a_report_twice_or_twenty_times_at_once_is_one_record_and_one_score() {
    let vox = Voxanne::start().await;
    let posts = (0..20).map(|n| {
        let name = if n % 2 == 0 { "end-of-call-report.booked" } else { "end-of-call-report.redelivery" };
        vox.post_fixture(name)
    });
    for (status, body) in futures::future::join_all(posts).await {
        assert_eq!((status, body), (200, json!({})));
    }
    assert_eq!(vox.count("inbox where kind = 'end-of-call-report' and deliveries = 20").await, 1);
    assert_eq!(vox.count("calls").await, 1);
    assert_eq!(vox.count("graphile_worker.jobs where task_identifier = 'score_call'").await, 1);
    vox.run_jobs().await;
    assert_eq!(vox.count("calls where scored_at is not null").await, 1);
    // A day later the platform sends it again.
    vox.later(SignedDuration::from_hours(24));
    vox.post_fixture("end-of-call-report.redelivery").await;
    assert_eq!(vox.count("graphile_worker.jobs where task_identifier = 'score_call'").await, 0);
}

#[tokio::test]
async fn a10_a12_recording_duration_and_cost_come_from_wherever_they_are() {
    let vox = Voxanne::start().await;
    vox.exec("update integration_settings set keep_recordings = 'always'").await;
    vox.post_fixture("end-of-call-report.booked").await;
    let row: String = vox.one("select duration_seconds || ' ' || (recording_url like 'https://%') || ' ' || (cost_usd > 0) from calls").await;
    assert_eq!(row, "90 true true");
}

#[tokio::test]
async fn p10_a_recording_is_kept_only_with_consent_unless_the_org_says_otherwise() {
    let vox = Voxanne::start().await;
    vox.post_fixture("end-of-call-report.booked").await;
    assert_eq!(vox.count("calls where recording_url is null").await, 1);
    let vox = Voxanne::start().await;
    vox.post_fixture("end-of-call-report.compliance").await;
    assert_eq!(vox.count("calls where recording_url is not null and recording_consent").await, 1);
}

#[tokio::test]
async fn a_call_that_never_started_has_no_duration() {
    let vox = Voxanne::start().await;
    vox.post_fixture("end-of-call-report.failed").await;
    assert_eq!(vox.count("calls where duration_seconds is null and state = 'ended'").await, 1);
}

#[tokio::test]
async fn a25_two_equal_utterances_are_two_and_a_redelivery_is_none() {
    let vox = Voxanne::start().await;
    let yes = |at: i64| {
        let mut body: Value = serde_json::from_str(&fixture("transcript.final")).unwrap();
        body["message"]["transcript"] = json!("Yes.");
        body["message"]["timestamp"] = json!(at);
        body.to_string()
    };
    for at in [1_795_536_012_345, 1_795_536_014_000, 1_795_536_014_000] {
        assert_eq!(vox.post(yes(at)).await.0, 200);
    }
    vox.post_fixture("transcript.partial").await;
    assert_eq!(vox.count("utterances where said = 'Yes.'").await, 2);
    assert_eq!(vox.count("utterances").await, 2);
}

#[tokio::test]
async fn a29_a_call_that_never_ended_is_closed_as_stale() {
    let vox = Voxanne::start().await;
    vox.post_fixture("status-update.in-progress").await;
    vox.later(SignedDuration::from_hours(3));
    voxanne::calls::close_stale(&vox.app, vox.glow.org).await.unwrap();
    assert_eq!(vox.count("calls where state = 'ended' and ended_reason = 'stale'").await, 1);
}

/// The clinic's key for the platform's management API.
async fn give_key(vox: &Voxanne, clinic: &Clinic) {
    let sealed =
        vox.app.keys.seal(clinic.org, "integration_settings.vapi_private_key", "vapi-private-key").unwrap();
    vox.exec(&format!(
        "update integration_settings set vapi_private_key_sealed = '\\x{}' where org_id = '{}'",
        hex::encode(sealed),
        clinic.org.0
    ))
    .await;
}

#[tokio::test]
async fn a28_v6_a_report_that_never_came_is_fetched() {
    let vox = Voxanne::start().await;
    give_key(&vox, &vox.glow).await;
    let call = vox.call(&call_ref(7));
    call.in_progress().await.unwrap();
    call.say_user("I'm interested in Botox and filler, I have budget, need it this week").await.unwrap();
    call.ended("customer-ended-call").await.unwrap();
    vox.sandbox.vapi().register(call.end_unreported("customer-ended-call").await);
    vox.later(SignedDuration::from_mins(15));
    assert_eq!(voxanne::calls::fetch_missing_reports(&vox.app, vox.glow.org).await.unwrap(), 1);
    assert_eq!(voxanne::calls::fetch_missing_reports(&vox.app, vox.glow.org).await.unwrap(), 0);
    vox.run_jobs().await;
    assert_eq!(vox.count("hot_lead_alerts").await, 1);
}

#[tokio::test]
async fn a_platform_that_is_slow_for_one_clinic_holds_up_no_other() {
    // It answers nobody before both clinics have asked.
    let (both, met) = (Arc::new(Barrier::new(2)), Arc::new(AtomicUsize::new(0)));
    let answer = {
        let met = met.clone();
        async move || {
            both.wait().await;
            met.fetch_add(1, Ordering::SeqCst);
            StatusCode::NOT_FOUND
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, axum::Router::new().fallback(answer)).await });
    let vox = Voxanne::start_with(|config| config.vapi.base_url = url).await;
    for (n, clinic) in (1..).zip([&vox.glow, &vox.harbor]) {
        give_key(&vox, clinic).await;
        let call = vox.call_from(clinic, &call_ref(n), Some(CALLER));
        call.in_progress().await.unwrap();
        call.ended("customer-ended-call").await.unwrap();
    }
    vox.later(SignedDuration::from_mins(15));
    voxanne::jobs::run_schedules(&vox.app).await.unwrap();
    assert_eq!(met.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn c4_a_hold_blocks_others_converts_for_its_call_and_goes_at_its_end() {
    let vox = Voxanne::start().await;
    let (mine, theirs) = (call_ref(1), call_ref(2));
    assert!(vox.hold_laser(&mine, "2026-12-01T18:00:00Z").await);
    // T-B7: a second hold of the same time is refused; so is another call's booking.
    assert!(!vox.hold_laser(&theirs, "2026-12-01T18:00:00Z").await);
    let other = vox.call_from(&vox.glow, &theirs, Some("+13105550143"));
    let wish = booking("Laser Treatment", "2026-12-01", "10:00", "Bea Fox");
    assert!(other.tool("book_appointment", wish.clone()).await.unwrap().text().starts_with("I'm sorry"));
    // The holder's own booking converts it.
    assert!(
        vox.call(&mine).tool("book_appointment", wish.clone()).await.unwrap().text().starts_with("Great!")
    );
    assert_eq!(vox.count("holds").await, 0);

    // Released when the call ends …
    assert!(vox.hold_laser(&mine, "2026-12-02T18:00:00Z").await);
    vox.call(&mine).ended("customer-ended-call").await.unwrap();
    assert_eq!(vox.count("reservations where hold_id is not null").await, 0);
    // … and lapsed when its time is over, as a whole.
    assert!(vox.hold_laser(&theirs, "2026-12-03T18:00:00Z").await);
    vox.later(SignedDuration::from_mins(6));
    let third = vox.call_from(&vox.glow, &call_ref(3), Some("+13105550144"));
    let wish = booking("Laser Treatment", "2026-12-03", "10:00", "Cleo Fox");
    assert!(third.tool("book_appointment", wish).await.unwrap().text().starts_with("Great!"));
    assert_eq!(vox.count("holds").await, 0);
    assert_eq!(vox.count("reservations where hold_id is not null").await, 0);
}

#[tokio::test]
async fn g2_a_contact_keeps_one_row_per_phone() {
    let vox = Voxanne::start().await;
    for (n, time) in [(1, "10:00"), (2, "12:00")] {
        vox.call(&call_ref(n))
            .tool("book_appointment", booking("Botox", "2026-12-01", time, "Ana Diaz"))
            .await
            .unwrap();
    }
    assert_eq!(vox.count(&format!("contacts where phone = '{CALLER}'")).await, 1);
}

#[tokio::test]
async fn ts13_a_swollen_face_raises_a_clinical_alert_and_never_a_lead() {
    let vox = Voxanne::start().await;
    let call = vox.call(&call_ref(1));
    call.say_user("My face is swollen after filler yesterday, this is urgent").await.unwrap();
    call.end("customer-ended-call").await.unwrap();
    vox.run_jobs().await;
    vox.run_jobs().await;
    assert_eq!(vox.count("calls where class = 'clinical_urgency' and temperature = 'cold'").await, 1);
    assert_eq!(vox.count("hot_lead_alerts").await, 0);
    assert_eq!(vox.count("texts where kind = 'clinical_alert'").await, 1);
    assert_eq!(vox.count("tasks").await, 1);
}
