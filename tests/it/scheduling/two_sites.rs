//! Juniper Skin, the demo's clinic with a real one's rules: two sites in two zones, through the voice door.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::harness::{CALLER, Clinic, Voxanne, booking, call_ref};

async fn asked(vox: &Voxanne, at: &Clinic, n: u128, tool: &str, arguments: Value) -> String {
    let call = vox.call_from(at, &call_ref(n), Some(CALLER));
    call.tool(tool, arguments).await.unwrap().text().to_owned()
}

async fn booked(vox: &Voxanne, at: &Clinic, n: u128, service: &str, (date, time): (&str, &str)) -> String {
    asked(vox, at, n, "book_appointment", booking(service, date, time, "Ana Diaz")).await
}

fn on(service: &str, date: &str) -> Value {
    json!({"serviceType": service, "date": date})
}

#[tokio::test]
async fn a_first_filler_waits_for_a_consultation_and_stays_behind_it() {
    let vox = Voxanne::start().await;
    let denver = &vox.denver;
    // On a Wednesday nobody could have it there, on the days after it only she cannot: she hears what it takes.
    for date in ["2026-12-08", "2026-12-09", "next week"] {
        let said = asked(&vox, denver, 1, "check_availability", on("lip filler", date)).await;
        assert_eq!(
            said,
            "For that you'd need a Consultation with us within the last year. Shall I look for a Consultation first?"
        );
    }
    assert!(booked(&vox, denver, 2, "filler", ("2026-12-08", "10:00")).await.starts_with("For that"));
    assert!(booked(&vox, denver, 3, "Consultation", ("2026-12-03", "10:00")).await.starts_with("Great!"));
    assert!(booked(&vox, denver, 4, "filler", ("2026-12-01", "10:00")).await.starts_with("For that"));
    assert!(booked(&vox, denver, 5, "filler", ("2026-12-08", "10:00")).await.starts_with("Great!"));
    // Its own visit counts neither as one she had before nor as one too close.
    let to = |date: &str| json!({"appointmentHint": "filler", "newDate": date});
    let early = asked(&vox, denver, 6, "reschedule_appointment", to("2026-12-01")).await;
    assert!(early.starts_with("For that you'd need a Consultation"), "{early}");
    let later = asked(&vox, denver, 7, "reschedule_appointment", to("2026-12-10")).await;
    assert!(
        later.starts_with("I've moved your Dermal Filler appointment to Thursday, December 10th at 10 AM.")
    );
}

#[tokio::test]
async fn spacing_keeps_visits_apart_and_not_a_visit_from_itself() {
    let vox = Voxanne::start().await;
    let denver = &vox.denver;
    assert!(booked(&vox, denver, 1, "laser", ("2026-12-03", "10:00")).await.starts_with("Great!"));
    let to = json!({"newDate": "2026-12-10", "newTime": "10:15"});
    let said = asked(&vox, denver, 2, "reschedule_appointment", to).await;
    assert!(said.starts_with("I've moved your Laser Hair Removal"), "{said}");
    assert_snapshot!(
        asked(&vox, denver, 3, "check_availability", on("laser", "2027-01-04")).await,
        @"That's too close to another visit of yours. The earliest day would be Thursday, January 7th. Shall I look from then on?"
    );
}

#[tokio::test]
async fn what_nobody_gives_here_is_said_with_where_somebody_does() {
    let vox = Voxanne::start().await;
    let phoenix = &vox.phoenix;
    let elsewhere = "We don't offer Laser Hair Removal here, but we do at Juniper Skin Denver. Shall our team call you to book it there?";
    assert_eq!(asked(&vox, phoenix, 1, "check_availability", on("laser", "tomorrow")).await, elsewhere);
    assert_eq!(asked(&vox, phoenix, 2, "find_openings", json!({"serviceType": "laser"})).await, elsewhere);
    assert_eq!(booked(&vox, phoenix, 3, "laser", ("2026-12-02", "10:00")).await, elsewhere);
    let mut wanted = on("Consultation", "tomorrow");
    wanted["practitionerName"] = "Theo".into();
    assert_snapshot!(
        asked(&vox, phoenix, 4, "check_availability", wanted).await,
        @"Theo Brandt doesn't work here, but at Juniper Skin Denver. Would you like the first person who is available here?"
    );
    // Who works at both sites gives it at both.
    assert_snapshot!(
        asked(&vox, phoenix, 5, "get_clinic_info", json!({"topic": "services"})).await,
        @"We offer Consultation, Botox, Dermal Filler, HydraFacial, and IV Therapy. Which one are you interested in?"
    );
}

#[tokio::test]
async fn d_one_practitioner_at_two_sites_by_each_ones_clock() {
    let vox = Voxanne::start().await;
    let her = |date: &str| {
        let mut wanted = booking("Consultation", date, "10 AM", "Ana Diaz");
        wanted["practitionerName"] = "Lena".into();
        wanted
    };
    // Tuesdays in Denver, Wednesdays in Phoenix. In July 10 AM is an hour later there.
    let said = asked(&vox, &vox.denver, 1, "book_appointment", her("2027-07-06")).await;
    assert!(said.contains("Tuesday, July 6th at 10 AM"), "{said}");
    let said = asked(&vox, &vox.phoenix, 2, "book_appointment", her("2027-07-07")).await;
    assert!(said.contains("Wednesday, July 7th at 10 AM"), "{said}");
    for at in ["2027-07-06T16:00:00Z", "2027-07-07T17:00:00Z"] {
        assert_eq!(vox.count(&format!("appointments where starts_at = '{at}'")).await, 1, "{at}");
    }
    // On the other site's line it is still a visit of its own site: only where it is its clock counts.
    let said = asked(&vox, &vox.denver, 3, "find_my_appointments", json!({})).await;
    assert_snapshot!(said, @"You have 2 visits ahead: Consultation on Tuesday, July 6th at 10 AM and Consultation on Wednesday, July 7th at 10 AM at Juniper Skin Phoenix.");
    let to = json!({"appointmentHint": "July 7th", "newTime": "11 AM"});
    let said = asked(&vox, &vox.denver, 4, "reschedule_appointment", to).await;
    assert!(said.contains("Wednesday, July 7th at 11 AM"), "{said}");
    assert_eq!(vox.count("appointments where starts_at = '2027-07-07T18:00:00Z'").await, 1);
    let tuesday = json!({"appointmentHint": "July 7th", "newDate": "2027-07-06"});
    let said = asked(&vox, &vox.denver, 5, "reschedule_appointment", tuesday).await;
    assert!(said.starts_with("I'm sorry, nobody is available for that at that time."), "{said}");
}

#[tokio::test]
async fn a_text_says_which_site_and_whom_to_call_there() {
    let vox = Voxanne::start().await;
    booked(&vox, &vox.phoenix, 1, "Consultation", ("2026-12-02", "10:00")).await;
    vox.run_jobs().await;
    assert_snapshot!(
        vox.texts_to(CALLER)[0].body,
        @"Juniper Skin Phoenix: your appointment is confirmed for Wednesday, December 2 at 10:00 AM. Questions? Call +14805550199. Reply STOP to opt out."
    );
}

#[tokio::test]
async fn injectables_are_given_while_somebody_supervises_and_the_licence_is_good() {
    let vox = Voxanne::start().await;
    let said = booked(&vox, &vox.denver, 1, "Botox", ("2026-12-04", "09:00")).await;
    assert_snapshot!(said, @"I'm sorry, nobody is available for that at that time. On Tuesday, December 8th I have 9 AM, 9:15 AM, and 9:30 AM; would one of those work?");
    let mut theo = booking("Botox", "2027-03-02", "09:00", "Ana Diaz");
    theo["practitionerName"] = "Theo".into();
    assert_snapshot!(
        asked(&vox, &vox.denver, 2, "book_appointment", theo).await,
        @"I'm sorry, nobody is available for that at that time. Would you like the first person who is available?"
    );
    let closed = asked(&vox, &vox.denver, 3, "check_availability", on("HydraFacial", "2026-12-25")).await;
    assert!(closed.starts_with("I'm sorry, we're closed on Friday, December 25th."), "{closed}");
    let lunch = booked(&vox, &vox.denver, 4, "laser", ("2026-12-02", "12:15")).await;
    assert!(lunch.starts_with("Great!"), "Theo has no lunch break: {lunch}");
    assert_eq!(
        vox.count("appointments a join resources r on r.id = a.practitioner_id where r.name = 'Theo Brandt'")
            .await,
        1
    );
}
