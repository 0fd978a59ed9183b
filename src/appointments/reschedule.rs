//! Moves a visit to another time.

use jiff::Zoned;
use serde_json::json;
use uuid::Uuid;
use voxanne_slots::{Fit, Refusal, fit};

use super::appointment::Status;
use super::book::status_by;
use super::change::{self, Appointment, ChangeError, Changed, Target, check_version, fields};
use super::freed::offer_freed;
use super::plan_reminders::plan;
use super::policy::Policy;
use super::spoken;
use super::store::{self, NewVersion};
use super::tell::{self, Told, is_late};
use crate::calendars;
use crate::messaging::Kind;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{OrgId, ResourceId};
use crate::scheduling::{self, Bookable, Calendar, Location, Opening, RuleBook, Service, Taken, Writer};

/// Where a visit is to go.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "self-explaining")]
pub struct Reschedule<'a> {
    pub book: &'a RuleBook,
    pub target: Target<'a>,
    pub starts_at: jiff::Timestamp,
    /// Somebody else than now; `None` keeps whoever gives it, as long as they still do.
    pub practitioner: Option<ResourceId>,
    /// This room or device; `None` takes whatever is free.
    pub thing: Option<ResourceId>,
    /// Longer or shorter than now; `None` keeps its length.
    pub minutes: Option<u16>,
    pub call_ref: Option<&'a str>,
    /// Calendars that are not known are to be asked first: the answer is [`ChangeError::CalendarUnknown`] then.
    pub asks_calendars: bool,
    /// Somebody of the clinic decided on the time: a visit that was confirmed stays so.
    pub is_decided: bool,
}

/// Moves the visit, texts its person once, and offers the time it leaves to the waitlist: all in the caller's
/// transaction or nothing.
///
/// Its own time stands in nobody's way, its practitioner and its length are kept. The same move asked for again is the same
/// sentence. One that only gets longer or shorter, or another room, is not late, and its person is not texted: they come when they
/// were to come.
pub async fn reschedule(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    wanted: &Reschedule<'_>,
) -> Result<Changed, ChangeError> {
    let seen = change::find(tx, org, wanted.target.id).await?.ok_or(ChangeError::NotFound)?;
    let (location, mut service) = offered(wanted.book, &seen)?;
    service.rules.duration_minutes = wanted.minutes.unwrap_or(service.rules.duration_minutes);
    if let Some(thing) = wanted.thing {
        service = service.using(thing).ok_or(ChangeError::NotNeeded)?;
    }
    let only = wanted.practitioner.or_else(|| kept(&service, &seen));
    let mut bookable = wanted.book.bookable(location, &service, only);
    let by = Writer {
        call_ref: wanted.call_ref,
        phone: seen.customer_phone.as_deref(),
        own: Some(seen.id),
        ..Writer::default()
    };
    let leaving = store::claims(tx, org, seen.id).await?;
    let opening = Opening { starts: &[wanted.starts_at], leaving: &leaving };
    let taken = scheduling::open_ledger(app, tx, org, &mut bookable, opening, by).await?;
    let visit = change::lock(tx, org, wanted.target.id).await?;
    let is_in = |thing: ResourceId| {
        visit.version == seen.version && leaving.iter().any(|(resource, _)| *resource == thing.0)
    };
    if is_there(wanted, &visit) && wanted.thing.is_none_or(is_in) && visit.status.is_ahead() {
        return Ok(Changed { said: visit.said.clone(), appointment: visit, is_repeat: true, fee: None });
    }
    check_version(tx, org, &visit, wanted.target.expected_version).await?;
    if !visit.status.is_ahead() {
        return Err(ChangeError::NotAhead(visit.status));
    }
    // Moved between the look and the lock: what was locked is no longer what it holds.
    if visit.version != seen.version {
        return Err(ChangeError::VersionConflict {
            current: visit.version,
            difference: serde_json::Map::new(),
        });
    }
    if taken.rules_version != wanted.book.version {
        return Err(ChangeError::RulesChanged(taken.rules_version));
    }
    if let Some(window) =
        opening.unknown_calendars(app, org, &bookable, &taken).filter(|_| wanted.asks_calendars)
    {
        return Err(ChangeError::CalendarUnknown(window));
    }
    let fitted = match fit(&bookable.rules(&taken.guest), &taken.busy, wanted.starts_at, app.clock.now()) {
        Ok(fitted) => fitted,
        Err(refusal) => {
            return Err(refused(app, tx, (wanted, &visit), (&bookable, &taken), (refusal, by)).await?);
        }
    };
    if !store::swap_claims(tx, org, visit.id, &fitted).await? {
        return Err(refused(app, tx, (wanted, &visit), (&bookable, &taken), (spoken::taken(), by)).await?);
    }
    if visit.is_in_turn && fitted.opening.practitioner != visit.practitioner {
        scheduling::count_turn(tx, org, visit.service, visit.practitioner, -1).await?;
        scheduling::count_turn(tx, org, visit.service, fitted.opening.practitioner, 1).await?;
    }
    let status = status_there(wanted, &visit, &taken, fitted.opening.practitioner);
    let things = Things::of(&leaving, &fitted, (visit.practitioner, fitted.opening.practitioner));
    record(app, tx, org, wanted, (&visit, &fitted, location, status), &things).await
}

/// The rooms and devices that a visit had and has.
struct Things {
    before: Vec<String>,
    after: Vec<String>,
}

impl Things {
    fn of(leaving: &[(Uuid, jiff::Timestamp)], fitted: &Fit, people: (Uuid, Uuid)) -> Self {
        let named = |ids: Vec<Uuid>, person: Uuid| {
            let mut ids: Vec<Uuid> = ids.into_iter().filter(|id| *id != person).collect();
            ids.sort_unstable();
            ids.into_iter().map(|id| ResourceId(id).to_string()).collect()
        };
        Self {
            before: named(leaving.iter().map(|(id, _)| *id).collect(), people.0),
            after: named(fitted.claims.iter().map(|claim| claim.resource).collect(), people.1),
        }
    }

    fn differ(&self) -> bool {
        self.before != self.after
    }
}

/// Whether the visit is already as it was asked to be.
fn is_there(wanted: &Reschedule<'_>, visit: &Appointment) -> bool {
    visit.starts_at.timestamp() == wanted.starts_at
        && wanted.practitioner.is_none_or(|asked| asked.0 == visit.practitioner)
        && wanted.minutes.is_none_or(|asked| minutes_of(visit) == Some(asked))
}

fn minutes_of(visit: &Appointment) -> Option<u16> {
    u16::try_from(visit.ends_at.duration_since(visit.starts_at.timestamp()).as_mins()).ok()
}

/// T-S5: a visit that moves to a time at which a calendar is not known waits for staff again, unless they decided on it.
fn status_there(wanted: &Reschedule<'_>, visit: &Appointment, taken: &Taken, practitioner: Uuid) -> Status {
    let is_unknown = taken.calendars.of(practitioner) == Calendar::Unknown;
    if visit.status == Status::Scheduled && !wanted.is_decided && is_unknown {
        return status_by(wanted.book, taken, practitioner);
    }
    visit.status
}

/// The rules the visit was booked by: its own length, also when the catalogue's has changed since.
pub(super) fn offered<'b>(
    book: &'b RuleBook,
    visit: &Appointment,
) -> Result<(&'b Location, Service), ChangeError> {
    let location = book.locations.iter().find(|l| l.id == visit.location);
    let service = book.service(visit.service);
    let (location, service) = location.zip(service).ok_or(ChangeError::NoLongerOffered)?;
    let mut service = service.clone();
    service.rules.duration_minutes = minutes_of(visit).unwrap_or(service.rules.duration_minutes);
    Ok((location, service))
}

pub(super) fn kept(service: &Service, visit: &Appointment) -> Option<ResourceId> {
    service.practitioners.iter().copied().find(|id| id.0 == visit.practitioner)
}

async fn refused(
    app: &App,
    tx: &mut PgConnection,
    (wanted, visit): (&Reschedule<'_>, &Appointment),
    look: (&Bookable<'_>, &Taken),
    (refusal, by): (Refusal, Writer<'_>),
) -> Result<ChangeError, sqlx::Error> {
    let mut alternatives =
        scheduling::alternatives(app, tx, wanted.book, look, wanted.starts_at, &by).await?;
    // Its own time stands in nobody's way, and is no other time.
    let own = (visit.starts_at.timestamp(), visit.ends_at, visit.practitioner);
    alternatives
        .retain(|one| wanted.thing.is_some() || (one.starts_at, one.ends_at, one.practitioner) != own);
    Ok(ChangeError::Refused { refusal, alternatives })
}

async fn record(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    wanted: &Reschedule<'_>,
    (visit, fitted, location, status): (&Appointment, &Fit, &Location, Status),
    things: &Things,
) -> Result<Changed, ChangeError> {
    let now = app.clock.now();
    let starts_at = fitted.opening.starts_at.to_zoned(location.zone.clone());
    let moves = visit.starts_at.timestamp() != fitted.opening.starts_at
        || visit.practitioner != fitted.opening.practitioner;
    let Tidings { said, policy, late } = if moves {
        tell_person(app, tx, org, wanted, (visit, location, status, &starts_at)).await?
    } else {
        Tidings { said: visit.said.clone(), policy: None, late: false }
    };
    let target = store::MovedTo {
        starts_at: &starts_at,
        ends_at: fitted.opening.ends_at,
        practitioner: fitted.opening.practitioner,
        status,
        said: &said,
        reminders: &plan(&wanted.book.settings, &starts_at, visit.customer_phone.is_some(), now),
    };
    store::move_to(tx, org, visit.id, &target, now).await?;
    let person = |id: Uuid| json!(ResourceId(id).to_string());
    let version = NewVersion {
        id: visit.id,
        version: visit.version + 1,
        actor: &wanted.target.actor.to_string(),
        action: "moved",
        changed: fields([
            ("starts_at", json!(visit.starts_at.timestamp()), json!(fitted.opening.starts_at)),
            ("ends_at", json!(visit.ends_at), json!(fitted.opening.ends_at)),
            ("practitioner", person(visit.practitioner), person(fitted.opening.practitioner)),
            ("resources", json!(things.before), json!(things.after)),
            ("status", json!(visit.status.as_str()), json!(status.as_str())),
        ]),
        reason: wanted.target.reason,
        late,
    };
    store::insert_change(tx, org, &version, now).await?;
    let resizes = fitted.opening.ends_at != visit.ends_at;
    let title = match (moves, resizes) {
        (true, _) => "A visit was moved",
        (false, true) => "A visit became longer or shorter",
        (false, false) => "A visit got another room or device",
    };
    tell::staff(app, tx, org, visit, title, late).await?;
    if status != visit.status {
        tell::waits_again(app, tx, org, visit).await?;
    }
    calendars::write_later(tx, org, visit.id, fitted.opening.practitioner).await?;
    if moves || things.differ() || fitted.opening.ends_at < visit.ends_at {
        offer_freed(app, tx, org, visit).await?;
    }
    metrics::counter!("voxanne_appointments_changed_total", "action" => "moved").increment(1);
    let appointment = change::find(tx, org, visit.id).await?.ok_or(ChangeError::NotFound)?;
    let language = visit.language.unwrap_or(wanted.book.settings.language);
    let fee = policy.and_then(|policy| policy.sentence_in(language));
    Ok(Changed { appointment, said, is_repeat: false, fee })
}

/// What a move tells its person, and what it costs them.
struct Tidings {
    said: String,
    policy: Option<Policy>,
    late: bool,
}

async fn tell_person(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    wanted: &Reschedule<'_>,
    (visit, location, status, starts_at): (&Appointment, &Location, Status, &Zoned),
) -> Result<Tidings, sqlx::Error> {
    let (policy, late) = is_late(app, tx, org, visit, location).await?;
    let told = Told { visit, kind: Kind::Change, moment: starts_at, book: wanted.book };
    let is_text_queued = tell::person(app, tx, org, &told, location).await?;
    let policy = policy.filter(|_| late);
    let fee = policy.as_ref().and_then(Policy::sentence);
    let said =
        spoken::moved_sentence(&visit.service_name, starts_at, (status, is_text_queued), fee.as_deref());
    Ok(Tidings { said, policy, late })
}
