//! Looks after texts that have not left: those without a job, and those that wait for their account.

use std::time::Duration;

use jiff::SignedDuration;
use voxanne_twilio::{Class as Trouble, code_hint};

use super::account::sending_account;
use super::deliver::{DeliverText, deliver_after, digest_of};
use super::provider::{self, Health};
use super::record_status::{Failure, settle};
use super::store::{self, Text};
use super::text::TextState;
use crate::orgs;
use crate::platform::app::App;
use crate::platform::ids::OrgId;

/// A text without a job for this long is given one.
const FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_mins(10);
/// Longest that a text without an end of its own waits for its account.
const HELD_MAX: SignedDuration = SignedDuration::from_hours(24);

/// Gives a job to every text of `org` that lost its own, say to a dead letter or a restored backup; says how many.
/// Releases those that waited for credentials which have changed, and ends those that waited too long.
pub async fn chase_unfinished(app: &App, org: OrgId) -> Result<usize, sqlx::Error> {
    let now = app.clock.now();
    let mut tx = app.begin(org).await?;
    let forgotten = store::forgotten(&mut tx, org, now.checked_sub(FORGOTTEN_AFTER).unwrap_or(now)).await?;
    for (id, kind) in &forgotten {
        deliver_after(&mut tx, &DeliverText::first(org, *id), *kind, Duration::ZERO).await?;
        tracing::warn!(org.id = %org, text.id = %id, "A text had no job; it has one again");
    }
    tx.commit().await?;
    look_after_held(app, org).await?;
    Ok(forgotten.len())
}

async fn look_after_held(app: &App, org: OrgId) -> Result<(), sqlx::Error> {
    let now = app.clock.now();
    let mut tx = app.begin(org).await?;
    let health = store::lock_health(&mut tx, org).await?;
    if health.paused_until.is_none() && health.refused.is_none() {
        return Ok(());
    }
    let settings = orgs::settings(&mut tx, &app.keys, org).await?;
    let is_refused = match sending_account(&settings, &app.config) {
        Ok(account) => health.refuses(&digest_of(app, &account)),
        Err(_none) => false,
    };
    if health.refused.is_some() && !is_refused {
        provider::recover(app, &mut tx, org, &health).await?;
        store::set_health(&mut tx, org, &Health::default()).await?;
        return tx.commit().await;
    }
    let too_long = now.checked_sub(HELD_MAX).unwrap_or(now);
    let overdue = store::overdue(&mut tx, org, (now, too_long)).await?;
    tx.commit().await?;
    if overdue.is_empty() {
        return Ok(());
    }
    let mut tx = app.begin(org).await?;
    for text in store::lock_all(&mut tx, org, &overdue).await? {
        let ending = (state_of(&text), None);
        settle(app, &mut tx, org, &text, ending, &failure(&health)).await?;
    }
    tx.commit().await
}

/// What was handed over may be out.
fn state_of(text: &Text) -> TextState {
    if text.leased_at.is_some() { TextState::Unknown } else { TextState::Failed }
}

fn failure(health: &Health) -> Failure {
    let hint = match health.code {
        Some(code) => code_hint(code),
        None => "Twilio could not be reached in time. Call if it matters.",
    };
    // A text of its own that somebody has to make up for, whatever is said about the account.
    Failure { code: health.code, trouble: Trouble::Other, hint }
}
