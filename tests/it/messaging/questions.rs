//! What was asked by text, and what a short answer answers.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;
use voxanne::messaging::{self, Choice, NewQuestion, Question, QuestionKind, Wish};
use voxanne::phone::Phone;
use voxanne::platform::ids::{AppointmentId, QuestionId};

use crate::harness::{CALLER, Clinic, Voxanne};

async fn ask(vox: &Voxanne, clinic: &Clinic, kind: QuestionKind, about: u128) -> QuestionId {
    let visit = Uuid::from_u128(about);
    let new = NewQuestion {
        phone: &Phone::parse_e164(CALLER).unwrap(),
        kind,
        subject: Some(visit),
        options: &[Choice::Visit { appointment: AppointmentId(visit), wish: Wish::Confirm }],
        text: None,
        expires_at: vox.app.clock.now() + SignedDuration::from_hours(1),
    };
    let mut tx = vox.app.begin(clinic.org).await.unwrap();
    let id = messaging::ask(&vox.app, &mut tx, clinic.org, &new).await.unwrap();
    tx.commit().await.unwrap();
    vox.later(SignedDuration::from_secs(1));
    id
}

async fn open(vox: &Voxanne, clinic: &Clinic) -> Option<Question> {
    let mut tx = vox.app.begin(clinic.org).await.unwrap();
    let phone = Phone::parse_e164(CALLER).unwrap();
    messaging::open_question(&mut tx, clinic.org, &phone, vox.app.clock.now()).await.unwrap()
}

async fn close(vox: &Voxanne, clinic: &Clinic, id: QuestionId) -> bool {
    let mut tx = vox.app.begin(clinic.org).await.unwrap();
    let now: Timestamp = vox.app.clock.now();
    let closed = messaging::close_question(&mut tx, clinic.org, id, "yes", now).await.unwrap();
    tx.commit().await.unwrap();
    closed
}

#[tokio::test]
async fn the_last_question_is_the_one_that_is_answered_and_only_once() {
    let vox = Voxanne::start().await;
    assert_eq!(open(&vox, &vox.glow).await, None);
    let first = ask(&vox, &vox.glow, QuestionKind::ConfirmVisit, 1).await;
    let second = ask(&vox, &vox.glow, QuestionKind::ChooseTime, 2).await;
    let last = open(&vox, &vox.glow).await.unwrap();
    assert_eq!((last.id, last.kind, last.options.len()), (second, QuestionKind::ChooseTime, 1));
    assert!(close(&vox, &vox.glow, second).await);
    assert!(!close(&vox, &vox.glow, second).await, "answered before");
    assert_eq!(open(&vox, &vox.glow).await.map(|q| q.id), Some(first));
}

#[tokio::test]
async fn the_same_question_again_takes_the_place_of_the_first_and_lapses() {
    let vox = Voxanne::start().await;
    ask(&vox, &vox.glow, QuestionKind::ConfirmVisit, 1).await;
    let again = ask(&vox, &vox.glow, QuestionKind::ConfirmVisit, 1).await;
    assert_eq!(vox.count("questions where outcome = 'asked_again'").await, 1);
    assert!(close(&vox, &vox.glow, again).await);
    assert_eq!(open(&vox, &vox.glow).await, None);
    ask(&vox, &vox.glow, QuestionKind::ConfirmVisit, 1).await;
    assert!(open(&vox, &vox.glow).await.is_some(), "open, or the next proves nothing");
    vox.later(SignedDuration::from_hours(1));
    assert_eq!(open(&vox, &vox.glow).await, None);
}

#[tokio::test]
async fn what_is_settled_otherwise_is_asked_no_more_and_no_org_closes_anothers() {
    let vox = Voxanne::start().await;
    let id = ask(&vox, &vox.glow, QuestionKind::ConfirmVisit, 1).await;
    assert_eq!(open(&vox, &vox.harbor).await, None);
    assert!(!close(&vox, &vox.harbor, id).await);
    let mut tx = vox.app.begin(vox.glow.org).await.unwrap();
    let now = vox.app.clock.now();
    let closed =
        messaging::close_questions_about(&mut tx, vox.glow.org, Uuid::from_u128(1), "cancelled", now);
    assert_eq!(closed.await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(open(&vox, &vox.glow).await, None);
}
