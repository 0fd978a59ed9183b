//! Stored first, processed once, and nothing lost.

use jiff::ToSpan as _;
use serde_json::json;
use voxanne::receptionist;

use crate::harness::{Voxanne, call_ref, fixture};

#[tokio::test]
async fn a21_an_unknown_assistant_is_told_so_kept_and_replayed_once_it_is_registered() {
    let vox = Voxanne::start().await;
    let unknown = "99999999-0000-4000-8000-000000000001";
    let body = fixture("end-of-call-report.booked")
        .replace(&vox.glow.assistant_id, unknown)
        .replace(&vox.glow.phone_number_id, "99999999-0000-4000-8000-000000000002");
    assert_eq!(vox.post(body.clone()).await.0, 200);
    assert_eq!(vox.count("calls").await, 0);

    let tool = json!({"message": {"type": "tool-calls", "call": {"id": "c9", "assistantId": unknown},
        "toolCallList": [{"id": "t1", "name": "check_availability", "arguments": {"date": "tomorrow"}}]}});
    let (status, said) = vox.post(tool.to_string()).await;
    assert_eq!(status, 200);
    insta::assert_snapshot!(said["results"][0]["error"].as_str().unwrap(), @"I'm sorry, this line isn't set up for bookings yet. Please call the clinic directly.");

    let dead = receptionist::list_dead(&vox.app, vox.glow.org).await.unwrap();
    assert_eq!(dead.len(), 2);
    let report = dead.iter().find(|d| d.kind == "end-of-call-report").unwrap();
    assert_eq!(report.failure.as_deref(), Some("the assistant and number are not registered"));

    vox.exec(&format!(
        "insert into assistants (org_id, id, platform_assistant_id, location_id, name)
         select org_id, gen_random_uuid(), '{unknown}', id, 'Night line' from locations where org_id = '{}'",
        vox.glow.org.0
    ))
    .await;
    // What a process remembers of the directory lasts five seconds.
    let vox = vox.restarted().await;
    receptionist::replay(&vox.app, vox.glow.org, report.id).await.unwrap();
    assert_eq!(vox.count("calls where report_at is not null").await, 1);
    assert_eq!(receptionist::list_dead(&vox.app, vox.glow.org).await.unwrap().len(), 1);
    // Another org cannot see or replay it.
    assert!(receptionist::list_dead(&vox.app, vox.harbor.org).await.unwrap().is_empty());
    assert!(receptionist::replay(&vox.app, vox.harbor.org, report.id).await.is_err());
}

#[tokio::test]
async fn a23_a_message_stored_before_a_crash_is_processed_after_it_once() {
    let vox = Voxanne::start().await;
    // As a process leaves it that died between storing and processing.
    let body = fixture("end-of-call-report.hot-lead-not-booked").replace('\'', "''");
    vox.exec(&format!(
        "insert into inbox (org_id, id, kind, key, call_ref, body, received_at)
         values ('{}', gen_random_uuid(), 'end-of-call-report', '019ab2c4-7e10-7cc3-9f4e-5b1d2a3c4e5f:', '019ab2c4-7e10-7cc3-9f4e-5b1d2a3c4e5f', '{body}', '2026-11-24T17:50:00Z')",
        vox.glow.org.0
    ))
    .await;
    assert_eq!(receptionist::replay_stored(&vox.app, vox.glow.org).await.unwrap(), 1);
    assert_eq!(receptionist::replay_stored(&vox.app, vox.glow.org).await.unwrap(), 0);
    vox.post_fixture("end-of-call-report.redelivery").await;
    assert_eq!(vox.count("calls where report_at is not null").await, 1);
    assert_eq!(vox.count("inbox where kind = 'end-of-call-report' and state = 'done'").await, 1);
}

#[tokio::test]
async fn a_booking_cut_off_by_a_crash_is_kept_for_people_and_not_acted_on_late() {
    let vox = Voxanne::start().await;
    let body = fixture("tool-calls.observed.book").replace('\'', "''");
    vox.exec(&format!(
        "insert into inbox (org_id, id, kind, key, call_ref, body, received_at)
         values ('{}', gen_random_uuid(), 'tool-calls', '019ab2c4-7e10-7cc3-9f4e-5b1d2a3c4e5f:call_Bk7Yq2mX1', '019ab2c4-7e10-7cc3-9f4e-5b1d2a3c4e5f', '{body}', '2026-11-24T17:50:00Z')",
        vox.glow.org.0
    ))
    .await;
    receptionist::replay_stored(&vox.app, vox.glow.org).await.unwrap();
    assert_eq!(vox.count("appointments").await, 0);
    assert_eq!(
        vox.count("inbox where state = 'dead' and failure = 'interrupted before it was answered'").await,
        1
    );
    // R1: the same tool call again books, once.
    let (_, said) = vox.post_fixture("tool-calls.observed.book").await;
    assert!(said["results"][0]["result"].as_str().unwrap().starts_with("Great!"));
    assert_eq!(vox.count("appointments").await, 1);
}

#[tokio::test]
async fn every_tool_call_is_on_record_with_its_answer_and_time() {
    let vox = Voxanne::start().await;
    vox.post_fixture("tool-calls.openapi.string-arguments").await;
    vox.post_fixture("tool-calls.observed.book").await;
    vox.post_fixture("tool-calls.unknown-tool").await;
    vox.until_count("tool_calls where answer is not null and micros > 0", 3).await;
    vox.until_count("inbox where kind = 'tool-calls' and state = 'done'", 3).await;
}

#[tokio::test]
async fn what_only_looks_is_on_record_when_it_was_asked_and_not_when_it_was_written_down() {
    let vox = Voxanne::start().await;
    let asked_at = vox.app.clock.now();
    let wish = json!({"date": "2026-12-01", "serviceType": "Botox"});
    vox.call(&call_ref(1)).tool("check_availability", wish).await.unwrap();
    // It is written a moment later, with others.
    vox.later(jiff::SignedDuration::from_mins(1));
    vox.until_count("tool_calls", 1).await;
    let before = format!("tool_calls where asked_at < timestamptz '{}'", asked_at + 1.second());
    assert_eq!(vox.count(&before).await, 1);
}
