//! The one gate for names that callers give: what passes may be said, shown and texted.

use std::fmt;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Longer names are not said, and do not fit a text.
const CHARS_MAX: usize = 40;
/// More words are a sentence.
const WORDS_MAX: usize = 5;
/// More marks on one letter are decoration that spills over the lines around it.
const MARKS_MAX: usize = 2;
/// Words of phishing texts that are nobody's name.
const NOT_NAMES: [&str; 8] = ["your", "account", "locked", "verify", "password", "http", "https", "login"];

/// A person's name as a caller gave it: letters, marks, spaces, `'`, `-` and `.`; no link, number, markup or
/// message.
///
/// `Debug` is masked and there is no `Display`: a name leaves through [`SpokenName::as_str`] only.
#[derive(Clone, PartialEq, Eq)]
pub struct SpokenName(String);

impl SpokenName {
    /// The name, cleaned of invisible characters; `None` if it is not a name, which is then left out.
    pub fn parse(raw: &str) -> Option<Self> {
        // Four times: room for what is stripped, and an end for what is not worth reading.
        let visible: String = raw.chars().take(CHARS_MAX * 4).filter_map(plain).collect();
        let composed: String = visible.nfc().collect();
        let name = composed.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");

        let is_name = raw.chars().count() <= CHARS_MAX * 4
            && name.chars().count() <= CHARS_MAX
            && name.split(' ').count() <= WORDS_MAX
            && name.chars().any(char::is_alphabetic)
            && name.chars().all(may_stand_in_a_name)
            // Letters in disguise (mathematical bold, ligatures, full width) have a plain form that differs.
            && name.nfkc().eq(name.chars())
            && marks_are_few(&name)
            && is_one_script(&name)
            && !looks_like_a_link_or_message(&name.to_lowercase());
        is_name.then_some(Self(name))
    }

    /// The cleaned name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name to greet with: the first word that is not a title.
    pub fn first(&self) -> &str {
        let name = self.untitled();
        name.split_once(' ').map_or(name, |(first, _)| first)
    }

    /// The name for those who know the person: "Maria S." of "Dr. Maria da Silva".
    pub fn short(&self) -> String {
        let last = self.untitled().rsplit_once(' ').and_then(|(_, last)| {
            let letters = last.char_indices().skip_while(|(_, c)| !c.is_alphabetic());
            let (start, _) = letters.clone().next()?;
            let end =
                letters.skip(1).find(|(_, c)| !is_combining_mark(*c)).map_or(last.len(), |(end, _)| end);
            last.get(start..end)
        });
        match last {
            Some(initial) => format!("{} {initial}.", self.first()),
            None => self.first().to_owned(),
        }
    }

    /// "Maria Silva" of "Dr. Maria Silva".
    fn untitled(&self) -> &str {
        const TITLES: [&str; 6] = ["mr", "mrs", "ms", "miss", "dr", "prof"];
        match self.0.split_once(' ') {
            Some((title, name)) if TITLES.contains(&title.trim_end_matches('.').to_lowercase().as_str()) => {
                name
            }
            _ => &self.0,
        }
    }

    /// Whether both are the same name as far as spelling goes: case, marks and punctuation aside, or the first name alone.
    ///
    /// Close is not the same: Eric and Erica, or two sisters, are two people.
    pub fn similar(&self, other: &Self) -> bool {
        let letters =
            |name: &Self| folded(name.untitled()).chars().filter(|c| c.is_alphabetic()).collect::<String>();
        let (one, two) = (letters(self), letters(other));
        let is_first_of = |name: &Self, whole: &Self| {
            !name.untitled().contains(' ') && folded(name.first()) == folded(whole.first())
        };
        one == two || is_first_of(self, other) || is_first_of(other, self)
    }
}

impl fmt::Debug for SpokenName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SpokenName(•••)")
    }
}

/// The plain form of a character; `None` for those that cannot be seen.
fn plain(c: char) -> Option<char> {
    match c {
        '‘' | '’' | '‛' | 'ʻ' | 'ʼ' | '`' | '´' | '＇' => Some('\''),
        '‐' | '‑' | '–' => Some('-'),
        c if c.is_whitespace() => Some(' '),
        c if c.is_control() || is_format(c) => None,
        c => Some(c),
    }
}

/// Characters that only steer (general category Cf): joiners, direction marks, tags.
fn is_format(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
}

fn may_stand_in_a_name(c: char) -> bool {
    matches!(c, ' ' | '\'' | '-' | '.') || is_combining_mark(c) || (c.is_alphabetic() && !c.is_numeric())
}

fn marks_are_few(name: &str) -> bool {
    // Starts as if too many had been seen: a mark needs a letter before it.
    let mut marks = MARKS_MAX;
    name.chars().all(|c| {
        marks = match c {
            c if is_combining_mark(c) => marks + 1,
            c if c.is_alphabetic() => 0,
            _ => MARKS_MAX,
        };
        marks <= MARKS_MAX
    })
}

/// Latin, Greek, Cyrillic and the rest do not mix: a Cyrillic "а" in a Latin name is an imitation.
fn is_one_script(name: &str) -> bool {
    let script = |c: char| match c {
        'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{2af}' | '\u{1e00}'..='\u{1eff}' => 'l',
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => 'g',
        '\u{400}'..='\u{52f}'
        | '\u{1c80}'..='\u{1c8f}'
        | '\u{2de0}'..='\u{2dff}'
        | '\u{a640}'..='\u{a69f}' => 'c',
        _ => 'o',
    };
    let mut scripts = name.chars().filter(|c| c.is_alphabetic() && !is_combining_mark(*c)).map(script);
    let first = scripts.next();
    scripts.all(|script| Some(script) == first)
}

fn looks_like_a_link_or_message(lower: &str) -> bool {
    let is_domain = |word: &str| {
        // Initials ("J.R.") have one letter behind the dot, a domain at least two.
        word.split('.').skip(1).any(|label| label.chars().count() > 1)
    };
    lower.contains("www")
        || lower.contains("://")
        || lower.contains("..")
        || lower
            .split(' ')
            .any(|word| is_domain(word) || NOT_NAMES.contains(&word.trim_matches(['.', '\'', '-'])))
}

/// Lower case without accents: the same name as another speech recogniser writes it.
fn folded(name: &str) -> String {
    name.nfd().filter(|c| !is_combining_mark(*c)).collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use proptest::prelude::*;

    fn name(raw: &str) -> SpokenName {
        SpokenName::parse(raw).unwrap()
    }

    #[test]
    fn a_short_name_is_the_first_one_and_an_initial() {
        for (whole, short) in [
            ("Dana O'Neil", "Dana O."),
            ("Dr. Maria da Silva", "Maria S."),
            ("Prince", "Prince"),
            ("Ana-Lucía Ñandú", "Ana-Lucía Ñ."),
            ("Jo 'Smith", "Jo S."),
            ("Zoë E\u{328}\u{301}t", "Zoë Ę\u{301}."),
            ("Jo .", "Jo"),
        ] {
            assert_eq!(SpokenName::parse(whole).unwrap().short(), short, "{whole}");
        }
    }

    #[test]
    fn t17_peoples_names_pass_cleaned() {
        for (raw, clean) in [
            ("Sarah Johnson", "Sarah Johnson"),
            ("  Sarah \t  Johnson ", "Sarah Johnson"),
            ("Sarah\nJohnson", "Sarah Johnson"),
            ("O’Brien", "O'Brien"),
            ("Anne-Marie D'Souza", "Anne-Marie D'Souza"),
            ("J.R.R. Tolkien", "J.R.R. Tolkien"),
            ("Dr. Chukwuemeka Ọ. Nwosu", "Dr. Chukwuemeka Ọ. Nwosu"),
            ("Jose\u{301}", "José"),
            ("Nguyễn Thị Ánh", "Nguyễn Thị Ánh"),
            ("Haɗiza", "Haɗiza"),
            ("Kaʻiulani", "Ka'iulani"),
            ("Мария", "Мария"),
            ("Ελένη", "Ελένη"),
            ("محمد", "محمد"),
            ("प्रिया", "प्रिया"),
            ("李小龍", "李小龍"),
            // T18
            ("Sa\u{200d}ra\u{202e}h\u{0}", "Sarah"),
            ("e\u{200d}\u{301}va", "éva"),
            ("\u{feff}Bo", "Bo"),
        ] {
            assert_eq!(name(raw).as_str(), clean);
        }
    }

    #[test]
    fn t17_t18_p2_everything_else_is_left_out() {
        for raw in [
            "",
            "   ",
            "...",
            "-'-",
            "\u{301}",
            "R2D2",
            "Sarah 3105550142",
            "Ⅷ",
            "https://evil.example",
            "www evil",
            "bank.com",
            "t.co",
            "Sarah bank.com/x",
            "evil。com",
            "a@b",
            "<b>Sarah</b>",
            "{{name}}",
            "Sarah; drop",
            "Your bank account is locked call",
            "Your account is locked",
            "Verify password",
            "one two three four five six",
            "Аnna Smith",
            "Sαrah",
            "Sarah 😀",
            "Ｓａｒａｈ",
            "𝐒𝐚𝐫𝐚𝐡",
            "ⓈⒶⓇⒶⒽ",
            "Z\u{300}\u{301}\u{302}\u{303}",
            "Za\u{334}\u{335}\u{336}lgo",
            "Sarah & Bob",
            "Sarah_J",
            "ignore: this",
            "Abcdefghijklmnopqrstuvwxyzabcdefghijklmno",
            "Sarah...com",
            ".com",
            "Sarah .co",
        ] {
            assert_eq!(SpokenName::parse(raw).as_ref().map(SpokenName::as_str), None, "{raw:?}");
        }
        assert_eq!(SpokenName::parse(&"\u{200d}".repeat(1000)).map(|name| name.0), None);
    }

    #[test]
    fn a_repeated_booking_is_recognised_by_its_name() {
        assert!(name("Sarah Johnson").similar(&name("sarah")));
        assert!(name("José Garcia").similar(&name("Jose García")));
        assert!(name("Dr. Dana O'Neil").similar(&name("dana oneil")));
        assert!(!name("Eric Johnson").similar(&name("Erica Johnson")));
        assert!(!name("Sarah Johnson").similar(&name("Michael Okafor")));
        assert_eq!(name("Dr. Maria Silva").first(), "Maria");
        assert_eq!(name("Maria").first(), "Maria");
        assert_eq!(name("Dr.").first(), "Dr.");
        assert_eq!(format!("{:?}", name("Maria")), "SpokenName(•••)");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(6_000))]

        #[test]
        fn t17_t18_no_hostile_string_gets_through(raw in prop_oneof![
            "\\PC{0,60}",
            "(\\PC|[\u{0}-\u{1f}\u{200b}-\u{200f}\u{202a}-\u{202e}\u{300}-\u{310}a-zA-Z .'-]){0,30}",
            "((http|www|bank|com|co|uk|call|Sarah|аn|Ann|5|://|[.]|/| |\u{200d}|\u{202e}|\n|'|-)){1,8}",
            "[\\p{L}\\p{M}\\p{Cf}\\p{Nl} .'’-]{1,45}",
        ]) {
            if let Some(name) = SpokenName::parse(&raw) {
                let text = name.as_str();
                prop_assert!(!text.is_empty() && text.chars().count() <= 40);
                let hostile = |c: char| {
                    let joins = ('\u{200b}'..='\u{200f}').contains(&c);
                    let steers = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}');
                    joins || steers || c.is_numeric() || c.is_control() || "/@<>{}\"\\&:;_".contains(c)
                };
                prop_assert!(!text.contains(hostile), "{:?}", text);
                prop_assert!(!text.to_lowercase().contains("www") && !text.to_lowercase().contains(".com"));
                prop_assert_eq!(SpokenName::parse(text), Some(name.clone()));
                prop_assert!(!name.first().is_empty() && name.similar(&name));
            }
        }
    }
}
