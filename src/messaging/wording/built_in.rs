//! The words of an org that wrote none of its own, as templates.

use super::template::TemplateKind;
use crate::language::Language;

/// Our words for a text, without what [`super::write`] adds: the question of a reminder and how to opt out.
pub(super) const fn built_in(kind: TemplateKind, language: Language) -> &'static str {
    match language {
        Language::English => english(kind),
        Language::Spanish => spanish(kind),
    }
}

const fn english(kind: TemplateKind) -> &'static str {
    match kind {
        TemplateKind::Confirmation => "{clinic}: your appointment is confirmed for {moment}. {questions}",
        TemplateKind::Pending => {
            "{clinic}: we have your appointment request for {moment}. We'll call you within 24 hours to confirm. {questions}"
        }
        TemplateKind::Change => "{clinic}: your appointment has been moved to {moment}. {questions}",
        TemplateKind::Cancellation => "{clinic}: your appointment on {moment} is cancelled. {questions}",
        TemplateKind::Series => {
            "{clinic}: {visits} visits are booked for you, the first on {moment}. {questions}"
        }
        TemplateKind::WaitlistOffer => {
            "{clinic}: a time opened up: {moment}. Reply TAKE by {until} today to book it, or PASS. {or_link}"
        }
        TemplateKind::Reminder => "{clinic}: a reminder that your appointment is {moment}. {questions}",
        TemplateKind::MissedCall => {
            "{clinic}: sorry we couldn't help you on the phone. Reply with what you need and we'll get back to you. \
             {questions}"
        }
        TemplateKind::DetailsRequest => {
            "{clinic}: to finish your booking, please reply with your full name and the day and time you would like. {questions}"
        }
    }
}

const fn spanish(kind: TemplateKind) -> &'static str {
    match kind {
        TemplateKind::Confirmation => "{clinic}: su cita queda confirmada para el {moment}. {questions}",
        TemplateKind::Pending => {
            "{clinic}: recibimos su solicitud de cita para el {moment}. Le llamaremos dentro de 24 horas para confirmarla. \
             {questions}"
        }
        TemplateKind::Change => "{clinic}: su cita ahora es el {moment}. {questions}",
        TemplateKind::Cancellation => "{clinic}: su cita del {moment} queda cancelada. {questions}",
        TemplateKind::Series => {
            "{clinic}: le reservamos {visits} citas; la primera es el {moment}. {questions}"
        }
        TemplateKind::WaitlistOffer => {
            "{clinic}: se abre una hora: {moment}. Responda TAKE antes de {until} de hoy para reservarla, o PASS. {or_link}"
        }
        TemplateKind::Reminder => "{clinic}: le recordamos su cita: {moment}. {questions}",
        TemplateKind::MissedCall => {
            "{clinic}: sentimos no haberle atendido por teléfono. Responda con lo que necesita y le contactaremos. {questions}"
        }
        TemplateKind::DetailsRequest => {
            "{clinic}: para completar su reserva, responda con su nombre completo y la fecha y hora que prefiere. {questions}"
        }
    }
}

/// Asks whether they come, with words that no carrier takes for an opt-out.
pub(super) const fn question(language: Language) -> &'static str {
    match language {
        Language::English => "Reply C to confirm, R to reschedule, X to cancel.",
        Language::Spanish => "Responda C para confirmar, R para cambiarla o X para cancelarla.",
    }
}

/// How to have no more texts.
pub(super) const fn opt_out(language: Language) -> &'static str {
    match language {
        Language::English => "Reply STOP to opt out.",
        Language::Spanish => "Responda STOP para no recibir mas mensajes.",
    }
}

/// The name of a clinic whose own cannot be written.
pub(super) const fn unnamed(language: Language) -> &'static str {
    match language {
        Language::English => "Your clinic",
        Language::Spanish => "Su clinica",
    }
}
