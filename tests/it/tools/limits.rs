//! A model that loops, a call that is over, a database in the way, a caller who hangs up.

use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{Voxanne, booking, call_ref, fixture};

#[tokio::test]
async fn v23_a_model_in_a_loop_is_stopped() {
    let vox = Voxanne::start().await;
    let call = vox.call(&call_ref(1));
    let times = ["09:00", "10:00", "11:00", "12:00"];
    let mut said = Vec::new();
    for time in times {
        said.push(
            call.tool("book_appointment", booking("Botox", "2026-12-01", time, "Ana Diaz"))
                .await
                .unwrap()
                .text()
                .to_owned(),
        );
    }
    assert_snapshot!(said[3], @"I've already booked several visits on this call. Our team can help you with any more, so please call back another time.");
    assert_eq!(vox.count("appointments").await, 3);
    for _ in 0..31 {
        said.push(
            call.tool("check_availability", json!({"date": "tomorrow"})).await.unwrap().text().to_owned(),
        );
    }
    assert_snapshot!(said.last().unwrap(), @"I've tried quite a few times now. Our team can help you better, so please call us back during opening hours.");
}

#[tokio::test]
async fn v8_a_tool_call_long_after_the_call_ended_does_nothing() {
    let vox = Voxanne::start().await;
    let call = vox.call(&call_ref(1));
    call.ended("customer-ended-call").await.unwrap();
    vox.later(jiff::SignedDuration::from_secs(30));
    assert!(
        call.tool("book_appointment", booking("Botox", "2026-12-01", "10:00", "Ana Diaz"))
            .await
            .unwrap()
            .text()
            .starts_with("Great!")
    );
    vox.later(jiff::SignedDuration::from_secs(120));
    let late =
        call.tool("book_appointment", booking("Botox", "2026-12-01", "11:00", "Ana Diaz")).await.unwrap();
    assert_snapshot!(late.text(), @"This call has already ended, so nothing was changed. Please call us again.");
    assert_eq!(vox.count("appointments").await, 1);
}

#[tokio::test]
async fn r12_a_lock_held_elsewhere_gives_a_sentence_within_the_budget_and_no_half_booking() {
    let vox = Voxanne::start().await;
    let holder = vox.database.admin().await;
    let mut lock = holder.begin().await.unwrap();
    let days = ["2026-11-30", "2026-12-01", "2026-12-02"];
    for day in days {
        sqlx::query(sqlx::AssertSqlSafe(format!(
            "select pg_advisory_xact_lock(hashtextextended('{}' || id || '{day}'::date, 0)) from resources where org_id = '{}'",
            vox.glow.org.0, vox.glow.org.0
        )))
        .execute(&mut *lock)
        .await
        .unwrap();
    }
    let said = vox
        .call(&call_ref(1))
        .tool("book_appointment", booking("Botox", "2026-12-01", "10:00", "Ana Diaz"))
        .await
        .unwrap();
    assert_snapshot!(said.text(), @"I'm sorry, somebody else is booking at this very moment. Please ask me for that time once more.");
    assert!(said.elapsed.as_millis() < 2_500, "{:?}", said.elapsed);
    lock.rollback().await.unwrap();
    assert_eq!(vox.count("appointments").await, 0);
    assert!(
        vox.call(&call_ref(1))
            .tool("book_appointment", booking("Botox", "2026-12-01", "10:00", "Ana Diaz"))
            .await
            .unwrap()
            .text()
            .starts_with("Great!")
    );
}

#[tokio::test]
async fn v10_v9_a_caller_who_hangs_up_during_a_booking_is_booked_or_not_never_half() {
    let vox = Voxanne::start().await;
    let body = fixture("tool-calls.observed.book");
    let mut url = reqwest::Url::parse(&vox.url).unwrap();
    url.set_path("/api/webhooks/vapi");
    let request = vox.http.post(url).header("x-vapi-secret", &vox.glow.secret).body(body.clone());
    // The client goes away as soon as it has sent its request.
    let _ = tokio::time::timeout(std::time::Duration::from_millis(1), request.send()).await;
    let (_, again) = vox.post(body).await;
    assert!(again["results"][0]["result"].as_str().unwrap().starts_with("Great!"), "{again}");
    assert_eq!(vox.count("appointments").await, 1);
    assert_eq!(vox.count("texts").await, 1);
    assert_eq!(
        vox.count("reservations where not exists (select from appointments a where a.id = appointment_id)")
            .await,
        0
    );
}
