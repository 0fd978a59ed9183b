use super::*;
use crate::messaging::store::tests::a_text;

const LEASE: SignedDuration = SignedDuration::from_secs(30);
const START: Timestamp = Timestamp::UNIX_EPOCH;

fn after(seconds: i64) -> Timestamp {
    START + SignedDuration::from_secs(seconds)
}

fn job() -> DeliverText {
    DeliverText::first(OrgId(uuid::Uuid::nil()), TextId(uuid::Uuid::nil()))
}

fn leased() -> Text {
    Text { state: TextState::Sending, leased_at: Some(START), attempts: 1, ..a_text() }
}

fn plan_of(text: &Text, job: &DeliverText, now: Timestamp) -> Plan {
    plan(text, job, Verdict::Allow(text.kind.class()), LEASE, now)
}

#[test]
fn a_queued_text_is_sent() {
    assert_eq!(plan_of(&a_text(), &job(), START), Plan::Send);
}

#[test]
fn t1_r4_t_m1_a_text_found_leased_is_looked_up_and_not_sent() {
    assert_eq!(plan_of(&leased(), &job(), after(29)), Plan::Wait(SignedDuration::from_secs(1)));
    assert_eq!(plan_of(&leased(), &job(), after(30)), Plan::LookUp);
}

#[test]
fn t1_only_two_look_ups_after_the_same_attempt_let_it_out_again() {
    let once = job().after_a_look_up(1);
    assert_eq!(plan_of(&leased(), &once, after(60)), Plan::LookUp);
    let twice = once.after_a_look_up(1);
    assert_eq!(plan_of(&leased(), &twice, after(120)), Plan::Send);
    // A crash after the second handing-over finds a job that still remembers the first one's look-ups.
    let second = Text { attempts: 2, leased_at: Some(after(120)), ..leased() };
    assert_eq!(plan_of(&second, &twice, after(200)), Plan::LookUp);
    assert_eq!(twice.after_a_look_up(2).absent, 1);
}

#[test]
fn a_text_that_surely_did_not_leave_needs_no_look_up() {
    let released = Text { leased_at: None, ..leased() };
    assert_eq!(plan_of(&released, &job(), START), Plan::Send);
}

#[test]
fn t8_t9_t13_a_verdict_holds_back_what_is_queued_and_not_what_may_be_out() {
    let now = after(60);
    let stopped = Verdict::Deny(Rule::OptedOut);
    assert_eq!(plan(&a_text(), &job(), stopped, LEASE, now), Plan::Refuse(Rule::OptedOut));
    assert_eq!(plan(&a_text(), &job(), Verdict::Wait(after(90)), LEASE, now), Plan::Sleep(after(90)));
    assert_eq!(plan(&leased(), &job(), stopped, LEASE, now), Plan::LookUp);
}

#[test]
fn after_many_tries_a_person_decides() {
    let tired = DeliverText { tries: TRIES_MAX, ..job() };
    assert_eq!(plan_of(&a_text(), &tired, START), Plan::GiveUp(TextState::Failed));
    assert_eq!(plan_of(&leased(), &tired, after(60)), Plan::GiveUp(TextState::Unknown));
    let mut lost = job();
    for attempt in 1..=4 {
        for _ in 0..LOOK_UPS {
            lost = lost.after_a_look_up(attempt);
        }
        let text = Text { attempts: attempt, ..leased() };
        let expected = if attempt < 4 { Plan::Send } else { Plan::GiveUp(TextState::Failed) };
        assert_eq!(plan_of(&text, &lost, after(60)), expected);
    }
}

#[test]
fn what_was_refused_in_so_many_words_is_no_reason_to_give_a_lost_text_up() {
    // Three times the provider said that it would not, and then a worker died.
    let text = Text { attempts: 4, ..leased() };
    let absent = job().after_a_look_up(4).after_a_look_up(4);
    assert_eq!(plan_of(&text, &absent, after(60)), Plan::Send);
}

#[test]
fn t6_what_is_settled_is_left_alone() {
    for state in
        [TextState::Sent, TextState::Delivered, TextState::Undelivered, TextState::Failed, TextState::Unknown]
    {
        assert_eq!(plan_of(&Text { state, ..leased() }, &job(), after(600)), Plan::Nothing);
    }
}

#[test]
fn t4_pauses_grow_and_stay_bounded() {
    let pauses: Vec<u64> = (0..14).map(|tries| DeliverText { tries, ..job() }.pause().as_secs()).collect();
    let own = [15, 30, 60, 120, 240, 480, 900];
    assert!(pauses.iter().zip(own).all(|(pause, own)| (own..own + own / 4).contains(pause)), "{pauses:?}");
    assert!(pauses.iter().all(|p| *p < 900 * 5 / 4));
    // Texts that failed together do not come together.
    let of = |id| DeliverText { text: TextId(uuid::Uuid::from_u128(id)), ..job() }.pause();
    assert!(of(1) < of(100) && of(100) < of(255));
}

#[test]
fn a_job_written_by_an_earlier_version_is_read() {
    let raw = serde_json::json!({ "org": uuid::Uuid::nil(), "text": uuid::Uuid::nil() });
    assert_eq!(serde_json::from_value::<DeliverText>(raw).ok(), Some(job()));
}
