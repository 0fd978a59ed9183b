//! The words of short answers, plain: lower case, no accents, no apostrophes, one space between words.
//!
//! A body has a meaning when it consists of phrases of that meaning and of what may stand beside them, whatever its case,
//! punctuation and dress. The longest phrase is read first ("no problem" is no "no").

/// Words that add nothing: courtesy, greetings, hesitation.
#[rustfmt::skip]
pub(super) const COURTESY: &[&str] = &[
    "please", "pls", "plz", "so much", "very much", "a lot", "again", "hi", "hello", "hey", "now", "it", "that", "then", "so",
    "um", "and", "sorry", "im sorry", "so sorry", "unfortunately", "all", "everyone", "dear", "maam", "sir", "well", "for me",
    "to it", "por favor", "porfa", "hola", "buenas", "buenos dias", "buenas tardes", "ahora", "disculpe", "disculpa", "lo siento",
    "perdon", "pero",
];

/// Thanks alone ask nothing and answer nothing.
#[rustfmt::skip]
pub(super) const THANKS: &[&str] = &[
    "thanks", "thank you", "thank u", "thx", "ty", "tysm", "thank you so much", "thanks so much", "gracias", "muchas gracias",
    "mil gracias", "youre welcome", "you too", "de nada", "igualmente", "have a great day", "have a good day", "have a nice day",
    "que tenga buen dia", "appreciate it", "much appreciated", "heart",
];

/// Whole messages that carriers and Twilio take for an opt-out, and what amounts to the same.
///
/// In Spanish ALTO, PARAR, PARE, BASTA, DETENER and BAJA: whoever texts one of them to a clinic and nothing else wants
/// quiet. FIN and SALIR are none: they begin sentences about weekends and about leaving work.
#[rustfmt::skip]
pub(super) const STOP: &[&str] = &[
    "stop", "stopall", "stop all", "unsubscribe", "unsub", "end", "quit", "optout", "opt out", "opt me out", "revoke",
    "stop texting", "stop texts", "stop messages", "unsubscribe me", "stop it", "end all", "alto", "parar", "pare", "paren",
    "basta", "detener", "detenganse", "baja", "darme de baja", "dar de baja", "no mas", "no mas mensajes", "no mas textos",
    "cancelar suscripcion", "desuscribir",
];

/// Opt-outs to the carriers that are just as often meant for the visit (T12). CANCELAR is no word of theirs, but it is CANCEL
/// in the language of whoever writes it: both are taken for both. A patient who is called once too often is better off
/// than one who is texted after a no.
#[rustfmt::skip]
pub(super) const STOP_OR_CANCEL: &[&str] = &[
    "cancel", "cancelar", "cancelled", "canceled", "cancela", "cancelen", "cancelado",
];

/// Anywhere in a message, whatever else it says (T11): every reasonable way of saying no more.
#[rustfmt::skip]
pub(super) const STOP_WITHIN: &[&str] = &[
    "stop texting", "stop text messaging", "stop messaging", "stop sending", "stop contacting", "stop bothering", "stop spamming",
    "stop these", "stop the texts", "stop the messages", "quit texting", "quit messaging", "quit sending", "quit contacting",
    "dont text", "do not text", "dont message", "do not message", "dont contact", "do not contact", "dont send me",
    "do not send me", "never text", "never contact", "no more texts", "no more text", "no more messages", "no more sms",
    "no texts", "unsubscribe", "opt out", "opt me out", "opting out", "lose my number", "lose this number", "delete my number",
    "remove my number", "remove this number", "remove me from your", "take me off your", "take my number off", "wrong number",
    "wrong person", "leave me alone", "not interested in texts", "revoke my consent", "withdraw my consent", "i did not consent",
    "i didnt consent", "no me escriban", "no me escriba", "no me escribas", "no me manden", "no me mande", "no me mandes",
    "no me envien", "no me envie", "no me contacten", "no me molesten", "dejen de", "deje de", "deja de escribir",
    "deja de mandar", "no quiero mas mensajes", "no quiero recibir", "no mas mensajes", "numero equivocado", "persona equivocada",
    "quiteme de", "quitenme de", "borren mi numero", "eliminen mi numero", "dar de baja", "darme de baja",
];

/// Before one of those it asks for the opposite.
#[rustfmt::skip]
pub(super) const NOT_STOP: &[&str] = &[
    "dont stop", "do not stop", "not stop", "never stop", "dont unsubscribe", "no dejen de", "no deje de",
];

#[rustfmt::skip]
pub(super) const START: &[&str] = &[
    "start", "unstop", "opt in", "resume", "resubscribe", "subscribe", "iniciar", "comenzar", "empezar",
];

#[rustfmt::skip]
pub(super) const HELP: &[&str] = &[
    "help", "info", "information", "help me", "who is this", "whos this", "who are you", "who dis", "new phone who dis", "ayuda",
    "informacion", "quien es", "quien eres", "quien habla", "quien escribe",
];

#[rustfmt::skip]
pub(super) const CONFIRM: &[&str] = &[
    "c", "confirm", "confirmed", "i confirm", "confirming", "confirm my appointment", "confirm appointment", "confirm my visit",
    "confirmo", "confirmar", "confirmado", "confirmada", "confirmo mi cita", "confirmar cita", "confirmar mi cita",
];

#[rustfmt::skip]
pub(super) const RESCHEDULE: &[&str] = &[
    "r", "reschedule", "reschedule me", "resched", "reschedule my appointment", "reschedule appointment", "rescheduled",
    "move my appointment", "change my appointment", "change my time", "another time", "a different time", "different time",
    "another day", "a different day", "different day", "can i reschedule", "can we reschedule", "could i reschedule",
    "could we reschedule", "i need to reschedule", "need to reschedule", "i have to reschedule", "have to reschedule",
    "id like to reschedule", "i would like to reschedule", "i want to reschedule", "want to reschedule",
    "can i move my appointment", "i need another time", "i need a different time", "can i change my appointment",
    "can i change the time", "change the time", "reagendar", "reprogramar", "cambiar", "cambiar mi cita", "cambiar la cita",
    "cambiar cita", "reagendar mi cita", "reprogramar mi cita", "otro dia", "otra hora", "quiero cambiar mi cita",
    "quiero reagendar", "necesito cambiar mi cita", "necesito reagendar", "puedo cambiar mi cita", "puedo reagendar",
    "mover mi cita",
];

/// The visit is named, or it is our own letter: never an opt-out.
#[rustfmt::skip]
pub(super) const CANCEL: &[&str] = &[
    "x", "cancel my appointment", "cancel appointment", "cancel the appointment", "cancel my visit", "cancel my appt",
    "cancel appt", "i need to cancel", "need to cancel", "i have to cancel", "have to cancel", "i want to cancel",
    "i would like to cancel", "id like to cancel", "can i cancel", "can you cancel", "i must cancel", "going to cancel",
    "i need to cancel my appointment", "i have to cancel my appointment", "i want to cancel my appointment",
    "id like to cancel my appointment", "can you cancel my appointment", "cancelar mi cita", "cancelar la cita", "cancelar cita",
    "cancele mi cita", "cancela mi cita", "quiero cancelar", "quiero cancelar mi cita", "necesito cancelar",
    "necesito cancelar mi cita", "tengo que cancelar", "tengo que cancelar mi cita",
];

#[rustfmt::skip]
pub(super) const FIRST: &[&str] = &[
    "1", "one", "1st", "first", "first one", "the first", "the first one", "the 1st", "number 1", "number one", "option 1",
    "option one", "ill take 1", "ill take the first", "ill take the first one", "first works", "the first one works", "1 works",
    "uno", "una", "el primero", "la primera", "primero", "primera", "el 1", "la 1", "numero 1", "numero uno", "opcion 1",
    "opcion uno", "la opcion 1",
];

#[rustfmt::skip]
pub(super) const SECOND: &[&str] = &[
    "2", "two", "2nd", "second", "second one", "the second", "the second one", "the 2nd", "number 2", "number two", "option 2",
    "option two", "ill take 2", "ill take the second", "ill take the second one", "second works", "the second one works",
    "2 works", "dos", "el segundo", "la segunda", "segundo", "segunda", "el 2", "la 2", "numero 2", "numero dos", "opcion 2",
    "opcion dos", "la opcion 2",
];

#[rustfmt::skip]
pub(super) const TAKE: &[&str] = &[
    "take", "take it", "ill take it", "i will take it", "taken", "il take it", "lo tomo", "la tomo", "me lo quedo",
];

#[rustfmt::skip]
pub(super) const PASS: &[&str] = &[
    "pass", "ill pass", "i will pass", "pass on it", "paso",
];

#[rustfmt::skip]
pub(super) const YES: &[&str] = &[
    "yes", "yep", "yeah", "yea", "yup", "yess", "yesss", "y", "ya", "ok", "okay", "k", "kk", "okey", "sure", "sure thing",
    "sounds good", "sounds great", "sounds perfect", "perfect", "great", "awesome", "cool", "good", "wonderful", "excellent",
    "lovely", "fine", "alright", "all right", "of course", "absolutely", "definitely", "certainly", "correct", "right",
    "for sure", "you bet", "no problem", "no worries", "book it", "see you", "see ya", "cya", "see you then", "see you there",
    "see you soon", "see you tomorrow", "see you today", "see u then", "see you on monday", "see you monday", "see you tuesday",
    "see you wednesday", "see you thursday", "see you friday", "see you saturday", "see you sunday", "ill be there",
    "i will be there", "will be there", "ill come", "im coming", "i can make it", "i will make it", "ill make it", "that works",
    "works for me", "that works for me", "works", "that is fine", "thats fine", "looking forward to it", "looking forward",
    "cant wait", "got it", "will do", "we will be there", "well be there", "i am coming", "im in", "si", "sii", "siii", "claro",
    "claro que si", "por supuesto", "dale", "vale", "de acuerdo", "perfecto", "esta bien", "bueno", "bien", "listo", "lista",
    "ahi estare", "alli estare", "ahi voy a estar", "alla estare", "nos vemos", "nos vemos manana", "si puedo", "correcto",
    "exacto", "seguro", "excelente", "genial", "hasta manana", "hasta entonces", "ok gracias", "yes i can", "thumbsup",
    "c u then", "c u there", "c u tomorrow", "on it", "im on it", "i am on it", "i got it", "i have it", "mine",
];

#[rustfmt::skip]
pub(super) const NO: &[&str] = &[
    "no", "nope", "nah", "n", "no thanks", "no thank you", "not this time", "no not this time", "i cant", "cant", "cannot",
    "i cannot", "cant make it", "i cant make it", "cannot make it", "i cannot make it", "cant come", "i cant come", "cant do it",
    "cant go", "wont make it", "i wont make it", "wont be able to make it", "i wont be able to make it", "wont be able to come",
    "i wont be able to come", "not able to make it", "im not able to make it", "unable to make it", "i am unable to make it",
    "im unable to make it", "not going to make it", "im not going to make it", "not coming", "im not coming", "i wont be there",
    "wont be there", "skip", "neither", "none", "neither works", "neither one", "none of them", "doesnt work", "that doesnt work",
    "doesnt work for me", "that doesnt work for me", "no puedo", "no puedo ir", "no voy a poder", "no voy a poder ir", "no podre",
    "no podre ir", "no podre asistir", "no puedo asistir", "no ire", "no voy", "no gracias", "ninguno", "ninguna",
    "ninguno de los dos", "no me sirve", "esta vez no", "thumbsdown",
];

#[rustfmt::skip]
pub(super) const LEAVE: &[&str] = &[
    "leave", "leave list", "leave the list", "leave waitlist", "leave the waitlist", "take me off the list",
    "take me off the waitlist", "take me off", "off the list", "remove me", "remove me from the list",
    "remove me from the waitlist", "salir de la lista", "quiteme de la lista", "quitenme de la lista",
];

/// Pictures that answer, by the word that they stand for.
#[rustfmt::skip]
pub(super) const PICTURES: &[(char, &str)] = &[
    ('👍', " thumbsup "), ('👌', " thumbsup "), ('✅', " thumbsup "), ('✔', " thumbsup "), ('☑', " thumbsup "), ('🙌', " thumbsup "),
    ('💯', " thumbsup "), ('👎', " thumbsdown "), ('❌', " thumbsdown "), ('🚫', " thumbsdown "), ('🛑', " stop "), ('❤', " heart "),
    ('🙏', " thanks "), ('😊', " heart "), ('🙂', " heart "), ('😀', " heart "), ('😁', " heart "), ('🥰', " heart "), ('😍', " heart "),
    ('🎉', " heart "), ('💕', " heart "),
];

/// Words that only somebody who writes Spanish uses in an answer.
#[rustfmt::skip]
pub(super) const SPANISH: &[&str] = &[
    "si", "claro", "gracias", "hola", "cita", "puedo", "podre", "confirmo", "confirmar", "cambiar", "reagendar", "reprogramar",
    "cancelar", "primero", "primera", "segundo", "segunda", "uno", "dos", "dale", "perfecto", "manana", "ayuda", "quiero",
    "necesito", "tengo", "por", "favor", "nos", "vemos", "otro", "otra", "buenas", "buenos", "ninguno", "estare", "alto", "basta",
    "parar", "bueno", "listo", "donde", "cuando", "cuanto", "usted", "ustedes", "esta",
];
