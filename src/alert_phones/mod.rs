//! The numbers that get an org's alerts: none counts before somebody who holds it has read a code out, and the one before hears
//! of it. Whether one works.
//!
//! **Invariant.** Nothing but [`confirm_phone`] gives an org another alert phone after its first one was set by its operator (T20).
//! **Invariant.** A test goes only to a number that is the org's, and to all of them together three times a day (T21).

mod begin_change;
mod change;
mod confirm_phone;
mod count_try;
mod remove_phone;
mod send_test;
mod standing;
mod store;
mod tell_former;
mod withdraw_change;

pub use begin_change::{BeginError, Begun, begin_change};
pub use change::{Asker, PendingPhone, is_in_force};
pub use confirm_phone::{ConfirmError, confirm_phone};
pub use count_try::count_try;
pub use remove_phone::remove_phone;
pub use send_test::{TestError, Tested, send_test};
pub use standing::{AlertPhones, PhoneStanding, TestedPhone, alert_phones};
pub use tell_former::tell_former;
pub use withdraw_change::withdraw_change;
