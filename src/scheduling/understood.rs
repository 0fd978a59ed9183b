//! What the rows of one look say.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, Row as _};
use uuid::Uuid;
use voxanne_slots::{Busy, FIRST_LANE};

use super::bookable::Bookable;
use super::taken::{Calendars, Taken};
use crate::platform::app::App;

/// How far the clocks of two processes may be apart. What is known as of later is of a clock that was set back since, and
/// says nothing about its age.
const AHEAD_MAX: SignedDuration = SignedDuration::from_mins(1);

/// What a row of `app_ctx.look` tells.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Version,
    Held,
    Reserved,
    Calendar,
    External,
    ServiceCount,
    PractitionerCount,
    Visit,
    Turns,
    /// Of a later version of the function.
    Unknown,
}

impl Kind {
    fn read(word: &str) -> Self {
        match word {
            "version" => Self::Version,
            "held" => Self::Held,
            "reserved" => Self::Reserved,
            "calendar" => Self::Calendar,
            "external" => Self::External,
            "service_count" => Self::ServiceCount,
            "practitioner_count" => Self::PractitionerCount,
            "visit" => Self::Visit,
            "turns" => Self::Turns,
            _ => Self::Unknown,
        }
    }
}

/// A row of `app_ctx.look`.
#[derive(Debug)]
pub(super) struct LookRow {
    kind: Kind,
    resource_id: Option<Uuid>,
    lane: Option<i16>,
    starts_at: Option<jiff_sqlx::Timestamp>,
    ends_at: Option<jiff_sqlx::Timestamp>,
    /// When a held time lapses.
    expires_at: Option<jiff_sqlx::Timestamp>,
    local_date: Option<jiff_sqlx::Date>,
    n: Option<i64>,
}

/// By position: a busy clinic's fortnight is thousands of rows, and a look-up by name costs more than the row.
impl<'r> FromRow<'r, PgRow> for LookRow {
    fn from_row(row: &'r PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            kind: Kind::read(row.try_get(0)?),
            resource_id: row.try_get(1)?,
            lane: row.try_get(2)?,
            starts_at: row.try_get(3)?,
            ends_at: row.try_get(4)?,
            expires_at: row.try_get(5)?,
            local_date: row.try_get(6)?,
            n: row.try_get(7)?,
        })
    }
}

/// Rows of a look, sorted by what they say.
#[derive(Default)]
struct Understood {
    rules_version: i64,
    calendars: Vec<(Option<Uuid>, bool)>,
    /// What the writer held until now.
    held: Vec<(Uuid, Timestamp, Timestamp)>,
    intervals: Vec<(Uuid, u16, Timestamp, Timestamp)>,
    /// Of those, the ones of calendars elsewhere.
    elsewhere: Vec<(Uuid, Timestamp, Timestamp)>,
    of_service: BTreeMap<Date, u16>,
    of_practitioner: BTreeMap<(Uuid, Date), u16>,
    visits: Vec<(Uuid, Timestamp, Timestamp)>,
    turns: HashMap<Uuid, u64>,
}

pub(super) fn understand(app: &App, bookable: &Bookable<'_>, rows: &[LookRow], now: Timestamp) -> Taken {
    let fresh = SignedDuration::from_mins(app.config.voice.calendar_fresh_minutes);
    let ahead = now.checked_add(AHEAD_MAX).unwrap_or(now);
    let known = (now.checked_sub(fresh).unwrap_or(now), ahead);
    let mut understood = Understood::default();
    for row in rows.iter().filter(|row| row.expires_at.is_none_or(|lapses| lapses.to_jiff() > now)) {
        understood.add(bookable, row, known);
    }
    Taken {
        busy: Busy::new(understood.intervals)
            .with_counts(understood.of_service, understood.of_practitioner)
            .with_elsewhere(understood.elsewhere),
        guest: bookable.guest(&understood.visits),
        rules_version: understood.rules_version,
        calendars: Calendars(understood.calendars),
        turns: understood.turns,
    }
}

impl Understood {
    fn add(&mut self, bookable: &Bookable<'_>, row: &LookRow, known: (Timestamp, Timestamp)) {
        let starts_at = row.starts_at.map(jiff_sqlx::Timestamp::to_jiff);
        let interval = starts_at.zip(row.ends_at.map(jiff_sqlx::Timestamp::to_jiff));
        let count = row.n.unwrap_or(0);
        let visits = u16::try_from(count).unwrap_or(u16::MAX);
        let date = row.local_date.map(jiff_sqlx::Date::to_jiff);
        match row.kind {
            Kind::Version => self.rules_version = count,
            Kind::Calendar => {
                let is_fresh = starts_at.is_some_and(|known_at| known.0 <= known_at && known_at <= known.1);
                self.calendars.push((row.resource_id, is_fresh && row.lane == Some(1)));
            }
            Kind::Reserved => {
                let lane = row.lane.and_then(|l| u16::try_from(l).ok()).unwrap_or(FIRST_LANE);
                self.intervals.extend(row.resource_id.zip(interval).map(|(r, (s, e))| (r, lane, s, e)));
            }
            Kind::External => {
                // The clinic's own calendar blocks everybody; a practitioner's blocks that person.
                let blocked = bookable.practitioners.iter().map(|p| p.id);
                let blocked = blocked.filter(|id| row.resource_id.is_none_or(|only| only == *id));
                // G15: whoever holds a time keeps it, whatever comes up in a calendar meanwhile; staff are told.
                let blocked: Vec<Uuid> =
                    blocked.filter(|id| !self.is_held(bookable, *id, interval)).collect();
                if let Some((s, e)) = interval {
                    self.intervals.extend(blocked.iter().map(|r| (*r, FIRST_LANE, s, e)));
                    self.elsewhere.extend(blocked.iter().map(|r| (*r, s, e)));
                }
            }
            Kind::Held => self.held.extend(row.resource_id.zip(interval).map(|(r, (s, e))| (r, s, e))),
            Kind::ServiceCount => self.of_service.extend(date.map(|date| (date, visits))),
            Kind::PractitionerCount => {
                self.of_practitioner.extend(row.resource_id.zip(date).map(|key| (key, visits)));
            }
            Kind::Visit => self.visits.extend(row.resource_id.zip(interval).map(|(r, (s, e))| (r, s, e))),
            Kind::Turns => {
                self.turns.extend(row.resource_id.map(|id| (id, u64::try_from(count).unwrap_or(0))));
            }
            Kind::Unknown => {}
        }
    }

    /// Whether it is at a time that the writer held with this practitioner, buffers included.
    fn is_held(
        &self,
        bookable: &Bookable<'_>,
        practitioner: Uuid,
        interval: Option<(Timestamp, Timestamp)>,
    ) -> bool {
        let margin = SignedDuration::from_mins(bookable.overhang_minutes().into());
        let shifted = |at: Timestamp, by: SignedDuration| at.checked_add(by).unwrap_or(at);
        let overlaps = |(from, to): (Timestamp, Timestamp), (start, end): (Timestamp, Timestamp)| {
            from < shifted(end, margin) && to > shifted(start, -margin)
        };
        self.held.iter().any(|(who, start, end)| {
            *who == practitioner && interval.is_some_and(|interval| overlaps(interval, (*start, *end)))
        })
    }
}
