//! Books an appointment for whoever is on the phone.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;
use voxanne_slots::{Cause, Refusal, fit};

use super::appointment::{Actor, Status};
use super::record::{Visit, record};
use super::spoken;
use super::store::{self, Earlier, EarlierQuery, Reason};
use crate::language::Language;
use crate::messaging::wording::Letterhead;
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{AppointmentId, HoldId, OrgId, ResourceId};
use crate::scheduling::{
    self, Bookable, Calendar, Location, Opening, RuleBook, Service, Taken, Window, Writer,
};
use crate::spoken_name::SpokenName;

/// What to book.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "self-explaining")]
pub struct NewBooking<'b> {
    pub book: &'b RuleBook,
    pub location: &'b Location,
    /// With the duration to book.
    pub service: &'b Service,
    /// What the caller called it, when the catalogue does not know it.
    pub service_said: Option<String>,
    pub starts_at: Timestamp,
    pub practitioner: Option<ResourceId>,
    pub name: Option<SpokenName>,
    /// The platform's caller id, else the number given by voice.
    pub phone: Option<Phone>,
    /// Whether that number is the caller id.
    pub is_caller_id: bool,
    /// A number given by voice that differs from the caller id.
    pub said_phone: Option<Phone>,
    pub email: Option<String>,
    /// In which they were heard, where that is known.
    pub language: Option<Language>,
    pub notes: Option<String>,
    pub call_ref: Option<String>,
    /// A hold that this converts.
    pub hold: Option<HoldId>,
    pub booked_by: Actor,
    /// Calendars that are not known are to be asked first: the answer is [`BookError::CalendarUnknown`] then. Without,
    /// or when they do not tell, the visit is pending.
    pub asks_calendars: bool,
}

impl<'b> NewBooking<'b> {
    /// A visit for nobody in particular yet.
    pub fn new(
        book: &'b RuleBook,
        location: &'b Location,
        service: &'b Service,
        starts_at: Timestamp,
    ) -> Self {
        Self {
            book,
            location,
            service,
            service_said: None,
            starts_at,
            practitioner: None,
            name: None,
            phone: None,
            is_caller_id: false,
            said_phone: None,
            email: None,
            language: None,
            notes: None,
            call_ref: None,
            hold: None,
            booked_by: Actor::Voice,
            asks_calendars: false,
        }
    }

    pub(super) fn bookable(&self) -> Bookable<'b> {
        self.book.bookable(self.location, self.service, self.practitioner)
    }

    /// Whom a text about it is from, in the contact's language where one is known.
    pub(super) fn letterhead(&self, language: Option<Language>) -> Letterhead<'_> {
        let name = self.name.as_ref().map(SpokenName::first);
        // Never the caller's own word for it: that is anything at all.
        let service = Some(self.service.name.as_str()).filter(|_| !self.service.is_other);
        self.book.letterhead(self.location, language).to(name).about(service)
    }

    pub(super) fn writer(&self) -> Writer<'_> {
        Writer {
            call_ref: self.call_ref.as_deref(),
            phone: self.phone.as_ref().map(Phone::as_str),
            hold: self.hold,
            own: None,
        }
    }
}

/// A booking that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booked {
    /// The visit.
    pub id: AppointmentId,
    /// What to tell the caller; the same for every repeat.
    pub said: String,
    /// True when the visit was booked before and this is the same request again.
    pub is_repeat: bool,
}

/// Why a booking was refused.
#[derive(Debug, thiserror::Error)]
pub enum BookError {
    /// The time cannot be had.
    #[error("{refusal}")]
    Refused {
        /// Why not.
        refusal: Refusal,
        /// The nearest times that can be.
        alternatives: Vec<voxanne_slots::Opening>,
    },
    /// The same person has a visit at that time already, and not this one.
    #[error("the caller has another visit at that time")]
    HasAnotherVisit,
    /// This call has booked enough; more is a model in a loop.
    #[error("this call has booked {0} times")]
    TooMany(usize),
    /// The rules changed since they were read: read them again and repeat.
    #[error("the rules are at version {0} now")]
    RulesChanged(i64),
    /// A calendar that decides is not known: roll back, ask it about this stretch, and repeat.
    #[error("a calendar is not known")]
    CalendarUnknown(Window),
    /// The database refused or went away.
    #[error("the database refused")]
    Unexpected(#[from] sqlx::Error),
}

/// Books `wanted`, queues the confirmation text and tells the dashboard: all in the caller's transaction or nothing.
///
/// The same visit asked for again (same call or phone, service and start, a similar name) is the same appointment
/// and the same sentence. Two callers racing are told apart by the ledger, not by the look before.
pub async fn book(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    wanted: &NewBooking<'_>,
) -> Result<Booked, BookError> {
    let (mut bookable, by) = (wanted.bookable(), wanted.writer());
    let opening = Opening { starts: &[wanted.starts_at], leaving: &[] };
    let taken = scheduling::open_ledger(app, tx, org, &mut bookable, opening, by).await?;
    if taken.rules_version != wanted.book.version {
        return Err(BookError::RulesChanged(taken.rules_version));
    }
    if let Some(same) = find_repeat(app, tx, org, wanted).await? {
        return Ok(same);
    }
    if let Some(window) =
        opening.unknown_calendars(app, org, &bookable, &taken).filter(|_| wanted.asks_calendars)
    {
        return Err(BookError::CalendarUnknown(window));
    }
    let now = app.clock.now();
    let fitted = match fit(&bookable.rules(&taken.guest), &taken.busy, wanted.starts_at, now) {
        Ok(fitted) => fitted,
        Err(refusal) => return Err(refused(app, tx, wanted, (&bookable, &taken), refusal).await?),
    };
    let id: AppointmentId = app.new_id();
    if !store::reserve(tx, org, &fitted, Reason::Appointment(id)).await? {
        metrics::counter!("voxanne_reservations_refused_by_constraint_total").increment(1);
        return Err(refused(app, tx, wanted, (&bookable, &taken), spoken::taken()).await?);
    }
    if bookable.is_in_turn {
        scheduling::count_turn(tx, org, wanted.service.id, fitted.opening.practitioner, 1).await?;
    }
    let status = status_by(wanted.book, &taken, fitted.opening.practitioner);
    record(
        app,
        tx,
        org,
        wanted,
        &Visit { id, opening: fitted.opening, status, is_in_turn: bookable.is_in_turn },
    )
    .await
}

/// Final where a calendar said so or Voxanne is the calendar; otherwise staff confirm.
pub(super) fn status_by(book: &RuleBook, taken: &Taken, practitioner: Uuid) -> Status {
    if book.settings.calendar_of_record || taken.calendars.of(practitioner) == Calendar::Known {
        Status::Scheduled
    } else {
        Status::Pending
    }
}

/// The visit this request already booked, if it is a repeat.
async fn find_repeat(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    wanted: &NewBooking<'_>,
) -> Result<Option<Booked>, BookError> {
    let query = EarlierQuery {
        starts_at: wanted.starts_at,
        ends_at: ends_at(wanted),
        service: wanted.service.id,
        call_ref: wanted.call_ref.as_deref(),
        phone: wanted.phone.as_ref().map(Phone::as_str),
    };
    let earlier = store::earlier(tx, org, &query).await?;
    let theirs = |e: &&Earlier| is_same_person(wanted, e);
    if let Some(same) = earlier.iter().filter(theirs).find(|e| is_same_wish(wanted, e)) {
        return Ok(Some(Booked { id: same.id, said: same.confirmation_said.clone(), is_repeat: true }));
    }
    if earlier.iter().filter(theirs).any(|e| e.overlaps) {
        return Err(BookError::HasAnotherVisit);
    }
    let of_this_call = earlier.iter().filter(|e| e.is_this_call).count();
    if i64::try_from(of_this_call).unwrap_or(i64::MAX) >= app.config.voice.bookings_per_call_max {
        return Err(BookError::TooMany(of_this_call));
    }
    Ok(None)
}

/// The same visit: start, service as said, and nobody else asked for. Anything else is a change, and said to be none.
fn is_same_wish(wanted: &NewBooking<'_>, earlier: &Earlier) -> bool {
    let same_word = |a: Option<&str>, b: Option<&str>| match (a, b) {
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
        (a, b) => a == b,
    };
    earlier.is_same_visit
        && same_word(wanted.service_said.as_deref(), earlier.service_said.as_deref())
        && wanted.practitioner.is_none_or(|asked| asked.0 == earlier.practitioner_id)
}

/// Within a call a name may be shortened or left out; from another call of the same number it must be the same.
fn is_same_person(wanted: &NewBooking<'_>, earlier: &Earlier) -> bool {
    let known = earlier.customer_name.as_deref().and_then(SpokenName::parse);
    let names = (known.as_ref(), wanted.name.as_ref());
    if earlier.is_this_call {
        return matches!(names, (None, None))
            || matches!(names, (Some(known), Some(said)) if known.similar(said));
    }
    let same_name = matches!(names, (Some(k), Some(s)) if k.as_str().eq_ignore_ascii_case(s.as_str()));
    same_name && earlier.said_phone.as_deref() == wanted.said_phone.as_ref().map(Phone::as_str)
}

fn ends_at(wanted: &NewBooking<'_>) -> Timestamp {
    let length = SignedDuration::from_mins(wanted.service.rules.duration_minutes.into());
    wanted.starts_at.checked_add(length).unwrap_or(wanted.starts_at)
}

pub(super) async fn refused(
    app: &App,
    tx: &mut PgConnection,
    wanted: &NewBooking<'_>,
    look: (&Bookable<'_>, &Taken),
    refusal: Refusal,
) -> Result<BookError, sqlx::Error> {
    let alternatives = match refusal.first() {
        Cause::BeyondHorizon { .. } => Vec::new(),
        _ => scheduling::alternatives(app, tx, wanted.book, look, wanted.starts_at, &wanted.writer()).await?,
    };
    Ok(BookError::Refused { refusal, alternatives })
}
