//! Of those who change what they read with one ETag, one does, and the others hear that it changed.

use std::iter::repeat_n;

use futures::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Answered, Api, Voxanne, patient};

/// What the doors write, and what they wait for before. Whoever compared before waiting would find every ETag to be right.
const WRITTEN: [&str; 7] = [
    "orgs",
    "integration_settings",
    "contacts",
    "email_recipients",
    "alert_recipients",
    "assistants",
    "phone_numbers",
];

const WRITERS: usize = 3;

#[tokio::test]
async fn of_writers_with_one_etag_one_is_heard_on_every_door() {
    let vox = Voxanne::start_with(|config| {
        patient(config);
        config.database.back_connections = 8;
        config.server.org_requests_max = 7;
    })
    .await;
    let api = vox.glow_api().await;
    let mut wrong = Vec::new();
    for (method, path, change) in doors(&api).await {
        let there = api.get(&path).await;
        let etag = there.header("etag").to_owned();
        there.good();
        let mut held = vox.admin.begin().await.unwrap();
        for table in WRITTEN {
            let all = sqlx::AssertSqlSafe(format!("select from {table} for no key update"));
            sqlx::raw_sql(all).execute(&mut *held).await.unwrap();
        }
        let write =
            |change: Value| Answered::of(api.request(method, &path).header("if-match", &etag).json(&change));
        let (written, ()) = tokio::join!(join_all(repeat_n(change, WRITERS).map(write)), async {
            vox.until_waiting(WRITERS).await;
            held.commit().await.unwrap();
        });
        let (done, late): (Vec<_>, Vec<_>) = written.into_iter().partition(|answer| answer.status == 200);
        if (done.len(), late.len()) != (1, WRITERS - 1) {
            wrong.push(format!("{method} {path}: {} of {WRITERS}", done.len()));
        }
        for answer in late {
            answer.refused(412, "changed_since");
        }
    }
    assert!(wrong.is_empty(), "who was heard: {wrong:#?}");
}

/// What can be changed, each with something that it is not yet.
async fn doors(api: &Api) -> Vec<(&'static str, String, Value)> {
    let (service, location) = (first(api, "/services").await, first(api, "/locations").await);
    let visit = json!({"service_id": service, "starts_at": "2026-12-01T18:30:00Z", "phone": "+13105550100"});
    api.post("/appointments", visit).await.good();
    api.post("/email-recipients", json!({"address": "maria@clinic.example"})).await.good();
    api.post("/alert-recipients", json!({"name": "Maria", "phone": "+13105550189"})).await.good();
    let texting = json!({
        "texting_enabled": true, "reminder_minutes": [60], "missed_call_text": true, "quiet_from": 20, "quiet_until": 9,
    });
    let alerts = json!({"alert_rungs_minutes": [7], "alerts_wait_for_opening": true});
    let day = json!({"weekday": "monday", "opens": "11:00", "closes": "15:00"});
    let one =
        async |path: &str, change: Value| ("PATCH", format!("{path}/{}", first(api, path).await), change);
    let all = |path: &str, change: Value| ("PUT", path.to_owned(), change);
    vec![
        one("/contacts", json!({"language": "es"})).await,
        one("/email-recipients", json!({"language": "es"})).await,
        one("/alert-recipients", json!({"step": 2})).await,
        one("/assistants", json!({"name": "Another name"})).await,
        one("/phone-numbers", json!({"assistant_id": null})).await,
        one("/locations", json!({"parking": "Behind it."})).await,
        all("/email-settings", json!({"summary_hour": 5})),
        all("/settings/org", json!({"name": "Glow Two", "region": "US", "language": "en"})),
        all("/settings/alerts", alerts),
        all("/settings/texting", texting),
        all("/wording-settings", json!({"language": "es", "name_treatments": true})),
        all("/calendar-settings", json!({"feed_names": true})),
        all("/text-templates/change/en", json!({"body": "{clinic}: {moment}, anew."})),
        all(&format!("/hours?location_id={location}"), json!({"hours": [day]})),
    ]
}

async fn first(api: &Api, path: &str) -> String {
    api.get(path).await.good()["items"][0]["id"].as_str().unwrap().to_owned()
}
