//! Sequences: who enters, what ends a run, and when steps leave.

mod api;
mod entries;
mod exits;
mod preview;
mod templates;
mod timing;
mod workers;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use voxanne::platform::ids::{Prefixed as _, SequenceId, SequenceRunId};
use voxanne::{jobs, sequences};

use crate::harness::{Api, Clinic, Voxanne, call_ref};

/// Two people in Los Angeles.
const ANN: &str = "+13105550101";
const BEA: &str = "+13105550102";
/// What a warm caller says who does not book.
const INTERESTED: &str = "I'm interested in Botox and filler, I have budget, need it this week";

/// A step so many days later, at eleven.
fn day(days: i32, says: &str) -> Value {
    json!({"after_days": days, "at_hour": 11, "words": {"en": format!("{{clinic}}: {says}. {{questions}}")}})
}

/// A sequence that is on, after calls without a booking.
fn no_booking(steps: &[Value]) -> Value {
    json!({"name": "Came close", "trigger": "no_booking", "active": true, "steps": steps})
}

/// Adds a sequence and gives its path.
async fn add(api: &Api, fields: Value) -> String {
    let made = api.post("/sequences", fields).await.good();
    format!("/sequences/{}", made["id"].as_str().unwrap())
}

/// Agrees to marketing.
async fn agrees(api: &Api, phone: &str) {
    consents(api, phone, true).await;
}

async fn consents(api: &Api, phone: &str, given: bool) {
    let consent = json!({"phone": phone, "purpose": "marketing", "given": given, "source": "web"});
    api.post("/consents", consent).await.good();
}

/// A call to Glow that ended and was scored.
async fn called(vox: &Voxanne, from: Option<&str>, said: &str) {
    let n = vox.count("calls").await + 1;
    let line = vox.call_from(&vox.glow, &call_ref(u128::try_from(n).unwrap()), from);
    line.in_progress().await.unwrap();
    line.say_user(said).await.unwrap();
    line.end("customer-ended-call").await.unwrap();
    vox.until_count("calls where report_at is not null", n).await;
    vox.run_jobs().await;
    vox.run_jobs().await;
}

/// One round of both schedules at Glow, and whatever leaves by it.
async fn round(vox: &Voxanne) {
    sequences::enter(&vox.app, vox.glow.org).await.unwrap();
    sequences::advance(&vox.app, vox.glow.org).await.unwrap();
    jobs::make_due(&vox.app).await.unwrap();
    vox.run_jobs().await;
}

/// Moves the clock to an instant and goes round.
async fn at(vox: &Voxanne, instant: &str) {
    let instant: Timestamp = instant.parse().unwrap();
    vox.later(instant.duration_since(vox.app.clock.now()));
    round(vox).await;
}

async fn hours(vox: &Voxanne, hours: i64) {
    vox.later(SignedDuration::from_hours(hours));
    round(vox).await;
}

/// Each run's state, or why it was stopped, in the order they began.
async fn runs(vox: &Voxanne) -> String {
    vox.one(
        "select coalesce(string_agg(coalesce(r.stop_reason, r.state) || ' ' || r.sent_steps, ', ' order by r.id), '')
           from sequence_runs r",
    )
    .await
}

/// The steps that a number got, each of them once; what else it gets is not counted.
async fn steps_to(vox: &Voxanne, number: &str) -> Vec<String> {
    let handed: Vec<String> = vox
        .one(&format!(
            "select coalesce(array_agg(body order by queued_at), '{{}}') from texts
              where kind = 'nurture' and to_phone = '{number}' and provider_sid is not null"
        ))
        .await;
    let arrived = vox.texts_to(number);
    for body in &handed {
        assert_eq!(arrived.iter().filter(|text| text.body == *body).count(), 1, "{body}");
    }
    handed
}

/// A run of a sequence, for who only needs one to be there.
pub async fn a_run(vox: &Voxanne, clinic: &Clinic, sequence: &str) -> String {
    let id: SequenceRunId = vox.app.new_id();
    let sequence = SequenceId::parse(sequence).unwrap();
    vox.exec(&format!(
        "insert into sequence_runs (org_id, id, sequence_id, contact_id, cause_id, time_zone, next_at, entered_at)
         select org_id, '{}', '{}', id, id, 'America/Denver', '2030-01-01', '2026-11-24' from contacts where org_id = '{}' limit 1",
        id.0, sequence.0, clinic.org.0
    ))
    .await;
    id.to_string()
}
