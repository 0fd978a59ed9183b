//! What is wrong with an org's own words, before they are kept.

use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;
use voxanne_twilio::encoding::{self, Encoding};

use super::alphabet::is_foldable;
use super::template::{Part, Placeholder, Template, TemplateKind};
use super::write::fill;
use super::{About, FIRST_NAME_MAX, Letterhead, PATIENT_SEGMENTS_MAX, SERVICE_MAX};
use crate::language::Language;
use crate::messaging::meaning::Meaning;

/// Words after which a reader takes the next for a command.
const VERBS: [&str; 14] = [
    "reply", "respond", "text", "send", "answer", "type", "say", "responda", "envíe", "envie", "escriba",
    "conteste", "mande", "texto",
];
/// Hosts that carriers filter, since nobody sees where they lead.
const SHORTENERS: [&str; 8] =
    ["bit.ly", "tinyurl.com", "goo.gl", "ow.ly", "t.co/", "is.gd", "buff.ly", "rebrand.ly"];
/// Places of pages that are for staff.
const STAFF_PATHS: [&str; 4] = ["/dashboard", "/admin", "/staff", "/login"];

/// Sunday, February 1 of 2026 at 2:00 PM.
const EXAMPLE: Timestamp = Timestamp::constant(1_769_954_400, 0);
/// Wednesday, September 30 of 2026 at 12:00 PM: no day and no time of day is longer, in either language.
const LONGEST: Timestamp = Timestamp::constant(1_790_769_600, 0);

/// The clinic that a template is for: what its places can become.
#[derive(Debug, Clone, Copy)]
pub struct Premises<'a> {
    /// One of each site, at least one.
    pub heads: &'a [Letterhead<'a>],
    /// The names of its treatments.
    pub treatments: &'a [&'a str],
    /// An offer's link as long as it gets; `None` where offers have none.
    pub link: Option<&'a str>,
    /// This installation's own host, where the pages of staff are.
    pub own_host: &'a str,
}

/// A reason to refuse a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// What stands in braces is none of the placeholders.
    #[error("{{{0}}} is no placeholder")]
    UnknownPlaceholder(String),
    /// A brace without its other half.
    #[error("a brace is not closed at \"{0}\"")]
    OpenBrace(String),
    /// A placeholder that this kind has nothing for.
    #[error("{{{}}} is not known when this text is written", .0.as_str())]
    NotOfThisKind(Placeholder),
    /// The clinic has nothing to put there.
    #[error("{{{}}} has nothing to stand for: {}", .0.as_str(), .1)]
    Nothing(Placeholder, &'static str),
    /// A text about a time that does not say it.
    #[error("it must say when: {{moment}}, or {{day}} and {{time}}")]
    NoTime,
    /// An offer that does not say until when.
    #[error("it must say until when the offer stands: {{until}}")]
    NoEnd,
    /// An offer that does not say how to answer it.
    #[error("it must say how to answer: the word {0}")]
    NoCommand(&'static str),
    /// A carrier takes the command for an opt-out or opt-in.
    #[error("{0} is a word that carriers act on themselves; it cannot be a reply of ours")]
    CarriersWord(String),
    /// A command that nothing understands.
    #[error("{0} as a reply is not understood; TAKE, PASS, LEAVE, STOP and HELP are")]
    NotUnderstood(String),
    /// Only reminders ask for C, R or X, and the question is added where it is asked.
    #[error("the question for C, R or X is added to reminders that ask; leave {0} out")]
    AsksItself(String),
    /// A treatment is named, and the org does not name treatments.
    #[error("it names a treatment ({0}); whoever holds the phone reads it, and texts_name_treatments is off")]
    Treatment(String),
    /// A link that is not for patients or that carriers filter.
    #[error("a link to {0} is not for patients")]
    Link(String),
    /// Too long to be sent whole.
    #[error("it takes {0} segments at its longest; {PATIENT_SEGMENTS_MAX} is the most")]
    TooLong(usize),
    /// There is nothing in it.
    #[error("it says nothing")]
    Empty,
}

impl Flaw {
    /// Its name for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownPlaceholder(_) => "unknown_placeholder",
            Self::OpenBrace(_) => "open_brace",
            Self::NotOfThisKind(_) => "placeholder_of_another_kind",
            Self::Nothing(..) => "placeholder_without_value",
            Self::NoTime => "time_missing",
            Self::NoEnd => "end_missing",
            Self::NoCommand(_) => "command_missing",
            Self::CarriersWord(_) => "carriers_word",
            Self::NotUnderstood(_) => "command_not_understood",
            Self::AsksItself(_) => "question_added_anyway",
            Self::Treatment(_) => "treatment_named",
            Self::Link(_) => "link_not_for_patients",
            Self::TooLong(_) => "too_long",
            Self::Empty => "empty",
        }
    }

    /// The placeholder, if it is about one.
    pub fn placeholder(&self) -> Option<&str> {
        match self {
            Self::UnknownPlaceholder(name) => Some(name),
            Self::NotOfThisKind(place) | Self::Nothing(place, _) => Some(place.as_str()),
            Self::NoEnd => Some(Placeholder::Until.as_str()),
            Self::NoTime => Some(Placeholder::Moment.as_str()),
            _ => None,
        }
    }
}

/// What a template becomes, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// As a patient would read it; `None` when a place of it cannot be filled.
    pub example: Option<String>,
    /// Which alphabet it needs.
    pub encoding: Encoding,
    /// What the example is billed as.
    pub segments: usize,
    /// What it is billed as with the longest name, day and number.
    pub segments_at_longest: usize,
    /// Reasons to refuse it.
    pub flaws: Vec<Flaw>,
    /// The characters that force UCS-2, where a segment holds 67 characters and not 153 (T19).
    pub costly: String,
    /// Whether it says who it is from.
    pub is_signed: bool,
}

/// Tries a template as each of the clinic's sites would send it.
pub fn check(kind: TemplateKind, body: &str, premises: &Premises<'_>) -> Checked {
    let template = Template::read(body);
    let mut flaws = flaws_of_places(kind, &template, premises);
    flaws.extend(flaws_of_words(kind, &template, premises));
    let usual = About { moment: Some(&EXAMPLE.to_zoned(TimeZone::UTC)), ..about(kind, premises) };
    let example = premises.heads.first().and_then(|head| fill(&template, &head.to(Some("Ana")), &usual));
    let longest = longest(kind, &template, premises);
    if longest > PATIENT_SEGMENTS_MAX {
        flaws.push(Flaw::TooLong(longest));
    }
    let (encoding, segments) = encoding::segments(example.as_deref().unwrap_or(body));
    let odd = |c: &char| !is_foldable(c.encode_utf8(&mut [0; 4]));
    let mut costly: Vec<char> = body.chars().filter(odd).collect();
    costly.dedup();
    let mut names = premises.heads.iter().map(|head| head.clinic);
    Checked {
        encoding,
        segments,
        segments_at_longest: longest,
        flaws,
        costly: costly.into_iter().collect(),
        is_signed: template.placeholders().any(|place| place == Placeholder::Clinic)
            || names.any(|name| body.contains(name)),
        example,
    }
}

/// Tries the words of a step of a sequence: they may hold what a text about no time may. They say STOP nowhere, since how to
/// opt out is always added.
pub fn check_step(body: &str, premises: &Premises<'_>) -> Checked {
    let mut checked = check(TemplateKind::MissedCall, body, premises);
    if Template::read(body).says("STOP") {
        checked.flaws.push(Flaw::CarriersWord("STOP".into()));
    }
    checked
}

/// Segments with the longest of everything.
fn longest(kind: TemplateKind, template: &Template, premises: &Premises<'_>) -> usize {
    let moment = LONGEST.to_zoned(TimeZone::UTC);
    let about = About {
        moment: Some(&moment),
        until: Some(&moment),
        today: (kind == TemplateKind::Reminder).then(|| date(2026, 9, 29)),
        asks: kind == TemplateKind::Reminder,
        visits: 52,
        ..about(kind, premises)
    };
    let (name, service) = ("W".repeat(FIRST_NAME_MAX), "W".repeat(SERVICE_MAX));
    let texts = premises
        .heads
        .iter()
        .filter_map(|head| fill(template, &head.to(Some(&name)).about(Some(&service)), &about));
    texts.map(|text| encoding::segments(&text).1).max().unwrap_or(0)
}

fn about<'a>(kind: TemplateKind, premises: &Premises<'a>) -> About<'a> {
    About {
        link: premises.link.filter(|_| kind == TemplateKind::WaitlistOffer),
        visits: 6,
        ..About::default()
    }
}

fn flaws_of_places(kind: TemplateKind, template: &Template, premises: &Premises<'_>) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let known = kind.placeholders();
    let names_treatments = premises.heads.iter().any(|head| head.templates.name_treatments);
    for part in &template.parts {
        match part {
            Part::Unknown(text) if text.starts_with(['{', '}']) => flaws.push(Flaw::OpenBrace(text.clone())),
            Part::Unknown(name) => flaws.push(Flaw::UnknownPlaceholder(name.clone())),
            Part::Place(Placeholder::Service) if !names_treatments => {
                flaws.push(Flaw::Treatment("{service}".into()));
            }
            Part::Place(place @ Placeholder::Phone)
                if premises.heads.iter().any(|head| head.phone.is_none()) =>
            {
                flaws.push(Flaw::Nothing(
                    *place,
                    "a location has no number to call; {questions} leaves it out",
                ));
            }
            Part::Place(place @ Placeholder::Link) if known.contains(place) && premises.link.is_none() => {
                flaws.push(Flaw::Nothing(
                    *place,
                    "this installation has no public address; {or_link} leaves it out",
                ));
            }
            Part::Place(place) if *place != Placeholder::Service && !known.contains(place) => {
                flaws.push(Flaw::NotOfThisKind(*place));
            }
            Part::Place(_) | Part::Words(_) => {}
        }
    }
    let has = |place| template.placeholders().any(|there| there == place);
    let tells_when = has(Placeholder::Moment) || (has(Placeholder::Day) && has(Placeholder::Time));
    if kind.tells_a_time() && !tells_when {
        flaws.push(Flaw::NoTime);
    }
    if kind == TemplateKind::WaitlistOffer && !has(Placeholder::Until) {
        flaws.push(Flaw::NoEnd);
    }
    flaws
}

fn flaws_of_words(kind: TemplateKind, template: &Template, premises: &Premises<'_>) -> Vec<Flaw> {
    let words: Vec<&str> = template
        .parts
        .iter()
        .filter_map(|part| if let Part::Words(words) = part { Some(words.as_str()) } else { None })
        .collect();
    let text = words.join(" ");
    let mut flaws = Vec::new();
    if template.placeholders().next().is_none() && !text.chars().any(char::is_alphanumeric) {
        flaws.push(Flaw::Empty);
    }
    if kind == TemplateKind::WaitlistOffer {
        let missing = ["TAKE", "PASS"].into_iter().filter(|word| !template.says(word));
        flaws.extend(missing.map(Flaw::NoCommand));
    }
    flaws.extend(flaws_of_commands(kind, &text));
    let lower = text.to_lowercase();
    let names_treatments = premises.heads.iter().any(|head| head.templates.name_treatments);
    if !names_treatments {
        let plain = format!(" {} ", alphanumeric(&lower));
        let named = premises.treatments.iter().find(|name| {
            let name = alphanumeric(&name.to_lowercase());
            name.len() > 2 && plain.contains(&format!(" {name} "))
        });
        flaws.extend(named.map(|name| Flaw::Treatment((*name).to_owned())));
    }
    let own = Some(premises.own_host).filter(|host| !host.is_empty());
    let linked = own.into_iter().chain(SHORTENERS).chain(STAFF_PATHS).find(|host| lower.contains(*host));
    flaws.extend(linked.map(|host| Flaw::Link(host.trim_end_matches('/').to_owned())));
    flaws
}

fn alphanumeric(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// Commands are words in capitals, and whatever follows a word like *reply*.
fn flaws_of_commands(kind: TemplateKind, text: &str) -> Vec<Flaw> {
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let mut flaws = Vec::new();
    for (nth, word) in words.iter().enumerate() {
        let before = nth.checked_sub(1).and_then(|before| words.get(before)).copied().unwrap_or_default();
        let is_told = VERBS.contains(&before.to_lowercase().as_str());
        let is_loud = word.chars().all(char::is_uppercase);
        let flaw = match Meaning::of(word, None) {
            meaning if meaning.is_stop() && (is_told || is_loud) && *word != "STOP" => {
                Flaw::CarriersWord((*word).to_owned())
            }
            Meaning::Start | Meaning::Yes if is_told => Flaw::CarriersWord((*word).to_owned()),
            _ if matches!(*word, "C" | "R" | "X") && (is_told || kind == TemplateKind::Reminder) => {
                Flaw::AsksItself((*word).to_owned())
            }
            Meaning::Other if is_told && is_loud => Flaw::NotUnderstood((*word).to_owned()),
            _ => continue,
        };
        if !flaws.contains(&flaw) {
            flaws.push(flaw);
        }
    }
    flaws
}

/// The words in force for an org that wrote none.
pub fn built_in(kind: TemplateKind, language: Language) -> &'static str {
    super::built_in::built_in(kind, language)
}
