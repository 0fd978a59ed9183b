//! What is taken between two instants: the ledger, held times, and the mirror of outside calendars.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use sqlx::FromRow;
use uuid::Uuid;
use voxanne_slots::{Busy, FIRST_LANE, day_bounds};

use super::kept::{self, Look};
use super::rule_book::Bookable;
use super::store::{self, Ledger};
use crate::platform::app::App;
use crate::platform::db::{Class, PgConnection};
use crate::platform::ids::OrgId;

/// A row of `app_ctx.taken`.
#[derive(Debug, FromRow)]
pub(super) struct TakenRow {
    kind: String,
    resource_id: Option<Uuid>,
    lane: Option<i16>,
    starts_at: Option<jiff_sqlx::Timestamp>,
    ends_at: Option<jiff_sqlx::Timestamp>,
    /// When a held time lapses.
    expires_at: Option<jiff_sqlx::Timestamp>,
    rules_version: Option<i64>,
}

/// Two instants to look between.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    /// From here.
    pub since: Timestamp,
    /// Up to here.
    pub until: Timestamp,
}

impl Window {
    /// The whole of some civil days, and as much around them as the service's buffers and clean-up overhang midnight.
    pub fn around(from: Date, to: Date, bookable: &Bookable<'_>) -> Self {
        let margin = SignedDuration::from_mins(bookable.overhang_minutes().into());
        let since = day_bounds(from, &bookable.location.zone).0;
        let until = day_bounds(to, &bookable.location.zone).1;
        Self {
            since: since.checked_sub(margin).unwrap_or(since),
            until: until.checked_add(margin).unwrap_or(until),
        }
    }
}

/// Whether outside calendars were in view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calendar {
    /// Nothing outside is connected.
    None,
    /// Every connected calendar's mirror is fresh.
    Known,
    /// At least one mirror is too old to be believed.
    Unknown,
}

/// What is taken, and how sure that is.
#[derive(Debug)]
pub struct Taken {
    /// For the engine.
    pub busy: Busy,
    /// The version of the rules at that moment.
    pub rules_version: i64,
    /// Whether outside calendars were in view.
    pub calendar: Calendar,
}

/// Looks, without locks: one round trip, or none when nothing has changed since the same look.
pub async fn look(
    app: &App,
    org: OrgId,
    bookable: &Bookable<'_>,
    window: Window,
) -> Result<Taken, sqlx::Error> {
    let look = Look { resources: bookable.resources(), since: window.since, until: window.until };
    let looks = kept::looks(app, org);
    let kept = looks.as_ref().and_then(|looks| looks.find(&look));
    let rows = match (kept, looks) {
        (Some(rows), _) => rows,
        (None, looks) => {
            let rows = Arc::new(look_anew(app, org, &look.resources, window).await?);
            if let Some(looks) = looks {
                looks.keep(look, rows.clone());
            }
            rows
        }
    };
    Ok(understand(app, bookable, &rows, app.clock.now()))
}

async fn look_anew(
    app: &App,
    org: OrgId,
    resources: &[Uuid],
    window: Window,
) -> Result<Vec<TakenRow>, sqlx::Error> {
    let now = app.clock.now();
    if app.db.is_pooled_outside() {
        let mut tx = app.begin_live(org).await?;
        let rows = store::taken(&mut tx, org, resources, window, now).await?;
        tx.commit().await?;
        Ok(rows)
    } else {
        let mut conn = app.db.pool(Class::Live).acquire().await?;
        store::taken(&mut conn, org, resources, window, now).await
    }
}

/// Looks within a transaction of the org that is already open.
pub(super) async fn look_in(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    bookable: &Bookable<'_>,
    window: Window,
) -> Result<Taken, sqlx::Error> {
    let now = app.clock.now();
    let rows = store::taken(tx, org, &bookable.resources(), window, now).await?;
    Ok(understand(app, bookable, &rows, now))
}

/// Who writes: what one caller does, in one call or several, happens one after the other.
#[derive(Debug, Clone, Copy)]
pub struct Writer<'a> {
    /// The platform's call.
    pub call_ref: Option<&'a str>,
    /// The caller's number.
    pub phone: Option<&'a str>,
}

/// Waits for every other writer of these resources on the days around `starts_at`, then looks.
pub async fn open_ledger(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    bookable: &Bookable<'_>,
    starts_at: Timestamp,
    by: Writer<'_>,
) -> Result<Taken, sqlx::Error> {
    let now = app.clock.now();
    // Wide enough for the whole local day, which alternatives are taken from.
    let reach = SignedDuration::from_hours(36);
    let around = |by: SignedDuration| starts_at.checked_add(by).unwrap_or(starts_at);
    let window = Window { since: around(-reach), until: around(reach) };
    let resources = bookable.resources();
    // Claims reach at most a few hours around the start: the UTC days of both ends are all that is touched.
    let hours = SignedDuration::from_hours(16);
    let utc_date = |at: Timestamp| at.to_zoned(jiff::tz::TimeZone::UTC).date();
    let mut days = vec![utc_date(around(-hours)), utc_date(starts_at), utc_date(around(hours))];
    days.dedup();
    let ledger = Ledger {
        resources: &resources,
        days: days.into_iter().map(jiff_sqlx::ToSqlx::to_sqlx).collect(),
        window,
        by,
        own_start: starts_at,
    };
    let rows = store::open_ledger(tx, org, ledger, now).await?;
    Ok(understand(app, bookable, &rows, now))
}

fn understand(app: &App, bookable: &Bookable<'_>, rows: &[TakenRow], now: Timestamp) -> Taken {
    let mut rules_version = 0;
    let mut calendar = Calendar::None;
    let mut intervals = Vec::with_capacity(rows.len());
    let fresh_since =
        now.checked_sub(SignedDuration::from_mins(app.config.voice.calendar_fresh_minutes)).unwrap_or(now);
    for row in rows {
        if row.expires_at.is_some_and(|lapses| lapses.to_jiff() <= now) {
            continue;
        }
        let starts_at = row.starts_at.map(jiff_sqlx::Timestamp::to_jiff);
        let interval = starts_at.zip(row.ends_at.map(jiff_sqlx::Timestamp::to_jiff));
        match row.kind.as_str() {
            "version" => rules_version = row.rules_version.unwrap_or(0),
            "calendar" if row.lane == Some(1) => {
                let is_fresh = starts_at.is_some_and(|synced_at| synced_at >= fresh_since);
                calendar = match (is_fresh, calendar) {
                    (true, Calendar::None | Calendar::Known) => Calendar::Known,
                    _ => Calendar::Unknown,
                };
            }
            "reserved" => {
                let lane = row.lane.and_then(|l| u16::try_from(l).ok()).unwrap_or(FIRST_LANE);
                intervals.extend(row.resource_id.zip(interval).map(|(r, (s, e))| (r, lane, s, e)));
            }
            "external" => {
                // The clinic's own calendar blocks everybody; a practitioner's blocks that person.
                let blocked = bookable.practitioners.iter().map(|p| p.id);
                let blocked = blocked.filter(|id| row.resource_id.is_none_or(|only| only == *id));
                intervals.extend(
                    interval
                        .into_iter()
                        .flat_map(|(s, e)| blocked.clone().map(move |r| (r, FIRST_LANE, s, e))),
                );
            }
            _ => {}
        }
    }
    Taken { busy: Busy::new(intervals), rules_version, calendar }
}
