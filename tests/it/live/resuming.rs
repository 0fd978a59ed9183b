//! Nothing is lost: not while a socket is away, not when numbers commit out of order, not when nobody tells.

use serde_json::json;
use sqlx::AssertSqlSafe;

use super::{Client, a_task, start};

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_hears_what_happened_meanwhile_and_then_goes_on() {
    let vox = start().await;
    let (mut client, _) = Client::resuming(&vox, &vox.glow, None).await;
    let (sql, task) = a_task(&vox.glow);
    vox.exec(&sql).await;
    let seen = *client.ids_until(&task).await.last().unwrap();
    drop(client);
    let tasks: Vec<_> = (0..3).map(|_| a_task(&vox.glow)).collect();
    for (sql, _) in &tasks {
        vox.exec(sql).await;
    }
    vox.exec(&a_task(&vox.harbor).0).await;
    let (mut back, last) = Client::resuming(&vox, &vox.glow, Some(seen)).await;
    assert_eq!(last, seen);
    for (_, task) in &tasks {
        assert_eq!(back.next().await["subject"], task.as_str());
    }
    let (sql, task) = a_task(&vox.glow);
    vox.exec(&sql).await;
    assert_eq!(back.next().await["subject"], task.as_str());
}

/// Numbers are given out in the order of writing; what commits later may have the lower one.
#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_commits_after_one_with_a_higher_number_is_told_too() {
    let vox = start().await;
    let mut client = Client::of(&vox, &vox.glow).await;
    let mut away = Client::of(&vox, &vox.glow).await;
    let admin = vox.database.admin().await;
    let (early, late) = (a_task(&vox.glow), a_task(&vox.glow));
    let mut first = admin.begin().await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(early.0)).execute(&mut *first).await.unwrap();
    let mut second = admin.begin().await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(late.0)).execute(&mut *second).await.unwrap();
    second.commit().await.unwrap();
    let higher = client.ids_until(&late.1).await;
    assert_eq!(away.ids_until(&late.1).await, higher);
    let higher = higher[0];
    drop(away);
    first.commit().await.unwrap();

    let lower = client.ids_until(&early.1).await[0];
    assert!(lower < higher, "the test must make {lower} commit after {higher}");
    // Who was away and has seen the higher number has not seen the lower.
    let (mut back, _) = Client::resuming(&vox, &vox.glow, Some(higher)).await;
    assert_eq!(back.next().await["id"], lower);
    // And who has seen the lower one last may be told again, of no less.
    let (mut back, _) = Client::resuming(&vox, &vox.glow, Some(lower)).await;
    assert_eq!(back.next().await["id"], higher);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_listener_loses_nothing() {
    let vox = start().await;
    let mut client = Client::of(&vox, &vox.glow).await;
    let mut missing: Vec<String> = vec![];
    for _ in 0..5 {
        let (sql, task) = a_task(&vox.glow);
        // Nobody listens when it commits.
        vox.exec(&format!(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and query like 'LISTEN%'; {sql}"
        ))
        .await;
        missing.push(task);
        let (sql, task) = a_task(&vox.glow);
        vox.exec(&sql).await;
        missing.push(task);
    }
    while !missing.is_empty() {
        let said = client.next().await;
        missing.retain(|task| said["subject"] != task.as_str());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_away_too_long_looks_at_everything_again() {
    let vox = start().await;
    let (sql, task) = a_task(&vox.glow);
    let (mut client, last) = Client::resuming(&vox, &vox.glow, None).await;
    vox.exec(&sql).await;
    let seen = client.ids_until(&task).await[0];
    assert!(last < seen);
    vox.exec(&format!(
        "insert into tasks (org_id, id, kind, title, dedupe_key, created_at)
         select '{}', gen_random_uuid(), 'test', 'Look', 'many ' || n, now() from generate_series(1, 1001) n",
        vox.glow.org.0
    ))
    .await;
    let newest: i64 = vox.one("select max(id) from events").await;
    let ask = async |after: i64| {
        let mut client = Client::open(&vox).await;
        let token = super::token(&vox, &vox.glow).await.0;
        client.say(json!({"type": "subscribe", "token": token, "after": after})).await;
        (client.next().await, client.next().await)
    };
    let said = json!({"type": "subscribed", "org": vox.glow.org.to_string(), "last": newest});
    assert_eq!(ask(seen).await, (json!({"type": "reload"}), said.clone()));
    // An id that is not the org's, or not any more.
    vox.exec("update events set at = now() - interval '2 days'").await;
    for after in [newest + 100_000, 0, -1, seen] {
        assert_eq!(ask(after).await, (json!({"type": "reload"}), said.clone()), "{after}");
    }
}
