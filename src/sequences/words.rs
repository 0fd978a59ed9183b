//! A step becomes a text.

use super::sequence::Step;
use crate::language::Language;
use crate::messaging::wording::{self, Letterhead};
use crate::platform::ids::{LocationId, ServiceId};
use crate::scheduling::RuleBook;
use crate::spoken_name::SpokenName;

/// Whom a step is for, and which visit it follows.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub name: Option<&'a str>,
    pub language: Language,
    pub location: Option<LocationId>,
    pub service: Option<ServiceId>,
}

/// The text of `step`, in the reader's language where it has words in it.
pub(super) fn text(book: &RuleBook, step: &Step, reader: Reader<'_>) -> String {
    let (body, language) = step.words.of(reader.language);
    let head = match book.location(reader.location) {
        Some(location) => book.letterhead(location, language),
        None => Letterhead::plain(&book.settings.clinic_name, book.settings.human_phone.as_deref(), language),
    };
    let service = reader.service.and_then(|id| book.service(id)).map(|service| service.name.as_str());
    let name = reader.name.and_then(SpokenName::parse);
    wording::nurture(&head.about(service), body, name.as_ref().map(SpokenName::first))
}
