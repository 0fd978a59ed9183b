//! Threads: what people texted and what we texted them, and a person's own word among it.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::harness::{Api, CALLER, Voxanne};

const OTHER: &str = "+13105550143";

async fn book(vox: &Voxanne, api: &Api, starts_at: &str, phone: &str) {
    let service = api.id_of("/services", "Botox").await;
    let wish = json!({"service_id": service, "starts_at": starts_at, "name": "Ana Diaz", "phone": phone});
    api.post("/appointments", wish).await.good();
    vox.run_jobs().await;
    vox.later(SignedDuration::from_secs(1));
}

fn column(page: &Value, field: &str) -> Vec<Value> {
    page["items"].as_array().unwrap().iter().map(|item| item[field].clone()).collect()
}

#[tokio::test]
async fn threads_are_listed_newest_first_with_what_waits_there() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    book(&vox, &api, "2026-12-01T18:30:00Z", CALLER).await;
    vox.says(OTHER, "Is there parking?").await;
    vox.later(SignedDuration::from_secs(1));
    vox.says("72345", "Your code is 1234").await;
    vox.later(SignedDuration::from_secs(1));
    let page = api.get("/threads").await.good();
    assert_eq!(column(&page, "phone"), ["72345", OTHER, CALLER]);
    assert_eq!(column(&page, "unread"), [1, 1, 0]);
    assert_eq!(page["items"][1]["last_message"]["body"], "Is there parking?");
    assert_eq!(page["items"][1]["last_message"]["direction"], "in");
    assert_eq!(page["items"][1]["id"], OTHER, "nobody is known behind it");
    let mine = &page["items"][2];
    assert!(mine["id"].as_str().unwrap().starts_with("con_"), "{mine}");
    assert_eq!((&mine["id"], &mine["contact_name"]), (&mine["contact_id"], &json!("Ana Diaz")));
    assert_eq!(mine["last_message"]["direction"], "out");
    assert_eq!(column(&api.get("/threads?unread=true").await.good(), "phone"), ["72345", OTHER]);
    vox.says(CALLER, "STOP").await;
    vox.later(SignedDuration::from_secs(1));
    let page = api.get("/threads?limit=2").await.good();
    assert_eq!(column(&page, "phone"), [CALLER, "72345"]);
    assert_eq!(page["items"][0]["opted_out"], true);
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = api.get(&format!("/threads?limit=2&cursor={cursor}")).await.good();
    assert_eq!((column(&rest, "phone"), &rest["next_cursor"]), (vec![json!(OTHER)], &Value::Null));
    // B4: nothing of it is another org's.
    let harbor = vox.harbor_api().await;
    assert_eq!(harbor.get("/threads").await.good()["items"], json!([]));
    let id = mine["id"].as_str().unwrap();
    assert_eq!(harbor.get(&format!("/threads/{id}")).await.status, 404);
    assert_eq!(harbor.get(&format!("/threads/%2B{}", &CALLER[1..])).await.status, 404);
}

#[tokio::test]
async fn a_thread_shows_both_ways_with_states_and_who_sent_it() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    book(&vox, &api, "2026-12-01T18:30:00Z", CALLER).await;
    vox.says(CALLER, "R").await;
    vox.later(SignedDuration::from_secs(1));
    vox.says(CALLER, "Is there parking?").await;
    vox.later(SignedDuration::from_secs(1));
    let path = format!("/threads/{CALLER}");
    let thread = api.get(&path).await.good();
    assert_eq!(
        (&thread["thread"]["unread"], &thread["thread"]["open_question"]),
        (&json!(1), &json!("choose_time"))
    );
    let messages = &thread["messages"];
    // The clock stands still: what they asked and our answer are of one instant.
    let of = |kind: &str| {
        let items = messages["items"].as_array().unwrap();
        items.iter().find(|message| message["kind"] == kind).unwrap().clone()
    };
    let kinds = column(messages, "kind");
    assert_eq!((kinds.len(), &kinds[0], &kinds[3]), (4, &json!("other"), &json!("confirmation")));
    for (kind, direction, read) in [
        ("other", "in", json!(false)),
        ("reply", "out", Value::Null),
        ("reschedule", "in", json!(true)),
        ("confirmation", "out", Value::Null),
    ] {
        assert_eq!((&of(kind)["direction"], &of(kind)["read"]), (&json!(direction), &read), "{kind}");
    }
    let ours = &of("reply");
    assert_eq!((&ours["verdict"], &ours["segments"]), (&json!("allowed: transactional"), &json!(1)));
    assert!(["sent", "delivered"].contains(&ours["state"].as_str().unwrap()), "{ours}");
    let answer = api.post(&format!("{path}/messages"), json!({"body": "Yes, behind the house."})).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    assert!(answer.body["sent_by"].as_str().unwrap().starts_with("api:key_"), "{}", answer.body);
    vox.run_jobs().await;
    assert_eq!(vox.last_to(CALLER), "Yes, behind the house.");
    let thread = api.get(&path).await.good();
    assert_eq!(thread["thread"]["unread"], 0, "whoever answers has read it");
    assert_eq!(vox.count("tasks where kind = 'answer_text' and done_at is null").await, 0);
    let act: String =
        vox.one("select actor || ' ' || action || ' ' || left(subject, 4) from audit_log where action = 'text.write'").await;
    assert_eq!(act, format!("{} text.write txt_", answer.body["sent_by"].as_str().unwrap()));
    // A yes is now for whoever wrote, not for the times that were offered before.
    vox.later(SignedDuration::from_secs(1));
    vox.says(CALLER, "1").await;
    assert_eq!(vox.count("tasks where kind = 'answer_text' and done_at is null").await, 1);
    let read = api.post(&format!("{path}/read"), json!({})).await.good();
    assert_eq!(read["unread"], 0);
}

#[tokio::test]
async fn what_a_person_writes_obeys_the_rules_and_says_which() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let path = format!("/threads/{OTHER}/messages");
    let body = json!({"body": "Could you come at three?"});
    // Once per key.
    for _ in 0..2 {
        let request = api.request("POST", &path).header("idempotency-key", "one").json(&body);
        assert_eq!(crate::harness::Answered::of(request).await.status, 201);
    }
    vox.run_jobs().await;
    assert_eq!(vox.texts_to(OTHER).len(), 1);
    // By night it waits.
    vox.later(SignedDuration::from_hours(12));
    let waits = api.post(&path, body.clone()).await;
    assert_eq!((waits.status, &waits.body["verdict"]), (202, &json!("waits: quiet_hours")));
    assert!(waits.body["leaves_at"].as_str().unwrap().starts_with("2026-11-25T16:00"), "{}", waits.body);
    // A country that is not allowed, a STOP, and no number.
    let abroad = api.post("/threads/+4915112345678/messages", body.clone()).await;
    assert_eq!(abroad.refused(409, "text_refused")["rule"], "country_not_allowed");
    vox.says(OTHER, "STOP").await;
    let refused = api.post(&path, body.clone()).await.refused(409, "text_refused");
    assert_eq!(
        (&refused["rule"], &refused["detail"]),
        (&json!("opted_out"), &json!("The recipient replied STOP. Call instead."))
    );
    assert_eq!(api.post("/threads/72345/messages", body).await.status, 404);
    api.post(&path, json!({"body": ""})).await.refused(422, "invalid_field");
}
