//! Taking an alert: by a 1, by click, by calling, by writing; and who hears of it.

use insta::assert_snapshot;
use voxanne::accounts::Role;

use super::*;
use crate::harness::{MANAGER, booking};
use crate::messaging::book_by_api as book;

/// 10:30 AM in Los Angeles on Tuesday, December 1st.
const VISIT: &str = "2026-12-01T18:30:00Z";

#[tokio::test]
async fn a_1_takes_it_the_others_hear_who_has_it_and_the_ladder_ends() {
    let vox = Voxanne::start().await;
    rota(&vox).await;
    hot_lead(&vox, &vox.glow, 1).await;
    minutes(&vox, 3).await;
    assert_eq!(told(&vox, [ANN, BO, CY]), [1, 1, 0]);
    assert_snapshot!(vox.says(BO, "1").await, @"Yours: Sarah Johnson, +13105550142.");
    assert_eq!(taken(&vox).await, "text Bo");
    assert_snapshot!(vox.last_to(ANN), @"Bo has it: Sarah Johnson, +13105550142. No need to call.");
    minutes(&vox, 60).await;
    round(&vox).await;
    assert_eq!(told(&vox, [ANN, BO, CY, MANAGER]), [2, 2, 0, 0], "nobody else is told of it");
    assert_snapshot!(vox.says(ANN, "1").await, @"Bo has it: Sarah Johnson, +13105550142. No need to call.");
    assert_snapshot!(vox.says(BO, "1").await, @"It is yours already: Sarah Johnson, +13105550142.");
    assert_eq!(taken(&vox).await, "text Bo", "who was first stays first");
    assert_eq!(
        vox.count("tasks where kind in ('answer_text', 'text_loop')").await,
        0,
        "none of it is for the inbox"
    );
}

#[tokio::test]
async fn other_words_take_it_too_and_whatever_else_they_write_does_not() {
    let vox = Voxanne::start().await;
    let words = ["1", "Ok", "on it!", "1.", "Mine"];
    for (n, words) in (1..).zip(words) {
        hot_lead(&vox, &vox.glow, n).await;
        assert_eq!(vox.says(MANAGER, words).await, "Yours: Sarah Johnson, +13105550142.", "{words}");
    }
    hot_lead(&vox, &vox.glow, 9).await;
    for words in ["2", "No", "who is this lady?", "Thanks"] {
        vox.says(MANAGER, words).await;
    }
    assert_eq!(vox.count("escalations where closed_at is null").await, 1);
}

#[tokio::test]
async fn the_latest_is_taken_first_and_the_answer_says_how_many_more_wait() {
    let vox = Voxanne::start().await;
    for n in 1..=3 {
        vox.later(SignedDuration::from_secs(20));
        hot_lead(&vox, &vox.glow, n).await;
    }
    assert_snapshot!(vox.says(MANAGER, "1").await, @"Yours: Sarah Johnson, +13105550142. 2 more wait. Reply 1 to take the next.");
    assert_eq!(taken(&vox).await, "open, open, text the alert phone");
    assert_snapshot!(vox.says(MANAGER, "1").await, @"Yours: Sarah Johnson, +13105550142. 1 more waits. Reply 1 to take it too.");
    assert_snapshot!(vox.says(MANAGER, "1").await, @"Yours: Sarah Johnson, +13105550142.");
    assert_eq!(vox.count("escalations where acknowledged_via = 'text'").await, 3);
}

#[tokio::test]
async fn a_busy_hour_of_ones_is_no_loop() {
    let vox = Voxanne::start().await;
    for n in 1..=12 {
        hot_lead(&vox, &vox.glow, n).await;
        vox.says(MANAGER, "1").await;
    }
    assert_eq!(vox.count("escalations where acknowledged_via = 'text'").await, 12);
    assert_eq!(vox.count("tasks where kind = 'text_loop'").await, 0);
}

#[tokio::test]
async fn of_two_who_reply_at_once_one_has_it_and_the_other_hears_who() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    on_rota(&vox, &api, "Ann", ANN, 1).await;
    on_rota(&vox, &api, "Bo", BO, 1).await;
    hot_lead(&vox, &vox.glow, 1).await;
    assert_eq!(told(&vox, [ANN, BO]), [1, 1]);
    let glow = &vox.glow;
    let (one, two) =
        tokio::join!(vox.texted(glow, (ANN, "1"), (None, 0)), vox.texted(glow, (BO, "1"), (None, 0)));
    assert_eq!((one.status, two.status), (200, 200));
    // Two workers, so that the row's lock decides and not the queue.
    let jobs = vox.count("inbound_texts where answered_at is null").await;
    assert_eq!(jobs, 2);
    let ids: Vec<uuid::Uuid> =
        sqlx::query_scalar("select id from inbound_texts").fetch_all(&vox.admin).await.unwrap();
    let answer = |id| {
        let text = voxanne::platform::ids::InboundTextId(id);
        voxanne::replies::answer_text(&vox.app, voxanne::replies::AnswerText { org: vox.glow.org, text })
    };
    let (one, two) = tokio::join!(answer(ids[0]), answer(ids[1]));
    one.unwrap();
    two.unwrap();
    vox.run_jobs().await;
    let first: String = vox.one("select acknowledged_by from escalations").await;
    let (winner, loser) = if first == "Ann" { (ANN, BO) } else { (BO, ANN) };
    assert_eq!(vox.last_to(winner), "Yours: Sarah Johnson, +13105550142.");
    assert_eq!(vox.last_to(loser), format!("{first} has it: Sarah Johnson, +13105550142. No need to call."));
    assert_eq!(vox.count("escalations where closed_at is not null").await, 1);
}

#[tokio::test]
async fn after_the_last_rung_a_1_still_counts_and_finishes_the_task() {
    let vox = Voxanne::start().await;
    hot_lead(&vox, &vox.glow, 1).await;
    for pause in [3, 5, 7, 120] {
        minutes(&vox, pause).await;
    }
    assert!(tasks(&vox).await.starts_with("alert_unacknowledged"));
    assert_snapshot!(vox.says(MANAGER, "1").await, @"Yours: Sarah Johnson, +13105550142.");
    assert_eq!(tasks(&vox).await, "");
    assert_eq!(newest(&vox.glow_api().await).await["seconds_to_acknowledge"], 135.0 * 60.0);
}

#[tokio::test]
async fn a_1_by_a_stranger_and_one_about_an_alert_of_long_ago_go_to_the_inbox() {
    let vox = Voxanne::start().await;
    hot_lead(&vox, &vox.glow, 1).await;
    vox.says(CALLER, "1").await;
    assert_eq!(
        (taken(&vox).await.as_str(), vox.texts_to(CALLER).len()),
        ("open", 0),
        "the lead is told nothing"
    );
    assert_eq!(vox.count("tasks where kind = 'answer_text'").await, 1);
    vox.says(MANAGER, "1").await;
    vox.later(SignedDuration::from_hours(25));
    let before = vox.texts_to(MANAGER).len();
    vox.says(MANAGER, "1").await;
    assert_eq!(vox.texts_to(MANAGER).len(), before);
    assert_eq!(vox.count("tasks where kind = 'answer_text'").await, 2);
}

#[tokio::test]
async fn a_manager_who_is_a_patient_too_takes_what_was_asked_last() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let visit = book(&vox, &api, VISIT, MANAGER).await;
    hot_lead(&vox, &vox.glow, 1).await;
    vox.later(SignedDuration::from_secs(30));
    // Their own visit: two times are offered to them, later than the alert.
    assert!(vox.says(MANAGER, "R").await.contains("Reply 1 for"), "{}", vox.last_to(MANAGER));
    vox.says(MANAGER, "1").await;
    assert_eq!(taken(&vox).await, "open", "the 1 was about their visit");
    let moved = api.get(&format!("/appointments/{}", visit["id"].as_str().unwrap())).await.good();
    assert_ne!(moved["starts_at"], VISIT);
    assert!(vox.says(MANAGER, "1").await.starts_with("Yours: Sarah Johnson"));
    // The other way round: an alert that came after the question.
    assert!(vox.says(MANAGER, "R").await.contains("Reply 1 for"), "{}", vox.last_to(MANAGER));
    vox.later(SignedDuration::from_secs(30));
    hot_lead(&vox, &vox.glow, 2).await;
    assert!(vox.says(MANAGER, "1").await.starts_with("Yours: Sarah Johnson"));
}

#[tokio::test]
async fn by_click_it_is_taken_once_audited_and_the_second_learns_who_has_it() {
    let vox = Voxanne::start().await;
    let api = rota(&vox).await;
    hot_lead(&vox, &vox.glow, 1).await;
    let id = newest(&api).await["id"].as_str().unwrap().to_owned();
    let path = format!("/alerts/{id}/acknowledge");
    vox.later(SignedDuration::from_secs(42));
    let first = api.post_once("click-1", &path, json!({"by": "Maria"})).await.good();
    assert_eq!(
        (first["acknowledged_by"].as_str(), first["acknowledged_via"].as_str()),
        (Some("Maria"), Some("api"))
    );
    assert_eq!(first["seconds_to_acknowledge"], 42.0);
    assert_eq!(
        api.post_once("click-1", &path, json!({"by": "Maria"})).await.good(),
        first,
        "the same request"
    );
    assert_eq!(api.post(&path, json!({"by": "Maria"})).await.good(), first, "the same person");
    let refused = api.post(&path, json!({"by": "Jo"})).await.refused(409, "already_taken");
    assert_eq!(
        (refused["acknowledged_by"].as_str(), refused["acknowledged_via"].as_str()),
        (Some("Maria"), Some("api"))
    );
    assert_eq!(vox.count("audit_log where action = 'alert.acknowledge'").await, 1);
    vox.run_jobs().await;
    assert_snapshot!(vox.last_to(ANN), @"Maria has it: Sarah Johnson, +13105550142. No need to call.");
    assert_snapshot!(vox.says(ANN, "1").await, @"Maria has it: Sarah Johnson, +13105550142. No need to call.");
    // A program without a name is a colleague.
    hot_lead(&vox, &vox.glow, 2).await;
    let id = newest(&api).await["id"].as_str().unwrap().to_owned();
    let taken = api.post(&format!("/alerts/{id}/acknowledge"), json!({})).await.good();
    assert!(taken["acknowledged_by"].as_str().unwrap().starts_with("api:key_"));
    vox.run_jobs().await;
    assert_snapshot!(vox.last_to(ANN), @"A colleague has it: Sarah Johnson, +13105550142. No need to call.");
}

#[tokio::test]
async fn whoever_called_by_a_phone_that_nobody_sees_says_so_beside_the_alert() {
    let vox = Voxanne::start().await;
    rota(&vox).await;
    hot_lead(&vox, &vox.glow, 1).await;
    reaction(&vox, 2).await;
    let owner = vox.glow_staff(Role::Owner).await;
    let says = r#"data-body='{"called_back":true}'"#;
    for (page, alerts) in [("/dashboard", 2), ("/dashboard/leads", 2)] {
        assert_eq!(owner.page(page).await.text.matches(says).count(), alerts, "{page}");
    }
    let call: uuid::Uuid = vox.one(&format!("select id from calls where call_ref = '{}'", call_ref(1))).await;
    let page = format!("/dashboard/calls/call_{}", call.simple());
    assert!(owner.page(&page).await.text.contains("I called them"));
    let viewer = vox.glow_staff(Role::Viewer).await;
    assert!(!viewer.page("/dashboard/leads").await.text.contains("I called them"));
    vox.later(SignedDuration::from_secs(90));
    let ids: Vec<uuid::Uuid> = sqlx::query_scalar("select id from escalations order by kind desc")
        .fetch_all(&vox.admin)
        .await
        .unwrap();
    for id in ids {
        let path = format!("/alerts/alert_{}/acknowledge", id.simple());
        let taken = owner.api("POST", &path, json!({"called_back": true})).await.good();
        assert_eq!(
            (taken["acknowledged_via"].as_str(), taken["seconds_to_acknowledge"].as_f64()),
            (Some("called_back"), Some(90.0))
        );
        let again = owner.api("POST", &path, json!({})).await.refused(409, "already_taken");
        assert_eq!(again["acknowledged_via"], "called_back");
    }
    vox.run_jobs().await;
    let texts: Vec<String> = vox.texts_to(ANN).into_iter().map(|text| text.body).collect();
    let said = "Called back already: Sarah Johnson, +13105550142. No need to call.".to_owned();
    assert!(texts.contains(&said), "{texts:?}");
    assert_eq!(tasks(&vox).await, "", "whoever may be hurt was called back");
    minutes(&vox, 30).await;
    assert_eq!(told(&vox, [BO, CY]), [0, 0]);
    assert_eq!(
        vox.count("audit_log where action = 'alert.acknowledge' and detail ->> 'via' = 'called_back'").await,
        2
    );
    assert!(!owner.page("/dashboard/leads").await.text.contains(says));
}

/// The platform reports of an outbound call to `number`.
async fn calls_out(vox: &Voxanne, n: u128, number: &str, status: &str) {
    let customer = json!({"number": number});
    let call = json!({
        "id": call_ref(n), "type": "outboundPhoneCall", "assistantId": vox.glow.assistant_id, "customer": customer,
    });
    let message = json!({
        "type": "status-update", "status": status, "timestamp": vox.app.clock.now().as_millisecond(), "call": call,
        "customer": customer,
    });
    let (status, _) = vox.post(json!({"message": message}).to_string()).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn a_call_to_the_lead_that_is_answered_is_calling_back() {
    let vox = Voxanne::start().await;
    rota(&vox).await;
    hot_lead(&vox, &vox.glow, 1).await;
    reaction(&vox, 2).await;
    vox.later(SignedDuration::from_secs(90));
    calls_out(&vox, 3, "+13105550155", "in-progress").await;
    calls_out(&vox, 4, CALLER, "ringing").await;
    // The call that raised it, and one of theirs to us, are none either.
    calls_out(&vox, 5, "+13105550155", "ended").await;
    vox.call(&call_ref(6)).in_progress().await.unwrap();
    assert_eq!(taken(&vox).await, "open, open");
    calls_out(&vox, 4, CALLER, "in-progress").await;
    vox.run_jobs().await;
    assert_eq!(taken(&vox).await, "called_back a call, called_back a call");
    assert_eq!(tasks(&vox).await, "", "whoever may be hurt was called back");
    let texts: Vec<String> = vox.texts_to(ANN).into_iter().map(|text| text.body).collect();
    for who in ["Sarah Johnson, +13105550142", "+13105550142"] {
        assert!(texts.contains(&format!("Called back already: {who}. No need to call.")), "{texts:?}");
    }
    minutes(&vox, 30).await;
    assert_eq!(told(&vox, [BO, CY]), [0, 0]);
}

#[tokio::test]
async fn a_text_of_staff_to_the_lead_takes_it_before_the_next_rung() {
    let vox = Voxanne::start().await;
    let api = rota(&vox).await;
    hot_lead(&vox, &vox.glow, 1).await;
    vox.later(SignedDuration::from_secs(50));
    api.post(&format!("/threads/{CALLER}/messages"), json!({"body": "Hi Sarah, shall I book you in?"}))
        .await
        .good();
    minutes(&vox, 10).await;
    assert_eq!(told(&vox, [ANN, BO, CY]), [2, 0, 0], "the alert, and that nobody need call");
    assert_snapshot!(vox.last_to(ANN), @"Texted back already: Sarah Johnson, +13105550142. No need to call.");
    assert!(taken(&vox).await.starts_with("texted_back api:key_"));
    assert_eq!(newest(&api).await["seconds_to_acknowledge"], 50.0, "when they wrote, not when we looked");
}

#[tokio::test]
async fn who_books_in_the_call_is_told_to_nobody_by_a_score() {
    let vox = Voxanne::start().await;
    rota(&vox).await;
    for n in 1..=2 {
        let line = vox.call(&call_ref(n));
        line.in_progress().await.unwrap();
        line.say_user("I want Botox this week, I have budget.").await.unwrap();
        if n == 1 {
            line.tool("book_appointment", booking("Botox", "2026-12-01", "10:30", "Dana Fox")).await.unwrap();
        }
        line.end("customer-ended-call").await.unwrap();
        vox.until_count(&format!("calls where report_at is not null and call_ref = '{}'", call_ref(n)), 1)
            .await;
        vox.run_jobs().await;
        vox.run_jobs().await;
    }
    assert_eq!(vox.count("calls where temperature = 'hot'").await, 2);
    let told = format!("hot_lead_alerts where call_ref = '{}'", call_ref(2));
    assert_eq!((vox.count("hot_lead_alerts").await, vox.count(&told).await), (1, 1));
    // As the slider tells it.
    vox.later(SignedDuration::from_secs(1));
    let slider = vox.glow_api().await.get("/leads/thresholds").await.good();
    assert_eq!((&slider["calls"], &slider["thresholds"][6]["alerts"]), (&json!(2), &json!(1)), "{slider}");
}

#[tokio::test]
async fn a_lead_who_books_need_not_be_called_but_whoever_may_be_hurt_must() {
    let vox = Voxanne::start().await;
    let api = rota(&vox).await;
    hot_lead(&vox, &vox.glow, 1).await;
    reaction(&vox, 2).await;
    vox.later(SignedDuration::from_secs(70));
    book(&vox, &api, VISIT, CALLER).await;
    round(&vox).await;
    assert_eq!(taken(&vox).await, "booked the caller, open");
    assert_snapshot!(vox.last_to(ANN), @"Booked meanwhile: Sarah Johnson, +13105550142. No need to call.");
    // A visit from before the alert is none.
    hot_lead(&vox, &vox.glow, 3).await;
    round(&vox).await;
    assert_eq!(vox.count("escalations where closed_at is null").await, 2);
}

#[tokio::test]
async fn what_nobody_takes_for_a_week_is_given_up() {
    let vox = Voxanne::start().await;
    hot_lead(&vox, &vox.glow, 1).await;
    vox.later(SignedDuration::from_hours(7 * 24 + 1));
    round(&vox).await;
    assert_eq!(vox.count("escalations where closed_at is not null and acknowledged_at is null").await, 1);
}
