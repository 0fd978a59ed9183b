//! The words of every text: pure, one place, asserted literally.
//!
//! Texts to people are one line of GSM-7 and at most two segments; they name no treatment, no staff link and no reply
//! command that is not understood (`src/messaging/meaning.rs`) or that a carrier takes for an opt-out. Alerts to staff may
//! carry emoji. Moments are told by the clinic's clock, with weekday and AM or PM; whatever else arrives is flattened to
//! one line and cut.
//!
//! Spanish stays in GSM-7 too, which has é, ñ, ü, ¡ and ¿ but not á, í, ó or ú: those lose their accent. One of them would
//! turn the whole text into UCS-2, 67 characters to a segment instead of 153, and a confirmation from one or two segments
//! into three or four. People read *sabado* as they text it themselves; the words here are chosen to need few of them.

#[cfg(test)]
mod alert_tests;
mod alerts;
mod alphabet;
pub mod answers;
mod built_in;
mod check;
#[cfg(test)]
mod check_tests;
mod letters;
mod phones;
mod template;
#[cfg(test)]
mod tests;
mod times;
mod write;

use jiff::Zoned;

pub use alerts::{
    Ended, HotLead, Waiting, clinical_alert, clinical_emergency_alert, hot_lead_alert, no_longer_waiting,
    still_waiting, yours, yours_already,
};
pub use alphabet::{field, gsm7_safe};
pub use check::{Checked, Flaw, Premises, built_in, check, check_step};
pub use letters::{
    cancellation, change, confirmation, details_request, help, missed_call, nurture, pending, reminder,
    reply, series, waitlist_offer,
};
pub use phones::{PhonePurpose, phone_code, phone_notice, test_alert};
pub use template::{Placeholder, Template, TemplateKind, Templates, UnknownKind};
pub use times::{times_gone, times_let_go, times_offer, times_taken};

use crate::language::Language;

/// What a text to a person may be billed as.
pub const PATIENT_SEGMENTS_MAX: usize = 2;
/// What Twilio takes as one message body.
pub const ALERT_CHARS_MAX: usize = 1600;

const CLINIC_MAX: usize = 80;
const PHONE_MAX: usize = 24;
const FIRST_NAME_MAX: usize = 20;
const SERVICE_MAX: usize = 40;
const LINK_MAX: usize = 120;
const REPLY_MAX: usize = 220;

/// Whom a text is from, and in which words: the same for every text of a visit or a conversation.
#[derive(Debug, Clone, Copy)]
pub struct Letterhead<'a> {
    /// The clinic, or the site of a clinic with several.
    pub clinic: &'a str,
    /// The number to call.
    pub phone: Option<&'a str>,
    /// The contact's language, else the org's.
    pub language: Language,
    /// The org's own words.
    pub templates: &'a Templates,
    /// The recipient's first name, for templates that greet.
    pub first_name: Option<&'a str>,
    /// The treatment, for orgs that chose to name it.
    pub service: Option<&'a str>,
}

impl<'a> Letterhead<'a> {
    /// Without words of the org's own.
    pub const fn plain(clinic: &'a str, phone: Option<&'a str>, language: Language) -> Self {
        static NONE: Templates = Templates::none();
        Self { clinic, phone, language, templates: &NONE, first_name: None, service: None }
    }

    /// To somebody whose name was given.
    #[must_use]
    pub const fn to(self, first_name: Option<&'a str>) -> Self {
        Self { first_name, ..self }
    }

    /// About a treatment; only a template of an org that names treatments says which.
    #[must_use]
    pub const fn about(self, service: Option<&'a str>) -> Self {
        Self { service, ..self }
    }
}

/// What a text is about, as far as it is about a time.
#[derive(Debug, Clone, Copy, Default)]
struct About<'a> {
    moment: Option<&'a Zoned>,
    /// The day it is read on, where that is told as today or tomorrow.
    today: Option<jiff::civil::Date>,
    until: Option<&'a Zoned>,
    visits: usize,
    link: Option<&'a str>,
    asks: bool,
}
