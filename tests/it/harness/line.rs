//! A call as a test plays it: from many places at once, if it likes.

use std::sync::atomic::{AtomicU64, Ordering};

use reqwest::Result;
use serde_json::Value;
use tokio::sync::Mutex;
use voxanne_sandbox::Clock;
use voxanne_sandbox::caller::{CallScript, Caller, Reply, Spoken};

/// One call. What is said goes in order; tools are asked side by side.
pub struct Line {
    http: reqwest::Client,
    script: CallScript,
    clock: Clock,
    asked: AtomicU64,
    caller: Mutex<Caller>,
}

impl Line {
    pub fn new(http: reqwest::Client, script: CallScript, clock: Clock) -> Self {
        let caller = Mutex::new(Caller::new(http.clone(), script.clone(), clock.clone(), 0));
        Self { http, script, clock, asked: AtomicU64::new(1), caller }
    }

    /// The same call with its own tool call ids, so that nobody waits for anybody.
    fn aside(&self) -> Caller {
        let seed = self.asked.fetch_add(1, Ordering::Relaxed);
        Caller::new(self.http.clone(), self.script.clone(), self.clock.clone(), seed)
    }

    pub async fn tool(&self, name: &str, arguments: Value) -> Result<Spoken> {
        self.aside().tool(name, arguments).await
    }

    pub async fn tool_with_id(&self, id: &str, name: &str, arguments: Value) -> Result<Spoken> {
        self.aside().tool_with_id(id, name, arguments).await
    }

    pub async fn tools_parallel(&self, calls: Vec<(&str, Value)>) -> Result<Vec<Spoken>> {
        self.aside().tools_parallel(calls).await
    }

    pub async fn ask_for_assistant(&self) -> Result<Reply> {
        self.caller.lock().await.ask_for_assistant().await
    }

    pub async fn in_progress(&self) -> Result<Reply> {
        self.caller.lock().await.in_progress().await
    }

    pub async fn ended(&self, reason: &str) -> Result<Reply> {
        self.caller.lock().await.ended(reason).await
    }

    pub async fn say_user(&self, text: &str) -> Result<Reply> {
        self.caller.lock().await.say_user(text).await
    }

    pub async fn say_assistant(&self, text: &str) -> Result<Reply> {
        self.caller.lock().await.say_assistant(text).await
    }

    pub async fn end(&self, reason: &str) -> Result<Reply> {
        self.caller.lock().await.end(reason).await
    }

    pub async fn end_unreported(&self, reason: &str) -> Value {
        self.caller.lock().await.end_unreported(reason)
    }
}
