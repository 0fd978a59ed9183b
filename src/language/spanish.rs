//! Sentences of the API in Spanish. They are written in English where they are said; `locales/es_api.toml` has each by its English
//! words, so that code says a thing once and nobody translates ids or codes.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Language;

/// One line for each sentence: `"English" = "Spanish"`, with `{}` for what a sentence holds.
const LINES: &str = include_str!("../../locales/es_api.toml");
/// What stands for a value.
const HOLE: &str = "{}";

static SPANISH: LazyLock<Spanish> = LazyLock::new(|| {
    let lines: HashMap<String, String> = toml::from_str(LINES).unwrap_or_else(|_| HashMap::new());
    let (open, whole) =
        lines.into_iter().partition::<HashMap<_, _>, _>(|(english, _)| english.contains(HOLE));
    let mut open: Vec<(String, String)> = open.into_iter().collect();
    // Of two that fit, the one that says more by itself; a fixed order between equals.
    open.sort_by_key(|(english, _)| (std::cmp::Reverse(english.len()), english.clone()));
    Spanish { whole, open }
});

struct Spanish {
    whole: HashMap<String, String>,
    /// With holes.
    open: Vec<(String, String)>,
}

impl Language {
    /// An English sentence in this language; as it is where the catalogue does not have it.
    pub fn say(self, english: &str) -> String {
        match self {
            Self::English => None,
            Self::Spanish => SPANISH.of(english),
        }
        .unwrap_or_else(|| english.to_owned())
    }
}

impl Spanish {
    fn of(&self, english: &str) -> Option<String> {
        if let Some(spanish) = self.whole.get(english) {
            return Some(spanish.clone());
        }
        self.open.iter().find_map(|(pattern, spanish)| {
            let mut values = values_of(pattern, english)?.into_iter();
            let mut parts = spanish.split(HOLE);
            let mut said = parts.next()?.to_owned();
            for part in parts {
                let value = values.next()?;
                said += &self.whole.get(value).cloned().unwrap_or_else(|| value.to_owned());
                said += part;
            }
            Some(said)
        })
    }
}

/// What stands in the holes of `pattern`, if `text` is one of its sentences.
fn values_of<'t>(pattern: &str, text: &'t str) -> Option<Vec<&'t str>> {
    let mut literals = pattern.split(HOLE);
    let mut rest = text.strip_prefix(literals.next()?)?;
    let mut literals: Vec<&str> = literals.collect();
    let last = literals.pop()?;
    let mut values = Vec::with_capacity(literals.len() + 1);
    for literal in literals {
        let (value, after) = rest.split_once(literal)?;
        values.push(value);
        rest = after;
    }
    values.push(rest.strip_suffix(last)?);
    values.iter().all(|value| !value.is_empty()).then_some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_said_with_its_values() {
        let said = |english| Language::Spanish.say(english);
        assert_eq!(said("There is nothing here."), "Aquí no hay nada.");
        assert_eq!(said("must have 1 to 30 characters"), "debe tener de 1 a 30 caracteres");
        assert_eq!(
            said("The role viewer does not allow this (tasks:write). Ask an owner of the clinic."),
            "El rol solo lectura no permite esto (tasks:write). Pídaselo a un propietario de la clínica."
        );
        assert_eq!(said("Nothing that anybody ever said"), "Nothing that anybody ever said");
        assert_eq!(Language::English.say("There is nothing here."), "There is nothing here.");
    }

    #[test]
    fn values_are_what_stands_between_the_words() {
        assert_eq!(values_of("from {} to {}", "from 1 to 9"), Some(vec!["1", "9"]));
        assert_eq!(
            values_of("{} leads here.", "https://a.example leads here."),
            Some(vec!["https://a.example"])
        );
        assert_eq!(values_of("from {} to {}", "from  to 9"), None);
        assert_eq!(values_of("from {} to {}", "up to 9"), None);
    }

    #[test]
    fn each_line_has_as_many_holes_in_both_languages() {
        let lines: HashMap<String, String> = toml::from_str(LINES).unwrap_or_else(|_| HashMap::new());
        assert!(lines.len() > 200);
        for (english, spanish) in lines {
            assert_eq!(english.matches(HOLE).count(), spanish.matches(HOLE).count(), "{english}");
        }
    }
}
