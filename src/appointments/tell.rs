//! Who is told of a change, and what it costs when it is late.

use jiff::Zoned;

use super::change::Appointment;
use super::policy::Policy;
use super::store;
use crate::messaging::wording::{self, Letterhead};
use crate::messaging::{self, Kind, NewText};
use crate::notifications::{self, NewNotification};
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{AppointmentId, OrgId};
use crate::scheduling::{Location, RuleBook};
use crate::spoken_name::SpokenName;
use crate::tasks::{self, NewTask};

/// What the person of a visit is told by text.
pub(super) struct Told<'a> {
    pub visit: &'a Appointment,
    pub kind: Kind,
    /// The time the text names: the new one of a move.
    pub moment: &'a Zoned,
    pub book: &'a RuleBook,
}

/// Queues the one text of this change; false when there is no number or a rule forbids it.
pub(super) async fn person(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    told: &Told<'_>,
    location: &Location,
) -> Result<bool, sqlx::Error> {
    let visit = told.visit;
    let Some(to) = visit.customer_phone.as_deref().and_then(|phone| Phone::parse_e164(phone).ok()) else {
        return Ok(false);
    };
    let name = visit.customer_name.as_deref().and_then(SpokenName::parse);
    let head = letterhead(told.book, location, visit, name.as_ref());
    let body = match told.kind {
        Kind::Change => wording::change(&head, told.moment),
        Kind::Cancellation => wording::cancellation(&head, told.moment),
        _ => wording::confirmation(&head, told.moment),
    };
    let text = NewText {
        kind: told.kind,
        to: &to,
        body,
        dedupe_key: format!("{}:{}:{}", told.kind.as_str(), visit.id.0, visit.version + 1),
        contact: visit.contact,
        appointment: Some(visit.id),
        call: None,
        sent_by: None,
    };
    let queued = messaging::queue_text(app, tx, org, &told.book.settings, text).await?;
    Ok(queued.text().is_some())
}

/// Whom a text about the visit is from and to.
pub(super) fn letterhead<'a>(
    book: &'a RuleBook,
    location: &'a Location,
    visit: &'a Appointment,
    name: Option<&'a SpokenName>,
) -> Letterhead<'a> {
    // Never the caller's own word for it: that is anything at all.
    let service = book.service(visit.service).filter(|service| !service.is_other);
    let service = service.map(|service| service.name.as_str());
    book.letterhead(location, visit.language).to(name.map(SpokenName::first)).about(service)
}

/// Tells the dashboard; a late change also leaves a task, since a fee may have to be charged.
pub(super) async fn staff(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    visit: &Appointment,
    title: &str,
    late: bool,
) -> Result<(), sqlx::Error> {
    let version = visit.version + 1;
    let news = NewNotification {
        kind: "appointment",
        title: title.into(),
        subject: Some(("appointment", visit.id.0)),
        dedupe_key: format!("changed:{}:{version}", visit.id.0),
    };
    notifications::notify(app, tx, org, &news).await?;
    if late {
        let task = NewTask {
            kind: "late_change",
            title: format!("{title} at short notice: decide on the fee of the policy"),
            appointment: Some(visit.id),
            dedupe_key: format!("late_change:{}:{version}", visit.id.0),
            ..NewTask::default()
        };
        tasks::raise(app, tx, org, &task).await?;
    }
    Ok(())
}

/// The reason of the task to confirm a visit that moved, at this version of it.
pub(super) fn waits_again_key(visit: AppointmentId, version: i32) -> String {
    format!("confirm_appointment:{}:{version}", visit.0)
}

/// Leaves the task to confirm a visit that moved to a time at which its calendar was not known.
pub(super) async fn waits_again(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    visit: &Appointment,
) -> Result<(), sqlx::Error> {
    let task = NewTask {
        kind: "confirm_appointment",
        title: "Confirm a visit that moved while its calendar could not be read".into(),
        appointment: Some(visit.id),
        dedupe_key: waits_again_key(visit.id, visit.version + 1),
        ..NewTask::default()
    };
    tasks::raise(app, tx, org, &task).await?;
    Ok(())
}

/// The policy the visit was booked under, and whether a change of it is late now.
pub(super) async fn is_late(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    visit: &Appointment,
    location: &Location,
) -> Result<(Option<Policy>, bool), sqlx::Error> {
    let policy = store::policy(tx, org, visit.id).await?;
    let open = (&location.hours, &location.zone);
    let late = policy
        .as_ref()
        .is_some_and(|policy| policy.is_late(app.clock.now(), visit.starts_at.timestamp(), open));
    Ok((policy, late))
}
