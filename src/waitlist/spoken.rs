//! What people who wait are told, by text, on the page and on the phone. Exact wording is asserted by tests.

use jiff::civil::Date;

use super::take::Taken;
use crate::language::Language;
use crate::when::{PartOfDay, say_date, text_moment};

/// An answer to an acceptance; the same by text and on the page.
pub fn sentence(taken: &Taken, language: Language) -> String {
    match language {
        Language::English => english(taken),
        Language::Spanish => spanish(taken),
    }
}

fn english(taken: &Taken) -> String {
    let text_moment = |at| text_moment(at, Language::English);
    match taken {
        Taken::Booked { at, is_pending: false } => format!("You're all set: {} is yours.", text_moment(at)),
        Taken::Booked { at, is_pending: true } => {
            format!("We're keeping {} for you. We'll call you within 24 hours to confirm.", text_moment(at))
        }
        Taken::AlreadyTheirs { at, is_pending: false } => format!("It's yours already: {}.", text_moment(at)),
        Taken::AlreadyTheirs { at, is_pending: true } => {
            format!("It's kept for you already: {}. We'll call you to confirm.", text_moment(at))
        }
        Taken::Gone => {
            "I'm sorry, that time has just gone to somebody else. You're still on the list.".into()
        }
        Taken::NotBookable => {
            "I'm sorry, that time can't be booked any more. You're still on the list.".into()
        }
        Taken::HasAnotherVisit => {
            "You already have an appointment with us at that time. You're still on the list.".into()
        }
        Taken::Past => "I'm sorry, that time has passed. You're still on the list.".into(),
        Taken::Over => {
            "That offer is over, and you're no longer on the waitlist. Please call us to book.".into()
        }
    }
}

fn spanish(taken: &Taken) -> String {
    let text_moment = |at| text_moment(at, Language::Spanish);
    match taken {
        Taken::Booked { at, is_pending: false } => format!("Listo: su cita es el {}.", text_moment(at)),
        Taken::Booked { at, is_pending: true } => {
            format!("Le guardamos el {}. Le llamaremos dentro de 24 horas para confirmar.", text_moment(at))
        }
        Taken::AlreadyTheirs { at, is_pending: false } => format!("Ya es suya: el {}.", text_moment(at)),
        Taken::AlreadyTheirs { at, is_pending: true } => {
            format!("Ya se la guardamos: el {}. Le llamaremos para confirmar.", text_moment(at))
        }
        Taken::Gone => "Lo sentimos, otra persona acaba de tomar esa hora. Usted sigue en la lista.".into(),
        Taken::NotBookable => {
            "Lo sentimos, esa hora ya no se puede reservar. Usted sigue en la lista.".into()
        }
        Taken::HasAnotherVisit => "Usted ya tiene una cita a esa hora. Sigue en la lista.".into(),
        Taken::Past => "Lo sentimos, esa hora ya pasó. Usted sigue en la lista.".into(),
        Taken::Over => "Esa oferta ya terminó y usted ya no está en la lista. Llame para reservar.".into(),
    }
}

/// On the phone, to somebody who was put on the list. A text is promised only where one may go.
pub fn joined_sentence(service: &str, (from, to): (Date, Date), part: PartOfDay, may_text: bool) -> String {
    let when = match part {
        PartOfDay::Any => "",
        PartOfDay::Morning => " in the morning",
        PartOfDay::Afternoon => " in the afternoon",
        PartOfDay::Evening => " in the evening",
    };
    let days = if from == to {
        format!("on {}", say_date(from))
    } else {
        format!("between {} and {}", say_date(from), say_date(to))
    };
    let then = if may_text { "we'll text you" } else { "our team will call you" };
    format!("I've put you on the waitlist for {service}. If a time opens up{when} {days}, {then}.")
}

/// What is said on the phone, for the test that holds the rules.
pub const SENTENCES: fn() -> Vec<String> = samples;

fn samples() -> Vec<String> {
    let (from, to) = (jiff::civil::date(2026, 9, 23), jiff::civil::date(2026, 10, 23));
    let mut all = Vec::new();
    for part in [PartOfDay::Any, PartOfDay::Morning, PartOfDay::Afternoon, PartOfDay::Evening] {
        for may_text in [true, false] {
            all.push(joined_sentence("Laser Hair Removal", (from, to), part, may_text));
            all.push(joined_sentence("Laser Hair Removal", (from, from), part, may_text));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use insta::assert_snapshot;

    use super::*;
    use crate::messaging::wording::{self, Letterhead};

    #[test]
    fn every_end_of_an_offer_has_its_sentence_and_fits_one_segment() {
        let at = "2026-12-03T14:00[America/Los_Angeles]".parse::<jiff::Zoned>().unwrap();
        let both = |is_pending| {
            [
                Taken::Booked { at: at.clone(), is_pending },
                Taken::AlreadyTheirs { at: at.clone(), is_pending },
            ]
        };
        let ends = [Taken::Gone, Taken::NotBookable, Taken::HasAnotherVisit, Taken::Past, Taken::Over];
        let taken: Vec<Taken> = both(false).into_iter().chain(both(true)).chain(ends).collect();
        let say = |language| taken.iter().map(|taken| sentence(taken, language)).collect::<Vec<_>>();
        let (all, spanish) = (say(Language::English), say(Language::Spanish));
        assert_snapshot!(all.join("\n"), @r#"
You're all set: Thursday, December 3 at 2:00 PM is yours.
It's yours already: Thursday, December 3 at 2:00 PM.
We're keeping Thursday, December 3 at 2:00 PM for you. We'll call you within 24 hours to confirm.
It's kept for you already: Thursday, December 3 at 2:00 PM. We'll call you to confirm.
I'm sorry, that time has just gone to somebody else. You're still on the list.
I'm sorry, that time can't be booked any more. You're still on the list.
You already have an appointment with us at that time. You're still on the list.
I'm sorry, that time has passed. You're still on the list.
That offer is over, and you're no longer on the waitlist. Please call us to book.
"#);
        assert_snapshot!(spanish.join("\n"), @r#"
Listo: su cita es el jueves 3 de diciembre a las 2:00 PM.
Ya es suya: el jueves 3 de diciembre a las 2:00 PM.
Le guardamos el jueves 3 de diciembre a las 2:00 PM. Le llamaremos dentro de 24 horas para confirmar.
Ya se la guardamos: el jueves 3 de diciembre a las 2:00 PM. Le llamaremos para confirmar.
Lo sentimos, otra persona acaba de tomar esa hora. Usted sigue en la lista.
Lo sentimos, esa hora ya no se puede reservar. Usted sigue en la lista.
Usted ya tiene una cita a esa hora. Sigue en la lista.
Lo sentimos, esa hora ya pasó. Usted sigue en la lista.
Esa oferta ya terminó y usted ya no está en la lista. Llame para reservar.
"#);
        for said in all.into_iter().chain(spanish) {
            let text = wording::reply(&Letterhead::plain("Glow MedSpa", None, Language::English), &said);
            assert!(text.len() <= 160 && text.ends_with(&wording::gsm7_safe(&said)), "{text}");
        }
    }

    #[test]
    fn who_joins_hears_between_which_days_and_is_promised_a_text_only_if_one_may_go() {
        let (from, to) = (jiff::civil::date(2026, 11, 24), jiff::civil::date(2026, 12, 24));
        let said = [
            joined_sentence("Botox", (from, to), PartOfDay::Any, true),
            joined_sentence("Botox", (from, from), PartOfDay::Morning, false),
        ];
        assert_snapshot!(said.join("\n"), @r#"
I've put you on the waitlist for Botox. If a time opens up between Tuesday, November 24th and Thursday, December 24th, we'll text you.
I've put you on the waitlist for Botox. If a time opens up in the morning on Tuesday, November 24th, our team will call you.
"#);
    }
}
