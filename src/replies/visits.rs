//! C, R, X and what follows them: what somebody wants with a visit.

use jiff::{SignedDuration, Timestamp, Zoned};

use super::conversation::{ANSWER, Conversation, hand_over};
use crate::appointments::{
    self, Actor, Appointment, ChangeError, ConfirmError, Moves, Reschedule, Status, Target,
};
use crate::messaging::wording::answers;
use crate::messaging::{self, Choice, Kind, NewQuestion, Question, QuestionKind, Wish};
use crate::platform::db::PgConnection;
use crate::platform::ids::{AppointmentId, CallId};
use crate::scheduling::Window;

/// Times that are offered at once: one per number that can be texted back.
const TIMES: usize = 2;
/// How long they are kept for whoever was offered them.
const KEPT_FOR: SignedDuration = SignedDuration::from_mins(20);
/// How long "which visit?" waits for its answer.
const WHICH_FOR: SignedDuration = SignedDuration::from_hours(24);

/// How far one try came.
#[derive(Debug, Clone, Copy)]
pub(super) enum Came {
    /// Everything is in the transaction: commit it.
    ToItsEnd,
    /// The rules are no longer what was read.
    RulesChanged(i64),
    /// Somebody changed the visit meanwhile.
    Overtaken,
    /// A calendar has to be asked first.
    CalendarUnknown(Window),
    /// What they chose is no longer to be had: other times are to be offered.
    TooLate(AppointmentId),
    /// The same for a caller who has no visit yet.
    TimeGone(CallId),
    /// Nothing of what was tried must stay: a person answers.
    ForStaff,
}

/// By what the holds of a visit's proposed times are found again.
pub(super) fn kept_as(visit: AppointmentId) -> String {
    format!("text:{}", visit.0)
}

pub(super) async fn confirm(
    talk: &Conversation<'_>,
    tx: &mut PgConnection,
    visit: AppointmentId,
) -> Result<Came, sqlx::Error> {
    let confirmed = match appointments::confirm_attendance(talk.app, tx, talk.org, visit, &Actor::Text).await
    {
        Ok(confirmed) => confirmed.visit,
        Err(ConfirmError::NotFound | ConfirmError::NotAhead(_)) => return nothing_to_change(talk, tx).await,
        Err(ConfirmError::Unexpected(error)) => return Err(error),
    };
    settle(talk, tx, visit, "yes").await?;
    let head = talk.head(Some(confirmed.location));
    let said = match confirmed.status {
        Status::Pending => answers::noted(&head, &confirmed.starts_at),
        _ => answers::see_you(&head, &confirmed.starts_at),
    };
    end(talk, tx, said, Some(visit)).await
}

pub(super) async fn cancel(
    talk: &Conversation<'_>,
    tx: &mut PgConnection,
    visit: AppointmentId,
) -> Result<Came, sqlx::Error> {
    let target = Target { id: visit, expected_version: None, actor: Actor::Text, reason: Some("By text") };
    let changed = match appointments::cancel(talk.app, tx, talk.org, talk.book, &target).await {
        Ok(changed) => changed,
        Err(error) => return not_changed(talk, tx, visit, error).await,
    };
    settle(talk, tx, visit, "cancelled").await?;
    let head = talk.head(Some(changed.appointment.location));
    if changed.is_repeat {
        return end(talk, tx, answers::cancelled_already(&head), Some(visit)).await;
    }
    // The cancellation's own text is the answer; what it costs comes with it.
    if let Some(fee) = &changed.fee {
        return end(talk, tx, answers::fee(&head, fee), Some(visit)).await;
    }
    talk.done(tx).await?;
    Ok(Came::ToItsEnd)
}

/// Offers other times and keeps them. Who asks again while they are kept is told the same ones.
pub(super) async fn propose(
    talk: &Conversation<'_>,
    tx: &mut PgConnection,
    visit: &Appointment,
    (questions, has_gone): (&[Question], bool),
) -> Result<Came, sqlx::Error> {
    let now = talk.app.clock.now();
    let head = talk.head(Some(visit.location));
    let zone = visit.starts_at.time_zone();
    let until = |at: Timestamp| zone.to_datetime(at).time();
    let asked = questions
        .iter()
        .find(|question| question.kind == QuestionKind::ChooseTime && question.subject == Some(visit.id.0));
    if let Some((question, kept_until)) =
        asked.and_then(|q| Some((q, q.asked_at.checked_add(KEPT_FOR).ok()?)))
        && now < kept_until
        && !has_gone
    {
        let times: Vec<Zoned> = times_of(question).map(|at| at.to_zoned(zone.clone())).collect();
        return end(talk, tx, answers::choose(&head, &times, until(kept_until), false), Some(visit.id)).await;
    }
    let wanted = Moves {
        book: talk.book,
        id: visit.id,
        call_ref: &kept_as(visit.id),
        lifetime: KEPT_FOR,
        count: TIMES,
    };
    let held = match appointments::hold_moves(talk.app, tx, talk.org, &wanted).await {
        Ok(held) => held,
        Err(error) => return not_changed(talk, tx, visit.id, error).await,
    };
    let Some(first) = held.first() else {
        talk.say(tx, (Kind::Reply, answers::no_other_time(&head)), Some(visit.id)).await?;
        return find_time(talk, tx, visit.id).await;
    };
    let times: Vec<Zoned> = held.iter().map(|held| held.starts_at.to_zoned(zone.clone())).collect();
    let said = answers::choose(&head, &times, until(first.expires_at), has_gone);
    let text = talk.say(tx, (Kind::Reply, said), Some(visit.id)).await?;
    let options: Vec<Choice> = held.iter().map(Choice::from).collect();
    let question = NewQuestion {
        phone: talk.from,
        kind: QuestionKind::ChooseTime,
        subject: Some(visit.id.0),
        options: &options,
        text,
        // Late is no reason not to try: the time may still be free.
        expires_at: visit.starts_at.timestamp(),
    };
    messaging::ask(talk.app, tx, talk.org, &question).await?;
    talk.done(tx).await?;
    Ok(Came::ToItsEnd)
}

fn times_of(question: &Question) -> impl Iterator<Item = Timestamp> {
    question.options.iter().filter_map(|option| match option {
        Choice::Time { starts_at, .. } => Some(*starts_at),
        Choice::Visit { .. } => None,
    })
}

/// Moves the visit to the time that they chose; its own text is the answer.
pub(super) async fn move_to(
    talk: &Conversation<'_>,
    tx: &mut PgConnection,
    (question, index): (&Question, usize),
    asks_calendars: bool,
) -> Result<Came, sqlx::Error> {
    let (Some(visit), Some(Choice::Time { starts_at, practitioner, .. })) =
        (question.subject.map(AppointmentId), question.options.get(index))
    else {
        return nothing_to_change(talk, tx).await;
    };
    let wanted = Reschedule {
        book: talk.book,
        target: Target { id: visit, expected_version: None, actor: Actor::Text, reason: Some("By text") },
        starts_at: *starts_at,
        practitioner: Some(*practitioner),
        thing: None,
        minutes: None,
        call_ref: Some(&kept_as(visit)),
        asks_calendars,
        is_decided: false,
    };
    let changed = match appointments::reschedule(talk.app, tx, talk.org, &wanted).await {
        Ok(changed) => changed,
        Err(ChangeError::Refused { .. }) => return Ok(Came::TooLate(visit)),
        Err(error) => return not_changed(talk, tx, visit, error).await,
    };
    settle(talk, tx, visit, if index == 0 { "1" } else { "2" }).await?;
    if let Some(fee) = &changed.fee {
        let head = talk.head(Some(changed.appointment.location));
        return end(talk, tx, answers::fee(&head, fee), Some(visit)).await;
    }
    talk.done(tx).await?;
    Ok(Came::ToItsEnd)
}

/// None of the times suits: a person finds one.
pub(super) async fn neither(
    talk: &Conversation<'_>,
    tx: &mut PgConnection,
    question: &Question,
) -> Result<Came, sqlx::Error> {
    let now = talk.app.clock.now();
    messaging::close_question(tx, talk.org, question.id, "no", now).await?;
    let Some(visit) = question.subject.map(AppointmentId) else {
        hand_over(talk.app, tx, talk.org, talk.received, (ANSWER, "Answer a text", None)).await?;
        return Ok(Came::ToItsEnd);
    };
    appointments::release_holds(tx, talk.org, &kept_as(visit)).await?;
    let location = appointments::find(tx, talk.org, visit).await?.map(|visit| visit.location);
    talk.say(tx, (Kind::Reply, answers::neither(&talk.head(location))), Some(visit)).await?;
    find_time(talk, tx, visit).await
}

async fn find_time(
    talk: &Conversation<'_>,
    tx: &mut PgConnection,
    visit: AppointmentId,
) -> Result<Came, sqlx::Error> {
    let title =
        "Find another time for a visit: its person texted that they want one, and none that we offered suits";
    hand_over(talk.app, tx, talk.org, talk.received, ("find_time", title, Some(visit))).await?;
    Ok(Came::ToItsEnd)
}

/// Asks which of two visits they mean.
pub(super) async fn which(
    talk: &Conversation<'_>,
    tx: &mut PgConnection,
    wish: Wish,
    (one, two): (&Appointment, &Appointment),
) -> Result<Came, sqlx::Error> {
    let said = answers::which_visit(&talk.head(Some(one.location)), &one.starts_at, &two.starts_at);
    let text = talk.say(tx, (Kind::Reply, said), None).await?;
    let now = talk.app.clock.now();
    let question = NewQuestion {
        phone: talk.from,
        kind: QuestionKind::ChooseVisit,
        subject: None,
        options: &[one.id, two.id].map(|appointment| Choice::Visit { appointment, wish }),
        text,
        expires_at: now.checked_add(WHICH_FOR).unwrap_or(now),
    };
    messaging::ask(talk.app, tx, talk.org, &question).await?;
    talk.done(tx).await?;
    Ok(Came::ToItsEnd)
}

/// They do not come: asks whether the visit moves or is called off, and a letter then means this one.
pub(super) async fn move_or_cancel(
    talk: &Conversation<'_>,
    tx: &mut PgConnection,
    visit: &Appointment,
) -> Result<Came, sqlx::Error> {
    let said = answers::move_or_cancel(&talk.head(Some(visit.location)));
    let text = talk.say(tx, (Kind::Reply, said), Some(visit.id)).await?;
    let question = NewQuestion {
        phone: talk.from,
        kind: QuestionKind::ConfirmVisit,
        subject: Some(visit.id.0),
        options: &[],
        text,
        expires_at: visit.starts_at.timestamp(),
    };
    messaging::ask(talk.app, tx, talk.org, &question).await?;
    talk.done(tx).await?;
    Ok(Came::ToItsEnd)
}

pub(super) async fn nothing_to_change(
    talk: &Conversation<'_>,
    tx: &mut PgConnection,
) -> Result<Came, sqlx::Error> {
    end(talk, tx, answers::nothing_to_change(&talk.head(None)), None).await
}

pub(super) async fn end(
    talk: &Conversation<'_>,
    tx: &mut PgConnection,
    said: String,
    about: Option<AppointmentId>,
) -> Result<Came, sqlx::Error> {
    talk.say(tx, (Kind::Reply, said), about).await?;
    talk.done(tx).await?;
    Ok(Came::ToItsEnd)
}

/// What was asked about the visit is answered, and what was kept for it is free again.
async fn settle(
    talk: &Conversation<'_>,
    tx: &mut PgConnection,
    visit: AppointmentId,
    outcome: &str,
) -> Result<(), sqlx::Error> {
    appointments::release_holds(tx, talk.org, &kept_as(visit)).await?;
    messaging::close_questions_about(tx, talk.org, visit.0, outcome, talk.app.clock.now()).await?;
    Ok(())
}

async fn not_changed(
    talk: &Conversation<'_>,
    tx: &mut PgConnection,
    visit: AppointmentId,
    error: ChangeError,
) -> Result<Came, sqlx::Error> {
    match error {
        ChangeError::Unexpected(error) => Err(error),
        ChangeError::RulesChanged(version) => Ok(Came::RulesChanged(version)),
        ChangeError::CalendarUnknown(window) => Ok(Came::CalendarUnknown(window)),
        ChangeError::VersionConflict { .. } => Ok(Came::Overtaken),
        ChangeError::NotFound | ChangeError::NotAhead(_) | ChangeError::IllegalState { .. } => {
            nothing_to_change(talk, tx).await
        }
        ChangeError::NoLongerOffered
        | ChangeError::NotNeeded
        | ChangeError::NotBegun
        | ChangeError::Refused { .. } => {
            let head = talk.head(None);
            talk.say(tx, (Kind::Reply, answers::no_other_time(&head)), Some(visit)).await?;
            find_time(talk, tx, visit).await
        }
    }
}
