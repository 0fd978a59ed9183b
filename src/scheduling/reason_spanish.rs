//! Why a time cannot be had, for a receptionist who reads Spanish: the same facts as [`Teller::staff`] tells in English.

use jiff::Timestamp;
use voxanne_slots::Cause;

use super::reason::{Teller, clock};
use crate::language::Language::Spanish;
use crate::when::{text_day, text_moment, text_time};

impl Teller<'_> {
    pub(super) fn staff_in_spanish(&self, cause: &Cause) -> String {
        match cause {
            Cause::InThePast => "Esa hora ya pasó.".into(),
            Cause::TooSoon { earliest } => {
                format!("Es demasiado pronto: se puede reservar desde el {}.", self.el_momento(*earliest))
            }
            Cause::BeyondHorizon { latest } => {
                format!(
                    "Es demasiado lejos: el último día que se reserva es el {}.",
                    text_day(*latest, Spanish)
                )
            }
            Cause::ClosedThatDay => "La sede está cerrada ese día.".into(),
            Cause::OutsideHours { spans } => {
                let spans =
                    spans.iter().map(|s| format!("{}-{}", clock(s.opens_minute()), clock(s.closes_minute())));
                format!("Fuera del horario de la sede ese día: {}.", spans.collect::<Vec<_>>().join(", "))
            }
            Cause::ServiceFull { date, cap } => {
                format!(
                    "El tratamiento admite {cap} citas al día, y el {} ya las tiene.",
                    text_day(*date, Spanish)
                )
            }
            Cause::PrerequisiteMissing { service, valid_days } => {
                let within = valid_days.map(|days| format!(" en los {days} días anteriores"));
                let within = within.unwrap_or_default();
                format!("La persona no ha tenido {}{within}.", self.service(*service))
            }
            Cause::TooCloseToAnotherVisit { visit_at, days, earliest } => format!(
                "A menos de {days} días de su cita del {}: el primer día posible es el {}.",
                self.el_momento(*visit_at),
                text_day(*earliest, Spanish)
            ),
            Cause::NoSupervisor => "Nadie que supervise está presente durante toda la cita.".into(),
            Cause::NobodyEligible => "Nadie puede dar este tratamiento aquí.".into(),
            Cause::LicenceExpired { practitioner, last_date } => {
                format!(
                    "La licencia de {} vence el {}.",
                    self.person(*practitioner),
                    text_day(*last_date, Spanish)
                )
            }
            Cause::NoResource { need } => {
                format!("Nada en uso cumple el requisito {} del tratamiento.", need + 1)
            }
            busy => self.busy_in_spanish(busy),
        }
    }

    /// Those that are about when somebody or something is not free.
    fn busy_in_spanish(&self, cause: &Cause) -> String {
        match cause {
            Cause::NotWorking { practitioner, windows } if windows.is_empty() => {
                format!("{} no trabaja ese día.", self.person(*practitioner))
            }
            Cause::NotWorking { practitioner, windows } => {
                let spans = windows
                    .iter()
                    .map(|(from, to)| format!("de {} a {}", self.la_hora(*from), self.la_hora(*to)));
                let spans = spans.collect::<Vec<_>>().join(", ");
                format!("{} trabaja {spans} ese día.", self.person(*practitioner))
            }
            Cause::Away { practitioner, until } => {
                format!("{} está ausente hasta el {}.", self.person(*practitioner), self.el_momento(*until))
            }
            Cause::PractitionerFull { practitioner, date, cap } => format!(
                "{} atiende {cap} citas al día como máximo, y el {} ya las tiene.",
                self.person(*practitioner),
                text_day(*date, Spanish)
            ),
            Cause::PractitionerBusy { practitioner, until } => {
                format!(
                    "{} tiene una cita hasta {}, con sus márgenes.",
                    self.person(*practitioner),
                    self.la_hora(*until)
                )
            }
            Cause::BusyElsewhere { practitioner, until } => {
                format!(
                    "{} tiene otra cosa en el calendario hasta {}.",
                    self.person(*practitioner),
                    self.la_hora(*until)
                )
            }
            Cause::ResourceBusy { resource, until: Some(until), .. } => {
                format!("{} está en uso o en limpieza hasta {}.", self.thing(*resource), self.la_hora(*until))
            }
            Cause::ResourceBusy { resource, .. } => {
                format!("Esta misma cita necesita {} dos veces.", self.thing(*resource))
            }
            _ => String::new(),
        }
    }

    fn la_hora(&self, at: Timestamp) -> String {
        text_time(self.local(at).time(), Spanish)
    }

    fn el_momento(&self, at: Timestamp) -> String {
        text_moment(&self.local(at), Spanish)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use jiff::civil::date;
    use jiff::tz::TimeZone;
    use uuid::Uuid;

    use super::*;
    use crate::language::Language;

    #[test]
    fn every_cause_has_its_sentence_in_spanish() {
        let zone = TimeZone::get("America/Los_Angeles").unwrap();
        let at: Timestamp = "2026-11-24T23:20:00Z".parse().unwrap();
        let (id, day) = (Uuid::nil(), date(2026, 11, 24));
        let all = [
            Cause::InThePast,
            Cause::TooSoon { earliest: at },
            Cause::BeyondHorizon { latest: day },
            Cause::ClosedThatDay,
            Cause::OutsideHours { spans: Vec::new() },
            Cause::ServiceFull { date: day, cap: 2 },
            Cause::PrerequisiteMissing { service: id, valid_days: Some(365) },
            Cause::TooCloseToAnotherVisit { visit_at: at, days: 14, earliest: day },
            Cause::NoSupervisor,
            Cause::NobodyEligible,
            Cause::LicenceExpired { practitioner: id, last_date: day },
            Cause::NotWorking { practitioner: id, windows: Vec::new() },
            Cause::NotWorking { practitioner: id, windows: vec![(at, at)] },
            Cause::Away { practitioner: id, until: at },
            Cause::PractitionerFull { practitioner: id, date: day, cap: 8 },
            Cause::PractitionerBusy { practitioner: id, until: at },
            Cause::BusyElsewhere { practitioner: id, until: at },
            Cause::ResourceBusy { resource: id, need: 0, until: Some(at) },
            Cause::ResourceBusy { resource: id, need: 0, until: None },
            Cause::NoResource { need: 0 },
        ];
        let tell = Teller::nameless(&zone).speaking(Language::Spanish);
        for cause in &all {
            let said = tell.data(cause)["staff"].as_str().unwrap().to_owned();
            assert!(said.ends_with('.') && said.len() > 12, "{cause:?}: {said}");
            assert_ne!(said, Teller::nameless(&zone).staff(cause));
        }
        assert_eq!(
            tell.staff_in_spanish(&all[16]),
            "La persona que atiende tiene otra cosa en el calendario hasta las 3:20 PM."
        );
        assert_eq!(tell.staff_in_spanish(&all[17]), "La sala está en uso o en limpieza hasta las 3:20 PM.");
    }
}
