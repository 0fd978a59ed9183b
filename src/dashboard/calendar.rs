//! `/dashboard/calendar`: a day or a week of a site, by practitioner, room or device; as a grid for whoever has scripts and a
//! pointer, as a table for everybody.

mod blocks;
mod events;
mod panel;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde::Deserialize;

use super::list::calendar::{self as list, Column, Stretch, Visit};
use super::list::grid::GridVisit;
use super::page::{self, PageError};
use super::say;
use super::shell::{Place, Shell};
use super::signed_in::SignedIn;
use crate::accounts::{Scope, Staff};
use crate::platform::app::App;
use crate::platform::bounded::Day;
use crate::platform::db::PgConnection;
use crate::platform::ids::{AppointmentId, LocationId, OrgId, Prefixed as _, ResourceId};
use crate::platform::problem::Problem;
use crate::scheduling::{self, Location, RuleBook};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/dashboard/calendar", get(show_calendar))
        .route("/dashboard/calendar/events", get(events::list_events))
        .route("/dashboard/calendar/visits/{id}", get(panel::show_visit))
}

/// Whose columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Practitioner,
    Room,
    Device,
}

impl By {
    const ALL: [Self; 3] = [Self::Practitioner, Self::Room, Self::Device];

    /// As a resource's kind and in URLs.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Practitioner => "practitioner",
            Self::Room => "room",
            Self::Device => "device",
        }
    }

    fn of(word: Option<&str>) -> Option<Self> {
        Self::ALL.into_iter().find(|by| Some(by.as_str()) == word)
    }

    fn name(self, s: &Shell) -> &'static str {
        match self {
            Self::Practitioner => s.t("Practitioners"),
            Self::Room => s.t("Rooms"),
            Self::Device => s.t("Devices"),
        }
    }
}

/// What the URL asks for. What cannot be read is as if it was not there: an old link shows today.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    date: Option<String>,
    view: Option<String>,
    by: Option<String>,
    location: Option<String>,
    who: Option<String>,
    visit: Option<String>,
}

/// A day of the list: its visits, or how many there are where a week has too many to list.
struct AgendaDay {
    date: Date,
    visits: Vec<Visit>,
    count: i64,
}

/// A week with more than this is listed by day.
const LISTED_MAX: i64 = 150;

#[derive(Template)]
#[template(path = "dashboard/calendar.html")]
struct CalendarPage {
    s: Shell,
    book: Arc<RuleBook>,
    location: Option<LocationId>,
    zone: TimeZone,
    zone_name: String,
    date: Date,
    is_week: bool,
    by: By,
    who: Option<ResourceId>,
    columns: Vec<Column>,
    /// Rooms and devices of the place.
    things: Vec<Column>,
    days: Vec<AgendaDay>,
    /// The visit that the URL names, as markup.
    panel: Option<String>,
    panel_id: Option<AppointmentId>,
}

async fn show_calendar(
    State(app): State<App>,
    SignedIn(staff): SignedIn,
    asked: Result<Query<Asked>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, PageError> {
    may_see(&staff)?;
    let org = staff.org;
    let asked = asked.map_or_else(|_| Asked::default(), |Query(asked)| asked);
    let mut tx = app.begin(org).await?;
    let s = Shell::load(&app, &mut tx, staff, Place::Calendar).await?;
    let book = rules(&app, &mut tx, org).await?;
    let named = match asked.visit.as_deref().and_then(AppointmentId::parse) {
        Some(id) => list::visit(&mut tx, org, id).await?,
        None => None,
    };
    let wanted = asked.location.as_deref().and_then(LocationId::parse);
    let location = book.location(named.as_ref().map(|visit| visit.location_id).or(wanted));
    let zone = location.map_or_else(|| s.zone.clone(), |location| location.zone.clone());
    let said = asked.date.as_deref().and_then(Day::parse).map(|day| day.0);
    let today = s.now.to_zoned(zone.clone()).date();
    let date =
        named.as_ref().map(|visit| local(visit.starts_at.to_jiff(), &zone).date()).or(said).unwrap_or(today);
    let is_week = asked.view.as_deref() == Some("week");
    let by = By::of(asked.by.as_deref()).unwrap_or(By::Practitioner);
    let (from, to) = if is_week { week_of(date)? } else { (date, date) };
    let all = list::columns(&mut tx, org).await?;
    let who = asked.who.as_deref().and_then(ResourceId::parse);
    let (columns, who, days) = match location {
        Some(location) => agenda(&mut tx, org, &book, (location, by, who), (&all, from, to)).await?,
        None => (Vec::new(), None, by_day(Vec::new(), (from, to), &zone)),
    };
    let is_thing = |one: &&Column| {
        one.active
            && one.kind != By::Practitioner.as_str()
            && location.is_some_and(|at| at.id == one.location_id)
    };
    let things = all.iter().filter(is_thing).cloned().collect();
    tx.commit().await?;
    let panel_id = named.as_ref().map(|visit| visit.id);
    let panel = named.map(|visit| panel::markup(&s, &book, visit)).transpose()?;
    let page = CalendarPage {
        location: location.map(|location| location.id),
        zone_name: location.map_or_else(|| "UTC".to_owned(), |location| location.zone_name.clone()),
        days,
        s,
        book,
        zone,
        date,
        is_week,
        by,
        who,
        columns,
        things,
        panel,
        panel_id,
    };
    Ok(page::render(&page))
}

/// The columns, whose alone is listed, and the list.
async fn agenda(
    tx: &mut PgConnection,
    org: OrgId,
    book: &RuleBook,
    (location, by, who): (&Location, By, Option<ResourceId>),
    (all, from, to): (&[Column], Date, Date),
) -> Result<(Vec<Column>, Option<ResourceId>, Vec<AgendaDay>), PageError> {
    let stretch = stretch(location, from, to)?;
    let of_kind: Vec<&Column> = all.iter().filter(|column| column.kind == by.as_str()).collect();
    let elsewhere: Vec<ResourceId> =
        of_kind.iter().filter(|column| !is_here(book, location, column)).map(|column| column.id).collect();
    let visited =
        if elsewhere.is_empty() { Vec::new() } else { list::visited(tx, org, stretch, &elsewhere).await? };
    let is_shown = |column: &&Column| is_here(book, location, column) || visited.contains(&column.id);
    let columns: Vec<Column> = of_kind.into_iter().filter(is_shown).cloned().collect();
    let who = who.filter(|who| columns.iter().any(|column| column.id == *who));
    if from < to {
        let counts = list::visits_by_day(tx, org, stretch, (&location.zone_name, who)).await?;
        if counts.iter().map(|(_, count)| count).sum::<i64>() > LISTED_MAX {
            let mut days = by_day(Vec::new(), (from, to), &location.zone);
            for day in &mut days {
                day.count = counts.iter().find(|(date, _)| *date == day.date).map_or(0, |(_, count)| *count);
            }
            return Ok((columns, who, days));
        }
    }
    let mut visits = list::visits(tx, org, stretch).await?;
    visits.retain(|visit| who.is_none_or(|who| is_of(visit, who)));
    Ok((columns, who, by_day(visits, (from, to), &location.zone)))
}

fn may_see(staff: &Staff) -> Result<(), PageError> {
    if staff.may(Scope::AppointmentsRead) { Ok(()) } else { Err(Problem::NOT_FOUND.into()) }
}

/// The org's rules as they are in this transaction.
async fn rules(app: &App, tx: &mut PgConnection, org: OrgId) -> Result<Arc<RuleBook>, PageError> {
    let version = scheduling::rules_version(tx, org).await?;
    Ok(scheduling::rule_book(app, org, Some(version)).await?)
}

/// Monday to Sunday.
fn week_of(date: Date) -> Result<(Date, Date), jiff::Error> {
    let monday = date.checked_sub(i32::from(date.weekday().to_monday_zero_offset()).days())?;
    Ok((monday, monday.checked_add(6.days())?))
}

/// Civil days of a place, whichever way its clocks change on them.
fn stretch(location: &Location, from: Date, to: Date) -> Result<Stretch, jiff::Error> {
    let midnight = |date: Date| date.to_zoned(location.zone.clone()).map(|at| at.timestamp());
    Ok(Stretch { location: location.id, from: midnight(from)?, until: midnight(to.checked_add(1.day())?)? })
}

fn local(at: Timestamp, zone: &TimeZone) -> jiff::civil::DateTime {
    at.to_zoned(zone.clone()).datetime()
}

/// Whether somebody is booked at the place, or something stands there.
fn is_here(book: &RuleBook, location: &Location, column: &Column) -> bool {
    if column.kind == By::Practitioner.as_str() {
        book.practitioners.iter().any(|person| person.id == column.id && person.works_at(location.id))
    } else {
        column.active && column.location_id == location.id
    }
}

/// Whoever is booked at the place, and whoever was when one of the visits was booked.
fn columns(
    book: &RuleBook,
    location: &Location,
    by: By,
    (all, visits): (&[Column], &[GridVisit]),
) -> Vec<Column> {
    let has_visit = |column: &Column| visits.iter().any(|visit| visit.is_of(column.id));
    let of_kind = all.iter().filter(|column| column.kind == by.as_str());
    of_kind.filter(|column| is_here(book, location, column) || has_visit(column)).cloned().collect()
}

/// Whether the visit is in that column.
fn is_of(visit: &Visit, column: ResourceId) -> bool {
    visit.practitioner_id == column || visit.thing_ids.contains(&column.0)
}

fn by_day(visits: Vec<Visit>, (from, to): (Date, Date), zone: &TimeZone) -> Vec<AgendaDay> {
    let dates = std::iter::successors(Some(from), |date| date.tomorrow().ok());
    let mut days: Vec<AgendaDay> = dates
        .take_while(|date| *date <= to)
        .map(|date| AgendaDay { date, visits: Vec::new(), count: 0 })
        .collect();
    for visit in visits {
        // One that began the night before stands on the first day.
        let date = local(visit.starts_at.to_jiff(), zone).date().max(from);
        if let Some(day) = days.iter_mut().find(|day| day.date == date) {
            day.visits.push(visit);
            day.count += 1;
        }
    }
    days
}

impl CalendarPage {
    /// The same page on another day.
    fn on(&self, date: Date) -> String {
        self.href(date, self.is_week)
    }

    fn href(&self, date: Date, is_week: bool) -> String {
        let view = if is_week { "week" } else { "day" };
        let mut href = format!("/dashboard/calendar?date={date}&view={view}&by={}", self.by.as_str());
        for (name, id) in
            [("location", self.location.map(|id| id.to_string())), ("who", self.who.map(|id| id.to_string()))]
        {
            if let Some(id) = id {
                href = format!("{href}&{name}={id}");
            }
        }
        href
    }

    /// One day of the list by itself.
    fn of_day(&self, day: &AgendaDay) -> String {
        self.href(day.date, false)
    }

    fn earlier(&self) -> String {
        self.on(self.date.checked_sub(self.step().days()).unwrap_or(self.date))
    }

    fn later(&self) -> String {
        self.on(self.date.checked_add(self.step().days()).unwrap_or(self.date))
    }

    fn step(&self) -> i32 {
        if self.is_week { 7 } else { 1 }
    }

    fn is_today(&self) -> bool {
        self.date == self.today()
    }

    fn today(&self) -> Date {
        self.s.now.to_zoned(self.zone.clone()).date()
    }

    /// Days that a person reads as one: `Tuesday, November 24`, or the first and the last of a week.
    fn heading(&self) -> String {
        match (self.days.first(), self.days.last()) {
            (Some(first), Some(last)) if first.date != last.date => {
                format!("{} – {}", self.s.day(first.date), self.s.day(last.date))
            }
            _ => self.s.day(self.date),
        }
    }

    fn clock(&self, at: &jiff_sqlx::Timestamp) -> String {
        say::clock(at.to_jiff(), &self.zone)
    }

    fn status(&self, visit: &Visit) -> &'static str {
        self.s.t(say::status(&visit.status))
    }

    fn is_site(&self, id: &LocationId) -> bool {
        self.location == Some(*id)
    }

    fn is_who(&self, id: &ResourceId) -> bool {
        self.who == Some(*id)
    }

    fn visits(&self) -> i64 {
        self.days.iter().map(|day| day.count).sum()
    }

    /// Whether each visit is listed, and not the days alone.
    fn is_listed(&self) -> bool {
        self.days.iter().all(|day| usize::try_from(day.count) == Ok(day.visits.len()))
    }

    /// Those who give visits here.
    fn people(&self) -> Vec<(ResourceId, String)> {
        let here = |person: &&scheduling::Practitioner| {
            self.location.is_some_and(|location| person.works_at(location))
        };
        self.book.practitioners.iter().filter(here).map(|person| (person.id, person.name.clone())).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_week_is_monday_to_sunday_whatever_day_is_asked_for() {
        for day in 23..=29 {
            assert_eq!(week_of(date(2026, 11, day)).unwrap(), (date(2026, 11, 23), date(2026, 11, 29)));
        }
    }
}
