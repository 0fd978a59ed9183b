//! Books an appointment for whoever is on the phone.

use jiff::{SignedDuration, Timestamp};
use voxanne_slots::{Fit, Opening, Refusal, fit};

use super::spoken;
use super::store::{self, Earlier, EarlierQuery, NewAppointment, Reason};
use crate::messaging::{self, Kind, NewText, wording};
use crate::notifications::{self, NewNotification};
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{AppointmentId, CallId, ContactId, OrgId, ResourceId};
use crate::scheduling::{self, Bookable, Calendar, Location, RuleBook, Service, Taken, Writer};
use crate::spoken_name::SpokenName;
use crate::tasks::{self, NewTask};
use crate::{calls, contacts, when};

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
    pub notes: Option<String>,
    pub call_ref: Option<String>,
}

/// Whether staff still have to confirm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// The calendar said yes, or Voxanne is the calendar.
    Scheduled,
    /// The time is kept; the clinic's own calendar could not be asked.
    Pending,
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
        alternatives: Vec<Opening>,
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
    let bookable = wanted.book.bookable(wanted.location, wanted.service, wanted.practitioner);
    let by = Writer { call_ref: wanted.call_ref.as_deref(), phone: wanted.phone.as_ref().map(Phone::as_str) };
    let taken = scheduling::open_ledger(app, tx, org, &bookable, wanted.starts_at, by).await?;
    if taken.rules_version != wanted.book.version {
        return Err(BookError::RulesChanged(taken.rules_version));
    }
    if let Some(same) = find_repeat(app, tx, org, wanted).await? {
        return Ok(same);
    }
    let now = app.clock.now();
    let fitted = match fit(&bookable.rules(), &taken.busy, wanted.starts_at, now) {
        Ok(fitted) => fitted,
        Err(refusal) => return Err(refused(app, tx, wanted, &bookable, &taken, refusal).await?),
    };
    let id: AppointmentId = app.new_id();
    if !store::reserve(tx, org, &fitted.claims, Reason::Appointment(id)).await? {
        metrics::counter!("voxanne_reservations_refused_by_constraint_total").increment(1);
        let refusal = spoken::taken();
        return Err(refused(app, tx, wanted, &bookable, &taken, refusal).await?);
    }
    let status = if wanted.book.settings.calendar_of_record || taken.calendar == Calendar::Known {
        Status::Scheduled
    } else {
        Status::Pending
    };
    record(app, tx, org, wanted, &Visit { id, fitted, status }).await
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

async fn refused(
    app: &App,
    tx: &mut PgConnection,
    wanted: &NewBooking<'_>,
    bookable: &Bookable<'_>,
    taken: &Taken,
    refusal: Refusal,
) -> Result<BookError, sqlx::Error> {
    let alternatives = match refusal {
        Refusal::BeyondHorizon { .. } => Vec::new(),
        _ => scheduling::alternatives(app, tx, wanted.book.org, bookable, taken, wanted.starts_at).await?,
    };
    Ok(BookError::Refused { refusal, alternatives })
}

/// A time that is reserved and wants its record.
struct Visit {
    id: AppointmentId,
    fitted: Fit,
    status: Status,
}

async fn record(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    wanted: &NewBooking<'_>,
    visit: &Visit,
) -> Result<Booked, BookError> {
    let now = app.clock.now();
    let caller = who(app, tx, org, wanted).await?;
    let starts_at = visit.fitted.opening.starts_at.to_zoned(wanted.location.zone.clone());
    let is_text_queued = queue_confirmation(app, tx, org, wanted, visit, caller).await?;
    let service_name = wanted.service_said.as_deref().unwrap_or(&wanted.service.name);
    let said = spoken::booked_sentence(service_name, &starts_at, visit.status, is_text_queued);
    let new = NewAppointment {
        id: visit.id,
        location: wanted.location.id,
        service: wanted.service.id,
        service_said: wanted.service_said.as_deref(),
        practitioner: visit.fitted.opening.practitioner,
        contact: caller.contact,
        call: caller.call,
        status: if visit.status == Status::Scheduled { "scheduled" } else { "pending" },
        starts_at: &starts_at,
        ends_at: visit.fitted.opening.ends_at,
        customer_name: wanted.name.as_ref().map(SpokenName::as_str),
        customer_phone: wanted.phone.as_ref().map(Phone::as_str),
        said_phone: wanted.said_phone.as_ref().map(Phone::as_str),
        customer_email: wanted.email.as_deref(),
        notes: wanted.notes.as_deref(),
        said: &said,
    };
    store::insert(tx, org, &new, now).await?;
    tell_staff(app, tx, org, visit, caller.contact.is_none()).await?;
    metrics::counter!("voxanne_appointments_booked_total").increment(1);
    Ok(Booked { id: visit.id, said, is_repeat: false })
}

/// The contact and call behind a booking.
#[derive(Clone, Copy)]
struct Who {
    contact: Option<ContactId>,
    call: Option<CallId>,
}

async fn who(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    wanted: &NewBooking<'_>,
) -> Result<Who, sqlx::Error> {
    let contact = match &wanted.phone {
        Some(phone) => Some(
            contacts::find_or_create(app, tx, org, phone, wanted.name.as_ref(), wanted.email.as_deref())
                .await?,
        ),
        None => None,
    };
    let call = match &wanted.call_ref {
        Some(call_ref) => {
            let phone = wanted.phone.as_ref().filter(|_| wanted.is_caller_id).map(Phone::as_str);
            let call = calls::ensure(tx, org, app.new_id(), call_ref, phone, app.clock.now()).await?;
            if let (None, Some(said)) = (phone, &wanted.phone) {
                calls::link_contact(tx, org, call, said.as_str()).await?;
            }
            Some(call)
        }
        None => None,
    };
    Ok(Who { contact, call })
}

async fn queue_confirmation(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    wanted: &NewBooking<'_>,
    visit: &Visit,
    caller: Who,
) -> Result<bool, sqlx::Error> {
    let Some(to) = &wanted.phone else { return Ok(false) };
    let settings = &wanted.book.settings;
    let starts_at = visit.fitted.opening.starts_at.to_zoned(wanted.location.zone.clone());
    let moment = when::text_moment(&starts_at);
    let (clinic, clinic_phone) = (&settings.clinic_name, settings.human_phone.as_deref());
    let (kind, body) = match visit.status {
        Status::Scheduled => (Kind::Confirmation, wording::confirmation(clinic, &moment, clinic_phone)),
        Status::Pending => (Kind::Pending, wording::pending(clinic, &moment, clinic_phone)),
    };
    let text = NewText {
        kind,
        to,
        body,
        dedupe_key: format!("{}:{}", kind.as_str(), visit.id.0),
        contact: caller.contact,
        appointment: Some(visit.id),
        call: caller.call,
    };
    Ok(messaging::queue_text(app, tx, org, settings, text).await?.text().is_some())
}

async fn tell_staff(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    visit: &Visit,
    has_no_phone: bool,
) -> Result<(), sqlx::Error> {
    let title = match visit.status {
        Status::Scheduled => "The receptionist booked a visit",
        Status::Pending => "A visit waits for your confirmation",
    };
    let news = NewNotification {
        kind: "appointment",
        title: title.into(),
        subject: Some(("appointment", visit.id.0)),
        dedupe_key: format!("booked:{}", visit.id.0),
    };
    notifications::notify(app, tx, org, &news).await?;
    let task = |kind: &'static str, title: &str| NewTask {
        kind,
        title: title.into(),
        appointment: Some(visit.id),
        dedupe_key: format!("{kind}:{}", visit.id.0),
        ..NewTask::default()
    };
    if visit.status == Status::Pending {
        let title = "Confirm a visit with the caller within 24 hours";
        tasks::raise(app, tx, org, &task("confirm_appointment", title)).await?;
    }
    if has_no_phone {
        tasks::raise(app, tx, org, &task("find_phone", "A visit was booked without a phone number")).await?;
    }
    Ok(())
}
