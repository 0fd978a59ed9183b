//! Caps, eligibility, supervision, prerequisites, spacing, breaks, dates, assignment: through the voice door.

use std::collections::BTreeMap;

use insta::assert_snapshot;

use super::{asked, booked, caller, id_of};
use crate::harness::{Voxanne, booking, call_ref};

const DAY: &str = "2026-12-01";

#[tokio::test]
async fn t_r6_a_full_day_is_not_offered_and_the_third_is_refused_at_the_write() {
    let vox = Voxanne::start().await;
    vox.exec("update services set daily_cap = 2 where name = 'Botox'").await;
    assert!(booked(&vox, 1, &caller(1), "Botox", (DAY, "09:00")).await.starts_with("Great!"));
    assert!(asked(&vox, 2, &caller(2), "Botox", DAY).await.starts_with("For Tuesday"));
    assert!(booked(&vox, 3, &caller(2), "Botox", (DAY, "12:00")).await.starts_with("Great!"));
    assert!(
        asked(&vox, 4, &caller(3), "Botox", DAY)
            .await
            .starts_with("I'm sorry, we have nothing left on Tuesday")
    );
    let said = booked(&vox, 5, &caller(3), "Botox", (DAY, "15:00")).await;
    assert_snapshot!(said, @"I'm sorry, that day is full for this treatment. On Wednesday, December 2nd I have 9 AM, 9:45 AM, and 10:30 AM; would one of those work?");
    // Another service of the same people is not capped, and a cancelled visit gives its place back.
    assert!(asked(&vox, 6, &caller(3), "Dermal Filler", DAY).await.starts_with("For Tuesday"));
    let call = vox.call_from(&vox.glow, &call_ref(7), Some(&caller(2)));
    call.tool("cancel_appointment", serde_json::json!({})).await.unwrap();
    assert!(booked(&vox, 8, &caller(3), "Botox", (DAY, "15:00")).await.starts_with("Great!"));
}

#[tokio::test]
async fn t_r6_a_hundred_at_once_get_no_more_than_the_cap() {
    let vox = Voxanne::start_with(|config| {
        config.voice.tool_budget_ms = 19_000;
        config.database.live_wait_ms = 18_000;
    })
    .await;
    vox.exec("update services set daily_cap = 3 where name = 'Botox'").await;
    let times = ["09:00", "09:45", "10:30", "11:15", "12:00", "12:45", "13:30", "14:15", "15:00", "15:45"];
    let wishes: Vec<_> = (0..100_u32).map(|n| (caller(n), times[n as usize % times.len()])).collect();
    let all =
        wishes.iter().zip(0_u128..).map(|((from, time), n)| booked(&vox, n, from, "Botox", (DAY, time)));
    let said = futures::future::join_all(all).await;
    assert_eq!(said.iter().filter(|said| said.starts_with("Great!")).count(), 3);
    assert_eq!(vox.count("appointments").await, 3);
}

#[tokio::test]
async fn a_practitioners_cap_counts_every_service() {
    let vox = Voxanne::start().await;
    vox.exec(&format!(
        "update practitioners set daily_cap = 1 where id = {}",
        id_of("resources", &vox, "Jonah Reed")
    ))
    .await;
    assert!(booked(&vox, 1, &caller(1), "IPL", (DAY, "09:00")).await.starts_with("Great!"));
    let said = booked(&vox, 2, &caller(2), "Body Contouring", (DAY, "15:00")).await;
    assert!(said.starts_with("I'm sorry, everyone is fully booked that day."), "{said}");
    assert!(
        booked(&vox, 3, &caller(3), "Laser Treatment", (DAY, "15:00")).await.starts_with("Great!"),
        "Priya does it too"
    );
}

#[tokio::test]
async fn t_r7_without_the_director_on_site_no_injectables_and_still_a_hydrafacial() {
    let vox = Voxanne::start().await;
    let maya = id_of("resources", &vox, "Dr. Maya Chen");
    vox.exec(&format!(
        "update practitioners set supervises = true, own_hours = true where id = {maya};
         insert into weekly_hours (org_id, id, location_id, practitioner_id, weekday, opens_minute, closes_minute)
         select r.org_id, gen_random_uuid(), r.location_id, r.id, d, 540, 1080 from resources r, unnest(array[2, 4]) d where r.id = {maya};
         update services set supervised = true where name in ('Botox', 'Dermal Filler')"
    ))
    .await;
    // A Tuesday, and the Wednesday after it.
    assert!(asked(&vox, 1, &caller(1), "Botox", "2026-12-01").await.starts_with("For Tuesday"));
    assert!(
        asked(&vox, 2, &caller(1), "Botox", "2026-12-02")
            .await
            .starts_with("I'm sorry, we have nothing left on Wednesday")
    );
    assert!(asked(&vox, 3, &caller(1), "HydraFacial", "2026-12-02").await.starts_with("For Wednesday"));
    let said = booked(&vox, 4, &caller(1), "Botox", ("2026-12-02", "10:30")).await;
    assert!(said.starts_with("I'm sorry, nobody is available for that at that time."), "{said}");
    assert!(booked(&vox, 5, &caller(1), "Botox", ("2026-12-01", "10:30")).await.starts_with("Great!"));
}

#[tokio::test]
async fn a_licence_counts_through_its_last_day_and_only_for_licensed_services() {
    let vox = Voxanne::start().await;
    vox.exec(&format!(
        "update practitioners set licence_expires_on = '2026-12-01' where id = {};
         update services set licensed = true where name = 'IPL'",
        id_of("resources", &vox, "Jonah Reed")
    ))
    .await;
    assert!(asked(&vox, 1, &caller(1), "IPL", "2026-12-01").await.starts_with("For Tuesday"));
    assert!(
        asked(&vox, 2, &caller(1), "IPL", "2026-12-02").await.starts_with("I'm sorry, we have nothing left")
    );
    assert!(asked(&vox, 3, &caller(1), "Body Contouring", "2026-12-02").await.starts_with("For Wednesday"));
}

async fn with_consultation_first(vox: &Voxanne) {
    vox.exec(&format!(
        "insert into service_prerequisites (org_id, service_id, required_service_id, first_time_only) values ('{}', {}, {}, true)",
        vox.glow.org.0,
        id_of("services", vox, "Dermal Filler"),
        id_of("services", vox, "Consultation")
    ))
    .await;
}

#[tokio::test]
async fn a_first_filler_needs_a_consultation_and_a_consultation_opens_the_way() {
    let vox = Voxanne::start().await;
    with_consultation_first(&vox).await;
    let said = asked(&vox, 1, &caller(1), "Dermal Filler", DAY).await;
    assert_snapshot!(said, @"For that you'd need a Consultation with us first. Shall I look for a Consultation first?");
    let said = booked(&vox, 2, &caller(1), "Dermal Filler", (DAY, "14:15")).await;
    assert_snapshot!(said, @"For that you'd need a Consultation with us first. Shall I look for a Consultation first?");
    assert!(booked(&vox, 3, &caller(1), "Consultation", (DAY, "10:30")).await.starts_with("Great!"));
    // Not before it, but after it; and nobody else profits from it.
    assert!(
        booked(&vox, 4, &caller(1), "Dermal Filler", (DAY, "09:00")).await.starts_with("For that you'd need")
    );
    assert!(
        booked(&vox, 5, &caller(2), "Dermal Filler", (DAY, "14:15")).await.starts_with("For that you'd need")
    );
    assert!(booked(&vox, 6, &caller(1), "Dermal Filler", (DAY, "14:15")).await.starts_with("Great!"));
    // The second filler asks no more.
    assert!(
        booked(&vox, 7, &caller(1), "Dermal Filler", ("2026-12-15", "09:00")).await.starts_with("Great!")
    );
}

#[tokio::test]
async fn an_exam_is_valid_for_a_year_and_a_cancelled_one_not_at_all() {
    let vox = Voxanne::start().await;
    vox.exec(&format!(
        "insert into service_prerequisites (org_id, service_id, required_service_id, valid_days) values ('{}', {}, {}, 365)",
        vox.glow.org.0,
        id_of("services", &vox, "Botox"),
        id_of("services", &vox, "Consultation")
    ))
    .await;
    assert!(booked(&vox, 1, &caller(1), "Consultation", ("2026-11-24", "14:15")).await.starts_with("Great!"));
    assert!(booked(&vox, 2, &caller(1), "Botox", ("2026-12-01", "14:15")).await.starts_with("Great!"));
    vox.exec("update appointments set status = 'cancelled' where status = 'scheduled' and local_starts_at < '2026-11-25'; delete from reservations").await;
    let said = booked(&vox, 3, &caller(1), "Botox", ("2026-12-08", "14:15")).await;
    assert!(said.starts_with("For that you'd need a Consultation with us within the last year."), "{said}");
}

#[tokio::test]
async fn treatments_of_one_person_keep_their_distance() {
    let vox = Voxanne::start().await;
    vox.exec(&format!(
        "insert into service_spacings (org_id, service_id, other_service_id, days) values ('{}', {laser}, {laser}, 28)",
        vox.glow.org.0,
        laser = id_of("services", &vox, "Laser Treatment")
    ))
    .await;
    assert!(
        booked(&vox, 1, &caller(1), "Laser Treatment", ("2026-12-01", "10:30")).await.starts_with("Great!")
    );
    let said = booked(&vox, 2, &caller(1), "Laser Treatment", ("2026-12-20", "10:30")).await;
    assert_snapshot!(said, @"That's too close to another visit of yours. The earliest day would be Tuesday, December 29th. On Tuesday, December 29th I have 9 AM, 9:45 AM, and 10:30 AM; would one of those work?");
    assert!(
        booked(&vox, 3, &caller(2), "Laser Treatment", ("2026-12-20", "10:30")).await.starts_with("Great!")
    );
    assert!(
        booked(&vox, 4, &caller(1), "Laser Treatment", ("2026-12-29", "10:30")).await.starts_with("Great!")
    );
}

#[tokio::test]
async fn breaks_dates_and_holidays_decide_what_is_offered() {
    let vox = Voxanne::start().await;
    let org = vox.glow.org.0;
    vox.exec(&format!(
        "insert into weekly_hours (org_id, id, location_id, kind, weekday, opens_minute, closes_minute)
         select l.org_id, gen_random_uuid(), l.id, 'break', d, 720, 780 from locations l, generate_series(1, 7) d where l.org_id = '{org}';
         -- From December 7th on the clinic opens at noon on Mondays.
         update weekly_hours set effective_to = '2026-12-06' where org_id = '{org}' and weekday = 1 and kind = 'open';
         insert into weekly_hours (org_id, id, location_id, weekday, opens_minute, closes_minute, effective_from)
         select l.org_id, gen_random_uuid(), l.id, 1, 720, 1080, date '2026-12-07' from locations l where l.org_id = '{org}';
         insert into closures (org_id, id, local_date, local_until, reason) values ('{org}', gen_random_uuid(), '2026-12-24', '2026-12-26', 'Holidays')"
    ))
    .await;
    assert_snapshot!(asked(&vox, 1, &caller(1), "Botox", "2026-11-30").await, @"For Monday, November 30th, I have availability at 9 AM, 9:45 AM, 10:30 AM, 11:15 AM, 1 PM, and 5 more times. Which time works best for you?");
    assert_snapshot!(asked(&vox, 2, &caller(1), "Botox", "2026-12-07").await, @"For Monday, December 7th, I have availability at 1 PM, 1:45 PM, 2:30 PM, 3:15 PM, 4 PM, and 1 more time. Which time works best for you?");
    assert_snapshot!(asked(&vox, 3, &caller(1), "Botox", "2026-12-25").await, @"I'm sorry, we're closed on Friday, December 25th. The nearest day with openings is Sunday, December 27th, from 9 AM; would that work?");
    let said = booked(&vox, 4, &caller(1), "Botox", ("2026-12-01", "12:15")).await;
    assert!(said.starts_with("I'm sorry, that's outside our opening hours."), "{said}");
}

#[tokio::test]
async fn t_a5_who_is_away_is_never_assigned() {
    let vox = Voxanne::start().await;
    let org = vox.glow.org.0;
    vox.exec(&format!(
        "insert into time_off (org_id, id, practitioner_id, starts_at, ends_at) values ('{org}', gen_random_uuid(), {}, '2026-12-01T08:00:00Z', '2026-12-02T08:00:00Z')",
        id_of("resources", &vox, "Jonah Reed")
    ))
    .await;
    assert!(
        asked(&vox, 1, &caller(1), "IPL", "2026-12-01").await.starts_with("I'm sorry, we have nothing left")
    );
    assert!(asked(&vox, 2, &caller(1), "IPL", "2026-12-02").await.starts_with("For Wednesday"));
    booked(&vox, 3, &caller(1), "Laser Treatment", ("2026-12-01", "10:30")).await;
    let who: String =
        vox.one("select r.name from appointments a join resources r on r.id = a.practitioner_id").await;
    assert_eq!(who, "Priya Patel");
}

#[tokio::test]
async fn t_a2_turns_are_fair_within_one_and_a_cancelled_turn_comes_back() {
    let vox = Voxanne::start().await;
    vox.exec("update services set assignment = 'round_robin' where name = 'Consultation'").await;
    let mut given: BTreeMap<String, i64> = BTreeMap::new();
    for n in 0..12_u32 {
        let day = format!("2026-12-{:02}", 1 + n);
        assert!(
            booked(&vox, n.into(), &caller(n), "Consultation", (&day, "10:30")).await.starts_with("Great!")
        );
        let who: String = vox
            .one(&format!("select r.name from appointments a join resources r on r.id = a.practitioner_id where local_starts_at::date = '{day}'"))
            .await;
        *given.entry(who).or_default() += 1;
    }
    assert_eq!(given.len(), 5, "{given:?}");
    assert!(given.values().all(|n| (2..=3).contains(n)), "{given:?}");
    let before: i64 = vox.one("select sum(turns)::bigint from practitioner_turns").await;
    assert_eq!(before, 12);
    let call = vox.call_from(&vox.glow, &call_ref(99), Some(&caller(0)));
    call.tool("cancel_appointment", serde_json::json!({})).await.unwrap();
    assert_eq!(vox.one::<i64>("select sum(turns)::bigint from practitioner_turns").await, 11);
    // Who is asked for gives it, and it is nobody's turn.
    let mut arguments = booking("Consultation", "2026-12-20", "10:30", "Bea Fox");
    arguments["practitionerName"] = "Sofia".into();
    let call = vox.call_from(&vox.glow, &call_ref(100), Some(&caller(50)));
    assert!(call.tool("book_appointment", arguments).await.unwrap().text().starts_with("Great!"));
    assert_eq!(vox.one::<i64>("select sum(turns)::bigint from practitioner_turns").await, 11);
}

#[tokio::test]
async fn two_sites_in_two_zones_share_a_practitioner_and_no_hour_of_theirs() {
    let vox = Voxanne::start().await;
    let org = vox.glow.org.0;
    let jonah = id_of("resources", &vox, "Jonah Reed");
    // Jonah is in Phoenix on Tuesdays from 8 to 12, at home in the afternoon; Phoenix is an hour ahead in winter.
    vox.exec(&format!(
        "insert into locations (org_id, id, name, time_zone, position) values ('{org}', '00000000-0000-7000-8000-00000000000a', 'Phoenix', 'America/Phoenix', 1);
         insert into weekly_hours (org_id, id, location_id, practitioner_id, weekday, opens_minute, closes_minute)
         select l.org_id, gen_random_uuid(), l.id, {jonah}, 2, 480, 720 from locations l where l.name = 'Phoenix'
         union all
         select l.org_id, gen_random_uuid(), l.id, {jonah}, 2, 540, 1080 from locations l where l.name = 'Glow MedSpa';
         insert into weekly_hours (org_id, id, location_id, weekday, opens_minute, closes_minute)
         select l.org_id, gen_random_uuid(), l.id, d, 480, 1080 from locations l, generate_series(1, 7) d where l.name = 'Phoenix';
         update practitioners set own_hours = true where id = {jonah};
         insert into phone_numbers (org_id, id, number, platform_phone_number_id, location_id) values ('{org}', gen_random_uuid(), '+16025550100', 'phoenix-line', '00000000-0000-7000-8000-00000000000a')"
    ))
    .await;
    let mut phoenix = vox.glow.clone();
    phoenix.assistant_id = String::new();
    phoenix.phone_number_id = "phoenix-line".into();
    phoenix.number = "+16025550100".into();
    let there = |n: u128, from: u32| vox.call_from(&phoenix, &call_ref(n), Some(&caller(from)));
    let ask = serde_json::json!({"date": "2026-12-01", "serviceType": "IPL"});
    let said = there(1, 1).tool("check_availability", ask).await.unwrap().text().to_owned();
    assert_snapshot!(said, @"For Tuesday, December 1st, I have availability at 8 AM, 8:45 AM, 9:30 AM, 10:15 AM, and 11 AM. Which time works best for you?");
    let said = there(2, 1)
        .tool("book_appointment", booking("IPL", "2026-12-01", "11:00", "Ana Diaz"))
        .await
        .unwrap();
    assert!(said.text().starts_with("Great!"), "{}", said.text());
    let stored: String = vox
        .one("select time_zone || ' ' || to_char(starts_at at time zone 'UTC', 'HH24:MI') from appointments")
        .await;
    assert_eq!(stored, "America/Phoenix 18:00");
    // 10 AM in Los Angeles is 11 AM in Phoenix, where he is.
    let said = booked(&vox, 3, &caller(2), "IPL", ("2026-12-01", "10:00")).await;
    assert!(said.starts_with("I'm sorry, that time was just taken."), "{said}");
    assert!(booked(&vox, 4, &caller(2), "IPL", ("2026-12-01", "10:45")).await.starts_with("Great!"));
}

#[tokio::test]
async fn a_room_for_two_takes_whoever_fits_whatever_the_order_they_came_in() {
    let vox = Voxanne::start().await;
    // One bay of two places; three people whose visits chain.
    vox.exec(
        "delete from service_needs where service_id in (select id from services where name = 'IV Therapy')
             and resource_id not in (select id from resources where name = 'Treatment Room 3');
         insert into service_practitioners (org_id, service_id, practitioner_id)
         select s.org_id, s.id, p.id from services s join practitioners p on p.org_id = s.org_id where s.name = 'IV Therapy' on conflict do nothing",
    )
    .await;
    let iv = async |n: u32, time: &str| booked(&vox, n.into(), &caller(n), "IV Therapy", (DAY, time)).await;
    for (n, time) in [(1, "10:00"), (2, "10:00")] {
        assert!(iv(n, time).await.starts_with("Great!"), "{time}");
    }
    let call = vox.call_from(&vox.glow, &call_ref(3), Some(&caller(1)));
    call.tool("cancel_appointment", serde_json::json!({})).await.unwrap();
    assert!(iv(4, "09:00").await.starts_with("Great!"));
    let lanes: String = vox.one("select string_agg(lane::text, ',' order by starts_at) from reservations where lane > 1 or resource_id in (select id from resources where kind = 'room')").await;
    assert_eq!(lanes, "1,2", "or this proves nothing: 9 to 10 on one lane, 10 to 11 on the other");
    // Never more than one at a time is there, and yet no lane is free from 9:30 to 10:30: somebody changes lanes.
    assert!(iv(5, "09:30").await.starts_with("Great!"));
    assert_eq!(vox.count("appointments where status = 'scheduled'").await, 3);
    assert_eq!(vox.count("reservations").await, 6, "every visit still has its person and its place");
    assert!(iv(6, "09:45").await.starts_with("I'm sorry"), "two are there by then");
}
