//! What an org's assistant and tools look like on the platform. Pure: sent by whoever provisions.
//!
//! Only fields of the platform's schemas exist here, and empty ones are left out, so that a read-back can be compared.

use serde::Serialize;
use serde_json::{Map, Value};

/// Where the platform sends messages, and how it proves that it is the platform.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Server {
    /// The org's own door.
    pub url: String,
    /// The platform gives up after this; 1 to 300.
    pub timeout_seconds: u16,
    /// The platform's credential that signs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential_id: Option<String>,
    /// Without one nothing is ever sent again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backoff_plan: Option<BackoffPlan>,
}

/// How often an undelivered message is sent again.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BackoffPlan {
    /// How the delay grows.
    #[serde(rename = "type")]
    pub growth: BackoffGrowth,
    /// 0 to 10.
    pub max_retries: u8,
    /// 0 to 10.
    pub base_delay_seconds: u8,
}

/// How the delay between deliveries grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum BackoffGrowth {
    /// Not at all.
    Fixed,
    /// Doubling.
    Exponential,
}

/// A tool that our server answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FunctionTool {
    /// Always `function`.
    #[serde(rename = "type")]
    pub kind: FunctionType,
    /// Always false for us: the result of an async tool is never spoken.
    #[serde(rename = "async")]
    pub is_async: bool,
    /// Name, description and schema.
    pub function: Function,
    /// Who answers.
    pub server: Server,
    /// What the assistant says meanwhile.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<ToolMessage>,
    /// Arguments that the platform fills in and the model never sees.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<StaticParameter>,
}

impl FunctionTool {
    /// A synchronous tool without messages and static parameters.
    pub const fn new(function: Function, server: Server) -> Self {
        Self {
            kind: FunctionType::Function,
            is_async: false,
            function,
            server,
            messages: Vec::new(),
            parameters: Vec::new(),
        }
    }
}

/// The platform's own tool that transfers a call.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TransferTool {
    /// Always `transferCall`.
    #[serde(rename = "type")]
    pub kind: TransferType,
    /// Where to; empty for a tool that asks the server by `transfer-destination-request`.
    pub destinations: Vec<Value>,
    /// What the model knows of it.
    pub function: Function,
}

impl TransferTool {
    /// A transfer whose destination the server names during the call.
    pub const fn asking_the_server(function: Function) -> Self {
        Self { kind: TransferType::TransferCall, destinations: Vec::new(), function }
    }
}

/// The discriminator of a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum TransferType {
    /// The only one.
    TransferCall,
}

/// The discriminator of a function tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FunctionType {
    /// The only one.
    Function,
}

/// What the model knows of a tool.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Function {
    /// `^[a-zA-Z0-9_-]{1,64}$`.
    pub name: String,
    /// When to use it.
    pub description: String,
    /// JSON schema of its arguments, `type: object`.
    pub parameters: Value,
}

/// What the assistant says while a tool runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum ToolMessage {
    /// At once.
    RequestStart {
        /// The words.
        content: String,
        /// Whether the request waits until they are said.
        blocking: bool,
    },
    /// When the answer takes its time.
    RequestResponseDelayed {
        /// After how long; 100 to 120,000.
        timing_milliseconds: u32,
        /// The words.
        content: String,
    },
    /// When no answer came.
    RequestFailed {
        /// The words.
        content: String,
    },
}

/// An argument with a Liquid value, merged over the model's own: the caller's number, the call's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StaticParameter {
    /// The argument's name.
    pub key: String,
    /// Its value, as `{{customer.number}}`.
    pub value: String,
}

/// The receptionist.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Assistant {
    /// At most 40 characters.
    pub name: String,
    /// The greeting.
    pub first_message: String,
    /// Who speaks first, as `assistant-speaks-first`.
    pub first_message_mode: String,
    /// The farewell.
    pub end_call_message: String,
    /// The language model. Replaced as a whole by a PATCH: read, merge, write.
    pub model: Model,
    /// The voice.
    pub voice: Value,
    /// The transcriber.
    pub transcriber: Value,
    /// Where reports and status updates go.
    pub server: Server,
    /// Which messages are sent. More are noise, fewer lose calls.
    pub server_messages: Vec<String>,
    /// Comes back in every message; how provisioning finds its own assistants again.
    pub metadata: Map<String, Value>,
    /// 10 to 43,200.
    pub max_duration_seconds: u32,
    /// Summary, success and structured data after the call.
    pub analysis_plan: Value,
    /// Recording and structured outputs.
    pub artifact_plan: Value,
    /// What happens on silence.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hooks: Vec<Value>,
}

/// The messages that an assistant's server needs. `assistant-request` needs no subscription; of what is said only what is
/// settled, so that somebody who may be hurt is noticed while the call still runs.
pub fn default_server_messages() -> Vec<String> {
    [
        "end-of-call-report",
        "status-update",
        "tool-calls",
        "transfer-destination-request",
        "hang",
        r#"transcript[transcriptType="final"]"#,
    ]
    .map(str::to_owned)
    .to_vec()
}

/// The language model and what it is told.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Model {
    /// Whose it is.
    pub provider: String,
    /// Which it is.
    pub model: String,
    /// 0 to 2.
    pub temperature: f64,
    /// Too few cut tool arguments short.
    pub max_tokens: u32,
    /// The provisioned tools.
    pub tool_ids: Vec<String>,
    /// The system prompt, alone.
    pub messages: Vec<PromptMessage>,
}

/// One message of a prompt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PromptMessage {
    /// `system`.
    pub role: String,
    /// The words.
    pub content: String,
}
