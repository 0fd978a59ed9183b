//! Reminders: at the right instants, once each, and what people say to them.

use jiff::Timestamp;
use serde_json::{Value, json};
use voxanne::accounts::Scope;
use voxanne::appointments::{self, Actor, ConfirmError, Confirmed};
use voxanne::jobs;
use voxanne::platform::ids::{AppointmentId, Prefixed as _};

use crate::harness::{Answered, Api, CALLER, Voxanne};

/// 10:30 AM in Los Angeles on Tuesday, December 1st.
pub(super) const START: &str = "2026-12-01T18:30:00Z";

/// Books a visit of `phone` and gives it as the API shows it.
pub(super) async fn visit(api: &Api, starts_at: &str, phone: &str) -> Value {
    let service = api.id_of("/services", "Botox").await;
    let wish = json!({"service_id": service, "starts_at": starts_at, "name": "Ana Diaz", "phone": phone});
    api.post("/appointments", wish).await.good()
}

pub(super) fn id_of(visit: &Value) -> AppointmentId {
    AppointmentId::parse(visit["id"].as_str().unwrap()).unwrap()
}

pub(super) fn path_of(visit: &Value) -> String {
    format!("/appointments/{}", visit["id"].as_str().unwrap())
}

/// A change of the visit, whatever its version is.
pub(super) async fn change(api: &Api, visit: &Value, what: &str, body: Value) -> Value {
    let version = api.get(&path_of(visit)).await.header("etag").to_owned();
    let path = format!("{}/{what}", path_of(visit));
    Answered::of(api.request("POST", &path).header("if-match", version).json(&body)).await.good()
}

pub(super) async fn move_to(api: &Api, visit: &Value, starts_at: &str) -> Value {
    change(api, visit, "move", json!({"starts_at": starts_at})).await
}

/// Lets time pass until then, and does what comes round and what is due: as one minute of a worker.
pub(super) async fn work_at(vox: &Voxanne, moment: &str) {
    let moment: Timestamp = moment.parse().unwrap();
    vox.later(moment.duration_since(vox.app.clock.now()));
    jobs::run_schedules(&vox.app).await.unwrap();
    vox.run_jobs().await;
}

/// Each reminder there is, in the order of their times.
async fn planned(vox: &Voxanne) -> String {
    vox.one(
        "select coalesce(string_agg(format('%s %s %s', to_char(due_at at time zone 'UTC', 'MM-DD HH24:MI'), state,
                coalesce(reason, '')), ', ' order by due_at, offset_minutes), '') from reminders",
    )
    .await
}

/// What arrived of reminders at a number.
pub(super) fn reminders_to(vox: &Voxanne, phone: &str) -> Vec<String> {
    let bodies = vox.texts_to(phone).into_iter().map(|text| text.body);
    bodies.filter(|body| body.to_lowercase().contains("remind")).collect()
}

/// The person of the visit says that they will come.
pub(super) async fn confirm(vox: &Voxanne, visit: &Value) -> Result<Confirmed, ConfirmError> {
    let org = vox.glow.org;
    let mut tx = vox.app.begin(org).await.unwrap();
    let confirmed =
        appointments::confirm_attendance(&vox.app, &mut tx, org, id_of(visit), &Actor::Text).await?;
    tx.commit().await.unwrap();
    Ok(confirmed)
}

#[tokio::test]
async fn t_m8_a_visit_is_reminded_of_three_times_by_the_clinics_clock() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let booked = visit(&api, START, CALLER).await;
    assert_eq!(planned(&vox).await, "11-28 18:30 planned , 11-30 18:30 planned , 12-01 16:30 planned ");
    work_at(&vox, "2026-11-28T18:29:00Z").await;
    assert_eq!(reminders_to(&vox, CALLER).len(), 0);
    work_at(&vox, "2026-11-28T18:30:00Z").await;
    let first = reminders_to(&vox, CALLER).remove(0);
    assert!(first.contains("Tuesday, December 1") && first.contains("10:30 AM"), "{first}");
    assert!(first.contains("Reply C to confirm"), "{first}");
    assert_eq!(api.get(&path_of(&booked)).await.good()["attendance"], "asked");
    work_at(&vox, "2026-11-30T18:30:00Z").await;
    work_at(&vox, "2026-12-01T16:30:00Z").await;
    assert_eq!(reminders_to(&vox, CALLER).len(), 3);
    assert_eq!(planned(&vox).await, "11-28 18:30 sent , 11-30 18:30 sent , 12-01 16:30 sent ");
    assert_eq!(vox.count("questions where kind = 'confirm_visit' and closed_at is null").await, 1);
    // Nobody said anything.
    assert_eq!(api.get(&path_of(&booked)).await.good()["attendance"], "no_answer");
}

#[tokio::test]
async fn two_zones_over_a_change_of_clocks_keep_their_wall_times() {
    let vox = Voxanne::start().await;
    let api = vox.api(&vox.denver, &Scope::ALL).await;
    let service = api.id_of("/services", "HydraFacial").await;
    // 2 PM on the Monday after Denver's clocks went forward and Arizona's did not.
    for (site, starts_at, phone) in [
        ("Juniper Skin Denver", "2027-03-15T20:00:00Z", "+13105550151"),
        ("Juniper Skin Phoenix", "2027-03-15T21:00:00Z", "+13105550152"),
    ] {
        let location = api.id_of("/locations", site).await;
        let wish =
            json!({"service_id": service, "location_id": location, "starts_at": starts_at, "phone": phone});
        api.post("/appointments", wish).await.good();
    }
    let due = async |site: &str| -> String {
        vox.one(&format!(
            "select string_agg(to_char(r.due_at at time zone 'UTC', 'MM-DD HH24:MI'), ', ' order by r.due_at)
               from reminders r join appointments a on a.id = r.appointment_id join locations l on l.id = a.location_id
              where l.name = '{site}'"
        ))
        .await
    };
    assert_eq!(due("Juniper Skin Denver").await, "03-12 21:00, 03-14 20:00, 03-15 18:00");
    assert_eq!(due("Juniper Skin Phoenix").await, "03-12 21:00, 03-14 21:00, 03-15 19:00");
    // The reminder says what the confirmation said.
    work_at(&vox, "2027-03-14T21:00:00Z").await;
    for phone in ["+13105550151", "+13105550152"] {
        let told = reminders_to(&vox, phone).remove(0);
        assert!(told.contains("Monday, March 15") && told.contains("2:00 PM"), "{told}");
    }
}

#[tokio::test]
async fn what_is_booked_late_has_the_reminders_that_are_left() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    // It is Tuesday, 10 AM.
    visit(&api, "2026-11-24T19:00:00Z", "+13105550151").await;
    assert_eq!(planned(&vox).await, "", "in an hour: the confirmation is enough");
    visit(&api, "2026-11-26T00:00:00Z", "+13105550152").await;
    assert_eq!(planned(&vox).await, "11-25 00:00 planned , 11-25 22:00 planned ", "in thirty hours");
    // Without a number there is nobody to remind.
    let service = api.id_of("/services", "Botox").await;
    api.post("/appointments", json!({"service_id": service, "starts_at": START})).await.good();
    assert_eq!(vox.count("reminders").await, 2);
}

#[tokio::test]
async fn a_move_plans_anew_and_t_m3_a_cancelled_visit_has_no_reminder() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let booked = visit(&api, START, CALLER).await;
    move_to(&api, &booked, "2026-12-02T18:30:00Z").await;
    assert_eq!(
        planned(&vox).await,
        "11-28 18:30 dropped moved, 11-29 18:30 planned , 11-30 18:30 dropped moved, 12-01 16:30 dropped moved, \
         12-01 18:30 planned , 12-02 16:30 planned "
    );
    work_at(&vox, "2026-11-28T18:30:00Z").await;
    assert_eq!(reminders_to(&vox, CALLER).len(), 0, "that was the old time's");
    work_at(&vox, "2026-11-29T18:30:00Z").await;
    assert!(reminders_to(&vox, CALLER)[0].contains("Wednesday, December 2"));

    // Back again: what was dropped is planned, as far as it is still ahead.
    move_to(&api, &booked, START).await;
    assert_eq!(vox.count("reminders where state = 'planned'").await, 2);
    change(&api, &booked, "cancel", json!({})).await;
    assert_eq!(vox.count("reminders where state = 'planned'").await, 0);
    assert_eq!(vox.count("reminders where reason = 'cancelled'").await, 2);
    work_at(&vox, "2026-12-01T16:30:00Z").await;
    assert_eq!(reminders_to(&vox, CALLER).len(), 1);
}

#[tokio::test]
async fn t_m1_e12_ten_workers_at_once_and_a_crash_between_send_one_text() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    visit(&api, START, CALLER).await;
    visit(&api, START, "+13105550152").await;
    vox.later("2026-11-28T18:30:00Z".parse::<Timestamp>().unwrap().duration_since(vox.app.clock.now()));
    let round = || appointments::send_reminders(&vox.app, vox.glow.org);
    let sent = futures::future::join_all((0..10).map(|_| round())).await;
    assert_eq!(sent.into_iter().map(Result::unwrap).sum::<usize>(), 2);
    vox.run_jobs().await;
    assert_eq!((reminders_to(&vox, CALLER).len(), reminders_to(&vox, "+13105550152").len()), (1, 1));

    // The mark is lost with its transaction only together with the text; were it lost alone, the reason still stands.
    vox.exec(
        "update reminders set state = 'planned', text_id = null, settled_at = null where state = 'sent'",
    )
    .await;
    assert_eq!(round().await.unwrap(), 2, "marked again");
    vox.run_jobs().await;
    assert_eq!((reminders_to(&vox, CALLER).len(), reminders_to(&vox, "+13105550152").len()), (1, 1));
    assert_eq!(vox.count("reminders where state = 'sent'").await, 2);
}

#[tokio::test]
async fn a_visit_that_is_being_changed_is_left_to_whoever_changes_it() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let booked = visit(&api, START, CALLER).await;
    vox.later("2026-11-28T18:30:00Z".parse::<Timestamp>().unwrap().duration_since(vox.app.clock.now()));
    let mut changing = vox.app.begin(vox.glow.org).await.unwrap();
    appointments::confirm_attendance(&vox.app, &mut changing, vox.glow.org, id_of(&booked), &Actor::Text)
        .await
        .unwrap();
    let round = || appointments::send_reminders(&vox.app, vox.glow.org);
    assert_eq!(round().await.unwrap(), 0, "nobody waits");
    changing.commit().await.unwrap();
    assert_eq!(round().await.unwrap(), 1);
    vox.run_jobs().await;
    assert!(!reminders_to(&vox, CALLER)[0].contains("Reply C"), "they have just said so");
}

#[tokio::test]
async fn after_a_day_without_a_worker_only_what_is_still_of_use_leaves() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    visit(&api, START, CALLER).await;
    visit(&api, "2026-11-28T19:30:00Z", "+13105550152").await;
    // The worker comes back on Monday at noon.
    work_at(&vox, "2026-11-30T20:00:00Z").await;
    assert_eq!(reminders_to(&vox, CALLER).len(), 1);
    assert_eq!(reminders_to(&vox, "+13105550152").len(), 0, "that visit is over");
    assert_eq!(vox.count("reminders where reason = 'overtaken'").await, 1);
    assert_eq!(vox.count("reminders where reason = 'visit_began'").await, 3);
    assert_eq!(vox.count("reminders where state = 'planned'").await, 1, "two hours before");
}

#[tokio::test]
async fn t_m5_who_said_stop_is_not_reminded_and_staff_have_one_task() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    visit(&api, START, CALLER).await;
    vox.run_jobs().await;
    vox.exec(&format!(
        "insert into opt_outs (org_id, phone, source, opted_out_at) values ('{}', '{CALLER}', 'reply', now())",
        vox.glow.org.0
    ))
    .await;
    for moment in ["2026-11-28T18:30:00Z", "2026-11-30T18:30:00Z", "2026-12-01T16:30:00Z"] {
        work_at(&vox, moment).await;
    }
    assert_eq!(reminders_to(&vox, CALLER).len(), 0);
    assert_eq!(vox.count("reminders where reason = 'opted_out'").await, 3);
    assert_eq!(vox.count("tasks where kind = 'text_not_sent'").await, 1);
    assert_eq!(vox.count("appointments where attendance_asked_at is not null").await, 0);
}

#[tokio::test]
async fn t_d16_other_clock_rules_and_other_offsets_plan_anew() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    visit(&api, START, CALLER).await;
    // As if it had been booked for 9:30 before a government moved its clocks, and planned by the old rules.
    vox.exec("update appointments set local_starts_at = local_starts_at - interval '1 hour'").await;
    vox.exec("update reminders set due_at = due_at - interval '1 hour'").await;
    appointments::check_zones(&vox.app, vox.glow.org).await.unwrap();
    assert_eq!(planned(&vox).await, "11-28 18:30 planned , 11-30 18:30 planned , 12-01 16:30 planned ");
    // A visit that was booked before there were reminders gets its own.
    vox.exec("update appointments set local_starts_at = local_starts_at + interval '1 hour'; delete from reminders").await;
    appointments::check_zones(&vox.app, vox.glow.org).await.unwrap();
    assert_eq!(planned(&vox).await, "11-28 18:30 planned , 11-30 18:30 planned , 12-01 16:30 planned ");
}

#[tokio::test]
async fn ten_thousand_visits_are_planned_by_short_statements() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    visit(&api, START, CALLER).await;
    vox.exec(
        "insert into appointments (org_id, id, location_id, service_id, practitioner_id, contact_id, status, starts_at, ends_at, time_zone,
                local_starts_at, customer_phone, confirmation_said, created_at)
         select org_id, gen_random_uuid(), location_id, service_id, practitioner_id, contact_id, status, starts_at + n * interval '1 hour',
                ends_at + n * interval '1 hour', time_zone, local_starts_at + n * interval '1 hour', customer_phone, confirmation_said, created_at
           from appointments, generate_series(1, 9999) n",
    )
    .await;
    // The database's own patience is the bound.
    appointments::check_zones(&vox.app, vox.glow.org).await.unwrap();
    assert!(vox.count("reminders where state = 'planned'").await > 20_000);
    // Nothing is due: one look into the index, whatever there is.
    assert_eq!(appointments::send_reminders(&vox.app, vox.glow.org).await.unwrap(), 0);
}
