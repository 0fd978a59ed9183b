//! An org's account at Twilio: refused, failing, limited. No other org's texts wait for it.

use insta::assert_snapshot;
use voxanne::jobs;
use voxanne::messaging::{self, Kind};
use voxanne::orgs::{TwilioAccount, TwilioKey};
use voxanne::seed;
use voxanne_sandbox::Fault;

use super::{impatient, later, queue, queue_kind, send, states, taken, tasks};
use crate::harness::{CALLER, Clinic, MANAGER, Voxanne};

/// Glow's account as it was seeded, or with another token or key.
fn account(token: &str, key: Option<(&str, &str)>) -> TwilioAccount {
    TwilioAccount {
        account_sid: seed::GLOW.twilio_account.to_owned(),
        auth_token: token.into(),
        api_key: key.map(|(sid, secret)| TwilioKey { sid: sid.to_owned(), secret: secret.into() }),
        sender: Some(seed::GLOW.number.to_owned()),
    }
}

fn glows_token() -> String {
    format!("sandbox-{}", seed::GLOW.twilio_account)
}

async fn connect(vox: &Voxanne, account: &TwilioAccount) {
    let mut tx = vox.app.begin(vox.glow.org).await.unwrap();
    messaging::connect_twilio(&vox.app, &mut tx, vox.glow.org, account).await.unwrap();
    tx.commit().await.unwrap();
}

/// Twilio knows Harbor's account, and of Glow's only another token than ours.
fn refuse_glow(vox: &Voxanne) {
    let twilio = vox.sandbox.twilio();
    twilio.set_account(seed::HARBOR.twilio_account, &format!("sandbox-{}", seed::HARBOR.twilio_account));
    twilio.set_account(seed::GLOW.twilio_account, "rotated");
}

async fn of(vox: &Voxanne, clinic: &Clinic, state: &str) -> i64 {
    vox.count(&format!("texts where state = '{state}' and org_id = '{}'", clinic.org.0)).await
}

#[tokio::test]
async fn e19_t3_texts_wait_for_credentials_that_are_good_and_staff_are_told_once() {
    let vox = Voxanne::start_with(impatient).await;
    refuse_glow(&vox);
    for n in 0..40 {
        queue(&vox, &vox.glow, &format!("+131055501{n:02}"), &format!("glow{n}")).await;
        queue(&vox, &vox.harbor, &format!("+121255501{n:02}"), &format!("harbor{n}")).await;
    }
    queue_kind(&vox, &vox.glow, Kind::HotLeadAlert, MANAGER, "alert").await;
    vox.run_jobs().await;
    vox.sandbox.twilio().settled().await;
    assert_eq!(of(&vox, &vox.harbor, "delivered").await, 40);
    let refused = vox.sandbox.twilio().refused_sign_ins();
    assert!(refused <= 17, "what was in hand and no more: {refused}");
    assert_eq!(of(&vox, &vox.glow, "failed").await, 0, "they are held");
    assert_snapshot!(tasks(&vox).await, @"reconnect_twilio: Reconnect Twilio, texts wait until then: Twilio refused the credentials. Enter the account SID and auth token again in Settings. (20003)");
    assert_eq!(vox.count("notifications where kind = 'texting'").await, 1);
    // Nothing storms, whoever makes the jobs due; one probe an hour is all.
    for _ in 0..5 {
        later(&vox, 60).await;
        jobs::run_schedules(&vox.app).await.unwrap();
    }
    assert_eq!(vox.sandbox.twilio().refused_sign_ins(), refused);
    later(&vox, 3600).await;
    assert_eq!(vox.sandbox.twilio().refused_sign_ins(), refused + 1);
    assert_eq!(vox.count("tasks").await, 1);

    // The right token: everything leaves at once, without waiting for any pause.
    vox.run_jobs().await;
    connect(&vox, &account("rotated", None)).await;
    vox.run_jobs().await;
    vox.sandbox.twilio().settled().await;
    assert_eq!(of(&vox, &vox.glow, "sending").await + of(&vox, &vox.glow, "queued").await, 0);
    assert_eq!(taken(&vox), 81);
    assert_eq!(vox.count("texts where attempts > 3").await, 0);
    assert_eq!(vox.count("tasks where done_at is null").await, 0, "nobody has to reconnect any more");
    assert_eq!(
        jobs::list_dead(&vox.app).await.unwrap().len(),
        0,
        "a refusal is an outcome, not a failed job"
    );
}

#[tokio::test]
async fn e19_credentials_mended_at_twilio_are_found_out_by_a_probe() {
    let vox = Voxanne::start().await;
    refuse_glow(&vox);
    for n in 0..5 {
        queue(&vox, &vox.glow, &format!("+131055501{n:02}"), &format!("glow{n}")).await;
    }
    vox.run_jobs().await;
    assert_eq!(taken(&vox), 0);
    vox.sandbox.twilio().set_account(seed::GLOW.twilio_account, &glows_token());
    later(&vox, 600).await;
    assert_eq!(taken(&vox), 0, "not before the hour is over");
    later(&vox, 3600).await;
    vox.run_jobs().await;
    assert_eq!(taken(&vox), 5);
    assert_eq!(vox.count("tasks where done_at is null").await, 0);
}

#[tokio::test]
async fn t3_a_text_that_waits_too_long_for_credentials_fails_with_the_reason() {
    let vox = Voxanne::start().await;
    refuse_glow(&vox);
    send(&vox, "whenever").await;
    send(&vox, "soon").await;
    vox.exec("update texts set leave_before = queued_at + interval '2 hours' where dedupe_key = 'soon'")
        .await;
    vox.later(jiff::SignedDuration::from_hours(2));
    jobs::run_schedules(&vox.app).await.unwrap();
    assert_eq!(states(&vox).await, "failed 20003, sending");
    assert_eq!(
        vox.count("tasks where kind = 'text_failed' and title like '%Enter the account SID%'").await,
        1
    );
    vox.later(jiff::SignedDuration::from_hours(22));
    jobs::run_schedules(&vox.app).await.unwrap();
    assert_eq!(states(&vox).await, "failed 20003, failed 20003");
    connect(&vox, &account("rotated", None)).await;
    vox.run_jobs().await;
    assert_eq!(taken(&vox), 0, "what staff were told to make up for is not texted late");
}

#[tokio::test]
async fn e19_an_account_that_keeps_failing_is_left_alone_and_one_text_probes() {
    let vox = Voxanne::start_with(impatient).await;
    let twilio = vox.sandbox.twilio();
    twilio.black_hole(seed::GLOW.twilio_account, true);
    for n in 0..60 {
        queue(&vox, &vox.glow, &format!("+131055501{n:02}"), &format!("glow{n}")).await;
        queue(&vox, &vox.harbor, &format!("+121255501{n:02}"), &format!("harbor{n}")).await;
    }
    vox.run_jobs().await;
    twilio.settled().await;
    assert_eq!(of(&vox, &vox.harbor, "delivered").await, 60);
    let asked = twilio.requests_of(seed::GLOW.twilio_account);
    assert!(asked <= 16, "{asked}");
    assert_eq!(vox.count("text_providers where failures >= 5 and paused_until is not null").await, 1);
    assert_eq!(tasks(&vox).await, "", "it is not staff's business yet");
    // Each pause ends with one request, and each is longer than the one before.
    for probe in 1..=3_i64 {
        later(&vox, 20 * (1 << probe)).await;
        later(&vox, 1).await;
        assert!(twilio.requests_of(seed::GLOW.twilio_account) <= asked + usize::try_from(probe).unwrap());
    }
    twilio.black_hole(seed::GLOW.twilio_account, false);
    for _ in 0..8 {
        later(&vox, 700).await;
    }
    twilio.settled().await;
    assert_eq!(of(&vox, &vox.glow, "delivered").await, 60);
    assert_eq!(taken(&vox), 120, "each of them once");
    assert_eq!(vox.count("text_providers where failures > 0 or paused_until is not null").await, 0);
}

#[tokio::test]
async fn a_key_sends_and_the_token_still_verifies_what_twilio_posts() {
    let vox = Voxanne::start().await;
    let twilio = vox.sandbox.twilio();
    twilio.set_account(seed::GLOW.twilio_account, &glows_token());
    twilio.set_api_key("SK1", "key-secret");
    connect(&vox, &account(&glows_token(), Some(("SK1", "key-secret")))).await;
    send(&vox, "a").await;
    twilio.settled().await;
    assert_eq!(states(&vox).await, "delivered", "its reports were signed by the token");
    assert_eq!(twilio.signed_in_as(), ["SK1"]);
    // The key alone is revoked: texts wait, and its successor lets them out.
    connect(&vox, &account(&glows_token(), Some(("SK2", "gone")))).await;
    send(&vox, "b").await;
    assert_eq!(taken(&vox), 1);
    connect(&vox, &account(&glows_token(), None)).await;
    vox.run_jobs().await;
    assert_eq!(taken(&vox), 2);
}

#[tokio::test]
async fn t4_a_limit_of_one_org_slows_no_other_and_loses_nothing() {
    let vox = Voxanne::start().await;
    let busy = Fault::Status { http: 429, code: Some(20429), retry_after_seconds: Some(1) };
    vox.sandbox.twilio().next_sends(busy).times(10);
    for n in 0..30 {
        queue(&vox, &vox.glow, &format!("+131055501{n:02}"), &format!("glow{n}")).await;
    }
    vox.run_jobs().await;
    queue(&vox, &vox.harbor, CALLER, "harbor").await;
    vox.run_jobs().await;
    assert_eq!(vox.texts_to(CALLER).len(), 1);
    for _ in 0..6 {
        later(&vox, 5).await;
    }
    assert_eq!(taken(&vox), 31);
    assert_eq!(tasks(&vox).await, "");
}

#[tokio::test]
async fn a_text_is_given_no_longer_than_it_is_of_use() {
    let vox = Voxanne::start().await;
    queue(&vox, &vox.glow, CALLER, "whenever").await;
    queue(&vox, &vox.glow, "+13105550143", "soon").await;
    queue(&vox, &vox.glow, "+13105550144", "next week").await;
    queue(&vox, &vox.glow, "+13105550145", "over").await;
    for (key, end) in [("soon", "90 seconds"), ("next week", "7 days"), ("over", "0 seconds")] {
        vox.exec(&format!(
            "update texts set leave_before = queued_at + interval '{end}' where dedupe_key = '{key}'"
        ))
        .await;
    }
    vox.run_jobs().await;
    let validity = |to: &str| vox.texts_to(to).first().map(|text| text.validity_seconds);
    assert_eq!(validity(CALLER), Some(None));
    assert_eq!(validity("+13105550143"), Some(Some(90)));
    assert_eq!(validity("+13105550144"), Some(Some(36_000)));
    assert_eq!(validity("+13105550145"), None, "what is over does not leave");
}

#[tokio::test]
async fn a_confirmation_is_of_use_until_the_visit_begins() {
    let vox = Voxanne::start().await;
    super::book(&vox, 1, CALLER, 10).await;
    let left: i32 = vox
        .one("select extract(epoch from a.starts_at - t.queued_at)::int from texts t join appointments a on a.id = t.appointment_id")
        .await;
    vox.later(jiff::SignedDuration::from_secs(i64::from(left) - 300));
    vox.run_jobs().await;
    assert_eq!(vox.texts_to(CALLER)[0].validity_seconds, Some(300));
    super::book(&vox, 2, "+13105550143", 12).await;
    vox.later(jiff::SignedDuration::from_hours(3));
    vox.run_jobs().await;
    assert!(vox.texts_to("+13105550143").is_empty(), "it would come after the visit");
}
