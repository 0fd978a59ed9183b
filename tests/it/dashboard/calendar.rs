//! The calendar page and what its grid draws, over HTTP.

use jiff::SignedDuration;
use reqwest::header;
use serde_json::{Value, json};
use voxanne::accounts::{self, Browser, Entered};
use voxanne::seed;

use crate::harness::{Answered, Api, Voxanne};

/// 10:30 AM in Los Angeles on Tuesday, December 1st.
const START: &str = "2026-12-01T18:30:00Z";
const DAY: &str = "/dashboard/calendar/events?from=2026-12-01&to=2026-12-01";

async fn book(api: &Api, service: &str, starts_at: &str) -> Value {
    let service = api.id_of("/services", service).await;
    let wish =
        json!({"service_id": service, "starts_at": starts_at, "name": "Ana Diaz", "phone": "+13105550142"});
    api.post("/appointments", wish).await.good()
}

/// Somebody of the demo's people, in their browser.
struct Person<'v> {
    vox: &'v Voxanne,
    cookie: String,
}

impl<'v> Person<'v> {
    async fn sign_in(vox: &'v Voxanne, email: &str) -> Self {
        seed::demo_staff(&vox.app).await.unwrap();
        let browser = Browser { network: "127.0.0.1".parse().unwrap(), agent: "Tests".to_owned() };
        let entered = accounts::sign_in(&vox.app, (email, seed::DEMO_PASSWORD), &browser).await.unwrap();
        let Entered::Open(token) = entered else { panic!("no second factor was set") };
        Self { vox, cookie: format!("sid={token}") }
    }

    async fn get(&self, path: &str) -> (u16, String) {
        let request = self.vox.http.get(format!("{}{path}", self.vox.url));
        let response = request.header(header::COOKIE, &self.cookie).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    async fn read(&self, path: &str) -> Value {
        let (status, body) = self.get(path).await;
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).unwrap()
    }

    async fn page(&self, path: &str) -> String {
        let (status, body) = self.get(path).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// A change as the page's script sends it.
    async fn post(&self, path: &str, version: &Value, body: Value) -> Answered {
        let request = self.vox.http.post(format!("{}/api/v1{path}", self.vox.url));
        let request = request
            .header(header::COOKIE, &self.cookie)
            .header(header::ORIGIN, &self.vox.url)
            .header("sec-fetch-site", "same-origin")
            .header("if-match", format!("\"{version}\""));
        Answered::of(request.json(&body)).await
    }
}

fn names(columns: &Value) -> Vec<&str> {
    columns.as_array().unwrap().iter().map(|column| column["title"].as_str().unwrap()).collect()
}

fn of_kind<'a>(drawn: &'a Value, kind: &str) -> Vec<&'a Value> {
    drawn["blocks"].as_array().unwrap().iter().filter(|block| block["kind"] == kind).collect()
}

#[tokio::test]
async fn the_grid_draws_visits_holds_and_hours_by_practitioner_room_and_device() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let visit = book(&api, "Laser Treatment", START).await;
    let ipl = api.id_of("/services", "IPL").await;
    api.post("/holds", json!({"time": {"service_id": ipl, "starts_at": "2026-12-01T21:00:00Z"}}))
        .await
        .good();
    vox.exec(
        "insert into time_off (org_id, id, practitioner_id, starts_at, ends_at)
         select r.org_id, gen_random_uuid(), r.id, '2026-12-01T22:00:00Z', '2026-12-02T00:00:00Z' from resources r where r.name = 'Sofia Rossi'",
    )
    .await;
    let owner = Person::sign_in(&vox, "owner@glow.example").await;
    let drawn = owner.read(DAY).await;
    assert_eq!(names(&drawn["columns"]).len(), 5);
    assert_eq!((&drawn["opens"], &drawn["closes"]), (&json!("08:00"), &json!("19:00")));
    let shown = &drawn["visits"][0];
    assert_eq!(shown["id"], visit["id"]);
    // By the clinic's clock, whatever the browser's.
    assert_eq!(
        (&shown["start"], &shown["end"]),
        (&json!("2026-12-01T10:30:00"), &json!("2026-12-01T11:15:00"))
    );
    assert_eq!((&shown["status"], &shown["version"]), (&json!("scheduled"), &json!(1)));
    assert_eq!((&shown["person"], &shown["things"]), (&json!("Ana Diaz"), &json!(["Laser"])));
    assert_eq!(shown["columns"], json!([visit["practitioner_id"]]));
    // Closed before 9 and after 6: one block for all five.
    let closed = of_kind(&drawn, "closed");
    assert_eq!(closed.len(), 2);
    assert_eq!((&closed[0]["end"], &closed[0]["title"]), (&json!("2026-12-01T09:00:00"), &json!("Closed")));
    assert_eq!(closed[0]["columns"].as_array().unwrap().len(), 5);
    let away = of_kind(&drawn, "away");
    assert_eq!((&away[0]["start"], &away[0]["title"]), (&json!("2026-12-01T14:00:00"), &json!("Away")));
    assert_eq!(of_kind(&drawn, "held")[0]["title"], "Held: IPL");
    // The hold lapses by itself.
    vox.later(SignedDuration::from_mins(11));
    let by_device = owner.read(&format!("{DAY}&by=device")).await;
    assert_eq!(names(&by_device["columns"]), ["Laser"]);
    assert_eq!(by_device["visits"][0]["columns"].as_array().unwrap().len(), 1);
    assert!(of_kind(&by_device, "held").is_empty());
    let by_room = owner.read(&format!("{DAY}&by=room")).await;
    assert_eq!(names(&by_room["columns"]).len(), 3);
    assert_eq!(by_room["visits"][0]["columns"], json!([]), "a laser treatment takes no room");
}

#[tokio::test]
async fn a_calendar_shows_its_own_clinic_and_at_most_a_month() {
    let vox = Voxanne::start().await;
    let visit = book(&vox.glow_api().await, "Botox", START).await;
    let harbor = Person::sign_in(&vox, "owner@harbor.example").await;
    assert_eq!(harbor.read(DAY).await["visits"], json!([]));
    let id = visit["id"].as_str().unwrap();
    assert_eq!(harbor.get(&format!("/dashboard/calendar/visits/{id}")).await.0, 404);
    assert!(!harbor.page(&format!("/dashboard/calendar?visit={id}")).await.contains("Ana Diaz"));
    let place = visit["location_id"].as_str().unwrap();
    assert_eq!(harbor.get(&format!("{DAY}&location={place}")).await.0, 404);
    // W28: one answer is bounded.
    for (query, status) in [
        ("from=2026-12-01&to=2026-12-31", 200),
        ("from=2026-12-01&to=2027-01-01", 422),
        ("from=2026-12-02&to=2026-12-01", 422),
        ("from=2026-12-01", 422),
        ("from=today&to=2026-12-01", 422),
    ] {
        let (answered, body) = harbor.get(&format!("/dashboard/calendar/events?{query}")).await;
        assert_eq!(answered, status, "{query}: {body}");
    }
    // Nobody who is not signed in.
    let stranger = Person { vox: &vox, cookie: "sid=nobody".to_owned() };
    assert!([303, 200].contains(&stranger.get("/dashboard/calendar").await.0));
    assert!(!stranger.get(DAY).await.1.contains("columns"));
}

#[tokio::test]
async fn the_page_lists_the_day_and_opens_the_visit_of_a_link() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let visit = book(&api, "Botox", START).await;
    let id = visit["id"].as_str().unwrap();
    vox.exec("update appointments set status = 'pending'").await;
    let owner = Person::sign_in(&vox, "owner@glow.example").await;
    let page = owner.page(&format!("/dashboard/calendar?visit={id}")).await;
    // Its own day, not today.
    assert!(page.contains("data-date=\"2026-12-01\"") && page.contains(&format!("data-open=\"{id}\"")));
    assert!(page.contains("10:30 AM – 11:15 AM") && page.contains("To confirm"));
    assert!(page.contains("data-body='{\"status\":\"scheduled\"}'"), "one click confirms it");
    let week = owner.page("/dashboard/calendar?view=week&date=2026-12-03").await;
    assert!(week.contains("data-from=\"2026-11-30\"") && week.contains("data-to=\"2026-12-06\""));
    assert!(week.contains("Ana Diaz"));
    // What cannot be read is today.
    assert!(
        owner.page("/dashboard/calendar?date=soon&by=mood&who=me").await.contains("data-date=\"2026-11-24\"")
    );
    let panel = owner.page(&format!("/dashboard/calendar/visits/{id}")).await;
    for part in ["data-becomes=\"scheduled\"", "data-moves", "data-cancels", "(310) 555-0142"] {
        assert!(panel.contains(part), "{part}");
    }
    // A viewer looks, and has nothing to press.
    let viewer = Person::sign_in(&vox, "viewer@glow.example").await;
    let page = viewer.page("/dashboard/calendar?date=2026-12-01").await;
    assert!(page.contains("Ana Diaz") && page.contains("data-may-write=\"false\""));
    assert!(!page.contains("data-book") && !page.contains("data-api=\"POST /api/v1/appointments"));
    let panel = viewer.page(&format!("/dashboard/calendar/visits/{id}")).await;
    assert!(!panel.contains("data-becomes") && !panel.contains("data-moves"));
    let refused =
        viewer.post(&format!("/appointments/{id}/state"), &json!(1), json!({"status": "scheduled"})).await;
    assert_eq!(refused.status, 403);
}

#[tokio::test]
async fn a_drag_moves_resizes_and_is_refused_in_words() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let first = book(&api, "Laser Treatment", START).await;
    let later = json!({"service_id": first["service_id"], "starts_at": "2026-12-01T21:00:00Z", "name": "Bo Li", "phone": "+13105550143"});
    let second = api.post("/appointments", later).await.good();
    let desk = Person::sign_in(&vox, "frontdesk@glow.example").await;
    let path = format!("/appointments/{}/move", second["id"].as_str().unwrap());
    // Onto the first one, by the other practitioner: the laser is the matter.
    let other =
        if first["practitioner_id"] == second["practitioner_id"] { "Priya Patel" } else { "Jonah Reed" };
    let other = api.id_of("/practitioners", other).await;
    let refused = desk
        .post(&path, &json!(1), json!({"starts_at": START, "practitioner_id": other}))
        .await
        .refused(409, "not_bookable");
    let causes = refused["causes"].as_array().unwrap();
    let said: Vec<&str> = causes.iter().map(|cause| cause["staff"].as_str().unwrap()).collect();
    assert!(said.iter().any(|said| said.starts_with("Laser is in use or being cleaned until")), "{said:?}");
    assert!(!refused["alternatives"].as_array().unwrap().is_empty());
    // Longer, at the same time: nobody is texted about it.
    vox.run_jobs().await;
    let texts = vox.texts_to("+13105550143").len();
    let body = json!({"starts_at": "2026-12-01T21:00:00Z", "duration_minutes": 75});
    let longer = desk.post(&path, &json!(1), body.clone()).await.good();
    assert_eq!((&longer["ends_at"], &longer["version"]), (&json!("2026-12-01T22:15:00Z"), &json!(2)));
    assert_eq!(desk.post(&path, &json!(2), body).await.good()["version"], 2, "once more is the same");
    vox.run_jobs().await;
    assert_eq!(vox.texts_to("+13105550143").len(), texts);
    assert_eq!(vox.count("tasks where kind = 'late_change'").await, 0);
    // A length keeps through a move that names none.
    let moved = desk.post(&path, &json!(2), json!({"starts_at": "2026-12-01T22:00:00Z"})).await.good();
    assert_eq!(moved["ends_at"], "2026-12-01T23:15:00Z");
    // Somebody who has not seen that is told what it was.
    let stale = desk.post(&path, &json!(1), json!({"starts_at": "2026-12-02T21:00:00Z"})).await;
    let stale = stale.refused(409, "version_conflict");
    assert_eq!(stale["changes"][0], "It is on Tuesday, December 1 at 2:00 PM now.");
}

#[tokio::test]
async fn refusals_are_said_in_the_language_of_whoever_reads_them() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let visit = book(&api, "IPL", START).await;
    let service = visit["service_id"].as_str().unwrap();
    let path = format!("/openings/why?service_id={service}&starts_at={START}");
    let why = Answered::of(api.request("GET", &path).header("accept-language", "es")).await.good();
    let said = why["causes"][0]["staff"].as_str().unwrap();
    assert!(said.starts_with("Jonah Reed tiene una cita hasta las 11:15 AM"), "{said}");
    let request = api.request("POST", &format!("/appointments/{}/cancel", visit["id"].as_str().unwrap()));
    let stale =
        Answered::of(request.header("accept-language", "es-MX").header("if-match", "\"7\"").json(&json!({})))
            .await;
    let stale = stale.refused(409, "version_conflict");
    assert!(stale["detail"].as_str().unwrap().starts_with("Alguien cambió la cita"));
}
