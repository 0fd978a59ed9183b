//! A time that is held and read back, and what becomes of it (C4).

use std::sync::atomic::{AtomicU64, Ordering};

use insta::assert_snapshot;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::harness::{CALLER, Voxanne, booking, call_ref};

/// Every question has an id of its own.
static ASKED: AtomicU64 = AtomicU64::new(1);

const LASER: &str = "Laser Treatment";

fn prepared(time: &str) -> Value {
    let mut wish = booking(LASER, "2026-12-01", time, "Ana Diaz");
    wish["prepareOnly"] = json!(true);
    wish
}

async fn said(vox: &Voxanne, call: u128, wish: Value) -> String {
    let from = if call == 1 { CALLER.to_owned() } else { format!("+1310555{:04}", 100 + call) };
    let call = vox.call_from(&vox.glow, &call_ref(call), Some(&from));
    let id = format!("call_{}", ASKED.fetch_add(1, Ordering::Relaxed));
    call.tool_with_id(&id, "book_appointment", wish).await.unwrap().text().to_owned()
}

#[tokio::test]
async fn c4_a_held_time_is_read_back_kept_from_others_and_booked_by_its_call() {
    let vox = Voxanne::start().await;
    let wish = booking(LASER, "2026-12-01", "14:00", "Ana Diaz");
    assert_snapshot!(
        said(&vox, 1, prepared("14:00")).await,
        @"I'm holding Tuesday, December 1st at 2 PM for your Laser Treatment appointment. Shall I book it?"
    );
    assert_eq!(vox.count("appointments").await + vox.count("texts").await, 0);
    // There is one laser: nobody else can hold or book it then, or is offered it.
    for other in [wish.clone(), prepared("14:00")] {
        assert!(said(&vox, 2, other).await.starts_with("I'm sorry, that time"));
    }
    let day = json!({"date": "2026-12-01", "serviceType": LASER, "partOfDay": "afternoon"});
    let offered = vox.call(&call_ref(3)).tool("check_availability", day).await.unwrap();
    assert!(!offered.text().contains(" 2 PM"), "{}", offered.text());
    // Asked once more it is the same hold; booked, it is a visit.
    assert!(said(&vox, 1, prepared("14:00")).await.starts_with("I'm holding Tuesday"));
    assert_eq!(vox.count("holds").await, 1);
    assert!(said(&vox, 1, wish).await.starts_with("Great! I've confirmed your Laser Treatment appointment"));
    assert_eq!(vox.count("holds").await, 0);
    assert_eq!(vox.count("appointments").await, 1);
    assert_eq!(vox.count("reservations where hold_id is not null").await, 0);
}

#[tokio::test]
async fn a_caller_who_wavers_holds_one_time() {
    let vox = Voxanne::start().await;
    for time in ["10:00", "14:00", "16:00"] {
        assert!(said(&vox, 1, prepared(time)).await.starts_with("I'm holding"));
    }
    assert_eq!(vox.count("holds").await, 1);
    assert!(said(&vox, 2, booking(LASER, "2026-12-01", "10:00", "Bea Cole")).await.starts_with("Great!"));
}

#[tokio::test]
async fn c4_a_hold_that_has_lapsed_is_checked_again() {
    let vox = Voxanne::start().await;
    let wish = booking(LASER, "2026-12-01", "14:00", "Ana Diaz");
    said(&vox, 1, prepared("14:00")).await;
    vox.later(SignedDuration::from_mins(vox.app.config.voice.hold_minutes + 1));
    // Nobody took it meanwhile: it is still to be had.
    assert!(said(&vox, 1, wish.clone()).await.starts_with("Great!"));
    said(&vox, 2, prepared("10:00")).await;
    vox.later(SignedDuration::from_mins(vox.app.config.voice.hold_minutes + 1));
    assert!(said(&vox, 3, booking(LASER, "2026-12-01", "10:00", "Bea Cole")).await.starts_with("Great!"));
    let late = said(&vox, 2, booking(LASER, "2026-12-01", "10:00", "Cleo Dunn")).await;
    assert!(late.starts_with("I'm sorry, that time was just taken."), "{late}");
}

#[tokio::test]
async fn c4_a_hold_ends_with_its_call() {
    let vox = Voxanne::start().await;
    let call = vox.call(&call_ref(1));
    call.tool("book_appointment", prepared("14:00")).await.unwrap();
    call.ended("customer-ended-call").await.unwrap();
    assert_eq!(vox.count("holds").await, 0);
    assert!(said(&vox, 2, booking(LASER, "2026-12-01", "14:00", "Bea Cole")).await.starts_with("Great!"));
}

#[tokio::test]
async fn a_time_is_held_for_somebody_who_has_not_said_who_they_are() {
    let vox = Voxanne::start().await;
    let hidden = vox.call_from(&vox.glow, &call_ref(1), None);
    let wish = json!({
        "serviceType": LASER, "preferredDate": "December 1st", "preferredTime": "2 PM", "prepareOnly": true,
    });
    let said = hidden.tool("book_appointment", wish).await.unwrap();
    assert!(said.text().starts_with("I'm holding Tuesday, December 1st at 2 PM"), "{}", said.text());
    // What cannot be had is refused in the same words as a booking.
    let past = json!({
        "serviceType": LASER, "preferredDate": "today", "preferredTime": "9 AM", "prepareOnly": true,
    });
    assert!(
        hidden
            .tool("book_appointment", past)
            .await
            .unwrap()
            .text()
            .starts_with("I'm sorry, that time has already passed.")
    );
}

#[tokio::test]
async fn another_clinic_does_not_feel_a_hold() {
    let vox = Voxanne::start().await;
    said(&vox, 1, prepared("14:00")).await;
    let harbor = vox.call_from(&vox.harbor, &call_ref(2), Some(CALLER));
    let booked =
        harbor.tool("book_appointment", booking("Botox", "2026-12-01", "14:00", "Ana Diaz")).await.unwrap();
    assert!(booked.text().starts_with("I've scheduled"), "{}", booked.text());
    assert_eq!(vox.count(&format!("holds where org_id = '{}'", vox.glow.org.0)).await, 1);
}
