//! E-mails to staff: alerts once each, a summary each morning, whatever the mail server does.

mod alerts;
mod commands;
mod delivery;
mod recipients;
mod summary;

use jiff::SignedDuration;
use serde_json::json;
use voxanne::jobs;
use voxanne::platform::config::Config;
use voxanne_sandbox::mail::Mail;

use crate::harness::{CALLER, Clinic, Voxanne, call_ref};

/// Who gets e-mails at Glow.
const MARIA: &str = "maria@glow.example";
/// Beyond a lease, when the mail server has a second to answer.
const LEASE_SECONDS: i64 = 22;

/// The mail server has a second to answer.
fn impatient(config: &mut Config) {
    config.mail.timeout_seconds = 1;
}

/// Adds a recipient of everything, in a language.
async fn add(vox: &Voxanne, clinic: &Clinic, address: &str, language: &str) -> String {
    let api = vox.api(clinic, &voxanne::accounts::Scope::ALL).await;
    let made = api.post("/email-recipients", json!({"address": address, "language": language})).await.good();
    made["id"].as_str().unwrap().to_owned()
}

/// A caller of `clinic` turns hot in the call of this number; says what the assistant says then.
async fn hot_lead(vox: &Voxanne, clinic: &Clinic, call: u128) -> String {
    let lead = json!({
        "leadName": "Sarah Johnson", "leadPhone": CALLER, "serviceInterest": "Botox Consultation",
        "urgency": "high", "summary": "Wants Botox this week",
    });
    let line = vox.call_from(clinic, &call_ref(call), Some(CALLER));
    line.tool("notify_hot_lead", lead).await.unwrap().text().to_owned()
}

/// Lets time pass, for the clock and for waiting jobs, and runs what is due.
async fn later(vox: &Voxanne, seconds: i64) {
    vox.later(SignedDuration::from_secs(seconds));
    jobs::make_due(&vox.app).await.unwrap();
    vox.run_jobs().await;
}

fn inbox(vox: &Voxanne, address: &str) -> Vec<Mail> {
    vox.sandbox.mail().inbox_of(address)
}

/// Each e-mail's state with its code, in the order they were queued.
async fn states(vox: &Voxanne) -> String {
    vox.one("select coalesce(string_agg(state || coalesce(' ' || failure_code, ''), ', ' order by queued_at, dedupe_key), '') from emails")
        .await
}

/// What staff have to do about e-mails, oldest first.
async fn tasks(vox: &Voxanne) -> String {
    vox.one("select coalesce(string_agg(kind || ': ' || title, E'\\n' order by created_at, title), '') from tasks where kind like '%email%'")
        .await
}
