//! 1 or 2 to times that were offered after hours, and what follows.

use super::conversation::{Conversation, hand_over};
use super::visits::{Came, end};
use crate::after_hours::{self, Declined, Took};
use crate::messaging::wording::{self, Letterhead, answers};
use crate::messaging::{self, Kind, NewQuestion, Question, QuestionKind};
use crate::platform::db::PgConnection;
use crate::platform::ids::CallId;

/// The kind of the task when no time that we offered suits.
const FIND_TIME: &str = "find_time";

/// Books the time that they chose; its confirmation is the answer.
pub(super) async fn book(
    talk: &Conversation<'_>,
    tx: &mut PgConnection,
    (question, index): (&Question, usize),
    asks_calendars: bool,
) -> Result<Came, sqlx::Error> {
    let (Some(call), Some(chosen)) = (question.subject.map(CallId), question.options.get(index)) else {
        return Ok(Came::ForStaff);
    };
    match after_hours::take(talk.app, tx, talk.book, (call, chosen), asks_calendars).await? {
        Took::Booked { is_repeat: false, .. } => {
            talk.done(tx).await?;
            Ok(Came::ToItsEnd)
        }
        Took::Booked { at, .. } => {
            let head = talk.head(None);
            end(talk, tx, wording::times_taken(&head, &at), None).await
        }
        Took::Gone => Ok(Came::TimeGone(call)),
        Took::ForStaff => Ok(Came::ForStaff),
        Took::RulesChanged(version) => Ok(Came::RulesChanged(version)),
        Took::CalendarUnknown(window) => Ok(Came::CalendarUnknown(window)),
    }
}

/// What they chose has gone: offers others once, then a person calls.
pub(super) async fn offer_again(
    talk: &Conversation<'_>,
    tx: &mut PgConnection,
    call: CallId,
) -> Result<Came, sqlx::Error> {
    let again = match after_hours::offer_again(talk.app, tx, talk.book, call).await? {
        Ok(again) => again,
        Err(version) => return Ok(Came::RulesChanged(version)),
    };
    let Some(again) = again else {
        let declined = after_hours::decline(talk.app, tx, talk.org, (call, true)).await?;
        talk.say(tx, (Kind::Reply, wording::times_gone(&head(talk, declined))), None).await?;
        let title = "Call a hot lead: the time that they took by text had gone, and no other was to be had";
        hand_over(talk.app, tx, talk.org, talk.received, (FIND_TIME, title, None)).await?;
        return Ok(Came::ToItsEnd);
    };
    let whom = Declined { location: again.location, language: again.language };
    let said = answers::choose(&head(talk, Some(whom)), &again.times, again.until.time(), true);
    let text = talk.say(tx, (Kind::Reply, said), None).await?;
    let question = NewQuestion {
        phone: talk.from,
        kind: QuestionKind::BookTime,
        subject: Some(call.0),
        options: &again.options,
        text,
        expires_at: again.expires_at,
    };
    messaging::ask(talk.app, tx, talk.org, &question).await?;
    talk.done(tx).await?;
    Ok(Came::ToItsEnd)
}

/// In the language that they were offered times in, whether or not they are a contact yet.
fn head<'c>(talk: &'c Conversation<'_>, whom: Option<Declined>) -> Letterhead<'c> {
    let head = talk.head(whom.map(|whom| whom.location));
    let language = whom.and_then(|whom| whom.language).unwrap_or(head.language);
    Letterhead { language, ..head }
}

/// None of the times suits: they are let go, and a person calls.
pub(super) async fn neither(
    talk: &Conversation<'_>,
    tx: &mut PgConnection,
    question: &Question,
) -> Result<Came, sqlx::Error> {
    let Some(call) = question.subject.map(CallId) else { return Ok(Came::ForStaff) };
    messaging::close_question(tx, talk.org, question.id, "no", talk.app.clock.now()).await?;
    let declined = after_hours::decline(talk.app, tx, talk.org, (call, true)).await?;
    talk.say(tx, (Kind::Reply, wording::times_let_go(&head(talk, declined))), None).await?;
    let title = "Call a hot lead: they texted that none of the times that we kept for them suits";
    hand_over(talk.app, tx, talk.org, talk.received, (FIND_TIME, title, None)).await?;
    Ok(Came::ToItsEnd)
}
