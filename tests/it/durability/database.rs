//! PostgreSQL is killed or restarted under the running program.

use std::time::{Duration, Instant};

use serde_json::json;
use voxanne::platform::db::Class;

use super::callers::Callers;
use super::chance::Chance;
use super::installation::Installation;
use super::promises::{assert_kept, assert_told_again, until_settled};
use crate::harness::{CALLER, Voxanne, call_ref};

/// From the kill to the next answer that is a booking.
const BACK_WITHIN: Duration = Duration::from_secs(10);
/// A caller may wait for a connection to store what was asked, and then for the tool's own budget.
const ANSWERED_WITHIN: Duration = Duration::from_secs(4);

/// R5: acknowledged is on disk, and nobody has to restart anything.
#[tokio::test(flavor = "multi_thread")]
async fn r5_kill_9_of_every_postgresql_process_loses_nothing_acknowledged() {
    let chance = Chance::new("kill -9 of PostgreSQL");
    let place = Installation::new(vec![]).await;
    let program = place.start().await;
    let callers = Callers::new(&place, &chance);
    let mut recoveries = Vec::new();
    let kills = async {
        for _ in 0..3 {
            callers.another_booking().await;
            chance.pause(5, 400).await;
            place.postgres.kill_everything();
            let killed = Instant::now();
            callers.another_booking().await;
            recoveries.push(killed.elapsed());
        }
    };
    callers.ring_until(kills).await;
    assert!(recoveries.iter().all(|took| *took < BACK_WITHIN), "{recoveries:?}");
    callers.repeat_unanswered().await;
    assert_told_again(&callers, 20).await;
    assert!(program.terminate().await.success());
    until_settled(&place).await;
    let kept = assert_kept(&place, &callers).await;
    eprintln!("{kept:?}, booking again after {recoveries:?}");
}

/// R6: 57P01 and refused connections are not what a caller hears.
#[tokio::test(flavor = "multi_thread")]
async fn r6_a_fast_restart_of_postgresql_leaves_no_caller_without_an_answer() {
    let chance = Chance::new("restart of PostgreSQL");
    let place = Installation::new(vec![]).await;
    let program = place.start().await;
    let callers = Callers::new(&place, &chance);
    let restarts = async {
        for _ in 0..5 {
            callers.another_booking().await;
            chance.pause(5, 400).await;
            place.postgres.restart_fast();
            callers.another_booking().await;
        }
    };
    callers.ring_until(restarts).await;
    let longest = callers.all().iter().map(|errand| errand.longest_wait).max().unwrap_or_default();
    assert!(longest < ANSWERED_WITHIN, "{longest:?}");
    // Reports were refused with 503 for a second attempt; tool calls were answered, whatever the sentence.
    callers.repeat_unanswered().await;
    assert!(program.terminate().await.success());
    until_settled(&place).await;
    let kept = assert_kept(&place, &callers).await;
    eprintln!("{kept:?}, longest wait {longest:?}");
}

/// R6: also of a clinic that nobody has asked about since the program started.
#[tokio::test]
async fn r6_a_clinics_first_call_after_a_restart_meets_dead_connections_and_is_answered() {
    let vox = Voxanne::start().await;
    let times = || json!({"date": "2026-12-01"});
    let busy = (0..16).map(|n| {
        let call = vox.call(&call_ref(n));
        async move { call.tool("check_availability", times()).await.unwrap() }
    });
    futures::future::join_all(busy).await;
    vox.exec("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'voxanne_app' and datname = current_database()").await;
    let call = vox.call_from(&vox.harbor, &call_ref(99), Some(CALLER));
    let said = call.tool("check_availability", times()).await.unwrap();
    assert!(said.text().starts_with("For Tuesday"), "{said:?}");
}

/// V9, R11: a transaction whose beginning is cut off must not stay open on its connection.
#[tokio::test(flavor = "multi_thread")]
async fn v9_r11_whoever_hangs_up_leaves_no_transaction_open() {
    let vox = Voxanne::start().await;
    for micros in (0..4_000).step_by(20) {
        let _ = tokio::time::timeout(Duration::from_micros(micros), vox.app.begin_live(vox.glow.org)).await;
        let _ =
            tokio::time::timeout(Duration::from_micros(micros), vox.app.db.begin_across(Class::Back)).await;
    }
    let open = "pg_stat_activity where datname = current_database() and usename = 'voxanne_app' and state like 'idle in transaction%'";
    vox.until_count(open, 0).await;
}
