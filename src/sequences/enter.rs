//! Finds whose call or visit makes them enter, and lets them.

use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::end::end_all;
use super::sequence::Trigger;
use super::store::{self, Candidate, Kept, NewRun, Window};
use super::timeline::Beginning;
use crate::contacts;
use crate::orgs::{self, Settings};
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{OrgId, SequenceId, SequenceRunId};

const A_DAY: SignedDuration = SignedDuration::from_hours(24);
/// How far back a call or visit still makes somebody enter: the worker may have been away.
const BACK: SignedDuration = SignedDuration::from_hours(48);
/// Whoever became lapsed within so long: switching a sequence on does not text everybody of the last years.
const LAPSED_BACK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Why nobody was let in. The schedule comes again.
#[derive(Debug, thiserror::Error)]
pub enum EnterError {
    /// The database refused.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
    /// The clinic's rules could not be read.
    #[error("the rules could not be read")]
    Rules(#[from] Arc<sqlx::Error>),
}

/// Ends the runs of whoever answered, and lets in whoever may enter a sequence of the org; says how many did.
pub async fn enter(app: &App, org: OrgId) -> Result<usize, EnterError> {
    let now = app.clock.now();
    let mut tx = app.begin(org).await?;
    end_all(app, &mut tx, org).await?;
    let sequences = store::to_look_at(&mut tx, org, back(now, A_DAY)).await?;
    tx.commit().await?;
    let mut entered = 0;
    for id in sequences {
        entered += look_at(app, org, id).await?;
    }
    Ok(entered)
}

/// One sequence, in one transaction; a sequence that another worker looks at is left to it.
async fn look_at(app: &App, org: OrgId, id: SequenceId) -> Result<usize, EnterError> {
    let now = app.clock.now();
    let mut tx = app.begin(org).await?;
    let Some(kept) = store::lock_active(&mut tx, org, id).await? else { return Ok(0) };
    let settings = orgs::settings(&mut tx, &app.keys, org).await?;
    let fields = &kept.sequence.fields;
    let reenter = SignedDuration::from_hours(24 * i64::from(fields.reenter_days.get()));
    let candidates =
        store::candidates(&mut tx, org, (id.0, fields), window(&kept, now), back(now, reenter)).await?;
    let mut entered = 0;
    for candidate in candidates {
        entered += usize::from(let_in(app, &mut tx, org, (&kept, &settings), &candidate).await?);
    }
    store::looked_at(&mut tx, org, id, now).await?;
    tx.commit().await?;
    if entered > 0 {
        tracing::info!(org.id = %org, sequence.id = %id, entered, "People entered a sequence");
    }
    Ok(entered)
}

fn window(kept: &Kept, now: Timestamp) -> Window {
    let since = match kept.sequence.fields.trigger {
        Trigger::Lapsed => back(now, LAPSED_BACK),
        Trigger::NoBooking | Trigger::AfterVisit => back(now, BACK).max(kept.activated_at.unwrap_or(now)),
    };
    Window { since, until: now }
}

async fn let_in(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (kept, settings): (&Kept, &Settings),
    candidate: &Candidate,
) -> Result<bool, sqlx::Error> {
    // Whom no text will ever reach does not enter.
    let phone = Phone::parse_e164(&candidate.phone).ok();
    let Some(phone) = phone.filter(|phone| phone.may_text(&settings.text_regions).is_ok()) else {
        return Ok(false);
    };
    let (now, fields) = (app.clock.now(), &kept.sequence.fields);
    let zone_name = candidate.time_zone.as_deref().unwrap_or(&settings.time_zone);
    let beginning = Beginning {
        // A platform's clock may run ahead of ours.
        entered_at: match fields.trigger {
            Trigger::Lapsed => now,
            Trigger::NoBooking | Trigger::AfterVisit => candidate.cause_at.to_jiff().min(now),
        },
        zone: TimeZone::get(zone_name).unwrap_or(TimeZone::UTC),
        max_days: i16::try_from(fields.max_days.get()).unwrap_or(i16::MAX),
    };
    let Some(first) = fields.steps.first() else { return Ok(false) };
    let contact = contacts::find_or_create(app, tx, org, &phone, None, None).await?;
    let id: SequenceRunId = app.new_id();
    let run = NewRun {
        id,
        sequence: kept.sequence.id,
        contact: contact.id,
        cause: candidate.cause_id,
        location: candidate.location_id,
        service: candidate.service_id,
        time_zone: zone_name,
        entered_at: beginning.entered_at,
        next_at: beginning.due(first, None),
    };
    let is_new = store::insert_run(tx, org, &run).await?;
    if is_new {
        metrics::counter!("voxanne_sequence_runs_total", "outcome" => "entered").increment(1);
    }
    Ok(is_new)
}

fn back(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_sub(by).unwrap_or(now)
}
