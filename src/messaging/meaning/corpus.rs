//! What people text to clinics, and what it means: the corpus of T8, T11 and T12.

#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Meaning, is_spanish, words};

/// A meaning, then bodies of it, in English and Spanish.
const CORPUS: &str = "
stop | STOP
stop | stop
stop |  Stop.
stop | \"STOP\"!!
stop | stopall
stop | Stop all
stop | UNSUBSCRIBE
stop | End
stop | quit
stop | QUIT!
stop | OptOut
stop | opt-out
stop | Opt out please
stop | REVOKE
stop | S T O P
stop | s.t.o.p.
stop | STOP STOP STOP
stop | please stop
stop | Stop, thanks
stop | No. Stop.
stop | ok stop
stop | stop now please
stop | ＳＴＯＰ
stop | 𝐒𝐓𝐎𝐏
stop | Ⓢⓣⓞⓟ
stop | ЅТОР
stop | stóp
stop | 🛑
stop | STOP 🙏
stop | ALTO
stop | Alto por favor
stop | parar
stop | PARE
stop | ¡Basta!
stop | BASTA YA
stop | detener
stop | baja
stop | no más mensajes
stop_or_cancel | CANCEL
stop_or_cancel | Cancel.
stop_or_cancel | cancel please
stop_or_cancel | C A N C E L
stop_or_cancel | yes cancel
stop_or_cancel | cancelar
stop_or_cancel | CANCELAR por favor
stop_or_cancel | canceled
stop_in_words | stop texting me please
stop_in_words | Please stop sending me these messages, I already told you
stop_in_words | Can you guys stop contacting me?
stop_in_words | don't text me anymore
stop_in_words | Do not text this number again.
stop_in_words | I don't want your appointments. No more texts!
stop_in_words | take me off your list
stop_in_words | Remove my number from your system
stop_in_words | Lose my number
stop_in_words | leave me alone
stop_in_words | Wrong number
stop_in_words | sorry you have the wrong number, I'm not Dana
stop_in_words | I'd like to opt out of these messages
stop_in_words | How do I unsubscribe from this thing
stop_in_words | quit texting me!!!
stop_in_words | I withdraw my consent to be contacted
stop_in_words | no me escriban más
stop_in_words | Por favor no me manden mensajes
stop_in_words | dejen de escribirme
stop_in_words | número equivocado
stop_in_words | Borren mi número de su lista
stop_in_words | ya no quiero recibir sus mensajes
start | START
start | unstop
start | un-stop
start | Start please
start | resume
start | iniciar
help | HELP
help | help?
help | INFO
help | Who is this?
help | Hi, who's this?
help | AYUDA
help | ¿Quién es?
confirm | C
confirm | c
confirm | C.
confirm | (C)
confirm | Ｃ
confirm | С
confirm | Confirm
confirm | CONFIRMED
confirm | I confirm
confirm | Yes, confirmed!
confirm | Yes C
confirm | C, thank you!
confirm | C see you then
confirm | confirmo
confirm | Confirmado, gracias
confirm | sí, confirmo mi cita
reschedule | R
reschedule | r.
reschedule | Reschedule
reschedule | Can I reschedule?
reschedule | I need to reschedule please
reschedule | Hi, I need to reschedule. Thanks
reschedule | Sorry, can't make it, can we reschedule?
reschedule | another time
reschedule | No, different day please
reschedule | change my appointment
reschedule | reagendar
reschedule | Necesito cambiar mi cita
reschedule | No puedo, otro día por favor
cancel | X
cancel | x
cancel | ✗X
cancel | Cancel my appointment
cancel | please cancel my appt
cancel | I need to cancel
cancel | I'm sorry, I have to cancel my appointment
cancel | Can you cancel it?
cancel | cancelar mi cita
cancel | Quiero cancelar mi cita por favor
cancel | tengo que cancelar
1 | 1
1 | 1.
1 | #1
1 | 1️⃣
1 | ①
1 | one
1 | The first
1 | The first one please
1 | Option 1
1 | Yes, 1
1 | 1 works for me
1 | uno
1 | la primera
1 | El primero, gracias
1 | opción 1
2 | 2
2 | #2
2 | 2)
2 | two
2 | 2nd
2 | the second one works
2 | ok 2
2 | Number 2 please
2 | dos
2 | el segundo
2 | La segunda por favor
take | TAKE
take | take.
take | I'll take it!
take | Yes, take it
take | lo tomo
pass | PASS
pass | I'll pass
pass | Pass, thanks
yes | Yes
yes | YES!!
yes | y
yes | yep
yes | Yeah
yes | yes please
yes | Ok
yes | OK thanks
yes | k
yes | okay great, see you then
yes | see you tomorrow
yes | See you then!
yes | Yes I'll be there
yes | Sounds good, thank you so much
yes | that works
yes | No problem
yes | no problem, see you there!
yes | Perfect 😊
yes | 👍
yes | 👍🏽
yes | 👍👍
yes | ✅
yes | Sure!
yes | got it
yes | c u then
yes | Sí
yes | si
yes | Si claro
yes | ¡Claro que sí!
yes | por supuesto
yes | De acuerdo, gracias
yes | ahí estaré
yes | Vale, nos vemos
yes | perfecto
yes | está bien
no | no
no | No.
no | NOPE
no | nah
no | No, thank you.
no | not this time
no | I can't make it
no | can’t make it
no | Sorry, I can't
no | I won't be able to make it, sorry
no | unable to make it
no | not coming
no | neither works
no | 👎
no | ❌
no | no puedo
no | No puedo ir, lo siento
no | No, gracias
no | no voy a poder
no | ninguno
leave | LEAVE
leave | leave the list
leave | Take me off the list
leave | remove me
leave | salir de la lista
thanks | Thanks!
thanks | Thank you so much
thanks | ty
thanks | ❤️
thanks | 🙏🏼
thanks | gracias
thanks | Muchas gracias!
thanks | You too, thanks
other | 
other | ?
other | Can I stop by at 3?
other | Please don't stop texting me, I love these
other | the end of the week
other | Can you do Friday?
other | What should I not do before my appointment? Can I drink coffee?
other | r u open today
other | 1 or 2?
other | yes no
other | 1pm
other | I'm running 10 minutes late
other | is there parking
other | take the other one if Friday is full
other | Can I bring my sister to the first appointment?
other | My face is swollen, is that normal?
other | C'est moi
other | Bonjour
other | X marks the spot
other | Stop signs near your clinic?
other | I have a question
other | ¿A qué hora abren mañana?
other | ¿Dónde están ubicados?
other | voy tarde
other | Palo Alto
other | Please don't stop texting me
stop_in_words | You people do not stop! Stop texting me
stop_in_words | Why do you never stop? No more texts
";

#[test]
fn t8_t10_t11_t12_the_corpus_is_understood() {
    let mut wrong = Vec::new();
    let mut read = 0;
    for line in CORPUS.lines().filter(|line| line.contains(" |")) {
        let (expected, body) = line.split_once(" |").unwrap();
        let meaning = Meaning::of(body.strip_prefix(' ').unwrap_or(body), None);
        read += 1;
        if meaning.as_str() != expected {
            wrong.push(format!("{body:?} is {}, not {expected}", meaning.as_str()));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(read >= 200, "{read}");
}

#[test]
fn t8_t9_every_stop_word_in_any_dress_is_a_stop() {
    for word in ["STOP", "stopall", "Unsubscribe", "CANCEL", "End", "quit", "OptOut", "REVOKE"] {
        let spaced = word.chars().map(|c| c.to_string()).collect::<Vec<_>>().join(" ");
        let wide: String = word.chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap()).collect();
        for dressed in [
            word.to_owned(),
            word.to_lowercase(),
            format!(" {word}.\n"),
            format!("\"{word}\"!!"),
            format!("{word}\u{200b}\u{feff}"),
            format!("\u{202e}{word}\u{202c}"),
            format!("please {word}"),
            format!("{word} {word}"),
            spaced,
            wide,
        ] {
            assert!(Meaning::of(&dressed, None).is_stop(), "{dressed:?}");
        }
    }
}

#[test]
fn twilios_own_reading_comes_first_and_a_yes_stays_a_yes() {
    assert_eq!(Meaning::of("arrêt", Some("STOP")), Meaning::Stop);
    assert_eq!(Meaning::of("Cancel", Some("STOP")), Meaning::StopOrCancel, "T12 also when Twilio read it");
    assert_eq!(Meaning::of("unstop", Some("START")), Meaning::Start);
    assert_eq!(Meaning::of("YES", Some("START")), Meaning::Yes);
    assert_eq!(Meaning::of("take", Some("HELP")), Meaning::Help);
    assert_eq!(Meaning::of("Stop texting me, I need no help", Some("HELP")), Meaning::StopInWords);
    assert_eq!(Meaning::of("take", Some("")), Meaning::Take);
}

#[test]
fn every_phrase_is_written_as_it_is_compared_and_reaches_its_meaning() {
    for (meaning, phrases) in super::LISTS {
        for phrase in *phrases {
            assert_eq!(super::plain(phrase), *phrase);
            let words: Vec<&str> = phrase.split(' ').collect();
            assert_eq!(super::phrase_at(&words), Some((words.len(), Some(*meaning))), "{phrase}");
        }
    }
    for phrase in
        words::STOP_WITHIN.iter().chain(words::NOT_STOP).chain(words::COURTESY).chain(words::SPANISH)
    {
        assert_eq!(super::plain(phrase), *phrase);
    }
}

#[test]
fn an_answer_in_spanish_is_told_by_its_words() {
    for body in ["Sí", "confirmo, gracias", "¿Puedo cambiar mi cita?", "la segunda"] {
        assert!(is_spanish(body), "{body}");
    }
    for body in ["Yes", "C", "1", "See you then", "no"] {
        assert!(!is_spanish(body), "{body}");
    }
}

#[test]
fn meanings_are_read_back() {
    for meaning in Meaning::ALL {
        assert_eq!(meaning.as_str().parse::<Meaning>().unwrap(), meaning);
    }
    assert!("c".parse::<Meaning>().is_err());
}
