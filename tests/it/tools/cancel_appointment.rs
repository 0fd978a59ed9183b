//! A caller calls their own visit off.

use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{CALLER, Voxanne, booking, call_ref};

#[tokio::test]
async fn c17_a_visit_is_called_off_once_and_its_time_is_free() {
    let vox = Voxanne::start().await;
    let call = vox.call(&call_ref(1));
    call.tool("book_appointment", booking("Botox", "2026-12-01", "10:00", "Ana Diaz")).await.unwrap();
    let said =
        call.tool("cancel_appointment", json!({"reason": "Feeling ill"})).await.unwrap().text().to_owned();
    assert_snapshot!(said, @"I've cancelled your Botox appointment for Tuesday, December 1st at 10 AM. You'll receive a text to confirm that.");
    let again = vox.call(&call_ref(2)).tool("cancel_appointment", json!({})).await.unwrap().text().to_owned();
    assert_eq!(again, said, "the same wish under a new id is the same answer");
    assert_eq!(
        vox.count("appointments where status = 'cancelled' and version = 2").await,
        1,
        "nothing is deleted"
    );
    assert_eq!(vox.count("reservations").await, 0);
    let kept: String = vox.one("select reason from appointment_changes where action = 'cancelled'").await;
    assert_eq!(kept, "Feeling ill");
    vox.run_jobs().await;
    let texts = vox.texts_to(CALLER);
    assert_eq!(texts.len(), 2);
    assert_snapshot!(texts[1].body, @"Glow MedSpa: your appointment on Tuesday, December 1 at 10:00 AM is cancelled. Questions? Call +13105550199. Reply STOP to opt out.");
    vox.later(jiff::SignedDuration::from_mins(20));
    let later = vox.call(&call_ref(3)).tool("cancel_appointment", json!({})).await.unwrap().text().to_owned();
    assert!(later.starts_with("I don't see an upcoming visit"), "{later}");
}

#[tokio::test]
async fn a_visit_that_is_over_is_not_called_off() {
    let vox = Voxanne::start().await;
    let call = vox.call(&call_ref(1));
    call.tool("book_appointment", booking("Botox", "2026-11-24", "14:00", "Ana Diaz")).await.unwrap();
    vox.later(jiff::SignedDuration::from_hours(6));
    let said = vox.call(&call_ref(2)).tool("cancel_appointment", json!({})).await.unwrap().text().to_owned();
    assert!(said.starts_with("I don't see an upcoming visit"), "{said}");
    assert_eq!(vox.count("appointments where status = 'scheduled'").await, 1);
}

#[tokio::test]
async fn the_one_before_the_last_is_known_to_be_called_off_too() {
    let vox = Voxanne::start().await;
    for (n, service) in [(1, "Botox"), (2, "HydraFacial")] {
        let wish = booking(service, "2026-12-01", if n == 1 { "10:00" } else { "14:00" }, "Ana Diaz");
        vox.call(&call_ref(n)).tool("book_appointment", wish).await.unwrap();
    }
    let off = async |n: u128, hint: &str| {
        let wish = json!({"appointmentHint": hint});
        vox.call(&call_ref(n)).tool("cancel_appointment", wish).await.unwrap().text().to_owned()
    };
    let facial = off(3, "facial").await;
    vox.later(jiff::SignedDuration::from_mins(1));
    let botox = off(4, "botox").await;
    assert_eq!(off(5, "facial").await, facial);
    assert_eq!(off(6, "").await, botox);
    assert!(off(7, "laser").await.starts_with("I don't see an upcoming visit"));
}
