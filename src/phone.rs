//! Phone numbers, checked once at the door.

mod emergency;
mod zones;

use std::fmt;

use rlibphonenumber::{
    NumberLengthType, PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberFormat, PhoneNumberType, Region,
};
use serde::{Deserialize, Serialize};

pub use emergency::emergency_number;

/// Longer than any number, spelled out with hesitation, in bytes.
const RAW_MAX: usize = 200;

/// What carriers send in place of a hidden number: a word on the keypad ("ANONYMOUS", "RESTRICTED", …).
const HIDDEN: [&str; 5] = ["+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"];

/// A phone number in E.164 form. Having one means libphonenumber's metadata was asked.
///
/// Accepted are valid numbers and North American fictional ones (`…555-01xx`, and the area code 555 that
/// test data likes), as far as their length is right. `Debug` is masked and there is no `Display`: a number
/// leaves through [`Phone::as_str`] only.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

/// Why there is no phone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// None was given, or the caller hides it.
    #[error("no phone number was given")]
    Missing,
    /// Something was given that nobody can call; ask again.
    #[error("this is not a phone number")]
    Invalid,
}

impl Phone {
    /// Reads a number as typed, sent by a platform, or said in words ("three one oh double five …").
    ///
    /// A national number belongs to `default_region` (ISO 3166, "US"). An extension is dropped. Letters are
    /// never turned into digits: a vanity number or an unknown word is [`PhoneError::Invalid`].
    pub fn parse(raw: &str, default_region: &str) -> Result<Self, PhoneError> {
        let lower = raw.trim().to_lowercase();
        if is_hidden(&lower) {
            return Err(PhoneError::Missing);
        }
        if lower.len() > RAW_MAX || lower.contains('@') {
            return Err(PhoneError::Invalid);
        }
        let dialled = if lower.contains(char::is_alphabetic) {
            spoken_digits(&lower).ok_or(PhoneError::Invalid)?
        } else {
            lower
        };
        let region = default_region.to_uppercase().parse::<Region>().ok();
        let number = PHONE_NUMBER_UTIL.parse(&dialled, region).ok().ok_or(PhoneError::Invalid)?;
        Self::checked(&PhoneNumber { extension: None, ..number })
    }

    /// Reads a number that must already be E.164 (`+13105550142`): settings, stored values, our own API.
    pub fn parse_e164(raw: &str) -> Result<Self, PhoneError> {
        if raw.is_empty() || HIDDEN.contains(&raw) {
            return Err(PhoneError::Missing);
        }
        let digits = raw.strip_prefix('+').ok_or(PhoneError::Invalid)?;
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(PhoneError::Invalid);
        }
        let phone = Self::checked(&PHONE_NUMBER_UTIL.parse(raw, None).ok().ok_or(PhoneError::Invalid)?)?;
        // "+4407911…" parses, but is not the form we keep.
        if phone.0 == raw { Ok(phone) } else { Err(PhoneError::Invalid) }
    }

    fn checked(number: &PhoneNumber) -> Result<Self, PhoneError> {
        let right_length = number.is_possible_with_reason() == Ok(NumberLengthType::IsPossible);
        if right_length && (number.is_valid() || is_fictional(number)) {
            Ok(Self(number.format_as(PhoneNumberFormat::E164).into_owned()))
        } else {
            Err(PhoneError::Invalid)
        }
    }

    /// The number in E.164 form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its last four digits, to be read back to a caller.
    pub fn last4(&self) -> &str {
        &self.0[self.0.len().saturating_sub(4)..]
    }

    /// Whether both reach the same line.
    pub fn same(&self, other: &Self) -> bool {
        self == other
    }

    /// The ISO country it belongs to by numbering plan metadata ("+1 876" is JM, not US); `None` for
    /// fictional area codes, "001" for networks without a country (satellite).
    pub fn region(&self) -> Option<String> {
        self.number()?.get_region_code().map(|region| region.to_string())
    }

    /// Whether a text there costs extra, or nobody knows what it costs: premium, shared-cost and personal
    /// numbers, networks without a country, and everything the metadata cannot place.
    pub fn is_premium_or_unknown(&self) -> bool {
        use PhoneNumberType::{PersonalNumber, PremiumRate, SharedCost, Unknown};
        self.number().is_none_or(|number| {
            matches!(number.get_type(), PremiumRate | SharedCost | PersonalNumber | Unknown)
                || number.get_region_code().is_none_or(|region| region == Region::World)
        })
    }

    /// Whether texts may go there; otherwise the name of the rule that forbids it.
    pub fn may_text(&self, allowed_regions: &[impl AsRef<str>]) -> Result<(), &'static str> {
        if self.is_premium_or_unknown() {
            return Err("premium_or_unknown_number");
        }
        let allowed =
            |region: &String| allowed_regions.iter().any(|one| one.as_ref().eq_ignore_ascii_case(region));
        if self.region().as_ref().is_some_and(allowed) { Ok(()) } else { Err("country_not_allowed") }
    }

    fn number(&self) -> Option<PhoneNumber> {
        PHONE_NUMBER_UTIL.parse(&self.0, None).ok()
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = &self.0[self.0.len().saturating_sub(2)..];
        match self.number() {
            Some(number) if number.national_number >= 10_000_000 => {
                let national = number.get_national_significant_number();
                write!(f, "+{} {} ••• ••{end}", number.country_code, &national[..3])
            }
            _ => write!(f, "+••• ••{end}"),
        }
    }
}

impl TryFrom<String> for Phone {
    type Error = PhoneError;

    fn try_from(raw: String) -> Result<Self, PhoneError> {
        Self::parse_e164(&raw)
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> Self {
        phone.0
    }
}

/// Whether `region` (ISO 3166, upper case) is a country whose numbers are known.
pub fn is_region(region: &str) -> bool {
    region.parse().is_ok_and(|region| PHONE_NUMBER_UTIL.get_country_code_for_region(region).is_some())
}

/// 555-0100 to 555-0199 are reserved for fiction in every area code; nobody has the area code 555.
fn is_fictional(number: &PhoneNumber) -> bool {
    let (area, line) = (number.national_number / 10_000_000, number.national_number % 10_000_000);
    number.country_code == 1 && (area == 555 || (area >= 200 && (5_550_100..=5_550_199).contains(&line)))
}

fn is_hidden(lower: &str) -> bool {
    let is_word = matches!(
        lower,
        "" | "anonymous"
            | "unknown"
            | "restricted"
            | "private"
            | "blocked"
            | "unavailable"
            | "withheld"
            | "none"
            | "no caller id"
            | "null"
            | "undefined"
            | "n/a"
    );
    is_word || HIDDEN.contains(&lower)
}

/// "three one oh, double five …" as digits, up to an extension; `None` at any word that is neither
/// a digit nor talk around it.
fn spoken_digits(lower: &str) -> Option<String> {
    let mut digits = String::new();
    if lower.find(|c: char| c.is_ascii_digit()).is_some_and(|first| lower[..first].ends_with('+')) {
        digits.push('+');
    }
    let (mut repeat, mut after_digit, mut after_tens) = (1, false, false);
    for word in words(lower)? {
        let said = match word.as_str() {
            "extension" | "ext" | "extn" | "x" => break,
            "plus" if digits.is_empty() => "+".into(),
            times @ ("double" | "triple" | "treble") if repeat == 1 => {
                repeat = if times == "double" { 2 } else { 3 };
                continue;
            }
            word if word.bytes().all(|byte| byte.is_ascii_digit()) => word.into(),
            word => match number_word(word, after_digit) {
                Some(said) => said,
                None if repeat == 1 && is_talk(word) => continue,
                None => return None,
            },
        };
        if repeat > 1 && (said.len() != 1 || said == "+") {
            return None;
        }
        // "fifty five" is 55.
        if after_tens && repeat == 1 && said != word && said.len() == 1 && said != "0" {
            digits.pop();
        }
        digits.push_str(&said.repeat(repeat));
        (repeat, after_digit, after_tens) = (1, said != "+", word.ends_with("ty"));
    }
    (repeat == 1).then_some(digits)
}

/// Runs of letters and runs of digits; `None` if there are digits of another script, which would get lost.
fn words(lower: &str) -> Option<Vec<String>> {
    let kind = |c: char| (c.is_alphabetic(), c.is_ascii_digit());
    let chars: Vec<char> = lower.chars().collect();
    if chars.iter().any(|c| c.is_numeric() && !c.is_ascii_digit()) {
        return None;
    }
    let runs = chars.chunk_by(|a, b| kind(*a) == kind(*b)).filter(|run| run[0].is_alphanumeric());
    Some(runs.map(String::from_iter).collect())
}

/// The digits of a spoken number. Homophones count only behind a digit: before the number they are talk.
fn number_word(word: &str, after_digit: bool) -> Option<String> {
    const NUMBERS: &str = "zero one two three four five six seven eight nine ten eleven twelve thirteen \
        fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty \
        ninety";
    let plain = match word {
        "oh" | "o" | "nought" | "naught" => "zero",
        "won" if after_digit => "one",
        "to" | "too" if after_digit => "two",
        "for" | "fore" if after_digit => "four",
        "ate" if after_digit => "eight",
        "hundred" if after_digit => return Some("00".into()),
        word => word,
    };
    let at = NUMBERS.split(' ').position(|number| number == plain)?;
    Some(if at < 20 { at } else { (at - 18) * 10 }.to_string())
}

/// Words around a number that carry no digit.
fn is_talk(word: &str) -> bool {
    const TALK: [&str; 36] = [
        "um", "uh", "er", "my", "number", "is", "it", "its", "s", "the", "phone", "cell", "mobile", "at",
        "on", "to", "for", "please", "and", "then", "dash", "hyphen", "dot", "space", "area", "country",
        "code", "tel", "call", "me", "yes", "yeah", "ok", "okay", "so", "that",
    ];
    TALK.contains(&word)
}

#[cfg(test)]
mod tests;
