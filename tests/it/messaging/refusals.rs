//! When Twilio says no, or the carrier does.

use insta::assert_snapshot;
use voxanne::jobs;
use voxanne::messaging::Kind;
use voxanne_sandbox::Fault;

use super::{book, later, queue, queue_kind, send, states, taken, tasks};
use crate::harness::{CALLER, MANAGER, Voxanne};

/// A code, how it comes (refused at once, or reported by the carrier), and where the text ends.
const TABLE: [(u32, bool, &str); 12] = [
    (21211, true, "failed 21211"),
    (21614, true, "failed 21614"),
    (21408, true, "failed 21408"),
    (21610, true, "failed 21610"),
    (30450, true, "failed 30450"),
    (63038, true, "failed 63038"),
    (30003, false, "undelivered 30003"),
    (30004, false, "undelivered 30004"),
    (30005, false, "undelivered 30005"),
    (30006, false, "undelivered 30006"),
    (30007, false, "undelivered 30007"),
    (30034, false, "undelivered 30034"),
];

#[tokio::test]
async fn t2_e17_every_refusal_ends_at_once_and_tells_staff_what_to_do() {
    let vox = Voxanne::start().await;
    for (n, (code, at_once, ends)) in TABLE.into_iter().enumerate() {
        let fault = if at_once { Fault::twilio(400, code) } else { Fault::Undelivered { code } };
        vox.sandbox.twilio().next_sends(fault);
        queue(&vox, &vox.glow, &format!("+131055501{n:02}"), &format!("{code}")).await;
        vox.run_jobs().await;
        vox.sandbox.twilio().settled().await;
        let state: String = vox
            .one(&format!("select state || ' ' || failure_code from texts where dedupe_key = '{code}'"))
            .await;
        assert_eq!(state, ends);
        vox.later(jiff::SignedDuration::from_secs(1));
    }
    later(&vox, 3600).await;
    assert_eq!(vox.count("texts where attempts <> 1").await, 0, "none was tried again");
    assert_eq!(vox.count("texts where failure is null").await, 0);
    assert_eq!(
        vox.count("opt_outs where source = 'provider'").await,
        1,
        "21610 and nothing else is an opt-out"
    );
    assert_snapshot!(tasks(&vox).await, @"
    call_instead: Call instead, the text to the caller did not arrive: This is not a valid number. Correct it on the contact.
    call_instead: Call instead, the text to the caller did not arrive: This is not a mobile number. Call instead, or ask for a mobile number.
    fix_texting: Texts do not leave: Texts to this country are off. Turn it on under Messaging geographic permissions in Twilio.
    call_instead: Call instead, the text to the caller did not arrive: The recipient replied STOP. They must reply START before texts resume.
    text_failed: Not delivered: the text to the caller. Twilio's fraud protection stopped the text. Review SMS pumping protection in Twilio.
    text_failed: Not delivered: the text to the caller. The account reached its daily limit of texts. Raise it in Twilio, or wait until tomorrow.
    text_failed: Not delivered: the text to the caller. The phone is off or out of reach. Call the contact, or send again later.
    text_failed: Not delivered: the text to the caller. The recipient or carrier blocks these texts. Call instead.
    call_instead: Call instead, the text to the caller did not arrive: The number is not in service. Correct it on the contact.
    call_instead: Call instead, the text to the caller did not arrive: This is a landline or a carrier Twilio cannot reach. Call instead.
    text_failed: Not delivered: the text to the caller. The carrier filtered the text. Reword it and check the number's registration in Twilio.
    fix_texting: Texts do not leave: The number is not registered for A2P 10DLC. Finish brand and campaign registration in Twilio.
    ");
}

#[tokio::test]
async fn t3_credentials_refused_stop_the_text_and_are_one_task_a_day() {
    let vox = Voxanne::start().await;
    vox.sandbox.twilio().next_sends(Fault::twilio(401, 20003)).times(3);
    send(&vox, "a").await;
    send(&vox, "b").await;
    for _ in 0..3 {
        later(&vox, 600).await;
    }
    assert_eq!(states(&vox).await, "failed 20003, failed 20003");
    assert_eq!(vox.count("texts where attempts <> 1").await, 0, "no second request");
    assert_snapshot!(tasks(&vox).await, @"reconnect_twilio: Reconnect Twilio: Twilio refused the credentials. Enter the account SID and auth token again in Settings.");
    later(&vox, 24 * 3600).await;
    send(&vox, "c").await;
    assert_eq!(vox.count("tasks where kind = 'reconnect_twilio'").await, 2, "the next day it is said again");
    // E19: connected again, the very next text leaves; no breaker has to cool down.
    send(&vox, "d").await;
    assert_eq!(taken(&vox), 1);
}

#[tokio::test]
async fn t4_a_busy_twilio_is_left_alone_for_as_long_as_it_asked() {
    let vox = Voxanne::start().await;
    let busy = Fault::Status { http: 429, code: Some(20429), retry_after_seconds: Some(120) };
    vox.sandbox.twilio().next_sends(busy);
    send(&vox, "a").await;
    assert_eq!((states(&vox).await.as_str(), taken(&vox)), ("sending", 0));
    let wait = "select extract(epoch from run_at - now())::int from graphile_worker._private_jobs";
    let seconds: i32 = vox.one(wait).await;
    assert!((100..=120).contains(&seconds), "{seconds}");
    vox.run_jobs().await;
    assert_eq!(taken(&vox), 0, "not before");
    // Per-org fairness: another clinic's text does not wait.
    queue(&vox, &vox.harbor, "+12125550142", "other").await;
    vox.run_jobs().await;
    assert_eq!(vox.texts_to("+12125550142").len(), 1);
    later(&vox, 120).await;
    assert_eq!(vox.texts_to(CALLER).len(), 1);
    assert_eq!(tasks(&vox).await, "", "it is not staff's business");
}

#[tokio::test]
async fn t4_an_absurd_pause_is_not_believed() {
    let vox = Voxanne::start().await;
    vox.sandbox.twilio().next_sends(Fault::Status {
        http: 429,
        code: None,
        retry_after_seconds: Some(u32::MAX),
    });
    send(&vox, "a").await;
    let seconds: i32 =
        vox.one("select extract(epoch from run_at - now())::int from graphile_worker._private_jobs").await;
    assert!(seconds <= 3600, "{seconds}");
}

#[tokio::test]
async fn e14_tm5_a_number_that_said_stop_is_promised_no_text_and_staff_are_told() {
    let vox = Voxanne::start().await;
    vox.sandbox.twilio().opt_out(CALLER);
    let first = book(&vox, 1, CALLER, 10).await;
    assert!(first.contains("You'll receive a text message"), "nobody knew: {first}");
    vox.run_jobs().await;
    later(&vox, 3600).await;
    assert_eq!(states(&vox).await, "failed 21610");
    assert_eq!(vox.one::<i16>("select attempts from texts").await, 1);
    assert_eq!(vox.count("appointments where status = 'scheduled'").await, 1, "T-B13: the visit stands");

    let second = book(&vox, 2, CALLER, 12).await;
    assert_snapshot!(second, @"Great! I've confirmed your Botox appointment for Tuesday, December 1st at 12 PM. Please make a note of it, since I can't text you a confirmation.");
    assert_snapshot!(tasks(&vox).await, @"
    call_instead: Call instead, the text to the caller did not arrive: The recipient replied STOP. They must reply START before texts resume.
    text_not_sent: Text not sent: The recipient replied STOP. Call instead.
    ");
    assert_eq!(vox.count("texts where attempts > 0").await, 1);
    assert_eq!(vox.count("texts where verdict = 'denied: opted_out' and failure is not null").await, 1);
    assert_eq!(vox.count("consents where not given and source = 'provider' and purpose = 'texts'").await, 1);

    // A manager's phone is never held back, even if it once said STOP to the clinic.
    vox.exec(&format!("insert into opt_outs values ('{}', '{MANAGER}', 'test', now())", vox.glow.org.0))
        .await;
    queue_kind(&vox, &vox.glow, Kind::HotLeadAlert, MANAGER, "alert").await;
    vox.run_jobs().await;
    assert_eq!(vox.texts_to(MANAGER).len(), 1);

    // Another clinic was told nothing.
    vox.sandbox.twilio().opt_in(CALLER);
    queue(&vox, &vox.harbor, CALLER, "harbor").await;
    vox.run_jobs().await;
    assert_eq!(vox.texts_to(CALLER).len(), 1);
}

#[tokio::test]
async fn tm7_a_landline_is_called_instead() {
    for fault in [Fault::twilio(400, 21614), Fault::Undelivered { code: 30006 }] {
        let vox = Voxanne::start().await;
        vox.sandbox.twilio().next_sends(fault.clone());
        book(&vox, 1, CALLER, 10).await;
        vox.run_jobs().await;
        vox.sandbox.twilio().settled().await;
        let task: String = vox
            .one("select title from tasks where kind = 'call_instead' and appointment_id is not null")
            .await;
        assert!(task.starts_with("Call instead, the text to the caller did not arrive: "), "{task}");
        // Once known, it is not promised again.
        let next = book(&vox, 2, CALLER, 12).await;
        assert!(
            next.ends_with("Please make a note of it, since I can't text you a confirmation."),
            "{fault:?}: {next}"
        );
        assert_eq!(vox.count("texts where attempts > 0").await, 1);
        assert_eq!(vox.count("texts where verdict = 'denied: number_unreachable'").await, 1);
        assert_eq!(vox.count("tasks where kind = 'text_not_sent'").await, 1);
    }
}

#[tokio::test]
async fn e19_one_orgs_bad_token_never_holds_up_anothers_texts() {
    let vox = Voxanne::start().await;
    // Twilio knows Harbor's account only: every text of Glow is refused.
    let token = format!("sandbox-{}", voxanne::seed::HARBOR.twilio_account);
    vox.sandbox.twilio().set_account(voxanne::seed::HARBOR.twilio_account, &token);
    for n in 0..10 {
        queue(&vox, &vox.glow, &format!("+131055501{n:02}"), &format!("glow{n}")).await;
        queue(&vox, &vox.harbor, &format!("+121255501{n:02}"), &format!("harbor{n}")).await;
    }
    vox.run_jobs().await;
    vox.sandbox.twilio().settled().await;
    assert_eq!(
        vox.count(&format!("texts where state = 'delivered' and org_id = '{}'", vox.harbor.org.0)).await,
        10
    );
    assert_eq!(
        vox.count(&format!("texts where state = 'failed' and org_id = '{}'", vox.glow.org.0)).await,
        10
    );
    assert_eq!(vox.count("tasks").await, 1);
    assert_eq!(
        jobs::list_dead(&vox.app).await.unwrap().len(),
        0,
        "a refusal is an outcome, not a failed job"
    );
}
