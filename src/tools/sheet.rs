//! What to paste into the voice platform; `docs/vapi.md` explains where. Pure.

use serde::Serialize;
use serde_json::{Value, json};
use voxanne_vapi::provisioning::{FunctionTool, Model, Server, TransferTool, default_server_messages};

use super::definitions::{self, Clinic};

/// Everything that `docs/vapi.md` tells to paste, in its order.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sheet {
    /// What the platform proves itself with.
    pub credential: Value,
    /// Each of ours.
    pub tools: Vec<FunctionTool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    /// The platform's own, for a clinic with a front desk's line.
    pub transfer_tool: Option<TransferTool>,
    /// The assistant.
    pub assistant: AssistantSheet,
}

/// The assistant itself.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AssistantSheet {
    /// At most 40 characters.
    pub name: String,
    /// The greeting.
    pub first_message: String,
    /// Who speaks first.
    pub first_message_mode: &'static str,
    /// The language model and its prompt.
    pub model: Model,
    /// Where its messages go.
    pub server: Server,
    /// Which of them.
    pub server_messages: Vec<String>,
}

/// What to paste for `clinic`, whose messages go to `door_url`.
pub fn sheet(clinic: &Clinic, door_url: &str, credential: Option<&str>) -> Sheet {
    let server = definitions::server(door_url, credential);
    let assistant = AssistantSheet {
        name: platform_name(clinic, "receptionist"),
        first_message: definitions::first_message(clinic),
        first_message_mode: "assistant-speaks-first",
        model: definitions::model(clinic, Vec::new()),
        server_messages: default_server_messages(),
        server: server.clone(),
    };
    Sheet {
        credential: credential_body(clinic),
        tools: definitions::tools(clinic, &server),
        transfer_tool: definitions::transfer_tool(clinic),
        assistant,
    }
}

/// The platform takes names of at most 40 characters.
fn platform_name(clinic: &Clinic, what: &str) -> String {
    format!("{} {what}", clinic.name).chars().take(40).collect()
}

/// The secret arrives in `x-vapi-secret`, in clear over TLS.
fn credential_body(clinic: &Clinic) -> Value {
    json!({
        "provider": "custom-credential",
        "name": platform_name(clinic, "voice door"),
        "authenticationPlan": {
            "type": "bearer",
            "token": "YOUR-WEBHOOK-SECRET",
            "headerName": "X-Vapi-Secret",
            "bearerPrefixEnabled": false,
        },
    })
}
