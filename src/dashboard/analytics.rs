//! `/dashboard/analytics`: what the receptionist did and what it earned, beside the days before.

mod charts;
mod tiles;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use jiff::civil::Date;
use serde::Deserialize;

use super::page::{self, PageError};
use super::say;
use super::shell::{Place, Shell};
use super::signed_in::SignedIn;
use crate::accounts::{Role, Scope};
use crate::analytics::{self, CallFigures, Figures, FiguresError, Places, Wanted};
use crate::platform::app::App;
use crate::platform::bounded::Day;
use crate::platform::ids::Prefixed;
use crate::platform::problem::Problem;
use charts::{Bar, HeatRow};
use tiles::Tile;

/// Lengths of a range to choose from; any other is by its days.
const RANGES: [i32; 3] = [7, 30, 90];
const DAYS_DEFAULT: i32 = 30;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/dashboard/analytics", get(show_analytics))
}

/// Which figures. What cannot be read is as if it had not been asked, and the page says so.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    days: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    location: String,
    #[serde(default)]
    assistant: String,
}

impl Asked {
    /// The range, and whether it is the one that was asked for.
    fn range(&self, today: Date) -> (Wanted, bool) {
        if self.from.is_empty() && self.to.is_empty() {
            let days = self.days.parse().ok().filter(|days| RANGES.contains(days));
            return (Wanted::last(days.unwrap_or(DAYS_DEFAULT), today), true);
        }
        let (from, to) = (Day::parse(&self.from), Day::parse(&self.to));
        let own = from.zip(to).map(|(from, to)| Wanted { from: from.0, to: to.0, ..Wanted::last(1, today) });
        match own.filter(|own| own.days().is_some()) {
            Some(own) => (own, true),
            None => (Wanted::last(DAYS_DEFAULT, today), false),
        }
    }
}

#[derive(Template)]
#[template(path = "dashboard/analytics.html")]
struct AnalyticsPage {
    s: Shell,
    figures: Arc<Figures>,
    places: Places,
    asked: Asked,
    /// Whether the days that were asked for are those that are shown.
    is_asked_for: bool,
    tiles: Vec<Tile>,
    funnel: Vec<Bar>,
    unmet: Vec<Bar>,
    heat: Vec<HeatRow>,
}

async fn show_analytics(
    State(app): State<App>,
    SignedIn(staff): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    if !staff.may(Scope::AnalyticsRead) {
        return Err(Problem::NOT_FOUND.into());
    }
    let org = staff.org;
    let mut tx = app.begin(org).await?;
    let s = Shell::load(&app, &mut tx, staff, Place::Analytics).await?;
    let (range, is_asked_for) = asked.range(s.today());
    let wanted = Wanted { location: id_of(&asked.location)?, assistant: id_of(&asked.assistant)?, ..range };
    let places = analytics::places(&mut tx, org).await?;
    let figures = analytics::figures(&app, &mut tx, org, &wanted).await.map_err(|error| match error {
        FiguresError::Database(error) => PageError::from(error),
        FiguresError::Days | FiguresError::Location | FiguresError::Assistant => Problem::NOT_FOUND.into(),
    })?;
    tx.commit().await?;
    let (tiles, heat) = (tiles::tiles(&s, &figures), charts::heat(&s, &figures));
    let (funnel, unmet) = (charts::funnel(&s, &figures), charts::unmet(&s, &figures));
    let page = AnalyticsPage { s, figures, places, asked, is_asked_for, tiles, funnel, unmet, heat };
    Ok(page::render(&page))
}

/// An id that may be absent; another org's, or none at all, is one that nobody has.
fn id_of<T: Prefixed>(written: &str) -> Result<Option<T>, PageError> {
    if written.is_empty() {
        return Ok(None);
    }
    T::parse(written).map(Some).ok_or_else(|| Problem::NOT_FOUND.into())
}

impl AnalyticsPage {
    /// Whether there is nothing to show, also of the days before.
    fn is_empty(&self) -> bool {
        self.figures.now.calls.calls == 0 && self.figures.before.calls.calls == 0
    }

    /// Who may take tables away.
    fn may_export(&self) -> bool {
        self.s.staff.role <= Role::Manager
    }

    /// The days that the figures are about, in words.
    fn window(&self) -> String {
        self.days_in_words(self.figures.window.from.0, self.figures.window.to.0)
    }

    /// The days that they are compared with.
    fn window_before(&self) -> String {
        self.days_in_words(self.figures.window_before.from.0, self.figures.window_before.to.0)
    }

    /// By whose clocks days are counted.
    fn places(&self) -> String {
        self.figures.time_zones.iter().map(|zone| say::place(zone)).collect::<Vec<_>>().join(", ")
    }

    fn days_in_words(&self, from: Date, to: Date) -> String {
        if from == to { self.s.day(from) } else { format!("{} – {}", self.s.day(from), self.s.day(to)) }
    }

    /// The same page for the last `days` days.
    fn last(&self, days: &i32) -> String {
        format!("/dashboard/analytics?days={days}{}", self.narrowed(("location", "assistant")))
    }

    fn is_last(&self, days: &i32) -> bool {
        self.asked.from.is_empty() && self.asked.to.is_empty() && self.figures.window.days == *days
    }

    /// A table as CSV.
    fn csv(&self, table: &str) -> String {
        let (from, to) = (self.figures.window.from.0, self.figures.window.to.0);
        let narrowed = self.narrowed(("location_id", "assistant_id"));
        let org = self.s.staff.org;
        format!("/api/v1/analytics.csv?org_id={org}&table={table}&from={from}&to={to}{narrowed}")
    }

    /// Both were read as ids before: nothing in them needs escaping.
    fn narrowed(&self, (location, assistant): (&str, &str)) -> String {
        let mut query = String::new();
        for (name, value) in [(location, &self.asked.location), (assistant, &self.asked.assistant)] {
            if !value.is_empty() {
                query = format!("{query}&{name}={value}");
            }
        }
        query
    }

    /// The numbers of the chart of calls, as `assets/chart.js` reads them.
    fn calls_chart(&self) -> String {
        charts::calls(&self.s, &self.figures)
    }

    /// The numbers of the chart of money.
    fn revenue_chart(&self) -> String {
        charts::revenue(&self.s, &self.figures)
    }

    /// A share, or a dash where there is none.
    fn share(&self, share: &Option<f64>) -> String {
        tiles::share(&self.s, *share)
    }

    fn minutes(&self, calls: &CallFigures) -> String {
        self.s.length(calls.seconds)
    }

    fn cost(&self, calls: &CallFigures) -> String {
        tiles::cost(calls.cost_micros)
    }

    fn ranges(&self) -> [i32; 3] {
        RANGES
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn w28_days_that_cannot_be_shown_are_the_last_thirty_and_said_to_be() {
        let today = date(2026, 11, 24);
        let range = |days: &str, from: &str, to: &str| {
            let asked = Asked { days: days.into(), from: from.into(), to: to.into(), ..Asked::default() };
            let (wanted, is_asked_for) = asked.range(today);
            (wanted.from, wanted.to, is_asked_for)
        };
        let thirty = (date(2026, 10, 26), today);
        assert_eq!(range("", "", ""), (thirty.0, thirty.1, true));
        assert_eq!(range("7", "", ""), (date(2026, 11, 18), today, true));
        assert_eq!(range("365", "", ""), (thirty.0, thirty.1, true));
        let own = (date(2026, 11, 1), date(2026, 11, 3), true);
        assert_eq!(range("", "2026-11-01", "2026-11-03"), own);
        for (from, to) in
            [("2026-01-01", "2026-11-03"), ("2026-11-03", "2026-11-01"), ("soon", ""), ("2026-11-01", "")]
        {
            assert_eq!(range("", from, to), (thirty.0, thirty.1, false), "{from} {to}");
        }
    }
}
