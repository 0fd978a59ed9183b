//! Hot callers of a closed clinic are offered two held times by text, and staff find a task at opening.

mod answers;
mod offers;
mod opening;

use jiff::SignedDuration;
use voxanne::jobs;

use crate::harness::{Clinic, Voxanne, booking, call_ref};

/// One person gives it, so that a held time is nobody else's.
const HOT: &str = "I'm interested in body contouring, I have budget, need it this week";

/// Hours from the fixtures' moment (Tuesday, 10 AM in Los Angeles) to 7 PM, after closing, and to 11 PM, by night.
const EVENING: i64 = 9;
const NIGHT: i64 = 13;

/// A call of `clinic` that said this, ended and scored.
async fn called(vox: &Voxanne, clinic: &Clinic, (n, from): (u128, Option<&str>), said: &str) {
    let call = vox.call_from(clinic, &call_ref(n), from);
    call.in_progress().await.unwrap();
    call.say_user(said).await.unwrap();
    call.end("customer-ended-call").await.unwrap();
    vox.run_jobs().await;
    vox.run_jobs().await;
}

/// A hot call to Glow.
async fn hot(vox: &Voxanne, n: u128, from: &str) {
    called(vox, &vox.glow, (n, Some(from)), HOT).await;
}

/// A Voxanne so many hours after the fixtures' moment.
async fn after(hours: i64) -> Voxanne {
    let vox = Voxanne::start().await;
    vox.later(SignedDuration::from_hours(hours));
    vox
}

/// Moves the clock, makes every waiting job due and runs what is, and one round of every schedule.
async fn later(vox: &Voxanne, minutes: i64) {
    vox.later(SignedDuration::from_mins(minutes));
    jobs::make_due(&vox.app).await.unwrap();
    vox.run_jobs().await;
    jobs::run_schedules(&vox.app).await.unwrap();
    vox.run_jobs().await;
}

/// What was texted to a number, oldest first.
fn told(vox: &Voxanne, phone: &str) -> Vec<String> {
    vox.texts_to(phone).into_iter().map(|text| text.body).collect()
}

/// Starts of what is held for callers who were offered times, by Los Angeles's clock.
async fn held(vox: &Voxanne) -> String {
    vox.one(
        "select coalesce(string_agg(to_char(starts_at at time zone 'America/Los_Angeles', 'Dy DD HH24:MI'), ', ' order by starts_at), '')
           from holds where call_ref like 'times:%'",
    )
    .await
}

/// How far each offer has come.
async fn standing(vox: &Voxanne) -> String {
    vox.one("select coalesce(string_agg(state || ' ' || rounds, ', ' order by id), '') from times_offers")
        .await
}

/// Another caller asks for body contouring then; what they hear.
async fn books(vox: &Voxanne, n: u128, from: &str, date: &str, time: &str) -> String {
    let line = vox.call_from(&vox.glow, &call_ref(n), Some(from));
    line.in_progress().await.unwrap();
    let mut wish = booking("Body Contouring", date, time, "Bea Ruiz");
    wish["customerPhone"] = from.into();
    line.tool("book_appointment", wish).await.unwrap().text().to_owned()
}

/// Open tasks of a kind.
async fn tasks(vox: &Voxanne, kind: &str) -> String {
    vox.one(&format!(
        "select coalesce(string_agg(title, E'\\n' order by created_at), '') from tasks where kind = '{kind}' and done_at is null"
    ))
    .await
}
