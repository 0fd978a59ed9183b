//! What must hold, kept beside what is done. Pure.

use std::collections::BTreeMap;

use jiff::Timestamp;
use uuid::Uuid;
use voxanne::platform::ids::AppointmentId;
use voxanne_sandbox::google::Seen;

use super::clinic::{Clinic, Span};

/// A visit as our own steps left it.
#[derive(Debug, Clone)]
pub struct Visit {
    pub id: AppointmentId,
    pub practitioner: Uuid,
    pub span: Span,
    pub is_live: bool,
    /// One for the booking, one for each change.
    pub version: i32,
}

impl Visit {
    /// The name of its event, wherever that is.
    pub fn event(&self) -> String {
        format!("v{}", self.id.0.simple())
    }
}

/// What an event says of itself, if it is one of ours.
pub struct Mark {
    pub visit: Uuid,
    /// Where we put it.
    pub span: Span,
}

/// Reads it.
pub fn mark(event: &Seen) -> Option<Mark> {
    let of = |name: &str| event.private.get(name);
    let at = |name: &str| of(name)?.parse::<Timestamp>().ok();
    let span = (at("voxanneStart")?, at("voxanneEnd")?);
    Some(Mark { visit: of("voxanneVisit")?.parse().ok()?, span })
}

/// What a person last did to the event of a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Did {
    Moved(Span),
    Deleted,
}

/// An event of theirs and a visit at one time, where somebody decided to keep both.
#[derive(Debug)]
pub struct Kept {
    pub visit: usize,
    /// When the visit was then.
    pub at: Span,
    pub event: String,
    /// When their event was then.
    pub theirs: Span,
}

/// A visit, by its place in [`Model::visits`], and a calendar, by its place in the clinic.
pub type Place = (usize, usize);

/// Everything that is known without looking.
#[derive(Debug, Default)]
pub struct Model {
    pub visits: Vec<Visit>,
    /// What people did to our events and nobody has settled, nor did a visit follow.
    pub demands: BTreeMap<Place, Did>,
    /// What nobody is to be asked about again.
    pub kept: Vec<Kept>,
    /// Titles that people gave our events.
    pub titles: BTreeMap<Place, String>,
}

impl Model {
    /// When a visit's event is to be in a calendar; `None` when it is not to be there at all.
    pub fn wanted(&self, clinic: &Clinic, (visit, calendar): Place) -> Option<Span> {
        let visit = &self.visits[visit];
        let is_there = visit.is_live && clinic.takes(visit.practitioner) == Some(calendar);
        is_there.then_some(visit.span)
    }

    /// What visits came to agree with is no demand any more: from then on they go on together.
    pub fn absorb(&mut self, clinic: &Clinic) {
        let demands = std::mem::take(&mut self.demands);
        let is_open = |(place, did): &(Place, Did)| {
            let wanted = self.wanted(clinic, *place);
            match did {
                Did::Moved(span) => wanted != Some(*span),
                Did::Deleted => wanted.is_some(),
            }
        };
        self.demands = demands.into_iter().filter(is_open).collect();
    }
}
