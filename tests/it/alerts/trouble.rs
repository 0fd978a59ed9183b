//! Texts that do not arrive, orgs that must not meet, staff who said STOP.

use voxanne::leads::scoring::Danger;
use voxanne::leads::{self, NewClinicalAlert, Raised, Trigger};
use voxanne::orgs;
use voxanne_sandbox::Fault;

use super::*;
use crate::harness::MANAGER;

#[tokio::test]
async fn a_text_that_fails_does_not_wait_for_the_next_rung() {
    let vox = Voxanne::start().await;
    rota(&vox).await;
    vox.sandbox.twilio().next_sends(Fault::Undelivered { code: 30006 });
    hot_lead(&vox, &vox.glow, 1).await;
    vox.sandbox.twilio().settled().await;
    assert_eq!(told(&vox, [ANN, BO, CY]), [1, 0, 0]);
    round(&vox).await;
    assert_eq!(told(&vox, [ANN, BO, CY]), [1, 1, 0], "the next person at once");
    vox.sandbox.twilio().settled().await;
    round(&vox).await;
    assert_eq!(told(&vox, [ANN, BO, CY]), [1, 1, 0], "and that one arrived");
    minutes(&vox, 5).await;
    assert_eq!(told(&vox, [ANN, BO, CY]), [1, 1, 1]);
}

#[tokio::test]
async fn a_number_that_may_not_be_texted_is_passed_over() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    // Glow texts the US and Canada only.
    let ann = json!({"name": "Ann", "phone": "+447400123456"});
    assert_eq!(api.post("/alert-recipients", ann).await.wrong_field().0, "phone");
    on_rota(&vox, &api, "Ann", ANN, 1).await;
    vox.exec("update alert_recipients set phone = '+447400123456'").await;
    on_rota(&vox, &api, "Bo", BO, 2).await;
    let said = hot_lead(&vox, &vox.glow, 1).await;
    assert!(said.starts_with("Thank you. I've put your details"), "nothing was queued: {said}");
    round(&vox).await;
    assert_eq!(told(&vox, [BO]), [1]);
}

#[tokio::test]
async fn whoever_is_alone_is_not_reminded_in_a_hurry_when_their_text_fails() {
    let vox = Voxanne::start().await;
    vox.sandbox.twilio().next_sends(Fault::Undelivered { code: 30006 });
    hot_lead(&vox, &vox.glow, 1).await;
    vox.sandbox.twilio().settled().await;
    for _ in 0..3 {
        round(&vox).await;
    }
    assert_eq!(told(&vox, [MANAGER]), [1]);
}

#[tokio::test]
async fn e15_staff_who_said_stop_are_alerted_all_the_same_and_can_answer() {
    let vox = Voxanne::start().await;
    rota(&vox).await;
    vox.says(ANN, "STOP").await;
    let before = vox.texts_to(ANN).len();
    hot_lead(&vox, &vox.glow, 1).await;
    assert_eq!(vox.texts_to(ANN).len(), before + 1);
    assert!(vox.says(ANN, "1").await.starts_with("Yours: Sarah Johnson"));
    assert_eq!(taken(&vox).await, "text Ann");
}

#[tokio::test]
async fn b4_an_alert_of_one_clinic_is_taken_by_nobody_of_another() {
    let vox = Voxanne::start().await;
    rota(&vox).await;
    let (glow, harbor) = (vox.glow_api().await, vox.harbor_api().await);
    // The same person works for both, and the same call id comes to both.
    on_rota(&vox, &harbor, "Ann", ANN, 1).await;
    hot_lead(&vox, &vox.glow, 1).await;
    hot_lead(&vox, &vox.harbor, 1).await;
    assert_eq!((vox.count("escalations").await, told(&vox, [ANN])), (2, [2]));
    vox.says(ANN, "1").await;
    let open = |org: uuid::Uuid| format!("escalations where org_id = '{org}' and closed_at is null");
    assert_eq!(vox.count(&open(vox.glow.org.0)).await, 0, "she texted Glow's number");
    assert_eq!(vox.count(&open(vox.harbor.org.0)).await, 1);
    let foreign = newest(&harbor).await["id"].as_str().unwrap().to_owned();
    glow.post(&format!("/alerts/{foreign}/acknowledge"), json!({})).await.refused(404, "not_found");
    glow.get(&format!("/alerts/{foreign}")).await.refused(404, "not_found");
    assert_eq!(glow.get("/alerts").await.good()["items"].as_array().unwrap().len(), 1);
    // A call of Glow's to the lead answers nothing of Harbor's.
    assert_eq!(vox.count(&open(vox.harbor.org.0)).await, 1);
}

/// What a tool does that hears of a symptom.
async fn hears_of_it(vox: &Voxanne, n: u128, danger: Danger) -> Raised {
    let org = vox.glow.org;
    let mut tx = vox.app.begin(org).await.unwrap();
    let settings = orgs::settings(&mut tx, &vox.app.keys, org).await.unwrap();
    let call_ref = call_ref(n);
    let new = NewClinicalAlert {
        call_ref: &call_ref,
        call: None,
        phone: Some(CALLER),
        symptom: "can't breathe",
        danger: Some(danger),
        trigger: Trigger::Tool,
        named_help: None,
    };
    let raised = leads::raise_clinical_alert(&vox.app, &mut tx, org, &settings, new).await.unwrap();
    tx.commit().await.unwrap();
    vox.run_jobs().await;
    raised
}

#[tokio::test]
async fn ts14_a_clinical_alert_is_one_too_whatever_raises_it_and_says_when_it_is_an_emergency() {
    let vox = Voxanne::start().await;
    assert_eq!(hears_of_it(&vox, 1, Danger::Emergency).await, Raised { first: true, text_queued: true });
    insta::assert_snapshot!(vox.last_to(MANAGER), @"
    VOXANNE CLINICAL ALERT:
    Phone: +13105550142
    Reported: can't breathe

    Action: Call them back now. This may be an emergency: make sure that emergency services were called.
    ");
    assert_eq!(hears_of_it(&vox, 1, Danger::Urgent).await, Raised { first: false, text_queued: true });
    // The score of the same call.
    reaction(&vox, 1).await;
    assert_eq!(vox.count("calls where class = 'clinical_urgency'").await, 1, "the score saw it too");
    assert_eq!((vox.count("escalations").await, told(&vox, [MANAGER])), (1, [1]));
    assert_eq!(vox.count("tasks where kind = 'clinical_call_back'").await, 1);
    // And whoever may be hurt is no sale in the same call, whatever the assistant says of them.
    let said = hot_lead(&vox, &vox.glow, 1).await;
    assert_eq!(said, "Please hang up now and call 911. I've alerted our team as well.");
    assert_eq!((vox.count("escalations").await, vox.count("hot_lead_alerts").await), (1, 0));
    assert_eq!(told(&vox, [MANAGER]), [1]);
}

#[tokio::test]
async fn one_ladder_that_fails_does_not_keep_the_next_from_its_turn() {
    let vox = Voxanne::start().await;
    rota(&vox).await;
    hot_lead(&vox, &vox.glow, 1).await;
    vox.later(SignedDuration::from_secs(5));
    hot_lead(&vox, &vox.glow, 2).await;
    vox.exec(&format!(
        "create function crash() returns trigger language plpgsql as $$ begin raise exception 'crash'; end $$;
         create trigger crash before update on escalations for each row when (new.rung = 1 and new.call_ref = '{}')
           execute function crash()",
        call_ref(1)
    ))
    .await;
    vox.later(SignedDuration::from_mins(4));
    assert!(leads::watch_alerts(&vox.app, vox.glow.org).await.is_err(), "the round says so");
    vox.run_jobs().await;
    assert_eq!(told(&vox, [ANN, BO]), [2, 1]);
}
