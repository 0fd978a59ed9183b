//! The wire against recorded messages, hostile ones, and a server that answers badly.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]
#![allow(clippy::disallowed_methods, reason = "a test awaits the tasks it spawns")]

mod answers;
mod auth;
mod fixtures;
mod management;
mod properties;
mod provisioning;
mod redaction;
mod reports;
mod shapes;

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use voxanne_vapi::{Event, Message, ToolCall, parse};

fn fixtures_dir() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures")
}

fn fixture(path: &str) -> Vec<u8> {
    fs::read(fixtures_dir().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

fn fixture_json(path: &str) -> Value {
    serde_json::from_slice(&fixture(path)).unwrap()
}

/// Names and bodies of all files of one folder, in order.
fn folder(path: &str) -> Vec<(String, Vec<u8>)> {
    let mut names: Vec<String> = fs::read_dir(fixtures_dir().join(path))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names.into_iter().map(|name| (name.clone(), fixture(&format!("{path}/{name}")))).collect()
}

fn parsed(body: &Value) -> Message {
    parse(&serde_json::to_vec(body).unwrap()).unwrap()
}

fn calls_of(message: &Message) -> Vec<ToolCall> {
    match &message.event {
        Event::ToolCalls { calls } => calls.clone(),
        Event::FunctionCall(call) => vec![call.clone()],
        other => panic!("no tool calls in {other:?}"),
    }
}
