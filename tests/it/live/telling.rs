//! What is told, to whom, and in which order.

use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use sqlx::postgres::PgListener;

use super::{Client, a_task, follow, start, start_with};
use crate::harness::{Voxanne, booking, call_ref};

async fn book(vox: &Voxanne, n: u128, time: &str) {
    let wish = booking("Botox", "2026-12-01", time, "Ana Diaz");
    let said = vox.call(&call_ref(n)).tool("book_appointment", wish).await.unwrap();
    assert!(said.text().starts_with("Great!"), "{}", said.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn b14_a_call_a_booking_a_text_and_a_task_arrive_as_they_happen() {
    let vox = start().await;
    let mut client = Client::of(&vox, &vox.glow).await;
    let call = vox.call(&call_ref(1));
    call.in_progress().await.unwrap();
    let ring = client.hears("call").await;
    let id: uuid::Uuid = vox.one("select id from calls").await;
    assert_eq!(ring["subject"], format!("call_{}", id.simple()));
    assert!(ring["at"].as_str().unwrap().ends_with('Z'));
    call.say_user("Hello, I would like to come in").await.unwrap();
    assert_eq!(client.hears("call").await["subject"], ring["subject"]);

    book(&vox, 1, "10:00").await;
    let (mut kinds, mut ids) = (vec![], vec![]);
    while !kinds.contains(&json!("appointment")) || !kinds.contains(&json!("text")) {
        let said = client.next().await;
        kinds.push(said["kind"].clone());
        ids.push(said["id"].as_i64().unwrap());
    }
    assert!(ids.is_sorted() && ids[0] > ring["id"].as_i64().unwrap(), "{ids:?}");
    vox.run_jobs().await;
    assert!(client.hears("text").await["subject"].as_str().unwrap().starts_with("txt_"));
    let (sql, task) = a_task(&vox.glow);
    vox.exec(&sql).await;
    assert_eq!(client.hears("task").await["subject"], task.as_str());
    vox.says("+13105550142", "Where do I park?").await;
    let inbound = async {
        loop {
            let said = client.hears("text").await;
            if said["subject"].as_str().unwrap().starts_with("inb_") {
                return;
            }
        }
    };
    inbound.await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b14_what_the_assistant_does_consents_invitations_and_the_audit_log_are_told_once_each() {
    let vox = start().await;
    vox.call(&call_ref(1)).in_progress().await.unwrap();
    vox.run_jobs().await;
    let mut client = Client::of(&vox, &vox.glow).await;
    let org = vox.glow.org.0;
    let call: uuid::Uuid = vox.one("select id from calls").await;
    let claim = |id: &str| {
        format!(
            "insert into tool_calls (org_id, call_ref, tool_call_id, name, arguments_digest, asked_at)
             values ('{org}', '{}', '{id}', 'check_availability', '', now())",
            call_ref(1)
        )
    };
    let calls = "events where kind = 'call'";
    let before = vox.count(calls).await;
    vox.exec(&claim("a")).await;
    assert_eq!(vox.count(calls).await, before, "there is nothing to see yet");
    vox.exec("update tool_calls set answer = 'At ten.'").await;
    assert_eq!(vox.count(calls).await, before + 1);
    assert_eq!(client.hears("call").await["subject"], format!("call_{}", call.simple()));
    vox.exec("update tool_calls set answer = 'At ten.', micros = 7").await;
    vox.exec(&claim("b").replace(&call_ref(1), &call_ref(9))).await;
    vox.exec("update tool_calls set answer = 'At noon.' where tool_call_id = 'b'").await;
    assert_eq!(vox.count(calls).await, before + 1, "once, and of no call that nobody knows");

    book(&vox, 1, "10:00").await;
    vox.run_jobs().await;
    let contact: uuid::Uuid = vox.one("select id from contacts").await;
    let contacts = vox.count("events where kind = 'contact'").await;
    vox.says("+13105550142", "STOP").await;
    vox.run_jobs().await;
    assert_eq!(vox.count("consents where not given").await, 1);
    assert!(vox.count("events where kind = 'contact'").await > contacts);
    assert_eq!(client.hears("contact").await["subject"], format!("con_{}", contact.simple()));

    let entries = "insert into audit_log (org_id, id, actor, action, at) select '{org}', gen_random_uuid(), 'test', 'test.look', now() from generate_series(1, 3)";
    let before = vox.count("events where kind = 'audit'").await;
    vox.exec(&entries.replace("{org}", &org.to_string())).await;
    assert_eq!(vox.count("events where kind = 'audit'").await, before + 1, "once for a statement");
    assert_eq!(client.hears("audit").await["subject"], json!(vox.glow.org.to_string()));
    let invited = format!(
        "insert into invitations (org_id, id, email, role, language, token_digest, invited_by, created_at, expires_at)
         values ('{org}', gen_random_uuid(), 'ina@example.com', 'viewer', 'en', '\\x00', 'test', now(), now() + interval '1 day')"
    );
    vox.exec(&invited).await;
    assert_eq!(client.hears("settings").await["subject"], json!(vox.glow.org.to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn b14_no_org_hears_of_anothers_events() {
    let vox = start().await;
    let (mut glow, mut harbor) = (Client::of(&vox, &vox.glow).await, Client::of(&vox, &vox.harbor).await);
    let theirs = a_task(&vox.harbor);
    vox.exec(&theirs.0).await;
    harbor.ids_until(&theirs.1).await;
    book(&vox, 1, "10:00").await;
    let (ours, more) = (a_task(&vox.glow), a_task(&vox.harbor));
    vox.exec(&ours.0).await;
    vox.exec(&more.0).await;
    let heard = glow.ids_until(&ours.1).await;
    let heard_there = harbor.ids_until(&more.1).await;
    let of = |org: uuid::Uuid, ids: Vec<i64>| {
        format!("events where org_id = '{org}' and id = any ('{{{}}}')", list(&ids))
    };
    assert!(heard.len() > 2 && !heard_there.is_empty(), "both must have something of their own");
    let count = i64::try_from(heard.len()).unwrap();
    assert_eq!(vox.count(&of(vox.glow.org.0, heard.clone())).await, count);
    assert_eq!(vox.count(&of(vox.harbor.org.0, heard)).await, 0);
    assert_eq!(vox.count(&of(vox.glow.org.0, heard_there)).await, 0);
}

fn list(ids: &[i64]) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_replica_tells_what_any_of_them_did() {
    let vox = start().await;
    let other = vox.restarted().await;
    follow(&other);
    let (mut here, mut there) = (Client::of(&vox, &vox.glow).await, Client::of(&other, &other.glow).await);
    for (n, replica) in [&vox, &other].into_iter().enumerate() {
        book(replica, n as u128 + 1, ["10:00", "14:00"][n]).await;
        let told = here.hears("appointment").await;
        assert_eq!(told, there.hears("appointment").await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_database_cannot_tell_it_is_asked() {
    let vox = start_with(|c| {
        c.database.pgbouncer = true;
        c.live.poll_ms = 20;
    })
    .await;
    let mut client = Client::of(&vox, &vox.glow).await;
    let mut seen = vec![];
    for _ in 0..3 {
        let (sql, task) = a_task(&vox.glow);
        vox.exec(&sql).await;
        seen.extend(client.ids_until(&task).await);
    }
    assert_eq!(seen.len(), 3, "each once: {seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_sees_change_is_not_told_and_nothing_personal_is() {
    let vox = start().await;
    let mut listener = PgListener::connect_with(&vox.admin).await.unwrap();
    listener.listen("voxanne_events").await.unwrap();
    book(&vox, 1, "10:00").await;
    vox.run_jobs().await;
    // The vendor's reports on the text come when they come.
    vox.until_count("texts where state <> 'delivered'", 0).await;
    let before = vox.count("events").await;
    vox.exec("update texts set attempts = attempts + 1, sending_at = now(); update tasks set done_at = done_at; update calls set assistant_ref = assistant_ref; update escalations set next_at = next_at").await;
    assert_eq!(vox.count("events").await, before);
    let (sql, task) = a_task(&vox.glow);
    vox.exec(&sql).await;
    loop {
        let told = listener.recv().await.unwrap();
        let told: Value = serde_json::from_str(told.payload()).unwrap();
        let fields: Vec<&String> = told.as_object().unwrap().keys().collect();
        assert_eq!(fields, ["at", "horizon", "id", "kind", "org", "subject"]);
        if task.ends_with(&told["subject"].as_str().unwrap().replace('-', "")) {
            break;
        }
    }
}

#[tokio::test]
async fn the_program_only_reads_events() {
    let vox = Voxanne::start().await;
    vox.exec(&a_task(&vox.glow).0).await;
    for write in [
        format!(
            "insert into events (org_id, kind, subject) values ('{}', 'call', gen_random_uuid())",
            vox.glow.org.0
        ),
        "update events set kind = 'call'".to_owned(),
        "delete from events".to_owned(),
        "select app_ctx.tell_staff()".to_owned(),
        "select app_ctx.tell(org_id, 'call', org_id) from orgs".to_owned(),
    ] {
        assert!(vox.refuses(&write).await, "{write}");
    }
    assert!(!vox.refuses("select * from events").await);
}

#[tokio::test]
async fn events_are_forgotten_after_a_day() {
    let vox = Voxanne::start().await;
    for clinic in [&vox.glow, &vox.harbor] {
        vox.exec(&a_task(clinic).0).await;
        vox.exec("update events set at = now() - interval '25 hours'").await;
        vox.exec(&a_task(clinic).0).await;
    }
    // Other schedules tell of something, too; this one of nothing.
    let old = "events where at < clock_timestamp() - interval '1 day'";
    assert!(vox.count(old).await > 2);
    assert!(voxanne::live::forget_events(&vox.app, vox.glow.org).await.unwrap() > 0);
    assert_eq!(vox.count(&format!("{old} and org_id = '{}'", vox.glow.org.0)).await, 0);
    assert!(vox.count(&format!("{old} and org_id = '{}'", vox.harbor.org.0)).await > 0, "each org by itself");
    voxanne::jobs::run_schedules(&vox.app).await.unwrap();
    assert_eq!(vox.count(old).await, 0);
    let left: i64 =
        sqlx::query_scalar(AssertSqlSafe("select count(*) from events where kind = 'task'".to_owned()))
            .fetch_one(&vox.admin)
            .await
            .unwrap();
    assert!(left >= 1);
}
