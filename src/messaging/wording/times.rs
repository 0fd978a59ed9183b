//! Times that are kept for somebody whom nobody could serve, and what is said of them afterwards.

use jiff::Zoned;
use voxanne_twilio::encoding;

use super::alphabet::{gsm7_field, gsm7_safe};
use super::built_in::unnamed;
use super::letters::reply;
use super::write::close;
use super::{CLINIC_MAX, FIRST_NAME_MAX, Letterhead, PATIENT_SEGMENTS_MAX};
use crate::language::Language::{self, English, Spanish};
use crate::spoken_name::SpokenName;
use crate::when::text_moment;

/// Names of clinics that leave room for two long days.
const CLINIC_SHORT: usize = 40;
const CLINIC_SHORTEST: usize = 20;

/// Times that are kept for a caller, to be taken by their number; `is_closed`: nobody is there when it is read. Without the
/// name, and with less of the clinic's, where it would be too long.
pub fn times_offer(head: &Letterhead<'_>, times: &[Zoned], is_closed: bool) -> String {
    let name = head.first_name.and_then(SpokenName::parse);
    let name = name.map(|name| gsm7_field(name.first(), FIRST_NAME_MAX, "")).filter(|name| !name.is_empty());
    let said = |name: Option<&str>, clinic_max: usize| {
        let clinic = gsm7_field(head.clinic, clinic_max, unnamed(head.language));
        let opening = opening(head.language, (name, &clinic), (times.len(), is_closed));
        close(&gsm7_safe(&format!("{opening} {}", choice(head.language, times))), head.language, false, false)
    };
    let fits = |text: &String| encoding::segments(text).1 <= PATIENT_SEGMENTS_MAX;
    let whole = said(name.as_deref(), CLINIC_MAX);
    Some(whole)
        .filter(fits)
        .or_else(|| Some(said(None, CLINIC_MAX)).filter(fits))
        .or_else(|| Some(said(None, CLINIC_SHORT)).filter(fits))
        .unwrap_or_else(|| said(None, CLINIC_SHORTEST))
}

fn opening(language: Language, (name, clinic): (Option<&str>, &str), times: (usize, bool)) -> String {
    let name = name.map(|name| format!(" {name}")).unwrap_or_default();
    match (language, times) {
        (English, (1, true)) => {
            format!("Hi{name}, this is {clinic}. We're closed now but kept a time for you:")
        }
        (English, (_, true)) => {
            format!("Hi{name}, this is {clinic}. We're closed now but kept two times for you:")
        }
        (English, (1, false)) => {
            format!("Hi{name}, this is {clinic}. We were closed when you called and kept a time for you:")
        }
        (English, (_, false)) => {
            format!("Hi{name}, this is {clinic}. We were closed when you called and kept two times for you:")
        }
        (Spanish, (1, true)) => {
            format!("Hola{name}, le escribe {clinic}. Ahora tenemos cerrado, pero le guardamos una hora:")
        }
        (Spanish, (_, true)) => {
            format!("Hola{name}, le escribe {clinic}. Ahora tenemos cerrado, pero le guardamos dos horas:")
        }
        (Spanish, (1, false)) => {
            format!("Hola{name}, le escribe {clinic}. Cuando llamo estaba cerrado; le guardamos una hora:")
        }
        (Spanish, (_, false)) => {
            format!("Hola{name}, le escribe {clinic}. Cuando llamo estaba cerrado; le guardamos dos horas:")
        }
    }
}

fn choice(language: Language, times: &[Zoned]) -> String {
    let moment = |at: &Zoned| text_moment(at, language);
    match (language, times) {
        (_, []) => String::new(),
        (English, [one]) => format!("{}. Reply 1 and it's yours, or tell us another day.", moment(one)),
        (Spanish, [one]) => format!("{}. Responda 1 y es suya, o diga otro dia.", moment(one)),
        (English, [one, two, ..]) => format!(
            "1) {} 2) {}. Reply 1 or 2 and it's yours, or tell us another day.",
            moment(one),
            moment(two)
        ),
        (Spanish, [one, two, ..]) => {
            format!("1) {} 2) {}. Responda 1 o 2 y es suya, o diga otro dia.", moment(one), moment(two))
        }
    }
}

/// They have that visit already.
pub fn times_taken(head: &Letterhead<'_>, at: &Zoned) -> String {
    let moment = text_moment(at, head.language);
    reply(
        head,
        &match head.language {
            English => format!("You're booked for {moment}."),
            Spanish => format!("Ya tiene su cita: {moment}."),
        },
    )
}

/// None of the times suits: they are free again, and a person calls.
pub fn times_let_go(head: &Letterhead<'_>) -> String {
    reply(
        head,
        match head.language {
            English => "All right, we let those times go. Our team will call you to find another one.",
            Spanish => {
                "De acuerdo, ya no le guardamos esas horas. Nuestro equipo le llamara para buscar otra."
            }
        },
    )
}

/// What they chose has gone, and there is nothing else to offer by text.
pub fn times_gone(head: &Letterhead<'_>) -> String {
    reply(
        head,
        match head.language {
            English => "That time has just gone, sorry. Our team will call you to find another one.",
            Spanish => "Esa hora ya no esta libre, lo sentimos. Nuestro equipo le llamara para buscar otra.",
        },
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use insta::assert_snapshot;
    use voxanne_twilio::encoding::{self, Encoding};

    use super::*;

    const GLOW: Letterhead<'_> = Letterhead::plain("Glow MedSpa", Some("+13105550199"), English);

    fn times() -> [Zoned; 2] {
        ["2026-11-27T09:00[America/Los_Angeles]", "2026-11-30T10:30[America/Los_Angeles]"]
            .map(|at| at.parse().unwrap())
    }

    #[test]
    fn times_on_offer_name_no_treatment_and_say_how_to_take_one_and_how_to_opt_out() {
        let said = |head: Letterhead<'_>, count: usize, is_closed| {
            times_offer(&head.to(Some("Dana Fox")), &times()[..count], is_closed)
        };
        let spanish = Letterhead { language: Spanish, ..GLOW };
        let all = [(2, true), (2, false), (1, true), (1, false)];
        let texts = [GLOW, spanish].into_iter().flat_map(|head| all.map(|(n, closed)| said(head, n, closed)));
        let texts: Vec<String> = texts.collect();
        for text in &texts {
            let (encoding, segments) = encoding::segments(text);
            assert!(encoding == Encoding::Gsm7 && segments <= 2, "{segments}: {text}");
        }
        assert_snapshot!(texts.join("\n"), @r#"
Hi Dana, this is Glow MedSpa. We're closed now but kept two times for you: 1) Friday, November 27 at 9:00 AM 2) Monday, November 30 at 10:30 AM. Reply 1 or 2 and it's yours, or tell us another day. Reply STOP to opt out.
Hi Dana, this is Glow MedSpa. We were closed when you called and kept two times for you: 1) Friday, November 27 at 9:00 AM 2) Monday, November 30 at 10:30 AM. Reply 1 or 2 and it's yours, or tell us another day. Reply STOP to opt out.
Hi Dana, this is Glow MedSpa. We're closed now but kept a time for you: Friday, November 27 at 9:00 AM. Reply 1 and it's yours, or tell us another day. Reply STOP to opt out.
Hi Dana, this is Glow MedSpa. We were closed when you called and kept a time for you: Friday, November 27 at 9:00 AM. Reply 1 and it's yours, or tell us another day. Reply STOP to opt out.
Hola Dana, le escribe Glow MedSpa. Ahora tenemos cerrado, pero le guardamos dos horas: 1) viernes 27 de noviembre a las 9:00 AM 2) lunes 30 de noviembre a las 10:30 AM. Responda 1 o 2 y es suya, o diga otro dia. Responda STOP para no recibir mas mensajes.
Hola Dana, le escribe Glow MedSpa. Cuando llamo estaba cerrado; le guardamos dos horas: 1) viernes 27 de noviembre a las 9:00 AM 2) lunes 30 de noviembre a las 10:30 AM. Responda 1 o 2 y es suya, o diga otro dia. Responda STOP para no recibir mas mensajes.
Hola Dana, le escribe Glow MedSpa. Ahora tenemos cerrado, pero le guardamos una hora: viernes 27 de noviembre a las 9:00 AM. Responda 1 y es suya, o diga otro dia. Responda STOP para no recibir mas mensajes.
Hola Dana, le escribe Glow MedSpa. Cuando llamo estaba cerrado; le guardamos una hora: viernes 27 de noviembre a las 9:00 AM. Responda 1 y es suya, o diga otro dia. Responda STOP para no recibir mas mensajes.
"#);
        // Of nobody known, and what is no name.
        assert!(times_offer(&GLOW, &times(), true).starts_with("Hi, this is Glow MedSpa."));
        let forged = GLOW.to(Some("https://evil.example"));
        assert!(times_offer(&forged, &times(), true).starts_with("Hi, this is Glow MedSpa."));
    }

    #[test]
    fn a_long_name_of_a_clinic_leaves_room_for_both_times() {
        let long =
            "The Glow MedSpa and Wellness Institute of Downtown Santa Monica at the Third Street Promenade";
        for language in Language::ALL {
            let head = Letterhead::plain(long, None, language).to(Some("Maximiliana"));
            let longest = ["2026-09-23T10:30[America/Los_Angeles]", "2026-09-30T10:30[America/Los_Angeles]"]
                .map(|at| at.parse().unwrap());
            let text = times_offer(&head, &longest, false);
            assert!(
                encoding::segments(&text).1 <= 2 && text.contains("30") && text.contains("STOP"),
                "{text}"
            );
        }
    }

    #[test]
    fn what_becomes_of_them_is_asserted_literally() {
        let first = &times()[0];
        let spanish = Letterhead { language: Spanish, ..GLOW };
        let all = [GLOW, spanish]
            .map(|head| [times_taken(&head, first), times_let_go(&head), times_gone(&head)].join("\n"));
        assert_snapshot!(all.join("\n"), @r#"
Glow MedSpa: You're booked for Friday, November 27 at 9:00 AM.
Glow MedSpa: All right, we let those times go. Our team will call you to find another one.
Glow MedSpa: That time has just gone, sorry. Our team will call you to find another one.
Glow MedSpa: Ya tiene su cita: viernes 27 de noviembre a las 9:00 AM.
Glow MedSpa: De acuerdo, ya no le guardamos esas horas. Nuestro equipo le llamara para buscar otra.
Glow MedSpa: Esa hora ya no esta libre, lo sentimos. Nuestro equipo le llamara para buscar otra.
"#);
    }
}
