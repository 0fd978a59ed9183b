//! When Twilio says no, or the carrier does.

use insta::assert_snapshot;
use voxanne::messaging::Kind;
use voxanne_sandbox::Fault;

use super::{book, later, queue, queue_kind, send, states, taken, tasks};
use crate::harness::{CALLER, MANAGER, Voxanne};

/// A code, how it comes (refused at once, or reported by the carrier), and where the text ends.
const TABLE: [(u32, bool, &str); 11] = [
    (21211, true, "failed 21211"),
    (21614, true, "failed 21614"),
    (21408, true, "failed 21408"),
    (21610, true, "failed 21610"),
    (30450, true, "failed 30450"),
    (63038, true, "failed 63038"),
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
    fix_texting: Texts do not leave: The account reached its daily limit of texts. Raise it in Twilio, or wait until tomorrow.
    text_failed: Not delivered: the text to the caller. The recipient or carrier blocks these texts. Call instead.
    call_instead: Call instead, the text to the caller did not arrive: The number is not in service. Correct it on the contact.
    call_instead: Call instead, the text to the caller did not arrive: This is a landline or a carrier Twilio cannot reach. Call instead.
    text_failed: Not delivered: the text to the caller. The carrier filtered the text. Reword it and check the number's registration in Twilio.
    fix_texting: Texts do not leave: The number is not registered for A2P 10DLC. Finish brand and campaign registration in Twilio.
    ");
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
    assert!((100..=125).contains(&seconds), "{seconds}");
    vox.run_jobs().await;
    assert_eq!(taken(&vox), 0, "not before");
    // Per-org fairness: another clinic's text does not wait.
    queue(&vox, &vox.harbor, "+12125550142", "other").await;
    vox.run_jobs().await;
    assert_eq!(vox.texts_to("+12125550142").len(), 1);
    later(&vox, 125).await;
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
    assert!(seconds <= 3605, "{seconds}");
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
