//! What we answer to what people text us, in the words of the letterhead's language.
//!
//! An answer names a time only of a visit that was texted to the same number before, never a treatment (T14, T22). "There is
//! nothing to change" says nothing of who has a visit.

use jiff::Zoned;
use jiff::civil::Time;

use super::letters::reply;
use super::{Letterhead, PHONE_MAX, alphabet::gsm7_field};
use crate::language::Language::{English, Spanish};
use crate::when::{text_moment, text_time};

/// They come.
pub fn see_you(head: &Letterhead<'_>, at: &Zoned) -> String {
    let moment = text_moment(at, head.language);
    reply(
        head,
        &match head.language {
            English => format!("Thank you! See you {moment}."),
            Spanish => format!("¡Gracias! Le esperamos el {moment}."),
        },
    )
}

/// They come, to a visit that staff still have to confirm.
pub fn noted(head: &Letterhead<'_>, at: &Zoned) -> String {
    let moment = text_moment(at, head.language);
    reply(
        head,
        &match head.language {
            English => format!("Thank you, noted for {moment}. We'll still call you to confirm."),
            Spanish => format!("Gracias, anotado para el {moment}. Le llamaremos para confirmar."),
        },
    )
}

/// Times that are kept for them, until then; `has_gone`: the one that they chose is no longer to be had.
pub fn choose(head: &Letterhead<'_>, times: &[Zoned], until: Time, has_gone: bool) -> String {
    let moment = |at: &Zoned| text_moment(at, head.language);
    let until = text_time(until, head.language);
    let gone = match (has_gone, head.language) {
        (false, _) => "",
        (true, English) => "That time has just gone. ",
        (true, Spanish) => "Esa hora ya no esta libre. ",
    };
    let offer = match (head.language, times) {
        (English, [one]) => {
            format!("Reply 1 for {}. It's kept for you until {until}. If not, reply NO.", moment(one))
        }
        (Spanish, [one]) => {
            format!("Responda 1 para el {}. Se la guardamos hasta {until}. Si no, NO.", moment(one))
        }
        (English, [one, two, ..]) => {
            format!(
                "Reply 1 for {} or 2 for {}. Both are kept for you until {until}.",
                moment(one),
                moment(two)
            )
        }
        (Spanish, [one, two, ..]) => {
            format!(
                "Responda 1 para el {} o 2 para el {}. Guardadas hasta {until}.",
                moment(one),
                moment(two)
            )
        }
        (_, []) => return no_other_time(head),
    };
    reply(head, &format!("{gone}{offer}"))
}

/// A number is wanted.
pub fn one_or_two(head: &Letterhead<'_>) -> String {
    reply(
        head,
        match head.language {
            English => "Please reply 1 or 2.",
            Spanish => "Por favor, responda 1 o 2.",
        },
    )
}

/// More than one visit can be meant.
pub fn which_visit(head: &Letterhead<'_>, one: &Zoned, two: &Zoned) -> String {
    let (one, two) = (text_moment(one, head.language), text_moment(two, head.language));
    reply(
        head,
        &match head.language {
            English => format!("Which visit do you mean? Reply 1 for {one} or 2 for {two}."),
            Spanish => format!("¿Cual de sus citas? Responda 1 para la del {one} o 2 para la del {two}."),
        },
    )
}

/// They do not come: what then?
pub fn move_or_cancel(head: &Letterhead<'_>) -> String {
    reply(
        head,
        match head.language {
            English => "No problem. Reply R for another time, or X to cancel your visit.",
            Spanish => "Sin problema. Responda R para otra hora o X para cancelar su cita.",
        },
    )
}

/// There is no other time to offer.
pub fn no_other_time(head: &Letterhead<'_>) -> String {
    reply(
        head,
        match head.language {
            English => {
                "We found no other time just now. Your visit stays as it is; our team will get in touch."
            }
            Spanish => {
                "No encontramos otra hora por ahora. Su cita sigue igual; nuestro equipo le contactara."
            }
        },
    )
}

/// None of the times suits.
pub fn neither(head: &Letterhead<'_>) -> String {
    reply(
        head,
        match head.language {
            English => {
                "All right, your visit stays as it is for now. Our team will get in touch to find a time."
            }
            Spanish => {
                "De acuerdo, su cita sigue igual por ahora. Nuestro equipo le contactara para buscar otra hora."
            }
        },
    )
}

/// Nothing that was texted to this number can be changed: no visit, one that is over, or somebody else's.
pub fn nothing_to_change(head: &Letterhead<'_>) -> String {
    let call = call_us(head);
    reply(
        head,
        &match head.language {
            English => format!("There's no visit that we could change for you by text. {call}"),
            Spanish => format!("No hay ninguna cita que podamos cambiar por mensaje. {call}"),
        },
    )
}

/// The visit is called off already.
pub fn cancelled_already(head: &Letterhead<'_>) -> String {
    reply(
        head,
        match head.language {
            English => "Your visit is cancelled already. There's nothing more you need to do.",
            Spanish => "Su cita ya esta cancelada. No tiene que hacer nada mas.",
        },
    )
}

/// What a late change costs, in the sentence of the policy.
pub fn fee(head: &Letterhead<'_>, sentence: &str) -> String {
    reply(head, sentence)
}

/// TAKE or PASS without an offer.
pub fn nothing_on_offer(head: &Letterhead<'_>) -> String {
    let call = call_us(head);
    reply(
        head,
        &match head.language {
            English => format!("There's no time on offer for you right now. {call}"),
            Spanish => format!("Ahora no hay ninguna hora reservada para usted. {call}"),
        },
    )
}

/// TAKE with several offers.
pub fn which_offer(head: &Letterhead<'_>) -> String {
    reply(
        head,
        match head.language {
            English => "You have more than one time on offer. Please tap the link of the one you'd like.",
            Spanish => "Tiene mas de una hora ofrecida. Toque el enlace de la que prefiera.",
        },
    )
}

/// PASS.
pub fn passed(head: &Letterhead<'_>) -> String {
    reply(
        head,
        match head.language {
            English => "Thanks for telling us. You're still on the list for another time.",
            Spanish => "Gracias por avisar. Sigue en la lista para otra hora.",
        },
    )
}

/// PASS when nothing is on offer any more.
pub fn nothing_to_pass(head: &Letterhead<'_>) -> String {
    reply(
        head,
        match head.language {
            English => "That offer is over already. There's nothing more you need to do.",
            Spanish => "Esa oferta ya termino. No tiene que hacer nada mas.",
        },
    )
}

/// LEAVE.
pub fn off_the_list(head: &Letterhead<'_>) -> String {
    reply(
        head,
        match head.language {
            English => "You're off the waitlist. Call us any time to book.",
            Spanish => "Ya no esta en la lista de espera. Llame cuando quiera para reservar.",
        },
    )
}

/// LEAVE by somebody who does not wait.
pub fn not_on_the_list(head: &Letterhead<'_>) -> String {
    reply(
        head,
        match head.language {
            English => "You aren't on our waitlist. Call us any time to book.",
            Spanish => "No esta en nuestra lista de espera. Llame cuando quiera para reservar.",
        },
    )
}

fn call_us(head: &Letterhead<'_>) -> String {
    let phone = head.phone.map(|phone| gsm7_field(phone, PHONE_MAX, "")).filter(|phone| !phone.is_empty());
    match (head.language, phone) {
        (English, Some(phone)) => format!("Please call us at {phone}."),
        (English, None) => "Please call us.".into(),
        (Spanish, Some(phone)) => format!("Por favor, llame al {phone}."),
        (Spanish, None) => "Por favor, llamenos.".into(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use insta::assert_snapshot;
    use voxanne_twilio::encoding;

    use super::*;
    use crate::language::Language;

    fn all(head: &Letterhead<'_>) -> Vec<String> {
        let at = |text: &str| text.parse::<Zoned>().unwrap();
        let first = at("2026-12-23T10:30[America/Los_Angeles]");
        let second = at("2026-12-30T13:30[America/Los_Angeles]");
        let until = jiff::civil::time(14, 15, 0, 0);
        let both = [first.clone(), second.clone()];
        vec![
            see_you(head, &first),
            noted(head, &first),
            choose(head, &both, until, false),
            choose(head, &both, until, true),
            choose(head, &both[..1], until, false),
            one_or_two(head),
            which_visit(head, &first, &second),
            move_or_cancel(head),
            no_other_time(head),
            neither(head),
            nothing_to_change(head),
            cancelled_already(head),
            fee(head, "As this is short notice, a fee of $50 applies."),
            nothing_on_offer(head),
            which_offer(head),
            passed(head),
            nothing_to_pass(head),
            off_the_list(head),
            not_on_the_list(head),
        ]
    }

    #[test]
    fn every_answer_is_asserted_literally() {
        let english = Letterhead::plain("Glow MedSpa", Some("+13105550199"), Language::English);
        assert_snapshot!(all(&english).join("\n"), @r#"
Glow MedSpa: Thank you! See you Wednesday, December 23 at 10:30 AM.
Glow MedSpa: Thank you, noted for Wednesday, December 23 at 10:30 AM. We'll still call you to confirm.
Glow MedSpa: Reply 1 for Wednesday, December 23 at 10:30 AM or 2 for Wednesday, December 30 at 1:30 PM. Both are kept for you until 2:15 PM.
Glow MedSpa: That time has just gone. Reply 1 for Wednesday, December 23 at 10:30 AM or 2 for Wednesday, December 30 at 1:30 PM. Both are kept for you until 2:15 PM.
Glow MedSpa: Reply 1 for Wednesday, December 23 at 10:30 AM. It's kept for you until 2:15 PM. If not, reply NO.
Glow MedSpa: Please reply 1 or 2.
Glow MedSpa: Which visit do you mean? Reply 1 for Wednesday, December 23 at 10:30 AM or 2 for Wednesday, December 30 at 1:30 PM.
Glow MedSpa: No problem. Reply R for another time, or X to cancel your visit.
Glow MedSpa: We found no other time just now. Your visit stays as it is; our team will get in touch.
Glow MedSpa: All right, your visit stays as it is for now. Our team will get in touch to find a time.
Glow MedSpa: There's no visit that we could change for you by text. Please call us at +13105550199.
Glow MedSpa: Your visit is cancelled already. There's nothing more you need to do.
Glow MedSpa: As this is short notice, a fee of $50 applies.
Glow MedSpa: There's no time on offer for you right now. Please call us at +13105550199.
Glow MedSpa: You have more than one time on offer. Please tap the link of the one you'd like.
Glow MedSpa: Thanks for telling us. You're still on the list for another time.
Glow MedSpa: That offer is over already. There's nothing more you need to do.
Glow MedSpa: You're off the waitlist. Call us any time to book.
Glow MedSpa: You aren't on our waitlist. Call us any time to book.
"#);
        let spanish = Letterhead::plain("Glow MedSpa", None, Language::Spanish);
        assert_snapshot!(all(&spanish).join("\n"), @r#"
Glow MedSpa: ¡Gracias! Le esperamos el miércoles 23 de diciembre a las 10:30 AM.
Glow MedSpa: Gracias, anotado para el miércoles 23 de diciembre a las 10:30 AM. Le llamaremos para confirmar.
Glow MedSpa: Responda 1 para el miércoles 23 de diciembre a las 10:30 AM o 2 para el miércoles 30 de diciembre a la 1:30 PM. Guardadas hasta las 2:15 PM.
Glow MedSpa: Esa hora ya no esta libre. Responda 1 para el miércoles 23 de diciembre a las 10:30 AM o 2 para el miércoles 30 de diciembre a la 1:30 PM. Guardadas hasta las 2:15 PM.
Glow MedSpa: Responda 1 para el miércoles 23 de diciembre a las 10:30 AM. Se la guardamos hasta las 2:15 PM. Si no, NO.
Glow MedSpa: Por favor, responda 1 o 2.
Glow MedSpa: ¿Cual de sus citas? Responda 1 para la del miércoles 23 de diciembre a las 10:30 AM o 2 para la del miércoles 30 de diciembre a la 1:30 PM.
Glow MedSpa: Sin problema. Responda R para otra hora o X para cancelar su cita.
Glow MedSpa: No encontramos otra hora por ahora. Su cita sigue igual; nuestro equipo le contactara.
Glow MedSpa: De acuerdo, su cita sigue igual por ahora. Nuestro equipo le contactara para buscar otra hora.
Glow MedSpa: No hay ninguna cita que podamos cambiar por mensaje. Por favor, llamenos.
Glow MedSpa: Su cita ya esta cancelada. No tiene que hacer nada mas.
Glow MedSpa: As this is short notice, a fee of $50 applies.
Glow MedSpa: Ahora no hay ninguna hora reservada para usted. Por favor, llamenos.
Glow MedSpa: Tiene mas de una hora ofrecida. Toque el enlace de la que prefiera.
Glow MedSpa: Gracias por avisar. Sigue en la lista para otra hora.
Glow MedSpa: Esa oferta ya termino. No tiene que hacer nada mas.
Glow MedSpa: Ya no esta en la lista de espera. Llame cuando quiera para reservar.
Glow MedSpa: No esta en nuestra lista de espera. Llame cuando quiera para reservar.
"#);
    }

    #[test]
    fn every_answer_fits_one_segment_but_the_one_that_also_says_what_went() {
        for language in Language::ALL {
            let head = Letterhead::plain("Glow MedSpa", Some("+13105550199"), language);
            for text in all(&head) {
                let (alphabet, segments) = encoding::segments(&text);
                assert!(format!("{alphabet:?}").to_lowercase().contains("gsm"), "{text}");
                let is_long = text.contains("just gone") || text.contains("ya no esta libre");
                assert!(segments == 1 || is_long && segments == 2, "{segments}: {text}");
            }
        }
    }

    #[test]
    fn no_answer_offers_a_word_that_carriers_take_for_a_stop() {
        for language in Language::ALL {
            for text in all(&Letterhead::plain("Glow MedSpa", None, language)) {
                for word in ["Reply CANCEL", "Reply END", "Reply QUIT", "Responda CANCELAR"] {
                    assert!(!text.contains(word), "{text}");
                }
            }
        }
    }
}
