//! What texts must not do: reach a visit that is not theirs, reach anybody after a STOP, be answered twice or for ever.

use insta::assert_snapshot;
use jiff::SignedDuration;
use serde_json::json;
use voxanne_sandbox::twilio::Inbound;

use super::two_way::{START, book, now, tasks};
use crate::harness::{CALLER, Voxanne, booking, call_ref};

#[tokio::test]
async fn t11_any_reasonable_words_opt_out_and_a_person_reviews_it() {
    let vox = Voxanne::start().await;
    vox.says(CALLER, "Please stop texting me, I'm not Dana").await;
    assert_eq!(tasks(&vox).await, "review_opt_out");
    assert_eq!(vox.count("opt_outs").await, 1);
    assert_eq!(vox.texts_to(CALLER).len(), 0);
    assert_eq!(vox.count("inbound_texts where read_at is null").await, 1, "it is to be read");
}

#[tokio::test]
async fn whoever_says_start_wants_texts_and_nobody_reviews_it_any_more() {
    let vox = Voxanne::start().await;
    for start in ["START", "yes"] {
        vox.says(CALLER, "Please stop texting me, I'm not Dana").await;
        assert_eq!(tasks(&vox).await, "review_opt_out");
        vox.says("+13105550143", "Please stop texting me, I'm not Dana").await;
        let word = (start == "yes").then_some("START");
        vox.texted(&vox.glow, (CALLER, start), (word, 0)).await;
        assert_eq!(vox.count("tasks where done_at is null").await, 1, "the other's is open");
        vox.texted(&vox.glow, ("+13105550143", "START"), (None, 0)).await;
        assert_eq!((vox.count("tasks where done_at is null").await, vox.count("opt_outs").await), (0, 0));
        vox.exec("delete from tasks").await;
        vox.later(SignedDuration::from_mins(30));
    }
}

#[tokio::test]
async fn t12_cancel_is_an_opt_out_and_with_a_visit_ahead_also_a_task() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    vox.says("+13105550143", "Cancel").await;
    assert_eq!(tasks(&vox).await, "", "nothing ahead that they could have meant");
    let visit = book(&vox, &api, START, CALLER).await;
    // Twilio read it too.
    vox.texted(&vox.glow, (CALLER, "CANCEL"), (Some("STOP"), 0)).await;
    vox.run_jobs().await;
    assert_eq!(tasks(&vox).await, "cancel_or_stop");
    assert_eq!(vox.count("opt_outs").await, 2);
    assert_eq!(now(&api, &visit).await["status"], "scheduled", "a carrier's word calls nothing off");
    let task: String = vox.one("select title from tasks").await;
    assert_snapshot!(task, @"Somebody with a visit ahead texted CANCEL: carriers take that for STOP, so they get no more texts. Call and ask whether they meant the visit");
}

#[tokio::test]
async fn e15_t8_t10_after_a_stop_nothing_leaves_and_start_restores() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let visit = book(&vox, &api, START, CALLER).await;
    let before = vox.texts_to(CALLER).len();
    vox.says(CALLER, "ＳＴＯＰ").await;
    assert_eq!(vox.count("questions where closed_at is null").await, 0);
    // What they say still counts, without a word of ours.
    vox.says(CALLER, "C").await;
    assert_eq!(now(&api, &visit).await["attendance"], "confirmed");
    assert_eq!((vox.texts_to(CALLER).len(), tasks(&vox).await.as_str()), (before, ""));
    let line = vox.call(&call_ref(1));
    let said =
        line.tool("book_appointment", booking("Botox", "2026-12-03", "10:30", "Ana Diaz")).await.unwrap();
    assert!(!said.text().contains("text message"), "{}", said.text());
    vox.run_jobs().await;
    assert_eq!((vox.texts_to(CALLER).len(), tasks(&vox).await.as_str()), (before, "text_not_sent"));
    vox.says(CALLER, "START").await;
    assert_eq!(vox.count("opt_outs").await, 0);
    assert!(vox.says(CALLER, "help").await.contains("To reach our team"));
}

#[tokio::test]
async fn t22_a_number_is_no_credential() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    // As if its confirmation had gone elsewhere: this number was never told of the visit.
    let visit = book(&vox, &api, START, CALLER).await;
    vox.exec("update texts set to_phone = '+13105550144'").await;
    for body in ["C", "R", "X", "1", "yes"] {
        let said = vox.says(CALLER, body).await;
        assert!(!said.contains("December"), "{body}: {said}");
        vox.later(SignedDuration::from_secs(1));
    }
    let untouched = now(&api, &visit).await;
    assert_eq!((&untouched["status"], &untouched["version"]), (&json!("scheduled"), &visit["version"]));
    // Another number than the one that was texted, and another org.
    let told = book(&vox, &api, "2026-12-02T18:30:00Z", CALLER).await;
    let said = vox.says("+13105550143", "X").await;
    assert_snapshot!(said, @"Glow MedSpa: There's no visit that we could change for you by text. Please call us at +13105550199.");
    vox.texted(&vox.harbor, (CALLER, "X"), (None, 0)).await;
    vox.run_jobs().await;
    assert_eq!(now(&api, &told).await["status"], "scheduled");
}

#[tokio::test]
async fn a_text_that_comes_twice_is_answered_once_by_its_id_and_by_its_token() {
    let vox = Voxanne::start().await;
    let token = format!("sandbox-{}", voxanne::seed::GLOW.twilio_account);
    let text = Inbound {
        account_sid: voxanne::seed::GLOW.twilio_account,
        auth_token: &token,
        from: CALLER,
        to: &vox.glow.number,
        body: "help",
        opt_out_type: None,
        media: 0,
    };
    let webhook = format!("{}/api/webhooks/twilio/inbound/{}", vox.url, vox.glow.org.0);
    for _ in 0..3 {
        vox.sandbox.twilio().text_us_again(&webhook, &text, "SM42").await.unwrap();
        vox.run_jobs().await;
    }
    assert_eq!((vox.count("inbound_texts").await, vox.texts_to(CALLER).len()), (1, 1));
    let job = voxanne::replies::AnswerText {
        org: vox.glow.org,
        text: voxanne::platform::ids::InboundTextId(vox.one("select id from inbound_texts").await),
    };
    voxanne::replies::answer_text(&vox.app, job).await.unwrap();
    vox.run_jobs().await;
    assert_eq!(vox.texts_to(CALLER).len(), 1, "the job may run twice");
    assert_eq!(vox.count("inbound_texts where repeat_token = 'in-SM42'").await, 1);
}

#[tokio::test]
async fn a_machine_that_answers_our_answers_is_left_alone() {
    let vox = Voxanne::start().await;
    for _ in 0..8 {
        vox.says(CALLER, "help").await;
        vox.later(SignedDuration::from_secs(2));
    }
    assert_eq!(vox.texts_to(CALLER).len(), 4);
    assert_eq!(tasks(&vox).await, "text_loop");
    // Tomorrow it is a person again.
    vox.later(SignedDuration::from_hours(1));
    vox.says(CALLER, "help").await;
    assert_eq!(vox.texts_to(CALLER).len(), 5);
    // And a STOP is heard whatever came before.
    for _ in 0..40 {
        vox.texted(&vox.glow, (CALLER, "PASS"), (None, 0)).await;
    }
    vox.says(CALLER, "STOP").await;
    assert_eq!(vox.count("opt_outs").await, 1);
}
