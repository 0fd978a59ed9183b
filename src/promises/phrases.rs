//! The words by which a receptionist promises something, in English and Spanish, and when they do not count.
//!
//! A pattern is a row of words: `a|b` is either, `?a|b` may be missing, `*2` stands for up to two words of any kind, `@` for
//! the beginning of a day or a time. Negations, beginnings of something and conditions are never what `*` stands for.

use std::sync::LazyLock;

use super::claims::Kind;
use super::sentences::Sentence;
use crate::language::Language;

/// One element of a pattern.
enum Part {
    One(Vec<&'static str>),
    Maybe(Vec<&'static str>),
    Gap(usize),
    Moment,
}

struct Phrase {
    kind: Kind,
    language: Language,
    parts: Vec<Part>,
}

/// Where a promise was found: its first word, and the one behind its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hit {
    pub kind: Kind,
    pub from: usize,
    pub to: usize,
}

const ENGLISH: &[(Kind, &[&str])] = &[
    (
        Kind::Booked,
        &[
            "you are *2 booked|scheduled|confirmed",
            "you are *1 all? set for|on|with",
            "you are *1 set for|on",
            "all set for @",
            "i|we have *2 booked|scheduled|reserved you|your|that|it|this|the|a|an|him|her|them",
            "i|we have *2 confirmed your",
            "i|we *1 booked|scheduled you|your",
            "i|we have *1 you *1 down|in for|on|at",
            "i|we have *1 you *1 booked|scheduled|confirmed|set",
            "your *4 appointment|visit|booking|consultation|session|treatment|reservation *3 is|has *3 booked|confirmed|scheduled|reserved|set",
            "your *4 appointment|visit|booking|consultation|session|treatment|reservation is *1 on|at|for @",
            "it|that|everything is *2 booked|scheduled|reserved|confirmed for",
            "it|everything is *1 booked|scheduled",
            "you *1 have *3 appointment|visit|booking|visits *2 on|at|for|tomorrow|ahead|with",
            "we will see you *1 @",
            "see you *1 @",
        ],
    ),
    (
        Kind::Moved,
        &[
            "i|we have *1 moved|rescheduled|changed|switched your|it|that|the|you",
            "i|we moved|rescheduled your",
            "your *4 appointment|visit|booking|consultation|session|treatment *1 has|is *2 moved|rescheduled|changed",
            "it|that is *1 been? moved|rescheduled",
            "you are *1 rescheduled|moved",
        ],
    ),
    (
        Kind::Cancelled,
        &[
            "i|we have *1 cancelled|canceled your|it|that|the",
            "i|we cancelled|canceled your",
            "your *4 appointment|visit|booking|consultation|session|treatment *3 has|is *2 cancelled|canceled",
            "it|that has|is *2 cancelled|canceled",
        ],
    ),
    (
        Kind::Text,
        &[
            "you will *2 receive|get *5 text|sms|texts",
            "you should *2 receive|get *5 text|sms",
            "you are going to *1 receive|get *5 text|sms",
            "i|we will *1 text you",
            "i|we will *1 send *5 text|sms",
            "i|we have *1 texted you",
            "i|we have *2 sent *6 text|sms",
            "i|we *1 texted|sent *5 text|sms",
            "i am *1 texting you",
            "i am *1 sending *5 text|sms",
            "text|sms *3 is on its|the way",
            "text|sms *2 is coming|headed",
            "text|sms *2 has been sent",
        ],
    ),
    (
        Kind::CallBack,
        &[
            "team|someone|somebody|they|staff|manager|nurse|provider|doctor|coordinator|specialist|desk|practitioner|clinician|injector|director|lead *1 will *2 call|contact|phone|ring *1 you|back",
            "team|someone|somebody|they|staff|manager|nurse|provider|doctor|coordinator|specialist|desk|practitioner|clinician|injector|director|lead *1 will *2 reach out|back",
            "team|someone|somebody|they|staff|manager|nurse|provider|doctor|coordinator|specialist|desk|practitioner|clinician|injector|director|lead *1 will *2 get back",
            "team|someone|somebody|they|staff|manager|nurse|provider|doctor|desk is|are going to call|contact you|back",
            "you will *1 receive|get|have *2 call|callback *1 from|back|within|shortly|soon|today|tomorrow",
            "we will *1 call you",
            "i|we will *1 have *4 call|contact *1 you",
            "i|we will *1 ask|get *5 to call|contact you",
            "i am going to have *4 call|contact *1 you",
            "i|we have *2 alerted|notified|informed *4 team|manager|staff|nurse|doctor|desk|provider|coordinator",
            "i|we have *1 let *4 team|manager|staff|nurse|doctor|desk|provider know",
            "i|we have *1 asked *4 team|manager|staff|nurse|doctor|someone|somebody|desk *2 call|contact|reach",
            "i|we have *1 passed *5 along|on",
            "team|manager|staff|nurse|doctor|desk has|have|is *2 alerted|notified|informed",
        ],
    ),
    (
        Kind::Connecting,
        &[
            "i am *2 connecting|transferring you|your|this",
            "i am *1 putting you through",
            "connecting|transferring you *1 now",
        ],
    ),
    (
        Kind::Offered,
        &[
            "i|we ?do ?also ?still have @",
            "i|we ?do ?also ?still have *2 availability|opening|openings|slot|slots|spot|spots|space|appointments|times",
            "there is|are *3 availability|opening|openings|slot|slots|spot|spots|times",
            "next|first|earliest|nearest|soonest *4 is|would @",
            "next|first|earliest|nearest|soonest *4 would be @",
            "is|are ?still ?also available|free",
            "i|we can *1 offer|do *2 @",
            "i|we can *1 fit|get|squeeze you *2 @",
            "available|open times|appointments|slots|spots are",
        ],
    ),
    (
        Kind::Hours,
        &[
            "we|clinic|office|doors|spa|they are *1 open",
            "we|clinic|office|doors|spa|they open|opens|close|closes",
            "hours *4 are|is",
        ],
    ),
];

const SPANISH: &[(Kind, &[&str])] = &[
    (
        Kind::Booked,
        &[
            "he|hemos *1 reservado|agendado|programado|confirmado su|tu|la|le|te",
            "le|te he|hemos *1 reservado|agendado|programado|confirmado",
            "su|tu *1 cita|visita|reserva|consulta *4 confirmada|reservada|agendada|programada",
            "queda|quedo *3 agendada|agendado|reservada|reservado|confirmada|confirmado|programada",
            "su|tu cita *3 es|queda|quedo ?para @",
            "ya? tiene|tienes *1 cita *3 @",
            "le|te|los esperamos *1 @",
        ],
    ),
    (
        Kind::Moved,
        &[
            "he|hemos *1 movido|cambiado|reprogramado su|tu|la",
            "su|tu *1 cita|visita *4 movida|cambiada|reprogramada",
        ],
    ),
    (Kind::Cancelled, &["he|hemos *1 cancelado su|tu|la", "su|tu *1 cita|visita *4 cancelada"]),
    (
        Kind::Text,
        &[
            "recibira|recibiras *5 mensaje|texto|sms",
            "le|te *1 llegara *5 mensaje|texto|sms",
            "le|te enviare|mandare|enviaremos|mandaremos|envio|mando|enviamos *5 mensaje|texto|sms",
            "le|te he|hemos enviado|mandado *5 mensaje|texto|sms",
        ],
    ),
    (
        Kind::CallBack,
        &[
            "equipo|alguien|gerente|enfermera|doctora|doctor|personal|responsable *3 llamara|llamaran|contactara|contactaran",
            "le|te llamaremos|llamaran|devolveremos|contactaremos",
            "he|hemos *1 avisado|alertado|notificado|informado *4 equipo|gerente|enfermera|doctora|doctor|personal",
        ],
    ),
    (
        Kind::Connecting,
        &[
            "le|te|lo|la estoy conectando|comunicando|transfiriendo|pasando",
            "le|te|lo|la comunico|transfiero|conecto *4 ahora|equipo|alguien|recepcion",
        ],
    ),
    (
        Kind::Offered,
        &[
            "tengo|tenemos *3 @",
            "tengo|tenemos *2 disponible|disponibilidad|espacio|lugar|citas|horas",
            "hay *2 espacio|disponibilidad|lugar|cita|citas|horas",
            "esta|estan disponible|disponibles|libre|libres",
            "puedo ofrecerle|ofrecerte *3 @",
        ],
    ),
    (Kind::Hours, &["abrimos|cerramos", "estamos abiertos", "horario *4 es|de"]),
];

static PHRASES: LazyLock<Vec<Phrase>> = LazyLock::new(|| {
    let of = |language: Language, table: &'static [(Kind, &[&str])]| {
        table.iter().flat_map(move |(kind, rows)| {
            rows.iter().map(move |row| Phrase { kind: *kind, language, parts: parts(row) })
        })
    };
    of(Language::English, ENGLISH).chain(of(Language::Spanish, SPANISH)).collect()
});

fn parts(row: &'static str) -> Vec<Part> {
    row.split_whitespace()
        .map(|part| {
            if part == "@" {
                Part::Moment
            } else if let Some(count) = part.strip_prefix('*') {
                Part::Gap(count.parse().unwrap_or(1))
            } else if let Some(words) = part.strip_prefix('?') {
                Part::Maybe(words.split('|').collect())
            } else if let Some(word) = part.strip_suffix('?') {
                Part::Maybe(word.split('|').collect())
            } else {
                Part::One(part.split('|').collect())
            }
        })
        .collect()
}

/// The promises of a sentence that are meant: one of a kind, in their order. `begins` says where a day or a time begins.
pub(super) fn hits(sentence: &Sentence, language: Language, begins: &dyn Fn(usize) -> bool) -> Vec<Hit> {
    let mut all: Vec<Hit> = Vec::new();
    for phrase in PHRASES.iter().filter(|phrase| phrase.language == language) {
        for from in 0..sentence.stated {
            let Some(to) = end(sentence, from, &phrase.parts, begins) else { continue };
            let hit = Hit { kind: phrase.kind, from, to };
            if is_meant(sentence, &hit, language) && !all.iter().any(|known| known.kind == hit.kind) {
                all.push(hit);
            }
        }
    }
    all.sort_by_key(|hit| hit.from);
    all
}

fn end(sentence: &Sentence, at: usize, parts: &[Part], begins: &dyn Fn(usize) -> bool) -> Option<usize> {
    let Some((part, rest)) = parts.split_first() else { return Some(at) };
    let is = |words: &[&str]| at < sentence.stated && words.contains(&sentence.word(at));
    match part {
        Part::One(words) => is(words).then(|| end(sentence, at + 1, rest, begins)).flatten(),
        Part::Maybe(words) => is(words)
            .then(|| end(sentence, at + 1, rest, begins))
            .flatten()
            .or_else(|| end(sentence, at, rest, begins)),
        Part::Moment => {
            (at < sentence.stated && begins(at)).then(|| end(sentence, at, rest, begins)).flatten()
        }
        Part::Gap(most) => {
            let may_skip = |skipped: usize| {
                (at..at + skipped).all(|at| at < sentence.stated && !STOPS.contains(&sentence.word(at)))
            };
            (0..=*most).take_while(|n| may_skip(*n)).find_map(|n| end(sentence, at + n, rest, begins))
        }
    }
}

/// What no gap reaches across.
const STOPS: [&str; 22] = [
    "not", "no", "never", "nothing", "being", "getting", "going", "will", "would", "could", "can", "if",
    "once", "be", "nunca", "sin", "si", "sera", "puede", "ser", "unable", "when",
];

/// Whether the words promise something: not denied, not on a condition, not somebody else's.
fn is_meant(sentence: &Sentence, hit: &Hit, language: Language) -> bool {
    let part = sentence.part_of(hit.from);
    let has = |words: &[&str], from: usize, to: usize| {
        (from..to.min(sentence.words.len())).any(|at| words.contains(&sentence.word(at)))
    };
    let (conditions, wishes, denials): (&[&str], &[&str], &[&str]) = match language {
        Language::English => (
            &["if", "once", "when", "whenever", "unless", "until", "soon", "otherwise", "suppose"],
            &[
                "would",
                "could",
                "might",
                "may",
                "can",
                "should",
                "shall",
                "must",
                "let",
                "want",
                "like",
                "need",
                "try",
                "think",
                "hope",
                "hoping",
                "whether",
                "said",
                "mentioned",
                "told",
                "before",
                "after",
                "make",
                "ensure",
                "sure",
            ],
            &["not", "no", "never", "nothing", "neither", "unable", "without", "nobody", "none"],
        ),
        Language::Spanish => (
            &["si", "cuando", "vez", "cuanto", "pronto", "hasta", "mientras"],
            &[
                "puedo", "puede", "podria", "quiere", "quisiera", "gustaria", "debe", "dijo", "menciono",
                "antes", "despues",
            ],
            &["no", "nunca", "sin", "tampoco", "ni", "nada", "nadie", "todavia", "aun"],
        ),
    };
    // "As soon as you book", but neither "soon" nor "as soon as they can".
    let sets_condition = |at: usize| match sentence.word(at) {
        "soon" => {
            sentence.word(at + 1) == "as"
                && sentence.word(at + 3) != "can"
                && sentence.word(at + 2) != "possible"
        }
        "pronto" => sentence.word(at + 1) == "como",
        word => conditions.contains(&word),
    };
    // Behind it, in the same part or behind a comma: "you'll get a text, if you book". "And" begins something new.
    let mut behind = (hit.to..sentence.words.len())
        .take_while(|at| !matches!(sentence.word(*at), "and" | "but" | "y" | "pero"));
    // What is done is done, and hours have an end.
    let is_settled = matches!(hit.kind, Kind::Booked | Kind::Moved | Kind::Cancelled | Kind::Hours);
    !(0..hit.from).any(sets_condition)
        && (is_settled || !behind.any(sets_condition))
        && !has(wishes, part, hit.from)
        && !has(denials, part, hit.to)
        && !has(&["yet"], hit.to, hit.to + 2)
        && !has(&["sorry", "unfortunately", "lamentablemente"], 0, hit.from)
}
