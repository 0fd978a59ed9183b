//! The words of every e-mail: pure, one place, asserted literally.
//!
//! A subject is short and names nobody: it is read over shoulders and on locked screens. Whatever arrives from outside is
//! flattened to one line and cut, so that no name can begin a line of its own or turn the text around.

mod staff;
mod summary;

pub use staff::{LINK, invitation, password_reset};
pub use summary::{Numbers, OpenTask, summary};

use crate::language::Language::{self, English, Spanish};
use crate::messaging::wording::{HotLead, field};

const CLINIC_MAX: usize = 40;
const PHONE_MAX: usize = 24;
const NAME_MAX: usize = 80;
const INTEREST_MAX: usize = 120;
const SUMMARY_MAX: usize = 200;
const REPORTED_MAX: usize = 60;

/// What an e-mail says. May name a person: deliberately no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Words {
    /// One line.
    pub subject: String,
    /// Plain words.
    pub body: String,
}

impl Words {
    /// The same with the address of the call's page, above the footer.
    pub(super) fn with_call(self, language: Language, page: &str) -> Self {
        let line = match language {
            English => format!("Take it, so that nobody else is told: {page}"),
            Spanish => format!("Acéptela, para que no se avise a nadie más: {page}"),
        };
        let body = match self.body.rsplit_once("\n\n") {
            Some((above, footer)) => format!("{above}\n\n{line}\n\n{footer}"),
            None => format!("{}\n{line}\n", self.body),
        };
        Self { body, ..self }
    }
}

/// To staff: a caller worth calling back now. Says what the alert's text says.
pub fn hot_lead(language: Language, clinic: &str, lead: &HotLead<'_>) -> Words {
    let clinic = clinic_of(language, clinic);
    let given = |text: &str, max, english, spanish| match language {
        English => field(text, max, english),
        Spanish => field(text, max, spanish),
    };
    let name = given(lead.name, NAME_MAX, "Unknown caller", "Desconocido");
    let phone = given(lead.phone, PHONE_MAX, "Not given", "No lo dio");
    let interest = given(lead.interest, INTEREST_MAX, "Not said", "No lo dijo");
    let about = given(
        lead.summary,
        SUMMARY_MAX,
        "High-value lead detected during call",
        "Cliente de alto valor detectado en la llamada",
    );
    match language {
        English => Words {
            subject: format!("Hot lead at {clinic}: call back now"),
            body: format!(
                "A caller is worth calling back now.\n\nName: {name}\nPhone: {phone}\nInterest: {interest}\nSummary: {about}\n\n\
                 Call them back as soon as you can.\n{}",
                footer(language, &clinic)
            ),
        },
        Spanish => Words {
            subject: format!("Cliente interesado en {clinic}: llame ahora"),
            body: format!(
                "Vale la pena devolver esta llamada ahora.\n\nNombre: {name}\nTeléfono: {phone}\nInterés: {interest}\n\
                 Resumen: {about}\n\nLlame lo antes posible.\n{}",
                footer(language, &clinic)
            ),
        },
    }
}

/// To staff: somebody may be hurt. `reported` is the kind of symptom said ("swollen"), never the transcript.
pub fn clinical(language: Language, clinic: &str, phone: &str, reported: &str) -> Words {
    let clinic = clinic_of(language, clinic);
    match language {
        English => {
            let phone = field(phone, PHONE_MAX, "Not given");
            let reported = field(reported, REPORTED_MAX, "A possible reaction");
            Words {
                subject: format!("Urgent at {clinic}: call a caller back now"),
                body: format!(
                    "A caller may have a reaction.\n\nPhone: {phone}\nReported: {reported}\n\nCall them back now.\n{}",
                    footer(language, &clinic)
                ),
            }
        }
        Spanish => {
            let phone = field(phone, PHONE_MAX, "No lo dio");
            let reported = field(reported, REPORTED_MAX, "Una posible reacción");
            Words {
                subject: format!("Urgente en {clinic}: devuelva una llamada ahora"),
                body: format!(
                    "Una persona que llamó puede tener una reacción.\n\nTeléfono: {phone}\nDijo: {reported}\n\nLlame ahora.\n{}",
                    footer(language, &clinic)
                ),
            }
        }
    }
}

/// To whoever tries an address. `None` for a clinic is the installation's own test.
pub fn test(language: Language, clinic: Option<&str>) -> Words {
    let clinic = clinic.map(|clinic| clinic_of(language, clinic));
    match language {
        English => Words {
            subject: "Test e-mail from Voxanne".into(),
            body: format!(
                "E-mails of {} arrive at this address. Nothing to do.\n",
                clinic.as_deref().unwrap_or("this Voxanne")
            ),
        },
        Spanish => Words {
            subject: "Correo de prueba de Voxanne".into(),
            body: format!(
                "Los correos de {} llegan a esta dirección. No hay nada que hacer.\n",
                clinic.as_deref().unwrap_or("este Voxanne")
            ),
        },
    }
}

fn clinic_of(language: Language, clinic: &str) -> String {
    match language {
        English => field(clinic, CLINIC_MAX, "your clinic"),
        Spanish => field(clinic, CLINIC_MAX, "su clínica"),
    }
}

fn footer(language: Language, clinic: &str) -> String {
    match language {
        English => format!("\nWho gets e-mails of {clinic} is set under Settings, E-mail.\n"),
        Spanish => {
            format!("\nQuién recibe los correos de {clinic} se decide en Ajustes, Correo.\n")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LEAD: HotLead<'_> = HotLead {
        name: "Sarah Johnson",
        phone: "+12345678900",
        interest: "Botox Consultation",
        summary: "Wants Botox this week",
    };

    #[test]
    fn a_hot_lead_says_whom_to_call_and_its_subject_names_nobody() {
        let words = hot_lead(English, "Glow MedSpa", &LEAD);
        assert_eq!(words.subject, "Hot lead at Glow MedSpa: call back now");
        assert_eq!(
            words.body,
            "A caller is worth calling back now.\n\nName: Sarah Johnson\nPhone: +12345678900\nInterest: Botox Consultation\n\
             Summary: Wants Botox this week\n\nCall them back as soon as you can.\n\n\
             Who gets e-mails of Glow MedSpa is set under Settings, E-mail.\n"
        );
        let words =
            hot_lead(Spanish, "Glow MedSpa", &HotLead { name: "", interest: "", summary: "", ..LEAD });
        assert_eq!(words.subject, "Cliente interesado en Glow MedSpa: llame ahora");
        assert_eq!(
            words.body,
            "Vale la pena devolver esta llamada ahora.\n\nNombre: Desconocido\nTeléfono: +12345678900\nInterés: No lo dijo\n\
             Resumen: Cliente de alto valor detectado en la llamada\n\nLlame lo antes posible.\n\n\
             Quién recibe los correos de Glow MedSpa se decide en Ajustes, Correo.\n"
        );
    }

    #[test]
    fn an_alert_leads_to_the_page_on_which_it_is_taken() {
        let words = clinical(English, "Glow MedSpa", "+12345678900", "swollen");
        assert_eq!(
            words.with_call(English, "https://voxanne.example/dashboard/calls/call_1").body,
            "A caller may have a reaction.\n\nPhone: +12345678900\nReported: swollen\n\nCall them back now.\n\n\
             Take it, so that nobody else is told: https://voxanne.example/dashboard/calls/call_1\n\n\
             Who gets e-mails of Glow MedSpa is set under Settings, E-mail.\n"
        );
    }

    #[test]
    fn a_clinical_alert_says_to_call_now_and_its_subject_names_no_illness() {
        let words = clinical(English, "Glow MedSpa", "+12345678900", "swollen");
        assert_eq!(words.subject, "Urgent at Glow MedSpa: call a caller back now");
        assert_eq!(
            words.body,
            "A caller may have a reaction.\n\nPhone: +12345678900\nReported: swollen\n\nCall them back now.\n\n\
             Who gets e-mails of Glow MedSpa is set under Settings, E-mail.\n"
        );
        let words = clinical(Spanish, "Glow MedSpa", "", "");
        assert_eq!(words.subject, "Urgente en Glow MedSpa: devuelva una llamada ahora");
        assert!(
            words.body.contains("Teléfono: No lo dio\nDijo: Una posible reacción\n\nLlame ahora."),
            "{}",
            words.body
        );
    }

    #[test]
    fn a_test_says_that_there_is_nothing_to_do() {
        let words = test(English, Some("Glow MedSpa"));
        assert_eq!(words.subject, "Test e-mail from Voxanne");
        assert_eq!(words.body, "E-mails of Glow MedSpa arrive at this address. Nothing to do.\n");
        assert_eq!(
            test(English, None).body,
            "E-mails of this Voxanne arrive at this address. Nothing to do.\n"
        );
        let words = test(Spanish, Some("Glow MedSpa"));
        assert_eq!(words.subject, "Correo de prueba de Voxanne");
        assert_eq!(
            words.body,
            "Los correos de Glow MedSpa llegan a esta dirección. No hay nada que hacer.\n"
        );
    }

    #[test]
    fn w11_a_name_cannot_begin_a_line_or_turn_the_text_around() {
        let attack = "Sarah\r\nBcc: all@glow.example\n\nPhone: +19005550100 \u{202e}gnp\u{200b}";
        let words = hot_lead(English, attack, &HotLead { name: attack, summary: attack, ..LEAD });
        assert!(!words.subject.contains(['\r', '\n', '\u{202e}', '\u{200b}']));
        assert_eq!(words.body.lines().filter(|line| line.starts_with("Phone: ")).count(), 1);
        assert!(!words.body.lines().any(|line| line.starts_with("Bcc")));
        assert!(!words.body.contains(['\u{202e}', '\u{200b}']));
    }

    proptest! {
        #[test]
        fn a_subject_is_one_short_line_whatever_a_clinic_is_called(clinic in "\\PC{0,300}|[\r\n\t\u{202a}-\u{202e}]{0,9}") {
            for language in Language::ALL {
                for words in [
                    hot_lead(language, &clinic, &LEAD),
                    clinical(language, &clinic, "+12345678900", "swollen"),
                    test(language, Some(&clinic)),
                ] {
                    prop_assert!(words.subject.chars().count() <= 90, "{}", words.subject);
                    prop_assert!(!words.subject.contains(char::is_control), "{}", words.subject);
                    // Their own name and number; a clinic may be called "+1" for all we know.
                    let names_them = words.subject.contains("Sarah") || words.subject.contains("2345678900");
                    prop_assert!(!names_them, "{}", words.subject);
                }
            }
        }
    }
}
