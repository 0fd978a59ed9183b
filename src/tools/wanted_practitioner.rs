//! The practitioner a caller asked for, if that person does what is wanted, and what nobody does here.

use super::arguments::{Arguments, Names};
use super::speech;
use crate::platform::ids::ResourceId;
use crate::scheduling::{self, Location, RuleBook, Service};

/// `None` when anybody will do; a question when nobody of that name is here or does this, or nobody here does it at all.
pub(super) fn wanted_practitioner(
    book: &RuleBook,
    location: &Location,
    service: &Service,
    arguments: Arguments<'_>,
) -> Result<Option<ResourceId>, String> {
    let gives = |at: &Location| {
        book.practitioners.iter().any(|p| service.practitioners.contains(&p.id) && p.works_at(at.id))
    };
    if !gives(location) {
        let elsewhere = book.locations.iter().find(|at| gives(at));
        return Err(speech::not_given_here(&service.name, elsewhere.map(|at| at.name.as_str())));
    }
    let Some(said) = arguments.text(Names::PRACTITIONER).filter(|said| !scheduling::means_anybody(said))
    else {
        return Ok(None);
    };
    let found = scheduling::match_practitioner(book, &said).ok_or(speech::UNKNOWN_PRACTITIONER)?;
    if !service.practitioners.contains(&found.id) {
        return Err(speech::does_something_else(&found.name, &service.name));
    }
    match book.locations.iter().find(|at| found.works_at(at.id)) {
        Some(elsewhere) if !found.works_at(location.id) => {
            Err(speech::works_elsewhere(&found.name, &elsewhere.name))
        }
        _ => Ok(Some(found.id)),
    }
}
