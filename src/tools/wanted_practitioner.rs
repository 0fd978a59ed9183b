//! The practitioner a caller asked for, if that person does what is wanted.

use super::arguments::{Arguments, Names};
use super::speech;
use crate::platform::ids::ResourceId;
use crate::scheduling::{self, RuleBook, Service};

/// `None` when anybody will do; a question when nobody of that name is here or does this.
pub(super) fn wanted_practitioner(
    book: &RuleBook,
    service: &Service,
    arguments: Arguments<'_>,
) -> Result<Option<ResourceId>, String> {
    let Some(said) = arguments.text(Names::PRACTITIONER).filter(|said| !scheduling::means_anybody(said))
    else {
        return Ok(None);
    };
    let found = scheduling::match_practitioner(book, &said).ok_or(speech::UNKNOWN_PRACTITIONER)?;
    if service.practitioners.contains(&found.id) {
        Ok(Some(found.id))
    } else {
        Err(speech::does_something_else(&found.name, &service.name))
    }
}
