//! H8: the provisioned tools and assistants are the ones of the recorded requests, and carry no other field.

use serde_json::{Value, json};
use voxanne_vapi::provisioning::{
    Assistant, BackoffGrowth, BackoffPlan, Function, FunctionTool, Model, PromptMessage, Server,
    StaticParameter, ToolMessage, default_server_messages,
};

use crate::{fixture_json, folder};

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn server(value: &Value, backoff_plan: Option<BackoffPlan>) -> Server {
    Server {
        url: text(&value["url"]),
        timeout_seconds: u16::try_from(value["timeoutSeconds"].as_u64().unwrap()).unwrap(),
        credential_id: Some(text(&value["credentialId"])),
        backoff_plan,
    }
}

#[test]
fn a_function_tool_serializes_as_recorded() {
    let tools: Vec<_> = folder("vapi/management")
        .into_iter()
        .map(|(_, body)| serde_json::from_slice::<Value>(&body).unwrap())
        .filter(|body| body["type"] == "function")
        .collect();
    assert_eq!(tools.len(), 3);
    for recorded in tools {
        let function = Function {
            name: text(&recorded["function"]["name"]),
            description: text(&recorded["function"]["description"]),
            parameters: recorded["function"]["parameters"].clone(),
        };
        let mut tool = FunctionTool::new(function, server(&recorded["server"], None));
        tool.messages = vec![
            ToolMessage::RequestStart { content: "One moment, please.".into(), blocking: false },
            ToolMessage::RequestResponseDelayed {
                timing_milliseconds: 3500,
                content: "Still checking, thanks for your patience.".into(),
            },
            ToolMessage::RequestFailed { content: "I can't reach our system at the moment.".into() },
        ];
        tool.parameters = [("caller_number", "{{customer.number}}"), ("vapi_call_id", "{{call.id}}")]
            .map(|(key, value)| StaticParameter { key: key.into(), value: value.into() })
            .to_vec();
        assert_eq!(json!(tool), recorded);
    }
}

#[test]
fn an_assistant_serializes_as_recorded() {
    let recorded = fixture_json("vapi/management/create-assistant.json");
    let model = &recorded["model"];
    let plan = BackoffPlan { growth: BackoffGrowth::Exponential, max_retries: 5, base_delay_seconds: 1 };
    let assistant = Assistant {
        name: text(&recorded["name"]),
        first_message: text(&recorded["firstMessage"]),
        first_message_mode: text(&recorded["firstMessageMode"]),
        end_call_message: text(&recorded["endCallMessage"]),
        model: Model {
            provider: text(&model["provider"]),
            model: text(&model["model"]),
            temperature: 0.2,
            max_tokens: 250,
            tool_ids: model["toolIds"].as_array().unwrap().iter().map(text).collect(),
            messages: vec![PromptMessage {
                role: "system".into(),
                content: text(&model["messages"][0]["content"]),
            }],
        },
        voice: recorded["voice"].clone(),
        transcriber: recorded["transcriber"].clone(),
        server: server(&recorded["server"], Some(plan)),
        server_messages: recorded["serverMessages"].as_array().unwrap().iter().map(text).collect(),
        metadata: recorded["metadata"].as_object().unwrap().clone(),
        max_duration_seconds: 900,
        analysis_plan: recorded["analysisPlan"].clone(),
        artifact_plan: recorded["artifactPlan"].clone(),
        hooks: recorded["hooks"].as_array().unwrap().clone(),
    };
    assert_eq!(json!(assistant), recorded);
    assert!(default_server_messages().contains(&"hang".to_owned()));
}
