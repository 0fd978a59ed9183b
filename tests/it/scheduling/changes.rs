//! The verbs that change a visit, as the API and pages call them: versions, states, policy.

use jiff::SignedDuration;
use voxanne::appointments::{self, Actor, Appointment, ChangeError, Reschedule, Status, Target};
use voxanne::platform::ids::{AppointmentId, OrgId, ResourceId};
use voxanne::scheduling;

use super::{booked, caller};
use crate::harness::Voxanne;

const DAY: &str = "2026-12-01";

async fn visit_id(vox: &Voxanne, n: u32) -> AppointmentId {
    AppointmentId(
        vox.one(&format!("select id from appointments where customer_phone = '{}'", caller(n))).await,
    )
}

const fn target(id: AppointmentId, expected_version: Option<i32>) -> Target<'static> {
    Target { id, expected_version, actor: Actor::Voice, reason: None }
}

async fn move_to(
    vox: &Voxanne,
    org: OrgId,
    target: Target<'_>,
    starts_at: &str,
) -> Result<Appointment, ChangeError> {
    let book = scheduling::rule_book(&vox.app, vox.glow.org, None).await.unwrap();
    let mut tx = vox.app.begin(org).await?;
    let wanted = Reschedule {
        book: &book,
        target,
        starts_at: starts_at.parse().unwrap(),
        practitioner: None,
        thing: None,
        minutes: None,
        call_ref: None,
        asks_calendars: false,
        is_decided: false,
    };
    let changed = appointments::reschedule(&vox.app, &mut tx, org, &wanted).await?;
    tx.commit().await?;
    Ok(changed.appointment)
}

async fn set(vox: &Voxanne, target: Target<'_>, to: Status) -> Result<Appointment, ChangeError> {
    let book = scheduling::rule_book(&vox.app, vox.glow.org, None).await.unwrap();
    let mut tx = vox.app.begin(vox.glow.org).await?;
    let changed = appointments::set_state(&vox.app, &mut tx, vox.glow.org, &book, (&target, to)).await?;
    tx.commit().await?;
    Ok(changed.appointment)
}

#[tokio::test]
async fn t_b14_the_second_of_two_who_edit_a_visit_is_shown_the_difference() {
    let vox = Voxanne::start().await;
    booked(&vox, 1, &caller(1), "Botox", (DAY, "10:30")).await;
    let id = visit_id(&vox, 1).await;
    let org = vox.glow.org;
    let moved = move_to(&vox, org, target(id, Some(1)), "2026-12-02T18:30:00Z").await.unwrap();
    assert_eq!(moved.version, 2);
    let Err(ChangeError::VersionConflict { current, difference }) =
        move_to(&vox, org, target(id, Some(1)), "2026-12-03T18:30:00Z").await
    else {
        panic!("the second must not win")
    };
    assert_eq!(current, 2);
    assert_eq!(difference["starts_at"]["from"], "2026-12-01T18:30:00Z");
    assert_eq!(difference["starts_at"]["to"], "2026-12-02T18:30:00Z");
    assert!(!difference.contains_key("practitioner"), "it was kept");
    // Who has seen it may.
    assert!(move_to(&vox, org, target(id, Some(2)), "2026-12-03T18:30:00Z").await.is_ok());
    assert_eq!(vox.count("appointment_changes").await, 3);
}

#[tokio::test]
async fn two_moves_at_once_are_one_after_the_other_and_leave_one_place_taken() {
    let vox = Voxanne::start().await;
    booked(&vox, 1, &caller(1), "Laser Treatment", (DAY, "10:30")).await;
    let id = visit_id(&vox, 1).await;
    let org = vox.glow.org;
    let to = ["2026-12-02T18:30:00Z", "2026-12-03T18:30:00Z", "2026-12-04T18:30:00Z", "2026-12-05T18:30:00Z"];
    let all =
        futures::future::join_all(to.iter().map(|to| move_to(&vox, org, target(id, Some(1)), to))).await;
    assert_eq!(all.iter().filter(|moved| moved.is_ok()).count(), 1);
    assert!(all.iter().all(|m| matches!(m, Ok(_) | Err(ChangeError::VersionConflict { .. }))), "{all:?}");
    assert_eq!(vox.count("reservations").await, 2);
    assert_eq!(
        vox.count(
            "appointments a join reservations r on r.appointment_id = a.id and r.starts_at = a.starts_at"
        )
        .await,
        2
    );
}

#[tokio::test]
async fn moves_that_swap_practitioners_do_not_wait_in_circles_for_turns() {
    let vox = Voxanne::start().await;
    vox.exec("update services set assignment = 'round_robin' where name = 'Consultation'").await;
    booked(&vox, 1, &caller(1), "Consultation", ("2026-12-01", "10:30")).await;
    booked(&vox, 2, &caller(2), "Consultation", ("2026-12-15", "10:30")).await;
    let ids = [visit_id(&vox, 1).await, visit_id(&vox, 2).await];
    let who = async |id: AppointmentId| -> ResourceId {
        ResourceId(vox.one(&format!("select practitioner_id from appointments where id = '{}'", id.0)).await)
    };
    for round in 0..20 {
        let people = [who(ids[0]).await, who(ids[1]).await];
        assert_ne!(people[0], people[1], "or no turn changes hands");
        let book = scheduling::rule_book(&vox.app, vox.glow.org, None).await.unwrap();
        let minute = if round % 2 == 0 { "30" } else { "45" };
        let swap = async |index: usize, day: &str| {
            let mut tx = vox.app.begin(vox.glow.org).await?;
            let wanted = Reschedule {
                book: &book,
                target: target(ids[index], None),
                starts_at: format!("2026-12-{day}T19:{minute}:00Z").parse().unwrap(),
                practitioner: Some(people[1 - index]),
                thing: None,
                minutes: None,
                call_ref: None,
                asks_calendars: false,
                is_decided: false,
            };
            appointments::reschedule(&vox.app, &mut tx, vox.glow.org, &wanted).await?;
            tx.commit().await?;
            Ok::<_, ChangeError>(())
        };
        let (one, other) = tokio::join!(swap(0, "01"), swap(1, "15"));
        one.unwrap();
        other.unwrap();
    }
    assert_eq!(vox.one::<i64>("select sum(turns)::bigint from practitioner_turns").await, 2);
}

#[tokio::test]
async fn a_visit_goes_through_its_states_and_no_other_way() {
    let vox = Voxanne::start().await;
    booked(&vox, 1, &caller(1), "Botox", ("2026-11-24", "14:15")).await;
    let id = visit_id(&vox, 1).await;
    assert!(matches!(set(&vox, target(id, None), Status::NoShow).await, Err(ChangeError::NotBegun)));
    assert!(matches!(
        set(&vox, target(id, None), Status::Completed).await,
        Err(ChangeError::IllegalState { .. })
    ));
    assert_eq!(set(&vox, target(id, None), Status::Arrived).await.unwrap().status, Status::Arrived);
    assert_eq!(vox.count("reservations").await, 2);
    let moved = move_to(&vox, vox.glow.org, target(id, None), "2026-12-03T18:30:00Z").await;
    assert!(matches!(moved, Err(ChangeError::NotAhead(Status::Arrived))));
    assert_eq!(set(&vox, target(id, None), Status::Completed).await.unwrap().version, 3);
    assert_eq!(vox.count("reservations").await, 0);
    assert_eq!(set(&vox, target(id, None), Status::Completed).await.unwrap().version, 3, "twice is once");

    booked(&vox, 2, &caller(2), "Botox", ("2026-11-24", "15:00")).await;
    let id = visit_id(&vox, 2).await;
    vox.later(SignedDuration::from_hours(6));
    assert_eq!(set(&vox, target(id, None), Status::NoShow).await.unwrap().status, Status::NoShow);
}

#[tokio::test]
async fn c15_the_database_refuses_what_the_types_refuse() {
    let vox = Voxanne::start().await;
    booked(&vox, 1, &caller(1), "Botox", (DAY, "10:30")).await;
    let words: Vec<String> =
        vec![vox.one("select string_agg(enumlabel, ',' order by enumsortorder) from pg_enum where enumtypid = 'appointment_status'::regtype").await];
    assert_eq!(words[0], Status::ALL.map(Status::as_str).join(","));
    for from in Status::ALL {
        for to in Status::ALL {
            vox.exec(&format!("alter table appointments disable trigger appointments_change_legally; update appointments set status = '{}'; alter table appointments enable trigger appointments_change_legally", from.as_str())).await;
            let done = sqlx::query("update appointments set status = $1::text::appointment_status")
                .bind(to.as_str())
                .execute(&vox.admin)
                .await;
            assert_eq!(done.is_ok(), from == to || from.may_become(to), "{from:?} to {to:?}");
        }
    }
}

#[tokio::test]
async fn staff_confirm_a_pending_visit_once_and_the_task_is_done() {
    let vox = Voxanne::start().await;
    vox.exec("update integration_settings set calendar_of_record = false").await;
    let said = booked(&vox, 1, &caller(1), "Botox", (DAY, "10:30")).await;
    assert!(said.contains("within 24 hours to confirm"), "{said}");
    // T-B5, T-S6: a pending visit keeps the time, so that a second never waits for the same.
    let second = vox.call_from(&vox.glow, &crate::harness::call_ref(2), Some(&caller(2)));
    let mut wish = crate::harness::booking("IPL", DAY, "10:30", "Bea Fox");
    wish["customerPhone"] = caller(2).into();
    second.tool("book_appointment", wish.clone()).await.unwrap();
    let third = vox.call_from(&vox.glow, &crate::harness::call_ref(3), Some(&caller(3)));
    wish["customerPhone"] = caller(3).into();
    assert!(
        third
            .tool("book_appointment", wish)
            .await
            .unwrap()
            .text()
            .starts_with("I'm sorry, that time was just taken.")
    );

    let id = AppointmentId(
        vox.one(&format!("select id from appointments where customer_phone = '{}'", caller(1))).await,
    );
    for _ in 0..2 {
        assert_eq!(set(&vox, target(id, None), Status::Scheduled).await.unwrap().status, Status::Scheduled);
    }
    assert_eq!(vox.count("tasks where kind = 'confirm_appointment' and done_at is not null").await, 1);
    vox.run_jobs().await;
    assert_eq!(vox.texts_to(&caller(1)).len(), 2, "the request, and its confirmation once");
}

#[tokio::test]
async fn another_orgs_visit_does_not_exist() {
    let vox = Voxanne::start().await;
    booked(&vox, 1, &caller(1), "Botox", (DAY, "10:30")).await;
    let id = visit_id(&vox, 1).await;
    let moved = move_to(&vox, vox.harbor.org, target(id, None), "2026-12-02T18:30:00Z").await;
    assert!(matches!(moved, Err(ChangeError::NotFound)));
    assert_eq!(vox.count("appointments where version = 1").await, 1);
}
