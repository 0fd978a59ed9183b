//! W32: the whole log of who did what is looked through by a job, when somebody asks.

use jiff::SignedDuration;
use serde_json::{Value, json};
use voxanne::accounts::Role;

use crate::harness::{Person, Voxanne};

const CHECK: &str = "/audit-log/check";
const PAGE: &str = "/dashboard/audit";
const JOBS: &str = "graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
    where t.identifier = 'check_audit_log'";

/// An owner, and how many entries their log has once a look was asked for.
async fn owner_with_a_log(vox: &Voxanne) -> (Person, i64) {
    let owner = vox.glow_staff(Role::Owner).await;
    for n in 0..4 {
        owner.api("POST", "/keys", json!({"name": format!("K{n}"), "scopes": ["calls:read"]})).await.good();
    }
    owner.page("/dashboard").await;
    let entries = vox.count(&format!("audit_log where org_id = '{}'", vox.glow.org.0)).await;
    (owner, entries + 1)
}

/// Asks, lets the job look, and says what it found.
async fn looked_through(vox: &Voxanne, owner: &Person) -> Value {
    assert_eq!(owner.api("POST", CHECK, Value::Null).await.status, 202);
    vox.run_jobs().await;
    let told = owner.api("GET", CHECK, Value::Null).await.good();
    assert_eq!((&told["is_running"], &told["of"]), (&json!(false), &Value::Null));
    told["last"].clone()
}

#[tokio::test]
async fn w32_a_look_through_the_whole_log_is_a_job_and_its_progress_and_result_are_shown() {
    let vox = Voxanne::start().await;
    let (owner, entries) = owner_with_a_log(&vox).await;
    let never = json!({"is_running": false, "checked": null, "of": null, "last": null});
    assert_eq!(owner.api("GET", CHECK, Value::Null).await.good(), never);
    let asks = "data-api=\"POST /api/v1/audit-log/check\"";
    assert!(owner.page(PAGE).await.text.contains(asks));

    let events = vox.count("events where kind = 'audit'").await;
    let asked = owner.api("POST", CHECK, Value::Null).await;
    assert_eq!(asked.status, 202);
    let running = owner.api("GET", CHECK, Value::Null).await.good();
    assert_eq!(running, json!({"is_running": true, "checked": 0, "of": entries, "last": null}));
    let page = owner.page(PAGE).await.text;
    assert!(page.contains(&format!("The whole log is being checked: 0 of {entries} entries.")));
    assert!(!page.contains(asks));
    assert!(vox.count("events where kind = 'audit'").await > events, "pages that are open hear of it");
    // Who asks meanwhile means that one.
    assert_eq!(owner.api("POST", CHECK, Value::Null).await.good(), running);
    assert_eq!(vox.count(JOBS).await, 1);
    assert_eq!(vox.count("audit_log where action = 'audit_log.test'").await, 1);

    vox.run_jobs().await;
    let told = owner.api("GET", CHECK, Value::Null).await.good();
    let found = json!({"ended_at": vox.app.clock.now().to_string(), "entries": entries, "is_whole": true, "broken_link": null});
    assert_eq!((&told["last"], vox.count(JOBS).await), (&found, 0));
    let page = owner.page(PAGE).await.text;
    assert!(page.contains(&format!("All {entries} entries were whole: ")) && page.contains(asks));
    // Another clinic's look is its own.
    let harbor = vox.harbor_owner().await;
    assert_eq!(harbor.api("GET", CHECK, Value::Null).await.good(), never);
}

#[tokio::test]
async fn w32_where_the_log_is_broken_is_found_and_shown() {
    let vox = Voxanne::start().await;
    let (owner, _) = owner_with_a_log(&vox).await;
    let of = format!("org_id = '{}'", vox.glow.org.0);
    vox.exec(&format!("update audit_log set actor = 'staff:usr_x' where {of} and link = 3")).await;
    let found = looked_through(&vox, &owner).await;
    assert_eq!((&found["is_whole"], &found["broken_link"]), (&json!(false), &json!(3)));
    let page = owner.page(PAGE).await.text;
    assert!(page.contains("Entry 3 did not go on from the one before: "), "{page}");
    assert!(page.contains("The log is not whole"));

    // An entry that is missing; the one behind it does not go on.
    vox.exec(&format!("delete from audit_log where {of} and link = 2")).await;
    assert_eq!(looked_through(&vox, &owner).await["broken_link"], 3);
    vox.exec(&format!("delete from audit_log where {of} and link = 1")).await;
    assert_eq!(looked_through(&vox, &owner).await["broken_link"], 3);
}

#[tokio::test]
async fn w32_a_log_that_is_cut_off_or_has_an_entry_without_a_number_is_not_whole() {
    for broken in [
        "delete from audit_log where {of} and link = (select max(link) from audit_log where {of})",
        "update audit_log set link = null, digest = null where {of} and link = (select max(link) from audit_log where {of})",
    ] {
        let vox = Voxanne::start().await;
        let (owner, _) = owner_with_a_log(&vox).await;
        let of = format!("org_id = '{}'", vox.glow.org.0);
        assert_eq!(owner.api("POST", CHECK, Value::Null).await.status, 202);
        let end: i64 = vox.one(&format!("select max(link) from audit_log where {of}")).await;
        vox.exec(&broken.replace("{of}", &of)).await;
        vox.run_jobs().await;
        let found = owner.api("GET", CHECK, Value::Null).await.good()["last"].clone();
        assert_eq!((&found["is_whole"], &found["broken_link"]), (&json!(false), &json!(end)), "{broken}");
    }
}

#[tokio::test]
async fn w32_parts_of_the_log_go_on_from_each_other() {
    let vox = Voxanne::start().await;
    let (_, entries) = owner_with_a_log(&vox).await;
    let end = entries - 1;
    let of = format!("org_id = '{}'", vox.glow.org.0);
    let parts = async || {
        let mut tx = vox.app.begin(vox.glow.org).await.unwrap();
        let (mut behind, mut seen) = (None::<i64>, vec![]);
        loop {
            let part: (Option<i64>, Option<i64>) =
                sqlx::query_as("select last, broken from app_ctx.audit_part($1, 3)")
                    .bind(behind)
                    .fetch_one(&mut *tx)
                    .await
                    .unwrap();
            seen.push(part);
            let (Some(last), None) = part else { return seen };
            behind = Some(last);
        }
    };
    let whole = parts().await;
    assert!(whole.len() >= 3, "{whole:?}");
    assert_eq!(whole[0], (Some(3), None));
    assert_eq!(whole[whole.len() - 2..], [(Some(end), None), (None, None)]);
    // At the seam of two parts: the last of one, and the first of the next.
    for (link, broken) in [(3, 3), (4, 4), (5, 5)] {
        vox.exec(&format!("update audit_log set actor = actor || 'x' where {of} and link = {link}")).await;
        assert_eq!(parts().await.last().unwrap().1, Some(broken));
        vox.exec(&format!("update audit_log set actor = left(actor, -1) where {of} and link = {link}")).await;
    }
    assert_eq!(parts().await, whole);
    // What a part goes on from is taken away while the look goes on.
    vox.exec(&format!("delete from audit_log where {of} and link = 3")).await;
    let mut tx = vox.app.begin(vox.glow.org).await.unwrap();
    let broken = "select broken from app_ctx.audit_part(3, 3)";
    assert_eq!(sqlx::query_scalar::<_, Option<i64>>(broken).fetch_one(&mut *tx).await.unwrap(), Some(4));
}

#[tokio::test]
async fn w32_a_look_whose_job_was_lost_is_begun_again_after_an_hour() {
    let vox = Voxanne::start().await;
    let (owner, _) = owner_with_a_log(&vox).await;
    assert_eq!(owner.api("POST", CHECK, Value::Null).await.status, 202);
    vox.exec("delete from graphile_worker._private_jobs").await;
    owner.api("POST", CHECK, Value::Null).await;
    assert_eq!(vox.count(JOBS).await, 0);
    vox.later(SignedDuration::from_hours(1));
    let owner = vox.glow_staff(Role::Owner).await;
    assert_eq!(looked_through(&vox, &owner).await["is_whole"], true);
}

#[tokio::test]
async fn who_may_not_read_the_log_has_it_looked_through_by_nobody() {
    let vox = Voxanne::start().await;
    for role in [Role::FrontDesk, Role::Viewer] {
        let person = vox.glow_staff(role).await;
        person.api("POST", CHECK, Value::Null).await.refused(403, "missing_scope");
        person.api("GET", CHECK, Value::Null).await.refused(403, "missing_scope");
    }
    assert_eq!((vox.count("audit_checks").await, vox.count(JOBS).await), (0, 0));
    let manager = vox.glow_staff(Role::Manager).await;
    assert_eq!(looked_through(&vox, &manager).await["is_whole"], true);
}
