//! What decides about times between two instants, beyond the rules: the ledger, held times, the mirror of outside
//! calendars, how full a day is, and who comes.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;
use voxanne_slots::{self as slots, Busy, Guest, day_bounds};

use super::bookable::Bookable;
use super::kept::{self, Look};
use super::store::{self, Ledger, Looked};
use super::understood::{LookRow, understand};
use crate::calendars;
use crate::platform::app::App;
use crate::platform::db::{Class, PgConnection};
use crate::platform::ids::{AppointmentId, HoldId, OrgId};

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

/// Whether a practitioner's outside calendars were in view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calendar {
    /// Nothing outside is connected for them.
    None,
    /// Every calendar that blocks them is known.
    Known,
    /// At least one is too old to be believed, or has to be connected again.
    Unknown,
}

/// The outside calendars that block somebody, and whether each is known.
#[derive(Debug, Default)]
pub struct Calendars(pub(super) Vec<(Option<Uuid>, bool)>);

impl Calendars {
    /// What is known of `practitioner`: from the clinic's calendars, which block everybody, and from their own.
    pub fn of(&self, practitioner: Uuid) -> Calendar {
        let blocks = |whose: &Option<Uuid>| whose.is_none_or(|only| only == practitioner);
        let theirs = self.0.iter().filter(|(whose, _)| blocks(whose));
        theirs.fold(Calendar::None, |so_far, (_, is_known)| match so_far {
            Calendar::Unknown => Calendar::Unknown,
            _ if *is_known => Calendar::Known,
            _ => Calendar::Unknown,
        })
    }

    /// Whether one of these people's calendars is not known.
    pub fn has_unknown(&self, practitioners: &[slots::Practitioner]) -> bool {
        practitioners.iter().any(|practitioner| self.of(practitioner.id) == Calendar::Unknown)
    }
}

/// What is taken, and how sure that is.
#[derive(Debug)]
pub struct Taken {
    /// For the engine.
    pub busy: Busy,
    /// Whoever the visit is for.
    pub guest: Guest,
    /// The version of the rules at that moment.
    pub rules_version: i64,
    /// Which outside calendars were in view.
    pub calendars: Calendars,
    /// How often each practitioner got the service in turn; filled for writers.
    pub turns: HashMap<Uuid, u64>,
}

/// Looks, without locks: one round trip, or none when nothing has changed since the same look. What is known of `guest`
/// (a phone) counts where some rule asks; without one, nobody is refused for it.
pub async fn look(
    app: &App,
    org: OrgId,
    bookable: &Bookable<'_>,
    window: Window,
    guest: Option<&str>,
) -> Result<Taken, sqlx::Error> {
    let question = bookable.question(guest, None, false);
    let look = Look {
        resources: bookable.resources(),
        since: window.since,
        until: window.until,
        question: question.to_string(),
    };
    let looks = kept::looks(app, org);
    let kept = looks.as_ref().and_then(|looks| looks.find(&look));
    let rows = match (kept, looks) {
        (Some(rows), _) => rows,
        (None, looks) => {
            let looked = Looked { resources: &look.resources, window, question: &question };
            let rows = Arc::new(look_anew(app, org, &looked).await?);
            if let Some(looks) = looks {
                looks.keep(look, rows.clone());
            }
            rows
        }
    };
    let mut taken = understand(app, bookable, &rows, app.clock.now());
    if guest.is_none() {
        taken.guest = Guest::default();
    }
    Ok(taken)
}

async fn look_anew(app: &App, org: OrgId, looked: &Looked<'_>) -> Result<Vec<LookRow>, sqlx::Error> {
    let now = app.clock.now();
    if app.db.is_pooled_outside() {
        let mut tx = app.begin_live(org).await?;
        let rows = store::look(&mut tx, org, looked, now).await?;
        tx.commit().await?;
        Ok(rows)
    } else {
        let mut conn = app.db.pool(Class::Live).acquire().await?;
        store::look(&mut conn, org, looked, now).await
    }
}

/// Looks within a transaction of the org that is already open.
pub(super) async fn look_in(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    bookable: &Bookable<'_>,
    window: Window,
    by: &Writer<'_>,
) -> Result<Taken, sqlx::Error> {
    let now = app.clock.now();
    let question = bookable.question(by.phone, by.own.map(|own| own.0), false);
    let resources = bookable.resources();
    let looked = Looked { resources: &resources, window, question: &question };
    let rows = store::look(tx, org, &looked, now).await?;
    Ok(understand(app, bookable, &rows, now))
}

/// Who writes: what one caller does, in one call or several, happens one after the other.
#[derive(Debug, Clone, Copy, Default)]
pub struct Writer<'a> {
    /// The platform's call; its hold of the same start converts.
    pub call_ref: Option<&'a str>,
    /// The number of whoever comes.
    pub phone: Option<&'a str>,
    /// A hold that converts.
    pub hold: Option<HoldId>,
    /// The visit that is being moved: its own claims stand in nobody's way.
    pub own: Option<AppointmentId>,
}

/// What is to be written.
#[derive(Debug, Clone, Copy)]
pub struct Opening<'a> {
    /// Starts of the visits.
    pub starts: &'a [Timestamp],
    /// Claims that go, such as those of a visit that moves: resource and start.
    pub leaving: &'a [(Uuid, Timestamp)],
}

impl Opening<'_> {
    /// Wide enough for the whole local day, which alternatives are taken from.
    fn window(&self, now: Timestamp) -> Window {
        let first = self.starts.iter().min().copied().unwrap_or(now);
        let last = self.starts.iter().max().copied().unwrap_or(now);
        let shifted = |at: Timestamp, by: SignedDuration| at.checked_add(by).unwrap_or(at);
        let reach = SignedDuration::from_hours(36);
        Window { since: shifted(first, -reach), until: shifted(last, reach) }
    }

    /// The stretch about which calendars could be asked because one that decides here is not known, and was not asked a
    /// moment ago. Who asks rolls back first: no provider is asked inside a transaction.
    pub fn unknown_calendars(
        &self,
        app: &App,
        org: OrgId,
        bookable: &Bookable<'_>,
        taken: &Taken,
    ) -> Option<Window> {
        let window = self.window(app.clock.now());
        let is_unknown = taken.calendars.has_unknown(&bookable.practitioners);
        (is_unknown && calendars::is_worth_asking(app, org, (window.since, window.until))).then_some(window)
    }
}

/// Asks calendars about a stretch, while a caller waits. True when more is known now: then look again.
pub async fn ask_calendars(app: &App, org: OrgId, window: Window) -> bool {
    let is_told = calendars::freshen(app, org, (window.since, window.until)).await;
    if is_told {
        kept::forget(app, org);
    }
    is_told
}

/// Waits for every other writer of what may be written, then looks. Whoever had fewest turns comes first in
/// `bookable` afterwards, where that is the service's way.
pub async fn open_ledger(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    bookable: &mut Bookable<'_>,
    opening: Opening<'_>,
    by: Writer<'_>,
) -> Result<Taken, sqlx::Error> {
    let now = app.clock.now();
    let first = opening.starts.iter().min().copied().unwrap_or(now);
    let window = opening.window(now);
    let mut resources = bookable.resources();
    resources.extend(opening.leaving.iter().map(|(resource, _)| *resource));
    let question = bookable.question(by.phone, by.own.map(|own| own.0), true);
    let own_keys = own_keys(bookable, &by);
    let ledger = Ledger {
        looked: Looked { resources: &resources, window, question: &question },
        days: days_touched(opening.starts.iter().chain(opening.leaving.iter().map(|(_, at)| at))),
        own_keys: &own_keys,
        by: &by,
        own_start: first,
    };
    let rows = store::open_ledger(tx, org, ledger, now).await?;
    let taken = understand(app, bookable, &rows, now);
    if bookable.is_in_turn {
        take_turns(tx, org, bookable, &taken.turns).await?;
    }
    Ok(taken)
}

/// Under the lock of the service's turns, so that two bookings never read the same ones.
async fn take_turns(
    tx: &mut PgConnection,
    org: OrgId,
    bookable: &mut Bookable<'_>,
    turns: &HashMap<Uuid, u64>,
) -> Result<(), sqlx::Error> {
    let newcomers: Vec<Uuid> =
        bookable.practitioners.iter().map(|p| p.id).filter(|id| !turns.contains_key(id)).collect();
    if !newcomers.is_empty() {
        let least = turns.values().min().copied().unwrap_or(0);
        let least = i64::try_from(least).unwrap_or(i64::MAX);
        store::begin_turns(tx, org, bookable.service, &newcomers, least).await?;
    }
    voxanne_slots::round_robin(&mut bookable.practitioners, |p| turns.get(&p.id).copied());
    Ok(())
}

/// Waits for every other writer of these claims (resource and start): for who only takes them away.
pub async fn lock_claims(
    tx: &mut PgConnection,
    org: OrgId,
    claims: &[(Uuid, Timestamp)],
) -> Result<(), sqlx::Error> {
    let resources: Vec<Uuid> = claims.iter().map(|(resource, _)| *resource).collect();
    store::lock_ledger(tx, org, &resources, days_touched(claims.iter().map(|(_, at)| at))).await
}

/// Claims reach at most a few hours around the start: the UTC days of both ends are all that is touched.
fn days_touched<'t>(starts: impl Iterator<Item = &'t Timestamp>) -> Vec<jiff_sqlx::Date> {
    let hours = SignedDuration::from_hours(16);
    let utc_date = |at: Timestamp| at.to_zoned(jiff::tz::TimeZone::UTC).date();
    let around = |start: &Timestamp| {
        [-hours, SignedDuration::ZERO, hours].map(|by| utc_date(start.checked_add(by).unwrap_or(*start)))
    };
    let mut days: Vec<Date> = starts.flat_map(around).collect();
    days.sort_unstable();
    days.dedup();
    days.into_iter().map(jiff_sqlx::ToSqlx::to_sqlx).collect()
}

/// What no two writers may decide at once beside resources: one caller's wishes, a capped service, a turn.
fn own_keys(bookable: &Bookable<'_>, by: &Writer<'_>) -> Vec<String> {
    let service = bookable.service.0;
    let call = by.call_ref.map(|call| format!("call:{call}"));
    let phone = by.phone.map(|phone| format!("phone:{phone}"));
    let visit = by.own.map(|own| format!("visit:{}", own.0));
    let counted = bookable.rules.daily_cap.is_some().then(|| format!("service:{service}"));
    // A visit that moves can take a turn from one and give it to another, in either order.
    let counts_turns = bookable.is_in_turn || bookable.has_turns && by.own.is_some();
    let in_turn = counts_turns.then(|| format!("turn:{service}"));
    [call, phone, visit, counted, in_turn].into_iter().flatten().collect()
}
