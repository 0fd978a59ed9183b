//! The alphabet of texts, and lines that cannot break out of their place.

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

/// The text in the GSM-7 alphabet: punctuation and letters it lacks become their nearest, everything else is dropped.
///
/// Letters it has stay (é, ñ, ü). One character outside it would more than halve what fits in a segment.
pub fn gsm7_safe(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for char in text.chars() {
        if is_gsm7(char) {
            safe.push(char);
        } else if let Some((_, fold)) = FOLDS.iter().find(|(from, _)| from.contains(char)) {
            safe.push_str(fold);
        }
    }
    safe
}

/// Whether nothing of the text would be dropped by [`gsm7_safe`].
pub(super) fn is_foldable(text: &str) -> bool {
    text.chars().all(|c| is_gsm7(c) || FOLDS.iter().any(|(from, _)| from.contains(c)))
}

fn is_gsm7(c: char) -> bool {
    c.is_ascii_alphanumeric() || GSM7_BASIC.contains(c) || GSM7_EXTENSION.contains(c)
}

/// One line of GSM-7, cut after so many septets.
pub(super) fn gsm7_field(text: &str, septets_max: usize, otherwise: &str) -> String {
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

fn cost(char: char) -> usize {
    if GSM7_EXTENSION.contains(char) { 2 } else { 1 }
}

/// One line, cut after so many characters with an ellipsis.
pub fn field(text: &str, chars_max: usize, otherwise: &str) -> String {
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
pub(super) fn one_line(text: &str) -> String {
    let spaced = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c });
    let visible: String = spaced.filter(|c| !c.is_control() && !is_invisible(*c)).collect();
    visible.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Bidirectional controls, zero-width characters, tags: nothing a name needs.
const fn is_invisible(char: char) -> bool {
    matches!(char, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}
