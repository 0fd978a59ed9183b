//! Services: every field there and back, who may give them and what they need, and what callers then hear.

use serde_json::{Value, json};

use crate::harness::{Api, Voxanne, call_ref};

async fn asked(vox: &Voxanne, service: &str, date: &str) -> String {
    let arguments = json!({"date": date, "serviceType": service});
    vox.call(&call_ref(1)).tool("check_availability", arguments).await.unwrap().text().to_owned()
}

async fn peel(glow: &Api) -> Value {
    json!({
        "name": "Deep Peel", "aliases": ["blue peel", "obagi"], "duration_minutes": 60, "buffer_before_minutes": 5,
        "buffer_after_minutes": 10, "grid_minutes": 30, "minimum_notice_minutes": 120, "horizon_days": 90,
        "price_cents": 45_000, "lead_value": "high", "daily_cap": 4, "assignment": "round_robin", "supervised": true,
        "licensed": true, "preparation": "Please avoid the sun for a week.", "active": true, "position": 3,
        "practitioners": [glow.id_of("/practitioners", "Priya Patel").await],
        "needs": [
            {"any_of": [
                glow.id_of("/resources", "Treatment Room 1").await, glow.id_of("/resources", "Treatment Room 2").await,
            ], "cleanup_minutes": 20},
            {"any_of": [glow.id_of("/resources", "Laser").await], "cleanup_minutes": 0},
        ],
        "prerequisites": [
            {"service_id": glow.id_of("/services", "Consultation").await, "valid_days": 365, "first_time_only": true},
        ],
        "spacings": [{"service_id": glow.id_of("/services", "Botox").await, "days": 14}],
    })
}

#[tokio::test]
async fn a_service_is_read_back_as_it_was_written() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    let written = peel(&glow).await;
    let made = glow.post("/services", written.clone()).await.good();
    let path = format!("/services/{}", made["id"].as_str().unwrap());
    let mut expected = written;
    expected["id"] = made["id"].clone();
    expected["is_other"] = json!(false);
    assert_eq!(made, expected);
    assert_eq!(glow.get(&path).await.good(), expected);
    // Only what is named changes; sets are replaced as a whole.
    let changed =
        glow.patch(&path, json!({"needs": [], "price_cents": null, "spacings": [{"days": 21}]})).await.good();
    expected["needs"] = json!([]);
    expected["price_cents"] = Value::Null;
    expected["spacings"] = json!([{"service_id": made["id"], "days": 21}]);
    assert_eq!(changed, expected);
}

#[tokio::test]
async fn what_is_left_out_is_forty_five_minutes_with_nobody() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    let made = glow.post("/services", json!({"name": "Lash Lift"})).await.good();
    assert_eq!(
        made,
        json!({
            "id": made["id"], "name": "Lash Lift", "aliases": [], "duration_minutes": 45, "buffer_before_minutes": 0,
            "buffer_after_minutes": 0, "grid_minutes": 45, "minimum_notice_minutes": 0, "horizon_days": 365,
            "price_cents": null, "lead_value": "low", "daily_cap": null, "assignment": "preferred", "supervised": false,
            "licensed": false, "preparation": null, "active": true, "position": 12, "is_other": false,
            "practitioners": [], "needs": [], "prerequisites": [], "spacings": [],
        })
    );
}

#[tokio::test]
async fn callers_hear_of_a_change_at_once() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    let path = format!("/services/{}", glow.id_of("/services", "Botox").await);
    let before = asked(&vox, "Botox", "2026-11-30").await;
    assert!(before.contains("9 AM, 9:45 AM"), "{before}");
    glow.patch(&path, json!({"grid_minutes": 60})).await.good();
    let after = asked(&vox, "Botox", "2026-11-30").await;
    assert!(after.contains("9 AM, 10 AM, 11 AM"), "{after}");
}

/// Each change is refused by its field, in these words, and nothing of it stays.
async fn assert_refused(glow: &Api, path: &str, wrong: Vec<(Value, &str, &str)>) {
    let before = glow.get(path).await.good();
    for (patch, field, detail) in wrong {
        let refused = glow.patch(path, patch.clone()).await.wrong_field();
        assert_eq!(refused, (field.to_owned(), format!("{field} {detail}.")), "{patch}");
    }
    assert_eq!(glow.get(path).await.good(), before);
}

#[tokio::test]
async fn what_a_service_cannot_be_is_refused_by_field() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    let path = format!("/services/{}", glow.id_of("/services", "Botox").await);
    let minutes = "must be a whole number from 5 to 720";
    let wrong = vec![
        (json!({"name": "Consultation"}), "name", "is another service's already"),
        (json!({"duration_minutes": 0}), "duration_minutes", minutes),
        (json!({"duration_minutes": 4_294_967_341_i64}), "duration_minutes", minutes),
        (json!({"price_cents": -1}), "price_cents", "must be a whole number from 0 to 100000000"),
        (json!({"lead_value": "huge"}), "lead_value", "is not of the type that it takes"),
        (json!({"aliases": vec!["a"; 41]}), "aliases", "must have at most 40 entries"),
        (json!({"aliases": ["ok", ""]}), "aliases[1]", "must have 1 to 80 characters"),
        (json!({"is_other": true}), "is_other", "is no field of it"),
    ];
    assert_refused(&glow, &path, wrong).await;
}

#[tokio::test]
async fn who_and_what_a_service_names_is_the_orgs_own_and_named_once() {
    let vox = Voxanne::start().await;
    let glow = vox.glow_api().await;
    let botox = glow.id_of("/services", "Botox").await;
    let nora = glow.id_of("/practitioners", "Nora Alvarez").await;
    let laser = glow.id_of("/resources", "Laser").await;
    let first = json!({"service_id": glow.id_of("/services", "Consultation").await});
    let (cleanup, days) = ("needs[0].cleanup_minutes", "spacings[0].days");
    let cleaned = json!([{"any_of": [laser], "cleanup_minutes": 500}]);
    let wrong = vec![
        (json!({"practitioners": [nora, nora]}), "practitioners", "names somebody twice"),
        (
            json!({"practitioners": [laser]}),
            "practitioners",
            "names somebody who is no practitioner of yours",
        ),
        (json!({"practitioners": ["nora"]}), "practitioners[0]", "is not an id that begins with res_"),
        (json!({"needs": [{"any_of": [nora]}]}), "needs", "names no room or device of yours"),
        (json!({"needs": [{"any_of": []}]}), "needs", "must name at least one resource in each need"),
        (json!({"needs": [{"any_of": [laser, laser]}]}), "needs", "names one resource twice in one need"),
        (json!({"needs": cleaned}), cleanup, "must be a whole number from 0 to 240"),
        (json!({"needs": [{"any_of": [laser], "count": 2}]}), "needs[0].count", "is no field of it"),
        (json!({"prerequisites": [{"service_id": botox}]}), "prerequisites", "names the service itself"),
        (json!({"prerequisites": [first, first]}), "prerequisites", "names one service twice"),
        (
            json!({"spacings": [{"service_id": botox, "days": 0}]}),
            days,
            "must be a whole number from 1 to 366",
        ),
        (
            json!({"spacings": [{"days": 3}, {"service_id": botox, "days": 4}]}),
            "spacings",
            "names one service twice",
        ),
    ];
    assert_refused(&glow, &format!("/services/{botox}"), wrong).await;
}
