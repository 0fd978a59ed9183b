//! The record of a visit whose time is reserved, and everybody who is told of it.

use voxanne_slots::Opening;

use super::appointment::{Actor, Status};
use super::book::{BookError, Booked, NewBooking};
use super::plan_reminders::plan;
use super::spoken;
use super::store::{self, NewAppointment};
use crate::language::Language;
use crate::messaging::{self, Kind, NewText, wording};
use crate::notifications::{self, NewNotification};
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{AppointmentId, CallId, ContactId, OrgId, SeriesId};
use crate::spoken_name::SpokenName;
use crate::tasks::{self, NewTask};
use crate::{calendars, calls, contacts};

/// A time that is reserved and wants its record.
pub(super) struct Visit {
    pub id: AppointmentId,
    pub opening: Opening,
    pub status: Status,
    pub is_in_turn: bool,
}

/// Contact, call, confirmation text, the visit itself and what staff are told.
pub(super) async fn record(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    wanted: &NewBooking<'_>,
    visit: &Visit,
) -> Result<Booked, BookError> {
    let caller = who(app, tx, org, wanted).await?;
    let is_text_queued = queue_confirmation(app, tx, org, wanted, visit, caller).await?;
    let said = insert(app, tx, org, wanted, visit, (caller, None, is_text_queued)).await?;
    tell_staff(app, tx, org, (visit, wanted.booked_by), caller.contact.is_none()).await?;
    metrics::counter!("voxanne_appointments_booked_total").increment(1);
    Ok(Booked { id: visit.id, said, is_repeat: false })
}

/// The visit itself; says what its person is told of it.
pub(super) async fn insert(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    wanted: &NewBooking<'_>,
    visit: &Visit,
    (caller, series, is_text_queued): (Who, Option<SeriesId>, bool),
) -> Result<String, sqlx::Error> {
    let starts_at = visit.opening.starts_at.to_zoned(wanted.location.zone.clone());
    let now = app.clock.now();
    let service_name = wanted.service_said.as_deref().unwrap_or(&wanted.service.name);
    let said = spoken::booked_sentence(service_name, &starts_at, visit.status, is_text_queued);
    let new = NewAppointment {
        id: visit.id,
        location: wanted.location.id,
        service: wanted.service.id,
        service_said: wanted.service_said.as_deref(),
        practitioner: visit.opening.practitioner,
        contact: caller.contact,
        call: caller.call,
        status: visit.status,
        starts_at: &starts_at,
        ends_at: visit.opening.ends_at,
        customer_name: wanted.name.as_ref().map(SpokenName::as_str),
        customer_phone: wanted.phone.as_ref().map(Phone::as_str),
        said_phone: wanted.said_phone.as_ref().map(Phone::as_str),
        customer_email: wanted.email.as_deref(),
        notes: wanted.notes.as_deref(),
        said: &said,
        policy_version: wanted.book.policy_version,
        series,
        booked_by: &wanted.booked_by.to_string(),
        is_in_turn: visit.is_in_turn,
        reminders: &plan(&wanted.book.settings, &starts_at, wanted.phone.is_some(), now),
    };
    store::insert(tx, org, &new, now).await?;
    calendars::write_later(tx, org, visit.id, visit.opening.practitioner).await?;
    Ok(said)
}

/// The contact and call behind a booking.
#[derive(Clone, Copy)]
pub(super) struct Who {
    pub contact: Option<ContactId>,
    /// The contact's, where one is known.
    pub language: Option<Language>,
    pub call: Option<CallId>,
}

pub(super) async fn who(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    wanted: &NewBooking<'_>,
) -> Result<Who, sqlx::Error> {
    let contact = match &wanted.phone {
        Some(phone) => {
            let (name, email) = (wanted.name.as_ref(), wanted.email.as_deref());
            let contact = contacts::find_or_create(app, tx, org, phone, name, email).await?;
            // The org's own language is nobody's in particular: what it changes to holds for them too. So only the
            // first booking of somebody who was heard in another costs a round trip.
            let heard = wanted.language.filter(|heard| *heard != wanted.book.settings.language);
            Some(contacts::note_language(tx, org, contact, heard).await?)
        }
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
    let language = contact.and_then(|contact| contact.language);
    Ok(Who { contact: contact.map(|contact| contact.id), language, call })
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
    let starts_at = visit.opening.starts_at.to_zoned(wanted.location.zone.clone());
    let head = wanted.letterhead(caller.language);
    let (kind, body) = match visit.status {
        Status::Pending => (Kind::Pending, wording::pending(&head, &starts_at)),
        _ => (Kind::Confirmation, wording::confirmation(&head, &starts_at)),
    };
    let text = NewText {
        kind,
        to,
        body,
        dedupe_key: format!("{}:{}", kind.as_str(), visit.id.0),
        contact: caller.contact,
        appointment: Some(visit.id),
        call: caller.call,
        sent_by: None,
    };
    Ok(messaging::queue_text(app, tx, org, settings, text).await?.text().is_some())
}

async fn tell_staff(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (visit, by): (&Visit, Actor),
    has_no_phone: bool,
) -> Result<(), sqlx::Error> {
    let title = match (visit.status, by) {
        (Status::Pending, _) => "A visit waits for your confirmation",
        (_, Actor::Voice) => "The receptionist booked a visit",
        (_, Actor::Waitlist | Actor::Text) => "A visit was booked by text",
        (_, Actor::Key(_) | Actor::Staff(_)) => "A visit was booked",
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
