//! Titles of tasks and notifications, and what else is written in English where it happens, in the reader's language: what the program
//! itself wrote is known by its pattern, and what a person wrote stays as it is.

use std::borrow::Cow;
use std::sync::LazyLock;

use crate::language::{Catalogue, Language, TOLD_LINES};
use crate::when;

static SPANISH: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::read(&[TOLD_LINES]));

/// `title` as the reader reads it.
pub(super) fn told(language: Language, title: &str) -> Cow<'_, str> {
    match language {
        Language::English => None,
        Language::Spanish => SPANISH.say(title, when::spanish),
    }
    .map_or(Cow::Borrowed(title), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn spanish(title: &str) -> Cow<'_, str> {
        told(Language::Spanish, title)
    }

    #[test]
    fn what_the_program_told_is_read_in_spanish() {
        for (english, read) in [
            ("Answer a text", "Conteste un mensaje"),
            ("Hot lead: call Nina Falk back now", "Interesado caliente: llame ya a Nina Falk"),
            (
                "Text not sent: The recipient replied STOP. Call instead.",
                "Mensaje no enviado: La persona respondió STOP. Mejor llame.",
            ),
            (
                "A visit was moved at short notice: decide on the fee of the policy",
                "Se cambió una cita con poca antelación: decida sobre el cargo de la política",
            ),
            (
                "3 visits on Friday, December 4 at Glow have not answered a reminder: call them",
                "3 citas del viernes 4 de diciembre en Glow no han respondido al recordatorio: llame a las personas",
            ),
            (
                "“Work” has something else at the time of the visit on Friday, December 4 at 1:30 PM. Move the visit, or keep both.",
                "“Work” tiene otra cosa a la hora de la cita del viernes 4 de diciembre a la 1:30 PM. Cambie la cita, o deje las dos.",
            ),
            (
                "Not e-mailed to a@glow.example: a hot lead alert (SMTP 552). The mailbox is full. Ask its owner to make room.",
                "No salió por correo a a@glow.example: una alerta de interesado caliente (SMTP 552). El buzón está lleno. Pida a su dueño que haga sitio.",
            ),
            (
                "Urgent: call +13105550142 back, promised when we open on Thursday at 9 AM: price of the peel",
                "Urgente: llame a +13105550142, se prometió cuando abramos el jueves a las 9 AM: price of the peel",
            ),
        ] {
            assert_eq!(spanish(english), read);
        }
    }

    #[test]
    fn what_is_none_of_the_programs_stays_as_it_is() {
        for own in ["Order towels", "Text not sent: ", "", "Hot lead: call", "Answer a text from Ruth"] {
            assert_eq!(spanish(own), own);
        }
        assert_eq!(told(Language::English, "Answer a text"), "Answer a text");
    }

    #[test]
    fn no_pattern_fits_everything() {
        let lines: HashMap<String, String> = toml::from_str(TOLD_LINES).unwrap_or_else(|_| HashMap::new());
        for english in lines.keys() {
            assert!(english.split("{}").any(|piece| piece.len() > 3), "{english}");
        }
    }
}
