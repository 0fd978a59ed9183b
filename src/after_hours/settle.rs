//! What comes of offers by themselves: they lapse, are booked otherwise, and are a person's when the clinic opens.

use super::decline::let_go;
use super::offer_times::count;
use super::store::{self, Offer};
use super::terms::{kept_as, task_key};
use crate::appointments;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;
use crate::scheduling;
use crate::tasks::{self, NewTask};

/// Settles what is due of an org's offers; says how many changed.
pub async fn settle_due(app: &App, org: OrgId) -> Result<usize, sqlx::Error> {
    let mut tx = app.begin(org).await?;
    let due = store::due(&mut tx, org, app.clock.now()).await?;
    tx.commit().await?;
    let mut changed = 0;
    for offer in due {
        // Each in a transaction of its own: what one of them waits for keeps no other.
        let mut tx = app.begin(org).await?;
        if settle(app, &mut tx, org, &offer).await? {
            changed += 1;
        }
        tx.commit().await?;
    }
    if changed > 0 {
        scheduling::forget(app, org);
    }
    Ok(changed)
}

async fn settle(app: &App, tx: &mut PgConnection, org: OrgId, offer: &Offer) -> Result<bool, sqlx::Error> {
    let now = app.clock.now();
    let mut has_changed = false;
    if offer.is_unsettled() && offer.is_booked {
        has_changed |= let_go(app, tx, org, offer, "booked").await?;
    } else if offer.state == "open" && offer.expires_at.to_jiff() <= now {
        appointments::release_holds(tx, org, &kept_as(offer.call_id)).await?;
        if store::lapse(tx, org, offer.id).await? {
            count("lapsed");
            has_changed = true;
        }
    }
    if offer.has_task && offer.is_cared_for() {
        has_changed |= tasks::finish(app, tx, org, &task_key(offer.call_id)).await?;
    }
    let is_opening = offer.handed_over_at.is_none() && offer.opens_at.to_jiff() <= now;
    if is_opening && store::hand_over(tx, org, offer.id, now).await? {
        has_changed = true;
        if !offer.is_cared_for() {
            raise(app, tx, org, offer).await?;
        }
    }
    Ok(has_changed)
}

/// One task per call: what asks for a call already says the more.
async fn raise(app: &App, tx: &mut PgConnection, org: OrgId, offer: &Offer) -> Result<(), sqlx::Error> {
    let who =
        offer.name.as_deref().map_or_else(|| offer.phone.clone(), |name| format!("{name} ({})", offer.phone));
    let what = match (offer.state.as_str(), offer.rounds) {
        ("declined", _) => "wants none of the times offered by text",
        (_, 0) => "no visit yet",
        _ => "two times offered by text, no visit yet",
    };
    let title = format!("Call {who}: hot lead while you were closed, {what}");
    if let Some(waits) = &offer.alert_task {
        tasks::reword(tx, org, waits, &title).await?;
        return Ok(());
    }
    let task = NewTask {
        kind: "call_hot_lead",
        title,
        call: Some(offer.call_id),
        dedupe_key: task_key(offer.call_id),
        ..NewTask::default()
    };
    tasks::raise(app, tx, org, &task).await?;
    Ok(())
}
