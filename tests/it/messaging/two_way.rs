//! Texts both ways: C, R, X, 1 and 2, a yes and a no, and what they do.

use insta::assert_snapshot;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use voxanne::jobs;

use crate::harness::{Api, CALLER, Voxanne};

/// 10:30 AM in Los Angeles on Tuesday, December 1st.
pub(super) const START: &str = "2026-12-01T18:30:00Z";
/// Two days later.
pub(super) const SECOND: &str = "2026-12-03T18:30:00Z";

/// Books a visit of `phone`; its confirmation leaves.
pub async fn book(vox: &Voxanne, api: &Api, starts_at: &str, phone: &str) -> Value {
    let service = api.id_of("/services", "Botox").await;
    let wish = json!({"service_id": service, "starts_at": starts_at, "name": "Ana Diaz", "phone": phone});
    let visit = api.post("/appointments", wish).await.good();
    vox.run_jobs().await;
    visit
}

/// The visit as the API shows it.
pub(super) async fn now(api: &Api, visit: &Value) -> Value {
    api.get(&format!("/appointments/{}", visit["id"].as_str().unwrap())).await.good()
}

/// Lets time pass until then, and does what comes round and what is due.
pub(super) async fn work_at(vox: &Voxanne, moment: &str) {
    let moment: Timestamp = moment.parse().unwrap();
    vox.later(moment.duration_since(vox.app.clock.now()));
    jobs::run_schedules(&vox.app).await.unwrap();
    vox.run_jobs().await;
}

pub(super) async fn minutes(vox: &Voxanne, minutes: i64) {
    vox.later(SignedDuration::from_mins(minutes));
    jobs::make_due(&vox.app).await.unwrap();
    vox.run_jobs().await;
}

pub(super) async fn tasks(vox: &Voxanne) -> String {
    vox.one("select coalesce(string_agg(kind, ', ' order by created_at, kind), '') from tasks where done_at is null").await
}

#[tokio::test]
async fn a_reminder_asks_and_c_confirms_and_is_thanked_once() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let visit = book(&vox, &api, START, CALLER).await;
    work_at(&vox, "2026-11-28T18:30:00Z").await;
    assert!(vox.last_to(CALLER).contains("Reply C to confirm, R to reschedule, X to cancel."));
    assert_eq!(now(&api, &visit).await["attendance"], "asked");
    assert_snapshot!(vox.says(CALLER, "c.").await, @"Glow MedSpa: Thank you! See you Tuesday, December 1 at 10:30 AM.");
    assert_eq!(now(&api, &visit).await["attendance"], "confirmed");
    assert_eq!(vox.count("questions where closed_at is null").await, 0);
    let sent = vox.texts_to(CALLER).len();
    assert_eq!(vox.says(CALLER, "Thanks!").await, vox.last_to(CALLER));
    assert_eq!(
        (vox.texts_to(CALLER).len(), tasks(&vox).await.as_str()),
        (sent, ""),
        "nothing to say or to do"
    );
    assert_eq!(vox.count("inbound_texts where read_at is null").await, 0);
}

#[tokio::test]
async fn a_yes_to_the_reminder_is_a_c_and_a_no_asks_what_then() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let visit = book(&vox, &api, START, CALLER).await;
    work_at(&vox, "2026-11-28T18:30:00Z").await;
    assert_snapshot!(vox.says(CALLER, "Sorry, I can't make it").await, @"Glow MedSpa: No problem. Reply R for another time, or X to cancel your visit.");
    assert_eq!(now(&api, &visit).await["status"], "scheduled");
    assert_snapshot!(vox.says(CALLER, "oh wait, yes").await, @"Glow MedSpa: No problem. Reply R for another time, or X to cancel your visit.");
    assert_eq!(tasks(&vox).await, "answer_text", "that is for a person");
    assert_snapshot!(vox.says(CALLER, "see you then 👍").await, @"Glow MedSpa: Thank you! See you Tuesday, December 1 at 10:30 AM.");
    assert_eq!(now(&api, &visit).await["attendance"], "confirmed");
}

#[tokio::test]
async fn r_offers_two_times_that_are_kept_and_1_moves_the_visit_there() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let visit = book(&vox, &api, START, CALLER).await;
    let offered = vox.says(CALLER, "R").await;
    assert_snapshot!(offered, @"Glow MedSpa: Reply 1 for Wednesday, December 2 at 10:30 AM or 2 for Thursday, December 3 at 10:30 AM. Both are kept for you until 10:20 AM.");
    assert_eq!(vox.count("holds where held_by = 'text'").await, 2);
    // Asked again, they are told the same, and nothing more is kept.
    vox.later(SignedDuration::from_mins(5));
    assert_eq!(vox.says(CALLER, "reschedule").await, offered);
    assert_eq!(vox.count("holds").await, 2);
    // Nobody else gets them.
    let practitioner = visit["practitioner_id"].clone();
    let taken = json!({"service_id": api.id_of("/services", "Botox").await, "starts_at": "2026-12-02T18:30:00Z",
        "practitioner_id": practitioner, "name": "Eve Stone", "phone": "+13105550143"});
    api.post("/appointments", taken).await.refused(409, "not_bookable");
    let said = vox.says(CALLER, "1").await;
    assert!(
        said.starts_with(
            "Glow MedSpa: your appointment has been moved to Wednesday, December 2 at 10:30 AM."
        ),
        "{said}"
    );
    let moved = now(&api, &visit).await;
    assert_eq!(
        (&moved["starts_at"], &moved["practitioner_id"]),
        (&json!("2026-12-02T18:30:00Z"), &practitioner)
    );
    assert_eq!(vox.count("holds").await, 0, "the other time is free again");
    let actor: String = vox.one("select actor from appointment_changes where action = 'moved'").await;
    assert_eq!(actor, "text");
}

#[tokio::test]
async fn a_late_2_is_tried_and_a_time_that_has_gone_is_told_with_others() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let visit = book(&vox, &api, START, CALLER).await;
    vox.says(CALLER, "R").await;
    minutes(&vox, 30).await;
    let other = json!({"service_id": api.id_of("/services", "Botox").await, "starts_at": "2026-12-02T18:30:00Z",
        "practitioner_id": visit["practitioner_id"], "name": "Eve Stone", "phone": "+13105550143"});
    api.post("/appointments", other).await.good();
    assert_snapshot!(vox.says(CALLER, "the first one please").await, @"Glow MedSpa: That time has just gone. Reply 1 for Wednesday, December 2 at 9:45 AM or 2 for Thursday, December 3 at 10:30 AM. Both are kept for you until 10:50 AM.");
    assert_eq!(now(&api, &visit).await["starts_at"], START);
    // Not kept any more, and still free.
    minutes(&vox, 30).await;
    vox.says(CALLER, "2").await;
    assert_ne!(now(&api, &visit).await["starts_at"], START);
    assert_eq!(vox.count("holds where expires_at > now()").await, 0);
}

#[tokio::test]
async fn who_likes_none_of_the_times_keeps_the_visit_and_a_person_finds_another() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let visit = book(&vox, &api, START, CALLER).await;
    vox.says(CALLER, "R").await;
    assert_snapshot!(vox.says(CALLER, "yes").await, @"Glow MedSpa: Please reply 1 or 2.");
    assert_snapshot!(vox.says(CALLER, "neither works").await, @"Glow MedSpa: All right, your visit stays as it is for now. Our team will get in touch to find a time.");
    assert_eq!(tasks(&vox).await, "find_time");
    assert_eq!((vox.count("holds").await, vox.count("questions where closed_at is null").await), (0, 0));
    assert_eq!(now(&api, &visit).await["starts_at"], START);
}

#[tokio::test]
async fn x_calls_the_visit_off_with_the_sentence_of_the_policy() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let early = book(&vox, &api, START, CALLER).await;
    assert_snapshot!(vox.says(CALLER, "X").await, @"Glow MedSpa: your appointment on Tuesday, December 1 at 10:30 AM is cancelled. Questions? Call +13105550199. Reply STOP to opt out.");
    assert_eq!(now(&api, &early).await["status"], "cancelled");
    assert_snapshot!(vox.says(CALLER, "X").await, @"Glow MedSpa: There's no visit that we could change for you by text. Please call us at +13105550199.");
    api.post("/policy", json!({"notice_minutes": 1440, "fee_cents": 5000})).await.good();
    let late = book(&vox, &api, SECOND, CALLER).await;
    work_at(&vox, "2026-12-03T16:00:00Z").await;
    vox.says(CALLER, "please cancel my appointment").await;
    assert_eq!(now(&api, &late).await["status"], "cancelled");
    let bodies: Vec<String> = vox.texts_to(CALLER).into_iter().map(|text| text.body).collect();
    assert!(
        bodies.contains(&"Glow MedSpa: As this is short notice, a fee of $50 applies.".to_owned()),
        "{bodies:?}"
    );
    assert!(tasks(&vox).await.contains("late_change"));
}

#[tokio::test]
async fn with_two_visits_ahead_it_is_the_one_last_asked_about_else_they_are_asked_which() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let (first, second) = (book(&vox, &api, START, CALLER).await, book(&vox, &api, SECOND, CALLER).await);
    assert_snapshot!(vox.says(CALLER, "X").await, @"Glow MedSpa: Which visit do you mean? Reply 1 for Tuesday, December 1 at 10:30 AM or 2 for Thursday, December 3 at 10:30 AM.");
    vox.says(CALLER, "the second").await;
    assert_eq!(now(&api, &second).await["status"], "cancelled");
    assert_eq!(now(&api, &first).await["status"], "scheduled");
    let third = book(&vox, &api, SECOND, CALLER).await;
    work_at(&vox, "2026-11-28T18:30:00Z").await;
    vox.says(CALLER, "Confirmed!").await;
    assert_eq!(now(&api, &first).await["attendance"], "confirmed");
    assert_ne!(now(&api, &third).await["attendance"], "confirmed");
}

#[tokio::test]
async fn whoever_answers_in_spanish_is_texted_in_spanish_from_then_on() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    book(&vox, &api, START, CALLER).await;
    work_at(&vox, "2026-11-28T18:30:00Z").await;
    assert_snapshot!(vox.says(CALLER, "Sí, ahí estaré").await, @"Glow MedSpa: ¡Gracias! Le esperamos el martes 1 de diciembre a las 10:30 AM.");
    vox.later(SignedDuration::from_mins(1));
    assert_snapshot!(vox.says(CALLER, "R").await, @"Glow MedSpa: Responda 1 para el miércoles 2 de diciembre a las 10:30 AM o 2 para el jueves 3 de diciembre a las 10:30 AM. Guardadas hasta las 10:51 AM.");
    let contact = api.get(&format!("/contacts?phone={}", CALLER.replace('+', "%2B"))).await.good();
    assert_eq!(contact["items"][0]["language"], "es");
}

#[tokio::test]
async fn free_text_is_one_thread_with_one_task_and_pictures_are_noted() {
    let vox = Voxanne::start().await;
    for body in ["Is there parking?", "And can I bring my dog?"] {
        vox.says(CALLER, body).await;
        vox.later(SignedDuration::from_secs(1));
    }
    vox.texted(&vox.glow, (CALLER, ""), (None, 2)).await;
    vox.run_jobs().await;
    assert_eq!(tasks(&vox).await, "answer_text");
    assert_eq!(vox.count("inbound_texts where read_at is null and answered_at is not null").await, 3);
    assert_eq!(vox.count("inbound_texts where body = '' and media_count = 2").await, 1);
    assert_eq!(vox.texts_to(CALLER).len(), 0);
}
