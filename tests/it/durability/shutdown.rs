//! The program is asked to stop, or has nothing left to open.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use tokio::process::Command;

use super::callers::{Callers, Errand, Wish};
use super::chance::Chance;
use super::installation::Installation;
use super::promises::{assert_kept, until_settled};
use crate::harness::{Voxanne, booking, call_ref};

/// `server.drain_seconds`.
const DRAINED_WITHIN: Duration = Duration::from_secs(25);

/// R28.
#[tokio::test(flavor = "multi_thread")]
async fn r28_sigterm_under_load_finishes_and_records_what_was_begun() {
    let chance = Chance::new("SIGTERM");
    let place = Installation::new(vec![]).await;
    let callers = Callers::new(&place, &chance);
    let mut stops = Vec::new();
    for _ in 0..5 {
        let program = place.start().await;
        let stopped = async {
            callers.another_answer().await;
            chance.pause(5, 400).await;
            let asked = Instant::now();
            let status = program.terminate().await;
            assert!(status.success(), "{status}: {}", place.log());
            stops.push(asked.elapsed());
        };
        callers.ring_until(stopped).await;
        assert_recorded(&place, &callers.all()).await;
    }
    assert!(stops.iter().all(|took| *took < DRAINED_WITHIN), "{stops:?}");
    let program = place.start().await;
    callers.repeat_unanswered().await;
    assert!(program.terminate().await.success());
    until_settled(&place).await;
    let kept = assert_kept(&place, &callers).await;
    eprintln!("{kept:?}, stopped after {stops:?}");
}

/// R28: also of a call that is answered long after the program was asked to stop.
#[tokio::test]
async fn r28_what_is_answered_while_stopping_is_recorded_too() {
    let vox = Voxanne::start().await;
    voxanne::receptionist::start_recorder(&vox.app);
    let call = vox.call(&call_ref(1));
    let mut tx = vox.admin.begin().await.unwrap();
    sqlx::query("lock table reservations").execute(&mut *tx).await.unwrap();
    let stop = async {
        vox.until_waiting(1).await;
        vox.app.stopping.cancel();
        // Until its door is shut: whoever waits now waits for an answer of a program that stops.
        while TcpStream::connect(vox.url.replace("http://", "")).is_ok() {
            tokio::task::yield_now().await;
        }
        tx.rollback().await.unwrap();
    };
    let wish = booking("Botox", "2026-12-01", "10:00", "Ana Diaz");
    let (said, ()) = tokio::join!(call.tool("book_appointment", wish), stop);
    assert!(said.unwrap().text().starts_with("Great!"));
    vox.app.tasks.close();
    tokio::time::timeout(Duration::from_secs(10), vox.app.tasks.wait()).await.expect("everything ends");
    assert_eq!(vox.count("inbox where state = 'done'").await, 1);
}

/// What is written off the caller's path is written before the end: nobody comes to do it later.
async fn assert_recorded(place: &Installation, errands: &[Errand]) {
    for errand in errands.iter().filter(|errand| errand.heard.is_some()) {
        let call = errand.call_ref();
        match errand.wish {
            Wish::Times(_) => {
                let asked = format!("tool_calls where call_ref = '{call}' and answer is not null");
                assert_eq!(place.count(&asked).await, 1, "not recorded: {errand:?}");
                let message =
                    format!("inbox where call_ref = '{call}' and kind = 'tool-calls' and state = 'done'");
                assert_eq!(place.count(&message).await, 1, "not recorded: {errand:?}");
            }
            Wish::Visit(_) | Wish::CallBack | Wish::Talk => {
                let open = format!("inbox where call_ref = '{call}' and state <> 'done'");
                assert_eq!(place.count(&open).await, 0, "not settled: {errand:?}");
            }
        }
    }
}

/// R17: with 64 file descriptors and twice as many clients, calls wait; the program does not fall.
#[tokio::test(flavor = "multi_thread")]
async fn r17_without_file_descriptors_the_program_waits_and_serves_again() {
    let chance = Chance::new("no file descriptors");
    let place = Installation::new(vec![]).await;
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -n 64; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_voxanne")]);
    let mut program = place.start_as(shell).await;
    let address = place.url().replace("http://", "");
    let idle: Vec<TcpStream> = (0..128).map(|_| TcpStream::connect(&address).unwrap()).collect();
    place.until_logged("Could not accept a connection").await;
    assert!(!program.has_ended(), "{}", place.log());
    drop(idle);
    let callers = Callers::new(&place, &chance);
    callers.ring_until(callers.another_booking()).await;
    assert!(place.is_ready().await);
    assert!(program.terminate().await.success());
    until_settled(&place).await;
    assert_kept(&place, &callers).await;
}
