//! E-mails to the clinic's own people: who gets which, queueing one with what it tells, and handing it over.
//!
//! **Invariant.** A row of `emails` commits with the job that sends it, and with what it is about.
//! **Invariant.** The mail server is never talked to while a transaction is open, nor by the hands that send texts.
//!
//! SMTP has no idempotency key, and nobody can be asked whether a message arrived. So unlike a text, an e-mail whose
//! outcome is unknown is handed over once more: its Message-ID follows from the row's id, and mailboxes and mail programs
//! take a second message with the same Message-ID for the one they have. Twice in doubt is enough: then a person is told.
//! What an e-mail says goes to whoever runs the mail servers between. An alert says what the alert's text says, since
//! it is of no use without; its subject and the daily summary name nobody.

mod alert;
mod deliver;
mod email;
mod mailer;
mod queue_email;
mod recipient;
mod send_summary;
mod store;
mod trouble;
mod try_mail;
pub mod wording;
mod write_staff_mail;

pub use alert::{About, StaffAlert, alert_recipients};
pub use deliver::{DELIVER_EMAIL_TASK, DeliverEmail, DeliverEmailError, chase_unfinished, deliver};
pub use email::{EmailState, Kind};
pub use mailer::{Mailer, is_on};
pub use queue_email::{TestEmailError, queue_test};
pub use recipient::{
    Listing, RECIPIENTS_MAX, Recipient, RecipientFields, SaveError, StaffAddress, find_recipient,
    list_recipients, remove_recipient, save_recipient, summary_hour,
};
pub use send_summary::send_summary;
pub use try_mail::try_mail;
pub use write_staff_mail::write_staff_mail;
