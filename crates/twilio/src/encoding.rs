//! How many segments a text is billed as.
//!
//! GSM 03.38: 160 septets alone, 153 each when split; one character outside it turns the whole text into UCS-2 with 70
//! alone and 67 each. An escape pair or a surrogate pair is never cut in two.

/// Which alphabet a text needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// The default alphabet with its extension table.
    Gsm7,
    /// UTF-16 code units.
    Ucs2,
}

const GSM7_BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// Each of these costs two septets.
const GSM7_EXTENSION: &str = "^{}\\[~]|€\u{c}";

/// The alphabet and the number of segments; an empty text has none.
pub fn segments(body: &str) -> (Encoding, usize) {
    let septets: Option<Vec<usize>> = body.chars().map(gsm7_width).collect();
    match septets {
        Some(widths) => (Encoding::Gsm7, count(&widths, 160, 153)),
        None => (Encoding::Ucs2, count(&body.chars().map(char::len_utf16).collect::<Vec<_>>(), 70, 67)),
    }
}

fn gsm7_width(c: char) -> Option<usize> {
    if GSM7_BASIC.contains(c) {
        Some(1)
    } else if GSM7_EXTENSION.contains(c) {
        Some(2)
    } else {
        None
    }
}

fn count(widths: &[usize], alone: usize, split: usize) -> usize {
    let total: usize = widths.iter().sum();
    if total <= alone {
        return usize::from(total > 0);
    }
    let (mut parts, mut free) = (1, split);
    for width in widths {
        if *width > free {
            parts += 1;
            free = split;
        }
        free -= width;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t19_plain_text_holds_160_then_153_each() {
        for (length, parts) in [(0, 0), (1, 1), (160, 1), (161, 2), (306, 2), (307, 3)] {
            assert_eq!(segments(&"a".repeat(length)), (Encoding::Gsm7, parts), "{length}");
        }
    }

    #[test]
    fn t19_an_emoji_makes_every_character_expensive() {
        for (length, parts) in [(68, 1), (69, 2), (132, 2), (133, 3)] {
            assert_eq!(segments(&format!("🔥{}", "a".repeat(length))), (Encoding::Ucs2, parts), "{length}");
        }
        assert_eq!(segments("It’s booked").0, Encoding::Ucs2, "a curly quote is enough");
    }

    #[test]
    fn t19_extension_characters_count_twice_and_are_never_cut() {
        assert_eq!(segments(&"€".repeat(80)), (Encoding::Gsm7, 1));
        assert_eq!(segments(&"€".repeat(81)), (Encoding::Gsm7, 2));
        // 76 pairs fill 152 of 153 septets; the next pair starts a new part.
        assert_eq!(segments(&"{".repeat(152)), (Encoding::Gsm7, 2));
        assert_eq!(segments(&"{".repeat(153)), (Encoding::Gsm7, 3));
        // 33 surrogate pairs fill 66 of 67 units.
        assert_eq!(segments(&"🔥".repeat(67)), (Encoding::Ucs2, 3));
    }

    #[test]
    fn t19_accents_of_the_default_alphabet_stay_cheap() {
        assert_eq!(segments("Señorita Ångström, à bientôt").0, Encoding::Ucs2, "ô is outside the alphabet");
        assert_eq!(segments("Señorita Ångström, 20 % off §1").0, Encoding::Gsm7);
    }
}
