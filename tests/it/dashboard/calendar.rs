//! The calendar page and what its grid draws, over HTTP.

use jiff::SignedDuration;
use serde_json::{Value, json};
use voxanne::accounts::Role;

use crate::harness::{Answered, Api, CALLER, Person, Voxanne, booking, call_ref};

/// 10:30 AM in Los Angeles on Tuesday, December 1st.
pub(super) const START: &str = "2026-12-01T18:30:00Z";
pub(super) const DAY: &str = "/dashboard/calendar/events?from=2026-12-01&to=2026-12-01";

pub(super) async fn book(api: &Api, service: &str, starts_at: &str) -> Value {
    let service = api.id_of("/services", service).await;
    let wish =
        json!({"service_id": service, "starts_at": starts_at, "name": "Ana Diaz", "phone": "+13105550142"});
    api.post("/appointments", wish).await.good()
}

/// What the grid would draw.
pub(super) async fn read(person: &Person, path: &str) -> Value {
    let page = person.page(path).await;
    assert_eq!(page.status, 200, "{path}: {}", page.text);
    serde_json::from_str(&page.text).unwrap()
}

pub(super) async fn seen(person: &Person, path: &str) -> String {
    let page = person.page(path).await;
    assert_eq!(page.status, 200, "{path}: {}", page.text);
    page.text
}

/// A change as the page's script sends it.
pub(super) async fn post(person: &Person, path: &str, version: i64, body: Value) -> Answered {
    let request =
        person.request("POST", &format!("/api/v1{path}")).header("if-match", format!("\"{version}\""));
    Answered::of(request.json(&body)).await
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
    let google = "insert into calendar_connections (org_id, id, practitioner_id, provider)
                    select org_id, id, id, 'google' from resources where name = 'Nora Alvarez';
                  insert into calendars (org_id, id, connection_id, external_id, name, blocks)
                    select org_id, id, id, 'work', 'Work', true from calendar_connections;
                  insert into external_busy (org_id, id, calendar_id, event_ref, starts_at, ends_at)
                    select org_id, id, id, 'lunch', '2026-12-01T20:00:00Z', '2026-12-01T21:00:00Z' from calendars";
    for statement in google.split(';') {
        vox.exec(statement).await;
    }
    let owner = vox.glow_staff(Role::Owner).await;
    let drawn = read(&owner, DAY).await;
    let outside = of_kind(&drawn, "outside");
    assert_eq!((outside.len(), &outside[0]["title"]), (1, &json!("Busy in another calendar")));
    assert_eq!(
        (&outside[0]["start"], &outside[0]["end"]),
        (&json!("2026-12-01T12:00:00"), &json!("2026-12-01T13:00:00"))
    );
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
    let by_device = read(&owner, &format!("{DAY}&by=device")).await;
    assert_eq!(names(&by_device["columns"]), ["Laser"]);
    assert_eq!(by_device["visits"][0]["columns"].as_array().unwrap().len(), 1);
    assert!(of_kind(&by_device, "held").is_empty());
    let by_room = read(&owner, &format!("{DAY}&by=room")).await;
    assert_eq!(names(&by_room["columns"]).len(), 3);
    assert_eq!(by_room["visits"][0]["columns"], json!([]), "a laser treatment takes no room");
}

#[tokio::test]
async fn a_calendar_shows_its_own_clinic_and_at_most_a_month() {
    let vox = Voxanne::start().await;
    let visit = book(&vox.glow_api().await, "Botox", START).await;
    let harbor = vox.harbor_owner().await;
    assert_eq!(read(&harbor, DAY).await["visits"], json!([]));
    let id = visit["id"].as_str().unwrap();
    assert_eq!(harbor.page(&format!("/dashboard/calendar/visits/{id}")).await.status, 404);
    assert!(!seen(&harbor, &format!("/dashboard/calendar?visit={id}")).await.contains("Ana Diaz"));
    let place = visit["location_id"].as_str().unwrap();
    assert_eq!(harbor.page(&format!("{DAY}&location={place}")).await.status, 404);
    // W28: one answer is bounded.
    for (query, status) in [
        ("from=2026-12-01&to=2026-12-31", 200),
        ("from=2026-12-01&to=2027-01-01", 422),
        ("from=2026-12-02&to=2026-12-01", 422),
        ("from=2026-12-01", 422),
        ("from=today&to=2026-12-01", 422),
    ] {
        let page = harbor.page(&format!("/dashboard/calendar/events?{query}")).await;
        assert_eq!(page.status, status, "{query}: {}", page.text);
    }
    // Nobody who is not signed in.
    for path in ["/dashboard/calendar", DAY] {
        let page = vox.stranger().page(path).await;
        assert_eq!((page.status, page.text.as_str()), (303, ""), "{path}");
    }
}

#[tokio::test]
async fn hours_of_ones_own_shade_ones_own_column_at_each_site() {
    let vox = Voxanne::start().await;
    vox.exec(
        "insert into closures (org_id, id, local_date, reason) select org_id, gen_random_uuid(), '2026-12-03', 'Storm' from orgs",
    )
    .await;
    let owner = vox.signed_in("owner@juniper.example").await;
    let site = async |name: &str| {
        let id: uuid::Uuid = vox.one(&format!("select id from locations where name like '%{name}'")).await;
        format!("loc_{}", id.simple())
    };
    let (here, other) = (site("Phoenix").await, site("Denver").await);
    // A Thursday: only one of the three works in Phoenix.
    let day = format!("/dashboard/calendar/events?from=2026-11-26&to=2026-11-26&location={here}");
    let phoenix = read(&owner, &day).await;
    assert_eq!(names(&phoenix["columns"]), ["Dr. Amara Diallo", "Lena Ortiz", "Ines Duarte"]);
    let closed = of_kind(&phoenix, "closed");
    let of = |nth: usize| {
        let id = &phoenix["columns"][nth]["id"];
        let theirs = closed.iter().filter(|block| block["columns"].as_array().unwrap().contains(id));
        theirs
            .map(|block| (block["title"].as_str().unwrap(), block["end"].as_str().unwrap()))
            .collect::<Vec<_>>()
    };
    assert_eq!(of(0), [("Not working", "2026-11-27T00:00:00")]);
    assert_eq!(of(2)[0], ("Closed", "2026-11-26T08:00:00"));
    // A week that all share is shaded when none of the three is there: on that day before the third comes.
    let shut = phoenix["shut"].as_array().unwrap();
    let ends: Vec<&str> = shut.iter().map(|block| block["end"].as_str().unwrap()).collect();
    let theirs: Vec<&str> = of(2).into_iter().map(|(_, end)| end).collect();
    assert_eq!(ends, theirs);
    assert!(shut.iter().all(|block| block["columns"].as_array().unwrap().len() == 3), "{shut:?}");
    let sunday = read(&owner, &day.replace("11-26", "11-29")).await;
    assert_eq!(
        (&sunday["shut"][0]["title"], &sunday["shut"][0]["end"]),
        (&json!("Closed"), &json!("2026-11-30T00:00:00"))
    );
    let storm = read(&owner, &day.replace("11-26", "12-03")).await;
    assert_eq!(storm["shut"][0]["title"], "Storm", "as it was written down");
    // Two pause at noon while the site is open.
    let day = format!("/dashboard/calendar/events?from=2026-11-26&to=2026-11-26&location={other}");
    let denver = read(&owner, &day).await;
    let breaks = of_kind(&denver, "closed").into_iter().filter(|block| block["title"] == "Break");
    let breaks = breaks.map(|block| [&block["start"], &block["end"]]).collect::<Vec<_>>();
    assert_eq!(breaks, [[&json!("2026-11-26T12:00:00"), &json!("2026-11-26T13:00:00")]]);
    // The page has a way to the other site, and keeps it.
    let page = seen(&owner, &format!("/dashboard/calendar?date=2026-11-26&location={here}")).await;
    assert!(page.contains(&format!("<option value=\"{other}\">")));
    let there = seen(&owner, &format!("/dashboard/calendar?date=2026-11-26&location={other}")).await;
    assert!(there.contains(&format!("data-location=\"{other}\"")));
    assert!(there.contains(&format!("location={other}\" aria-label=\"The day after")));
}

#[tokio::test]
async fn the_page_lists_the_day_and_opens_the_visit_of_a_link() {
    let vox = Voxanne::start().await;
    let visit = book(&vox.glow_api().await, "Botox", START).await;
    let id = visit["id"].as_str().unwrap();
    let owner = vox.glow_staff(Role::Owner).await;
    let page = seen(&owner, &format!("/dashboard/calendar?visit={id}")).await;
    // Its own day, not today.
    assert!(page.contains("data-date=\"2026-12-01\"") && page.contains(&format!("data-open=\"{id}\"")));
    assert!(page.contains("10:30 AM – 11:15 AM") && page.contains("Ana Diaz"));
    let week = seen(&owner, "/dashboard/calendar?view=week&date=2026-12-03").await;
    assert!(week.contains("data-from=\"2026-11-30\"") && week.contains("data-to=\"2026-12-06\""));
    assert!(week.contains("Ana Diaz"));
    // What cannot be read is today.
    let today = seen(&owner, "/dashboard/calendar?date=soon&by=mood&who=me").await;
    assert!(today.contains("data-date=\"2026-11-24\""));
    let panel = seen(&owner, &format!("/dashboard/calendar/visits/{id}")).await;
    for part in ["data-becomes=\"arrived\"", "data-moves", "data-cancels", "(310) 555-0142"] {
        assert!(panel.contains(part), "{part}");
    }
    // A week before, nobody is to press that they are there, and their own page has the same word for the visit.
    assert!(panel.contains("<button class=\"button\" type=\"button\" data-becomes=\"arrived\""), "{panel}");
    assert!(panel.contains(">Confirmed</span>"), "{panel}");
    let contact = panel.split("/dashboard/contacts/").nth(1).unwrap().split('"').next().unwrap();
    let theirs = seen(&owner, &format!("/dashboard/contacts/{contact}")).await;
    assert!(theirs.contains("Confirmed") && !theirs.contains("Scheduled"), "{theirs}");
    // A viewer looks, and has nothing to press.
    let viewer = vox.glow_staff(Role::Viewer).await;
    let page = seen(&viewer, "/dashboard/calendar?date=2026-12-01").await;
    assert!(page.contains("Ana Diaz") && page.contains("data-may-write=\"false\""));
    assert!(!page.contains("data-book") && !page.contains("data-api=\"POST /api/v1/appointments"));
    let panel = seen(&viewer, &format!("/dashboard/calendar/visits/{id}")).await;
    assert!(!panel.contains("data-becomes") && !panel.contains("data-moves"));
    let refused = post(&viewer, &format!("/appointments/{id}/state"), 1, json!({"status": "arrived"})).await;
    assert_eq!(refused.status, 403);
    vox.later(SignedDuration::from_hours(7 * 24));
    let desk = vox.glow_staff(Role::FrontDesk).await;
    let panel = seen(&desk, &format!("/dashboard/calendar/visits/{id}")).await;
    assert!(
        panel.contains("<button class=\"button main\" type=\"button\" data-becomes=\"arrived\""),
        "{panel}"
    );
}

#[tokio::test]
async fn a_pending_visit_is_confirmed_with_one_click_and_stays_in_the_list() {
    let vox = Voxanne::start().await;
    // Harbor has no calendar of record: what the assistant books waits for staff.
    let call = vox.call_from(&vox.harbor, &call_ref(1), Some(CALLER));
    call.tool("book_appointment", booking("Laser Treatment", "2026-12-01", "10:00", "Ana Diaz"))
        .await
        .unwrap();
    let owner = vox.harbor_owner().await;
    let page = seen(&owner, "/dashboard/calendar?date=2026-12-01").await;
    assert!(page.contains("To confirm") && page.contains("data-body='{\"status\":\"scheduled\"}'"));
    let shown = read(&owner, DAY).await["visits"][0].clone();
    assert_eq!((&shown["status"], &shown["start"]), (&json!("pending"), &json!("2026-12-01T10:00:00")));
    let id = shown["id"].as_str().unwrap();
    let panel = seen(&owner, &format!("/dashboard/calendar/visits/{id}")).await;
    assert!(panel.contains("data-becomes=\"scheduled\"") && panel.contains("/dashboard/calls/call_"));
    post(&owner, &format!("/appointments/{id}/state"), 1, json!({"status": "scheduled"})).await.good();
    assert_eq!(read(&owner, DAY).await["visits"][0]["status"], "scheduled");
    // One that is called off is not drawn, and its link still tells of it.
    post(&owner, &format!("/appointments/{id}/cancel"), 2, json!({})).await.good();
    assert_eq!(read(&owner, DAY).await["visits"], json!([]));
    assert!(seen(&owner, &format!("/dashboard/calendar/visits/{id}")).await.contains("Cancelled"));
}

#[tokio::test]
async fn w28_a_week_with_very_many_visits_is_listed_by_day() {
    let vox = Voxanne::start().await;
    let visit = book(&vox.glow_api().await, "Botox", START).await;
    let id = visit["id"].as_str().unwrap().trim_start_matches("apt_").to_owned();
    // As many more of the same practitioner on the next two days as the list does not take.
    vox.exec(&format!(
        "insert into appointments (org_id, id, location_id, service_id, practitioner_id, status, starts_at, ends_at, time_zone, local_starts_at,
                customer_name, customer_phone, confirmation_said, created_at)
         select org_id, gen_random_uuid(), location_id, service_id, practitioner_id, status, starts, starts + interval '10 minutes', time_zone,
                starts at time zone time_zone, 'Bo Weekly', customer_phone, confirmation_said, created_at
           from appointments, generate_series(1, 150) n, lateral (select starts_at + (n % 2 + 1) * interval '1 day' + n * interval '1 minute' as starts) s
          where id = '{id}'"
    ))
    .await;
    let owner = vox.glow_staff(Role::Owner).await;
    let week = seen(&owner, "/dashboard/calendar?view=week&date=2026-12-03").await;
    assert!(!week.contains("Bo Weekly") && !week.contains("Ana Diaz"), "{week}");
    assert!(week.contains("151 visits") && week.contains("75 visits") && week.contains("1 visit<"), "{week}");
    assert!(week.contains("/dashboard/calendar?date=2026-12-03&#38;view=day"), "{week}");
    let day = seen(&owner, "/dashboard/calendar?date=2026-12-03").await;
    assert_eq!(day.matches("Bo Weekly").count(), 75);
    // Of somebody who has none of them there is a list, and it is empty.
    let page = seen(&owner, "/dashboard/calendar?view=week&date=2026-12-03&by=room").await;
    let room = page.split("<option value=\"res_").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let of_room =
        seen(&owner, &format!("/dashboard/calendar?view=week&date=2026-12-03&by=room&who=res_{room}")).await;
    assert!(of_room.contains("0 visits") || of_room.contains("Ana Diaz"), "{of_room}");
}
