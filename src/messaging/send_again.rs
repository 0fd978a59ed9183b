//! Repeats a text that surely did not arrive and may next time: the phone was off, the carrier busy or silent.
//!
//! Two more times at most, each a text of its own with a reason of its own: states only move forward, each row is handed
//! over once, and whatever forbids a text forbids its repetition.

use std::time::Duration;

use jiff::SignedDuration;

use super::deliver::{DeliverText, deliver_after};
use super::may_send::Class;
use super::queue_text::{NewText, Queued, queue_text, queue_text_before};
use super::store::{self, Text};
use super::text::Kind;
use crate::orgs;
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// Before the first repetition and before the second.
const PAUSES: [Duration; 2] = [Duration::from_mins(15), Duration::from_hours(1)];

/// Queues the next repetition of `text` with the caller's transaction. False when there is none: it had its share, is of
/// no use any more by then, or may not leave.
pub(super) async fn send_again(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    text: &Text,
) -> Result<bool, sqlx::Error> {
    let pause = usize::try_from(text.again).ok().and_then(|times| PAUSES.get(times).copied());
    let (Some(pause), Ok(to)) = (pause, Phone::parse_e164(&text.to)) else { return Ok(false) };
    let leaves_at = SignedDuration::try_from(pause).ok().and_then(|p| app.clock.now().checked_add(p).ok());
    let is_late = text.leave_before.zip(leaves_at).is_some_and(|(end, leaves)| leaves >= end);
    // Whoever tries the alert phone waits for it and sees at once what became of it. Nobody waits for a step of a sequence, and
    // its person may have replied or booked since.
    let is_watched = matches!(text.kind, Kind::TestAlert | Kind::PhoneCode);
    if is_late || is_watched || text.kind.class() == Class::Marketing {
        return Ok(false);
    }
    let (first, times) = (text.again_of.unwrap_or(text.id), text.again.saturating_add(1));
    let settings = orgs::settings(tx, &app.keys, org).await?;
    let new = NewText {
        kind: text.kind,
        to: &to,
        body: text.body.clone(),
        dedupe_key: store::again_key(first, times),
        contact: text.contact,
        appointment: text.appointment,
        call: text.call,
        sent_by: None,
    };
    let queued = match text.leave_before {
        Some(end) => queue_text_before(app, tx, org, &settings, (new, end)).await?,
        None => queue_text(app, tx, org, &settings, new).await?,
    };
    let Queued::Yes(id) = queued else { return Ok(matches!(queued, Queued::Already(_))) };
    store::mark_again(tx, org, id, (first, times)).await?;
    deliver_after(tx, &DeliverText::first(org, id), text.kind, pause).await?;
    tracing::info!(org.id = %org, text.id = %text.id, again = times, "A text did not arrive; it is sent again later");
    metrics::counter!("voxanne_texts_again_total", "kind" => text.kind.as_str()).increment(1);
    Ok(true)
}
