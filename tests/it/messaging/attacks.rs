//! What an adversary tried: each of these once went wrong.

use serde_json::{Value, json};
use voxanne::messaging::{self, Kind, Queued, Rule};
use voxanne::phone::Phone;
use voxanne::{appointments, jobs, orgs, seed};
use voxanne_sandbox::Fault;
use voxanne_sandbox::twilio::Inbound;

use super::{later, queue_kind, send, states, taken, unreported};
use crate::harness::{Answered, Api, CALLER, Voxanne};

/// 10:30 AM in Los Angeles on Tuesday, December 1st.
const START: &str = "2026-12-01T18:30:00Z";

async fn visit(api: &Api) -> Value {
    let service = api.id_of("/services", "Botox").await;
    let wish = json!({"service_id": service, "starts_at": START, "name": "Ana Diaz", "phone": CALLER});
    api.post("/appointments", wish).await.good()
}

async fn change(api: &Api, visit: &Value, what: &str, body: Value) {
    let path = format!("/appointments/{}/{what}", visit["id"].as_str().unwrap());
    Answered::of(api.request("POST", &path).header("if-match", "*").json(&body)).await.good();
}

/// The clock stands then, and nobody works.
fn it_is(vox: &Voxanne, moment: &str) {
    let moment: jiff::Timestamp = moment.parse().unwrap();
    vox.later(moment.duration_since(vox.app.clock.now()));
}

/// One minute of a worker.
async fn work(vox: &Voxanne) {
    jobs::run_schedules(&vox.app).await.unwrap();
    jobs::make_due(&vox.app).await.unwrap();
    vox.run_jobs().await;
}

fn reminders(vox: &Voxanne) -> usize {
    vox.texts_to(CALLER).iter().filter(|text| text.body.contains("a reminder")).count()
}

async fn texts_us(vox: &Voxanne, body: &str) {
    let token = format!("sandbox-{}", seed::GLOW.twilio_account);
    let text = Inbound {
        account_sid: seed::GLOW.twilio_account,
        auth_token: &token,
        from: CALLER,
        to: &vox.glow.number,
        body,
        opt_out_type: None,
        media: 0,
    };
    let webhook = format!("{}/api/webhooks/twilio/inbound/{}", vox.url, vox.glow.org.0);
    assert_eq!(vox.sandbox.twilio().text_us(&webhook, &text).await.unwrap().status, 200);
    vox.later(jiff::SignedDuration::from_secs(1));
}

async fn consents(api: &Api, purpose: &str, given: bool) -> u16 {
    let line = json!({"phone": CALLER, "purpose": purpose, "given": given, "source": "staff"});
    api.post("/consents", line).await.status
}

#[tokio::test]
async fn t_m3_a_reminder_that_waits_for_its_account_does_not_outlive_its_visit() {
    for (what, body) in [("cancel", json!({})), ("move", json!({"starts_at": "2026-12-02T18:30:00Z"}))] {
        let vox = Voxanne::start().await;
        let api = vox.glow_api().await;
        let booked = visit(&api).await;
        vox.run_jobs().await;
        it_is(&vox, "2026-11-28T18:30:00Z");
        vox.sandbox.twilio().next_sends(Fault::twilio(429, 20429));
        work(&vox).await;
        assert_eq!(vox.count("texts where kind = 'reminder' and state = 'sending'").await, 1);
        change(&api, &booked, what, body).await;
        for _ in 0..3 {
            later(&vox, 120).await;
        }
        assert_eq!(reminders(&vox), 0, "{what}");
        assert_eq!(vox.texts_to(CALLER).len(), 2, "{what}: the confirmation, and what became of the visit");
        assert_eq!(
            vox.count("tasks where kind = 'text_failed'").await,
            0,
            "{what}: nobody has to do anything"
        );
    }
}

#[tokio::test]
async fn a_reminder_that_is_due_while_nobody_works_survives_a_save_of_the_settings() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    visit(&api).await;
    vox.run_jobs().await;
    it_is(&vox, "2026-11-28T20:00:00Z");
    let mut tx = vox.app.begin(vox.glow.org).await.unwrap();
    let settings = orgs::settings(&mut tx, &vox.app.keys, vox.glow.org).await.unwrap();
    appointments::plan_reminders_anew(&vox.app, &mut tx, vox.glow.org, &settings).await.unwrap();
    tx.commit().await.unwrap();
    work(&vox).await;
    assert_eq!(reminders(&vox), 1);
}

#[tokio::test]
async fn a_step_that_waits_for_its_account_is_taken_back_like_one_nobody_tried() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    assert_eq!(consents(&api, "marketing", true).await, 201);
    vox.sandbox.twilio().next_sends(Fault::twilio(429, 20429));
    assert!(matches!(queue_kind(&vox, &vox.glow, Kind::Nurture, CALLER, "step").await, Queued::Yes(_)));
    vox.run_jobs().await;
    assert_eq!(states(&vox).await, "sending");
    let to = Phone::parse_e164(CALLER).unwrap();
    let mut tx = vox.app.begin(vox.glow.org).await.unwrap();
    let taken_back = messaging::withdraw(&vox.app, &mut tx, vox.glow.org, Kind::Nurture, &to).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(taken_back, 1);
    later(&vox, 120).await;
    assert_eq!((states(&vox).await.as_str(), taken(&vox)), ("failed", 0));
}

#[tokio::test]
async fn t1_t6_a_text_that_was_out_after_all_is_believed_though_it_waits_for_the_morning() {
    let vox = unreported().await;
    queue_kind(&vox, &vox.glow, Kind::Message, CALLER, "a").await;
    vox.run_jobs().await;
    let sid = vox.sandbox.twilio().messages()[0].sid.clone();
    // As after two look-ups that did not find it yet, at eleven in the evening.
    vox.exec("update texts set state = 'sending', sending_at = null, provider_sid = null, sent_at = null")
        .await;
    it_is(&vox, "2026-11-26T07:00:00Z");
    work(&vox).await;
    assert_eq!((states(&vox).await.as_str(), taken(&vox)), ("sending", 1), "it is night");
    assert_eq!(vox.sandbox.twilio().report(&sid, "delivered", None).await, Some(204));
    it_is(&vox, "2026-11-26T18:00:00Z");
    work(&vox).await;
    assert_eq!((states(&vox).await.as_str(), taken(&vox)), ("delivered", 1));
}

#[tokio::test]
async fn t6_what_is_reported_delivered_in_the_end_is_not_sent_again() {
    let vox = unreported().await;
    send(&vox, "a").await;
    let sid = vox.sandbox.twilio().messages()[0].sid.clone();
    assert_eq!(vox.sandbox.twilio().report(&sid, "undelivered", Some(30003)).await, Some(204));
    assert_eq!(vox.count("texts where again = 1 and state = 'queued'").await, 1);
    assert_eq!(vox.sandbox.twilio().report(&sid, "delivered", None).await, Some(204));
    later(&vox, 16 * 60).await;
    assert_eq!(taken(&vox), 1);
}

#[tokio::test]
async fn a_step_of_a_sequence_is_not_repeated() {
    let vox = unreported().await;
    let api = vox.glow_api().await;
    consents(&api, "marketing", true).await;
    queue_kind(&vox, &vox.glow, Kind::Nurture, CALLER, "step").await;
    vox.run_jobs().await;
    let sid = vox.sandbox.twilio().messages()[0].sid.clone();
    assert_eq!(vox.sandbox.twilio().report(&sid, "undelivered", Some(30003)).await, Some(204));
    assert_eq!(states(&vox).await, "undelivered 30003");
    assert_eq!(vox.count("tasks").await, 0);
}

#[tokio::test]
async fn t_m5_a_stop_after_staff_wrote_one_down_is_theirs_to_take_back() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    assert_eq!(consents(&api, "texts", false).await, 201);
    texts_us(&vox, "STOP").await;
    assert_eq!(consents(&api, "texts", true).await, 409, "only they can say START");
    assert_eq!(vox.count("opt_outs where source = 'reply'").await, 1);
    assert_eq!(vox.count("consents where source = 'reply' and not given").await, 1);
}

#[tokio::test]
async fn a_stop_said_again_takes_back_a_yes_to_marketing_that_was_written_down_in_between() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    texts_us(&vox, "STOP").await;
    assert_eq!(consents(&api, "marketing", true).await, 201);
    vox.later(jiff::SignedDuration::from_secs(1));
    texts_us(&vox, "STOP").await;
    texts_us(&vox, "START").await;
    let step = queue_kind(&vox, &vox.glow, Kind::Nurture, CALLER, "step").await;
    assert_eq!(step, Queued::Refused(Rule::NoConsent));
    let visit = queue_kind(&vox, &vox.glow, Kind::Confirmation, CALLER, "visit").await;
    assert!(matches!(visit, Queued::Yes(_)));
}
