//! Which of an org's own words are refused, and what becomes of those that are kept.

#![allow(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;

use super::check::{Checked, Flaw, Premises, check};
use super::tests::all;
use super::*;
use crate::language::Language;
use voxanne_twilio::encoding;

const HEADS: [Letterhead<'_>; 2] = [
    Letterhead::plain("Glow MedSpa", Some("+12025550123"), Language::English),
    Letterhead::plain(
        "Glow MedSpa & Wellness of Downtown Santa Monica",
        Some("+13105550199"),
        Language::English,
    ),
];

const GLOW: Premises<'_> = Premises {
    heads: &HEADS,
    treatments: &["Botox", "Laser Hair Removal"],
    link: Some("https://hooks.example.com/w/0123456789012345678901234567890123456789012"),
    own_host: "hooks.example.com",
};

fn checked(kind: TemplateKind, body: &str) -> Checked {
    check(kind, body, &GLOW)
}

fn flaws(kind: TemplateKind, body: &str) -> Vec<&'static str> {
    checked(kind, body).flaws.iter().map(Flaw::code).collect()
}

fn own(kind: TemplateKind, body: &str, name_treatments: bool) -> Templates {
    let of = |language| (kind, language, Template::read(body));
    Templates::new(Language::ALL.map(of), name_treatments)
}

#[test]
fn our_own_words_pass_the_check_in_both_languages() {
    for kind in TemplateKind::ALL {
        for language in Language::ALL {
            let heads = HEADS.map(|head| Letterhead { language, ..head });
            let premises = Premises { heads: &heads, ..GLOW };
            let checked = check(kind, check::built_in(kind, language), &premises);
            assert_eq!(checked.flaws, [], "{kind:?} {language}");
            assert!(checked.is_signed && checked.costly.is_empty(), "{kind:?} {language}");
        }
    }
}

#[test]
fn a_template_is_shown_as_a_patient_reads_it() {
    let checked = checked(
        TemplateKind::Confirmation,
        "Hi {first_name}! {clinic} expects you {day} at {time}. Call {phone}.",
    );
    assert_eq!(
        checked.example.as_deref(),
        Some(
            "Hi Ana! Glow MedSpa expects you Sunday, February 1 at 2:00 PM. Call +12025550123. Reply STOP to opt out."
        )
    );
    assert_eq!((checked.segments, checked.segments_at_longest, checked.flaws), (1, 1, vec![]));
}

#[test]
fn each_flaw_of_a_template_is_named() {
    use TemplateKind::{Confirmation, MissedCall, Reminder, WaitlistOffer};
    for (kind, body, expected) in [
        (Confirmation, "See you {moment}, {nme}!", &["unknown_placeholder"][..]),
        (Confirmation, "See you {moment", &["open_brace", "time_missing"]),
        (Confirmation, "See you } {moment}", &["open_brace", "time_missing"]),
        (Confirmation, "{clinic}: you're booked.", &["time_missing"]),
        (Confirmation, "{clinic}: you're booked for {day}.", &["time_missing"]),
        (Confirmation, "{clinic}: {moment}, until {until}", &["placeholder_of_another_kind"]),
        (MissedCall, "{clinic} called about {moment}", &["placeholder_of_another_kind"]),
        (MissedCall, "?!", &["empty"]),
        (Confirmation, "{clinic}: {moment}.", &[]),
        (WaitlistOffer, "{clinic}: {moment} is free. Reply TAKE by {until}, or PASS.", &[]),
        (WaitlistOffer, "{clinic}: {moment} is free. Reply TAKE, or PASS.", &["end_missing"]),
        (
            WaitlistOffer,
            "{clinic}: {moment} is free until {until}. Call us.",
            &["command_missing", "command_missing"],
        ),
        (Confirmation, "{clinic}: {moment}. Reply CANCEL to cancel.", &["carriers_word"]),
        (Confirmation, "{clinic}: {moment}. Reply \"cancel\" to cancel.", &["carriers_word"]),
        (Confirmation, "{clinic}: {moment}. To cancel, call us.", &[]),
        (Confirmation, "{clinic}: {moment}. Responda END si no viene.", &["carriers_word"]),
        (Confirmation, "{clinic}: {moment}. QUIT ends it, STOP too.", &["carriers_word"]),
        (Confirmation, "{clinic}: {moment}. Reply YES to keep it.", &["carriers_word"]),
        (Confirmation, "{clinic}: {moment}. Reply BOOK to keep it.", &["command_not_understood"]),
        (Reminder, "{clinic}: {moment}. Reply C to confirm.", &["question_added_anyway"]),
        (Confirmation, "{clinic}: {moment}. Text R to move it.", &["question_added_anyway"]),
        (Confirmation, "{clinic}: your botox visit is {moment}.", &["treatment_named"]),
        (Confirmation, "{clinic}: your laser-hair removal is {moment}.", &["treatment_named"]),
        (Confirmation, "{clinic}: your {service} is {moment}.", &["treatment_named"]),
        (Confirmation, "{clinic}: {moment}. See https://hooks.example.com/x", &["link_not_for_patients"]),
        (Confirmation, "{clinic}: {moment}. See https://bit.ly/abc", &["link_not_for_patients"]),
        (Confirmation, "{clinic}: {moment}. See https://glow.example/dashboard", &["link_not_for_patients"]),
        (Confirmation, "{clinic}: {moment}. Directions: https://glow.example/map", &[]),
    ] {
        assert_eq!(flaws(kind, body), expected, "{body}");
    }
    let sentence = checked(Confirmation, "See you {moment}, {nme}!").flaws[0].to_string();
    assert_eq!(sentence, "{nme} is no placeholder");
}

#[test]
fn a_clinic_without_a_number_cannot_promise_one() {
    let heads = [Letterhead { phone: None, ..HEADS[0] }];
    let premises = Premises { heads: &heads, link: None, ..GLOW };
    let of = |kind, body: &str| -> Vec<String> {
        check(kind, body, &premises).flaws.iter().map(ToString::to_string).collect()
    };
    assert_eq!(
        of(TemplateKind::Change, "{clinic}: {moment}. Call {phone}."),
        ["{phone} has nothing to stand for: a location has no number to call; {questions} leaves it out"]
    );
    assert_eq!(
        of(TemplateKind::WaitlistOffer, "{moment}: TAKE by {until} or PASS. {link}"),
        ["{link} has nothing to stand for: this installation has no public address; {or_link} leaves it out"]
    );
    assert_eq!(of(TemplateKind::Change, "{clinic}: {moment}. {questions}"), Vec::<String>::new());
}

#[test]
fn t19_an_emoji_is_flagged_and_counts_for_what_it_costs() {
    let checked = checked(TemplateKind::Confirmation, "🎉 See you {moment} – à bientôt!");
    assert_eq!((checked.costly.as_str(), checked.encoding), ("🎉", encoding::Encoding::Ucs2));
    assert_eq!((checked.segments, checked.segments_at_longest), (2, 2));
    assert!(!checked.is_signed && checked.flaws.is_empty(), "{:?}", checked.flaws);
    let long = flaws(TemplateKind::Confirmation, &format!("🎉 {}{{moment}}", "x".repeat(100)));
    assert_eq!(long, ["too_long"]);
    let accents =
        self::checked(TemplateKind::Confirmation, "{clinic}: su cita está lista: {moment}. ¡Adiós!");
    assert_eq!((accents.costly.as_str(), accents.encoding), ("", encoding::Encoding::Gsm7), "folded");
}

#[test]
fn what_is_too_long_is_told_by_how_much() {
    let body = format!("{{clinic}}: {} {{moment}}.", "word ".repeat(70));
    let checked = checked(TemplateKind::Confirmation, &body);
    assert_eq!(checked.flaws, [Flaw::TooLong(3)]);
    assert_eq!(checked.flaws[0].to_string(), "it takes 3 segments at its longest; 2 is the most");
}

#[test]
fn a_kept_template_that_cannot_be_written_any_more_gives_way_to_our_words() {
    let moment = "2026-02-01T14:00[America/New_York]".parse().unwrap();
    let ours = confirmation(&HEADS[0], &moment);
    let with = |templates: &Templates| {
        confirmation(&Letterhead { templates, service: Some("Botox"), ..HEADS[0] }, &moment)
    };
    assert_eq!(
        with(&own(TemplateKind::Confirmation, "{clinic} - {moment}.", false)),
        "Glow MedSpa - Sunday, February 1 at 2:00 PM. Reply STOP to opt out."
    );
    assert_eq!(
        with(&own(TemplateKind::Confirmation, "{clinic} - {service} {moment}. STOP ends texts.", true)),
        "Glow MedSpa - Botox Sunday, February 1 at 2:00 PM. STOP ends texts."
    );
    // A STOP that promises something else is no way out (T9).
    assert_eq!(
        with(&own(TemplateKind::Confirmation, "{clinic}: {moment}. Reply STOP to win!", false)),
        "Glow MedSpa: Sunday, February 1 at 2:00 PM. Reply STOP to win! Reply STOP to opt out."
    );
    for body in ["{clinic} {gone}", "{moment", "{link} {moment}", "{service}: {moment}", &"long ".repeat(90)]
    {
        assert_eq!(with(&own(TemplateKind::Confirmation, body, false)), ours, "{body}");
    }
    let no_phone = own(TemplateKind::Confirmation, "{moment} {phone}", false);
    let head = Letterhead { templates: &no_phone, phone: None, ..HEADS[0] };
    assert_eq!(confirmation(&head, &moment), confirmation(&Letterhead { phone: None, ..HEADS[0] }, &moment));
}

#[test]
fn t14_no_text_to_a_person_names_a_treatment_or_a_page_of_staff() {
    let moment = "2026-02-01T14:00[America/New_York]".parse().unwrap();
    for service in ["Botox", "Chlamydia Test\nReply YES", "https://evil.example"] {
        for head in
            HEADS.iter().flat_map(|head| Language::ALL.map(|language| Letterhead { language, ..*head }))
        {
            let head = head.about(Some(service)).to(Some("Ana"));
            for (kind, text) in all(&head, &moment, "https://hooks.example.com/w/abc") {
                let lower = text.to_lowercase();
                for word in ["botox", "chlamydia", "evil", "dashboard", "voxanne", "hot lead", "admin"] {
                    assert!(!lower.contains(word), "{kind}: {text}");
                }
                assert_eq!(lower.contains("http"), kind == "waitlist_offer", "{kind}: {text}");
            }
        }
    }
}

#[test]
fn t17_t18_what_is_no_name_is_not_greeted() {
    for name in [
        "https://evil.example",
        "Your account is locked",
        "Sarah 3105550142",
        "Z\u{300}\u{301}\u{302}\u{303}",
        "Мария",
    ] {
        let text = nurture(&HEADS[0], "{clinic}: Hi {first_name}, come back!", Some(name));
        assert_eq!(text, "Glow MedSpa: Hi, come back! Reply STOP to opt out.", "{name:?}");
    }
    let text = nurture(&HEADS[0], "{clinic}: Hi {first_name}!", Some("Dr. Sa\u{202e}rah Johnson"));
    assert_eq!(text, "Glow MedSpa: Hi Sarah! Reply STOP to opt out.");
}

/// T20: what proves a number, and what the one before hears.
fn codes_and_notices() -> Vec<(&'static str, String)> {
    let of = |language| {
        [
            ("code, hot leads", phone_code(PhonePurpose::HotLead, "Glow MedSpa", "012345", language)),
            ("code, clinical", phone_code(PhonePurpose::Clinical, "Glow MedSpa", "012345", language)),
            ("code, recipient", phone_code(PhonePurpose::Recipient, "Glow MedSpa", "012345", language)),
            ("notice", phone_notice(PhonePurpose::HotLead, "Glow MedSpa", Some("+13105550142"), language)),
            ("notice, clinical, nobody", phone_notice(PhonePurpose::Clinical, "Glow MedSpa", None, language)),
        ]
    };
    Language::ALL.into_iter().flat_map(of).collect()
}

#[test]
fn t20_a_code_and_a_notice_are_one_or_two_segments_of_plain_letters() {
    for (name, text) in codes_and_notices() {
        let (encoding, segments) = encoding::segments(&text);
        assert_eq!(
            (encoding, segments <= PATIENT_SEGMENTS_MAX),
            (encoding::Encoding::Gsm7, true),
            "{name}: {text}"
        );
        assert!(!text.contains('\n') && !text.contains("http"), "{name}: {text}");
    }
}

#[test]
fn e8_each_text_by_who_reads_it() {
    let moment = "2026-02-01T14:00[America/New_York]".parse().unwrap();
    let mut read = Vec::new();
    for language in Language::ALL {
        let head = Letterhead { language, ..HEADS[0] }.to(Some("Ana")).about(Some("Botox"));
        for (kind, text) in all(&head, &moment, "https://hooks.example.com/w/abc") {
            let segments = encoding::segments(&text).1;
            read.push(format!("patient {language} {kind} ({segments}): {text}"));
        }
        read.push(format!("patient {language} help: {}", help(&head)));
    }
    let lead = HotLead { name: "Sarah", phone: "+13105550100", interest: "Botox", summary: "Wants it today" };
    for (kind, text) in [
        ("hot_lead_alert", hot_lead_alert(&lead)),
        ("clinical_alert", clinical_alert("+13105550100", "swollen", None)),
        ("test_alert", test_alert("Glow MedSpa", Language::English)),
        ("test_alert in Spanish", test_alert("Glow MedSpa", Language::Spanish)),
    ]
    .into_iter()
    .chain(codes_and_notices())
    {
        assert!(text.contains("VOXANNE") && !text.contains("STOP"), "{text}");
        read.push(format!("staff {kind}: {}", text.replace('\n', " / ")));
    }
    insta::assert_snapshot!(read.join("\n"));
}

#[test]
fn no_text_offers_a_reply_that_carriers_take_for_themselves() {
    let moment = "2026-02-01T14:00[America/New_York]".parse().unwrap();
    for language in Language::ALL {
        let head = Letterhead { language, ..HEADS[0] };
        for (kind, text) in all(&head, &moment, "https://hooks.example.com/w/abc") {
            let words = text.split(|c: char| !c.is_alphanumeric());
            let loud = words.filter(|w| !w.is_empty() && w.chars().all(char::is_uppercase));
            let commands: Vec<&str> = loud.filter(|w| !["PM", "AM", "A", "O"].contains(w)).collect();
            let expected: &[&str] = match kind {
                "waitlist_offer" => &["TAKE", "PASS", "STOP"],
                "reminder, asking" => &["C", "R", "X", "STOP"],
                _ => &["STOP"],
            };
            assert_eq!(commands, expected, "{kind} {language}: {text}");
        }
    }
}

#[test]
fn e8_no_text_to_staff_has_a_template_and_every_text_to_people_is_one() {
    use crate::messaging::{Class, Kind};
    for kind in TemplateKind::ALL {
        let name = if kind == TemplateKind::Series { "confirmation" } else { kind.as_str() };
        let class = name.parse::<Kind>().unwrap().class();
        assert_ne!(class, Class::Staff, "{name}");
        assert_eq!(kind.as_str().parse::<TemplateKind>().unwrap(), kind);
    }
    for staff in
        [Kind::HotLeadAlert, Kind::ClinicalAlert, Kind::TestAlert, Kind::PhoneCode, Kind::PhoneNotice]
    {
        assert!(staff.as_str().parse::<TemplateKind>().is_err(), "{}", staff.as_str());
    }
}

proptest! {
    #[test]
    fn whatever_is_kept_fits_and_is_one_line(
        body in prop_oneof![
            "\\PC{0,80}",
            "(\\{(clinic|moment|day|time|first_name|questions|phone|service|link)\\}|[a-z ,.!é🔥{}\n]){0,40}",
        ],
        kind in prop::sample::select(TemplateKind::ALL.to_vec()),
    ) {
        let checked = checked(kind, &body);
        if checked.flaws.is_empty() {
            prop_assert!(checked.segments_at_longest <= PATIENT_SEGMENTS_MAX);
            let example = checked.example.as_deref().unwrap();
            prop_assert!(!example.contains('\n') && example.contains("STOP"));
        }
        let templates = own(kind, &body, false);
        let moment = "2026-09-30T12:00[America/New_York]".parse().unwrap();
        let head = Letterhead { templates: &templates, ..HEADS[1] };
        for (name, text) in all(&head, &moment, GLOW.link.unwrap()) {
            prop_assert!(encoding::segments(&text).1 <= PATIENT_SEGMENTS_MAX, "{name}: {text}");
            prop_assert!(text.contains("STOP") && !text.contains('\n'), "{name}: {text}");
        }
    }
}
