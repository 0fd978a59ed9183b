//! What sorts of work there are: in words for people, and how much each can wait.

use crate::language::Language;

/// How long a task can wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// Somebody may be hurt, or is worth calling back this minute.
    Now,
    /// Somebody waits for it.
    Today,
    /// Something of the clinic's own has to be put right.
    Soon,
}

impl Urgency {
    /// Its name in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::Today => "today",
            Self::Soon => "soon",
        }
    }

    /// As a list sorts by it.
    pub const fn rank(self) -> i16 {
        match self {
            Self::Now => 0,
            Self::Today => 1,
            Self::Soon => 2,
        }
    }
}

/// A sort of work: its name, how much it can wait, and what it is called in English and Spanish.
type Row = (&'static str, Urgency, &'static str, &'static str);

/// The kind of a task that a person wrote.
pub const BY_HAND: &str = "by_hand";

/// Every kind that the program raises; one of a later version is [`OTHER`].
const KINDS: &[Row] = &[
    (
        "clinical_call_back",
        Urgency::Now,
        "Call back: a possible reaction",
        "Devolver la llamada: posible reacción",
    ),
    (
        "alert_unacknowledged",
        Urgency::Now,
        "Take an alert that nobody has",
        "Atender una alerta que nadie tomó",
    ),
    ("call_hot_lead", Urgency::Now, "Call a hot lead", "Llamar a un cliente muy interesado"),
    (
        "hot_lead_waits",
        Urgency::Now,
        "Call a hot lead at opening",
        "Llamar a un cliente muy interesado al abrir",
    ),
    ("call_back", Urgency::Today, "Call back", "Devolver una llamada"),
    ("answer_text", Urgency::Today, "Answer a text", "Contestar un mensaje"),
    ("call_instead", Urgency::Today, "Call: a text did not arrive", "Llamar: un mensaje no llegó"),
    ("text_failed", Urgency::Today, "Call: a text did not arrive", "Llamar: un mensaje no llegó"),
    ("text_not_sent", Urgency::Today, "Call: a text was not sent", "Llamar: un mensaje no se envió"),
    ("text_unknown", Urgency::Today, "Ask whether a text arrived", "Preguntar si llegó un mensaje"),
    ("waitlist_unreachable", Urgency::Today, "Call about an opening", "Llamar por un turno libre"),
    ("find_time", Urgency::Today, "Find a time for somebody", "Buscar una hora para alguien"),
    (
        "cancel_or_stop",
        Urgency::Today,
        "Ask what CANCEL meant: the visit or all texts",
        "Preguntar qué quiso cancelar: la cita o los mensajes",
    ),
    (
        "review_opt_out",
        Urgency::Today,
        "See whether somebody wants no more texts",
        "Confirmar que alguien no quiere más mensajes",
    ),
    ("call_unanswered", Urgency::Today, "Ask whether they come", "Preguntar si vendrán"),
    ("confirm_appointment", Urgency::Today, "Confirm a visit", "Confirmar una cita"),
    ("late_change", Urgency::Today, "Decide on a late fee", "Decidir un cargo por cambio tardío"),
    ("false_promise", Urgency::Today, "Put right what was said", "Corregir lo que se dijo"),
    ("find_phone", Urgency::Today, "Find a phone number", "Buscar un número de teléfono"),
    (
        "calendar_conflict",
        Urgency::Today,
        "Settle a calendar conflict",
        "Resolver un conflicto de calendario",
    ),
    (
        "clock_rules_changed",
        Urgency::Today,
        "Check a visit: the clocks change",
        "Revisar una cita: cambia la hora",
    ),
    ("reconnect_calendar", Urgency::Soon, "Reconnect a calendar", "Volver a conectar un calendario"),
    ("choose_calendar", Urgency::Soon, "Choose a calendar", "Elegir un calendario"),
    ("remove_access", Urgency::Soon, "Remove access to a calendar", "Quitar el acceso a un calendario"),
    ("reconnect_twilio", Urgency::Soon, "Reconnect texting", "Volver a conectar los mensajes"),
    ("fix_texting", Urgency::Soon, "Fix texting", "Arreglar los mensajes"),
    ("text_loop", Urgency::Soon, "Read texts that keep coming", "Leer mensajes que no paran"),
    ("set_alert_phone", Urgency::Soon, "Set the alert phone", "Indicar el teléfono de alertas"),
    ("set_up_email", Urgency::Soon, "Set up e-mail", "Configurar el correo"),
    ("email_refused", Urgency::Soon, "An e-mail was refused", "Un correo fue rechazado"),
    ("email_unreachable", Urgency::Soon, "E-mails do not arrive", "Los correos no llegan"),
    ("email_unknown", Urgency::Soon, "An e-mail may not have arrived", "Un correo quizá no llegó"),
    ("member_left", Urgency::Soon, "Decide on what somebody left", "Decidir sobre lo que alguien dejó"),
    ("alert_budget", Urgency::Soon, "Look at the threshold of alerts", "Revisar el umbral de alertas"),
    (BY_HAND, Urgency::Today, "To do", "Por hacer"),
];
const OTHER: (Urgency, &str, &str) = (Urgency::Soon, "Something else to look at", "Otra cosa por revisar");

/// How much a task of this kind can wait.
pub fn urgency(kind: &str) -> Urgency {
    KINDS.iter().find(|row| row.0 == kind).map_or(OTHER.0, |row| row.1)
}

/// What a kind is called.
pub fn label(kind: &str, language: Language) -> &'static str {
    let (_, english, spanish) =
        KINDS.iter().find(|row| row.0 == kind).map_or(OTHER, |row| (row.1, row.2, row.3));
    match language {
        Language::English => english,
        Language::Spanish => spanish,
    }
}

/// The names of all kinds that can wait so long.
pub(super) fn kinds_of(urgency: Urgency) -> Vec<&'static str> {
    KINDS.iter().filter(|row| row.1 == urgency).map(|row| row.0).collect()
}

/// Whether it has a row.
pub(super) fn is_known(kind: &str) -> bool {
    kinds().any(|known| known == kind)
}

/// The names of all kinds, the most urgent first.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|row| row.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_own_name_and_words_and_the_unknown_ones_have_some() {
        let mut names: Vec<&str> = kinds().collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), KINDS.len());
        for (name, _, english, spanish) in KINDS {
            assert!(!english.is_empty() && english != spanish, "{name}");
        }
        assert_eq!(label("of_a_later_version", Language::English), "Something else to look at");
        assert_eq!(urgency("clinical_call_back"), Urgency::Now);
        assert!(KINDS.is_sorted_by_key(|row| (row.0 == BY_HAND, row.1)), "the most urgent first");
    }
}
