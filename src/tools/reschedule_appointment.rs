//! Moves the caller's own visit.

use super::arguments::{Arguments, Names};
use super::attempt::AttemptError;
use super::own_visit::{Hint, meant, own_visits};
use super::run::{Answer, Caller};
use super::speech::{self, visits as said_of};
use super::wanted_start::{Said, wanted_start};
use crate::appointments::{self, Actor, Appointment, ChangeError, Reschedule, Target};
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::scheduling::{Location, RuleBook, Teller};

pub(super) async fn answer(
    app: &App,
    tx: &mut PgConnection,
    caller: &Caller,
    book: &RuleBook,
    arguments: Arguments<'_>,
) -> Result<Answer, AttemptError> {
    let visits = match own_visits(app, tx, caller).await? {
        Ok(visits) => visits,
        Err(sentence) => return Ok(Answer::result(sentence)),
    };
    if let Some(there) = already_there(app, book, &visits, arguments) {
        return Ok(Answer::result(there.said.clone()));
    }
    let visit = match meant(app, book, &visits, arguments) {
        Ok(visit) => visit,
        Err(question) => return Ok(Answer::result(question)),
    };
    let Some(location) = book.locations.iter().find(|l| l.id == visit.location) else {
        return Ok(Answer::result(speech::CANNOT_MOVE));
    };
    let starts_at = match new_start(app, location, &visit, arguments) {
        Ok(starts_at) => starts_at,
        Err(question) => return Ok(Answer::result(question)),
    };
    if visits.iter().any(|other| is_in_the_way(&visit, other, starts_at)) {
        return Ok(Answer::result(said_of::HAS_ANOTHER));
    }
    let wanted = Reschedule {
        book,
        target: Target { id: visit.id, expected_version: None, actor: Actor::Voice, reason: None },
        starts_at,
        practitioner: None,
        thing: None,
        minutes: None,
        call_ref: caller.call_ref.as_deref(),
        asks_calendars: true,
        is_decided: false,
    };
    match appointments::reschedule(app, tx, caller.org, &wanted).await {
        Ok(changed) if changed.is_repeat && changed.appointment.version == 1 => {
            let visit = &changed.appointment;
            Ok(Answer::result(said_of::is_then_already(&visit.service_name, &visit.starts_at)))
        }
        Ok(changed) => Ok(Answer::result(changed.said)),
        Err(ChangeError::VersionConflict { .. }) => Err(AttemptError::Overtaken),
        Err(ChangeError::RulesChanged(version)) => Err(AttemptError::RulesChanged(version)),
        Err(ChangeError::CalendarUnknown(window)) => Err(AttemptError::CalendarUnknown(window)),
        Err(ChangeError::Unexpected(error)) => Err(AttemptError::Database(error)),
        Err(refused) => {
            let tell = Teller::new(book, &location.zone);
            Ok(Answer::result(appointments::unchanged_sentence(&refused, &tell, &location.zone)))
        }
    }
}

/// Nobody is in two places at once; two people who share a number are.
fn is_in_the_way(visit: &Appointment, other: &Appointment, starts_at: jiff::Timestamp) -> bool {
    let length = visit.ends_at.duration_since(visit.starts_at.timestamp());
    let ends_at = starts_at.checked_add(length).unwrap_or(starts_at);
    other.id != visit.id
        && other.customer_name == visit.customer_name
        && other.starts_at.timestamp() < ends_at
        && starts_at < other.ends_at
}

/// Only a day keeps the time, only a time keeps the day.
fn new_start(
    app: &App,
    location: &Location,
    visit: &Appointment,
    arguments: Arguments<'_>,
) -> Result<jiff::Timestamp, String> {
    let (date, time) = (arguments.text(Names::NEW_DATE), arguments.text(Names::NEW_TIME));
    if date.is_none() && time.is_none() {
        return Err(speech::WHICH_NEW_TIME.into());
    }
    let said = Said {
        date: date.or_else(|| Some(visit.starts_at.date().to_string())),
        time: time.or_else(|| Some(visit.starts_at.strftime("%H:%M").to_string())),
    };
    wanted_start(app, location, &said)
}

/// The visit that was moved there before, when the model asks again under a new id. A hint that was true of it before
/// it moved is no longer; one that is true of another visit means that one.
fn already_there<'v>(
    app: &App,
    book: &RuleBook,
    visits: &'v [Appointment],
    arguments: Arguments<'_>,
) -> Option<&'v Appointment> {
    let said = Said { date: arguments.text(Names::NEW_DATE), time: arguments.text(Names::NEW_TIME) };
    let is_there = |visit: &&Appointment| {
        let location = book.locations.iter().find(|l| l.id == visit.location);
        let starts_at = location.and_then(|location| wanted_start(app, location, &said).ok());
        visit.version > 1 && starts_at == Some(visit.starts_at.timestamp())
    };
    let there = visits.iter().find(is_there)?;
    let hint = Hint::new(app, there, arguments);
    let means_another = hint.is_lasting() && visits.iter().any(|v| v.id != there.id && hint.fits(book, v));
    (!means_another).then_some(there)
}
