//! A6, T-V1, T-V2, T-V4, V24: what goes out is what the platform understands.

use proptest::prelude::*;
use serde_json::{Value, json};
use voxanne_vapi::answer::{self, AssistantOverrides, Destination, ToolResult, single_line};
use voxanne_vapi::{Kind, ToolCall};

use crate::folder;

/// The published schema of an answer, as far as the platform acts on it.
fn contract(kind: Kind, answer: &Value) -> Result<(), String> {
    let text = |value: &Value, field: &str| match &value[field] {
        Value::String(line) if !line.contains(['\n', '\r']) => Ok(()),
        other => Err(format!("{field} is no single line: {other}")),
    };
    if answer.get("error").is_some() {
        return text(answer, "error");
    }
    match kind {
        Kind::ToolCalls => {
            let results = answer["results"].as_array().ok_or("results is no list")?;
            results.iter().try_for_each(|result| {
                text(result, "toolCallId")?;
                text(result, "name")?;
                match (result.get("result"), result.get("error")) {
                    (Some(_), None) => text(result, "result"),
                    (None, Some(_)) => text(result, "error"),
                    _ => Err("neither result nor error, or both".to_owned()),
                }
            })
        }
        Kind::FunctionCall => text(answer, "result"),
        Kind::AssistantRequest if answer.get("assistantId").is_some() => text(answer, "assistantId"),
        Kind::AssistantRequest if answer.get("assistant").is_some() => Ok(()),
        Kind::HandoffDestinationRequest if answer["destination"]["type"] == "assistant" => {
            text(&answer["destination"], "assistantName")
        }
        Kind::AssistantRequest | Kind::TransferDestinationRequest
            if answer["destination"]["type"] == "number" =>
        {
            text(&answer["destination"], "number")
        }
        Kind::KnowledgeBaseRequest => {
            answer["documents"].as_array().map(|_| ()).ok_or("no documents".to_owned())
        }
        Kind::EndpointingRequest => match answer["timeoutSeconds"].as_f64() {
            Some(seconds) if (0.0..=15.0).contains(&seconds) => Ok(()),
            _ => Err("timeoutSeconds".to_owned()),
        },
        Kind::CampaignPredial => answer["eligible"].as_bool().map(|_| ()).ok_or("eligible".to_owned()),
        _ => Err("no such answer".to_owned()),
    }
}

fn kind_of_file(name: &str) -> Kind {
    match name.trim_start_matches("BAD.").split('.').next().unwrap() {
        "tool-calls" => Kind::ToolCalls,
        "function-call" => Kind::FunctionCall,
        "assistant-request" => Kind::AssistantRequest,
        "transfer-destination" => Kind::TransferDestinationRequest,
        "handoff-destination" => Kind::HandoffDestinationRequest,
        "knowledge-base" => Kind::KnowledgeBaseRequest,
        "endpointing" => Kind::EndpointingRequest,
        "campaign-predial" => Kind::CampaignPredial,
        other => panic!("an unknown kind of answer: {other}"),
    }
}

#[test]
fn a6_the_contract_accepts_the_good_answers_and_refuses_the_bad() {
    for (name, body) in folder("vapi/responses") {
        let verdict = contract(kind_of_file(&name), &serde_json::from_slice(&body).unwrap());
        assert_eq!(verdict.is_err(), name.starts_with("BAD."), "{name}: {verdict:?}");
    }
}

fn call(id: &str) -> ToolCall {
    ToolCall { id: Some(id.into()), name: "check_availability".into(), arguments: Ok(serde_json::Map::new()) }
}

#[test]
fn t_v2_three_results_keep_their_order_and_only_the_second_is_an_error() {
    let said = [Ok("Friday is full.".to_owned()), Err("Just taken.".to_owned()), Ok("10 AM.".to_owned())];
    let results: Vec<_> =
        ["a", "b", "c"].into_iter().zip(said).map(|(id, said)| ToolResult::of(&call(id), said)).collect();
    let answer = answer::tool_results(&results);
    contract(Kind::ToolCalls, &answer).unwrap();
    assert_eq!(
        answer,
        json!({ "results": [
            { "toolCallId": "a", "name": "check_availability", "result": "Friday is full." },
            { "toolCallId": "b", "name": "check_availability", "error": "Just taken." },
            { "toolCallId": "c", "name": "check_availability", "result": "10 AM." },
        ] })
    );
}

#[test]
fn t_v4_newlines_marks_and_runs_of_blanks_become_one_line() {
    assert_eq!(single_line("  Yes,\r\n\tat \"2 PM\".\u{2028}OK?\u{0} "), "Yes, at \"2 PM\". OK?");
    assert_eq!(single_line("abc\u{202E}def\u{2066}\u{200F}\u{FEFF}"), "abcdef");
    assert_eq!(single_line("👩\u{200D}⚕\u{FE0F} café"), "👩\u{200D}⚕\u{FE0F} café");
}

#[test]
fn v24_a_long_result_is_cut_between_words() {
    let long = "word ".repeat(100);
    assert_eq!(single_line(&long), "word ".repeat(60).trim_end());
    assert_eq!(single_line(&format!("{} tail", "é".repeat(300))), "é".repeat(300));
    assert_eq!(single_line(&"é".repeat(400)), "é".repeat(300));
    assert_eq!(single_line(&"x".repeat(300)).len(), 300);
}

proptest! {
    #[test]
    fn v24_any_result_is_one_line_of_at_most_300_characters(said in any::<String>(), times in 1_usize..40) {
        let line = single_line(&said.repeat(times));
        prop_assert!(line.chars().count() <= 300);
        prop_assert!(!line.chars().any(char::is_control));
        prop_assert!(!line.contains("  ") && line.trim() == line);
        prop_assert_eq!(&single_line(&line), &line);
        let results = [ToolResult::of(&call("c"), Ok(said.clone())), ToolResult::of(&call("d"), Err(said))];
        let wire = answer::tool_results(&results).to_string();
        prop_assert!(!wire.contains('\n'));
        prop_assert!(contract(Kind::ToolCalls, &serde_json::from_str(&wire).unwrap()).is_ok());
    }
}

#[test]
fn a_ring_is_answered_with_an_assistant_a_human_or_a_sentence() {
    let mut overrides = AssistantOverrides::default();
    assert_eq!(answer::assistant("asst", &overrides), json!({ "assistantId": "asst" }));
    overrides.variable_values.insert("customerName".into(), "Maria".into());
    assert_eq!(
        answer::assistant("asst", &overrides),
        json!({ "assistantId": "asst", "assistantOverrides": { "variableValues": { "customerName": "Maria" } } })
    );
    let desk = Destination {
        number: "+13105550199".into(),
        message: Some("Connecting you to the front desk.".into()),
    };
    let human = answer::destination(&desk);
    assert_eq!(human, crate::fixture_json("vapi/responses/assistant-request.destination.json"));
    for answer in [answer::assistant("asst", &overrides), human, answer::error("Closed.")] {
        contract(Kind::AssistantRequest, &answer).unwrap();
    }
}

#[test]
fn every_kind_that_needs_an_answer_has_a_neutral_one() {
    let kinds = [
        Kind::AssistantRequest,
        Kind::ToolCalls,
        Kind::FunctionCall,
        Kind::TransferDestinationRequest,
        Kind::HandoffDestinationRequest,
        Kind::KnowledgeBaseRequest,
        Kind::EndpointingRequest,
        Kind::CampaignPredial,
    ];
    for kind in kinds {
        contract(kind, &answer::neutral(kind)).unwrap_or_else(|e| panic!("{}: {e}", kind.as_str()));
    }
    assert_eq!(answer::neutral(Kind::Other), json!({}));
    assert_eq!(answer::neutral(Kind::CampaignPredial), json!({ "eligible": false }));
}
