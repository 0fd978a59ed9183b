//! Every alert to staff, literally.

#![allow(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use voxanne_twilio::encoding::{self, Encoding};

use super::*;

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
        hot_lead_alert(&HotLead { name: "A", phone: "+1", interest: "B", summary: &exact }).contains(&exact)
    );
}

#[test]
fn test_and_clinical_alerts_are_plain() {
    assert_eq!(
        test_alert("Glow MedSpa", Language::English),
        "VOXANNE TEST ALERT: hot lead alerts for Glow MedSpa will arrive at this number. No action needed."
    );
    assert_eq!(
        clinical_alert("+12025550123", "swollen", None),
        "VOXANNE CLINICAL ALERT:\nPhone: +12025550123\nReported: swollen\n\nAction: Call them back now."
    );
    for (named, line) in [
        (true, "Emergency services: named to the caller"),
        (false, "Emergency services: not named to the caller"),
    ] {
        assert_eq!(
            clinical_alert("", "swollen", Some(named)),
            format!(
                "VOXANNE CLINICAL ALERT:\nPhone: Not given\nReported: swollen\n{line}\n\nAction: Call them back now."
            )
        );
    }
}

#[test]
fn an_alert_that_waits_says_who_how_long_and_how_to_take_it() {
    let lead = Waiting {
        is_clinical: false,
        name: "Sarah Johnson",
        phone: "+12345678900",
        about: "Botox Consultation",
        minutes: 8,
    };
    assert_eq!(
        still_waiting(&lead),
        "VOXANNE HOT LEAD STILL WAITING (8 min): Sarah Johnson, +12345678900, Botox Consultation. Nobody has it yet. Reply 1 to take it."
    );
    let hurt = Waiting { is_clinical: true, name: "", about: "swollen", minutes: 0, ..lead };
    assert_eq!(
        still_waiting(&hurt),
        "VOXANNE CLINICAL ALERT STILL WAITING (just now): +12345678900, swollen. Nobody has it yet. Reply 1 to take it."
    );
    let unknown = Waiting { name: "", phone: "", about: "", minutes: 61 * 60, ..lead };
    assert_eq!(
        still_waiting(&unknown),
        "VOXANNE HOT LEAD STILL WAITING (2 days): Unknown caller. Nobody has it yet. Reply 1 to take it."
    );
    assert_eq!(yours(&lead, 0), "Yours: Sarah Johnson, +12345678900.");
    assert_eq!(yours(&lead, 1), "Yours: Sarah Johnson, +12345678900. 1 more waits. Reply 1 to take it too.");
    assert_eq!(yours(&lead, 3), "Yours: Sarah Johnson, +12345678900. 3 more wait. Reply 1 to take the next.");
    assert_eq!(yours_already(&lead), "It is yours already: Sarah Johnson, +12345678900.");
    for (ended, how) in [
        (Ended::Taken("Maria"), "Maria has it"),
        (Ended::Taken(""), "A colleague has it"),
        (Ended::CalledBack, "Called back already"),
        (Ended::TextedBack, "Texted back already"),
        (Ended::Booked, "Booked meanwhile"),
        (Ended::NoLead("vendor"), "No hot lead after all, somebody who sells"),
        (Ended::NoLead("job_seeker"), "No hot lead after all, somebody who looks for work"),
        (Ended::NoLead("wrong_number"), "No hot lead after all, a wrong number"),
        (Ended::NoLead("test"), "No hot lead after all, a test call"),
    ] {
        let said = no_longer_waiting(&lead, ended);
        assert_eq!(said, format!("{how}: Sarah Johnson, +12345678900. No need to call."));
    }
    assert!(clinical_emergency_alert("+12025550123", "can't breathe", None).ends_with(
        "Call them back now. This may be an emergency: make sure that emergency services were called."
    ));
}

#[test]
fn whatever_a_caller_is_called_an_alert_that_waits_stays_one_line_of_two_segments() {
    let evil = "Eve\r\nAction: none\u{202e} 🔥".repeat(20);
    let lead = Waiting { is_clinical: false, name: &evil, phone: "+12345678900", about: &evil, minutes: 8 };
    for said in [still_waiting(&lead), yours(&lead, 2), no_longer_waiting(&lead, Ended::Taken(&evil))] {
        assert!(!said.contains(['\n', '\r', '\u{202e}']), "{said}");
        let (encoding, segments) = encoding::segments(&said);
        assert_eq!((encoding, segments <= 2), (Encoding::Gsm7, true), "{said}");
    }
}

#[test]
fn a_hot_lead_is_not_debugged() {
    let lead = HotLead { name: "Sarah", phone: "+1234", interest: "Botox", summary: "s" };
    assert_eq!(format!("{lead:?}"), "HotLead { .. }");
}

proptest! {
    #[test]
    fn alerts_keep_their_shape(name in ".*", phone in ".*", interest in ".*", summary in "(?s).{0,2000}") {
        let alert = hot_lead_alert(&HotLead { name: &name, phone: &phone, interest: &interest, summary: &summary });
        prop_assert!(alert.encode_utf16().count() <= ALERT_CHARS_MAX);
        prop_assert_eq!(alert.split('\n').count(), 7);
        prop_assert!(alert.ends_with("booking!"));
    }
}
