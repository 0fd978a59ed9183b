//! What people say to their reminders, and what staff see of it.

use serde_json::{Value, json};
use voxanne::appointments::{self, ConfirmError};
use voxanne::phone::Phone;
use voxanne::platform::ids::AppointmentId;

use super::reminders::{START, change, confirm, id_of, move_to, path_of, reminders_to, visit, work_at};
use crate::harness::{CALLER, Voxanne};

#[tokio::test]
async fn what_a_person_says_of_coming_is_kept_once_and_goes_with_a_move() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let booked = visit(&api, START, CALLER).await;
    assert_eq!(booked["attendance"], "not_asked");
    assert!(!confirm(&vox, &booked).await.unwrap().is_repeat);
    assert!(confirm(&vox, &booked).await.unwrap().is_repeat);
    let seen = api.get(&path_of(&booked)).await;
    assert_eq!(seen.header("etag"), "\"1\"", "it is no change of the visit: staff's own change still holds");
    assert_eq!(seen.good()["attendance"], "confirmed");

    // They said it of another time.
    let moved = move_to(&api, &booked, "2026-12-02T18:30:00Z").await;
    assert_eq!(moved["attendance"], "not_asked");
    assert!(!confirm(&vox, &booked).await.unwrap().is_repeat);
    change(&api, &booked, "cancel", json!({})).await;
    assert!(matches!(confirm(&vox, &booked).await, Err(ConfirmError::NotAhead(_))));
    let nothing = json!({"id": AppointmentId(uuid::Uuid::nil()).to_string()});
    assert!(matches!(confirm(&vox, &nothing).await, Err(ConfirmError::NotFound)));
}

#[tokio::test]
async fn a_number_has_its_own_visits_ahead_and_no_other() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let second = visit(&api, "2026-12-02T18:30:00Z", CALLER).await;
    let first = visit(&api, START, CALLER).await;
    visit(&api, "2026-12-03T18:30:00Z", "+13105550199").await;
    confirm(&vox, &second).await.unwrap();
    let phone = Phone::parse_e164(CALLER).unwrap();
    let ahead = async |org| {
        let mut tx = vox.app.begin(org).await.unwrap();
        let ahead = appointments::visits_ahead(&mut tx, org, &phone, vox.app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        ahead
    };
    let mine = ahead(vox.glow.org).await;
    let told: Vec<_> =
        mine.iter().map(|v| (v.id, v.starts_at.strftime("%a %H:%M").to_string(), v.confirmed)).collect();
    assert_eq!(
        told,
        [(id_of(&first), "Tue 10:30".into(), false), (id_of(&second), "Wed 10:30".into(), true)]
    );
    assert!(mine.iter().all(|visit| visit.service_name == "Botox" && !visit.asked));
    assert!(ahead(vox.harbor.org).await.is_empty());
}

#[tokio::test]
async fn who_confirmed_is_reminded_and_asked_no_more() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let booked = visit(&api, START, CALLER).await;
    work_at(&vox, "2026-11-28T18:30:00Z").await;
    confirm(&vox, &booked).await.unwrap();
    work_at(&vox, "2026-11-30T18:30:00Z").await;
    let told = reminders_to(&vox, CALLER);
    assert!(told[0].contains("Reply C") && !told[1].contains("Reply C"), "{told:?}");
    assert_eq!(api.get(&path_of(&booked)).await.good()["attendance"], "confirmed");
}

#[tokio::test]
async fn staff_have_one_task_for_all_of_tomorrows_people_who_did_not_answer() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let booked = visit(&api, START, CALLER).await;
    let other = visit(&api, "2026-12-01T20:30:00Z", "+13105550152").await;
    for moment in ["2026-11-28T18:30:00Z", "2026-11-28T20:30:00Z", "2026-11-30T21:00:00Z"] {
        work_at(&vox, moment).await;
    }
    let open = "select coalesce(string_agg(title, ', '), '') from tasks where kind = 'call_unanswered' and done_at is null";
    assert_eq!(vox.one::<String>(open).await, "", "it is 1 PM");
    work_at(&vox, "2026-11-30T23:00:00Z").await;
    let both = vox.one::<String>(open).await;
    assert!(both.starts_with("2 visits on Tuesday, December 1 at "), "{both}");
    assert!(both.ends_with(" have not answered a reminder: call them"), "{both}");
    confirm(&vox, &booked).await.unwrap();
    work_at(&vox, "2026-11-30T23:30:00Z").await;
    assert!(vox.one::<String>(open).await.starts_with("1 visit on"));
    confirm(&vox, &other).await.unwrap();
    work_at(&vox, "2026-12-01T00:00:00Z").await;
    assert_eq!(vox.one::<String>(open).await, "", "all have answered");
    assert_eq!(vox.count("tasks where kind = 'call_unanswered'").await, 1);
}

#[tokio::test]
async fn staff_set_offsets_note_an_answer_and_see_what_became_of_each_reminder() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let booked = visit(&api, START, CALLER).await;
    let silent = visit(&api, "2026-12-01T20:30:00Z", "+13105550152").await;
    let mut settings = api.get("/settings/texting").await.good();
    assert_eq!(settings["reminder_minutes"], json!([4320, 1440, 120]));
    settings["reminder_minutes"] = json!([2880, 120]);
    api.put("/settings/texting", settings.clone()).await.good();
    assert_eq!(vox.count("reminders where state = 'planned' and offset_minutes = 2880").await, 2);
    assert_eq!(vox.count("reminders where reason = 'offsets_changed'").await, 4);
    for (wrong, field) in
        [(json!([5]), "reminder_minutes[0]"), (json!([15, 16, 17, 18, 19, 20]), "reminder_minutes")]
    {
        let mut refused = settings.clone();
        refused["reminder_minutes"] = wrong;
        assert_eq!(api.put("/settings/texting", refused).await.wrong_field().0, field);
    }
    work_at(&vox, "2026-11-29T20:30:00Z").await;
    let ids = async |attendance: &str| -> Vec<Value> {
        let page = api.get(&format!("/appointments?attendance={attendance}")).await.good();
        let items = page["items"].as_array().unwrap().clone();
        assert!(items.iter().all(|item| item["attendance"] == attendance), "{items:?}");
        items.into_iter().map(|item| item["id"].clone()).collect()
    };
    assert_eq!(ids("asked").await, [booked["id"].clone(), silent["id"].clone()]);
    // They say so on the phone.
    let confirmed = api.post(&format!("{}/confirm-attendance", path_of(&booked)), json!({})).await.good();
    assert_eq!(confirmed["attendance"], "confirmed");
    work_at(&vox, "2026-11-30T21:00:00Z").await;
    assert_eq!(ids("confirmed").await, [booked["id"].clone()]);
    assert_eq!(ids("no_answer").await, [silent["id"].clone()]);
    assert_eq!(ids("asked").await, [] as [Value; 0]);
    assert_eq!(ids("not_asked").await, [] as [Value; 0]);
    let reminders = api.get(&format!("{}/reminders", path_of(&booked))).await.good();
    let told: Vec<_> =
        reminders["items"].as_array().unwrap().iter().map(|r| (&r["offset_minutes"], &r["state"])).collect();
    let (sent, dropped, planned) = (json!("sent"), json!("dropped"), json!("planned"));
    assert_eq!(
        told,
        [(&json!(4320), &dropped), (&json!(2880), &sent), (&json!(1440), &dropped), (&json!(120), &planned)]
    );
    change(&api, &booked, "cancel", json!({})).await;
    let late = api.post(&format!("{}/confirm-attendance", path_of(&booked)), json!({})).await;
    late.refused(409, "illegal_state");
    let other = vox.harbor_api().await;
    other.get(&format!("{}/reminders", path_of(&booked))).await.refused(404, "not_found");
}
