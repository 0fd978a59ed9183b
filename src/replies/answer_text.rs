//! Does what a text asks, and answers it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::alerts;
use super::conversation::{ANSWER, Conversation, hand_over};
use super::decide::{Act, Known, decide};
use super::offers;
use super::times;
use super::visits::{self, Came};
use crate::after_hours;
use crate::appointments::{self, Appointment};
use crate::leads;
use crate::messaging::wording;
use crate::messaging::{self, Meaning, Question, QuestionKind, Received};
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::{OrgTx, PgConnection};
use crate::platform::ids::{AppointmentId, CallId, InboundTextId, OrgId};
use crate::scheduling::{self, RuleBook};
use crate::waitlist::{self, Answerable, TakeError};

/// The task that answers a text.
pub const ANSWER_TASK: &str = "answer_text";
/// Times that the rules, the visit or a calendar may change under our hands before the queue has to try again.
const ATTEMPTS_MAX: usize = 6;

/// The job: which text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerText {
    /// Whose.
    pub org: OrgId,
    /// Which.
    pub text: InboundTextId,
}

/// Why a text was not answered. The queue tries again.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// The database refused or went away.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
    /// The rules could not be read.
    #[error("the rules could not be read")]
    Rules(#[from] Arc<sqlx::Error>),
    /// The offer could not be taken just now.
    #[error("the offer could not be taken")]
    Take(#[from] TakeError),
    /// Others kept changing what it is about.
    #[error("the visit kept changing")]
    Restless,
}

/// What earlier tries of a run found out.
#[derive(Debug, Clone, Copy, Default)]
struct Learned {
    rules_version: Option<i64>,
    /// Calendars were asked once; what they did not tell, staff confirm.
    has_asked: bool,
    /// What was chosen has gone: other times are offered.
    too_late: Option<AppointmentId>,
    /// The same of a caller who has no visit yet.
    time_gone: Option<CallId>,
    /// A person has to answer.
    is_for_staff: bool,
}

/// Runs the job. The effect, the answer and the mark that there was one commit together, so twice is once.
pub async fn answer_text(app: &App, job: AnswerText) -> Result<(), AnswerError> {
    let mut learned = Learned::default();
    for _ in 0..ATTEMPTS_MAX {
        match attempt(app, job, learned).await? {
            Came::ToItsEnd => return Ok(()),
            Came::Overtaken => {}
            Came::RulesChanged(version) => learned.rules_version = Some(version),
            Came::CalendarUnknown(window) => {
                learned.has_asked = true;
                scheduling::ask_calendars(app, job.org, window).await;
            }
            Came::TooLate(visit) => {
                learned.too_late = Some(visit);
                release(app, job.org, &visits::kept_as(visit)).await?;
            }
            Came::TimeGone(call) => {
                learned.time_gone = Some(call);
                release(app, job.org, &after_hours::kept_as(call)).await?;
            }
            Came::ForStaff => learned.is_for_staff = true,
        }
    }
    Err(AnswerError::Restless)
}

/// Lets go of what was kept, before the ledger is opened for others.
async fn release(app: &App, org: OrgId, kept_as: &str) -> Result<(), sqlx::Error> {
    let mut tx = app.begin(org).await?;
    appointments::release_holds(&mut tx, org, kept_as).await?;
    tx.commit().await
}

async fn attempt(app: &App, job: AnswerText, learned: Learned) -> Result<Came, AnswerError> {
    let book = scheduling::rule_book(app, job.org, learned.rules_version).await?;
    let mut tx: OrgTx = app.begin(job.org).await?;
    let Some(received) = messaging::inbound(&mut tx, job.org, job.text).await? else {
        return Ok(Came::ToItsEnd);
    };
    if received.is_answered {
        return Ok(Came::ToItsEnd);
    }
    let lately = messaging::lately(app, &mut tx, job.org, &received).await?;
    let alert = match &received.from {
        Some(from) => leads::told_alert(app, &mut tx, job.org, from).await?,
        None => None,
    };
    // Whoever takes one alert after the other repeats themselves, and each can be taken once.
    let takes_another = received.meaning == Meaning::First && alert.is_some_and(|alert| alert.is_open);
    let Some(from) = received.from.as_ref().filter(|_| !lately.is_loop || takes_another) else {
        leave_alone(app, &mut tx, job.org, &received).await?;
        tx.commit().await?;
        return Ok(Came::ToItsEnd);
    };
    let facts = Facts::read(app, &mut tx, job.org, from).await?;
    let known = Known {
        questions: &facts.questions,
        visits: &facts.visits.iter().map(|visit| visit.id).collect::<Vec<_>>(),
        has_one_offer: facts.offers.iter().filter(|offer| offer.is_open()).count() == 1,
        alert,
        lately,
    };
    let mut act = match learned {
        Learned { is_for_staff: true, .. } => Act::ForStaff,
        Learned { time_gone: Some(call), .. } => Act::OfferAgain(call),
        Learned { too_late: Some(visit), .. } => Act::Propose(visit),
        _ => decide(received.meaning, known),
    };
    let is_number = matches!(received.meaning, Meaning::First | Meaning::Second);
    // "1" again after a "1" that booked.
    if act == Act::ForStaff
        && is_number
        && after_hours::was_taken(&mut tx, job.org, from, app.clock.now()).await?
    {
        act = Act::Nothing;
    }
    if act == Act::Take {
        // Taking is a booking with transactions of its own.
        drop(tx);
        return take(app, job, &book, &facts.offers).await;
    }
    let talk = Conversation::open(app, &mut tx, job.org, &book, (&received, from)).await?;
    let came = perform(&talk, &mut tx, &facts, (act, learned)).await?;
    if matches!(came, Came::ToItsEnd) {
        tx.commit().await?;
        scheduling::forget(app, job.org);
    }
    Ok(came)
}

/// What the org knows of a number.
struct Facts {
    questions: Vec<Question>,
    /// Ahead, and texted to it.
    visits: Vec<Appointment>,
    offers: Vec<Answerable>,
}

impl Facts {
    async fn read(app: &App, tx: &mut PgConnection, org: OrgId, from: &Phone) -> Result<Self, sqlx::Error> {
        let questions = messaging::open_questions(tx, org, from, app.clock.now()).await?;
        let mut visits = appointments::ahead_of_phone(app, tx, org, from.as_str()).await?;
        let ids: Vec<AppointmentId> = visits.iter().map(|visit| visit.id).collect();
        let texted = messaging::texted_visits(tx, org, from, &ids).await?;
        visits.retain(|visit| texted.contains(&visit.id));
        let offers = waitlist::offers_of(tx, org, from.as_str()).await?;
        Ok(Self { questions, visits, offers })
    }

    fn visit(&self, id: AppointmentId) -> Option<&Appointment> {
        self.visits.iter().find(|visit| visit.id == id)
    }
}

async fn perform(
    talk: &Conversation<'_>,
    tx: &mut PgConnection,
    facts: &Facts,
    (act, learned): (Act<'_>, Learned),
) -> Result<Came, sqlx::Error> {
    let (questions, has_gone) = (facts.questions.as_slice(), learned.too_late.is_some());
    match act {
        Act::Confirm(id) => visits::confirm(talk, tx, id).await,
        Act::Cancel(id) => visits::cancel(talk, tx, id).await,
        Act::Propose(id) => match facts.visit(id) {
            Some(visit) => visits::propose(talk, tx, visit, (questions, has_gone)).await,
            None => visits::nothing_to_change(talk, tx).await,
        },
        Act::Move(question, index) => visits::move_to(talk, tx, (question, index), !learned.has_asked).await,
        Act::Chosen(question, id, wish) => {
            let now = talk.app.clock.now();
            messaging::close_question(tx, talk.org, question.id, "chosen", now).await?;
            let act = match wish {
                messaging::Wish::Confirm => Act::Confirm(id),
                messaging::Wish::Move => Act::Propose(id),
                messaging::Wish::Cancel => Act::Cancel(id),
            };
            Box::pin(perform(talk, tx, facts, (act, learned))).await
        }
        Act::Book(question, index) => times::book(talk, tx, (question, index), !learned.has_asked).await,
        Act::OfferAgain(call) => times::offer_again(talk, tx, call).await,
        Act::Neither(question) if question.kind == QuestionKind::BookTime => {
            times::neither(talk, tx, question).await
        }
        Act::Neither(question) => visits::neither(talk, tx, question).await,
        Act::OneOrTwo => visits::end(talk, tx, wording::answers::one_or_two(&talk.head(None)), None).await,
        Act::Which(wish, one, two) => match (facts.visit(one), facts.visit(two)) {
            (Some(one), Some(two)) => visits::which(talk, tx, wish, (one, two)).await,
            _ => visits::nothing_to_change(talk, tx).await,
        },
        Act::MoveOrCancel(id) => match facts.visit(id) {
            Some(visit) => visits::move_or_cancel(talk, tx, visit).await,
            None => visits::nothing_to_change(talk, tx).await,
        },
        Act::NothingToChange => visits::nothing_to_change(talk, tx).await,
        Act::Help => visits::end(talk, tx, wording::help(&talk.head(None)), None).await,
        Act::TakeAlert(id) => alerts::take(talk, tx, id).await.map(|()| Came::ToItsEnd),
        Act::Pass => offers::pass(talk, tx).await.map(|()| Came::ToItsEnd),
        Act::Leave => offers::leave(talk, tx).await.map(|()| Came::ToItsEnd),
        Act::Take | Act::Nothing => talk.done(tx).await.map(|()| Came::ToItsEnd),
        Act::ForStaff => {
            hand_over(talk.app, tx, talk.org, talk.received, (ANSWER, "Answer a text", None)).await?;
            Ok(Came::ToItsEnd)
        }
    }
}

/// Nobody to answer, or a machine that would answer the answer: a person has a look.
async fn leave_alone(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    received: &Received,
) -> Result<(), sqlx::Error> {
    let task = if received.from.is_none() {
        (ANSWER, "Answer a text", None)
    } else {
        metrics::counter!("voxanne_text_loops_total").increment(1);
        tracing::warn!(org.id = %org, inbound.id = %received.id, "Texts come as from a machine; they are not answered");
        (
            "text_loop",
            "Texts keep coming from one number, so they are not answered by themselves: read them",
            None,
        )
    };
    hand_over(app, tx, org, received, task).await
}

async fn take(
    app: &App,
    job: AnswerText,
    book: &RuleBook,
    offers: &[Answerable],
) -> Result<Came, AnswerError> {
    let took = offers::take(app, job.org, offers).await?;
    let mut tx = app.begin(job.org).await?;
    let Some(received) = messaging::inbound(&mut tx, job.org, job.text).await? else {
        return Ok(Came::ToItsEnd);
    };
    let Some(from) = received.from.as_ref().filter(|_| !received.is_answered) else {
        return Ok(Came::ToItsEnd);
    };
    let talk = Conversation::open(app, &mut tx, job.org, book, (&received, from)).await?;
    offers::tell(&talk, &mut tx, &took).await?;
    tx.commit().await?;
    Ok(Came::ToItsEnd)
}
