//! What to do about a text, by what it means and what was asked. Pure.

use crate::leads::ToldAlert;
use crate::messaging::{Choice, Kind, Lately, Meaning, Question, QuestionKind, Wish};
use crate::platform::ids::{AppointmentId, CallId, EscalationId};

/// What a short text is understood by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known<'k> {
    /// What waits for this number's answer, last asked first.
    pub questions: &'k [Question],
    /// Visits ahead whose time was texted to this number, soonest first: all that it can change (T22).
    pub visits: &'k [AppointmentId],
    /// Exactly one time of the waitlist is on offer to them.
    pub has_one_offer: bool,
    /// The alert that this number was told of last, as somebody of the clinic.
    pub alert: Option<ToldAlert>,
    pub lately: Lately,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Act<'k> {
    Confirm(AppointmentId),
    /// Other times for a visit.
    Propose(AppointmentId),
    Cancel(AppointmentId),
    /// One of the times that were offered.
    Move(&'k Question, usize),
    /// One of the times that were kept for somebody without a visit.
    Book(&'k Question, usize),
    /// Other times for somebody whose choice has gone.
    OfferAgain(CallId),
    /// One of the visits that could be meant.
    Chosen(&'k Question, AppointmentId, Wish),
    /// None of what was offered.
    Neither(&'k Question),
    /// Asks for a number.
    OneOrTwo,
    /// Asks which of two visits.
    Which(Wish, AppointmentId, AppointmentId),
    /// They do not come: asks what then.
    MoveOrCancel(AppointmentId),
    NothingToChange,
    /// Somebody of the clinic takes an alert, or wants to.
    TakeAlert(EscalationId),
    Take,
    Pass,
    Leave,
    Help,
    Nothing,
    ForStaff,
}

/// Decides. A 1 takes the alert that the number was told of, if it was. C, R and X are about the visit last asked about, else the only one; 1 and 2 about the last choice; a yes or a no
/// about the last question, unless a person of the clinic wrote since.
pub(super) fn decide(meaning: Meaning, known: Known<'_>) -> Act<'_> {
    if let Some(alert) = known.takes_alert(meaning) {
        return Act::TakeAlert(alert);
    }
    match meaning {
        Meaning::Confirm => wish(Wish::Confirm, &known),
        Meaning::Reschedule => wish(Wish::Move, &known),
        Meaning::Cancel => wish(Wish::Cancel, &known),
        Meaning::First => number(0, &known),
        Meaning::Second => number(1, &known),
        Meaning::Yes => yes(&known),
        Meaning::No => no(&known),
        Meaning::Take => Act::Take,
        Meaning::Pass => Act::Pass,
        Meaning::Leave => Act::Leave,
        Meaning::Help => Act::Help,
        Meaning::Thanks | Meaning::Stop | Meaning::StopOrCancel | Meaning::StopInWords | Meaning::Start => {
            Act::Nothing
        }
        Meaning::Other => Act::ForStaff,
    }
}

fn wish<'k>(wish: Wish, known: &Known<'k>) -> Act<'k> {
    let asked_about = known.questions.iter().find_map(|question| known.subject(question));
    match (asked_about, known.visits) {
        (Some(visit), _) => act_on(wish, visit),
        (None, [visit]) => act_on(wish, *visit),
        (None, [one, two, ..]) => Act::Which(wish, *one, *two),
        (None, []) => Act::NothingToChange,
    }
}

const fn act_on(wish: Wish, visit: AppointmentId) -> Act<'static> {
    match wish {
        Wish::Confirm => Act::Confirm(visit),
        Wish::Move => Act::Propose(visit),
        Wish::Cancel => Act::Cancel(visit),
    }
}

fn number<'k>(index: usize, known: &Known<'k>) -> Act<'k> {
    let Some(question) = known.questions.iter().find(|question| question.offers_a_choice()) else {
        return Act::ForStaff;
    };
    if known.is_for_a_person(Some(question)) {
        return Act::ForStaff;
    }
    match question.options.get(index) {
        Some(Choice::Time { .. }) if question.kind == QuestionKind::BookTime => Act::Book(question, index),
        Some(Choice::Time { .. }) if known.subject(question).is_some() => Act::Move(question, index),
        Some(Choice::Visit { appointment, wish }) if known.visits.contains(appointment) => {
            Act::Chosen(question, *appointment, *wish)
        }
        Some(Choice::Time { .. } | Choice::Visit { .. }) => Act::NothingToChange,
        None => Act::OneOrTwo,
    }
}

fn yes<'k>(known: &Known<'k>) -> Act<'k> {
    let last = known.questions.first();
    if known.is_for_a_person(last) {
        return Act::ForStaff;
    }
    let Some(question) = last else {
        // "OK" to a confirmation asks for nothing.
        let otherwise = if known.was_about_a_visit() { Act::Nothing } else { Act::ForStaff };
        return if known.has_one_offer { Act::Take } else { otherwise };
    };
    match question.kind {
        // "OK" to a visit that was moved otherwise since takes none of what was offered before.
        QuestionKind::ChooseTime if known.lately.last_kind == Some(Kind::Change) => Act::Nothing,
        QuestionKind::ConfirmVisit => known.subject(question).map_or(Act::NothingToChange, Act::Confirm),
        QuestionKind::ChooseTime if known.subject(question).is_none() => Act::NothingToChange,
        QuestionKind::ChooseTime if question.options.len() == 1 => Act::Move(question, 0),
        QuestionKind::BookTime if question.options.len() == 1 => Act::Book(question, 0),
        QuestionKind::ChooseTime | QuestionKind::ChooseVisit | QuestionKind::BookTime => Act::OneOrTwo,
        QuestionKind::Offer if known.has_one_offer => Act::Take,
        QuestionKind::Offer | QuestionKind::Details | QuestionKind::Helped => Act::ForStaff,
    }
}

fn no<'k>(known: &Known<'k>) -> Act<'k> {
    let last = known.questions.first();
    if known.is_for_a_person(last) {
        return Act::ForStaff;
    }
    let Some(question) = last else {
        return match known.visits {
            _ if known.has_one_offer => Act::Pass,
            [only] if known.was_about_a_visit() => Act::MoveOrCancel(*only),
            _ => Act::ForStaff,
        };
    };
    match question.kind {
        QuestionKind::ConfirmVisit => known.subject(question).map_or(Act::NothingToChange, Act::MoveOrCancel),
        QuestionKind::ChooseTime | QuestionKind::ChooseVisit | QuestionKind::BookTime => {
            Act::Neither(question)
        }
        QuestionKind::Offer if known.has_one_offer => Act::Pass,
        QuestionKind::Offer | QuestionKind::Details | QuestionKind::Helped => Act::ForStaff,
    }
}

impl Known<'_> {
    /// The visit that a question is about, if this number can change it.
    fn subject(&self, question: &Question) -> Option<AppointmentId> {
        let is_of_a_visit = matches!(question.kind, QuestionKind::ConfirmVisit | QuestionKind::ChooseTime);
        let visit = question.subject.map(AppointmentId).filter(|_| is_of_a_visit)?;
        self.visits.contains(&visit).then_some(visit)
    }

    /// The alert that a short answer takes: a 1 unless a choice was offered later, a yes unless anything was asked later. A 1
    /// to an alert that somebody has taken already learns who, unless a choice is open.
    fn takes_alert(&self, meaning: Meaning) -> Option<EscalationId> {
        let alert = self.alert?;
        let later = |question: &&Question| !alert.is_open || question.asked_at > alert.told_at;
        let is_for_another = match meaning {
            Meaning::First => {
                self.questions.iter().filter(|question| question.offers_a_choice()).any(|q| later(&q))
            }
            Meaning::Yes => {
                let was_written = self.lately.written_at.is_some_and(|written| written > alert.told_at);
                !alert.is_open
                    || was_written
                    || self.has_one_offer
                    || self.questions.iter().any(|q| later(&q))
            }
            _ => true,
        };
        (!is_for_another).then_some(alert.id)
    }

    /// A person wrote after the question: a short answer is theirs.
    fn is_for_a_person(&self, question: Option<&Question>) -> bool {
        match (self.lately.written_at, question) {
            (Some(written), Some(question)) => question.asked_at < written,
            (Some(_), None) => self.lately.last_kind == Some(Kind::Message),
            (None, _) => false,
        }
    }

    fn was_about_a_visit(&self) -> bool {
        let last = self.lately.last_kind;
        matches!(last, Some(Kind::Confirmation | Kind::Pending | Kind::Change | Kind::Reminder | Kind::Reply))
    }
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
