//! Hours, closures, time off and policy.

use serde_json::{Value, json};

use crate::harness::{Voxanne, call_ref};

async fn asked(vox: &Voxanne, date: &str) -> String {
    let arguments = json!({"date": date, "serviceType": "Botox"});
    vox.call(&call_ref(1)).tool("check_availability", arguments).await.unwrap().text().to_owned()
}

fn span(weekday: &str, opens: &str, closes: &str) -> Value {
    json!({"weekday": weekday, "kind": "open", "opens": opens, "closes": closes, "effective_from": null, "effective_to": null})
}

#[tokio::test]
async fn hours_are_replaced_as_a_set_and_callers_hear_of_it() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    let path = format!("/hours?location_id={}", glow.id_of("/locations", "Glow MedSpa").await);
    let before = glow.get(&path).await;
    assert_eq!(before.body["hours"].as_array().unwrap().len(), 7);
    let monday = json!({"hours": [span("monday", "13:00", "15:00"), span("friday", "09:00", "24:00")]});
    let set = glow.put(&path, monday.clone()).await;
    assert_eq!(set.body, monday);
    assert_eq!(glow.get(&path).await.good(), monday);
    assert!(
        asked(&vox, "2026-11-30").await.contains("at 1 PM and 1:45 PM"),
        "{}",
        asked(&vox, "2026-11-30").await
    );
    assert!(asked(&vox, "2026-12-01").await.starts_with("I'm sorry, we're closed on Tuesday"));
    let stale =
        glow.request("PUT", &path).header("if-match", before.header("etag")).json(&json!({"hours": []}));
    crate::harness::Answered::of(stale).await.refused(412, "changed_since");
}

#[tokio::test]
async fn breaks_and_effective_dates_are_kept_and_practitioners_have_their_own() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    let location = glow.id_of("/locations", "Glow MedSpa").await;
    let nora = glow.id_of("/practitioners", "Nora Alvarez").await;
    let path = format!("/hours?location_id={location}&practitioner_id={nora}");
    assert_eq!(glow.get(&path).await.good(), json!({"hours": []}));
    let mut summer = span("monday", "08:00", "12:00");
    summer["effective_from"] = json!("2027-06-01");
    let mut until_then = span("monday", "09:00", "12:00");
    until_then["effective_to"] = json!("2027-05-31");
    let mut pause = span("monday", "10:00", "10:30");
    pause["kind"] = json!("break");
    let week = json!({"hours": [until_then, summer, pause]});
    assert_eq!(glow.put(&path, week.clone()).await.good(), week);
    let whole = glow.get(&format!("/hours?location_id={location}")).await.good();
    assert_eq!(whole["hours"].as_array().unwrap().len(), 7, "the location's own stay");
}

#[tokio::test]
async fn what_hours_cannot_be_is_refused_by_field() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    let path = format!("/hours?location_id={}", glow.id_of("/locations", "Glow MedSpa").await);
    for (hours, field) in [
        (json!([span("monday", "12:00", "09:00")]), "hours"),
        (json!([span("monday", "09:00", "12:00"), span("monday", "11:00", "13:00")]), "hours"),
        (json!([span("someday", "09:00", "12:00")]), "hours[0].weekday"),
        (json!([span("monday", "9", "12:00")]), "hours[0].opens"),
        (json!([span("monday", "09:00", "24:30")]), "hours[0].closes"),
        (json!([{"weekday": "monday", "opens": "09:00"}]), "hours[0].closes"),
        (json!(vec![span("monday", "09:00", "12:00"); 201]), "hours"),
    ] {
        assert_eq!(glow.put(&path, json!({"hours": hours})).await.wrong_field().0, field);
    }
    assert_eq!(glow.get("/hours").await.wrong_field().1, "location_id is missing.");
    assert_eq!(vox.count(&format!("weekly_hours where org_id = '{}'", vox.glow.org.0)).await, 7);
}

#[tokio::test]
async fn a_closure_closes_and_its_deletion_opens_again() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    let made =
        glow.post("/closures", json!({"local_date": "2026-12-25", "reason": "Christmas"})).await.good();
    assert_eq!(
        made,
        json!({
            "id": made["id"], "location_id": null, "practitioner_id": null, "local_date": "2026-12-25",
            "local_until": null, "opens": null, "closes": null, "reason": "Christmas",
        })
    );
    assert!(asked(&vox, "2026-12-25").await.starts_with("I'm sorry, we're closed on Friday"));
    let path = format!("/closures/{}", made["id"].as_str().unwrap());
    glow.patch(&path, json!({"opens": "10:00", "closes": "11:00"})).await.good();
    let said = asked(&vox, "2026-12-25").await;
    assert!(said.contains("at 10 AM"), "special opening hours: {said}");
    assert_eq!(glow.delete(&path).await.status, 204);
    assert!(asked(&vox, "2026-12-25").await.contains("9 AM"));
    glow.delete(&path).await.refused(404, "not_found");
    for (patch, field) in [
        (json!({"local_date": "2026-12-25", "local_until": "2026-12-24"}), "local_until"),
        (json!({"local_date": "2026-12-25", "local_until": "2028-12-24"}), "local_until"),
        (json!({"local_date": "2026-12-25", "opens": "10:00"}), "closes"),
        (json!({"local_date": "2026-12-25", "opens": "10:00", "closes": "10:00"}), "closes"),
        (json!({"local_until": "2026-12-25"}), "local_date"),
    ] {
        assert_eq!(glow.post("/closures", patch.clone()).await.wrong_field().0, field, "{patch}");
    }
}

#[tokio::test]
async fn closures_are_listed_by_the_days_that_they_touch() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    for (from, until) in [("2026-12-24", Some("2027-01-02")), ("2027-02-01", None), ("2026-11-26", None)] {
        glow.post("/closures", json!({"local_date": from, "local_until": until})).await.good();
    }
    let dates = async |query: &str| -> Vec<String> {
        let page = glow.get(&format!("/closures{query}")).await.good();
        page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| c["local_date"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(dates("").await, ["2026-11-26", "2026-12-24", "2027-02-01"]);
    assert_eq!(dates("?from=2027-01-02").await, ["2026-12-24", "2027-02-01"]);
    assert_eq!(dates("?from=2026-12-01&to=2027-01-31").await, ["2026-12-24"]);
    let first = glow.get("/closures?limit=1").await.good();
    let next = first["next_cursor"].as_str().unwrap();
    assert_eq!(dates(&format!("?cursor={next}")).await, ["2026-12-24", "2027-02-01"]);
}

#[tokio::test]
async fn time_off_is_read_back_and_listed_in_the_days_of_the_location() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    let nora = glow.id_of("/practitioners", "Nora Alvarez").await;
    // 10 PM on the 4th to 2 AM on the 5th, in Los Angeles.
    let body = json!({"practitioner_id": nora, "starts_at": "2027-01-04T22:00:00-08:00", "ends_at": "2027-01-05T10:00:00Z"});
    let made = glow.post("/time-off", body).await.good();
    assert_eq!(
        made,
        json!({
            "id": made["id"], "practitioner_id": nora, "starts_at": "2027-01-05T06:00:00Z",
            "ends_at": "2027-01-05T10:00:00Z", "reason": null,
        })
    );
    for (query, count) in [
        ("?from=2027-01-04&to=2027-01-04", 1),
        ("?from=2027-01-05&to=2027-01-05", 1),
        ("?from=2027-01-06", 0),
        ("?to=2027-01-03", 0),
    ] {
        let page = glow.get(&format!("/time-off{query}")).await.good();
        assert_eq!(page["items"].as_array().unwrap().len(), count, "{query}");
    }
    let path = format!("/time-off/{}", made["id"].as_str().unwrap());
    for (field, value) in [
        ("ends_at", json!("2027-01-05T06:00:00Z")),
        ("ends_at", json!("2027-01-05T06:00:00")),
        ("starts_at", json!("9999-12-31T23:59:59Z")),
        ("practitioner_id", json!(glow.id_of("/resources", "Laser").await)),
    ] {
        assert_eq!(glow.patch(&path, json!({field: value})).await.wrong_field().0, field, "{value}");
    }
    assert_eq!(glow.delete(&path).await.status, 204);
    glow.get(&path).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_policy_is_only_added_to() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    let none = glow.get("/policy").await;
    assert_eq!(none.header("etag"), "\"0\"");
    assert_eq!(
        none.body,
        json!({"version": 0, "notice_minutes": 0, "notice_counts": "clock", "fee_cents": 0, "fee_sentence": null, "created_at": null})
    );
    let first = json!({"notice_minutes": 1440, "notice_counts": "business", "fee_cents": 5000, "fee_sentence": "There is a fifty dollar fee."});
    assert_eq!(glow.post("/policy", first).await.header("etag"), "\"1\"");
    let second = glow.post("/policy", json!({"notice_minutes": 60})).await.good();
    assert_eq!(
        second,
        json!({
            "version": 2, "notice_minutes": 60, "notice_counts": "clock", "fee_cents": 0, "fee_sentence": null,
            "created_at": "2026-11-24T18:00:00Z",
        })
    );
    assert_eq!(glow.get("/policy").await.good(), second);
    assert_eq!(vox.count(&format!("booking_policies where org_id = '{}'", vox.glow.org.0)).await, 2);
    for (field, value) in
        [("notice_minutes", json!(-1)), ("notice_counts", json!("moon")), ("fee_sentence", json!(""))]
    {
        let mut body = json!({"notice_minutes": 60});
        body[field] = value;
        assert_eq!(glow.post("/policy", body.clone()).await.wrong_field().0, field, "{body}");
    }
}
