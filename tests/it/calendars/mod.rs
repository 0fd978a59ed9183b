//! Outside calendars: what is read from them, what is written into them, and what a caller hears meanwhile.

mod attacks;
mod browser;
mod caldav;
mod commands;
mod conflicts;
mod connections;
mod consent;
mod faults;
mod histories;
#[path = "../../../crates/caldav/tests/radicale/server.rs"]
mod radicale;
mod resolve;
mod sync;
mod tokens;
mod voice;
mod whose;
mod workers;

use serde_json::json;
use voxanne_sandbox::google::{Seen, When};
use voxanne_sandbox::{GoogleFake, HumanEvent};

use crate::harness::{ACCOUNT, CALLER, Voxanne, booking, call_ref};

/// Glow with the clinic's Google Calendar connected. Bookings there count on it: Voxanne is not its calendar.
async fn connected() -> Voxanne {
    let vox = Voxanne::start().await;
    connect(&vox).await;
    vox
}

async fn connect(vox: &Voxanne) {
    vox.exec("update integration_settings set calendar_of_record = false").await;
    vox.connects(vox.glow.org, None, ACCOUNT).await;
}

/// Another process of the same installation, which asks the same Google.
async fn beside(vox: &Voxanne) -> Voxanne {
    let google = voxanne_google_calendar::Endpoints::at(&vox.sandbox.url());
    let same = |config: &mut voxanne::platform::config::Config| {
        config.google.token_url = google.token_url;
        config.google.api_url = google.api_url;
    };
    vox.restarted_with(same).await
}

/// Books Botox for Ana on Tuesday, December 1st, and says what the caller heard.
async fn book(vox: &Voxanne, n: u128, time: &str) -> String {
    let call = vox.call(&call_ref(n));
    let wish = booking("Botox", "2026-12-01", time, "Ana Diaz");
    call.tool("book_appointment", wish).await.unwrap().text().to_owned()
}

async fn available(vox: &Voxanne, n: u128, date: &str) -> String {
    let wish = json!({"date": date, "serviceType": "Botox"});
    vox.call(&call_ref(n)).tool("check_availability", wish).await.unwrap().text().to_owned()
}

fn google(vox: &Voxanne) -> GoogleFake {
    vox.sandbox.google()
}

/// Events of ours in the clinic's calendar.
fn ours(vox: &Voxanne) -> Vec<Seen> {
    google(vox)
        .events(ACCOUNT)
        .into_iter()
        .filter(|event| event.private.contains_key("voxanneVisit"))
        .collect()
}

/// Something of a person's in the clinic's calendar.
fn blocks(vox: &Voxanne, from: &str, to: &str) -> String {
    google(vox).add_event(ACCOUNT, &HumanEvent::at("Dentist", from.parse().unwrap(), to.parse().unwrap()))
}

/// A person moves an event.
fn moves(vox: &Voxanne, id: &str, from: &str, to: &str) {
    let at = |at: &str| When::At(at.parse().unwrap());
    assert!(google(vox).move_event(ACCOUNT, id, at(from), at(to)));
}

/// Every push arrives and is acted on.
async fn pushed(vox: &Voxanne) {
    google(vox).settled().await;
    vox.run_jobs().await;
}

/// The only event of ours starts then.
fn assert_event_at(vox: &Voxanne, starts_at: &str) {
    let ours = ours(vox);
    let starts: Vec<String> = ours.iter().map(|event| event.start.to_string()).collect();
    assert_eq!(starts, [starts_at]);
}

async fn status(vox: &Voxanne) -> String {
    vox.one("select status::text from appointments order by created_at desc, id desc limit 1").await
}

/// A question to a caller's own visit.
async fn move_to(vox: &Voxanne, n: u128, date: &str, time: &str) -> String {
    let wish = json!({"newDate": date, "newTime": time});
    let call = vox.call_from(&vox.glow, &call_ref(n), Some(CALLER));
    call.tool("reschedule_appointment", wish).await.unwrap().text().to_owned()
}
