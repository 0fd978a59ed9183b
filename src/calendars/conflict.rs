//! Where a person's calendar and our visits disagree: found by us, settled by somebody.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use uuid::Uuid;

use super::event::{Span, zone_or};
use super::store::{self, ConflictRow, NewConflict, Standing, Which};
use crate::language::Language;
use crate::notifications::{self, NewNotification};
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{AppointmentId, CalendarId, ConflictId, ConnectionId, OrgId};
use crate::tasks::{self, NewTask};
use crate::when;

/// What a person did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConflictKind {
    /// Gave our event another time.
    Moved,
    /// Deleted our event.
    Deleted,
    /// Put something of their own at the time of our visit.
    Overlap,
}

impl ConflictKind {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Moved => "moved",
            Self::Deleted => "deleted",
            Self::Overlap => "overlap",
        }
    }

    fn read(word: &str) -> Self {
        match word {
            "moved" => Self::Moved,
            "deleted" => Self::Deleted,
            _ => Self::Overlap,
        }
    }
}

/// How it is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// The visit stands, and its event is written again.
    Ours,
    /// The visit follows: it moves to where its event is, or is cancelled.
    Theirs,
}

impl Resolution {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Theirs => "theirs",
        }
    }
}

/// A disagreement.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "named after the columns they come from")]
pub struct Conflict {
    pub id: ConflictId,
    pub appointment: AppointmentId,
    pub calendar: CalendarId,
    pub calendar_name: String,
    pub kind: ConflictKind,
    pub event_ref: String,
    /// When the visit is.
    pub starts_at: Zoned,
    pub ends_at: Timestamp,
    pub status: String,
    /// When their event is; `None` when ours was deleted.
    pub theirs: Option<Span>,
    pub found_at: Timestamp,
    pub resolved_at: Option<Timestamp>,
    pub resolution: Option<String>,
    pub resolved_by: Option<String>,
    etag: Option<String>,
}

impl From<ConflictRow> for Conflict {
    fn from(row: ConflictRow) -> Self {
        let zone = zone_or(Some(&row.time_zone), &TimeZone::UTC);
        let theirs = row.their_starts_at.zip(row.their_ends_at);
        Self {
            id: row.id,
            appointment: row.appointment_id,
            calendar: row.calendar_id,
            calendar_name: row.calendar_name,
            kind: ConflictKind::read(&row.kind),
            event_ref: row.event_ref,
            starts_at: row.starts_at.to_jiff().to_zoned(zone),
            ends_at: row.ends_at.to_jiff(),
            status: row.status,
            theirs: theirs.map(|(from, to)| (from.to_jiff(), to.to_jiff())),
            found_at: row.found_at.to_jiff(),
            resolved_at: row.resolved_at.map(jiff_sqlx::Timestamp::to_jiff),
            resolution: row.resolution,
            resolved_by: row.resolved_by,
            etag: row.etag,
        }
    }
}

impl Conflict {
    /// One line for whoever decides.
    pub fn sentence(&self) -> String {
        let ours = when::text_moment(&self.starts_at, Language::English);
        let calendar = &self.calendar_name;
        let theirs = self.theirs.map(|(from, _)| from.to_zoned(self.starts_at.time_zone().clone()));
        match (self.kind, theirs) {
            (ConflictKind::Moved, Some(theirs)) => {
                format!(
                    "The visit on {ours} was moved in “{calendar}” to {}",
                    when::text_moment(&theirs, Language::English)
                )
            }
            (ConflictKind::Overlap, _) => {
                format!("“{calendar}” has something else at the time of the visit on {ours}")
            }
            _ => format!("The visit on {ours} was deleted in “{calendar}”"),
        }
    }

    /// What we propose to do about it.
    pub fn proposal(&self) -> &'static str {
        match self.kind {
            ConflictKind::Moved => "Move the visit there and text the person, or put the event back.",
            ConflictKind::Deleted => "Cancel the visit and text the person, or write the event again.",
            ConflictKind::Overlap => "Move the visit, or keep both.",
        }
    }
}

/// A disagreement as it was found.
pub(super) struct Found<'a> {
    pub appointment: AppointmentId,
    pub calendar: CalendarId,
    pub kind: ConflictKind,
    pub event_ref: &'a str,
    pub etag: Option<&'a str>,
    pub theirs: Option<Span>,
    /// Of the visit, as it was compared.
    pub version: i32,
}

/// Writes it down and asks staff, once. Our event is left as the person left it.
pub(super) async fn raise(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    found: &Found<'_>,
) -> Result<(), sqlx::Error> {
    if found.kind != ConflictKind::Overlap {
        let standing = Standing { state: "conflict", etag: found.etag, version: found.version };
        store::set_event(tx, org, (found.appointment, found.calendar), standing).await?;
    }
    let id: ConflictId = app.new_id();
    let new = NewConflict {
        id,
        appointment: found.appointment,
        calendar: found.calendar,
        kind: found.kind.as_str(),
        event_ref: found.event_ref,
        etag: found.etag,
        theirs: found.theirs,
    };
    let (id, is_new) = store::keep_conflict(tx, org, &new, app.clock.now()).await?;
    let Some(conflict) = store::conflict(tx, org, id).await?.map(Conflict::from) else { return Ok(()) };
    let title = format!("{}. {}", conflict.sentence(), conflict.proposal());
    let dedupe_key = task_key(id);
    if !is_new {
        // Whoever decides reads what they decide about.
        tasks::reword(tx, org, &dedupe_key, &title).await?;
        return Ok(());
    }
    metrics::counter!("voxanne_calendar_conflicts_total", "kind" => found.kind.as_str()).increment(1);
    let task = NewTask {
        kind: "calendar_conflict",
        title,
        appointment: Some(found.appointment),
        dedupe_key: dedupe_key.clone(),
        ..NewTask::default()
    };
    tasks::raise(app, tx, org, &task).await?;
    let title = conflict.sentence();
    let subject = Some(("calendar_conflict", id.0));
    notifications::notify(app, tx, org, &NewNotification { kind: "calendar", title, subject, dedupe_key })
        .await?;
    Ok(())
}

fn task_key(id: ConflictId) -> String {
    format!("calendar_conflict:{}", id.0)
}

/// The event and its visit agree again: nobody has to decide any more.
pub(super) async fn agree(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (calendar, event_ref): (CalendarId, &str),
) -> Result<(), sqlx::Error> {
    for open in store::open_about(tx, org, calendar, event_ref).await? {
        close(app, tx, org, open).await?;
    }
    Ok(())
}

/// It went away by itself.
pub(super) async fn close(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    id: ConflictId,
) -> Result<(), sqlx::Error> {
    if store::resolve(tx, org, id, ("agreed", "voxanne"), app.clock.now()).await? {
        tasks::finish(app, tx, org, &task_key(id)).await?;
    }
    Ok(())
}

/// An account is taken away: whatever its calendars say, nobody asks about it any more.
pub(super) async fn close_all(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    connection: ConnectionId,
) -> Result<(), sqlx::Error> {
    for open in store::open_in(tx, org, connection).await? {
        close(app, tx, org, open).await?;
    }
    Ok(())
}

/// Settles the calendar's side: our event is free to be written again, and its mirror stands in nobody's way. The visit's
/// side is the caller's, in the same transaction. `None` when there is no such open conflict.
pub async fn settle(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    id: ConflictId,
    (resolution, by): (Resolution, &str),
) -> Result<Option<Conflict>, sqlx::Error> {
    let Some(about) = store::conflict_about(tx, org, id).await? else { return Ok(None) };
    // In the order of everybody else: the event, then what is said of it.
    store::event(tx, org, about.appointment_id, about.calendar_id).await?;
    let conflict = store::conflict(tx, org, id).await?.map(Conflict::from);
    let Some(conflict) = conflict.filter(|conflict| conflict.resolved_at.is_none()) else {
        return Ok(None);
    };
    let state = match (conflict.kind, resolution) {
        (ConflictKind::Overlap, _) => None,
        (ConflictKind::Moved, _) => Some("writing"),
        (ConflictKind::Deleted, Resolution::Ours) => Some("reviving"),
        (ConflictKind::Deleted, Resolution::Theirs) => Some("gone"),
    };
    if let Some(state) = state {
        let standing = Standing { state, etag: conflict.etag.as_deref(), version: 0 };
        store::set_event(tx, org, (conflict.appointment, conflict.calendar), standing).await?;
        store::forget_event(tx, org, conflict.calendar, &conflict.event_ref).await?;
    }
    store::resolve(tx, org, id, (resolution.as_str(), by), app.clock.now()).await?;
    tasks::finish(app, tx, org, &task_key(id)).await?;
    Ok(Some(conflict))
}

/// One disagreement, open or settled.
pub async fn find_conflict(
    tx: &mut PgConnection,
    org: OrgId,
    id: ConflictId,
) -> Result<Option<Conflict>, sqlx::Error> {
    Ok(store::conflict(tx, org, id).await?.map(Conflict::from))
}

/// Disagreements, latest first: those before `before`, the open ones or all.
pub async fn list_conflicts(
    tx: &mut PgConnection,
    org: OrgId,
    open_only: bool,
    before: Option<(Timestamp, Uuid)>,
    limit: i64,
) -> Result<Vec<Conflict>, sqlx::Error> {
    let before = before.map(|(at, id)| (at, ConflictId(id)));
    let rows = store::conflicts(tx, org, Which { open_only, before, limit, ..Which::default() }).await?;
    Ok(rows.into_iter().map(Conflict::from).collect())
}
