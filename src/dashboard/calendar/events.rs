//! `/dashboard/calendar/events`: what the grid draws, by the place's clock.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use super::super::list::calendar::{self as list, Column, VISITS_MAX};
use super::super::list::grid::{GridVisit, grid_visits};
use super::super::page::PageError;
use super::super::signed_in::SignedIn;
use super::blocks::{Block, Blocks, Words};
use super::{By, columns, local, may_see, rules, stretch, week_of};
use crate::platform::app::App;
use crate::platform::bounded::{Day, Instant};
use crate::platform::ids::{AppointmentId, LocationId, Prefixed as _, ResourceId};
use crate::platform::problem::Problem;
use crate::platform::public::Public;
use crate::scheduling::Location;

/// Days of one answer at most (W28).
const DAYS_MAX: i32 = 31;
/// What is drawn around the hours of the place.
const MARGIN_MINUTES: i16 = 60;
/// A place that is never open is drawn from 9 to 6.
const USUAL: (i16, i16) = (9 * 60, 18 * 60);

const RANGE: Problem = Problem::new(
    axum::http::StatusCode::UNPROCESSABLE_ENTITY,
    "invalid_field",
    "to must be on or after from, and within 31 days of it; both are dates such as 2026-11-30.",
);

#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    from: Option<String>,
    to: Option<String>,
    by: Option<String>,
    location: Option<String>,
}

#[derive(Debug, Serialize)]
struct DrawnColumn {
    id: Public<ResourceId>,
    title: String,
}

/// A visit as the grid draws it.
#[derive(Debug, Serialize)]
struct DrawnVisit<'a> {
    id: Public<AppointmentId>,
    columns: Vec<Public<ResourceId>>,
    /// By the place's clock.
    start: DateTime,
    end: DateTime,
    starts_at: Instant,
    minutes: i64,
    status: &'a str,
    version: i32,
    person: &'a str,
    service: &'a str,
    practitioner: &'a str,
    things: Vec<&'a str>,
    is_confirmed: bool,
    has_notes: bool,
}

/// What is drawn.
#[derive(Debug, Serialize)]
struct Drawn<'a> {
    columns: Vec<DrawnColumn>,
    visits: Vec<DrawnVisit<'a>>,
    blocks: Vec<Block>,
    /// When none of the columns is there.
    shut: Vec<Block>,
    /// The first and the last time of day that are drawn.
    opens: String,
    closes: String,
    /// Now, by the place's clock.
    now: DateTime,
    /// There are more visits than are drawn.
    has_more: bool,
}

pub(super) async fn list_events(
    State(app): State<App>,
    SignedIn(staff): SignedIn,
    asked: Result<Query<Asked>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, PageError> {
    may_see(&staff)?;
    let wrong = || RANGE.with("field", "to");
    let Ok(Query(asked)) = asked else { return Err(wrong().into()) };
    let (from, to) = range(&asked).ok_or_else(wrong)?;
    let by = By::of(asked.by.as_deref()).unwrap_or(By::Practitioner);
    let (org, now) = (staff.org, app.clock.now());
    let mut tx = app.begin(org).await?;
    let book = rules(&app, &mut tx, org).await?;
    let location = match asked.location.as_deref() {
        Some(id) => {
            let id = LocationId::parse(id).ok_or(Problem::NOT_FOUND)?;
            book.locations.iter().find(|location| location.id == id)
        }
        None => book.locations.first(),
    };
    let location = location.ok_or(Problem::NOT_FOUND)?;
    let days = stretch(location, from, to)?;
    let all = list::columns(&mut tx, org).await?;
    let visits = grid_visits(&mut tx, org, days, &all).await?;
    let held = list::holds(&mut tx, org, days, now).await?;
    let busy = list::outside(&mut tx, org, days).await?;
    let away = list::away(&mut tx, org, days).await?;
    let closures = list::closures(&mut tx, org, location.id, (from, to)).await?;
    tx.commit().await?;
    let columns = columns(&book, location, by, (&all, &visits));
    let draw = Blocks { book: &book, location, by, columns: &columns, words: Words(staff.language) };
    let mut blocks = draw.closed((from, to), &closures);
    blocks.extend(draw.away(&away));
    // Rooms and devices have no calendars.
    if by == By::Practitioner {
        blocks.extend(draw.busy(&busy));
    }
    blocks.extend(draw.held(&held));
    let by_id: HashMap<ResourceId, &Column> = all.iter().map(|column| (column.id, column)).collect();
    let drawn: Vec<DrawnVisit<'_>> = visits.iter().map(|visit| draw_visit(visit, &draw, &by_id)).collect();
    let (opens, closes) = hours(location, (from, to), &drawn)?;
    let answer = Json(Drawn {
        has_more: i64::try_from(visits.len()).is_ok_and(|count| count >= VISITS_MAX),
        visits: drawn,
        columns: columns
            .iter()
            .map(|column| DrawnColumn { id: Public(column.id), title: column.name.clone() })
            .collect(),
        blocks,
        shut: draw.shut((from, to), &closures),
        opens: clock(opens),
        closes: clock(closes),
        now: local(now, &location.zone),
    });
    Ok(answer.into_response())
}

fn range(asked: &Asked) -> Option<(Date, Date)> {
    let day = |raw: &Option<String>| raw.as_deref().and_then(Day::parse).map(|day| day.0);
    let (from, to) = (day(&asked.from)?, day(&asked.to)?);
    (0..DAYS_MAX).contains(&(to - from).get_days()).then_some((from, to))
}

fn draw_visit<'a>(
    visit: &'a GridVisit,
    draw: &Blocks<'_>,
    by_id: &HashMap<ResourceId, &'a Column>,
) -> DrawnVisit<'a> {
    let (starts_at, ends_at) = (visit.starts_at.to_jiff(), visit.ends_at.to_jiff());
    let shown = draw.columns.iter().filter(|column| visit.is_of(column.id));
    let name = |id: &ResourceId| by_id.get(id).map(|column| column.name.as_str());
    DrawnVisit {
        columns: shown.map(|column| Public(column.id)).collect(),
        id: Public(visit.id),
        start: local(starts_at, &draw.location.zone),
        end: local(ends_at, &draw.location.zone),
        starts_at: Instant(starts_at),
        minutes: ends_at.duration_since(starts_at).as_mins(),
        status: &visit.status,
        version: visit.version,
        person: visit.person.as_deref().unwrap_or_else(|| draw.words.t("Somebody")),
        service: &visit.service,
        practitioner: name(&visit.practitioner_id).unwrap_or_default(),
        things: visit.thing_ids.iter().filter_map(name).collect(),
        is_confirmed: visit.is_confirmed,
        has_notes: visit.has_notes,
    }
}

/// From the earliest opening of those weeks to the latest closing, and what lies outside: so that a day looks like its week.
fn hours(
    location: &Location,
    (from, to): (Date, Date),
    visits: &[DrawnVisit<'_>],
) -> Result<(i16, i16), jiff::Error> {
    let (first, last) = (week_of(from)?.0, week_of(to)?.1);
    let dates = std::iter::successors(Some(first), |date| date.tomorrow().ok());
    let spans = dates.take_while(|date| *date <= last).flat_map(|date| {
        let spans = location.hours.spans(date).into_owned();
        spans.into_iter().map(|span| (minute(span.opens_minute()), minute(span.closes_minute())))
    });
    let open = spans.reduce(|all, one| (all.0.min(one.0), all.1.max(one.1))).unwrap_or(USUAL);
    let drawn = visits.iter().map(|visit| of_day(visit.start, visit.end));
    let (opens, closes) = drawn.fold((open.0 - MARGIN_MINUTES, open.1 + MARGIN_MINUTES), |all, one| {
        (all.0.min(one.0), all.1.max(one.1))
    });
    // Whole hours.
    Ok((opens.max(0) / 60 * 60, (closes + 59).min(24 * 60) / 60 * 60))
}

fn minute(minute: u16) -> i16 {
    i16::try_from(minute).unwrap_or(0)
}

/// A visit's minutes of its day; one that ends on the next goes on until midnight.
fn of_day(start: DateTime, end: DateTime) -> (i16, i16) {
    let minute = |at: DateTime| i16::from(at.hour()) * 60 + i16::from(at.minute());
    (minute(start), if end.date() == start.date() { minute(end) } else { 24 * 60 })
}

fn clock(minute: i16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}
