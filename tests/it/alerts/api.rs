//! Alerts over the API: lists, recipients, settings, and how fast they were.

use insta::assert_snapshot;
use voxanne_sandbox::Fault;

use super::*;
use crate::harness::MANAGER;

#[tokio::test]
async fn an_alert_tells_who_was_told_how_far_each_text_came_and_how_long_it_took() {
    let vox = Voxanne::start().await;
    let api = rota(&vox).await;
    hot_lead(&vox, &vox.glow, 1).await;
    vox.sandbox.twilio().settled().await;
    minutes(&vox, 3).await;
    vox.sandbox.twilio().settled().await;
    vox.later(SignedDuration::from_secs(20));
    vox.says(BO, "1").await;
    let mut alert = newest(&api).await;
    for (name, prefix) in [("id", "alert_"), ("call_id", "call_"), ("location_id", "loc_")] {
        assert!(alert[name].as_str().unwrap().starts_with(prefix));
        alert[name] = json!(prefix);
    }
    for telling in alert["tellings"].as_array_mut().unwrap() {
        assert!(telling["text_id"].as_str().unwrap().starts_with("txt_"));
        telling["text_id"] = json!("txt_");
    }
    assert_snapshot!(serde_json::to_string_pretty(&alert).unwrap(), @r#"
    {
      "about": "Botox Consultation",
      "acknowledged_at": "2026-11-24T18:03:20Z",
      "acknowledged_by": "Bo",
      "acknowledged_via": "text",
      "call_id": "call_",
      "closed_at": "2026-11-24T18:03:20Z",
      "first_told_at": "2026-11-24T18:00:00Z",
      "id": "alert_",
      "kind": "hot_lead",
      "lead_name": "Sarah Johnson",
      "lead_phone": "+13105550142",
      "location_id": "loc_",
      "next_at": null,
      "raised_at": "2026-11-24T18:00:00Z",
      "rung": 1,
      "seconds_to_acknowledge": 200.0,
      "seconds_to_alert": 0.0,
      "tellings": [
        {
          "name": "Ann",
          "phone": "+13105550181",
          "rung": 0,
          "sent_at": "2026-11-24T18:00:00Z",
          "state": "delivered",
          "text_id": "txt_",
          "told_at": "2026-11-24T18:00:00Z"
        },
        {
          "name": "Bo",
          "phone": "+13105550182",
          "rung": 1,
          "sent_at": "2026-11-24T18:03:00Z",
          "state": "delivered",
          "text_id": "txt_",
          "told_at": "2026-11-24T18:03:00Z"
        }
      ]
    }
    "#);
    assert_eq!(vox.count("escalations where reached_at is not null").await, 0, "the round notes that");
    round(&vox).await;
    assert_eq!(vox.count("escalations where reached_at is not null").await, 1);
}

#[tokio::test]
async fn alerts_are_listed_latest_first_in_pages_and_filtered() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    for n in 1..=3 {
        vox.later(SignedDuration::from_secs(10));
        hot_lead(&vox, &vox.glow, n).await;
    }
    vox.later(SignedDuration::from_secs(10));
    reaction(&vox, 4).await;
    vox.says(MANAGER, "1").await;
    let kinds = |page: &Value| -> Vec<String> {
        page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["kind"].as_str().unwrap().to_owned())
            .collect()
    };
    let first = api.get("/alerts?limit=2").await.good();
    assert_eq!(kinds(&first), ["clinical", "hot_lead"]);
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = api.get(&format!("/alerts?limit=2&cursor={cursor}")).await.good();
    assert_eq!((kinds(&second).len(), second["next_cursor"].is_null()), (2, true));
    assert_eq!(kinds(&api.get("/alerts?kind=clinical").await.good()).len(), 1);
    assert_eq!(kinds(&api.get("/alerts?open=true").await.good()).len(), 3);
    assert_eq!(kinds(&api.get("/alerts?open=false").await.good()).len(), 1);
    assert_eq!(kinds(&api.get("/alerts?since=2026-11-24T18:00:30Z").await.good()).len(), 2);
    assert_eq!(api.get("/alerts?kind=sale").await.wrong_field().0, "kind");
    assert_eq!(api.get("/alerts?cursor=AAAA").await.wrong_field().0, "cursor");
}

#[tokio::test]
async fn a_summary_tells_how_fast_alerts_reached_somebody_and_were_taken() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let none = api.get("/alerts/summary").await.good();
    assert_eq!((none["days"].as_i64(), none["hot_lead"]["alerts"].as_i64()), (Some(30), Some(0)));
    assert!(none["hot_lead"]["share_acknowledged_within_5_minutes"].is_null());
    for (n, minutes) in (1..).zip([1, 2, 4, 30]) {
        hot_lead(&vox, &vox.glow, n).await;
        vox.later(SignedDuration::from_mins(minutes));
        vox.says(MANAGER, "1").await;
    }
    hot_lead(&vox, &vox.glow, 5).await;
    let summary = api.get("/alerts/summary?days=7").await.good();
    let times = &summary["hot_lead"];
    assert_eq!((times["alerts"].as_i64(), times["acknowledged"].as_i64()), (Some(5), Some(4)));
    assert_eq!(times["share_acknowledged_within_5_minutes"], 0.6);
    assert_eq!(times["median_seconds_to_acknowledge"], 180.0);
    assert_eq!(format!("{:.0}", times["p90_seconds_to_acknowledge"].as_f64().unwrap()), "1332");
    assert_eq!(
        (times["median_seconds_to_alert"].as_f64(), times["p90_seconds_to_alert"].as_f64()),
        (Some(0.0), Some(0.0))
    );
    assert_eq!(summary["clinical"]["alerts"], 0);
    vox.later(SignedDuration::from_hours(8 * 24));
    assert_eq!(api.get("/alerts/summary?days=7").await.good()["hot_lead"]["alerts"], 0);
    assert_eq!(api.get("/alerts/summary?days=0").await.wrong_field().0, "days");
}

#[tokio::test]
async fn the_time_to_an_alert_ends_when_its_text_has_left() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let line = vox.call_from(&vox.glow, &call_ref(1), Some(CALLER));
    line.tool("notify_hot_lead", lead()).await.unwrap();
    // Queued; the worker is away.
    assert!(newest(&api).await["seconds_to_alert"].is_null(), "nobody knows yet");
    vox.later(SignedDuration::from_secs(40));
    vox.run_jobs().await;
    assert_eq!(newest(&api).await["seconds_to_alert"], 40.0);
    let times = api.get("/alerts/summary").await.good()["hot_lead"].clone();
    assert_eq!(
        (times["median_seconds_to_alert"].clone(), times["never_left"].clone()),
        (json!(40.0), json!(0))
    );
}

#[tokio::test]
async fn an_alert_whose_text_never_left_reached_nobody_in_no_time() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    vox.sandbox.twilio().next_sends(Fault::twilio(400, 21211));
    hot_lead(&vox, &vox.glow, 1).await;
    let alert = newest(&api).await;
    assert_eq!(alert["tellings"][0]["state"], "failed");
    assert!(alert["seconds_to_alert"].is_null(), "{alert}");
    let times = api.get("/alerts/summary").await.good()["hot_lead"].clone();
    assert_eq!((times["alerts"].clone(), times["never_left"].clone()), (json!(1), json!(1)));
    assert!(times["median_seconds_to_alert"].is_null() && times["p90_seconds_to_alert"].is_null(), "{times}");
}

#[tokio::test]
async fn recipients_are_added_changed_and_removed_within_their_bounds() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let night = json!([{"weekday": "friday", "from": "22:00", "until": "06:00"}]);
    let made = json!({"name": "Ann", "phone": "+1 (310) 555-0181", "step": 2, "shifts": night});
    let ann = api.post("/alert-recipients", made).await.good();
    assert_eq!((ann["phone"].as_str(), ann["shifts"].clone()), (Some(ANN), night));
    let path = format!("/alert-recipients/{}", ann["id"].as_str().unwrap());
    let changed = api.patch(&path, json!({"active": false, "shifts": []})).await.good();
    assert_eq!(
        (changed["active"].clone(), changed["shifts"].clone(), changed["step"].clone()),
        (json!(false), json!([]), json!(2))
    );
    for (field, wrong) in [
        ("phone", json!("0181")),
        ("name", json!("")),
        ("step", json!(4)),
        ("location_id", json!("loc_019ab2c47e107cc39f4e5b1d2a3c4e5f")),
        ("shifts[0].from", json!([{"weekday": "friday", "from": "24:00", "until": "06:00"}])),
    ] {
        let name = field.split('[').next().unwrap();
        let (named, _) = api.patch(&path, json!({name: wrong})).await.wrong_field();
        assert_eq!(named, field);
    }
    let twin = api.post("/alert-recipients", json!({"name": "Twin", "phone": ANN})).await.wrong_field();
    assert_eq!(twin.0, "phone");
    hot_lead(&vox, &vox.glow, 1).await;
    assert_eq!(told(&vox, [ANN, MANAGER]), [0, 1], "whoever is away is told nothing");
    assert_eq!(api.delete(&path).await.status, 204);
    api.get(&path).await.refused(404, "not_found");
    assert_eq!(vox.count("alert_recipients").await, 0);
    assert_eq!(vox.count("audit_log where action like 'alert_recipient.%'").await, 3);
    for n in 0..30 {
        on_rota(&vox, &api, "One", &format!("+1310555{:04}", 100 + n), 1).await;
    }
    let (field, said) =
        api.post("/alert-recipients", json!({"name": "More", "phone": BO})).await.wrong_field();
    assert_eq!((field.as_str(), said.as_str()), ("phone", "phone is one more than 30 recipients."));
}

#[tokio::test]
async fn settings_are_replaced_within_their_bounds_and_phones_are_only_read() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let there = api.get("/settings/alerts").await;
    assert_eq!(there.body["alert_rungs_minutes"], json!([3, 8, 15]));
    assert_eq!(there.body["hot_lead_alert_phone"], MANAGER);
    let body = |rungs: Value| json!({"alert_rungs_minutes": rungs, "alerts_wait_for_opening": true});
    let now = api.put("/settings/alerts", body(json!([2, 10]))).await.good();
    assert_eq!(
        (now["alert_rungs_minutes"].clone(), now["alerts_wait_for_opening"].clone()),
        (json!([2, 10]), json!(true))
    );
    for wrong in [json!([]), json!([3, 3]), json!([8, 3]), json!([1, 2, 3, 4, 5, 6])] {
        assert_eq!(api.put("/settings/alerts", body(wrong)).await.wrong_field().0, "alert_rungs_minutes");
    }
    assert_eq!(api.put("/settings/alerts", body(json!([0]))).await.wrong_field().0, "alert_rungs_minutes[0]");
    let mut with_phone = body(json!([3]));
    with_phone["hot_lead_alert_phone"] = json!("+13105550199");
    assert_eq!(api.put("/settings/alerts", with_phone).await.wrong_field().0, "hot_lead_alert_phone");
    let stale = api
        .request("PUT", "/settings/alerts")
        .header("if-match", there.header("etag"))
        .json(&body(json!([3])));
    crate::harness::Answered::of(stale).await.refused(412, "changed_since");
}
