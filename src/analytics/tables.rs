//! Figures as tables: what is exported, and what stands under each chart. Pure.

use super::figures::{CallFigures, Figures, Totals, VisitFigures};

/// One of the tables that figures make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// Everything that is one number, with the days before.
    Summary,
    /// Each day.
    Days,
    /// Each hour of the week.
    Hours,
    /// Each site.
    Locations,
    /// Each assistant.
    Assistants,
    /// From a call to money.
    Funnel,
    /// What could not be had.
    Unmet,
}

impl Table {
    /// Every table.
    pub const ALL: [Self; 7] = [
        Self::Summary,
        Self::Days,
        Self::Hours,
        Self::Locations,
        Self::Assistants,
        Self::Funnel,
        Self::Unmet,
    ];

    /// Its name in a URL and in a file's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Summary => "summary",
            Self::Days => "days",
            Self::Hours => "hours",
            Self::Locations => "locations",
            Self::Assistants => "assistants",
            Self::Funnel => "funnel",
            Self::Unmet => "unmet",
        }
    }

    /// The table of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|table| table.name() == name)
    }
}

/// The rows of a table, the first of which names its columns. Amounts are in the unit that their column is named after.
pub fn rows_of(figures: &Figures, table: Table) -> Vec<Vec<String>> {
    match table {
        Table::Summary => summary(figures),
        Table::Days => days(figures),
        Table::Hours => {
            let rows = figures.hours.iter();
            let rows = rows.map(|hour| texts([&hour.weekday, &hour.hour, &hour.calls]));
            headed(&["weekday", "hour", "calls"], rows)
        }
        Table::Locations => {
            let rows = figures.locations.iter();
            places(rows.map(|site| {
                let VisitFigures { bookings, revenue_booked_cents, .. } = site.visits;
                (site.id.0.to_string(), &site.name, &site.calls, (bookings, revenue_booked_cents))
            }))
        }
        Table::Assistants => {
            let rows = figures.assistants.iter();
            places(rows.map(|row| {
                (row.id.0.to_string(), &row.name, &row.calls, (row.bookings, row.revenue_booked_cents))
            }))
        }
        Table::Funnel => {
            let funnel = &figures.funnel;
            let steps: [(&str, i64); 7] = [
                ("called", funnel.called),
                ("leads", funnel.leads),
                ("hot", funnel.hot),
                ("booked", funnel.booked),
                ("came", funnel.came),
                ("kept", funnel.kept),
                ("kept_cents", funnel.kept_cents),
            ];
            headed(&["step", "count"], steps.iter().map(|(step, count)| texts([step, count])))
        }
        Table::Unmet => {
            let rows = figures.unmet.iter();
            let rows = rows.map(|row| {
                texts([&row.service_id.0 as _, &row.service, &row.part_of_day, &row.times, &row.calls])
            });
            headed(&["service_id", "service", "part_of_day", "times", "calls"], rows)
        }
    }
}

fn texts<const N: usize>(cells: [&dyn std::fmt::Display; N]) -> Vec<String> {
    cells.iter().map(ToString::to_string).collect()
}

fn headed(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Vec<Vec<String>> {
    let head = head.iter().map(|name| (*name).to_owned()).collect();
    std::iter::once(head).chain(rows).collect()
}

/// A number that there may not be.
fn number(value: Option<f64>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

fn days(figures: &Figures) -> Vec<Vec<String>> {
    let rows = figures.days.iter().map(|day| {
        let cents = &day.revenue_booked_cents;
        texts([&day.day.0 as _, &day.calls, &day.answered, &day.missed, &day.bookings, cents])
    });
    headed(&["day", "calls", "answered", "missed", "bookings", "revenue_booked_cents"], rows)
}

fn places<'f>(
    rows: impl Iterator<Item = (String, &'f String, &'f CallFigures, (i64, i64))>,
) -> Vec<Vec<String>> {
    let head = [
        "id",
        "name",
        "calls",
        "answered",
        "missed",
        "booked",
        "conversion",
        "bookings",
        "revenue_booked_cents",
        "seconds",
        "cost_micros",
    ];
    let rows = rows.map(|(id, name, calls, (bookings, cents))| {
        let conversion = number(calls.conversion);
        texts([
            &id as _,
            name,
            &calls.calls,
            &calls.answered,
            &calls.missed,
            &calls.booked,
            &conversion,
            &bookings,
            &cents,
            &calls.seconds,
            &calls.cost_micros,
        ])
    });
    headed(&head, rows)
}

fn summary(figures: &Figures) -> Vec<Vec<String>> {
    let Figures { window, window_before, .. } = figures;
    let mut rows = vec![
        ["figure", "now", "before"].map(str::to_owned).to_vec(),
        vec!["from".to_owned(), window.from.0.to_string(), window_before.from.0.to_string()],
        vec!["to".to_owned(), window.to.0.to_string(), window_before.to.0.to_string()],
    ];
    let (now, before) = (numbers(&figures.now), numbers(&figures.before));
    rows.extend(
        now.into_iter().zip(before).map(|((name, now), (_, before))| vec![name.to_owned(), now, before]),
    );
    rows
}

fn numbers(totals: &Totals) -> Vec<(&'static str, String)> {
    let Totals { calls, visits, speed, hot, texts, unmet } = totals;
    vec![
        ("calls", calls.calls.to_string()),
        ("answered", calls.answered.to_string()),
        ("missed", calls.missed.to_string()),
        ("booked", calls.booked.to_string()),
        ("conversion", number(calls.conversion)),
        ("new_leads", calls.new_leads.to_string()),
        ("new_leads_booked", calls.new_leads_booked.to_string()),
        ("new_lead_conversion", number(calls.new_lead_conversion)),
        ("after_hours", calls.after_hours.to_string()),
        ("after_hours_share", number(calls.after_hours_share)),
        ("seconds", calls.seconds.to_string()),
        ("cost_micros", calls.cost_micros.to_string()),
        ("bookings", visits.bookings.to_string()),
        ("revenue_booked_cents", visits.revenue_booked_cents.to_string()),
        ("kept", visits.kept.to_string()),
        ("revenue_kept_cents", visits.revenue_kept_cents.to_string()),
        ("no_shows", visits.no_shows.to_string()),
        ("no_show_rate", number(visits.no_show_rate)),
        ("alerts", speed.alerts.to_string()),
        ("acknowledged", speed.acknowledged.to_string()),
        ("median_seconds_to_alert", number(speed.median_seconds_to_alert)),
        ("p90_seconds_to_alert", number(speed.p90_seconds_to_alert)),
        ("median_seconds_to_acknowledge", number(speed.median_seconds_to_acknowledge)),
        ("p90_seconds_to_acknowledge", number(speed.p90_seconds_to_acknowledge)),
        ("hot_calls", hot.calls.to_string()),
        ("hot_calls_booked", hot.booked.to_string()),
        ("hot_precision", number(hot.precision)),
        ("texts_sent", texts.sent.to_string()),
        ("texts_delivered", texts.delivered.to_string()),
        ("texts_failed", texts.failed.to_string()),
        ("unmet", unmet.to_string()),
    ]
}
