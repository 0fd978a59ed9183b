//! What figures there are. Serialised as the API tells them.

use serde::Serialize;
use utoipa::ToSchema;

use super::wanted::Days;
use crate::platform::bounded::Day;
use crate::platform::ids::{AssistantId, LocationId, ServiceId};
use crate::platform::public::Public;

/// Why there are no figures.
#[derive(Debug, thiserror::Error)]
pub enum FiguresError {
    /// The days end before they begin, or are too many.
    #[error("the days are none, or too many")]
    Days,
    /// The org has no such site.
    #[error("there is no such site")]
    Location,
    /// The org has no such assistant.
    #[error("there is no such assistant")]
    Assistant,
    /// The database refused.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
}

/// Figures of some days, with those of as many days before. Test calls and what came of them are nowhere among them.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Figures {
    /// The days that were asked for, by the calendar of each site.
    pub window: Days,
    /// As many days before them.
    pub window_before: Days,
    /// The zones of the sites that are counted.
    pub time_zones: Vec<String>,
    /// What there was.
    pub now: Totals,
    /// The same of the days before.
    pub before: Totals,
    /// Each day, in order.
    pub days: Vec<DayFigures>,
    /// Each hour of the week in which somebody called.
    pub hours: Vec<HourFigures>,
    /// Each site that is counted.
    pub locations: Vec<SiteFigures>,
    /// Each assistant that is counted.
    pub assistants: Vec<AssistantFigures>,
    /// From a call to money.
    pub funnel: Funnel,
    /// What was asked for and could not be had, the most wanted first.
    pub unmet: Vec<UnmetFigures>,
}

/// Everything that is one number.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
#[expect(missing_docs, reason = "named after their types")]
pub struct Totals {
    pub calls: CallFigures,
    pub visits: VisitFigures,
    pub speed: SpeedFigures,
    pub hot: HotFigures,
    pub texts: TextFigures,
    /// Times that were asked for and could not be had.
    pub unmet: i64,
}

/// Calls that came in, by the day on which they did.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct CallFigures {
    /// All of them.
    pub calls: i64,
    /// Those in which the caller said or asked the assistant something.
    pub answered: i64,
    /// Those that are over and in which the caller never did: it rang out, failed, or they hung up at the greeting.
    pub missed: i64,
    /// Those in which at least one visit was made.
    pub booked: i64,
    /// Of the answered ones, the share that was booked.
    pub conversion: Option<f64>,
    /// Answered calls of people who are new.
    pub new_leads: i64,
    /// Of those, the ones that were booked.
    pub new_leads_booked: i64,
    /// Their share.
    pub new_lead_conversion: Option<f64>,
    /// Calls while the site was closed, by its hours as they are written down now.
    pub after_hours: i64,
    /// Their share of all calls.
    pub after_hours_share: Option<f64>,
    /// How long the calls took together.
    pub seconds: i64,
    /// What the voice platform charged for them, in millionths of a US dollar.
    pub cost_micros: i64,
}

/// Visits that callers made. Prices are those of the catalogue now.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct VisitFigures {
    /// Visits that were made, by the day of the call in which they were.
    pub bookings: i64,
    /// What they cost.
    pub revenue_booked_cents: i64,
    /// Visits to which somebody came, by the day of the visit.
    pub kept: i64,
    /// What they cost.
    pub revenue_kept_cents: i64,
    /// Visits to which nobody came.
    pub no_shows: i64,
    /// Of both, the share to which nobody came.
    pub no_show_rate: Option<f64>,
}

/// How fast hot leads reached somebody, by the day of the alert.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct SpeedFigures {
    /// Alerts of hot leads.
    pub alerts: i64,
    /// Those that a person took.
    pub acknowledged: i64,
    /// From when somebody should know (the tool, the report, or the opening) until the first text had left.
    pub median_seconds_to_alert: Option<f64>,
    /// Nine of ten were as fast.
    pub p90_seconds_to_alert: Option<f64>,
    /// From the first telling until a person took it; of leads who booked before that, none.
    pub median_seconds_to_acknowledge: Option<f64>,
    /// Nine of ten were as fast.
    pub p90_seconds_to_acknowledge: Option<f64>,
}

/// Whether "hot" was true.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct HotFigures {
    /// Hot calls that have had their time to book.
    pub calls: i64,
    /// Of those, the ones whose person booked.
    pub booked: i64,
    /// Their share.
    pub precision: Option<f64>,
}

/// Texts, by the day on which they were queued.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct TextFigures {
    /// The provider took them.
    pub sent: i64,
    /// The carrier delivered them.
    pub delivered: i64,
    /// They were refused, or did not arrive.
    pub failed: i64,
}

/// One day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[expect(missing_docs, reason = "as in the totals")]
pub struct DayFigures {
    #[schema(inline)]
    pub day: Day,
    pub calls: i64,
    pub answered: i64,
    pub missed: i64,
    pub bookings: i64,
    pub revenue_booked_cents: i64,
}

/// One hour of the week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HourFigures {
    /// 1 is Monday.
    pub weekday: i8,
    /// 0 to 23, by the site's clock.
    pub hour: i16,
    /// Calls that came in.
    pub calls: i64,
}

/// One site.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[expect(missing_docs, reason = "as in the totals")]
pub struct SiteFigures {
    #[schema(inline)]
    pub id: Public<LocationId>,
    /// As it is called now.
    pub name: String,
    pub calls: CallFigures,
    pub visits: VisitFigures,
}

/// One assistant.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[expect(missing_docs, reason = "as in the totals")]
pub struct AssistantFigures {
    #[schema(inline)]
    pub id: Public<AssistantId>,
    /// As it is called now.
    pub name: String,
    pub calls: CallFigures,
    pub bookings: i64,
    pub revenue_booked_cents: i64,
}

/// Calls of the range, and how far they came. `booked` and what follows are of leads, hot or not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Funnel {
    /// All calls.
    pub called: i64,
    /// From people who can buy: new ones, and patients.
    pub leads: i64,
    /// Of those, the ones scored hot.
    pub hot: i64,
    /// Leads that made a visit in the call.
    pub booked: i64,
    /// Leads who came to it.
    pub came: i64,
    /// Leads whose visit was completed.
    pub kept: i64,
    /// What those visits cost by the catalogue.
    pub kept_cents: i64,
}

/// What was asked for and could not be had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UnmetFigures {
    /// Of what.
    #[schema(inline)]
    pub service_id: Public<ServiceId>,
    /// As it is called now.
    pub service: String,
    /// `morning`, `afternoon` (from noon), `evening` (from 5 PM) or `any`.
    pub part_of_day: String,
    /// How often: another day is another time, the same question again is not.
    pub times: i64,
    /// In how many calls.
    pub calls: i64,
}
