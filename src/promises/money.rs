//! Amounts of money in a sentence.

use super::sentences::Sentence;

/// What an amount is the price of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// A visit.
    Whole,
    /// "Starts at $420".
    From,
    /// "About $400".
    About,
    /// A unit, a month, a deposit, a fee: nothing that the price list knows.
    Other,
}

/// An amount with the word it begins at.
pub(super) struct Amount {
    pub at: usize,
    pub cents: i64,
    pub basis: Basis,
}

/// Every amount that is named as one.
pub(super) fn amounts(sentence: &Sentence) -> Vec<Amount> {
    let mut all = Vec::new();
    for at in 0..sentence.words.len() {
        let found = written(sentence.word(at)).or_else(|| in_words(sentence, at));
        if let Some(cents) = found {
            all.push(Amount { at, cents, basis: basis(sentence, at) });
        }
    }
    all
}

/// "$1,200", "$42.50".
fn written(word: &str) -> Option<i64> {
    cents(word.strip_prefix('$')?)
}

fn cents(digits: &str) -> Option<i64> {
    let plain = digits.replace(',', "");
    let (whole, rest) = plain.split_once('.').unwrap_or((&plain, "0"));
    let rest = match rest.len() {
        1 => rest.parse::<i64>().ok()? * 10,
        2 => rest.parse().ok()?,
        _ => return None,
    };
    whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(rest)
}

/// "450 dollars", "four hundred and fifty dollars": counted from its first word.
fn in_words(sentence: &Sentence, at: usize) -> Option<i64> {
    let is_number = |at: usize| number(sentence.word(at)).is_some();
    let goes_on = |at: usize| is_number(at) || (sentence.word(at) == "and" && at > 0 && is_number(at - 1));
    if !is_number(at) || at.checked_sub(1).is_some_and(goes_on) {
        return None;
    }
    let (mut total, mut current, mut next) = (0_i64, 0_i64, at);
    while next < sentence.words.len() {
        let word = sentence.word(next);
        match number(word) {
            Some(100) if current > 0 => current *= 100,
            Some(1000) if current > 0 => (total, current) = (total + current * 1000, 0),
            Some(value) => current += value,
            None if word == "and" && is_number(next + 1) => {}
            None => break,
        }
        next += 1;
    }
    let is_money = matches!(sentence.word(next), "dollars" | "dollar" | "bucks" | "usd" | "dolares");
    is_money.then(|| (total + current).checked_mul(100)).flatten()
}

fn number(word: &str) -> Option<i64> {
    const UNITS: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    if let Ok(value) = word.replace(',', "").parse::<u32>() {
        return Some(value.into());
    }
    let (units, tens) = (UNITS.iter().position(|w| *w == word), TENS.iter().position(|w| *w == word));
    match (units, tens, word) {
        (Some(value), ..) => i64::try_from(value).ok(),
        (_, Some(tens), _) => i64::try_from((tens + 2) * 10).ok(),
        (.., "hundred") => Some(100),
        (.., "thousand") => Some(1000),
        _ => None,
    }
}

fn basis(sentence: &Sentence, at: usize) -> Basis {
    const ELSE: [&str; 38] = [
        "unit",
        "units",
        "syringe",
        "syringes",
        "vial",
        "month",
        "monthly",
        "months",
        "area",
        "areas",
        "per",
        "each",
        "week",
        "financing",
        "finance",
        "deposit",
        "fee",
        "fees",
        "off",
        "discount",
        "save",
        "credit",
        "gift",
        "package",
        "packages",
        "membership",
        "members",
        "tax",
        "tip",
        "extra",
        "special",
        "unidad",
        "jeringa",
        "mes",
        "deposito",
        "cargo",
        "descuento",
        "cada",
    ];
    if (0..sentence.words.len()).any(|at| ELSE.contains(&sentence.word(at))) {
        return Basis::Other;
    }
    let near = |words: &[&str]| (at.saturating_sub(3)..at).any(|at| words.contains(&sentence.word(at)));
    if near(&["from", "starts", "starting", "start", "desde", "partir", "least"]) {
        Basis::From
    } else if near(&[
        "about",
        "around",
        "roughly",
        "approximately",
        "between",
        "approx",
        "unos",
        "aproximadamente",
        "entre",
    ]) {
        Basis::About
    } else {
        Basis::Whole
    }
}

#[cfg(test)]
mod tests {
    use super::super::sentences::sentences;
    use super::*;

    #[test]
    fn amounts_are_read_in_digits_and_in_words_and_other_numbers_are_none() {
        let read =
            |said: &str| amounts(&sentences(said)[0]).iter().map(|a| (a.cents, a.basis)).collect::<Vec<_>>();
        for (said, expected) in [
            ("Botox is $450", vec![(45_000, Basis::Whole)]),
            ("Botox starts at $1,200.50", vec![(120_050, Basis::From)]),
            ("That's four hundred and twenty dollars", vec![(42_000, Basis::Whole)]),
            ("It costs one thousand two hundred dollars", vec![(120_000, Basis::Whole)]),
            ("It's about 450 dollars", vec![(45_000, Basis::About)]),
            ("It's $12 a unit", vec![(1_200, Basis::Other)]),
            ("There's a fee of $50", vec![(5_000, Basis::Other)]),
            ("Cuesta 450 dólares", vec![(45_000, Basis::Whole)]),
            ("It takes 45 minutes at 2 PM for two areas", vec![]),
        ] {
            assert_eq!(read(said), expected, "{said}");
        }
    }
}
