//! Writes what a provider told into the mirror, and finds where that disagrees with our visits.

use jiff::Timestamp;

use super::conflict::{self, ConflictKind, Found};
use super::connection::Calendar;
use super::event::{SeenEvent, Span};
use super::own_events::{self, Ours};
use super::store;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{CalendarId, OrgId};

/// What a provider told of a calendar.
pub(super) struct News {
    pub events: Vec<SeenEvent>,
    pub sync_token: String,
    /// When it was asked: nothing later is known.
    pub at: Timestamp,
    /// What of it belongs into the mirror.
    pub reach: Span,
    /// It told everything up to here, and not just what changed.
    pub whole_until: Option<Timestamp>,
}

/// All of it in one transaction: a mirror is never half of one and half of another.
pub(super) async fn apply(
    app: &App,
    org: OrgId,
    calendar: &Calendar,
    news: &News,
    ours: &[Ours],
) -> Result<(), sqlx::Error> {
    let mut tx = app.begin(org).await?;
    // Another one may have been faster, or somebody has chosen differently meanwhile.
    let Some(now) = store::lock_calendar(&mut tx, org, calendar.id).await? else { return Ok(()) };
    if now.sync_token != calendar.sync_token || now.choice() != calendar.choice() {
        return Ok(());
    }
    own_events::apply(app, &mut tx, org, calendar, ours).await?;
    let theirs: Vec<_> = news.events.iter().map(|event| own_events::foreign(ours, org, event)).collect();
    // One of ours that the list left out may have been moved all the same.
    let unlisted = own_events::unlisted(ours, &news.events);
    let theirs: Vec<&SeenEvent> = theirs.iter().map(AsRef::as_ref).chain(unlisted).collect();
    if calendar.blocks {
        if news.whole_until.is_some() {
            store::empty_mirror(&mut tx, org, calendar.id).await?;
        }
        store::mirror(&mut tx, org, calendar.id, &theirs, news.reach).await?;
        let refs: Vec<&str> = theirs.iter().map(|event| event.event_ref.as_str()).collect();
        let refs = if news.whole_until.is_some() { None } else { Some(refs.as_slice()) };
        tell_overlaps(app, &mut tx, org, calendar, refs).await?;
    }
    store::mark_synced(&mut tx, org, calendar.id, &news.sync_token, (news.at, news.whole_until)).await?;
    tx.commit().await
}

/// Keeps the time of an event of ours that a person moved, as soon as that is known: it may be long until a list tells it.
pub(super) async fn keep_moved(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    calendar: &Calendar,
    event: &SeenEvent,
) -> Result<(), sqlx::Error> {
    if let Some(span) = event.span.filter(|_| calendar.blocks) {
        store::mirror(tx, org, calendar.id, &[event], span).await?;
        tell_overlaps(app, tx, org, calendar, Some(&[&event.event_ref])).await?;
    }
    Ok(())
}

/// G15: a visit keeps its time whatever comes up in somebody's calendar; staff are told.
async fn tell_overlaps(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    calendar: &Calendar,
    refs: Option<&[&str]>,
) -> Result<(), sqlx::Error> {
    close_overlaps(app, tx, org, calendar.id).await?;
    let whose = (calendar.id, calendar.connection.practitioner);
    for row in store::overlaps(tx, org, whose, refs, app.clock.now()).await? {
        let found = Found {
            appointment: row.appointment_id,
            calendar: calendar.id,
            kind: ConflictKind::Overlap,
            event_ref: &row.event_ref,
            etag: None,
            theirs: Some((row.starts_at.to_jiff(), row.ends_at.to_jiff())),
            version: 0,
        };
        conflict::raise(app, tx, org, &found).await?;
    }
    Ok(())
}

/// Overlaps that are none any more.
pub(super) async fn close_overlaps(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    calendar: CalendarId,
) -> Result<(), sqlx::Error> {
    for over in store::overlaps_over(tx, org, calendar).await? {
        conflict::close(app, tx, org, over).await?;
    }
    Ok(())
}
