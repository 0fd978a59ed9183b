#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::mail::store::tests::an_email;

const LEASE: SignedDuration = SignedDuration::from_secs(35);
const START: Timestamp = Timestamp::UNIX_EPOCH;

fn after(seconds: i64) -> Timestamp {
    START + SignedDuration::from_secs(seconds)
}

fn job() -> DeliverEmail {
    DeliverEmail::first(OrgId(uuid::Uuid::nil()), EmailId(uuid::Uuid::nil()))
}

fn leased() -> Email {
    Email { state: EmailState::Sending, leased_at: Some(START), ..an_email() }
}

fn plan_of(email: &Email, job: &DeliverEmail, now: Timestamp) -> Plan {
    plan(email, job, true, LEASE, now)
}

#[test]
fn a_queued_email_is_sent_and_one_that_surely_did_not_leave_too() {
    assert_eq!(plan_of(&an_email(), &job(), START), Plan::Send { is_again: false });
    let released = Email { leased_at: None, ..leased() };
    assert_eq!(plan_of(&released, &job(), START), Plan::Send { is_again: false });
}

#[test]
fn an_email_in_doubt_leaves_once_more_and_then_a_person_is_told() {
    assert_eq!(plan_of(&leased(), &job(), after(34)), Plan::Wait(SignedDuration::from_secs(1)));
    assert_eq!(plan_of(&leased(), &job(), after(35)), Plan::Send { is_again: true });
    let twice = Email { doubts: 1, ..leased() };
    assert_eq!(plan_of(&twice, &job(), after(35)), Plan::GiveUp(Failure::DOUBTFUL));
    // What surely did not leave the second time is no doubt.
    let released = Email { leased_at: None, ..twice };
    assert_eq!(plan_of(&released, &job(), after(35)), Plan::Send { is_again: false });
}

#[test]
fn what_ended_stays_so() {
    for state in [EmailState::Sent, EmailState::Failed] {
        assert_eq!(plan_of(&Email { state, ..leased() }, &job(), after(99)), Plan::Nothing);
    }
}

#[test]
fn an_email_that_nobody_wants_or_can_send_is_given_up() {
    let unwanted = Email { is_wanted: false, ..an_email() };
    assert_eq!(plan_of(&unwanted, &job(), START), Plan::GiveUp(Failure::REMOVED));
    assert_eq!(plan(&an_email(), &job(), false, LEASE, START), Plan::GiveUp(Failure::OFF));
    let tried = DeliverEmail { tries: TRIES_MAX, ..job() };
    assert_eq!(plan_of(&an_email(), &tried, START), Plan::GiveUp(Failure::UNREACHABLE));
    assert_eq!(plan_of(&leased(), &tried, after(99)), Plan::GiveUp(Failure::DOUBTFUL));
    let put_off = Email { last_code: Some(451), ..an_email() };
    let named = Failure { code: Some(451), ..Failure::UNREACHABLE };
    assert_eq!(plan_of(&put_off, &tried, START), Plan::GiveUp(named));
}

#[test]
fn pauses_grow_stay_bounded_repeat_exactly_and_differ_between_emails() {
    let pause =
        |tries, id| DeliverEmail { tries, email: EmailId(uuid::Uuid::from_u128(id)), ..job() }.pause();
    for tries in 0..TRIES_MAX {
        let whole = Duration::from_secs(15 << tries.min(10)).min(PAUSE_MAX);
        for id in 0..50 {
            assert!((whole * 3 / 4..=whole * 5 / 4).contains(&pause(tries, id)), "{tries} {id}");
            assert_eq!(pause(tries, id), pause(tries, id));
        }
    }
    let mut apart: Vec<_> = (0..50).map(|id| pause(3, id)).collect();
    apart.sort_unstable();
    apart.dedup();
    assert!(apart.len() > 30, "{}", apart.len());
    let all: Duration = (0..TRIES_MAX).map(|tries| pause(tries, 1)).sum();
    assert!((80..150).contains(&(all.as_secs() / 60)), "{all:?}");
}

#[test]
fn a_job_of_an_earlier_version_is_read() {
    let id = uuid::Uuid::nil();
    let read: DeliverEmail = serde_json::from_value(serde_json::json!({"org": id, "email": id})).unwrap();
    assert_eq!(read, job());
}
