//! What callers hear, and what it leaves behind.

mod book_appointment;
mod breakage;
mod cancel_appointment;
mod check_availability;
mod find_my_appointments;
mod find_openings;
mod get_clinic_info;
mod kept_looks;
mod limits;
mod notify_hot_lead;
mod own_visits;
mod prepare_and_confirm;
mod races;
mod repeats;
mod request_human;
mod reschedule_appointment;
mod stories;
mod symptoms;
