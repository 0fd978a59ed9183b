//! The program is killed.

use std::time::Instant;

use voxanne_sandbox::Fault;

use super::callers::Callers;
use super::chance::Chance;
use super::installation::Installation;
use super::promises::{assert_kept, assert_told_again, refused, until_settled};

const KILLS: u64 = 50;

/// R1, R2, R4, T-B12, A23, A27: at fifty random moments, without warning.
#[tokio::test(flavor = "multi_thread")]
async fn r1_r2_r4_t_b12_a23_a27_kill_9_loses_nothing_acknowledged_and_doubles_nothing() {
    let begun = Instant::now();
    let chance = Chance::new("kill -9 of the program");
    let place = Installation::new(vec![]).await;
    let callers = Callers::new(&place, &chance);
    for kill in 1..=KILLS {
        plan_a_bad_day(&place, &chance);
        let program = place.start().await;
        let killed = async {
            // Half of them in the first moments, the others when all of it is at work.
            if kill % 2 == 0 {
                callers.another_answer().await;
            }
            chance.pause(5, 400).await;
            program.kill().await;
        };
        callers.ring_until(killed).await;
        // Else one killed worker's lock on the org's queue would keep every later crash from a text in hand.
        if kill % 3 == 0 {
            place.time_passes().await;
        }
    }
    place.sandbox.clear_faults();
    let program = place.start().await;
    callers.repeat_unanswered().await;
    assert_told_again(&callers, 20).await;
    assert!(program.terminate().await.success());
    let rounds = until_settled(&place).await;
    let kept = assert_kept(&place, &callers).await;
    assert!(kept.booked > 20 && kept.alerted > 5, "that proves little: {kept:?}");
    let log = place.log();
    let count = async |times: u8| place.count(&format!("texts where attempts >= {times}")).await;
    let handed_over = [count(2).await, count(3).await, count(4).await];
    eprintln!(
        "{kept:?} of {}, {} refused, {} texts, {:?} handed over twice, three and four times, {} found by look-up, \
         {} messages dead, {rounds} rounds, {:?}",
        kept.asked,
        refused(&callers.all()),
        place.sandbox.twilio().messages().len(),
        handed_over,
        log.matches("Found a text that had left").count(),
        place.count("inbox where state = 'dead'").await,
        begun.elapsed(),
    );
}

/// Slow and broken answers of the texting vendor make more moments in which a kill hurts.
fn plan_a_bad_day(place: &Installation, chance: &Chance) {
    let twilio = place.sandbox.twilio();
    for _ in 0..8 {
        match chance.below(8) {
            0 => twilio.next_sends(Fault::HangUpAfterEffect).times(1),
            1 => twilio.next_sends(Fault::status(503)).times(1),
            _ => twilio.next_sends(Fault::AnswerSlowly { millis: 10 + chance.below(80) }).times(1),
        }
    }
}
