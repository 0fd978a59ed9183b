//! The daily summary: numbers, and what waits for a person. Names no patient, number or treatment.
//!
//! A day on which nothing happened is told too, in one line: a manager who hears nothing cannot know whether it was quiet
//! or whether the receptionist, or its mail, is down.

use jiff::civil::Date;

use super::{Words, clinic_of, footer};
use crate::language::Language::{self, English, Spanish};
use crate::when::text_day;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Numbers {
    /// Calls that the receptionist answered that day.
    pub calls: i64,
    /// Visits booked that day that still stand.
    pub booked: i64,
    /// Hot leads of that day.
    pub hot_leads: i64,
    /// Texts of that day that did not arrive.
    pub undelivered: i64,
    /// Visits of the morning's own day.
    pub visits_today: i64,
    /// Tasks that nobody has done.
    pub open_tasks: i64,
}

impl Numbers {
    const fn is_quiet(&self) -> bool {
        self.calls == 0 && self.booked == 0 && self.hot_leads == 0 && self.undelivered == 0
    }
}

/// A task that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenTask {
    /// What sort of work. Its title may hold a number or a reason that a caller gave, so it is not told.
    pub kind: String,
    /// Since when, by the clinic's clock.
    pub since: Date,
}

/// Of `day`, sent the morning after. `oldest` are the tasks that wait longest.
pub fn summary(
    language: Language,
    (clinic, day): (&str, Date),
    numbers: &Numbers,
    oldest: &[OpenTask],
) -> Words {
    let clinic = clinic_of(language, clinic);
    let when = text_day(day, language);
    Words {
        subject: subject(language, (&clinic, &when), numbers),
        body: format!(
            "{}{}{}",
            happened(language, (&clinic, &when), numbers),
            waiting(language, numbers, oldest),
            footer(language, &clinic)
        ),
    }
}

fn subject(language: Language, (clinic, when): (&str, &str), numbers: &Numbers) -> String {
    let (calls, booked) = (numbers.calls, numbers.booked);
    match language {
        English if numbers.is_quiet() => format!("{clinic}, {when}: a quiet day"),
        Spanish if numbers.is_quiet() => format!("{clinic}, {when}: un día tranquilo"),
        English => {
            let (c, b) =
                (if calls == 1 { "call" } else { "calls" }, if booked == 1 { "visit" } else { "visits" });
            format!("{clinic}, {when}: {calls} {c}, {booked} {b} booked")
        }
        Spanish => {
            let c = if calls == 1 { "llamada" } else { "llamadas" };
            let b = if booked == 1 { "cita nueva" } else { "citas nuevas" };
            format!("{clinic}, {when}: {calls} {c}, {booked} {b}")
        }
    }
}

fn happened(language: Language, (clinic, when): (&str, &str), numbers: &Numbers) -> String {
    let Numbers { calls, booked, hot_leads, undelivered, visits_today, .. } = numbers;
    match language {
        English if numbers.is_quiet() => format!(
            "Nothing happened at {clinic} on {when}: nobody called, and nothing was booked.\n\nVisits today: {visits_today}\n"
        ),
        Spanish if numbers.is_quiet() => format!(
            "No pasó nada en {clinic} el {when}: nadie llamó y no se reservó nada.\n\nCitas de hoy: {visits_today}\n"
        ),
        English => format!(
            "{clinic} on {when}\n\nCalls answered: {calls}\nVisits booked: {booked}\nHot leads: {hot_leads}\n\
             Texts not delivered: {undelivered}\n\nVisits today: {visits_today}\n"
        ),
        Spanish => format!(
            "{clinic}, {when}\n\nLlamadas atendidas: {calls}\nCitas reservadas: {booked}\nClientes interesados: {hot_leads}\n\
             Mensajes no entregados: {undelivered}\n\nCitas de hoy: {visits_today}\n"
        ),
    }
}

fn waiting(language: Language, numbers: &Numbers, oldest: &[OpenTask]) -> String {
    let open = numbers.open_tasks;
    let head = match language {
        English if open == 0 => return "Open tasks: none\n".into(),
        Spanish if open == 0 => return "Tareas pendientes: ninguna\n".into(),
        English => format!("Open tasks: {open}\n"),
        Spanish => format!("Tareas pendientes: {open}\n"),
    };
    let lines = oldest.iter().map(|task| {
        let (what, since) = (label(language, &task.kind), text_day(task.since, language));
        match language {
            English => format!("- {what} (since {since})\n"),
            Spanish => format!("- {what} (desde el {since})\n"),
        }
    });
    std::iter::once(head).chain(lines).collect()
}

/// What a kind of task is called.
fn label(language: Language, kind: &str) -> &'static str {
    let (english, spanish) = match kind {
        "clinical_call_back" => ("Call back: a possible reaction", "Devolver una llamada: posible reacción"),
        "call_back" => ("Call somebody back who asked for it", "Devolver una llamada que pidieron"),
        "call_instead" | "text_failed" | "text_not_sent" | "waitlist_unreachable" => {
            ("Call somebody whom a text did not reach", "Llamar a alguien a quien no le llegó un mensaje")
        }
        "text_unknown" => ("Ask whether a text arrived", "Preguntar si llegó un mensaje"),
        "answer_text" => ("Answer a text", "Contestar un mensaje"),
        "call_unanswered" => {
            ("Call somebody who has not confirmed a visit", "Llamar a quien no ha confirmado su cita")
        }
        "confirm_appointment" => ("Confirm a visit", "Confirmar una cita"),
        "late_change" => ("Decide on the fee of a late change", "Decidir el cargo de un cambio tardío"),
        "false_promise" => ("Put right what a caller was told", "Corregir lo que se le dijo a alguien"),
        "find_phone" => ("Find the phone number of a visit", "Buscar el teléfono de una cita"),
        "clock_rules_changed" => {
            ("Check a visit after a change of the clocks", "Revisar una cita por el cambio de hora")
        }
        "calendar_conflict" => ("Settle a calendar conflict", "Resolver un conflicto de calendario"),
        "reconnect_calendar" | "choose_calendar" | "remove_access" => {
            ("Look after a connected calendar", "Revisar un calendario conectado")
        }
        "reconnect_twilio" | "fix_texting" => {
            ("Texts do not leave: see to it", "Los mensajes no salen: revisarlo")
        }
        "set_alert_phone" => ("Set the alert phone", "Indicar el teléfono de alertas"),
        "set_up_email" | "email_refused" | "email_unreachable" | "email_unknown" => {
            ("E-mails do not arrive: see to it", "Los correos no llegan: revisarlo")
        }
        _ => ("Something else to look at", "Otra cosa por revisar"),
    };
    match language {
        English => english,
        Spanish => spanish,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn day() -> Date {
        date(2026, 11, 23)
    }

    fn numbers() -> Numbers {
        Numbers { calls: 12, booked: 1, hot_leads: 2, undelivered: 0, visits_today: 9, open_tasks: 14 }
    }

    fn tasks() -> Vec<OpenTask> {
        let task = |kind: &str, since| OpenTask { kind: kind.into(), since };
        vec![task("call_back", date(2026, 11, 20)), task("of_a_later_version", date(2026, 11, 22))]
    }

    #[test]
    fn a_busy_day_is_told_in_numbers() {
        let words = summary(English, ("Glow MedSpa", day()), &numbers(), &tasks());
        assert_eq!(words.subject, "Glow MedSpa, Monday, November 23: 12 calls, 1 visit booked");
        assert_eq!(
            words.body,
            "Glow MedSpa on Monday, November 23\n\nCalls answered: 12\nVisits booked: 1\nHot leads: 2\nTexts not delivered: 0\n\n\
             Visits today: 9\nOpen tasks: 14\n- Call somebody back who asked for it (since Friday, November 20)\n\
             - Something else to look at (since Sunday, November 22)\n\n\
             Who gets e-mails of Glow MedSpa is set under Settings, E-mail.\n"
        );
        let words = summary(Spanish, ("Glow MedSpa", day()), &numbers(), &tasks());
        assert_eq!(words.subject, "Glow MedSpa, lunes 23 de noviembre: 12 llamadas, 1 cita nueva");
        assert_eq!(
            words.body,
            "Glow MedSpa, lunes 23 de noviembre\n\nLlamadas atendidas: 12\nCitas reservadas: 1\nClientes interesados: 2\n\
             Mensajes no entregados: 0\n\nCitas de hoy: 9\nTareas pendientes: 14\n\
             - Devolver una llamada que pidieron (desde el viernes 20 de noviembre)\n\
             - Otra cosa por revisar (desde el domingo 22 de noviembre)\n\n\
             Quién recibe los correos de Glow MedSpa se decide en Ajustes, Correo.\n"
        );
    }

    #[test]
    fn a_quiet_day_is_told_in_a_line() {
        let quiet = Numbers { visits_today: 3, ..Numbers::default() };
        let words = summary(English, ("Glow MedSpa", day()), &quiet, &[]);
        assert_eq!(words.subject, "Glow MedSpa, Monday, November 23: a quiet day");
        assert_eq!(
            words.body,
            "Nothing happened at Glow MedSpa on Monday, November 23: nobody called, and nothing was booked.\n\n\
             Visits today: 3\nOpen tasks: none\n\n\
             Who gets e-mails of Glow MedSpa is set under Settings, E-mail.\n"
        );
        let words = summary(Spanish, ("Glow MedSpa", day()), &quiet, &[]);
        assert_eq!(words.subject, "Glow MedSpa, lunes 23 de noviembre: un día tranquilo");
        assert!(
            words.body.starts_with("No pasó nada en Glow MedSpa el lunes 23 de noviembre: "),
            "{}",
            words.body
        );
    }
}
