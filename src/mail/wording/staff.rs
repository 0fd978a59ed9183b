//! To one person: the link by which they become staff, or get another password.

use super::{Words, clinic_of};
use crate::language::Language::{self, English, Spanish};

/// Where the link goes: it is filled in when the e-mail leaves, and stored nowhere.
pub const LINK: &str = "{link}";

/// To whoever was invited; the link works for so many hours.
pub fn invitation(language: Language, clinic: &str, hours: i64) -> Words {
    let clinic = clinic_of(language, clinic);
    match language {
        English => Words {
            subject: format!("You are invited to {clinic}"),
            body: format!(
                "You are invited to the dashboard of {clinic}. Open this link to join:\n\n{LINK}\n\n\
                 It works once, within {hours} hours. If you did not expect it, there is nothing to do.\n"
            ),
        },
        Spanish => Words {
            subject: format!("Invitación a {clinic}"),
            body: format!(
                "Le invitan al panel de {clinic}. Abra este enlace para entrar:\n\n{LINK}\n\n\
                 Sirve una vez, dentro de {hours} horas. Si no lo esperaba, no tiene que hacer nada.\n"
            ),
        },
    }
}

/// To whoever forgot their password; the link works for so many minutes.
pub fn password_reset(language: Language, minutes: i64) -> Words {
    match language {
        English => Words {
            subject: "Choose a new password for Voxanne".into(),
            body: format!(
                "Somebody asked for a new password for the Voxanne account of this address. Open this link to choose one:\n\n{LINK}\n\n\
                 It works once, within {minutes} minutes. If it was not you, there is nothing to do: your password stays.\n"
            ),
        },
        Spanish => Words {
            subject: "Elija una contraseña nueva para Voxanne".into(),
            body: format!(
                "Alguien pidió una contraseña nueva para la cuenta de Voxanne de esta dirección. Abra este enlace para elegirla:\n\n{LINK}\n\n\
                 Sirve una vez, dentro de {minutes} minutos. Si no fue usted, no tiene que hacer nada: su contraseña sigue igual.\n"
            ),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_one_place_for_the_link_and_a_subject_that_says_nothing_of_it() {
        for language in Language::ALL {
            for words in [invitation(language, "Glow {link}\nMedSpa", 72), password_reset(language, 60)] {
                assert!(!words.subject.contains('\n'), "{}", words.subject);
                assert!(words.body.contains(&format!("\n\n{LINK}\n\n")), "{}", words.body);
            }
        }
        assert_eq!(invitation(English, "Glow MedSpa", 72).subject, "You are invited to Glow MedSpa");
    }
}
