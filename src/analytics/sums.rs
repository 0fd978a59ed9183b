//! From counted rows to figures. Pure.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::figures::{
    AssistantFigures, CallFigures, DayFigures, Funnel, HotFigures, HourFigures, SiteFigures, SpeedFigures,
    TextFigures, Totals, UnmetFigures, VisitFigures,
};
use super::share::share;
use super::store::AssistantRow;
use super::store::calls::CallRow;
use super::store::speed::{HotRow, SpeedRow, TextRow};
use super::store::unmet::UnmetRow;
use super::store::visits::DueRow;
use crate::platform::bounded::Day;
use crate::platform::public::Public;
use crate::scheduling::SiteHours;

/// What the statements counted.
pub(super) struct Rows {
    pub calls: Vec<CallRow>,
    pub due: Vec<DueRow>,
    pub speed: Vec<SpeedRow>,
    pub hot: Vec<HotRow>,
    pub texts: Vec<TextRow>,
    pub unmet: Vec<UnmetRow>,
}

impl Rows {
    pub fn totals(&self, is_now: bool) -> Totals {
        let hot = self.hot.iter().find(|row| row.is_now == is_now).cloned().unwrap_or_default();
        let texts = self.texts.iter().find(|row| row.is_now == is_now).cloned().unwrap_or_default();
        Totals {
            calls: calls_of(self.calls.iter().filter(|row| row.is_now == is_now)),
            visits: visits_of(
                self.calls.iter().filter(|row| row.is_now == is_now),
                self.due.iter().filter(|row| row.is_now == is_now),
            ),
            speed: self.speed.iter().find(|row| row.is_now == is_now).map(speed_of).unwrap_or_default(),
            hot: HotFigures { calls: hot.calls, booked: hot.booked, precision: share(hot.booked, hot.calls) },
            texts: TextFigures { sent: texts.sent, delivered: texts.delivered, failed: texts.failed },
            unmet: self.unmet.iter().filter(|row| row.is_now == is_now).map(|row| row.times).sum(),
        }
    }

    pub fn of_site(&self, site: &SiteHours) -> SiteFigures {
        SiteFigures {
            id: Public(site.id),
            name: site.name.clone(),
            calls: calls_of(self.calls.iter().filter(|row| row.is_now && row.site == site.id.0)),
            visits: visits_of(
                self.calls.iter().filter(|row| row.is_now && row.site == site.id.0),
                self.due.iter().filter(|row| row.is_now && row.site == site.id.0),
            ),
        }
    }

    pub fn of_assistant(&self, assistant: &AssistantRow) -> AssistantFigures {
        let id = Some(assistant.id.0);
        let own = || self.calls.iter().filter(|row| row.is_now && row.assistant == id);
        AssistantFigures {
            id: Public(assistant.id),
            name: assistant.name.clone(),
            calls: calls_of(own()),
            bookings: own().map(|row| row.bookings).sum(),
            revenue_booked_cents: own().map(|row| row.booked_cents).sum(),
        }
    }

    /// Every day of the range, also one without a call.
    pub fn days(&self, (from, to): (Date, Date)) -> Vec<DayFigures> {
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
        for row in self.calls.iter().filter(|row| row.is_now) {
            if let Some(day) = days.get_mut(&row.day.to_jiff()) {
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
        for row in &self.calls {
            if let Some(hour) = row.hour {
                let weekday = row.day.to_jiff().weekday().to_monday_one_offset();
                *hours.entry((weekday, hour)).or_default() += row.calls;
            }
        }
        hours.into_iter().map(|((weekday, hour), calls)| HourFigures { weekday, hour, calls }).collect()
    }

    pub fn funnel(&self) -> Funnel {
        self.calls.iter().filter(|row| row.is_now).fold(Funnel::default(), |sum, row| Funnel {
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

/// What could not be had in the wanted range.
pub(super) fn unmet(rows: &[UnmetRow]) -> Vec<UnmetFigures> {
    let now = rows.iter().filter(|row| row.is_now);
    now.map(|row| UnmetFigures {
        service_id: Public(row.service_id),
        service: row.service.clone(),
        part_of_day: row.part.clone(),
        times: row.times,
        calls: row.calls,
    })
    .collect()
}

fn calls_of<'r>(rows: impl Iterator<Item = &'r CallRow>) -> CallFigures {
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
    booked: impl Iterator<Item = &'r CallRow>,
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

fn speed_of(row: &SpeedRow) -> SpeedFigures {
    SpeedFigures {
        alerts: row.alerts,
        acknowledged: row.acknowledged,
        median_seconds_to_alert: row.median_to_alert,
        p90_seconds_to_alert: row.p90_to_alert,
        median_seconds_to_acknowledge: row.median_to_acknowledge,
        p90_seconds_to_acknowledge: row.p90_to_acknowledge,
    }
}
