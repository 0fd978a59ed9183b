//! The waitlist: an opening is offered to one person after the other, by text and by day, and taken by a word or a link.

mod answers;
mod inbound;
mod joining;
mod offers;
mod quiet_hours;
mod races;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use uuid::Uuid;
use voxanne::appointments::{self, OfferOpening};
use voxanne::platform::ids::LocationId;
use voxanne::{jobs, seed};
use voxanne_sandbox::twilio::{Answered, Inbound};

use crate::harness::{Clinic, Voxanne, call_ref};

/// People who wait.
const ANN: &str = "+13105550101";
const BEA: &str = "+13105550102";
const CAT: &str = "+13105550103";

/// Thursday, December 3rd, 2 PM in Los Angeles, and how long a visit takes.
const FREED: &str = "2026-12-03T22:00:00Z";
const MINUTES: i64 = 45;

/// Rings from `from` and asks to be put on the list for Botox until December 24th.
async fn join(vox: &Voxanne, from: &str) -> String {
    join_for(vox, from, "Botox").await
}

async fn join_for(vox: &Voxanne, from: &str, service: &str) -> String {
    // Every call of its own.
    let n = u128::try_from(vox.app.clock.now().as_second()).unwrap();
    let line = vox.call_from(&vox.glow, &call_ref(n), Some(from));
    let said = line.tool("join_waitlist", json!({ "serviceType": service })).await.unwrap().text().to_owned();
    // Who joined first has waited longest.
    vox.later(SignedDuration::from_secs(1));
    said
}

/// Practitioner and location at Glow.
async fn nora(vox: &Voxanne) -> (Uuid, LocationId) {
    let id = vox.one("select id from resources where name = 'Nora Alvarez'").await;
    let of_glow = format!("select id from locations where org_id = '{}'", vox.glow.org.0);
    (id, LocationId(vox.one::<Uuid>(&of_glow).await))
}

/// A time of Nora's became free: leaves the job and runs everything due.
async fn free(vox: &Voxanne, starts_at: &str) {
    free_later(vox, starts_at).await;
    vox.run_jobs().await;
}

async fn freed(vox: &Voxanne, starts_at: &str) -> OfferOpening {
    let (practitioner, location) = nora(vox).await;
    let starts_at: Timestamp = starts_at.parse().unwrap();
    let ends_at = starts_at + SignedDuration::from_mins(MINUTES);
    OfferOpening { org: vox.glow.org, location, practitioner, starts_at, ends_at }
}

async fn free_later(vox: &Voxanne, starts_at: &str) {
    let freed = freed(vox, starts_at).await;
    let mut tx = vox.app.begin(vox.glow.org).await.unwrap();
    appointments::offer_later(&mut tx, &freed, Duration::ZERO).await.unwrap();
    tx.commit().await.unwrap();
}

/// Moves the clock, makes every waiting job due and runs what is.
async fn later(vox: &Voxanne, minutes: i64) {
    vox.later(SignedDuration::from_mins(minutes));
    jobs::make_due(&vox.app).await.unwrap();
    vox.run_jobs().await;
}

/// Somebody texts Glow; what our webhook answers.
async fn text_us(vox: &Voxanne, from: &str, body: &str) -> Answered {
    post_text(vox, &vox.glow, from, body, None).await
}

async fn post_text(vox: &Voxanne, to: &Clinic, from: &str, body: &str, word: Option<&str>) -> Answered {
    let seeded = if to.org == vox.glow.org { &seed::GLOW } else { &seed::HARBOR };
    let token = format!("sandbox-{}", seeded.twilio_account);
    let text = Inbound {
        account_sid: seeded.twilio_account,
        auth_token: &token,
        from,
        to: &to.number,
        body,
        opt_out_type: word,
        media: 0,
    };
    vox.sandbox.twilio().text_us(&webhook(vox, to), &text).await.unwrap()
}

fn webhook(vox: &Voxanne, clinic: &Clinic) -> String {
    format!("{}/api/webhooks/twilio/inbound/{}", vox.url, clinic.org.0)
}

/// Texts us and runs the jobs.
async fn say(vox: &Voxanne, from: &str, body: &str) {
    assert_eq!(text_us(vox, from, body).await.status, 200);
    vox.run_jobs().await;
}

/// The last text to a number.
fn last_to(vox: &Voxanne, number: &str) -> String {
    vox.texts_to(number).last().map(|text| text.body.clone()).unwrap_or_default()
}

/// The link in the offer that a number got.
fn link_of(vox: &Voxanne, number: &str) -> String {
    let texts = vox.texts_to(number);
    let link = texts
        .iter()
        .rev()
        .find_map(|text| text.body.split_whitespace().find(|word| word.contains("/w/")).map(str::to_owned));
    link.expect("no offer").trim_end_matches('.').to_owned()
}

/// The offer with its link cut out.
fn without_link(text: &str) -> String {
    let words = text.split(' ').map(|word| if word.contains("/w/") { "[link]." } else { word });
    words.collect::<Vec<_>>().join(" ")
}

/// State and offers so far of everybody on the list, in the order they joined.
async fn standing(vox: &Voxanne) -> String {
    vox.one(
        "select coalesce(string_agg(right(c.phone, 3) || ' ' || e.state || ' ' || e.offers, ', ' order by e.created_at), '')
           from waitlist_entries e join contacts c on c.org_id = e.org_id and c.id = e.contact_id",
    )
    .await
}

/// Status and visible text of a page.
async fn page(vox: &Voxanne, method: reqwest::Method, url: &str) -> (u16, String) {
    let response = vox.http.request(method, url).send().await.unwrap();
    let status = response.status().as_u16();
    let html = response.text().await.unwrap();
    let body = html.split("<main>").nth(1).unwrap_or(&html);
    let mut text = String::new();
    let mut in_tag = false;
    for char in body.chars() {
        match char {
            '<' => in_tag = true,
            '>' => {
                in_tag = false;
                text.push(' ');
            }
            other if !in_tag => text.push(other),
            _ => {}
        }
    }
    (status, text.split_whitespace().collect::<Vec<_>>().join(" "))
}
