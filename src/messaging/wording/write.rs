//! A template and what it is about become a text.

use std::borrow::Cow;

use voxanne_twilio::encoding;

use super::alphabet::{gsm7_field, one_line};
use super::built_in::{built_in, opt_out, question, unnamed};
use super::template::{Part, Placeholder, Template, TemplateKind};
use super::{
    About, CLINIC_MAX, FIRST_NAME_MAX, LINK_MAX, Letterhead, PATIENT_SEGMENTS_MAX, PHONE_MAX, SERVICE_MAX,
};
use crate::language::Language;
use crate::spoken_name::SpokenName;
use crate::when::{text_day, text_moment, text_time};

/// The text in the org's words; in ours where those cannot be written: a place without its filling, or too long.
pub(super) fn write(head: &Letterhead<'_>, kind: TemplateKind, about: &About<'_>) -> String {
    let ours = Template::read(built_in(kind, head.language));
    let without_link = About { link: None, ..*about };
    let unsigned = Letterhead { phone: None, ..*head };
    let fits = |text: &String| encoding::segments(text).1 <= PATIENT_SEGMENTS_MAX;
    head.templates
        .own(kind, head.language)
        .and_then(|own| fill(own, head, about))
        .filter(fits)
        .or_else(|| fill(&ours, head, about).filter(fits))
        .or_else(|| fill(&ours, head, &without_link).filter(fits))
        .or_else(|| fill(&ours, &unsigned, &without_link))
        .unwrap_or_default()
}

/// The text; `None` when a place of it has nothing to be filled with.
pub(super) fn fill(template: &Template, head: &Letterhead<'_>, about: &About<'_>) -> Option<String> {
    let fields = Fields { head, about };
    let mut text = String::new();
    for part in &template.parts {
        match part {
            Part::Words(words) => {
                // "Hi {first_name}, your …" of nobody known is "Hi, your …".
                let words = if text.is_empty() || text.ends_with(": ") {
                    words.trim_start_matches([',', ' '])
                } else {
                    words
                };
                text.push_str(words);
            }
            Part::Place(place) => {
                let value = fields.value(*place)?;
                if value.is_empty() && *place == Placeholder::FirstName {
                    let kept = text.trim_end_matches(' ');
                    if !kept.ends_with([':', '.', '!', '?']) {
                        text.truncate(kept.len());
                    }
                }
                text.push_str(&value);
            }
            Part::Unknown(_) => return None,
        }
    }
    Some(close(&text, head.language, about.asks, template.says_how_to_opt_out()))
}

/// Adds the question, and how to opt out where the words do not say so themselves.
pub(super) fn close(text: &str, language: Language, asks: bool, says_stop: bool) -> String {
    let question = if asks { question(language) } else { "" };
    let opt_out = if says_stop { "" } else { opt_out(language) };
    one_line(&format!("{text} {question} {opt_out}"))
}

struct Fields<'a> {
    head: &'a Letterhead<'a>,
    about: &'a About<'a>,
}

impl<'a> Fields<'a> {
    fn value(&self, place: Placeholder) -> Option<Cow<'a, str>> {
        let (head, about, language) = (self.head, self.about, self.head.language);
        let value = match place {
            Placeholder::Clinic => gsm7_field(head.clinic, CLINIC_MAX, unnamed(language)),
            Placeholder::Phone => self.phone()?,
            Placeholder::Questions => match (self.phone(), language) {
                (Some(phone), Language::English) => format!("Questions? Call {phone}."),
                (Some(phone), Language::Spanish) => format!("¿Preguntas? Llame al {phone}."),
                (None, _) => String::new(),
            },
            Placeholder::FirstName => {
                // T17, T18: what a caller gave may be a link or a message; then they have no name.
                let name = head.first_name.and_then(SpokenName::parse);
                name.map(|name| gsm7_field(name.first(), FIRST_NAME_MAX, "")).unwrap_or_default()
            }
            Placeholder::Moment => self.with_nearness(text_moment(about.moment?, language)),
            Placeholder::Day => self.with_nearness(text_day(about.moment?.date(), language)),
            Placeholder::Time => text_time(about.moment?.time(), language),
            Placeholder::Visits => about.visits.to_string(),
            Placeholder::Until => text_time(about.until?.time(), language),
            Placeholder::Link => self.link()?,
            Placeholder::OrLink => match (self.link(), language) {
                (Some(link), Language::English) => format!("Or tap {link}."),
                (Some(link), Language::Spanish) => format!("O toque {link}."),
                (None, _) => String::new(),
            },
            Placeholder::Service => {
                gsm7_field(head.service.filter(|_| head.templates.name_treatments)?, SERVICE_MAX, "")
            }
        };
        // Days and months are ours: what GSM-7 lacks of them is folded as everything else.
        Some(Cow::Owned(super::gsm7_safe(&value)))
    }

    fn phone(&self) -> Option<String> {
        self.head.phone.map(|phone| gsm7_field(phone, PHONE_MAX, "")).filter(|phone| !phone.is_empty())
    }

    /// A link that would be cut leads nowhere.
    fn link(&self) -> Option<String> {
        let link = super::gsm7_safe(&one_line(self.about.link?));
        (link.len() <= LINK_MAX).then_some(link)
    }

    /// "tomorrow, Sunday, February 1": counted in days of the clinic's calendar, whatever hour it is now.
    fn with_nearness(&self, day: String) -> String {
        let (Some(today), Some(moment)) = (self.about.today, self.about.moment) else { return day };
        let near = match (today.until(moment.date()).map(|span| span.get_days()), self.head.language) {
            (Ok(0), Language::English) => "today",
            (Ok(1), Language::English) => "tomorrow",
            (Ok(0), Language::Spanish) => "hoy",
            (Ok(1), Language::Spanish) => "mañana",
            _ => return day,
        };
        format!("{near}, {day}")
    }
}
