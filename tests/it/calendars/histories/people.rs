//! What people do to their calendars, ours in them included.

use jiff::SignedDuration;
use jiff::civil::Date;
use serde_json::json;
use voxanne_sandbox::google::{Every, Repeats, Seen, When};
use voxanne_sandbox::{GoogleFake, HumanEvent};

use super::clinic::{CELL, CELLS, Clinic, Span, instant, visit_span};
use super::model::{Did, Model, Place, mark};
use crate::durability::chance::Chance;

/// One thing that somebody does in a calendar. `nth` counts what there is, and begins anew after the last.
#[derive(Debug, Clone)]
pub enum Edit {
    Add {
        calendar: usize,
        cell: u64,
        minutes: i64,
        is_transparent: bool,
    },
    AddDay {
        calendar: usize,
        day: i8,
    },
    AddSeries {
        calendar: usize,
        cell: u64,
    },
    MoveTheirs {
        calendar: usize,
        nth: usize,
        cell: u64,
    },
    DeleteTheirs {
        calendar: usize,
        nth: usize,
    },
    MoveOurs {
        calendar: usize,
        nth: usize,
        cell: u64,
        is_longer: bool,
    },
    /// Back to the time of its visit.
    ReturnOurs {
        calendar: usize,
        nth: usize,
    },
    DeleteOurs {
        calendar: usize,
        nth: usize,
    },
    /// Out of the bin, where a person put it.
    RestoreOurs {
        calendar: usize,
        nth: usize,
    },
    RenameOurs {
        calendar: usize,
        nth: usize,
    },
    CopyOurs {
        calendar: usize,
        nth: usize,
        cell: Option<u64>,
    },
    ShowOursAsFree {
        calendar: usize,
        nth: usize,
    },
}

impl Edit {
    pub fn draw(clinic: &Clinic, chance: &Chance) -> Self {
        let calendar = pick(chance, clinic.calendars.len());
        let (nth, cell) = (pick(chance, 8), chance.below(CELLS));
        match chance.below(40) {
            0..7 => {
                let minutes = [15, 30, 60, 90][pick(chance, 4)];
                Self::Add { calendar, cell, minutes, is_transparent: chance.one_in(5) }
            }
            7 if chance.one_in(2) => Self::AddDay { calendar, day: 1 + i8::from(chance.one_in(2)) },
            8 => Self::AddSeries { calendar, cell },
            7..11 => Self::MoveTheirs { calendar, nth, cell },
            11..15 => Self::DeleteTheirs { calendar, nth },
            15..24 => Self::MoveOurs { calendar, nth, cell, is_longer: chance.one_in(4) },
            24..28 => Self::ReturnOurs { calendar, nth },
            28..33 => Self::DeleteOurs { calendar, nth },
            33..35 => Self::RestoreOurs { calendar, nth },
            35..37 => Self::RenameOurs { calendar, nth },
            37..39 => Self::CopyOurs { calendar, nth, cell: chance.one_in(3).then_some(cell) },
            _ => Self::ShowOursAsFree { calendar, nth },
        }
    }

    /// What is counted under one name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Add { .. } => "add",
            Self::AddDay { .. } => "add day",
            Self::AddSeries { .. } => "add series",
            Self::MoveTheirs { .. } => "move theirs",
            Self::DeleteTheirs { .. } => "delete theirs",
            Self::MoveOurs { .. } => "move ours",
            Self::ReturnOurs { .. } => "return ours",
            Self::DeleteOurs { .. } => "delete ours",
            Self::RestoreOurs { .. } => "restore ours",
            Self::RenameOurs { .. } => "rename ours",
            Self::CopyOurs { .. } => "copy ours",
            Self::ShowOursAsFree { .. } => "show ours as free",
        }
    }
}

fn pick(chance: &Chance, of: usize) -> usize {
    usize::try_from(chance.below(of as u64)).unwrap()
}

/// Whoever edits: they see the calendars, and the model hears what they did.
pub struct People<'h> {
    pub google: &'h GoogleFake,
    pub clinic: &'h Clinic,
    pub model: &'h mut Model,
    /// Events of theirs, in the order in which they were made.
    pub theirs: &'h mut Vec<(usize, String)>,
}

impl People<'_> {
    /// False when there was nothing to do it to.
    pub fn edit(&mut self, edit: &Edit) -> bool {
        match *edit {
            Edit::Add { calendar, cell, minutes, is_transparent } => {
                let start = instant(cell) + SignedDuration::from_mins(if minutes == 15 { 15 } else { 0 });
                let event = HumanEvent::at("Theirs", start, start + SignedDuration::from_mins(minutes));
                self.add(calendar, &HumanEvent { is_transparent, ..event })
            }
            Edit::AddDay { calendar, day } => {
                let day = Date::new(2026, 12, day).unwrap();
                self.add(calendar, &HumanEvent::days("Away", day, day.tomorrow().unwrap()))
            }
            Edit::AddSeries { calendar, cell } => {
                let repeats =
                    Repeats { every: Every::Days(1), count: Some(3), until: None, except: Vec::new() };
                let event = HumanEvent::at("Standing", instant(cell), instant(cell) + CELL);
                self.add(calendar, &HumanEvent { repeats: Some(repeats), ..event })
            }
            Edit::MoveTheirs { calendar, nth, cell } => {
                let Some(id) = self.nth_of_theirs(calendar, nth) else { return false };
                self.give(calendar, &id, visit_span(cell))
            }
            Edit::DeleteTheirs { calendar, nth } => {
                let Some(id) = self.nth_of_theirs(calendar, nth) else { return false };
                self.google.delete_event(self.name(calendar), &id)
            }
            _ => self.edit_ours(edit),
        }
    }

    fn edit_ours(&mut self, edit: &Edit) -> bool {
        let (calendar, nth, is_deleted) = match *edit {
            Edit::MoveOurs { calendar, nth, .. }
            | Edit::ReturnOurs { calendar, nth }
            | Edit::DeleteOurs { calendar, nth }
            | Edit::RenameOurs { calendar, nth }
            | Edit::CopyOurs { calendar, nth, .. }
            | Edit::ShowOursAsFree { calendar, nth } => (calendar, nth, false),
            Edit::RestoreOurs { calendar, nth } => (calendar, nth, true),
            _ => return false,
        };
        let Some((place, event)) = self.nth_of_ours(calendar, nth, is_deleted) else { return false };
        let name = self.name(calendar).to_owned();
        match *edit {
            Edit::MoveOurs { cell, is_longer, .. } => {
                let (from, to) = visit_span(cell);
                let span = (from, if is_longer { to + CELL } else { to });
                self.give(calendar, &event.id, span);
                self.demand(place, &event, Did::Moved(span));
            }
            Edit::ReturnOurs { .. } => {
                let span = self.model.visits[place.0].span;
                self.give(calendar, &event.id, span);
                self.demand(place, &event, Did::Moved(span));
            }
            Edit::DeleteOurs { .. } => {
                self.google.delete_event(&name, &event.id);
                self.demand(place, &event, Did::Deleted);
            }
            Edit::RestoreOurs { .. } => {
                self.google.edit_event(&name, &event.id, json!({ "status": "confirmed" }));
                self.demand(place, &event, Did::Moved((event.start, event.end)));
            }
            Edit::RenameOurs { .. } => {
                let title = format!("{} (bring forms)", event.summary);
                self.google.rename_event(&name, &event.id, &title);
                self.model.titles.insert(place, title);
            }
            Edit::CopyOurs { cell, .. } => {
                let Some(copy) = self.google.copy_event(&name, &event.id) else { return false };
                if let Some(cell) = cell {
                    self.give(calendar, &copy, visit_span(cell));
                }
            }
            _ => {
                self.google.edit_event(&name, &event.id, json!({ "transparency": "transparent" }));
            }
        }
        true
    }

    fn name(&self, calendar: usize) -> &str {
        &self.clinic.calendars[calendar].name
    }

    fn add(&mut self, calendar: usize, event: &HumanEvent) -> bool {
        let id = self.google.add_event(self.name(calendar), event);
        if event.repeats.is_none() {
            self.theirs.push((calendar, id));
            return true;
        }
        let all = self.google.events(self.name(calendar));
        let instances = all.into_iter().filter(|it| it.series.as_ref() == Some(&id));
        self.theirs.extend(instances.map(|it| (calendar, it.id)));
        true
    }

    fn give(&self, calendar: usize, id: &str, (from, to): Span) -> bool {
        self.google.move_event(self.name(calendar), id, When::At(from), When::At(to))
    }

    /// What a person did to the event of a visit is to stand, unless it is where we put it.
    fn demand(&mut self, place: Place, event: &Seen, did: Did) {
        let is_undone = matches!(did, Did::Moved(span) if mark(event).is_some_and(|mark| mark.span == span));
        if is_undone {
            self.model.demands.remove(&place);
        } else {
            self.model.demands.insert(place, did);
        }
        self.model.absorb(self.clinic);
    }

    fn nth_of_theirs(&self, calendar: usize, nth: usize) -> Option<String> {
        let of_calendar = self.theirs.iter().filter(|(of, _)| *of == calendar);
        let there: Vec<&String> = of_calendar
            .map(|(_, id)| id)
            .filter(|id| self.google.event(self.name(calendar), id).is_some_and(|it| !it.is_deleted))
            .collect();
        there.get(nth % there.len().max(1)).map(|id| (*id).clone())
    }

    /// Deleted ones are those that a person deleted: what we took out is nobody's to put back.
    fn nth_of_ours(&self, calendar: usize, nth: usize, is_deleted: bool) -> Option<(Place, Seen)> {
        let visits = self.model.visits.iter().enumerate();
        let there: Vec<(Place, Seen)> = visits
            .filter_map(|(n, visit)| {
                Some(((n, calendar), self.google.event(self.name(calendar), &visit.event())?))
            })
            .filter(|(place, event)| {
                let is_theirs = self.model.demands.get(place) == Some(&Did::Deleted);
                event.is_deleted == is_deleted && (!is_deleted || is_theirs)
            })
            .collect();
        there.get(nth % there.len().max(1)).cloned()
    }
}
