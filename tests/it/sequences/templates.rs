//! The words that come with the product, as somebody gets them.

use insta::assert_snapshot;
use voxanne::language::Language;
use voxanne::messaging::wording::{Letterhead, nurture};
use voxanne::sequences::{SequenceFields, SequenceTemplate};
use voxanne_twilio::encoding::{self, Encoding};

/// Every text of both, in both languages.
fn written(phone: Option<&str>, name: Option<&str>) -> String {
    let mut all = Vec::new();
    for template in SequenceTemplate::ALL {
        let fields: SequenceFields = serde_json::from_value(template.fields()).unwrap();
        assert!(!fields.active, "an org switches it on");
        for (step, language) in fields.steps.iter().flat_map(|step| Language::ALL.map(|l| (step, l))) {
            let (body, written_in) = step.words.of(language);
            assert_eq!(written_in, language, "both languages are there");
            let text = nurture(&Letterhead::plain("Glow MedSpa", phone, language), body, name);
            let (encoding, segments) = encoding::segments(&text);
            assert!(encoding == Encoding::Gsm7 && segments <= 2, "{text}");
            all.push(text);
        }
    }
    all.join("\n")
}

#[test]
fn both_are_words_to_sign_in_two_languages() {
    assert_snapshot!(written(Some("+13105550100"), Some("Ana")));
}

#[test]
fn they_read_well_without_a_name_and_without_a_number() {
    assert_snapshot!(written(None, None));
}
