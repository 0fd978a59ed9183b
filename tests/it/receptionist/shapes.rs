//! Every shape of the platform, posted as it is.

use serde_json::Value;

use crate::harness::{Voxanne, fixture};

fn fixtures() -> Vec<String> {
    let dir = format!("{}/tests/fixtures/vapi/server", env!("CARGO_MANIFEST_DIR"));
    let mut names: Vec<String> = std::fs::read_dir(dir)
        .unwrap()
        .filter_map(|e| e.unwrap().file_name().to_str()?.strip_suffix(".json").map(str::to_owned))
        .collect();
    names.sort();
    names
}

/// The contract of an answer to tool calls.
fn assert_results(name: &str, sent: &Value, body: &Value) {
    let results = body["results"].as_array().unwrap_or_else(|| panic!("{name}: {body}"));
    let message = &sent["message"];
    let asked: Vec<&Value> = ["toolCallList", "toolCalls"]
        .iter()
        .find_map(|k| message[*k].as_array())
        .map(|a| a.iter().collect())
        .unwrap_or_default();
    assert_eq!(results.len(), asked.len(), "{name}: one answer per call");
    for (result, call) in results.iter().zip(asked) {
        assert_eq!(result["toolCallId"], call["id"], "{name}: same order, same id");
        let said = result["result"].as_str().or(result["error"].as_str()).unwrap();
        assert!(!said.is_empty() && !said.contains('\n') && said.chars().count() <= 300, "{name}: {said}");
        assert!(result["result"].is_string() != result["error"].is_string(), "{name}: either or");
        assert!(result["name"].is_string(), "{name}");
    }
}

#[tokio::test]
async fn a3_a6_a7_v12_every_fixture_is_answered_200_in_its_own_form() {
    let vox = Voxanne::start().await;
    let names = fixtures();
    assert!(names.len() >= 58, "{}", names.len());
    for name in names {
        let sent: Value = serde_json::from_str(&fixture(&name)).unwrap();
        let (status, body) = vox.post_fixture(&name).await;
        assert_eq!(status, 200, "{name}: {body}");
        match sent["message"]["type"].as_str().or(sent["type"].as_str()) {
            Some("tool-calls") => assert_results(&name, &sent, &body),
            Some("function-call") => assert!(body["result"].is_string(), "{name}: {body}"),
            Some("assistant-request") => {
                assert_eq!(body["assistantId"], vox.glow.assistant_id.as_str(), "{name}");
            }
            Some("transfer-destination-request") => {
                assert!(body["destination"]["number"].is_string(), "{name}: {body}");
            }
            Some("campaign.predial") => assert_eq!(body["eligible"], false),
            Some("knowledge-base-request") => assert!(body["documents"].is_array(), "{name}: {body}"),
            _ => assert!(body.is_object(), "{name}: {body}"),
        }
    }
    vox.until_count("inbox where state <> 'done'", 0).await;
}

#[tokio::test]
async fn v12_an_unknown_type_is_kept_and_answered_with_an_empty_object() {
    let vox = Voxanne::start().await;
    let (status, body) = vox.post_fixture("unknown-type").await;
    assert_eq!((status, body), (200, serde_json::json!({})));
    vox.until_count("inbox where kind = 'call.sentiment.update' and state = 'done'", 1).await;
}

#[tokio::test]
async fn v4_tv2_the_second_of_three_fails_and_the_others_do_not() {
    let vox = Voxanne::start().await;
    let call = vox.call("c1");
    let said = call
        .tools_parallel(vec![
            ("check_availability", serde_json::json!({"date": "tomorrow"})),
            ("transfer_to_billing", serde_json::json!({"reason": "invoice"})),
            ("check_availability", serde_json::json!({"date": "2026-11-30"})),
        ])
        .await
        .unwrap();
    let kinds: Vec<bool> =
        said.iter().map(|s| matches!(s.said, voxanne_sandbox::caller::Said::Result(_))).collect();
    assert_eq!(kinds, [true, false, true], "{said:?}");
}

#[tokio::test]
async fn v11_arguments_cut_short_are_asked_for_again_and_never_treated_as_empty() {
    let vox = Voxanne::start().await;
    let (_, body) = vox.post_fixture("tool-calls.malformed-arguments").await;
    insta::assert_snapshot!(body["results"][0]["error"].as_str().unwrap(), @"I didn't catch all of that. Could you please say it once more?");
}

#[tokio::test]
async fn g13_v21_w30_secrets_of_payloads_reach_neither_database_nor_answer() {
    let vox = Voxanne::start().await;
    for name in fixtures() {
        let (_, body) = vox.post_fixture(&name).await;
        assert!(!body.to_string().contains("MUST_BE_REDACTED"), "{name}");
    }
    vox.until_count("inbox where kind = 'assistant-request'", 1).await;
    assert_eq!(vox.count("inbox where body::text like '%MUST_BE_REDACTED%'").await, 0);
    assert_eq!(
        vox.count("inbox where body::text like '%/listen\"%'").await,
        0,
        "a listening address is a secret"
    );
}
