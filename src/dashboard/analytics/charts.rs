//! What is drawn: numbers for the charts over days, and rows for everything that is a table with bars.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::analytics::{DayFigures, Figures};
use crate::dashboard::say;
use crate::dashboard::shell::Shell;

/// A row with a bar.
pub(super) struct Bar {
    pub what: String,
    /// What else there is to say of it.
    pub more: String,
    pub count: String,
    pub value: i64,
    /// What a full bar is.
    pub max: i64,
    /// The share of the first, or the number of calls.
    pub beside: String,
}

/// A weekday of the week's heat.
pub(super) struct HeatRow {
    pub day: &'static str,
    pub cells: Vec<HeatCell>,
}

/// An hour of it.
pub(super) struct HeatCell {
    pub calls: i64,
    /// 0 to 4.
    pub level: i64,
}

/// Steps of the heat beside none.
const LEVELS: i64 = 4;

pub(super) fn calls(s: &Shell, figures: &Figures) -> String {
    let series = |name: &str, of: fn(&DayFigures) -> i64| json!({"name": name, "values": figures.days.iter().map(of).collect::<Vec<_>>()});
    let all = [
        series(s.t("Calls answered"), |day| day.answered),
        series(s.t("Calls missed"), |day| day.missed),
        series(s.t("Visits booked"), |day| day.bookings),
    ];
    chart(s, figures, &all, false)
}

pub(super) fn revenue(s: &Shell, figures: &Figures) -> String {
    let values: Vec<i64> = figures.days.iter().map(|day| day.revenue_booked_cents).collect();
    chart(s, figures, &[json!({"name": s.t("Revenue booked"), "values": values})], true)
}

fn chart(s: &Shell, figures: &Figures, series: &[Value], is_money: bool) -> String {
    let days: Vec<String> = figures.days.iter().map(|day| day.day.0.to_string()).collect();
    json!({"days": days, "day": s.t("Day"), "series": series, "money": is_money}).to_string()
}

#[expect(clippy::cast_precision_loss, reason = "shown in hundredths")]
pub(super) fn funnel(s: &Shell, figures: &Figures) -> Vec<Bar> {
    let funnel = &figures.funnel;
    let steps = [
        (s.t("Called"), s.t("every call that came in"), funnel.called),
        (s.t("Leads"), s.t("new people and patients who can buy"), funnel.leads),
        (s.t("Hot leads"), s.t("worth calling back at once"), funnel.hot),
        (s.t("Leads who booked"), s.t("in the call"), funnel.booked),
        (s.t("Leads who came"), s.t("to a visit that they made in the call"), funnel.came),
        (s.t("Leads whose visit is done"), s.t("and paid for"), funnel.kept),
    ];
    let max = funnel.called.max(1);
    let bar = |(what, more, value): (&str, &str, i64)| Bar {
        what: what.to_owned(),
        more: more.to_owned(),
        count: count(value),
        value,
        max,
        beside: if funnel.called == 0 { String::new() } else { s.percent(value as f64 / max as f64) },
    };
    steps.into_iter().map(bar).collect()
}

pub(super) fn unmet(s: &Shell, figures: &Figures) -> Vec<Bar> {
    let max = figures.unmet.iter().map(|row| row.times).max().unwrap_or(1);
    let rows = figures.unmet.iter().map(|row| Bar {
        what: row.service.clone(),
        more: part(s, &row.part_of_day).to_owned(),
        count: count(row.times),
        value: row.times,
        max,
        beside: count(row.calls),
    });
    rows.collect()
}

fn part(s: &Shell, part: &str) -> &'static str {
    match part {
        "morning" => s.t("in the morning"),
        "afternoon" => s.t("in the afternoon"),
        "evening" => s.t("in the evening"),
        _ => s.t("at any time"),
    }
}

pub(super) fn heat(s: &Shell, figures: &Figures) -> Vec<HeatRow> {
    let days = [
        s.t("Monday"),
        s.t("Tuesday"),
        s.t("Wednesday"),
        s.t("Thursday"),
        s.t("Friday"),
        s.t("Saturday"),
        s.t("Sunday"),
    ];
    let calls: HashMap<(i8, i16), i64> =
        figures.hours.iter().map(|hour| ((hour.weekday, hour.hour), hour.calls)).collect();
    let max = calls.values().copied().max().unwrap_or(1);
    let cell = |weekday, hour| {
        let calls = calls.get(&(weekday, hour)).copied().unwrap_or(0);
        HeatCell { calls, level: (calls * LEVELS + max - 1) / max }
    };
    let rows = (1i8..).zip(days);
    rows.map(|(weekday, day)| HeatRow { day, cells: (0..24).map(|hour| cell(weekday, hour)).collect() })
        .collect()
}

fn count(number: i64) -> String {
    say::grouped(number.unsigned_abs())
}
