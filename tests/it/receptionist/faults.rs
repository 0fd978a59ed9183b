//! When what it stands on breaks.

use std::time::Duration;

use voxanne::platform::db::Class;

use crate::harness::{Voxanne, booking, call_ref, fixture};

#[tokio::test]
async fn r10_when_jobs_have_eaten_their_pool_callers_are_still_served() {
    let vox = Voxanne::start_with(|c| c.database.back_wait_ms = 100).await;
    let mut held = Vec::new();
    for _ in 0..4 {
        held.push(vox.app.db.pool(Class::Back).acquire().await.unwrap());
    }
    let said = vox
        .call(&call_ref(1))
        .tool("book_appointment", booking("Botox", "2026-12-01", "10:00", "Ana Diaz"))
        .await
        .unwrap();
    assert!(said.text().starts_with("Great!"));
    let ready = vox.http.get(format!("{}/health/ready", vox.url)).send().await.unwrap();
    assert_eq!(ready.status(), 503);
    assert!(ready.headers().contains_key("retry-after"));
    drop(held);
    assert_eq!(vox.http.get(format!("{}/health/ready", vox.url)).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a24_what_cannot_be_stored_is_503_so_that_the_platform_repeats_it() {
    let vox = Voxanne::start_with(|c| {
        c.database.live_wait_ms = 100;
        c.database.live_connections = 2;
    })
    .await;
    // Warm: credentials and directory are known.
    assert_eq!(vox.post_fixture("hang").await.0, 200);
    vox.post_fixture("tool-calls.openapi.string-arguments").await;
    let one = vox.app.db.pool(Class::Live).acquire().await.unwrap();
    let two = vox.app.db.pool(Class::Live).acquire().await.unwrap();
    let response = vox
        .http
        .post(format!("{}/api/webhooks/vapi", vox.url))
        .header("x-vapi-secret", &vox.glow.secret)
        .body(fixture("end-of-call-report.booked"))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 503);
    assert!(response.headers().contains_key("retry-after"));
    // A caller hears a sentence all the same.
    let (status, said) = vox.post_fixture("tool-calls.openapi.string-arguments").await;
    assert_eq!(status, 200);
    assert!(said["results"][0]["error"].as_str().unwrap().contains("Please ask me once more"), "{said}");
    drop((one, two));
    assert_eq!(vox.post_fixture("end-of-call-report.booked").await.0, 200);
    assert_eq!(vox.count("calls where report_at is not null").await, 1);
}

#[tokio::test]
async fn r6_connections_that_the_server_closed_are_replaced_without_the_caller_noticing() {
    let vox = Voxanne::start().await;
    for n in 0..5 {
        vox.exec("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'voxanne_app' and datname = current_database()").await;
        let time = format!("{}:00", 10 + n);
        let said = vox
            .call(&call_ref(n))
            .tool("book_appointment", booking("Botox", "2026-12-01", &time, "Ana Diaz"))
            .await
            .unwrap();
        assert!(said.text().starts_with("Great!"), "{}", said.text());
        vox.exec("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'voxanne_app' and datname = current_database()").await;
        let asked = vox
            .call(&call_ref(n))
            .tool("check_availability", serde_json::json!({"date": "2026-12-01"}))
            .await
            .unwrap();
        assert!(asked.text().starts_with("For Tuesday"), "{}", asked.text());
    }
    assert_eq!(vox.count("appointments").await, 5);
}

#[tokio::test]
async fn r11_a_transaction_left_open_is_ended_by_the_server() {
    let vox = Voxanne::start().await;
    let mut tx = vox.app.begin_live(vox.glow.org).await.unwrap();
    let timeout: String =
        sqlx::query_scalar("show idle_in_transaction_session_timeout").fetch_one(&mut *tx).await.unwrap();
    assert_eq!(timeout, "5s");
    drop(tx);
}

#[tokio::test]
async fn r28_shutdown_finishes_what_it_started() {
    let vox = Voxanne::start().await;
    let call = vox.call(&call_ref(1));
    let booking = call.tool("book_appointment", booking("Botox", "2026-12-01", "10:00", "Ana Diaz"));
    let stop = async {
        tokio::time::sleep(Duration::from_millis(3)).await;
        vox.app.stopping.cancel();
    };
    let (said, ()) = tokio::join!(booking, stop);
    // Either it was too late to be let in, or it was finished: never cut in the middle.
    let answered = said.is_ok_and(|s| s.text().starts_with("Great!"));
    vox.app.tasks.close();
    tokio::time::timeout(Duration::from_secs(10), vox.app.tasks.wait()).await.expect("everything ends");
    let visits = vox.count("appointments").await;
    assert!(!answered || visits == 1);
    assert_eq!(vox.count("texts").await, visits);
    // What was recorded off the path is written before the end.
    assert_eq!(vox.count("inbox where state = 'done'").await, visits);
}
