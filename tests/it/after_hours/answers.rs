//! What becomes of a 1, a 2, a no, and other words.

use insta::assert_snapshot;

use super::{EVENING, HOT, NIGHT, after, books, called, held, hot, later, standing, tasks, told};
use crate::harness::{CALLER, booking, call_ref};

const OTHER: &str = "+13105550152";

#[tokio::test]
async fn a_1_books_the_first_time_and_the_confirmation_is_the_answer() {
    let vox = after(EVENING).await;
    hot(&vox, 1, CALLER).await;
    let said = vox.says(CALLER, "1").await;
    assert_snapshot!(said, @"Glow MedSpa: your appointment is confirmed for Wednesday, November 25 at 9:00 AM. Questions? Call +13105550199. Reply STOP to opt out.");
    let visit: String = vox
        .one("select a.status || ' ' || a.booked_by || ' ' || (a.local_starts_at) || ' ' || (a.call_id = c.id) from appointments a
              join calls c on c.org_id = a.org_id and c.call_ref = (select call_ref from calls limit 1)")
        .await;
    assert_eq!(visit, "scheduled text 2026-11-25 09:00:00 true");
    assert_eq!((held(&vox).await.as_str(), standing(&vox).await.as_str()), ("", "taken 1"));
    assert_eq!(vox.count("reservations where hold_id is not null").await, 0);
    // The other time is free again.
    assert!(books(&vox, 11, OTHER, "2026-11-26", "9:00 AM").await.starts_with("Great!"));
    // Nobody has to call.
    later(&vox, 15 * 60).await;
    assert_eq!(tasks(&vox, "call_hot_lead").await, "");
}

#[tokio::test]
async fn the_same_answer_twice_is_one_visit_and_one_answer() {
    let vox = after(EVENING).await;
    hot(&vox, 1, CALLER).await;
    for _ in 0..2 {
        assert_eq!(vox.texted(&vox.glow, (CALLER, "2"), (None, 0)).await.status, 200);
    }
    vox.run_jobs().await;
    vox.says(CALLER, "2").await;
    assert_eq!(vox.count("appointments").await, 1);
    assert_eq!(told(&vox, CALLER).len(), 2, "the offer and the confirmation: {:?}", told(&vox, CALLER));
    assert_eq!(vox.count("tasks").await, 0, "{}", tasks(&vox, "answer_text").await);
}

#[tokio::test]
async fn a_time_that_has_gone_is_answered_with_others_once_and_then_by_a_person() {
    let vox = after(EVENING).await;
    hot(&vox, 1, CALLER).await;
    // They sleep over it, the times lapse, and somebody else takes the second one.
    later(&vox, 15 * 60 + 1).await;
    assert!(books(&vox, 11, OTHER, "2026-11-26", "9:00 AM").await.starts_with("Great!"));
    let said = vox.says(CALLER, "2").await;
    assert_snapshot!(said, @"Glow MedSpa: That time has just gone. Reply 1 for Wednesday, November 25 at 11:15 AM or 2 for Thursday, November 26 at 10:30 AM. Both are kept for you until 11:15 AM.");
    assert_snapshot!(held(&vox).await, @"Wed 25 11:15, Thu 26 10:30");
    assert_eq!(standing(&vox).await, "open 2");
    // And those go, too.
    vox.exec("delete from holds where call_ref like 'times:%'").await;
    let jonah = "(select id from resources where name = 'Jonah Reed')";
    vox.exec(&format!(
        "insert into time_off (org_id, id, practitioner_id, starts_at, ends_at) values ('{}', gen_random_uuid(), {jonah}, '2026-11-24', '2026-12-24')",
        vox.glow.org.0
    ))
    .await;
    let said = vox.says(CALLER, "1").await;
    assert_snapshot!(said, @"Glow MedSpa: That time has just gone, sorry. Our team will call you to find another one.");
    assert_snapshot!(tasks(&vox, "find_time").await, @"Call a hot lead: the time that they took by text had gone, and no other was to be had");
    assert_eq!(standing(&vox).await, "declined 2");
    assert_eq!(vox.count("appointments").await, 1);
}

#[tokio::test]
async fn late_is_no_reason_to_refuse_a_time_that_is_still_free() {
    let vox = after(EVENING).await;
    hot(&vox, 1, CALLER).await;
    later(&vox, 15 * 60 + 1).await;
    assert_eq!(standing(&vox).await, "lapsed 1");
    assert!(!tasks(&vox, "call_hot_lead").await.is_empty());
    let said = vox.says(CALLER, "2").await;
    assert!(said.contains("confirmed for Thursday, November 26 at 9:00 AM"), "{said}");
    // Nobody has to call any more.
    assert_eq!(tasks(&vox, "call_hot_lead").await, "");
}

#[tokio::test]
async fn a_no_lets_both_times_go_and_asks_a_person_to_call() {
    let vox = after(EVENING).await;
    hot(&vox, 1, CALLER).await;
    let said = vox.says(CALLER, "no").await;
    assert_snapshot!(said, @"Glow MedSpa: All right, we let those times go. Our team will call you to find another one.");
    assert_eq!((held(&vox).await.as_str(), standing(&vox).await.as_str()), ("", "declined 1"));
    assert_snapshot!(tasks(&vox, "find_time").await, @"Call a hot lead: they texted that none of the times that we kept for them suits");
    later(&vox, 15 * 60).await;
    assert_eq!(tasks(&vox, "call_hot_lead").await, "", "one task, not two");
}

#[tokio::test]
async fn other_words_are_for_a_person_and_both_times_stay() {
    let vox = after(EVENING).await;
    hot(&vox, 1, CALLER).await;
    vox.says(CALLER, "Could I come on Saturday the 5th with my sister?").await;
    assert_eq!(vox.count("tasks where kind = 'answer_text'").await, 1);
    assert_eq!(standing(&vox).await, "open 1");
    assert_eq!(vox.says(CALLER, "yes").await, "Glow MedSpa: Please reply 1 or 2.");
}

#[tokio::test]
async fn t11_a_stop_lets_go_of_what_is_kept() {
    let vox = after(NIGHT).await;
    hot(&vox, 1, CALLER).await;
    assert_ne!(held(&vox).await, "");
    vox.says(CALLER, "STOP").await;
    assert_eq!((held(&vox).await.as_str(), standing(&vox).await.as_str()), ("", "declined 1"));
    later(&vox, 9 * 60 + 1).await;
    assert_eq!(vox.count("texts where kind = 'times_offer' and state <> 'failed'").await, 0);
}

#[tokio::test]
async fn whoever_books_otherwise_during_the_night_gets_no_text_in_the_morning() {
    let vox = after(NIGHT).await;
    hot(&vox, 1, CALLER).await;
    let line = vox.call_from(&vox.glow, &call_ref(2), Some(CALLER));
    line.in_progress().await.unwrap();
    let said =
        line.tool("book_appointment", booking("Botox", "2026-12-01", "10:00", "Dana Fox")).await.unwrap();
    assert!(said.text().starts_with("Great!"), "{}", said.text());
    line.end("customer-ended-call").await.unwrap();
    // Before the next round, too, a late answer books nothing beside it.
    vox.says(CALLER, "2").await;
    assert_eq!(vox.count("appointments").await, 1);
    voxanne::jobs::run_schedules(&vox.app).await.unwrap();
    vox.run_jobs().await;
    assert_eq!((held(&vox).await.as_str(), standing(&vox).await.as_str()), ("", "booked 0"));
    later(&vox, 9 * 60 + 1).await;
    later(&vox, 60).await;
    assert_eq!(told(&vox, CALLER).len(), 1, "their confirmation: {:?}", told(&vox, CALLER));
    assert_eq!(tasks(&vox, "call_hot_lead").await, "");
}

#[tokio::test]
async fn e12_an_answer_to_one_clinic_takes_nothing_at_another() {
    // 7 PM in New York, then 7 PM in Los Angeles.
    let vox = after(EVENING - 3).await;
    let hot = "I'm interested in Botox and filler, I have budget, need it this week";
    called(&vox, &vox.harbor, (1, Some(CALLER)), hot).await;
    later(&vox, 3 * 60).await;
    called(&vox, &vox.glow, (1, Some(CALLER)), HOT).await;
    assert_eq!(vox.count("times_offers").await, 2);
    assert_eq!(vox.count("holds where call_ref like 'times:%'").await, 4);
    vox.says(CALLER, "1").await;
    let booked: String =
        vox.one("select string_agg(o.name, ', ') from appointments a join orgs o using (org_id)").await;
    assert_eq!(booked, "Glow MedSpa");
    assert_eq!(vox.count("holds where call_ref like 'times:%'").await, 2);
    assert_eq!(vox.count("times_offers where state = 'open'").await, 1);
}

#[tokio::test]
async fn t_s5_a_visit_of_a_clinic_without_a_calendar_is_pending() {
    let vox = after(EVENING - 3).await;
    // 7 PM in New York.
    let hot = "I'm interested in Botox and filler, I have budget, need it this week";
    called(&vox, &vox.harbor, (1, Some("+12125550142")), hot).await;
    assert_eq!(vox.count("times_offers").await, 1);
    vox.texted(&vox.harbor, ("+12125550142", "1"), (None, 0)).await;
    vox.run_jobs().await;
    let said = vox.last_to("+12125550142");
    assert!(said.contains("we have your appointment request for"), "{said}");
    assert_eq!(vox.count("appointments where status = 'pending'").await, 1);
    assert_eq!(vox.count("tasks where kind = 'confirm_appointment'").await, 1);
}
