//! What callers hear, and what it leaves behind.

mod book_appointment;
mod breakage;
mod check_availability;
mod kept_looks;
mod limits;
mod notify_hot_lead;
mod races;
mod repeats;
mod stories;
