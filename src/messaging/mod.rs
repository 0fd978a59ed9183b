//! Texts: whether one may leave, queueing it with what it confirms, handing it over once, and what became of it.
//!
//! **Invariant.** A row of `texts` commits with the job that sends it; nothing else reaches the provider.
//! **Invariant.** The provider is never called while a transaction is open, and a text whose outcome is unknown is looked
//! up before it is sent again.

mod account;
mod account_health;
mod ask;
mod chase;
mod close_question;
mod connect_twilio;
mod daytime;
mod deliver;
mod forecast;
pub mod http;
mod lately;
mod may_send;
mod meaning;
mod open_question;
mod provider;
mod question;
mod queue_text;
mod receive_text;
mod record_consent;
mod record_status;
mod send_again;
mod store;
mod text;
mod threads;
mod withdraw;
pub mod wording;
mod write_template;

pub use account::{SANDBOX_ACCOUNT_SID, SANDBOX_AUTH_TOKEN, SANDBOX_NUMBER};
pub use account_health::{AccountHealth, AccountTrouble, account_health};
pub use ask::ask;
pub use chase::chase_unfinished;
pub use close_question::{close_question, close_questions_about};
pub use connect_twilio::connect_twilio;
pub use daytime::{Daytime, clocks};
pub use deliver::{DELIVER_TASK, DeliverError, DeliverText, deliver};
pub use forecast::{Forecast, daytime_of, forecast};
pub use lately::{Lately, lately, texted_visits, texts_of_sender};
pub use may_send::{Class, Limits, Recipient, Rule, Sent, Verdict, may_send};
pub use meaning::{Meaning, is_spanish};
pub use open_question::{open_question, open_questions};
pub use question::{Choice, NewQuestion, Question, QuestionKind, Wish};
pub use queue_text::{NewText, QueueError, Queued, queue_text, queue_text_before};
pub use receive_text::{Inbound, Received, has_opted_out, inbound, mark_answered, receive_text};
pub use record_consent::{ConsentError, NewConsent, Purpose, Source, record_consent};
pub use record_status::{Recorded, record_status};
pub use store::{Before, Consent, Message, OwnTemplate, Thread, consents, own_templates, templates};
pub use text::{Kind, TextState};
pub use threads::{mark_read, messages, phone_of, thread, threads};
pub use withdraw::withdraw;
pub use write_template::{NewTemplate, WriteTemplateError, write_template};
