//! What people text back about an offer.

use insta::assert_snapshot;

use super::{ANN, BEA, FREED, free, join, join_for, last_to, post_text, say, standing, text_us};
use crate::harness::{Voxanne, booking, call_ref};

#[tokio::test]
async fn a_yes_or_a_no_means_an_offer_only_to_whoever_has_one() {
    let vox = Voxanne::start().await;
    join(&vox, ANN).await;
    for body in ["Yes", "no", "See you Friday?"] {
        say(&vox, ANN, body).await;
    }
    assert_eq!(
        vox.count(
            "tasks where kind = 'answer_text' and title = 'Answer a text' and inbound_text_id is not null"
        )
        .await,
        1,
        "one thread, one task"
    );
    assert_eq!(vox.count("inbound_texts where read_at is null").await, 3);
    assert_eq!(vox.texts_to(ANN).len(), 0, "a person answers those");
    free(&vox, FREED).await;
    say(&vox, ANN, "Not this time").await;
    assert_snapshot!(last_to(&vox, ANN), @"Glow MedSpa: Thanks for telling us. You're still on the list for another time.");
    assert_eq!(standing(&vox).await, "101 waiting 1");
    free(&vox, "2026-12-04T22:00:00Z").await;
    say(&vox, ANN, "ok!").await;
    assert_eq!(standing(&vox).await, "101 booked 2");
    assert_eq!(vox.count("tasks where kind = 'answer_text'").await, 1);
}

#[tokio::test]
async fn an_opt_in_word_that_answers_an_offer_does_both() {
    let vox = Voxanne::start().await;
    join(&vox, ANN).await;
    free(&vox, FREED).await;
    post_text(&vox, &vox.glow, ANN, "YES", Some("START")).await;
    vox.run_jobs().await;
    assert_eq!(standing(&vox).await, "101 booked 1");
}

#[tokio::test]
async fn take_and_pass_without_an_offer_and_with_two_are_told_so() {
    let vox = Voxanne::start().await;
    say(&vox, BEA, "TAKE").await;
    assert_snapshot!(last_to(&vox, BEA), @"Glow MedSpa: There's no time on offer for you right now. Please call us at +13105550199.");
    say(&vox, BEA, "PASS").await;
    assert_snapshot!(last_to(&vox, BEA), @"Glow MedSpa: That offer is over already. There's nothing more you need to do.");
    join(&vox, ANN).await;
    join_for(&vox, ANN, "Dermal Filler").await;
    free(&vox, FREED).await;
    free(&vox, "2026-12-04T22:00:00Z").await;
    assert_eq!(vox.count("waitlist_offers where state = 'open'").await, 2);
    say(&vox, ANN, "take").await;
    assert_snapshot!(last_to(&vox, ANN), @"Glow MedSpa: You have more than one time on offer. Please tap the link of the one you'd like.");
    assert_eq!(vox.count("appointments").await, 0);
    say(&vox, ANN, "pass").await;
    assert_eq!(vox.count("waitlist_offers where state = 'declined'").await, 2);
}

#[tokio::test]
async fn who_booked_another_visit_at_that_time_meanwhile_is_told_so() {
    let vox = Voxanne::start().await;
    join(&vox, ANN).await;
    free(&vox, FREED).await;
    let line = vox.call_from(&vox.glow, &call_ref(7), Some(ANN));
    let mut wish = booking("Consultation", "2026-12-03", "14:00", "Ann Lee");
    wish["practitionerName"] = "Sofia".into();
    wish["customerPhone"] = ANN.into();
    let said = line.tool("book_appointment", wish).await.unwrap();
    assert!(said.text().starts_with("Great!"), "{}", said.text());
    say(&vox, ANN, "take").await;
    assert_snapshot!(last_to(&vox, ANN), @"Glow MedSpa: You already have an appointment with us at that time. You're still on the list.");
    assert_eq!(vox.count("appointments").await, 1);
}

#[tokio::test]
async fn a_rule_that_came_since_keeps_an_offer_from_becoming_a_visit() {
    let vox = Voxanne::start().await;
    join(&vox, ANN).await;
    free(&vox, FREED).await;
    vox.exec(
        "insert into closures (org_id, id, local_date, reason) select org_id, gen_random_uuid(), '2026-12-03', 'Storm' from orgs",
    )
    .await;
    say(&vox, ANN, "take").await;
    assert_snapshot!(last_to(&vox, ANN), @"Glow MedSpa: I'm sorry, that time can't be booked any more. You're still on the list.");
    assert_eq!(vox.count("appointments").await, 0);
}

#[tokio::test]
async fn a_visit_that_was_called_off_since_is_not_said_to_be_theirs() {
    let vox = Voxanne::start().await;
    join(&vox, ANN).await;
    free(&vox, FREED).await;
    say(&vox, ANN, "take").await;
    vox.exec("update appointments set status = 'cancelled'").await;
    say(&vox, ANN, "take").await;
    assert_snapshot!(last_to(&vox, ANN), @"Glow MedSpa: That offer is over, and you're no longer on the waitlist. Please call us to book.");
}

#[tokio::test]
async fn who_leaves_the_list_gives_back_what_was_on_offer() {
    let vox = Voxanne::start().await;
    join(&vox, ANN).await;
    join(&vox, BEA).await;
    free(&vox, FREED).await;
    say(&vox, ANN, "Leave the list").await;
    assert_snapshot!(last_to(&vox, ANN), @"Glow MedSpa: You're off the waitlist. Call us any time to book.");
    assert_eq!(standing(&vox).await, "101 left 1, 102 offered 1");
    say(&vox, ANN, "TAKE").await;
    assert_snapshot!(last_to(&vox, ANN), @"Glow MedSpa: That offer is over, and you're no longer on the waitlist. Please call us to book.");
    say(&vox, ANN, "leave").await;
    assert_snapshot!(last_to(&vox, ANN), @"Glow MedSpa: You aren't on our waitlist. Call us any time to book.");
}

#[tokio::test]
async fn t9_a_stop_between_offer_and_answer_gives_the_time_to_the_next_at_once() {
    let vox = Voxanne::start().await;
    join(&vox, ANN).await;
    join(&vox, BEA).await;
    free(&vox, FREED).await;
    let before = vox.texts_to(ANN).len();
    assert_eq!(text_us(&vox, ANN, " Stop. ").await.status, 200);
    assert_eq!(vox.count("opt_outs where source = 'reply'").await, 1, "before any job");
    assert_eq!(standing(&vox).await, "101 waiting 1, 102 waiting 0", "and the offer is over");
    vox.run_jobs().await;
    assert_eq!(standing(&vox).await, "101 waiting 1, 102 offered 1");
    say(&vox, ANN, "TAKE").await;
    assert_eq!(vox.texts_to(ANN).len(), before, "no word to whoever said stop");
    say(&vox, ANN, "START").await;
    assert_eq!(vox.count("opt_outs").await, 0);
}
