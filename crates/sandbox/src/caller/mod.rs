//! The voice platform on the phone with us: real server messages, posted to the product's webhook.

mod message;

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::Clock;

/// One call as the platform knows it.
#[derive(Clone)]
pub struct CallScript {
    /// The platform's id of the call.
    pub call_id: String,
    /// The assistant that answers; `None` for one that is asked for.
    pub assistant_id: Option<String>,
    /// The platform's id of the dialled number.
    pub phone_number_id: Option<String>,
    /// The dialled number.
    pub dialed_number: Option<String>,
    /// The caller id; `None` for a withheld one.
    pub caller_number: Option<String>,
    /// Where messages go.
    pub webhook_url: String,
    /// A header and its value that prove who is calling (`x-vapi-secret`).
    pub secret: Option<(String, String)>,
    /// Whether the report says that the call took as long as it takes to say it all, and what that costs.
    pub talks: bool,
}

/// What the product answered to one message.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body; a string if it is not JSON.
    pub body: Value,
    /// From the first byte out to the last byte in.
    pub elapsed: Duration,
}

/// What the voice would make of a tool's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// `result`.
    Result(String),
    /// `error`.
    Error(String),
    /// An answer the platform ignores: not 200, another id, not one line of text.
    Nothing,
}

/// The answer to one tool call.
#[derive(Clone, Debug)]
pub struct Spoken {
    /// The id the call was made under.
    pub tool_call_id: String,
    /// What the model hears.
    pub said: Said,
    /// How long the caller waited.
    pub elapsed: Duration,
}

impl Spoken {
    /// The words, whichever way they came; empty for [`Said::Nothing`].
    pub fn text(&self) -> &str {
        match &self.said {
            Said::Result(text) | Said::Error(text) => text,
            Said::Nothing => "",
        }
    }
}

/// A tool call of the model.
#[derive(Clone, Debug)]
pub(crate) struct ToolCall {
    id: String,
    name: String,
    arguments: Value,
}

/// Someone on the phone. A clone goes on from the same turn, for messages in parallel.
#[derive(Clone)]
pub struct Caller {
    http: reqwest::Client,
    script: CallScript,
    clock: Clock,
    seed: u64,
    tool_calls_made: u64,
    status: &'static str,
    created_at: Timestamp,
    started_at: Option<Timestamp>,
    ended: Option<(Timestamp, String)>,
    turns: Vec<Value>,
    analysis: Option<Value>,
}

impl Caller {
    /// Nothing is posted yet. Equal seeds make equal tool call ids.
    pub fn new(http: reqwest::Client, script: CallScript, clock: Clock, seed: u64) -> Self {
        let created_at = clock();
        Self {
            http,
            script,
            clock,
            seed,
            tool_calls_made: 0,
            status: "ringing",
            created_at,
            started_at: None,
            ended: None,
            turns: Vec::new(),
            analysis: None,
        }
    }

    /// Asks which assistant should answer (`assistant-request`).
    pub async fn ask_for_assistant(&self) -> reqwest::Result<Reply> {
        self.raw(&message::assistant_request(self)).await
    }

    /// `status-update` ringing.
    pub async fn ring(&mut self) -> reqwest::Result<Reply> {
        self.status_update("ringing").await
    }

    /// `status-update` in-progress: the assistant has picked up.
    pub async fn in_progress(&mut self) -> reqwest::Result<Reply> {
        self.started_at.get_or_insert((self.clock)());
        self.status_update("in-progress").await
    }

    /// `status-update` ended, without the report.
    pub async fn ended(&mut self, reason: &str) -> reqwest::Result<Reply> {
        self.hang_up(reason);
        let message = message::status_update(self, "ended", json!({ "endedReason": reason }));
        self.raw(&message).await
    }

    /// The caller speaks (`transcript`, final).
    pub async fn say_user(&mut self, text: &str) -> reqwest::Result<Reply> {
        self.turns.push(message::turn(self, "user", text));
        self.raw(&message::transcript(self, "user", text)).await
    }

    /// The assistant speaks (`transcript`, final).
    pub async fn say_assistant(&mut self, text: &str) -> reqwest::Result<Reply> {
        self.turns.push(message::turn(self, "bot", text));
        self.raw(&message::transcript(self, "assistant", text)).await
    }

    /// One tool call under a new id.
    pub async fn tool(&mut self, name: &str, arguments: Value) -> reqwest::Result<Spoken> {
        let id = self.next_tool_call_id();
        self.tool_with_id(&id, name, arguments).await
    }

    /// One tool call under an id of your own: a repetition, or a clash.
    pub async fn tool_with_id(&mut self, id: &str, name: &str, arguments: Value) -> reqwest::Result<Spoken> {
        let call = ToolCall { id: id.to_owned(), name: name.to_owned(), arguments };
        let spoken = self.call_tools(vec![call]).await?.pop();
        Ok(spoken.unwrap_or_else(|| message::nothing(id)))
    }

    /// Several tool calls in one message; the answers in the same order.
    pub async fn tools_parallel(&mut self, calls: Vec<(&str, Value)>) -> reqwest::Result<Vec<Spoken>> {
        let calls = calls
            .into_iter()
            .map(|(name, arguments)| ToolCall {
                id: self.next_tool_call_id(),
                name: name.to_owned(),
                arguments,
            })
            .collect();
        self.call_tools(calls).await
    }

    /// The report at the end of the call, with everything said so far. Again is a redelivery.
    pub async fn end(&mut self, reason: &str) -> reqwest::Result<Reply> {
        self.hang_up(reason);
        self.raw(&message::end_of_call_report(self)).await
    }

    /// The call ends; nobody tells. Gives what `GET /call/{id}` shows, for [`crate::VapiFake::register`].
    pub fn end_unreported(&mut self, reason: &str) -> Value {
        self.hang_up(reason);
        self.record()
    }

    /// The call as `GET /call/{id}` shows it now.
    pub fn record(&self) -> Value {
        message::record(self)
    }

    /// What the platform's model thought of the call, in place of a plain summary.
    pub fn set_analysis(&mut self, analysis: Value) {
        self.analysis = Some(analysis);
    }

    /// Posts any body with the secret.
    pub async fn raw(&self, body: &Value) -> reqwest::Result<Reply> {
        let mut request = self.http.post(&self.script.webhook_url).json(body);
        if let Some((header, secret)) = &self.script.secret {
            request = request.header(header, secret);
        }
        let begun = Instant::now();
        let response = request.send().await?;
        let status = response.status().as_u16();
        let text = response.text().await?;
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Ok(Reply { status, body, elapsed: begun.elapsed() })
    }

    async fn status_update(&mut self, status: &'static str) -> reqwest::Result<Reply> {
        self.status = status;
        self.raw(&message::status_update(self, status, json!({}))).await
    }

    async fn call_tools(&mut self, calls: Vec<ToolCall>) -> reqwest::Result<Vec<Spoken>> {
        self.turns.push(message::tool_calls_turn(self, &calls));
        let reply = self.raw(&message::tool_calls(self, &calls)).await?;
        let spoken: Vec<Spoken> = calls.iter().map(|call| message::heard(&reply, &call.id)).collect();
        for (call, answer) in calls.iter().zip(&spoken) {
            self.turns.push(message::tool_result_turn(self, call, answer));
        }
        Ok(spoken)
    }

    fn hang_up(&mut self, reason: &str) {
        self.status = "ended";
        self.ended.get_or_insert(((self.clock)(), reason.to_owned()));
    }

    fn next_tool_call_id(&mut self) -> String {
        self.tool_calls_made += 1;
        format!("call_{:014x}{:010x}", self.seed & 0x00ff_ffff_ffff_ffff, self.tool_calls_made)
    }
}
