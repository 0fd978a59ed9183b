//! Texts to staff. English, and emoji where the product has them.

use std::fmt;

use super::PHONE_MAX;
use super::alphabet::{field, gsm7_field};

const NAME_MAX: usize = 80;
const INTEREST_MAX: usize = 120;
const SUMMARY_MAX: usize = 200;
const CATEGORY_MAX: usize = 60;
const STAFF_MAX: usize = 40;

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

/// To clinical staff: somebody may be hurt. `category` is the kind of symptom said ("swollen"), never the transcript; `named_help`
/// whether they heard of emergency services, where that is known.
pub fn clinical_alert(caller_phone: &str, category: &str, named_help: Option<bool>) -> String {
    let phone = gsm7_field(caller_phone, PHONE_MAX, "Not given");
    let category = gsm7_field(category, CATEGORY_MAX, "A possible reaction");
    let help = match named_help {
        Some(true) => "\nEmergency services: named to the caller",
        Some(false) => "\nEmergency services: not named to the caller",
        None => "",
    };
    format!(
        "VOXANNE CLINICAL ALERT:\nPhone: {phone}\nReported: {category}{help}\n\nAction: Call them back now."
    )
}

/// To clinical staff, when emergency services are needed.
pub fn clinical_emergency_alert(caller_phone: &str, category: &str, named_help: Option<bool>) -> String {
    let alert = clinical_alert(caller_phone, category, named_help);
    format!("{alert} This may be an emergency: make sure that emergency services were called.")
}

/// An alert that waits for somebody. `Debug` shows nothing of the caller.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Waiting<'a> {
    /// Somebody may be hurt; else a hot lead.
    pub is_clinical: bool,
    /// The caller, when they gave a name.
    pub name: &'a str,
    /// E.164, when it is known.
    pub phone: &'a str,
    /// What they want, or the kind of symptom said.
    pub about: &'a str,
    /// How long they have been waiting.
    pub minutes: i64,
}

impl fmt::Debug for Waiting<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiting").finish_non_exhaustive()
    }
}

impl Waiting<'_> {
    /// "Sarah Johnson, +12345678900".
    fn who(&self) -> String {
        let (name, phone) = (gsm7_field(self.name, NAME_MAX, ""), gsm7_field(self.phone, PHONE_MAX, ""));
        match (name.is_empty(), phone.is_empty()) {
            (false, false) => format!("{name}, {phone}"),
            (false, true) => name,
            (true, false) => phone,
            (true, true) => "Unknown caller".to_owned(),
        }
    }
}

/// To whoever is next, and once more to those who were told: nobody has taken it.
pub fn still_waiting(alert: &Waiting<'_>) -> String {
    let what = if alert.is_clinical { "CLINICAL ALERT" } else { "HOT LEAD" };
    let about = gsm7_field(alert.about, CATEGORY_MAX, "");
    let about = if about.is_empty() { about } else { format!(", {about}") };
    let (who, waited) = (alert.who(), waited(alert.minutes));
    format!("VOXANNE {what} STILL WAITING ({waited}): {who}{about}. Nobody has it yet. Reply 1 to take it.")
}

/// To whoever took it: who to call, and how many more wait.
pub fn yours(alert: &Waiting<'_>, others: i64) -> String {
    let more = match others {
        i64::MIN..=0 => String::new(),
        1 => " 1 more waits. Reply 1 to take it too.".to_owned(),
        n => format!(" {n} more wait. Reply 1 to take the next."),
    };
    format!("Yours: {}.{more}", alert.who())
}

/// To whoever took it before.
pub fn yours_already(alert: &Waiting<'_>) -> String {
    format!("It is yours already: {}.", alert.who())
}

/// How an alert came to an end, as colleagues are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended<'a> {
    /// Somebody took it; without a name, a colleague.
    Taken(&'a str),
    /// They were called back.
    CalledBack,
    /// They were texted back.
    TextedBack,
    /// They booked.
    Booked,
    /// They may be hurt.
    Clinical,
    /// What the call is, by the name of its class or as a `test`, cannot buy.
    NoLead(&'a str),
}

/// To the others who were told, so that nobody calls twice; and to whoever wants to take it later.
pub fn no_longer_waiting(alert: &Waiting<'_>, ended: Ended<'_>) -> String {
    let who = alert.who();
    let how = match ended {
        Ended::Taken(by) => format!("{} has it", gsm7_field(by, STAFF_MAX, "A colleague")),
        Ended::CalledBack => "Called back already".to_owned(),
        Ended::TextedBack => "Texted back already".to_owned(),
        Ended::Booked => "Booked meanwhile".to_owned(),
        Ended::Clinical => {
            return format!("No hot lead after all: {who} may be hurt. The clinical alert takes its place.");
        }
        Ended::NoLead("complaint") => {
            return format!("No hot lead after all, a complaint: {who}. See the call before you call back.");
        }
        Ended::NoLead(class) => format!("No hot lead after all{}", what(class)),
    };
    format!("{how}: {who}. No need to call.")
}

/// What a call is that is no lead.
fn what(class: &str) -> &'static str {
    match class {
        "vendor" => ", somebody who sells",
        "wrong_number" => ", a wrong number",
        "job_seeker" => ", somebody who looks for work",
        "test" => ", a test call",
        _ => "",
    }
}

/// "8 min", "2 h", "3 days".
fn waited(minutes: i64) -> String {
    match minutes {
        i64::MIN..=0 => "just now".to_owned(),
        1..=119 => format!("{minutes} min"),
        120..=2879 => format!("{} h", minutes / 60),
        _ => format!("{} days", minutes / (24 * 60)),
    }
}
