//! Tables of what a text comes to.

#![allow(clippy::unwrap_used, reason = "tests")]

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::*;
use crate::platform::ids::{QuestionId, ResourceId};

const ONE: AppointmentId = AppointmentId(Uuid::from_u128(1));
const TWO: AppointmentId = AppointmentId(Uuid::from_u128(2));
const OTHER: AppointmentId = AppointmentId(Uuid::from_u128(9));

fn at(minute: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute)
}

/// A question that was asked in this minute.
fn asked(minute: i64, kind: QuestionKind, subject: Option<AppointmentId>, options: Vec<Choice>) -> Question {
    let id = QuestionId(Uuid::from_u128(u128::try_from(minute).unwrap()));
    let subject = subject.map(|visit| visit.0);
    Question { id, kind, subject, options, asked_at: at(minute), expires_at: at(9999) }
}

fn confirm(minute: i64, visit: AppointmentId) -> Question {
    asked(minute, QuestionKind::ConfirmVisit, Some(visit), Vec::new())
}

fn times(minute: i64, count: usize) -> Question {
    let time = Choice::Time { starts_at: at(5000), practitioner: ResourceId(Uuid::nil()), hold: None };
    asked(minute, QuestionKind::ChooseTime, Some(ONE), vec![time; count])
}

fn visits(minute: i64, wish: Wish) -> Question {
    let options = [ONE, TWO].map(|appointment| Choice::Visit { appointment, wish }).to_vec();
    asked(minute, QuestionKind::ChooseVisit, None, options)
}

const QUIET: Lately = Lately { last_kind: None, written_at: None, is_loop: false };

fn lately(kind: Kind) -> Lately {
    Lately { last_kind: Some(kind), ..QUIET }
}

fn written(minute: i64) -> Lately {
    Lately { last_kind: Some(Kind::Message), written_at: Some(at(minute)), ..QUIET }
}

fn act<'k>(
    meaning: Meaning,
    questions: &'k [Question],
    visits: &'k [AppointmentId],
    lately: Lately,
) -> Act<'k> {
    decide(meaning, Known { questions, visits, has_one_offer: false, alert: None, lately })
}

#[test]
fn c_r_and_x_are_about_the_visit_last_asked_about_else_the_only_one() {
    let wishes = [
        (Meaning::Confirm, Act::Confirm as fn(AppointmentId) -> Act<'static>, Wish::Confirm),
        (Meaning::Reschedule, Act::Propose, Wish::Move),
        (Meaning::Cancel, Act::Cancel, Wish::Cancel),
    ];
    for (meaning, done, wish) in wishes {
        let both = [confirm(2, TWO), confirm(1, ONE)];
        assert_eq!(act(meaning, &both, &[ONE, TWO], QUIET), done(TWO));
        assert_eq!(act(meaning, &both[1..], &[ONE, TWO], QUIET), done(ONE));
        assert_eq!(act(meaning, &[], &[ONE], QUIET), done(ONE));
        assert_eq!(act(meaning, &[], &[ONE, TWO], QUIET), Act::Which(wish, ONE, TWO));
        assert_eq!(act(meaning, &[], &[], QUIET), Act::NothingToChange);
        // Times were offered, and they think again.
        assert_eq!(act(meaning, &[times(3, 2)], &[ONE, TWO], QUIET), done(ONE));
        // A person's message in between takes nothing from our letters.
        assert_eq!(act(meaning, &both, &[ONE, TWO], written(5)), done(TWO));
    }
}

#[test]
fn t22_a_visit_that_was_not_texted_to_the_number_is_not_touched_whatever_was_asked() {
    let questions = [confirm(1, OTHER)];
    for meaning in [Meaning::Confirm, Meaning::Reschedule, Meaning::Cancel, Meaning::Yes, Meaning::No] {
        assert_eq!(act(meaning, &questions, &[], QUIET), Act::NothingToChange, "{meaning:?}");
    }
    // The number on the visit was put right since: whoever had it before moves nothing.
    for (meaning, count) in [(Meaning::First, 2), (Meaning::Yes, 1)] {
        assert_eq!(act(meaning, &[times(1, count)], &[TWO], QUIET), Act::NothingToChange, "{meaning:?}");
    }
    let choice = [visits(1, Wish::Cancel)];
    assert_eq!(act(Meaning::First, &choice, &[TWO], QUIET), Act::NothingToChange);
}

#[test]
fn an_ok_to_a_visit_moved_otherwise_takes_no_time_that_was_offered_before() {
    for count in [1, 2] {
        assert_eq!(act(Meaning::Yes, &[times(1, count)], &[ONE], lately(Kind::Change)), Act::Nothing);
    }
}

#[test]
fn one_and_two_are_about_the_last_choice() {
    let questions = [confirm(3, TWO), times(2, 2), visits(1, Wish::Move)];
    assert_eq!(act(Meaning::First, &questions, &[ONE, TWO], QUIET), Act::Move(&questions[1], 0));
    assert_eq!(act(Meaning::Second, &questions, &[ONE, TWO], QUIET), Act::Move(&questions[1], 1));
    let chosen = act(Meaning::Second, &questions[2..], &[ONE, TWO], QUIET);
    assert_eq!(chosen, Act::Chosen(&questions[2], TWO, Wish::Move));
    let single = [times(1, 1)];
    assert_eq!(act(Meaning::Second, &single, &[ONE], QUIET), Act::OneOrTwo);
    assert_eq!(act(Meaning::First, &[confirm(1, ONE)], &[ONE], QUIET), Act::ForStaff);
    assert_eq!(act(Meaning::First, &questions[1..], &[ONE], written(9)), Act::ForStaff);
}

#[test]
fn one_and_two_book_a_time_that_was_kept_for_somebody_without_a_visit() {
    let time = Choice::Time { starts_at: at(5000), practitioner: ResourceId(Uuid::nil()), hold: None };
    let offered = |count| [asked(2, QuestionKind::BookTime, Some(OTHER), vec![time; count]), times(1, 2)];
    let (two, one) = (offered(2), offered(1));
    assert_eq!(act(Meaning::First, &two, &[ONE], QUIET), Act::Book(&two[0], 0));
    assert_eq!(act(Meaning::Second, &two, &[], QUIET), Act::Book(&two[0], 1));
    assert_eq!(act(Meaning::Second, &one, &[], QUIET), Act::OneOrTwo);
    assert_eq!(act(Meaning::Yes, &one, &[], QUIET), Act::Book(&one[0], 0));
    assert_eq!(act(Meaning::Yes, &two, &[], QUIET), Act::OneOrTwo);
    assert_eq!(act(Meaning::No, &two, &[], QUIET), Act::Neither(&two[0]));
    for said in [Meaning::First, Meaning::Yes, Meaning::No] {
        assert_eq!(act(said, &two, &[], written(9)), Act::ForStaff, "somebody of the clinic wrote since");
    }
}

#[test]
fn a_yes_or_a_no_answers_the_last_question() {
    let (two, one, which) = ([times(1, 2)], [times(1, 1)], [visits(1, Wish::Confirm)]);
    let ask = [confirm(2, ONE), confirm(1, TWO)];
    let table = [
        (&ask[..], Act::Confirm(ONE), Act::MoveOrCancel(ONE)),
        (&two[..], Act::OneOrTwo, Act::Neither(&two[0])),
        (&one[..], Act::Move(&one[0], 0), Act::Neither(&one[0])),
        (&which[..], Act::OneOrTwo, Act::Neither(&which[0])),
    ];
    for (questions, on_yes, on_no) in table {
        assert_eq!(act(Meaning::Yes, questions, &[ONE, TWO], QUIET), on_yes);
        assert_eq!(act(Meaning::No, questions, &[ONE, TWO], QUIET), on_no);
        // Somebody of the clinic asked since.
        assert_eq!(act(Meaning::Yes, questions, &[ONE, TWO], written(3)), Act::ForStaff);
        assert_eq!(act(Meaning::No, questions, &[ONE, TWO], written(3)), Act::ForStaff);
    }
    assert_eq!(act(Meaning::Yes, &ask, &[ONE, TWO], written(1)), Act::Confirm(ONE), "asked after they wrote");
    for kind in [QuestionKind::Details, QuestionKind::Helped] {
        let questions = [asked(1, kind, None, Vec::new())];
        assert_eq!(act(Meaning::Yes, &questions, &[ONE], QUIET), Act::ForStaff);
        assert_eq!(act(Meaning::No, &questions, &[ONE], QUIET), Act::ForStaff);
    }
}

#[test]
fn without_a_question_a_yes_to_a_confirmation_is_courtesy_and_a_no_is_not() {
    let confirmed = lately(Kind::Confirmation);
    assert_eq!(act(Meaning::Yes, &[], &[ONE], confirmed), Act::Nothing);
    assert_eq!(act(Meaning::No, &[], &[ONE], confirmed), Act::MoveOrCancel(ONE));
    assert_eq!(act(Meaning::No, &[], &[ONE, TWO], confirmed), Act::ForStaff);
    for said in [Meaning::Yes, Meaning::No] {
        assert_eq!(act(said, &[], &[ONE], written(1)), Act::ForStaff);
        assert_eq!(act(said, &[], &[ONE], QUIET), Act::ForStaff);
    }
}

#[test]
fn a_yes_means_an_offer_only_to_whoever_has_exactly_one() {
    let offer = [asked(2, QuestionKind::Offer, None, Vec::new()), confirm(1, ONE)];
    for (questions, has_one_offer, on_yes, on_no) in [
        (&offer[..], true, Act::Take, Act::Pass),
        (&offer[..], false, Act::ForStaff, Act::ForStaff),
        (&[][..], true, Act::Take, Act::Pass),
        (&[][..], false, Act::ForStaff, Act::ForStaff),
        // The reminder came after the offer.
        (&offer[1..], true, Act::Confirm(ONE), Act::MoveOrCancel(ONE)),
    ] {
        let known = Known { questions, visits: &[ONE], has_one_offer, alert: None, lately: QUIET };
        assert_eq!((decide(Meaning::Yes, known), decide(Meaning::No, known)), (on_yes, on_no));
    }
}

const ALERT: EscalationId = EscalationId(Uuid::from_u128(7));

/// What a number that was told of an alert in minute 10 does with a short answer.
fn told(meaning: Meaning, questions: &[Question], is_open: bool, lately: Lately) -> Option<EscalationId> {
    let alert = Some(ToldAlert { id: ALERT, told_at: at(10), is_open });
    match decide(meaning, Known { questions, visits: &[ONE, TWO], has_one_offer: false, alert, lately }) {
        Act::TakeAlert(id) => Some(id),
        _ => None,
    }
}

#[test]
fn a_1_takes_the_alert_unless_a_choice_was_offered_later() {
    assert_eq!(told(Meaning::First, &[], true, QUIET), Some(ALERT));
    assert_eq!(told(Meaning::First, &[times(9, 2)], true, QUIET), Some(ALERT));
    assert_eq!(
        told(Meaning::First, &[confirm(11, ONE)], true, QUIET),
        Some(ALERT),
        "that is none to choose from"
    );
    assert_eq!(told(Meaning::First, &[times(11, 2)], true, QUIET), None);
    assert_eq!(told(Meaning::First, &[visits(11, Wish::Cancel)], true, QUIET), None);
    assert_eq!(told(Meaning::First, &[], true, written(11)), Some(ALERT));
    for other in
        [Meaning::Second, Meaning::Confirm, Meaning::No, Meaning::Thanks, Meaning::Other, Meaning::Help]
    {
        assert_eq!(told(other, &[], true, QUIET), None, "{other:?}");
    }
}

#[test]
fn a_yes_takes_it_only_if_nothing_was_asked_or_written_later() {
    assert_eq!(told(Meaning::Yes, &[], true, QUIET), Some(ALERT));
    assert_eq!(told(Meaning::Yes, &[confirm(9, ONE)], true, QUIET), Some(ALERT));
    assert_eq!(told(Meaning::Yes, &[confirm(11, ONE)], true, QUIET), None);
    assert_eq!(told(Meaning::Yes, &[], true, written(11)), None);
}

#[test]
fn a_1_to_an_alert_that_is_taken_learns_who_has_it_unless_a_choice_is_open() {
    assert_eq!(told(Meaning::First, &[], false, QUIET), Some(ALERT));
    assert_eq!(told(Meaning::First, &[times(9, 2)], false, QUIET), None);
    assert_eq!(told(Meaning::Yes, &[], false, QUIET), None);
}
