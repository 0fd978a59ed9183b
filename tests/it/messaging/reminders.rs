//! Reminders: at the right instants, once each, and what people say to them.

use serde_json::{Value, json};
use voxanne::appointments::{self, Actor, ConfirmError, Confirmed};
use voxanne::phone::Phone;
use voxanne::platform::ids::{AppointmentId, Prefixed as _};

use crate::harness::{Answered, Api, CALLER, Voxanne};

/// 10:30 AM in Los Angeles on Tuesday, December 1st.
const START: &str = "2026-12-01T18:30:00Z";

/// Books a visit of `phone` and gives it as the API shows it.
async fn visit(api: &Api, starts_at: &str, phone: &str) -> Value {
    let service = api.id_of("/services", "Botox").await;
    let wish = json!({"service_id": service, "starts_at": starts_at, "name": "Ana Diaz", "phone": phone});
    api.post("/appointments", wish).await.good()
}

fn id_of(visit: &Value) -> AppointmentId {
    AppointmentId::parse(visit["id"].as_str().unwrap()).unwrap()
}

fn path_of(visit: &Value) -> String {
    format!("/appointments/{}", visit["id"].as_str().unwrap())
}

/// A change of the visit, whatever its version is.
async fn change(api: &Api, visit: &Value, what: &str, body: Value) -> Value {
    let version = api.get(&path_of(visit)).await.header("etag").to_owned();
    let path = format!("{}/{what}", path_of(visit));
    Answered::of(api.request("POST", &path).header("if-match", version).json(&body)).await.good()
}

async fn move_to(api: &Api, visit: &Value, starts_at: &str) -> Value {
    change(api, visit, "move", json!({"starts_at": starts_at})).await
}

/// The person of the visit says that they will come.
async fn confirm(vox: &Voxanne, visit: &Value) -> Result<Confirmed, ConfirmError> {
    let org = vox.glow.org;
    let mut tx = vox.app.begin(org).await.unwrap();
    let confirmed =
        appointments::confirm_attendance(&vox.app, &mut tx, org, id_of(visit), &Actor::Text).await?;
    tx.commit().await.unwrap();
    Ok(confirmed)
}

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
