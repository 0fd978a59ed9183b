//! Who is offered what, and in which order.

use insta::assert_snapshot;
use jiff::SignedDuration;
use reqwest::Method;

use super::{
    ANN, BEA, CAT, FREED, free, join, join_for, last_to, later, link_of, page, say, standing, without_link,
};
use crate::harness::{Voxanne, booking, call_ref};

#[tokio::test]
async fn a_time_that_opens_up_is_offered_and_taken_by_one_word() {
    let vox = Voxanne::start().await;
    assert_snapshot!(join(&vox, ANN).await, @"I've put you on the waitlist for Botox. If a time opens up between Tuesday, November 24th and Thursday, December 24th, we'll text you.");
    free(&vox, FREED).await;
    assert_snapshot!(without_link(&last_to(&vox, ANN)), @"Glow MedSpa: a time opened up: Thursday, December 3 at 2:00 PM. Reply TAKE by 10:30 AM today to book it, or PASS. Or tap [link]. Reply STOP to opt out.");
    assert_eq!(vox.count("holds where held_by = 'waitlist' and expires_at > created_at").await, 1);
    assert_eq!(standing(&vox).await, "101 offered 1");
    say(&vox, ANN, "Take").await;
    assert_snapshot!(last_to(&vox, ANN), @"Glow MedSpa: your appointment is confirmed for Thursday, December 3 at 2:00 PM. Questions? Call +13105550199. Reply STOP to opt out.");
    assert_eq!(vox.texts_to(ANN).len(), 2, "the confirmation is the answer");
    assert_eq!(standing(&vox).await, "101 booked 1");
    assert_eq!(
        vox.count(&format!(
            "appointments where booked_by = 'waitlist' and starts_at = '{FREED}' and customer_phone = '{ANN}'"
        ))
        .await,
        1
    );
    assert_eq!(vox.count("holds").await, 0);
    assert_eq!(
        vox.count("waitlist_offers where state = 'taken' and settled_at is not null and hold_id is null")
            .await,
        1
    );
}

#[tokio::test]
async fn a_visit_that_is_called_off_is_filled_by_whoever_waits() {
    let vox = Voxanne::start().await;
    // Both who inject are booked at 2 PM, so nothing is free then.
    for (n, who) in [(1, BEA), (2, CAT)] {
        let line = vox.call_from(&vox.glow, &call_ref(n), Some(who));
        line.tool("book_appointment", booking("Botox", "2026-12-03", "14:00", "Dana Fox")).await.unwrap();
    }
    join(&vox, ANN).await;
    vox.run_jobs().await;
    assert_eq!(standing(&vox).await, "101 waiting 0");
    let line = vox.call_from(&vox.glow, &call_ref(3), Some(BEA));
    line.tool("cancel_appointment", serde_json::json!({ "confirmed": true })).await.unwrap();
    let cancelled = vox.count("appointments where status = 'cancelled'").await;
    assert_eq!(cancelled, 1);
    vox.run_jobs().await;
    assert_eq!(standing(&vox).await, "101 offered 1");
    say(&vox, ANN, "TAKE").await;
    assert_eq!(standing(&vox).await, "101 booked 1");
    assert_eq!(vox.count("appointments where status = 'scheduled'").await, 2);
}

#[tokio::test]
async fn a_link_shows_the_time_and_only_its_button_takes_it() {
    let vox = Voxanne::start().await;
    join(&vox, ANN).await;
    free(&vox, FREED).await;
    let link = link_of(&vox, ANN);
    let (status, text) = page(&vox, Method::GET, &link).await;
    assert_eq!(status, 200);
    assert_snapshot!(text, @"Glow MedSpa A time opened up: Thursday, December 3 at 2:00 PM It's kept for you until 10:30 AM today. Book this time");
    assert_eq!(vox.http.head(&link).send().await.unwrap().status(), 200);
    assert_eq!(vox.count("appointments").await, 0, "looking takes nothing");
    let answer = vox.http.get(&link).send().await.unwrap();
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert_eq!(answer.headers()["referrer-policy"], "no-referrer");
    let html = answer.text().await.unwrap();
    assert!(
        !html.contains("script") && !html.contains("Botox") && html.contains("width=device-width"),
        "{html}"
    );
    assert_snapshot!(page(&vox, Method::POST, &link).await.1, @"Glow MedSpa You&#39;re all set: Thursday, December 3 at 2:00 PM is yours.");
    let (status, text) = page(&vox, Method::POST, &format!("{link}.")).await;
    assert_eq!(status, 200);
    assert_snapshot!(text, @"Glow MedSpa It&#39;s yours already: Thursday, December 3 at 2:00 PM.");
    assert_snapshot!(page(&vox, Method::GET, &link).await.1, @"Glow MedSpa It&#39;s yours already: Thursday, December 3 at 2:00 PM.");
    assert_eq!(vox.count("appointments").await, 1);
    let (status, text) = page(&vox, Method::POST, &format!("{}/w/nobody", vox.url)).await;
    assert_eq!(status, 404);
    assert_snapshot!(text, @"Waitlist This link leads to no offer. Please call us to book.");
}

#[tokio::test]
async fn nobody_gets_a_second_offer_before_an_equal_who_had_none() {
    let vox = Voxanne::start().await;
    for who in [ANN, BEA, CAT] {
        join(&vox, who).await;
    }
    free(&vox, FREED).await;
    assert_eq!(standing(&vox).await, "101 offered 1, 102 waiting 0, 103 waiting 0", "who waited longest");
    say(&vox, ANN, "pass").await;
    assert_eq!(standing(&vox).await, "101 waiting 1, 102 offered 1, 103 waiting 0", "passed on to the next");
    free(&vox, "2026-12-04T22:00:00Z").await;
    assert_eq!(standing(&vox).await, "101 waiting 1, 102 offered 1, 103 offered 1", "who had none");
    free(&vox, "2026-12-05T22:00:00Z").await;
    assert_eq!(
        standing(&vox).await,
        "101 offered 2, 102 offered 1, 103 offered 1",
        "and then the first again"
    );
    // Whoever asks for just this practitioner comes first, having waited least.
    let line = vox.call_from(&vox.glow, &call_ref(104), Some("+13105550104"));
    let wish = serde_json::json!({ "serviceType": "Botox", "practitionerName": "Nora" });
    line.tool("join_waitlist", wish).await.unwrap();
    let other = vox.call_from(&vox.glow, &call_ref(105), Some("+13105550105"));
    other.tool("join_waitlist", serde_json::json!({ "serviceType": "Botox" })).await.unwrap();
    free(&vox, "2026-12-06T22:00:00Z").await;
    assert!(standing(&vox).await.contains("104 offered 1"), "{}", standing(&vox).await);
}

#[tokio::test]
async fn an_offer_lapses_is_passed_on_and_comes_too_late_for_the_first() {
    let vox = Voxanne::start().await;
    join(&vox, ANN).await;
    join(&vox, BEA).await;
    free(&vox, FREED).await;
    later(&vox, 29).await;
    assert_eq!(standing(&vox).await, "101 offered 1, 102 waiting 0", "a job that comes early waits");
    later(&vox, 2).await;
    assert_eq!(standing(&vox).await, "101 waiting 1, 102 offered 1");
    say(&vox, ANN, "TAKE").await;
    assert_snapshot!(last_to(&vox, ANN), @"Glow MedSpa: I'm sorry, that time has just gone to somebody else. You're still on the list.");
    assert_eq!(page(&vox, Method::POST, &link_of(&vox, ANN)).await.0, 409);
    say(&vox, BEA, "TAKE").await;
    assert_eq!(standing(&vox).await, "101 waiting 1, 102 booked 1");
    assert_eq!(vox.count("appointments").await, 1);
}

#[tokio::test]
async fn a_lapsed_offer_whose_time_is_still_free_is_booked_all_the_same() {
    let vox = Voxanne::start().await;
    join(&vox, ANN).await;
    free(&vox, FREED).await;
    later(&vox, 31).await;
    assert_eq!(standing(&vox).await, "101 waiting 1");
    assert_eq!(vox.count("holds").await, 0);
    assert_snapshot!(page(&vox, Method::GET, &link_of(&vox, ANN)).await.1, @"Glow MedSpa A time opened up: Thursday, December 3 at 2:00 PM This offer has run out. The time may still be free. Book this time");
    say(&vox, ANN, "take it").await;
    assert_eq!(standing(&vox).await, "101 booked 1");
}

#[tokio::test]
async fn an_offer_without_its_job_lapses_all_the_same() {
    let vox = Voxanne::start().await;
    join(&vox, ANN).await;
    free(&vox, FREED).await;
    vox.exec("delete from graphile_worker._private_jobs").await;
    vox.later(SignedDuration::from_mins(31));
    voxanne::jobs::run_schedules(&vox.app).await.unwrap();
    assert_eq!(standing(&vox).await, "101 waiting 1");
}

#[tokio::test]
async fn what_is_on_offer_can_be_had_by_nobody_else() {
    let vox = Voxanne::start().await;
    join_for(&vox, ANN, "Laser Treatment").await;
    free(&vox, FREED).await;
    assert_eq!(standing(&vox).await, "101 offered 1", "the laser was free, whoever the time was freed by");
    assert!(!vox.hold_laser("another-call", FREED).await, "the one laser is on offer");
    let line = vox.call_from(&vox.glow, &call_ref(9), Some(BEA));
    let said = line
        .tool("book_appointment", booking("Laser Treatment", "2026-12-03", "14:00", "Bea Lu"))
        .await
        .unwrap();
    assert!(said.text().starts_with("I'm sorry, that time was just taken."), "{}", said.text());
    say(&vox, ANN, "no thanks").await;
    assert!(vox.hold_laser("another-call", FREED).await, "given back");
}

#[tokio::test]
async fn a_time_that_is_taken_again_or_too_near_or_unsuitable_is_not_offered() {
    let vox = Voxanne::start().await;
    join(&vox, ANN).await;
    // Both who inject are busy then.
    for (n, name) in [(1, "Dana Fox"), (2, "Eve Moss")] {
        let line = vox.call_from(&vox.glow, &call_ref(n), Some(&format!("+1310555015{n}")));
        line.tool("book_appointment", booking("Botox", "2026-12-03", "14:00", name)).await.unwrap();
    }
    free(&vox, FREED).await;
    // It is 10 AM: from 10:15 to 11 nothing starts an hour ahead.
    free(&vox, "2026-11-24T18:15:00Z").await;
    // Before and after the window.
    free(&vox, "2026-12-26T22:00:00Z").await;
    assert_eq!(standing(&vox).await, "101 waiting 0");
    assert_eq!((vox.count("holds").await, vox.count("waitlist_offers").await), (0, 0));
    vox.exec("update waitlist_entries set part_of_day = 'morning'").await;
    free(&vox, "2026-12-04T22:00:00Z").await;
    assert_eq!(standing(&vox).await, "101 waiting 0");
    free(&vox, "2026-12-04T18:00:00Z").await;
    assert_eq!(standing(&vox).await, "101 offered 1");
}

#[tokio::test]
async fn a_freed_start_off_the_grid_is_offered_from_the_next_start_within_it() {
    let vox = Voxanne::start().await;
    join(&vox, ANN).await;
    // Nora and Maya are busy until 2:15 PM: the freed time begins earlier, and can be used from then on.
    vox.exec(
        "insert into time_off (org_id, id, practitioner_id, starts_at, ends_at)
         select org_id, gen_random_uuid(), id, '2026-12-03T21:00:00Z', '2026-12-03T22:15:00Z' from resources
          where name in ('Nora Alvarez', 'Dr. Maya Chen')",
    )
    .await;
    free(&vox, FREED).await;
    let start: String =
        vox.one("select to_char(starts_at at time zone 'UTC', 'HH24:MI') from waitlist_offers").await;
    assert!(("22:15".."22:45").contains(&start.as_str()), "{start}");
}

#[tokio::test]
async fn an_entry_whose_last_day_has_passed_is_offered_nothing() {
    let vox = Voxanne::start().await;
    join(&vox, ANN).await;
    vox.later(SignedDuration::from_hours(24 * 31));
    voxanne::jobs::run_schedules(&vox.app).await.unwrap();
    assert_eq!(standing(&vox).await, "101 expired 0");
    free(&vox, "2026-12-28T22:00:00Z").await;
    assert_eq!(vox.texts_to(ANN).len(), 0);
}

#[tokio::test]
async fn who_cannot_be_texted_is_skipped_and_staff_learn_of_it_once() {
    let vox = Voxanne::start().await;
    join(&vox, ANN).await;
    join(&vox, BEA).await;
    super::text_us(&vox, ANN, "STOP").await;
    free(&vox, FREED).await;
    assert_eq!(standing(&vox).await, "101 waiting 0, 102 offered 1");
    assert_eq!(vox.count("holds").await, 1);
    say(&vox, BEA, "pass").await;
    assert_eq!(standing(&vox).await, "101 waiting 0, 102 waiting 1");
    assert_eq!(vox.count("holds").await, 0);
    assert_eq!(vox.count("tasks where kind = 'waitlist_unreachable'").await, 1);
    assert_eq!(vox.count("tasks").await, 1, "and of nothing else");
}

#[tokio::test]
async fn while_texting_is_off_nothing_is_offered() {
    let vox = Voxanne::start().await;
    join(&vox, ANN).await;
    vox.exec("update integration_settings set texting_enabled = false").await;
    free(&vox, FREED).await;
    assert_eq!(
        (vox.count("holds").await, vox.count("waitlist_offers").await, vox.count("texts").await),
        (0, 0, 0)
    );
}
