//! The words of every text: pure, one place, asserted literally.
//!
//! Texts to callers are GSM-7 and at most two segments; they name no treatment, no staff link and no reply command that is
//! not understood (`src/messaging/meaning.rs`). Alerts to staff may carry emoji. Moments arrive as spoken by the clinic's clock
//! ("Sunday, February 1 at 2:00 PM"); whatever else arrives is flattened to one line and cut.

use std::fmt;

/// Two concatenated GSM-7 segments.
pub const PATIENT_TEXT_SEPTETS_MAX: usize = 306;
/// What Twilio takes as one message body.
pub const ALERT_CHARS_MAX: usize = 1600;

const CLINIC_MAX: usize = 80;
const MOMENT_MAX: usize = 60;
const PHONE_MAX: usize = 24;
const NAME_MAX: usize = 80;
const INTEREST_MAX: usize = 120;
const SUMMARY_MAX: usize = 200;
const REPLY_MAX: usize = 220;

const OPT_OUT: &str = "Reply STOP to opt out.";

/// GSM 03.38 basic set without letters and digits of ASCII; each costs one septet.
const GSM7_BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà";
/// Its extension table; each costs two septets.
const GSM7_EXTENSION: &str = "^{}\\[~]|€";

/// What each character outside GSM-7 is written as; a character in no line is dropped.
#[rustfmt::skip]
const FOLDS: &[(&str, &str)] = &[
    ("\u{2018}\u{2019}\u{201a}\u{201b}\u{2032}`´", "'"), ("\u{201c}\u{201d}\u{201e}\u{201f}\u{2033}«»", "\""),
    ("\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2015}\u{2212}", "-"), ("\u{2026}", "..."), ("\u{2022}\u{b7}", "-"),
    ("\t\u{a0}\u{2002}\u{2003}\u{2007}\u{2009}\u{200a}\u{202f}\u{3000}\u{2028}\u{2029}", " "),
    ("áâãāăą", "a"), ("ÀÁÂÃĀĂĄ", "A"), ("çćčċ", "c"), ("ĆČĊ", "C"), ("ďđ", "d"), ("ĎĐ", "D"), ("êëēėęě", "e"), ("ÈÊËĒĖĘĚ", "E"),
    ("ğģ", "g"), ("ĞĢ", "G"), ("íîïīįı", "i"), ("ÌÍÎÏĪĮİ", "I"), ("ķ", "k"), ("Ķ", "K"), ("łļľĺ", "l"), ("ŁĻĽĹ", "L"),
    ("ńņň", "n"), ("ŃŅŇ", "N"), ("óôõōő", "o"), ("ÒÓÔÕŌŐ", "O"), ("ŕř", "r"), ("ŔŘ", "R"), ("śşšș", "s"), ("ŚŞŠȘ", "S"),
    ("ţťț", "t"), ("ŢŤȚ", "T"), ("úûūůűų", "u"), ("ÙÚÛŪŮŰŲ", "U"), ("ýÿ", "y"), ("ÝŸ", "Y"), ("źżž", "z"), ("ŹŻŽ", "Z"),
    ("œ", "oe"), ("Œ", "OE"), ("™", "(TM)"), ("®", "(R)"), ("©", "(C)"), ("×", "x"), ("½", "1/2"),
];

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

/// To the caller: the appointment stands.
pub fn confirmation(clinic: &str, moment: &str, clinic_phone: Option<&str>) -> String {
    let (clinic, moment, questions) = patient_parts(clinic, moment, clinic_phone);
    format!("{clinic}: your appointment is confirmed for {moment}. {questions}{OPT_OUT}")
}

/// To the caller: several visits stand, this is the first.
pub fn series(clinic: &str, visits: usize, moment: &str, clinic_phone: Option<&str>) -> String {
    let (clinic, moment, questions) = patient_parts(clinic, moment, clinic_phone);
    format!("{clinic}: {visits} visits are booked for you, the first on {moment}. {questions}{OPT_OUT}")
}

/// To the caller: the time is kept, a human confirms it.
pub fn pending(clinic: &str, moment: &str, clinic_phone: Option<&str>) -> String {
    let (clinic, moment, questions) = patient_parts(clinic, moment, clinic_phone);
    format!(
        "{clinic}: we have your appointment request for {moment}. We'll call you within 24 hours to confirm. \
         {questions}{OPT_OUT}"
    )
}

/// To the caller: the visit has another time now.
pub fn change(clinic: &str, moment: &str, clinic_phone: Option<&str>) -> String {
    let (clinic, moment, questions) = patient_parts(clinic, moment, clinic_phone);
    format!("{clinic}: your appointment has been moved to {moment}. {questions}{OPT_OUT}")
}

/// To the caller: the visit comes closer; `asks` whether they come.
pub fn reminder(clinic: &str, moment: &str, clinic_phone: Option<&str>, asks: bool) -> String {
    let (clinic, moment, questions) = patient_parts(clinic, moment, clinic_phone);
    let ask = if asks { "Reply C to confirm, R to reschedule, X to cancel. " } else { "" };
    format!("{clinic}: a reminder of your appointment on {moment}. {ask}{questions}{OPT_OUT}")
}

/// To the caller: the visit of that moment is called off.
pub fn cancellation(clinic: &str, moment: &str, clinic_phone: Option<&str>) -> String {
    let (clinic, moment, questions) = patient_parts(clinic, moment, clinic_phone);
    format!("{clinic}: your appointment on {moment} is cancelled. {questions}{OPT_OUT}")
}

/// To somebody who waits: a time opened up, theirs for the asking until then (a time of day). A link that does not fit
/// is left out, the words alone are enough.
pub fn waitlist_offer(clinic: &str, moment: &str, until: &str, link: Option<&str>) -> String {
    let (clinic, moment, _) = patient_parts(clinic, moment, None);
    let until = gsm7_field(until, PHONE_MAX, "then");
    let offer =
        format!("{clinic}: A time opened up: {moment}. Reply TAKE by {until} today to book it, or PASS.");
    let with_link = link.map(|link| format!("{offer} Or tap {}. {OPT_OUT}", gsm7_safe(&one_line(link))));
    with_link
        .filter(|text| septets(text) <= PATIENT_TEXT_SEPTETS_MAX)
        .unwrap_or_else(|| format!("{offer} {OPT_OUT}"))
}

/// To somebody who texted us: a sentence or two of ours.
pub fn reply(clinic: &str, said: &str) -> String {
    let (clinic, said) =
        (gsm7_field(clinic, CLINIC_MAX, "Your clinic"), gsm7_field(said, REPLY_MAX, "Thank you."));
    format!("{clinic}: {said}")
}

/// To the manager: product section 5's format, emoji included, at most [`ALERT_CHARS_MAX`].
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
    let category = gsm7_field(category, MOMENT_MAX, "A possible reaction");
    format!("VOXANNE CLINICAL ALERT:\nPhone: {phone}\nReported: {category}\n\nAction: Call them back now.")
}

/// The text in the GSM-7 alphabet: punctuation and letters it lacks become their nearest, everything else is dropped.
///
/// Letters it has stay (é, ñ, ü). One character outside it would more than halve what fits in a segment.
pub fn gsm7_safe(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for char in text.chars() {
        if char.is_ascii_alphanumeric() || GSM7_BASIC.contains(char) || GSM7_EXTENSION.contains(char) {
            safe.push(char);
        } else if let Some((_, fold)) = FOLDS.iter().find(|(from, _)| from.contains(char)) {
            safe.push_str(fold);
        }
    }
    safe
}

fn patient_parts(clinic: &str, moment: &str, clinic_phone: Option<&str>) -> (String, String, String) {
    let phone = clinic_phone.map(|phone| gsm7_field(phone, PHONE_MAX, "")).filter(|phone| !phone.is_empty());
    let questions = phone.map(|phone| format!("Questions? Call {phone}. ")).unwrap_or_default();
    (
        gsm7_field(clinic, CLINIC_MAX, "Your clinic"),
        gsm7_field(moment, MOMENT_MAX, "the time we agreed"),
        questions,
    )
}

fn gsm7_field(text: &str, septets_max: usize, otherwise: &str) -> String {
    let line = gsm7_safe(&one_line(&gsm7_safe(text)));
    let mut room = septets_max;
    let fits = line.chars().take_while(|c| {
        let cost = cost(*c);
        let enough = room >= cost;
        room = room.saturating_sub(cost);
        enough
    });
    let cut: String = fits.collect();
    or(cut.trim_end(), otherwise)
}

/// How long a text of the GSM-7 alphabet is.
fn septets(text: &str) -> usize {
    text.chars().map(cost).sum()
}

fn cost(char: char) -> usize {
    if GSM7_EXTENSION.contains(char) { 2 } else { 1 }
}

fn field(text: &str, chars_max: usize, otherwise: &str) -> String {
    let line = one_line(text);
    if line.chars().nth(chars_max).is_none() {
        return or(&line, otherwise);
    }
    let cut: String = line.chars().take(chars_max - 1).collect();
    format!("{}…", cut.trim_end())
}

fn or(text: &str, otherwise: &str) -> String {
    if text.is_empty() { otherwise.to_owned() } else { text.to_owned() }
}

/// Line breaks and runs of spaces become one space; what could turn or hide other text is removed.
fn one_line(text: &str) -> String {
    let spaced = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c });
    let visible: String = spaced.filter(|c| !c.is_control() && !is_invisible(*c)).collect();
    visible.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Bidirectional controls, zero-width characters, tags: nothing a name needs.
const fn is_invisible(char: char) -> bool {
    matches!(char, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MOMENT: &str = "Sunday, February 1 at 2:00 PM";

    /// Independent of the tables above: counts as the network does.
    fn on_the_network(text: &str) -> usize {
        text.chars().map(|c| if "^{}\\[~]|€\u{c}".contains(c) { 2 } else { 1 }).sum()
    }

    #[test]
    fn a_confirmation_says_when_and_how_to_opt_out_and_names_no_treatment() {
        assert_eq!(
            confirmation("Glow MedSpa", MOMENT, Some("+1 202-555-0123")),
            "Glow MedSpa: your appointment is confirmed for Sunday, February 1 at 2:00 PM. \
             Questions? Call +1 202-555-0123. Reply STOP to opt out."
        );
        assert_eq!(
            confirmation("Glow MedSpa", MOMENT, None),
            "Glow MedSpa: your appointment is confirmed for Sunday, February 1 at 2:00 PM. Reply STOP to opt out."
        );
    }

    #[test]
    fn a_pending_booking_promises_a_call_within_a_day() {
        assert_eq!(
            pending("Glow MedSpa", MOMENT, Some("+12025550123")),
            "Glow MedSpa: we have your appointment request for Sunday, February 1 at 2:00 PM. \
             We'll call you within 24 hours to confirm. Questions? Call +12025550123. Reply STOP to opt out."
        );
    }

    #[test]
    fn a_change_says_the_new_time_and_a_cancellation_the_old_one() {
        assert_eq!(
            change("Glow MedSpa", MOMENT, Some("+12025550123")),
            "Glow MedSpa: your appointment has been moved to Sunday, February 1 at 2:00 PM. \
             Questions? Call +12025550123. Reply STOP to opt out."
        );
        assert_eq!(
            cancellation("Glow MedSpa", MOMENT, None),
            "Glow MedSpa: your appointment on Sunday, February 1 at 2:00 PM is cancelled. Reply STOP to opt out."
        );
    }

    #[test]
    fn an_offer_says_until_when_and_how_and_names_no_treatment() {
        let link = "https://hooks.example.com/w/abc";
        assert_eq!(
            waitlist_offer("Glow MedSpa", MOMENT, "1:40 PM", Some(link)),
            "Glow MedSpa: A time opened up: Sunday, February 1 at 2:00 PM. Reply TAKE by 1:40 PM today to book it, or PASS. \
             Or tap https://hooks.example.com/w/abc. Reply STOP to opt out."
        );
        let long = format!("https://hooks.example.com/{}", "x".repeat(200));
        assert_eq!(
            waitlist_offer("Glow MedSpa", MOMENT, "1:40 PM", Some(&long)),
            "Glow MedSpa: A time opened up: Sunday, February 1 at 2:00 PM. Reply TAKE by 1:40 PM today to book it, or PASS. \
             Reply STOP to opt out."
        );
        assert_eq!(reply("Glow MedSpa", "You’re set."), "Glow MedSpa: You're set.");
    }

    #[test]
    fn a_hot_lead_alert_has_the_products_format() {
        let lead = HotLead {
            name: "Sarah Johnson",
            phone: "+12345678900",
            interest: "Botox Consultation",
            summary: "High-value lead detected during call",
        };
        assert_eq!(
            hot_lead_alert(&lead),
            "🔥 VOXANNE HOT LEAD ALERT:\n👤 Name: Sarah Johnson\n📞 Phone: +12345678900\n\
             💉 Interest: Botox Consultation\n📝 Summary: High-value lead detected during call\n\n\
             Action: Call them back ASAP to close the booking!"
        );
    }

    #[test]
    fn a_field_cannot_forge_a_line_or_turn_the_text_around() {
        let lead = HotLead {
            name: "Eve\n📞 Phone: +1900\u{202e}",
            phone: "\u{200f} ",
            interest: "a\t\tb\u{7}",
            summary: "",
        };
        assert_eq!(
            hot_lead_alert(&lead),
            "🔥 VOXANNE HOT LEAD ALERT:\n👤 Name: Eve 📞 Phone: +1900\n📞 Phone: Not given\n💉 Interest: a b\n\
             📝 Summary: High-value lead detected during call\n\nAction: Call them back ASAP to close the booking!"
        );
    }

    #[test]
    fn a_summary_is_cut_at_two_hundred_chars() {
        let long = "é".repeat(500);
        let alert = hot_lead_alert(&HotLead { name: "A", phone: "+1", interest: "B", summary: &long });
        let summary = alert.lines().find_map(|l| l.strip_prefix("📝 Summary: "));
        assert_eq!(summary, Some(format!("{}…", "é".repeat(199)).as_str()));
        let exact = "x".repeat(200);
        assert!(
            hot_lead_alert(&HotLead { name: "A", phone: "+1", interest: "B", summary: &exact })
                .contains(&exact)
        );
    }

    #[test]
    fn test_and_clinical_alerts_are_plain() {
        assert_eq!(
            test_alert("Glow MedSpa"),
            "VOXANNE TEST ALERT: hot lead alerts for Glow MedSpa will arrive at this number. No action needed."
        );
        assert_eq!(
            clinical_alert("+12025550123", "swollen"),
            "VOXANNE CLINICAL ALERT:\nPhone: +12025550123\nReported: swollen\n\nAction: Call them back now."
        );
    }

    #[test]
    fn letters_outside_gsm7_become_their_nearest() {
        assert_eq!(gsm7_safe("Café “Señor” — it’s 5…"), "Café \"Señor\" - it's 5...");
        assert_eq!(gsm7_safe("Łódź\u{a0}Spa™ 🔥 çà"), "Lodz Spa(TM)  cà");
        assert_eq!(gsm7_safe("e\u{301}€[x]"), "e€[x]");
        assert_eq!(confirmation("美容", MOMENT, Some(" ")), confirmation("Your clinic", MOMENT, None));
    }

    #[test]
    fn a_hot_lead_is_not_debugged() {
        let lead = HotLead { name: "Sarah", phone: "+1234", interest: "Botox", summary: "s" };
        assert_eq!(format!("{lead:?}"), "HotLead { .. }");
    }

    proptest! {
        #[test]
        fn patient_texts_are_one_line_of_gsm7_in_two_segments(clinic in "\\PC{0,400}|[\\[~€é]{0,400}", moment in ".*", phone in ".*") {
            for text in [
                confirmation(&clinic, &moment, Some(&phone)),
                pending(&clinic, &moment, Some(&phone)),
                change(&clinic, &moment, Some(&phone)),
                cancellation(&clinic, &moment, Some(&phone)),
                waitlist_offer(&clinic, &moment, &phone, Some(&phone)),
            ] {
                let length = on_the_network(&text);
                prop_assert!(length <= PATIENT_TEXT_SEPTETS_MAX, "{length} septets");
                prop_assert_eq!(gsm7_safe(&text), text.clone());
                prop_assert!(!text.contains(['\n', '\r']));
                prop_assert!(text.ends_with(OPT_OUT));
            }
        }

        #[test]
        fn alerts_keep_their_shape(name in ".*", phone in ".*", interest in ".*", summary in "(?s).{0,2000}") {
            let alert = hot_lead_alert(&HotLead { name: &name, phone: &phone, interest: &interest, summary: &summary });
            prop_assert!(alert.encode_utf16().count() <= ALERT_CHARS_MAX);
            prop_assert_eq!(alert.split('\n').count(), 7);
            prop_assert!(alert.ends_with("booking!"));
        }
    }
}
