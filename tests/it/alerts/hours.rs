//! By night, at weekends, at two sites: who is there.

use insta::assert_snapshot;

use super::*;
use crate::harness::MANAGER;

/// Tuesday, 8 PM in Los Angeles: Glow is closed.
const NIGHT: &str = "2026-11-25T04:00:00Z";
/// Wednesday, 9 AM: it opens.
const MORNING: &str = "2026-11-25T17:00:00Z";

async fn waits_for_opening(api: &Api) {
    let settings = json!({"alert_rungs_minutes": [3, 8, 15], "alerts_wait_for_opening": true});
    api.put("/settings/alerts", settings).await.good();
}

#[tokio::test]
async fn by_night_the_phone_of_the_settings_is_told_at_once_and_the_ladder_goes_on_at_opening() {
    let vox = Voxanne::start().await;
    rota(&vox).await;
    work_at(&vox, NIGHT).await;
    hot_lead(&vox, &vox.glow, 1).await;
    let all = [ANN, BO, CY, MANAGER];
    assert_eq!(told(&vox, all), [0, 0, 0, 1], "nobody of the rota is there");
    minutes(&vox, 60).await;
    round(&vox).await;
    assert_eq!(told(&vox, all), [0, 0, 0, 1]);
    let next: String =
        vox.one("select (next_at at time zone 'America/Los_Angeles')::text from escalations").await;
    assert_eq!(next, "2026-11-25 09:00:00");
    work_at(&vox, MORNING).await;
    assert_eq!(told(&vox, all), [0, 1, 0, 1]);
    assert_snapshot!(vox.last_to(BO), @"VOXANNE HOT LEAD STILL WAITING (13 h): Sarah Johnson, +13105550142, Botox Consultation. Nobody has it yet. Reply 1 to take it.");
    minutes(&vox, 5).await;
    assert_eq!(told(&vox, all), [0, 1, 1, 1], "with the same distances as by day");
}

#[tokio::test]
async fn a_hot_lead_of_a_closed_clinic_that_waits_is_told_at_opening_with_a_task() {
    let vox = Voxanne::start().await;
    let api = rota(&vox).await;
    waits_for_opening(&api).await;
    work_at(&vox, NIGHT).await;
    let said = hot_lead(&vox, &vox.glow, 1).await;
    assert_snapshot!(said, @"Thank you. I've put your details in front of our team so they can call you back.");
    // The assistant asks again; nothing is promised that has not happened.
    assert_eq!(hot_lead(&vox, &vox.glow, 1).await, said);
    minutes(&vox, 90).await;
    round(&vox).await;
    assert_eq!(told(&vox, [ANN, BO, CY, MANAGER]), [0, 0, 0, 0]);
    assert_eq!(tasks(&vox).await, "");
    assert_eq!(vox.count("notifications where kind = 'hot_lead'").await, 1, "the dashboard has it at once");
    work_at(&vox, MORNING).await;
    assert_eq!(told(&vox, [ANN, BO, CY, MANAGER]), [1, 0, 0, 0]);
    assert!(vox.last_to(ANN).starts_with("🔥 VOXANNE HOT LEAD ALERT:\n👤 Name: Sarah Johnson\n"));
    assert!(vox.last_to(ANN).contains("Summary: High-value lead detected during call\n"));
    assert_eq!(vox.count("hot_lead_alerts where text_id is not null").await, 1);
    assert_snapshot!(tasks(&vox).await, @"hot_lead_waits: A hot lead came while nobody was there: call Sarah Johnson back");
    minutes(&vox, 3).await;
    assert_eq!(told(&vox, [ANN, BO]), [1, 1]);
    assert!(vox.last_to(BO).contains("(3 min)"), "they waited for us since the opening: {}", vox.last_to(BO));
    assert!(vox.says(ANN, "1").await.starts_with("Yours: Sarah Johnson, +13105550142."));
    assert_eq!(tasks(&vox).await, "", "what it asked for is done");
    let alert = newest(&api).await;
    assert_eq!(alert["seconds_to_alert"], 0.0, "measured from the opening");
    assert_eq!(alert["seconds_to_acknowledge"], 180.0);
}

#[tokio::test]
async fn whoever_is_on_shift_by_night_is_told_by_night() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    waits_for_opening(&api).await;
    let night = json!([{"weekday": "tuesday", "from": "18:00", "until": "02:00"}]);
    on_rota_with(&vox, &api, json!({"name": "Ann", "phone": ANN, "step": 2, "shifts": night})).await;
    on_rota(&vox, &api, "Bo", BO, 1).await;
    work_at(&vox, NIGHT).await;
    hot_lead(&vox, &vox.glow, 1).await;
    assert_eq!(told(&vox, [ANN, BO]), [1, 0], "nobody of step 1 is there, so step 2 is told at once");
    minutes(&vox, 3).await;
    assert_eq!(told(&vox, [ANN, BO]), [2, 0], "nobody new: a reminder");
    // After their shift the ladder rests until the clinic opens, or the shift begins again.
    work_at(&vox, "2026-11-25T10:00:00Z").await;
    assert_eq!(told(&vox, [ANN, BO]), [2, 0]);
    work_at(&vox, MORNING).await;
    assert_eq!(told(&vox, [ANN, BO])[1], 1);
}

#[tokio::test]
async fn ts13_a_clinical_alert_never_waits_and_climbs_by_night() {
    let vox = Voxanne::start().await;
    let api = rota(&vox).await;
    waits_for_opening(&api).await;
    vox.exec("update integration_settings set clinical_alert_phone = '+13105550188'").await;
    work_at(&vox, NIGHT).await;
    reaction(&vox, 1).await;
    let all = [ANN, BO, CY, "+13105550188", MANAGER];
    assert_eq!(told(&vox, all), [0, 0, 0, 1, 0]);
    for _ in 0..2 {
        minutes(&vox, 5).await;
    }
    assert_eq!(told(&vox, all), [0, 0, 0, 3, 0]);
    assert_snapshot!(vox.last_to("+13105550188"), @"VOXANNE CLINICAL ALERT STILL WAITING (10 min): +13105550142, face is swollen. Nobody has it yet. Reply 1 to take it.");
    minutes(&vox, 7).await;
    assert_eq!(told(&vox, all), [0, 0, 0, 4, 0]);
    // Its task is there from the start, and is one.
    assert_snapshot!(tasks(&vox).await, @"clinical_call_back: Call back now: the caller reported a possible reaction");
    // Without any phone, whoever wants clinical alerts is told, on duty or not.
    vox.exec("update integration_settings set clinical_alert_phone = null, hot_lead_alert_phone = null")
        .await;
    reaction(&vox, 2).await;
    assert_eq!(told(&vox, [ANN, BO, CY]), [1, 1, 1]);
    assert!(
        vox.last_to(ANN)
            .starts_with("VOXANNE CLINICAL ALERT:\nPhone: +13105550142\nReported: face is swollen\n")
    );
}

#[tokio::test]
async fn a_night_shift_goes_on_over_the_hour_that_the_clocks_skip() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let night = json!([{"weekday": "saturday", "from": "22:00", "until": "06:00"}]);
    on_rota_with(&vox, &api, json!({"name": "Ann", "phone": ANN, "step": 1, "shifts": night})).await;
    on_rota_with(&vox, &api, json!({"name": "Bo", "phone": BO, "step": 2, "shifts": night})).await;
    // Sunday, March 14th 2027, 1:58 AM in Los Angeles: two minutes later it is 3 AM.
    vox.later("2027-03-14T09:58:00Z".parse::<Timestamp>().unwrap().duration_since(vox.app.clock.now()));
    hot_lead(&vox, &vox.glow, 1).await;
    assert_eq!(told(&vox, [ANN, BO, MANAGER]), [1, 0, 0]);
    minutes(&vox, 3).await;
    assert_eq!(told(&vox, [ANN, BO, MANAGER]), [1, 1, 0], "3:01 AM is three minutes later");
    // 5:58 AM is one hour of elapsed time earlier than on other nights.
    work_at(&vox, "2027-03-14T12:58:00Z").await;
    hot_lead(&vox, &vox.glow, 2).await;
    assert_eq!(told(&vox, [ANN])[0], 3, "a reminder of the first, and the second");
    work_at(&vox, "2027-03-14T13:00:00Z").await;
    hot_lead(&vox, &vox.glow, 3).await;
    assert_eq!(told(&vox, [MANAGER]), [1], "their night is over");
}

#[tokio::test]
async fn each_site_alerts_its_own_people() {
    let vox = Voxanne::start().await;
    let api = vox.api(&vox.denver, &voxanne::accounts::Scope::ALL).await;
    let sites = api.get("/locations?limit=100").await.good()["items"].as_array().unwrap().clone();
    let site = |zone: &str| sites.iter().find(|site| site["time_zone"] == zone).unwrap()["id"].clone();
    for (name, phone, zone) in [("Dee", ANN, "America/Denver"), ("Pia", BO, "America/Phoenix")] {
        on_rota_with(&vox, &api, json!({"name": name, "phone": phone, "location_id": site(zone)})).await;
    }
    // The call's record says which assistant answered.
    for (n, clinic) in [(1, &vox.denver), (2, &vox.phoenix)] {
        let call = vox.call_from(clinic, &call_ref(n), Some(CALLER));
        call.in_progress().await.unwrap();
        hot_lead(&vox, clinic, n).await;
    }
    assert_eq!(told(&vox, [ANN, BO]), [1, 1]);
    assert_eq!(vox.count("escalations where location_id is not null").await, 2);
    let by_site: String = vox
        .one("select string_agg(l.time_zone || ' ' || t.name, ', ' order by l.time_zone) from escalation_tellings t
                join escalations e on e.id = t.escalation_id join locations l on l.id = e.location_id")
        .await;
    assert_eq!(by_site, "America/Denver Dee, America/Phoenix Pia");
}
