//! W28: what is typed is found, bounded, and only what the caller may read and the org owns.

use serde_json::{Value, json};
use voxanne::accounts::{Role, Scope};

use crate::harness::{Api, CALLER, Voxanne, booking, call_ref};

fn names(found: &Value) -> Vec<&str> {
    found["contacts"].as_array().unwrap().iter().map(|contact| contact["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_person_is_found_by_what_is_typed_of_them_with_all_that_is_theirs() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let line = vox.call(&call_ref(1));
    line.in_progress().await.unwrap();
    line.tool("book_appointment", booking("Botox", "2026-12-01", "10:30", "Ana Núñez")).await.unwrap();
    line.end("customer-ended-call").await.unwrap();
    vox.exec("update contacts set email = 'Ana.N@mail.example', name = 'Ana Núñez'").await;
    vox.exec("insert into contacts (org_id, id, phone, name, created_at)
              select org_id, gen_random_uuid(), '+1415555' || 1000 + n, 'Bob Other', now() from orgs, generate_series(1, 20) n").await;
    for typed in
        ["ana", "ANA NU", "nunez", "Núñ", "ana.n@", "0142", "310555", "(310) 555-0142", "%2B13105550142"]
    {
        let found = api.get(&format!("/search?q={typed}")).await.good();
        assert_eq!(names(&found), ["Ana Núñez"], "{typed}");
        assert_eq!(found["calls"].as_array().unwrap().len(), 1, "{typed}");
        assert_eq!(found["appointments"][0]["service"], "Botox", "{typed}");
        assert_eq!(found["threads"][0]["phone"], CALLER, "{typed}");
    }
    let found = api.get("/search?q=bob").await.good();
    assert_eq!(names(&found).len(), 8, "eight of each kind");
    assert_eq!(found["calls"], json!([]));
    for nobody in ["na N", "%25%25", "_na", "uñez", "999"] {
        assert_eq!(names(&api.get(&format!("/search?q={nobody}")).await.good()), [""; 0], "{nobody}");
    }
    // The other clinic's people are nobody.
    assert_eq!(names(&vox.harbor_api().await.get("/search?q=ana").await.good()), [""; 0]);
    for typed in ["", "a", &"a".repeat(81)] {
        assert_eq!(api.get(&format!("/search?q={typed}")).await.refused(422, "invalid_field")["field"], "q");
    }
    // What may not be read is not found.
    let few = vox.api(&vox.glow, &[Scope::MessagesRead]).await.get("/search?q=ana").await.good();
    assert_eq!((&few["calls"], &few["appointments"], &few["tasks"]), (&json!([]), &json!([]), &json!([])));
    assert_eq!(names(&few), ["Ana Núñez"]);
}

#[tokio::test]
async fn a_task_is_found_by_its_words_and_by_its_person() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    api.post("/tasks", json!({"title": "Order needles"})).await.good();
    let found = api.get("/search?q=NEEDLE").await.good();
    assert_eq!(found["tasks"][0]["title"], "Order needles");
    let line = vox.call(&call_ref(1));
    line.tool("book_appointment", booking("Botox", "2026-12-01", "10:30", "Ana Diaz")).await.unwrap();
    let contact = api.get("/contacts").await.good()["items"][0]["id"].clone();
    api.post("/tasks", json!({"title": "Send the brochure", "contact_id": contact})).await.good();
    let found = api.get("/search?q=diaz").await.good();
    let titles: Vec<_> =
        found["tasks"].as_array().unwrap().iter().map(|task| task["title"].clone()).collect();
    assert!(titles.contains(&json!("Send the brochure")), "{titles:?}");
}

#[tokio::test]
async fn a_caller_whom_only_an_alert_names_is_found_by_that_name() {
    let vox = Voxanne::start().await;
    let lead = json!({"leadName": "Sarah Núñez", "leadPhone": "+13105550188", "serviceInterest": "Botox", "summary": "Wants a date"});
    for clinic in [&vox.glow, &vox.harbor] {
        let name = if clinic.org == vox.glow.org { "Sarah Núñez" } else { "Nora Falk" };
        let line = vox.call_from(clinic, &call_ref(u128::from(name.len() as u64)), Some("+13105550188"));
        line.in_progress().await.unwrap();
        let mut lead = lead.clone();
        lead["leadName"] = name.into();
        line.tool("notify_hot_lead", lead).await.unwrap();
    }
    assert_eq!(vox.count("contacts").await, 0, "or it proves nothing");
    let names = async |api: &Api, typed: &str| {
        let found = api.get(&format!("/search?q={typed}")).await.good();
        let calls = found["calls"].as_array().unwrap().clone();
        calls.iter().map(|call| call["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (glow, harbor) = (vox.glow_api().await, vox.harbor_api().await);
    for typed in ["sarah", "SARAH NU", "nunez"] {
        assert_eq!(names(&glow, typed).await, ["Sarah Núñez"], "{typed}");
        assert!(names(&harbor, typed).await.is_empty(), "{typed}");
    }
    assert_eq!(names(&harbor, "falk").await, ["Nora Falk"]);
    for nobody in ["ara", "falk"] {
        assert!(names(&glow, nobody).await.is_empty(), "{nobody}");
    }
    let page = vox.glow_staff(Role::Owner).await.page("/dashboard/search?q=sarah").await.text;
    assert!(page.contains("Sarah Núñez"), "{page}");
}

#[tokio::test]
async fn a_whole_number_finds_who_is_no_contact() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let line = vox.call_from(&vox.glow, &call_ref(1), Some("+13105550188"));
    line.in_progress().await.unwrap();
    let found = api.get("/search?q=310-555-0188").await.good();
    assert_eq!(
        (found["contacts"].as_array().unwrap().len(), found["calls"].as_array().unwrap().len()),
        (0, 1)
    );
}

#[tokio::test]
async fn the_audit_log_is_read_by_who_did_what_and_when() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    api.post("/tasks", json!({"title": "One"})).await.good();
    let other = vox.glow_api().await;
    other.post("/tasks", json!({"title": "Two"})).await.good();
    let page = api.get("/audit-log").await.good();
    let acts = page["items"].as_array().unwrap();
    assert_eq!(acts.len(), 2);
    assert_eq!((&acts[0]["action"], &acts[0]["actor_name"]), (&json!("task.create"), &json!("Tests")));
    let actor = acts[0]["actor"].as_str().unwrap();
    let count = async |query: &str| {
        api.get(&format!("/audit-log?{query}")).await.good()["items"].as_array().unwrap().len()
    };
    assert_eq!(count(&format!("actor={actor}")).await, 1);
    assert_eq!(count("action=task.create").await, 2);
    assert_eq!(count("action=task.done").await, 0);
    assert_eq!(count("from=2026-11-24&to=2026-11-24").await, 2);
    assert_eq!(count("from=2026-11-25").await, 0);
    let first = api.get("/audit-log?limit=1").await.good();
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = api.get(&format!("/audit-log?limit=1&cursor={cursor}")).await.good();
    assert_ne!(first["items"], second["items"]);
    assert_eq!(vox.harbor_api().await.get("/audit-log").await.good()["items"], json!([]));
}
