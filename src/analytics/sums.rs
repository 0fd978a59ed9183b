//! From counted rows to figures. Pure.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::Date;
use uuid::Uuid;

use super::day_counts::{CallCounts, DayCounts, SpeedCounts};
use super::days::SiteDay;
use super::figures::{
    AssistantFigures, CallFigures, DayFigures, Funnel, HotFigures, HourFigures, SiteFigures, SpeedFigures,
    TextFigures, Totals, UnmetFigures, VisitFigures,
};
use super::share::share;
use super::store::hot::HotRow;
use super::store::visits::DueRow;
use super::store::{AssistantRow, ServiceRow};
use crate::platform::bounded::Day;
use crate::platform::public::Public;
use crate::scheduling::SiteHours;

/// A day with what was counted of it.
pub(super) struct Counted {
    /// Whether it is of the wanted range, and not of the one before.
    pub is_now: bool,
    pub day: SiteDay,
    pub counts: DayCounts,
    pub hot: Vec<HotRow>,
}

/// Every day of both ranges.
pub(super) struct Rows {
    pub days: Vec<Counted>,
    /// Whether nothing is looked at alone, no site and no assistant.
    pub of_all: bool,
}

impl Rows {
    /// Leaves only what one assistant did.
    pub fn only(&mut self, assistant: Uuid) {
        for day in &mut self.days {
            day.counts.only(assistant);
            day.hot.retain(|row| row.assistant == Some(assistant));
        }
    }

    fn of(&self, is_now: bool) -> impl Iterator<Item = &Counted> + Clone {
        self.days.iter().filter(move |day| day.is_now == is_now)
    }

    pub fn totals(&self, is_now: bool) -> Totals {
        let of = || self.of(is_now);
        let (hot, booked) =
            of().flat_map(|day| &day.hot).fold((0, 0), |sum, row| (sum.0 + row.calls, sum.1 + row.booked));
        let texts = of().flat_map(|day| &day.counts.texts).filter(|row| row.of_all == self.of_all);
        let texts = texts.fold(TextFigures::default(), |sum, row| TextFigures {
            sent: sum.sent + row.sent,
            delivered: sum.delivered + row.delivered,
            failed: sum.failed + row.failed,
        });
        Totals {
            calls: calls_of(of().flat_map(|day| &day.counts.calls)),
            visits: visits_of(of().flat_map(|day| &day.counts.calls), of().flat_map(|day| &day.counts.due)),
            speed: speed_of(of().flat_map(|day| &day.counts.speed)),
            hot: HotFigures { calls: hot, booked, precision: share(booked, hot) },
            texts,
            unmet: of().flat_map(|day| &day.counts.unmet).map(|row| row.times).sum(),
        }
    }

    pub fn of_site(&self, site: &SiteHours) -> SiteFigures {
        let of = || self.of(true).filter(|day| day.day.site == site.id.0);
        SiteFigures {
            id: Public(site.id),
            name: site.name.clone(),
            calls: calls_of(of().flat_map(|day| &day.counts.calls)),
            visits: visits_of(of().flat_map(|day| &day.counts.calls), of().flat_map(|day| &day.counts.due)),
        }
    }

    pub fn of_assistant(&self, assistant: &AssistantRow) -> AssistantFigures {
        let id = Some(assistant.id.0);
        let own = || self.of(true).flat_map(|day| &day.counts.calls).filter(move |row| row.assistant == id);
        AssistantFigures {
            id: Public(assistant.id),
            name: assistant.name.clone(),
            calls: calls_of(own()),
            bookings: own().map(|row| row.bookings).sum(),
            revenue_booked_cents: own().map(|row| row.booked_cents).sum(),
        }
    }

    /// Every day of the range, also one without a call.
    pub fn by_day(&self, (from, to): (Date, Date)) -> Vec<DayFigures> {
        let nothing = |day| DayFigures {
            day: Day(day),
            calls: 0,
            answered: 0,
            missed: 0,
            bookings: 0,
            revenue_booked_cents: 0,
        };
        let dates = std::iter::successors(Some(from), |day| day.checked_add(1.day()).ok());
        let dates = dates.take_while(|day| *day <= to);
        let mut days: BTreeMap<Date, DayFigures> = dates.map(|day| (day, nothing(day))).collect();
        for counted in self.of(true) {
            let Some(day) = days.get_mut(&counted.day.date) else { continue };
            for row in &counted.counts.calls {
                day.calls += row.calls;
                day.answered += row.answered;
                day.missed += row.missed;
                day.bookings += row.bookings;
                day.revenue_booked_cents += row.booked_cents;
            }
        }
        days.into_values().collect()
    }

    pub fn hours(&self) -> Vec<HourFigures> {
        let mut hours: BTreeMap<(i8, i16), i64> = BTreeMap::new();
        for counted in self.of(true) {
            let weekday = counted.day.date.weekday().to_monday_one_offset();
            for (hour, calls) in counted.counts.calls.iter().flat_map(|row| &row.hours) {
                *hours.entry((weekday, *hour)).or_default() += calls;
            }
        }
        hours.into_iter().map(|((weekday, hour), calls)| HourFigures { weekday, hour, calls }).collect()
    }

    pub fn funnel(&self) -> Funnel {
        self.of(true).flat_map(|day| &day.counts.calls).fold(Funnel::default(), |sum, row| Funnel {
            called: sum.called + row.calls,
            leads: sum.leads + row.leads,
            hot: sum.hot + row.hot,
            booked: sum.booked + row.leads_booked,
            came: sum.came + row.leads_came,
            kept: sum.kept + row.leads_kept,
            kept_cents: sum.kept_cents + row.leads_kept_cents,
        })
    }
}

/// What could not be had in the wanted range, the most wanted first.
pub(super) fn unmet(rows: &Rows, services: &[ServiceRow]) -> Vec<UnmetFigures> {
    let mut sums: BTreeMap<(Uuid, &str), (i64, i64)> = BTreeMap::new();
    for row in rows.of(true).flat_map(|day| &day.counts.unmet) {
        let sum = sums.entry((row.service, &row.part)).or_default();
        *sum = (sum.0 + row.times, sum.1 + row.calls);
    }
    let named = sums.into_iter().filter_map(|((id, part), (times, calls))| {
        let service = services.iter().find(|service| service.id.0 == id)?;
        Some(UnmetFigures {
            service_id: Public(service.id),
            service: service.name.clone(),
            part_of_day: part.to_owned(),
            times,
            calls,
        })
    });
    // A question that came again on another day of its call adds nothing.
    let mut unmet: Vec<UnmetFigures> = named.filter(|row| row.times > 0).collect();
    unmet.sort_by(|a, b| (b.times, &a.service, &a.part_of_day).cmp(&(a.times, &b.service, &b.part_of_day)));
    unmet
}

fn calls_of<'r>(rows: impl Iterator<Item = &'r CallCounts>) -> CallFigures {
    let mut sum = CallFigures::default();
    for row in rows {
        sum.calls += row.calls;
        sum.answered += row.answered;
        sum.missed += row.missed;
        sum.booked += row.booked;
        sum.new_leads += row.new_leads;
        sum.new_leads_booked += row.new_leads_booked;
        sum.after_hours += row.after_hours;
        sum.seconds += row.seconds;
        sum.cost_micros += row.cost_micros;
    }
    sum.conversion = share(sum.booked, sum.answered);
    sum.new_lead_conversion = share(sum.new_leads_booked, sum.new_leads);
    sum.after_hours_share = share(sum.after_hours, sum.calls);
    sum
}

fn visits_of<'r>(
    booked: impl Iterator<Item = &'r CallCounts>,
    due: impl Iterator<Item = &'r DueRow>,
) -> VisitFigures {
    let mut sum = VisitFigures::default();
    for row in booked {
        sum.bookings += row.bookings;
        sum.revenue_booked_cents += row.booked_cents;
    }
    for row in due {
        sum.kept += row.kept;
        sum.revenue_kept_cents += row.kept_cents;
        sum.no_shows += row.no_shows;
    }
    sum.no_show_rate = share(sum.no_shows, sum.kept + sum.no_shows);
    sum
}

fn speed_of<'r>(rows: impl Iterator<Item = &'r SpeedCounts> + Clone) -> SpeedFigures {
    let sorted = |of: fn(&SpeedCounts) -> &Vec<f64>| {
        let mut times: Vec<f64> = rows.clone().flat_map(of).copied().collect();
        times.sort_by(f64::total_cmp);
        times
    };
    let to_alert = sorted(|row| &row.to_alert);
    let to_acknowledge = sorted(|row| &row.to_acknowledge);
    SpeedFigures {
        alerts: rows.map(|row| row.alerts).sum(),
        acknowledged: i64::try_from(to_acknowledge.len()).unwrap_or(i64::MAX),
        median_seconds_to_alert: quantile(&to_alert, 0.5),
        p90_seconds_to_alert: quantile(&to_alert, 0.9),
        median_seconds_to_acknowledge: quantile(&to_acknowledge, 0.5),
        p90_seconds_to_acknowledge: quantile(&to_acknowledge, 0.9),
    }
}

/// As PostgreSQL's `percentile_cont`: between the two nearest, in proportion.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place in a list is small and not negative"
)]
fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = share * last as f64;
    let (below, above) = (place.floor() as usize, place.ceil() as usize);
    let (low, high) = (*sorted.get(below)?, *sorted.get(above)?);
    Some(if below == above { low } else { low + (high - low) * (place - place.floor()) })
}
