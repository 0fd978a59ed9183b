//! What an adversary, a careless person or an unlucky moment does to calendars.

use jiff::SignedDuration;
use serde_json::{Value, json};
use voxanne::{calendars, jobs};
use voxanne_sandbox::google::{Call, Pushes};
use voxanne_sandbox::{Fault, Target};

use super::radicale::{PASSWORD, Radicale, USER};
use super::*;
use crate::harness::Api;

async fn calendar_path(api: &Api) -> String {
    let all = api.get("/calendar-connections").await.good();
    format!("/calendars/{}", all["items"][0]["calendars"][0]["id"].as_str().unwrap())
}

fn choice(blocks: bool, all_day_blocks: bool) -> Value {
    json!({"blocks": blocks, "takes_events": true, "tentative_blocks": true, "all_day_blocks": all_day_blocks})
}

/// A person's all-day event on Tuesday, December 1st.
fn closes(vox: &Voxanne, until: &str) {
    let days = HumanEvent::days("Closed", "2026-12-01".parse().unwrap(), until.parse().unwrap());
    google(vox).add_event(ACCOUNT, &days);
}

/// While a look that was begun under `before` waits for its answer, staff decide `after`.
async fn overtaken(before: Value, after: Value) {
    let vox = connected().await;
    google(&vox).set_pushes(Pushes::Lost);
    let api = vox.glow_api().await;
    let path = calendar_path(&api).await;
    closes(&vox, "2026-12-02");
    api.put(&path, before).await.good();
    let asked = google(&vox).requests(ACCOUNT, Call::List);
    google(&vox).next(Target::GoogleEventsRead, Fault::AnswerSlowly { millis: 500 });
    let decides = async {
        while google(&vox).requests(ACCOUNT, Call::List) == asked {
            tokio::task::yield_now().await;
        }
        api.put(&path, after).await.good();
    };
    tokio::join!(vox.run_jobs(), decides);
    vox.run_jobs().await;
    let said = available(&vox, 1, "2026-12-01").await;
    assert!(!said.contains("I have availability at 9 AM"), "{said}");
    assert!(vox.count("external_busy").await > 0);
}

#[tokio::test]
async fn t_g5_a_decision_that_overtakes_a_look_is_what_counts() {
    overtaken(choice(true, false), choice(true, true)).await;
}

#[tokio::test]
async fn a_calendar_that_blocks_from_now_on_is_not_known_by_a_look_from_before() {
    overtaken(choice(false, true), choice(true, true)).await;
}

#[tokio::test]
async fn an_all_day_event_that_staff_let_pass_is_no_drift() {
    let vox = connected().await;
    let api = vox.glow_api().await;
    closes(&vox, "2026-12-02");
    api.put(&calendar_path(&api).await, choice(true, false)).await.good();
    vox.run_jobs().await;
    let calendar: uuid::Uuid = vox.one("select id from calendars where blocks").await;
    let job = calendars::CheckMirror { org: vox.glow.org, calendar: calendar.into() };
    calendars::check_mirror(&vox.app, job).await.unwrap();
    assert_eq!(vox.count("calendars where blocks and sync_token is null").await, 0, "asked for all again");
}

#[tokio::test]
async fn an_event_until_the_end_of_time_is_mirrored_as_far_as_the_mirror_reaches() {
    let vox = connected().await;
    closes(&vox, "2999-12-31");
    pushed(&vox).await;
    let rows = vox.count("external_busy").await;
    assert!((300..=402).contains(&rows), "{rows}");
}

#[tokio::test]
async fn a_caldav_password_is_no_refresh_token_of_the_google_account_of_the_same_name() {
    let (radicale, vox) = (Radicale::start(), Voxanne::start().await);
    radicale.make_calendar("Clinic", "VEVENT").await;
    let account =
        json!({"provider": "caldav", "url": radicale.url.as_str(), "username": USER, "password": PASSWORD});
    vox.glow_api().await.post("/calendar-connections", account).await.good();
    google(&vox).leave_out_refresh_token(USER, true);
    let back = vox.consents(&vox.consent_link(vox.glow.org, None).await, USER).await;
    assert_eq!(back.status(), 409);
    assert_eq!(
        vox.one::<String>("select provider from calendar_connections where connected").await,
        "caldav"
    );
}

#[tokio::test]
async fn a_calendar_that_may_not_be_written_into_is_still_read() {
    let vox = connected().await;
    google(&vox).set_pushes(Pushes::Lost);
    google(&vox).next(Target::GoogleEventsWrite, Fault::google(403, "forbidden")).times(999);
    book(&vox, 1, "10:00").await;
    vox.run_jobs().await;
    for _ in 0..4 {
        vox.later(SignedDuration::from_mins(5));
        jobs::make_due(&vox.app).await.unwrap();
        vox.next_round().await;
    }
    let call = vox.call_from(&vox.glow, &call_ref(2), Some("+13105550199"));
    let said =
        call.tool("book_appointment", booking("Botox", "2026-12-01", "13:00", "Bea Fox")).await.unwrap();
    assert!(said.text().starts_with("Great!"), "{}", said.text());
}

#[tokio::test]
async fn visits_of_an_account_that_has_to_be_connected_again_are_not_chased() {
    let vox = connected().await;
    book(&vox, 1, "10:00").await;
    vox.run_jobs().await;
    let giver: uuid::Uuid = vox.one("select practitioner_id from appointments").await;
    vox.connects(vox.glow.org, Some(giver), "nurse@glow.example").await;
    vox.next_round().await;
    vox.exec("delete from calendar_events").await;
    vox.exec("update calendar_connections set state = 'needs_reconnect' where practitioner_id is not null")
        .await;
    vox.later(SignedDuration::from_mins(5));
    calendars::keep_in_step(&vox.app, vox.glow.org).await.unwrap();
    vox.run_jobs().await;
    assert_eq!(calendars::keep_in_step(&vox.app, vox.glow.org).await.unwrap(), 0);
}

#[tokio::test]
async fn f12_an_account_is_taken_away_while_a_look_is_written() {
    let vox = connected().await;
    blocks(&vox, "2026-12-01T18:00:00Z", "2026-12-01T19:00:00Z");
    pushed(&vox).await;
    let api = vox.glow_api().await;
    let all = api.get("/calendar-connections").await.good();
    let path = format!("/calendar-connections/{}", all["items"][0]["id"].as_str().unwrap());
    // As a look is written: the calendar, then its mirror.
    let mut look = vox.admin.begin().await.unwrap();
    sqlx::query("select from calendars where blocks for update").execute(&mut *look).await.unwrap();
    let writes = async {
        vox.until_waiting(1).await;
        sqlx::query("delete from external_busy").execute(&mut *look).await.unwrap();
        look.commit().await.unwrap();
    };
    let (revoked, ()) = tokio::join!(api.delete(&path), writes);
    assert_eq!(revoked.status, 200);
    assert_eq!(vox.count("calendar_connections where secret_sealed is not null").await, 0);
    assert_eq!(vox.count("external_busy").await, 0);
}

#[tokio::test]
async fn one_account_for_clinic_and_practitioner_keeps_the_event_when_the_visit_changes_hands() {
    let vox = connected().await;
    book(&vox, 1, "10:00").await;
    vox.run_jobs().await;
    let nurse: uuid::Uuid = vox.one("select practitioner_id from appointments").await;
    vox.connects(vox.glow.org, Some(nurse), ACCOUNT).await;
    for _ in 0..3 {
        vox.after_every_pause().await;
        pushed(&vox).await;
    }
    assert_event_at(&vox, "2026-12-01T18:00:00Z");
    assert_eq!(vox.count("calendar_conflicts").await, 0);
    // Taken away again, it is the clinic's to write.
    let id: uuid::Uuid =
        vox.one("select id from calendar_connections where practitioner_id is not null").await;
    assert!(calendars::revoke(&vox.app, vox.glow.org, id.into()).await.unwrap());
    for _ in 0..3 {
        vox.after_every_pause().await;
        pushed(&vox).await;
    }
    assert_event_at(&vox, "2026-12-01T18:00:00Z");
    assert_eq!(vox.count("calendar_conflicts").await, 0);
    assert_eq!(
        google(&vox).live_grants(ACCOUNT),
        2,
        "the clinic's consent is not ended with the practitioner's"
    );
}

#[tokio::test]
async fn f12_an_account_that_another_one_replaces_is_given_back() {
    let vox = connected().await;
    assert_eq!(google(&vox).live_grants(ACCOUNT), 1);
    vox.connects(vox.glow.org, None, "new@glow.example").await;
    assert_eq!(google(&vox).live_grants(ACCOUNT), 0);
    assert_eq!(google(&vox).live_grants("new@glow.example"), 1);
}
