//! Calls the caller's own visit off.

use jiff::SignedDuration;

use super::arguments::{Arguments, Names, clean};
use super::attempt::AttemptError;
use super::own_visit::{Hint, meant, own_visits};
use super::run::{Answer, Caller};
use crate::appointments::{self, Actor, Appointment, ChangeError, Target};
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::scheduling::{RuleBook, Teller};

/// A caller who asks again within this long of a cancellation hears that it was done.
const JUST_NOW: SignedDuration = SignedDuration::from_mins(15);
/// Longer reasons are stories.
const REASON_CHARS_MAX: usize = 200;

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
    let visit = match meant(app, book, &visits, arguments) {
        Ok(visit) => visit,
        Err(question) => {
            let just_now = just_called_off(app, tx, caller, book, arguments).await?;
            return Ok(Answer::result(just_now.map_or(question, |visit| visit.said)));
        }
    };
    let reason = arguments.text(Names::REASON).map(|said| clean(&said, REASON_CHARS_MAX));
    let target =
        Target { id: visit.id, expected_version: None, actor: Actor::Voice, reason: reason.as_deref() };
    match appointments::cancel(app, tx, caller.org, book, &target).await {
        Ok(changed) => Ok(Answer::result(changed.said)),
        Err(ChangeError::VersionConflict { .. }) => Err(AttemptError::Overtaken),
        Err(ChangeError::Unexpected(error)) => Err(AttemptError::Database(error)),
        Err(refused) => {
            let zone = visit.starts_at.time_zone();
            let tell = Teller::new(book, zone);
            Ok(Answer::result(appointments::unchanged_sentence(&refused, &tell, zone)))
        }
    }
}

/// The model asks again under a new id, and the visit it means is gone already.
async fn just_called_off(
    app: &App,
    tx: &mut PgConnection,
    caller: &Caller,
    book: &RuleBook,
    arguments: Arguments<'_>,
) -> Result<Option<Appointment>, sqlx::Error> {
    let Some(phone) = caller.phone.as_ref().map(Phone::as_str) else { return Ok(None) };
    let now = app.clock.now();
    let since = now.checked_sub(JUST_NOW).unwrap_or(now);
    let gone = appointments::called_off_by_phone(tx, caller.org, phone, since).await?;
    // Latest first: without a hint that is the one, with a hint the latest that it is true of.
    Ok(gone.into_iter().find(|visit| Hint::new(app, visit, arguments).fits(book, visit)))
}
