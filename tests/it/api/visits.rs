//! Openings, visits, series and holds over the API.

use serde_json::{Value, json};

use crate::harness::{Answered, Api, Voxanne};

/// 10:30 AM in Los Angeles on Tuesday, December 1st.
const START: &str = "2026-12-01T18:30:00Z";

async fn wish(api: &Api, service: &str, starts_at: &str, phone: &str) -> Value {
    json!({"service_id": api.id_of("/services", service).await, "starts_at": starts_at, "name": "Ana Diaz", "phone": phone})
}

async fn book(api: &Api, service: &str, starts_at: &str, phone: &str) -> Answered {
    api.post("/appointments", wish(api, service, starts_at, phone).await).await
}

/// A change of the visit as it was at `version`.
async fn change(api: &Api, path: &str, version: i64, body: Value) -> Answered {
    Answered::of(api.request("POST", path).header("if-match", format!("\"{version}\"")).json(&body)).await
}

#[tokio::test]
async fn a_visit_is_booked_moved_and_called_off_like_by_voice() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let booked = book(&api, "Botox", START, "(310) 555-0142").await;
    assert_eq!((booked.status, booked.header("etag")), (201, "\"1\""));
    let visit = booked.clone().good();
    let path = format!("/appointments/{}", visit["id"].as_str().unwrap());
    assert_eq!(booked.header("location"), format!("/api/v1{path}"));
    assert_eq!(visit["local_starts_at"], "2026-12-01T10:30");
    assert_eq!((&visit["status"], &visit["phone"]), (&json!("scheduled"), &json!("+13105550142")));
    assert!(visit["booked_by"].as_str().unwrap().starts_with("key_"));

    let moved = change(&api, &format!("{path}/move"), 1, json!({"starts_at": "2026-12-02T18:30:00Z"})).await;
    assert_eq!(moved.header("etag"), "\"2\"");
    assert_eq!(moved.good()["local_starts_at"], "2026-12-02T10:30");
    // T-B14: whoever has not seen that is shown it.
    let late = change(&api, &format!("{path}/move"), 1, json!({"starts_at": "2026-12-03T18:30:00Z"})).await;
    let refused = late.refused(409, "version_conflict");
    assert_eq!(refused["difference"]["starts_at"]["to"], "2026-12-02T18:30:00Z");
    assert_eq!(refused["version"], 2);
    // Nobody changes a visit without saying which version of it.
    api.post(&format!("{path}/cancel"), json!({})).await.refused(428, "if_match_required");
    let cancelled = change(&api, &format!("{path}/cancel"), 2, json!({"reason": "Ill"})).await.good();
    assert_eq!((&cancelled["status"], &cancelled["version"]), (&json!("cancelled"), &json!(3)));
    change(&api, &format!("{path}/state"), 3, json!({"status": "arrived"}))
        .await
        .refused(409, "illegal_state");

    let changes = api.get(&format!("{path}/changes")).await.good();
    let actions: Vec<_> = changes["items"].as_array().unwrap().iter().map(|c| c["action"].clone()).collect();
    assert_eq!(actions, ["booked", "moved", "cancelled"]);
    vox.run_jobs().await;
    assert_eq!(vox.texts_to("+13105550142").len(), 3, "booked, moved, cancelled: one text each");
}

#[tokio::test]
async fn t_r3_a_refused_time_tells_all_its_causes_and_the_nearest_times() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    vox.exec("update services set buffer_after_minutes = 15 where name = 'IPL'").await;
    book(&api, "IPL", START, "+13105550142").await.good();
    // 11:15, when the visit is over and Jonah is not yet free.
    let refused =
        book(&api, "IPL", "2026-12-01T19:15:00Z", "+13105550143").await.refused(409, "not_bookable");
    let cause = &refused["causes"][0];
    assert_eq!(cause["code"], "practitioner_busy");
    assert_eq!(cause["until"], "2026-12-01T19:30:00Z");
    assert_eq!(cause["staff"], "Jonah Reed is booked until 11:30 AM, buffers included.");
    assert_eq!(cause["caller"], "I'm sorry, everyone is with somebody until 11:30 AM.");
    assert_eq!(refused["alternatives"].as_array().unwrap().len(), 3);
    // Several causes at once: none is left out.
    let service = api.id_of("/services", "IPL").await;
    let why =
        api.get(&format!("/openings/why?service_id={service}&starts_at=2026-12-01T07:00:00Z")).await.good();
    assert_eq!((&why["bookable"], &why["causes"][0]["code"]), (&json!(false), &json!("outside_hours")));
    let why =
        api.get(&format!("/openings/why?service_id={service}&starts_at=2026-12-01T19:30:00Z")).await.good();
    assert_eq!(why, json!({"bookable": true, "causes": []}));
}

#[tokio::test]
async fn openings_are_what_can_be_booked() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let service = api.id_of("/services", "IPL").await;
    let path = format!("/openings?service_id={service}&from=2026-12-01&to=2026-12-01");
    let openings = api.get(&path).await.good();
    let times: Vec<&str> = openings["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|o| o["local_starts_at"].as_str().unwrap())
        .collect();
    // T-S1.
    assert_eq!(times.len(), 12);
    assert_eq!((times[0], times[11]), ("2026-12-01T09:00", "2026-12-01T17:15"));
    book(&api, "IPL", START, "+13105550142").await.good();
    assert_eq!(api.get(&path).await.good()["items"].as_array().unwrap().len(), 11);
    let (field, _) =
        api.get(&format!("/openings?service_id={service}&from=2026-12-01&to=2027-12-01")).await.wrong_field();
    assert_eq!(field, "to");
}

#[tokio::test]
async fn openings_in_a_room_are_those_at_which_it_is_free() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let service = api.id_of("/services", "Botox").await;
    let room = api.id_of("/resources", "Treatment Room 1").await;
    let path = format!("/openings?service_id={service}&from=2026-12-01&to=2026-12-01");
    let at = async |path: &str| {
        let found = api.get(path).await.good();
        let starts = found["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["starts_at"].as_str().unwrap().to_owned());
        starts.collect::<Vec<_>>()
    };
    let narrowed = format!("{path}&resource_id={room}");
    assert!(at(&narrowed).await.contains(&START.to_owned()));
    let mut wanted = wish(&api, "Botox", START, "+13105550142").await;
    wanted["resource_id"] = json!(room);
    api.post("/appointments", wanted).await.good();
    assert!(!at(&narrowed).await.contains(&START.to_owned()), "the room is taken then");
    assert!(at(&path).await.contains(&START.to_owned()), "another practitioner has another room");
    let laser = api.id_of("/resources", "Laser").await;
    for other in [laser.as_str(), "res_none", "nothing"] {
        api.get(&format!("{path}&resource_id={other}")).await.refused(404, "not_found");
    }
}

#[tokio::test]
async fn a_hold_keeps_a_time_and_converts() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let time = wish(&api, "IPL", START, "+13105550142").await;
    let hold = api.post("/holds", json!({"time": time, "minutes": 5})).await.good();
    book(&api, "IPL", START, "+13105550143").await.refused(409, "not_bookable");
    let mut with_hold = time.clone();
    with_hold["hold_id"] = hold["id"].clone();
    api.post("/appointments", with_hold).await.good();
    assert_eq!(vox.count("holds").await, 0);
    // Another, let go, and one that lapses.
    let later = wish(&api, "IPL", "2026-12-02T18:30:00Z", "+13105550142").await;
    let hold = api.post("/holds", json!({"time": later})).await.good();
    let path = format!("/holds/{}", hold["id"].as_str().unwrap());
    assert_eq!(api.delete(&path).await.status, 204);
    api.delete(&path).await.refused(404, "not_found");
    api.post("/holds", json!({"time": later, "minutes": 5})).await.good();
    vox.later(jiff::SignedDuration::from_mins(6));
    book(&api, "IPL", "2026-12-02T18:30:00Z", "+13105550143").await.good();
}

#[tokio::test]
async fn t_b15_a_series_is_all_or_nothing_or_partial() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let first = wish(&api, "Laser Treatment", START, "+13105550142").await;
    book(&api, "Laser Treatment", "2026-12-15T18:30:00Z", "+13105550143").await.good();
    let series = json!({"first": first, "visits": 3, "every_days": 7});
    let refused = api.post("/series", series.clone()).await.refused(409, "series_collides");
    assert_eq!(refused["left_out"][0]["nth"], 3);
    assert_eq!(vox.count("appointments").await, 1);
    let mut partial = series;
    partial["partial"] = true.into();
    let booked = api.post("/series", partial).await.good();
    assert_eq!(booked["appointments"].as_array().unwrap().len(), 2);
    assert_eq!(booked["left_out"][0]["causes"][0]["code"], "resource_busy");
}

#[tokio::test]
async fn visits_are_listed_in_pages_by_what_is_asked() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    for day in 1..=5 {
        book(&api, "IPL", &format!("2026-12-0{day}T18:30:00Z"), "+13105550142").await.good();
    }
    book(&api, "Botox", START, "+13105550143").await.good();
    let mut seen = Vec::new();
    let mut path = "/appointments?limit=2".to_owned();
    loop {
        let page = api.get(&path).await.good();
        seen.extend(page["items"].as_array().unwrap().iter().map(|v| v["id"].as_str().unwrap().to_owned()));
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("/appointments?limit=2&cursor={cursor}"),
            None => break,
        }
    }
    let distinct: std::collections::BTreeSet<_> = seen.iter().collect();
    assert_eq!((seen.len(), distinct.len()), (6, 6));
    let count = async |query: &str| {
        api.get(&format!("/appointments?{query}")).await.good()["items"].as_array().unwrap().len()
    };
    assert_eq!(count("phone=%2B13105550143").await, 1);
    assert_eq!(count("from=2026-12-02T00:00:00Z&to=2026-12-04T00:00:00Z").await, 2);
    assert_eq!(count("status=cancelled").await, 0);
    let (field, said) = api.get("/appointments?status=booked").await.wrong_field();
    assert_eq!(field, "status");
    assert!(said.contains("scheduled"), "{said}");
}

#[tokio::test]
async fn twenty_parallel_bookings_with_one_key_are_one_visit_and_one_answer() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let body = wish(&api, "Botox", START, "+13105550142").await;
    let all =
        futures::future::join_all((0..20).map(|_| api.post_once("booking-1", "/appointments", body.clone())))
            .await;
    for answer in &all {
        assert_eq!((answer.status, &answer.body), (201, &all[0].body));
    }
    assert_eq!(vox.count("appointments").await, 1);
    assert_eq!(vox.count("texts").await, 1);
}

#[tokio::test]
async fn somebody_waits_and_is_taken_off_again() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let service = api.id_of("/services", "Botox").await;
    let wish =
        json!({"service_id": service, "phone": "(310) 555-0142", "from": "2026-12-01", "to": "2026-12-05"});
    let entry = api.post("/waitlist", wish.clone()).await.good();
    assert_eq!((&entry["state"], &entry["to"]), (&json!("waiting"), &json!("2026-12-05")));
    let again = api.post("/waitlist", wish.clone()).await.good();
    assert_eq!(again["id"], entry["id"], "one place each");
    let mut backwards = wish;
    backwards["to"] = "2026-11-30".into();
    assert_eq!(api.post("/waitlist", backwards).await.wrong_field().0, "to");
    assert_eq!(api.get("/waitlist?state=waiting").await.good()["items"].as_array().unwrap().len(), 1);
    let path = format!("/waitlist/{}", entry["id"].as_str().unwrap());
    assert_eq!(api.delete(&path).await.status, 204);
    api.delete(&path).await.refused(404, "not_found");
    assert_eq!(api.get("/waitlist?state=waiting").await.good()["items"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn wrong_fields_are_named() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let good = wish(&api, "Botox", START, "+13105550142").await;
    for (field, value) in [
        ("service_id", json!("svc_1")),
        ("service_id", json!("svc_00000000000000000000000000000000")),
        ("starts_at", json!("tomorrow")),
        ("phone", json!("123")),
        ("name", json!("http://evil.example")),
        ("practitioner_id", json!("res_00000000000000000000000000000000")),
    ] {
        let mut body = good.clone();
        body[field] = value.clone();
        let (named, _) = api.post("/appointments", body).await.wrong_field();
        assert_eq!(named, field, "{value}");
    }
    let mut body = good;
    body["org_id"] = "org_1".into();
    api.post("/appointments", body).await.wrong_field();
}
