//! Locations, practitioners, rooms and devices: written, read back, and what callers then hear.

use serde_json::{Value, json};

use crate::harness::{CALLER, Voxanne, booking, call_ref};

#[tokio::test]
async fn a_location_is_read_back_as_it_was_written() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    let written = json!({
        "name": "Glow Annex", "time_zone": "america/denver", "address": "1 Blake Street, Denver",
        "human_phone": "+13035550199", "parking": "In the yard.",
    });
    let made = glow.post("/locations", written).await;
    assert_eq!(made.status, 201);
    let path = made.header("location").strip_prefix("/api/v1").unwrap().to_owned();
    let id = made.body["id"].clone();
    assert_eq!(
        made.body,
        json!({
            "id": id, "name": "Glow Annex", "time_zone": "America/Denver", "address": "1 Blake Street, Denver",
            "human_phone": "+13035550199", "parking": "In the yard.", "active": true,
            // After the one that was there, which stays the one meant when nobody says which.
            "position": 1,
        })
    );
    let read = glow.get(&path).await;
    assert_eq!((&read.body, read.header("etag")), (&made.body, made.header("etag")));
    let changed = glow.patch(&path, json!({"active": false, "parking": null})).await.good();
    assert_eq!(
        (&changed["active"], &changed["parking"], &changed["name"]),
        (&json!(false), &Value::Null, &json!("Glow Annex"))
    );
    let active = glow.get("/locations?active=true").await.good();
    assert_eq!(active["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_a_location_cannot_be_is_refused_by_field() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    let good = json!({"name": "Annex", "time_zone": "UTC"});
    for (field, value, detail) in [
        ("name", json!(""), "name must have 1 to 80 characters."),
        ("name", json!("a\u{0}b"), "name must not contain control characters."),
        ("name", json!(7), "name is not of the type that it takes."),
        (
            "time_zone",
            json!("Mars/Olympus"),
            "time_zone must be an IANA time zone such as America/Los_Angeles.",
        ),
        ("time_zone", Value::Null, "time_zone is not of the type that it takes."),
        (
            "human_phone",
            json!("12"),
            "human_phone must be a phone number in E.164 form, such as +13105550100.",
        ),
        ("position", json!(40_000), "position must be a whole number from 0 to 30000."),
        ("org_id", json!("7"), "org_id is no field of it."),
        ("id", json!("loc_7"), "id is no field of it."),
    ] {
        let mut body = good.clone();
        body[field] = value;
        assert_eq!(
            glow.post("/locations", body.clone()).await.wrong_field(),
            (field.to_owned(), detail.to_owned()),
            "{body}"
        );
    }
    assert_eq!(
        glow.post("/locations", json!({"name": "Annex"})).await.wrong_field().1,
        "time_zone is missing."
    );
    let path = format!("/locations/{}", glow.id_of("/locations", "Glow MedSpa").await);
    assert_eq!(glow.patch(&path, json!({"name": null})).await.wrong_field().1, "name is missing.");
    assert_eq!(glow.patch(&path, json!({"id": "loc_7"})).await.wrong_field().0, "id");
    assert_eq!(vox.count("locations where name = 'Annex'").await, 0);
}

#[tokio::test]
async fn two_writers_do_not_undo_each_other() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    let path = format!("/locations/{}", glow.id_of("/locations", "Glow MedSpa").await);
    let read = glow.get(&path).await;
    let etag = read.header("etag").to_owned();
    let first = glow.patch_if(&etag, &path, json!({"parking": "In the yard."})).await;
    assert_eq!(first.status, 200);
    assert_ne!(first.header("etag"), etag);
    let second =
        glow.patch_if(&etag, &path, json!({"parking": "Next door."})).await.refused(412, "changed_since");
    assert_eq!(second["difference"], json!({"parking": {"from": "In the yard.", "to": "Next door."}}));
    glow.patch_if(first.header("etag"), &path, json!({"parking": "Next door."})).await.good();
    glow.patch_if("*", &path, json!({"parking": null})).await.good();
}

#[tokio::test]
async fn a_zone_with_visits_to_come_stays() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    let path = format!("/locations/{}", glow.id_of("/locations", "Glow MedSpa").await);
    let said = vox
        .call(&call_ref(1))
        .tool("book_appointment", booking("Botox", "2026-11-30", "14:00", "Ana Diaz"))
        .await;
    assert!(said.unwrap().text().starts_with("Great!"));
    let refused = glow.patch(&path, json!({"time_zone": "America/Denver"})).await.refused(409, "in_use");
    assert_eq!(refused["detail"], "Visits are booked here: another time zone would move them on the clock.");
    glow.patch(&path, json!({"time_zone": "America/Los_Angeles", "parking": "In the yard."})).await.good();
}

#[tokio::test]
async fn a_practitioner_is_read_back_and_can_then_be_booked() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    let location = glow.id_of("/locations", "Glow MedSpa").await;
    let written = json!({
        "location_id": location, "name": "Kim Lee", "title": "Nurse", "supervises": true,
        "licence_expires_on": "2027-06-30", "daily_cap": 6,
    });
    let made = glow.post("/practitioners", written).await.good();
    assert_eq!(
        made,
        json!({
            "id": made["id"], "location_id": location, "name": "Kim Lee", "title": "Nurse", "own_hours": false,
            "supervises": true, "licence_expires_on": "2027-06-30", "daily_cap": 6, "active": true, "position": 5,
            "services": [],
        })
    );
    let body = json!({"name": "Lash Lift", "practitioners": [made["id"]]});
    glow.post("/services", body).await.good();
    let mut wish = booking("Lash Lift", "2026-11-30", "14:00", "Ana Diaz");
    wish["practitionerName"] = json!("Kim Lee");
    let said = vox.call(&call_ref(1)).tool("book_appointment", wish).await.unwrap();
    assert!(said.text().starts_with("Great! I've confirmed your Lash Lift"), "{}", said.text());
    assert_eq!(vox.count(&format!("appointments where customer_phone = '{CALLER}'")).await, 1);
    let path = format!("/practitioners/{}", made["id"].as_str().unwrap());
    let annex = glow.post("/locations", json!({"name": "Annex", "time_zone": "UTC"})).await.good();
    glow.patch(&path, json!({"location_id": annex["id"]})).await.refused(409, "in_use");
    glow.patch(&path, json!({"licence_expires_on": null, "active": false})).await.good();
    for (field, value) in [
        ("licence_expires_on", json!("2027-02-30")),
        ("licence_expires_on", json!("12027-01-01")),
        ("daily_cap", json!(0)),
        ("location_id", json!(glow.id_of("/services", "Botox").await)),
        ("location_id", json!("7")),
        ("own_hours", json!("yes")),
    ] {
        assert_eq!(glow.patch(&path, json!({field: value})).await.wrong_field().0, field, "{value}");
    }
}

#[tokio::test]
async fn a_room_is_read_back_and_keeps_the_lanes_that_are_booked() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    let location = glow.id_of("/locations", "Glow MedSpa").await;
    let made = glow
        .post("/resources", json!({"location_id": location, "kind": "room", "name": "IV bar", "lanes": 2}))
        .await
        .good();
    let id = made["id"].as_str().unwrap().to_owned();
    assert_eq!(
        made,
        json!({"id": id, "location_id": location, "kind": "room", "name": "IV bar", "lanes": 2, "active": true, "position": 104})
    );
    let everybody: Vec<Value> = glow.get("/practitioners").await.good()["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["id"].clone())
        .collect();
    let drip = json!({"name": "Quick Drip", "practitioners": everybody, "needs": [{"any_of": [id], "cleanup_minutes": 15}]});
    glow.post("/services", drip).await.good();
    let path = format!("/resources/{id}");
    for (n, name) in ["Ana Diaz", "Bea Fox"].iter().enumerate() {
        let call = vox.call_from(&vox.glow, &call_ref(n as u128), Some(&format!("+1310555010{n}")));
        let said =
            call.tool("book_appointment", booking("Quick Drip", "2026-11-30", "14:00", name)).await.unwrap();
        assert!(said.text().starts_with("Great!"), "{}", said.text());
    }
    let refused = glow.patch(&path, json!({"lanes": 1})).await.refused(409, "in_use");
    assert_eq!(refused["detail"], "Visits are booked that take more of it at once than that.");
    glow.patch(&path, json!({"lanes": 3})).await.good();
    let third = vox.call_from(&vox.glow, &call_ref(9), Some("+13105550109"));
    let said = third
        .tool("book_appointment", booking("Quick Drip", "2026-11-30", "14:00", "Dana Lopez"))
        .await
        .unwrap();
    assert!(said.text().starts_with("Great!"), "the third lane is booked at once: {}", said.text());
    for (field, value) in
        [("lanes", json!(0)), ("lanes", json!(51)), ("kind", json!("practitioner")), ("name", json!(null))]
    {
        assert_eq!(glow.patch(&path, json!({field: value})).await.wrong_field().0, field, "{value}");
    }
    // People are resources in the ledger, and not here.
    let person = glow.id_of("/practitioners", "Nora Alvarez").await;
    glow.get(&format!("/resources/{person}")).await.refused(404, "not_found");
    glow.get(&format!("/practitioners/{id}")).await.refused(404, "not_found");
}
