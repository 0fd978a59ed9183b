//! Asks the voice platform for an org's assistants, and tells in what each differs from what it should be.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;
use voxanne_vapi::management::{Management, ManagementError, Timeouts};
use voxanne_vapi::provisioning::default_server_messages;

use super::definitions::{self, Clinic};
use crate::orgs::{self, Assistant, Claimed};
use crate::platform::app::App;
use crate::platform::ids::OrgId;
use crate::platform::trial::Check;
use crate::scheduling;

/// Somebody waits for the answer.
const TIMEOUTS: Timeouts = Timeouts { connect: Duration::from_secs(3), total: Duration::from_secs(8) };
/// More than an org has.
const ASSISTANTS_MAX: i64 = 10;
const TOOLS_MAX: usize = 30;
const PATH: &str = "/api/webhooks/vapi";

/// Whether each assistant of the org is there, and its server, messages and tools lead to us.
pub async fn try_assistant(app: &App, org: OrgId) -> Result<Vec<Check>, sqlx::Error> {
    let mut tx = app.begin(org).await?;
    let settings = orgs::settings(&mut tx, &app.keys, org).await?;
    let assistants = orgs::assistants(&mut tx, org, (None, None, ASSISTANTS_MAX)).await?;
    tx.commit().await?;
    if assistants.is_empty() {
        return Ok(vec![Check::wrong(
            "assistant",
            "The clinic has no assistant.",
            "Make one at the voice platform with what Settings shows to paste, and enter its id.",
        )]);
    }
    let Some(key) = settings.vapi_private_key else {
        return Ok(vec![Check::wrong(
            "key",
            "The voice platform cannot be asked: the clinic has not given its private key.",
            "Enter the private key of the clinic's account at the voice platform.",
        )]);
    };
    let client = match Management::new(&app.config.vapi.base_url, key, TIMEOUTS) {
        Ok(client) => client,
        Err(error) => return Ok(vec![trouble(&error)]),
    };
    let book = scheduling::rule_book(app, org, None).await.map_err(|_shared| sqlx::Error::PoolClosed)?;
    let Some(location) = book.location(None) else { return Ok(Vec::new()) };
    let expected: Vec<String> =
        definitions::tools(&Clinic::at(&book, location), &definitions::server("", None))
            .into_iter()
            .map(|tool| tool.function.name)
            .collect();
    let mut checks = Vec::new();
    for assistant in &assistants {
        match client.get_assistant(&assistant.platform_assistant_id).await {
            Ok(Some(found)) => {
                checks.extend(compare(app, org, &client, (assistant, &found, &expected)).await?);
            }
            Ok(None) => checks.push(Check::wrong(
                "assistant",
                format!("{}: the platform has no assistant of that id (404).", assistant.name),
                "Compare the id, and whether the private key is of the same account.",
            )),
            Err(error) => {
                checks.push(trouble(&error));
                break;
            }
        }
    }
    Ok(checks)
}

fn trouble(error: &ManagementError) -> Check {
    let fix = match error {
        ManagementError::Unauthorized => {
            "Enter the private key of the account, not the public one; it may have been replaced there."
        }
        ManagementError::RateLimited { .. } => "Try again in a minute.",
        ManagementError::BaseUrl => "Ask whoever runs the installation to set vapi.base_url.",
        _ => "Try again in a moment; if it lasts, compare the platform's status page.",
    };
    Check::wrong("platform", format!("Asked for the assistant: {error}."), fix)
}

async fn compare(
    app: &App,
    org: OrgId,
    client: &Management,
    (assistant, found, expected): (&Assistant, &Value, &[String]),
) -> Result<Vec<Check>, sqlx::Error> {
    let name = &assistant.name;
    let mut checks = vec![Check::good("assistant", format!("{name} is there."))];
    let url = found.pointer("/server/url").or_else(|| found.get("serverUrl")).and_then(Value::as_str);
    checks.push(match leads(app, org, url).await? {
        Ok(()) => Check::good("server", format!("{name}: its messages come to this clinic's door.")),
        Err((what, fix)) => Check::wrong("server", format!("{name}: {what}"), fix),
    });
    checks.push(messages(name, found));
    let (tools, mut wrong) = tools_of(client, name, found).await;
    for tool in &tools {
        if let Err((what, fix)) = leads(app, org, tool.url.as_deref()).await? {
            wrong.push(Check::wrong("tool", format!("{name}, {}: {what}", tool.name), fix));
        }
        if tool.is_async {
            wrong.push(Check::wrong(
                "tool",
                format!("{name}, {}: it is async, so its answer is never spoken.", tool.name),
                "Switch Async off for the tool.",
            ));
        }
    }
    let there: BTreeSet<&str> = tools.iter().map(|tool| tool.name.as_str()).collect();
    let missing: Vec<&str> =
        expected.iter().map(String::as_str).filter(|tool| !there.contains(tool)).collect();
    if !missing.is_empty() {
        wrong.push(Check::wrong(
            "tools",
            format!("{name} has no {}.", missing.join(", ")),
            "Add the tools that Settings shows to paste to the assistant.",
        ));
    }
    if wrong.is_empty() {
        wrong.push(Check::good(
            "tools",
            format!("{name} has all {} tools, and they lead here.", expected.len()),
        ));
    }
    checks.extend(wrong);
    Ok(checks)
}

/// Whether an address is one of this clinic's, or what is wrong with it and what to do.
async fn leads(
    app: &App,
    org: OrgId,
    url: Option<&str>,
) -> Result<Result<(), (String, &'static str)>, sqlx::Error> {
    let base = &app.config.server.public_url;
    let Some(url) = url else {
        return Ok(Err((
            "it has no server URL.".to_owned(),
            "Enter the address that Settings shows to paste.",
        )));
    };
    let Some(rest) = url.strip_prefix(base.as_str()).and_then(|rest| rest.strip_prefix(PATH)) else {
        return Ok(Err((
            // What stands behind the host may open another clinic's door.
            format!("its server URL leads to {}.", host_of(url)),
            "Enter the address that Settings shows to paste; open another one if nobody has it any more.",
        )));
    };
    let token = rest.trim_matches('/');
    if token.is_empty() {
        return Ok(Ok(()));
    }
    let owner = orgs::owner_of(app, &Claimed::Door(token.to_owned())).await;
    let owner = owner.map_err(|_shared| sqlx::Error::PoolClosed)?;
    Ok(match owner {
        Some(owner) if owner.org == org => Ok(()),
        _ => Err((
            "its address is closed, or none of this clinic's.".to_owned(),
            "Open another address in Settings and enter it.",
        )),
    })
}

fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}

fn messages(name: &str, found: &Value) -> Check {
    let sent: BTreeSet<&str> =
        found["serverMessages"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let missing: Vec<String> =
        default_server_messages().into_iter().filter(|one| !sent.contains(one.as_str())).collect();
    if missing.is_empty() {
        return Check::good("messages", format!("{name} sends all messages that are needed."));
    }
    Check::wrong(
        "messages",
        format!("{name} does not send {}.", missing.join(", ")),
        "Choose exactly the server messages that Settings shows to paste.",
    )
}

/// A tool as far as it has to be right.
struct Tool {
    name: String,
    url: Option<String>,
    is_async: bool,
}

impl Tool {
    /// `None` for the platform's own tools.
    fn read(tool: &Value) -> Option<Self> {
        if tool["type"] != "function" {
            return None;
        }
        Some(Self {
            name: tool.pointer("/function/name").and_then(Value::as_str)?.to_owned(),
            url: tool.pointer("/server/url").and_then(Value::as_str).map(str::to_owned),
            is_async: tool["async"] == true,
        })
    }
}

/// Those that are written into the assistant, and those that it names.
async fn tools_of(client: &Management, name: &str, found: &Value) -> (Vec<Tool>, Vec<Check>) {
    let written = found.pointer("/model/tools").and_then(Value::as_array).into_iter().flatten();
    let mut tools: Vec<Tool> = written.filter_map(Tool::read).collect();
    let mut wrong = Vec::new();
    let named = found.pointer("/model/toolIds").and_then(Value::as_array).into_iter().flatten();
    for id in named.filter_map(Value::as_str).take(TOOLS_MAX) {
        match client.get_tool(id).await {
            Ok(Some(tool)) => tools.extend(Tool::read(&tool)),
            Ok(None) => wrong.push(Check::wrong(
                "tool",
                format!("{name} names a tool that is not there (404)."),
                "Take it off the assistant, and add what Settings shows to paste.",
            )),
            Err(error) => {
                wrong.push(trouble(&error));
                break;
            }
        }
    }
    (tools, wrong)
}
