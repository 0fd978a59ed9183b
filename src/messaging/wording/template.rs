//! Words with places in them, and which places there are.

use std::collections::BTreeMap;
use std::str::FromStr;

use super::alphabet::{gsm7_safe, is_foldable};
use crate::language::Language;

/// A text whose words an org can choose. Alerts to staff are none of them: no template reaches the wrong reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TemplateKind {
    /// The visit stands.
    Confirmation,
    /// The time is kept, a human confirms it.
    Pending,
    /// The visit has another time now.
    Change,
    /// The visit is called off.
    Cancellation,
    /// Several visits stand.
    Series,
    /// A time opened up.
    WaitlistOffer,
    /// The visit comes closer.
    Reminder,
    /// The call ended before they were helped.
    MissedCall,
    /// What we still need to know.
    DetailsRequest,
}

/// A word that names no kind of template.
#[derive(Debug, thiserror::Error)]
#[error("unknown kind of template")]
pub struct UnknownKind;

impl TemplateKind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Confirmation,
        Self::Pending,
        Self::Change,
        Self::Cancellation,
        Self::Series,
        Self::WaitlistOffer,
        Self::Reminder,
        Self::MissedCall,
        Self::DetailsRequest,
    ];

    /// Its name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confirmation => "confirmation",
            Self::Pending => "pending",
            Self::Change => "change",
            Self::Cancellation => "cancellation",
            Self::Series => "series",
            Self::WaitlistOffer => "waitlist_offer",
            Self::Reminder => "reminder",
            Self::MissedCall => "missed_call",
            Self::DetailsRequest => "details_request",
        }
    }

    /// Whether it is about a time, which it then has to say.
    pub const fn tells_a_time(self) -> bool {
        !matches!(self, Self::MissedCall | Self::DetailsRequest)
    }

    /// What its words may hold places for; the treatment beside them where the org names treatments.
    pub fn placeholders(self) -> Vec<Placeholder> {
        use Placeholder as P;
        let mut all = vec![P::Clinic, P::Phone, P::Questions, P::FirstName];
        if self.tells_a_time() {
            all.extend([P::Moment, P::Day, P::Time]);
        }
        match self {
            Self::Series => all.push(P::Visits),
            Self::WaitlistOffer => all.extend([P::Until, P::Link, P::OrLink]),
            _ => {}
        }
        all
    }
}

impl FromStr for TemplateKind {
    type Err = UnknownKind;

    fn from_str(name: &str) -> Result<Self, UnknownKind> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name).ok_or(UnknownKind)
    }
}

/// A place in a template, written `{name}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Placeholder {
    /// The clinic, or the site of a clinic with several.
    Clinic,
    /// The number to call; a text of an org without one falls back to our words.
    Phone,
    /// "Questions? Call +1…", or nothing where there is no number.
    Questions,
    /// The recipient's first name, or nothing.
    FirstName,
    /// Day and time.
    Moment,
    /// Weekday and date.
    Day,
    /// Time of day.
    Time,
    /// How many visits.
    Visits,
    /// Until when an offer stands.
    Until,
    /// Where to accept an offer; without one the text falls back to our words.
    Link,
    /// "Or tap https://…", or nothing where there is no link.
    OrLink,
    /// The treatment.
    Service,
}

impl Placeholder {
    const ALL: [Self; 12] = [
        Self::Clinic,
        Self::Phone,
        Self::Questions,
        Self::FirstName,
        Self::Moment,
        Self::Day,
        Self::Time,
        Self::Visits,
        Self::Until,
        Self::Link,
        Self::OrLink,
        Self::Service,
    ];

    /// Its name between the braces.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Clinic => "clinic",
            Self::Phone => "phone",
            Self::Questions => "questions",
            Self::FirstName => "first_name",
            Self::Moment => "moment",
            Self::Day => "day",
            Self::Time => "time",
            Self::Visits => "visits",
            Self::Until => "until",
            Self::Link => "link",
            Self::OrLink => "or_link",
            Self::Service => "service",
        }
    }

    /// What stands there in the text, for whoever writes a template.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Clinic => "The clinic's name; the location's where there are several.",
            Self::Phone => "The number to call. Only where every location has one.",
            Self::Questions => "A sentence with the number to call, or nothing where there is none.",
            Self::FirstName => "The recipient's first name, or nothing where it is not known.",
            Self::Moment => {
                "Weekday, date and time by the location's clock; in a reminder also today or tomorrow."
            }
            Self::Day => "Weekday and date by the location's clock; in a reminder also today or tomorrow.",
            Self::Time => "Time of day by the location's clock, with AM or PM; in Spanish with its article.",
            Self::Visits => "How many visits were booked.",
            Self::Until => "Until when the offer stands: a time of the same day.",
            Self::Link => "Where to accept the offer. Only where this installation has a public address.",
            Self::OrLink => "A sentence with that link, or nothing where there is none.",
            Self::Service => "The treatment.",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|placeholder| placeholder.as_str() == name)
    }
}

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Words(String),
    Place(Placeholder),
    /// What stands in braces and is no placeholder; an unclosed brace is the rest.
    Unknown(String),
}

/// Words with places in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    pub(super) parts: Vec<Part>,
}

impl Template {
    /// Reads any words: what is wrong with them stays to be seen. Letters that GSM-7 lacks become their nearest, unless
    /// something else (an emoji) forces UCS-2 anyway.
    pub fn read(body: &str) -> Self {
        let (mut parts, mut rest) = (Vec::new(), body);
        let folded = is_foldable(body);
        let words = |parts: &mut Vec<Part>, words: &str| {
            if !words.is_empty() {
                parts.push(Part::Words(if folded { gsm7_safe(words) } else { words.to_owned() }));
            }
        };
        while let Some(at) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at(at);
            words(&mut parts, before);
            let inside = from.strip_prefix('{').and_then(|inside| inside.split_once('}'));
            if let Some((name, after)) = inside {
                let unknown = || Part::Unknown(name.to_owned());
                parts.push(Placeholder::named(name).map_or_else(unknown, Part::Place));
                rest = after;
            } else {
                parts.push(Part::Unknown(from.chars().take(20).collect()));
                rest = "";
            }
        }
        words(&mut parts, rest);
        Self { parts }
    }

    /// Whether that word stands in its own words by itself, in capitals.
    pub(super) fn says(&self, word: &str) -> bool {
        self.parts.iter().any(|part| match part {
            Part::Words(words) => words.split(|c: char| !c.is_alphanumeric()).any(|part| part == word),
            Part::Place(_) | Part::Unknown(_) => false,
        })
    }

    /// Whether its own words say that STOP ends the texts. "Reply STOP to win" does not.
    pub(super) fn says_how_to_opt_out(&self) -> bool {
        self.parts.iter().any(|part| match part {
            Part::Words(words) => words.split(['.', '!', '?', ';']).any(ends_texts),
            Part::Place(_) | Part::Unknown(_) => false,
        })
    }

    /// The places it has.
    pub fn placeholders(&self) -> impl Iterator<Item = Placeholder> + '_ {
        self.parts.iter().filter_map(|part| match part {
            Part::Place(placeholder) => Some(*placeholder),
            Part::Words(_) | Part::Unknown(_) => None,
        })
    }
}

/// Whether a sentence says STOP, and after it what that does, or nothing.
fn ends_texts(sentence: &str) -> bool {
    let words: Vec<&str> =
        sentence.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let Some(at) = words.iter().position(|word| *word == "STOP") else { return false };
    let after = words[at + 1..].join(" ").to_lowercase();
    after.is_empty() || OPT_OUTS.iter().any(|does| format!(" {after} ").contains(&format!(" {does} ")))
}

/// What STOP does, in the words that people use for it.
const OPT_OUTS: [&str; 18] = [
    "opt out",
    "optout",
    "unsubscribe",
    "stop",
    "to end",
    "ends",
    "to cancel",
    "no more",
    "quit",
    "leave",
    "off",
    "no recibir",
    "no recibirlos",
    "dejar de",
    "darse de baja",
    "cancelar",
    "salir",
    "no mas",
];

/// The words that an org chose itself.
#[derive(Debug, Clone, Default)]
pub struct Templates {
    own: BTreeMap<(TemplateKind, Language), Template>,
    /// Whether they may name the treatment.
    pub(super) name_treatments: bool,
}

impl Templates {
    /// None: our words everywhere.
    pub const fn none() -> Self {
        Self { own: BTreeMap::new(), name_treatments: false }
    }

    /// Those of an org.
    pub fn new(
        own: impl IntoIterator<Item = (TemplateKind, Language, Template)>,
        name_treatments: bool,
    ) -> Self {
        let own = own.into_iter().map(|(kind, language, template)| ((kind, language), template));
        Self { own: own.collect(), name_treatments }
    }

    pub(super) fn own(&self, kind: TemplateKind, language: Language) -> Option<&Template> {
        self.own.get(&(kind, language))
    }
}
