//! Sentences of the API in Spanish. They are written in English where they are said; `locales/es_api.toml` has each by its English
//! words, and `locales/told.toml` those that staff are told in a task as well.

use std::sync::LazyLock;

use super::{Catalogue, Language};

/// One line for each sentence.
const LINES: &str = include_str!("../../locales/es_api.toml");
/// What else an answer may hold: advice on a vendor's code, above all.
pub const TOLD_LINES: &str = include_str!("../../locales/told.toml");

static SPANISH: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::read(&[TOLD_LINES, LINES]));

impl Language {
    /// An English sentence in this language; as it is where the catalogue does not have it.
    pub fn say(self, english: &str) -> String {
        match self {
            Self::English => None,
            Self::Spanish => SPANISH.say(english, |_| None),
        }
        .unwrap_or_else(|| english.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

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
    fn what_a_vendors_code_asks_for_is_said_too() {
        let hint = voxanne_twilio::code_hint(20003);
        assert!(Language::Spanish.say(hint).starts_with("Twilio rechazó las credenciales."));
    }

    #[test]
    fn each_line_has_as_many_holes_in_both_languages() {
        for (file, least) in [(LINES, 200), (TOLD_LINES, 100)] {
            let lines: HashMap<String, String> = toml::from_str(file).unwrap_or_else(|_| HashMap::new());
            assert!(lines.len() > least);
            for (english, spanish) in lines {
                assert_eq!(english.matches("{}").count(), spanish.matches("{}").count(), "{english}");
            }
        }
    }
}
