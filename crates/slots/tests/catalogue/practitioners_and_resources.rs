//! Who, in which room, with which device; buffers and clean-up.

use uuid::Uuid;
use voxanne_slots::{Cause, FIRST_LANE};

use crate::{
    NEW_YORK,
    clinic::{ANNA, BEA, Clinic, LASER, ROOM, because, need, person},
};

#[test]
fn t_r1_a_buffer_after_leads_to_the_next_start_and_nothing_overlaps() {
    let mut clinic = Clinic::in_zone(NEW_YORK).open((10, 0), (12, 0)).visits(20, 5);
    clinic.service.buffer_after_minutes = 5;
    assert_eq!(clinic.says("2026-02-02")[..2], ["10:00", "10:05"]);
    clinic.book(clinic.local("2026-02-02T10:00"));
    assert_eq!(clinic.says("2026-02-02")[0], "10:25");

    let mut booked = vec!["10:00".to_owned()];
    while let Some(&next) = clinic.offers("2026-02-02").first() {
        booked.push(clinic.says("2026-02-02")[0].clone());
        clinic.book(next);
    }
    // The last buffer ends after closing; the visit does not.
    assert_eq!(booked, ["10:00", "10:25", "10:50", "11:15", "11:40"]);
    assert!(clinic.busy.windows(2).all(|pair| pair[0].3 <= pair[1].2));
}

#[test]
fn t_r3_a_time_inside_a_buffer_is_refused() {
    let mut clinic = Clinic::in_zone(NEW_YORK).busy(ANNA, "2026-02-02T12:00", "2026-02-02T13:00");
    clinic.service.buffer_before_minutes = 10;
    let until = clinic.local("2026-02-02T13:00");
    assert_eq!(
        clinic.fit(clinic.local("2026-02-02T13:09")),
        because(Cause::PractitionerBusy { practitioner: ANNA, until })
    );
    assert!(clinic.fit(clinic.local("2026-02-02T13:10")).is_ok());
}

#[test]
fn t_r5_cleaning_the_device_leaves_the_practitioner_free() {
    let mut clinic = Clinic::in_zone(NEW_YORK).visits(60, 30);
    clinic.practitioners.push(person(BEA));
    clinic.needs = vec![need(&[LASER], 30)];
    let first = clinic.book(clinic.local("2026-02-02T10:00"));
    assert_eq!(first.opening.practitioner, ANNA);

    clinic.practitioners.remove(0);
    let until = clinic.local("2026-02-02T11:30");
    let eleven = clinic.local("2026-02-02T11:00");
    assert_eq!(
        clinic.fit(eleven),
        because(Cause::ResourceBusy { resource: LASER, need: 0, until: Some(until) })
    );
    assert!(clinic.fit(until).is_ok());

    let anna_without_laser =
        Clinic { practitioners: vec![person(ANNA)], needs: Vec::new(), ..clinic.clone() };
    assert!(anna_without_laser.fit(eleven).is_ok());
}

#[test]
fn t_b2_of_two_visits_that_overlap_one_is_booked() {
    let mut clinic = Clinic::in_zone(NEW_YORK).visits(60, 30);
    clinic.book(clinic.local("2026-02-02T10:00"));
    let busy = |until| Cause::PractitionerBusy { practitioner: ANNA, until };
    let eleven = clinic.local("2026-02-02T11:00");
    assert_eq!(clinic.causes("2026-02-02T10:30"), [busy(eleven)]);
    assert_eq!(clinic.causes("2026-02-02T09:30"), [busy(eleven)]);
    assert_eq!(clinic.causes("2026-02-02T11:00"), []);
}

#[test]
fn t_b3_a_practitioner_gives_one_service_at_a_time() {
    let mut facial = Clinic::in_zone(NEW_YORK).visits(60, 30);
    facial.book(facial.local("2026-02-02T10:00"));
    let mut filler = facial.clone().visits(20, 20);
    filler.service.buffer_before_minutes = 10;
    let until = filler.local("2026-02-02T11:00");
    let busy = Cause::PractitionerBusy { practitioner: ANNA, until };
    assert_eq!(filler.fit(filler.local("2026-02-02T11:09")), because(busy));
    assert!(filler.fit(filler.local("2026-02-02T11:10")).is_ok());
    assert!(filler.fit(filler.local("2026-02-02T09:40")).is_ok());
}

#[test]
fn t_b4_two_practitioners_never_have_the_one_laser_twice() {
    let mut clinic = Clinic::in_zone(NEW_YORK).visits(20, 5);
    clinic.practitioners.push(person(BEA));
    clinic.needs = vec![need(&[LASER], 15)];
    for start in clinic.offers_between("2026-02-02", "2026-02-06") {
        // Refused if it has been taken since.
        if clinic.fit(start).is_ok() {
            clinic.book(start);
        }
    }
    let mut laser = clinic.busy.clone();
    laser.retain(|busy| busy.0 == LASER);
    laser.sort_unstable();
    assert_eq!(laser.len(), 5 * 15);
    assert!(laser.windows(2).all(|pair| pair[0].3 <= pair[1].2));
    assert!(laser.iter().all(|claim| claim.3.duration_since(claim.2).as_mins() == 35));
}

#[test]
fn a_booking_claims_buffers_for_the_practitioner_and_cleanup_for_the_room() {
    let mut clinic = Clinic::in_zone(NEW_YORK);
    clinic.service.buffer_before_minutes = 5;
    clinic.service.buffer_after_minutes = 10;
    clinic.needs = vec![need(&[ROOM], 15)];
    let claims = clinic.fit(clinic.local("2026-02-02T09:00")).unwrap().claims;
    let said = claims.iter().map(|c| (c.resource, c.lane, c.starts_at, c.ends_at)).collect::<Vec<_>>();
    let [before, start, after, clean] =
        ["2026-02-02T08:55", "2026-02-02T09:00", "2026-02-02T09:55", "2026-02-02T10:00"]
            .map(|l| clinic.local(l));
    assert_eq!(said, [(ANNA, FIRST_LANE, before, after), (ROOM, FIRST_LANE, start, clean)]);
}

#[test]
fn a_pool_gives_the_next_room_and_then_none() {
    let rooms = [Uuid::from_u128(20), Uuid::from_u128(21)];
    let mut clinic = Clinic::in_zone(NEW_YORK);
    clinic.practitioners.extend([3, 4].map(|id| person(Uuid::from_u128(id))));
    clinic.needs = vec![need(&rooms, 0)];
    let nine = clinic.local("2026-02-02T09:00");
    let taken = [clinic.book(nine), clinic.book(nine)].map(|fitted| fitted.claims[1].resource);
    assert_eq!(taken, rooms);
    let until = Some(clinic.local("2026-02-02T09:45"));
    assert_eq!(clinic.fit(nine), because(Cause::ResourceBusy { resource: rooms[0], need: 0, until }));
}

#[test]
fn a_need_gives_way_to_one_that_has_no_choice() {
    let mut clinic = Clinic::in_zone(NEW_YORK);
    clinic.needs = vec![need(&[LASER, ROOM], 0), need(&[LASER], 0)];
    let claims = clinic.fit(clinic.local("2026-02-02T09:00")).unwrap().claims;
    assert_eq!(claims.iter().map(|claim| claim.resource).collect::<Vec<_>>(), [ANNA, LASER, ROOM]);
    assert_eq!(clinic.says("2026-02-02").len(), 12);

    clinic.needs.push(need(&[ROOM], 0));
    assert!(clinic.offers("2026-02-02").is_empty());
    // Nobody else stands in the way, so nothing that gets free would help.
    assert_eq!(clinic.causes("2026-02-02T09:00"), [Cause::NoResource { need: 2 }]);
}

#[test]
fn a_practitioner_cannot_assist_themselves() {
    let mut clinic = Clinic::in_zone(NEW_YORK);
    clinic.practitioners.push(person(BEA));
    clinic.needs = vec![need(&[ANNA, BEA], 0)];
    let fitted = clinic.fit(clinic.local("2026-02-02T09:00")).unwrap();
    assert_eq!(fitted.claims.iter().map(|claim| claim.resource).collect::<Vec<_>>(), [ANNA, BEA]);
    clinic.needs.push(need(&[ANNA, BEA], 0));
    assert!(clinic.fit(clinic.local("2026-02-02T09:00")).is_err());
    assert!(clinic.offers("2026-02-02").is_empty());
}
