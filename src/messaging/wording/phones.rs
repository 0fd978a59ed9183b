//! Texts about the numbers that get alerts: whether one works, whose it is, and that it gets them no more.

use super::CLINIC_MAX;
use super::alphabet::gsm7_field;
use crate::language::Language;

/// What a number is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PhonePurpose {
    /// The org's number for hot leads.
    HotLead,
    /// The org's number for clinical alerts.
    Clinical,
    /// Somebody on the list of those who are told.
    Recipient,
}

impl PhonePurpose {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::HotLead, Self::Clinical, Self::Recipient];

    /// Its name in the database and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HotLead => "hot_lead",
            Self::Clinical => "clinical",
            Self::Recipient => "recipient",
        }
    }

    /// What comes to the number.
    const fn alerts(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::HotLead, Language::English) => "hot lead alerts",
            (Self::Clinical, Language::English) => "clinical alerts",
            (Self::Recipient, Language::English) => "alerts",
            (Self::HotLead, Language::Spanish) => "los avisos de interesados",
            (Self::Clinical, Language::Spanish) => "los avisos clinicos",
            (Self::Recipient, Language::Spanish) => "los avisos",
        }
    }
}

fn named(clinic: &str, language: Language) -> String {
    let otherwise = match language {
        Language::English => "your clinic",
        Language::Spanish => "su clinica",
    };
    gsm7_field(clinic, CLINIC_MAX, otherwise)
}

/// To a number, from the settings page: it works.
pub fn test_alert(clinic: &str, language: Language) -> String {
    let clinic = named(clinic, language);
    match language {
        Language::English => {
            format!(
                "VOXANNE TEST ALERT: hot lead alerts for {clinic} will arrive at this number. No action needed."
            )
        }
        Language::Spanish => {
            format!(
                "VOXANNE, AVISO DE PRUEBA: los avisos de interesados de {clinic} llegan a este numero. No tiene que hacer nada."
            )
        }
    }
}

/// To a number that is to get alerts: whoever holds it reads the code out to whoever asked.
pub fn phone_code(purpose: PhonePurpose, clinic: &str, code: &str, language: Language) -> String {
    let (clinic, alerts) = (named(clinic, language), purpose.alerts(language));
    match language {
        Language::English => format!(
            "VOXANNE: {code} is the code to get {alerts} of {clinic} at this number. It works for 10 minutes. \
             If you expect none, ignore this text."
        ),
        Language::Spanish => format!(
            "VOXANNE: {code} es el codigo para recibir en este numero {alerts} de {clinic}. Vale 10 minutos. \
             Si no lo espera, ignore este mensaje."
        ),
    }
}

/// To a number that got alerts until now. `now` is the one that does from here on.
pub fn phone_notice(purpose: PhonePurpose, clinic: &str, now: Option<&str>, language: Language) -> String {
    let (clinic, alerts) = (named(clinic, language), purpose.alerts(language));
    let end = now.map(|phone| phone.get(phone.len().saturating_sub(4)..).unwrap_or_default());
    match (language, end) {
        (Language::English, Some(end)) => format!(
            "VOXANNE: {alerts} of {clinic} no longer come to this number. They go to the one ending in {end}. \
             If your team did not decide that, check Settings now."
        ),
        (Language::English, None) => format!(
            "VOXANNE: {alerts} of {clinic} no longer come to this number. If your team did not decide that, check Settings now."
        ),
        (Language::Spanish, Some(end)) => format!(
            "VOXANNE: {alerts} de {clinic} ya no llegan a este numero. Van al que termina en {end}. \
             Si su equipo no lo decidio, revise los Ajustes ahora."
        ),
        (Language::Spanish, None) => format!(
            "VOXANNE: {alerts} de {clinic} ya no llegan a este numero. Si su equipo no lo decidio, revise los Ajustes ahora."
        ),
    }
}
