#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]
use super::*;
use proptest::prelude::*;

fn read(raw: &str, region: &str) -> String {
    Phone::parse(raw, region).map_or_else(|error| format!("{error:?}"), |phone| phone.0)
}

#[test]
fn e1_p8_numbers_are_read_in_the_clinics_region_or_asked_for_again() {
    let table = "
        +13105550142 | US | +13105550142
        +13105550142 | NG | +13105550142
        (310) 555-0142 | US | +13105550142
        1 310 555 0142 | US | +13105550142
        011 44 7911 123456 | US | +447911123456
        (555) 123-4567 | US | +15551234567
        07911 123456 | GB | +447911123456
        +44 (0)7911 123456 | US | +447911123456
        020 7946 0018 | gb | +442079460018
        0803 123 4567 | NG | +2348031234567
        07911 123456 | US | Invalid
        3105550142x77 | US | +13105550142
        310-555-0142 #5 | US | +13105550142
        tel:+13105550142;ext=9 | US | +13105550142
        ３１０５５５０１４２ | US | +13105550142
        three one oh five five five oh one four two | US | +13105550142
        three one zero, triple five, oh one for two | US | +13105550142
        three one oh double five five zero won for to | US | +13105550142
        three ten five fifty five oh one forty two | US | +13105550142
        um my number is 310 five five five 01 forty-two | US | +13105550142
        for me it's 310 555 0142 | US | +13105550142
        plus one three one oh triple five oh one four two | NG | +13105550142
        my cell is +1 310 555 0142 | GB | +13105550142
        oh seven nine double one, one two three four five six | GB | +447911123456
        eight hundred two five five three six eight two | US | +18002553682
        three one oh five five five oh one four two extension five | US | +13105550142
        three one oh five five five oh one four | US | Invalid
        double my number 310 555 0142 | US | Invalid
        310 555 0142 or 310 555 0143 | US | Invalid
        1-800-FLOWERS | US | Invalid
        ٣١٠ five five five 0142 | US | Invalid
        555-0142 | US | Invalid
        911 | US | Invalid
        +12 | US | Invalid
        +131055501422 | US | Invalid
        310 155 0142 | US | Invalid
        +999 310 555 0142 | US | Invalid
        3105550142 | Atlantis | Invalid
        sip:+13105550142@example.com | US | Invalid
        sip:reception | US | Invalid
        anonymous | US | Missing
        RESTRICTED | US | Missing
        +266696687 | US | Missing
        | US | Missing
    ";
    for row in table.lines().map(str::trim).filter(|row| !row.is_empty()) {
        let [raw, region, meant] = row.split('|').map(str::trim).collect::<Vec<_>>()[..] else {
            panic!("{row}")
        };
        assert_eq!(read(raw, region), meant, "{raw:?} in {region}");
    }
}

#[test]
fn e2_settings_and_stored_numbers_pass_the_same_check() {
    for good in ["+13105550142", "+447911123456", "+2348031234567", "+15551234567"] {
        assert_eq!(Phone::parse_e164(good).unwrap(), Phone::parse(good, "US").unwrap());
        assert_eq!(serde_json::from_str::<Phone>(&format!("{good:?}")).unwrap().as_str(), good);
    }
    for bad in
        ["13105550142", "+1 310 555 0142", "+12", "+4407911123456", "+13105550142x5", "+1310555０142", "x"]
    {
        assert_eq!(Phone::parse_e164(bad), Err(PhoneError::Invalid), "{bad}");
        assert!(serde_json::from_str::<Phone>(&format!("{bad:?}")).is_err());
    }
    assert_eq!(Phone::parse_e164(""), Err(PhoneError::Missing));
    assert_eq!(Phone::parse_e164("+266696687"), Err(PhoneError::Missing));
    assert_eq!(
        serde_json::to_string(&Phone::parse_e164("+13105550142").unwrap()).unwrap(),
        "\"+13105550142\""
    );
}

#[test]
fn t15_texts_go_only_to_ordinary_numbers_of_allowed_countries() {
    for (number, region, verdict) in [
        ("+13105550142", Some("US"), Ok(())),
        ("+14165550142", Some("CA"), Ok(())),
        ("+18765551234", Some("JM"), Err("country_not_allowed")),
        ("+18095551234", Some("DO"), Err("country_not_allowed")),
        ("+12423591234", Some("BS"), Err("country_not_allowed")),
        ("+2348031234567", Some("NG"), Err("country_not_allowed")),
        ("+447400123456", Some("GB"), Err("country_not_allowed")),
        ("+19005551234", Some("US"), Err("premium_or_unknown_number")),
        ("+449012345678", Some("GB"), Err("premium_or_unknown_number")),
        ("+88216123456", Some("001"), Err("premium_or_unknown_number")),
        ("+15551234567", None, Err("premium_or_unknown_number")),
    ] {
        let phone = Phone::parse_e164(number).unwrap();
        assert_eq!(phone.region().as_deref(), region, "{number}");
        assert_eq!(phone.may_text(&["US", "CA"]), verdict, "{number}");
        assert_eq!(phone.is_premium_or_unknown(), verdict == Err("premium_or_unknown_number"), "{number}");
    }
    assert_eq!(Phone::parse_e164("+447400123456").unwrap().may_text(&["gb"]), Ok(()));
}

#[test]
fn debug_shows_too_little_to_call() {
    let phone = Phone::parse_e164("+13105550142").unwrap();
    assert_eq!(format!("{phone:?}"), "+1 310 ••• ••42");
    assert_eq!((phone.last4(), phone.same(&phone.clone())), ("0142", true));
}

proptest! {
    #[test]
    fn p8_no_digit_is_invented(raw in prop_oneof![
        "[0-9 ().-]{7,18}",
        "((one|two|five|oh|for|to|double|310|555|forty|is) ?){4,14}",
        "\\PC*",
    ]) {
        if let Ok(phone) = Phone::parse(&raw, "US") {
            let e164 = phone.as_str();
            prop_assert_eq!(Phone::parse_e164(e164), Ok(phone.clone()));
            if !raw.contains(char::is_alphabetic) && raw.is_ascii() && e164.starts_with("+1") {
                let typed: String = raw.chars().filter(char::is_ascii_digit).collect();
                prop_assert!(typed.ends_with(&e164[2..]), "{} became {}", raw, e164);
            }
        }
    }
}
