//! Texts to staff. English, and emoji where the product has them.

use std::fmt;

use super::alphabet::{field, gsm7_field};
use super::{CLINIC_MAX, PHONE_MAX};

const NAME_MAX: usize = 80;
const INTEREST_MAX: usize = 120;
const SUMMARY_MAX: usize = 200;
const CATEGORY_MAX: usize = 60;

/// A caller worth calling back now. `Debug` shows nothing of them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct HotLead<'a> {
    /// As they gave it.
    pub name: &'a str,
    /// E.164.
    pub phone: &'a str,
    /// The service they want.
    pub interest: &'a str,
    /// What the manager should know before calling.
    pub summary: &'a str,
}

impl fmt::Debug for HotLead<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HotLead").finish_non_exhaustive()
    }
}

/// To the manager: product section 5's format, emoji included, at most [`super::ALERT_CHARS_MAX`].
pub fn hot_lead_alert(lead: &HotLead<'_>) -> String {
    let name = field(lead.name, NAME_MAX, "Unknown caller");
    let phone = field(lead.phone, PHONE_MAX, "Not given");
    let interest = field(lead.interest, INTEREST_MAX, "Not said");
    let summary = field(lead.summary, SUMMARY_MAX, "High-value lead detected during call");
    format!(
        "🔥 VOXANNE HOT LEAD ALERT:\n👤 Name: {name}\n📞 Phone: {phone}\n💉 Interest: {interest}\n📝 Summary: {summary}\n\n\
         Action: Call them back ASAP to close the booking!"
    )
}

/// To the manager, from the settings page: the number works.
pub fn test_alert(clinic: &str) -> String {
    let clinic = gsm7_field(clinic, CLINIC_MAX, "your clinic");
    format!("VOXANNE TEST ALERT: hot lead alerts for {clinic} will arrive at this number. No action needed.")
}

/// To clinical staff: somebody may be hurt. `category` is the kind of symptom said ("swollen"), never the transcript.
pub fn clinical_alert(caller_phone: &str, category: &str) -> String {
    let phone = gsm7_field(caller_phone, PHONE_MAX, "Not given");
    let category = gsm7_field(category, CATEGORY_MAX, "A possible reaction");
    format!("VOXANNE CLINICAL ALERT:\nPhone: {phone}\nReported: {category}\n\nAction: Call them back now.")
}
