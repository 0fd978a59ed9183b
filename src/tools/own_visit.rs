//! Which of their own visits a caller means.
//!
//! **Invariant.** Only the platform's caller id opens anything here, never a number that was said; and nothing about a
//! visit is told but its service and time.

use jiff::civil::Date;

use super::arguments::{Arguments, Names};
use super::run::Caller;
use super::speech::visits;
use crate::appointments::{self, Appointment};
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::scheduling::{self, Matched, RuleBook};
use crate::when;

/// The visits ahead of the verified caller, soonest first; a sentence when there is nobody to look up.
pub(super) async fn own_visits(
    app: &App,
    tx: &mut PgConnection,
    caller: &Caller,
) -> Result<Result<Vec<Appointment>, &'static str>, sqlx::Error> {
    let Some(phone) = caller.phone.as_ref().map(Phone::as_str) else {
        return Ok(Err(visits::NUMBER_HIDDEN));
    };
    appointments::ahead_of_phone(app, tx, caller.org, phone).await.map(Ok)
}

/// The one visit that the hint points at; a question when it points at none or at several.
pub(super) fn meant(
    app: &App,
    book: &RuleBook,
    all: Vec<Appointment>,
    arguments: Arguments<'_>,
) -> Result<Appointment, String> {
    let Some(first) = all.first() else { return Err(visits::NOTHING_TO_CHANGE.into()) };
    let hint = Hint::new(app, first, arguments);
    let fitting: Vec<&Appointment> = all.iter().filter(|visit| hint.fits(book, visit)).collect();
    match fitting.as_slice() {
        [one] => Ok((*one).clone()),
        [] if !hint.is_given() => Err(visits::which(&all.iter().collect::<Vec<_>>())),
        [] => Err(visits::no_such(&all.iter().collect::<Vec<_>>())),
        several => Err(visits::which(several)),
    }
}

/// What was said of a visit: a service, a day, "the next one".
pub(super) struct Hint {
    said: String,
    day: Option<Date>,
}

impl Hint {
    /// Days are read in the visits' zone.
    pub(super) fn new(app: &App, visit: &Appointment, arguments: Arguments<'_>) -> Self {
        let said = arguments.text(Names::HINT).unwrap_or_default();
        let today = app.clock.now().to_zoned(visit.starts_at.time_zone().clone()).date();
        Self { day: when::parse_date(&said, today).ok(), said }
    }

    pub(super) fn is_given(&self) -> bool {
        !self.said.is_empty()
    }

    /// Whether it is true of the visit. What names neither a day nor a service is true of all.
    pub(super) fn fits(&self, book: &RuleBook, visit: &Appointment) -> bool {
        let service = match scheduling::match_service(book, &self.said) {
            Some(Matched::Known(service)) if self.is_given() => Some(service.id),
            _ => None,
        };
        self.day.is_none_or(|day| visit.starts_at.date() == day)
            && service.is_none_or(|id| visit.service == id)
    }
}
