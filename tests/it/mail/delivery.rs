//! Between a promise and a mailbox: a mail server that is down, refuses, or never says.

use std::time::{Duration, Instant};

use insta::assert_snapshot;
use jiff::SignedDuration;
use voxanne::jobs;
use voxanne_sandbox::Fault;

use super::{LEASE_SECONDS, MARIA, add, hot_lead, impatient, inbox, later, states, tasks};
use crate::harness::{CALLER, MANAGER, Voxanne, booking, call_ref};

#[tokio::test]
async fn a_mail_server_that_is_down_and_comes_back_has_the_alert_once() {
    let vox = Voxanne::start_with(impatient).await;
    add(&vox, &vox.glow, MARIA, "en").await;
    vox.sandbox.mail().next_mails(Fault::ConnectionReset).times(2);
    hot_lead(&vox, &vox.glow, 1).await;
    vox.run_jobs().await;
    later(&vox, 30).await;
    assert_eq!(states(&vox).await, "sending");
    // Greylisting, and a server too busy to greet.
    vox.sandbox.mail().next_mails(Fault::status(451));
    vox.sandbox.mail().next_mails(Fault::status(421));
    later(&vox, 60).await;
    later(&vox, 120).await;
    assert_eq!((states(&vox).await.as_str(), inbox(&vox, MARIA).len()), ("sending 421", 0));
    later(&vox, 240).await;
    later(&vox, 3600).await;
    assert_eq!((states(&vox).await.as_str(), vox.sandbox.mail().taken().len()), ("sent", 1));
    assert_eq!(tasks(&vox).await, "");
}

#[tokio::test]
async fn a_mail_server_that_stays_away_ends_as_a_task() {
    let vox = Voxanne::start_with(|config| config.mail.port = 1).await;
    add(&vox, &vox.glow, MARIA, "en").await;
    hot_lead(&vox, &vox.glow, 1).await;
    hot_lead(&vox, &vox.glow, 2).await;
    for _ in 0..14 {
        later(&vox, 100).await;
    }
    assert_eq!(states(&vox).await, "failed, failed");
    assert_snapshot!(tasks(&vox).await, @"email_unreachable: Not e-mailed: a hot lead alert. The mail server could not be reached, or put it off, for hours. Ask whoever runs Voxanne to run `voxanne doctor`.");
    assert_eq!(jobs::list_dead(&vox.app).await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_mail_server_that_always_puts_off_ends_as_a_task_with_its_code() {
    let vox = Voxanne::start().await;
    add(&vox, &vox.glow, MARIA, "en").await;
    vox.sandbox.mail().next_mails(Fault::status(451)).times(99);
    hot_lead(&vox, &vox.glow, 1).await;
    for _ in 0..14 {
        later(&vox, 100).await;
    }
    assert_eq!((states(&vox).await.as_str(), vox.sandbox.mail().taken().len()), ("failed 451", 0));
    assert_snapshot!(tasks(&vox).await, @"email_unreachable: Not e-mailed: a hot lead alert (SMTP 451). The mail server could not be reached, or put it off, for hours. Ask whoever runs Voxanne to run `voxanne doctor`.");
}

#[tokio::test]
async fn a_refusal_fails_at_once_with_one_task_a_day_that_names_the_code() {
    let vox = Voxanne::start().await;
    add(&vox, &vox.glow, MARIA, "en").await;
    vox.sandbox.mail().refuse(MARIA);
    hot_lead(&vox, &vox.glow, 1).await;
    hot_lead(&vox, &vox.glow, 2).await;
    vox.run_jobs().await;
    assert_eq!(states(&vox).await, "failed 550, failed 550");
    assert_snapshot!(tasks(&vox).await, @"email_refused: Not e-mailed to maria@glow.example: a hot lead alert (SMTP 550). The mail server does not take mail for this address. Check the address.");
    vox.later(SignedDuration::from_hours(24));
    hot_lead(&vox, &vox.glow, 3).await;
    vox.run_jobs().await;
    assert_eq!(vox.count("tasks where kind = 'email_refused'").await, 2);
    later(&vox, 3600).await;
    assert_eq!(
        vox.one::<i16>("select max(attempts) from emails").await,
        1,
        "what was refused is not tried again"
    );
}

#[tokio::test]
async fn credentials_are_used_and_wrong_ones_are_told() {
    let login = |password: &'static str| {
        move |config: &mut voxanne::platform::config::Config| {
            config.mail.username = "alerts".into();
            config.mail.password = password.into();
        }
    };
    let vox = Voxanne::start_with(login("right")).await;
    vox.sandbox.mail().set_account("alerts", "right");
    add(&vox, &vox.glow, MARIA, "en").await;
    hot_lead(&vox, &vox.glow, 1).await;
    vox.run_jobs().await;
    assert_eq!(inbox(&vox, MARIA)[0].account.as_deref(), Some("alerts"));
    vox.sandbox.mail().set_account("alerts", "changed");
    hot_lead(&vox, &vox.glow, 2).await;
    vox.run_jobs().await;
    assert_eq!(states(&vox).await, "sent, failed 535");
    assert_snapshot!(tasks(&vox).await, @"email_refused: Not e-mailed: a hot lead alert (SMTP 535). The mail server refused the credentials. Check mail.username and mail.password.");
}

#[tokio::test]
async fn a_server_that_offers_no_encryption_is_told_nothing() {
    for tls in ["starttls", "implicit"] {
        let vox = Voxanne::start_with(|config| {
            impatient(config);
            config.mail.tls = tls.into();
            config.mail.username = "alerts".into();
            config.mail.password = "s3cret".into();
        })
        .await;
        add(&vox, &vox.glow, MARIA, "en").await;
        hot_lead(&vox, &vox.glow, 1).await;
        vox.run_jobs().await;
        assert_eq!((states(&vox).await.as_str(), vox.sandbox.mail().taken().len()), ("sending", 0), "{tls}");
        let heard = vox.sandbox.mail().heard();
        assert!(
            heard.iter().all(|verb| verb == "EHLO" || verb == "QUIT" || tls == "implicit"),
            "{tls}: {heard:?}"
        );
    }
}

#[tokio::test]
async fn an_email_taken_without_an_answer_comes_again_as_the_same_message_and_no_third_time() {
    for fault in [Fault::TimeoutAfterEffect, Fault::HangUpAfterEffect, Fault::Garbage, Fault::HugeBody] {
        let vox = Voxanne::start_with(impatient).await;
        add(&vox, &vox.glow, MARIA, "en").await;
        vox.sandbox.mail().next_mails(fault.clone());
        hot_lead(&vox, &vox.glow, 1).await;
        vox.run_jobs().await;
        assert_eq!(
            (states(&vox).await.as_str(), vox.sandbox.mail().taken().len()),
            ("sending", 1),
            "{fault:?}"
        );
        later(&vox, 5).await;
        assert_eq!(vox.sandbox.mail().taken().len(), 1, "{fault:?}: the lease still holds");
        later(&vox, LEASE_SECONDS).await;
        assert_eq!((states(&vox).await.as_str(), vox.sandbox.mail().taken().len()), ("sent", 2), "{fault:?}");
        let mut both = vox.sandbox.mail().taken();
        for mail in &mut both {
            mail.received_at = jiff::Timestamp::UNIX_EPOCH;
        }
        assert_eq!(both[0], both[1], "{fault:?}: the same message to the letter");
        assert_eq!(inbox(&vox, MARIA).len(), 1, "{fault:?}: which is one in a mailbox");
        assert_eq!(tasks(&vox).await, "");
    }
}

#[tokio::test]
async fn an_email_twice_in_doubt_is_a_question_for_staff() {
    let vox = Voxanne::start_with(impatient).await;
    add(&vox, &vox.glow, MARIA, "en").await;
    vox.sandbox.mail().next_mails(Fault::HangUpAfterEffect).times(9);
    hot_lead(&vox, &vox.glow, 1).await;
    vox.run_jobs().await;
    for _ in 0..4 {
        later(&vox, LEASE_SECONDS).await;
    }
    assert_eq!((states(&vox).await.as_str(), vox.sandbox.mail().taken().len()), ("failed", 2));
    assert_snapshot!(tasks(&vox).await, @"email_unknown: Not e-mailed: a hot lead alert. The mail server did not say whether it took it, twice. Look whether it arrived.");
}

#[tokio::test]
async fn r4_a_worker_killed_between_send_and_mark_leaves_one_message() {
    let vox = Voxanne::start().await;
    add(&vox, &vox.glow, MARIA, "en").await;
    vox.sandbox.mail().next_mails(Fault::AnswerSlowly { millis: 60_000 });
    hot_lead(&vox, &vox.glow, 1).await;
    let app = vox.app.clone();
    let worker = tokio::spawn(async move { jobs::run_due(&app).await.map_err(|e| e.to_string()) });
    until("the send", || vox.sandbox.mail().taken().len() == 1).await;
    worker.abort();
    assert!(worker.await.unwrap_err().is_cancelled());
    assert_eq!(states(&vox).await, "sending", "the lease was committed before the send");
    // What the sweep for dead workers does.
    vox.exec(
        "update graphile_worker._private_jobs set locked_by = null, locked_at = null;
         update graphile_worker._private_job_queues set locked_by = null, locked_at = null",
    )
    .await;
    later(&vox, 1).await;
    assert_eq!(vox.sandbox.mail().taken().len(), 1, "the lease still holds");
    later(&vox, 60).await;
    assert_eq!(states(&vox).await, "sent");
    let taken = vox.sandbox.mail().taken();
    assert_eq!((taken.len(), inbox(&vox, MARIA).len()), (2, 1));
    assert_eq!(vox.one::<i16>("select doubts from emails").await, 1);
}

#[tokio::test]
async fn tb13_while_the_mail_server_is_a_black_hole_callers_book_and_texts_leave_as_ever() {
    let vox = Voxanne::start_with(|config| config.mail.timeout_seconds = 30).await;
    vox.sandbox.mail().next_mails(Fault::TimeoutBeforeEffect).times(1000);
    for n in 0..4 {
        add(&vox, &vox.glow, &format!("m{n}@glow.example"), "en").await;
        add(&vox, &vox.harbor, &format!("m{n}@harbor.example"), "en").await;
    }
    let worker = jobs::start(&vox.app).await.unwrap();
    for call in 0..6 {
        hot_lead(&vox, if call % 2 == 0 { &vox.glow } else { &vox.harbor }, call).await;
    }
    vox.until_count("emails where state = 'sending'", 2).await;
    let asked = Instant::now();
    let line = vox.call_from(&vox.glow, &call_ref(9), Some(CALLER));
    let said =
        line.tool("book_appointment", booking("Botox", "2026-12-01", "10:00", "Dana Fox")).await.unwrap();
    assert!(said.text().starts_with("Great!"), "{}", said.text());
    assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
    until("the text of the booking, and the alerts'", || {
        vox.texts_to(CALLER).len() == 1 && vox.texts_to(MANAGER).len() == 3
    })
    .await;
    assert!(asked.elapsed() < Duration::from_secs(20), "long before the mail server's time is up");
    assert_eq!(vox.count("emails where state = 'sent'").await, 0);
    assert_eq!(vox.count("tasks where kind like '%email%'").await, 0);
    vox.app.stopping.cancel();
    drop(worker);
}

#[tokio::test]
async fn an_email_that_lost_its_job_is_given_one_and_a_removed_recipient_gets_nothing() {
    let vox = Voxanne::start().await;
    let maria = add(&vox, &vox.glow, MARIA, "en").await;
    hot_lead(&vox, &vox.glow, 1).await;
    vox.exec("delete from graphile_worker._private_jobs").await;
    vox.later(SignedDuration::from_mins(15));
    jobs::run_schedules(&vox.app).await.unwrap();
    jobs::run_schedules(&vox.app).await.unwrap();
    vox.run_jobs().await;
    assert_eq!(
        vox.sandbox.mail().taken().iter().filter(|mail| mail.subject.starts_with("Hot lead")).count(),
        1
    );
    hot_lead(&vox, &vox.glow, 2).await;
    assert_eq!(vox.glow_api().await.delete(&format!("/email-recipients/{maria}")).await.status, 204);
    let before = vox.sandbox.mail().taken().len();
    vox.run_jobs().await;
    assert_eq!(vox.sandbox.mail().taken().len(), before);
    assert_eq!(tasks(&vox).await, "", "whoever removes a recipient wants it so");
}

/// Waits, bounded, for what another task does.
async fn until(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..1200 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("never: {what}");
}
