//! What the receptionist did and what it earned, in figures: calls, visits, money, leads, what callers could not have.
//! Each figure is defined in `docs/analytics.md`.
//! Reads only, but for what it keeps of days that are over (`kept_days`).
//!
//! **Invariant.** Which calls count is said by the view `counted_calls` and nowhere else.
//! **Invariant.** A day is one of the site's own calendar; a name is what the thing is called now.

mod count_figures;
mod csv;
mod day_counts;
mod days;
mod figures;
mod keep_figures;
mod places;
mod share;
mod store;
mod sums;
mod tables;
mod wanted;

pub use count_figures::{count_figures, figures};
pub use csv::write_csv;
pub use figures::{
    AssistantFigures, CallFigures, DayFigures, Figures, FiguresError, Funnel, HotFigures, HourFigures,
    SiteFigures, SpeedFigures, TextFigures, Totals, UnmetFigures, VisitFigures,
};
pub use keep_figures::keep_figures;
pub use places::{Place, Places, places};
pub use tables::{Table, rows_of};
pub use wanted::{DAYS_MAX, Days, Wanted};
