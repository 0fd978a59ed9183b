//! Tasks and notifications over HTTP.

use jiff::SignedDuration;
use serde_json::{Value, json};
use voxanne::accounts::Scope;
use voxanne::tasks::{self, NewTask};

use crate::harness::{CALLER, Voxanne, booking, call_ref};

async fn raise(vox: &Voxanne, kind: &'static str) {
    let mut tx = vox.app.begin(vox.glow.org).await.unwrap();
    let dedupe_key = format!("{kind}:{}", vox.app.clock.now());
    let new = NewTask { kind, title: format!("Do {kind}"), dedupe_key, ..NewTask::default() };
    assert!(tasks::raise(&vox.app, &mut tx, vox.glow.org, &new).await.unwrap());
    tx.commit().await.unwrap();
    vox.later(SignedDuration::from_mins(1));
}

fn of_items<'a>(page: &'a Value, member: &str) -> Vec<&'a str> {
    page["items"].as_array().unwrap().iter().map(|item| item[member].as_str().unwrap()).collect()
}

#[tokio::test]
async fn what_can_wait_least_comes_first_and_then_what_has_waited_longest() {
    let vox = Voxanne::start().await;
    let api = vox.api(&vox.glow, &[Scope::TasksRead]).await;
    for kind in ["set_up_email", "call_back", "clinical_call_back", "answer_text", "fix_texting"] {
        raise(&vox, kind).await;
    }
    vox.exec("update tasks set kind = 'of_a_later_version' where kind = 'fix_texting'").await;
    let expected = ["clinical_call_back", "call_back", "answer_text", "set_up_email", "of_a_later_version"];
    let page = api.get("/tasks").await.good();
    assert_eq!(of_items(&page, "kind"), expected);
    assert_eq!(of_items(&page, "urgency"), ["now", "today", "today", "soon", "soon"]);
    assert_eq!(page["items"][1]["label"], "Call back");
    let mut walked = Vec::new();
    let mut path = "/tasks?limit=2".to_owned();
    loop {
        let page = api.get(&path).await.good();
        walked.extend(of_items(&page, "kind").into_iter().map(str::to_owned));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/tasks?limit=2&cursor={cursor}");
    }
    assert_eq!(walked, expected);
    assert_eq!(of_items(&api.get("/tasks?kind=answer_text").await.good(), "kind"), ["answer_text"]);
    assert_eq!(api.get("/tasks?state=old").await.refused(422, "invalid_field")["field"], "state");
    assert_eq!(vox.harbor_api().await.get("/tasks").await.good()["items"], json!([]));
}

#[tokio::test]
async fn a_task_is_finished_taken_back_and_noted_by_whoever_did() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let line = vox.call(&call_ref(1));
    line.tool("book_appointment", booking("Botox", "2026-12-01", "10:30", "Ana Diaz")).await.unwrap();
    let contact = api.get("/contacts").await.good()["items"][0]["id"].clone();
    let new = json!({"title": "Send the brochure", "note": "In Spanish", "contact_id": contact});
    let made = api.post_once("once", "/tasks", new.clone()).await.good();
    assert_eq!(api.post_once("once", "/tasks", new).await.good(), made, "the same request is one task");
    assert_eq!(
        made["about"],
        json!({
            "contact_id": contact, "contact_name": "Ana Diaz", "phone": CALLER, "call_id": null, "appointment_id": null,
            "text_id": null, "inbound_text_id": null,
        })
    );
    assert!(made["raised_by"].as_str().unwrap().starts_with("api:key_"));
    let path = format!("/tasks/{}", made["id"].as_str().unwrap());
    let changed = api.patch(&path, json!({"note": null})).await.good();
    assert_eq!((&changed["note"], &changed["title"]), (&Value::Null, &json!("Send the brochure")));
    assert_eq!(api.patch(&path, json!({})).await.good()["note"], Value::Null);
    assert_eq!(api.patch(&path, json!({"title": "x"})).await.refused(422, "invalid_field")["field"], "title");

    let done = api.post(&format!("{path}/done"), json!({})).await.good();
    assert!(done["done_at"].is_string() && done["done_by"].as_str().unwrap().starts_with("api:key_"));
    let again = api.post(&format!("{path}/done"), json!({})).await.good();
    assert_eq!(again, done, "finished once");
    assert_eq!(of_items(&api.get("/tasks?state=done").await.good(), "id"), [made["id"].as_str().unwrap()]);
    assert!(!of_items(&api.get("/tasks").await.good(), "id").contains(&made["id"].as_str().unwrap()));
    let open = api.post(&format!("{path}/reopen"), json!({})).await.good();
    assert_eq!((&open["done_at"], &open["done_by"]), (&Value::Null, &Value::Null));
    let acts: String = vox
        .one("select string_agg(action, ' ' order by action) from audit_log where subject like 'task_%'")
        .await;
    assert_eq!(acts, "task.create task.done task.reopen task.update task.update");
    for (field, id) in [("call_id", "call"), ("appointment_id", "apt"), ("contact_id", "con")] {
        let nobodys = format!("{id}_00000000000000000000000000000001");
        let refused = api.post("/tasks", json!({"title": "x", field: nobodys})).await;
        assert_eq!(refused.refused(422, "invalid_field")["field"], field);
    }
}

#[tokio::test]
async fn what_one_of_the_clinic_has_read_is_read_and_the_number_says_so() {
    let vox = Voxanne::start().await;
    let api = vox.api(&vox.glow, &[Scope::TasksRead, Scope::TasksWrite]).await;
    for n in 1..=3 {
        let line = vox.call(&call_ref(n));
        let time = format!("1{n}:30");
        line.tool("book_appointment", booking("Botox", "2026-12-01", &time, "Ana Diaz")).await.unwrap();
        vox.later(SignedDuration::from_mins(1));
    }
    let unread = async || api.get("/notifications/unread").await.good()["unread"].as_i64().unwrap();
    let page = api.get("/notifications").await.good();
    assert_eq!(unread().await, i64::try_from(page["items"].as_array().unwrap().len()).unwrap());
    let before = unread().await;
    let at: Vec<&str> = of_items(&page, "created_at");
    assert!(before >= 2 && at.is_sorted_by(|a, b| a >= b), "the latest first");
    let told = &page["items"][0];
    assert!(told["about"]["appointment_id"].as_str().unwrap().starts_with("apt_"));
    let read =
        api.post(&format!("/notifications/{}/read", told["id"].as_str().unwrap()), json!({})).await.good();
    assert!(read["read_at"].is_string());
    assert_eq!(unread().await, before - 1);
    let left = api.get("/notifications?unread=true").await.good();
    assert!(!of_items(&left, "id").contains(&told["id"].as_str().unwrap()));
    assert_eq!(api.post("/notifications/read-all", json!({})).await.good()["read"], before - 1);
    assert_eq!(unread().await, 0);
    let all = api.get("/notifications?unread=false").await.good();
    assert_eq!(i64::try_from(all["items"].as_array().unwrap().len()).unwrap(), before);
}
