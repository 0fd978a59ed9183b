//! Sentences by their English words. The program says a thing once, in English, with what it holds; a file has each by its pattern, so
//! that nobody translates names, ids or codes, and what a person wrote stays as it is.

use std::collections::HashMap;

/// What stands for a value.
const HOLE: &str = "{}";
/// A sentence may hold a sentence, and that an advice.
const DEPTH_MAX: u8 = 2;

/// Lines of `"English {}" = "another language {}"`.
pub struct Catalogue {
    whole: HashMap<String, String>,
    /// With holes: what says most by itself first, in a fixed order between equals.
    open: Vec<Pattern>,
}

/// What stands between the holes, in both languages.
struct Pattern {
    english: Vec<String>,
    other: Vec<String>,
}

impl Catalogue {
    /// Of files of `locales/`; a file that cannot be read says nothing, which a test does not let happen.
    pub fn read(files: &[&str]) -> Self {
        let lines = files.iter().flat_map(|file| {
            toml::from_str::<HashMap<String, String>>(file).unwrap_or_else(|_| HashMap::new())
        });
        let (open, whole) = lines.partition::<HashMap<_, _>, _>(|(english, _)| english.contains(HOLE));
        let mut open: Vec<(String, String)> = open.into_iter().collect();
        open.sort_by_key(|(english, _)| {
            (std::cmp::Reverse(english.len() - HOLE.len() * english.matches(HOLE).count()), english.clone())
        });
        let pieces = |line: &str| line.split(HOLE).map(str::to_owned).collect();
        let open =
            open.iter().map(|(english, other)| Pattern { english: pieces(english), other: pieces(other) });
        Self { whole, open: open.collect() }
    }

    /// The English sentence in the other language; `None` when it is none of the catalogue's. What it holds is said by the catalogue
    /// too where it can be, else by `of_value`, else it stays.
    pub fn say(&self, english: &str, of_value: fn(&str) -> Option<String>) -> Option<String> {
        self.said(english, of_value, 0)
    }

    fn said(&self, english: &str, of_value: fn(&str) -> Option<String>, depth: u8) -> Option<String> {
        if let Some(whole) = self.whole.get(english) {
            return Some(whole.clone());
        }
        let mut open = self.open.iter().filter(|_| depth <= DEPTH_MAX);
        let (pattern, values) =
            open.find_map(|pattern| Some((pattern, values_of(&pattern.english, english)?)))?;
        let mut values = values.into_iter().map(|value| {
            let said = of_value(value).or_else(|| self.said(value, of_value, depth + 1));
            said.unwrap_or_else(|| value.to_owned())
        });
        let mut words = String::with_capacity(english.len() * 2);
        for piece in &pattern.other {
            words += piece;
            words += &values.next().unwrap_or_else(String::new);
        }
        Some(words)
    }
}

/// What stands in `text` for each hole between the pieces; `None` where it is another sentence.
fn values_of<'t>(pieces: &[String], text: &'t str) -> Option<Vec<&'t str>> {
    let (first, others) = pieces.split_first()?;
    let (last, between) = others.split_last()?;
    let mut rest = text.strip_prefix(first.as_str())?;
    let mut values = Vec::with_capacity(others.len());
    for piece in between {
        let (value, after) = rest.split_once(piece.as_str())?;
        values.push(value);
        rest = after;
    }
    values.push(rest.strip_suffix(last.as_str())?);
    values.iter().all(|value| !value.is_empty()).then_some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: &str = r#"
        "Call {} back" = "Llame a {}"
        "a caller" = "quien llamó"
        "from {} to {}" = "de {} a {}"
        "{} leads here." = "{} lleva aquí."
        "Not sent: {}" = "No enviado: {}"
    "#;

    fn said(english: &str) -> Option<String> {
        Catalogue::read(&[LINES]).say(english, |value| (value == "Monday").then(|| "lunes".to_owned()))
    }

    #[test]
    fn values_are_what_stands_between_the_words() {
        assert_eq!(said("from 1 to 9").as_deref(), Some("de 1 a 9"));
        assert_eq!(said("https://a.example leads here.").as_deref(), Some("https://a.example lleva aquí."));
        for other in ["from  to 9", "up to 9", "", "Call  back", "from 1 to "] {
            assert_eq!(said(other), None, "{other}");
        }
    }

    #[test]
    fn a_value_is_said_too_where_it_can_be() {
        assert_eq!(said("Not sent: Call a caller back").as_deref(), Some("No enviado: Llame a quien llamó"));
        assert_eq!(said("from Monday to Tuesday").as_deref(), Some("de lunes a Tuesday"));
    }
}
