//! What a finished call leaves behind: A10, A12, and calls that never started.

use serde_json::{Value, json};
use voxanne_vapi::{Event, Report, Role, parse};

use crate::{fixture, parsed};

fn report(body: &Value) -> Report {
    let mut body = body.clone();
    body["type"] = json!("end-of-call-report");
    match parsed(&json!({ "message": body })).event {
        Event::EndOfCallReport(report) => *report,
        other => panic!("{other:?}"),
    }
}

fn recorded(name: &str) -> Report {
    match parse(&fixture(&format!("vapi/server/end-of-call-report.{name}.json"))).unwrap().event {
        Event::EndOfCallReport(report) => *report,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_booked_call_is_read_whole() {
    let report = recorded("booked");
    assert_eq!(report.ended_reason.as_deref(), Some("customer-ended-call"));
    assert_eq!(report.duration_seconds, Some(90));
    assert_eq!(report.cost_usd, Some(0.1432));
    assert_eq!(
        report.summary.as_deref(),
        Some("Caller booked lip filler on Thursday, November 26 at 2:30 PM.")
    );
    assert_eq!(report.success_evaluation.as_deref(), Some("true"));
    assert_eq!(report.structured_data.unwrap()["appointmentBooked"], true);
    assert_eq!(
        report.structured_outputs.unwrap()["8a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"]["result"]["outcome"],
        "booked"
    );
    assert!(report.recording_url.unwrap().ends_with("-mono.wav"));
    assert_eq!(report.recording_consent, None);
    let spoken: Vec<_> = report.turns.iter().map(|turn| (turn.role, turn.seconds_from_start)).collect();
    let both = [Role::Assistant, Role::User, Role::Assistant, Role::User];
    assert_eq!(spoken, both.into_iter().zip([1.2, 5.6, 11.4, 15.9].map(Some)).collect::<Vec<_>>());
    assert_eq!(report.turns[3].text, "2:30 please.");
}

#[test]
fn consent_is_read_where_it_was_asked() {
    assert_eq!(recorded("compliance").recording_consent, Some(true));
    let consent =
        |value: Value| report(&json!({ "compliance": { "recordingConsent": value } })).recording_consent;
    assert_eq!(consent(json!(true)), Some(true));
    assert_eq!(consent(json!({ "type": "verbal" })), Some(false));
    assert_eq!(consent(json!(null)), None);
}

#[test]
fn a_call_that_never_started_has_no_duration_and_no_analysis() {
    let report = recorded("failed");
    assert_eq!(report.duration_seconds, None);
    assert_eq!(report.ended_reason.as_deref(), Some("call.start.error-get-assistant"));
    assert_eq!((report.cost_usd, report.summary, report.turns.len()), (Some(0.0), None, 0));
    let short = recorded("short-no-analysis");
    assert_eq!((short.transcript, short.structured_data, short.duration_seconds), (None, None, Some(90)));
}

#[test]
fn a10_every_form_of_the_recording_yields_one_address() {
    let (mono, stereo) = ("https://r.example/mono.wav", "https://r.example/stereo.wav");
    let cases = [
        (json!({ "artifact": { "recordingUrl": mono } }), mono),
        (json!({ "artifact": { "recordingUrl": { "stereoUrl": stereo } } }), stereo),
        (json!({ "artifact": { "recording": mono } }), mono),
        (json!({ "artifact": { "recording": { "stereoUrl": stereo } } }), stereo),
        (
            json!({ "artifact": { "recording": { "stereoUrl": stereo, "mono": { "combinedUrl": mono } } } }),
            mono,
        ),
        (json!({ "artifact": { "stereoRecordingUrl": stereo } }), stereo),
        (json!({ "recordingUrl": mono }), mono),
        (json!({ "recordingUrl": { "stereoUrl": stereo } }), stereo),
        (json!({ "recording": { "url": mono } }), mono),
        (json!({ "stereoRecordingUrl": stereo }), stereo),
        (json!({ "call": { "artifact": { "recordingUrl": mono } } }), mono),
        (json!({ "call": { "recordingUrl": mono } }), mono),
        (json!({ "artifact": { "recordingUrl": mono }, "recordingUrl": stereo }), mono),
    ];
    for (body, expected) in cases {
        assert_eq!(report(&body).recording_url.as_deref(), Some(expected), "{body}");
    }
    for nothing in [json!({ "recordingUrl": "" }), json!({ "recording": {} }), json!({ "recordingUrl": 7 })] {
        assert_eq!(report(&nothing).recording_url, None);
    }
}

#[test]
fn a12_durations_and_costs_are_found_in_every_place() {
    let span = json!({ "startedAt": "2026-11-24T17:58:42.000Z", "endedAt": "2026-11-24T18:00:12.000Z" });
    let durations = [
        (json!({ "durationSeconds": 90.4 }), Some(90)),
        (json!({ "durationSeconds": 89.6, "durationMs": 5000 }), Some(90)),
        (json!({ "durationMs": 90_000 }), Some(90)),
        (json!({ "durationMinutes": 1.5 }), Some(90)),
        (json!({ "durationSeconds": "90" }), Some(90)),
        (json!({ "call": { "durationSeconds": 90 } }), Some(90)),
        (span.clone(), Some(90)),
        (json!({ "call": span }), Some(90)),
        (json!({ "startedAt": 1_795_536_000_000_i64, "endedAt": 1_795_536_090 }), Some(90)),
        (json!({ "endedAt": "2026-11-24T18:00:12.000Z" }), None),
        (json!({ "startedAt": "2026-11-24T18:00:12Z", "endedAt": "2026-11-24T17:58:42Z" }), None),
        (json!({ "durationSeconds": -1 }), None),
        (json!({ "durationSeconds": "NaN" }), None),
        (json!({ "durationSeconds": 1e300 }), None),
    ];
    for (body, expected) in durations {
        assert_eq!(report(&body).duration_seconds, expected, "{body}");
    }
    let costs = [
        (json!({ "cost": 0.5, "call": { "cost": 9 } }), Some(0.5)),
        (json!({ "call": { "cost": 0.5 } }), Some(0.5)),
        (json!({ "costBreakdown": { "total": 0.5 } }), Some(0.5)),
        (json!({ "call": { "costBreakdown": { "total": 0.5 } } }), Some(0.5)),
        (json!({ "cost": "a lot" }), None),
    ];
    for (body, expected) in costs {
        assert_eq!(report(&body).cost_usd, expected, "{body}");
    }
}

#[test]
fn fields_are_read_from_the_artifact_then_the_message_then_the_call() {
    let all = json!({ "artifact": { "transcript": "a" }, "transcript": "m", "call": { "artifact": { "transcript": "c" } } });
    assert_eq!(report(&all).transcript.as_deref(), Some("a"));
    let blank = json!({ "artifact": { "transcript": " " }, "call": { "artifact": { "transcript": "c" } } });
    assert_eq!(report(&blank).transcript.as_deref(), Some("c"));
    let analysed =
        json!({ "analysis": {}, "call": { "analysis": { "summary": "s", "successEvaluation": 8 } } });
    let report = report(&analysed);
    assert_eq!((report.summary.as_deref(), report.success_evaluation.as_deref()), (Some("s"), Some("8")));
}

#[test]
fn turns_come_from_the_text_where_messages_are_missing() {
    let report = report(
        &json!({ "artifact": { "transcript": "AI: Hello: Glow here.\nUser: Hi,\nit is me\n\nAI: 2:30 PM?" } }),
    );
    let turns: Vec<_> = report.turns.iter().map(|turn| (turn.role, turn.text.as_str())).collect();
    assert_eq!(
        turns,
        [(Role::Assistant, "Hello: Glow here."), (Role::User, "Hi, it is me"), (Role::Assistant, "2:30 PM?")]
    );
}
