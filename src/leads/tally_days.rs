//! What came of the calls of days that are over, kept.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};
use voxanne_slots::day_bounds;

use super::outcomes::{HOURS_TO_BOOK, ripe_at};
use super::store::tally::{self, Alerted, Span, Tally};
use crate::kept_days::{self, Day, Kind};
use crate::orgs;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// How days are counted, by number: another one when they are counted or written otherwise.
const COUNTED: u8 = 2;
/// Days that a page looks back, and one for the zone.
const DAYS_KEPT: i64 = 92;
/// Who can still book within their time: up to the hour that triggers leave out.
const RIPE_AFTER: SignedDuration = SignedDuration::from_hours(2);

/// Calls that are alike but for their scores, as they are kept: there are many, and each is read by every page.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Alike {
    can_buy: bool,
    temperature: String,
    by_tool: bool,
    /// Score, calls, booked, booked in the call, showed, cents.
    scores: Vec<(i16, [i64; 5])>,
}

impl Alike {
    fn of(rows: &[Tally]) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for row in rows {
            let counts =
                (row.score, [row.calls, row.booked, row.booked_in_call, row.showed, row.revenue_cents]);
            let is_alike = |one: &&mut Self| {
                (one.can_buy, &one.temperature, one.by_tool) == (row.can_buy, &row.temperature, row.by_tool)
            };
            match all.iter_mut().find(is_alike) {
                Some(alike) => alike.scores.push(counts),
                None => all.push(Self {
                    can_buy: row.can_buy,
                    temperature: row.temperature.clone(),
                    by_tool: row.by_tool,
                    scores: vec![counts],
                }),
            }
        }
        all
    }
}

/// The scores of calls that are alike: can they buy, how warm, did the assistant raise the alert; and what came of each score.
type Sums = BTreeMap<(bool, String, bool), BTreeMap<i16, [i64; 5]>>;

/// Adds a day to what came of the days before.
fn add(sums: &mut Sums, day: Vec<Alike>) {
    for alike in day {
        let of = sums.entry((alike.can_buy, alike.temperature, alike.by_tool)).or_default();
        for (score, counts) in alike.scores {
            let sum = of.entry(score).or_default();
            for (sum, more) in sum.iter_mut().zip(counts) {
                *sum += more;
            }
        }
    }
}

fn rows(sums: Sums) -> Vec<Tally> {
    let of = |((can_buy, temperature, by_tool), scores): ((bool, String, bool), BTreeMap<i16, [i64; 5]>)| {
        scores.into_iter().map(move |(score, [calls, booked, booked_in_call, showed, revenue_cents])| Tally {
            can_buy,
            score,
            temperature: temperature.clone(),
            by_tool,
            is_ripe: true,
            calls,
            booked,
            booked_in_call,
            showed,
            revenue_cents,
        })
    };
    sums.into_iter().flat_map(of).collect()
}

/// What came of the ripe calls of a stretch: of whole days as it is kept, of the rest from the rows.
pub(super) async fn kept_and_counted(
    tx: &mut PgConnection,
    org: OrgId,
    zone: &str,
    (since, ripe): (Timestamp, Timestamp),
) -> Result<Vec<Tally>, sqlx::Error> {
    let (mut sums, rest) = kept(tx, org, zone, (since, ripe)).await?;
    for stretch in rest {
        add(&mut sums, Alike::of(&counted(tx, org, stretch).await?));
    }
    Ok(rows(sums))
}

/// Which calls of a stretch have an alert from `lowest` or a higher threshold on. Whoever called in the last days can still book by
/// phone, which changes their day and writes nothing (ADR 40): such days are not kept, and what is asked of them is little.
pub(super) async fn alerted(
    tx: &mut PgConnection,
    org: OrgId,
    zone: &str,
    (since, until): (Timestamp, Timestamp),
    lowest: i16,
) -> Result<Vec<Alerted>, sqlx::Error> {
    let (sums, rest) = kept(tx, org, zone, (since, until)).await?;
    let mut all: Vec<Alerted> = rows(sums).into_iter().map(Alerted::from).collect();
    for stretch in rest {
        all.extend(tally::alerted(tx, org, stretch, (lowest, HOURS_TO_BOOK)).await?);
    }
    Ok(all)
}

/// The sums of those days of a stretch that are kept, and what lies between them.
async fn kept(
    tx: &mut PgConnection,
    org: OrgId,
    zone: &str,
    (since, until): (Timestamp, Timestamp),
) -> Result<(Sums, Vec<(Timestamp, Timestamp)>), sqlx::Error> {
    let days = days(tx, org, zone, (since, until)).await?;
    let kept: Vec<Option<Vec<Alike>>> = kept_days::kept(tx, org, Kind::Tally, &days).await?;
    let (mut sums, mut rest, mut from) = (Sums::new(), Vec::new(), since);
    for (day, kept) in days.iter().zip(kept) {
        if let Some(kept) = kept {
            add(&mut sums, kept);
            rest.push((from, day.since));
            from = day.until;
        }
    }
    rest.push((from, until));
    rest.retain(|(from, until)| from < until);
    Ok((sums, rest))
}

/// Forgets days of which something has changed, and keeps those whose calls have had their time and that are not kept; how many
/// they were.
pub async fn keep_tallies(app: &App, org: OrgId) -> Result<usize, sqlx::Error> {
    let mut tx = app.begin(org).await?;
    let Some(now) = kept_days::forget_changed(app, &mut tx, org).await? else { return Ok(0) };
    let settings = orgs::settings(&mut tx, &app.keys, org).await?;
    let ripe = ripe_at(now).checked_sub(RIPE_AFTER).unwrap_or(now);
    let since = now.checked_sub(SignedDuration::from_hours(DAYS_KEPT * 24)).unwrap_or(now);
    let over = days(&mut tx, org, &settings.time_zone, (since, ripe)).await?;
    let missing = kept_days::missing(&mut tx, org, Kind::Tally, over).await?;
    let mut counts = Vec::with_capacity(missing.len());
    for day in &missing {
        counts.push(Alike::of(&counted(&mut tx, org, (day.since, day.until)).await?));
    }
    kept_days::keep(&mut tx, org, Kind::Tally, (&missing, &counts)).await?;
    tx.commit().await?;
    Ok(missing.len())
}

/// The whole civil days within a stretch.
async fn days(
    tx: &mut PgConnection,
    org: OrgId,
    zone: &str,
    (since, until): (Timestamp, Timestamp),
) -> Result<Vec<Day>, sqlx::Error> {
    let counted_by = kept_days::rules(&(tally::prices(tx, org).await?, HOURS_TO_BOOK, COUNTED));
    let time_zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let first = since.to_zoned(time_zone.clone()).date();
    let dates = std::iter::successors(Some(first), |date: &Date| date.checked_add(1.day()).ok());
    let all = dates.map(|date| day_bounds(date, &time_zone)).take_while(|(_, ends)| *ends <= until);
    let whole = all.filter(|(begins, _)| *begins >= since);
    Ok(whole.map(|(since, until)| Day { place: zone.to_owned(), since, until, counted_by }).collect())
}

/// Of a stretch whose calls are all ripe.
async fn counted(
    tx: &mut PgConnection,
    org: OrgId,
    (since, until): (Timestamp, Timestamp),
) -> Result<Vec<Tally>, sqlx::Error> {
    tally::tally(tx, org, Span { since, until, ripe: until, hours_to_book: HOURS_TO_BOOK }).await
}
