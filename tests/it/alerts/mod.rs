//! Alerts reach somebody: told step by step until one person has taken each, whatever goes wrong on the way.

mod api;
mod hours;
mod ladder;
mod no_lead;
mod proof;
mod taking;
mod trouble;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use voxanne::jobs;

use crate::harness::{Api, CALLER, Clinic, Voxanne, call_ref};

pub const ANN: &str = "+13105550181";
pub const BO: &str = "+13105550182";
pub const CY: &str = "+13105550183";

/// What the assistant tells of a caller.
fn lead() -> Value {
    json!({
        "leadName": "Sarah Johnson", "leadPhone": CALLER, "serviceInterest": "Botox Consultation",
        "urgency": "high", "summary": "High-value lead detected during call",
    })
}

/// The assistant raises a hot lead in the call `n`; what it says then. The texts leave.
async fn hot_lead(vox: &Voxanne, clinic: &Clinic, n: u128) -> String {
    let line = vox.call_from(clinic, &call_ref(n), Some(CALLER));
    let said = line.tool("notify_hot_lead", lead()).await.unwrap().text().to_owned();
    vox.run_jobs().await;
    said
}

/// A call that ends with somebody who may be hurt.
async fn reaction(vox: &Voxanne, n: u128) {
    let call = vox.call(&call_ref(n));
    call.in_progress().await.unwrap();
    call.say_user("My face is swollen after filler yesterday, this is urgent").await.unwrap();
    call.end("customer-ended-call").await.unwrap();
    vox.until_count(&format!("calls where report_at is not null and call_ref = '{}'", call_ref(n)), 1).await;
    vox.run_jobs().await;
    vox.run_jobs().await;
}

/// Somebody on the rota; their id.
/// Every number on the rota was shown to be whose it is: `t20_` tests go the whole way.
async fn confirmed(vox: &Voxanne) {
    vox.exec("update alert_recipients set confirmed_at = created_at where confirmed_at is null").await;
}

async fn on_rota(vox: &Voxanne, api: &Api, name: &str, phone: &str, step: u8) -> String {
    on_rota_with(vox, api, json!({"name": name, "phone": phone, "step": step})).await
}

async fn on_rota_with(vox: &Voxanne, api: &Api, fields: Value) -> String {
    let id = api.post("/alert-recipients", fields).await.good()["id"].as_str().unwrap().to_owned();
    confirmed(vox).await;
    // The code has gone, and counts in no test.
    vox.run_jobs().await;
    id
}

/// Ann first, then Bo, then Cy.
async fn rota(vox: &Voxanne) -> Api {
    let api = vox.glow_api().await;
    for (step, (name, phone)) in (1..).zip([("Ann", ANN), ("Bo", BO), ("Cy", CY)]) {
        on_rota(vox, &api, name, phone, step).await;
    }
    api
}

/// Lets minutes pass and runs the jobs whose time has come, as the queue would.
async fn minutes(vox: &Voxanne, minutes: i64) {
    vox.later(SignedDuration::from_mins(minutes));
    jobs::make_due(&vox.app).await.unwrap();
    vox.run_jobs().await;
}

/// Moves the clock to then, and runs a round of everything that comes round.
async fn work_at(vox: &Voxanne, moment: &str) {
    let moment: Timestamp = moment.parse().unwrap();
    vox.later(moment.duration_since(vox.app.clock.now()));
    round(vox).await;
}

async fn round(vox: &Voxanne) {
    jobs::run_schedules(&vox.app).await.unwrap();
    vox.run_jobs().await;
}

/// How many texts each of them got, without the code that shows whose the number is.
fn told<const N: usize>(vox: &Voxanne, numbers: [&str; N]) -> [usize; N] {
    let counts = |body: &str| !body.contains("is the code to get");
    numbers.map(|number| vox.texts_to(number).iter().filter(|text| counts(&text.body)).count())
}

/// Open tasks about alerts.
async fn tasks(vox: &Voxanne) -> String {
    vox.one(
        "select coalesce(string_agg(kind || ': ' || title, E'\\n' order by created_at, title), '') from tasks where done_at is null
            and kind in ('alert_unacknowledged', 'hot_lead_waits', 'clinical_call_back', 'set_alert_phone')",
    )
    .await
}

/// The newest alert as the API has it.
async fn newest(api: &Api) -> Value {
    api.get("/alerts?limit=1").await.good()["items"][0].clone()
}

/// How it was taken.
async fn taken(vox: &Voxanne) -> String {
    vox.one("select coalesce(string_agg(coalesce(acknowledged_via || ' ' || acknowledged_by, 'open'), ', ' order by raised_at, kind desc, id), '') from escalations")
        .await
}
