//! Our own events in what a provider told: never foreign busy time, and where a person changed one, a question for staff.

use std::borrow::Cow;
use std::time::Duration;

use super::ask::AskError;
use super::conflict::{self, ConflictKind, Found};
use super::connection::Calendar;
use super::event::{SeenEvent, event_ref};
use super::mirror::News;
use super::provider::Provider;
use super::store::{self, Adopted, EventRow, Standing};
use super::trouble::Trouble;
use super::write_event::{WriteEvent, is_moved, later};
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// An event of ours as it was seen, and what we know of it.
pub(super) struct Ours {
    seen: SeenEvent,
    known: EventRow,
}

/// Finds our events among the news. Ones that seem to be moved or gone are asked for by name: a provider's list is a
/// hint.
pub(super) async fn examine(
    app: &App,
    org: OrgId,
    (provider, calendar): (&Provider<'_>, &Calendar),
    news: &News,
) -> Result<Vec<Ours>, AskError> {
    let refs: Vec<&str> = news.events.iter().map(|event| event.event_ref.as_str()).collect();
    let mut tx = app.begin(org).await?;
    store::adopt(&mut tx, org, calendar.id, &unknown_ours(org, news)).await?;
    let known = store::own_events(&mut tx, org, calendar.id, &refs).await?;
    let mut missing = Vec::new();
    if news.whole_until.is_some() {
        missing = store::own_events_ahead(&mut tx, org, calendar.id, app.clock.now()).await?;
        missing.retain(|event| !refs.contains(&event.event_ref.as_str()));
    }
    tx.commit().await?;
    let mut ours = Vec::with_capacity(known.len() + missing.len());
    for known in known {
        let Some(seen) = news.events.iter().find(|event| event.event_ref == known.event_ref) else {
            continue;
        };
        let is_strange = seen.is_gone || is_moved(seen, Some(&known));
        let is_settled = known.state == "gone" && seen.is_gone;
        let seen = if is_strange && !is_settled {
            now(provider, calendar, &known.event_ref).await?
        } else {
            seen.clone()
        };
        ours.push(Ours { seen, known });
    }
    for known in missing {
        ours.push(Ours { seen: now(provider, calendar, &known.event_ref).await?, known });
    }
    Ok(ours)
}

/// Events that say of themselves that they are ours, as the store keeps them: of a calendar that was connected before,
/// say. Those that it knows already stay as they are.
fn unknown_ours(org: OrgId, news: &News) -> Vec<Adopted<'_>> {
    let is_ours = |event: &&SeenEvent| !event.is_gone;
    news.events
        .iter()
        .filter(is_ours)
        .filter_map(|event| {
            let mark = event.mark.filter(|mark| mark.org == org)?;
            let is_named = event.event_ref == event_ref(mark.appointment);
            is_named.then_some(Adopted {
                appointment: mark.appointment,
                event_ref: &event.event_ref,
                etag: &event.etag,
                span: mark.span,
            })
        })
        .collect()
}

async fn now(provider: &Provider<'_>, calendar: &Calendar, event_ref: &str) -> Result<SeenEvent, AskError> {
    let found = provider.event(calendar, event_ref).await?;
    Ok(found.unwrap_or_else(|| SeenEvent::gone(event_ref.to_owned())))
}

/// Writes down what became of our events.
pub(super) async fn apply(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    calendar: &Calendar,
    ours: &[Ours],
) -> Result<(), sqlx::Error> {
    for Ours { seen, known } in ours {
        // Written or settled since we looked: what was seen then says nothing of it.
        let current = store::event(tx, org, known.appointment_id, calendar.id).await?;
        let Some(current) = current.filter(|c| c.state == known.state && c.etag == known.etag) else {
            continue;
        };
        apply_one(app, tx, org, calendar, (seen, &current)).await?;
    }
    Ok(())
}

async fn apply_one(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    calendar: &Calendar,
    (seen, known): (&SeenEvent, &EventRow),
) -> Result<(), sqlx::Error> {
    let key = (known.appointment_id, calendar.id);
    let job = WriteEvent { org, appointment: known.appointment_id, calendar: calendar.id };
    let is_moved = !seen.is_gone && is_moved(seen, Some(known));
    let visit = store::visit(tx, org, known.appointment_id).await?;
    let version = visit.as_ref().map_or(0, |visit| visit.version);
    let is_agreed = match visit {
        Some(visit) if visit.status != "cancelled" && visit.target == Some(calendar.id) => {
            seen.span == Some((visit.starts_at.to_jiff(), visit.ends_at.to_jiff())) && !seen.is_gone
        }
        _ => seen.is_gone,
    };
    let etag = Some(seen.etag.as_str()).filter(|etag| !etag.is_empty());
    let standing = |state, version| Standing { state, etag, version };
    match known.state.as_str() {
        // The job that is on its way finds out by itself.
        "writing" | "reviving" => return Ok(()),
        // A late effect of ours: it has to go again, unless a person has done something with it.
        "gone" if !seen.is_gone && !is_moved => {
            store::set_event(tx, org, key, standing("writing", 0)).await?;
            return later(tx, job, Duration::ZERO).await;
        }
        "gone" if seen.is_gone => return Ok(()),
        _ => {}
    }
    if !is_agreed && (seen.is_gone || is_moved) {
        let found = Found {
            appointment: known.appointment_id,
            calendar: calendar.id,
            kind: if seen.is_gone { ConflictKind::Deleted } else { ConflictKind::Moved },
            event_ref: &known.event_ref,
            etag,
            theirs: seen.span.filter(|_| !seen.is_gone),
            version,
        };
        return conflict::raise(app, tx, org, &found).await;
    }
    let was_asked = known.state == "conflict";
    if was_asked {
        conflict::agree(app, tx, org, (calendar.id, &known.event_ref)).await?;
    }
    if seen.is_gone {
        return store::set_event(tx, org, key, standing("gone", known.version)).await;
    }
    if is_moved || was_asked {
        // It has our time, and tells another one of itself; or what is written of it here is older.
        store::set_event(tx, org, key, standing("writing", 0)).await?;
        return later(tx, job, Duration::ZERO).await;
    }
    // As we wrote it, with another title perhaps: what is due is written over this version of it.
    store::set_event(tx, org, key, standing("written", known.version)).await
}

/// The event with the time at which it keeps others out: all but ours do, as long as ours are where we put them. One that
/// a person moved blocks its new time until somebody decides.
pub(super) fn foreign<'e>(ours: &'e [Ours], org: OrgId, event: &'e SeenEvent) -> Cow<'e, SeenEvent> {
    let (seen, is_foreign) = match ours.iter().find(|own| own.known.event_ref == event.event_ref) {
        Some(own) => (&own.seen, is_moved(&own.seen, Some(&own.known))),
        None => (event, event.mark.is_none_or(|mark| mark.org != org || event.span != Some(mark.span))),
    };
    if is_foreign { Cow::Borrowed(seen) } else { Cow::Owned(SeenEvent { busy: Vec::new(), ..seen.clone() }) }
}

/// Those of ours that were asked for by name because the list did not have them, as far as a person moved them.
pub(super) fn unlisted<'e>(ours: &'e [Ours], listed: &'e [SeenEvent]) -> impl Iterator<Item = &'e SeenEvent> {
    ours.iter()
        .filter(|own| !listed.iter().any(|event| event.event_ref == own.known.event_ref))
        .filter(|own| is_moved(&own.seen, Some(&own.known)))
        .map(|own| &own.seen)
}

/// G13: a second event with our mark at the very time that we wrote is a copy of ours, and taken out, as long as nobody
/// disagrees about the first one. At any other time it is somebody's own.
pub(super) async fn remove_copies(
    app: &App,
    org: OrgId,
    (provider, calendar): (&Provider<'_>, &Calendar),
    news: &News,
) -> Result<(), AskError> {
    for event in news.events.iter().filter(|event| !event.is_gone) {
        let Some(mark) = event.mark.filter(|mark| mark.org == org && event.span == Some(mark.span)) else {
            continue;
        };
        if event.event_ref == event_ref(mark.appointment) {
            continue;
        }
        let mut tx = app.begin(org).await?;
        let known = store::event(&mut tx, org, mark.appointment, calendar.id).await?;
        tx.commit().await?;
        let is_copy = match known.as_ref().map(|known| known.state.as_str()) {
            Some("written" | "gone") => true,
            // The first one is there or not.
            Some("writing" | "reviving") => {
                !now(provider, calendar, &event_ref(mark.appointment)).await?.is_gone
            }
            _ => false,
        };
        if !is_copy {
            continue;
        }
        match provider.remove(calendar, &event.event_ref, Some(&event.etag)).await {
            Ok(()) => {
                tracing::warn!(org.id = %org, calendar.id = %calendar.id, "Took a second event of one visit out of a calendar");
            }
            Err(AskError::Trouble(Trouble::Changed, _)) => {
                // Whatever it became is told next time; unless it became nothing else.
                let there = now(provider, calendar, &event.event_ref).await?;
                if there.span == Some(mark.span) && !there.is_gone {
                    provider.remove(calendar, &there.event_ref, Some(&there.etag)).await?;
                }
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
