//! Book, hold, move, call off: one ledger, one way to write it.
//!
//! **Invariant.** Every writer opens the ledger first ([`scheduling::open_ledger`](crate::scheduling::open_ledger)):
//! sorted locks, lapsed holds reaped whole. Claims go in sorted, and fewer rows than asked for means taken.
//! **Invariant.** Nothing is deleted but holds. Every change of a visit is a version with its row in
//! `appointment_changes`.

mod appointment;
mod attendance;
mod book;
mod book_series;
mod cancel;
mod change;
mod check_zones;
mod confirm_attendance;
mod freed;
mod history;
mod hold;
mod hold_each;
mod hold_instead;
mod hold_moves;
mod hold_times;
mod list;
mod plan_reminders;
mod policy;
mod record;
mod reminder_times;
mod reminders_of;
mod report_unanswered;
mod reschedule;
mod send_reminders;
mod set_state;
mod settle_conflict;
mod spoken;
mod store;
mod tell;
mod visits_ahead;

pub use appointment::{Actor, Status};
pub use attendance::Attendance;
pub use book::{BookError, Booked, NewBooking, book};
pub use book_series::{BookedSeries, LeftOut, Series, SeriesError, book_series};
pub use cancel::cancel;
pub use change::{Appointment, ChangeError, Changed, Target, ahead_of_phone, called_off_by_phone, find};
pub use check_zones::check_zones;
pub use confirm_attendance::{ConfirmError, Confirmed, confirm_attendance};
pub use freed::{OFFER_TASK, OfferOpening, offer_later};
pub use history::{Version, history};
pub use hold::{Held, hold, hold_for, release_hold, release_holds};
pub use hold_instead::hold_instead;
pub use hold_moves::{Moves, hold_moves};
pub use hold_times::{Times, hold_times};
pub use list::{Visits, list};
pub use plan_reminders::plan_reminders_anew;
pub use policy::Policy;
pub use reminders_of::{Reminder, reminders_of};
pub use report_unanswered::report_unanswered;
pub use reschedule::{Reschedule, reschedule};
pub use send_reminders::{RemindError, send_reminders};
pub use set_state::set_state;
pub use settle_conflict::{SettleError, Settlement, settle_conflict};
pub use spoken::{SENTENCES, refused_sentence, unchanged_sentence};
pub use store::{Upcoming, next_of_contact};
pub use visits_ahead::{VisitAhead, visits_ahead};
