//! How Google's next answer goes wrong.

use voxanne_sandbox::{Fault, Target};

use crate::durability::chance::Chance;

/// Past the second that jobs have for a request.
const LATE: u64 = 1_300;

fn one_of<T: Clone>(chance: &Chance, of: &[T]) -> T {
    of[usize::try_from(chance.below(of.len() as u64)).unwrap()].clone()
}

/// A bad answer and whom it hits. Slow ones cost a second each.
pub fn draw(chance: &Chance, may_be_slow: bool) -> (Target, Fault, u32) {
    let target = one_of(
        chance,
        &[
            Target::GoogleEventsWrite,
            Target::GoogleEventsWrite,
            Target::GoogleEventsWrite,
            Target::GoogleEventsWrite,
            Target::GoogleEventsRead,
            Target::GoogleEventsRead,
            Target::GoogleEventsRead,
            Target::GoogleFreeBusy,
            Target::GoogleToken,
            Target::GoogleChannels,
        ],
    );
    let times = if chance.one_in(5) { 2 } else { 1 };
    if may_be_slow && chance.one_in(3) {
        let slow = [
            Fault::TimeoutAfterEffect,
            Fault::TimeoutBeforeEffect,
            Fault::Delay { millis: LATE },
            Fault::AnswerSlowly { millis: LATE },
            Fault::Drip { millis: 200 },
            Fault::HugeBody,
        ];
        return (target, one_of(chance, &slow), 1);
    }
    if chance.one_in(3) {
        return (target, one_of(chance, &[Fault::HangUpAfterEffect, Fault::Garbage]), times);
    }
    let refusal = |http, reason| Fault::google(http, reason);
    let anywhere = [
        Fault::ConnectionReset,
        refusal(500, "backendError"),
        refusal(503, "backendError"),
        refusal(403, "rateLimitExceeded"),
        refusal(403, "userRateLimitExceeded"),
        refusal(403, "quotaExceeded"),
        refusal(403, "forbidden"),
        refusal(401, "authError"),
        Fault::Refusal { http: 429, reason: "rateLimitExceeded".into(), retry_after_seconds: Some(90) },
        refusal(400, "invalid"),
    ];
    let fault = match target {
        Target::GoogleEventsWrite if chance.one_in(2) => one_of(
            chance,
            &[
                refusal(404, "notFound"),
                refusal(409, "duplicate"),
                refusal(410, "deleted"),
                refusal(412, "conditionNotMet"),
            ],
        ),
        Target::GoogleEventsRead if chance.one_in(3) => refusal(410, "fullSyncRequired"),
        Target::GoogleToken if chance.one_in(3) => refusal(400, "invalid_grant"),
        _ => one_of(chance, &anywhere),
    };
    (target, fault, times)
}
