//! Texts: once each, whatever Twilio does, and nothing promised that is not queued.

mod accounts;
mod again;
mod attacks;
mod callbacks;
mod commands;
mod limits;
mod lookups;
mod missed_calls;
mod policy;
mod questions;
mod queue;
mod refusals;
mod reminder_answers;
mod reminders;
mod storm;
mod two_way;
mod two_way_guards;

pub use two_way::book as book_by_api;

use std::time::Duration;

use jiff::SignedDuration;
use voxanne::jobs;
use voxanne::messaging::{self, Kind, NewText, Queued};
use voxanne::orgs;
use voxanne::phone::Phone;
use voxanne::platform::config::Config;
use voxanne::platform::ids::TextId;
use voxanne_sandbox::twilio::Callbacks;

use crate::harness::{CALLER, Clinic, Voxanne, booking, call_ref};

/// Long enough for a leased text to be looked up, when Twilio has a second to answer.
const LEASE_SECONDS: i64 = 22;
/// Beyond the pause between two look-ups.
const LOOK_UP_SECONDS: i64 = 61;

/// Twilio has a second to answer, so that silence does not take ten.
fn impatient(config: &mut Config) {
    config.texts.timeout_seconds = 1;
}

/// Voxanne with an impatient client and a Twilio that never reports by itself.
async fn unreported() -> Voxanne {
    let vox = Voxanne::start_with(impatient).await;
    vox.sandbox.twilio().set_callbacks(Callbacks::Held);
    vox
}

/// Queues a confirmation of `clinic` for the reason `key`.
async fn queue(vox: &Voxanne, clinic: &Clinic, to: &str, key: &str) -> Queued {
    queue_kind(vox, clinic, Kind::Confirmation, to, key).await
}

async fn queue_kind(vox: &Voxanne, clinic: &Clinic, kind: Kind, to: &str, key: &str) -> Queued {
    let to = Phone::parse_e164(to).unwrap();
    let new = NewText {
        kind,
        to: &to,
        body: format!("Hello, this is {key}"),
        dedupe_key: key.to_owned(),
        contact: None,
        appointment: None,
        call: None,
        sent_by: None,
    };
    let mut tx = vox.app.begin(clinic.org).await.unwrap();
    let settings = orgs::settings(&mut tx, &vox.app.keys, clinic.org).await.unwrap();
    let queued = messaging::queue_text(&vox.app, &mut tx, clinic.org, &settings, new).await.unwrap();
    tx.commit().await.unwrap();
    queued
}

/// Queues a confirmation of Glow to the caller and runs the queue once.
async fn send(vox: &Voxanne, key: &str) -> TextId {
    let id = queue(vox, &vox.glow, CALLER, key).await.text().unwrap();
    vox.run_jobs().await;
    id
}

/// Lets time pass, for the clock and for waiting jobs, and runs what is due.
async fn later(vox: &Voxanne, seconds: i64) {
    vox.later(SignedDuration::from_secs(seconds));
    jobs::make_due(&vox.app).await.unwrap();
    vox.run_jobs().await;
}

/// Each text's state with its code, in the order they were queued.
async fn states(vox: &Voxanne) -> String {
    vox.one("select coalesce(string_agg(state::text || coalesce(' ' || failure_code, ''), ', ' order by queued_at, dedupe_key), '') from texts")
        .await
}

/// What staff have to do, oldest first.
async fn tasks(vox: &Voxanne) -> String {
    vox.one("select coalesce(string_agg(kind || ': ' || title, E'\\n' order by created_at, title), '') from tasks").await
}

/// How many texts Twilio took.
fn taken(vox: &Voxanne) -> usize {
    vox.sandbox.twilio().messages().len()
}

/// Books Botox at this hour on December 1st over the phone and gives what the caller hears.
async fn book(vox: &Voxanne, call: u128, from: &str, hour: u8) -> String {
    let line = vox.call_from(&vox.glow, &call_ref(call), Some(from));
    let wish = booking("Botox", "2026-12-01", &format!("{hour}:00"), "Dana Fox");
    line.tool_with_id(&format!("call_{call}_{hour}"), "book_appointment", wish)
        .await
        .unwrap()
        .text()
        .to_owned()
}

/// Waits, bounded, for what another task does.
async fn until(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..1200 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("never: {what}");
}
