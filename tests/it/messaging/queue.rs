//! The queue between a promise and Twilio: slow, dark, or with its worker gone.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::net::{TcpListener, TcpStream};
use voxanne::jobs;
use voxanne::messaging::{self, Kind};
use voxanne_sandbox::Fault;
use voxanne_sandbox::twilio::Callbacks;

use super::{
    LEASE_SECONDS, LOOK_UP_SECONDS, book, impatient, later, queue, queue_kind, send, states, taken, until,
};
use crate::harness::{CALLER, MANAGER, Voxanne};

/// Stands before Twilio and, while dark, takes connections and says nothing.
struct Gate {
    url: String,
    is_dark: Arc<AtomicBool>,
    listener: std::net::TcpListener,
}

impl Gate {
    fn new() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        Self { url, is_dark: Arc::new(AtomicBool::new(true)), listener }
    }

    fn open_to(self, upstream: &str) -> Arc<AtomicBool> {
        let (upstream, is_dark) = (upstream.replace("http://", ""), self.is_dark.clone());
        let listener = TcpListener::from_std(self.listener).unwrap();
        let is_open = self.is_dark;
        tokio::spawn(async move {
            loop {
                let (mut client, _) = listener.accept().await.unwrap();
                let (upstream, is_dark) = (upstream.clone(), is_dark.clone());
                tokio::spawn(async move {
                    if is_dark.load(Ordering::SeqCst) {
                        return std::future::pending().await;
                    }
                    let mut server = TcpStream::connect(upstream).await.unwrap();
                    let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
                });
            }
        });
        is_open
    }
}

#[tokio::test]
async fn tb13_e11_while_twilio_is_dark_callers_book_as_ever_and_the_text_leaves_later() {
    let gate = Gate::new();
    let mut dark = None;
    let vox = Voxanne::start_with(|c| {
        impatient(c);
        let sandbox = std::mem::replace(&mut c.twilio.base_url, gate.url.clone());
        dark = Some(gate.open_to(&sandbox));
    })
    .await;
    // A worker is stuck in the dark at the very moment the caller books.
    queue(&vox, &vox.glow, "+13105550143", "before").await;
    let booked = async {
        vox.until_count("texts where state = 'sending'", 1).await;
        let asked = Instant::now();
        let said = book(&vox, 1, CALLER, 10).await;
        (said, asked.elapsed())
    };
    let ((said, waited), ()) = tokio::join!(booked, vox.run_jobs());
    assert!(said.starts_with("Great!") && said.contains("You'll receive a text message"), "{said}");
    assert!(waited < Duration::from_secs(2), "{waited:?}");
    vox.run_jobs().await;
    assert_eq!((states(&vox).await.as_str(), taken(&vox)), ("sending, sending", 0));

    dark.unwrap().store(false, Ordering::SeqCst);
    for pause in [LEASE_SECONDS, LOOK_UP_SECONDS, LOOK_UP_SECONDS] {
        later(&vox, pause).await;
    }
    assert_eq!(vox.texts_to(CALLER).len(), 1, "late, and once");
    assert_eq!(taken(&vox), 2);
    assert_eq!(vox.count("tasks").await, 0);
}

#[tokio::test]
async fn a_hot_lead_alert_does_not_wait_behind_slow_confirmations() {
    let vox = Voxanne::start_with(|c| c.texts.timeout_seconds = 5).await;
    vox.sandbox.twilio().set_callbacks(Callbacks::Dropped);
    // The evening's confirmations: as many as an org may have in hand hang until we give up on them, others wait behind.
    vox.sandbox.twilio().next_sends(Fault::TimeoutAfterEffect).times(16);
    for n in 0..20 {
        queue(&vox, &vox.glow, &format!("+131055501{n:02}"), &format!("slow{n}")).await;
    }
    let worker = jobs::start(&vox.app).await.unwrap();
    until("the slow ones", || taken(&vox) == 16).await;
    queue_kind(&vox, &vox.glow, Kind::HotLeadAlert, MANAGER, "alert").await;
    until("the alert", || !vox.texts_to(MANAGER).is_empty()).await;
    assert_eq!(vox.count("texts where state = 'queued'").await, 4, "the others still wait");
    assert_eq!(vox.count("texts where state = 'sending'").await, 16);
    vox.app.stopping.cancel();
    worker.await.unwrap();
}

#[tokio::test]
async fn a_dead_job_is_listed_and_gets_another_chance() {
    let vox = Voxanne::start().await;
    queue(&vox, &vox.glow, CALLER, "a").await;
    vox.exec("update graphile_worker._private_jobs set attempts = max_attempts, last_error = 'boom'").await;
    vox.run_jobs().await;
    assert_eq!(taken(&vox), 0);
    let dead = jobs::list_dead(&vox.app).await.unwrap();
    assert_eq!(dead.len(), 1);
    assert_eq!((dead[0].task.as_str(), dead[0].last_error.as_deref()), ("deliver_text", Some("boom")));
    assert_eq!(dead[0].org, Some(vox.glow.org.0.to_string()));
    assert!(jobs::replay_dead(&vox.app, dead[0].id).await.unwrap());
    assert!(!jobs::replay_dead(&vox.app, dead[0].id).await.unwrap(), "it is not dead any more");
    vox.run_jobs().await;
    assert_eq!(taken(&vox), 1);
    assert!(jobs::list_dead(&vox.app).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_text_that_lost_its_job_is_given_one_and_only_one() {
    let vox = Voxanne::start().await;
    queue(&vox, &vox.glow, CALLER, "a").await;
    queue_kind(&vox, &vox.glow, Kind::HotLeadAlert, MANAGER, "b").await;
    vox.exec("delete from graphile_worker._private_jobs").await;
    assert_eq!(
        messaging::chase_unfinished(&vox.app, vox.glow.org).await.unwrap(),
        0,
        "not yet: it may be about to leave"
    );
    vox.later(jiff::SignedDuration::from_mins(15));
    jobs::run_schedules(&vox.app).await.unwrap();
    jobs::run_schedules(&vox.app).await.unwrap();
    vox.run_jobs().await;
    assert_eq!((vox.texts_to(CALLER).len(), vox.texts_to(MANAGER).len()), (1, 1));
    assert_eq!(messaging::chase_unfinished(&vox.app, vox.glow.org).await.unwrap(), 0);
    // A job that is dead counts as none.
    queue(&vox, &vox.glow, CALLER, "c").await;
    vox.exec("update graphile_worker._private_jobs set attempts = max_attempts").await;
    vox.later(jiff::SignedDuration::from_mins(15));
    assert_eq!(messaging::chase_unfinished(&vox.app, vox.glow.org).await.unwrap(), 1);
    vox.run_jobs().await;
    assert_eq!(vox.texts_to(CALLER).len(), 2);
}

#[tokio::test]
async fn jobs_of_a_dead_worker_are_run_by_another() {
    let vox = Voxanne::start().await;
    queue(&vox, &vox.glow, CALLER, "a").await;
    queue(&vox, &vox.glow, "+13105550143", "b").await;
    vox.exec(
        "update graphile_worker._private_jobs set locked_by = 'gone', locked_at = now() - interval '30 seconds', attempts = 1;
         update graphile_worker._private_job_queues set locked_by = 'gone', locked_at = now() - interval '30 seconds'",
    )
    .await;
    vox.run_jobs().await;
    assert_eq!(taken(&vox), 0, "nobody takes what somebody else may have");
    let begun = Instant::now();
    let worker = jobs::start(&vox.app).await.unwrap();
    until("both", || taken(&vox) == 2).await;
    assert!(begun.elapsed() < Duration::from_secs(25), "{:?}", begun.elapsed());
    vox.app.stopping.cancel();
    worker.await.unwrap();
}

#[tokio::test]
async fn two_workers_on_one_queue_send_each_text_once() {
    let vox = Voxanne::start().await;
    for n in 0..20 {
        queue(&vox, &vox.glow, &format!("+131055501{n:02}"), &format!("a{n}")).await;
        queue(&vox, &vox.harbor, &format!("+121255501{n:02}"), &format!("b{n}")).await;
    }
    tokio::join!(vox.run_jobs(), vox.run_jobs(), vox.run_jobs());
    vox.run_jobs().await;
    assert_eq!(taken(&vox), 40);
    assert_eq!(vox.count("texts where attempts <> 1").await, 0);
}

#[tokio::test]
async fn e12_a_second_text_for_one_reason_is_none() {
    let vox = Voxanne::start().await;
    let all = futures::future::join_all((0..10).map(|_| queue(&vox, &vox.glow, CALLER, "same"))).await;
    assert!(all.iter().all(|q| q.text() == all[0].text()));
    send(&vox, "same").await;
    assert_eq!((vox.count("texts").await, taken(&vox)), (1, 1));
    // The other org's reason of the same name is its own.
    assert_ne!(queue(&vox, &vox.harbor, CALLER, "same").await.text(), all[0].text());
}
